use anchor_lang::prelude::*;
use anchor_spl::token::{Mint, Token, TokenAccount};

use crate::error::ClearingError;
use crate::events::ClearinghouseInitialized;
use crate::seeds;
use crate::state::{Clearinghouse, InsuranceFund, VERSION};

/// More decimals than this leave too little room above one atom.
const MAX_QUOTE_DECIMALS: u8 = 9;

/// Arguments of `initialize_clearinghouse`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct InitializeClearinghouseArgs {
    /// Whose token account receives the protocol's fees.
    pub fee_authority: Pubkey,
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
    /// The quote mint.
    pub quote_mint: Box<Account<'info, Mint>>,
    /// Holds capital, pools and unswept fees.
    #[account(
        init,
        payer = payer,
        seeds = [seeds::MARGIN_VAULT, clearinghouse.key().as_ref()],
        bump,
        token::mint = quote_mint,
        token::authority = clearinghouse
    )]
    pub margin_vault: Box<Account<'info, TokenAccount>>,
    /// Holds the insurance fund's assets.
    #[account(
        init,
        payer = payer,
        seeds = [seeds::INSURANCE_VAULT, clearinghouse.key().as_ref()],
        bump,
        token::mint = quote_mint,
        token::authority = clearinghouse
    )]
    pub insurance_vault: Box<Account<'info, TokenAccount>>,
    /// The SPL Token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl InitializeClearinghouse<'_> {
    fn validate(&self) -> Result<()> {
        require!(self.quote_mint.decimals <= MAX_QUOTE_DECIMALS, ClearingError::UnusableMint);
        Ok(())
    }
}

pub(crate) fn handle(ctx: Context<InitializeClearinghouse>, args: InitializeClearinghouseArgs) -> Result<()> {
    let accounts = &ctx.accounts;
    accounts.validate()?;
    let mut clearinghouse = accounts.clearinghouse.load_init()?;
    clearinghouse.version = VERSION;
    clearinghouse.bump = ctx.bumps.clearinghouse;
    clearinghouse.quote_decimals = accounts.quote_mint.decimals;
    clearinghouse.creator = accounts.authority.key();
    clearinghouse.authority = accounts.authority.key();
    clearinghouse.fee_authority = args.fee_authority;
    clearinghouse.quote_mint = accounts.quote_mint.key();
    clearinghouse.margin_vault = accounts.margin_vault.key();
    clearinghouse.insurance_vault = accounts.insurance_vault.key();
    clearinghouse.insurance_fund = accounts.insurance_fund.key();
    let mut fund = accounts.insurance_fund.load_init()?;
    fund.version = VERSION;
    fund.bump = ctx.bumps.insurance_fund;
    fund.clearinghouse = accounts.clearinghouse.key();
    emit!(ClearinghouseInitialized {
        clearinghouse: accounts.clearinghouse.key(),
        authority: accounts.authority.key(),
        fee_authority: args.fee_authority,
        quote_mint: accounts.quote_mint.key(),
    });
    Ok(())
}
