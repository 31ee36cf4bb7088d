//! What traders set out to do.

use jettison_engine::{Direction, Price};
use jettison_harness::history::action::{nth, open_size, pick_position};
use jettison_harness::{MarketId, Who, World};

use super::Aim;
use crate::machine::action::{Action, Kind};
use crate::machine::command::{Command, PEOPLE, STRANGER, TRADERS};

impl Aim<'_> {
    pub(super) fn trader(&mut self) -> Option<Command> {
        let Action { kind, who, other, more, much, .. } = self.action;
        match kind {
            Kind::Deposit => {
                let who = self.anyone(who);
                let amount = match self.action.odd {
                    1 => 0,
                    2 => self.at.wallets[who].tokens + 1,
                    _ => u64::from(much) * 50_000 + 1,
                };
                Some(Command::Deposit {
                    who,
                    from: if more % 4 == 0 { self.other(other, who) } else { who },
                    amount,
                })
            }
            Kind::Withdraw => {
                let who = self.anyone(who);
                let percent = if much % 4 == 0 { 100 } else { u64::from(much % 101) };
                let to = if more % 4 == 0 { self.other(other, who) } else { who };
                let by = if self.is_odd(1) { STRANGER } else { who };
                Some(Command::Withdraw { who, to, amount: self.at.world.capital(who) * percent / 100, by })
            }
            Kind::Trade => Some(self.trade()),
            Kind::Close => self.close(),
            Kind::OpenAccount => {
                let closed = (0..TRADERS).filter(|who| self.at.accounts[*who].is_none());
                Some(Command::OpenAccount { who: nth(closed, who).or(self.is_odd(1).then_some(0))? })
            }
            Kind::CloseAccount => {
                let empty = |world: &mut World, who: Who| {
                    let owed = world.accounts[who].has_no_legs() || world.is_owed_only(who);
                    owed && world.capital(who) == 0
                };
                let who = self.one(who, empty);
                let waive = !self.at.world.accounts[who].has_no_legs() || more % 2 == 1;
                Some(Command::CloseAccount { who, waive, by: if self.is_odd(1) { STRANGER } else { who } })
            }
            Kind::SetDelegate => {
                let who = self.anyone(who);
                let delegate = (much % 4 > 0).then_some(usize::from(other) % PEOPLE);
                Some(Command::SetDelegate { who, delegate, by: if self.is_odd(1) { STRANGER } else { who } })
            }
            Kind::Freeze => self.freeze(),
            _ => unreachable!("{kind:?}"),
        }
    }

    /// Few are frozen at a time; above all one to which a withdrawal waits to go.
    fn freeze(&self) -> Option<Command> {
        let Action { who, much, .. } = self.action;
        let frozen = |frozen: bool| (0..TRADERS).filter(move |who| self.at.wallets[*who].frozen == frozen);
        let awaits = |who: &Who| {
            let destined = |to: Who| self.at.destination_of(to, None) == self.at.wallet_keys[*who];
            (0..TRADERS).any(|to| !self.at.world.places[to].amount.is_zero() && destined(to))
        };
        if let Some(who) = nth(frozen(false).filter(awaits), who).filter(|_| much % 2 == 0) {
            return Some(Command::Freeze { who, thaw: false });
        }
        if let Some(who) = nth(frozen(true), who).filter(|_| much % 4 > 0) {
            return Some(Command::Freeze { who, thaw: true });
        }
        Some(Command::Freeze { who: nth(frozen(false), who)?, thaw: false })
    }

    fn trade(&self) -> Command {
        let Action { who, other, market, much, more, .. } = self.action;
        let (buyer, market) = (self.anyone(who), self.market(market));
        let seller = self.other(other, buyer);
        let reach = if more % 4 == 0 { much % 60 } else { 60 + much % 46 };
        let size = self.size(buyer, seller, market, u64::from(reach));
        let mut terms = self.at.world.terms(market, size);
        terms.taker = if more % 2 == 0 { Direction::Long } else { Direction::Short };
        if more % 3 == 0 {
            // A band is 5 %, of which a sixth of these is out.
            let off = terms.price.0 as i64 * (i64::from(more) % 1_200 - 600) / 10_000;
            terms.price = Price((terms.price.0 as i64 + off) as u64);
        }
        Command::Trade { buyer, seller, terms, by: [self.signer(buyer), self.signer(seller)] }
    }

    /// Seldom more than a part of what may be open.
    fn size(&self, buyer: Who, seller: Who, market: MarketId, reach: u64) -> u64 {
        let size = open_size(&self.at.world, buyer, seller, market, reach);
        if self.is_odd(4) {
            return size;
        }
        let most = self.at.world.markets[market].params.max_open_interest.0 / 6;
        size.min(most.max(1))
    }

    fn close(&self) -> Option<Command> {
        let Action { who, other, market, much, .. } = self.action;
        let world = &self.at.world;
        let (who, market) = pick_position(world, who, market)?;
        let held = world.position(who, market);
        let against = (0..TRADERS).filter(|other| world.position(*other, market).signum() == -held.signum());
        let with = nth(against, other)?;
        let size = (held.unsigned_abs() * u64::from(1 + much % 120) / 100).max(1);
        let (buyer, seller) = if held < 0 { (who, with) } else { (with, who) };
        let terms = world.terms(market, size);
        Some(Command::Trade { buyer, seller, terms, by: [self.signer(buyer), self.signer(seller)] })
    }
}
