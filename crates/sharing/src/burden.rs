//! How heavy one sharing falls, and on whom.

use serde::{Deserialize, Serialize};

use crate::holder::Holder;

/// Measures of one loss and what each holder gave for it. Amounts in atoms; parts and coefficients are fractions of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Burden {
    /// The loss.
    pub needed: u64,
    /// What was taken from all holders.
    pub taken: u128,
    /// Taken beyond the loss.
    pub overshoot: u128,
    /// Of the loss, what nobody gave.
    pub uncovered: u64,
    /// Holders with a gain.
    pub gainers: usize,
    /// Holders who gave anything.
    pub charged: usize,
    /// Of these, how many had no gain.
    pub charged_without_gain: usize,
    /// What was taken beyond their gain from those who gave more than they had gained.
    pub beyond_gain: u128,
    /// The mean charge of those who gave.
    pub mean_charge: f64,
    /// The largest charge.
    pub largest_charge: u64,
    /// The largest charge as a part of its holder's gain, over holders with a gain.
    pub largest_part_of_gain: f64,
    /// The largest charge as a part of its holder's equity, over holders with equity.
    pub largest_part_of_equity: f64,
    /// Gini coefficient of `charge / gain` over holders with a gain: 0 if all gave the same part.
    pub gini_of_parts: f64,
    /// Gini coefficient of the charges, over holders with a gain or a charge: 0 if all gave the same amount.
    pub gini_of_amounts: f64,
}

impl Burden {
    /// Measures what `charges` took from `holders`, position by position, for a loss of `needed`.
    pub fn of(needed: u64, holders: &[Holder], charges: &[u64]) -> Self {
        let mut burden = Self { needed, ..Self::default() };
        let (mut parts, mut amounts) = (vec![], vec![]);
        for (holder, charge) in holders.iter().zip(charges.iter().copied()) {
            burden.count(holder, charge);
            if holder.gain > 0 {
                parts.push(charge as f64 / holder.gain as f64);
            }
            if holder.gain > 0 || charge > 0 {
                amounts.push(charge as f64);
            }
        }
        burden.overshoot = burden.taken.saturating_sub(u128::from(needed));
        burden.uncovered = u128::from(needed).saturating_sub(burden.taken) as u64;
        burden.gainers = parts.len();
        if burden.charged > 0 {
            burden.mean_charge = burden.taken as f64 / burden.charged as f64;
        }
        burden.largest_part_of_gain = parts.iter().copied().fold(0.0, f64::max);
        burden.gini_of_parts = gini(&mut parts);
        burden.gini_of_amounts = gini(&mut amounts);
        burden
    }

    fn count(&mut self, holder: &Holder, charge: u64) {
        self.taken += u128::from(charge);
        self.largest_charge = self.largest_charge.max(charge);
        if charge > 0 {
            self.charged += 1;
            self.charged_without_gain += usize::from(holder.gain == 0);
        }
        self.beyond_gain += u128::from(charge.saturating_sub(holder.gain));
        if holder.equity > 0 {
            let part = charge as f64 / holder.equity as f64;
            self.largest_part_of_equity = self.largest_part_of_equity.max(part);
        }
    }
}

/// The Gini coefficient of values that are not negative, which it sorts: half the mean difference between any two, as a part
/// of their mean. `Σ (2i − n − 1) xᵢ / (n Σ x)` over the values in rising order, i from 1 (Sen, On Economic Inequality,
/// 1973). Zero for equal values, `(n − 1) / n` if one has everything, zero if there is nothing.
pub fn gini(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len() as f64;
    let sum: f64 = values.iter().sum();
    if sum <= 0.0 {
        return 0.0;
    }
    let weighted: f64 = values.iter().enumerate().map(|(i, value)| (2.0 * i as f64 + 1.0 - n) * value).sum();
    weighted / (n * sum)
}
