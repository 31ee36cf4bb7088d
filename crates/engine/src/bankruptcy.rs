//! Bankruptcy: who pays when an account owes more than it has.

use core::ops::DerefMut;

use crate::account::{settle_cash, MarginAccount, MAX_LEGS};
use crate::error::{EngineError, Result};
use crate::health::{assess, require_initial, Margin, Markets};
use crate::insurance::InsuranceFund;
use crate::leg::{Leg, Pending};
use crate::market::Market;
use crate::math;
use crate::quantity::{Atoms, Contracts, MarketIndex, Price, SignedAtoms};
use crate::side::{Direction, Side};
use crate::trade::fill;

/// What became of one leg of a bankrupt account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegResolution {
    /// The market.
    pub market: MarketIndex,
    /// The effective price.
    pub price: Price,
    /// Contracts closed.
    pub size: Contracts,
    /// What marking the leg brought.
    pub marked: Pending,
    /// The leg's claim that its pool could not pay: forfeited to the market's surplus.
    pub forfeited: Atoms,
    /// The leg's debt paid out of the account's capital.
    pub by_capital: Atoms,
    /// The debt left after that: `by_surplus + by_insurance + by_index + uncovered`.
    pub deficit: Atoms,
    /// Paid from the market's surplus.
    pub by_surplus: Atoms,
    /// Paid by insurance.
    pub by_insurance: Atoms,
    /// Charged to the opposite side through its loss index.
    pub by_index: Atoms,
    /// Recorded as the market's uncovered loss: nobody was on the opposite side.
    pub uncovered: Atoms,
    /// Whether the charge tripped the market's loss breaker.
    pub halted: bool,
}

/// What a bankruptcy did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// The account's equity before: negative.
    pub equity: SignedAtoms,
    /// One entry for each leg, in the account's order; the first `count` are filled.
    pub legs: [LegResolution; MAX_LEGS],
    /// How many legs there were.
    pub count: usize,
    /// Whether the caller took the positions over; otherwise they were closed by deleveraging.
    pub taken_over: bool,
    /// Insurance spent on deficits: tokens to move from the insurance vault to the margin vault. Unswept fees are not
    /// insurance yet: who wants them to count sweeps them first.
    pub insurance_spent: Atoms,
    /// The caller's bounty out of insurance: tokens to move likewise.
    pub bounty_from_insurance: Atoms,
    /// The caller's bounty out of unswept fees.
    pub bounty_from_fees: Atoms,
}

impl Resolution {
    /// The legs that were resolved.
    pub fn legs(&self) -> impl Iterator<Item = &LegResolution> {
        self.legs.iter().take(self.count)
    }

    /// All that must leave the insurance vault.
    pub fn insurance_drawn(&self) -> Result<Atoms> {
        self.insurance_spent.plus(self.bounty_from_insurance)
    }
}

/// Who resolves a bankruptcy.
#[derive(Debug)]
pub struct Caller<'a> {
    /// The account that is paid the bounty.
    pub account: &'a mut MarginAccount,
    /// Whether it offers to take the positions over.
    pub takes_over: bool,
}

/// Resolves an account whose equity is negative, in all its markets at once.
///
/// `insurance` is what the fund may spend. A `caller` is paid a bounty, and takes the positions over if it offers to
/// and then meets initial margin; otherwise they are closed by deleveraging. Afterwards the account has neither
/// capital nor legs. [`EngineError::NotBankrupt`] if equity is not negative.
pub fn resolve_bankruptcy<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    mut caller: Option<Caller<'_>>,
    markets: &mut Markets<'_, M>,
    insurance: Atoms,
    now: i64,
) -> Result<Resolution> {
    let health = assess(account, markets, Margin::Maintenance, now)?;
    if !health.equity.is_negative() {
        return Err(EngineError::NotBankrupt);
    }
    let mut resolution = Resolution { equity: health.equity, ..Resolution::default() };
    let owed = collect(account, markets, &mut resolution)?;
    share_capital(account, markets, owed, &mut resolution)?;
    let mut fund = insurance;
    book_losses(account, markets, &mut fund, &mut resolution, now)?;
    resolution.insurance_spent = insurance.minus(fund)?;
    resolution.taken_over = match &mut caller {
        Some(caller) if caller.takes_over => take_over(account, caller.account, markets, now)?,
        _ => false,
    };
    if !resolution.taken_over {
        close_all(account, markets, now)?;
    }
    account.free_done_legs(markets)?;
    if let Some(caller) = caller {
        pay_bounty(caller.account, markets, fund, &mut resolution, now)?;
    }
    Ok(resolution)
}

