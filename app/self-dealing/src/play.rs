//! Plays a strategy, and reckons what it came to.

use jettison_engine::EngineError;
use jettison_harness::{MarketId, Who, World};
use serde::Serialize;

use crate::scene::{Hole, Setup, ACCOUNTS, OWN, OWN_STAKE};
use crate::strategy::{Mode, Step, Strategy};
use crate::tally::{Event, Events, Fractions, Tally};

/// What a strategy came to, in atoms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// What the owner has more than it had, its exposure to prices aside.
    pub gain: i64,
    /// What the owner has more than it had, all told.
    pub richer: i64,
    /// `gain` with fees, penalties and donations paid back: what a smaller fee would leave of it.
    pub gain_before_costs: i64,
    /// Of this, what was paid to it for funding.
    pub funding: i64,
    /// As `gain`, with exposure reckoned at the oracle's prices, which are known before the effective price follows.
    pub gain_at_oracle: i64,
    /// Debts that bankrupt accounts could not pay.
    pub deficit: u64,
    /// Paid of them by insurance.
    pub by_insurance: u64,
    /// Bounties, whoever got them.
    pub bounties: u64,
    /// Charged to the opposite side.
    pub by_index: u64,
    /// Of this, what others than the owner bore.
    pub honest_haircut: i64,
    /// How insurance paid more than the allowance, if it did.
    pub excess: Option<String>,
    /// What happened.
    pub events: Events,
}

/// A strategy being played.
pub struct Player<'a> {
    pub(crate) world: World,
    pub(crate) setup: &'a Setup,
    pub(crate) tally: Tally,
    mode: Mode,
    oracle: [u64; 2],
    start: [u64; 2],
    /// Seconds of the clamp since keepers acted.
    unattended: i64,
}

/// Plays `strategy` to its end.
pub fn play(strategy: &Strategy, mode: Mode, hole: Option<Hole>) -> Outcome {
    play_on(strategy, mode, strategy.setup.build(hole))
}

/// As [`play`], in a world that has been built.
pub fn play_on(strategy: &Strategy, mode: Mode, world: World) -> Outcome {
    let mut start = [0; 2];
    for (start, market) in start.iter_mut().zip(&world.markets) {
        *start = market.effective_price.0;
    }
    let mut tally = Tally::default();
    for (earned, market) in tally.earned.iter_mut().zip(&world.markets) {
        *earned = market.allowance.earned.0;
    }
    let setup = &strategy.setup;
    let mut player = Player { world, setup, tally, mode, oracle: start, start, unattended: 0 };
    for (at, step) in strategy.steps.iter().enumerate() {
        player.step(step, strategy.steps.get(at + 1));
    }
    player.finish()
}

