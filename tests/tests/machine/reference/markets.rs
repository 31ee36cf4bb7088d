//! Creating, changing and closing markets.

use anchor_lang::prelude::Pubkey;
use bytemuck::Zeroable;
use clearing::error::ClearingError;
use clearing::state::{Market, MarketParamsArgs, MarketSettings, MarketSettingsArgs};
use jettison_engine::{EngineError, MarketParams};
use jettison_harness::history::coverage::Coverage;
use jettison_harness::MarketId;

use super::officers::require_due;
use super::{require, with, Outcome, Reference};
use crate::machine::command::Command;

/// Name and unit of every market.
pub const NAME: [u8; 16] = *b"MACHINE-PERP\0\0\0\0";
pub const CONTRACT_EXPONENT: i8 = -2;

impl Reference {
    pub(super) fn act_on_market(&mut self, command: &Command, seen: &mut Coverage) -> Outcome {
        match command {
            Command::ChangeMarket { market, feed, settings, revision, by } => {
                let present = self.require_market(*market)?.revision;
                self.require_authority(*by)?;
                require(present == *revision, ClearingError::WrongRevision)?;
                let oracle = self.oracles[*market][*feed];
                self.change_market(*market, oracle, settings, seen)
            }
            Command::ExecuteMarketChange { market, feed, price } => {
                if let Some(price) = price {
                    self.post(*market, *feed, *price);
                }
                self.execute_market_change(*market, *feed, seen)
            }
            Command::CancelMarketChange { market, by } => {
                let account = *self.require_market(*market)?;
                self.require_authority_or_guardian(*by)?;
                let queued = account.queued_ready_ts != 0 || account.settlement_ready_ts != 0;
                require(queued, ClearingError::NothingQueued)?;
                self.change_market_account(*market, |market| {
                    market.queued_ready_ts = 0;
                    market.settlement_ready_ts = 0;
                });
                Ok(())
            }
            Command::CreateMarket { settings, price, revision, by } => {
                self.post(self.markets.len(), 0, *price);
                self.require_authority(*by)?;
                self.require_revision(*revision)?;
                self.create_market(settings)
            }
            Command::ScheduleSettlement { market, revision, by } => {
                let present = self.require_market(*market)?.revision;
                self.require_authority(*by)?;
                require(present == *revision, ClearingError::WrongRevision)?;
                require(!self.world.markets[*market].is_settling(), EngineError::MarketSettling)?;
                let ready_ts = self.ready_ts();
                self.change_market_account(*market, |market| market.settlement_ready_ts = ready_ts);
                Ok(())
            }
            Command::CloseMarket { market, to, by } => {
                self.require_market(*market)?;
                self.require_authority(*by)?;
                let fee_account = self.require_fee_account(*to)?;
                let before = self.world.protocol;
                self.world.wind_up(*market)?;
                self.fees[fee_account] += self.world.protocol - before;
                self.markets[*market] = None;
                self.house_mut().open_markets -= 1;
                Ok(())
            }
            _ => unreachable!("{command:?}"),
        }
    }

    pub(super) fn change_market_account(&mut self, market: MarketId, change: impl FnOnce(&mut Market)) {
        change(self.markets[market].as_mut().expect("an open market"));
    }

    fn change_market(
        &mut self,
        market: MarketId,
        oracle: Pubkey,
        settings: &MarketSettingsArgs,
        seen: &mut Coverage,
    ) -> Outcome {
        let params: MarketParams = settings.params.into();
        params.validate()?;
        let account = *self.require_market(market)?;
        let keeps_the_rest = oracle == account.oracle
            && settings.max_oracle_age_seconds == account.max_oracle_age_seconds
            && settings.max_confidence_bps <= account.max_confidence_bps;
        if keeps_the_rest && self.world.markets[market].params.only_restricts(&params) {
            seen.note("rules in force at once");
            return self
                .put_rules_in_force(market, &MarketSettings::from_args(settings, oracle).expect("fit"));
        }
        let (ready_ts, house_revision) = (self.ready_ts(), self.house().revision);
        let queued = MarketSettings::from_args(settings, oracle).expect("a feed without an id");
        self.change_market_account(market, |market| {
            market.queued = queued;
            market.queued_ready_ts = ready_ts;
            market.queued_revision = market.revision;
            market.queued_clearinghouse_revision = house_revision;
        });
        Ok(())
    }

    fn put_rules_in_force(&mut self, market: MarketId, settings: &MarketSettings) -> Outcome {
        self.world.set_params(market, settings.params)?;
        self.change_market_account(market, |market| {
            market.oracle = settings.oracle;
            market.max_oracle_age_seconds = settings.max_oracle_age_seconds;
            market.max_confidence_bps = settings.max_confidence_bps;
            market.revision += 1;
            market.queued_ready_ts = 0;
        });
        Ok(())
    }

    fn execute_market_change(&mut self, market: MarketId, feed: usize, seen: &mut Coverage) -> Outcome {
        let account = *self.require_market(market)?;
        require_due(account.queued_ready_ts, self.now())?;
        require(account.queued_revision == account.revision, ClearingError::WrongRevision)?;
        self.require_revision(account.queued_clearinghouse_revision)?;
        require(self.oracles[market][feed] == account.queued.oracle, ClearingError::WrongOracle)?;
        self.put_rules_in_force(market, &account.queued)?;
        if account.queued.oracle != account.oracle {
            let price = self.reading(market, feed)?;
            require(self.world.markets[market].accepts(price), EngineError::BadPrice)?;
            seen.note("oracle replaced");
        }
        Ok(())
    }

    fn create_market(&mut self, settings: &MarketSettingsArgs) -> Outcome {
        let market = self.markets.len();
        let oracle = self.oracles[market][0];
        let quote_decimals = self.house().quote_decimals;
        let account = with(Market::zeroed(), |account| {
            account.version = Market::VERSION;
            account.contract_exponent = CONTRACT_EXPONENT;
            account.quote_decimals = quote_decimals;
            account.max_confidence_bps = settings.max_confidence_bps;
            account.max_oracle_age_seconds = settings.max_oracle_age_seconds;
            account.clearinghouse = self.address;
            account.oracle = oracle;
            account.name = NAME;
        });
        self.markets.push(Some(account));
        let price = self.reading(market, 0)?;
        self.world.create_market(settings.params.into(), price.0)?;
        if self.house().settings.timelock_seconds > 0 {
            let opens = self.ready_ts();
            self.world.markets[market].halt_opening(opens);
        }
        let house = self.house_mut();
        house.market_count += 1;
        house.open_markets += 1;
        Ok(())
    }

    /// A market's settings as they are, to be changed and sent.
    pub fn settings_of(&self, market: MarketId) -> MarketSettingsArgs {
        let account = self.market(market).expect("an open market");
        MarketSettingsArgs {
            oracle_source: clearing::state::OracleSource::PriceFeed,
            feed_id: [0; 32],
            max_oracle_age_seconds: account.max_oracle_age_seconds,
            max_confidence_bps: account.max_confidence_bps,
            params: MarketParamsArgs::from(self.world.markets[market].params),
        }
    }
}
