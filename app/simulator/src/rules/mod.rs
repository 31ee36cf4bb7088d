//! Sharing rules, each on the same engine.
//!
//! Everything but the last layer of the waterfall is the engine's under every rule: capital, surplus, insurance. Where
//! Jettison's own rule then charges the loss index, the others move exactly that loss elsewhere before the engine resolves
//! the bankruptcy, by two moves that keep BACKING: what is levied from a leg's claim becomes the market's surplus, which the
//! engine spends first; what nobody is charged for becomes surplus and uncovered loss at once.

mod levy;
mod queue;

use jettison_engine::{resolve_bankruptcy, Atoms, Direction, EngineError, Market, Markets, Resolution};
use jettison_harness::{MarketId, Who};
use jettison_sharing::{Holder, Measure};
use serde::{Deserialize, Serialize};

use crate::venue::Venue;

pub use levy::{collect_haircut, Deferred};

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Jettison's: every contract of the opposite side is charged the same, through one index.
    Index,
    /// Auto-deleveraging: positions of the opposite side are closed at the bankruptcy price, those first who gained most with
    /// most leverage, until the bankrupt position is matched.
    Queue,
    /// Every holder of the opposite side is charged in proportion to its equity.
    Equity,
    /// As by equity, but nobody gives more than its gain: the rate for the others rises instead.
    Capped,
    /// Nobody is charged at once: who takes a gain out is paid the part of it that the pool has.
    WithdrawalHaircut,
    /// Nobody is charged at all: who comes first is paid, and the last aren't.
    None,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Index, Self::Queue, Self::Equity, Self::Capped, Self::WithdrawalHaircut, Self::None];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Queue => "queue",
            Self::Equity => "equity",
            Self::Capped => "capped",
            Self::WithdrawalHaircut => "withdrawal_haircut",
            Self::None => "none",
        }
    }

    /// Whether it charges when gains are taken out, and not when the loss is booked.
    pub fn defers(self) -> bool {
        matches!(self, Self::WithdrawalHaircut | Self::None)
    }
}

/// A holder of the side that shares a loss.
#[derive(Clone, Copy, Debug)]
pub struct Bearer {
    /// Who.
    pub who: Who,
    /// What it has there, before.
    pub holder: Holder,
    /// What its leg was worth before, in atoms.
    claim: i128,
    /// What of that went into its capital meanwhile.
    collected: i128,
    /// Its maintenance margin before.
    required: i128,
    /// Whether it was above that.
    was_met: bool,
    /// What it was charged.
    pub charge: u64,
    /// Whether the charge put it below maintenance.
    pub falls: bool,
    /// Whether the charge made it bankrupt.
    pub fails: bool,
}

/// The loss of one leg that holders of the other side must bear.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The market.
    pub market: MarketId,
    /// The side that bears it.
    pub side: Direction,
    /// What surplus and insurance left to be paid.
    pub needed: u64,
    /// Contracts of the bankrupt leg.
    pub size: u64,
    /// Those who hold that side.
    pub bearers: Vec<Bearer>,
}

/// A bankruptcy.
#[derive(Clone, Debug)]
pub struct Loss {
    /// What the engine did.
    pub resolution: Resolution,
    /// What was to be shared.
    pub shared: Vec<Shared>,
}

/// Resolves a bankruptcy under a rule. `by` gets the bounty, and takes the positions over if it has the margin; under the
/// queue `clearer` takes them and hands them to those who are deleveraged.
pub fn resolve(rule: Rule, venue: &mut Venue, who: Who, by: Who, clearer: Who) -> Result<Loss, EngineError> {
    settle_losers(venue, who);
    let mut shared = needs(venue, who, rule == Rule::Queue)?;
    for loss in &mut shared {
        rule.prepare(venue, loss)?;
    }
    let is_queued = rule == Rule::Queue && !shared.is_empty() && queue::has_room(venue, who, &shared);
    let taker = if is_queued { clearer } else { by };
    let resolution = venue.world.resolve(who, Some((taker, true)))?;
    venue.resolved(who, resolution.taken_over.then_some(taker));
    for loss in &mut shared {
        if is_queued && resolution.taken_over {
            queue::close_out(venue, loss, clearer);
        }
        if !rule.defers() {
            levy::measure(venue, loss);
        }
    }
    Ok(Loss { resolution, shared })
}

