//! What a look at a whole market costs: `cargo run --release -p jettison-risk --example cost [ACCOUNTS]`.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::time::Instant;

use jettison_engine::{
    settle_trade, Atoms, Bps, Contracts, Direction, MarginAccount, Market, MarketIndex, Markets, Price, Terms,
};
use jettison_harness::params::live;
use jettison_risk::{Account, Grid, Snapshot};

const MARKETS: u16 = 5;
const PRICE: u64 = 10_000_000;
const NOW: i64 = 1_000;

/// Accounts in pairs, long against short, of 1 to 50 contracts with a tenth to all of their worth as capital; one pair in five
/// is in two markets.
fn book(accounts: usize) -> Snapshot<usize> {
    let mut params = live();
    params.max_open_interest = Contracts(1 << 30);
    let new = |index| Market::new(MarketIndex(index), params, Price(PRICE), NOW).expect("parameters");
    let mut markets: Vec<Market> = (0..MARKETS).map(new).collect();
    let mut ledgers = vec![MarginAccount::default(); accounts];
    let mut lent: Vec<&mut Market> = markets.iter_mut().collect();
    let mut lent = Markets::new(&mut lent).expect("ascending");
    for (pair, both) in ledgers.chunks_exact_mut(2).enumerate() {
        let size = 1 + (pair * 7_919 % 50) as u64;
        let legs = 1 + u16::from(pair % 5 == 0);
        let [long, short] = both else { continue };
        for (one, salt) in [(&mut *long, 31), (&mut *short, 37)] {
            let percent = 12 + (pair * salt % 89) as u64;
            one.deposit(Atoms(size * PRICE * percent / 100 * u64::from(legs) + PRICE)).expect("deposit");
        }
        for leg in 0..legs {
            let market = MarketIndex((pair as u16).wrapping_add(leg) % MARKETS);
            let terms = Terms { market, size: Contracts(size), price: Price(PRICE), taker: Direction::Long };
            settle_trade(long, short, &mut lent, &terms, NOW).expect("a trade");
        }
    }
    let accounts = ledgers.into_iter().enumerate().map(|(id, ledger)| Account { id, ledger });
    Snapshot::new(markets, accounts, Atoms(1_000 * PRICE), NOW).expect("a book")
}

fn main() {
    let accounts = std::env::args().nth(1).map_or(100_000, |count| count.parse().expect("a number"));
    let book = book(accounts);
    let copy = Instant::now();
    let again =
        Snapshot::new(book.markets().to_vec(), book.accounts().to_vec(), book.insurance(), book.now());
    println!("{accounts} accounts in {MARKETS} markets");
    println!("taking the snapshot: {:?}", copy.elapsed());
    drop(again);
    let whole = Instant::now();
    for index in 0..MARKETS {
        let index = MarketIndex(index);
        let start = Instant::now();
        let risk = book.systemic(index, &Grid::default(), Bps(1_000)).expect("measures");
        let (worst, failures) = (risk.rows.first().expect("rows"), risk.rows.iter().map(|row| row.failures));
        println!(
            "market {}: {:?}; {} long; {} moves, {} failures in all, the deepest charges {} atoms a contract",
            index.0,
            start.elapsed(),
            risk.long.concentration.accounts,
            risk.rows.len(),
            failures.sum::<usize>(),
            worst.loss.per_contract(Direction::Short).decimal(0)
        );
    }
    println!("all markets: {:?}", whole.elapsed());
    let start = Instant::now();
    let looks = 1_000.min(accounts);
    for account in &book.accounts()[..looks] {
        book.account(&account.ledger).expect("an account");
    }
    println!("one account leg by leg: {:?}", start.elapsed() / looks as u32);
}
