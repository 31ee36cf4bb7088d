//! Models of one step's log return.

mod check;
mod gaussian;
mod marginal;
mod rows;

use serde::{Deserialize, Serialize};

pub use gaussian::Gaussian;
pub(crate) use marginal::Marginal;
pub(crate) use rows::block_rows;
pub use rows::{Bootstrap, Replay, DEFAULT_MEAN_BLOCK};

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
    /// Blocks of a file's returns, drawn again and again.
    Bootstrap(Bootstrap),
    /// A file's returns as they came.
    Replay(Replay),
}

/// Which model: what a configuration names to have it fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// [`Model::Gaussian`]
    Gaussian,
    /// [`Model::Bootstrap`]
    Bootstrap,
    /// [`Model::Replay`]
    Replay,
}

/// A model with fitted parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fit<M> {
    /// The model.
    pub model: M,
    /// What to distrust: estimates at the end of what is allowed, and why.
    pub notes: Vec<String>,
}

impl<M> Fit<M> {
    pub(crate) fn new(model: M) -> Self {
        Self { model, notes: vec![] }
    }

    fn into_model(self, wrap: fn(M) -> Model) -> Fit<Model> {
        Fit { model: wrap(self.model), notes: self.notes }
    }
}

impl Model {
    /// Fits a model to log returns: by maximum likelihood, or by keeping the returns where the model is made of them.
    ///
    /// # Errors
    /// Too few returns, one that isn't finite, all the same, or a search that failed.
    pub fn fit(kind: ModelKind, returns: &[f64]) -> Result<Fit<Self>, ModelError> {
        Ok(match kind {
            ModelKind::Gaussian => Gaussian::fit(returns)?.into_model(Self::Gaussian),
            ModelKind::Bootstrap => Bootstrap::fit(returns)?.into_model(Self::Bootstrap),
            ModelKind::Replay => Replay::fit(returns)?.into_model(Self::Replay),
        })
    }

    /// Which model it is.
    pub fn kind(&self) -> ModelKind {
        match self {
            Self::Gaussian(_) => ModelKind::Gaussian,
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
            Self::Bootstrap(model) => model.validate(),
            Self::Replay(model) => model.validate(),
        }
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

impl ModelKind {
    /// All of them, the simplest first.
    pub const ALL: [Self; 3] = [Self::Gaussian, Self::Bootstrap, Self::Replay];

    /// As configurations name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gaussian => "gaussian",
            Self::Bootstrap => "bootstrap",
            Self::Replay => "replay",
        }
    }
}
