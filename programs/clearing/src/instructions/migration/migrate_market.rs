use anchor_lang::prelude::*;

use crate::error::ClearingError;
use crate::events::MarketMigrated;
use crate::migration::{self, Payer};
use crate::state::{v1, Clearinghouse, Market};

/// Accounts of `migrate_market`.
#[derive(Accounts)]
pub struct MigrateMarket<'info> {
    /// Pays what the rent grows by; anyone.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The clearinghouse, migrated.
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// CHECK: owner, type, version and size are checked when it is read.
    #[account(mut)]
    pub market: UncheckedAccount<'info>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

/// Takes a market of the first version over. The margin accounts that have legs in it come next.
pub(crate) fn handle(ctx: Context<MigrateMarket>) -> Result<()> {
    let accounts = &ctx.accounts;
    let clearinghouse = accounts.clearinghouse.key();
    let former: v1::Market = migration::read(&accounts.market)?;
    require!(former.clearinghouse == clearinghouse.to_bytes(), ClearingError::ForeignMarket);
    let present = former.upgrade(accounts.clearinghouse.load()?.migrated_insurance_base);
    let payer = Payer { payer: &accounts.payer, system_program: &accounts.system_program };
    payer.grow(&accounts.market, Market::SPACE)?;
    migration::write(&accounts.market, &present)?;
    emit!(MarketMigrated {
        clearinghouse,
        market: accounts.market.key(),
        index: present.book.index.0,
        params: present.book.params.into(),
    });
    Ok(())
}
