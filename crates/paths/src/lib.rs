//! Models of prices: fitted to a file, judged, and drawn from.
//!
//! | file | what |
//! |---|---|
//! | `series`, `read` | [`PriceSeries`]: a price file, exactly, and its log [`Returns`] at a step |
//! | `decimal` | [`feed_units`], [`to_units`], [`to_float`]: prices in units of 10⁻¹² |
//! | `model` | [`Model`]: one step's log return; [`Model::fit`] by [`ModelKind`], [`Model::validate`] |
//! | `dependence` | [`Correlation`], [`Copula`] and [`Copula::fit`]: how markets move together; [`TailDependence`] |
//! | `path` | [`PathSpec`], all that a path is drawn from, and [`PathModel::draw`] |
//! | `config` | [`PathConfig::fit`]: from a configuration and a price file to a [`PathSpec`] |
//! | `judge` | [`MarketReport`]: what returns are like, and how well each model fits them; [`NormalMissed`] |
//! | `error` | [`SeriesError`], [`ModelError`], [`CopulaError`], [`PathError`] |
//!
//! Floating point throughout, but for the prices of a file. Randomness comes only from the generator handed in, and
//! sums go in a fixed order: the same seed gives the same path on any number of threads.

mod config;
mod decimal;
mod dependence;
mod error;
mod judge;
mod model;
mod optimise;
mod path;
mod read;
mod scores;
mod series;

pub use config::{Choice, PathConfig, PathFit};
pub use decimal::{feed_units, to_float, to_units, DecimalError, PRICE_EXPONENT};
pub use dependence::{Copula, CopulaFit, CopulaKind, Correlation, TailDependence};
pub use error::{CopulaError, ModelError, PathError};
pub use judge::{
    DistanceTest, FitReport, HillEstimate, HillPoint, HillTail, JudgeOptions, LjungBox, MarketReport,
    ModelView, NormalMissed, NotFitted, QqPoint, QqScale, SampleReport, Serial, Tail, TailMethod, TailRisk,
    Tails, VarianceRatio,
};
pub use model::{
    Bootstrap, Fit, Garch, Gaussian, Hawkes, HawkesOptions, JumpDiffusion, MarkKind, Marks, Model, ModelKind,
    Probability, Replay, StudentT, DEFAULT_MEAN_BLOCK,
};
pub use path::{MarketSpec, PathModel, PathSpec, Stress};
pub use read::ReadOptions;
pub use series::{PriceSeries, Returns, SeriesError};
