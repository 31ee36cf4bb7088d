//! `jettison faucet`: SOL and quote tokens of a localnet.

use std::path::{Path, PathBuf};

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, ensure, Context as _, Result};
use jettison_client::Venue;
use jettison_rpc::{associated_token_account, create_associated_token_account, mints, Cluster, Fee};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::Decimal;
use solana_keypair::Keypair;
use solana_rpc_client_api::request::RpcRequest;
use solana_signer::Signer;

use crate::context::{read_keypair, Context};
use crate::deploy::Network;
use crate::output::{Amount, Fields};

/// Give SOL and quote tokens of a localnet.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// To whom [default: the key that is set]
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Pubkey>,
    /// Quote tokens, such as 1000 or 12.5
    #[arg(long, value_name = "AMOUNT")]
    amount: Option<Decimal>,
    /// SOL, such as 10
    #[arg(long, value_name = "AMOUNT")]
    sol: Option<Decimal>,
    /// Key of the mint's authority [default: faucet.json beside the key that is set]
    #[arg(long, value_name = "FILE")]
    authority: Option<PathBuf>,
}

/// The mint authority's key in a localnet's folder.
pub const FAUCET_KEY: &str = "faucet.json";

const LAMPORTS_DECIMALS: u8 = 9;

/// Runs the command.
pub async fn run(context: &Context, args: &Args) -> Result<()> {
    let cluster = context.cluster();
    ensure!(
        args.amount.is_some() || args.sol.is_some(),
        "give --amount for quote tokens, --sol for SOL, or both"
    );
    let network = Network::of(cluster).await?;
    if network == Network::Mainnet {
        bail!("{} is mainnet, which has no faucet", cluster.url());
    }
    let to = match args.to {
        Some(to) => to,
        None => context.signer()?.pubkey(),
    };
    let mut fields = Fields::new().with("to", to);
    if let Some(amount) = args.sol {
        let lamports = atoms(amount, LAMPORTS_DECIMALS)?;
        airdrop(cluster, &to, lamports).await?;
        fields = fields.with("sol", Amount::new(lamports, LAMPORTS_DECIMALS));
    }
    if let Some(amount) = args.amount {
        let venue = context.venue().await?.venue;
        let path = match &args.authority {
            Some(path) => path.clone(),
            None => context.settings.keypair()?.with_file_name(FAUCET_KEY),
        };
        let faucet = Faucet::open(cluster, &venue, &path).await?;
        let atoms = atoms(amount, faucet.mint.decimals)?;
        let account = faucet.give(&to, atoms).await?;
        fields = fields
            .with("amount", Amount::new(atoms, faucet.mint.decimals))
            .with("mint", faucet.mint.address)
            .with("token_account", account);
    }
    context.out.show(&fields)
}

/// An amount in the smallest unit, exactly.
fn atoms(amount: Decimal, decimals: u8) -> Result<u64> {
    let scaled = 10u64.checked_pow(decimals.into()).and_then(|unit| amount.checked_mul(unit.into()));
    let whole = scaled.filter(|scaled| scaled.fract().is_zero() && scaled.is_sign_positive());
    let atoms = whole.and_then(|whole| whole.to_u64()).filter(|atoms| *atoms > 0);
    atoms.with_context(|| format!("{amount} is not a positive amount of at most {decimals} decimals"))
}

/// Asks the cluster for SOL, and waits until it is there.
pub async fn airdrop(cluster: &Cluster, to: &Pubkey, lamports: u64) -> Result<()> {
    const WAIT: std::time::Duration = std::time::Duration::from_secs(30);
    // Not by the client's own method, which keeps the server's reason to itself.
    let asked =
        cluster.rpc().send(RpcRequest::RequestAirdrop, serde_json::json!([to.to_string(), lamports])).await;
    let asked: String = asked
        .map_err(|error| cluster.error(error))
        .with_context(|| format!("{} gives no SOL", cluster.url()))?;
    let signature = asked.parse().with_context(|| format!("{asked:?} is not a signature"))?;
    let start = std::time::Instant::now();
    while start.elapsed() < WAIT {
        match cluster.status(&signature).await? {
            Some(Ok(_)) => return Ok(()),
            Some(Err(error)) => bail!("the airdrop failed: {error}"),
            None => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
        }
    }
    bail!("the airdrop {signature} did not land within {} seconds", WAIT.as_secs())
}

/// Who may mint a localnet's quote tokens.
pub struct Faucet<'a> {
    cluster: &'a Cluster,
    venue: &'a Venue,
    mint: mints::Mint,
    key: Keypair,
}

impl<'a> Faucet<'a> {
    /// With the key in a file, which must be the mint authority's.
    pub async fn open(cluster: &'a Cluster, venue: &'a Venue, path: &Path) -> Result<Self> {
        let key = read_keypair(path).context("only the authority of the quote mint gives quote tokens")?;
        let found = cluster.mint(&venue.quote_mint).await?;
        let mint = found.with_context(|| format!("there is no mint {}", venue.quote_mint))?;
        ensure!(
            mint.authority == Some(key.pubkey()),
            "{} is not the authority of the mint {}: give the right --authority",
            key.pubkey(),
            mint.address
        );
        Ok(Self { cluster, venue, mint, key })
    }

    /// Mints into the associated token account of `to`, which is made if need be; returns that account.
    pub async fn give(&self, to: &Pubkey, atoms: u64) -> Result<Pubkey> {
        let key = self.key.pubkey();
        let account = associated_token_account(self.venue, to);
        let instructions = [
            create_associated_token_account(self.venue, &key, to),
            mints::mint_to(&self.mint, &account, &key, atoms)?,
        ];
        self.cluster.send(&instructions, &[&self.key], Fee::default()).await?;
        Ok(account)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn amounts_are_exact_or_refused() {
        let atoms = |text: &str| super::atoms(text.parse().unwrap(), 6).ok();
        assert_eq!(atoms("1000"), Some(1_000_000_000));
        assert_eq!(atoms("0.000001"), Some(1));
        for bad in ["0", "-1", "0.0000001", "18446744073709.551616"] {
            assert_eq!(atoms(bad), None, "{bad}");
        }
    }
}
