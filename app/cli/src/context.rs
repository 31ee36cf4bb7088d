//! What a command works with: the connection, the key, the clearinghouse, and where results go.

use std::path::Path;
use std::str::FromStr;

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anyhow::{anyhow, bail, Context as _, Result};
use jettison_rpc::{Cluster, Fee, OpenVenue};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::config::{expand_home, Flags, PriorityFee, Settings};
use crate::output::Out;
use crate::transaction::Sent;

/// The settings of one run and what they lead to.
pub struct Context {
    /// The settings in force.
    pub settings: Settings,
    /// Where results go.
    pub out: Out,
    /// Whether to simulate only.
    pub dry_run: bool,
    cluster: Cluster,
}

/// Of the fees that others paid lately, the share that an automatic one isn't below, in per cent.
const FEE_PERCENTILE: usize = 75;

impl Context {
    /// Reads the settings. Nothing is sent.
    pub fn load(flags: &Flags) -> Result<Self> {
        let settings = Settings::load(flags)?;
        let cluster = Cluster::new(&settings.url, settings.ws_url.as_deref(), settings.commitment.into())?;
        Ok(Self { out: Out::new(settings.json), dry_run: flags.dry_run, settings, cluster })
    }

    /// The connection.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The key that signs and pays.
    pub fn signer(&self) -> Result<Keypair> {
        read_keypair(&self.settings.keypair()?).context(
            "no key to sign with (set it by --keypair, JETTISON_KEYPAIR or `keypair` in the configuration)",
        )
    }

    /// The clearinghouse's address, as set.
    pub fn clearinghouse(&self) -> Result<Pubkey> {
        let Some(text) = &self.settings.clearinghouse else {
            bail!("no clearinghouse is set: give --clearinghouse, JETTISON_CLEARINGHOUSE or `clearinghouse` in the configuration (`jettison clearinghouse list` shows those of the cluster)");
        };
        parse_address(text).with_context(|| format!("the clearinghouse {text:?}"))
    }

    /// The clearinghouse, read from the cluster: checks the program, and the account's owner, type and version.
    pub async fn venue(&self) -> Result<OpenVenue> {
        Ok(self.cluster.venue(&self.clearinghouse()?).await?)
    }

    /// Simulates; unless this is a dry run, sends and waits until it has landed. `signers[0]` pays.
    pub async fn send(&self, instructions: &[Instruction], signers: &[&Keypair]) -> Result<Sent> {
        let payer = signers.first().ok_or_else(|| anyhow!("no key signs"))?.pubkey();
        if self.dry_run {
            let simulated = self.cluster.simulate(instructions, &payer).await?;
            return Ok(Sent::simulated(simulated));
        }
        let fee = self.fee(instructions, &payer).await?;
        Ok(Sent::landed(self.cluster.send(instructions, signers, fee).await?))
    }

    /// The fee for a transaction of these instructions.
    pub async fn fee(&self, instructions: &[Instruction], payer: &Pubkey) -> Result<Fee> {
        let priority = match self.settings.priority_fee {
            PriorityFee::Fixed(fee) => fee,
            PriorityFee::Auto => {
                let mut written: Vec<Pubkey> = instructions
                    .iter()
                    .flat_map(|one| one.accounts.iter().filter(|meta| meta.is_writable))
                    .map(|meta| meta.pubkey)
                    .chain([*payer])
                    .collect();
                written.sort_unstable();
                written.dedup();
                let paid = self.cluster.recent_priority_fees(&written).await?;
                percentile(paid).min(self.settings.priority_fee_cap)
            }
        };
        Ok(Fee { priority })
    }
}

fn percentile(mut fees: Vec<u64>) -> u64 {
    fees.sort_unstable();
    let place = fees.len().saturating_mul(FEE_PERCENTILE).div_ceil(100).saturating_sub(1);
    fees.get(place).copied().unwrap_or(0)
}

/// An address, with an error that says what is wrong with the text.
pub fn parse_address(text: &str) -> Result<Pubkey> {
    Pubkey::from_str(text).map_err(|_| anyhow!("{text:?} is not an address: 32 bytes in base58"))
}

/// Reads a key file: a JSON list of 64 numbers, as Solana's tools write it. Never shows what is in it.
pub fn read_keypair(path: &Path) -> Result<Keypair> {
    let path = expand_home(path)?;
    let name = path.display();
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("there is no readable key file {name}"))?;
    let Ok(bytes) = serde_json::from_str::<Vec<u8>>(&text) else {
        bail!("{name} is not a key file: it should hold a JSON list of 64 numbers from 0 to 255");
    };
    if bytes.len() != 64 {
        bail!("{name} is not a key file: it holds {} numbers instead of 64", bytes.len());
    }
    let keypair = Keypair::try_from(bytes.as_slice());
    let keypair =
        keypair.map_err(|_| anyhow!("{name} is not a key file: its two halves don't belong together"))?;
    warn_if_readable(&path);
    Ok(keypair)
}

#[cfg(unix)]
fn warn_if_readable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS: u32 = 0o044;
    let mode = std::fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode());
    if mode & OTHERS != 0 {
        eprintln!("warning: others can read the key {}; run: chmod 600 {}", path.display(), path.display());
    }
}

#[cfg(not(unix))]
fn warn_if_readable(_path: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_automatic_fee_is_that_of_three_quarters() {
        for (fees, expected) in
            [(vec![], 0), (vec![7], 7), (vec![4, 1, 3, 2], 3), ((1..=100).rev().collect(), 75)]
        {
            assert_eq!(percentile(fees), expected);
        }
    }
}
