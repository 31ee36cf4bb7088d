//! A venue of many accounts, as the benchmark and the test of the index see it.

use std::collections::BTreeSet;

use anchor_lang::prelude::Pubkey;
use jettison_engine::{
    assess, settle_trade, Atoms, Bps, Contracts, Direction, Margin, MarginAccount, Market, MarketIndex,
    MarketParams, Markets, Price, Terms,
};
use jettison_harness::params;
use jettison_planner::book::{AccountState, Book, MarketState, Oracle, Version};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Markets of the scene.
pub const MARKETS: usize = 8;

/// Of a hundred accounts so many have two to eight legs; the others have one.
const CROSS_MARGINED: u32 = 20;

/// The price everything is opened at, in atoms.
const PRICE: u64 = 117_035_140;

/// When, in Unix seconds.
const NOW: i64 = 1_760_000_000;

/// Within a second the oracle may move the price by so many basis points: so far a tick can go.
const REACH: u16 = 400;

/// A book, and the same accounts as the engine takes them, for a scan that owes nothing to the book.
pub struct Scene {
    pub book: Book,
    pub plain: Vec<MarginAccount>,
    addresses: Vec<Pubkey>,
    pub now: i64,
    slot: u64,
    /// Bytes that the book has made the process grow by.
    grown: usize,
}

impl Scene {
    /// A venue of `count` accounts. They have opened with 10 to 40 % of what they hold, and their markets have moved
    /// against a part of them since.
    pub fn new(count: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(count as u64);
        let mut markets: Vec<Market> = (0..MARKETS).map(market).collect();
        let mut plain = Vec::with_capacity(count);
        while plain.len() < count {
            plain.extend(pair(&mut rng, &mut markets));
        }
        let now = fall(&mut markets);
        let addresses: Vec<Pubkey> = (0..plain.len()).map(|_| Pubkey::new_from_array(rng.random())).collect();
        let before = resident();
        let mut book = Book::new();
        for market in &markets {
            let state = MarketState { book: *market, ..MarketState::default() };
            book.apply_market(&state, Version::at(1));
        }
        let mut scene = Self { book, plain: vec![], addresses, now, slot: 1, grown: 0 };
        for (who, ledger) in plain.iter().enumerate() {
            scene.tell(who, ledger);
        }
        scene.grown = resident().saturating_sub(before);
        scene.plain = plain;
        scene
    }

    /// Memory of the book for each account, in bytes; as the system counts it, so with all that allocation wastes.
    pub fn memory(&self) -> usize {
        self.grown / self.plain.len()
    }

    fn tell(&mut self, who: usize, ledger: &MarginAccount) {
        self.slot += 1;
        let state = AccountState { ledger: *ledger, ..AccountState::default() };
        self.book.apply_account(self.addresses[who], Some(&state), Version::at(self.slot));
    }

    /// The stored price of a market.
    pub fn price(&self, market: usize) -> u64 {
        let index = MarketIndex(market as u16);
        self.book.market(index).expect("a market").stored.book.effective_price.0
    }

    /// The oracle's price of a market moves to so many millionths of its stored price. Returns how many are in need.
    pub fn tick(&mut self, market: usize, millionths: u64) -> usize {
        let price = self.price(market) * millionths / 1_000_000;
        let index = MarketIndex(market as u16);
        self.book.quote(index, Oracle::Usable(Price(price)), self.now + 1);
        self.book.in_need().len()
    }

    /// Assesses every account, from the plain ledgers, in the book's views. Returns how many are in need.
    pub fn scan(&self) -> usize {
        let mut views: Vec<Market> = self.book.markets().map(|entry| entry.view).collect();
        let mut lent: Vec<&mut Market> = views.iter_mut().collect();
        let markets = Markets::new(&mut lent).expect("markets");
        let is_in_need = |ledger: &&MarginAccount| {
            assess(ledger, &markets, Margin::Maintenance, self.now + 1).is_ok_and(|health| !health.is_met())
        };
        self.plain.iter().filter(is_in_need).count()
    }

