//! Equity and margin requirements, and the set of markets they are computed over.

use core::ops::DerefMut;

use crate::account::MarginAccount;
use crate::error::{EngineError, Result};
use crate::leg::Leg;
use crate::market::Market;
use crate::math;
use crate::quantity::{Atoms, Bps, MarketIndex, Price, SignedAtoms};
use crate::side::Direction;

/// The markets of one operation, in strictly ascending order of index.
///
/// `M` is whatever lends a market: a borrow of an account on chain, a plain `&mut Market` off it.
pub struct Markets<'a, M>(&'a mut [M]);

impl<'a, M: DerefMut<Target = Market>> Markets<'a, M> {
    /// Wraps markets: [`EngineError::MarketRepeated`] or [`EngineError::MarketsOutOfOrder`] unless each index is
    /// above the one before.
    pub fn new(markets: &'a mut [M]) -> Result<Self> {
        let mut previous: Option<MarketIndex> = None;
        for market in markets.iter() {
            match previous {
                Some(last) if last == market.index => return Err(EngineError::MarketRepeated),
                Some(last) if last > market.index => return Err(EngineError::MarketsOutOfOrder),
                _ => previous = Some(market.index),
            }
        }
        Ok(Self(markets))
    }

    /// A market by its index, or [`EngineError::MarketMissing`].
    #[inline(always)]
    pub fn get(&self, index: MarketIndex) -> Result<&Market> {
        self.0
            .iter()
            .map(|market| &**market)
            .find(|market| market.index == index)
            .ok_or(EngineError::MarketMissing)
    }

    /// A market by its index, or [`EngineError::MarketMissing`].
    #[inline(always)]
    pub fn get_mut(&mut self, index: MarketIndex) -> Result<&mut Market> {
        self.0
            .iter_mut()
            .map(|market| &mut **market)
            .find(|market| market.index == index)
            .ok_or(EngineError::MarketMissing)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Market> {
        self.0.iter().map(|market| &**market)
    }
}

/// Which margin a requirement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Margin {
    /// Below it an account can be liquidated. Profit counts in full.
    Maintenance,
    /// Needed to open, to withdraw, and by a liquidator after taking a position. Positions are valued at the worse of
    /// effective and stable price; unpaid profit counts at `profit_weight`, and for nothing while its market lags or its
    /// oracle can't be read.
    Initial,
}

/// An account's equity against a requirement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// `capital + Σ (unsettled + pending)`, profits weighted as the kind of margin says.
    pub equity: SignedAtoms,
    /// The sum of the legs' requirements.
    pub requirement: Atoms,
}

impl Health {
    /// Whether equity covers the requirement.
    #[inline(always)]
    pub const fn is_met(&self) -> bool {
        self.equity.covers(self.requirement)
    }

    /// Whether equity covers at least as large a part of the requirement as in `before`. Neither may be negative.
    ///
    /// The part, and not the excess: an excess could be kept while equity leaves faster than risk does.
    #[inline(always)]
    pub fn is_no_worse_than(&self, before: &Self) -> bool {
        let now = math::wide(self.equity.claim().0, before.requirement.0);
        now >= math::wide(before.equity.claim().0, self.requirement.0)
    }

    /// Equity less requirement.
    pub fn excess(&self) -> Result<SignedAtoms> {
        self.equity.minus(self.requirement.signed()?)
    }
}

impl Market {
    /// The price at which a leg is valued: for initial margin the worse, for its holder, of effective and stable price.
    #[inline(always)]
    pub fn price_for(&self, direction: Direction, margin: Margin) -> Price {
        match (margin, direction) {
            (Margin::Maintenance, _) => self.effective_price,
            (Margin::Initial, Direction::Long) => self.effective_price.min(self.stable_price),
            (Margin::Initial, Direction::Short) => self.effective_price.max(self.stable_price),
        }
    }

    /// Adds a leg to `health`: its requirement, and its claim less what valuing it at a worse price than the effective one
    /// takes from it. Both count the fraction of a contract that the leg's size leaves out: it bears risk like the rest.
    #[inline(always)]
    fn assess_position(
        &self,
        leg: &Leg,
        claim: SignedAtoms,
        margin: Margin,
        health: &mut Health,
    ) -> Result<SignedAtoms> {
        let side = self.side(leg.direction());
        let price = self.price_for(leg.direction(), margin);
        let requirement = self.requirement_of(side.notional_of(leg.shares, price)?, margin)?;
        health.requirement = health.requirement.plus(requirement)?;
        if price == self.effective_price {
            return Ok(claim);
        }
        let worse = Price(price.0.abs_diff(self.effective_price.0));
        claim.minus(side.notional_of(leg.shares, worse)?.signed()?)
    }

    /// The requirement of a position of `notional` atoms: `ceil(notional × rate / 10 000)` plus the floor.
    #[inline(always)]
    pub(crate) fn requirement_of(&self, notional: Atoms, margin: Margin) -> Result<Atoms> {
        Atoms(self.rate(margin).of_ceil(notional.0)?).plus(self.params.requirement_floor)
    }

    const fn rate(&self, margin: Margin) -> Bps {
        match margin {
            Margin::Maintenance => self.params.maintenance_margin,
            Margin::Initial => self.params.initial_margin,
        }
    }

    /// What a leg's unsettled and pending amounts count for: losses in full, profit (rounded down) by weight.
    #[inline(always)]
    fn weigh(&self, claim: SignedAtoms, margin: Margin) -> Result<SignedAtoms> {
        if margin == Margin::Maintenance || claim.0 <= 0 {
            return Ok(claim);
        }
        if self.is_uncertain() {
            return Ok(SignedAtoms::ZERO);
        }
        Atoms(self.params.profit_weight.of_floor(claim.claim().0)?).signed()
    }
}

/// Equity and requirement of an account over all its markets.
///
/// [`EngineError::MarketMissing`] if one was left out; [`EngineError::StalePrice`] if the price of one in which it
/// has a position is too old.
pub fn assess<M: DerefMut<Target = Market>>(
    account: &MarginAccount,
    markets: &Markets<'_, M>,
    margin: Margin,
    now: i64,
) -> Result<Health> {
    let mut health = Health { equity: account.capital.signed()?, requirement: Atoms::ZERO };
    for leg in account.legs() {
        let market = markets.get(leg.market)?;
        let mut claim = leg.unsettled;
        if leg.has_position() {
            market.require_fresh(now)?;
            claim = claim.plus(leg.pending(market.side(leg.direction()))?.net()?)?;
            claim = market.assess_position(leg, claim, margin, &mut health)?;
        }
        health.equity = health.equity.plus(market.weigh(claim, margin)?)?;
    }
    Ok(health)
}

/// As [`assess`] at maintenance margin, refusing an account whose equity is negative: [`EngineError::Bankrupt`].
pub fn assess_solvent<M: DerefMut<Target = Market>>(
    account: &MarginAccount,
    markets: &Markets<'_, M>,
    now: i64,
) -> Result<Health> {
    let health = assess(account, markets, Margin::Maintenance, now)?;
    if health.equity.is_negative() {
        return Err(EngineError::Bankrupt);
    }
    Ok(health)
}

/// [`EngineError::BelowInitialMargin`] unless the account meets its initial margin.
pub fn require_initial<M: DerefMut<Target = Market>>(
    account: &MarginAccount,
    markets: &Markets<'_, M>,
    now: i64,
) -> Result<Health> {
    let health = assess(account, markets, Margin::Initial, now)?;
    if !health.is_met() {
        return Err(EngineError::BelowInitialMargin);
    }
    Ok(health)
}
