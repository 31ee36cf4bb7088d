use anchor_lang::prelude::Pubkey;
use jettison_embedded::{Account, Chain};
use std::collections::BTreeMap;

/// Accounts as they stood.
#[derive(Clone, Debug)]
pub struct Snapshot(BTreeMap<Pubkey, Option<Account>>);

impl Snapshot {
    /// Takes the accounts of `keys`.
    pub fn take<'a>(chain: &Chain, keys: impl IntoIterator<Item = &'a Pubkey>) -> Self {
        let account = |key: &Pubkey| chain.account(key).filter(|account| account.lamports > 0);
        Self(keys.into_iter().map(|key| (*key, account(key))).collect())
    }

    /// The accounts that are not as they were.
    pub fn changed(&self, chain: &Chain) -> Vec<Pubkey> {
        let now = Self::take(chain, self.0.keys());
        let differs = |key: &&Pubkey| self.0[*key] != now.0[*key];
        self.0.keys().filter(differs).copied().collect()
    }

    /// Puts back the accounts that changed.
    pub fn restore(&self, chain: &mut Chain) {
        for key in self.changed(chain) {
            chain.set_account(&key, self.0[&key].clone().unwrap_or_default());
        }
    }

    /// One account.
    pub fn account(&self, key: &Pubkey) -> Option<&Account> {
        self.0.get(key)?.as_ref()
    }
}
