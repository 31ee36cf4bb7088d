//! What is checked before anything is sent.

use anchor_lang::prelude::Rent;
use anyhow::{ensure, Result};
use clearing::state::{Clearinghouse, Custody, InsuranceFund, Market};
use jettison_rpc::loader::{deployment_lamports, Deployed};
use solana_signer::Signer;

use super::apply::Deployer;
use super::file::WantedOracle;
use super::plan::{Observed, Plan, Step};

/// Lamports of signatures and small accounts that are not counted one by one.
const SMALL_CHANGE: u64 = 10_000_000;

/// Size of a token account without extensions.
const TOKEN_ACCOUNT_LEN: usize = 165;

impl Deployer<'_> {
    /// Checks whatever can be checked before anything is sent.
    pub async fn require_ready(&self, plan: &Plan, observed: &Observed) -> Result<()> {
        let key = self.key.pubkey();
        for step in &plan.steps {
            match step {
                Step::Deploy(name) => drop(self.program(name)?.key()?),
                Step::CreateMarket { wanted, .. } | Step::ChangeMarket { wanted, .. } => {
                    self.require_oracle(*wanted).await?;
                }
                _ => {}
            }
        }
        let acts = |step: &Step| {
            !matches!(
                step,
                Step::Deploy(_)
                    | Step::Upgrade(_)
                    | Step::ExecuteClearinghouseChange
                    | Step::ExecuteMarketChange { .. }
            )
        };
        if let Some(state) = observed.clearinghouse.as_ref().filter(|_| plan.steps.iter().any(acts)) {
            ensure!(
                state.authority == key,
                "the authority of the clearinghouse {} is {}, not {key}: give its key as --keypair",
                self.venue.clearinghouse,
                state.authority
            );
        }
        if plan.steps.is_empty() {
            return Ok(());
        }
        if !plan.steps.contains(&Step::Deploy("clearing")) {
            self.cluster.require_program().await?;
        }
        let (has, needs) = (self.cluster.lamports(&key).await?, self.lamports(plan, observed)?);
        ensure!(
            has >= needs,
            "{key} has {} SOL and needs about {} SOL, most of it rent that stays with the accounts; fund it (on a localnet: \
             jettison faucet --to {key} --sol {})",
            sol(has),
            sol(needs),
            needs.div_ceil(1_000_000_000)
        );
        Ok(())
    }

    async fn require_oracle(&self, wanted: usize) -> Result<()> {
        let market = self.market(wanted)?;
        let WantedOracle::Account(account) = market.oracle else {
            return Ok(());
        };
        let found = self.cluster.raw(&account).await?;
        ensure!(
            found.is_some(),
            "market {}: there is no oracle account {account} on {}; docs/oracles.md says which to name",
            market.pair,
            self.cluster.url()
        );
        Ok(())
    }

    fn lamports(&self, plan: &Plan, observed: &Observed) -> Result<u64> {
        let rent = Rent::default();
        let mut sum = SMALL_CHANGE;
        for step in &plan.steps {
            sum += match step {
                Step::Deploy(name) => deployment_lamports(self.program(name)?.elf.len()),
                // The buffer's rent comes back; room that is made stays.
                Step::Upgrade(name) => {
                    let len = self.program(name)?.elf.len();
                    let room = observed.programs.iter().find_map(|(there, deployed)| match deployed {
                        Deployed::Upgradeable { room, .. } if there == name => Some(*room),
                        _ => None,
                    });
                    let more = len.saturating_sub(room.unwrap_or(0));
                    deployment_lamports(len) + rent.minimum_balance(more)
                }
                Step::Initialize => [
                    Clearinghouse::SPACE,
                    InsuranceFund::SPACE,
                    Custody::SPACE,
                    TOKEN_ACCOUNT_LEN,
                    TOKEN_ACCOUNT_LEN,
                ]
                .map(|space| rent.minimum_balance(space))
                .iter()
                .sum(),
                Step::CreateMarket { .. } => {
                    rent.minimum_balance(Market::SPACE) + rent.minimum_balance(price_feed::FEED_LEN)
                }
                _ => 0,
            };
        }
        Ok(sum)
    }
}

/// Lamports in SOL, exactly.
pub fn sol(lamports: u64) -> String {
    let text = format!("{}.{:09}", lamports / 1_000_000_000, lamports % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lamports_are_shown_exactly() {
        for (lamports, text) in [(0, "0"), (1, "0.000000001"), (10_000_000_000, "10"), (1_500_000_000, "1.5")]
        {
            assert_eq!(sol(lamports), text);
        }
    }
}
