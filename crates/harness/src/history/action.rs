//! What can happen, and which refusals each action is allowed.

use jettison_engine::*;

use super::coverage::Coverage;
use crate::economy::COOLDOWN_SECONDS;
use crate::{MarketId, Who, World};

/// Picks are taken modulo what there is to pick from, so that shortening a history keeps its actions meaningful.
pub type Pick = u8;

#[derive(Clone, Debug)]
pub enum Action {
    Deposit {
        who: Pick,
        amount: u64,
    },
    Withdraw {
        who: Pick,
        percent: u64,
    },
    /// `reach` is in percent of what the poorer of the two could open; zero is one contract.
    Trade {
        buyer: Pick,
        seller: Pick,
        market: Pick,
        reach: u64,
        off_bps: i64,
        buyer_takes: bool,
    },
    /// Closes against whoever is on the other side, in part or in full.
    Close {
        who: Pick,
        market: Pick,
        with: Pick,
        percent: u64,
    },
    /// One accrual toward `percent` of the price.
    Accrue {
        market: Pick,
        percent: u64,
        seconds: i64,
    },
    /// Accruals until the price has moved to `percent`, while no keeper does anything.
    Crash {
        market: Pick,
        percent: u64,
    },
    Wait {
        seconds: i64,
    },
    Settle {
        who: Pick,
    },
    Liquidate {
        who: Pick,
        by: Pick,
        market: Pick,
        max: u64,
    },
    Deleverage {
        who: Pick,
        by: Option<Pick>,
        market: Pick,
    },
    Resolve {
        who: Pick,
        by: Option<(Pick, bool)>,
    },
    Sweep {
        market: Pick,
    },
    Waive {
        who: Pick,
    },
    Stake {
        staker: Pick,
        amount: u64,
    },
    RequestUnstake {
        staker: Pick,
        percent: u64,
    },
    Unstake {
        staker: Pick,
    },
    Endow {
        amount: u64,
    },
    Flag {
        who: Pick,
    },
    Serve {
        who: Pick,
        turn_away: bool,
    },
    /// The oracle of a market can't be used until its next accrual.
    Suspend {
        market: Pick,
    },
}

impl Action {
    /// Its name, without what it is done to.
    pub fn kind(&self) -> String {
        let shown = format!("{self:?}");
        shown.split(' ').next().unwrap_or_default().to_string()
    }

