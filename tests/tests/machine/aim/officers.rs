//! What officers set out to do, and what anyone carries out of it.

use clearing::instructions::Role;
use clearing::state::{MarketParamsArgs, MarketSettingsArgs, OracleSource};
use jettison_engine::{Bps, MarketParams};
use jettison_harness::{params, MarketId};

use super::Aim;
use crate::machine::action::{Action, Kind};
use crate::machine::command::{Command, CHIEF, DEPUTY, GUARDIAN, STRANGER};
use crate::machine::reference::FEED_UNITS;
use crate::machine::PRICES;

/// The settings that a market is created with: the harness's sets, whose prices move faster here, so that a crash takes few
/// transactions.
pub fn rules(market: MarketId) -> MarketSettingsArgs {
    let faster = |params: MarketParams| MarketParams {
        max_move_per_second: Bps(200),
        keeper_window_seconds: 4,
        initial_margin: Bps(1_500),
        maintenance_margin: Bps(1_000),
        ..params
    };
    let params = match market % 4 {
        0 => faster(params::live()),
        1 => faster(params::plain()),
        2 => params::coarse(),
        _ => params::unclamped(),
    };
    MarketSettingsArgs {
        oracle_source: OracleSource::PriceFeed,
        feed_id: [0; 32],
        max_oracle_age_seconds: 30,
        max_confidence_bps: 100,
        params: MarketParamsArgs::from(params),
    }
}

