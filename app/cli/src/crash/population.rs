//! The traders of a crash: a seeded spread of capital, leverage, markets and sides, and the trades that give each
//! the position it wants.

use anyhow::Result;
use indicatif::ProgressBar;
use jettison_engine::{Contracts, Direction, MarketIndex, Price, Terms};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal};

use super::op::Op;
use super::world::{Id, World};

/// Median capital of a trader, in atoms.
const MEDIAN_CAPITAL: f64 = 5_000e6;

/// One in so many accounts is a market maker: large, low in leverage, on the side that lacks contracts.
const MAKERS: usize = 12;

/// How much more capital a maker has than the median trader.
const MAKER_CAPITAL: f64 = 40.0;

/// Part of initial margin's leverage that a trader uses at most, so that fees leave it above initial margin.
const MOST_LEVERAGE: f64 = 0.9;

/// What longs paid over the index, in basis points: it was the side that the crowd wanted.
const PREMIUM_BPS: u64 = 5;

/// Traders who want to be long. The crowd of that night was.
const LONG_PART: f64 = 0.68;

/// What an account would like to hold in a market.
struct Wish {
    id: Id,
    market: u16,
    direction: Direction,
    contracts: u64,
}

/// Opens `accounts` margin accounts and trades them into positions.
pub fn populate(world: &mut World, accounts: usize, seed: u64, progress: &ProgressBar) -> Result<()> {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x706f_7075_6c61_7465);
    let capital = LogNormal::new(MEDIAN_CAPITAL.ln(), 1.1)?;
    let mut wishes = vec![];
    let mut makers = vec![];
    for number in 0..accounts {
        progress.inc(1);
        if number % MAKERS == MAKERS - 1 {
            makers.push(world.open_account((MEDIAN_CAPITAL * MAKER_CAPITAL) as u64)?);
            continue;
        }
        let atoms = capital.sample(&mut random).clamp(100e6, 500_000e6);
        let id = world.open_account(atoms as u64)?;
        wish(world, id, atoms, &mut random, &mut wishes);
    }
    balance(world, &makers, &mut wishes);
    wishes.shuffle(&mut random);
    trade(world, wishes, progress)
}

/// One to three markets, one side each, at a leverage between 1 and most of what initial margin allows.
fn wish(world: &World, id: Id, atoms: f64, random: &mut ChaCha8Rng, wishes: &mut Vec<Wish>) {
    let mut markets: Vec<u16> = (0..world.books.len() as u16).collect();
    markets.shuffle(random);
    markets.truncate(random.random_range(1..=3));
    let share = atoms / markets.len() as f64;
    for market in markets {
        let book = &world.books[usize::from(market)];
        let most = 10_000.0 / f64::from(book.params.initial_margin.0) * MOST_LEVERAGE;
        // The square of a uniform number: many low, some close to the most.
        let leverage = 1.0 + (most - 1.0) * random.random::<f64>().powi(2);
        let direction = if random.random_bool(LONG_PART) { Direction::Long } else { Direction::Short };
        let contracts = (share * leverage / book.effective_price.0 as f64) as u64;
        wishes.push(Wish { id, market, direction, contracts });
    }
}

/// Makers take what one side wants more than the other, each alike.
fn balance(world: &World, makers: &[Id], wishes: &mut Vec<Wish>) {
    for market in 0..world.books.len() as u16 {
        let wanted = |direction| -> u64 {
            let same = |wish: &&Wish| wish.market == market && wish.direction == direction;
            wishes.iter().filter(same).map(|wish| wish.contracts).sum()
        };
        let (long, short) = (wanted(Direction::Long), wanted(Direction::Short));
        let direction = if long > short { Direction::Short } else { Direction::Long };
        let contracts = long.abs_diff(short) / makers.len().max(1) as u64;
        wishes.extend(makers.iter().map(|id| Wish { id: *id, market, direction, contracts }));
    }
}

/// Matches longs with shorts in order; what the engine refuses stays a wish.
fn trade(world: &mut World, wishes: Vec<Wish>, progress: &ProgressBar) -> Result<()> {
    for market in 0..world.books.len() as u16 {
        let of = |direction| -> Vec<(Id, u64)> {
            let same = |wish: &&Wish| wish.market == market && wish.direction == direction;
            wishes.iter().filter(same).map(|wish| (wish.id, wish.contracts)).collect()
        };
        let (buyers, sellers) = (of(Direction::Long), of(Direction::Short));
        match_sides(world, market, buyers, sellers, PREMIUM_BPS, |_| progress.tick())?;
    }
    Ok(())
}

/// Trades each buyer against the sellers in order, at `premium` basis points over the effective price, until one list is
/// used up. A pair that the engine refuses is tried with half the size a few times, then the buyer is passed over.
pub fn match_sides(
    world: &mut World,
    market: u16,
    mut buyers: Vec<(Id, u64)>,
    mut sellers: Vec<(Id, u64)>,
    premium: u64,
    mut traded: impl FnMut(u64),
) -> Result<u64> {
    let mut total = 0;
    while let (Some(&(buyer, bid)), Some(&(seller, ask))) = (buyers.last(), sellers.last()) {
        let size = bid.min(ask);
        let done = if size == 0 || buyer == seller {
            0
        } else {
            trade_up_to(world, market, [buyer, seller], size, premium)?
        };
        traded(done);
        total += done;
        let left = |side: &mut Vec<(Id, u64)>| {
            if let Some(last) = side.last_mut() {
                last.1 -= done;
            }
            side.retain(|wish| wish.1 > 0);
        };
        left(&mut buyers);
        left(&mut sellers);
        if done == 0 {
            // Whoever wants less goes; the other meets the next.
            if bid <= ask {
                buyers.pop()
            } else {
                sellers.pop()
            };
        }
    }
    Ok(total)
}

const HALVINGS: u32 = 4;

fn trade_up_to(world: &mut World, market: u16, pair: [Id; 2], size: u64, premium: u64) -> Result<u64> {
    let [buyer, seller] = pair;
    for halving in 0..HALVINGS {
        let size = size >> halving;
        if size == 0 {
            break;
        }
        let index = world.books[usize::from(market)].effective_price.0;
        let price = Price(index + index * premium / 10_000);
        let terms = Terms {
            market: MarketIndex(market),
            size: Contracts(size),
            price,
            taker: if size.is_multiple_of(2) { Direction::Long } else { Direction::Short },
        };
        if world.transact(&[Op::Trade { buyer, seller, terms }])?.is_ok() {
            return Ok(size);
        }
    }
    Ok(0)
}
