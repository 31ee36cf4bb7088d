//! EXIT by wind-down: every market settled at a final price, everybody paid out, nothing left but what insurance owns.
//! Nobody's signature and nobody's money is needed but for withdrawing.

use jettison_engine::*;

use crate::economy::COOLDOWN_SECONDS;
use crate::World;

impl World {
    /// Winds every market down and empties both vaults. Panics if it takes more than `bound` rounds.
    pub fn wind_down(&mut self, bound: usize) {
        for market in 0..self.markets.len() {
            self.begin_settlement(market).expect("EXIT: begin settlement");
        }
        self.resolve_and_settle_all(bound);
        self.now += SETTLEMENT_GRACE_SECONDS;
        self.resolve_and_settle_all(bound);
        let flat = self.accounts.iter().all(|account| account.legs().all(|leg| !leg.has_position()));
        assert!(flat, "EXIT: positions outlived the wind-down: {self:#?}");
        // What nobody can pay any more lapses; a debt that only such a claim covered is a bankruptcy then.
        self.now += SETTLEMENT_CLAIM_SECONDS;
        self.resolve_and_settle_all(bound);
        for market in 0..self.markets.len() {
            self.wind_up(market).expect("EXIT: wind up");
        }
        self.empty_vaults(bound);
    }

    fn resolve_and_settle_all(&mut self, bound: usize) {
        for _ in 0..bound {
            let before = self.accounts.clone();
            for who in 0..self.accounts.len() {
                self.settle(who).expect("EXIT: settle");
            }
            while let Some(who) = (0..self.accounts.len()).find(|who| self.is_bankrupt(*who)) {
                self.resolve(who, None).expect("EXIT: resolve");
            }
            if self.accounts == before {
                return;
            }
        }
        panic!("EXIT: still settling after {bound} rounds: {self:#?}");
    }

    fn empty_vaults(&mut self, bound: usize) {
        for who in 0..self.accounts.len() {
            while !self.places[who].amount.is_zero() || self.capital(who) > 0 {
                self.serve_all(bound);
                let capital = self.capital(who);
                if capital > 0 {
                    self.withdraw(who, capital).expect("EXIT: withdraw");
                }
            }
        }
        self.serve_all(bound);
        assert_eq!(self.vault, 0, "EXIT: the margin vault is not empty");
        for staker in 0..self.stakes.len() {
            self.request_unstake(staker, 0, 0).expect("EXIT: request");
            let shares = self.stakes[staker].shares.0;
            if shares > 0 {
                self.request_unstake(staker, shares, COOLDOWN_SECONDS).expect("EXIT: request");
                self.now += i64::from(COOLDOWN_SECONDS) + FLAG_SECONDS;
                self.unstake(staker).expect("EXIT: unstake");
            }
        }
        // What is left is the fund's own, and what the virtual shares stand for.
        let (own, assets) = (self.fund.own_shares, u128::from(self.insurance) + 1);
        assert_eq!(self.fund.shares, own, "EXIT: stakers have shares left");
        let value = u128::from(self.fund.value_of(own).expect("a value").0);
        let virtual_part = assets * u128::from(VIRTUAL_SHARES) / u128::from(own.0 + VIRTUAL_SHARES);
        assert!(assets <= value + virtual_part + 2, "EXIT: {value} and {virtual_part} of {assets}");
    }

    /// Serves the queue, letting the throttle's window pass as often as it takes.
    fn serve_all(&mut self, bound: usize) {
        for _ in 0..bound {
            let head = self.throttle.head;
            let waits = |place: &QueuedWithdrawal| !place.amount.is_zero() && place.place == head;
            let Some(who) = self.places.iter().position(waits) else {
                assert_eq!(self.throttle.queued, Atoms::ZERO, "EXIT: the queue lost its head");
                return;
            };
            match self.serve(who) {
                Ok(_) => {}
                Err(EngineError::Throttled) => self.now += i64::from(self.throttle_params.window_seconds),
                Err(error) => panic!("EXIT: {error:?}"),
            }
        }
        panic!("EXIT: the queue is not served after {bound} rounds");
    }
}
