//! Trades between two margin accounts.

use core::ops::DerefMut;

use crate::account::MarginAccount;
use crate::error::{EngineError, Result};
use crate::health::{assess_solvent, require_initial, Health, Markets};
use crate::leg::{Leg, Pending};
use crate::market::{FeeSplit, Market};
use crate::math;
use crate::quantity::{Atoms, Contracts, MarketIndex, Price, SignedAtoms};
use crate::side::Direction;

/// How a trade of one account split into closing and opening.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fill {
    /// Contracts of an opposite position that were closed.
    pub closed: Contracts,
    /// Contracts that were opened.
    pub opened: Contracts,
}

/// A trade's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The market.
    pub market: MarketIndex,
    /// Contracts.
    pub size: Contracts,
    /// Atoms per contract.
    pub price: Price,
    /// Who pays the taker's fee; the other pays the maker's.
    pub taker: Direction,
}

/// What one side of a trade did and paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TradeSide {
    /// Closed and opened.
    pub fill: Fill,
    /// The trading fee.
    pub fee: Atoms,
    /// What marking the leg brought before the trade.
    pub marked: Pending,
}

/// What a trade did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TradeOutcome {
    /// The buyer's part.
    pub buyer: TradeSide,
    /// The seller's part.
    pub seller: TradeSide,
    /// `(price − effective price) × size`, paid by the buyer to the seller.
    pub premium: SignedAtoms,
    /// Where the fees went.
    pub fees: FeeSplit,
}

impl TradeOutcome {
    /// Whether either side opened anything.
    pub fn opens(&self) -> bool {
        !self.buyer.fill.opened.is_zero() || !self.seller.fill.opened.is_zero()
    }
}

/// Trades `size` toward `direction` on a marked leg: closes first, then opens what is left on the other side.
#[inline(always)]
pub(crate) fn fill(
    market: &mut Market,
    leg: &mut Leg,
    direction: Direction,
    size: Contracts,
) -> Result<Fill> {
    let mut left = size;
    if leg.has_position() && leg.direction() != direction {
        let whole = market.size_of(leg)?;
        let closing = whole.min(size);
        leg.close(market.side_mut(leg.direction()), whole, closing)?;
        left = size.minus(closing)?;
    }
    if !left.is_zero() {
        leg.open(market.side_mut(direction), direction, left)?;
    }
    Ok(Fill { closed: size.minus(left)?, opened: left })
}

/// Settles a trade: checks it, moves premium and fees, moves the contracts, and checks both accounts' margin.
///
/// Both accounts are marked and their cash in this market moved first, so premium and fees come out of capital
/// that is really there. Fees are rounded up.
pub fn settle_trade<M: DerefMut<Target = Market>>(
    buyer: &mut MarginAccount,
    seller: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
    terms: &Terms,
    now: i64,
) -> Result<TradeOutcome> {
    let premium = check_terms(markets.get(terms.market)?, terms, now)?;
    let before = [assess_solvent(buyer, markets, now)?, assess_solvent(seller, markets, now)?];
    let market = markets.get_mut(terms.market)?;
    market.require_not_closing(now)?;
    let marked = [buyer.mark_and_settle(market)?, seller.mark_and_settle(market)?];
    pay_premium(buyer, seller, premium)?;
    let open_interest = market.long.contracts;
    let bought = take_side(buyer, market, terms, Direction::Long)?;
    let sold = take_side(seller, market, terms, Direction::Short)?;
    let fees = market.take_fee(bought.fee.plus(sold.fee)?, market.params.fee_to_insurance)?;
    check_open_interest(market, open_interest)?;
    // While the price lags, what trades are worth over it says nothing about the index.
    if !market.is_uncertain() {
        market.funding.record(premium, terms.size, now);
    }
    check_after(buyer, markets, terms.market, bought.fill, &before[0], now)?;
    check_after(seller, markets, terms.market, sold.fill, &before[1], now)?;
    buyer.free_done_legs(markets)?;
    seller.free_done_legs(markets)?;
    Ok(TradeOutcome {
        buyer: TradeSide { marked: marked[0], ..bought },
        seller: TradeSide { marked: marked[1], ..sold },
        premium,
        fees,
    })
}

fn check_terms(market: &Market, terms: &Terms, now: i64) -> Result<SignedAtoms> {
    if terms.size.is_zero() {
        return Err(EngineError::ZeroSize);
    }
    // What is open may be over a cap that was lowered since, and closes in one trade all the same.
    if terms.size > market.params.max_open_interest.max(market.long.contracts) {
        return Err(EngineError::OpenInterestCap);
    }
    market.require_fresh(now)?;
    let effective = market.effective_price;
    let band = market.params.trade_band.of_floor(effective.0)?;
    if terms.price.0.abs_diff(effective.0) > band {
        return Err(EngineError::PriceOutsideBand);
    }
    let off = Atoms(terms.price.0).signed()?.minus(Atoms(effective.0).signed()?)?;
    let size = Atoms(terms.size.0).signed()?;
    off.0.checked_mul(size.0).map(SignedAtoms).ok_or(EngineError::Overflow)
}

fn pay_premium(buyer: &mut MarginAccount, seller: &mut MarginAccount, premium: SignedAtoms) -> Result<()> {
    buyer.pay(premium.claim())?;
    seller.pay(premium.debt())?;
    seller.credit(premium.claim())?;
    buyer.credit(premium.debt())
}

fn take_side(
    account: &mut MarginAccount,
    market: &mut Market,
    terms: &Terms,
    direction: Direction,
) -> Result<TradeSide> {
    let rate = if terms.taker == direction { market.params.taker_fee } else { market.params.maker_fee };
    let fee = Atoms(rate.of_ceil(math::mul(terms.size.0, terms.price.0)?)?);
    account.pay(fee)?;
    let leg = account.leg_or_new(market)?;
    let fill = fill(market, leg, direction, terms.size)?;
    Ok(TradeSide { fill, fee, marked: Pending::default() })
}

fn check_open_interest(market: &Market, before: Contracts) -> Result<()> {
    if market.long.contracts > before && market.long.contracts > market.params.max_open_interest {
        return Err(EngineError::OpenInterestCap);
    }
    Ok(())
}

/// Margin after a trade. Opening needs initial margin, a market whose gates are open, and the minimum notional; a
/// trade that only reduces must leave the account solvent and either above maintenance or no less healthy.
fn check_after<M: DerefMut<Target = Market>>(
    account: &MarginAccount,
    markets: &Markets<'_, M>,
    index: MarketIndex,
    fill: Fill,
    before: &Health,
    now: i64,
) -> Result<()> {
    if fill.opened.is_zero() {
        let after = assess_solvent(account, markets, now)?;
        if !after.is_met() && !after.is_no_worse_than(before) {
            return Err(EngineError::HealthWorsened);
        }
        return Ok(());
    }
    let market = markets.get(index)?;
    market.require_openable(now)?;
    if let Some(leg) = account.leg(index) {
        if market.notional(market.size_of(leg)?)? < market.params.min_notional {
            return Err(EngineError::BelowMinNotional);
        }
    }
    require_initial(account, markets, now).map(|_| ())
}
