//! What only restricts is in force at once, all else waits: field by field, each way.

use anchor_lang::prelude::Pubkey;
use clearing::instructions::CreateMarketArgs;
use clearing::state::{ClearinghouseSettings, MarketParamsArgs, MarketSettingsArgs};
use jettison_tests::{on_both_runtimes, settings_of, standard, Scene};

on_both_runtimes!(
    of_a_markets_settings_only_those_that_restrict_are_in_force_at_once,
    of_a_clearinghouses_settings_only_those_that_restrict_are_in_force_at_once,
    a_restriction_beside_anything_else_waits_with_it,
    settings_that_change_nothing_are_in_force_at_once,
);

/// A field's name, and its change by one up (`true`) or down.
type Field<S> = (&'static str, fn(&mut S, bool));

macro_rules! step {
    ($value:expr, $up:expr) => {
        if $up {
            $value += 1
        } else {
            $value -= 1
        }
    };
}

macro_rules! params {
    ($($field:ident),* $(,)?) => {
        fn params() -> Vec<Field<MarketSettingsArgs>> {
            // Every field there is.
            let MarketParamsArgs { $($field: _),* } = standard().settings.params;
            vec![$((stringify!($field), |settings, up| step!(settings.params.$field, up))),*]
        }
    };
}

params!(
    max_open_interest_contracts,
    min_notional_atoms,
    requirement_floor_atoms,
    bankruptcy_bounty_cap_atoms,
    insurance_base_atoms,
    max_price_age_seconds,
    stable_window_seconds,
    funding_period_seconds,
    insurance_window_seconds,
    loss_window_seconds,
    loss_halt_seconds,
    dead_oracle_seconds,
    keeper_window_seconds,
    max_move_per_second_bps,
    initial_margin_bps,
    maintenance_margin_bps,
    profit_weight_bps,
    trade_band_bps,
    maker_fee_bps,
    taker_fee_bps,
    fee_to_insurance_bps,
    liquidation_max_fee_bps,
    liquidation_min_fee_bps,
    penalty_to_insurance_bps,
    liquidation_buffer_bps,
    deleverage_threshold_bps,
    deleverage_bounty_bps,
    bankruptcy_bounty_bps,
    max_funding_bps,
    insurance_earned_bps,
    loss_breaker_bps,
);

/// Which way of a field restricts, by its name.
const RESTRICTS: [(&str, bool); 9] = [
    ("max_open_interest_contracts", false),
    ("loss_halt_seconds", true),
    ("initial_margin_bps", true),
    ("profit_weight_bps", false),
    ("trade_band_bps", false),
    ("loss_breaker_bps", false),
    ("withdrawal_floor_atoms", false),
    ("withdrawal_limit_bps", false),
    ("timelock_seconds", true),
];

/// The standard market with room both ways in every field.
fn roomy() -> CreateMarketArgs {
    let mut args = standard();
    args.settings.params.stable_window_seconds = 10;
    args.settings.params.dead_oracle_seconds = 7_200;
    args.settings.params.max_funding_bps = 10;
    args.settings.params.insurance_earned_bps = 1_000;
    args.settings.params.loss_breaker_bps = 5_000;
    args
}

fn of_a_markets_settings_only_those_that_restrict_are_in_force_at_once(mut scene: Scene) {
    let market = scene.market(roomy());
    scene.govern();
    let mut fields = params();
    assert_eq!(fields.len(), 31);
    fields.push(("max_oracle_age_seconds", |settings, up| step!(settings.max_oracle_age_seconds, up)));
    fields.push(("max_confidence_bps", |settings, up| step!(settings.max_confidence_bps, up)));
    for (name, change) in fields {
        for up in [false, true] {
            let before = settings_of(&scene.listing(market));
            let mut wanted = before;
            change(&mut wanted, up);
            assert_ne!(before, wanted, "{name}");
            scene.send(&[scene.change_market_of(market, |settings| *settings = wanted)]);
            let listing = scene.listing(market);
            let at_once = RESTRICTS.contains(&(name, up));
            let way = if up { "up" } else { "down" };
            assert_eq!(settings_of(&listing), if at_once { wanted } else { before }, "{name} {way}");
            assert_eq!(listing.queued_ready_ts == 0, at_once, "{name} {way}");
        }
    }
}

fn of_a_clearinghouses_settings_only_those_that_restrict_are_in_force_at_once(mut scene: Scene) {
    scene.govern();
    scene.settle_for(|settings| {
        settings.withdrawal_window_seconds = 60;
        settings.withdrawal_limit_bps = 5_000;
        settings.unstake_cooldown_seconds = 60;
    });
    let fields: [Field<ClearinghouseSettings>; 6] = [
        ("guardian", |settings, up| settings.guardian = if up { clearing::ID } else { Pubkey::default() }),
        ("withdrawal_floor_atoms", |settings, up| step!(settings.withdrawal_floor_atoms, up)),
        ("withdrawal_window_seconds", |settings, up| step!(settings.withdrawal_window_seconds, up)),
        ("timelock_seconds", |settings, up| step!(settings.timelock_seconds, up)),
        ("unstake_cooldown_seconds", |settings, up| step!(settings.unstake_cooldown_seconds, up)),
        ("withdrawal_limit_bps", |settings, up| step!(settings.withdrawal_limit_bps, up)),
    ];
    for (name, change) in fields {
        for up in [false, true] {
            let before = scene.house().settings;
            let mut wanted = before;
            change(&mut wanted, up);
            assert_ne!(before, wanted, "{name}");
            scene.send(&[scene.change_house_of(|settings| *settings = wanted)]);
            let house = scene.house();
            let at_once = RESTRICTS.contains(&(name, up));
            let way = if up { "up" } else { "down" };
            assert_eq!(house.settings, if at_once { wanted } else { before }, "{name} {way}");
            assert_eq!(house.queued_ready_ts == 0, at_once, "{name} {way}");
        }
    }
}

fn a_restriction_beside_anything_else_waits_with_it(mut scene: Scene) {
    scene.govern();
    let both = scene.change_market_of(0, |settings| {
        settings.params.trade_band_bps = 100;
        settings.params.taker_fee_bps = 6;
    });
    scene.send(&[both]);
    assert_eq!(settings_of(&scene.listing(0)), standard().settings);
    let before = scene.house().settings;
    let both = scene.change_house_of(|settings| {
        settings.withdrawal_limit_bps = 5_000;
        settings.unstake_cooldown_seconds = 1;
    });
    scene.send(&[both]);
    assert_eq!(scene.house().settings, before);
}

fn settings_that_change_nothing_are_in_force_at_once(mut scene: Scene) {
    scene.govern();
    scene.send(&[scene.change_market_of(0, |_| ())]);
    scene.send(&[scene.change_house_of(|_| ())]);
    assert_eq!((scene.listing(0).revision, scene.house().revision), (1, 2));
    assert_eq!((scene.listing(0).queued_ready_ts, scene.house().queued_ready_ts), (0, 0));
}
