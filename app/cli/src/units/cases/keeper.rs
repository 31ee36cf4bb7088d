//! Instructions of keepers, but for accruals, bankruptcies and settlement.

use anyhow::Result;
use clearing::instructions::LiquidateArgs;
use jettison_embedded::Trader;
use jettison_engine::Direction;
use solana_signer::Signer;

use crate::units::expect::measured;
use crate::units::parties::{legs, small_short, Legs};
use crate::units::scene::{Scene, SIZE};

const RICH: Legs = legs(Direction::Long, 6_000);

/// At 84 % of the first price its equity is a little under maintenance, at 81 % under half of it.
const WEAK: Legs = legs(Direction::Long, 2_020);

pub fn liquidate_adding(scene: &mut Scene) -> Result<u64> {
    let (weak, rich) = (scene.account(WEAK)?, scene.account(RICH)?);
    liquidate(scene, &weak, &rich)
}

pub fn liquidate_reversing(scene: &mut Scene) -> Result<u64> {
    let (weak, rich) = (scene.account(WEAK)?, scene.account(small_short(60_000))?);
    liquidate(scene, &weak, &rich)
}

pub fn liquidate_apart(scene: &mut Scene) -> Result<u64> {
    let (weak, rich) = (scene.account(WEAK)?, scene.account_apart(RICH)?);
    liquidate(scene, &weak, &rich)
}

pub fn liquidate_apart_reversing(scene: &mut Scene) -> Result<u64> {
    let (weak, rich) = (scene.account(WEAK)?, scene.account_apart(small_short(60_000))?);
    liquidate(scene, &weak, &rich)
}

fn liquidate(scene: &mut Scene, liquidatee: &Trader, liquidator: &Trader) -> Result<u64> {
    scene.play(84)?;
    let markets = scene.markets_of(&[liquidatee, liquidator])?;
    let args = LiquidateArgs { market_index: 0, max_size: u64::MAX };
    let signer = liquidator.key.pubkey();
    let liquidate =
        scene.venue.venue.liquidate(signer, liquidatee.address, liquidator.address, args, &markets);
    let executed = scene.venue.chain.send(&[liquidate], &[&liquidator.key])?;
    // Some and not all, so that the size had to be searched.
    measured!(executed, Liquidated, |event| (1..SIZE).contains(&event.size))
}

pub fn deleverage(scene: &mut Scene) -> Result<u64> {
    let (weak, caller) = (scene.account(WEAK)?, scene.venue.open_account()?);
    scene.play(81)?;
    let markets = scene.markets_of(&[&weak])?;
    let deleverage = scene.venue.venue.deleverage(weak.address, Some(caller.address), 0, &markets);
    let executed = scene.venue.chain.send(&[deleverage], &[])?;
    measured!(executed, Deleveraged, |event| event.eligible && event.bounty > 0)
}

pub fn sweep_fees(scene: &mut Scene) -> Result<u64> {
    let sweep = scene.venue.venue.sweep_fees(0, scene.venue.fee_account);
    let executed = scene.venue.chain.send(&[sweep], &[])?;
    measured!(executed, FeesSwept, |event| event.to_insurance > 0 && event.to_protocol > 0)
}