    /// Tops accounts in need up until they are healthy, as many as there are but at most `most`: their state changes on chain
    /// and the book is told. Returns how many.
    pub fn rescue(&mut self, most: usize) -> usize {
        let needs = self.book.in_need();
        for need in needs.iter().take(most) {
            let id = need.id.index();
            let mut ledger = self.plain[id];
            let missing = i128::from(need.health.requirement.0) * 3 / 2 - i128::from(need.health.equity.0);
            ledger.deposit(Atoms(missing as u64 + 1)).expect("a deposit");
            self.plain[id] = ledger;
            self.tell(id, &ledger);
        }
        needs.len().min(most)
    }

    /// The fall of a market, in millionths of its stored price, at which `share` of 10,000 accounts newly are in need.
    pub fn fall_for(&mut self, market: usize, share: usize) -> u64 {
        let wanted = self.plain.len() * share / 10_000 + self.tick(market, 1_000_000);
        let (mut above, mut below) = (1_000_000, 1_000_000 - u64::from(REACH) * 100);
        while above - below > 1 {
            let middle = (above + below) / 2;
            if self.tick(market, middle) < wanted {
                above = middle;
            } else {
                below = middle;
            }
        }
        self.tick(market, 1_000_000);
        below
    }
}

fn rules() -> MarketParams {
    MarketParams {
        max_open_interest: Contracts(100_000_000),
        max_move_per_second: Bps(REACH),
        keeper_window_seconds: 1,
        maintenance_margin: Bps(600),
        deleverage_threshold: Bps(9_000),
        ..params::live()
    }
}

fn market(index: usize) -> Market {
    Market::new(MarketIndex(index as u16), rules(), Price(PRICE), NOW).expect("a market")
}

/// Two accounts that trade with each other, in one market or in several.
fn pair(rng: &mut ChaCha8Rng, markets: &mut [Market]) -> [MarginAccount; 2] {
    let legs = if rng.random_ratio(CROSS_MARGINED, 100) { rng.random_range(2..=8) } else { 1 };
    let mut chosen = BTreeSet::new();
    while chosen.len() < legs {
        chosen.insert(rng.random_range(0..MARKETS));
    }
    let trades: Vec<(usize, u64, bool)> =
        chosen.into_iter().map(|market| (market, rng.random_range(1..100), rng.random())).collect();
    let notional: u64 = trades.iter().map(|(_, size, _)| size * PRICE).sum();
    let mut accounts = [MarginAccount::default(); 2];
    for account in &mut accounts {
        let percent = rng.random_range(11..40);
        account
            .deposit(Atoms(notional * percent / 100 + notional / rng.random_range(100..10_000)))
            .expect("a deposit");
    }
    for (market, size, turned) in trades {
        let [first, second] = &mut accounts;
        let (buyer, seller) = if turned { (second, first) } else { (first, second) };
        trade(buyer, seller, markets, market, size);
    }
    accounts
}

fn trade(
    buyer: &mut MarginAccount,
    seller: &mut MarginAccount,
    markets: &mut [Market],
    at: usize,
    size: u64,
) {
    let terms = Terms {
        market: MarketIndex(at as u16),
        size: Contracts(size),
        price: Price(PRICE),
        taker: Direction::Long,
    };
    let mut lent: Vec<&mut Market> = markets.iter_mut().collect();
    let mut lent = Markets::new(&mut lent).expect("markets");
    settle_trade(buyer, seller, &mut lent, &terms, NOW).expect("a trade");
}

/// Every market falls by 4 %. Returns the time at the end.
fn fall(markets: &mut [Market]) -> i64 {
    let mut now = NOW;
    for _ in 0..10 {
        now += 1;
        for market in markets.iter_mut() {
            let target = market.effective_price.0 * 996 / 1_000;
            market.accrue(Price(target), now).expect("an accrual");
        }
    }
    now
}

/// Memory of this process, in bytes; zero where the system doesn't tell.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok());
    kilobytes.unwrap_or(0) * 1_024
}
