//! `withdraw` and `serve_withdrawal`.

use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use clearing::state::ClearinghouseSettings;
use jettison_embedded::{open_settings, Account, Executed, Trader};
use jettison_engine::Direction;
use solana_signer::Signer;

use crate::units::expect::measured;
use crate::units::parties::{legs, Legs};
use crate::units::scene::{percent, Scene};

/// So rich that a throttle of a hundredth of the vault holds it up.
const RICH: Legs = legs(Direction::Long, 60_000);

/// Seconds of the tight throttle's window.
const THROTTLE_WINDOW: i64 = 50;

pub fn at_once(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(RICH)?;
    scene.play(95)?;
    let executed = scene.withdraw(&trader, 1_000_000)?;
    measured!(executed, Withdrawn, |event| event.queued_place.is_none())
}

pub fn queued(scene: &mut Scene) -> Result<u64> {
    let (_, executed) = queue(scene)?;
    measured!(executed, Withdrawn, |event| event.queued_place.is_some())
}

pub fn served(scene: &mut Scene) -> Result<u64> {
    let (trader, _) = queue(scene)?;
    let executed = serve(scene, &trader)?;
    measured!(executed, WithdrawalServed, |event| event.paid > 0 && event.left > 0)
}

/// The token account has been closed since.
pub fn given_back(scene: &mut Scene) -> Result<u64> {
    let (trader, _) = queue(scene)?;
    let gone = Account { lamports: 1, owner: Pubkey::default(), ..Account::default() };
    scene.venue.chain.set_account(&scene.venue.treasury, gone);
    let executed = serve(scene, &trader)?;
    measured!(executed, WithdrawalServed, |event| event.returned > 0 && event.left == 0)
}

impl Scene {
    /// Withdraws to the treasury.
    pub fn withdraw(&mut self, trader: &Trader, atoms: u64) -> Result<Executed> {
        let markets = self.markets_of(&[trader])?;
        let (owner, to) = (trader.key.pubkey(), self.venue.treasury);
        let withdraw = self.venue.venue.withdraw(owner, trader.address, to, atoms, &markets);
        Ok(self.venue.chain.send(&[withdraw], &[&trader.key])?)
    }
}

/// Withdraws half of an account's capital against a tight throttle.
fn queue(scene: &mut Scene) -> Result<(Trader, Executed)> {
    let trader = scene.account(RICH)?;
    scene.play(95)?;
    scene.put_in_force(ClearinghouseSettings {
        withdrawal_floor_atoms: 1,
        withdrawal_window_seconds: THROTTLE_WINDOW as u32,
        withdrawal_limit_bps: 100,
        ..open_settings()
    })?;
    // What was deposited lately may leave again: it must not be much.
    scene.pass(THROTTLE_WINDOW)?;
    scene.venue.deposit(&trader.address, 1)?;
    let capital = scene.venue.ledger(&trader.address)?.capital.0;
    let executed = scene.withdraw(&trader, percent(50, capital))?;
    Ok((trader, executed))
}

fn serve(scene: &mut Scene, trader: &Trader) -> Result<Executed> {
    let serve = scene.venue.venue.serve_withdrawal(trader.address, scene.venue.treasury);
    Ok(scene.venue.chain.send(&[serve], &[])?)
}
