//! Substitutions that go through because they may.

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
]);

pub const RULES: &[Rule] = &[
    ("create_market", "oracle", Only(&["feed 1"]), "the authority chooses the feed"),
    ("close_margin_account", "receiver", AllBut(&["idle"]), "the owner chooses who gets the rent"),
    ("close_margin_account, waiving", "receiver", AllBut(&["idle"]), "the owner chooses who gets the rent"),
    (
        "close_margin_account, waiving",
        "market",
        Only(&["market 1"]),
        "an authentic market that isn't needed is only borrowed",
    ),
    ("deposit", "margin_account", ACCOUNTS, "anyone may deposit for anyone"),
    (
        "withdraw",
        "to",
        TOKEN_ACCOUNTS,
        "the owner chooses; to a vault it is a donation, and to the margin vault itself it is refused",
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
    ("sweep_fees", "market", Only(&["market 1"]), "anyone may sweep any market"),
    ("sweep_fees", "fee_account", Only(&["treasury"]), "it is the fee authority's too"),
];

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
