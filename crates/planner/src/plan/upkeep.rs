//! What isn't urgent: prices, fees, withdrawals, settlements, wind-downs, and the keeper's own position.

use anchor_lang::prelude::Pubkey;
use clearing::state::{Gate, CHANGE_LAPSE_SECONDS};
use jettison_engine::{assess, Atoms, Margin, MarginAccount, MarketIndex, Price, SignedAtoms};

use super::draft::{Draft, Writes};
use super::scratch::Scratch;
use super::task::{Action, Plan, Reason};
use super::Policy;
use crate::book::{Book, MarketEntry, Oracle};

/// What planning the upkeep goes by.
pub(super) struct Upkeep<'a> {
    pub book: &'a Book,
    pub policy: &'a Policy,
    pub scratch: &'a mut Scratch,
    pub now: i64,
}

impl Upkeep<'_> {
    /// Plans all of it.
    pub fn plan(&mut self, plan: &mut Plan) {
        for entry in self.book.markets() {
            self.accrue(entry, plan);
            self.sweep(entry, plan);
            self.begin_settlement(entry, plan);
        }
        self.serve_withdrawal(plan);
        self.settle(plan);
        self.unwind(plan);
    }

    fn market_task(&self, action: Action, reason: Reason, market: MarketIndex, plan: &mut Plan) {
        let draft = Draft {
            action,
            reason,
            loss: Atoms::ZERO,
            value: SignedAtoms::ZERO,
            whole: &[],
            besides: &[],
            writes: Writes::Only(market),
        };
        plan.tasks.push(draft.task(self.book, self.now));
    }

    /// A market with positions is accrued while its price moves and before it grows old, and one whose oracle can't be used
    /// once, so that it says so.
    fn accrue(&self, entry: &MarketEntry, plan: &mut Plan) {
        let (stored, market) = (&entry.stored.book, entry.view.index);
        if stored.is_settling() {
            return;
        }
        if entry.oracle == Oracle::Unusable {
            if !stored.is_oracle_unusable() {
                self.market_task(Action::Accrue { market }, Reason::OracleUnusable, market, plan);
            }
            return;
        }
        let age_seconds = self.now.saturating_sub(stored.accrued_ts);
        let half_stale = i64::from(stored.params.max_price_age_seconds) / 2;
        let old = age_seconds >= self.policy.accrue_after_seconds.min(half_stale).max(1);
        let least = self.policy.accrue_at.of_floor(stored.effective_price.0).unwrap_or(0);
        let moved = stored.effective_price.0.abs_diff(entry.view.effective_price.0) > least;
        // An oracle that has come back opens what its absence has closed.
        let back = stored.is_oracle_unusable() && !entry.view.is_oracle_unusable();
        if entry.oracle != Oracle::Unknown && stored.legs > 0 && (old || moved || back) {
            self.market_task(Action::Accrue { market }, Reason::PriceDue { age_seconds }, market, plan);
        }
    }

    fn sweep(&self, entry: &MarketEntry, plan: &mut Plan) {
        let market = entry.view.index;
        let book = &entry.stored.book;
        let amount = Atoms(book.insurance_fees.0.saturating_add(book.protocol_fees.0));
        let planned = plan.tasks.iter().any(|task| task.action == Action::SweepFees { market });
        if !planned
            && !amount.is_zero()
            && amount >= self.policy.least_sweep
            && self.book.common.is_open(Gate::Sweep, self.now)
        {
            self.market_task(Action::SweepFees { market }, Reason::FeesDue { amount }, market, plan);
        }
    }

    fn begin_settlement(&self, entry: &MarketEntry, plan: &mut Plan) {
        let stored = &entry.stored;
        if stored.book.is_settling() {
            return;
        }
        let late = self.now.saturating_sub(stored.settlement_ready_ts);
        let scheduled = stored.settlement_ready_ts != 0
            && stored.settlement_revision == self.book.common.revision
            && (0..=CHANGE_LAPSE_SECONDS).contains(&late);
        let dead = stored.book.is_oracle_dead(self.now) && entry.oracle == Oracle::Unusable;
        if scheduled || dead {
            let market = stored.book.index;
            self.market_task(Action::BeginSettlement { market }, Reason::SettlementDue, market, plan);
        }
    }

    fn serve_withdrawal(&self, plan: &mut Plan) {
        let common = &self.book.common;
        if common.throttle.queued.is_zero() || !common.is_open(Gate::Withdraw, self.now) {
            return;
        }
        let Some((account, destination)) = self.book.next_withdrawal() else { return };
        let available = common.throttle.available(&common.throttle_params, common.margin_vault, self.now);
        let amount = available.unwrap_or(Atoms::ZERO).min(common.throttle.queued);
        if amount.is_zero() {
            return;
        }
        let draft = Draft {
            action: Action::ServeWithdrawal { account, destination },
            reason: Reason::WithdrawalDue { amount },
            loss: Atoms::ZERO,
            value: SignedAtoms::ZERO,
            whole: &[],
            besides: &[account],
            writes: Writes::None,
        };
        plan.tasks.push(draft.task(self.book, self.now));
    }

    /// Accounts that were charged and not settled since, the largest charge first, and those that close by settlement.
    fn settle(&self, plan: &mut Plan) {
        let mut due: Vec<_> = self
            .book
            .to_settle()
            .filter(|due| due.closes || due.uncollected >= self.policy.least_settlement)
            .filter(|due| self.is_fresh(due.address))
            .collect();
        due.sort_unstable_by_key(|due| (core::cmp::Reverse((due.uncollected, due.closes)), due.address));
        for due in due.into_iter().take(self.policy.most_settlements) {
            let amount = due.uncollected;
            let draft = Draft {
                action: Action::Settle { account: due.address },
                reason: if due.closes { Reason::Closing } else { Reason::Uncollected { amount } },
                loss: Atoms::ZERO,
                value: SignedAtoms::ZERO,
                whole: &[due.address],
                besides: &[],
                writes: Writes::All,
            };
            plan.tasks.push(draft.task(self.book, self.now));
        }
    }

    /// Whether every price that an account needs is.
    fn is_fresh(&self, address: Pubkey) -> bool {
        let Some(ledger) = self.book.ledger(&address) else { return false };
        let fresh = |market: MarketIndex| {
            self.scratch.markets.get(&market).is_some_and(|market| market.require_fresh(self.now).is_ok())
        };
        let mut positions = ledger.legs().filter(|leg| leg.has_position());
        positions.all(|leg| fresh(leg.market))
    }

    /// The own position where it is above its limit; all of it when the own equity nears maintenance.
    fn unwind(&mut self, plan: &mut Plan) {
        let Some(ledger) = self.policy.account.and_then(|address| self.book.ledger(&address)) else { return };
        let pressed = self.is_pressed(&ledger);
        let markets: Vec<MarketIndex> = ledger.legs().map(|leg| leg.market).collect();
        for market in markets {
            let Some((direction, held)) = self.scratch.position(&ledger, market) else { continue };
            let limit = if pressed { 0 } else { self.policy.limit(market).0 };
            let size = held.0.saturating_sub(limit);
            let priced = self.scratch.markets.get(&market).is_some_and(|m| m.effective_price > Price(0));
            if size > 0 && priced {
                let action = Action::Unwind { market, direction, size: jettison_engine::Contracts(size) };
                self.market_task(action, Reason::OwnPosition, market, plan);
            }
        }
    }

    fn is_pressed(&mut self, ledger: &MarginAccount) -> bool {
        let least = self.policy.least_equity;
        let health = self
            .scratch
            .attempt(&[ledger], false, |markets| assess(ledger, markets, Margin::Maintenance, i64::MIN));
        health.is_ok_and(|health| {
            let least = least.of_ceil(health.requirement.0).unwrap_or(u64::MAX);
            !health.equity.covers(Atoms(least))
        })
    }
}
