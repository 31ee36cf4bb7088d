//! The hard bounds, within which any authority stays.

use clearing::error::ClearingError;
use clearing::state::{ClearinghouseSettings, MarketSettingsArgs};
use jettison_client::Venue;
use jettison_embedded::open_settings;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard, Scene, TIMELOCK};
use solana_signer::Signer;

on_both_runtimes!(
    a_clearinghouses_settings_stay_within_their_bounds,
    a_markets_settings_stay_within_their_bounds,
    an_oracles_price_is_never_taken_when_it_is_older_than_a_day_or_wider_than_itself,
    the_envelope_holds_for_changes_too,
    the_open_interest_cap_comes_back_after_it_was_lowered,
    the_open_interest_cap_outgrows_no_market,
);

const DAY: u32 = 86_400;
const MONTH: u32 = 30 * 86_400;
const WEEK: u32 = 7 * 86_400;

type Change<S> = fn(&mut S);

fn a_clearinghouses_settings_stay_within_their_bounds(mut scene: Scene) {
    scene.govern();
    let within: [Change<ClearinghouseSettings>; 7] = [
        |settings| settings.timelock_seconds = MONTH,
        |settings| settings.unstake_cooldown_seconds = DAY,
        |settings| settings.withdrawal_window_seconds = 1,
        |settings| settings.withdrawal_window_seconds = 3_600,
        |settings| settings.withdrawal_limit_bps = 100,
        |settings| settings.withdrawal_limit_bps = 10_000,
        |settings| settings.withdrawal_floor_atoms = 1,
    ];
    let beyond: [Change<ClearinghouseSettings>; 9] = [
        |settings| settings.timelock_seconds = MONTH + 1,
        |settings| settings.timelock_seconds = u32::MAX,
        |settings| settings.unstake_cooldown_seconds = MONTH + 1,
        |settings| settings.withdrawal_window_seconds = 0,
        |settings| settings.withdrawal_window_seconds = 3_601,
        |settings| settings.withdrawal_limit_bps = 99,
        |settings| settings.withdrawal_limit_bps = 10_001,
        |settings| settings.withdrawal_floor_atoms = 0,
        |settings| settings.reserved = 1,
    ];
    let payer = scene.at.chain.payer().pubkey();
    let opening = |scene: &mut Scene, change: Change<ClearinghouseSettings>| {
        let creator = scene.key();
        let mut settings = open_settings();
        change(&mut settings);
        Venue::new(creator, scene.at.venue.quote_mint).initialize_clearinghouse(payer, creator, settings)
    };
    for change in beyond {
        scene.refuse(scene.change_house_of(change), ClearingError::BadSetting);
        let open = opening(&mut scene, change);
        scene.refuse(open, ClearingError::BadSetting);
    }
    for change in within {
        scene.send(&[scene.change_house_of(change)]);
        let open = opening(&mut scene, change);
        scene.send(&[open]);
    }
}

fn a_markets_settings_stay_within_their_bounds(mut scene: Scene) {
    let beyond: [Change<MarketSettingsArgs>; 24] = [
        |settings| settings.params.max_open_interest_contracts = 0,
        |settings| settings.params.max_open_interest_contracts = (1 << 36) + 1,
        |settings| settings.params.min_notional_atoms = (1 << 56) + 1,
        |settings| settings.params.requirement_floor_atoms = (1 << 56) + 1,
        |settings| settings.params.bankruptcy_bounty_cap_atoms = (1 << 56) + 1,
        |settings| settings.params.insurance_base_atoms = (1 << 56) + 1,
        |settings| settings.params.max_price_age_seconds = 86_401,
        |settings| settings.params.stable_window_seconds = WEEK + 1,
        |settings| settings.params.funding_period_seconds = 3_599,
        |settings| settings.params.loss_halt_seconds = WEEK + 1,
        |settings| settings.params.dead_oracle_seconds = 3_599,
        |settings| settings.params.dead_oracle_seconds = 4 * WEEK + 1,
        |settings| settings.params.keeper_window_seconds = 0,
        |settings| settings.params.max_move_per_second_bps = 0,
        |settings| settings.params.initial_margin_bps = 499,
        |settings| settings.params.maintenance_margin_bps = 0,
        |settings| settings.params.profit_weight_bps = 10_001,
        |settings| settings.params.trade_band_bps = 10_001,
        |settings| settings.params.taker_fee_bps = 10_001,
        |settings| settings.params.liquidation_min_fee_bps = 101,
        |settings| settings.params.deleverage_threshold_bps = 10_001,
        |settings| settings.params.max_funding_bps = 1_001,
        |settings| settings.params.insurance_earned_bps = 10_001,
        |settings| settings.params.loss_breaker_bps = 10_001,
    ];
    for change in beyond {
        scene.refuse(scene.change_market_of(0, change), EngineError::BadParameter);
    }
    // A feed id that doesn't fit the source.
    scene.refuse(scene.change_market_of(0, |settings| settings.feed_id = [1; 32]), ClearingError::BadFeedId);
    let pyth =
        scene.change_market_of(0, |settings| settings.oracle_source = clearing::state::OracleSource::Pyth);
    scene.refuse(pyth, ClearingError::BadFeedId);
}

