//! A crash to measure by: shorts, a price that falls in waves, and losses at each of its prices.

use jettison_sharing::Position;
use rand::Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// As on 2025-10-10: 16 waves, and 1,125 shocks in all of them, so about 70 each.
pub const WAVES: usize = 16;
/// Losses at each price.
pub const LOSSES: usize = 70;
/// Where the price comes from, in atoms for one contract: a hundred dollars.
pub const START: u64 = 100_000_000;

/// What a venue sees.
pub struct Crash {
    /// The side that gains.
    pub shorts: Vec<Position>,
    /// The price of each wave, in atoms for one contract.
    pub prices: Vec<u64>,
    /// The losses at each of them, in atoms.
    pub losses: Vec<Vec<u64>>,
}

impl Crash {
    /// A crash with so many accounts. Sizes and losses are spread over orders of magnitude; the losses of a wave are
    /// about 0.4 % of the gains at its price, as on that night.
    pub fn new(accounts: usize, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let shorts: Vec<Position> = (0..accounts).map(|_| short(&mut rng)).collect();
        let (mut prices, mut losses, mut price) = (vec![], vec![], START);
        for _ in 0..WAVES {
            // It falls by 2 % a wave in the mean and recovers now and then.
            price = price * rng.random_range(9_550..10_050) / 10_000;
            prices.push(price);
            let gains: u64 = shorts.iter().map(|s| s.entry.saturating_sub(price) * s.contracts).sum();
            let mean = gains as f64 * 0.004 / LOSSES as f64;
            losses.push((0..LOSSES).map(|_| (mean * exponential(&mut rng)) as u64).collect());
        }
        Self { shorts, prices, losses }
    }
}

fn exponential(rng: &mut ChaCha8Rng) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

/// Opened within 3 % of the start, from one contract to ten thousand, with leverage from 1 to 20.
fn short(rng: &mut ChaCha8Rng) -> Position {
    let contracts = 10f64.powf(rng.random_range(0.0..4.0)) as u64;
    let entry = START * rng.random_range(9_700..10_300) / 10_000;
    let collateral = (contracts * entry) as f64 / rng.random_range(1.0..20.0);
    Position { contracts, entry, collateral: collateral as u64 }
}