    /// The refusals that this action may meet. Any other is a bug: above all an overflow, or a keeper's action
    /// refused for want of capital or of a counterparty.
    fn refusals(&self) -> &'static [EngineError] {
        use EngineError::*;
        match self {
            Self::Deposit { .. } | Self::Sweep { .. } | Self::Endow { .. } | Self::Suspend { .. } => &[],
            Self::Stake { .. } => &[ZeroSize, BankruptcyOpen],
            Self::RequestUnstake { .. } => &[NotStaked],
            Self::Unstake { .. } => &[BankruptcyOpen, NotStaked, UnstakeNotReady],
            Self::Flag { .. } => &[StalePrice, NotBankrupt],
            Self::Serve { .. } => &[NotNextInQueue, Throttled],
            Self::Accrue { .. } | Self::Crash { .. } | Self::Wait { .. } => &[],
            Self::Withdraw { .. } => {
                &[ZeroSize, StalePrice, MarketLagging, OracleUnusable, BelowInitialMargin, AlreadyQueued]
            }
            Self::Trade { .. } | Self::Close { .. } => &[
                StalePrice,
                Bankrupt,
                OpenInterestCap,
                PriceOutsideBand,
                InsufficientCapital,
                SideDraining,
                SideDiluted,
                MarketLagging,
                OracleUnusable,
                OpeningHalted,
                BelowMinNotional,
                BelowInitialMargin,
                HealthWorsened,
            ],
            Self::Settle { .. } => &[StalePrice],
            Self::Liquidate { .. } => {
                &[StalePrice, Bankrupt, NoPosition, SideDraining, SideDiluted, BelowInitialMargin]
            }
            Self::Deleverage { .. } => &[StalePrice, Bankrupt, NoPosition],
            Self::Resolve { .. } => &[StalePrice, NotBankrupt],
            Self::Waive { .. } => &[AccountNotEmpty],
        }
    }

    pub fn play(&self, world: &mut World, prices: &[u64], seen: &mut Coverage) {
        if let Err(error) = self.try_play(world, prices, seen) {
            assert!(self.refusals().contains(&error), "{self:?} was refused with {error:?}");
            seen.note(&format!("refused: {error:?}"));
        }
    }

    fn try_play(&self, world: &mut World, prices: &[u64], seen: &mut Coverage) -> Result<()> {
        let accounts = world.accounts.len();
        let anyone = |pick: Pick| usize::from(pick) % accounts;
        let other = |pick: Pick, than: Who| (than + 1 + usize::from(pick) % (accounts - 1)) % accounts;
        let market_of = |pick: Pick| usize::from(pick) % prices.len();
        match *self {
            Self::Deposit { who, amount } => world.deposit(anyone(who), amount),
            Self::Withdraw { who, percent } => {
                let amount = world.capital(anyone(who)) * percent / 100;
                world.withdraw(anyone(who), amount).map(|_| ())
            }
            Self::Trade { buyer, seller, market, reach, off_bps, buyer_takes } => {
                let (market, buyer) = (market_of(market), anyone(buyer));
                let seller = other(seller, buyer);
                let mut terms = world.terms(market, open_size(world, buyer, seller, market, reach));
                let off = terms.price.0 as i64 * off_bps / 10_000;
                terms.price = Price((terms.price.0 as i64 + off) as u64);
                terms.taker = if buyer_takes { Direction::Long } else { Direction::Short };
                let outcome = world.trade_at(buyer, seller, terms)?;
                seen.note_trade(world, buyer, seller, market, &outcome);
                Ok(())
            }
            Self::Close { who, market, with, percent } => {
                let Some((who, market)) = pick_position(world, who, market) else {
                    return Ok(());
                };
                let held = world.position(who, market);
                let against =
                    (0..accounts).filter(|other| world.position(*other, market).signum() == -held.signum());
                let Some(with) = nth(against, with) else {
                    return Ok(());
                };
                let size = (held.unsigned_abs() * percent / 100).max(1);
                let (buyer, seller) = if held < 0 { (who, with) } else { (with, who) };
                let outcome = world.trade(buyer, seller, market, size)?;
                seen.note_trade(world, buyer, seller, market, &outcome);
                Ok(())
            }
            Self::Accrue { market, percent, seconds } => {
                let market = market_of(market);
                let target = target(world, market, percent, prices[market]);
                world.accrue(market, target, seconds).map(|_| ())
            }
            Self::Crash { market, percent } => crash(world, market_of(market), percent, prices),
            Self::Wait { seconds } => {
                world.now += seconds;
                Ok(())
            }
            Self::Settle { who } => {
                let settlement = world.settle(anyone(who))?;
                seen.note_settlement(world, &settlement);
                Ok(())
            }
            Self::Liquidate { who, by, market, max } => {
                let who = pick_where(world, who, is_liquidatable);
                let market = pick_leg(world, who, market);
                let outcome = world.liquidate(who, other(by, who), market, max)?;
                seen.note_if(!outcome.size.is_zero(), "liquidation");
                Ok(())
            }
            Self::Deleverage { who, by, market } => {
                let who = pick_where(world, who, is_liquidatable);
                let market = pick_leg(world, who, market);
                let outcome = world.deleverage(who, by.map(|by| other(by, who)), market)?;
                seen.note_if(outcome.eligible, "deleverage");
                Ok(())
            }
            Self::Resolve { who, by } => {
                let who = pick_where(world, who, |world, who| world.is_bankrupt(who));
                let by = by.map(|(pick, takes_over)| (other(pick, who), takes_over));
                let resolution = world.resolve(who, by)?;
                seen.note_resolution(world, &resolution, by.is_some_and(|by| by.1));
                Ok(())
            }
            Self::Sweep { market } => {
                world.sweep(market_of(market));
                Ok(())
            }
            Self::Waive { who } => {
                let who = pick_where(world, who, |world, who| world.is_owed_only(who));
                let waived = world.waive(who)?;
                seen.note_if(waived > 0, "claim waived");
                Ok(())
            }
            Self::Stake { .. }
            | Self::RequestUnstake { .. }
            | Self::Unstake { .. }
            | Self::Endow { .. }
            | Self::Flag { .. }
            | Self::Serve { .. } => self.try_stakers_part(world, seen),
            Self::Suspend { market } => {
                let news = world.suspend(market_of(market))?;
                seen.note_if(news, "oracle unusable");
                Ok(())
            }
        }
    }
}

