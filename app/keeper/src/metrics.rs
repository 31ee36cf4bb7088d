//! What the keeper counts, for Prometheus.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use clearing::state::Market;
use jettison_engine::Contracts;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{exponential_buckets, Histogram};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Metric, Registry};

use crate::input::{Millis, Report};
use crate::outcome::{Outcome, Reason};
use crate::plan::{Kind, Why};
use crate::signals::Signal;

/// Labels of a metric.
type Labels = Vec<(&'static str, String)>;

/// A gauge of a number that isn't whole; never of money.
type Real = Gauge<f64, AtomicU64>;

/// Every metric, and the registry that prints them.
pub struct Metrics {
    registry: Registry,
    /// 1 if the keeper can work.
    pub healthy: Gauge,
    /// 1 if the stream delivers.
    pub stream_up: Gauge,
    /// How often the stream was opened.
    pub stream_connects: Counter,
    /// Seconds since anything was heard of the cluster.
    pub silence: Real,
    /// Slots between the cluster and the accounts seen.
    pub lag: Gauge,
    /// Margin accounts known.
    pub accounts: Gauge,
    /// Full readings.
    pub reconciles: Counter,
    /// Accounts that a full reading had to repair.
    pub reconcile_differences: Counter,
    /// Transactions that may still land.
    pub in_flight: Gauge,
    /// Micro-lamports offered last for a compute unit.
    pub price: Gauge,
    /// Bad debt that appeared in our sight, in atoms.
    pub missed_bad_debt: Counter,
    /// Rewards and bounties, in atoms.
    pub rewards: Counter,
    /// Lamports of the fee payer.
    pub lamports: Gauge,
    /// Equity of the own margin account, in atoms.
    pub equity: Gauge,
    /// Its maintenance requirement, in atoms.
    pub maintenance: Gauge,
    /// 1 if nothing more is taken over.
    pub pressed: Gauge,
    /// The insurance fund's assets, in atoms.
    pub insurance: Gauge,
    attempts: Family<Labels, Counter>,
    outcomes: Family<Labels, Counter>,
    transactions: Family<Labels, Counter>,
    latencies: Family<Labels, Histogram>,
    queue: Family<Labels, Gauge>,
    waiting: Family<Labels, Gauge>,
    backing_off: Family<Labels, Gauge>,
    position: Family<Labels, Gauge>,
    position_limit: Family<Labels, Gauge>,
    oracle_age: Family<Labels, Gauge>,
    oracle_unusable: Family<Labels, Gauge>,
    price_age: Family<Labels, Gauge>,
    effective_price: Family<Labels, Gauge>,
    target_price: Family<Labels, Gauge>,
    open_interest: Family<Labels, Gauge>,
    uncovered: Family<Labels, Gauge>,
    expected_haircut: Family<Labels, Gauge>,
    concentration: Family<Labels, Gauge>,
    largest: Family<Labels, Gauge>,
    cascade: Family<Labels, Gauge>,
    names: Vec<(&'static str, &'static str)>,
}

/// What every name begins with.
const PREFIX: &str = "jettison_keeper";

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// A family whose histograms all have the same buckets: from 50 ms to almost two minutes.
fn latencies() -> Family<Labels, Histogram> {
    Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.05, 1.7, 15)))
}

