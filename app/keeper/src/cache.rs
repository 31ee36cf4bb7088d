//! What a keeper knows of the chain, in the order of slots: an update older than what is known is ignored.
//!
//! Markets and margin accounts are the book's; here is the rest, and the way from bytes to both.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use anchor_lang::prelude::{AccountInfo, Pubkey};
use clearing::oracle::{OraclePrice, Reading};
use clearing::state::{Clearinghouse, Custody, InsuranceFund, MarginAccount, Market};
use jettison_engine::{Atoms, MarketIndex};

use crate::book::{AccountState, Applied, Book, MarketState, Oracle, Version};
use crate::input::{Update, Watched};

/// The bytes of a margin account that a keeper needs: its ledger, its queued withdrawal and where that goes.
pub const MARGIN_SLICE: Range<usize> = {
    let start = 8 + core::mem::offset_of!(MarginAccount, ledger);
    let end = 8 + core::mem::offset_of!(MarginAccount, destination) + 32;
    start..end
};

/// The Clock sysvar.
pub const CLOCK: Pubkey = anchor_lang::prelude::pubkey!("SysvarC1ock11111111111111111111111111111111");

const LEDGER: usize = core::mem::size_of::<jettison_engine::MarginAccount>();
const QUEUED: usize = core::mem::size_of::<jettison_engine::QueuedWithdrawal>();
const _: () = assert!(MARGIN_SLICE.end - MARGIN_SLICE.start == LEDGER + QUEUED + 32);

/// An account that isn't decoded: an oracle's, which the program's own readers read.
#[derive(Clone, Debug, Default)]
struct Raw {
    owner: Pubkey,
    data: Vec<u8>,
}

/// What a full reading showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Accounts that were not known as they are.
    pub changed: u64,
    /// Those of them that the stream should have brought before, and didn't.
    pub missed: u64,
}

/// Why an update is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{address} can't be read as {what}: is the program of another version?")]
pub struct Unreadable {
    /// Which account.
    pub address: Pubkey,
    /// What it should be.
    pub what: &'static str,
}

/// The cache.
#[derive(Debug, Default)]
pub struct Cache {
    /// Markets and margin accounts.
    pub book: Book,
    markets: BTreeMap<u16, Market>,
    oracles: HashMap<Pubkey, Raw>,
    slots: HashMap<Pubkey, u64>,
    clearinghouse: Option<Box<Clearinghouse>>,
    now: i64,
    slot: u64,
}

impl Cache {
    /// A market as it was seen last.
    pub fn market(&self, index: MarketIndex) -> Option<&Market> {
        self.markets.get(&index.0)
    }

    /// All markets, by index.
    pub fn markets(&self) -> impl Iterator<Item = &Market> {
        self.markets.values()
    }

    /// The clearinghouse.
    pub fn clearinghouse(&self) -> Option<&Clearinghouse> {
        self.clearinghouse.as_deref()
    }

    /// The chain's time as it was seen last, in Unix seconds; zero before.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// The highest slot heard of.
    pub fn slot(&self) -> u64 {
        self.slot
    }

    /// The slot of the clock that was seen last: how far accounts have come.
    pub fn clock_slot(&self) -> u64 {
        self.slots.get(&CLOCK).copied().unwrap_or(0)
    }

    /// The cluster is at a slot.
    pub fn heard_of(&mut self, slot: u64) {
        self.slot = self.slot.max(slot);
    }

    /// What the program will make of a market's oracle at the chain's time: its price in atoms per contract, or why
    /// there is none. `None` if the oracle's account wasn't seen.
    pub fn reading(&self, market: &Market) -> Option<Reading> {
        self.with_oracle(market, |account| clearing::oracle::read(market, account, self.now).ok())
    }

    /// When a market's oracle published its price, in Unix seconds.
    pub fn published(&self, market: &Market) -> Option<i64> {
        let stated = self.with_oracle(market, |account| clearing::oracle::state(market, account).ok());
        stated.map(|price: OraclePrice| price.publish_ts)
    }

