//! What must be right before a keeper starts: nothing is sent until it is, but for opening its margin account when told to.

use std::sync::Arc;

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context, Result};
use clearing::state::MarginAccount;
use jettison_client::Venue;
use jettison_rpc::{Cluster, Fee, OpenVenue, RpcError};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::config::Config;
use crate::keeper::Setup;

/// Lamports with which a keeper may start: enough for a few hundred transactions.
const LEAST_LAMPORTS: u64 = 2_000_000;

/// The program whose addresses are where people look for token accounts.
const ASSOCIATED_TOKEN: Pubkey =
    anchor_lang::prelude::pubkey!("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

/// Checks cluster, program, clearinghouse, SOL and margin account.
///
/// # Errors
/// For the first that is wrong, in words that say what to do.
pub async fn check(
    cluster: &Cluster,
    clearinghouse: &Pubkey,
    key: &Arc<Keypair>,
    config: Config,
) -> Result<Setup> {
    check_genesis(cluster, &config).await?;
    let OpenVenue { venue, state } = cluster.venue(clearinghouse).await?;
    if state.version != clearing::state::Clearinghouse::VERSION {
        bail!(
            "the clearinghouse has layout version {}, and this build reads version {}: use the build that fits",
            state.version,
            clearing::state::Clearinghouse::VERSION
        );
    }
    for market in &config.markets {
        if *market >= state.market_count {
            bail!("markets: there is no market {market}; the clearinghouse has {}", state.market_count);
        }
    }
    let signer = key.pubkey();
    let lamports = cluster.lamports(&signer).await?;
    if lamports < LEAST_LAMPORTS && !config.dry_run {
        return Err(RpcError::NoSol { payer: signer, lamports }.into());
    }
    let own = own_account(cluster, &venue, key, &config).await?;
    let fee_account = fee_account(cluster, &venue, &state.fee_authority).await?;
    if config.work.sweep && fee_account.is_none() {
        tracing::warn!("the fee authority {} has no token account: no fees are swept", state.fee_authority);
    }
    let quote_decimals = state.quote_decimals;
    let seed = u64::from_le_bytes(first_eight(&signer));
    Ok(Setup { venue, signer, own, fee_account, quote_decimals, config, seed })
}

fn first_eight(key: &Pubkey) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(key.to_bytes()).for_each(|(to, from)| *to = from);
    bytes
}

async fn check_genesis(cluster: &Cluster, config: &Config) -> Result<()> {
    let Some(expected) = &config.genesis_hash else { return Ok(()) };
    let found = cluster.rpc().get_genesis_hash().await.map_err(|error| cluster.error(error))?.to_string();
    if found != *expected {
        bail!(
            "{} is another cluster: its genesis hash is {found}, and genesis_hash says {expected}",
            cluster.url()
        );
    }
    Ok(())
}

async fn own_account(
    cluster: &Cluster,
    venue: &Venue,
    key: &Arc<Keypair>,
    config: &Config,
) -> Result<Option<Pubkey>> {
    let signer = key.pubkey();
    let own = match &config.account {
        Some(address) => address.parse().context("account")?,
        None => venue.margin_account(&signer, config.account_id),
    };
    if let Some(found) = cluster.find::<MarginAccount>(&own).await? {
        if found.state.clearinghouse != venue.clearinghouse {
            bail!("the margin account {own} belongs to another clearinghouse");
        }
        if found.state.require_trader(&signer).is_err() {
            bail!("{signer} is neither the owner nor the delegate of the margin account {own}");
        }
        return Ok(Some(own));
    }
    if config.account.is_some() {
        bail!("there is no margin account {own}");
    }
    if !config.open_account {
        bail!("{signer} has no margin account {}: start with --open-account to open one, then deposit into {own}", config.account_id);
    }
    if config.dry_run {
        bail!("a dry run opens no margin account: open one first");
    }
    let open = venue.open_margin_account(signer, signer, config.account_id);
    cluster.send(&[open], &[key], Fee::default()).await.context("opening the keeper's margin account")?;
    tracing::info!("opened the margin account {own}: deposit into it to take positions over");
    Ok(Some(own))
}

/// The associated token account of the fee authority, if there is one.
async fn fee_account(cluster: &Cluster, venue: &Venue, authority: &Pubkey) -> Result<Option<Pubkey>> {
    let seeds = [authority.as_ref(), venue.token_program.as_ref(), venue.quote_mint.as_ref()];
    let (address, _) = Pubkey::find_program_address(&seeds, &ASSOCIATED_TOKEN);
    Ok(cluster.raw(&address).await?.map(|_| address))
}
