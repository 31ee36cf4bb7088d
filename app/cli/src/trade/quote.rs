//! Making a trade: as a quote for the other side, or at once.

use std::path::PathBuf;

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context as _, Result};
use jettison_rpc::quote::{Lifetime, Offer};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::{accounts, offer, require_trader, Terms};
use crate::context::{parse_address, read_keypair, Context};
use crate::output::{Amount, Fields};
use crate::result_file::Output;

/// How long a quote is meant without --valid-for, in seconds: by a blockhash, and by a nonce.
const VALID_FOR: [u32; 2] = [60, 3_600];

/// What a quote's transaction may use more than its simulation did, in per cent: positions change until it is accepted.
const MARGIN_PER_CENT: u64 = 50;

/// Write and sign a quote.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    terms: Terms,
    /// Who signs for the other side [default: the owner of its account]
    #[arg(long, value_name = "ADDRESS")]
    with_signer: Option<String>,
    /// Seconds for which you mean it [default: 60; with a nonce 3600]
    #[arg(long, value_name = "SECONDS")]
    valid_for: Option<u32>,
    /// Address of a durable nonce of yours, which the quote spends
    #[arg(long, value_name = "ADDRESS")]
    nonce: Option<String>,
    /// The file to write
    #[arg(long, short = 'o', value_name = "FILE")]
    out: PathBuf,
}

/// Settle a trade at once.
#[derive(clap::Args)]
pub struct Send {
    #[command(flatten)]
    terms: Terms,
    /// File of the key that signs for the other side
    #[arg(long, value_name = "FILE")]
    with_keypair: PathBuf,
}

/// Runs `trade quote`.
pub async fn write(context: &Context, args: &Args) -> Result<()> {
    let (signer, open) = (context.signer()?, context.venue().await?);
    let accounts = accounts(context, &open, &args.terms).await?;
    require_trader(&accounts[0], &signer.pubkey())?;
    let other = match &args.with_signer {
        Some(text) => parse_address(text)?,
        None => accounts[1].state.authority,
    };
    require_trader(&accounts[1], &other)?;
    if other == signer.pubkey() {
        bail!("one key signs for both sides: `jettison trade send` settles that at once");
    }
    let offer = offer(context, &open, &args.terms, &accounts, [signer.pubkey(), other]).await?;
    // The other side pays. Whatever would refuse it now is better known before the file is out.
    let simulated = context.cluster().simulate(&offer.instructions(&open.venue), &other).await;
    let simulated = simulated.context("the trade would be refused as things are")?;
    let units = simulated.compute_units.saturating_mul(100 + MARGIN_PER_CENT) / 100;
    let units = u32::try_from(units).unwrap_or(u32::MAX).min(1_400_000);
    let fee = context.fee(&offer.instructions(&open.venue), &other).await?;
    let (lifetime, usual) = lifetime(context, args.nonce.as_deref(), &signer).await?;
    let valid_until = context.cluster().now().await?.saturating_add(args.valid_for.unwrap_or(usual).into());
    let genesis_hash = context.cluster().genesis_hash().await?;
    let quote =
        offer.quote(&open.venue, &signer, lifetime, (units, fee.priority), (genesis_hash, valid_until))?;
    let price = Amount::new(offer.args.price, open.state.quote_decimals);
    let fields = Fields::new()
        .with("quote", args.out.display().to_string())
        .with("buyer", offer.buyer)
        .with("seller", offer.seller)
        .with("market", offer.args.market_index)
        .with("contracts", offer.args.size)
        .with("price", price)
        .with("accepted_by", other)
        .with_time("valid_until", valid_until)
        .with("nonce", quote.nonce.clone());
    if context.dry_run {
        return context.out.show(&fields.with("dry_run", true));
    }
    Output::open(&args.out)?.write(&quote.text())?;
    context.out.show(&fields)
}

async fn lifetime(context: &Context, nonce: Option<&str>, quoter: &Keypair) -> Result<(Lifetime, u32)> {
    let Some(text) = nonce else {
        return Ok((Lifetime::Blockhash(context.cluster().recent_blockhash().await?), VALID_FOR[0]));
    };
    let account = parse_address(text)?;
    let nonce = context.cluster().nonce(&account).await?;
    if nonce.authority != quoter.pubkey() {
        bail!("the nonce {account} is of {}, and the key that signs is {}", nonce.authority, quoter.pubkey());
    }
    Ok((Lifetime::Nonce { account, value: nonce.value }, VALID_FOR[1]))
}

/// Runs `trade send`.
pub async fn send(context: &Context, args: &Send) -> Result<()> {
    let (signer, open) = (context.signer()?, context.venue().await?);
    let other = read_keypair(&args.with_keypair).context("the other side's key")?;
    let accounts = accounts(context, &open, &args.terms).await?;
    let signers = [&signer, &other];
    for (account, signer) in accounts.iter().zip(signers) {
        require_trader(account, &signer.pubkey())?;
    }
    let keys: [Pubkey; 2] = signers.map(|signer| signer.pubkey());
    let offer: Offer = offer(context, &open, &args.terms, &accounts, keys).await?;
    let sent = context.send(&offer.instructions(&open.venue), &signers).await?;
    let fields = Fields::new()
        .with("buyer", offer.buyer)
        .with("seller", offer.seller)
        .with("contracts", offer.args.size)
        .with("price", Amount::new(offer.args.price, open.state.quote_decimals));
    context.out.show(&sent.with(fields, open.state.quote_decimals))
}
