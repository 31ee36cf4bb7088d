//! Token accounts: where an owner's tokens usually are.

use anchor_lang::prelude::{AccountMeta, Pubkey};
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_program;
use anchor_spl::token_interface::TokenAccount;
use jettison_client::Venue;

use crate::{Cluster, RpcError};

/// The associated token account program.
const ASSOCIATED_TOKEN: Pubkey =
    anchor_lang::prelude::pubkey!("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

/// Its instruction that does nothing if the account is there.
const CREATE_IDEMPOTENT: u8 = 1;

/// A token account's owner and balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenBalance {
    /// Its mint.
    pub mint: Pubkey,
    /// Who owns it.
    pub owner: Pubkey,
    /// What is in it, in atoms.
    pub amount: u64,
}

/// The address of the associated token account of `owner` for the venue's quote mint.
pub fn associated_token_account(venue: &Venue, owner: &Pubkey) -> Pubkey {
    let seeds = [owner.as_ref(), venue.token_program.as_ref(), venue.quote_mint.as_ref()];
    Pubkey::find_program_address(&seeds, &ASSOCIATED_TOKEN).0
}

/// Creates it if it isn't there; `payer` pays the rent.
pub fn create_associated_token_account(venue: &Venue, payer: &Pubkey, owner: &Pubkey) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*payer, true),
        AccountMeta::new(associated_token_account(venue, owner), false),
        AccountMeta::new_readonly(*owner, false),
        AccountMeta::new_readonly(venue.quote_mint, false),
        AccountMeta::new_readonly(system_program::ID, false),
        AccountMeta::new_readonly(venue.token_program, false),
    ];
    Instruction { program_id: ASSOCIATED_TOKEN, accounts, data: vec![CREATE_IDEMPOTENT] }
}

impl Cluster {
    /// A token account; `None` if there is none at the address, [`RpcError::Foreign`] if something else is.
    pub async fn token_balance(&self, address: &Pubkey) -> Result<Option<TokenBalance>, RpcError> {
        use anchor_lang::AccountDeserialize;
        let Some(account) = self.raw(address).await? else {
            return Ok(None);
        };
        let foreign = || RpcError::Foreign { kind: "token account", address: *address, owner: account.owner };
        let token_programs = [anchor_spl::token::ID, anchor_spl::token_2022::ID];
        if !token_programs.contains(&account.owner) {
            return Err(foreign());
        }
        let token = TokenAccount::try_deserialize(&mut account.data.as_slice()).map_err(|_| foreign())?;
        Ok(Some(TokenBalance { mint: token.mint, owner: token.owner, amount: token.amount }))
    }
}
