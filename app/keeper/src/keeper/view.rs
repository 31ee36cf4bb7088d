//! What the keeper shows of itself: `/state.json`, and the gauges.

use serde::Serialize;

use super::{Intent, Keeper, Planned, Summary};
use crate::input::Millis;
use crate::signals::Signal;

/// The keeper's state, for people and for other programs. Amounts are in quote atoms, as text where they may be large.
#[derive(Clone, Debug, Default, Serialize)]
pub struct View {
    /// Milliseconds since the start.
    pub at: Millis,
    /// Why it can't work; none if it can.
    pub trouble: Option<String>,
    /// The highest slot heard of.
    pub slot: u64,
    /// The chain's time, in Unix seconds.
    pub chain_ts: i64,
    /// Whether the stream delivers.
    pub stream: bool,
    /// Margin accounts known.
    pub accounts: usize,
    /// Nothing is sent.
    pub dry_run: bool,
    /// Takes nothing more over because its equity nears maintenance.
    pub pressed: bool,
    /// The own margin account.
    pub own: Option<Own>,
    /// Lamports of the fee payer.
    pub lamports: Option<u64>,
    /// Tasks that are due and not yet on their way, the most urgent first.
    pub queue: Vec<Planned>,
    /// Accounts in need about which nothing can be done now.
    pub waiting: Vec<Stuck>,
    /// Tasks left alone for a while.
    pub backing_off: Vec<Held>,
    /// Transactions that may still land.
    pub in_flight: usize,
    /// What it would trade to reduce its own position.
    pub unwind: Vec<Intent>,
    /// What it did since the start.
    pub summary: Summary,
    /// Each market as a whole: expected haircut, concentration, distance to the next cascade.
    pub systemic: Vec<Signal>,
}

/// The own margin account.
#[derive(Clone, Debug, Serialize)]
pub struct Own {
    /// Where it is.
    pub address: String,
    /// Its capital.
    pub capital: u64,
    /// Its equity.
    pub equity: i64,
    /// Its maintenance requirement.
    pub maintenance: u64,
    /// Contracts in each market, negative if short.
    pub positions: Vec<(u16, i64)>,
}

/// An account in need that has to wait.
#[derive(Clone, Debug, Serialize)]
pub struct Stuck {
    /// Which.
    pub account: String,
    /// Why.
    pub why: String,
    /// What the venue can expect to lose meanwhile.
    pub loss: u64,
}

/// A task that is left alone for a while.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    /// What it is about.
    #[serde(flatten)]
    pub named: super::Named,
    /// Why.
    pub reason: &'static str,
    /// Milliseconds until it may be tried again.
    pub wait: Millis,
}

/// How many entries a list shows.
const SHOWN: usize = 200;

impl Keeper {
    /// What it shows of itself.
    pub fn view(&self, at: Millis) -> View {
        let held = self.backoff.waiting(at).take(SHOWN).map(|(subject, reason, until)| Held {
            named: subject.into(),
            reason: reason.name(),
            wait: until - at,
        });
        let stuck = self.waiting.iter().take(SHOWN).map(|waiting| Stuck {
            account: waiting.account.to_string(),
            why: format!("{:?}", waiting.why),
            loss: waiting.loss.0,
        });
        View {
            at,
            trouble: self.health(at).err(),
            slot: self.cache.slot(),
            chain_ts: self.cache.now(),
            stream: self.contact.stream,
            accounts: self.cache.book.len(),
            dry_run: self.setup.config.dry_run,
            pressed: self.pressed,
            own: self.own_account(),
            lamports: self.contact.lamports,
            queue: self.queued.iter().take(SHOWN).cloned().collect(),
            waiting: stuck.collect(),
            backing_off: held.collect(),
            in_flight: self.flights.len(),
            unwind: self.intents.clone(),
            summary: self.summary,
            systemic: self.signals.clone(),
        }
    }

    fn own_account(&self) -> Option<Own> {
        let health = self.own_health()?;
        Some(Own {
            address: self.setup.own?.to_string(),
            capital: self.own_capital()?.0,
            equity: health.equity.0,
            maintenance: health.requirement.0,
            positions: self.positions(),
        })
    }

    /// Renews the gauges.
    pub(super) fn measure(&mut self, at: Millis) {
        let metrics = &self.metrics;
        metrics.healthy.set(i64::from(self.health(at).is_ok()));
        metrics.stream_up.set(i64::from(self.contact.stream));
        metrics.accounts.set(signed(self.cache.book.len()));
        metrics.in_flight.set(signed(self.flights.len()));
        metrics.set_queue(self.queued.iter().map(|planned| planned.named.kind.as_str()));
        metrics.set_waiting(self.waiting.iter().map(|waiting| waiting.why));
        metrics.set_backing_off(self.backoff.waiting(at).map(|(_, reason, _)| reason));
        let silent = at.saturating_sub(self.contact.heard.unwrap_or(0));
        metrics.silence.set(signed(silent) as f64 / 1_000.0);
        metrics.lag.set(signed(self.cache.slot().saturating_sub(self.cache.clock_slot())));
        metrics.lamports.set(self.contact.lamports.map_or(0, signed));
        metrics.pressed.set(i64::from(self.pressed));
        if let Some(health) = self.own_health() {
            metrics.equity.set(health.equity.0);
            metrics.maintenance.set(signed(health.requirement.0));
        }
        metrics.insurance.set(signed(self.cache.book.common.fund.assets.0));
        metrics.set_positions(&self.positions());
        for market in self.cache.markets() {
            let limit = self.setup.limit(market.book.index, market.book.effective_price.0);
            metrics.set_market(market, limit, self.cache.now(), self.cache.published(market));
        }
    }
}

fn signed(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}