impl Aim<'_> {
    pub(super) fn officer(&mut self) -> Option<Command> {
        let Action { kind, market, more, .. } = self.action;
        let house = self.at.house();
        let revision = self.revision(house.revision);
        let authority = self.officer_or_stranger(self.at.holder(Role::Authority));
        let either = if more % 2 == 0 { authority } else { self.officer_or_stranger(GUARDIAN) };
        match kind {
            Kind::Pause => Some(self.pause(revision)),
            Kind::ChangeMarket => self.change_market(authority),
            Kind::ExecuteMarket => self.execute_market(),
            Kind::CancelMarket => {
                let queued = |account: &clearing::state::Market| {
                    account.queued_ready_ts != 0 || account.settlement_ready_ts != 0
                };
                let market = self.market_where(market, |at, market| at.market(market).is_some_and(queued));
                Some(Command::CancelMarketChange { market, by: either })
            }
            Kind::ChangeHouse => Some(self.change_house(authority, revision)),
            Kind::ExecuteHouse => Some(Command::ExecuteClearinghouseChange),
            Kind::CancelHouse => Some(Command::CancelClearinghouseChange { by: either }),
            Kind::Nominate => Some(self.nominate(revision)),
            Kind::Accept => Some(self.accept()),
            Kind::CreateMarket => {
                let market = Some(self.at.markets.len()).filter(|market| *market < PRICES.len())?;
                let price = PRICES[market] as i64 * FEED_UNITS;
                let settings = Box::new(rules(market));
                Some(Command::CreateMarket { settings, price, revision, by: authority })
            }
            Kind::Schedule => {
                // Enough markets stay for something to happen.
                let market = Some(self.market(market)).filter(|_| self.at.live_markets().len() > 2)?;
                let present = self.at.market(market).map_or(0, |market| market.revision);
                let revision = self.revision(present);
                Some(Command::ScheduleSettlement { market, revision, by: authority })
            }
            Kind::BeginSettlement => {
                let market = self.market_where(market, |at, market| {
                    at.market(market).is_some_and(|account| account.settlement_ready_ts != 0)
                        || at.world.markets[market].is_oracle_dead(at.now())
                });
                Some(Command::BeginSettlement { market, wrong_oracle: self.is_odd(1) })
            }
            Kind::CloseMarket => {
                let empty = |at: &crate::machine::reference::Reference, market: MarketId| {
                    let book = &at.world.markets[market];
                    book.is_settling() && book.legs == 0
                };
                let market = self.market_where(market, empty);
                let to = self.at.holder(Role::FeeAuthority);
                Some(Command::CloseMarket { market, to, by: authority })
            }
            Kind::CloseHouse => {
                Some(Command::CloseClearinghouse { to: self.at.holder(Role::FeeAuthority), by: authority })
            }
            _ => unreachable!("{kind:?}"),
        }
    }

    fn pause(&self, revision: u64) -> Command {
        let Action { market, much, more, .. } = self.action;
        let gates = match self.action.odd {
            3 => 1 << 9,
            _ => 1 << (market % 9) | if more % 4 == 0 { more >> 7 } else { 0 },
        };
        let seconds = if self.is_odd(4) { 86_401 } else { 1 + u32::from(much % 900) };
        Command::Pause { gates, seconds, revision, by: self.officer_or_stranger(GUARDIAN) }
    }

    fn change_market(&self, by: usize) -> Option<Command> {
        let Action { market, much, more, .. } = self.action;
        let market = self.market(market);
        let present = self.at.market(market)?.revision;
        let mut feed = self.at.feed_in_use(market);
        let mut settings = self.at.settings_of(market);
        let params = &mut settings.params;
        match much % 9 {
            0 => params.max_open_interest_contracts -= params.max_open_interest_contracts / 20,
            1 => params.initial_margin_bps = params.initial_margin_bps.clamp(1_600, 2_000) + 20,
            2 => params.trade_band_bps = params.trade_band_bps.saturating_sub(10).max(300),
            3 | 4 => params.taker_fee_bps = more % 20,
            5 => feed = 1 - feed,
            6 => params.max_open_interest_contracts += params.max_open_interest_contracts / 20,
            7 => settings.max_confidence_bps = settings.max_confidence_bps.saturating_sub(10).max(20),
            // Above initial margin, or outside of the clamp's envelope.
            _ => params.maintenance_margin_bps = if more % 2 == 0 { 1 } else { u16::MAX },
        }
        let revision = self.revision(present);
        Some(Command::ChangeMarket { market, feed, settings: Box::new(settings), revision, by })
    }

    fn execute_market(&self) -> Option<Command> {
        let Action { market, more, .. } = self.action;
        let ready = |account: &clearing::state::Market| {
            account.queued_ready_ts != 0 && account.queued_ready_ts <= self.at.now()
        };
        let market = self.market_where(market, |at, market| at.market(market).is_some_and(ready));
        let queued = self.at.market(market)?.queued.oracle;
        let feed = usize::from(queued == self.at.oracles[market][1]) ^ usize::from(self.is_odd(1));
        let price = self.at.world.markets[market].target_price.0 as i64 * FEED_UNITS;
        let posts = more % 4 > 0;
        Some(Command::ExecuteMarketChange { market, feed, price: posts.then_some(price) })
    }

    fn change_house(&self, by: usize, revision: u64) -> Command {
        let Action { much, more, .. } = self.action;
        let mut settings = self.at.house().settings;
        match much % 7 {
            0 => settings.withdrawal_limit_bps = (settings.withdrawal_limit_bps / 10 * 9).max(400),
            1 => settings.timelock_seconds = (settings.timelock_seconds + 60).min(900),
            2 => settings.withdrawal_floor_atoms = (settings.withdrawal_floor_atoms / 2).max(1_000_000),
            3 => settings.unstake_cooldown_seconds = 60 + u32::from(more % 600),
            4 => settings.withdrawal_limit_bps = (settings.withdrawal_limit_bps * 2).min(10_000),
            5 => settings.timelock_seconds = (settings.timelock_seconds / 2).max(300),
            _ => settings.withdrawal_limit_bps = if more % 2 == 0 { 99 } else { 10_001 },
        }
        Command::ChangeClearinghouse { settings, revision, by }
    }

    fn role(&self) -> Role {
        if self.action.market % 2 == 0 {
            Role::Authority
        } else {
            Role::FeeAuthority
        }
    }

    fn nominate(&self, revision: u64) -> Command {
        let role = self.role();
        let holder = self.at.holder(role);
        let nominee = Some(CHIEF + DEPUTY - holder).filter(|_| !self.is_odd(3));
        Command::Nominate { role, nominee, revision, by: self.officer_or_stranger(holder) }
    }

    fn accept(&self) -> Command {
        let role = self.role();
        let other = CHIEF + DEPUTY - self.at.holder(role);
        Command::Accept { role, by: if self.is_odd(1) { STRANGER } else { other } }
    }
}
