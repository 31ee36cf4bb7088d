//! `settle_account`.

use anyhow::Result;
use jettison_embedded::{Executed, Trader};
use jettison_engine::{Direction, SETTLEMENT_CLAIM_SECONDS, SETTLEMENT_GRACE_SECONDS};

use crate::units::expect::measured;
use crate::units::parties::{legs, Legs};
use crate::units::scene::Scene;

const RICH: Legs = legs(Direction::Long, 6_000);

fn settle(scene: &mut Scene, trader: &Trader) -> Result<Executed> {
    let markets = scene.markets_of(&[trader])?;
    let settle = scene.venue.venue.settle_account(trader.address, &markets);
    Ok(scene.venue.chain.send(&[settle], &[])?)
}

/// Whether every leg says so.
macro_rules! all_legs {
    ($scene:expr, $event:expr, |$leg:ident| $holds:expr) => {
        $event.legs.len() == usize::from($scene.legs) && $event.legs.iter().all(|$leg| $holds)
    };
}

pub fn losing(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(RICH)?;
    scene.play(90)?;
    let executed = settle(scene, &trader)?;
    measured!(executed, AccountSettled, |event| all_legs!(scene, event, |leg| leg.cash < 0))
}

pub fn winning(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(RICH)?;
    scene.play(110)?;
    scene.settle_short_makers()?;
    let executed = settle(scene, &trader)?;
    measured!(executed, AccountSettled, |event| all_legs!(scene, event, |leg| leg.cash > 0))
}

/// Every market closes: the legs go with their cash.
pub fn winding_down(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(RICH)?;
    scene.play(90)?;
    wind_all_down(scene)?;
    let executed = settle(scene, &trader)?;
    measured!(executed, AccountSettled, |event| {
        all_legs!(scene, event, |leg| leg.closed > 0 && leg.cash < 0 && leg.unsettled == 0)
    })
}

/// Every market has closed long ago, and its pool is empty: the claims go too.
pub fn lapsing(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(RICH)?;
    scene.play(110)?;
    wind_all_down(scene)?;
    let now = scene.venue.chain.now();
    scene.venue.chain.set_time(now + SETTLEMENT_CLAIM_SECONDS);
    let executed = settle(scene, &trader)?;
    measured!(executed, AccountSettled, |event| {
        all_legs!(scene, event, |leg| leg.closed > 0 && leg.lapsed > 0)
    })
}

fn wind_all_down(scene: &mut Scene) -> Result<()> {
    for market in 0..scene.legs {
        scene.wind_down(market)?;
    }
    let now = scene.venue.chain.now();
    scene.venue.chain.set_time(now + SETTLEMENT_GRACE_SECONDS);
    Ok(())
}
