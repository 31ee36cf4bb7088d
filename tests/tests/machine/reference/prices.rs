//! Feeds, accruals, and the beginning of a wind-down, which reads the oracle too.

use clearing::error::ClearingError;
use jettison_engine::{EngineError, Price};
use jettison_harness::history::coverage::Coverage;
use jettison_harness::MarketId;

use super::{require, Outcome, Reference};
use crate::machine::command::Command;

/// What a stand-in feed states, in its own units.
#[derive(Clone, Copy, Debug, Default)]
pub struct Feed {
    pub price: i64,
    pub confidence: u64,
    pub publish_ts: i64,
}

/// Units of the feeds in an atom a contract: `10^(12 − 6 + 2)`.
pub const FEED_UNITS: i64 = 100_000_000;

/// Seconds within which a queued change or a scheduled wind-down must be carried out.
pub const LAPSE_SECONDS: i64 = 14 * 86_400;

impl Reference {
    /// Which of a market's two feeds it reads.
    pub fn feed_in_use(&self, market: MarketId) -> usize {
        let read = |market: &clearing::state::Market| market.oracle;
        let in_use = self.market(market).map(read);
        usize::from(in_use == Some(self.oracles[market][1]))
    }

    /// When a price that is posted now is published: no feed goes back in time.
    pub fn publish_ts(&self, market: MarketId, feed: usize) -> i64 {
        self.now().max(self.feeds[market][feed].publish_ts)
    }

    /// A good price, posted beside another instruction.
    pub(super) fn post(&mut self, market: MarketId, feed: usize, price: i64) {
        let publish_ts = self.publish_ts(market, feed);
        self.feeds[market][feed] = Feed { price, confidence: 0, publish_ts };
    }

    /// The price of one of a market's feeds, by the rules of `docs/oracles.md`.
    pub(super) fn reading(&self, market: MarketId, feed: usize) -> Outcome<Price> {
        let rules = self.require_market(market)?;
        let feed = &self.feeds[market][feed];
        let age = self.now() - feed.publish_ts;
        require((-10..=i64::from(rules.max_oracle_age_seconds)).contains(&age), ClearingError::StaleOracle)?;
        let widest = feed.price as u128 * u128::from(rules.max_confidence_bps) / 10_000;
        require(u128::from(feed.confidence) <= widest, ClearingError::UncertainOracle)?;
        let price = feed.price / FEED_UNITS;
        require(price > 0, EngineError::BadPrice)?;
        Ok(Price(price as u64))
    }

    /// The market's price, if it can be used.
    fn usable(&self, market: MarketId) -> Option<Price> {
        let reading = self.reading(market, self.feed_in_use(market)).ok();
        reading.filter(|price| self.world.markets[market].accepts(*price))
    }

    pub(super) fn act_on_price(&mut self, command: &Command, seen: &mut Coverage) -> Outcome {
        match *command {
            Command::Post { market, price, confidence, publish_ts } => {
                let feed = self.feed_in_use(market);
                self.feeds[market][feed] = Feed { price, confidence, publish_ts };
                self.accrue(market, seen)
            }
            Command::PostOnly { market, price } => {
                self.post(market, self.feed_in_use(market), price);
                Ok(())
            }
            Command::Accrue { market, wrong_oracle } => {
                self.require_market(market)?;
                require(!wrong_oracle, ClearingError::WrongOracle)?;
                self.accrue(market, seen)
            }
            Command::BeginSettlement { market, wrong_oracle } => {
                let ready_ts = self.require_market(market)?.settlement_ready_ts;
                require(!wrong_oracle, ClearingError::WrongOracle)?;
                let late = self.now() - ready_ts;
                let scheduled = ready_ts != 0 && (0..=LAPSE_SECONDS).contains(&late);
                let was_dead = self.world.markets[market].is_oracle_dead(self.now());
                let dead = was_dead && self.usable(market).is_none();
                seen.note_if(was_dead && !dead, "oracle back from the dead");
                require(scheduled || dead, ClearingError::SettlementNotDue)?;
                self.world.begin_settlement(market)?;
                self.change_market_account(market, |market| {
                    market.settlement_ready_ts = 0;
                    market.queued_ready_ts = 0;
                    market.revision += 1;
                });
                seen.note_if(!scheduled, "wound down for a dead oracle");
                Ok(())
            }
            _ => unreachable!("{command:?}"),
        }
    }

    fn accrue(&mut self, market: MarketId, seen: &mut Coverage) -> Outcome {
        self.require_market(market)?;
        match self.usable(market) {
            Some(target) => {
                let accrual = self.world.accrue(market, target.0, 0)?;
                seen.note_if(accrual.restored, "oracle restored");
            }
            None => {
                let news = self.world.suspend(market)?;
                seen.note_if(news, "oracle unusable");
            }
        }
        Ok(())
    }
}
