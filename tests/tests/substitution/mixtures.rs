//! Accounts of two clearinghouses and several owners mixed in every way that fits their kinds. Some mixtures are
//! somebody's own honest instruction; so the test is what they do: whatever goes through, the invariants hold and
//! nobody who didn't sign is poorer.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::state::MarginAccount;
use jettison_tests::{accounts_of, on_elf, Held, Scene, Snapshot};
use std::collections::BTreeMap;

use super::stage::Stage;
use super::{begin, table::Row};

on_elf!(no_mixture_of_two_clearinghouses_does_harm, no_mixture_of_two_substitutes_of_the_same_kind_does_harm,);

/// What each clearinghouse has of its own, side by side.
const COUNTERPARTS: &[(&str, &str)] = &[
    ("clearinghouse", "foreign clearinghouse"),
    ("insurance fund", "foreign insurance fund"),
    ("margin vault", "foreign margin vault"),
    ("insurance vault", "foreign insurance vault"),
    ("market 0", "foreign market"),
    ("fee account", "foreign fee account"),
    ("authority", "foreign authority"),
    ("keeper", "foreign trader"),
    ("rich", "foreign trader"),
    ("weak", "foreign trader"),
    ("broke", "foreign trader"),
    ("idle", "foreign trader"),
    ("keeper's owner", "foreign owner"),
    ("rich's owner", "foreign owner"),
    ("idle's owner", "foreign owner"),
];

/// Accounts that could be taken for each other.
const KINDS: &[&[&str]] = &[
    &["clearinghouse", "foreign clearinghouse"],
    &["insurance fund", "foreign insurance fund"],
    &[
        "margin vault",
        "insurance vault",
        "treasury",
        "fee account",
        "keeper's wallet",
        "rich's wallet",
        "foreign margin vault",
        "foreign insurance vault",
        "foreign fee account",
    ],
    &["market 0", "market 1", "foreign market"],
    &["broke", "weak", "rich", "keeper", "idle", "foreign trader"],
    &[
        "authority",
        "foreign authority",
        "foreign owner",
        "rich's owner",
        "keeper's owner",
        "idle's owner",
        "newcomer",
        "sponsor",
    ],
    &["feed 0", "feed 1"],
    &["mint", "another mint", "mint of the other token program"],
    &["token program", "the other token program"],
];

/// Wealth by owner: capital of margin accounts and tokens in wallets. The accounts below maintenance are left out:
/// they may be liquidated.
fn wealth(stage: &Stage) -> BTreeMap<Pubkey, u64> {
    let chain = &stage.scene.at.chain;
    let mut wealth = BTreeMap::new();
    for (key, account) in accounts_of::<MarginAccount>(chain, stage.scene.known()) {
        if ![stage.broke.address, stage.weak.address].contains(&key) {
            *wealth.entry(account.authority).or_default() += account.ledger.capital.0;
        }
    }
    let wallets = [
        (stage.keeper_wallet, stage.named("keeper's owner")),
        (stage.rich_wallet, stage.named("rich's owner")),
        (stage.scene.at.treasury, stage.named("authority")),
        (stage.scene.at.fee_account, stage.named("authority")),
        (stage.named("foreign fee account"), stage.named("foreign authority")),
    ];
    for (wallet, owner) in wallets {
        *wealth.entry(owner).or_default() += stage.scene.tokens(&wallet);
    }
    wealth
}

/// Runs a mixture and undoes it; whether it went through, which it may if it does no harm.
fn is_harmless(stage: &mut Stage, before: &Snapshot, row: &Row, mixture: &Instruction) -> bool {
    let was = wealth(stage);
    if stage.scene.attempt(std::slice::from_ref(mixture)).is_err() {
        assert!(before.changed(&stage.scene.at.chain).is_empty(), "{}", row.name);
        return false;
    }
    // Indices that were put back are not indices that fell.
    stage.scene.held = match row.name {
        "withdraw" => Held::of_donations(donations(stage, before)),
        _ => Held::default(),
    };
    stage.scene.check();
    let signers: Vec<Pubkey> =
        mixture.accounts.iter().filter(|meta| meta.is_signer).map(|meta| meta.pubkey).collect();
    for (owner, now) in wealth(stage) {
        let poorer = now < was.get(&owner).copied().unwrap_or(0);
        assert!(!poorer || signers.contains(&owner), "{}: {mixture:?} robs {owner}", row.name);
    }
    before.restore(&mut stage.scene.at.chain);
    true
}

