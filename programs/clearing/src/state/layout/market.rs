//! A market's state.

use jettison_engine as engine;

use super::custody::RollingSum;
use super::mirror;

mirror! {
    /// A side of a market. Its contracts are owned by legs, through shares.
    Side = engine::Side {
        contracts: u64,
        shares: u64,
        /// Variation margin and funding per share since inception, in units of 2⁻⁶⁴ atoms: an i128, little-endian.
        settlement_index: [u64; 2],
        /// Losses charged per share since inception, in units of 2⁻⁶⁴ atoms: a u128, little-endian.
        loss_index: [u64; 2],
    }
}

mirror! {
    /// What bankruptcies have cost since inception, and who paid. In atoms.
    LossTally = engine::LossTally {
        deficit: u64,
        by_surplus: u64,
        by_insurance: u64,
        by_index: u64,
        uncovered: u64,
    }
}

mirror! {
    /// Premiums and funding. Rates in units of 10⁻¹² of the price.
    Funding = engine::Funding {
        /// In atoms; runs off over the funding period.
        premium_paid: i64,
        /// In contracts; runs off likewise.
        volume: u64,
        premium: i64,
        average: i64,
        traded_ts: i64,
    }
}

mirror! {
    /// What the market has drawn from insurance, in atoms.
    Allowance = engine::Allowance {
        drawn: RollingSum,
        earned: u64,
    }
}

mirror! {
    /// The market's gates. Times in Unix seconds.
    Breakers = engine::Breakers {
        socialized: RollingSum,
        halted_until: i64,
        oracle_unusable_since: i64,
        settles_ts: i64,
    }
}

mirror! {
    /// Risk parameters of a market: amounts in atoms, rates in basis points.
    MarketParams = engine::MarketParams {
        /// In contracts.
        max_open_interest: u64,
        min_notional: u64,
        requirement_floor: u64,
        bankruptcy_bounty_cap: u64,
        insurance_base: u64,
        max_price_age_seconds: u32,
        stable_window_seconds: u32,
        funding_period_seconds: u32,
        insurance_window_seconds: u32,
        loss_window_seconds: u32,
        loss_halt_seconds: u32,
        dead_oracle_seconds: u32,
        keeper_window_seconds: u16,
        max_move_per_second: u16,
        initial_margin: u16,
        maintenance_margin: u16,
        profit_weight: u16,
        trade_band: u16,
        maker_fee: u16,
        taker_fee: u16,
        fee_to_insurance: u16,
        liquidation_max_fee: u16,
        liquidation_min_fee: u16,
        penalty_to_insurance: u16,
        liquidation_buffer: u16,
        deleverage_threshold: u16,
        deleverage_bounty: u16,
        bankruptcy_bounty: u16,
        max_funding: u16,
        insurance_earned: u16,
        loss_breaker: u16,
        reserved: [u8; 6],
    }
}

mirror! {
    /// The engine's state of a market. Amounts in atoms, prices in atoms for one contract, times in Unix seconds.
    Book = engine::Market {
        long: Side,
        short: Side,
        effective_price: u64,
        target_price: u64,
        stable_price: u64,
        max_price: u64,
        accrued_ts: i64,
        stable_ts: i64,
        pool: u64,
        surplus: u64,
        uncovered: u64,
        insurance_fees: u64,
        protocol_fees: u64,
        losses: LossTally,
        funding: Funding,
        allowance: Allowance,
        breakers: Breakers,
        params: MarketParams,
        /// Accounts that have a leg in it.
        legs: u32,
        index: u16,
        /// Not zero if accounts may have legs that `legs` doesn't count yet.
        has_uncounted_legs: u8,
    } private {
        padding: [u8; 1],
    }
}
