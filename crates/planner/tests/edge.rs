//! Accounts within a few atoms of maintenance, in markets of any dilution: no rounding hides one that has crossed.

use anchor_lang::prelude::Pubkey;
use jettison_engine::{
    Atoms, Bps, Contracts, Leg, LossIndex, MarginAccount, Market, MarketIndex, MarketParams, Price,
    SettlementIndex, Shares, SHARE_BITS,
};
use jettison_harness::{params, World};
use jettison_planner::book::{AccountState, Book, MarketState, Version};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const MARKETS: u16 = 3;
const ACCOUNTS: u8 = 6;

#[test]
fn no_rounding_hides_an_account_that_has_crossed() {
    let cases = std::env::var("JETTISON_EDGES").map_or(4_000, |cases| cases.parse().expect("a number"));
    let templates = templates();
    let (mut crossings, mut early) = (0, 0);
    for seed in 0..cases {
        let mut edge = Edge::new(ChaCha8Rng::seed_from_u64(seed), &templates);
        for step in 0..12 {
            crossings += edge.step().unwrap_or_else(|why| panic!("{why} at step {step} of case {seed}"));
        }
        early += edge.book.looks().too_early;
    }
    println!("{crossings} crossings, {early} looks too early");
    assert!(crossings > cases, "too tame: {crossings} crossings in {cases} cases");
}

/// A leg of either side.
fn templates() -> [Leg; 2] {
    let mut world = World::plain(100, &[1_000_000, 1_000_000]);
    world.trade(0, 1, 0, 10).expect("a trade");
    [0, 1].map(|who| *world.leg(who, 0).expect("a leg"))
}

struct Edge {
    rng: ChaCha8Rng,
    book: Book,
    markets: Vec<Market>,
    slot: u64,
}

impl Edge {
    /// Markets of any scale, and accounts that are a few atoms above maintenance.
    fn new(mut rng: ChaCha8Rng, templates: &[Leg; 2]) -> Self {
        let markets: Vec<Market> = (0..MARKETS).map(|index| market(&mut rng, index)).collect();
        let mut edge = Self { rng, book: Book::new(), markets, slot: 1 };
        edge.tell_markets();
        for who in 1..=ACCOUNTS {
            let address = Pubkey::new_from_array([who; 32]);
            let ledger = edge.account(templates, &address);
            edge.put(address, &ledger);
        }
        edge
    }

    fn account(&mut self, templates: &[Leg; 2], address: &Pubkey) -> MarginAccount {
        let mut ledger = MarginAccount::default();
        for index in 0..MARKETS {
            if index > 0 && self.rng.random_ratio(2, 3) {
                continue;
            }
            let mut leg = templates[self.rng.random_range(0..2)];
            let side = self.markets[usize::from(index)].side(leg.direction());
            leg.market = MarketIndex(index);
            leg.shares = Shares(self.rng.random_range(1..=side.shares.0));
            if self.rng.random() {
                leg.shares.0 = (leg.shares.0 >> SHARE_BITS << SHARE_BITS).max(1);
            }
            leg.settlement_snapshot = side.settlement_index;
            leg.loss_snapshot = side.loss_index;
            ledger.legs[usize::from(index)] = leg;
        }
        // What it has is what it needs, and a few atoms.
        ledger.capital = Atoms(1 << 40);
        self.put(*address, &ledger);
        let id = self.book.find(address).expect("an account");
        let excess = self.book.health(id).expect("health").excess().expect("an excess").0;
        let spare =
            if self.rng.random() { self.rng.random_range(0..12) } else { self.rng.random_range(0..200) };
        ledger.capital = Atoms(((1 << 40) - excess + spare) as u64);
        ledger
    }

    fn put(&mut self, address: Pubkey, ledger: &MarginAccount) {
        self.slot += 1;
        let state = AccountState { ledger: *ledger, ..AccountState::default() };
        self.book.apply_account(address, Some(&state), Version::at(self.slot));
    }

    fn tell_markets(&mut self) {
        self.slot += 1;
        for book in &self.markets {
            let state = MarketState { book: *book, ..MarketState::default() };
            self.book.apply_market(&state, Version::at(self.slot));
        }
    }

    /// Something that moves health by about an atom. Returns how many more or fewer are in need.
    fn step(&mut self) -> Result<u64, String> {
        let before = self.book.in_need().len();
        let at = self.rng.random_range(0..usize::from(MARKETS));
        let undiluted = self.rng.random_ratio(1, 6);
        let turn = self.rng.random_range(0..6);
        let market = &mut self.markets[at];
        let side = if self.rng.random() { &mut market.long } else { &mut market.short };
        // An atom for the whole side, in units of the index.
        let atom = (1i128 << 64) / i128::from(side.shares.0);
        let few = self.rng.random_range(-8..=3) * atom / self.rng.random_range(1..4);
        match turn {
            0 | 1 => side.settlement_index = SettlementIndex::new(side.settlement_index.get() + few),
            2 => side.loss_index = LossIndex::new(side.loss_index.get() + few.unsigned_abs()),
            3 => side.contracts.0 = (side.contracts.0 + self.rng.random_range(0..3)).saturating_sub(1),
            4 => market.effective_price.0 = market.effective_price.0 + self.rng.random_range(0..3) - 1,
            _ => side.shares.0 += self.rng.random_range(0..1_000),
        }
        if undiluted {
            market.long.shares = Shares(market.long.contracts.0.max(1) << SHARE_BITS);
        }
        market.effective_price.0 = market.effective_price.0.max(1);
        self.tell_markets();
        let (mut indexed, mut rescanned) = (self.book.in_need(), self.book.rescan());
        indexed.sort_by_key(|need| need.id);
        rescanned.sort_by_key(|need| need.id);
        if indexed != rescanned {
            return Err(format!("the index has {indexed:#?}, a rescan finds {rescanned:#?}"));
        }
        Ok(indexed.len().abs_diff(before) as u64)
    }
}

fn market(rng: &mut ChaCha8Rng, index: u16) -> Market {
    let price = [3, 37, 2_000, 117_035_140][rng.random_range(0..4)];
    let rules = MarketParams {
        maintenance_margin: Bps(rng.random_range(300..1_000)),
        requirement_floor: Atoms(rng.random_range(0..5)),
        ..params::plain()
    };
    let mut market =
        Market::new(MarketIndex(index), rules_or_plain(rules), Price(price), 1_000).expect("a market");
    for side in [&mut market.long, &mut market.short] {
        side.contracts = Contracts(rng.random_range(1..200));
        let undiluted = side.contracts.0 << SHARE_BITS;
        side.shares = Shares(match rng.random_range(0..3) {
            0 => undiluted,
            1 => undiluted + rng.random_range(1..5_000_000),
            _ => undiluted * rng.random_range(2..1_000),
        });
        side.settlement_index = SettlementIndex::new(i128::from(rng.random::<i64>()) << 20);
        side.loss_index = LossIndex::new(u128::from(rng.random::<u32>()) << 40);
    }
    market
}

/// The rules if they are within bounds.
fn rules_or_plain(rules: MarketParams) -> MarketParams {
    if rules.validate().is_ok() {
        rules
    } else {
        params::plain()
    }
}
