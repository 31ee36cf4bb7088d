//! Who owes most to a market's pool.

use core::cmp::Reverse;

use anchor_lang::prelude::Pubkey;
use jettison_engine::{MarginAccount, Market, MarketIndex};

use super::accounts::Account;
use super::{AccountId, Book};

impl Book {
    /// The `most` accounts that owe most to a market's pool in its view, whoever owes most first. Looks at every account, so
    /// it is for when a pool is found short.
    pub fn debtors(&self, market: MarketIndex, most: usize) -> Vec<(Pubkey, MarginAccount)> {
        let Some(view) = self.markets.view(market) else { return vec![] };
        let owes = |(id, account): (AccountId, &Account)| Some((Reverse(debt(account, view)?), id));
        let mut debtors: Vec<_> = self.accounts.iter().filter_map(owes).collect();
        if debtors.len() > most {
            debtors.select_nth_unstable(most);
            debtors.truncate(most);
        }
        debtors.sort_unstable();
        let found = debtors.into_iter().filter_map(|(_, id)| self.account(id));
        found.map(|(address, ledger, _)| (address, ledger)).collect()
    }
}

/// What an account owes to a market, in atoms; none if nothing.
fn debt(account: &Account, market: &Market) -> Option<u64> {
    let leg = account.legs().find(|leg| leg.market == market.index)?;
    let pending = leg.pending(market.side(leg.direction())).ok()?.net().ok()?;
    let claim = leg.unsettled.plus(pending).ok()?;
    claim.is_negative().then_some(claim.debt().0)
}
