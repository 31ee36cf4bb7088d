//! Where strategies are played: markets with honest people on both sides, an insurance fund, and three accounts and a
//! stake of one owner.

use jettison_engine::{Bps, Contracts, EngineError, MarketParams};
use jettison_harness::{params, MarketId, Who, World};
use rand::Rng;
use serde::Serialize;

/// The owner's accounts.
pub const OWN: std::ops::Range<Who> = 0..3;
/// Honest holders: large ones and small ones, of each side.
const HOLDERS: [(Who, Who, u64); 2] = [(3, 4, 1), (5, 6, 37)];
/// The account that honest keepers take positions over with.
pub const KEEPER: Who = 7;
/// Whose bankruptcy diluted the sides before the owner came.
const DEBTOR: Who = 8;
/// All accounts.
pub const ACCOUNTS: usize = 9;
/// The owner's stake and that of honest people.
pub const OWN_STAKE: usize = 0;
/// Honest people's stake.
pub const HONEST_STAKE: usize = 1;

/// Risk parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Profile {
    /// A clamp well inside the envelope.
    Slack,
    /// The least maintenance margin that the clamp allows, and initial margin no higher: the most leverage there is.
    Tight,
    /// Contracts of a few atoms, where rounding is as large as it can be.
    Coarse,
}

/// A defect planted in the parameters, all but the last past their bounds, to show that the search finds what it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole {
    /// The clamp lets a window take three times the maintenance margin.
    WideClamp,
    /// The market may draw ten times its allowance.
    Allowance,
    /// Unpaid profit counts four times over, so that an owner can take out what it may still owe.
    Profit,
    /// Deleveraging waits until half of maintenance is gone, though a window takes more. The parameters' bounds allow it.
    LateDeleverage,
}

/// What differs from one scene to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setup {
    /// Parameters of the first market.
    pub profile: Profile,
    /// One or two; the second is always slack.
    pub markets: usize,
    /// Whether keepers can take positions over; otherwise they deleverage.
    pub keepers_are_rich: bool,
    /// Contracts of the large holders.
    pub depth: u64,
    /// Insurance, in parts per thousand of the large holders' notional.
    pub insurance: u64,
    /// Of insurance, how many percent honest people have staked.
    pub staked: u64,
    /// Whether an earlier bankruptcy left the sides' contracts and shares out of step.
    pub is_diluted: bool,
}

impl Setup {
    /// A random one.
    pub fn random(rng: &mut impl Rng) -> Self {
        let profile =
            [Profile::Slack, Profile::Tight, Profile::Tight, Profile::Coarse][rng.random_range(0..4)];
        Self {
            profile,
            markets: if rng.random_bool(0.3) { 2 } else { 1 },
            keepers_are_rich: rng.random_bool(0.5),
            depth: [10, 1_000, 20_000][rng.random_range(0..3)] + rng.random_range(0..7),
            insurance: [0, 1, 10, 100, 1_000][rng.random_range(0..5)],
            staked: [0, 50, 100][rng.random_range(0..3)],
            is_diluted: rng.random_bool(0.4),
        }
    }

    /// What a large holder's position is worth at the start: what amounts are measured by.
    pub fn notional(&self) -> u64 {
        self.depth * self.price(0)
    }

    fn price(&self, market: MarketId) -> u64 {
        match (market, self.profile) {
            (1, _) => 1_000_003,
            (_, Profile::Slack) => 50_000_000,
            (_, Profile::Tight) => 2_338_700,
            (_, Profile::Coarse) => 37,
        }
    }

    /// What the parameters are declared to be.
    pub fn params(&self, market: MarketId) -> MarketParams {
        let profile = if market == 0 { self.profile } else { Profile::Slack };
        let base = match profile {
            Profile::Slack => params::live(),
            Profile::Tight => tight(),
            Profile::Coarse => params::coarse(),
        };
        let mut params = MarketParams { max_open_interest: Contracts(1_000_000), ..base };
        params.insurance_base.0 = (self.notional() / 50).max(1);
        if profile != Profile::Slack {
            params.deleverage_threshold = least_threshold(params);
        }
        params
    }

