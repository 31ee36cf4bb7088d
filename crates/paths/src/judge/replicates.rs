//! P-values that know of the fitting: samples are drawn from the fitted model, and fitted again (the parametric bootstrap;
//! Stute, González Manteiga and Presedo Quindimil 1993).

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::distance::{anderson_darling, kolmogorov_smirnov};
use crate::error::ModelError;
use crate::model::Model;

/// P-values of the Kolmogorov–Smirnov distance and of A².
///
/// # Errors
/// Where a drawn sample can't be fitted.
pub(crate) fn bootstrap_p_values(
    model: &Model,
    count: usize,
    statistics: (f64, f64),
    replicates: usize,
    rng: &mut ChaCha8Rng,
) -> Result<Option<(f64, f64)>, ModelError> {
    let Some(ready) = model.ready().filter(|_| replicates > 0) else { return Ok(None) };
    let (mut farther, mut heavier) = (1, 1);
    for _ in 0..replicates {
        let mut memory = ready.start();
        let draw = |_| {
            let value = ready.quantile(memory, StandardNormal.sample(rng));
            memory = ready.after(memory, value);
            value
        };
        let sample: Vec<f64> = (0..count).map(draw).collect();
        let refit = Model::fit(model.kind(), &sample)?.model;
        let Some(probabilities) = refit.probabilities(&sample) else { return Ok(None) };
        farther += usize::from(kolmogorov_smirnov(&probabilities).0 >= statistics.0);
        heavier += usize::from(anderson_darling(&probabilities).0 >= statistics.1);
    }
    let part = |count: usize| count as f64 / (replicates + 1) as f64;
    Ok(Some((part(farther), part(heavier))))
}
