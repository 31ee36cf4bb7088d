//! Mints of SPL Token and Token-2022.

use anchor_lang::prelude::{Pubkey, Rent};
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::program_error::ProgramError;
use anchor_lang::solana_program::program_pack::Pack;
use anchor_lang::solana_program::system_instruction;
use anchor_spl::token_2022::spl_token_2022::extension::StateWithExtensions;
// Its builders take either program's id.
use anchor_spl::token_2022::spl_token_2022::{instruction, state};

use crate::{Cluster, RpcError};

/// A mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mint {
    /// Its address.
    pub address: Pubkey,
    /// SPL Token or Token-2022.
    pub token_program: Pubkey,
    /// Decimals of its tokens.
    pub decimals: u8,
    /// Who may mint, if anyone may.
    pub authority: Option<Pubkey>,
}

/// Creates a mint without extensions. `payer` and `mint` sign; `authority` may mint then, and nobody may freeze.
pub fn create_mint(
    payer: &Pubkey,
    mint: &Pubkey,
    authority: &Pubkey,
    decimals: u8,
    token_program: &Pubkey,
) -> Result<[Instruction; 2], ProgramError> {
    let rent = Rent::default().minimum_balance(state::Mint::LEN);
    Ok([
        system_instruction::create_account(payer, mint, rent, state::Mint::LEN as u64, token_program),
        instruction::initialize_mint2(token_program, mint, authority, None, decimals)?,
    ])
}

/// Mints `atoms` into a token account, signed by the mint's authority.
pub fn mint_to(
    mint: &Mint,
    account: &Pubkey,
    authority: &Pubkey,
    atoms: u64,
) -> Result<Instruction, ProgramError> {
    instruction::mint_to(&mint.token_program, &mint.address, account, authority, &[], atoms)
}

impl Cluster {
    /// A mint of SPL Token or Token-2022; `None` if there is no account. [`RpcError::Foreign`] for another account.
    pub async fn mint(&self, address: &Pubkey) -> Result<Option<Mint>, RpcError> {
        let Some(account) = self.raw(address).await? else {
            return Ok(None);
        };
        let foreign = RpcError::Foreign { kind: "mint", address: *address, owner: account.owner };
        if ![anchor_spl::token::ID, anchor_spl::token_2022::ID].contains(&account.owner) {
            return Err(foreign);
        }
        let state = StateWithExtensions::<state::Mint>::unpack(&account.data).map_err(|_| foreign)?;
        Ok(Some(Mint {
            address: *address,
            token_program: account.owner,
            decimals: state.base.decimals,
            authority: state.base.mint_authority.into(),
        }))
    }
}
