//! Events of margin accounts and trades.

use anchor_lang::prelude::*;
use jettison_engine::TradeSide;

use super::{Fees, Marked};

/// A margin account was opened.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarginAccountOpened {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The margin account.
    pub margin_account: Pubkey,
    /// Its owner.
    pub authority: Pubkey,
    /// Its number among the owner's.
    pub id: u16,
}

/// A margin account was closed.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarginAccountClosed {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The margin account.
    pub margin_account: Pubkey,
    /// Its owner.
    pub authority: Pubkey,
    /// Unpaid claims that the owner gave up.
    pub waived: u64,
}

/// A margin account's delegate changed.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegateSet {
    /// The margin account.
    pub margin_account: Pubkey,
    /// The delegate before.
    pub delegate_before: Pubkey,
    /// The delegate after.
    pub delegate_after: Pubkey,
}

/// Capital came in.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposited {
    /// The margin account.
    pub margin_account: Pubkey,
    /// Who paid.
    pub depositor: Pubkey,
    /// How much.
    pub amount: u64,
    /// Capital before.
    pub capital_before: u64,
    /// Capital after.
    pub capital_after: u64,
}

/// Capital went out, or into the queue.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The margin account.
    pub margin_account: Pubkey,
    /// The token account that receives it.
    pub to: Pubkey,
    /// How much.
    pub amount: u64,
    /// Capital before.
    pub capital_before: u64,
    /// Capital after.
    pub capital_after: u64,
    /// Its place in the queue, if the throttle didn't let it out at once: then the tokens are still in the vault.
    pub queued_place: Option<u64>,
}

/// A queued withdrawal was served, or given back because its token account can't receive.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawalServed {
    /// The margin account.
    pub margin_account: Pubkey,
    /// The token account.
    pub to: Pubkey,
    /// Its place in the queue.
    pub place: u64,
    /// Paid out.
    pub paid: u64,
    /// Given back to capital.
    pub returned: u64,
    /// Still waiting of it.
    pub left: u64,
    /// Still waiting in the whole queue.
    pub queued_in_all: u64,
}

/// One account's part in a trade.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub struct TradeSideSettled {
    /// The margin account.
    pub margin_account: Pubkey,
    /// Contracts closed.
    pub closed: u64,
    /// Contracts opened.
    pub opened: u64,
    /// The trading fee.
    pub fee: u64,
    /// What marking the leg brought.
    pub marked: Marked,
    /// Capital before.
    pub capital_before: u64,
    /// Capital after.
    pub capital_after: u64,
}

impl TradeSideSettled {
    pub(crate) fn new(
        margin_account: Pubkey,
        capital_before: u64,
        ledger: &jettison_engine::MarginAccount,
        side: &TradeSide,
    ) -> Self {
        Self {
            margin_account,
            closed: side.fill.closed.0,
            opened: side.fill.opened.0,
            fee: side.fee.0,
            marked: side.marked.into(),
            capital_before,
            capital_after: ledger.capital.0,
        }
    }
}

/// A trade was settled.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeSettled {
    /// The market.
    pub market_index: u16,
    /// Contracts.
    pub size: u64,
    /// The trade's price.
    pub price: u64,
    /// The market's effective price.
    pub effective_price: u64,
    /// `(price − effective price) × size`, paid by the buyer to the seller.
    pub premium: i64,
    /// Contracts open on each side after.
    pub open_interest: u64,
    /// The buyer's part.
    pub buyer: TradeSideSettled,
    /// The seller's part.
    pub seller: TradeSideSettled,
    /// Where the fees went.
    pub fees: Fees,
}
