//! Accounts that are something else than what a migration takes.

use anchor_lang::error::ErrorCode;
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::error::ClearingError;
use jettison_embedded::Account;
use jettison_tests::Foreign;

use super::on_former;
use super::scene::Former;

on_former!(
    accounts_of_another_clearinghouse_are_refused,
    an_account_of_another_program_is_refused,
    an_account_of_another_type_or_size_is_refused,
    an_account_of_another_version_byte_is_refused,
    only_the_custodys_own_address_will_do,
    the_payer_signs,
    no_other_account_will_do_in_any_place,
);

/// Where the accounts of the clearinghouse, of a market and of a margin account name their clearinghouse.
const MARKETS_HOUSE: usize = 8 + 16;
const ACCOUNTS_HOUSE: usize = 8 + 8;

/// The steps that the state allows, and the place in each of the account that migrates.
fn steps(former: &Former) -> [(&'static str, Instruction, usize); 2] {
    [("market_0", former.migrate_market(0), 2), ("idle", former.migrate_account("idle"), 2)]
}

/// Puts a changed copy of an account at a new address.
fn copy(former: &mut Former, name: &str, change: impl FnOnce(&mut Account)) -> Pubkey {
    let mut account = former.golden.account(name).clone();
    change(&mut account);
    let key = former.scene.key();
    former.scene.at.chain.set_account(&key, account);
    key
}

fn accounts_of_another_clearinghouse_are_refused(mut former: Former) {
    let foreign = Foreign::open(&mut former.scene).venue;
    // Another's fund would set another base.
    let mut mixed = former.migrate_clearinghouse();
    mixed.accounts[2].pubkey = foreign.insurance_fund;
    former.scene.refuse(mixed, ClearingError::ForeignAccount);
    former.attempt(&former.migrate_clearinghouse());
    let refusals = [ClearingError::ForeignMarket, ClearingError::ForeignAccount];
    let houses = [MARKETS_HOUSE, ACCOUNTS_HOUSE];
    for ((name, step, place), (refusal, house)) in
        steps(&former).into_iter().zip(refusals.into_iter().zip(houses))
    {
        let theirs = foreign.clearinghouse.to_bytes();
        let key = copy(&mut former, name, |account| account.data[house..house + 32].copy_from_slice(&theirs));
        let mut mixed = step;
        mixed.accounts[place].pubkey = key;
        former.scene.refuse(mixed, refusal);
    }
    let mut mixed = former.migrate_account("idle");
    mixed.accounts[1].pubkey = foreign.custody;
    former.scene.refuse(mixed, ClearingError::ForeignAccount);
    // Its own clearinghouse and custody, but another's account.
    let mut mixed = former.migrate_account("idle");
    mixed.accounts[0].pubkey = foreign.clearinghouse;
    mixed.accounts[1].pubkey = foreign.custody;
    former.scene.refuse(mixed, ClearingError::ForeignAccount);
    former.attempt(&former.migrate_market(1));
    let mut mixed = former.migrate_account("winner");
    mixed.accounts[3].pubkey = foreign.market(0);
    former.scene.refuse(mixed, ClearingError::ForeignMarket);
}

fn an_account_of_another_program_is_refused(mut former: Former) {
    let other = Pubkey::new_from_array([9; 32]);
    let house = copy(&mut former, "clearinghouse", |account| account.owner = other);
    let mut step = former.migrate_clearinghouse();
    step.accounts[1].pubkey = house;
    step.accounts[3].pubkey = custody_of(&house);
    former.scene.refuse(step, ErrorCode::AccountOwnedByWrongProgram);
    former.attempt(&former.migrate_clearinghouse());
    for (name, mut step, place) in steps(&former) {
        step.accounts[place].pubkey = copy(&mut former, name, |account| account.owner = other);
        former.scene.refuse(step, ErrorCode::AccountOwnedByWrongProgram);
    }
}

fn custody_of(clearinghouse: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[clearing::seeds::CUSTODY, clearinghouse.as_ref()], &clearing::ID).0
}

