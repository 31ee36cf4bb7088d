//! Aims actions at how things stand: whom they can concern, and how much makes sense, or just doesn't.

mod keepers;
mod officers;
mod traders;

use jettison_harness::history::action::nth;
use jettison_harness::{MarketId, Who, World};

use super::action::{Action, Kind};
use super::command::{Command, Person, STRANGER, TRADERS};
use super::reference::Reference;

pub use officers::rules;

/// An action and what it is aimed at.
pub struct Aim<'a> {
    pub action: Action,
    pub at: &'a mut Reference,
}

impl Aim<'_> {
    /// The transaction, if the action can be aimed at anything.
    pub fn command(mut self) -> Option<Command> {
        match self.action.kind {
            Kind::Deposit
            | Kind::Withdraw
            | Kind::Trade
            | Kind::Close
            | Kind::OpenAccount
            | Kind::CloseAccount
            | Kind::SetDelegate
            | Kind::Freeze => self.trader(),
            Kind::Pause
            | Kind::ChangeMarket
            | Kind::ExecuteMarket
            | Kind::CancelMarket
            | Kind::ChangeHouse
            | Kind::ExecuteHouse
            | Kind::CancelHouse
            | Kind::Nominate
            | Kind::Accept
            | Kind::CreateMarket
            | Kind::Schedule
            | Kind::BeginSettlement
            | Kind::CloseMarket
            | Kind::CloseHouse => self.officer(),
            _ => self.keeper_or_staker(),
        }
    }

    fn is_odd(&self, how: u8) -> bool {
        self.action.odd == how
    }

    /// Somebody with an account; oddly, anyone.
    fn anyone(&self, pick: u8) -> Who {
        let open = (0..TRADERS).filter(|who| self.at.accounts[*who].is_some());
        let anyone = usize::from(pick) % TRADERS;
        if self.is_odd(3) {
            return anyone;
        }
        nth(open, pick).unwrap_or(anyone)
    }

    /// Somebody else with an account; oddly, the same.
    fn other(&self, pick: u8, than: Who) -> Who {
        if self.is_odd(2) {
            return than;
        }
        let open = (0..TRADERS).filter(|who| *who != than && self.at.accounts[*who].is_some());
        nth(open, pick).unwrap_or((than + 1) % TRADERS)
    }

    /// One in that state who has an account, or anyone.
    fn one(&mut self, pick: u8, is: impl Fn(&mut World, Who) -> bool) -> Who {
        let open: Vec<Who> = (0..TRADERS).filter(|who| self.at.accounts[*who].is_some()).collect();
        let those: Vec<Who> = open.into_iter().filter(|who| is(&mut self.at.world, *who)).collect();
        nth(those.into_iter(), pick).unwrap_or_else(|| self.anyone(pick))
    }

    /// One in that state, or nobody; now and then anyone, to be refused.
    fn some(&mut self, pick: u8, is: impl Fn(&mut World, Who) -> bool) -> Option<Who> {
        let one = self.one(pick, &is);
        (is(&mut self.at.world, one) || pick % 8 == 0).then_some(one)
    }

    /// A market that is open; oddly, any.
    fn market(&self, pick: u8) -> MarketId {
        let any = usize::from(pick) % self.at.markets.len();
        if self.is_odd(4) {
            return any;
        }
        nth(self.at.open_markets(), pick).unwrap_or(any)
    }

    /// A market in that state, or any.
    fn market_where(&self, pick: u8, is: impl Fn(&Reference, MarketId) -> bool) -> MarketId {
        let those = self.at.open_markets().filter(|market| is(self.at, *market));
        nth(those, pick).unwrap_or_else(|| self.market(pick))
    }

    /// Who signs for a trader: oddly a stranger, sometimes the delegate.
    fn signer(&self, who: Who) -> Person {
        if self.is_odd(1) {
            return STRANGER;
        }
        let delegate = self.at.accounts[who].map(|account| account.delegate);
        let delegate = self.at.people.iter().position(|person| Some(*person) == delegate);
        delegate.filter(|_| self.action.more % 2 == 1).unwrap_or(who)
    }

    /// Who signs as an officer: oddly a stranger.
    fn officer_or_stranger(&self, officer: Person) -> Person {
        if self.is_odd(1) {
            STRANGER
        } else {
            officer
        }
    }

    /// The revision that an officer has looked at: oddly an old one.
    fn revision(&self, present: u64) -> u64 {
        present.wrapping_sub(u64::from(self.is_odd(2)))
    }
}
