//! What a localnet starts with: SOL, programs, the quote mint, the clearinghouse with its markets, quote tokens.

use anyhow::Result;
use clearing::state::InsuranceFund;
use jettison_client::Venue;
use jettison_embedded::QUOTE_DECIMALS;
use jettison_rpc::loader::Deployed;
use jettison_rpc::{mints, Cluster, Fee};
use solana_signer::Signer;

use super::folder::Keys;
use super::{server, Args};
use crate::deploy::{Deployer, Permission, Program, Wanted};
use crate::faucet::{airdrop, Faucet, FAUCET_KEY};
use crate::output::Out;

/// A localnet that is being set up.
pub struct Localnet<'a> {
    /// Its server.
    pub cluster: &'a Cluster,
    /// Its keys.
    pub keys: &'a Keys,
    /// What is to be on it.
    pub wanted: &'a Wanted,
    /// The programs.
    pub programs: &'a [Program],
    /// The command's arguments.
    pub args: &'a Args,
}

/// SOL of each key that is made, in lamports; fees and rent for a long time.
const LAMPORTS: u64 = 1_000_000_000_000;

/// Quote tokens of each trader and keeper.
const TOKENS: u64 = 100_000;

const ATOMS: u64 = 10u64.pow(QUOTE_DECIMALS as u32);

impl Localnet<'_> {
    /// Sets everything up.
    pub async fn set_up(&self, out: Out) -> Result<Venue> {
        let (cluster, keys) = (self.cluster, self.keys);
        let authority = keys.authority.pubkey();
        out.note("funding the keys");
        let people = keys.people.iter().map(|(_, key)| key.pubkey());
        for key in [authority, keys.faucet.pubkey()].into_iter().chain(people) {
            airdrop(cluster, &key, LAMPORTS).await?;
        }
        self.place_programs(out).await?;
        let mint = keys.mint.pubkey();
        if cluster.mint(&mint).await?.is_none() {
            let token_program = anchor_spl::token::ID;
            let create =
                mints::create_mint(&authority, &mint, &keys.faucet.pubkey(), QUOTE_DECIMALS, &token_program)?;
            cluster.send(&create, &[&keys.authority, &keys.mint], Fee::default()).await?;
        }
        let venue = Venue::new(authority, mint);
        let deployer = Deployer {
            cluster,
            key: &keys.authority,
            fee: Fee::default(),
            out,
            wanted: self.wanted,
            programs: self.programs,
            venue: &venue,
        };
        deployer.run(Permission { upgrade: self.args.upload, apply: false }).await?;
        self.fund(&venue, out).await?;
        Ok(venue)
    }

    /// The programs at the ids of the sources, whose keys nobody has: whole, or as room that the loader fills.
    async fn place_programs(&self, out: Out) -> Result<()> {
        let authority = self.keys.authority.pubkey();
        out.note(if self.args.upload { "making room for the programs" } else { "placing the programs" });
        for program in self.programs {
            if program.observe(self.cluster, &authority).await? == Deployed::Absent {
                // Zeros are no program, and as many as the program has bytes: the loader has no need to make room, which
                // it would refuse where there is no program.
                let zeros = vec![0; program.elf.len()];
                let elf = if self.args.upload { &zeros } else { &program.elf };
                server::place_program(self.cluster, &program.id, elf, &authority).await?;
            }
        }
        Ok(())
    }

    /// Quote tokens for the traders and keepers, and insurance.
    async fn fund(&self, venue: &Venue, out: Out) -> Result<()> {
        out.note("handing out quote tokens");
        let faucet = Faucet::open(self.cluster, venue, &self.args.dir.join(FAUCET_KEY)).await?;
        for (_, key) in &self.keys.people {
            faucet.give(&key.pubkey(), TOKENS * ATOMS).await?;
        }
        let fund = self.cluster.get::<InsuranceFund>(&venue.insurance_fund).await?.state;
        let missing = (self.args.insurance * ATOMS).saturating_sub(fund.ledger.assets.0);
        if missing == 0 {
            return Ok(());
        }
        let authority = self.keys.authority.pubkey();
        let account = faucet.give(&authority, missing).await?;
        let fund = venue.fund_insurance(authority, account, missing);
        self.cluster.send(&[fund], &[&self.keys.authority], Fee::default()).await?;
        Ok(())
    }
}