fn an_oracles_price_is_never_taken_when_it_is_older_than_a_day_or_wider_than_itself(mut scene: Scene) {
    let beyond: [Change<MarketSettingsArgs>; 4] = [
        |settings| settings.max_oracle_age_seconds = 86_401,
        |settings| settings.max_oracle_age_seconds = u32::MAX,
        |settings| settings.max_confidence_bps = 10_001,
        |settings| settings.max_confidence_bps = u16::MAX,
    ];
    let (authority, payer) = (scene.authority(), scene.at.chain.payer().pubkey());
    let oracle = scene.at.feeds[0].address;
    for change in beyond {
        scene.refuse(scene.change_market_of(0, change), EngineError::BadParameter);
        let mut args = standard();
        change(&mut args.settings);
        let create = scene.at.venue.create_market(authority, payer, 1, oracle, args);
        scene.refuse(create, EngineError::BadParameter);
    }
    let edge = scene.change_market_of(0, |settings| {
        settings.max_oracle_age_seconds = 86_400;
        settings.max_confidence_bps = 10_000;
    });
    scene.send(&[edge]);
}

/// 30 bps × 10 s + 100 bps leave 100 of the 500.
fn the_envelope_holds_for_changes_too(mut scene: Scene) {
    let beyond: [Change<MarketSettingsArgs>; 3] = [
        |settings| settings.params.keeper_window_seconds = 14,
        |settings| settings.params.max_move_per_second_bps = 41,
        |settings| settings.params.liquidation_max_fee_bps = 200,
    ];
    for change in beyond {
        scene.refuse(scene.change_market_of(0, change), EngineError::EnvelopeTooWide);
    }
}

fn cap(contracts: u64) -> impl FnOnce(&mut MarketSettingsArgs) {
    move |settings| settings.params.max_open_interest_contracts = contracts
}

fn the_open_interest_cap_comes_back_after_it_was_lowered(mut scene: Scene) {
    scene.govern();
    scene.send(&[scene.change_market_of(0, cap(1))]);
    assert_eq!(scene.book(0).params.max_open_interest.0, 1);
    scene.send(&[scene.change_market_of(0, cap(1_000_000_000))]);
    scene.pass(TIMELOCK);
    scene.send(&[scene.execute_market_of(0)]);
    assert_eq!(scene.book(0).params.max_open_interest.0, 1_000_000_000);
}

/// The market takes prices up to `floor(2⁵⁶ / (3 × 10⁹))` = 24,019,198 atoms, and takes them for good: at that price no
/// more than `floor(2⁵⁶ / 24,019,198)` = 3 × 10⁹ + 1 contracts may be open.
fn the_open_interest_cap_outgrows_no_market(mut scene: Scene) {
    let (cap_then, most) = (3_000_000_000, 3_000_000_001);
    let mut args = standard();
    args.settings.params.max_open_interest_contracts = cap_then;
    let market = scene.market(args);
    scene.govern();
    scene.send(&[scene.change_market_of(market, cap(most + 1))]);
    scene.pass(TIMELOCK);
    scene.refuse(scene.execute_market_of(market), EngineError::BadParameter);
    scene.send(&[scene.change_market_of(market, cap(most))]);
    scene.pass(TIMELOCK);
    scene.send(&[scene.execute_market_of(market)]);
    let book = scene.book(market);
    assert_eq!((book.params.max_open_interest.0, book.max_price.0), (most, 24_019_198));
}
