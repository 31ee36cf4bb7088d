//! How well a model fits: what a sample is like, and what a model makes of it.

mod distance;
mod hill;
mod options;
mod replicates;
mod report;
mod sample;
mod serial;
mod tail_risk;

pub use distance::{DistanceTest, QqPoint};
pub use hill::{HillEstimate, HillPoint, HillTail};
pub use options::JudgeOptions;
pub use report::{FitReport, MarketReport, ModelView, NormalMissed, NotFitted, QqScale};
pub use sample::{SampleReport, Tail, Tails};
pub use serial::{LjungBox, Serial, VarianceRatio};
pub use tail_risk::{TailMethod, TailRisk};
