//! `jettison resolve`: a bankruptcy, and the losers who have to pay before it.

use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use clearing::state::MarginAccount;
use jettison_client::{losers_to_settle, LoserLimits, LosersToSettle};
use jettison_rpc::{OpenVenue, Stored};
use solana_signer::Signer;

use crate::context::Context;
use crate::keeping::{accruals, indices, markets_needed};
use crate::names::{markets, AccountName};
use crate::output::{Amount, Fields, Refused, Value};

/// Resolve an account whose equity is negative.
#[derive(clap::Args)]
pub struct Args {
    /// The account: ADDRESS or OWNER/ID
    account: AccountName,
    /// The account that receives the bounty
    #[arg(long, value_name = "ACCOUNT")]
    bounty: Option<AccountName>,
    /// Take its positions over into the account that receives the bounty, if that then meets initial margin
    #[arg(long, requires = "bounty")]
    take_over: bool,
}

/// What one transaction has room for beside the bankrupt account.
const LIMITS: LoserLimits = LoserLimits { accounts: 6, markets: 10 };

/// Runs `resolve`: accrues the markets, settles the losers without whom a pool could not pay the account's claims, and
/// resolves, these two in one transaction.
pub async fn run(context: &Context, args: &Args) -> Result<()> {
    let (signer, open) = (context.signer()?, context.venue().await?);
    let account = args.account.read(context, &open).await?;
    let bounty = match &args.bounty {
        Some(name) => Some(name.read(context, &open).await?),
        None => None,
    };
    let taker = bounty.as_ref().filter(|_| args.take_over);
    let accounts: Vec<&Stored<MarginAccount>> = [Some(&account), taker].into_iter().flatten().collect();
    let needed = markets_needed(context, &open, &accounts, &[]).await?;
    let accruals = accruals(&open, &needed);
    let mut instructions = vec![];
    if context.dry_run {
        instructions.extend(accruals);
    } else if !accruals.is_empty() {
        // Apart, so that the losers are chosen by the prices that the resolution will find.
        context.send(&accruals, &[&signer]).await?;
    }
    let account: Stored<MarginAccount> = context.cluster().get(&account.address).await?;
    let chosen = losers(context, &open, &account).await?;
    for (loser, markets) in &chosen.losers {
        instructions.push(open.venue.settle_account(*loser, markets));
    }
    instructions.push(open.venue.resolve_bankruptcy(
        signer.pubkey(),
        account.address,
        bounty.as_ref().map(|bounty| bounty.address),
        args.take_over,
        &indices(&needed),
    ));
    let sent = context.send(&instructions, &[&signer]).await?;
    let decimals = open.state.quote_decimals;
    let forfeited = chosen.forfeited.iter().map(|(market, atoms)| {
        Fields::new().with("market_index", *market).with("forfeited", Amount::new(atoms.0, decimals))
    });
    let fields = Fields::new()
        .with("resolved", account.address)
        .with("losers_settled_first", chosen.losers.len() as u64)
        .with_value("claims_no_pool_could_pay", Value::Lines(forfeited.collect()));
    context.out.show(&sent.with(fields, decimals))
}

/// Whom to settle first, by the chain as it is.
async fn losers(
    context: &Context,
    open: &OpenVenue,
    account: &Stored<MarginAccount>,
) -> Result<LosersToSettle<Pubkey>> {
    let all: Vec<Stored<MarginAccount>> = context.cluster().list(&open.venue.clearinghouse).await?;
    let others = all.iter().filter(|one| one.address != account.address);
    let books: Vec<jettison_engine::Market> =
        markets(context, open).await?.iter().map(|market| market.state.book).collect();
    let now = context.cluster().now().await?;
    let candidates = others.map(|one| (one.address, &one.state.ledger));
    let chosen = losers_to_settle(&account.state.ledger, candidates, &books, LIMITS, now);
    chosen.map_err(|error| Refused(error.to_string()).into())
}
