//! `jettison watch`: the clearinghouse's events as they happen, a line each.

mod filter;

use std::time::Duration;

use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use clearing::state::MarginAccount;
use jettison_client::{describe, events_in, AnyEvent, Data};
use jettison_rpc::{LogNews, Logged, OpenVenue, Stored};
use solana_signature::Signature;

use crate::context::Context;
use crate::events::event_view;
use crate::names::{markets, AccountName, MarketName};

use filter::{parse_kind, Filter, Seen};

/// Show events as they happen.
#[derive(clap::Args)]
pub struct Args {
    /// Only events that name this account; may be given several times
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<AccountName>,
    /// Only events of this market; may be given several times
    #[arg(long, value_name = "MARKET")]
    market: Vec<MarketName>,
    /// Only events of this name, such as Liquidated; may be given several times
    #[arg(long, value_name = "EVENT", value_parser = parse_kind, ignore_case = true)]
    kind: Vec<String>,
    /// End after so many events
    #[arg(long, value_name = "COUNT")]
    count: Option<u64>,
}

/// Between two attempts to connect: at first, and at most.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(8)];

struct Watch<'a> {
    context: &'a Context,
    open: OpenVenue,
    filter: Filter,
    seen: Seen,
    last: Option<Signature>,
    left: Option<u64>,
}

/// Runs the command. Ends by Ctrl-C, or after `--count` events.
pub async fn run(context: &Context, args: &Args) -> Result<()> {
    let open = context.venue().await?;
    let mut filter = Filter { accounts: vec![], markets: vec![], kinds: args.kind.clone() };
    for name in &args.account {
        filter.accounts.push(name.address(context, &open)?);
    }
    for name in &args.market {
        filter.markets.push(name.read(context, &open).await?.state.book.index.0);
    }
    let mut watch = Watch { context, open, filter, seen: Seen::default(), last: None, left: args.count };
    tokio::select! {
        result = watch.follow() => result,
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

/// Why a connection was left.
enum Left {
    /// All that was asked for was shown.
    Done,
    /// There is a new market to follow.
    NewMarket,
    /// It ended.
    Closed(String),
}

impl Watch<'_> {
    /// Connects again and again.
    async fn follow(&mut self) -> Result<()> {
        let mut pause = PAUSES[0];
        loop {
            let before = self.seen.len();
            match self.connection().await? {
                Left::Done => return Ok(()),
                Left::NewMarket => continue,
                Left::Closed(why) => {
                    if self.seen.len() > before {
                        pause = PAUSES[0];
                    }
                    self.context.out.note(&format!("the connection ended ({why}); connecting again"));
                    tokio::time::sleep(pause).await;
                    pause = pause.saturating_mul(2).min(PAUSES[1]);
                }
            }
        }
    }

    /// The addresses whose transactions are followed. Accruals mention a market and not its clearinghouse; the naming of
    /// a delegate mentions neither, and is picked out of all that the program does.
    async fn addresses(&self) -> Result<Vec<Pubkey>> {
        let markets = markets(self.context, &self.open).await?;
        let mut addresses = vec![self.open.venue.clearinghouse, clearing::ID];
        addresses.extend(markets.iter().map(|market| market.address));
        Ok(addresses)
    }

    async fn connection(&mut self) -> Result<Left> {
        let addresses = match self.addresses().await {
            Ok(addresses) => addresses,
            Err(error) => return Ok(Left::Closed(error.to_string())),
        };
        let mut news = self.context.cluster().follow_logs(&addresses);
        while let Some(news) = news.recv().await {
            let batch = match news {
                LogNews::Opened => self.missed(&addresses).await,
                LogNews::Landed(logged) => vec![logged],
                LogNews::Closed(why) => return Ok(Left::Closed(why)),
            };
            for logged in batch {
                if let Some(left) = self.show(&logged).await? {
                    return Ok(left);
                }
            }
        }
        Ok(Left::Closed("the subscription ended".to_owned()))
    }

    /// What landed while there was no connection. At the start that is nothing.
    async fn missed(&self, addresses: &[Pubkey]) -> Vec<Logged> {
        let mut all = vec![];
        if self.last.is_none() {
            self.context.out.note("Watching; Ctrl-C ends it.");
            return all;
        }
        for address in addresses.iter().filter(|address| **address != clearing::ID) {
            match self.context.cluster().landed_since(address, self.last).await {
                Ok(landed) => all.extend(landed),
                Err(error) => self.context.out.note(&format!("what was missed can't be read: {error}")),
            }
        }
        all.retain(|one| !self.seen.has(&one.signature));
        all.sort_by_key(|one| one.slot);
        all
    }

    async fn show(&mut self, logged: &Logged) -> Result<Option<Left>> {
        let program_wide = logged.mentioned == clearing::ID;
        if !self.seen.note(logged.signature, program_wide) {
            return Ok(None);
        }
        if !program_wide {
            self.last = Some(logged.signature);
        }
        let facts = events_in(&logged.logs);
        if facts.truncated {
            self.context
                .out
                .note(&format!("the log of {} was cut off: events may be missing", logged.signature));
        }
        let mut new_market = false;
        for event in facts.events() {
            if !self.is_ours(&event, program_wide).await? {
                continue;
            }
            new_market |= matches!(event, AnyEvent::MarketCreated(_));
            if !self.filter.passes(&event) {
                continue;
            }
            let fields = event_view(&event, self.open.state.quote_decimals)
                .with("slot", logged.slot)
                .with("signature", logged.signature.to_string());
            self.context.out.line(&fields)?;
            self.left = self.left.map(|left| left.saturating_sub(1));
            if self.left == Some(0) {
                return Ok(Some(Left::Done));
            }
        }
        if new_market {
            self.open = self.context.venue().await?;
            return Ok(Some(Left::NewMarket));
        }
        Ok(None)
    }

    async fn is_ours(&self, event: &AnyEvent, program_wide: bool) -> Result<bool> {
        if let AnyEvent::DelegateSet(set) = event {
            if !program_wide {
                return Ok(false);
            }
            let account: Option<Stored<MarginAccount>> =
                self.context.cluster().find(&set.margin_account).await?;
            return Ok(account.is_some_and(|one| one.state.clearinghouse == self.open.venue.clearinghouse));
        }
        let ours = Data::Address(self.open.venue.clearinghouse);
        let foreign = describe(event).iter().any(|(name, data)| name == "clearinghouse" && *data != ours);
        Ok(!program_wide && !foreign)
    }
}
