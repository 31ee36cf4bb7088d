//! What the book takes of the chain's accounts.

use anchor_lang::prelude::Pubkey;
use clearing::state;
use jettison_engine::{MarginAccount, Market, QueuedWithdrawal};

/// What the keeper needs of a market's account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MarketState {
    /// Its address.
    pub address: Pubkey,
    /// Its oracle's address.
    pub oracle: Pubkey,
    /// When its scheduled wind-down may begin, in Unix seconds; zero if none is scheduled.
    pub settlement_ready_ts: i64,
    /// The clearinghouse's revision that this was scheduled against: void against any other.
    pub settlement_revision: u64,
    /// The engine's part.
    pub book: Market,
}

impl MarketState {
    /// From the program's account.
    pub fn of(address: Pubkey, market: &state::Market) -> Self {
        Self {
            address,
            oracle: market.oracle,
            settlement_ready_ts: market.settlement_ready_ts,
            settlement_revision: market.queued_clearinghouse_revision,
            book: market.book,
        }
    }
}

/// What the keeper needs of a margin account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountState {
    /// Capital and legs.
    pub ledger: MarginAccount,
    /// Its place in the withdrawal queue.
    pub queued: QueuedWithdrawal,
    /// The token account that the queued withdrawal goes to.
    pub destination: Pubkey,
}

impl From<&state::MarginAccount> for AccountState {
    fn from(account: &state::MarginAccount) -> Self {
        Self { ledger: account.ledger, queued: account.queued, destination: account.destination }
    }
}
