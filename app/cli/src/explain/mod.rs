//! `jettison explain`: an account's health leg by leg, what its last haircut was and why, and which to expect.

mod cause;
mod expected;
mod fetch;
mod haircuts;
mod health;
mod history;
#[cfg(test)]
mod tests;

use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use clearing::state::Clearinghouse;
use jettison_risk::Grid;
use serde::{Serialize, Serializer};

use crate::context::Context;
use crate::names::AccountName;
use crate::output::{Fields, Rows, View};
use cause::Known;
use fetch::{History, Scene};
use haircuts::{Haircut, FOOTNOTE};
use health::{name_of, Units};

/// Explain an account: its health, its haircuts, and what could come.
#[derive(clap::Args)]
pub struct Args {
    /// ADDRESS, OWNER/ID, mine or mine/ID
    #[arg(default_value = "mine")]
    account: AccountName,
    /// How many transactions to look back for haircuts
    #[arg(long, value_name = "COUNT", default_value_t = 1_000)]
    history: usize,
}

/// Runs the command.
pub async fn run(context: &Context, args: &Args) -> Result<()> {
    let open = context.venue().await?;
    let address = args.account.read(context, &open).await?.address;
    let scene = fetch::scene(context.cluster(), &open, &address).await?;
    let history = fetch::history(context.cluster(), &open, &scene, args.history).await?;
    context.out.show(&explain(&scene, &history, &open.state, &Grid::default())?)
}

/// An account, explained.
struct Explanation {
    fields: Fields,
    sections: Vec<String>,
}

impl View for Explanation {
    fn text(&self) -> String {
        self.sections.join("\n")
    }
}

impl Serialize for Explanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.fields.serialize(serializer)
    }
}

/// What there is to say about an account.
fn explain(
    scene: &Scene,
    history: &History,
    clearinghouse: &Clearinghouse,
    grid: &Grid,
) -> Result<Explanation> {
    let units = Units { decimals: clearinghouse.quote_decimals };
    let account = &scene.account;
    let risk = scene.own.account(&account.state.ledger)?;
    let (last, pending) = (last_haircuts(scene, history)?, pending_haircuts(scene, history)?);
    let expected = match &scene.book {
        Some(book) => Some(expected::expected(book, &account.state.ledger, grid)?),
        None => None,
    };

    let rows = |haircuts: &[Haircut]| {
        Rows::new(haircuts.iter().map(|haircut| haircut.fields(units)).collect(), "none")
    };
    let fields = Fields::new()
        .with("margin_account", account.address)
        .with("owner", account.state.authority)
        .with("id", account.state.id)
        .with("time", scene.now)
        .with("health", health::fields(scene, &risk, units))
        .with("withdrawal", health::queue_fields(scene, clearinghouse, units))
        .with("last_haircut", rows(&last))
        .with("pending_haircut", rows(&pending))
        .with("history_unavailable", history.unavailable.clone())
        .with("expected_haircut", expected.as_ref().map(|all| expected::fields(scene, all, units)));

    let mut sections = vec![format!(
        "Margin account {} of {}, number {}. Amounts are in quote units.",
        account.address, account.state.authority, account.state.id
    )];
    sections.extend(health::text(scene, &risk, clearinghouse, units));
    sections.push(heading("Haircuts"));
    sections.extend(haircut_text(history, &last, &pending, units));
    sections.push(heading("Haircuts to expect"));
    sections.extend(match &expected {
        None => vec!["The books moved too fast to be read as a whole; try again for these.".to_owned()],
        Some(all) if all.is_empty() => vec!["Without a position there are none.".to_owned()],
        Some(all) => expected::text(scene, all, units),
    });
    Ok(Explanation { fields, sections })
}

fn heading(text: &str) -> String {
    format!("\n{text}")
}

fn haircut_text(history: &History, last: &[Haircut], pending: &[Haircut], units: Units) -> Vec<String> {
    let mut text = vec![];
    if let Some(why) = &history.unavailable {
        text.push(format!("This server keeps no history ({why}), so what was charged before can't be told."));
    } else if last.is_empty() && history.account_from_start {
        text.push("None was ever charged in the transactions that this server knows of.".to_owned());
    } else if last.is_empty() {
        let count = history.account.len();
        text.push(format!(
            "None was charged in the last {count} transactions; --history looks further back."
        ));
    }
    text.extend(last.iter().flat_map(|haircut| haircut.text(units)));
    if pending.is_empty() {
        text.push("Nothing is charged that isn't settled.".to_owned());
    }
    text.extend(pending.iter().flat_map(|haircut| haircut.text(units)));
    let has_table = |haircut: &Haircut| haircut.cause.as_ref().is_some_and(|cause| !cause.parts.is_empty());
    if last.iter().chain(pending).any(has_table) {
        text.push(FOOTNOTE.to_owned());
    }
    text
}

/// What is known of a market's losses.
fn known<'a>(history: &History, losses: &'a [history::Loss]) -> Known<'a> {
    Known {
        losses,
        from_start: history.fund_from_start,
        is_whole: history.fund.iter().all(|past| past.is_whole),
    }
}

fn last_haircuts(scene: &Scene, history: &History) -> Result<Vec<Haircut>> {
    let address: Pubkey = scene.account.address;
    let mut all = vec![];
    for last in history.last_haircuts(&address) {
        let losses = history::losses(last.mark.market, &history.fund);
        let leg = scene.account.state.ledger.leg(jettison_engine::MarketIndex(last.mark.market));
        let leg = leg.filter(|leg| leg.has_position() && !last.changed_since);
        let cause = known(history, &losses).settled(&last.mark, last.before.as_ref(), leg)?;
        all.push(Haircut {
            market: name_of(&scene.markets, last.mark.market),
            atoms: last.mark.marked.map_or(0, |marked| marked.haircut),
            mark: Some(last.mark),
            cause,
        });
    }
    Ok(all)
}

fn pending_haircuts(scene: &Scene, history: &History) -> Result<Vec<Haircut>> {
    let mut all = vec![];
    for leg in scene.account.state.ledger.legs() {
        let market = scene.own.market(leg.market)?;
        let side = market.side(leg.direction());
        let atoms = leg.pending(side)?.haircut.0;
        if atoms == 0 {
            continue;
        }
        let losses = history::losses(leg.market.0, &history.fund);
        let cause = known(history, &losses).pending(leg, side)?;
        let cause = Some(cause).filter(|_| history.unavailable.is_none());
        all.push(Haircut { market: name_of(&scene.markets, leg.market.0), atoms, mark: None, cause });
    }
    Ok(all)
}
