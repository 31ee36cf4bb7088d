//! Plays a history on the chain and on the reference, and compares.

use std::cell::RefCell;

use clearing::state::ClearinghouseSettings;
use jettison_embedded::Chain;
use jettison_harness::history::coverage::Coverage;

use super::action::{Action, Kind};
use super::aim::{rules, Aim};
use super::command::{Command, CHIEF, STAKERS};
use super::history::History;
use super::reference::{Outcome, Reference, FEED_UNITS};
use super::stage::{note, Stage};
use super::{FIRST_MARKETS, PRICES};

/// What was sent, when, and what came of it: a failing history's story.
pub type Story = RefCell<Vec<(i64, Command, Option<Outcome>)>>;

/// After so many transactions every account is compared, and not only those that they name.
const EVERYTHING: usize = 50;

pub struct Play<'a> {
    pub reference: Reference,
    pub seen: Coverage,
    /// Transactions of the program that were sent.
    pub sent: usize,
    pub(super) stage: Stage,
    story: &'a Story,
}

impl<'a> Play<'a> {
    /// Opens markets and accounts, and puts the history's settings in force.
    pub fn begin(chain: Chain, history: &History, story: &'a Story) -> Self {
        let (stage, reference) = Stage::set(chain);
        let mut play = Self { reference, seen: Coverage::default(), sent: 0, stage, story };
        for (market, atoms) in PRICES.iter().enumerate().take(FIRST_MARKETS) {
            let price = *atoms as i64 * FEED_UNITS;
            let settings = Box::new(rules(market));
            play.must(Command::CreateMarket { settings, price, revision: 0, by: CHIEF });
        }
        for (who, capital) in history.capitals.iter().enumerate() {
            play.must(Command::OpenAccount { who });
            if *capital > 0 {
                play.must(Command::Deposit { who, from: who, amount: *capital });
            }
        }
        for who in 0..STAKERS {
            play.must(Command::OpenStake { who });
        }
        if history.insurance > 0 {
            play.must(Command::Fund { from: 0, amount: history.insurance });
        }
        play.settle_in(history.settings(&play.reference));
        // That went well, and is told by the history's capitals.
        play.story.borrow_mut().clear();
        play
    }

    /// While there is no timelock, a change is ready at once.
    fn settle_in(&mut self, settings: ClearinghouseSettings) {
        self.must(Command::ChangeClearinghouse { settings, revision: 0, by: CHIEF });
        self.must(Command::ExecuteClearinghouseChange);
    }

    pub fn act(&mut self, action: Action) {
        match action.kind {
            Kind::Wait => self.wait(action),
            Kind::Crank => self.crank(None, action.other % 4 == 0),
            Kind::Crash => self.crash(action),
            kind => {
                if kind == Kind::Post {
                    self.pass(i64::from(action.other % 6));
                }
                if action.more % 3 == 0 {
                    self.prepare(action);
                }
                if let Some(command) = (Aim { action, at: &mut self.reference }).command() {
                    let _ = self.run(command);
                }
            }
        }
    }

    /// Sends a command that must go through.
    pub(super) fn must(&mut self, command: Command) {
        let name = command.name();
        self.run(command).unwrap_or_else(|refusal| panic!("{name} was refused: {refusal:?}"));
    }

    /// Sends a command and asks the reference; the chain must do, or refuse, the same.
    pub fn run(&mut self, command: Command) -> Outcome {
        let instructions = self.stage.instructions(&command, &self.reference);
        self.story.borrow_mut().push((self.reference.now(), command.clone(), None));
        let expected = self.reference.apply(&command, &mut self.seen);
        if let Some(last) = self.story.borrow_mut().last_mut() {
            last.2 = Some(expected.clone());
        }
        let sent = self.stage.send(&instructions);
        match (&expected, &sent) {
            (Ok(()), Ok(())) => {}
            (Err(refusal), Err(failed)) if failed.custom == Some(refusal.code()) => {}
            (Ok(()), Err(failed)) => panic!("the chain refused: {failed}\n{:#?}", failed.logs),
            (Err(refusal), sent) => panic!("not {refusal:?} but {sent:#?}"),
        }
        let named = instructions.iter().flat_map(|instruction| &instruction.accounts);
        self.stage.check(&self.reference, named.map(|meta| &meta.pubkey));
        self.sent += usize::from(!matches!(command, Command::Freeze { .. } | Command::PostOnly { .. }));
        if self.sent % EVERYTHING == 0 {
            self.stage.check_everything(&self.reference);
        }
        note(&mut self.seen, &command.name(), expected.as_ref().err());
        expected
    }

    pub fn check_everything(&self) {
        self.stage.check_everything(&self.reference);
    }
}
