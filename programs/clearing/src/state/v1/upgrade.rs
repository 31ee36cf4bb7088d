//! A market of the first version in the present one: what it had stays as it was; what it didn't have is set so that
//! nobody's position is worth or needs anything else than before.

use bytemuck::Zeroable;
use jettison_engine::{self as engine, Atoms, Bps, Contracts, LossIndex, Price, SettlementIndex, Shares};

use super::{Book, Former, LossTally, Market, Params, Side, DAY};
use crate::state;

impl Former for Market {
    const DISCRIMINATOR: [u8; 8] = [0xdb, 0xbe, 0xd5, 0x37, 0x00, 0xe3, 0xc6, 0x9a];
    type Present = state::Market;
}

impl Market {
    /// The market in the present version. `insurance_base` is what it may draw from insurance within its window.
    pub fn upgrade(&self, insurance_base: u64) -> state::Market {
        let mut present = state::Market::zeroed();
        present.version = state::Market::VERSION;
        present.bump = self.bump;
        present.oracle_source = self.oracle_source;
        present.contract_exponent = self.contract_exponent;
        present.quote_decimals = self.quote_decimals;
        // Neither was bounded.
        present.max_confidence_bps = self.max_confidence_bps.min(state::MAX_CONFIDENCE_BPS);
        present.max_oracle_age_seconds = self.max_oracle_age_seconds.min(state::MAX_ORACLE_AGE_SECONDS);
        present.clearinghouse = self.clearinghouse.into();
        present.oracle = self.oracle.into();
        present.name = self.name;
        present.book = self.book.upgrade(insurance_base);
        // No feed id: the only source was the stand-in feed, which has none.
        present
    }
}

impl Book {
    fn upgrade(&self, insurance_base: u64) -> engine::Market {
        let params = self.params.upgrade(insurance_base);
        let mut present = engine::Market::zeroed();
        present.long = self.long.upgrade();
        present.short = self.short.upgrade();
        present.effective_price = Price(self.effective_price);
        present.target_price = Price(self.target_price);
        // There was no other price than the effective one.
        present.stable_price = Price(self.effective_price);
        // The cap could not be changed, so the highest price is still that of the market's creation.
        present.max_price = params.max_price();
        present.accrued_ts = self.accrued_ts;
        present.stable_ts = self.accrued_ts;
        present.pool = Atoms(self.pool);
        present.surplus = Atoms(self.surplus);
        present.uncovered = Atoms(self.uncovered);
        present.insurance_fees = Atoms(self.insurance_fees);
        present.protocol_fees = Atoms(self.protocol_fees);
        present.losses = self.losses.upgrade();
        present.params = params;
        // Its legs are counted as their accounts are migrated; how many those are, nobody knows.
        present.legs = 0;
        present.has_uncounted_legs = 1;
        present.index = engine::MarketIndex(self.index);
        present
    }
}

impl Side {
    fn upgrade(&self) -> engine::Side {
        engine::Side {
            contracts: Contracts(self.contracts),
            shares: Shares(self.shares),
            settlement_index: SettlementIndex::new(bytemuck::cast(self.settlement_index)),
            loss_index: LossIndex::new(bytemuck::cast(self.loss_index)),
        }
    }
}

impl LossTally {
    fn upgrade(&self) -> engine::LossTally {
        engine::LossTally {
            deficit: Atoms(self.deficit),
            by_surplus: Atoms(self.by_surplus),
            by_insurance: Atoms(self.by_insurance),
            by_index: Atoms(self.by_index),
            uncovered: Atoms(self.uncovered),
        }
    }
}

