//! Token movements in and out of the vaults.

use anchor_lang::prelude::*;
use anchor_spl::token_2022::spl_token_2022::extension::ExtensionType;
use anchor_spl::token_2022::spl_token_2022::state::AccountState;
use anchor_spl::token_interface::{self, TokenAccount, TokenInterface, TransferChecked};
use jettison_engine::Atoms;

use crate::error::ClearingError;
use crate::mint::EXTENSIONS_START;
use crate::state::Clearinghouse;

/// What every movement of a clearinghouse's tokens names. The instruction's constraints have checked that the mint
/// is the clearinghouse's and that the program owns it.
pub struct Tokens<'a, 'info> {
    /// Signs for the vaults, and has the mint's decimals.
    pub clearinghouse: &'a AccountLoader<'info, Clearinghouse>,
    /// The quote mint.
    pub mint: &'a UncheckedAccount<'info>,
    /// The mint's token program.
    pub program: &'a Interface<'info, TokenInterface>,
}

impl<'info> Tokens<'_, 'info> {
    /// Moves `amount` atoms into a vault, signed by their owner or by a delegate whom the token program lets, and
    /// checks what arrived.
    ///
    /// # Errors
    /// `VaultMismatch` when the vault's balance didn't grow by exactly `amount`; else the token program's.
    pub fn receive(
        &self,
        from: &InterfaceAccount<'info, TokenAccount>,
        vault: &mut InterfaceAccount<'info, TokenAccount>,
        authority: &Signer<'info>,
        amount: u64,
    ) -> Result<()> {
        let before = vault.amount;
        let decimals = self.clearinghouse.load()?.quote_decimals;
        let transfer = self.transfer(from, vault, authority.to_account_info());
        token_interface::transfer_checked(CpiContext::new(self.program.key(), transfer), amount, decimals)?;
        vault.reload()?;
        require!(vault.amount.checked_sub(before) == Some(amount), ClearingError::VaultMismatch);
        Ok(())
    }

    /// Moves `amount` atoms out of a vault, signed by the clearinghouse. Nothing to move is no transfer.
    ///
    /// # Errors
    /// The token program's.
    pub fn send(
        &self,
        vault: &impl AsRef<AccountInfo<'info>>,
        to: &impl AsRef<AccountInfo<'info>>,
        amount: u64,
    ) -> Result<()> {
        if amount == 0 {
            return Ok(());
        }
        let signer = *self.clearinghouse.load()?;
        let transfer = self.transfer(vault, to, self.clearinghouse.to_account_info());
        signer.with_signer(|seeds| {
            let context = CpiContext::new_with_signer(self.program.key(), transfer, seeds);
            token_interface::transfer_checked(context, amount, signer.quote_decimals)
        })
    }

    fn transfer(
        &self,
        from: &impl AsRef<AccountInfo<'info>>,
        to: &impl AsRef<AccountInfo<'info>>,
        authority: AccountInfo<'info>,
    ) -> TransferChecked<'info> {
        TransferChecked {
            from: from.as_ref().clone(),
            mint: self.mint.to_account_info(),
            to: to.as_ref().clone(),
            authority,
        }
    }
}

/// Where a token account has its amount.
const AMOUNT: core::ops::Range<usize> = 64..72;

/// What a vault holds. The instruction's constraints have checked that it is one.
pub fn balance(vault: &AccountInfo<'_>) -> Result<Atoms> {
    let data = vault.try_borrow_data()?;
    let amount = data.get(AMOUNT).and_then(|bytes| bytes.try_into().ok());
    Ok(Atoms(u64::from_le_bytes(amount.ok_or(error!(ClearingError::WrongVault))?)))
}

/// Where a token account has its mint, its state, and, of Token-2022, its extensions.
const MINT: core::ops::Range<usize> = 0..32;
const STATE: usize = 108;
const BASE_LENGTH: usize = 165;

/// Whether a transfer of `mint` to `account` would go through: it is open, not frozen, and asks for no memo.
pub fn can_receive(account: &AccountInfo<'_>, mint: &Pubkey, token_program: &Pubkey) -> bool {
    let Ok(data) = account.try_borrow_data() else { return false };
    account.owner == token_program
        && data.len() >= BASE_LENGTH
        && data.get(MINT) == Some(mint.as_ref())
        && data.get(STATE) == Some(&(AccountState::Initialized as u8))
        && !asks_for_memo(data.get(EXTENSIONS_START..).unwrap_or_default())
}

/// Whether Token-2022 would refuse a transfer without a memo: the extension's only byte says so.
fn asks_for_memo(mut extensions: &[u8]) -> bool {
    while let [low, high, length_low, length_high, value @ ..] = extensions {
        let kind = u16::from_le_bytes([*low, *high]);
        let length = usize::from(u16::from_le_bytes([*length_low, *length_high]));
        if kind == ExtensionType::MemoTransfer as u16 {
            return value.first() != Some(&0);
        }
        let Some(rest) = value.get(length..) else { return false };
        extensions = rest;
    }
    false
}
