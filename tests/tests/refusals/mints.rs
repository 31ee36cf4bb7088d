//! Token-2022 mints: which may be quote mints and which may not.

use anchor_lang::error::ErrorCode;
use anchor_lang::prelude::Pubkey;
use anchor_spl::token_2022::spl_token_2022::extension::ExtensionType::{self, *};
use anchor_spl::{token, token_2022};
use clearing::error::ClearingError;
use jettison_client::Venue;
use jettison_embedded::open_settings;
use jettison_tests::{on_both_runtimes, Scene};
use solana_signer::Signer;
use spl_token_group_interface::instruction::{initialize_group, initialize_member};
use spl_token_metadata_interface::instruction::initialize as initialize_metadata;

on_both_runtimes!(
    a_mint_that_could_take_stop_or_hide_tokens_is_refused,
    a_mint_with_an_extension_not_invented_yet_is_refused,
    a_mint_that_is_only_described_is_a_quote_mint,
    metadata_of_any_length_is_fine,
    a_group_and_its_member_are_fine,
    a_forbidden_extension_after_permitted_ones_is_refused,
    a_token_2022_mint_of_ten_decimals_is_refused,
    a_mint_goes_with_its_own_token_program_only,
    what_is_no_mint_is_refused,
);

fn token_2022_mint(scene: &mut Scene, with: &[ExtensionType]) -> Pubkey {
    let mint = scene.at.chain.create_mint_2022(6, with).unwrap();
    // Metadata and groups make a mint longer, and its rent higher.
    scene.at.chain.airdrop(&mint, 1_000_000_000);
    mint
}

