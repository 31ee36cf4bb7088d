//! Substitutions that go through because they may.

use std::collections::BTreeSet;

/// Which substitutes a rule permits.
pub enum Substitutes {
    Only(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

use Substitutes::{AllBut, Only};

/// Instruction, slot, substitutes, and why.
pub type Rule = (&'static str, &'static str, Substitutes, &'static str);

const ACCOUNTS: Substitutes = Only(&["broke", "weak", "rich", "keeper", "idle"]);

const TOKEN_ACCOUNTS: Substitutes = Only(&[
    "insurance vault",
    "treasury",
    "fee account",
    "keeper's wallet",
    "foreign margin vault",
    "foreign insurance vault",
    "foreign fee account",
    "empty margin vault",
    "empty insurance vault",
    "another empty margin vault",
    "another empty insurance vault",
    "retiree's wallet",
]);

const STAKED_TO: Substitutes = Only(&[
    "margin vault",
    "treasury",
    "fee account",
    "rich's wallet",
    "foreign margin vault",
    "foreign insurance vault",
    "foreign fee account",
    "empty margin vault",
    "empty insurance vault",
    "another empty margin vault",
    "another empty insurance vault",
    "retiree's wallet",
]);

pub const RULES: &[Rule] = &[
    ("create_market", "oracle", Only(&["feed 1"]), "the authority chooses the feed"),
    ("change_market", "market", Only(&["market 1"]), "the authority may change any of its markets"),
    (
        "change_market",
        "oracle",
        AllBut(&[]),
        "the authority chooses; it must be a good oracle when the change is put in force",
    ),
    ("cancel_market_change", "signer", Only(&["guardian"]), "either may cancel"),
    ("cancel_market_change, by the guardian", "signer", Only(&["authority"]), "either may cancel"),
    ("cancel_clearinghouse_change", "signer", Only(&["guardian"]), "either may cancel"),
    ("cancel_clearinghouse_change, by the guardian", "signer", Only(&["authority"]), "either may cancel"),
    ("schedule_settlement", "market", Only(&["market 1"]), "the authority may wind any of its markets down"),
    ("close_market", "receiver", AllBut(&["market 2"]), "the authority chooses who gets the rent"),
    ("close_market", "fee_account", Only(&["treasury"]), "it is the fee authority's too"),
    (
        "close_clearinghouse",
        "receiver",
        AllBut(&[
            "empty clearinghouse",
            "empty insurance fund",
            "empty custody",
            "empty margin vault",
            "empty insurance vault",
        ]),
        "the authority chooses who gets the rent",
    ),
    ("close_margin_account", "receiver", AllBut(&["idle"]), "the owner chooses who gets the rent"),
    ("close_margin_account, waiving", "receiver", AllBut(&["idle"]), "the owner chooses who gets the rent"),
    (
        "close_margin_account, waiving",
        "market",
        Only(&["market 1", "market 2"]),
        "an authentic market that isn't needed is only borrowed",
    ),
    ("deposit", "margin_account", ACCOUNTS, "anyone may deposit for anyone"),
    (
        "withdraw",
        "to",
        TOKEN_ACCOUNTS,
        "the owner chooses; to a vault it is a donation, and to the margin vault itself it is refused",
    ),
    (
        "withdraw, behind others",
        "to",
        TOKEN_ACCOUNTS,
        "the owner chooses; to a vault it will be a donation, and to the margin vault itself it is refused",
    ),
    ("accrue_market", "market", Only(&["foreign market"]), "it has the same feed, and anyone may accrue"),
    ("liquidate", "liquidatee", Only(&["rich", "idle"]), "healthy: nothing happens"),
    ("deleverage", "margin_account", Only(&["rich", "idle"]), "healthy: nothing happens"),
    ("deleverage", "bounty_account", ACCOUNTS, "the caller chooses who gets the bounty"),
    ("deleverage", "bounty_account", Only(&["clearing program"]), "which stands for no account"),
    (
        "resolve_bankruptcy, by anyone",
        "caller",
        AllBut(&[]),
        "anyone who signs, and nobody else can be put there",
    ),
    (
        "resolve_bankruptcy",
        "caller_account",
        Only(&["clearing program"]),
        "which stands for no account: the caller forgoes the bounty",
    ),
    (
        "resolve_bankruptcy, taking over",
        "caller_account",
        Only(&["clearing program"]),
        "which stands for no account: the caller forgoes the bounty",
    ),
    ("settle_account", "margin_account", ACCOUNTS, "anyone may settle anyone"),
    ("sweep_fees", "market", Only(&["market 1", "market 2"]), "anyone may sweep any market"),
    ("sweep_fees", "fee_account", Only(&["treasury"]), "it is the fee authority's too"),
    ("unstake", "to", STAKED_TO, "the staker chooses; to another vault it is a donation"),
    ("close_stake", "receiver", AllBut(&["idle's stake"]), "the staker chooses who gets the rent"),
];

/// What was done to an account that is in its right place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoiled {
    /// Another program owns it.
    Owner,
    /// It is of another type or size.
    Form,
}

/// Instruction, slot, what was done to the account there, and why the instruction goes through.
pub const SPOILED: &[(&str, &str, &[Spoiled], &str)] = &[
    ("change_market", "oracle", BOTH, "it is read when the change is put in force"),
    ("accrue_market", "oracle", BOTH, "the market's own oracle, though unreadable: the market is suspended"),
    ("begin_settlement", "oracle", BOTH, "a scheduled wind-down needs no usable oracle"),
    ("serve_withdrawal", "destination", BOTH, "it can't receive: the money goes back to capital"),
    (
        "serve_withdrawal, giving back",
        "destination",
        BOTH,
        "it can't receive: the money goes back to capital",
    ),
    ("serve_withdrawal, giving back", "margin_vault", BOTH, "no token moves, and its address is recorded"),
    ("serve_withdrawal, giving back", "quote_mint", FORM, "no token moves, and its address is recorded"),
    ("withdraw, behind others", "margin_vault", BOTH, "no token moves, and its address is recorded"),
    ("withdraw, behind others", "quote_mint", FORM, "no token moves, and its address is recorded"),
];

const BOTH: &[Spoiled] = &[Spoiled::Owner, Spoiled::Form];
const FORM: &[Spoiled] = &[Spoiled::Form];

/// The number of the rule that permits a spoiled account, if one does.
pub fn spoiled_rule(instruction: &str, slot: &str, spoiled: Spoiled) -> Option<usize> {
    SPOILED.iter().position(|(rule_instruction, rule_slot, kinds, _)| {
        *rule_instruction == instruction && *rule_slot == slot && kinds.contains(&spoiled)
    })
}

/// The numbers of the rules for a way to spoil.
pub fn spoiled_rules(spoiled: Spoiled) -> BTreeSet<usize> {
    (0..SPOILED.len()).filter(|rule| SPOILED[*rule].2.contains(&spoiled)).collect()
}

/// The number of the rule that permits a substitute, if one does.
pub fn rule(instruction: &str, slot: &str, substitute: &str) -> Option<usize> {
    RULES.iter().position(|(rule_instruction, rule_slot, substitutes, _)| {
        *rule_instruction == instruction
            && *rule_slot == slot
            && match substitutes {
                Only(these) => these.contains(&substitute),
                AllBut(these) => !these.contains(&substitute),
            }
    })
}
