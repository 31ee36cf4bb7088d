//! Which accounts could be taken for each other.

use anchor_lang::prelude::Pubkey;

use super::stage::Stage;

/// What each clearinghouse has of its own, side by side. The empty one's may be taken for the scene's.
pub const COUNTERPARTS: &[(&str, &str)] = &[
    ("clearinghouse", "foreign clearinghouse"),
    ("insurance fund", "foreign insurance fund"),
    ("custody", "foreign custody"),
    ("margin vault", "foreign margin vault"),
    ("insurance vault", "foreign insurance vault"),
    ("market 0", "foreign market"),
    ("market 1", "foreign market 1"),
    ("market 2", "foreign market 2"),
    ("fee account", "foreign fee account"),
    ("authority", "foreign authority"),
    ("keeper", "foreign trader"),
    ("rich", "foreign trader"),
    ("weak", "foreign trader"),
    ("broke", "foreign broke"),
    ("idle", "foreign trader"),
    ("keeper's stake", "foreign stake"),
    ("idle's stake", "foreign stake"),
    ("keeper's owner", "foreign owner"),
    ("rich's owner", "foreign owner"),
    ("idle's owner", "foreign owner"),
    ("guardian", "foreign authority"),
    ("nominee", "foreign authority"),
    ("empty clearinghouse", "clearinghouse"),
    ("empty insurance fund", "insurance fund"),
    ("empty custody", "custody"),
    ("empty margin vault", "margin vault"),
    ("empty insurance vault", "insurance vault"),
    ("retiree", "authority"),
    ("retiree's wallet", "fee account"),
];

/// Accounts that could be taken for each other.
const KINDS: &[&[&str]] = &[
    &["clearinghouse", "foreign clearinghouse", "empty clearinghouse"],
    &["insurance fund", "foreign insurance fund", "empty insurance fund"],
    &["custody", "foreign custody", "empty custody", "another empty custody"],
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
        "empty margin vault",
        "empty insurance vault",
        "retiree's wallet",
    ],
    &["market 0", "market 1", "market 2", "foreign market", "foreign market 1", "foreign market 2"],
    &["broke", "weak", "rich", "keeper", "idle", "foreign trader", "foreign broke"],
    &["keeper's stake", "idle's stake", "foreign stake"],
    &[
        "authority",
        "foreign authority",
        "foreign owner",
        "rich's owner",
        "keeper's owner",
        "idle's owner",
        "newcomer",
        "sponsor",
        "guardian",
        "nominee",
        "retiree",
    ],
    &["feed 0", "feed 1"],
    &["mint", "another mint", "mint of the other token program"],
    &["token program", "the other token program"],
];

impl Stage {
    pub fn named(&self, name: &str) -> Pubkey {
        let entry = self.cast.iter().find(|(known, _)| *known == name);
        entry.unwrap_or_else(|| panic!("{name} isn't on the stage")).1
    }

    /// The other accounts of a kind.
    pub fn like(&self, key: &Pubkey) -> Vec<Pubkey> {
        KINDS
            .iter()
            .map(|kind| kind.iter().map(|name| self.named(name)).collect::<Vec<_>>())
            .find(|kind| kind.contains(key))
            .map(|kind| kind.into_iter().filter(|other| other != key).collect())
            .unwrap_or_default()
    }
}
