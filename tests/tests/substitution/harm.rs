//! Whether a mixture of accounts that goes through does harm.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::state::{InsuranceFund, MarginAccount, StakeAccount};
use jettison_embedded::Account;
use jettison_tests::{accounts_of, Held, Snapshot};
use std::collections::BTreeMap;

use super::stage::Stage;
use super::table::Row;

/// What somebody has.
#[derive(Clone, Copy, Debug, Default)]
struct Wealth {
    /// Capital and queued withdrawals of margin accounts, and tokens in wallets.
    atoms: u64,
    /// Shares in insurance. What they are worth is another matter: insurance bears losses.
    shares: u64,
}

/// Wealth by owner. The accounts below maintenance are left out: they may be liquidated.
fn wealth(stage: &Stage) -> BTreeMap<Pubkey, Wealth> {
    let chain = &stage.scene.at.chain;
    let mut wealth: BTreeMap<Pubkey, Wealth> = BTreeMap::new();
    for (key, account) in accounts_of::<MarginAccount>(chain, stage.scene.known()) {
        if ![stage.broke.address, stage.weak.address, stage.foreign_broke.address].contains(&key) {
            let atoms = account.ledger.capital.0 + account.queued.amount.0;
            wealth.entry(account.authority).or_default().atoms += atoms;
        }
    }
    for (_, account) in accounts_of::<StakeAccount>(chain, stage.scene.known()) {
        wealth.entry(account.authority).or_default().shares += account.stake.shares.0;
    }
    let wallets = [
        (stage.keeper_wallet, stage.named("keeper's owner")),
        (stage.rich_wallet, stage.named("rich's owner")),
        (stage.retiree_wallet, stage.retiree),
        (stage.scene.at.treasury, stage.named("authority")),
        (stage.scene.at.fee_account, stage.named("authority")),
        (stage.named("foreign fee account"), stage.named("foreign authority")),
    ];
    for (wallet, owner) in wallets {
        wealth.entry(owner).or_default().atoms += stage.scene.tokens(&wallet);
    }
    wealth
}

/// Runs a mixture and undoes it; whether it went through, which it may if it does no harm.
pub fn is_harmless(stage: &mut Stage, before: &Snapshot, row: &Row, mixture: &Instruction) -> bool {
    let was = wealth(stage);
    if stage.scene.attempt(std::slice::from_ref(mixture)).is_err() {
        assert!(before.changed(&stage.scene.at.chain).is_empty(), "{}", row.name);
        return false;
    }
    // Indices that were put back are not indices that fell.
    stage.scene.held = match row.instruction_name() {
        "withdraw" | "unstake" => Held::of_donations(donations(stage, before, row)),
        _ => Held::default(),
    };
    stage.scene.check();
    let signers: Vec<Pubkey> =
        mixture.accounts.iter().filter(|meta| meta.is_signer).map(|meta| meta.pubkey).collect();
    for (owner, was) in was {
        let now = wealth(stage).get(&owner).copied().unwrap_or_default();
        let poorer = now.atoms < was.atoms || now.shares < was.shares;
        assert!(!poorer || signers.contains(&owner), "{}: {mixture:?} robs {owner}", row.name);
    }
    before.restore(&mut stage.scene.at.chain);
    true
}

/// A payment straight into a vault is a gift to it, which no ledger records. The table's withdrawal is of one atom.
fn donations(stage: &Stage, before: &Snapshot, row: &Row) -> BTreeMap<Pubkey, u64> {
    let payment = match row.instruction_name() {
        "withdraw" => 1,
        _ => unstaked(stage, before),
    };
    let to = |name| {
        let vault = stage.named(name);
        let tokens =
            |account: &Account| u64::from_le_bytes(account.data[64..72].try_into().expect("an amount"));
        // Another vault may also be the one that pays.
        let held = before.account(&vault).map_or(0, tokens);
        (vault, stage.scene.tokens(&vault).saturating_sub(held))
    };
    // Whatever else a vault gains is on a ledger.
    [
        "margin vault",
        "insurance vault",
        "foreign margin vault",
        "foreign insurance vault",
        "empty margin vault",
        "empty insurance vault",
        "another empty margin vault",
        "another empty insurance vault",
    ]
    .map(to)
    .into_iter()
    .filter(|(_, gift)| *gift == payment)
    .collect()
}

/// What the insurance fund's ledger has paid.
fn unstaked(stage: &Stage, before: &Snapshot) -> u64 {
    let fund = before.account(&stage.named("insurance fund")).expect("a fund");
    let fund = jettison_client::account::<InsuranceFund>(&fund.data).expect("a fund");
    fund.ledger.assets.0 - stage.scene.insurance()
}
