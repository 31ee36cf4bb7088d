//! What happened in the histories, so that a quiet run can't pass for a safe one.

use std::collections::BTreeMap;

use jettison_engine::*;

use crate::exit::Exit;
use crate::{MarketId, Who, World};

/// What has to happen in a run.
const REQUIRED: [&str; 36] = [
    "bounty from fees",
    "bankruptcy",
    "bankruptcy in several markets",
    "claim forfeited",
    "claim waived",
    "close",
    "deleverage",
    "drained",
    "exit with a claim waived",
    "fell back to deleveraging",
    "flagged",
    "flip",
    "funding paid",
    "haircut",
    "history",
    "leg of one contract",
    "insurance spared by the allowance",
    "liquidation",
    "loss breaker",
    "loss by index",
    "loss by insurance",
    "loss by surplus",
    "loss by two rungs",
    "loss uncovered",
    "open",
    "oracle unusable",
    "refused: OpeningHalted",
    "served from the queue",
    "shares lapsed",
    "short pool",
    "staked",
    "taken over",
    "trade on a diluted side",
    "unstaked",
    "unstaked after a loss",
    "wound up",
];

#[derive(Clone, Debug, Default)]
pub struct Coverage {
    pub operations: usize,
    pub longest_exit: usize,
    pub most_dust: u64,
    counts: BTreeMap<String, usize>,
}

impl Coverage {
    pub fn note(&mut self, what: &str) {
        self.note_if(true, what);
    }

    pub fn note_if(&mut self, happened: bool, what: &str) {
        if happened {
            *self.counts.entry(what.to_string()).or_default() += 1;
        }
    }

    pub fn note_trade(
        &mut self,
        world: &World,
        buyer: Who,
        seller: Who,
        market: MarketId,
        outcome: &TradeOutcome,
    ) {
        for fill in [outcome.buyer.fill, outcome.seller.fill] {
            let kind = match (fill.closed.is_zero(), fill.opened.is_zero()) {
                (true, _) => "open",
                (false, true) => "close",
                (false, false) => "flip",
            };
            self.note(kind);
        }
        let m = &world.markets[market];
        let diluted = |side: &Side| side.contracts.0 << SHARE_BITS != side.shares.0;
        self.note_if(diluted(&m.long) || diluted(&m.short), "trade on a diluted side");
        let one = [buyer, seller].iter().any(|who| world.position(*who, market).abs() == 1);
        self.note_if(one, "leg of one contract");
    }

    pub fn note_settlement(&mut self, world: &World, settlement: &Settlement) {
        for leg in settlement.legs() {
            self.note_if(leg.drained, "drained");
            self.note_if(!leg.marked.haircut.is_zero(), "haircut");
            let payable = world.markets[usize::from(leg.market.0)].payable();
            self.note_if(leg.unsettled.0 > 0 && payable.is_zero(), "short pool");
        }
    }

    pub fn note_resolution(&mut self, world: &World, resolution: &Resolution, offered: bool) {
        self.note("bankruptcy");
        let by_index = resolution.legs().any(|leg| !leg.by_index.is_zero());
        self.note_if(by_index && world.insurance > 0, "insurance spared by the allowance");
        self.note_if(resolution.count > 1, "bankruptcy in several markets");
        self.note_if(resolution.taken_over, "taken over");
        self.note_if(offered && !resolution.taken_over, "fell back to deleveraging");
        self.note_if(!resolution.bounty_from_fees.is_zero(), "bounty from fees");
        for leg in resolution.legs() {
            let rungs = [leg.by_surplus, leg.by_insurance, leg.by_index].map(|part| !part.is_zero());
            self.note_if(rungs[0], "loss by surplus");
            self.note_if(rungs[1], "loss by insurance");
            self.note_if(rungs[2], "loss by index");
            self.note_if(rungs.iter().filter(|paid| **paid).count() > 1, "loss by two rungs");
            self.note_if(!leg.uncovered.is_zero(), "loss uncovered");
            self.note_if(!leg.forfeited.is_zero(), "claim forfeited");
            self.note_if(leg.halted, "loss breaker");
        }
    }

    /// What the state at the end of a history says of it.
    pub fn note_end(&mut self, world: &World) {
        self.note("history");
        self.note_if(world.fund.generation > 0, "shares lapsed");
        self.note_if(world.markets.iter().any(|m| m.funding.average != 0), "funding paid");
    }

    pub fn note_exit(&mut self, world: &World, exit: &Exit) {
        self.note_if(exit.waived > 0, "exit with a claim waived");
        self.note_if(exit.top_ups > 0, "exit with a top-up");
        self.longest_exit = exit.steps;
        let dust = |m: &Market| m.pool.0 + m.uncovered.0 - m.surplus.0;
        self.most_dust = world.markets.iter().map(dust).max().unwrap_or(0);
    }

    pub fn add(&mut self, seen: &Self) {
        for (what, count) in &seen.counts {
            *self.counts.entry(what.clone()).or_default() += count;
        }
        self.operations += seen.operations;
        self.longest_exit = self.longest_exit.max(seen.longest_exit);
        self.most_dust = self.most_dust.max(seen.most_dust);
    }

    /// What happened, and how often.
    pub fn events(&self) -> impl Iterator<Item = (&str, usize)> {
        self.counts.iter().map(|(what, count)| (what.as_str(), *count))
    }

    pub fn summary(&self) -> String {
        let count = |what: &str| self.counts.get(what).copied().unwrap_or(0);
        let refusals = self.counts.iter().filter(|(what, _)| what.starts_with("refused: "));
        let refused: usize = refusals.map(|(_, count)| count).sum();
        let (operations, histories) = (self.operations, count("history"));
        let bankrupt = count("bankruptcy");
        format!(
            "{operations} engine actions in {histories} histories, {refused} refused as expected, {bankrupt} bankruptcies"
        )
    }

    pub fn require_everything_happened(&self) {
        self.require(&REQUIRED);
    }

    pub fn require(&self, required: &[&str]) {
        let missing: Vec<_> = required.iter().filter(|what| !self.counts.contains_key(**what)).collect();
        assert!(missing.is_empty(), "no {missing:?}: these histories do not test it");
    }

    /// How often each thing happened.
    pub fn counts(&self) -> &BTreeMap<String, usize> {
        &self.counts
    }
}
