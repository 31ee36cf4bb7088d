//! `jettison breakers` and `jettison pause`: every gate of the clearinghouse and of its markets, why it is closed, and when
//! it opens.

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use clearing::instructions::PauseArgs;
use clearing::state::{Custody, InsuranceFund, Market};
use jettison_rpc::{OpenVenue, Stored};
use solana_signer::Signer;

use crate::context::Context;
use crate::funds::available;
use crate::names::{market_name, markets, MarketName};
use crate::output::{Amount, Fields, Rows, Value};

/// What can be paused, in the order of the program's gates, and the instructions behind each.
const GATES: [(&str, &str); 9] = [
    ("open", "trades that open"),
    ("deposit", "deposits"),
    ("withdraw", "withdrawals and serving the queue"),
    ("liquidate", "liquidations"),
    ("deleverage", "deleveraging"),
    ("resolve", "resolving bankruptcies"),
    ("stake", "staking"),
    ("unstake", "unstaking"),
    ("sweep", "sweeping fees"),
];

const _: () = assert!(GATES.len() == clearing::state::GATES);

/// Show every gate and breaker: its state, why, and when it lifts.
#[derive(clap::Args)]
pub struct Breakers {
    /// Only this market's, by index or name
    #[arg(long)]
    market: Option<MarketName>,
    /// Leave out those that are open
    #[arg(long)]
    closed: bool,
}

/// Pause instructions for a time, by the guardian.
#[derive(clap::Args)]
pub struct Pause {
    /// What: open, deposit, withdraw, liquidate, deleverage, resolve, stake, unstake, sweep
    #[arg(required = true, value_parser = parse_gate)]
    gates: Vec<u16>,
    /// For how long, a day at most; it then can't be paused again for three days
    #[arg(long, value_name = "SECONDS")]
    seconds: u32,
}

fn parse_gate(text: &str) -> Result<u16, String> {
    let place = GATES.iter().position(|(name, _)| *name == text);
    let bit = place.and_then(|place| 1u16.checked_shl(u32::try_from(place).ok()?));
    bit.ok_or_else(|| {
        let names: Vec<&str> = GATES.iter().map(|(name, _)| *name).collect();
        format!("there is no gate {text:?}: give one of {}", names.join(", "))
    })
}

/// One gate.
#[derive(Debug, PartialEq, Eq)]
struct Gate {
    scope: String,
    name: String,
    /// Why it is closed; open without.
    why: Option<String>,
    stops: &'static str,
    lifts: Lifts,
}

