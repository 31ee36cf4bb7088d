//! What keepers send one by one, which anyone may: settle, liquidate, deleverage, flag, accrue, sweep.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anyhow::Result;
use clearing::instructions::LiquidateArgs;
use clearing::state::{MarginAccount, Market};
use jettison_client::{markets_of, AnyEvent};
use jettison_rpc::{OpenVenue, Stored};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::context::{parse_address, Context};
use crate::funds::token_account;
use crate::names::{market_name, markets, AccountName, MarketName};
use crate::output::{Fields, Refused};

/// Settle an account: apply variation margin and haircuts, and move the cash.
#[derive(clap::Args)]
pub struct Settle {
    /// ADDRESS, OWNER/ID, mine or mine/ID
    #[arg(default_value = "mine")]
    account: AccountName,
}

/// Take over part of the position of an account below maintenance margin.
#[derive(clap::Args)]
pub struct Liquidate {
    /// The account below maintenance: ADDRESS or OWNER/ID
    account: AccountName,
    /// The market's index or name
    market: MarketName,
    /// The account that takes over
    #[arg(long = "into", value_name = "ACCOUNT", default_value = "mine")]
    liquidator: AccountName,
    /// The most contracts to take over [default: as many as the rules allow]
    #[arg(long, value_name = "CONTRACTS")]
    max_size: Option<u64>,
}

/// Close a position far below maintenance margin without a counterparty.
#[derive(clap::Args)]
pub struct Deleverage {
    /// The account: ADDRESS or OWNER/ID
    account: AccountName,
    /// The market's index or name
    market: MarketName,
    /// The account that receives the bounty
    #[arg(long, value_name = "ACCOUNT")]
    bounty: Option<AccountName>,
}

/// Show that an account is bankrupt: for a minute nobody stakes or unstakes.
#[derive(clap::Args)]
pub struct Flag {
    /// The account: ADDRESS or OWNER/ID
    account: AccountName,
}

/// Read the oracle and move the effective price toward it.
#[derive(clap::Args)]
pub struct Accrue {
    /// The markets' indices or names [default: all that are live]
    markets: Vec<MarketName>,
}

/// Move a market's unswept fees to the insurance vault and to the protocol.
#[derive(clap::Args)]
pub struct Sweep {
    /// The market's index or name
    market: MarketName,
    /// A token account of the fee authority [default: its associated one, which is made if need be]
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
}

/// The markets in which the accounts have legs, and those named besides, in ascending order.
pub async fn markets_needed(
    context: &Context,
    open: &OpenVenue,
    accounts: &[&Stored<MarginAccount>],
    besides: &[u16],
) -> Result<Vec<Stored<Market>>> {
    let mut indices = markets_of(accounts.iter().map(|account| &account.state.ledger));
    indices.extend(besides);
    indices.sort_unstable();
    indices.dedup();
    let addresses: Vec<Pubkey> = indices.iter().map(|index| open.venue.market(*index)).collect();
    Ok(context.cluster().get_all(&addresses).await?)
}

/// The indices of markets.
pub fn indices(markets: &[Stored<Market>]) -> Vec<u16> {
    markets.iter().map(|market| market.state.book.index.0).collect()
}

/// Accruals of the markets that are live: what needs a price then has the newest.
pub fn accruals(open: &OpenVenue, markets: &[Stored<Market>]) -> Vec<Instruction> {
    let live = markets.iter().filter(|market| !market.state.book.is_settling());
    live.map(|market| open.venue.accrue_market(market.state.book.index.0, market.state.oracle)).collect()
}

/// Sends accruals of `markets` and then `instruction`, and shows what came of it.
async fn send(
    context: &Context,
    open: &OpenVenue,
    markets: &[Stored<Market>],
    instruction: Instruction,
    signer: &Keypair,
) -> Result<()> {
    let mut all = accruals(open, markets);
    all.push(instruction);
    let sent = context.send(&all, &[signer]).await?;
    let done = sent.find(nothing_done).map_or(Fields::new(), |why| Fields::new().with("nothing_done", why));
    context.out.show(&sent.with(done, open.state.quote_decimals))
}

/// Why an instruction that went through changed nothing: somebody else was first, or the price came back.
fn nothing_done(event: &AnyEvent) -> Option<&'static str> {
    match event {
        AnyEvent::Liquidated(event) if event.size == 0 => Some("the account is healthy by now"),
        AnyEvent::Deleveraged(event) if !event.eligible => {
            Some("the account's equity is above the deleveraging threshold")
        }
        _ => None,
    }
}