impl Rule {
    fn prepare(self, venue: &mut Venue, loss: &mut Shared) -> Result<(), EngineError> {
        let rule = match self {
            Self::Index => return Ok(()),
            Self::WithdrawalHaircut | Self::None => {
                levy::leave_uncovered(venue, loss.market, loss.needed);
                return Ok(());
            }
            Self::Queue => {
                let left = queue::levy(venue, loss)?;
                levy::leave_uncovered(venue, loss.market, left);
                return Ok(());
            }
            Self::Equity => jettison_sharing::Rule::ProRata(Measure::Equity),
            Self::Capped => jettison_sharing::Rule::WATER_FILLING,
        };
        let holders: Vec<Holder> = loss.bearers.iter().map(|bearer| bearer.holder).collect();
        let mut charges = vec![];
        let left = jettison_sharing::share(rule, loss.needed, &holders, &mut charges)
            .map_err(|_| EngineError::Overflow)?;
        for (bearer, charge) in loss.bearers.iter().zip(charges) {
            levy::levy(venue, bearer.who, loss.market, charge)?;
        }
        levy::leave_uncovered(venue, loss.market, left);
        Ok(())
    }
}

/// Where the bankrupt has claims that a pool can't pay, whoever owes that pool pays first: as a client would have it.
fn settle_losers(venue: &mut Venue, who: Who) {
    for market in 0..venue.world.markets.len() {
        let payable = i128::from(venue.world.markets[market].payable().0);
        if venue.world.claim(who, market) <= payable {
            continue;
        }
        for other in 0..venue.world.accounts.len() {
            let world = &mut venue.world;
            if other != who && world.claim(other, market) < 0 && world.equity(other) >= 0 {
                // A loser who can't be settled now owes as before.
                let _ = world.settle(other);
            }
        }
    }
}

/// Tries the bankruptcy on copies: what surplus and insurance would leave to the other sides, and who is on them. If anything is
/// left, `whole` asks for the other sides of all positions, also where nothing is needed.
fn needs(venue: &mut Venue, who: Who, whole: bool) -> Result<Vec<Shared>, EngineError> {
    let mut account = venue.world.accounts[who];
    let sides: Vec<_> = account.legs().map(|leg| (leg.market, leg.direction().opposite())).collect();
    let mut copies = venue.world.markets.clone();
    let mut lent: Vec<&mut Market> = copies.iter_mut().collect();
    let fund = Atoms(venue.world.insurance);
    let mut markets = Markets::new(&mut lent)?;
    let trial = resolve_bankruptcy(&mut account, None, &mut markets, fund, venue.world.now)?;
    let mut shared = vec![];
    if trial.legs().all(|entry| entry.by_index.is_zero()) {
        return Ok(shared);
    }
    for entry in trial.legs().filter(|entry| !entry.by_index.is_zero() || (whole && !entry.size.is_zero())) {
        let side = sides.iter().find(|(market, _)| *market == entry.market);
        let side = side.map(|(_, side)| *side).ok_or(EngineError::MarketMissing)?;
        let market = usize::from(entry.market.0);
        let bearers = bearers(venue, who, market, side);
        shared.push(Shared { market, side, needed: entry.by_index.0, size: entry.size.0, bearers });
    }
    Ok(shared)
}

fn bearers(venue: &mut Venue, but: Who, market: MarketId, side: Direction) -> Vec<Bearer> {
    let mut whos = venue.holders(market, side);
    whos.retain(|who| *who != but);
    let mut bearers = vec![];
    for (who, health) in whos.iter().zip(venue.healths(&whos)) {
        let (who, contracts) = (*who, venue.position(*who, market).unsigned_abs());
        let Some(health) = health.filter(|_| contracts > 0) else {
            continue;
        };
        let gain = u64::try_from(venue.gain(who, market)).unwrap_or(0);
        let equity = health.equity.claim().0;
        let holder = Holder { gain, equity, notional: contracts * venue.price(market).0, contracts };
        let claim = venue.world.claim(who, market);
        bearers.push(Bearer {
            who,
            holder,
            claim,
            collected: 0,
            required: i128::from(health.requirement.0),
            was_met: health.is_met(),
            charge: 0,
            falls: false,
            fails: false,
        });
    }
    bearers
}
