//! What the migrations share: reading an account of the first version, paying for its growth, writing what it becomes.

use core::mem::size_of;

use anchor_lang::prelude::*;
use anchor_lang::{system_program, Discriminator};
use bytemuck::Pod;

use crate::error::ClearingError;
use crate::state::v1::{self, Former};

/// Where an account's state begins, after its discriminator.
const BODY: usize = 8;

/// Reads an account of the first version.
///
/// # Errors
/// [`ClearingError::WrongVersion`] if it has been migrated; [`ErrorCode::AccountOwnedByWrongProgram`],
/// [`ErrorCode::AccountDiscriminatorMismatch`] or [`ErrorCode::AccountDidNotDeserialize`] if it is something else.
pub fn read<T: Former>(account: &AccountInfo<'_>) -> Result<T> {
    require!(*account.owner == crate::ID, ErrorCode::AccountOwnedByWrongProgram);
    let data = account.try_borrow_data()?;
    require!(!data.starts_with(T::Present::DISCRIMINATOR), ClearingError::WrongVersion);
    let body = data.strip_prefix(&T::DISCRIMINATOR).ok_or(ErrorCode::AccountDiscriminatorMismatch)?;
    let former: T =
        bytemuck::try_pod_read_unaligned(body).map_err(|_| error!(ErrorCode::AccountDidNotDeserialize))?;
    require!(body.first() == Some(&v1::VERSION), ClearingError::WrongVersion);
    Ok(former)
}

/// Whether it is an account of the first version of `T`, as far as its discriminator tells.
pub fn is_former<T: Former>(data: &[u8]) -> bool {
    data.starts_with(&T::DISCRIMINATOR)
}

/// Writes an account in its present version, whose size it must have. The discriminator comes last: only then is it one.
pub fn write<T: Pod + Discriminator>(account: &AccountInfo<'_>, present: &T) -> Result<()> {
    let mut data = account.try_borrow_mut_data()?;
    let (discriminator, body) = data.split_at_mut_checked(BODY).ok_or(ErrorCode::AccountDidNotDeserialize)?;
    require!(body.len() == size_of::<T>(), ErrorCode::AccountDidNotDeserialize);
    body.copy_from_slice(bytemuck::bytes_of(present));
    discriminator.copy_from_slice(T::DISCRIMINATOR);
    Ok(())
}

/// Who pays, and by what program.
#[derive(Clone, Copy)]
pub struct Payer<'a, 'info> {
    /// Pays the rent.
    pub payer: &'a Signer<'info>,
    /// The system program.
    pub system_program: &'a Program<'info, System>,
}

impl<'info> Payer<'_, 'info> {
    /// Pays what the account lacks of the rent of `space` bytes. Lamports that it already has count.
    fn pay_rent(&self, account: &UncheckedAccount<'info>, space: usize) -> Result<()> {
        let missing = Rent::get()?.minimum_balance(space).saturating_sub(account.lamports());
        if missing == 0 {
            return Ok(());
        }
        let transfer =
            system_program::Transfer { from: self.payer.to_account_info(), to: account.to_account_info() };
        system_program::transfer(CpiContext::new(self.system_program.key(), transfer), missing)
    }

    /// Grows an account of the program to `space` bytes.
    pub fn grow(&self, account: &UncheckedAccount<'info>, space: usize) -> Result<()> {
        self.pay_rent(account, space)?;
        Ok(account.resize(space)?)
    }

    /// Makes an account of `space` bytes for the program at an address that `seeds` derive. Lamports that somebody has sent
    /// there before are no hindrance.
    pub fn create(&self, account: &UncheckedAccount<'info>, space: usize, seeds: &[&[u8]]) -> Result<()> {
        self.pay_rent(account, space)?;
        let program = self.system_program.key();
        let bytes = u64::try_from(space).map_err(|_| error!(ClearingError::Overflow))?;
        let allocate = system_program::Allocate { account_to_allocate: account.to_account_info() };
        system_program::allocate(CpiContext::new_with_signer(program, allocate, &[seeds]), bytes)?;
        let assign = system_program::Assign { account_to_assign: account.to_account_info() };
        system_program::assign(CpiContext::new_with_signer(program, assign, &[seeds]), &crate::ID)
    }
}
