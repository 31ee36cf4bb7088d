//! Tasks, what they touch, and why.

use core::fmt;

use anchor_lang::prelude::Pubkey;
use jettison_engine::{Atoms, Contracts, Direction, MarketIndex, SignedAtoms};

use crate::book::Version;

/// What to do. All but [`Action::Unwind`] are instructions of the clearing program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `accrue_market`.
    Accrue {
        /// The market.
        market: MarketIndex,
    },
    /// `liquidate`: take over part of a position with the keeper's own account.
    Liquidate {
        /// Whose position.
        account: Pubkey,
        /// The market.
        market: MarketIndex,
        /// The most contracts to take over; the program takes no more than restores the account.
        max_contracts: Contracts,
    },
    /// `deleverage`: close a position without a counterparty.
    Deleverage {
        /// Whose position.
        account: Pubkey,
        /// The market.
        market: MarketIndex,
    },
    /// `flag_bankruptcy`.
    FlagBankruptcy {
        /// The bankrupt account.
        account: Pubkey,
    },
    /// `resolve_bankruptcy`, after settling those who owe to its short pools.
    Resolve {
        /// The bankrupt account.
        account: Pubkey,
        /// Accounts to settle before, in the same transaction.
        losers: Vec<Pubkey>,
        /// Whether the keeper's account takes the positions over.
        take_over: bool,
    },
    /// `settle_account`.
    Settle {
        /// The account.
        account: Pubkey,
    },
    /// `sweep_fees`.
    SweepFees {
        /// The market.
        market: MarketIndex,
    },
    /// `serve_withdrawal`.
    ServeWithdrawal {
        /// The first in the queue.
        account: Pubkey,
        /// The token account that its money goes to.
        destination: Pubkey,
    },
    /// `begin_settlement`.
    BeginSettlement {
        /// The market.
        market: MarketIndex,
    },
    /// Reduce the keeper's own position. No instruction does that alone: it needs another who trades, or a takeover of the
    /// opposite position.
    Unwind {
        /// The market.
        market: MarketIndex,
        /// The side that the keeper is on.
        direction: Direction,
        /// Contracts to get rid of.
        size: Contracts,
    },
}

/// An action's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    Accrue,
    Liquidate,
    Deleverage,
    FlagBankruptcy,
    Resolve,
    Settle,
    SweepFees,
    ServeWithdrawal,
    BeginSettlement,
    Unwind,
}

impl Kind {
    /// Its name, as in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accrue => "accrue",
            Self::Liquidate => "liquidate",
            Self::Deleverage => "deleverage",
            Self::FlagBankruptcy => "flag_bankruptcy",
            Self::Resolve => "resolve",
            Self::Settle => "settle",
            Self::SweepFees => "sweep_fees",
            Self::ServeWithdrawal => "serve_withdrawal",
            Self::BeginSettlement => "begin_settlement",
            Self::Unwind => "unwind",
        }
    }
}

impl Action {
    /// What kind it is, and what it is about.
    pub fn subject(&self) -> Subject {
        let (kind, account, market) = match self {
            Self::Accrue { market } => (Kind::Accrue, None, Some(*market)),
            Self::Liquidate { account, market, .. } => (Kind::Liquidate, Some(*account), Some(*market)),
            Self::Deleverage { account, market } => (Kind::Deleverage, Some(*account), Some(*market)),
            Self::FlagBankruptcy { account } => (Kind::FlagBankruptcy, Some(*account), None),
            Self::Resolve { account, .. } => (Kind::Resolve, Some(*account), None),
            Self::Settle { account } => (Kind::Settle, Some(*account), None),
            Self::SweepFees { market } => (Kind::SweepFees, None, Some(*market)),
            Self::ServeWithdrawal { account, .. } => (Kind::ServeWithdrawal, Some(*account), None),
            Self::BeginSettlement { market } => (Kind::BeginSettlement, None, Some(*market)),
            Self::Unwind { market, .. } => (Kind::Unwind, None, Some(*market)),
        };
        Subject { kind, account, market }
    }
}

/// What a task is about, whatever state that is in: what a back-off is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// The kind of action.
    pub kind: Kind,
    /// The margin account, if one.
    pub account: Option<Pubkey>,
    /// The market, if one.
    pub market: Option<MarketIndex>,
}

