//! `jettison authority migrate`: takes a clearinghouse of the first version over, and all that belongs to it.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anyhow::{bail, Result};
use clearing::state::v1::{self, Former};
use jettison_client::{former, former_markets, Venue};
use jettison_rpc::RpcError;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::context::Context;
use crate::output::Fields;

/// Margin accounts that go into one transaction.
const BATCH: usize = 4;

/// Where a margin account of the first version names its clearinghouse.
const CLEARINGHOUSE_AT: usize = 8 + core::mem::offset_of!(v1::MarginAccount, clearinghouse);

/// Migrates the clearinghouse, then its markets, then its margin accounts; what is of the present version is left alone, so
/// that it can be run again.
pub async fn run(context: &Context) -> Result<()> {
    let (signer, address) = (context.signer()?, context.clearinghouse()?);
    context.cluster().require_program().await?;
    let former_one = context.cluster().raw(&address).await?.and_then(|account| former(&account.data).ok());
    let work = Migration { context, signer: &signer };
    let mut done = Fields::new().with("clearinghouse", address);
    let mut venue_of_former = None;
    if let Some(former_one) = former_one {
        let venue = venue_of(context, &former_one).await?;
        if venue.clearinghouse != address {
            bail!("{address} names other seeds than its address was made of");
        }
        work.send(vec![venue.migrate_clearinghouse(signer.pubkey())]).await?;
        venue_of_former = Some((venue, former_one.market_count));
    }
    done = done.with("clearinghouse_migrated", venue_of_former.is_some());
    let (venue, count) = match venue_of_former {
        // A dry run leaves the clearinghouse as it was, so that nothing after it can be simulated.
        Some(_) if context.dry_run => {
            return context
                .out
                .show(&done.with("dry_run", true).with("next", "its markets and margin accounts"))
        }
        Some(found) => found,
        None => {
            let open = context.venue().await?;
            (open.venue, open.state.market_count)
        }
    };
    let markets = work.markets(&venue, count).await?;
    let accounts = work.margin_accounts(&venue).await?;
    context.out.show(&done.with("markets_migrated", markets).with("margin_accounts_migrated", accounts))
}

async fn venue_of(context: &Context, former: &v1::Clearinghouse) -> Result<Venue> {
    let (creator, mint) = (Pubkey::new_from_array(former.creator), Pubkey::new_from_array(former.quote_mint));
    let url = context.cluster().url().to_owned();
    let missing = RpcError::Missing { kind: "quote mint", address: mint, url };
    let account = context.cluster().raw(&mint).await?.ok_or(missing)?;
    Ok(Venue::with_token_program(creator, mint, account.owner))
}

struct Migration<'a> {
    context: &'a Context,
    signer: &'a Keypair,
}

impl Migration<'_> {
    async fn send(&self, instructions: Vec<Instruction>) -> Result<()> {
        self.context.send(&instructions, &[self.signer]).await?;
        Ok(())
    }

    async fn markets(&self, venue: &Venue, count: u16) -> Result<u64> {
        let mut migrated = 0;
        for index in 0..count {
            let found = self.context.cluster().raw(&venue.market(index)).await?;
            if found.is_some_and(|account| former::<v1::Market>(&account.data).is_ok()) {
                self.send(vec![venue.migrate_market(self.signer.pubkey(), index)]).await?;
                migrated += 1;
            }
        }
        Ok(migrated)
    }

    async fn margin_accounts(&self, venue: &Venue) -> Result<u64> {
        let within = Some((CLEARINGHOUSE_AT, venue.clearinghouse));
        let found =
            self.context.cluster().list_data(&<v1::MarginAccount as Former>::DISCRIMINATOR, within).await?;
        let mut instructions = vec![];
        for (address, data) in &found {
            instructions.push(venue.migrate_margin_account(*address, &former_markets(data)?));
        }
        for batch in instructions.chunks(BATCH) {
            self.send(batch.to_vec()).await?;
        }
        Ok(found.len() as u64)
    }
}
