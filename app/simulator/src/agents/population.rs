//! A population, with its first positions at the first prices.

use jettison_engine::{Price, MAX_NOTIONAL};
use jettison_harness::{MarketId, Who, World};
use rand_distr::{Distribution, Exp};

use super::draw::draw_agents;
use super::Agent;
use crate::error::{Error, Result};
use crate::scenario::{MarketSpec, Population, Scenario};
use crate::venue::Venue;

/// Atoms in a quote unit.
pub const QUOTE: f64 = 1e6;

/// What the account that moves auto-deleveraged positions has: always enough.
const CLEARER_CAPITAL: u64 = MAX_NOTIONAL;

/// Everybody, with their first positions.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// The clearinghouse.
    pub venue: Venue,
    /// Who trades.
    pub agents: Vec<Agent>,
    /// Market makers, by market.
    pub makers: Vec<Vec<Who>>,
    /// Keepers.
    pub keepers: Vec<Who>,
    /// The account that moves auto-deleveraged positions.
    pub clearer: Who,
    /// Contracts open at the start, by market.
    pub open_interest: Vec<u64>,
}

impl Crowd {
    /// Draws the population of a history.
    pub fn draw(scenario: &Scenario, markets: &[MarketSpec], prices: &[Price], seed: u64) -> Result<Self> {
        Self::draw_without(scenario, markets, prices, seed, &[])
    }

    /// As [`Self::draw`], but some stay out of all markets; what they would have taken from others makers take.
    pub fn draw_without(
        scenario: &Scenario,
        markets: &[MarketSpec],
        prices: &[Price],
        seed: u64,
        removed: &[Who],
    ) -> Result<Self> {
        let people = &scenario.population;
        let mut agents = draw_agents(people, markets, prices, seed);
        for who in removed {
            if let Some(agent) = agents.get_mut(*who) {
                agent.wants.clear();
            }
        }
        let wanted: Vec<(u64, u64)> = (0..markets.len()).map(|market| wanted(&agents, market)).collect();
        let makers = people.makers as usize;
        let count = agents.len() + makers * markets.len() + scenario.keepers.count as usize + 1;
        let parameters: Vec<_> =
            markets.iter().zip(prices).map(|(spec, price)| (spec.params, price.0)).collect();
        let world = World::new(&parameters, count, 0);
        let mut crowd = Self {
            venue: Venue::new(world),
            makers: vec![],
            keepers: vec![],
            clearer: count - 1,
            open_interest: wanted.iter().map(|(long, short)| *long.max(short)).collect(),
            agents: vec![],
        };
        for agent in &agents {
            crowd.fund(agent.who, agent.capital)?;
        }
        crowd.fund_others(scenario, markets, &wanted, agents.len())?;
        for market in 0..markets.len() {
            crowd.open(&agents, market)?;
        }
        for agent in &mut agents {
            agent.settle_in(&crowd.venue, people);
        }
        crowd.agents = agents;
        crowd.insure(scenario)?;
        Ok(crowd)
    }

    /// Open interest at the first prices, both sides, in atoms.
    pub fn notional(&self) -> u64 {
        let open = self.open_interest.iter().enumerate();
        open.map(|(market, contracts)| 2 * contracts * self.venue.price(market).0).sum()
    }

    fn fund(&mut self, who: Who, capital: u64) -> Result<()> {
        if capital == 0 {
            return Ok(());
        }
        let funded = self.venue.world.deposit(who, capital);
        funded.map_err(|source| Error::Engine { what: format!("funding account {who}"), source })
    }

    fn fund_others(
        &mut self,
        scenario: &Scenario,
        markets: &[MarketSpec],
        wanted: &[(u64, u64)],
        first: usize,
    ) -> Result<()> {
        let makers = scenario.population.makers as usize;
        let mut who = first;
        for (market, (long, short)) in wanted.iter().enumerate() {
            let margin = f64::from(markets[market].params.initial_margin.0) / 1e4;
            let price = self.venue.price(market).0 as f64;
            let (open, odd) = ((*long).max(*short) as f64, long.abs_diff(*short) as f64);
            let capital = price * (odd + 0.25 * open) * (margin * 4.0).min(1.0) / makers as f64;
            self.makers.push((who..who + makers).collect());
            for _ in 0..makers {
                self.fund(who, capital as u64 + 1)?;
                who += 1;
            }
        }
        let capital = scenario.keepers.capital * self.notional() as f64;
        for _ in 0..scenario.keepers.count {
            self.keepers.push(who);
            self.fund(who, capital as u64)?;
            who += 1;
        }
        self.fund(self.clearer, CLEARER_CAPITAL)
    }

