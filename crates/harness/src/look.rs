//! What tests look at.

use jettison_engine::*;

use super::{MarketId, Who, World};

impl World {
    pub fn capital(&self, who: Who) -> u64 {
        self.accounts[who].capital.0
    }

    pub fn leg(&self, who: Who, market: MarketId) -> Option<&Leg> {
        self.accounts[who].leg(MarketIndex(market as u16))
    }

    pub fn unsettled(&self, who: Who, market: MarketId) -> i64 {
        self.leg(who, market).map_or(0, |leg| leg.unsettled.0)
    }

    /// Contracts held: positive long, negative short.
    pub fn position(&self, who: Who, market: MarketId) -> i64 {
        let Some(leg) = self.leg(who, market) else {
            return 0;
        };
        let size = self.markets[market].size_of(leg).expect("size").0 as i64;
        match leg.direction() {
            Direction::Long => size,
            Direction::Short => -size,
        }
    }

    /// What a leg's holder would have if it were marked now.
    pub fn claim(&self, who: Who, market: MarketId) -> i128 {
        let Some(leg) = self.leg(who, market) else {
            return 0;
        };
        let pending = leg.pending(self.markets[market].side(leg.direction())).expect("pending");
        i128::from(leg.unsettled.0) + i128::from(pending.net().expect("net").0)
    }

    pub fn equity(&self, who: Who) -> i128 {
        let claims = (0..self.markets.len()).map(|market| self.claim(who, market));
        i128::from(self.capital(who)) + claims.sum::<i128>()
    }

    pub fn is_bankrupt(&self, who: Who) -> bool {
        !self.accounts[who].has_no_legs() && self.equity(who) < 0
    }

    /// Whether all that is left of it is claims.
    pub fn is_owed_only(&self, who: Who) -> bool {
        let account = &self.accounts[who];
        !account.has_no_legs() && account.legs().all(|leg| !leg.has_position() && leg.unsettled.0 > 0)
    }

    pub fn health(&mut self, who: Who, margin: Margin) -> Result<Health> {
        self.act(&[who], None, |accounts, markets, now| assess(&accounts[0], markets, margin, now))
    }
}
