//! Mints and token accounts, made through the token program's own instructions.

use crate::chain::Chain;
use crate::outcome::Failed;
use anchor_lang::prelude::{Pubkey, Rent};
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::program_error::ProgramError;
use anchor_lang::solana_program::program_pack::Pack;
use anchor_lang::solana_program::system_instruction;
use anchor_spl::token::spl_token::{self, instruction, state};
use solana_signer::Signer;

impl Chain {
    /// Creates a mint whose authority is [`Chain::payer`].
    ///
    /// # Errors
    /// What the runtime refused.
    pub fn create_mint(&mut self, decimals: u8) -> Result<Pubkey, Failed> {
        let authority = self.payer().pubkey();
        self.create_token_state(state::Mint::LEN, |mint| {
            instruction::initialize_mint2(&spl_token::ID, mint, &authority, None, decimals)
        })
    }

    /// Creates a token account of `owner` (no associated one: any owner may have many).
    ///
    /// # Errors
    /// What the runtime refused: such as `mint` being no mint.
    pub fn create_token_account(&mut self, mint: &Pubkey, owner: &Pubkey) -> Result<Pubkey, Failed> {
        self.create_token_state(state::Account::LEN, |account| {
            instruction::initialize_account3(&spl_token::ID, account, mint, owner)
        })
    }

    /// Mints `atoms` into a token account; the mint is one of [`Chain::create_mint`].
    ///
    /// # Errors
    /// What the runtime refused.
    pub fn mint_to(&mut self, mint: &Pubkey, account: &Pubkey, atoms: u64) -> Result<(), Failed> {
        let authority = self.payer().pubkey();
        let mint_to = instruction::mint_to(&spl_token::ID, mint, account, &authority, &[], atoms);
        self.send(&[built(mint_to)?], &[]).map(drop)
    }

    /// Atoms in a token account; `None` when it isn't one.
    pub fn token_balance(&self, account: &Pubkey) -> Option<u64> {
        self.with_account_data(account, |data| state::Account::unpack(data).ok())?
            .map(|account| account.amount)
    }

    fn create_token_state(
        &mut self,
        len: usize,
        initialize: impl FnOnce(&Pubkey) -> Result<Instruction, ProgramError>,
    ) -> Result<Pubkey, Failed> {
        let key = self.new_keypair();
        let address = key.pubkey();
        let lamports = Rent::default().minimum_balance(len);
        let payer = self.payer().pubkey();
        let create =
            system_instruction::create_account(&payer, &address, lamports, len as u64, &spl_token::ID);
        let initialize = built(initialize(&address))?;
        self.send(&[create, initialize], &[&key])?;
        Ok(address)
    }
}

/// The builders fail only for another token program's id.
fn built(instruction: Result<Instruction, ProgramError>) -> Result<Instruction, Failed> {
    instruction.map_err(|error| Failed::whole(error.to_string()))
}
