//! What an account's and the insurance fund's transactions tell of haircuts. Every bankruptcy names the insurance fund, and
//! few other transactions do, so its history is where the losses are found.

use anchor_lang::prelude::Pubkey;
use clearing::events::{LegResolved, Marked};
use jettison_client::AnyEvent;
use jettison_engine::Direction;
use jettison_rpc::Past;

/// Which transaction, and which of its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The transaction's signature.
    pub signature: String,
    /// Its slot.
    pub slot: u64,
    /// When, in Unix seconds, if the server knows.
    pub time: Option<i64>,
    /// The event's number in the transaction.
    pub event: usize,
}

impl Place {
    /// Whether it came first, as far as can be told: of two transactions in one slot it can't be, and then it counts as
    /// earlier.
    pub fn is_before(&self, other: &Self) -> bool {
        if self.signature == other.signature {
            return self.event < other.event;
        }
        self.slot <= other.slot
    }
}

/// A leg was marked: what it had pending became part of what it is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where that is on the chain.
    pub place: Place,
    /// In which market.
    pub market: u16,
    /// What happened, for people.
    pub cause: &'static str,
    /// What the mark brought; none where the event doesn't say: those that took a position over are marked without report.
    pub marked: Option<Marked>,
    /// Whether the leg may have other shares since.
    pub changed_shares: bool,
}

/// A bankrupt account's leg was resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Where that is on the chain.
    pub place: Place,
    /// Whose.
    pub bankrupt: Pubkey,
    /// What became of the leg.
    pub leg: LegResolved,
}

impl Loss {
    /// A side's loss index afterwards.
    pub fn index(&self, side: Direction) -> u128 {
        match side {
            Direction::Long => self.leg.long_loss_index,
            Direction::Short => self.leg.short_loss_index,
        }
    }
}

/// The marks of an account's legs, in the order of the transactions, but within one from its last event to its first.
pub fn marks(account: &Pubkey, transactions: &[Past]) -> Vec<Mark> {
    let mut marks = vec![];
    for (place, event) in each(transactions) {
        let mut add = |market, cause, marked, changed_shares| {
            marks.push(Mark { place: place.clone(), market, cause, marked, changed_shares });
        };
        match event {
            AnyEvent::AccountSettled(settled) if settled.margin_account == *account => {
                for leg in &settled.legs {
                    let closed = leg.drained || leg.closed > 0;
                    add(leg.market_index, "settled", Some(leg.marked), closed);
                }
            }
            AnyEvent::TradeSettled(trade) => {
                for side in [&trade.buyer, &trade.seller] {
                    if side.margin_account == *account {
                        add(trade.market_index, "traded", Some(side.marked), true);
                    }
                }
            }
            AnyEvent::Liquidated(liquidated) if liquidated.size > 0 => {
                if liquidated.liquidatee == *account {
                    add(liquidated.market_index, "liquidated", Some(liquidated.marked), true);
                } else if liquidated.liquidator == *account {
                    add(liquidated.market_index, "took a position over", None, true);
                }
            }
            AnyEvent::Deleveraged(one) if one.eligible && one.margin_account == *account => {
                add(one.market_index, "deleveraged", Some(one.marked), true);
            }
            AnyEvent::BankruptcyResolved(resolved) => {
                for leg in &resolved.legs {
                    if resolved.margin_account == *account {
                        add(leg.market_index, "resolved as bankrupt", Some(leg.marked), true);
                    } else if resolved.taken_over && resolved.caller_account == Some(*account) {
                        add(leg.market_index, "took a position over", None, true);
                    }
                }
            }
            _ => {}
        }
    }
    marks
}

/// The legs of bankrupt accounts in one market, in the order in which they were resolved: indices never fall.
pub fn losses(market: u16, transactions: &[Past]) -> Vec<Loss> {
    let mut losses = vec![];
    for (place, event) in each(transactions) {
        if let AnyEvent::BankruptcyResolved(resolved) = event {
            for leg in resolved.legs.iter().filter(|leg| leg.market_index == market) {
                let bankrupt = resolved.margin_account;
                losses.push(Loss { place: place.clone(), bankrupt, leg: leg.clone() });
            }
        }
    }
    losses.sort_by_key(|loss| (loss.leg.long_loss_index, loss.leg.short_loss_index));
    losses
}

/// The events of transactions that come newest first, each transaction's last event first.
fn each(transactions: &[Past]) -> impl Iterator<Item = (Place, &AnyEvent)> {
    transactions.iter().flat_map(|past| {
        past.events.iter().enumerate().rev().map(|(event, report)| {
            let (signature, slot, time) = (past.signature.to_string(), past.slot, past.time);
            (Place { signature, slot, time, event }, report)
        })
    })
}
