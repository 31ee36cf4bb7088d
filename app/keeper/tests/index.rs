//! The index finds whom a full rescan finds, whatever happens: random histories of trades, accruals with funding, crashes,
//! bankruptcies, liquidations, deleveraging, deposits, withdrawals, changes of parameters and wind-downs.
//!
//! `JETTISON_HISTORIES` sets how many histories to play, `JETTISON_HISTORY_SEED` another seed.

use std::collections::BTreeMap;
use std::panic;

use anchor_lang::prelude::Pubkey;
use jettison_engine::{assess, Atoms, Bps, Health, Margin, Market, MarketIndex, Markets, Price};
use jettison_harness::history::{self, coverage::Coverage, History};
use jettison_harness::{params, World};
use jettison_keeper::book::{AccountState, Applied, Book, Looks, MarketState, Oracle, Version};
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ACCOUNTS: usize = 14;
const PRICES: [u64; 4] = [117_035_140, 2_338_700, 37, 500_000];
const CAPITALS: [u64; 7] = [900_000_000, 0, 3_000_000_000, 5_000, 700_000_000, 2_000_000_000, 60_000_000];

#[test]
fn the_index_finds_whom_a_rescan_finds() {
    let histories = from_environment("JETTISON_HISTORIES").unwrap_or(150);
    let seed = from_environment("JETTISON_HISTORY_SEED").unwrap_or(1);
    let mut runner = TestRunner::new(Config {
        cases: histories as u32,
        failure_persistence: None,
        max_shrink_iters: 5_000,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    });
    let total = std::cell::RefCell::new((0, Looks::default(), 0));
    // The runner reports the shortest history that fails; the panics on the way there are noise.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let outcome = runner.run(&history::strategy(), |history| {
        let twin = play(&history);
        let (comparisons, looks, needs) = &mut *total.borrow_mut();
        *comparisons += twin.comparisons;
        *needs += twin.needs;
        looks.touched += twin.book.looks().touched;
        looks.too_early += twin.book.looks().too_early;
        looks.rebuilt += twin.book.looks().rebuilt;
        Ok(())
    });
    panic::set_hook(hook);
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, history)) => panic!("{why}\nin the shortest such {history:#?}"),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
    let (comparisons, looks, needs) = total.into_inner();
    println!("{comparisons} comparisons, {needs} accounts in need in them; {looks:?}");
    assert!(comparisons > 50 * histories && needs > comparisons / 20 && looks.rebuilt > 0, "too tame");
}

/// A world, and a book that is told of it.
struct Twin {
    world: World,
    book: Book,
    rng: ChaCha8Rng,
    slot: u64,
    told: World,
    comparisons: u64,
    needs: u64,
}

fn play(history: &History) -> Twin {
    let rules = [params::live(), params::plain(), params::coarse(), params::unclamped()];
    let markets: Vec<_> = rules.into_iter().zip(PRICES).collect();
    let mut world = World::new(&markets, ACCOUNTS, 1_000_000);
    world.fund_all(&CAPITALS.repeat(ACCOUNTS / CAPITALS.len()));
    for _ in 0..4 {
        world.open_stake();
    }
    let seed = history.actions().len() as u64;
    let (told, book, rng) = (world.clone(), Book::new(), ChaCha8Rng::seed_from_u64(seed));
    let mut twin = Twin { world, book, rng, slot: 1, told, comparisons: 0, needs: 0 };
    twin.tell(true);
    let mut seen = Coverage::default();
    for action in history.actions() {
        action.play(&mut twin.world, &PRICES, &mut seen);
        twin.meddle();
        twin.tell(false);
        twin.compare();
    }
    for market in 0..PRICES.len() {
        twin.world.begin_settlement(market).expect("a wind-down");
        twin.tell(false);
        twin.compare();
    }
    twin
}

impl Twin {
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
        self.compare_with(false);
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
        self.told = self.world.clone();
    }

    fn compare(&mut self) {
        self.compare_with(true);
    }

    /// Whom the index has in need, and with which health, are those whom the engine finds among all.
    fn compare_with(&mut self, told: bool) {
        let indexed: BTreeMap<Pubkey, Health> =
            self.book.in_need().into_iter().map(|need| (need.address, need.health)).collect();
        let rescanned = self.book.rescan().into_iter().map(|need| (need.address, need.health)).collect();
        assert_eq!(indexed, rescanned, "the index differs from a rescan");
        if told {
            assert_eq!(indexed, self.in_need_of_world(), "the book differs from the world");
        }
        assert_eq!(self.book.looks().missed, 0);
        self.comparisons += 1;
        self.needs += indexed.len() as u64;
    }

    /// The same from the world's ledgers and the book's views.
    fn in_need_of_world(&self) -> BTreeMap<Pubkey, Health> {
        let mut views: Vec<Market> = self.book.markets().map(|entry| entry.view).collect();
        let mut lent: Vec<&mut Market> = views.iter_mut().collect();
        let markets = Markets::new(&mut lent).expect("markets");
        let mut needs = BTreeMap::new();
        for (who, ledger) in self.world.accounts.iter().enumerate() {
            let health = assess(ledger, &markets, Margin::Maintenance, i64::MIN).expect("health");
            if !health.is_met() && !ledger.has_no_legs() {
                needs.insert(address(who), health);
            }
        }
        needs
    }
}

fn address(who: usize) -> Pubkey {
    Pubkey::new_from_array([who as u8 + 1; 32])
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}