fn an_account_of_another_type_or_size_is_refused(mut former: Former) {
    let mut step = former.migrate_clearinghouse();
    let market = former.golden.address("market_0");
    step.accounts[1].pubkey = market;
    step.accounts[3].pubkey = custody_of(&market);
    former.scene.refuse(step, ErrorCode::AccountDiscriminatorMismatch);
    former.attempt(&former.migrate_clearinghouse());
    for (name, step, place) in steps(&former) {
        for other in ["clearinghouse", "insurance_fund", "short", "market_1"] {
            let kind = |name: &str| former.golden.account(name).data[..8].to_vec();
            if kind(other) == kind(name) {
                continue;
            }
            let mut attack = step.clone();
            attack.accounts[place].pubkey = former.golden.address(other);
            former.scene.refuse(attack, ErrorCode::AccountDiscriminatorMismatch);
        }
        let sizes: [fn(&mut Account); 2] =
            [|account| account.data.push(0), |account| account.data.truncate(account.data.len() - 1)];
        for size in sizes {
            let mut attack = step.clone();
            attack.accounts[place].pubkey = copy(&mut former, name, size);
            former.scene.refuse(attack, ErrorCode::AccountDidNotDeserialize);
        }
        let mut attack = step.clone();
        attack.accounts[place].pubkey = copy(&mut former, name, |account| account.data.clear());
        former.scene.refuse(attack, ErrorCode::AccountDiscriminatorMismatch);
    }
}

fn an_account_of_another_version_byte_is_refused(mut former: Former) {
    former.attempt(&former.migrate_clearinghouse());
    for (name, mut step, place) in steps(&former) {
        step.accounts[place].pubkey = copy(&mut former, name, |account| account.data[8] = 2);
        former.scene.refuse(step, ClearingError::WrongVersion);
    }
}

fn only_the_custodys_own_address_will_do(mut former: Former) {
    let mut step = former.migrate_clearinghouse();
    step.accounts[3].pubkey = former.scene.key();
    former.scene.refuse(step, ErrorCode::ConstraintSeeds);
}

fn the_payer_signs(mut former: Former) {
    let mut step = former.migrate_clearinghouse();
    step.accounts[0].is_signer = false;
    former.scene.refuse(step, ErrorCode::AccountNotSigner);
    former.attempt(&former.migrate_clearinghouse());
    let mut step = former.migrate_market(0);
    step.accounts[0].is_signer = false;
    former.scene.refuse(step, ErrorCode::AccountNotSigner);
}

fn no_other_account_will_do_in_any_place(mut former: Former) {
    let foreign = Foreign::open(&mut former.scene);
    let venue = &foreign.venue;
    let mut cast: Vec<Pubkey> = former.golden.addresses().collect();
    cast.extend([venue.clearinghouse, venue.custody, venue.insurance_fund, venue.market(0)]);
    cast.extend([foreign.trader.address, former.scene.at.venue.custody, clearing::ID, former.scene.key()]);
    let mut refused = 0;
    let plan = ["clearinghouse", "market_0", "market_1", "short", "winner", "idle"];
    for name in plan {
        let step = match name {
            "clearinghouse" => former.migrate_clearinghouse(),
            "market_0" => former.migrate_market(0),
            "market_1" => former.migrate_market(1),
            _ => former.migrate_account(name),
        };
        let before = former.scene.snapshot();
        // Whoever signs may pay.
        let places = (0..step.accounts.len()).filter(|place| step.accounts[*place].pubkey != former.payer);
        for place in places {
            for other in cast.iter().filter(|other| **other != step.accounts[place].pubkey) {
                let mut attack = step.clone();
                attack.accounts[place].pubkey = *other;
                if former.scene.attempt(&[attack]).is_ok() {
                    // The other market and the other account of the first version are somebody's own honest step.
                    let changed = before.changed(&former.scene.at.chain);
                    assert!(changed.contains(other), "{name}: {other} in place {place}");
                    before.restore(&mut former.scene.at.chain);
                } else {
                    assert!(before.changed(&former.scene.at.chain).is_empty(), "{name}: {other} in place {place}");
                    refused += 1;
                }
            }
        }
        former.attempt(&step);
    }
    assert!(refused > 500, "only {refused}");
}
