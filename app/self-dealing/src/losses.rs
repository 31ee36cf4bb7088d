//! Who pays when one of the accounts is bankrupt, and what insurance may.

use jettison_engine::{Resolution, Result};
use jettison_harness::{MarketId, Who, World};

use crate::play::Player;
use crate::scene::{ACCOUNTS, OWN, OWN_STAKE};
use crate::tally::{Draw, Event};

impl Player<'_> {
    /// The allowance of the declared parameters: `base × (1 + t / window)` over any stretch of `t` seconds, besides what
    /// the market's own fees have earned.
    pub(crate) fn excess(&self) -> Option<String> {
        (0..self.world.markets.len()).find_map(|market| {
            let params = self.setup.params(market);
            let draws: Vec<_> = self.tally.draws.iter().filter(|draw| draw.market == market).collect();
            let window = u64::from(params.insurance_window_seconds);
            draws.iter().enumerate().find_map(|(from, first)| {
                let mut paid = 0;
                draws[from..].iter().find_map(|draw| {
                    paid += draw.amount;
                    let elapsed = (draw.at - first.at).unsigned_abs();
                    let base = u128::from(params.insurance_base.0) * u128::from(window + elapsed)
                        / u128::from(window);
                    let allowed = base + u128::from(self.tally.earned[market]);
                    let over = u128::from(paid) > allowed;
                    over.then(|| format!("market {market} drew {paid} in {elapsed} s, of {allowed} allowed"))
                })
            })
        })
    }

    /// Resolves a bankruptcy, by whomever, and counts who paid.
    pub(crate) fn resolve(&mut self, who: Who, by: Option<(Who, bool)>) -> Result<Resolution> {
        let before = self.world.clone();
        let resolution = self.world.resolve(who, by)?;
        let events = &mut self.tally.events;
        events.note(Event::Bankrupt);
        let mut drawn = 0;
        for (market, was) in before.markets.iter().enumerate() {
            // At one moment nothing runs off: what is allowed less is what was drawn, and the sum is checked below.
            let allowed = |book: &jettison_engine::Market| {
                book.allowance.remaining(&book.params, before.now).expect("an allowance").0
            };
            let is = &self.world.markets[market];
            let amount = allowed(was) - allowed(is);
            drawn += amount;
            if amount > 0 {
                self.tally.draws.push(Draw { market, at: before.now, amount });
                events.note(Event::InsuranceDrawn);
            }
            if amount > 0 && allowed(is) == 0 {
                events.note(Event::AllowanceSpent);
            }
            if is.breakers.halted_until > was.breakers.halted_until {
                events.note(Event::Halted);
            }
        }
        let paid = resolution.insurance_drawn().expect("a sum").0;
        assert_eq!(drawn, paid, "INSURANCE: {paid} left the fund, allowances fell by {drawn}");
        if paid > 0 && before.stakes[OWN_STAKE].shares.0 > 0 {
            events.note(Event::StakeBore);
        }
        self.count_losses(&before, &resolution, by.map(|by| by.0));
        Ok(resolution)
    }

    fn count_losses(&mut self, before: &World, resolution: &Resolution, by: Option<Who>) {
        let tally = &mut self.tally;
        for leg in resolution.legs() {
            tally.deficit += leg.deficit.0;
            tally.by_insurance += leg.by_insurance.0;
            tally.by_index += leg.by_index.0;
            let happened = [(leg.by_surplus.0, Event::SurplusSpent), (leg.by_index.0, Event::Haircut)];
            happened
                .iter()
                .filter(|(amount, _)| *amount > 0)
                .for_each(|(_, event)| tally.events.note(*event));
        }
        let bounty = resolution.bounty_from_insurance.0 + resolution.bounty_from_fees.0;
        tally.bounties += bounty;
        if bounty > 0 && by.is_some_and(|by| OWN.contains(&by)) {
            tally.events.note(Event::Bounty);
        }
        if resolution.taken_over && by.is_some_and(|by| OWN.contains(&by)) {
            tally.events.note(Event::TookOver);
        }
        for who in OWN.end..ACCOUNTS {
            let paid = if by == Some(who) { i128::from(bounty) } else { 0 };
            tally.honest_haircut += before.equity(who) + paid - self.world.equity(who);
        }
    }

    /// Sweeps a market's fees, and counts what its allowance earns by them.
    pub(crate) fn sweep(&mut self, market: MarketId) {
        let rate = self.setup.params(market).insurance_earned;
        let fees = self.world.markets[market].insurance_fees.0;
        self.tally.earned[market] += rate.of_floor(fees).expect("a part");
        self.at_cost(|player| player.world.sweep(market));
    }
}