/// A task's identity: the same subject in the same state is the same task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskKey {
    /// What it is about.
    pub subject: Subject,
    /// When the account, or else the market, that it is about was written.
    pub version: Version,
}

/// Why a task is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Equity is below maintenance, and a takeover pays.
    BelowMaintenance {
        /// Equity.
        equity: SignedAtoms,
        /// Maintenance requirement.
        maintenance: Atoms,
    },
    /// Equity is below the market's threshold, and taking over isn't possible or doesn't pay.
    BelowThreshold {
        /// Equity.
        equity: SignedAtoms,
        /// Maintenance requirement.
        maintenance: Atoms,
    },
    /// Equity is negative.
    Bankrupt {
        /// Equity.
        equity: SignedAtoms,
    },
    /// The account was charged and hasn't been settled since, or owes to a pool that is short.
    Uncollected {
        /// Charge and debt that settling moves.
        amount: Atoms,
    },
    /// Settling closes a position: of less than a contract, or in a market that is wound down.
    Closing,
    /// The stored price is other than the oracle lets it be, or grows old.
    PriceDue {
        /// Seconds since the last accrual.
        age_seconds: i64,
    },
    /// The oracle can't be used and the market doesn't say so yet.
    OracleUnusable,
    /// Fees wait.
    FeesDue {
        /// Those of insurance and of the protocol.
        amount: Atoms,
    },
    /// A withdrawal can be served.
    WithdrawalDue {
        /// What can leave now.
        amount: Atoms,
    },
    /// A wind-down may begin.
    SettlementDue,
    /// The keeper's own position is above its limit, or its equity is close to maintenance.
    OwnPosition,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BelowMaintenance { equity, maintenance } => {
                write!(f, "equity {} is below maintenance {}", equity.0, maintenance.0)
            }
            Self::BelowThreshold { equity, maintenance } => {
                write!(
                    f,
                    "equity {} is far below maintenance {} and nobody takes over",
                    equity.0, maintenance.0
                )
            }
            Self::Bankrupt { equity } => write!(f, "equity {} is negative", equity.0),
            Self::Uncollected { amount } => write!(f, "{} atoms are charged or owed", amount.0),
            Self::Closing => f.write_str("settling closes a position"),
            Self::PriceDue { age_seconds } => write!(f, "the price is {age_seconds} seconds old"),
            Self::OracleUnusable => f.write_str("the oracle can't be used"),
            Self::FeesDue { amount } => write!(f, "{} atoms of fees wait", amount.0),
            Self::WithdrawalDue { amount } => write!(f, "{} atoms can be withdrawn", amount.0),
            Self::SettlementDue => f.write_str("the wind-down is due"),
            Self::OwnPosition => f.write_str("the keeper's own position is too large"),
        }
    }
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What.
    pub action: Action,
    /// Its identity.
    pub key: TaskKey,
    /// Why.
    pub reason: Reason,
    /// What the venue can expect to lose by waiting a keeper window, in atoms: an estimate, to order tasks by.
    pub loss: Atoms,
    /// What the keeper can expect to gain, in atoms, before transaction fees: reward less what the lag of prices costs.
    pub value: SignedAtoms,
    /// Margin accounts that it writes or reads.
    pub accounts: Vec<Pubkey>,
    /// Markets that it takes, in ascending order: all of the accounts', and its own.
    pub markets: Vec<MarketIndex>,
    /// Those of them that it writes.
    pub written: Vec<MarketIndex>,
    /// Those of them that must be accrued before it in the same transaction.
    pub accrue_first: Vec<MarketIndex>,
}

/// Why nothing is done about an account in need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A price is too old, and the oracle gives none.
    StalePrice,
    /// The instruction is paused.
    Paused,
    /// Not low enough to be deleveraged, and taking over isn't possible or doesn't pay.
    NotWorthTaking,
    /// The market is wound down: its legs close by settlement.
    Closing,
    /// The account and its markets are of different times, or the engine refuses for another reason.
    Unclear,
}

/// An account in need about which nothing can be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The account.
    pub account: Pubkey,
    /// Why.
    pub why: Why,
    /// What the venue can expect to lose meanwhile, in atoms.
    pub loss: Atoms,
}

/// What to do, and what can't be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The most urgent first.
    pub tasks: Vec<Task>,
    /// Accounts in need that have to wait.
    pub waiting: Vec<Waiting>,
}
