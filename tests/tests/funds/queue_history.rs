//! Random deposits, withdrawals, servings and time: the vault holds what is owed after each, the queue is first come first
//! served, and in the end everybody is out.

use jettison_embedded::Trader;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, Code, Random, Scene};
use solana_signer::Signer;
use std::collections::VecDeque;

use super::throttle::throttled;
use crate::support::USDC;

on_both_runtimes!(whatever_is_tried_the_queue_is_served_in_order_and_everybody_gets_out);

struct History {
    scene: Scene,
    traders: [Trader; 5],
    wallets: Vec<anchor_lang::prelude::Pubkey>,
    /// Who waits, in order of coming.
    waiting: VecDeque<usize>,
    put_in: u64,
}

impl History {
    fn new(mut scene: Scene) -> Self {
        let traders = throttled(&mut scene, [100, 200, 300, 400, 500]);
        let wallets = traders.iter().map(|trader| scene.wallet(&trader.key.pubkey(), 0)).collect();
        Self { scene, traders, wallets, waiting: VecDeque::new(), put_in: 1_500 * USDC }
    }

    fn deposit(&mut self, who: usize, atoms: u64) {
        self.scene.deposit(&self.traders[who], atoms);
        self.put_in += atoms;
    }

    fn withdraw(&mut self, who: usize, atoms: u64) {
        let Self { scene, traders, wallets, waiting, .. } = self;
        let atoms = atoms.min(scene.capital(&traders[who]));
        if atoms == 0 {
            return;
        }
        if waiting.contains(&who) {
            return scene.refuse(scene.withdraw_of(&traders[who], atoms), EngineError::AlreadyQueued);
        }
        match scene.withdraw_to(&traders[who], &wallets[who], atoms) {
            Some(_) => waiting.push_back(who),
            None => assert!(waiting.is_empty(), "{who} passed {waiting:?}"),
        }
    }

    /// Serves the first, after an attempt to serve another first. Whether anything left.
    fn serve(&mut self, other: usize) -> bool {
        let Self { scene, traders, waiting, .. } = self;
        let Some(first) = waiting.front().copied() else { return false };
        if other != first && waiting.contains(&other) {
            scene.refuse(scene.serve_of(&traders[other]), EngineError::NotNextInQueue);
        }
        let serve = scene.serve_of(&traders[first]);
        if let Err(failed) = scene.attempt(&[serve]) {
            assert_eq!(failed.custom, Some(EngineError::Throttled.code()), "{failed}");
            return false;
        }
        scene.check();
        if scene.queued(&traders[first]).amount.is_zero() {
            waiting.pop_front();
        }
        true
    }
}

fn whatever_is_tried_the_queue_is_served_in_order_and_everybody_gets_out(scene: Scene) {
    let mut history = History::new(scene);
    let mut random = Random::new(3);
    let (mut queued, mut served) = (0, 0);
    for _ in 0..400 {
        let who = random.pick(5);
        match random.pick(4) {
            0 => history.deposit(who, random.within(1, 50 * USDC)),
            1 => history.withdraw(who, random.within(1, 200 * USDC)),
            2 => served += usize::from(history.serve(who)),
            _ => history.scene.later(random.within(0, 900) as i64),
        }
        queued = queued.max(history.waiting.len());
    }
    assert!(queued >= 3 && served >= 20, "{queued} waited at a time, {served} servings");
    for round in 0.. {
        assert!(round < 500, "somebody doesn't get out");
        for who in 0..5 {
            if !history.waiting.contains(&who) {
                history.withdraw(who, u64::MAX);
            }
        }
        while history.serve(0) {}
        if history.waiting.is_empty() && history.traders.iter().all(|t| history.scene.capital(t) == 0) {
            break;
        }
        history.scene.later(3_600);
    }
    let out: u64 = history.wallets.iter().map(|wallet| history.scene.tokens(wallet)).sum();
    assert_eq!((out, history.scene.at.vaults().unwrap().0), (history.put_in, 0));
}