/// The in-use legs of an account beside their entries in the resolution.
fn each<'a>(
    account: &'a mut MarginAccount,
    resolution: &'a mut Resolution,
) -> impl Iterator<Item = (&'a mut Leg, &'a mut LegResolution)> {
    account.legs.iter_mut().filter(|leg| leg.is_in_use()).zip(resolution.legs.iter_mut())
}

/// Marks every leg and collects the winning ones; what a pool can't pay is forfeited to its surplus. Returns
/// what the losing legs owe in all.
fn collect<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
    resolution: &mut Resolution,
) -> Result<Atoms> {
    let mut owed = Atoms::ZERO;
    let mut capital = account.capital;
    resolution.count = account.legs().count();
    for (leg, entry) in each(account, resolution) {
        let market = markets.get_mut(leg.market)?;
        entry.market = leg.market;
        entry.price = market.effective_price;
        entry.size = market.size_of(leg)?;
        entry.marked = leg.mark(market.side(leg.direction()))?;
        if leg.unsettled.is_negative() {
            owed = owed.plus(leg.unsettled.debt())?;
            continue;
        }
        settle_cash(&mut capital, leg, market)?;
        entry.forfeited = leg.unsettled.claim();
        market.surplus = market.surplus.plus(entry.forfeited)?;
        leg.unsettled = SignedAtoms::ZERO;
    }
    account.capital = capital;
    Ok(owed)
}

/// Shares the capital over the losing legs in proportion to what each owes: `floor` of what is left over what is
/// left, so that no leg is paid more than it owes and the last takes the rest.
fn share_capital<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
    owed: Atoms,
    resolution: &mut Resolution,
) -> Result<()> {
    let mut capital = account.capital;
    let mut owed = owed;
    for (leg, entry) in each(account, resolution) {
        let debt = leg.unsettled.debt();
        if debt.is_zero() {
            continue;
        }
        let part =
            if debt == owed { capital } else { Atoms(math::mul_div_floor(capital.0, debt.0, owed.0)?) };
        let market = markets.get_mut(leg.market)?;
        market.pool = market.pool.plus(part)?;
        entry.by_capital = part;
        entry.deficit = debt.minus(part)?;
        leg.unsettled = SignedAtoms::ZERO;
        capital = capital.minus(part)?;
        owed = owed.minus(debt)?;
    }
    account.capital = capital;
    Ok(())
}

/// Pays each leg's deficit by surplus, insurance as far as the market's allowance goes, the loss index of the opposite
/// side, in this order. Unswept fees are not insurance yet: they are not spent here, and a forfeited claim stays surplus
/// whole.
fn book_losses<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
    fund: &mut Atoms,
    resolution: &mut Resolution,
    now: i64,
) -> Result<()> {
    for (leg, entry) in each(account, resolution) {
        if !entry.deficit.is_zero() {
            book_loss(markets.get_mut(leg.market)?, leg.direction(), fund, entry, now)?;
        }
    }
    Ok(())
}

fn book_loss(
    market: &mut Market,
    direction: Direction,
    fund: &mut Atoms,
    entry: &mut LegResolution,
    now: i64,
) -> Result<()> {
    let mut left = entry.deficit;
    entry.by_surplus = left.min(market.surplus);
    market.surplus = market.surplus.minus(entry.by_surplus)?;
    left = left.minus(entry.by_surplus)?;

    entry.by_insurance = left.min(*fund).min(market.allowance.remaining(&market.params, now)?);
    market.allowance.draw(entry.by_insurance, &market.params, now)?;
    *fund = fund.minus(entry.by_insurance)?;
    market.pool = market.pool.plus(entry.by_insurance)?;
    left = left.minus(entry.by_insurance)?;

    let opposite = market.side_mut(direction.opposite());
    if !left.is_zero() && !opposite.shares.is_zero() {
        opposite.socialize(left)?;
        entry.by_index = left;
        let open_interest = market.notional(market.long.contracts.max(market.short.contracts))?;
        entry.halted = market.count_socialized(left, open_interest, now)?;
    } else {
        entry.uncovered = left;
        market.uncovered = market.uncovered.plus(left)?;
    }
    tally(market, entry)
}

