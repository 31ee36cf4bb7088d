//! Events of the insurance fund.

use anchor_lang::prelude::*;

/// A stake account was opened.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StakeOpened {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The stake account.
    pub stake_account: Pubkey,
    /// The staker.
    pub authority: Pubkey,
}

/// A stake account was closed.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StakeClosed {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The stake account.
    pub stake_account: Pubkey,
    /// The staker.
    pub authority: Pubkey,
}

/// Shares in the fund were bought.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staked {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The staker.
    pub authority: Pubkey,
    /// Paid in.
    pub amount: u64,
    /// Shares bought.
    pub shares: u64,
    /// The staker's shares after.
    pub shares_after: u64,
    /// All shares after.
    pub all_shares: u64,
    /// The fund's assets before.
    pub assets_before: u64,
    /// The fund's assets after.
    pub assets_after: u64,
}

/// An unstaking was requested.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnstakeRequested {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The staker.
    pub authority: Pubkey,
    /// Shares.
    pub shares: u64,
    /// What they were worth then: the most that will be paid for them.
    pub value: u64,
    /// When they can be taken out, in Unix seconds.
    pub ready_ts: i64,
}

/// Shares were taken out of the fund.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unstaked {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The staker.
    pub authority: Pubkey,
    /// Shares.
    pub shares: u64,
    /// What they were worth at the request.
    pub requested_value: u64,
    /// Paid out.
    pub amount: u64,
    /// The staker's shares after.
    pub shares_after: u64,
    /// The fund's assets before.
    pub assets_before: u64,
    /// The fund's assets after.
    pub assets_after: u64,
}

/// Somebody has shown that an account is bankrupt: nobody stakes or unstakes for a while.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankruptcyFlagged {
    /// The bankrupt account.
    pub margin_account: Pubkey,
    /// Its equity.
    pub equity: i64,
    /// Until when, in Unix seconds.
    pub until_ts: i64,
}
