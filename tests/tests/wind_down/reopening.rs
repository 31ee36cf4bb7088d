//! A closed clearinghouse opened again at its addresses starts clean.

use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_instruction;
use jettison_embedded::open_settings;
use jettison_tests::{on_both_runtimes, standard, Held, Scene};
use solana_signer::Signer;

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_clearinghouse_opened_again_is_as_new,
    closing_and_opening_in_one_transaction_leaves_a_new_clearinghouse,
    a_clearinghouse_opens_once,
    lamports_sent_to_closed_accounts_revive_nothing,
);

/// A life that leaves traces in every account, and its end; returns the instruction that ends it.
fn lived(scene: &mut Scene) -> Instruction {
    let guardian = scene.govern();
    scene.wait(0);
    let (long, short) = leveraged(scene);
    scene.send(&[scene.pause_of(1, 60)]);
    scene.trade(&short, &long, 0, 10_000);
    scene.fund_insurance(USDC);
    for trader in [&long, &short] {
        let capital = scene.capital(trader);
        scene.send(&[scene.withdraw_of(trader, capital)]);
        scene.send(&[scene.close_of(trader, false)]);
    }
    scene.wind_down(0);
    let (authority, fee_account) = (scene.authority(), scene.at.fee_account);
    scene.send(&[scene.nominate_of(authority, clearing::instructions::Role::FeeAuthority, guardian)]);
    scene.send(&[scene.at.venue.close_market(authority, 0, authority, fee_account)]);
    scene.at.venue.close_clearinghouse(authority, authority, fee_account)
}

/// The accounts of the clearinghouse, byte by byte.
fn bytes(scene: &Scene) -> Vec<Vec<u8>> {
    let venue = &scene.at.venue;
    let keys =
        [venue.clearinghouse, venue.custody, venue.insurance_fund, venue.margin_vault, venue.insurance_vault];
    keys.iter().map(|key| scene.at.chain.account(key).expect("an account").data).collect()
}

fn open_of(scene: &Scene) -> Instruction {
    let payer = scene.at.chain.payer().pubkey();
    scene.at.venue.initialize_clearinghouse(payer, scene.authority(), open_settings())
}

/// Its markets start at index 0 and at this day's price.
fn assert_new(scene: &mut Scene, fresh: &[Vec<u8>]) {
    assert_eq!(bytes(scene), fresh);
    scene.held = Held::default();
    scene.post_only(0);
    let (authority, payer) = (scene.authority(), scene.at.chain.payer().pubkey());
    let feed = scene.at.feeds[0].address;
    scene.send(&[scene.at.venue.create_market(authority, payer, 0, feed, standard())]);
    let mut expected = jettison_engine::Market::new(
        jettison_engine::MarketIndex(0),
        standard().settings.params.into(),
        jettison_engine::Price(jettison_tests::PRICE),
        scene.at.chain.now(),
    )
    .expect("a market");
    expected.max_price = scene.book(0).max_price;
    assert_eq!((scene.book(0), scene.listing(0).revision), (expected, 0));
    let (long, _) = leveraged(scene);
    assert_eq!(scene.size(&long, 0), 10_000);
}

fn a_clearinghouse_opened_again_is_as_new(scene: Scene) {
    // What an empty one looks like, before anything is in it.
    let mut scene = emptied(scene);
    let fresh = bytes(&scene);
    scene.post_only(0);
    let (authority, payer) = (scene.authority(), scene.at.chain.payer().pubkey());
    let feed = scene.at.feeds[0].address;
    scene.send(&[scene.at.venue.create_market(authority, payer, 0, feed, standard())]);
    let close = lived(&mut scene);
    scene.send(&[close]);
    scene.send(&[open_of(&scene)]);
    assert_new(&mut scene, &fresh);
}

/// The scene's clearinghouse, closed and opened again without anything in it.
fn emptied(mut scene: Scene) -> Scene {
    scene.wind_down(0);
    let (authority, fee_account) = (scene.authority(), scene.at.fee_account);
    scene.send(&[scene.at.venue.close_market(authority, 0, authority, fee_account)]);
    scene.send(&[scene.at.venue.close_clearinghouse(authority, authority, fee_account)]);
    scene.send(&[open_of(&scene)]);
    scene
}

fn closing_and_opening_in_one_transaction_leaves_a_new_clearinghouse(mut scene: Scene) {
    let close = lived(&mut scene);
    let open = open_of(&scene);
    scene.send(&[close, open]);
    let one = bytes(&scene);
    let (authority, fee_account) = (scene.authority(), scene.at.fee_account);
    scene.send(&[scene.at.venue.close_clearinghouse(authority, authority, fee_account)]);
    scene.send(&[open_of(&scene)]);
    assert_eq!(bytes(&scene), one);
    assert_new(&mut scene, &one);
}

fn a_clearinghouse_opens_once(mut scene: Scene) {
    let before = scene.snapshot();
    // Natively the system program has another word for it.
    let failed = scene.attempt(&[open_of(&scene)]).expect_err("it is open");
    assert!(!scene.is_elf() || failed.custom == Some(0), "{failed}");
    assert_eq!(before.changed(&scene.at.chain), []);
}

fn lamports_sent_to_closed_accounts_revive_nothing(mut scene: Scene) {
    let market = scene.at.venue.market(0);
    let close = lived(&mut scene);
    let rich = scene.rich_key();
    let clearinghouse = scene.at.venue.clearinghouse;
    scene.send(&[
        close,
        system_instruction::transfer(&rich, &clearinghouse, 1_000_000_000),
        system_instruction::transfer(&rich, &market, 1_000_000_000),
    ]);
    for key in [clearinghouse, market] {
        let left = scene.at.chain.account(&key).expect("its lamports");
        assert_eq!((left.data.len(), left.owner), (0, anchor_lang::solana_program::system_program::ID));
    }
    let oracle = scene.at.feeds[0].address;
    let not_ours = anchor_lang::error::ErrorCode::AccountOwnedByWrongProgram;
    scene.refuse(scene.at.venue.accrue_market(0, oracle), not_ours);
    scene.refuse(scene.at.venue.execute_clearinghouse_change(), not_ours);
    // Nor do they keep it from opening, where the system program is that of mainnet.
    if scene.is_elf() {
        scene.send(&[open_of(&scene)]);
        assert_eq!(scene.house().market_count, 0);
    }
}
