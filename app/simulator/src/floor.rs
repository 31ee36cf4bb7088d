//! Where trades happen: the clearinghouse, the order books, and the makers who stand behind them.

use jettison_engine::{Bps, Price, BPS_ONE};
use jettison_harness::{MarketId, Who};

use crate::book::Book;
use crate::venue::Venue;

/// The trading floor.
#[derive(Clone, Debug)]
pub struct Floor {
    /// The clearinghouse.
    pub venue: Venue,
    /// Order books, by market.
    pub books: Vec<Book>,
    /// Makers, by market.
    pub makers: Vec<Vec<Who>>,
    /// Whose turn it is, by market.
    turns: Vec<usize>,
}

impl Floor {
    /// A floor with calm books.
    pub fn new(venue: Venue, books: Vec<Book>, makers: Vec<Vec<Who>>) -> Self {
        let turns = vec![0; makers.len()];
        Self { venue, books, makers, turns }
    }

    /// Buys (positive) or sells contracts from the makers, at the effective price worsened by half of the trade's impact and at
    /// most by the trade band. A maker without margin is passed over; where none takes all, a quarter is tried. Returns what
    /// was traded.
    pub fn take(&mut self, who: Who, market: MarketId, size: i64) -> i64 {
        for size in [size, size / 4] {
            if size == 0 {
                break;
            }
            let price = self.fill_price(market, size);
            for _ in 0..self.makers[market].len() {
                let maker = self.next_maker(market);
                if maker != who && self.venue.trade(who, maker, market, size, price).is_ok() {
                    self.books[market].take(size as f64);
                    return size;
                }
            }
        }
        0
    }

    /// Closes what an account has in a market, as far as makers take it. Returns what was traded.
    pub fn close(&mut self, who: Who, market: MarketId) -> i64 {
        let size = self.venue.position(who, market);
        self.take(who, market, -size)
    }

    fn next_maker(&mut self, market: MarketId) -> Who {
        let turn = &mut self.turns[market];
        *turn = (*turn + 1) % self.makers[market].len();
        self.makers[market][*turn]
    }

    fn fill_price(&self, market: MarketId, size: i64) -> Price {
        let book = &self.venue.world.markets[market];
        let band = worst(book.effective_price, book.params.trade_band);
        let off = (book.effective_price.0 as f64 * self.books[market].slippage(size as f64) / 2.0) as u64;
        let off = off.min(band);
        Price(if size > 0 {
            book.effective_price.0 + off
        } else {
            book.effective_price.0.saturating_sub(off).max(1)
        })
    }
}

fn worst(price: Price, band: Bps) -> u64 {
    (u128::from(price.0) * u128::from(band.0) / u128::from(BPS_ONE)) as u64
}