/// When a closed gate opens.
#[derive(Debug, PartialEq, Eq)]
enum Lifts {
    /// At a time, in Unix seconds.
    At(i64),
    /// When something happens.
    When(&'static str),
    /// It doesn't.
    Never,
}

impl Gate {
    fn row(&self) -> Fields {
        let fields = Fields::new()
            .with("scope", self.scope.as_str())
            .with("breaker", self.name.as_str())
            .with("state", if self.why.is_some() { "closed" } else { "open" })
            .with("why", self.why.clone())
            .with("stops", self.stops);
        let lifts = match (&self.why, &self.lifts) {
            (None, _) => Value::None,
            (_, Lifts::At(time)) => Value::Time(*time),
            (_, Lifts::When(what)) => Value::from(*what),
            (_, Lifts::Never) => Value::from("never"),
        };
        fields.with_value("lifts", lifts)
    }
}

/// Runs `breakers`.
pub async fn run(context: &Context, args: &Breakers) -> Result<()> {
    let open = context.venue().await?;
    let now = context.cluster().now().await?;
    let mut gates = vec![];
    let chosen = match &args.market {
        Some(name) => vec![name.read(context, &open).await?],
        None => {
            gates.extend(of_clearinghouse(context, &open, now).await?);
            markets(context, &open).await?
        }
    };
    for market in &chosen {
        gates.extend(of_market(&market.state, now));
    }
    gates.retain(|gate| !args.closed || gate.why.is_some());
    let rows = gates.iter().map(Gate::row).collect();
    context.out.show(&Rows::new(rows, "Nothing is closed."))
}

async fn of_clearinghouse(context: &Context, open: &OpenVenue, now: i64) -> Result<Vec<Gate>> {
    let custody: Stored<Custody> = context.cluster().get(&open.venue.custody).await?;
    let fund: Stored<InsuranceFund> = context.cluster().get(&open.venue.insurance_fund).await?;
    let scope = || "clearinghouse".to_owned();
    let mut gates = vec![];
    for ((name, stops), until) in GATES.iter().zip(open.state.pauses.until) {
        let why = (now < until).then(|| "the guardian paused it".to_owned());
        let name = format!("pause {name}");
        gates.push(Gate { scope: scope(), name, why, stops, lifts: Lifts::At(until) });
    }
    let throttle = &custody.state.throttle;
    let amount = |atoms: u64| Amount::new(atoms, open.state.quote_decimals);
    let free = available(context, open, &custody.state).await?;
    let waiting = throttle.tail.saturating_sub(throttle.head);
    let why = if waiting > 0 {
        Some(format!(
            "{waiting} withdrawals of {} wait; {} may leave now",
            amount(throttle.queued.0),
            amount(free)
        ))
    } else if free == 0 {
        Some("as much has left within the window as may".to_owned())
    } else {
        None
    };
    gates.push(Gate {
        scope: scope(),
        name: "withdrawal throttle".to_owned(),
        why,
        stops: "withdrawals at once; they queue",
        lifts: Lifts::When("the window's withdrawals run off and the queue is served"),
    });
    let flagged = fund.state.ledger.flagged_until;
    gates.push(Gate {
        scope: scope(),
        name: "open bankruptcy".to_owned(),
        why: (now < flagged).then(|| "a bankruptcy was flagged or is being resolved".to_owned()),
        stops: "staking and unstaking",
        lifts: Lifts::At(flagged),
    });
    Ok(gates)
}

fn of_market(market: &Market, now: i64) -> Vec<Gate> {
    let book = &market.book;
    let breakers = &book.breakers;
    let gate = |name: &str, why, stops, lifts| {
        let (scope, name) = (market_name(market), name.to_owned());
        Gate { scope, name, why, stops, lifts }
    };
    let amount = |atoms: u64| Amount::new(atoms, market.quote_decimals);
    let lag = (book.is_lagging() && !book.is_settling()).then(|| {
        let (price, target) = (amount(book.effective_price.0), amount(book.target_price.0));
        format!("the effective price is {price} and the oracle's {target}")
    });
    let oracle = book.is_oracle_unusable().then(|| {
        let since = crate::output::time_text(breakers.oracle_unusable_since);
        let dead = crate::output::time_text(book.dead_oracle_ts());
        format!("stale, wide or unreadable since {since}; from {dead} anyone may wind the market down")
    });
    let stale = book
        .require_fresh(now)
        .is_err()
        .then(|| format!("the last accrual is {} seconds old", now.saturating_sub(book.accrued_ts)));
    let loss = (now < breakers.halted_until).then(|| {
        let window = book.params.loss_window_seconds;
        let lost = breakers.socialized.value(now, window).map_or(0, |sum| sum.0);
        match lost {
            0 => "the market is new: nobody opens before the timelock is over".to_owned(),
            _ => format!("{} was charged to a side within {window} seconds", amount(lost)),
        }
    });
    let settling = book.is_settling().then(|| {
        let closes = crate::output::time_text(breakers.settles_ts);
        format!("it is being wound down; positions close by settlement from {closes}")
    });
    const OPENING: &str = "opening; withdrawing beside a position; counting profit";
    vec![
        gate("lag", lag, OPENING, Lifts::When("the effective price reaches the oracle's")),
        gate("oracle", oracle, OPENING, Lifts::When("an accrual finds the oracle usable")),
        gate("stale price", stale, "all that needs a price", Lifts::When("somebody accrues the market")),
        gate("loss", loss, "opening", Lifts::At(breakers.halted_until)),
        gate("wind-down", settling, "opening; later trading and liquidating", Lifts::Never),
    ]
}

/// Runs `pause`.
pub async fn pause(context: &Context, args: &Pause) -> Result<()> {
    let (signer, open) = (context.signer()?, context.venue().await?);
    let guardian = open.state.settings.guardian;
    if guardian == Pubkey::default() {
        bail!("the clearinghouse has no guardian: `jettison authority change-clearinghouse --guardian` names one");
    }
    if signer.pubkey() != guardian {
        bail!("only the guardian pauses, which is {guardian}; the key that signs is {}", signer.pubkey());
    }
    let gates = args.gates.iter().fold(0, |all, gate| all | gate);
    let expected_revision = open.state.revision;
    let pause = PauseArgs { expected_revision, gates, seconds: args.seconds };
    let instruction = open.venue.pause(signer.pubkey(), pause);
    let sent = context.send(&[instruction], &[&signer]).await?;
    context.out.show(&sent.with(Fields::new().with("gates", gates), open.state.quote_decimals))
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;
    use clearing::state::Gate as ProgramGate;
    use jettison_engine::{MarketIndex, Price};

    use super::*;

    #[test]
    fn gates_have_the_programs_numbers() {
        for (name, gate) in [
            ("open", ProgramGate::Open),
            ("deposit", ProgramGate::Deposit),
            ("withdraw", ProgramGate::Withdraw),
            ("liquidate", ProgramGate::Liquidate),
            ("deleverage", ProgramGate::Deleverage),
            ("resolve", ProgramGate::Resolve),
            ("stake", ProgramGate::Stake),
            ("unstake", ProgramGate::Unstake),
            ("sweep", ProgramGate::Sweep),
        ] {
            assert_eq!(parse_gate(name), Ok(1 << gate as u16));
        }
        assert!(parse_gate("trade").unwrap_err().contains("open, deposit"));
    }

    fn closed(market: &Market, now: i64) -> Vec<String> {
        of_market(market, now).into_iter().filter(|gate| gate.why.is_some()).map(|gate| gate.name).collect()
    }

    #[test]
    fn each_breaker_of_a_market_shows_alone() {
        let mut market = Market::zeroed();
        let book = &mut market.book;
        book.index = MarketIndex(0);
        (book.effective_price, book.target_price) = (Price(10), Price(10));
        book.accrued_ts = 1_000;
        book.params.max_price_age_seconds = 60;
        assert!(closed(&market, 1_060).is_empty());
        assert_eq!(closed(&market, 1_061), ["stale price"]);
        let mut lagging = market;
        lagging.book.target_price = Price(11);
        assert_eq!(closed(&lagging, 1_000), ["lag"]);
        let mut suspended = market;
        suspended.book.suspend(1_000).unwrap();
        assert_eq!(closed(&suspended, 1_000), ["oracle"]);
        let mut halted = market;
        halted.book.halt_opening(1_010);
        assert_eq!(closed(&halted, 1_009), ["loss"]);
        assert!(closed(&halted, 1_010).is_empty());
        let mut settling = lagging;
        settling.book.breakers.settles_ts = 2_000;
        assert_eq!(closed(&settling, 9_000), ["wind-down"]);
    }
}
