//! Settling an account, and taking its money out.

use core::ops::DerefMut;

use crate::account::{settle_cash, MarginAccount, MAX_LEGS};
use crate::error::{EngineError, Result};
use crate::health::{assess, require_initial, Health, Margin, Markets};
use crate::leg::Pending;
use crate::market::Market;
use crate::quantity::{Atoms, Contracts, MarketIndex, SignedAtoms};

/// What settling one leg did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegSettlement {
    /// The market.
    pub market: MarketIndex,
    /// Variation margin, and the socialized loss charged.
    pub marked: Pending,
    /// Cash moved: positive from the pool into capital, negative from capital into the pool.
    pub cash: SignedAtoms,
    /// What is still owed to (positive) or by (negative) the account.
    pub unsettled: SignedAtoms,
    /// Whether a position of less than one contract was closed.
    pub drained: bool,
    /// Contracts closed because the market is being wound down.
    pub closed: Contracts,
    /// A claim given up because the market's time for it is over.
    pub lapsed: Atoms,
}

/// What settling an account did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// The account's health at maintenance margin.
    pub health: Health,
    /// One entry for each leg, in the account's order; the first `count` are filled.
    pub legs: [LegSettlement; MAX_LEGS],
    /// How many legs there were.
    pub count: usize,
}

impl Settlement {
    /// The legs that were settled.
    pub fn legs(&self) -> impl Iterator<Item = &LegSettlement> {
        self.legs.iter().take(self.count)
    }
}

/// Pro-rata haircut settlement: marks every leg, applies both indices, moves the cash, and closes positions of
/// less than one contract, and those in a market whose wind-down has come to that.
///
/// Claims are collected before debts are paid, each in the account's order of legs. Of an account whose equity is
/// negative nothing is moved: only [`crate::resolve_bankruptcy`] does that.
pub fn settle_account<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
    now: i64,
) -> Result<Settlement> {
    let health = assess(account, markets, Margin::Maintenance, now)?;
    let mut settlement = Settlement { health, ..Settlement::default() };
    mark_legs(account, markets, &mut settlement, now)?;
    if !health.equity.is_negative() {
        move_cash(account, markets, &mut settlement, false)?;
        move_cash(account, markets, &mut settlement, true)?;
    }
    for (leg, entry) in account.legs.iter_mut().filter(|leg| leg.is_in_use()).zip(settlement.legs.iter_mut())
    {
        let market = markets.get_mut(leg.market)?;
        // A bankrupt account's claims are its creditors': resolving it collects what the pool can pay of them.
        let may_lapse = !health.equity.is_negative() && market.has_lapsed(now);
        if may_lapse && !leg.has_position() && !leg.unsettled.claim().is_zero() {
            entry.lapsed = leg.unsettled.claim();
            market.give_up(entry.lapsed)?;
            leg.unsettled = SignedAtoms::ZERO;
        }
        entry.unsettled = leg.unsettled;
    }
    account.free_done_legs(markets)?;
    Ok(settlement)
}

fn mark_legs<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
    settlement: &mut Settlement,
    now: i64,
) -> Result<()> {
    let solvent = !settlement.health.equity.is_negative();
    let mut count: usize = 0;
    for (leg, entry) in account.legs.iter_mut().filter(|leg| leg.is_in_use()).zip(settlement.legs.iter_mut())
    {
        count = count.saturating_add(1);
        entry.market = leg.market;
        if !leg.has_position() {
            continue;
        }
        let market = markets.get_mut(leg.market)?;
        entry.marked = leg.mark(market.side(leg.direction()))?;
        let size = market.size_of(leg)?;
        if size.is_zero() || (solvent && market.is_closing(now)) {
            entry.closed = market.close_alone(leg)?;
            entry.drained = size.is_zero();
        }
    }
    settlement.count = count;
    Ok(())
}

fn move_cash<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
    settlement: &mut Settlement,
    debts: bool,
) -> Result<()> {
    let capital = &mut account.capital;
    for (leg, entry) in account.legs.iter_mut().filter(|leg| leg.is_in_use()).zip(settlement.legs.iter_mut())
    {
        if leg.unsettled.is_zero() || leg.unsettled.is_negative() != debts {
            continue;
        }
        let before = leg.unsettled;
        settle_cash(capital, leg, markets.get_mut(leg.market)?)?;
        entry.cash = before.minus(leg.unsettled)?;
    }
    Ok(())
}

/// Takes `amount` out of capital. Afterwards the account must meet initial margin.
///
/// [`EngineError::MarketLagging`] or [`EngineError::OracleUnusable`] if it has a position in a market whose effective
/// price lags the oracle, or whose oracle can't be read.
pub fn withdraw<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    markets: &Markets<'_, M>,
    amount: Atoms,
    now: i64,
) -> Result<Health> {
    if amount.is_zero() {
        return Err(EngineError::ZeroSize);
    }
    for leg in account.legs().filter(|leg| leg.has_position()) {
        markets.get(leg.market)?.require_certain()?;
    }
    account.pay(amount)?;
    require_initial(account, markets, now)
}

/// Gives up what the pools can't pay, at the account owner's own wish, so that the account can be closed. Lowers
/// each market's uncovered loss first; the rest becomes surplus.
///
/// What a pool can pay is collected. Returns what was given up in all.
///
/// [`EngineError::AccountNotEmpty`] beside a position or a debt: giving up the claim that covers it would leave the
/// loss to others.
pub fn waive_unpaid<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
) -> Result<Atoms> {
    if account.legs().any(|leg| leg.has_position() || leg.unsettled.is_negative()) {
        return Err(EngineError::AccountNotEmpty);
    }
    let mut waived = Atoms::ZERO;
    for leg in account.legs.iter_mut().filter(|leg| leg.is_in_use()) {
        let market = markets.get_mut(leg.market)?;
        settle_cash(&mut account.capital, leg, market)?;
        let claim = leg.unsettled.claim();
        market.give_up(claim)?;
        waived = waived.plus(claim)?;
        leg.unsettled = SignedAtoms::ZERO;
    }
    account.free_done_legs(markets)?;
    Ok(waived)
}

/// [`EngineError::AccountNotEmpty`] unless the account has neither capital nor legs.
pub fn require_empty(account: &MarginAccount) -> Result<()> {
    if account.capital.is_zero() && account.has_no_legs() {
        return Ok(());
    }
    Err(EngineError::AccountNotEmpty)
}
