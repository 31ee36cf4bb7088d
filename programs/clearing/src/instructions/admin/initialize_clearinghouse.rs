use anchor_lang::prelude::*;
use anchor_spl::token_interface::{TokenAccount, TokenInterface};

use crate::error::ClearingError;
use crate::events::ClearinghouseInitialized;
use crate::mint::QuoteMint;
use crate::seeds;
use crate::state::{Clearinghouse, ClearinghouseSettings, Custody, InsuranceFund};

/// Arguments of `initialize_clearinghouse`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct InitializeClearinghouseArgs {
    /// Whose token account receives the protocol's fees.
    pub fee_authority: Pubkey,
    /// Guardian, timelock, cooldown and throttle.
    pub settings: ClearinghouseSettings,
}

/// Accounts of `initialize_clearinghouse`.
#[derive(Accounts)]
pub struct InitializeClearinghouse<'info> {
    /// Becomes the authority.
    pub authority: Signer<'info>,
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The clearinghouse; one for each creator and mint.
    #[account(
        init,
        payer = payer,
        space = Clearinghouse::SPACE,
        seeds = [seeds::CLEARINGHOUSE, authority.key().as_ref(), quote_mint.key().as_ref()],
        bump
    )]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The insurance fund's ledger.
    #[account(
        init,
        payer = payer,
        space = InsuranceFund::SPACE,
        seeds = [seeds::INSURANCE_FUND, clearinghouse.key().as_ref()],
        bump
    )]
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
    /// What is known of the margin vault.
    #[account(
        init,
        payer = payer,
        space = Custody::SPACE,
        seeds = [seeds::CUSTODY, clearinghouse.key().as_ref()],
        bump
    )]
    pub custody: AccountLoader<'info, Custody>,
    /// The quote mint, of SPL Token or Token-2022; [`QuoteMint`] says which may be.
    pub quote_mint: Box<InterfaceAccount<'info, QuoteMint>>,
    /// Holds capital, pools and unswept fees.
    #[account(
        init,
        payer = payer,
        seeds = [seeds::MARGIN_VAULT, clearinghouse.key().as_ref()],
        bump,
        token::mint = quote_mint,
        token::authority = clearinghouse,
        token::token_program = token_program
    )]
    pub margin_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Holds the insurance fund's assets.
    #[account(
        init,
        payer = payer,
        seeds = [seeds::INSURANCE_VAULT, clearinghouse.key().as_ref()],
        bump,
        token::mint = quote_mint,
        token::authority = clearinghouse,
        token::token_program = token_program
    )]
    pub insurance_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    /// The token program that owns the mint. Another one already refuses to make the vaults.
    #[account(address = *quote_mint.to_account_info().owner @ ClearingError::WrongTokenProgram)]
    pub token_program: Interface<'info, TokenInterface>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

pub(crate) fn handle(ctx: Context<InitializeClearinghouse>, args: InitializeClearinghouseArgs) -> Result<()> {
    args.settings.validate()?;
    let accounts = &ctx.accounts;
    let mut clearinghouse = accounts.clearinghouse.load_init()?;
    clearinghouse.version = Clearinghouse::VERSION;
    clearinghouse.bump = ctx.bumps.clearinghouse;
    clearinghouse.quote_decimals = accounts.quote_mint.decimals;
    clearinghouse.creator = accounts.authority.key();
    clearinghouse.authority = accounts.authority.key();
    clearinghouse.fee_authority = args.fee_authority;
    clearinghouse.quote_mint = accounts.quote_mint.key();
    clearinghouse.margin_vault = accounts.margin_vault.key();
    clearinghouse.insurance_vault = accounts.insurance_vault.key();
    clearinghouse.insurance_fund = accounts.insurance_fund.key();
    clearinghouse.custody = accounts.custody.key();
    clearinghouse.settings = args.settings;
    let mut fund = accounts.insurance_fund.load_init()?;
    fund.version = InsuranceFund::VERSION;
    fund.bump = ctx.bumps.insurance_fund;
    fund.clearinghouse = accounts.clearinghouse.key();
    let mut custody = accounts.custody.load_init()?;
    custody.version = Custody::VERSION;
    custody.bump = ctx.bumps.custody;
    custody.clearinghouse = accounts.clearinghouse.key();
    emit!(ClearinghouseInitialized {
        clearinghouse: accounts.clearinghouse.key(),
        authority: accounts.authority.key(),
        fee_authority: args.fee_authority,
        quote_mint: accounts.quote_mint.key(),
        settings: args.settings,
    });
    Ok(())
}
