//! The clearinghouse that each case starts from.

use std::fmt;

use anyhow::{ensure, Result};
use jettison_embedded::{Chain, EmbeddedVenue, Trader, FEED_EXPONENT, QUOTE_DECIMALS};
use jettison_engine::Direction;
use solana_signer::Signer;

use super::expect;
use super::settings::market_args;

/// First price of every market, in atoms per contract: a thousandth of a bitcoin of 117,035.14 USDC.
pub const PRICE: u64 = 117_035_140;

/// Decimal exponent of a contract.
pub const CONTRACT_EXPONENT: i8 = -3;

/// Contracts of a leg: ten bitcoins, whose shares need more than 32 bits.
pub const SIZE: u64 = 10_000;

/// Contracts of the makers, against whom every leg is opened.
const DEPTH: u64 = 1_000_000;

/// Keeper window of the markets, in seconds: as far as the price moves in one accrual.
pub const WINDOW: i64 = 10;

/// Time constant of the stable price, in seconds.
pub const STABLE_WINDOW: i64 = 300;

/// How far below its last price a market rests after losses, in percent of the first price: when the price then rises,
/// longs are valued at the stable price.
const REBOUND: u64 = 8;

/// What happened to the markets between opening the legs and the measured instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// Only prices moved.
    Calm,
    /// On both sides a bankruptcy moved the loss index and diluted the shares, and the stable price is below the price.
    Losses,
}

impl History {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Calm, Self::Losses];
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Calm => "calm",
            Self::Losses => "after losses",
        })
    }
}

/// Who is on both sides of a market from the start.
pub struct Depth {
    /// Hold a large position.
    pub makers: [Trader; 2],
    /// Hold as much as initial margin allows: each will go bankrupt.
    victims: [Trader; 2],
}

/// A clearinghouse with markets and makers.
pub struct Scene {
    /// The clearinghouse.
    pub venue: EmbeddedVenue,
    /// How many legs the accounts have that are acted on.
    pub legs: u16,
    /// One for each market.
    pub depth: Vec<Depth>,
    history: History,
}

impl Scene {
    /// Opens a clearinghouse with twice as many markets as legs, less one: two accounts can share only one.
    pub fn open(chain: Chain, legs: u16, history: History) -> Result<Self> {
        let mut scene = Self { venue: EmbeddedVenue::open(chain)?, legs, depth: vec![], history };
        for _ in 1..2 * legs {
            scene.open_market()?;
        }
        Ok(scene)
    }

    fn open_market(&mut self) -> Result<()> {
        let market = self.venue.create_market(feed_price(PRICE), market_args())?;
        let makers = self.open_pair(market, 60, DEPTH)?;
        let victims = self.open_pair(market, 11, SIZE / 10)?;
        self.depth.push(Depth { makers, victims });
        Ok(())
    }

    /// Two accounts with `margin` percent of capital, long and short of each other.
    fn open_pair(&mut self, market: u16, margin: u64, size: u64) -> Result<[Trader; 2]> {
        let capital = percent(margin, PRICE * size);
        let pair = [self.venue.open_funded(capital)?, self.venue.open_funded(capital)?];
        self.venue.trade(&pair[0], &pair[1], market, size)?;
        Ok(pair)
    }

    /// Lets the history happen, then moves every price to `last`, in percent of the first price.
    pub fn play(&mut self, last: u64) -> Result<()> {
        if self.history == History::Losses {
            for (price, direction) in [(112, Direction::Short), (87, Direction::Long)] {
                self.move_prices(price)?;
                self.bankrupt_victims(direction)?;
            }
            self.rest_at(last - REBOUND)?;
        }
        self.move_prices(last)
    }

    /// Moves every price to `price`, in percent of the first, and lets the stable price arrive.
    fn rest_at(&mut self, price: u64) -> Result<()> {
        self.move_prices(price)?;
        self.pass(STABLE_WINDOW)?;
        let book = self.venue.book(0)?;
        ensure!(book.stable_price == book.effective_price, "the stable price doesn't arrive: {book:?}");
        Ok(())
    }

    /// Lets seconds pass, then accrues every market at its last price.
    pub fn pass(&mut self, seconds: i64) -> Result<()> {
        let now = self.venue.chain.now();
        self.venue.chain.set_time(now + seconds);
        Ok(self.venue.refresh()?)
    }

    fn bankrupt_victims(&mut self, direction: Direction) -> Result<()> {
        let payer = self.venue.chain.payer().pubkey();
        for (market, depth) in (0..).zip(&self.depth) {
            let victim = depth.victims[direction as usize].address;
            let resolve = self.venue.venue.resolve_bankruptcy(payer, victim, None, false, &[market]);
            let executed = self.venue.chain.send(&[resolve], &[])?;
            expect::index_moved(&executed, 1)?;
        }
        Ok(())
    }

    /// Moves every price to `to` percent of the first, as fast as the clamp allows.
    pub fn move_prices(&mut self, to: u64) -> Result<()> {
        let target = percent(to, PRICE);
        for _ in 0..100 {
            let now = self.venue.chain.now();
            self.venue.chain.set_time(now + WINDOW);
            for market in self.markets() {
                self.venue.set_price(market, feed_price(target))?;
            }
            if self.venue.book(0)?.effective_price.0 == target {
                return Ok(());
            }
        }
        ensure!(false, "the price doesn't reach {target}");
        Ok(())
    }

    /// All markets.
    pub fn markets(&self) -> std::ops::Range<u16> {
        0..self.depth.len() as u16
    }
}

/// `rate` percent of an amount.
pub fn percent(rate: u64, amount: u64) -> u64 {
    amount / 100 * rate
}

/// A price in atoms per contract, in units of the feed.
pub fn feed_price(atoms: u64) -> i64 {
    let decimals = -FEED_EXPONENT - i32::from(CONTRACT_EXPONENT) - i32::from(QUOTE_DECIMALS);
    atoms as i64 * 10_i64.pow(decimals.unsigned_abs())
}