/// Runs `settle`.
pub async fn settle(context: &Context, args: &Settle) -> Result<()> {
    let (signer, open) = (context.signer()?, context.venue().await?);
    let account = args.account.read(context, &open).await?;
    let markets = markets_needed(context, &open, &[&account], &[]).await?;
    if markets.is_empty() {
        return Err(Refused(format!(
            "{} has no position and no claim: there is nothing to settle",
            account.address
        ))
        .into());
    }
    let instruction = open.venue.settle_account(account.address, &indices(&markets));
    send(context, &open, &markets, instruction, &signer).await
}

/// Runs `liquidate`.
pub async fn liquidate(context: &Context, args: &Liquidate) -> Result<()> {
    let (signer, open) = (context.signer()?, context.venue().await?);
    let liquidatee = args.account.read(context, &open).await?;
    let liquidator = args.liquidator.read(context, &open).await?;
    let market = args.market.read(context, &open).await?;
    let index = market.state.book.index.0;
    let markets = markets_needed(context, &open, &[&liquidatee, &liquidator], &[index]).await?;
    let most = market.state.book.params.max_open_interest.0;
    let args = LiquidateArgs { market_index: index, max_size: args.max_size.unwrap_or(most) };
    let indices = indices(&markets);
    let instruction =
        open.venue.liquidate(signer.pubkey(), liquidatee.address, liquidator.address, args, &indices);
    send(context, &open, &markets, instruction, &signer).await
}

/// Runs `deleverage`.
pub async fn deleverage(context: &Context, args: &Deleverage) -> Result<()> {
    let (signer, open) = (context.signer()?, context.venue().await?);
    let account = args.account.read(context, &open).await?;
    let index = args.market.read(context, &open).await?.state.book.index.0;
    let bounty = match &args.bounty {
        Some(name) => Some(name.read(context, &open).await?.address),
        None => None,
    };
    let markets = markets_needed(context, &open, &[&account], &[index]).await?;
    let instruction = open.venue.deleverage(account.address, bounty, index, &indices(&markets));
    send(context, &open, &markets, instruction, &signer).await
}

/// Runs `flag`.
pub async fn flag(context: &Context, args: &Flag) -> Result<()> {
    let (signer, open) = (context.signer()?, context.venue().await?);
    let account = args.account.read(context, &open).await?;
    let markets = markets_needed(context, &open, &[&account], &[]).await?;
    let instruction = open.venue.flag_bankruptcy(account.address, &indices(&markets));
    send(context, &open, &markets, instruction, &signer).await
}

/// Runs `accrue`.
pub async fn accrue(context: &Context, args: &Accrue) -> Result<()> {
    /// Markets of one transaction; more would make it too large.
    const BATCH: usize = 8;
    let (signer, open) = (context.signer()?, context.venue().await?);
    let mut chosen = vec![];
    if args.markets.is_empty() {
        chosen = markets(context, &open).await?;
    }
    for name in &args.markets {
        chosen.push(name.read(context, &open).await?);
    }
    chosen.retain(|market| !market.state.book.is_settling());
    if chosen.is_empty() {
        return Err(Refused("there is no live market to accrue".to_owned()).into());
    }
    for batch in chosen.chunks(BATCH) {
        let sent = context.send(&accruals(&open, batch), &[&signer]).await?;
        context.out.show(&sent.with(Fields::new(), open.state.quote_decimals))?;
    }
    Ok(())
}

/// The token account that receives protocol fees, and what makes it if it isn't there.
pub async fn fee_account(
    context: &Context,
    open: &OpenVenue,
    named: Option<&str>,
    payer: &Pubkey,
) -> Result<(Pubkey, Option<Instruction>)> {
    let owner = open.state.fee_authority;
    let (address, missing) = token_account(context, open, named, &owner).await?;
    let make = || jettison_rpc::create_associated_token_account(&open.venue, payer, &owner);
    Ok((address, missing.then(make)))
}

/// Runs `sweep`.
pub async fn sweep(context: &Context, args: &Sweep) -> Result<()> {
    let (signer, open) = (context.signer()?, context.venue().await?);
    let market = args.market.read(context, &open).await?;
    let (to, make) = fee_account(context, &open, args.to.as_deref(), &signer.pubkey()).await?;
    let sweep = open.venue.sweep_fees(market.state.book.index.0, to);
    let instructions: Vec<Instruction> = make.into_iter().chain([sweep]).collect();
    let sent = context.send(&instructions, &[&signer]).await?;
    let fields = Fields::new().with("market", market_name(&market.state)).with("protocol_fees_to", to);
    context.out.show(&sent.with(fields, open.state.quote_decimals))
}

/// The market index and receiver of rent that closing something needs.
pub fn receiver_or(named: Option<&str>, signer: &Pubkey) -> Result<Pubkey> {
    named.map_or_else(|| Ok(*signer), parse_address)
}
