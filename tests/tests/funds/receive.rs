//! What arrives in a vault is read again after each transfer: a token program that moves less than it was told to is found
//! out.
//!
//! Token-2022 gives no mint a fee once it exists, and none that has one is taken as a quote mint. So nobody can provoke
//! this: the tests overwrite the mint and the vaults past the runtime.

use anchor_spl::token_2022::spl_token_2022::extension::ExtensionType;
use clearing::error::ClearingError;
use jettison_tests::{elf, native, Scene};
use solana_signer::Signer;

use crate::support::USDC;

mod of_token_2022 {
    #[test]
    fn less_than_was_sent_is_refused_natively() {
        super::less_than_was_sent_is_refused(super::Scene::on_token_2022(super::native()));
    }

    #[test]
    fn less_than_was_sent_is_refused_on_the_elf() {
        if let Some(chain) = super::elf() {
            super::less_than_was_sent_is_refused(super::Scene::on_token_2022(chain));
        }
    }
}

/// Type 2, `TransferFeeAmount`, of eight bytes: what a token account of a mint with a fee has.
const WITHHELD: [u8; 13] = [2, 2, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];

fn less_than_was_sent_is_refused(mut scene: Scene) {
    let (trader, staker) = (scene.trader(10 * USDC), scene.staker(10 * USDC));
    scene.fund_insurance(USDC);
    scene.at.mint(USDC).unwrap();
    let venue = scene.at.venue.clone();
    let authority = scene.at.authority.pubkey();
    let receipts = [
        venue.deposit(authority, scene.at.treasury, trader.address, 1_000),
        venue.fund_insurance(authority, scene.at.treasury, 1_000),
        venue.stake(staker.key, staker.wallet, 1_000),
    ];
    let before = scene.snapshot();
    scene.send(&receipts);
    before.restore(&mut scene.at.chain);

    let costly = scene.at.chain.create_mint_2022(6, &[ExtensionType::TransferFeeConfig]).unwrap();
    let costly = scene.at.chain.account(&costly).unwrap();
    scene.at.chain.set_account(&venue.quote_mint, costly);
    for vault in [venue.margin_vault, venue.insurance_vault] {
        let mut account = scene.at.chain.account(&vault).unwrap();
        account.data.truncate(165);
        account.data.extend(WITHHELD);
        scene.at.chain.set_account(&vault, account);
    }
    for receipt in receipts {
        scene.refuse(receipt, ClearingError::VaultMismatch);
    }
}
