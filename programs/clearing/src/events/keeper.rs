//! Events of liquidation, bankruptcy and settlement.

use core::ops::DerefMut;

use anchor_lang::prelude::*;
use jettison_engine::{Direction, Markets, Resolution, Settlement};

use super::{Fees, Marked};
use crate::error::OrRefuse;

/// A liquidation. `size` is zero if the account was healthy by then, and nothing changed.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liquidated {
    /// The market.
    pub market_index: u16,
    /// The account below maintenance margin.
    pub liquidatee: Pubkey,
    /// The account that took over.
    pub liquidator: Pubkey,
    /// The effective price.
    pub price: u64,
    /// The liquidatee's equity before.
    pub equity: i64,
    /// The liquidatee's maintenance margin before.
    pub maintenance: u64,
    /// Contracts taken over.
    pub size: u64,
    /// Paid by the liquidatee.
    pub penalty: u64,
    /// The liquidator's part of the penalty.
    pub reward: u64,
    /// Where the rest of the penalty went.
    pub fees: Fees,
    /// What marking the liquidatee's leg brought.
    pub marked: Marked,
    /// The liquidatee's capital before.
    pub liquidatee_capital_before: u64,
    /// The liquidatee's capital after.
    pub liquidatee_capital_after: u64,
    /// The liquidator's capital before.
    pub liquidator_capital_before: u64,
    /// The liquidator's capital after.
    pub liquidator_capital_after: u64,
}

/// A position was closed without a counterparty. If not `eligible`, nothing changed.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleveraged {
    /// The market.
    pub market_index: u16,
    /// The account.
    pub margin_account: Pubkey,
    /// The account that received the bounty.
    pub bounty_account: Option<Pubkey>,
    /// The effective price.
    pub price: u64,
    /// The account's equity before.
    pub equity: i64,
    /// The account's maintenance margin before.
    pub maintenance: u64,
    /// Whether equity was below the threshold.
    pub eligible: bool,
    /// Contracts that both sides lost.
    pub size: u64,
    /// Contracts open on each side after.
    pub open_interest: u64,
    /// Paid by the account.
    pub penalty: u64,
    /// The caller's part of the penalty.
    pub bounty: u64,
    /// Where the rest of the penalty went.
    pub fees: Fees,
    /// What marking the leg brought.
    pub marked: Marked,
    /// Capital before.
    pub capital_before: u64,
    /// Capital after.
    pub capital_after: u64,
}

/// What became of one leg of a bankrupt account.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub struct LegResolved {
    /// The market.
    pub market_index: u16,
    /// The effective price.
    pub price: u64,
    /// Contracts closed.
    pub size: u64,
    /// What marking the leg brought.
    pub marked: Marked,
    /// A claim its pool could not pay, forfeited to the market's surplus.
    pub forfeited: u64,
    /// Debt paid by the account's capital.
    pub by_capital: u64,
    /// Debt left, paid by the next four.
    pub deficit: u64,
    /// Paid by the market's surplus.
    pub by_surplus: u64,
    /// Paid by insurance.
    pub by_insurance: u64,
    /// Charged to the opposite side through its loss index.
    pub by_index: u64,
    /// Left uncovered.
    pub uncovered: u64,
    /// Whether the charge halted opening in the market.
    pub halted: bool,
    /// Loss index of the long side after.
    pub long_loss_index: u128,
    /// Loss index of the short side after.
    pub short_loss_index: u128,
}

impl LegResolved {
    pub(crate) fn list<M: DerefMut<Target = jettison_engine::Market>>(
        resolution: &Resolution,
        markets: &Markets<'_, M>,
    ) -> Result<Vec<Self>> {
        let mut legs = Vec::with_capacity(resolution.count);
        for leg in resolution.legs() {
            let market = markets.get(leg.market).or_refuse()?;
            legs.push(Self {
                market_index: leg.market.0,
                price: leg.price.0,
                size: leg.size.0,
                marked: leg.marked.into(),
                forfeited: leg.forfeited.0,
                by_capital: leg.by_capital.0,
                deficit: leg.deficit.0,
                by_surplus: leg.by_surplus.0,
                by_insurance: leg.by_insurance.0,
                by_index: leg.by_index.0,
                uncovered: leg.uncovered.0,
                halted: leg.halted,
                long_loss_index: market.side(Direction::Long).loss_index.get(),
                short_loss_index: market.side(Direction::Short).loss_index.get(),
            });
        }
        Ok(legs)
    }
}

/// A bankruptcy was resolved.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankruptcyResolved {
    /// The bankrupt account.
    pub margin_account: Pubkey,
    /// The account that received the bounty.
    pub caller_account: Option<Pubkey>,
    /// Equity before: negative.
    pub equity: i64,
    /// Capital before; after, it is zero.
    pub capital_before: u64,
    /// The insurance fund's assets before.
    pub insurance_before: u64,
    /// The insurance fund's assets after.
    pub insurance_after: u64,
    /// Insurance spent on deficits.
    pub insurance_spent: u64,
    /// The caller's bounty out of insurance.
    pub bounty_from_insurance: u64,
    /// The caller's bounty out of unswept fees.
    pub bounty_from_fees: u64,
    /// Whether the caller took the positions over; otherwise they were closed by deleveraging.
    pub taken_over: bool,
    /// What became of each leg.
    pub legs: Vec<LegResolved>,
}

/// What settling one leg did.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub struct LegSettled {
    /// The market.
    pub market_index: u16,
    /// The effective price.
    pub price: u64,
    /// Variation margin, and the socialized loss charged.
    pub marked: Marked,
    /// From the pool into capital; negative, from capital into the pool.
    pub cash: i64,
    /// Still owed to the account; negative, by it.
    pub unsettled: i64,
    /// Whether a position of less than one contract was closed.
    pub drained: bool,
    /// Contracts closed because the market is being wound down.
    pub closed: u64,
    /// A claim given up because the market's time for it is over.
    pub lapsed: u64,
}

impl LegSettled {
    pub(crate) fn list<M: DerefMut<Target = jettison_engine::Market>>(
        settlement: &Settlement,
        markets: &Markets<'_, M>,
    ) -> Result<Vec<Self>> {
        let mut legs = Vec::with_capacity(settlement.count);
        for leg in settlement.legs() {
            legs.push(Self {
                market_index: leg.market.0,
                price: markets.get(leg.market).or_refuse()?.effective_price.0,
                marked: leg.marked.into(),
                cash: leg.cash.0,
                unsettled: leg.unsettled.0,
                drained: leg.drained,
                closed: leg.closed.0,
                lapsed: leg.lapsed.0,
            });
        }
        Ok(legs)
    }
}

/// An account was settled. If its equity is negative its legs were marked and no cash moved.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSettled {
    /// The margin account.
    pub margin_account: Pubkey,
    /// Its equity.
    pub equity: i64,
    /// Its maintenance margin before.
    pub maintenance: u64,
    /// Capital before.
    pub capital_before: u64,
    /// Capital after.
    pub capital_after: u64,
    /// What was done to each leg.
    pub legs: Vec<LegSettled>,
}
