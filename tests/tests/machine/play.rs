//! Plays a history on the chain and on the reference, and compares.

use std::cell::RefCell;

use clearing::state::ClearinghouseSettings;
use jettison_embedded::Chain;
use jettison_harness::history::action::{nth, target};
use jettison_harness::history::coverage::Coverage;
use jettison_harness::MarketId;

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
        for market in 0..FIRST_MARKETS {
            let price = PRICES[market] as i64 * FEED_UNITS;
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
            Kind::Crank => self.crank(None, action.other % 2 == 0),
            Kind::Crash => self.crash(action),
            kind => {
                if kind == Kind::Post {
                    self.pass(i64::from(action.other % 6));
                }
                if let Some(command) = (Aim { action, at: &mut self.reference }).command() {
                    let _ = self.run(command);
                }
            }
        }
    }

    pub(super) fn pass(&mut self, seconds: i64) {
        self.stage.wait(&mut self.reference, seconds);
    }

    /// Mostly seconds, sometimes as long as something lasts: a timelock, a grace, a pause's rest, the time for claims.
    fn wait(&mut self, action: Action) {
        let much = i64::from(action.much);
        let seconds = match action.more % 32 {
            0..=21 => much % 13,
            22..=26 => 13 + much % 120,
            27..=29 => 300 + much % 1_200,
            30 => 3_600 + much % 3_600,
            _ if much % 16 == 0 => 31 * 86_400,
            _ => 86_400 * (1 + much % 4),
        };
        self.pass(seconds);
        if action.other % 4 > 0 {
            self.crank(None, action.other % 8 > 4);
        }
    }

    /// Accrues every live market where its oracle stands; oracles that can't be used may stay so.
    pub(super) fn crank(&mut self, but: Option<MarketId>, restores: bool) {
        for market in self.reference.live_markets() {
            let book = &self.reference.world.markets[market];
            if but == Some(market) || (book.is_oracle_unusable() && !restores) {
                continue;
            }
            let _ = self.post(market, book.target_price.0);
        }
    }

    fn post(&mut self, market: MarketId, atoms: u64) -> Outcome {
        let feed = self.reference.feed_in_use(market);
        let publish_ts = self.reference.publish_ts(market, feed);
        let price = atoms as i64 * FEED_UNITS;
        self.run(Command::Post { market, price, confidence: 0, publish_ts })
    }

    /// Accruals until a price has moved, while no keeper does anything.
    fn crash(&mut self, action: Action) {
        let live = self.reference.live_markets().into_iter();
        let Some(market) = nth(live, action.market) else { return };
        let percent = match action.more % 3 {
            0 => 50 + u64::from(action.much % 151),
            _ => 80 + u64::from(action.much % 46),
        };
        let target = target(&self.reference.world, market, percent, PRICES[market]);
        for _ in 0..MOST_ACCRUALS {
            let window = self.reference.world.markets[market].params.keeper_window_seconds;
            self.pass(i64::from(window));
            if self.post(market, target).is_err() {
                return;
            }
            if self.reference.world.markets[market].effective_price.0 == target {
                break;
            }
        }
        self.crank(Some(market), action.other % 2 == 0);
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
        self.sent += usize::from(!matches!(command, Command::Freeze { .. }));
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

/// Accruals of a crash: with a window of 4 % each they halve a price.
const MOST_ACCRUALS: usize = 18;
