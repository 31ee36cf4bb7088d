//! Lamports sent to an address before the program creates its account there don't keep it from doing so.
//!
//! On the ELF, whose runtime has the features of mainnet: where there are lamports Anchor creates an account with the system
//! program's `CreateAccountAllowPrefund` (SIMD-0312), which the native runtime of Agave 3.1 doesn't know.

use anchor_lang::prelude::{Pubkey, Rent};
use jettison_client::Venue;
use jettison_embedded::{open_settings, QUOTE_DECIMALS};
use jettison_tests::{on_elf, standard, Scene};
use solana_signer::Signer;

on_elf!(
    every_account_of_the_program_is_created_where_an_atom_of_sol_was_sent_before,
    every_account_of_the_program_is_created_where_its_whole_rent_was_sent_before,
    every_account_of_the_program_is_created_where_a_fortune_was_sent_before,
    a_closed_stake_or_margin_account_that_was_sent_lamports_opens_again,
);

fn every_account_of_the_program_is_created_where_an_atom_of_sol_was_sent_before(scene: Scene) {
    create_all(scene, 1);
}

fn every_account_of_the_program_is_created_where_its_whole_rent_was_sent_before(_: Scene) {
    for len in [165, clearing::state::Market::SPACE] {
        create_all(Scene::new(jettison_tests::elf().unwrap()), Rent::default().minimum_balance(len));
    }
}

fn every_account_of_the_program_is_created_where_a_fortune_was_sent_before(scene: Scene) {
    create_all(scene, 1_000_000_000_000);
}

/// Creates each account that the program has at an address to which `lamports` were sent.
fn create_all(mut scene: Scene, lamports: u64) {
    let payer = scene.at.chain.payer().pubkey();
    let (authority, user) = (scene.key(), scene.key());
    let mint = scene.at.chain.create_mint(QUOTE_DECIMALS).unwrap();
    let venue = Venue::new(authority, mint);
    let margin_account = venue.margin_account(&user, 3);
    let addresses: [Pubkey; 8] = [
        venue.clearinghouse,
        venue.insurance_fund,
        venue.custody,
        venue.margin_vault,
        venue.insurance_vault,
        venue.market(0),
        margin_account,
        venue.stake_account(&user),
    ];
    for address in addresses {
        scene.at.chain.airdrop(&address, lamports);
    }
    let oracle = scene.at.feeds[0].address;
    scene.send(&[venue.initialize_clearinghouse(payer, authority, open_settings())]);
    scene.send(&[venue.create_market(authority, payer, 0, oracle, standard())]);
    scene.send(&[venue.open_margin_account(user, payer, 3)]);
    scene.send(&[venue.open_stake(user, payer)]);
    for address in addresses {
        let account = scene.at.chain.account(&address).unwrap();
        let token = [venue.margin_vault, venue.insurance_vault].contains(&address);
        assert_eq!(account.owner, if token { venue.token_program } else { clearing::ID });
        let least = Rent::default().minimum_balance(account.data.len());
        assert_eq!(account.lamports, least.max(lamports), "{address}");
    }
    // What was sent is the rent that the owner gets back.
    scene.send(&[venue.close_margin_account(user, margin_account, user, false, &[])]);
    scene.send(&[venue.close_stake(user, user)]);
    let spaces = [clearing::state::MarginAccount::SPACE, clearing::state::StakeAccount::SPACE];
    let back: u64 = spaces.map(|space| Rent::default().minimum_balance(space).max(lamports)).iter().sum();
    assert_eq!(scene.at.chain.account(&user).unwrap().lamports, back);
}

fn a_closed_stake_or_margin_account_that_was_sent_lamports_opens_again(mut scene: Scene) {
    let (user, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    let venue = scene.at.venue.clone();
    let address = venue.margin_account(&user, 0);
    for _ in 0..2 {
        scene.send(&[venue.open_margin_account(user, payer, 0), venue.open_stake(user, payer)]);
        let close = venue.close_margin_account(user, address, user, false, &[]);
        scene.send(&[close, venue.close_stake(user, user)]);
        scene.at.chain.airdrop(&address, 1);
        scene.at.chain.airdrop(&venue.stake_account(&user), 1);
    }
    assert_eq!(scene.at.custody().unwrap().margin_accounts, 0);
    assert_eq!(scene.fund().stakes, 0);
}
