//! Addresses in use. On the ELF only: the native runtime garbles the system program's error number, which is zero.

use jettison_tests::{on_elf, Scene};
use solana_signer::Signer;

use crate::support::USDC;

on_elf!(
    a_clearinghouse_is_initialised_once,
    a_margin_account_is_opened_once,
    a_clearinghouse_is_not_initialised_twice_in_one_transaction,
);

/// The system program's error for an address in use.
const IN_USE: u32 = 0;

fn a_clearinghouse_is_initialised_once(mut scene: Scene) {
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    scene.fund_insurance(USDC);
    let again = scene.at.venue.initialize_clearinghouse(payer, authority);
    scene.refuse(again, IN_USE);
}

fn a_margin_account_is_opened_once(mut scene: Scene) {
    let trader = scene.trader(USDC);
    let payer = scene.at.chain.payer().pubkey();
    let again = scene.at.venue.open_margin_account(trader.key.pubkey(), payer, 0);
    scene.refuse(again, IN_USE);
}

fn a_clearinghouse_is_not_initialised_twice_in_one_transaction(mut scene: Scene) {
    let (creator, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    let venue = jettison_client::Venue::new(creator, scene.at.venue.quote_mint);
    let initialize = venue.initialize_clearinghouse(payer, creator);
    scene.refuse_all(&[initialize.clone(), initialize], IN_USE);
}
