//! Bankruptcies: every leg loses, insurance pays a part of the first one's deficit, the loss index the rest.

use anyhow::Result;
use jettison_embedded::Trader;
use jettison_engine::Direction;
use solana_signer::Signer;

use crate::units::expect::{self, measured};
use crate::units::parties::{legs, small_short, Legs};
use crate::units::scene::{percent, Scene, PRICE, SIZE};

const LAST_PRICE: u64 = 75;

/// Owes a twentieth of its notional more than it has, at the last price.
const BROKE: Legs = legs(Direction::Long, 2_000);
/// Meets initial margin after taking over.
const RICH: Legs = legs(Direction::Long, 8_000);
/// Solvent at the last price, and below initial margin.
const WEAK: Legs = legs(Direction::Long, 2_800);

pub fn flag(scene: &mut Scene) -> Result<u64> {
    let broke = scene.account(BROKE)?;
    scene.play(LAST_PRICE)?;
    let markets = scene.markets_of(&[&broke])?;
    let flag = scene.venue.venue.flag_bankruptcy(broke.address, &markets);
    let executed = scene.venue.chain.send(&[flag], &[])?;
    measured!(executed, BankruptcyFlagged, |event| event.equity < 0)
}

pub fn without_bounty(scene: &mut Scene) -> Result<u64> {
    let broke = scene.account(BROKE)?;
    resolve(scene, &broke, None, None)
}

pub fn with_bounty(scene: &mut Scene) -> Result<u64> {
    let (broke, caller) = (scene.account(BROKE)?, scene.venue.open_account()?);
    resolve(scene, &broke, Some(&caller), None)
}

pub fn taken_over(scene: &mut Scene) -> Result<u64> {
    let (broke, caller) = (scene.account(BROKE)?, scene.account(RICH)?);
    resolve(scene, &broke, Some(&caller), Some(true))
}

pub fn reversing(scene: &mut Scene) -> Result<u64> {
    let (broke, caller) = (scene.account(BROKE)?, scene.account(small_short(60_000))?);
    resolve(scene, &broke, Some(&caller), Some(true))
}

pub fn refused(scene: &mut Scene) -> Result<u64> {
    let (broke, caller) = (scene.account(BROKE)?, scene.account(WEAK)?);
    resolve(scene, &broke, Some(&caller), Some(false))
}

/// `takeover`: whether the caller's offer to take over, if it makes one, is to succeed.
fn resolve(
    scene: &mut Scene,
    broke: &Trader,
    caller: Option<&Trader>,
    takeover: Option<bool>,
) -> Result<u64> {
    scene.play(LAST_PRICE)?;
    scene.venue.fund_insurance(percent(2, PRICE * SIZE))?;
    let markets = scene.markets_of(&[broke])?;
    let payer = scene.venue.chain.payer();
    let signer = caller.map_or(payer, |caller| &caller.key).insecure_clone();
    let resolve = scene.venue.venue.resolve_bankruptcy(
        signer.pubkey(),
        broke.address,
        caller.map(|caller| caller.address),
        takeover.is_some(),
        &markets,
    );
    let executed = scene.venue.chain.send(&[resolve], &[&signer])?;
    expect::index_moved(&executed, scene.legs)?;
    measured!(executed, BankruptcyResolved, |event| {
        event.insurance_spent > 0 && event.taken_over == takeover.unwrap_or(false)
    })
}
