//! Models of one step's log return.

mod check;
mod conditional;
mod garch;
mod gaussian;
mod hawkes;
mod hawkes_fit;
mod jump_diffusion;
mod kind;
mod marks;
mod rows;
mod student_t;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use check::sample;
pub(crate) use conditional::Conditional;
pub use conditional::Probability;
pub use garch::Garch;
pub use gaussian::Gaussian;
pub use hawkes::Hawkes;
pub use hawkes_fit::{HawkesOptions, MarkKind};
pub use jump_diffusion::JumpDiffusion;
pub use kind::{Fit, ModelKind};
pub use marks::Marks;
pub(crate) use rows::block_rows;
pub use rows::{Bootstrap, Replay, DEFAULT_MEAN_BLOCK};
pub use student_t::StudentT;

use crate::error::ModelError;

/// A model of one step's log return, with its parameters. All of them are of one step, whatever its length.
///
/// In a configuration: a table with the field `model` and the parameters, such as
/// `{ model = "gaussian", mean = 0.0, sigma = 0.001 }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "model", rename_all = "snake_case")]
pub enum Model {
    /// Independent normal returns.
    Gaussian(Gaussian),
    /// Independent returns with heavy tails.
    StudentT(StudentT),
    /// Normal returns with independent jumps.
    JumpDiffusion(JumpDiffusion),
    /// Volatility that follows the moves.
    Garch(Garch),
    /// Jumps that cause further jumps.
    Hawkes(Hawkes),
    /// Blocks of a file's returns, drawn again and again.
    Bootstrap(Bootstrap),
    /// A file's returns as they came.
    Replay(Replay),
}

impl Model {
    /// Fits a model to log returns: by maximum likelihood, or by keeping the returns where the model is made of them.
    ///
    /// # Errors
    /// Too few returns, one that isn't finite, all the same, or a search that failed.
    pub fn fit(kind: ModelKind, returns: &[f64]) -> Result<Fit<Self>, ModelError> {
        Ok(match kind {
            ModelKind::Gaussian => Gaussian::fit(returns)?.into_model(Self::Gaussian),
            ModelKind::StudentT => StudentT::fit(returns)?.into_model(Self::StudentT),
            ModelKind::JumpDiffusion => JumpDiffusion::fit(returns)?.into_model(Self::JumpDiffusion),
            ModelKind::Garch => Garch::fit(returns, false)?.into_model(Self::Garch),
            ModelKind::GarchT => Garch::fit(returns, true)?.into_model(Self::Garch),
            ModelKind::Hawkes => Hawkes::fit(returns, HawkesOptions::default())?.into_model(Self::Hawkes),
            ModelKind::Bootstrap => Bootstrap::fit(returns)?.into_model(Self::Bootstrap),
            ModelKind::Replay => Replay::fit(returns)?.into_model(Self::Replay),
        })
    }

    /// Which model it is.
    pub fn kind(&self) -> ModelKind {
        match self {
            Self::Gaussian(_) => ModelKind::Gaussian,
            Self::StudentT(_) => ModelKind::StudentT,
            Self::JumpDiffusion(_) => ModelKind::JumpDiffusion,
            Self::Garch(Garch { nu: None, .. }) => ModelKind::Garch,
            Self::Garch(Garch { nu: Some(_), .. }) => ModelKind::GarchT,
            Self::Hawkes(_) => ModelKind::Hawkes,
            Self::Bootstrap(_) => ModelKind::Bootstrap,
            Self::Replay(_) => ModelKind::Replay,
        }
    }

    /// Refuses parameters that the model can't have.
    ///
    /// # Errors
    /// [`ModelError`], which names the parameter.
    pub fn validate(&self) -> Result<(), ModelError> {
        match self {
            Self::Gaussian(model) => model.validate(),
            Self::StudentT(model) => model.validate(),
            Self::JumpDiffusion(model) => model.validate(),
            Self::Garch(model) => model.validate(),
            Self::Hawkes(model) => model.validate(),
            Self::Bootstrap(model) => model.validate(),
            Self::Replay(model) => model.validate(),
        }
    }

    /// The logarithm of the likelihood of returns; `None` for models that are rows of a file, which have none.
    pub fn ln_likelihood(&self, returns: &[f64]) -> Option<f64> {
        match self {
            Self::Gaussian(model) => Some(model.ln_likelihood(returns)),
            Self::StudentT(model) => Some(model.ln_likelihood(returns)),
            Self::JumpDiffusion(model) => Some(model.ln_likelihood(returns)),
            Self::Garch(model) => Some(model.ln_likelihood(returns)),
            Self::Hawkes(model) => model.ln_likelihood(returns),
            Self::Bootstrap(_) | Self::Replay(_) => None,
        }
    }

    /// How likely each of a row of returns was, given those before it (the probability integral transform): evenly spread
    /// and independent if the model is right. `None` for models that are rows of a file.
    pub fn probabilities(&self, returns: &[f64]) -> Option<Vec<Probability>> {
        let ready = self.ready()?;
        let mut memory = ready.start_of(returns);
        let probability = |value: &f64| {
            let probability = ready.probability(memory, *value);
            memory = ready.after(memory, *value);
            probability
        };
        Some(returns.iter().map(probability).collect())
    }

    /// Made ready to be drawn from; `None` for models that are rows of a file, and for parameters that are refused.
    pub(crate) fn ready(&self) -> Option<Arc<dyn Conditional>> {
        Some(match self {
            Self::Gaussian(model) => Arc::new(model.clone()),
            Self::StudentT(model) => Arc::new(student_t::ReadyStudentT::new(model)?),
            Self::JumpDiffusion(model) => Arc::new(jump_diffusion::ReadyJumpDiffusion::new(model)),
            Self::Garch(model) => Arc::new(garch::ReadyGarch::new(model)?),
            Self::Hawkes(model) => Arc::new(hawkes::ReadyHawkes::new(model)),
            Self::Bootstrap(_) | Self::Replay(_) => return None,
        })
    }

    /// The file's returns, where the model is made of them.
    pub fn rows(&self) -> Option<&[f64]> {
        match self {
            Self::Bootstrap(model) => Some(&model.returns),
            Self::Replay(model) => Some(&model.returns),
            _ => None,
        }
    }

    /// Steps of a block on average, where the model draws blocks.
    pub fn mean_block(&self) -> Option<f64> {
        match self {
            Self::Bootstrap(model) => Some(model.mean_block),
            _ => None,
        }
    }
}
