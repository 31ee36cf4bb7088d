//! What to offer for inclusion: as much as others do, and never more than a part of what the work brings.

use jettison_engine::SignedAtoms;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::Decimal;

use crate::config::{Fees, BASE_FEE};

/// Lamports of a SOL.
const LAMPORTS: u64 = 1_000_000_000;

/// Micro-lamports of a lamport.
const MICRO: u128 = 1_000_000;

/// Prices of compute units.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    recent: Vec<u64>,
    /// How often the last ones offered were doubled, because a transaction did not land.
    doublings: u32,
}

impl Prices {
    /// What was paid lately, in micro-lamports for a unit.
    pub fn learn(&mut self, mut recent: Vec<u64>) {
        recent.sort_unstable();
        self.recent = recent;
    }

    /// A transaction did not land while its blockhash lived: offer more.
    pub fn expired(&mut self) {
        self.doublings = (self.doublings + 1).min(6);
    }

    /// One landed.
    pub fn landed(&mut self) {
        self.doublings = self.doublings.saturating_sub(1);
    }

    /// The percentile of what was paid lately; zero if nothing is known.
    fn percentile(&self, percentile: u8) -> u64 {
        let last = self.recent.len().saturating_sub(1);
        self.recent.get(last * usize::from(percentile.min(100)) / 100).copied().unwrap_or(0)
    }

    /// What to offer for a compute unit, in micro-lamports (rounded down), for `units` of them whose work brings `reward`.
    pub fn offer(&self, fees: &Fees, units: u32, reward: SignedAtoms, quote_decimals: u8) -> u64 {
        let wanted = self.percentile(fees.percentile).max(fees.floor_micro_lamports) << self.doublings;
        let spare = budget(fees, reward, quote_decimals).saturating_sub(BASE_FEE);
        let most = u128::from(spare) * MICRO / u128::from(units.max(1));
        wanted.min(u64::try_from(most).unwrap_or(u64::MAX))
    }
}

/// The most that a transaction may cost, in lamports: the set part of its reward (rounded down), at least what is allowed
/// for work without one, at most the limit.
pub fn budget(fees: &Fees, reward: SignedAtoms, quote_decimals: u8) -> u64 {
    let share = u128::from(reward.claim().0) * u128::from(fees.reward_share_bps) / 10_000;
    let lamports = share * u128::from(LAMPORTS) / u128::from(atoms_per_sol(fees.sol_price, quote_decimals));
    u64::try_from(lamports).unwrap_or(u64::MAX).max(fees.unrewarded_lamports).min(fees.max_lamports)
}

/// A SOL in quote atoms, rounded down; at least one.
fn atoms_per_sol(price: Decimal, quote_decimals: u8) -> u64 {
    let scale = Decimal::from(10_u64.saturating_pow(u32::from(quote_decimals)));
    price.checked_mul(scale).and_then(|atoms| atoms.trunc().to_u64()).unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fees() -> Fees {
        Fees {
            percentile: 50,
            floor_micro_lamports: 10,
            max_lamports: 1_000_000,
            reward_share_bps: 1_000,
            sol_price: Decimal::from(200),
            unrewarded_lamports: 15_000,
        }
    }

    #[test]
    fn the_budget_is_a_part_of_the_reward_between_its_ends() {
        // 10 % of 0.5 quote units is 0.05, at 200 a SOL 0.00025 SOL.
        assert_eq!(budget(&fees(), SignedAtoms(500_000), 6), 250_000);
        assert_eq!(budget(&fees(), SignedAtoms(0), 6), 15_000);
        assert_eq!(budget(&fees(), SignedAtoms(-5), 6), 15_000);
        assert_eq!(budget(&fees(), SignedAtoms(i64::MAX), 6), 1_000_000);
    }

    #[test]
    fn the_offer_is_the_percentile_within_floor_and_budget() {
        let mut prices = Prices::default();
        assert_eq!(prices.offer(&fees(), 100_000, SignedAtoms(0), 6), 10);
        prices.learn(vec![900, 100, 300, 700, 500]);
        assert_eq!(prices.offer(&fees(), 10_000, SignedAtoms(500_000), 6), 500);
        // 10,000 lamports above the base fee, over a million units.
        assert_eq!(prices.offer(&fees(), 1_000_000, SignedAtoms(0), 6), 500);
        prices.learn(vec![1_000_000]);
        assert_eq!(prices.offer(&fees(), 1_000_000, SignedAtoms(0), 6), 10_000);
    }

    #[test]
    fn what_does_not_land_is_offered_more_and_never_above_the_budget() {
        let mut prices = Prices::default();
        prices.learn(vec![100]);
        let offer = |prices: &Prices| prices.offer(&fees(), 100_000, SignedAtoms(0), 6);
        for expected in [100, 200, 400, 800] {
            assert_eq!(offer(&prices), expected);
            prices.expired();
        }
        prices.landed();
        assert_eq!(offer(&prices), 800);
        for _ in 0..20 {
            prices.expired();
        }
        assert_eq!(offer(&prices), 6_400);
    }
}