    /// Matches those who want to be long with those who want to be short, in their order; makers take what is left over.
    fn open(&mut self, agents: &[Agent], market: MarketId) -> Result<()> {
        let list = |sign: i64| -> Vec<(Who, u64)> {
            let wants = agents.iter().flat_map(|agent| agent.wants.iter().map(|want| (agent.who, want)));
            let here = wants.filter(|(_, want)| want.market == market && want.size.signum() == sign);
            here.map(|(who, want)| (who, want.size.unsigned_abs())).collect()
        };
        let (mut longs, mut shorts) = (list(1), list(-1));
        let (long, short) = (sum(&longs), sum(&shorts));
        let (missing, list) =
            if long > short { (long - short, &mut shorts) } else { (short - long, &mut longs) };
        let makers = &self.makers[market];
        for (place, maker) in makers.iter().enumerate() {
            let share = missing / makers.len() as u64;
            let odd = u64::from((place as u64) < missing % makers.len() as u64);
            list.push((*maker, share + odd));
        }
        let price = self.venue.price(market);
        let (mut buyer, mut seller) = (0, 0);
        while buyer < longs.len() && seller < shorts.len() {
            let size = longs[buyer].1.min(shorts[seller].1);
            if size > 0 {
                let (taker, maker) = (longs[buyer].0, shorts[seller].0);
                // Opened long ago: the fees of that are no income of this history.
                let traded = self
                    .venue
                    .free_of_fees(market, |venue| venue.trade(taker, maker, market, size as i64, price));
                traded
                    .map_err(|source| Error::Engine { what: "opening the first positions".into(), source })?;
            }
            longs[buyer].1 -= size;
            shorts[seller].1 -= size;
            buyer += usize::from(longs[buyer].1 == 0);
            seller += usize::from(shorts[seller].1 == 0);
        }
        Ok(())
    }

    fn insure(&mut self, scenario: &Scenario) -> Result<()> {
        let insurance = &scenario.insurance;
        let fund = (insurance.size * self.notional() as f64) as u64;
        let each = (fund as f64 * insurance.staked / f64::from(insurance.stakers.max(1))) as u64;
        let world = &mut self.venue.world;
        for _ in 0..insurance.stakers {
            let staker = world.open_stake();
            if each > 0 {
                let staked = world.stake(staker, each);
                staked.map_err(|source| Error::Engine { what: "staking".into(), source })?;
            }
        }
        world.endow_insurance(fund.saturating_sub(world.insurance));
        for market in &mut world.markets {
            market.params.insurance_base.0 = (insurance.allowance * world.insurance as f64) as u64;
        }
        Ok(())
    }
}

fn sum(list: &[(Who, u64)]) -> u64 {
    list.iter().map(|(_, size)| size).sum()
}

/// Contracts wanted long and short.
fn wanted(agents: &[Agent], market: MarketId) -> (u64, u64) {
    let sizes = |sign: i64| -> u64 {
        let wants = agents.iter().flat_map(|agent| &agent.wants);
        let here = wants.filter(|want| want.market == market && want.size.signum() == sign);
        here.map(|want| want.size.unsigned_abs()).sum()
    };
    (sizes(1), sizes(-1))
}

impl Agent {
    /// Looks at what it got, and decides when to look again.
    fn settle_in(&mut self, venue: &Venue, people: &Population) {
        for (want, elsewhere) in self.wants.iter().zip(&mut self.elsewhere) {
            if *elsewhere != 0 {
                *elsewhere = -venue.position(self.who, want.market);
            }
        }
        self.next = venue.world.now;
        self.sleep(self.pace(people));
    }

    /// Seconds until it looks again: exponential, with this mean, at least one.
    pub fn sleep(&mut self, mean: f64) {
        let drawn = Exp::new(1.0 / mean).map_or(mean, |pause| pause.sample(&mut self.random));
        self.next += drawn.ceil().clamp(1.0, 1e9) as i64;
    }
}
