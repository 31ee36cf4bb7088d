//! Parameter sets.

use jettison_engine::{Atoms, Bps, Contracts, MarketParams};

/// Round rates and no fees, floors or bounties, so that a case computes by hand: initial margin 10 %, maintenance
/// 5 %, liquidation fee 0.5 to 1 %, a clamp of 0.1 % a second for 10 seconds.
pub fn plain() -> MarketParams {
    MarketParams {
        max_open_interest: Contracts(1_000_000),
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
        keeper_window_seconds: 3,
        initial_margin: Bps(1_500),
        maintenance_margin: Bps(1_000),
        ..plain()
    }
}

/// A clamp that lets the price almost double in a second, and margin to match.
pub fn unclamped() -> MarketParams {
    MarketParams {
        max_move_per_second: Bps(9_000),
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