/// A withdrawal straight into a vault is a gift to it, which no ledger records.
fn donations(stage: &Stage, before: &Snapshot) -> BTreeMap<Pubkey, u64> {
    let to = |name| {
        let vault = stage.named(name);
        let tokens = |account: &jettison_embedded::Account| {
            u64::from_le_bytes(account.data[64..72].try_into().expect("an amount"))
        };
        // A foreign vault may also be the one that pays.
        let held = before.account(&vault).map_or(0, tokens);
        (vault, stage.scene.tokens(&vault).saturating_sub(held))
    };
    // One atom is what the table's instructions withdraw; whatever else a vault gains is on a ledger.
    ["insurance vault", "foreign margin vault", "foreign insurance vault"]
        .map(to)
        .into_iter()
        .filter(|(_, gift)| *gift == 1)
        .collect()
}

fn no_mixture_of_two_clearinghouses_does_harm(scene: Scene) {
    let (mut stage, rows, before) = begin(scene);
    let mut tried = 0;
    for row in &rows {
        let swaps: Vec<(usize, Pubkey)> = row
            .instruction
            .accounts
            .iter()
            .enumerate()
            .filter_map(|(index, meta)| {
                let (_, theirs) = COUNTERPARTS.iter().find(|(ours, _)| stage.named(ours) == meta.pubkey)?;
                Some((index, stage.named(theirs)))
            })
            .collect();
        for subset in 1u32..1 << swaps.len() {
            let mut mixture = row.instruction.clone();
            for (bit, (index, theirs)) in swaps.iter().enumerate() {
                if subset >> bit & 1 == 1 {
                    mixture.accounts[*index].pubkey = *theirs;
                }
            }
            is_harmless(&mut stage, &before, row, &mixture);
            tried += 1;
        }
    }
    assert!(tried > 500, "only {tried} mixtures");
}

fn no_mixture_of_two_substitutes_of_the_same_kind_does_harm(scene: Scene) {
    let (mut stage, rows, before) = begin(scene);
    let (mut tried, mut through) = (0, 0);
    for row in &rows {
        let metas = &row.instruction.accounts;
        let choices: Vec<Vec<Pubkey>> = metas.iter().map(|meta| stage.like(&meta.pubkey)).collect();
        for first in 0..metas.len() {
            for second in first + 1..metas.len() {
                for (a, b) in pairs(&choices[first], &choices[second]) {
                    let mut mixture = row.instruction.clone();
                    mixture.accounts[first].pubkey = a;
                    mixture.accounts[second].pubkey = b;
                    tried += 1;
                    through += usize::from(is_harmless(&mut stage, &before, row, &mixture));
                }
            }
        }
    }
    assert!(tried > 3_000, "only {tried} mixtures");
    assert!(through > 20, "only {through} went through: the test tests nothing");
}

fn pairs<'a>(first: &'a [Pubkey], second: &'a [Pubkey]) -> impl Iterator<Item = (Pubkey, Pubkey)> + 'a {
    first.iter().flat_map(|a| second.iter().map(|b| (*a, *b)))
}

impl Stage {
    fn named(&self, name: &str) -> Pubkey {
        let entry = self.cast.iter().find(|(known, _)| *known == name);
        entry.unwrap_or_else(|| panic!("{name} isn't on the stage")).1
    }

    /// The other accounts of a kind.
    fn like(&self, key: &Pubkey) -> Vec<Pubkey> {
        KINDS
            .iter()
            .map(|kind| kind.iter().map(|name| self.named(name)).collect::<Vec<_>>())
            .find(|kind| kind.contains(key))
            .map(|kind| kind.into_iter().filter(|other| other != key).collect())
            .unwrap_or_default()
    }
}
