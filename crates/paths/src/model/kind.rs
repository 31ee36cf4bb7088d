//! Which models there are, and what a fit gives.

use serde::{Deserialize, Serialize};

use super::Model;

/// Which model: what a configuration names to have it fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// [`Model::Gaussian`]
    Gaussian,
    /// [`Model::StudentT`]
    StudentT,
    /// [`Model::JumpDiffusion`]
    JumpDiffusion,
    /// [`Model::Garch`] with normal innovations
    Garch,
    /// [`Model::Garch`] with t innovations
    GarchT,
    /// [`Model::Hawkes`]
    Hawkes,
    /// [`Model::Bootstrap`]
    Bootstrap,
    /// [`Model::Replay`]
    Replay,
}

impl ModelKind {
    /// All of them, the simplest first.
    pub const ALL: [Self; 8] = [
        Self::Gaussian,
        Self::StudentT,
        Self::JumpDiffusion,
        Self::Garch,
        Self::GarchT,
        Self::Hawkes,
        Self::Bootstrap,
        Self::Replay,
    ];

    /// Those with a likelihood, which can be judged by it.
    pub const PARAMETRIC: [Self; 6] =
        [Self::Gaussian, Self::StudentT, Self::JumpDiffusion, Self::Garch, Self::GarchT, Self::Hawkes];

    /// As configurations name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gaussian => "gaussian",
            Self::StudentT => "student_t",
            Self::JumpDiffusion => "jump_diffusion",
            Self::Garch => "garch",
            Self::GarchT => "garch_t",
            Self::Hawkes => "hawkes",
            Self::Bootstrap => "bootstrap",
            Self::Replay => "replay",
        }
    }

    /// Whether the next step's distribution depends on the steps before.
    pub fn is_conditional(self) -> bool {
        matches!(self, Self::Garch | Self::GarchT | Self::Hawkes)
    }

    /// Parameters that a fit chooses by the likelihood; none for models that are rows of a file. A threshold that is set
    /// beforehand doesn't count.
    pub fn parameters(self) -> usize {
        match self {
            Self::Gaussian => 2,
            Self::StudentT => 3,
            Self::Garch => 4,
            Self::JumpDiffusion | Self::GarchT => 5,
            // Two of calm steps, three of the rate, one of the side, two of the marks.
            Self::Hawkes => 8,
            Self::Bootstrap | Self::Replay => 0,
        }
    }
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

    pub(crate) fn into_model(self, wrap: fn(M) -> Model) -> Fit<Model> {
        Fit { model: wrap(self.model), notes: self.notes }
    }
}