    fn with_oracle<T>(&self, market: &Market, read: impl Fn(&AccountInfo<'_>) -> Option<T>) -> Option<T> {
        let raw = self.oracles.get(&market.oracle)?;
        let (mut lamports, mut data) = (0, raw.data.clone());
        let key = market.oracle;
        read(&AccountInfo::new(&key, false, false, &mut lamports, &mut data, &raw.owner, false))
    }

    /// Looks at every market as `accrue_market` would leave it now.
    pub fn project(&mut self) {
        for market in self.markets.values() {
            let oracle = match self.reading(market) {
                None => Oracle::Unknown,
                Some(Reading::Good(price)) if market.book.accepts(price) => Oracle::Usable(price),
                Some(_) => Oracle::Unusable,
            };
            self.book.quote(market.book.index, oracle, self.now);
        }
        self.book.advance(self.now);
    }

    /// Takes one update of the stream or of a reading.
    ///
    /// # Errors
    /// For bytes that are not what is expected at the address; nothing changes.
    pub fn apply(&mut self, update: &Update) -> Result<Applied, Unreadable> {
        self.heard_of(update.slot);
        let version = Version::at(update.slot);
        match update.kind {
            Watched::Margin => {
                if update.owner != clearing::ID {
                    return Ok(self.book.remove(update.address, version));
                }
                let state = read_margin(&update.data).ok_or(unreadable(update, "a margin account"))?;
                Ok(self.book.apply_account(update.address, Some(&state), version))
            }
            Watched::Market => {
                let market = decode::<Market>(update, "a market")?;
                let applied = self.book.apply_market(&MarketState::of(update.address, &market), version);
                if applied != Applied::Stale {
                    self.markets.insert(market.book.index.0, market);
                }
                Ok(applied)
            }
            _ => self.apply_single(update),
        }
    }

    fn apply_single(&mut self, update: &Update) -> Result<Applied, Unreadable> {
        if self.slots.get(&update.address).is_some_and(|slot| update.slot < *slot) {
            return Ok(Applied::Stale);
        }
        match update.kind {
            Watched::Oracle => {
                self.oracles.insert(update.address, Raw { owner: update.owner, data: update.data.clone() });
            }
            Watched::Clock => {
                self.now = i64::from_le_bytes(field(update, 32, "the clock")?);
            }
            Watched::Vault => {
                self.book.common.margin_vault =
                    Atoms(u64::from_le_bytes(field(update, 64, "a token account")?));
            }
            Watched::Clearinghouse => {
                let account = decode::<Clearinghouse>(update, "a clearinghouse")?;
                self.book.common.apply_clearinghouse(&account);
                self.clearinghouse = Some(Box::new(account));
            }
            Watched::Custody => {
                self.book.common.throttle = decode::<Custody>(update, "custody")?.throttle;
            }
            Watched::Fund => {
                self.book.common.fund = decode::<InsuranceFund>(update, "an insurance fund")?.ledger;
            }
            Watched::Market | Watched::Margin => {}
        }
        self.slots.insert(update.address, update.slot);
        Ok(Applied::Changed)
    }

    /// Takes all markets and margin accounts as of a slot: what isn't among them is gone.
    ///
    /// With `expected`, as at the start and after a gap, differences from what is known are no sign of a fault.
    ///
    /// # Errors
    /// For the first account that can't be read; the rest is taken all the same.
    pub fn reconcile(
        &mut self,
        slot: u64,
        updates: &[Update],
        expected: bool,
    ) -> (Reconciled, Option<Unreadable>) {
        // What the stream may still bring is no difference.
        let delivered = !expected && self.slot > slot.saturating_add(LATE_SLOTS);
        let mut found = Reconciled::default();
        let mut first = None;
        for update in updates {
            match self.apply(update) {
                Ok(Applied::Changed) => found.changed += 1,
                Ok(Applied::Same | Applied::Stale) => {}
                Err(error) => first = first.or(Some(error)),
            }
        }
        let named: HashSet<&Pubkey> = updates.iter().map(|update| &update.address).collect();
        let version = Version::at(slot);
        let gone: Vec<Pubkey> = self
            .book
            .addresses()
            .filter(|(address, seen)| *seen <= version && !named.contains(address))
            .map(|(address, _)| *address)
            .collect();
        for address in gone {
            self.book.remove(address, version);
            // The stream never tells of an account that was closed: nothing was missed.
        }
        if delivered {
            found.missed = found.changed;
        }
        (found, first)
    }
}

/// Slots for which an update may come later than the slot itself.
const LATE_SLOTS: u64 = 2;

/// Reads [`MARGIN_SLICE`] of an account; `None` if the bytes are not of that length.
fn read_margin(slice: &[u8]) -> Option<AccountState> {
    let (ledger, rest) = slice.split_at_checked(LEDGER)?;
    let (queued, destination) = rest.split_at_checked(QUEUED)?;
    Some(AccountState {
        ledger: bytemuck::try_pod_read_unaligned(ledger).ok()?,
        queued: bytemuck::try_pod_read_unaligned(queued).ok()?,
        destination: Pubkey::new_from_array(destination.try_into().ok()?),
    })
}

fn unreadable(update: &Update, what: &'static str) -> Unreadable {
    Unreadable { address: update.address, what }
}

fn decode<T: bytemuck::Pod + anchor_lang::Discriminator>(
    update: &Update,
    what: &'static str,
) -> Result<T, Unreadable> {
    jettison_client::account(&update.data).map_err(|_| unreadable(update, what))
}

fn field(update: &Update, at: usize, what: &'static str) -> Result<[u8; 8], Unreadable> {
    let bytes = update.data.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or(unreadable(update, what))
}
