//! Addresses in use, or with lamports on them. On the ELF only: for an address that has lamports Anchor's `init` uses a
//! system instruction (SIMD-0312) that Agave 3.1, the native runtime, doesn't have.

use jettison_client::Venue;
use jettison_embedded::open_settings;
use jettison_tests::{on_elf, standard, Scene};
use solana_signer::Signer;

use crate::support::USDC;

on_elf!(
    lamports_sent_ahead_do_not_keep_an_address_from_being_opened,
    a_clearinghouse_is_initialised_once,
    a_margin_account_is_opened_once,
    a_clearinghouse_is_not_initialised_twice_in_one_transaction,
);

/// The system program's error for an address in use.
const IN_USE: u32 = 0;

fn lamports_sent_ahead_do_not_keep_an_address_from_being_opened(mut scene: Scene) {
    let payer = scene.at.chain.payer().pubkey();
    for lamports in [1, 1_000_000, 1_000_000_000] {
        let creator = scene.key();
        let venue = Venue::new(creator, scene.at.venue.quote_mint);
        let account = venue.margin_account(&creator, 0);
        for address in [
            venue.clearinghouse,
            venue.insurance_fund,
            venue.margin_vault,
            venue.insurance_vault,
            venue.market(0),
            account,
        ] {
            scene.at.chain.airdrop(&address, lamports);
        }
        let feed = scene.at.feeds[0].address;
        scene.send(&[venue.initialize_clearinghouse(payer, creator, open_settings())]);
        scene.send(&[venue.create_market(creator, payer, 0, feed, standard())]);
        scene.send(&[venue.open_margin_account(creator, payer, 0)]);
        let wallet = scene.wallet(&creator, USDC);
        scene.send(&[venue.deposit(creator, wallet, account, USDC)]);
        assert_eq!(scene.tokens(&venue.margin_vault), USDC);
    }
}

fn a_clearinghouse_is_initialised_once(mut scene: Scene) {
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    scene.fund_insurance(USDC);
    let again = scene.at.venue.initialize_clearinghouse(payer, authority, open_settings());
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
    let venue = Venue::new(creator, scene.at.venue.quote_mint);
    let initialize = venue.initialize_clearinghouse(payer, creator, open_settings());
    scene.refuse_all(&[initialize.clone(), initialize], IN_USE);
}
