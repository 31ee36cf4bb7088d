//! `accrue_market`: with each oracle, with funding, with a price that can't be used.

use anyhow::Result;
use clearing::instructions::SettleTradeArgs;
use clearing::state::OracleSource;
use jettison_embedded::Executed;
use solana_signer::Signer;

use crate::units::expect::measured;
use crate::units::oracles::Oracle;
use crate::units::scene::{feed_price, percent, Scene, PRICE, WINDOW};
use crate::units::settings::market_args;

/// The oracle's price in the measured accrual, in percent of the first: too far to be reached.
const TARGET: u64 = 80;

pub fn stand_in(scene: &mut Scene) -> Result<u64> {
    scene.play(95)?;
    let executed = post_and_accrue(scene)?;
    measured!(executed, MarketAccrued, |event| event.price_after != event.target && event.funding == 0)
}

pub fn funding(scene: &mut Scene) -> Result<u64> {
    earn_funding(scene)?;
    let executed = post_and_accrue(scene)?;
    measured!(executed, MarketAccrued, |event| event.price_after != event.target && event.funding != 0)
}

pub fn suspended(scene: &mut Scene) -> Result<u64> {
    scene.play(95)?;
    let executed = suspend(scene)?;
    measured!(executed, OracleSuspended, |event| event.news)
}

pub fn restored(scene: &mut Scene) -> Result<u64> {
    earn_funding(scene)?;
    suspend(scene)?;
    let executed = post_and_accrue(scene)?;
    measured!(executed, MarketAccrued, |event| event.restored && event.funding != 0)
}

pub fn pyth(scene: &mut Scene) -> Result<u64> {
    with_oracle(scene, OracleSource::Pyth)
}

pub fn switchboard(scene: &mut Scene) -> Result<u64> {
    with_oracle(scene, OracleSource::Switchboard)
}

fn with_oracle(scene: &mut Scene, source: OracleSource) -> Result<u64> {
    earn_funding(scene)?;
    let price = percent(TARGET, PRICE) as i64 / 1_000;
    let oracle = Oracle { address: scene.venue.chain.new_keypair().pubkey(), source, price };
    scene.change_oracle(&oracle)?;
    let now = scene.venue.chain.now();
    scene.venue.chain.set_time(now + WINDOW);
    scene.post(&oracle);
    let accrue = scene.venue.venue.accrue_market(0, oracle.address);
    let executed = scene.venue.chain.send(&[accrue], &[])?;
    measured!(executed, MarketAccrued, |event| event.price_after != event.target && event.funding != 0)
}

/// A window passes; a price that the clamp doesn't let through at once is posted and accrued.
fn post_and_accrue(scene: &mut Scene) -> Result<Executed> {
    let now = scene.venue.chain.now();
    scene.venue.chain.set_time(now + WINDOW);
    Ok(scene.venue.set_price(0, feed_price(percent(TARGET, PRICE)))?)
}

/// Somebody pays a premium, and a window later it is the rate's.
fn earn_funding(scene: &mut Scene) -> Result<()> {
    scene.play(95)?;
    let [long, short] = &scene.depth[0].makers;
    let price = scene.venue.book(0)?.effective_price.0 / 100 * 101;
    let terms = SettleTradeArgs { market_index: 0, size: 100, price, buyer_is_taker: true };
    let trade = scene.venue.trade_instruction(long, short, terms)?;
    scene.venue.chain.send(&[trade], &[&long.key, &short.key])?;
    scene.pass(WINDOW)?;
    let rate = scene.venue.book(0)?.funding.average;
    anyhow::ensure!(rate > 0, "no premium was taken");
    Ok(())
}

/// The oracle's price becomes too old.
fn suspend(scene: &mut Scene) -> Result<Executed> {
    let age = i64::from(market_args().settings.max_oracle_age_seconds);
    let now = scene.venue.chain.now();
    scene.venue.chain.set_time(now + age + 1);
    let accrue = scene.venue.venue.accrue_market(0, scene.venue.feeds[0].address);
    Ok(scene.venue.chain.send(&[accrue], &[])?)
}
