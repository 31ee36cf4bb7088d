//! Mints and token accounts of SPL Token and Token-2022, made through the token programs' own instructions.

use crate::chain::Chain;
use crate::extensions;
use crate::outcome::Failed;
use anchor_lang::prelude::{Pubkey, Rent};
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::program_error::ProgramError;
use anchor_lang::solana_program::program_pack::Pack;
use anchor_lang::solana_program::system_instruction;
use anchor_spl::token::spl_token;
use anchor_spl::token_2022::spl_token_2022::extension::{ExtensionType, StateWithExtensions};
// Its builders take either program's id.
use anchor_spl::token_2022::spl_token_2022::{self, instruction, state};
use solana_signer::Signer;

impl Chain {
    /// Creates a mint of SPL Token. [`Chain::payer`] may mint and, as with the large stablecoins, freeze.
    ///
    /// # Errors
    /// What the runtime refused.
    pub fn create_mint(&mut self, decimals: u8) -> Result<Pubkey, Failed> {
        let authority = self.payer().pubkey();
        self.create_token_state(spl_token::ID, state::Mint::LEN, |mint| {
            Ok(vec![instruction::initialize_mint2(
                &spl_token::ID,
                mint,
                &authority,
                Some(&authority),
                decimals,
            )?])
        })
    }

    /// As [`Chain::create_mint`], of Token-2022 with such extensions as are given before the mint exists: not
    /// metadata, group and member, which Token-2022 adds later. The payer has every authority there is.
    ///
    /// # Errors
    /// What the runtime refused, such as extensions that don't go together.
    pub fn create_mint_2022(&mut self, decimals: u8, with: &[ExtensionType]) -> Result<Pubkey, Failed> {
        let (program, authority) = (spl_token_2022::ID, self.payer().pubkey());
        let len = extensions::account_len::<state::Mint>(with)?;
        self.create_token_state(program, len, |mint| {
            let mut all = with
                .iter()
                .map(|extension| extensions::initialize(*extension, mint, &authority))
                .collect::<Result<Vec<_>, _>>()?;
            all.push(instruction::initialize_mint2(&program, mint, &authority, Some(&authority), decimals)?);
            Ok(all)
        })
    }

    /// Creates a token account of `owner` (no associated one: any owner may have many). With Token-2022 its owner
    /// is immutable, as that of associated accounts is.
    ///
    /// # Errors
    /// What the runtime refused: such as `mint` being no mint.
    pub fn create_token_account(&mut self, mint: &Pubkey, owner: &Pubkey) -> Result<Pubkey, Failed> {
        let program = self.token_program_of(mint);
        if program == spl_token::ID {
            return self.create_token_state(program, state::Account::LEN, |account| {
                Ok(vec![instruction::initialize_account3(&program, account, mint, owner)?])
            });
        }
        let len = extensions::account_len::<state::Account>(&[ExtensionType::ImmutableOwner])?;
        self.create_token_state(program, len, |account| {
            Ok(vec![
                instruction::initialize_immutable_owner(&program, account)?,
                instruction::initialize_account3(&program, account, mint, owner)?,
            ])
        })
    }

    /// Mints `atoms` into a token account; the mint is one that this chain created.
    ///
    /// # Errors
    /// What the runtime refused.
    pub fn mint_to(&mut self, mint: &Pubkey, account: &Pubkey, atoms: u64) -> Result<(), Failed> {
        let authority = self.payer().pubkey();
        let program = self.token_program_of(mint);
        let mint_to = instruction::mint_to(&program, mint, account, &authority, &[], atoms);
        self.send(&[mint_to.map_err(unbuilt)?], &[]).map(drop)
    }

    /// Atoms in a token account of either program; `None` when it isn't one.
    pub fn token_balance(&self, account: &Pubkey) -> Option<u64> {
        let amount = |data: &[u8]| {
            StateWithExtensions::<state::Account>::unpack(data).ok().map(|account| account.base.amount)
        };
        self.with_account_data(account, amount)?
    }

    /// The token program that owns a mint; SPL Token for what neither owns.
    fn token_program_of(&self, mint: &Pubkey) -> Pubkey {
        match self.account(mint) {
            Some(account) if account.owner == spl_token_2022::ID => spl_token_2022::ID,
            _ => spl_token::ID,
        }
    }

    fn create_token_state(
        &mut self,
        program: Pubkey,
        len: usize,
        initialize: impl FnOnce(&Pubkey) -> Result<Vec<Instruction>, ProgramError>,
    ) -> Result<Pubkey, Failed> {
        let key = self.new_keypair();
        let address = key.pubkey();
        let lamports = Rent::default().minimum_balance(len);
        let payer = self.payer().pubkey();
        let create = system_instruction::create_account(&payer, &address, lamports, len as u64, &program);
        let mut all = vec![create];
        all.extend(initialize(&address).map_err(unbuilt)?);
        self.send(&all, &[&key])?;
        Ok(address)
    }
}

/// The builders fail for another token program's id and for an extension that isn't given at creation.
pub(crate) fn unbuilt(error: ProgramError) -> Failed {
    Failed::whole(error.to_string())
}
