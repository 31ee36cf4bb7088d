//! Clearinghouses and markets that may not be made, accounts that may not be closed.

use anchor_lang::error::ErrorCode;
use clearing::error::ClearingError;
use clearing::instructions::CreateMarketArgs;
use jettison_client::Venue;
use jettison_embedded::open_settings;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard, Code, Scene};
use solana_signer::Signer;

use crate::support::leveraged;

on_both_runtimes!(
    a_market_is_created_at_the_next_index_only,
    a_mint_of_more_than_nine_decimals_is_refused,
    risk_parameters_out_of_bounds_are_refused,
    an_envelope_wider_than_maintenance_is_refused,
    an_account_with_capital_or_a_position_cannot_be_closed,
);

fn a_market_is_created_at_the_next_index_only(mut scene: Scene) {
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    let feed = scene.at.feeds[0].address;
    for index in [0, 2] {
        let create = scene.at.venue.create_market(authority, payer, index, feed, standard());
        scene.refuse(create, ErrorCode::ConstraintSeeds);
    }
}

fn a_mint_of_more_than_nine_decimals_is_refused(mut scene: Scene) {
    let (authority, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    let mint = scene.at.chain.create_mint(10).unwrap();
    let venue = Venue::new(authority, mint);
    let initialize = venue.initialize_clearinghouse(payer, authority, open_settings());
    scene.refuse(initialize, ClearingError::UnusableMint);
    let mint = scene.at.chain.create_mint(9).unwrap();
    scene.send(&[Venue::new(authority, mint).initialize_clearinghouse(payer, authority, open_settings())]);
}

fn refuse_market(scene: &mut Scene, expected: impl Code, change: impl FnOnce(&mut CreateMarketArgs)) {
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    let feed = scene.at.feeds[0].address;
    let mut args = standard();
    change(&mut args);
    let create = scene.at.venue.create_market(authority, payer, 1, feed, args);
    scene.refuse(create, expected);
}

fn risk_parameters_out_of_bounds_are_refused(mut scene: Scene) {
    type Change = fn(&mut CreateMarketArgs);
    let changes: [Change; 10] = [
        |args| args.settings.params.max_open_interest_contracts = 0,
        |args| args.settings.params.max_open_interest_contracts = (1 << 36) + 1,
        |args| args.settings.params.max_price_age_seconds = 0,
        |args| args.settings.params.keeper_window_seconds = 0,
        |args| args.settings.params.max_move_per_second_bps = 0,
        |args| args.settings.params.initial_margin_bps = 499,
        |args| args.settings.params.maintenance_margin_bps = 0,
        |args| args.settings.params.profit_weight_bps = 10_001,
        |args| args.settings.params.liquidation_min_fee_bps = 101,
        |args| args.settings.params.penalty_to_insurance_bps = 10_001,
    ];
    for change in changes {
        refuse_market(&mut scene, EngineError::BadParameter, change);
    }
}

/// 30 bps × 10 s + 100 bps leave 100 of the 500.
fn an_envelope_wider_than_maintenance_is_refused(mut scene: Scene) {
    refuse_market(&mut scene, EngineError::EnvelopeTooWide, |args| {
        args.settings.params.keeper_window_seconds = 14;
    });
    refuse_market(&mut scene, EngineError::EnvelopeTooWide, |args| {
        args.settings.params.max_move_per_second_bps = 41;
    });
}

fn an_account_with_capital_or_a_position_cannot_be_closed(mut scene: Scene) {
    let trader = scene.trader(1);
    let (long, _) = leveraged(&mut scene);
    for waive in [false, true] {
        scene.refuse(scene.close_of(&trader, waive), EngineError::AccountNotEmpty);
        scene.refuse(scene.close_of(&long, waive), EngineError::AccountNotEmpty);
    }
}
