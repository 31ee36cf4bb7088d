//! The order book around a market's price: depth, impact, refill, and makers who step back when it gets rough.
//!
//! A trade of `q` contracts moves the price by `q / depth` percent, of which a part stays and the rest decays with a
//! half-life, as what was taken is refilled (a linear, exponentially resilient book: Obizhaeva and Wang 2013). Depth shrinks as
//! the volatility that makers see rises: at `fear` half of it is gone. Liquidations consume it like any other trade, so a
//! cascade feeds itself.

use crate::scenario::BookSpec;

/// Seconds over which makers average squared moves.
const MEMORY: f64 = 60.0;

/// The book of one market.
#[derive(Clone, Debug)]
pub struct Book {
    spec: BookSpec,
    /// Contracts that move the price by one percent while it is calm.
    depth: f64,
    /// Impact that decays, as a logarithm of price.
    passing: f64,
    /// Impact that stays.
    lasting: f64,
    /// Average of the squared move of a second.
    variance: f64,
    /// The last logarithm of the price.
    last: f64,
}

/// The least part of the depth that stays in any panic.
const LEAST_PART: f64 = 0.02;

impl Book {
    /// A calm book at a price, where `open_interest` contracts are open on a side.
    pub fn new(spec: &BookSpec, open_interest: f64, price: f64) -> Self {
        let depth = (spec.depth * open_interest).max(1.0);
        Self { spec: spec.clone(), depth, passing: 0.0, lasting: 0.0, variance: 0.0, last: price.ln() }
    }

    /// Part of the calm depth that makers show now.
    pub fn shown(&self) -> f64 {
        let fear = self.variance / (self.spec.fear * self.spec.fear);
        (1.0 / (1.0 + fear)).max(LEAST_PART)
    }

    /// By how much, as a logarithm, trades have moved the price.
    pub fn impact(&self) -> f64 {
        self.passing + self.lasting
    }

    /// How far, as a part of the price, taking `contracts` moves it: the average fill is half as far.
    pub fn slippage(&self, contracts: f64) -> f64 {
        0.01 * contracts.abs() / (self.depth * self.shown())
    }

    /// Takes `contracts` from the book: positive buys. Impact is bounded at a fifth of the price in a trade.
    pub fn take(&mut self, contracts: f64) {
        let moved = self.slippage(contracts).min(0.2).copysign(contracts);
        self.passing += moved * (1.0 - self.spec.permanent);
        self.lasting += moved * self.spec.permanent;
    }

    /// Lets `seconds` pass: what was taken comes back, and makers see the price of now.
    pub fn pass(&mut self, seconds: f64, price: f64) {
        self.passing *= 0.5f64.powf(seconds / self.spec.half_life);
        let moved = price.ln() - self.last;
        let kept = (-seconds / MEMORY).exp();
        self.variance = self.variance * kept + moved * moved / seconds * (1.0 - kept);
        self.last = price.ln();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> Book {
        Book::new(&BookSpec { depth: 0.1, half_life: 10.0, permanent: 0.25, fear: 0.01 }, 1_000.0, 50.0)
    }

    #[test]
    fn a_sale_of_the_depth_moves_the_price_by_a_percent_of_which_a_quarter_stays() {
        let mut book = book();
        book.take(-100.0);
        assert!((book.impact() + 0.01).abs() < 1e-12);
        book.pass(10.0, 50.0);
        assert!(
            (book.impact() + 0.0025 + 0.00375).abs() < 1e-12,
            "half of the rest is back: {}",
            book.impact()
        );
        book.pass(1e6, 50.0);
        assert!((book.impact() + 0.0025).abs() < 1e-12);
    }

    #[test]
    fn makers_step_back_when_it_gets_rough_and_return() {
        let mut book = book();
        assert_eq!(book.shown(), 1.0);
        for second in 0..300 {
            book.pass(1.0, if second % 2 == 0 { 50.5 } else { 50.0 });
        }
        assert!((book.shown() - 0.5).abs() < 0.02, "a percent a second is the fear: {}", book.shown());
        let before = book.slippage(100.0);
        assert!((before - 0.02).abs() < 0.001);
        for _ in 0..3_000 {
            book.pass(1.0, 50.0);
        }
        assert!(book.shown() > 0.99);
    }
}
