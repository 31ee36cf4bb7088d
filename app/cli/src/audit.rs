//! `jettison audit`: whether the books balance, and who is in need.

use anyhow::Result;
use clearing::state::MarginAccount;
use jettison_engine::{assess, Health, Margin, Markets};
use jettison_risk::{check_books, Books, Check};
use jettison_rpc::{OpenVenue, Snapshot, Stored};

use crate::context::Context;
use crate::output::{Amount, Fields, Refused, Rows, Value};

/// Check that the books balance to the atom, and list the accounts below maintenance margin.
///
/// Everything is read at one moment: if something moves meanwhile, it is read again. A vault may hold more than the ledgers
/// say, by what somebody sent to it. Exits with 1 if an invariant of docs/invariants.md does not hold.
#[derive(clap::Args)]
pub struct Args {
    /// Exit with 1 also if an account is below maintenance margin, or a vault holds more than the ledgers say
    #[arg(long)]
    strict: bool,
}

/// An account below maintenance margin.
struct InNeed<'a> {
    account: &'a Stored<MarginAccount>,
    health: Health,
}

/// Runs the command.
pub async fn run(context: &Context, args: &Args) -> Result<()> {
    let open = context.venue().await?;
    let snapshot = context.cluster().snapshot(&open).await?;
    let checks = check(&snapshot);
    let in_need = in_need(&snapshot)?;
    let broken = checks.iter().filter(|check| !check.holds).count();
    let more = checks.iter().filter(|check| check.of_vault && check.left != check.right).count();
    context.out.show(&report(&open, &snapshot, &checks, &in_need))?;
    if broken > 0 {
        return Err(Refused(format!("{broken} invariants do not hold")).into());
    }
    if args.strict && !in_need.is_empty() {
        return Err(Refused(format!("{} accounts are below maintenance margin", in_need.len())).into());
    }
    if args.strict && more > 0 {
        return Err(Refused("a vault holds more than the ledgers say".into()).into());
    }
    Ok(())
}

fn check(snapshot: &Snapshot) -> Vec<Check> {
    let markets: Vec<_> = snapshot.markets.iter().map(|market| market.state.book).collect();
    let accounts: Vec<_> =
        snapshot.accounts.iter().map(|account| (account.state.ledger, account.state.queued)).collect();
    let stakes: Vec<_> = snapshot.stakes.iter().map(|stake| stake.state.stake).collect();
    check_books(&Books {
        markets: &markets,
        accounts: &accounts,
        fund: &snapshot.fund.ledger,
        stakes: &stakes,
        throttle: &snapshot.custody.throttle,
        margin_vault: snapshot.margin_vault,
        insurance_vault: snapshot.insurance_vault,
        now: snapshot.now,
    })
}

/// Accounts with a position whose equity is below maintenance at the prices that the markets have now, however old.
fn in_need(snapshot: &Snapshot) -> Result<Vec<InNeed<'_>>> {
    let mut books: Vec<_> = snapshot.markets.iter().map(|market| market.state.book).collect();
    let mut lent: Vec<_> = books.iter_mut().collect();
    let markets = Markets::new(&mut lent)?;
    let mut found = vec![];
    for account in &snapshot.accounts {
        let ledger = &account.state.ledger;
        let oldest = ledger.legs().filter_map(|leg| markets.get(leg.market).ok()).map(|book| book.accrued_ts);
        let health = assess(ledger, &markets, Margin::Maintenance, oldest.min().unwrap_or(snapshot.now))?;
        let has_position = ledger.legs().any(jettison_engine::Leg::has_position);
        if has_position && !health.is_met() {
            found.push(InNeed { account, health });
        }
    }
    Ok(found)
}

fn report(open: &OpenVenue, snapshot: &Snapshot, checks: &[Check], in_need: &[InNeed<'_>]) -> Fields {
    let decimals = open.state.quote_decimals;
    let amount = |atoms: jettison_engine::Atoms| Amount::new(atoms.0, decimals);
    let in_need = in_need.iter().map(|one| {
        Fields::new()
            .with("account", one.account.address)
            .with("owner", one.account.state.authority)
            .with("equity", Amount::new(one.health.equity.0, decimals))
            .with("maintenance", amount(one.health.requirement))
            .with("state", if one.health.equity.is_negative() { "bankrupt" } else { "liquidatable" })
    });
    let checks = checks.iter().map(|check| {
        Fields::new()
            .with("invariant", check.invariant)
            .with("market", check.market.map(|market| market.0))
            .with("compares", check.compares)
            .with("left", check.left.to_string())
            .with("right", check.right.to_string())
            .with("holds", check.holds)
    });
    Fields::new()
        .with_time("time", snapshot.now)
        .with("margin_accounts", u64::try_from(snapshot.accounts.len()).unwrap_or(u64::MAX))
        .with("margin_vault", amount(snapshot.margin_vault))
        .with("insurance_vault", amount(snapshot.insurance_vault))
        .with_value("checks", Value::from(Rows::new(checks.collect(), "")))
        .with_value(
            "in_need",
            Value::from(Rows::new(in_need.collect(), "Nobody is below maintenance margin.")),
        )
}
