use anchor_lang::prelude::*;
use bytemuck::Zeroable;

use crate::error::ClearingError;
use crate::events::ClearinghouseMigrated;
use crate::migration::{self, Payer};
use crate::seeds;
use crate::state::{v1, Clearinghouse, Custody, InsuranceFund};

/// Accounts of `migrate_clearinghouse`.
#[derive(Accounts)]
pub struct MigrateClearinghouse<'info> {
    /// Pays what the rent grows by; anyone.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// CHECK: owner, type, version and size are checked when it is read.
    #[account(mut)]
    pub clearinghouse: UncheckedAccount<'info>,
    /// The insurance fund that it names.
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
    /// CHECK: made here, at the address that the seeds give. Not by `init`, which would fail before a clearinghouse that has
    /// been migrated could be told.
    #[account(mut, seeds = [seeds::CUSTODY, clearinghouse.key().as_ref()], bump)]
    pub custody: UncheckedAccount<'info>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

/// Takes a clearinghouse of the first version over, and makes its custody. Its markets and margin accounts come next.
pub(crate) fn handle(ctx: Context<MigrateClearinghouse>) -> Result<()> {
    let accounts = &ctx.accounts;
    let former: v1::Clearinghouse = migration::read(&accounts.clearinghouse)?;
    require!(
        former.insurance_fund == accounts.insurance_fund.key().to_bytes(),
        ClearingError::ForeignAccount
    );
    let insured = accounts.insurance_fund.load()?.ledger.assets.0;
    let present = former.upgrade(accounts.custody.key(), insured);
    let payer = Payer { payer: &accounts.payer, system_program: &accounts.system_program };
    payer.grow(&accounts.clearinghouse, Clearinghouse::SPACE)?;
    migration::write(&accounts.clearinghouse, &present)?;
    make_custody(accounts, &payer, ctx.bumps.custody)?;
    emit!(ClearinghouseMigrated {
        clearinghouse: accounts.clearinghouse.key(),
        custody: accounts.custody.key(),
        markets: present.market_count,
        insured,
        insurance_base: present.migrated_insurance_base,
        settings: present.settings,
    });
    Ok(())
}

/// The custody of a clearinghouse that may have margin accounts; each is counted when it is migrated.
fn make_custody<'info>(
    accounts: &MigrateClearinghouse<'info>,
    payer: &Payer<'_, 'info>,
    bump: u8,
) -> Result<()> {
    let clearinghouse = accounts.clearinghouse.key();
    payer.create(&accounts.custody, Custody::SPACE, &[seeds::CUSTODY, clearinghouse.as_ref(), &[bump]])?;
    let mut custody = Custody::zeroed();
    custody.version = Custody::VERSION;
    custody.bump = bump;
    custody.has_uncounted_accounts = 1;
    custody.clearinghouse = clearinghouse;
    migration::write(&accounts.custody, &custody)
}