impl Metrics {
    /// All of them at zero.
    #[rustfmt::skip]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let mut names = vec![];
        macro_rules! register {
            ($name:literal, $help:literal) => { register!($name, $help, Default::default()) };
            ($name:literal, $help:literal, $metric:expr) => {
                add(&mut registry, &mut names, $name, $help, $metric)
            };
        }
        let metrics = Self {
            healthy: register!("healthy", "1 if the keeper can work"),
            stream_up: register!("stream_up", "1 if the stream delivers"),
            stream_connects: register!("stream_connects", "How often the stream was opened"),
            silence: register!("silence_seconds", "Seconds since anything was heard of the cluster"),
            lag: register!("cache_lag_slots", "Slots between the cluster and the clock account seen last"),
            accounts: register!("accounts", "Margin accounts known"),
            reconciles: register!("reconciles", "Full readings of the chain"),
            reconcile_differences: register!("reconcile_differences", "Accounts that a full reading had to repair"),
            in_flight: register!("transactions_in_flight", "Transactions that may still land"),
            price: register!("compute_unit_price_micro_lamports", "Offered last for a compute unit"),
            missed_bad_debt: register!("missed_bad_debt_atoms", "Bad debt of accounts that turned bankrupt while they were in need"),
            rewards: register!("rewards_atoms", "Rewards and bounties received"),
            lamports: register!("fee_payer_lamports", "Lamports of the fee payer"),
            equity: register!("margin_equity_atoms", "Equity of the keeper's margin account"),
            maintenance: register!("margin_maintenance_atoms", "Maintenance requirement of the keeper's margin account"),
            pressed: register!("pressed", "1 if nothing more is taken over because own equity nears maintenance"),
            insurance: register!("insurance_assets_atoms", "Assets of the insurance fund"),
            attempts: register!("attempts", "Tasks sent, by kind"),
            outcomes: register!("outcomes", "What became of tasks, by kind and outcome"),
            transactions: register!("transactions", "What became of transactions"),
            latencies: register!("detect_to_land_seconds", "From when a task was due to when it landed, by kind", latencies()),
            queue: register!("queue_tasks", "Tasks due and not on their way, by kind"),
            waiting: register!("waiting_accounts", "Accounts in need about which nothing can be done, by reason"),
            backing_off: register!("backing_off_tasks", "Tasks left alone for a while, by reason"),
            position: register!("position_contracts", "The keeper's position, negative if short, by market"),
            position_limit: register!("position_limit_contracts", "The most that the keeper may hold, by market"),
            oracle_age: register!("oracle_age_seconds", "Age of the oracle's price, by market"),
            oracle_unusable: register!("oracle_unusable", "1 if the market's oracle can't be used, by market"),
            price_age: register!("price_age_seconds", "Seconds since the market was accrued, by market"),
            effective_price: register!("effective_price_atoms", "The effective price of a contract, by market"),
            target_price: register!("target_price_atoms", "The oracle's price of a contract as the market has it, by market"),
            open_interest: register!("open_interest_contracts", "Contracts open on each side, by market"),
            uncovered: register!("uncovered_loss_atoms", "Loss that nobody could be charged for, by market"),
            expected_haircut: register!("expected_haircut_micro_atoms", "Mean charge a contract over a grid of moves, in millionths of an atom, by market and side"),
            concentration: register!("concentration_millionths", "Sum of the squares of the parts of a side, by market and side"),
            largest: register!("largest_position_millionths", "The largest position as a part of its side, by market and side"),
            cascade: register!("cascade_distance_millionths", "How far the price moves until accounts of a side fail, by market, side and what"),
            names: vec![],
            registry: Registry::default(),
        };
        Self { registry, names, ..metrics }
    }

    /// The name of every metric as a query finds it: `_total` ends a counter's, `_bucket` a histogram's.
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.names.iter().map(|(name, ending)| format!("{PREFIX}_{name}{ending}"))
    }

    /// Systemic signals.
    pub fn set_signals(&self, signals: &[Signal]) {
        self.cascade.clear();
        for signal in signals {
            let labels = vec![("market", signal.market.to_string()), ("side", signal.side.to_owned())];
            self.expected_haircut.get_or_create(&labels).set(signed(signal.expected_haircut_micro_atoms));
            self.concentration.get_or_create(&labels).set(signed(signal.herfindahl));
            self.largest.get_or_create(&labels).set(signed(signal.largest));
            let distances = [
                ("liquidation", signal.to_liquidation),
                ("bankruptcy", signal.to_bankruptcy),
                ("cascade", signal.to_cascade),
            ];
            for (what, distance) in distances {
                let Some(distance) = distance else { continue };
                let mut labels = labels.clone();
                labels.push(("until", what.to_owned()));
                self.cascade.get_or_create(&labels).set(signed(distance));
            }
        }
    }

    /// As Prometheus reads them.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string doesn't fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// A task is sent.
    pub fn attempt(&self, kind: Kind) {
        self.attempts.get_or_create(&vec![("kind", kind.name().to_owned())]).inc();
    }

    /// A task became something.
    pub fn outcome(&self, kind: Kind, outcome: &Outcome) {
        let labels = vec![("kind", kind.name().to_owned()), ("outcome", outcome.name().to_owned())];
        self.outcomes.get_or_create(&labels).inc();
    }

    /// A transaction became something.
    pub fn transaction(&self, report: &Report) {
        let result = match report {
            Report::Landed { error: None, .. } => "landed",
            Report::Landed { .. } => "failed",
            Report::Simulated { error: None, .. } => "rehearsed",
            Report::Simulated { .. } => "refused",
            Report::Expired => "expired",
            Report::NotSent { .. } => "not_sent",
        };
        self.transactions.get_or_create(&vec![("result", result.to_owned())]).inc();
    }

    /// A task landed so long after it was due.
    pub fn latency(&self, kind: Kind, millis: Millis) {
        let seconds = std::time::Duration::from_millis(millis).as_secs_f64();
        self.latencies.get_or_create(&vec![("kind", kind.name().to_owned())]).observe(seconds);
    }

    /// The tasks that are due.
    pub fn set_queue<'a>(&self, kinds: impl Iterator<Item = &'a str>) {
        set_counts(&self.queue, "kind", kinds.map(str::to_owned));
    }

    /// Accounts that have to wait.
    pub fn set_waiting(&self, reasons: impl Iterator<Item = Why>) {
        set_counts(&self.waiting, "why", reasons.map(|why| format!("{why:?}")));
    }

    /// Tasks that are left alone.
    pub fn set_backing_off(&self, reasons: impl Iterator<Item = Reason>) {
        set_counts(&self.backing_off, "reason", reasons.map(|reason| reason.name().to_owned()));
    }

    /// The keeper's own positions.
    pub fn set_positions(&self, positions: &[(u16, i64)]) {
        self.position.clear();
        for (market, size) in positions {
            self.position.get_or_create(&vec![("market", market.to_string())]).set(*size);
        }
    }

    /// A market at a time, with the time its oracle published at.
    pub fn set_market(&self, market: &Market, limit: Contracts, now: i64, published: Option<i64>) {
        let book = &market.book;
        let labels = vec![("market", book.index.0.to_string())];
        let set = |family: &Family<Labels, Gauge>, value: i64| {
            family.get_or_create(&labels).set(value);
        };
        set(&self.position_limit, signed(limit.0));
        set(&self.oracle_unusable, i64::from(book.is_oracle_unusable()));
        set(&self.price_age, now.saturating_sub(book.accrued_ts));
        set(&self.effective_price, signed(book.effective_price.0));
        set(&self.target_price, signed(book.target_price.0));
        set(&self.open_interest, signed(book.long.contracts.0));
        set(&self.uncovered, signed(book.uncovered.0));
        if let Some(published) = published {
            set(&self.oracle_age, now.saturating_sub(published));
        }
    }
}

/// Registers a metric and notes its name.
fn add<M: Metric + Clone>(
    registry: &mut Registry,
    names: &mut Vec<(&'static str, &'static str)>,
    name: &'static str,
    help: &'static str,
    metric: M,
) -> M {
    let ending = match metric.metric_type() {
        MetricType::Counter => "_total",
        MetricType::Histogram => "_bucket",
        _ => "",
    };
    names.push((name, ending));
    registry.register(name, help, metric.clone());
    metric
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Sets a family to how often each label comes; those that no longer come are left out.
fn set_counts(family: &Family<Labels, Gauge>, label: &'static str, values: impl Iterator<Item = String>) {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    family.clear();
    for (value, count) in counts {
        family.get_or_create(&vec![(label, value)]).set(count);
    }
}
