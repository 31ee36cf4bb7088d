//! Parameter sets.

use jettison_engine::{Atoms, Bps, Contracts, MarketParams, ThrottleParams, MAX_NOTIONAL};

/// A throttle that lets everything out.
pub fn unthrottled() -> ThrottleParams {
    ThrottleParams { floor: Atoms(1 << 60), window_seconds: 1, limit: Bps(10_000), reserved: [0; 2] }
}

/// A throttle that lets a twentieth out an hour.
pub fn throttled() -> ThrottleParams {
    ThrottleParams { floor: Atoms(1_000_000), window_seconds: 3_600, limit: Bps(500), reserved: [0; 2] }
}

/// Round rates and no fees, floors or bounties, so that a case computes by hand: initial margin 10 %, maintenance
/// 5 %, liquidation fee 0.5 to 1 %, a clamp of 0.1 % a second for 10 seconds. The stable price is the effective price,
/// nothing is paid for funding, and the market may draw all of insurance.
pub fn plain() -> MarketParams {
    MarketParams {
        max_open_interest: Contracts(1_000_000),
        insurance_base: Atoms(MAX_NOTIONAL),
        insurance_window_seconds: 1,
        stable_window_seconds: 1,
        funding_period_seconds: 3_600,
        loss_window_seconds: 1,
        loss_halt_seconds: 1,
        loss_breaker: Bps(10_000),
        dead_oracle_seconds: 3_600,
        max_price_age_seconds: 60,
        keeper_window_seconds: 10,
        max_move_per_second: Bps(10),
        initial_margin: Bps(1_000),
        maintenance_margin: Bps(500),
        profit_weight: Bps(5_000),
        trade_band: Bps(500),
        fee_to_insurance: Bps(5_000),
        liquidation_max_fee: Bps(100),
        liquidation_min_fee: Bps(50),
        penalty_to_insurance: Bps(5_000),
        deleverage_threshold: Bps(5_000),
        deleverage_bounty: Bps(1_000),
        ..MarketParams::default()
    }
}

/// As a real market would have: fees, floors, a buffer, bounties.
pub fn live() -> MarketParams {
    MarketParams {
        requirement_floor: Atoms(50_000),
        min_notional: Atoms(1_000_000),
        bankruptcy_bounty_cap: Atoms(2_000_000),
        bankruptcy_bounty: Bps(10),
        maker_fee: Bps(1),
        taker_fee: Bps(5),
        liquidation_buffer: Bps(2_000),
        insurance_base: Atoms(50_000_000),
        insurance_window_seconds: 600,
        insurance_earned: Bps(5_000),
        stable_window_seconds: 300,
        funding_period_seconds: 28_800,
        max_funding: Bps(75),
        loss_breaker: Bps(100),
        loss_window_seconds: 60,
        loss_halt_seconds: 30,
        ..plain()
    }
}

/// Contracts of a few atoms: every rounding is as large as it can be beside the amounts.
pub fn coarse() -> MarketParams {
    MarketParams {
        requirement_floor: Atoms(3),
        bankruptcy_bounty_cap: Atoms(40),
        bankruptcy_bounty: Bps(25),
        taker_fee: Bps(3),
        liquidation_buffer: Bps(700),
        max_move_per_second: Bps(250),
        deleverage_threshold: Bps(8_000),
        keeper_window_seconds: 3,
        initial_margin: Bps(1_500),
        maintenance_margin: Bps(1_000),
        insurance_base: Atoms(1_000),
        insurance_window_seconds: 60,
        insurance_earned: Bps(10_000),
        stable_window_seconds: 20,
        max_funding: Bps(1_000),
        loss_window_seconds: 10,
        ..plain()
    }
}

/// A clamp that lets the price almost double in a second, and margin to match.
pub fn unclamped() -> MarketParams {
    MarketParams {
        max_move_per_second: Bps(9_000),
        deleverage_threshold: Bps(9_500),
        keeper_window_seconds: 1,
        initial_margin: Bps(10_000),
        maintenance_margin: Bps(10_000),
        liquidation_max_fee: Bps(500),
        liquidation_min_fee: Bps(0),
        profit_weight: Bps(10_000),
        taker_fee: Bps(2),
        ..plain()
    }
}
