//! What is tried against the throttle, by many steps.

use jettison_engine::*;
use proptest::collection::vec;
use proptest::prelude::*;

use super::throttle::Vault;

#[test]
fn one_who_deposits_and_withdraws_in_a_loop_leaves_the_others_their_room() {
    let mut vault = Vault::new(10_000);
    for _ in 0..1_000 {
        vault.deposit(5_000);
        assert_eq!(vault.withdraw(&mut QueuedWithdrawal::default(), 5_000), Ok(5_000));
        assert_eq!(vault.available(), 1_000);
    }
}

/// One who takes back what has been there for a window does use the limit up, as anyone may; but comes back behind
/// those who wait by then.
#[test]
fn one_who_loops_with_a_window_between_waits_behind_the_others() {
    let mut vault = Vault::new(10_000);
    let (mut whale, mut other) = Default::default();
    vault.deposit(10_000);
    vault.now += 100;
    assert_eq!(vault.withdraw(&mut whale, 2_000), Ok(2_000));
    assert_eq!(vault.withdraw(&mut other, 1_000), Ok(0));
    vault.deposit(2_000);
    assert_eq!(vault.withdraw(&mut whale, 2_000), Ok(0));
    assert_eq!(vault.serve(&mut other), Ok(1_000));
}

#[test]
fn an_atom_paid_in_each_second_does_not_keep_the_queue_waiting() {
    let (mut quiet, mut dusted) = (Vault::new(1_000_000), Vault::new(1_000_000));
    let mut places = [QueuedWithdrawal::default(); 2];
    let mut served = [0, 0];
    for (vault, place) in [&mut quiet, &mut dusted].into_iter().zip(&mut places) {
        vault.withdraw(place, 500_000).unwrap();
    }
    for _ in 0..300 {
        dusted.deposit(1);
        for (who, vault) in [&mut quiet, &mut dusted].into_iter().enumerate() {
            vault.now += 1;
            served[who] += vault.serve(&mut places[who]).unwrap_or(0);
        }
    }
    assert!(served[1] >= served[0], "{served:?}");
}

#[derive(Clone, Copy, Debug)]
enum Move {
    Deposit(u64),
    Withdraw(u64),
    Serve,
    Wait(i64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        (1..50_000u64).prop_map(Move::Deposit),
        (1..50_000u64).prop_map(Move::Withdraw),
        (1..20u64).prop_map(Move::Withdraw),
        Just(Move::Serve),
        (0..150i64).prop_map(Move::Wait),
    ];
    vec(one, 1..120)
}

proptest! {
    #![proptest_config(crate::cases(400))]

    /// In any `t` seconds no more leaves than could at their start, `limit × t / window`, and what was paid in: and at
    /// a start without deposits before it no more than `limit` can.
    #[test]
    fn no_more_than_the_limit_leaves_in_a_window_whatever_is_tried(moves in moves()) {
        let mut vault = Vault::new(100_000);
        let mut places: Vec<QueuedWithdrawal> = vec![];
        // What could leave before, when, what left, what was paid in, what the vault held before.
        let mut flows: Vec<(u64, i64, u64, u64, u64)> = vec![];
        for step in moves {
            let (available, before, mut paid_in) = (vault.available(), vault.held, 0);
            let when = vault.now;
            let left = match step {
                Move::Deposit(amount) => {
                    vault.deposit(amount);
                    paid_in = amount;
                    0
                }
                Move::Withdraw(amount) => {
                    places.push(QueuedWithdrawal::default());
                    vault.withdraw(places.last_mut().unwrap(), amount.min(vault.held)).unwrap_or(0)
                }
                Move::Serve => {
                    let head = vault.throttle.head;
                    let first = places.iter_mut().find(|p| !p.amount.is_zero() && p.place == head);
                    // The vault of this test may hold less than what was asked of it: then nobody is served.
                    let served = first.map_or(Ok(0), |place| {
                        if place.amount.0 > before { Ok(0) } else { vault.serve(place) }
                    });
                    served.unwrap_or(0)
                }
                Move::Wait(seconds) => {
                    vault.now += seconds;
                    0
                }
            };
            flows.push((available, when, left, paid_in, before));
        }
        let most = flows.iter().map(|flow| flow.4 / 10).max().unwrap_or(0).max(50);
        for from in 0..flows.len() {
            let (mut bound, start, ..) = flows[from];
            let mut out = 0;
            for (_, when, left, paid_in, _) in &flows[from..] {
                out += left;
                bound += paid_in;
                let seconds = (when - start) as u64;
                let bound = bound + (most * seconds).div_ceil(100);
                prop_assert!(out <= bound, "{out} left in {seconds} seconds, over {bound}");
            }
        }
    }
}
