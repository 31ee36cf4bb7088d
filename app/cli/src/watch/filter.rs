//! Which events are shown, and that each is shown once.

use std::collections::{HashSet, VecDeque};

use anchor_lang::prelude::Pubkey;
use jettison_client::{describe, AnyEvent, Data};
use solana_signature::Signature;

/// The name of an event, however it is capitalized.
pub fn parse_kind(text: &str) -> Result<String, String> {
    let known = AnyEvent::NAMES.iter().find(|name| name.eq_ignore_ascii_case(text));
    known
        .map(|name| (*name).to_owned())
        .ok_or_else(|| format!("there is no event {text:?}: they are {}", AnyEvent::NAMES.join(", ")))
}

/// How many transactions are remembered, so that none is shown twice.
const REMEMBERED: usize = 16_384;

/// Which events are shown.
pub struct Filter {
    /// Accounts that an event must name one of; none for all.
    pub accounts: Vec<Pubkey>,
    /// Markets that it must be of; none for all.
    pub markets: Vec<u16>,
    /// Names that it must have; none for all.
    pub kinds: Vec<String>,
}

impl Filter {
    /// Whether an event is shown.
    pub fn passes(&self, event: &AnyEvent) -> bool {
        let fields = Data::Fields(describe(event));
        let kind = self.kinds.is_empty() || self.kinds.iter().any(|kind| kind == event.name());
        let account = self.accounts.is_empty() || names_any(&fields, &self.accounts);
        let market = self.markets.is_empty() || is_of_market(&fields, &self.markets);
        kind && account && market
    }
}

fn names_any(data: &Data, accounts: &[Pubkey]) -> bool {
    match data {
        Data::Address(key) => accounts.contains(key),
        Data::List(all) => all.iter().any(|one| names_any(one, accounts)),
        Data::Fields(fields) => fields.iter().any(|(_, one)| names_any(one, accounts)),
        _ => false,
    }
}

fn is_of_market(data: &Data, markets: &[u16]) -> bool {
    let named = |number: &i64| u16::try_from(*number).is_ok_and(|index| markets.contains(&index));
    match data {
        Data::List(all) => all.iter().any(|one| is_of_market(one, markets)),
        Data::Fields(fields) => fields.iter().any(|(name, one)| match one {
            // `index` is what events that make a market call it.
            Data::Small(number) if matches!(name.as_str(), "market_index" | "index") => named(number),
            other => is_of_market(other, markets),
        }),
        _ => false,
    }
}

/// What was seen, so that nothing comes twice: transactions arrive once for each address that they mention.
#[derive(Default)]
pub struct Seen {
    order: VecDeque<(Signature, bool)>,
    all: HashSet<(Signature, bool)>,
}

impl Seen {
    /// Whether it is new.
    pub fn note(&mut self, signature: Signature, program_wide: bool) -> bool {
        let key = (signature, program_wide);
        if !self.all.insert(key) {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > REMEMBERED {
            if let Some(oldest) = self.order.pop_front() {
                self.all.remove(&oldest);
            }
        }
        true
    }

    /// Whether a transaction was shown by way of the clearinghouse or a market.
    pub fn has(&self, signature: &Signature) -> bool {
        self.all.contains(&(*signature, false))
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.order.len()
    }
}

#[cfg(test)]
mod tests {
    use clearing::events::{AccountSettled, LegSettled, Marked};

    use super::*;

    fn settled() -> (AnyEvent, Pubkey) {
        let account = Pubkey::new_unique();
        let leg = LegSettled {
            market_index: 3,
            price: 1,
            marked: Marked { variation: 0, haircut: 0 },
            cash: 0,
            unsettled: 0,
            drained: false,
            closed: 0,
            lapsed: 0,
        };
        let event = AccountSettled {
            margin_account: account,
            equity: 0,
            maintenance: 0,
            capital_before: 0,
            capital_after: 0,
            legs: vec![leg],
        };
        (AnyEvent::AccountSettled(event), account)
    }

    #[test]
    fn a_filter_looks_at_accounts_markets_and_kinds_also_within_legs() {
        let (event, account) = settled();
        let filter = |accounts: &[Pubkey], markets: &[u16], kinds: &[&str]| {
            let kinds = kinds.iter().map(|kind| parse_kind(kind).unwrap()).collect();
            Filter { accounts: accounts.to_vec(), markets: markets.to_vec(), kinds }.passes(&event)
        };
        assert!(filter(&[], &[], &[]));
        assert!(filter(&[account], &[1, 3], &["accountsettled", "Liquidated"]));
        assert!(!filter(&[Pubkey::new_unique()], &[], &[]));
        assert!(!filter(&[], &[1], &[]));
        assert!(!filter(&[], &[], &["Liquidated"]));
        assert!(parse_kind("Nothing").unwrap_err().contains("AccountSettled"));
    }

    #[test]
    fn a_transaction_is_shown_once_and_the_memory_of_it_is_bounded() {
        let mut seen = Seen::default();
        let signature = |number: usize| {
            let mut bytes = [0; 64];
            bytes[..8].copy_from_slice(&number.to_le_bytes());
            Signature::from(bytes)
        };
        assert!(seen.note(signature(0), false) && seen.note(signature(0), true));
        assert!(!seen.note(signature(0), false));
        for number in 1..=REMEMBERED {
            seen.note(signature(number), false);
        }
        assert_eq!((seen.order.len(), seen.all.len()), (REMEMBERED, REMEMBERED));
    }
}