fn tally(market: &mut Market, entry: &LegResolution) -> Result<()> {
    let losses = &mut market.losses;
    losses.deficit = losses.deficit.plus(entry.deficit)?;
    losses.by_surplus = losses.by_surplus.plus(entry.by_surplus)?;
    losses.by_insurance = losses.by_insurance.plus(entry.by_insurance)?;
    losses.by_index = losses.by_index.plus(entry.by_index)?;
    losses.uncovered = losses.uncovered.plus(entry.uncovered)?;
    Ok(())
}

/// Closes every position without a counterparty.
fn close_all<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
    now: i64,
) -> Result<()> {
    for leg in account.legs.iter_mut().filter(|leg| leg.is_in_use() && leg.has_position()) {
        markets.get_mut(leg.market)?.close_bankrupt(leg, now)?;
    }
    Ok(())
}

/// Moves every position to the caller if it then meets initial margin; otherwise puts everything back.
#[inline(never)]
fn take_over<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    caller: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
    now: i64,
) -> Result<bool> {
    let saved = (*account, *caller);
    let mut sides = [(Side::default(), Side::default(), 0); MAX_LEGS];
    for (leg, saved) in account.legs().zip(sides.iter_mut()) {
        let market = markets.get(leg.market)?;
        *saved = (market.long, market.short, market.legs);
    }
    let moved = move_positions(account, caller, markets);
    match moved.and_then(|()| require_initial(caller, markets, now)) {
        Ok(_) => {
            caller.free_done_legs(markets)?;
            return Ok(true);
        }
        // The caller's own mistake, not a want of margin.
        Err(error @ (EngineError::MarketMissing | EngineError::StalePrice)) => return Err(error),
        Err(_) => {}
    }
    (*account, *caller) = saved;
    for (leg, saved) in account.legs().zip(sides.iter()) {
        let market = markets.get_mut(leg.market)?;
        (market.long, market.short, market.legs) = *saved;
    }
    Ok(false)
}

fn move_positions<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    caller: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
) -> Result<()> {
    for leg in account.legs.iter_mut().filter(|leg| leg.is_in_use() && leg.has_position()) {
        let market = markets.get_mut(leg.market)?;
        let (direction, size) = (leg.direction(), market.size_of(leg)?);
        leg.close(market.side_mut(direction), size, size)?;
        if size.is_zero() {
            continue;
        }
        let taken = caller.leg_or_new(market)?;
        if taken.has_position() {
            taken.mark(market.side(taken.direction()))?;
        }
        fill(market, taken, direction, size)?;
    }
    Ok(())
}

/// Pays the caller the bounty of each market, from what insurance has left within the market's allowance, else from that
/// market's unswept fees.
fn pay_bounty<M: DerefMut<Target = Market>>(
    caller: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
    fund: Atoms,
    resolution: &mut Resolution,
    now: i64,
) -> Result<()> {
    let (mut from_insurance, mut from_fees) = (Atoms::ZERO, Atoms::ZERO);
    for entry in resolution.legs() {
        let market = markets.get_mut(entry.market)?;
        let rate = market.params.bankruptcy_bounty;
        let bounty =
            Atoms(rate.of_floor(market.notional(entry.size)?.0)?).min(market.params.bankruptcy_bounty_cap);
        let allowed = market.allowance.remaining(&market.params, now)?;
        let first = bounty.min(fund.saturating_minus(from_insurance)).min(allowed);
        market.allowance.draw(first, &market.params, now)?;
        let second = bounty.minus(first)?.min(market.insurance_fees);
        market.insurance_fees = market.insurance_fees.minus(second)?;
        from_insurance = from_insurance.plus(first)?;
        from_fees = from_fees.plus(second)?;
    }
    caller.credit(from_insurance.plus(from_fees)?)?;
    resolution.bounty_from_insurance = from_insurance;
    resolution.bounty_from_fees = from_fees;
    Ok(())
}

/// Shows that an account is bankrupt: for [`crate::FLAG_SECONDS`] nobody stakes or unstakes, so that nobody leaves the fund,
/// or enters it, between a loss and its booking. [`EngineError::NotBankrupt`] if its equity is not negative. Returns it.
pub fn flag_bankruptcy<M: DerefMut<Target = Market>>(
    account: &MarginAccount,
    markets: &Markets<'_, M>,
    fund: &mut InsuranceFund,
    now: i64,
) -> Result<SignedAtoms> {
    let health = assess(account, markets, Margin::Maintenance, now)?;
    if !health.equity.is_negative() {
        return Err(EngineError::NotBankrupt);
    }
    fund.flag(now);
    Ok(health.equity)
}
