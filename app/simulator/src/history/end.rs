//! The end of a history: what is left to be paid, and how everybody fared.

use jettison_harness::Who;

use super::{MarketCost, Play, Played};
use crate::agents::{Agent, Kind, Signal};
use crate::error::{Error, Result};
use crate::results::CohortRow;
use crate::rules::{collect_haircut, Rule};

impl Play<'_> {
    /// Lets everybody take what they can get, and counts what they don't.
    pub(super) fn finish(mut self) -> Result<Played> {
        self.keepers.resolve_all(&mut self.floor, self.rule, &mut self.tally)?;
        self.tally.look(&self.floor.venue, true);
        if self.rule.defers() {
            self.settle_everybody()?;
        }
        self.count_later_fees();
        self.check()?;
        for agent in &mut self.agents {
            agent.mark_elsewhere(&self.floor);
        }
        let cohorts = self.cohorts();
        let world = &self.floor.venue.world;
        self.tally.row.insurance_end = world.insurance;
        let costs = world.markets.iter().zip(&self.income);
        let markets =
            costs.map(|(market, income)| MarketCost { deficit: market.losses.deficit.0, income: *income });
        let markets = markets.collect();
        Ok(Played { cohorts, markets, trace: self.trace, row: self.tally.finish() })
    }

    /// What nobody was charged for, and is neither kept back from gains nor uncovered still, fees have repaid.
    fn count_later_fees(&mut self) {
        let venue = &self.floor.venue;
        let row = &mut self.tally.row;
        let kept = if self.rule == Rule::WithdrawalHaircut { row.shared } else { 0 };
        let open: u64 = venue.world.markets.iter().map(|market| market.uncovered.0).sum();
        row.by_fees = (venue.left_uncovered + row.uncovered).saturating_sub(kept + open);
    }

    /// Under a rule that defers, losses show when gains are taken out: losers pay first, then winners are paid in the order of
    /// their accounts, while the pools last.
    fn settle_everybody(&mut self) -> Result<()> {
        let venue = &mut self.floor.venue;
        let accounts = venue.world.accounts.len();
        let (losers, winners): (Vec<Who>, Vec<Who>) =
            (0..accounts).partition(|who| venue.total_claim(*who) < 0);
        for who in losers {
            // Who is bankrupt at the end pays nothing: it would be resolved a moment later.
            let _ = venue.world.settle(who);
        }
        for who in winners {
            if self.rule == Rule::WithdrawalHaircut {
                let kept = collect_haircut(venue, who);
                let kept = kept.map_err(|source| Error::Engine { what: "keeping back".into(), source })?;
                self.tally.deferred(&kept);
            }
            let _ = venue.world.settle(who);
        }
        if self.rule == Rule::None {
            let unpaid = (0..accounts).flat_map(|who| venue.unpaid(who)).collect::<Vec<_>>();
            self.tally.deferred(&unpaid);
        }
        Ok(())
    }

    fn cohorts(&self) -> Vec<CohortRow> {
        let of = |signal: Signal| {
            let members = || self.agents.iter().filter(move |agent| agent.kind == Kind::Hedger(signal));
            let profit = |agent: &Agent| {
                let equity = self.floor.venue.world.equity(agent.who).max(0);
                equity - i128::from(agent.capital) + agent.elsewhere_gain
            };
            let broken = self.tally.broken.iter().filter(|(who, _)| members().any(|agent| agent.who == *who));
            CohortRow {
                history: self.stage.history,
                rule: self.rule.name().into(),
                signal: signal.name().into(),
                members: members().count() as u64,
                capital: members().map(|agent| agent.capital).sum(),
                profit: members().map(profit).sum::<i128>() as i64,
                charged: members().map(|agent| self.tally.charged(agent.who)).sum(),
                hedges_broken: broken.count() as u64,
            }
        };
        let all = Signal::ALL.into_iter().map(of);
        all.filter(|cohort| cohort.members > 0).collect()
    }
}
