//! The market that tests of the program and of the keeper start from.

use clearing::instructions::CreateMarketArgs;
use clearing::state::{MarketParamsArgs, MarketSettingsArgs, OracleSource};

/// First price of the standard market, in atoms per contract: a contract is a hundredth of a base unit of
/// 100 USDC, so that N contracts are worth N USDC.
pub const PRICE: u64 = 1_000_000;

/// Units of the feeds (10⁻¹² USDC for a base unit) in an atom per contract of the standard market.
const FEED_UNITS_PER_ATOM: i64 = 100_000_000;

/// A price in atoms per contract as the standard market's feed states it.
pub fn feed_price(atoms: u64) -> i64 {
    i64::try_from(atoms).expect("a price of the tests") * FEED_UNITS_PER_ATOM
}

/// The standard market: ten times leverage, and a clamp that leaves keepers ten seconds. No funding, a stable price that is
/// the effective price, and all of insurance for it: a case that is about these turns them on.
pub fn standard() -> CreateMarketArgs {
    CreateMarketArgs {
        name: *b"TEST-PERP\0\0\0\0\0\0\0",
        expected_revision: 0,
        contract_exponent: -2,
        settings: MarketSettingsArgs {
            oracle_source: OracleSource::PriceFeed,
            feed_id: [0; 32],
            max_oracle_age_seconds: 30,
            max_confidence_bps: 100,
            params: MarketParamsArgs {
                max_open_interest_contracts: 1_000_000_000,
                min_notional_atoms: 10_000_000,
                requirement_floor_atoms: 100_000,
                bankruptcy_bounty_cap_atoms: 5_000_000,
                insurance_base_atoms: 1 << 50,
                max_price_age_seconds: 60,
                stable_window_seconds: 1,
                funding_period_seconds: 28_800,
                insurance_window_seconds: 3_600,
                loss_window_seconds: 60,
                loss_halt_seconds: 60,
                dead_oracle_seconds: 3_600,
                keeper_window_seconds: 10,
                max_move_per_second_bps: 30,
                initial_margin_bps: 1_000,
                maintenance_margin_bps: 500,
                profit_weight_bps: 5_000,
                trade_band_bps: 500,
                maker_fee_bps: 2,
                taker_fee_bps: 5,
                fee_to_insurance_bps: 5_000,
                liquidation_max_fee_bps: 100,
                liquidation_min_fee_bps: 20,
                penalty_to_insurance_bps: 3_000,
                liquidation_buffer_bps: 1_000,
                deleverage_threshold_bps: 7_000,
                deleverage_bounty_bps: 1_000,
                bankruptcy_bounty_bps: 5,
                max_funding_bps: 0,
                insurance_earned_bps: 0,
                loss_breaker_bps: 10_000,
            },
        },
    }
}
