//! A world in which anything happens, and a book that is told of it.

use std::panic;

use anchor_lang::prelude::Pubkey;
use jettison_engine::{Atoms, Bps, MarketIndex, Price};
use jettison_harness::history::{coverage::Coverage, strategy, History};
use jettison_harness::{params, World};
use jettison_planner::book::{AccountState, Applied, Book, MarketState, Oracle, Version};
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub const ACCOUNTS: usize = 14;
pub const PRICES: [u64; 4] = [117_035_140, 2_338_700, 37, 500_000];
const CAPITALS: [u64; 7] = [900_000_000, 0, 3_000_000_000, 5_000, 700_000_000, 2_000_000_000, 60_000_000];

/// Plays random histories: `JETTISON_HISTORIES` of them or else `count`, from the seed `JETTISON_HISTORY_SEED`. Panics with
/// the shortest one that makes `check` panic. Returns how many there were.
pub fn play_all(count: u64, check: impl Fn(&History)) -> u64 {
    let count = from_environment("JETTISON_HISTORIES").unwrap_or(count);
    let mut runner = TestRunner::new(Config {
        cases: count as u32,
        failure_persistence: None,
        max_shrink_iters: 500,
        max_shrink_time: 20_000,
        rng_seed: RngSeed::Fixed(from_environment("JETTISON_HISTORY_SEED").unwrap_or(1)),
        ..Config::default()
    });
    // The runner reports the shortest history that fails; the panics on the way there are noise.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let outcome = runner.run(&strategy(), |history| {
        check(&history);
        Ok(())
    });
    panic::set_hook(hook);
    match outcome {
        Ok(()) => count,
        Err(TestError::Fail(why, history)) => panic!("{why}\nin the shortest such {history:#?}"),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}

/// A world, and a book that is told of it.
pub struct Twin {
    pub world: World,
    pub book: Book,
    pub rng: ChaCha8Rng,
    slot: u64,
    told: World,
}

/// Plays a history and winds every market down at its end. `look` sees the twin after each thing that happens, and whether
/// the book has been told of it on chain or has only heard a price.
pub fn play(history: &History, mut look: impl FnMut(&mut Twin, bool)) {
    let mut twin = Twin::new(history.actions().len() as u64);
    let mut seen = Coverage::default();
    for action in history.actions() {
        action.play(&mut twin.world, &PRICES, &mut seen);
        twin.meddle();
        look(&mut twin, false);
        twin.tell(false);
        look(&mut twin, true);
    }
    for market in 0..PRICES.len() {
        twin.world.begin_settlement(market).expect("a wind-down");
        twin.tell(false);
        look(&mut twin, true);
    }
}

impl Twin {
    fn new(seed: u64) -> Self {
        let rules = [params::live(), params::plain(), params::coarse(), params::unclamped()];
        let markets: Vec<_> = rules.into_iter().zip(PRICES).collect();
        let mut world = World::new(&markets, ACCOUNTS, 1_000_000);
        world.fund_all(&CAPITALS.repeat(ACCOUNTS / CAPITALS.len()));
        for _ in 0..4 {
            world.open_stake();
        }
        let (told, book, rng) = (world.clone(), Book::new(), ChaCha8Rng::seed_from_u64(seed));
        let mut twin = Self { world, book, rng, slot: 1, told };
        twin.tell(true);
        twin
    }

    /// What histories don't have: other parameters, a price that the book hears of before the chain does, a closed account.
    fn meddle(&mut self) {
        let market = self.rng.random_range(0..PRICES.len());
        match self.rng.random_range(0..12) {
            0 => {
                let mut params = self.world.markets[market].params;
                let rate = i32::from(params.maintenance_margin.0) + self.rng.random_range(-200..200);
                params.maintenance_margin = Bps(rate.clamp(1, 10_000) as u16);
                let _ = self.world.set_params(market, params);
            }
            1 => {
                let mut params = self.world.markets[market].params;
                params.requirement_floor = Atoms(self.rng.random_range(0..100_000));
                let _ = self.world.set_params(market, params);
            }
            2..=5 => self.hear(market),
            6 => {
                let who = self.rng.random_range(0..ACCOUNTS);
                self.slot += 1;
                self.book.remove(address(who), Version::at(self.slot));
                self.told.accounts[who].capital = Atoms(u64::MAX);
            }
            7 => self.book.advance(self.world.now + self.rng.random_range(0..30)),
            _ => {}
        }
    }

    /// The oracle moves by up to a twentieth, and the book looks ahead by some seconds.
    fn hear(&mut self, market: usize) {
        let price = self.world.markets[market].effective_price.0;
        let price = (price * self.rng.random_range(950..=1_050) / 1_000).max(1);
        let oracle = match self.rng.random_range(0..8) {
            0 => Oracle::Unknown,
            1 => Oracle::Unusable,
            _ => Oracle::Usable(Price(price)),
        };
        let now = self.world.now + self.rng.random_range(0..30);
        self.book.quote(MarketIndex(market as u16), oracle, now);
    }

    /// Tells the book what has changed, markets and accounts in a random order, and some of it twice.
    fn tell(&mut self, all: bool) {
        self.slot += 1;
        let version = Version::at(self.slot);
        let mut news: Vec<usize> = (0..PRICES.len() + ACCOUNTS).collect();
        for at in (1..news.len()).rev() {
            news.swap(at, self.rng.random_range(0..=at));
        }
        for item in news {
            if item < PRICES.len() {
                let book = self.world.markets[item];
                if all || book != self.told.markets[item] {
                    let state = MarketState { book, ..MarketState::default() };
                    assert_ne!(self.book.apply_market(&state, version), Applied::Stale);
                }
            } else {
                let who = item - PRICES.len();
                let ledger = self.world.accounts[who];
                if all || ledger != self.told.accounts[who] {
                    let state = AccountState { ledger, ..AccountState::default() };
                    assert_ne!(self.book.apply_account(address(who), Some(&state), version), Applied::Stale);
                    let late = self.book.apply_account(address(who), None, Version::at(self.slot - 1));
                    assert_eq!(late, Applied::Stale);
                }
            }
        }
        self.book.common.fund = self.world.fund;
        self.told = self.world.clone();
    }
}

/// The address of an account of the world.
pub fn address(who: usize) -> Pubkey {
    Pubkey::new_from_array([who as u8 + 1; 32])
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}
