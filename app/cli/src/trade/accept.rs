//! Accepting a quote: what is shown and signed is what the transaction itself says.

use std::io::{IsTerminal, Write};

use anyhow::{bail, Result};
use clearing::state::{MarginAccount, Market};
use jettison_rpc::quote::{Quote, QuoteError, Trade};
use jettison_rpc::{OpenVenue, Stored};
use solana_signer::Signer;

use super::{read_file, require_trader, QuoteFile};
use crate::context::Context;
use crate::names::{market_name, MarketName};
use crate::output::{time_text, Amount, Fields, Refused, View};
use crate::transaction::Sent;

/// Accept a quote.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    quote: QuoteFile,
    /// Don't ask before signing
    #[arg(long, short = 'y')]
    yes: bool,
}

/// Show a quote.
#[derive(clap::Args)]
pub struct Show {
    #[command(flatten)]
    quote: QuoteFile,
}

/// A quote that was checked against its transaction and against the chain.
struct Checked {
    quote: Quote,
    trade: Trade,
    market: Stored<Market>,
    buyer: Stored<MarginAccount>,
    seller: Stored<MarginAccount>,
}

fn refused(error: QuoteError) -> anyhow::Error {
    Refused(error.to_string()).into()
}

/// Reads and checks a quote. All that is used afterwards comes from its transaction and from the chain.
async fn check(context: &Context, open: &OpenVenue, file: &QuoteFile) -> Result<Checked> {
    let quote = Quote::parse(&read_file(&file.file)?).map_err(refused)?;
    let trade = quote.verify().map_err(refused)?;
    let refuse = |why: String| -> Result<Checked> { Err(Refused(why).into()) };
    if trade.clearinghouse != open.venue.clearinghouse {
        return refuse(format!(
            "the quote is for the clearinghouse {}, and {} is set",
            trade.clearinghouse, open.venue.clearinghouse
        ));
    }
    if quote.genesis_hash != context.cluster().genesis_hash().await? {
        return refuse(format!("the quote is for another cluster than {}", context.cluster().url()));
    }
    let cluster = context.cluster();
    let market = MarketName::Index(trade.market_index).read(context, open).await?;
    let (buyer, seller) = (cluster.get(&trade.buyer).await?, cluster.get(&trade.seller).await?);
    for (account, signer) in [(&buyer, &trade.buyer_signer), (&seller, &trade.seller_signer)] {
        require_trader(account, signer)?;
        if account.state.clearinghouse != open.venue.clearinghouse {
            return refuse(format!("{} is an account of another clearinghouse", account.address));
        }
    }
    Ok(Checked { quote, trade, market, buyer, seller })
}

impl Checked {
    fn view(&self, open: &OpenVenue) -> Fields {
        let trade = &self.trade;
        let amount = |atoms: u64| Amount::new(atoms, open.state.quote_decimals);
        let notional = i128::from(trade.size).saturating_mul(trade.price.into());
        let (accepting, quoting) = if trade.payer == trade.buyer_signer {
            (&self.buyer, &self.seller)
        } else {
            (&self.seller, &self.buyer)
        };
        let buys = accepting.address == trade.buyer;
        Fields::new()
            .with("who_accepts", if buys { "buys" } else { "sells" })
            .with("contracts", trade.size)
            .with("market", market_name(&self.market.state))
            .with("market_index", trade.market_index)
            .with("price", amount(trade.price))
            .with("market_price", amount(self.market.state.book.effective_price.0))
            .with("notional", Amount { atoms: notional, decimals: open.state.quote_decimals })
            .with(
                "who_accepts_pays",
                if trade.buyer_is_taker == buys { "the taker's fee" } else { "the maker's fee" },
            )
            .with("accepting_account", accepting.address)
            .with("accepting_signer", trade.payer)
            .with("quoting_account", quoting.address)
            .with("quoting_owner", quoting.state.authority)
            .with("transaction_fee_at_most_lamports", trade.fee_lamports)
            .with_time("valid_until", self.quote.valid_until)
            .with(
                "lives_until",
                match &trade.nonce {
                    Some(nonce) => format!("the nonce {nonce} is advanced"),
                    None => "its blockhash expires".to_owned(),
                },
            )
    }
}

/// Runs `trade show`.
pub async fn show(context: &Context, args: &Show) -> Result<()> {
    let open = context.venue().await?;
    let checked = check(context, &open, &args.quote).await?;
    let can_land = can_land(context, &checked).await?;
    context.out.show(&checked.view(&open).with("can_still_land", can_land))
}

/// Runs `trade accept`.
pub async fn accept(context: &Context, args: &Args) -> Result<()> {
    let (signer, open) = (context.signer()?, context.venue().await?);
    let checked = check(context, &open, &args.quote).await?;
    let (trade, view) = (&checked.trade, checked.view(&open));
    if trade.payer != signer.pubkey() {
        return Err(Refused(format!(
            "this quote waits for {}, and the key that signs is {}",
            trade.payer,
            signer.pubkey()
        ))
        .into());
    }
    let valid_until = checked.quote.valid_until;
    if context.cluster().now().await? > valid_until {
        return Err(Refused(format!(
            "the quote was meant until {}: ask for another",
            time_text(valid_until)
        ))
        .into());
    }
    if !can_land(context, &checked).await? {
        return Err(Refused("the quote has expired or was taken back: ask for another".into()).into());
    }
    let transaction = checked.quote.accept(&signer).map_err(refused)?;
    // Before anybody is asked: what the rules would say.
    let simulated = context.cluster().simulate_signed(&transaction).await?;
    if context.dry_run {
        return context.out.show(&Sent::simulated(simulated).with(view, open.state.quote_decimals));
    }
    if !args.yes {
        confirm(&view)?;
    }
    let landed = context.cluster().submit(&transaction, trade.nonce.as_ref()).await?;
    context.out.show(&Sent::landed(landed).with(view, open.state.quote_decimals))
}

/// Whether the transaction can still land: its blockhash lives, or its nonce was not advanced.
async fn can_land(context: &Context, checked: &Checked) -> Result<bool> {
    let blockhash = checked.quote.blockhash().map_err(refused)?;
    Ok(match &checked.trade.nonce {
        // A nonce that is closed was advanced for good.
        Some(nonce) => context.cluster().nonce(nonce).await.is_ok_and(|nonce| nonce.value == blockhash),
        None => context.cluster().is_blockhash_valid(&blockhash).await?,
    })
}

/// Shows what would be signed and asks. Without somebody to ask, it is an error.
fn confirm(view: &Fields) -> Result<()> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody is there to ask: look at the quote by `jettison trade show`, then pass --yes");
    }
    eprint!("{}\n\nSign and send it? [y/N] ", view.text());
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(Refused("not accepted; nothing was sent".into()).into())
}
