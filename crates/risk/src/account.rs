//! One account: its health leg by leg, and how far it is from failing.

use jettison_engine::{
    Atoms, Contracts, Direction, Health, Leg, Margin, MarginAccount, Market, MarketIndex, Pending, Price,
    Result, Shares, SignedAtoms,
};

use crate::search::{nearest, Move};
use crate::Snapshot;

/// A leg's part in one kind of margin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegMargin {
    /// The price it is valued at.
    pub price: Price,
    /// What it adds to equity: for initial margin less than its claim.
    pub equity: SignedAtoms,
    /// What it adds to the requirement.
    pub requirement: Atoms,
}

/// Prices of one market at which an account fails, or relative moves of all its markets. Each is the nearest at which it
/// does: not one atom, or one millionth, nearer. None if it doesn't fail at any that the market accepts. Where it stands if it
/// has failed already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices<P> {
    /// Below maintenance: it can be liquidated.
    pub liquidation: Option<P>,
    /// Below the market's part of maintenance: it can be deleveraged there.
    pub deleverage: Option<P>,
    /// Equity below zero.
    pub bankruptcy: Option<P>,
}

/// One leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegRisk {
    /// The market.
    pub market: MarketIndex,
    /// Long or short.
    pub direction: Direction,
    /// Contracts, rounded down.
    pub size: Contracts,
    /// Shares of its side: what it exactly owns.
    pub shares: Shares,
    /// The market's effective price.
    pub price: Price,
    /// Marked and not yet moved as cash.
    pub unsettled: SignedAtoms,
    /// Earned and charged since it was last marked.
    pub pending: Pending,
    /// For liquidation.
    pub maintenance: LegMargin,
    /// For opening and withdrawing.
    pub initial: LegMargin,
    /// Where the account fails if this market alone moves against the leg; none of them in a market whose price is final,
    /// or without a position.
    pub fails: Prices<Price>,
}

/// Where an account fails if all its markets move by the same part of their prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Together {
    /// Downward.
    pub fall: Prices<Move>,
    /// Upward.
    pub rise: Prices<Move>,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRisk {
    /// Its capital.
    pub capital: Atoms,
    /// Equity and requirement at maintenance margin.
    pub maintenance: Health,
    /// Equity and requirement at initial margin.
    pub initial: Health,
    /// Its legs, in its own order.
    pub legs: Vec<LegRisk>,
    /// All its markets together.
    pub together: Together,
}

impl<Id: Copy> Snapshot<Id> {
    /// The health of an account, which need not be of the snapshot, leg by leg, and where it fails.
    pub fn account(&self, ledger: &MarginAccount) -> Result<AccountRisk> {
        let mut trial = self.trial();
        let legs = ledger.legs().map(|leg| self.leg(ledger, leg)).collect::<Result<Vec<_>>>()?;
        Ok(AccountRisk {
            capital: ledger.capital,
            maintenance: trial.assess(ledger, Margin::Maintenance)?,
            initial: trial.assess(ledger, Margin::Initial)?,
            legs,
            together: self.together(ledger)?,
        })
    }

    fn leg(&self, ledger: &MarginAccount, leg: &Leg) -> Result<LegRisk> {
        let market = self.market(leg.market)?;
        let mut trial = self.trial();
        let mut margin = |margin| -> Result<LegMargin> {
            let health = trial.assess(&alone(leg), margin)?;
            let price = market.price_for(leg.direction(), margin);
            Ok(LegMargin { price, equity: health.equity, requirement: health.requirement })
        };
        Ok(LegRisk {
            market: leg.market,
            direction: leg.direction(),
            size: market.size_of(leg)?,
            shares: leg.shares,
            price: market.effective_price,
            unsettled: leg.unsettled,
            pending: leg.pending(market.side(leg.direction()))?,
            maintenance: margin(Margin::Maintenance)?,
            initial: margin(Margin::Initial)?,
            fails: self.leg_fails(ledger, leg)?,
        })
    }

    fn leg_fails(&self, ledger: &MarginAccount, leg: &Leg) -> Result<Prices<Price>> {
        let market = self.market(leg.market)?;
        if !leg.has_position() || market.is_settling() {
            return Ok(Prices { liquidation: None, deleverage: None, bankruptcy: None });
        }
        let (near, far) = way(market, leg.direction())?;
        let mut trial = self.trial();
        let mut find = |failing: &dyn Fn(&Health) -> Result<bool>| -> Result<Option<Price>> {
            let found = nearest(near, far, |price| {
                trial.put_at(market, Price(price.unsigned_abs()))?;
                failing(&trial.assess(ledger, Margin::Maintenance)?)
            })?;
            Ok(found.map(|price| Price(price.unsigned_abs())))
        };
        Ok(Prices {
            liquidation: find(&is_liquidatable)?,
            deleverage: find(&|health| is_deleverageable(market, health))?,
            bankruptcy: find(&is_bankrupt)?,
        })
    }

    fn together(&self, ledger: &MarginAccount) -> Result<Together> {
        let markets = ledger.legs().filter(|leg| leg.has_position());
        let markets: Vec<&Market> = markets.map(|leg| self.market(leg.market)).collect::<Result<_>>()?;
        let moving: Vec<&Market> = markets.into_iter().filter(|market| !market.is_settling()).collect();
        let highest = moving.iter().map(|market| Move::highest(market)).min().unwrap_or_default();
        let lowest = if moving.is_empty() { Move(0) } else { Move(-crate::MILLION) };
        Ok(Together {
            fall: self.moves(ledger, &moving, lowest)?,
            rise: self.moves(ledger, &moving, highest)?,
        })
    }

    fn moves(&self, ledger: &MarginAccount, moving: &[&Market], far: Move) -> Result<Prices<Move>> {
        let mut trial = self.trial();
        let mut find = |failing: &dyn Fn(&Health) -> Result<bool>| -> Result<Option<Move>> {
            let found = nearest(0, far.0, |part| {
                for market in moving {
                    trial.put_at(market, Move(part).of(market.effective_price)?)?;
                }
                failing(&trial.assess(ledger, Margin::Maintenance)?)
            })?;
            Ok(found.map(Move))
        };
        let anywhere = |health: &Health| -> Result<bool> {
            moving.iter().try_fold(false, |any, market| Ok(any || is_deleverageable(market, health)?))
        };
        Ok(Prices {
            liquidation: find(&is_liquidatable)?,
            deleverage: find(&anywhere)?,
            bankruptcy: find(&is_bankrupt)?,
        })
    }
}

/// From a market's price to the furthest it can go against a side.
pub(crate) fn way(market: &Market, direction: Direction) -> Result<(i64, i64)> {
    let furthest = match direction {
        Direction::Long => Price(1),
        Direction::Short => market.max_price,
    };
    Ok((Atoms(market.effective_price.0).signed()?.0, Atoms(furthest.0).signed()?.0))
}

/// An account with one leg and nothing else: its health is that leg's part.
fn alone(leg: &Leg) -> MarginAccount {
    let mut account = MarginAccount::default();
    if let Some(first) = account.legs.first_mut() {
        *first = *leg;
    }
    account
}

pub(crate) fn is_liquidatable(health: &Health) -> Result<bool> {
    Ok(!health.is_met())
}

pub(crate) fn is_bankrupt(health: &Health) -> Result<bool> {
    Ok(health.equity.is_negative())
}

fn is_deleverageable(market: &Market, health: &Health) -> Result<bool> {
    let threshold = market.params.deleverage_threshold.of_floor(health.requirement.0)?;
    Ok(!health.equity.covers(Atoms(threshold)))
}
