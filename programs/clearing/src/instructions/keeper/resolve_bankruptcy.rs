use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;
use jettison_engine::Caller;

use crate::error::{ClearingError, OrRefuse};
use crate::events::{BankruptcyResolved, LegResolved};
use crate::instructions::now;
use crate::markets::{self, Writable};
use crate::state::{Clearinghouse, Gate, InsuranceFund, MarginAccount};
use crate::vault::Tokens;

/// Arguments of `resolve_bankruptcy`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct ResolveBankruptcyArgs {
    /// Whether the caller's account takes the positions over if it then meets initial margin.
    pub take_over: bool,
}

/// Accounts of `resolve_bankruptcy`. Remaining: all the account's markets, writable; with `take_over` also those of
/// the caller's account.
#[derive(Accounts)]
pub struct ResolveBankruptcy<'info> {
    /// Anyone; authority or delegate of the caller's account if one is given.
    pub caller: Signer<'info>,
    /// The clearinghouse.
    #[account(
        has_one = insurance_fund @ ClearingError::ForeignAccount,
        has_one = insurance_vault @ ClearingError::WrongVault,
        has_one = margin_vault @ ClearingError::WrongVault,
        has_one = quote_mint @ ClearingError::WrongMint
    )]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The insurance fund's ledger.
    #[account(mut)]
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
    /// The account whose equity is negative.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignAccount)]
    pub margin_account: AccountLoader<'info, MarginAccount>,
    /// Receives the bounty, and the positions with `take_over`.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignAccount)]
    pub caller_account: Option<AccountLoader<'info, MarginAccount>>,
    /// The insurance vault.
    ///
    /// CHECK: it is the one that the clearinghouse records, which the program made; only the token program reads it.
    #[account(mut)]
    pub insurance_vault: UncheckedAccount<'info>,
    /// The margin vault.
    ///
    /// CHECK: it is the one that the clearinghouse records, which the program made; only the token program reads it.
    #[account(mut)]
    pub margin_vault: UncheckedAccount<'info>,
    /// The quote mint.
    ///
    /// CHECK: it is the one that the clearinghouse records, checked when it was; only the token program reads it.
    pub quote_mint: UncheckedAccount<'info>,
    /// The token program that owns the mint.
    #[account(address = *quote_mint.owner @ ClearingError::WrongTokenProgram)]
    pub token_program: Interface<'info, TokenInterface>,
}

impl ResolveBankruptcy<'_> {
    fn validate(&self) -> Result<()> {
        if let Some(caller_account) = &self.caller_account {
            require_keys_neq!(self.margin_account.key(), caller_account.key(), ClearingError::SameAccount);
            caller_account.load()?.require_trader(self.caller.key)?;
        }
        Ok(())
    }
}

pub(crate) fn handle<'info>(
    ctx: Context<'info, ResolveBankruptcy<'info>>,
    args: ResolveBankruptcyArgs,
) -> Result<()> {
    let accounts = &ctx.accounts;
    accounts.validate()?;
    let event = resolve(accounts, ctx.remaining_accounts, args.take_over)?;
    let tokens = Tokens {
        clearinghouse: &accounts.clearinghouse,
        mint: &accounts.quote_mint,
        program: &accounts.token_program,
    };
    let drawn = event.insurance_before - event.insurance_after;
    tokens.send(&accounts.insurance_vault, &accounts.margin_vault, drawn)?;
    emit!(*event);
    Ok(())
}

/// Changes the ledgers; the borrows end here, before tokens move.
fn resolve(
    accounts: &ResolveBankruptcy<'_>,
    remaining: &[AccountInfo<'_>],
    take_over: bool,
) -> Result<Box<BankruptcyResolved>> {
    let clearinghouse = accounts.clearinghouse.key();
    let mut loaded = markets::load(remaining, &clearinghouse, Writable::All)?;
    let mut markets = loaded.set()?;
    let ledger = &mut accounts.margin_account.load_mut()?.ledger;
    let fund = &mut accounts.insurance_fund.load_mut()?.ledger;
    let now = now()?;
    accounts.clearinghouse.load()?.pauses.require_open(Gate::Resolve, now)?;
    let (capital_before, insurance_before) = (ledger.capital.0, fund.assets.0);
    let mut account = accounts.caller_account.as_ref().map(|account| account.load_mut()).transpose()?;
    let caller =
        account.as_mut().map(|account| Caller { account: &mut account.ledger, takes_over: take_over });
    let resolution =
        jettison_engine::resolve_bankruptcy(ledger, caller, &mut markets, fund.assets, now).or_refuse()?;
    fund.draw(resolution.insurance_drawn().or_refuse()?).or_refuse()?;
    Ok(Box::new(BankruptcyResolved {
        margin_account: accounts.margin_account.key(),
        caller_account: accounts.caller_account.as_ref().map(|account| account.key()),
        equity: resolution.equity.0,
        capital_before,
        insurance_before,
        insurance_after: fund.assets.0,
        insurance_spent: resolution.insurance_spent.0,
        bounty_from_insurance: resolution.bounty_from_insurance.0,
        bounty_from_fees: resolution.bounty_from_fees.0,
        taken_over: resolution.taken_over,
        legs: LegResolved::list(&resolution, &markets)?,
    }))
}