impl Action {
    /// What concerns the fund and the queue.
    fn try_stakers_part(&self, world: &mut World, seen: &mut Coverage) -> Result<()> {
        let stakers = world.stakes.len();
        let staker_of = |pick: Pick| usize::from(pick) % stakers;
        match *self {
            Self::Stake { staker, amount } => {
                world.stake(staker_of(staker), amount)?;
                seen.note("staked");
            }
            Self::RequestUnstake { staker, percent } => {
                let staker = staker_of(staker);
                let shares = world.stakes[staker].shares.0 / 100 * percent;
                world.request_unstake(staker, shares, COOLDOWN_SECONDS)?;
            }
            Self::Unstake { staker } => {
                let staker = staker_of(staker);
                let promised = world.stakes[staker].requested_value.0;
                let paid = world.unstake(staker)?;
                seen.note("unstaked");
                seen.note_if(paid < promised, "unstaked after a loss");
            }
            Self::Endow { amount } => world.endow(amount)?,
            Self::Flag { who } => {
                let who = pick_where(world, who, |world, who| world.is_bankrupt(who));
                world.flag(who)?;
                seen.note("flagged");
            }
            Self::Serve { who, turn_away } => {
                let head = world.throttle.head;
                let next = |world: &mut World, who: Who| {
                    !world.places[who].amount.is_zero() && world.places[who].place == head
                };
                let who = pick_where(world, who, next);
                let served = if turn_away { world.turn_away(who)? } else { world.serve(who)? };
                seen.note_if(served > 0, "served from the queue");
            }
            _ => unreachable!("not the fund's nor the queue's: {self:?}"),
        }
        Ok(())
    }
}

pub fn nth(candidates: impl Iterator<Item = usize>, pick: Pick) -> Option<usize> {
    let candidates: Vec<usize> = candidates.collect();
    (!candidates.is_empty()).then(|| candidates[usize::from(pick) % candidates.len()])
}

/// One of those in that state, or anyone if none is.
pub fn pick_where(world: &mut World, pick: Pick, is: impl Fn(&mut World, Who) -> bool) -> Who {
    let those: Vec<Who> = (0..world.accounts.len()).filter(|who| is(world, *who)).collect();
    nth(those.into_iter(), pick).unwrap_or(usize::from(pick) % world.accounts.len())
}

pub fn is_liquidatable(world: &mut World, who: Who) -> bool {
    let health = world.health(who, Margin::Maintenance);
    health.is_ok_and(|health| !health.equity.is_negative() && !health.is_met())
}

/// A market in which the account has a leg, or any.
pub fn pick_leg(world: &World, who: Who, pick: Pick) -> MarketId {
    let markets = world.markets.len();
    let with_leg = (0..markets).filter(|market| world.leg(who, *market).is_some());
    nth(with_leg, pick).unwrap_or(usize::from(pick) % markets)
}

pub fn pick_position(world: &World, who: Pick, market: Pick) -> Option<(Who, MarketId)> {
    let holds = |who: &Who| (0..world.markets.len()).any(|market| world.position(*who, market) != 0);
    let who = nth((0..world.accounts.len()).filter(holds), who)?;
    nth((0..world.markets.len()).filter(|market| world.position(who, *market) != 0), market)
        .map(|market| (who, market))
}

pub fn open_size(world: &World, buyer: Who, seller: Who, market: MarketId, reach: u64) -> u64 {
    let m = &world.markets[market];
    let notional =
        world.capital(buyer).min(world.capital(seller)) * BPS_ONE / u64::from(m.params.initial_margin.0);
    (notional / m.effective_price.0 * reach / 100).max(1)
}

/// `percent` of the price now, within a sixteenth and sixteen times the first price.
pub fn target(world: &World, market: MarketId, percent: u64, first: u64) -> u64 {
    let price = world.markets[market].effective_price.0 * percent / 100;
    price.clamp((first / 16).max(1), first * 16)
}

fn crash(world: &mut World, market: MarketId, percent: u64, prices: &[u64]) -> Result<()> {
    let target = target(world, market, percent, prices[market]);
    let window = i64::from(world.markets[market].params.keeper_window_seconds);
    while world.markets[market].effective_price.0 != target {
        world.accrue(market, target, window)?;
    }
    // The crank goes on in the other markets.
    for other in (0..prices.len()).filter(|other| *other != market) {
        let target = world.markets[other].target_price.0;
        world.accrue(other, target, 0)?;
    }
    Ok(())
}