    /// The world, in which the owner has nothing yet.
    pub fn build(&self, hole: Option<Hole>) -> World {
        let markets: Vec<_> =
            (0..self.markets).map(|market| (self.params(market), self.price(market))).collect();
        let mut world = World::new(&markets, ACCOUNTS, 0);
        world.open_stake();
        world.open_stake();
        self.seat_holders(&mut world);
        if self.is_diluted {
            dilute(&mut world, self.price(0)).expect("a bankruptcy");
        }
        self.insure(&mut world);
        if let Some(hole) = hole {
            world.markets.iter_mut().for_each(|market| hole.plant(&mut market.params));
        }
        world
    }

    fn seat_holders(&self, world: &mut World) {
        let wealth = 8 * self.notional() + 1_000_000;
        if self.keepers_are_rich {
            world.deposit(KEEPER, 100 * wealth).expect("a deposit");
        }
        for (long, short, part) in HOLDERS {
            world.deposit(long, wealth).expect("a deposit");
            world.deposit(short, wealth).expect("a deposit");
            for market in 0..self.markets {
                let value = self.notional() / self.price(market) / part;
                // The second market is half as deep.
                let size = (value / (1 + market as u64)).max(1);
                match world.trade(long, short, market, size) {
                    Ok(_) | Err(EngineError::BelowMinNotional) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
        (0..self.markets).for_each(|market| world.sweep(market));
    }

    fn insure(&self, world: &mut World) {
        let insurance = u128::from(self.notional()) * u128::from(self.insurance) / 1_000;
        let insurance = u64::try_from(insurance).expect("an amount");
        let staked = insurance * self.staked / 100;
        world.endow_insurance(insurance - staked);
        if staked > 0 {
            world.stake(HONEST_STAKE, staked).expect("a stake");
        }
    }
}

/// The clamp of a volatile market, and margin as low as the envelope lets it be.
fn tight() -> MarketParams {
    let whole = Bps(10_000);
    let mut params =
        MarketParams { max_move_per_second: Bps(40), deleverage_threshold: whole, ..params::live() };
    let valid = |bps: &u16| {
        let margin = Bps(*bps);
        MarketParams { initial_margin: margin, maintenance_margin: margin, ..params }.validate().is_ok()
    };
    let margin = Bps((1..10_000).find(valid).expect("a margin"));
    (params.initial_margin, params.maintenance_margin) = (margin, margin);
    params
}

/// A bankruptcy in the first market, and the price back where it was.
fn dilute(world: &mut World, price: u64) -> Result<(), EngineError> {
    let size = u64::try_from(world.position(HOLDERS[0].0, 0)).expect("a long") / 3 + 1;
    let params = world.markets[0].params;
    let margin = u64::from(params.initial_margin.0) + 20;
    world.deposit(DEBTOR, (size * price * margin).div_ceil(10_000) + params.requirement_floor.0 + 1)?;
    world.trade(DEBTOR, HOLDERS[0].1, 0, size)?;
    let gone = world.capital(DEBTOR) / size + price / 50 + 1;
    world.gap(0, price - gone.min(price - 1));
    if world.is_bankrupt(DEBTOR) {
        world.resolve(DEBTOR, None)?;
    }
    world.gap(0, price);
    // The halt ends, the stable price and the loss window come to rest.
    world.now += 7_200;
    world.refresh();
    (0..ACCOUNTS).try_for_each(|who| world.settle(who).map(|_| ()))?;
    (0..world.markets.len()).for_each(|market| world.sweep(market));
    Ok(())
}

/// The least deleveraging threshold that the envelope accepts: keepers who can't take over have no more room than that.
fn least_threshold(params: MarketParams) -> Bps {
    let holds =
        |threshold: &u16| MarketParams { deleverage_threshold: Bps(*threshold), ..params }.validate().is_ok();
    Bps((1..=10_000).find(holds).expect("parameters whose envelope holds"))
}

impl Hole {
    fn plant(self, params: &mut MarketParams) {
        match self {
            Self::WideClamp => {
                let rate = 3 * params.maintenance_margin.0 / params.keeper_window_seconds;
                params.max_move_per_second = Bps(rate);
            }
            Self::Allowance => params.insurance_base.0 *= 10,
            Self::Profit => params.profit_weight = Bps(40_000),
            Self::LateDeleverage => params.deleverage_threshold = Bps(5_000),
        }
    }
}