impl Params {
    /// Within today's bounds. The envelope may be wider than today's, which also asks that a window fits the deleveraging
    /// threshold: to raise that or to slow the clamp is for the authority to announce.
    fn upgrade(&self, insurance_base: u64) -> engine::MarketParams {
        engine::MarketParams {
            max_open_interest: Contracts(self.max_open_interest),
            min_notional: Atoms(self.min_notional),
            requirement_floor: Atoms(self.requirement_floor),
            bankruptcy_bounty_cap: Atoms(self.bankruptcy_bounty_cap),
            // A market could draw all of the fund at any time. Now: its part of the fund, within the longest window there
            // is, and all of what its own fees bring from now on.
            insurance_base: Atoms(insurance_base),
            insurance_window_seconds: 28 * DAY,
            insurance_earned: Bps(10_000),
            // It was not bounded above.
            max_price_age_seconds: self.max_price_age_seconds.min(DAY),
            // The stable price follows the effective one at once, so that initial margin is what it was.
            stable_window_seconds: 1,
            // No funding.
            funding_period_seconds: 8 * 3_600,
            max_funding: Bps(0),
            // A breaker that trips when a window's losses exceed all of open interest.
            loss_window_seconds: 60,
            loss_halt_seconds: 60,
            loss_breaker: Bps(10_000),
            // Longer than any holiday of a market that closes.
            dead_oracle_seconds: 7 * DAY,
            keeper_window_seconds: self.keeper_window_seconds,
            max_move_per_second: Bps(self.max_move_per_second),
            initial_margin: Bps(self.initial_margin),
            maintenance_margin: Bps(self.maintenance_margin),
            profit_weight: Bps(self.profit_weight),
            trade_band: Bps(self.trade_band),
            maker_fee: Bps(self.maker_fee),
            taker_fee: Bps(self.taker_fee),
            fee_to_insurance: Bps(self.fee_to_insurance),
            liquidation_max_fee: Bps(self.liquidation_max_fee),
            liquidation_min_fee: Bps(self.liquidation_min_fee),
            penalty_to_insurance: Bps(self.penalty_to_insurance),
            liquidation_buffer: Bps(self.liquidation_buffer),
            deleverage_threshold: Bps(self.deleverage_threshold),
            deleverage_bounty: Bps(self.deleverage_bounty),
            bankruptcy_bounty: Bps(self.bankruptcy_bounty),
            reserved: [0; 6],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parameters that the first version accepted, at its bounds.
    fn extreme() -> Params {
        Params {
            max_open_interest: engine::MAX_OPEN_INTEREST,
            min_notional: engine::MAX_NOTIONAL,
            requirement_floor: engine::MAX_NOTIONAL,
            bankruptcy_bounty_cap: engine::MAX_NOTIONAL,
            max_price_age_seconds: u32::MAX,
            keeper_window_seconds: 1,
            max_move_per_second: 9_000,
            initial_margin: u16::MAX,
            maintenance_margin: 10_000,
            profit_weight: 10_000,
            trade_band: 10_000,
            maker_fee: 10_000,
            taker_fee: 10_000,
            fee_to_insurance: 10_000,
            liquidation_max_fee: 500,
            liquidation_min_fee: 500,
            penalty_to_insurance: 10_000,
            liquidation_buffer: 10_000,
            deleverage_threshold: 10_000,
            deleverage_bounty: 10_000,
            bankruptcy_bounty: 10_000,
            reserved: [0; 4],
        }
    }

    #[test]
    fn what_the_first_version_accepted_is_accepted() {
        assert_eq!(extreme().upgrade(engine::MAX_NOTIONAL).validate(), Ok(()));
        // Its envelope was of the clamp and the penalty: without funding it still is.
        let tight = Params { liquidation_max_fee: 526, ..extreme() };
        assert_eq!(tight.upgrade(0).validate(), Ok(()));
        let beyond = Params { liquidation_max_fee: 527, ..extreme() };
        assert_eq!(beyond.upgrade(0).validate(), Err(engine::EngineError::EnvelopeTooWide));
    }

    #[test]
    fn a_threshold_below_todays_envelope_stays() {
        let late = Params { deleverage_threshold: 8_999, ..extreme() };
        assert_eq!(late.upgrade(0).validate(), Err(engine::EngineError::EnvelopeTooWide));
        assert_eq!(late.upgrade(0).deleverage_threshold, Bps(8_999));
    }
}