fn refuse(scene: &mut Scene, mint: Pubkey, expected: ClearingError) {
    let (creator, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    let initialize =
        Venue::new_token_2022(creator, mint).initialize_clearinghouse(payer, creator, open_settings());
    scene.refuse(initialize, expected);
}

fn accept(scene: &mut Scene, mint: Pubkey) {
    let (creator, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    let venue = Venue::new_token_2022(creator, mint);
    scene.send(&[venue.initialize_clearinghouse(payer, creator, open_settings())]);
    for vault in [venue.margin_vault, venue.insurance_vault] {
        assert_eq!(scene.at.chain.account(&vault).unwrap().owner, token_2022::ID);
    }
}

fn a_mint_that_could_take_stop_or_hide_tokens_is_refused(mut scene: Scene) {
    let forbidden: [&[ExtensionType]; 12] = [
        &[TransferFeeConfig],
        &[TransferHook],
        &[PermanentDelegate],
        &[Pausable],
        &[ConfidentialTransferMint],
        &[TransferFeeConfig, ConfidentialTransferMint, ConfidentialTransferFeeConfig],
        &[ConfidentialTransferMint, ConfidentialMintBurn],
        &[NonTransferable],
        &[DefaultAccountState],
        &[MintCloseAuthority],
        &[InterestBearingConfig],
        &[ScaledUiAmount],
    ];
    for extensions in forbidden {
        let mint = token_2022_mint(&mut scene, extensions);
        refuse(&mut scene, mint, ClearingError::UnusableMintExtension);
    }
}

/// Only the bytes can be made: a mint whose one extension has a number that Token-2022 hasn't given yet.
fn a_mint_with_an_extension_not_invented_yet_is_refused(mut scene: Scene) {
    let mint = token_2022_mint(&mut scene, &[MetadataPointer]);
    let mut account = scene.at.chain.account(&mint).unwrap();
    for kind in [28u16, 100, u16::MAX] {
        // 82 bytes of mint, zeros up to a token account's 165, the account type, then type and length.
        account.data[166..168].copy_from_slice(&kind.to_le_bytes());
        scene.at.chain.set_account(&mint, account.clone());
        refuse(&mut scene, mint, ClearingError::UnusableMintExtension);
    }
}

fn a_mint_that_is_only_described_is_a_quote_mint(mut scene: Scene) {
    let permitted: [&[ExtensionType]; 5] = [
        &[],
        &[MetadataPointer],
        &[GroupPointer],
        &[GroupMemberPointer],
        &[MetadataPointer, GroupPointer, GroupMemberPointer],
    ];
    for extensions in permitted {
        let mint = token_2022_mint(&mut scene, extensions);
        accept(&mut scene, mint);
    }
}

fn metadata_of_any_length_is_fine(mut scene: Scene) {
    let authority = scene.at.chain.payer().pubkey();
    for length in [0, 1, 40, 300] {
        let mint = token_2022_mint(&mut scene, &[MetadataPointer]);
        let text = "x".repeat(length);
        let (name, symbol, uri) = (text.clone(), text.clone(), text);
        let describe =
            initialize_metadata(&token_2022::ID, &mint, &authority, &mint, &authority, name, symbol, uri);
        scene.at.chain.send(&[describe], &[]).unwrap();
        accept(&mut scene, mint);
    }
}

fn a_group_and_its_member_are_fine(mut scene: Scene) {
    let authority = scene.at.chain.payer().pubkey();
    let group = token_2022_mint(&mut scene, &[GroupPointer]);
    let member = token_2022_mint(&mut scene, &[GroupMemberPointer]);
    let program = token_2022::ID;
    let make = initialize_group(&program, &group, &group, &authority, Some(authority), 9);
    let join = initialize_member(&program, &member, &member, &authority, &group, &authority);
    scene.at.chain.send(&[make, join], &[]).unwrap();
    accept(&mut scene, group);
    accept(&mut scene, member);
}

fn a_forbidden_extension_after_permitted_ones_is_refused(mut scene: Scene) {
    let mint = token_2022_mint(&mut scene, &[MetadataPointer, GroupPointer, PermanentDelegate]);
    refuse(&mut scene, mint, ClearingError::UnusableMintExtension);
}

fn a_token_2022_mint_of_ten_decimals_is_refused(mut scene: Scene) {
    let mint = scene.at.chain.create_mint_2022(10, &[]).unwrap();
    refuse(&mut scene, mint, ClearingError::UnusableMint);
    let mint = scene.at.chain.create_mint_2022(9, &[]).unwrap();
    accept(&mut scene, mint);
}

/// The token program itself refuses to make a vault for another's mint, which is no numbered error.
fn a_mint_goes_with_its_own_token_program_only(mut scene: Scene) {
    let (creator, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    let mints = [
        (scene.at.venue.quote_mint, token_2022::ID),
        (token_2022_mint(&mut scene, &[]), token::ID),
        (token_2022_mint(&mut scene, &[MetadataPointer]), token::ID),
    ];
    for (mint, program) in mints {
        let venue = Venue::with_token_program(creator, mint, program);
        let initialize = venue.initialize_clearinghouse(payer, creator, open_settings());
        let failed = scene.attempt(&[initialize]).unwrap_err();
        assert!(failed.message.to_lowercase().contains("incorrect program id"), "{failed}");
        assert!(scene.at.chain.account(&venue.clearinghouse).is_none());
    }
    let venue = Venue::with_token_program(creator, scene.at.venue.quote_mint, price_feed::ID);
    scene
        .refuse(venue.initialize_clearinghouse(payer, creator, open_settings()), ErrorCode::InvalidProgramId);
}

fn what_is_no_mint_is_refused(mut scene: Scene) {
    let (creator, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    let mint = token_2022_mint(&mut scene, &[]);
    let account = scene.at.chain.create_token_account(&mint, &creator).unwrap();
    for none in [account, scene.at.treasury] {
        let initialize =
            Venue::new_token_2022(creator, none).initialize_clearinghouse(payer, creator, open_settings());
        assert!(scene.attempt(&[initialize]).is_err());
    }
    // The bytes of a mint, owned by another program.
    let copy = scene.key();
    let mut bytes = scene.at.chain.account(&mint).unwrap();
    bytes.owner = price_feed::ID;
    scene.at.chain.set_account(&copy, bytes);
    let initialize =
        Venue::new_token_2022(creator, copy).initialize_clearinghouse(payer, creator, open_settings());
    scene.refuse(initialize, ErrorCode::AccountOwnedByWrongProgram);
}
