//! The instructions that give a Token-2022 mint its extensions, before it is initialized.

use crate::outcome::Failed;
use crate::tokens::unbuilt;
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::program_error::ProgramError;
use anchor_lang::solana_program::program_pack::Pack;
use anchor_spl::token_2022::spl_token_2022::extension::*;
use anchor_spl::token_2022::spl_token_2022::state::AccountState;
use anchor_spl::token_2022::spl_token_2022::{instruction, ID};

/// Bytes of a mint or token account with extensions.
pub(crate) fn account_len<S: BaseState + Pack>(with: &[ExtensionType]) -> Result<usize, Failed> {
    ExtensionType::try_calculate_account_len::<S>(with).map_err(unbuilt)
}

/// Gives a mint an extension, as harmful as it gets: `authority` may do whatever it lets one do, a fee is 1%.
pub(crate) fn initialize(
    extension: ExtensionType,
    mint: &Pubkey,
    authority: &Pubkey,
) -> Result<Instruction, ProgramError> {
    let someone = Some(*authority);
    match extension {
        ExtensionType::TransferFeeConfig => {
            let whom = Some(authority);
            transfer_fee::instruction::initialize_transfer_fee_config(&ID, mint, whom, whom, 100, u64::MAX)
        }
        ExtensionType::MintCloseAuthority => {
            instruction::initialize_mint_close_authority(&ID, mint, Some(authority))
        }
        ExtensionType::ConfidentialTransferMint => {
            confidential_transfer::instruction::initialize_mint(&ID, mint, someone, true, None)
        }
        ExtensionType::ConfidentialTransferFeeConfig => {
            use confidential_transfer_fee::instruction::initialize_confidential_transfer_fee_config;
            initialize_confidential_transfer_fee_config(&ID, mint, someone, &Default::default())
        }
        ExtensionType::ConfidentialMintBurn => confidential_mint_burn::instruction::initialize_mint(
            &ID,
            mint,
            &Default::default(),
            &Default::default(),
        ),
        ExtensionType::DefaultAccountState => {
            let frozen = &AccountState::Frozen;
            default_account_state::instruction::initialize_default_account_state(&ID, mint, frozen)
        }
        ExtensionType::NonTransferable => instruction::initialize_non_transferable_mint(&ID, mint),
        ExtensionType::InterestBearingConfig => {
            interest_bearing_mint::instruction::initialize(&ID, mint, someone, 500)
        }
        ExtensionType::ScaledUiAmount => scaled_ui_amount::instruction::initialize(&ID, mint, someone, 2.0),
        ExtensionType::PermanentDelegate => instruction::initialize_permanent_delegate(&ID, mint, authority),
        ExtensionType::TransferHook => {
            transfer_hook::instruction::initialize(&ID, mint, someone, Some(Pubkey::new_from_array([7; 32])))
        }
        ExtensionType::Pausable => pausable::instruction::initialize(&ID, mint, authority),
        ExtensionType::MetadataPointer => {
            metadata_pointer::instruction::initialize(&ID, mint, someone, Some(*mint))
        }
        ExtensionType::GroupPointer => {
            group_pointer::instruction::initialize(&ID, mint, someone, Some(*mint))
        }
        ExtensionType::GroupMemberPointer => {
            group_member_pointer::instruction::initialize(&ID, mint, someone, Some(*mint))
        }
        _ => Err(ProgramError::InvalidArgument),
    }
}