impl Player<'_> {
    fn step(&mut self, step: &Step, next: Option<&Step>) {
        if self.mode == Mode::Lagging {
            self.move_oracles(step);
        }
        step.before.iter().for_each(|action| self.act(action));
        self.let_time_pass(step);
        self.join(step.joining);
        step.after.iter().for_each(|action| self.act(action));
        if self.keepers_act(step, next) {
            self.unattended = 0;
            self.keep();
        }
        step.last.iter().for_each(|action| self.act(action));
        for market in 0..self.world.markets.len() {
            if Fractions::of_exposure(&self.world, market, 1).0 != 0 {
                self.tally.events.note(Event::Exposed);
            }
        }
    }

    fn window(&self) -> i64 {
        let windows = self.world.markets.iter().map(|market| market.params.keeper_window_seconds);
        windows.min().map_or(1, i64::from)
    }

    /// Inside, keepers come before the clamp has had more than a window since they came last.
    fn keepers_act(&mut self, step: &Step, next: Option<&Step>) -> bool {
        if self.mode == Mode::Beyond {
            return step.keepers;
        }
        let ahead = next.map_or(i64::MAX, |next| i64::from(next.seconds).min(self.window()));
        step.keepers || self.unattended.saturating_add(ahead) > self.window()
    }

    fn move_oracles(&mut self, step: &Step) {
        for market in 0..self.world.markets.len() {
            let price = self.oracle[market];
            let moved = price.saturating_add_signed(price as i64 * i64::from(step.moves[market]) / 1_000);
            self.set_oracle(market, self.bounded(market, moved, 6));
        }
    }

    /// Honest people stay solvent as long as prices stay near where they began.
    fn bounded(&self, market: MarketId, price: u64, tenths: u64) -> u64 {
        let start = self.start[market];
        price.clamp((start * tenths / 10).max(1), start * 10 / tenths)
    }

    fn set_oracle(&mut self, market: MarketId, price: u64) {
        let change = i128::from(price) - i128::from(self.oracle[market]);
        self.tally.directional_at_oracle.add(Fractions::of_exposure(&self.world, market, change));
        self.oracle[market] = price;
    }

    fn let_time_pass(&mut self, step: &Step) {
        let seconds = i64::from(step.seconds);
        let window = self.window();
        self.unattended += seconds.min(window);
        self.world.now += seconds;
        for market in 0..self.world.markets.len() {
            if self.mode == Mode::Beyond && seconds < window {
                self.gap(market, step.moves[market]);
            } else {
                self.accrue(market, step.moves[market]);
            }
        }
    }

    fn accrue(&mut self, market: MarketId, percent: i8) {
        let book = &self.world.markets[market];
        let price = book.effective_price.0;
        if self.mode != Mode::Lagging {
            let window = i64::from(book.params.keeper_window_seconds);
            let seconds = (self.world.now - book.accrued_ts).min(window) as u64;
            let reach = price * u64::from(book.params.max_move_per_second.0) * seconds / 10_000;
            let moved = price.saturating_add_signed(reach as i64 * i64::from(percent) / 100);
            let tenths = if self.mode == Mode::Inside { 6 } else { 4 };
            self.set_oracle(market, self.bounded(market, moved, tenths));
        }
        let before = self.world.clone();
        let accrual = self.world.accrue(market, self.oracle[market], 0).expect("an accrual");
        let change = i128::from(accrual.price_after.0) - i128::from(price);
        self.tally.directional.add(Fractions::of_exposure(&before, market, change));
        if accrual.funding != 0 {
            self.tally.events.note(Event::Funded);
            self.tally.funding.add(Fractions::of_funding(&before, market, accrual.funding));
        }
    }

    /// A price that jumps, by up to a quarter.
    fn gap(&mut self, market: MarketId, percent: i8) {
        let price = self.world.markets[market].effective_price.0;
        let moved = price.saturating_add_signed(price as i64 * i64::from(percent) / 400);
        let moved = self.bounded(market, moved, 4);
        let change = i128::from(moved) - i128::from(price);
        self.tally.directional.add(Fractions::of_exposure(&self.world, market, change));
        self.set_oracle(market, moved);
        self.world.gap(market, moved);
    }

    fn finish(mut self) -> Outcome {
        self.keep();
        for _ in 0..3 {
            for who in 0..ACCOUNTS {
                self.world.settle(who).expect("settles");
            }
            self.keep();
        }
        (0..self.world.markets.len()).for_each(|market| self.sweep(market));
        let worth = self.tally.wallet + self.collected();
        let gain = self.tally.directional.taken_from(worth);
        let Tally { deficit, by_insurance, bounties, by_index, events, .. } = self.tally;
        Outcome {
            gain,
            richer: i64::try_from(worth).expect("an amount"),
            funding: -self.tally.funding.taken_from(0),
            gain_before_costs: gain + i64::try_from(self.tally.costs).expect("costs"),
            gain_at_oracle: self.gain_at_oracle(worth),
            deficit,
            by_insurance,
            bounties,
            by_index,
            honest_haircut: i64::try_from(self.tally.honest_haircut).expect("a haircut"),
            excess: self.excess(),
            events,
        }
    }

    /// What the owner could take out: cash alone. What a pool has not paid by now does not count.
    fn collected(&self) -> i128 {
        let cash = |who: Who| {
            let debts: u64 = self.world.accounts[who].legs().map(|leg| leg.unsettled.debt().0).sum();
            i128::from(self.world.capital(who).saturating_sub(debts))
        };
        OWN.map(cash).sum::<i128>() + self.staked()
    }

    fn staked(&self) -> i128 {
        let (stake, fund) = (&self.world.stakes[OWN_STAKE], &self.world.fund);
        let live = stake.generation == fund.generation;
        i128::from(if live { fund.value_of(stake.shares).expect("a value").0 } else { 0 })
    }

    /// Does what costs its owner fees, a penalty or a donation, or brings some of them back to its stake.
    pub(crate) fn at_cost<T>(&mut self, operation: impl FnOnce(&mut Self) -> T) -> T {
        let worth = |player: &Self| {
            let equity: i128 = OWN.map(|who| player.world.equity(who)).sum();
            player.tally.wallet + equity + player.staked()
        };
        let before = worth(self);
        let done = operation(self);
        self.tally.costs += before - worth(self);
        done
    }

    fn gain_at_oracle(&self, worth: i128) -> i64 {
        let mut directional = self.tally.directional_at_oracle;
        for market in 0..self.world.markets.len() {
            let price = self.world.markets[market].effective_price.0;
            let back = i128::from(price) - i128::from(self.oracle[market]);
            directional.add(Fractions::of_exposure(&self.world, market, back));
        }
        directional.taken_from(worth)
    }

    fn join(&mut self, thousandths: u16) {
        let amount = self.setup.notional() * u64::from(thousandths) / 1_000;
        if amount == 0 {
            return;
        }
        match self.world.stake(crate::scene::HONEST_STAKE, amount) {
            Ok(_) => self.tally.events.note(Event::Joined),
            Err(EngineError::BankruptcyOpen | EngineError::ZeroSize) => {}
            Err(error) => panic!("{error}"),
        }
    }
}
