//! Other clearinghouses in the same states as the stage's own: their accounts would do, were it not for whose they are.

use anchor_lang::prelude::Pubkey;
use clearing::instructions::{ChangeClearinghouseArgs, ChangeMarketArgs, SettleTradeArgs};
use jettison_client::Venue;
use jettison_embedded::{open_settings, Trader};
use jettison_tests::{standard, Foreign, Scene, PRICE};
use solana_signer::Signer;

use crate::support::USDC;

/// Atoms that wait in the foreign queue: as many as in the stage's own.
pub const WAITING: u64 = 5_000 * USDC;

/// A funded margin account of a new owner in the foreign clearinghouse.
fn trader(scene: &mut Scene, foreign: &Foreign, atoms: u64) -> Trader {
    let key = scene.at.chain.new_keypair();
    let (owner, payer) = (scene.keep(key.insecure_clone()), scene.at.chain.payer().pubkey());
    let trader = Trader { address: foreign.venue.margin_account(&owner, 0), key };
    let wallet = scene.wallet(&owner, atoms);
    let deposit = foreign.venue.deposit(owner, wallet, trader.address, atoms);
    scene.send(&[foreign.venue.open_margin_account(owner, payer, 0), deposit]);
    trader
}

/// Opens foreign markets 1 and 2, and in market 0, at the first price, a long that the stage's low price would bankrupt.
/// Returns the long, and an account with 5,000 USDC and no position.
pub fn open(scene: &mut Scene, foreign: &Foreign) -> [Trader; 2] {
    let (venue, payer) = (&foreign.venue, scene.at.chain.payer().pubkey());
    let feeds = [1, 0].map(|index: usize| scene.at.feeds[index].address);
    for (index, feed) in (1..).zip(feeds) {
        scene.send(&[venue.create_market(foreign.authority, payer, index, feed, standard())]);
    }
    let (long, short) = (trader(scene, foreign, 1_010 * USDC), trader(scene, foreign, 100_000 * USDC));
    let args = SettleTradeArgs { market_index: 0, size: 10_000, price: PRICE, buyer_is_taker: true };
    let signers = [long.key.pubkey(), short.key.pubkey()];
    scene.send(&[venue.settle_trade(signers, long.address, short.address, args, &[0])]);
    [long, trader(scene, foreign, WAITING)]
}

/// Market 1 waits for a change and for its wind-down, market 2 is settled; the clearinghouse is at its first revision.
pub fn change(scene: &mut Scene, foreign: &Foreign) {
    let (venue, authority) = (&foreign.venue, foreign.authority);
    let feed = scene.at.feeds[0].address;
    let mut settings = open_settings();
    settings.unstake_cooldown_seconds = 1;
    let changed =
        venue.change_clearinghouse(authority, ChangeClearinghouseArgs { expected_revision: 0, settings });
    scene.send(&[changed, venue.execute_clearinghouse_change()]);
    let moved = ChangeMarketArgs { expected_revision: 1, settings: standard().settings };
    scene.send(&[
        venue.change_market(authority, 1, feed, moved),
        venue.schedule_settlement(authority, 1, 1),
        venue.schedule_settlement(authority, 2, 1),
        venue.begin_settlement(2, feed),
    ]);
}

/// A withdrawal to the same wallet waits in the foreign queue as well.
pub fn make_a_withdrawal_wait(scene: &mut Scene, foreign: &Foreign, flat: &Trader, wallet: Pubkey) {
    let venue = &foreign.venue;
    let mut settings = open_settings();
    settings.unstake_cooldown_seconds = 1;
    settings.withdrawal_floor_atoms = 1;
    settings.withdrawal_limit_bps = 100;
    let args = ChangeClearinghouseArgs { expected_revision: 1, settings };
    scene.send(&[
        venue.change_clearinghouse(foreign.authority, args),
        venue.withdraw(flat.key.pubkey(), flat.address, wallet, WAITING, &[]),
    ]);
}

/// Another clearinghouse that nobody uses.
pub fn another_empty(scene: &mut Scene) -> Venue {
    let (creator, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    let venue = Venue::new(creator, scene.at.venue.quote_mint);
    scene.send(&[venue.initialize_clearinghouse(payer, creator, open_settings())]);
    venue
}
