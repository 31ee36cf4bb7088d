//! Instructions of keepers, but for bankruptcies, and of the insurance fund.

use anyhow::{Context, Result};
use clearing::instructions::LiquidateArgs;
use jettison_embedded::Trader;
use jettison_engine::Direction;
use solana_signer::Signer;

use crate::units::expect;
use crate::units::parties::{legs, small_short, units, Legs};
use crate::units::scene::{feed_price, percent, Scene, PRICE, WINDOW};

const RICH: Legs = legs(Direction::Long, 6_000);

/// At 84 % of the first price its equity is a little under maintenance, at 81 % under half of it.
const WEAK: Legs = legs(Direction::Long, 2_020);

pub fn accrue_market(scene: &mut Scene) -> Result<u64> {
    scene.play(95)?;
    let now = scene.venue.chain.now();
    scene.venue.chain.set_time(now + WINDOW);
    let instructions = scene.venue.price_instructions(0, feed_price(percent(80, PRICE)));
    let executed = scene.venue.chain.send(&instructions, &[&scene.venue.authority])?;
    executed.instruction_units.get(1).copied().context("no units")
}

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

fn liquidate(scene: &mut Scene, liquidatee: &Trader, liquidator: &Trader) -> Result<u64> {
    scene.play(84)?;
    let markets = scene.markets_of(&[liquidatee, liquidator])?;
    let args = LiquidateArgs { market_index: 0, max_size: u64::MAX };
    let signer = liquidator.key.pubkey();
    let liquidate =
        scene.venue.venue.liquidate(signer, liquidatee.address, liquidator.address, args, &markets);
    let executed = scene.venue.chain.send(&[liquidate], &[&liquidator.key])?;
    expect::liquidated(&executed)?;
    units(&executed)
}

pub fn deleverage(scene: &mut Scene) -> Result<u64> {
    let (weak, caller) = (scene.account(WEAK)?, scene.venue.open_account()?);
    scene.play(81)?;
    let markets = scene.markets_of(&[&weak])?;
    let deleverage = scene.venue.venue.deleverage(weak.address, Some(caller.address), 0, &markets);
    let executed = scene.venue.chain.send(&[deleverage], &[])?;
    expect::deleveraged(&executed)?;
    units(&executed)
}

pub fn settle_losing(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(RICH)?;
    scene.play(90)?;
    settle(scene, &trader)
}

pub fn settle_winning(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(RICH)?;
    scene.play(110)?;
    scene.settle_short_makers()?;
    settle(scene, &trader)
}

fn settle(scene: &mut Scene, trader: &Trader) -> Result<u64> {
    let markets = scene.markets_of(&[trader])?;
    let settle = scene.venue.venue.settle_account(trader.address, &markets);
    let executed = scene.venue.chain.send(&[settle], &[])?;
    expect::settled(&executed, scene.legs)?;
    units(&executed)
}

pub fn sweep_fees(scene: &mut Scene) -> Result<u64> {
    let sweep = scene.venue.venue.sweep_fees(0, scene.venue.fee_account);
    units(&scene.venue.chain.send(&[sweep], &[])?)
}

pub fn fund_insurance(scene: &mut Scene) -> Result<u64> {
    units(&scene.venue.fund_insurance(1_000_000)?)
}
