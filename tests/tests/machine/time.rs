//! What takes several transactions, or none: time, keepers who accrue, crashes, and what makes an action worth while.

use jettison_harness::history::action::{nth, target};
use jettison_harness::{MarketId, Who};

use super::action::{Action, Kind};
use super::command::{Command, TRADERS};
use super::play::Play;
use super::reference::{Outcome, FEED_UNITS};
use super::PRICES;

/// Accruals of a crash: with windows of 8 % they halve a price.
const MOST_ACCRUALS: usize = 10;

impl Play<'_> {
    pub(super) fn pass(&mut self, seconds: i64) {
        self.stage.wait(&mut self.reference, seconds);
    }

    /// Mostly seconds, sometimes as long as something lasts: a timelock, a grace, a pause's rest, the time for claims.
    pub(super) fn wait(&mut self, action: Action) {
        let much = i64::from(action.much);
        let seconds = match action.more % 32 {
            0..=17 => much % 13,
            18..=22 => 13 + much % 120,
            23..=26 => 300 + much % 1_200,
            27..=30 => 3_600 + much % 3_600,
            _ if much % 16 == 0 => 31 * 86_400,
            _ => 86_400 * (1 + much % 4),
        };
        self.pass(seconds);
        // Prices serve for a minute.
        if seconds > 30 && action.other % 4 > 0 {
            self.crank(None, action.other % 8 == 7);
        }
    }

    /// Accrues every live market where its oracle stands; oracles that can't be used may stay so.
    pub(super) fn crank(&mut self, but: Option<MarketId>, restores: bool) {
        for market in self.reference.live_markets() {
            let book = &self.reference.world.markets[market];
            if but == Some(market) || (book.is_oracle_unusable() && !restores) {
                continue;
            }
            let _ = self.post(market, book.target_price.0);
        }
    }

    fn post(&mut self, market: MarketId, atoms: u64) -> Outcome {
        let feed = self.reference.feed_in_use(market);
        let publish_ts = self.reference.publish_ts(market, feed);
        let price = atoms as i64 * FEED_UNITS;
        self.run(Command::Post { market, price, confidence: 0, publish_ts })
    }

    /// Accruals until a price has moved, while no keeper does anything.
    pub(super) fn crash(&mut self, action: Action) {
        let live = self.reference.live_markets();
        let traded = |market: &MarketId| self.reference.world.markets[*market].long.contracts.0 > 0;
        let traded = nth(live.iter().copied().filter(traded), action.market);
        let Some(market) = traded.or(nth(live.into_iter(), action.market)) else { return };
        let percent = match action.more % 3 {
            0 => 50 + u64::from(action.much % 151),
            _ => 80 + u64::from(action.much % 46),
        };
        let target = target(&self.reference.world, market, percent, PRICES[market]);
        for _ in 0..MOST_ACCRUALS {
            let window = self.reference.world.markets[market].params.keeper_window_seconds;
            self.pass(i64::from(window));
            if self.post(market, target).is_err() {
                return;
            }
            if self.reference.world.markets[market].effective_price.0 == target {
                break;
            }
        }
        self.crank(Some(market), action.other % 8 == 0);
    }

    /// Some wait until what is queued is ready, or clear an account before they close it.
    pub(super) fn prepare(&mut self, action: Action) {
        let now = self.reference.now();
        let of_markets = |ready_ts: fn(&clearing::state::Market) -> i64| {
            self.reference.markets.iter().flatten().map(ready_ts).filter(|ready_ts| *ready_ts > now).min()
        };
        let house = Some(self.reference.house().queued_ready_ts);
        let ready_ts = match action.kind {
            Kind::ExecuteMarket => of_markets(|market| market.queued_ready_ts),
            Kind::BeginSettlement if action.other % 2 == 0 => return self.revive(),
            Kind::BeginSettlement => of_markets(|market| market.settlement_ready_ts),
            Kind::ExecuteHouse => house.filter(|ready_ts| *ready_ts > now),
            Kind::CloseAccount => return self.clear(action),
            _ => None,
        };
        if let Some(ready_ts) = ready_ts {
            self.pass(ready_ts - now);
        }
    }

    /// The oracle of a market that could be wound down for it gives a price again, and nobody has accrued since.
    fn revive(&mut self) {
        let dead =
            |market: &MarketId| self.reference.world.markets[*market].is_oracle_dead(self.reference.now());
        let Some(market) = self.reference.open_markets().find(dead) else { return };
        let price = self.reference.world.markets[market].target_price.0 as i64 * FEED_UNITS;
        let _ = self.run(Command::PostOnly { market, price });
    }

    /// Somebody without positions takes everything out that there is.
    fn clear(&mut self, action: Action) {
        let world = &self.reference.world;
        let has_account = |who: &Who| self.reference.accounts[*who].is_some();
        let owed = (0..TRADERS).filter(has_account).filter(|who| world.is_owed_only(*who));
        let flat = |who: &Who| world.accounts[*who].legs().all(|leg| !leg.has_position());
        let flat = (0..TRADERS).filter(has_account).filter(flat);
        let Some(who) = nth(owed, action.who).or(nth(flat, action.who)) else { return };
        let _ = self.run(Command::Settle { who });
        let amount = self.reference.world.capital(who);
        let _ = self.run(Command::Withdraw { who, to: who, amount, by: who });
    }
}
