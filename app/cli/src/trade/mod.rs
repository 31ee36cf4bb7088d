//! `jettison trade`: bilateral trades, by a quote file that one side signs and the other accepts, or at once with both keys.

mod accept;
mod nonce;
mod quote;

use std::path::{Path, PathBuf};

use anchor_lang::prelude::Pubkey;
use anyhow::{Context as _, Result};
use clearing::instructions::SettleTradeArgs;
use clearing::state::MarginAccount;
use jettison_rpc::quote::Offer;
use jettison_rpc::{OpenVenue, Stored};

use crate::amounts::Quote as QuoteAmount;
use crate::context::Context;
use crate::keeping::{indices, markets_needed};
use crate::names::{AccountName, MarketName};
use crate::output::Refused;

/// Trade with another account.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Write and sign a quote that the other side can accept
    ///
    /// It lives as long as a blockhash, a minute or two; with --nonce until the nonce is advanced. Whoever has the file can
    /// have it settled until then: --valid-for is kept by `trade accept`, and the chain doesn't know it. To take a quote
    /// back, advance its nonce.
    Quote(quote::Args),
    /// Check a quote, show what it does, sign it and send it
    ///
    /// All that is shown is read from the transaction that would be signed. It is refused if the file was changed in any
    /// way, or if the transaction does anything but settle the trade. Who accepts pays the fee.
    Accept(accept::Args),
    /// Check a quote and show what it does
    Show(accept::Show),
    /// Settle a trade at once, both sides' keys in hand
    Send(quote::Send),
    /// Durable nonces, for quotes that live longer than a blockhash
    #[command(subcommand)]
    Nonce(nonce::Command),
}

/// A trade's terms, as one side sees them.
#[derive(clap::Args)]
pub struct Terms {
    /// Whether your account buys or sells
    #[arg(value_enum)]
    side: Side,
    /// How many contracts
    contracts: u64,
    /// The market's index or name
    market: MarketName,
    /// Quote units a contract, within the market's band around its price
    price: QuoteAmount,
    /// Your account: ADDRESS, mine or mine/ID
    #[arg(long, value_name = "ACCOUNT", default_value = "mine")]
    account: AccountName,
    /// The other side's account: ADDRESS or OWNER/ID
    #[arg(long, value_name = "ACCOUNT")]
    with: AccountName,
    /// Who pays the taker's fee; the other pays the maker's
    #[arg(long, value_enum, default_value = "them")]
    taker: Taker,
}

/// Buy or sell.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// Your account buys.
    Buy,
    /// Your account sells.
    Sell,
}

/// One of the two sides.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Taker {
    /// Your side.
    Me,
    /// The other side.
    Them,
}

/// Runs the command.
pub async fn run(context: &Context, command: &Command) -> Result<()> {
    match command {
        Command::Quote(args) => quote::write(context, args).await,
        Command::Accept(args) => accept::accept(context, args).await,
        Command::Show(args) => accept::show(context, args).await,
        Command::Send(args) => quote::send(context, args).await,
        Command::Nonce(command) => nonce::run(context, command).await,
    }
}

/// Both sides' accounts, yours first.
async fn accounts(context: &Context, open: &OpenVenue, terms: &Terms) -> Result<[Stored<MarginAccount>; 2]> {
    let mine = terms.account.read(context, open).await?;
    let theirs = terms.with.read(context, open).await?;
    if mine.address == theirs.address {
        return Err(Refused("both sides are one account: --with names the other side's".into()).into());
    }
    Ok([mine, theirs])
}

/// The trade between two accounts, yours first, signed by their `signers`.
async fn offer(
    context: &Context,
    open: &OpenVenue,
    terms: &Terms,
    accounts: &[Stored<MarginAccount>; 2],
    signers: [Pubkey; 2],
) -> Result<Offer> {
    let market = terms.market.read(context, open).await?;
    let price = terms.price.positive_atoms(open.state.quote_decimals)?;
    let index = market.state.book.index.0;
    let markets = markets_needed(context, open, &[&accounts[0], &accounts[1]], &[index]).await?;
    let live = markets.iter().filter(|market| !market.state.book.is_settling());
    let oracles = live.map(|market| (market.state.book.index.0, market.state.oracle)).collect();
    let [mine, theirs] = accounts.each_ref().map(|account| account.address);
    let (buyer, seller, signers) = match terms.side {
        Side::Buy => (mine, theirs, signers),
        Side::Sell => (theirs, mine, [signers[1], signers[0]]),
    };
    let i_take = terms.taker == Taker::Me;
    let args = SettleTradeArgs {
        market_index: index,
        size: terms.contracts,
        price,
        buyer_is_taker: i_take == (terms.side == Side::Buy),
    };
    Ok(Offer { signers, buyer, seller, args, markets: indices(&markets), oracles })
}

/// A refusal unless `signer` may trade for the account.
fn require_trader(account: &Stored<MarginAccount>, signer: &Pubkey) -> Result<()> {
    let state = &account.state;
    if *signer == state.authority || (*signer == state.delegate && state.delegate != Pubkey::default()) {
        return Ok(());
    }
    Err(Refused(format!("{signer} is neither the owner nor the delegate of {}", account.address)).into())
}

fn read_file(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("reading the quote {}", path.display()))
}

/// The quote file that a command names.
#[derive(clap::Args)]
struct QuoteFile {
    /// The quote file
    file: PathBuf,
}
