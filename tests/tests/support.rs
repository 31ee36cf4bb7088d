//! Situations that several tests start from.

use clearing::instructions::ChangeClearinghouseArgs;
use clearing::state::ClearinghouseSettings;
use jettison_embedded::Trader;
use jettison_tests::Scene;
use solana_signer::Signer;

/// A million atoms: one USDC.
pub const USDC: u64 = 1_000_000;

/// What a full contract's worth of index is: `2⁶⁴ / 2²⁰` for each atom per contract.
pub const INDEX_PER_ATOM: i128 = 1 << 44;

/// A long of 10,000 contracts at 1 USDC with 1,005 USDC left after fees, and the short against it with 99,998 USDC.
/// The market's unswept fees are 3.5 USDC to insurance and as much to the protocol.
///
/// The long is below maintenance under 0.947…, below the deleveraging threshold under 0.922…, and bankrupt under 0.8995.
pub fn leveraged(scene: &mut Scene) -> (Trader, Trader) {
    let (long, short) = (scene.trader(1_010 * USDC), scene.trader(100_000 * USDC));
    scene.trade(&long, &short, 0, 10_000);
    assert_eq!(scene.capital(&long), 1_005 * USDC);
    assert_eq!(scene.capital(&short), 99_998 * USDC);
    (long, short)
}

/// Lets the throttle let out no more than a hundredth of the vault a second, and the trader withdraw 5,000 USDC to the
/// treasury: of a vault of less than 500,000 they wait in the queue.
pub fn wait_in_the_queue(scene: &mut Scene, trader: &Trader) {
    // The deposits of the last second would let it out.
    scene.wait(10);
    let house = scene.at.clearinghouse().unwrap();
    let settings =
        ClearinghouseSettings { withdrawal_floor_atoms: 1, withdrawal_limit_bps: 100, ..house.settings };
    let args = ChangeClearinghouseArgs { expected_revision: house.revision, settings };
    let authority = scene.at.authority.pubkey();
    scene.send(&[scene.at.venue.change_clearinghouse(authority, args)]);
    scene.send(&[scene.withdraw_of(trader, 5_000 * USDC)]);
    assert_eq!(scene.at.custody().unwrap().throttle.queued.0, 5_000 * USDC);
}
