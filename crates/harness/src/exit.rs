//! EXIT: everybody out, by what anyone may do and what owners would do.

use jettison_engine::*;

use super::{MarketId, Who, World};

/// What it took to empty a world.
#[derive(Clone, Copy, Debug, Default)]
pub struct Exit {
    /// Operations.
    pub steps: usize,
    /// Owners who paid in to pay a fee, or a debt that their own unpaid claims could not pay.
    pub top_ups: usize,
    /// Claims that no pool could pay.
    pub waived: u64,
}

impl World {
    /// Drives every account to zero legs at the prices of now. Panics if it takes more than `bound` operations.
    pub fn exit_all(&mut self, bound: usize) -> Exit {
        let mut exit = Exit::default();
        self.catch_up();
        while self.has_positions() {
            self.resolve_and_settle(&mut exit);
            for market in 0..self.markets.len() {
                self.close_out(market, bound, &mut exit);
            }
            assert!(exit.steps <= bound, "EXIT: positions left after {} operations: {self:#?}", exit.steps);
        }
        // Pools fill as losers pay, so a winner may need another round: never more than there are accounts.
        for _ in 0..=self.accounts.len() {
            self.resolve_and_settle(&mut exit);
        }
        self.pay_debts(&mut exit);
        for who in 0..self.accounts.len() {
            exit.waived += self.waive(who).expect("EXIT: waive");
            exit.steps += 1;
        }
        assert!(exit.steps <= bound, "EXIT: {} operations", exit.steps);
        assert!(self.accounts.iter().all(MarginAccount::has_no_legs), "EXIT: legs left: {self:#?}");
        exit
    }

    /// The oracle agrees with every effective price, and no price is stale.
    fn catch_up(&mut self) {
        for market in 0..self.markets.len() {
            let price = self.markets[market].effective_price;
            self.accrue(market, price.0, 0).expect("EXIT: accrue");
        }
    }

    fn has_positions(&self) -> bool {
        self.accounts.iter().any(|account| account.legs().any(Leg::has_position))
    }

    /// Losers pay before winners collect, and before anyone is resolved, so that little is forfeited.
    fn resolve_and_settle(&mut self, exit: &mut Exit) {
        for _ in 0..2 {
            for who in 0..self.accounts.len() {
                self.settle(who).expect("EXIT: settle");
                exit.steps += 1;
            }
        }
        // A charge can bankrupt those it falls on, on the other side in turn, so the scan starts over.
        while let Some(who) = (0..self.accounts.len()).find(|who| self.is_bankrupt(*who)) {
            self.resolve(who, None).expect("EXIT: resolve");
            exit.steps += 1;
        }
    }

    /// Longs trade with shorts until one side has no whole contract left.
    fn close_out(&mut self, market: MarketId, bound: usize, exit: &mut Exit) {
        let holder = |world: &Self, sign: i64| {
            let holds = |who: &Who| world.position(*who, market) * sign > 0;
            (0..world.accounts.len()).find(holds)
        };
        while let (Some(long), Some(short)) = (holder(self, 1), holder(self, -1)) {
            let size = self.position(long, market).min(-self.position(short, market));
            exit.steps += 1;
            assert!(exit.steps <= bound, "EXIT: still closing after {} operations: {self:#?}", exit.steps);
            match self.trade(short, long, market, size as u64) {
                Ok(_) => {}
                Err(
                    EngineError::InsufficientCapital | EngineError::HealthWorsened | EngineError::Bankrupt,
                ) => {
                    // Whoever is short of the fee pays it in; a bankrupt account is for the next round.
                    if self.is_bankrupt(long) || self.is_bankrupt(short) {
                        return;
                    }
                    let notional = size as u64 * self.markets[market].effective_price.0;
                    for who in [long, short] {
                        // What is paid in goes to the leg's debt first, and the fee must be left of it. Below
                        // maintenance, closing dust may free less margin than the fee takes: then up to maintenance.
                        let debt = self.claim(who, market).min(0).unsigned_abs();
                        let health = self.health(who, Margin::Maintenance).expect("EXIT: health");
                        let missing = health.requirement.0.saturating_sub(health.equity.claim().0);
                        let owed = u64::try_from(debt).expect("a debt");
                        self.deposit(who, owed + missing + notional / 100 + 1).expect("EXIT: deposit");
                        exit.top_ups += 1;
                    }
                }
                Err(error) => panic!("EXIT: {error:?} when {long} and {short} close {size} of {market}"),
            }
        }
    }

    /// Debts of flat accounts whose own claims are unpaid: the owner pays them in, and then gets what it is owed if
    /// the pool has it.
    fn pay_debts(&mut self, exit: &mut Exit) {
        for who in 0..self.accounts.len() {
            let debts: u64 = self.accounts[who].legs().map(|leg| leg.unsettled.debt().0).sum();
            if debts > 0 {
                self.deposit(who, debts).expect("EXIT: deposit");
                exit.top_ups += 1;
            }
        }
        for _ in 0..2 {
            for who in 0..self.accounts.len() {
                self.settle(who).expect("EXIT: settle");
                exit.steps += 1;
            }
        }
    }
}
