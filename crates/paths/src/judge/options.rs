//! What is looked at.

use crate::model::ModelKind;

/// What is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgeOptions {
    /// The models to fit.
    pub kinds: Vec<ModelKind>,
    /// Samples drawn from the fitted normal distribution for its p-values (Lilliefors); 0 for none.
    pub normal_replicates: usize,
    /// Samples drawn from each other fitted model for its p-values; 0 for none. Each takes a fit.
    pub replicates: usize,
    /// Steps drawn for the losses of models whose distribution changes from step to step.
    pub simulated_steps: usize,
    /// How many steps back autocorrelations go.
    pub lags: usize,
}

impl Default for JudgeOptions {
    /// All models with a likelihood; what takes seconds at the most for a file of an hour or two.
    fn default() -> Self {
        Self {
            kinds: ModelKind::PARAMETRIC.to_vec(),
            normal_replicates: 499,
            replicates: 0,
            simulated_steps: 200_000,
            lags: 20,
        }
    }
}
