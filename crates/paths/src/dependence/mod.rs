//! What ties markets together: correlation and copulas.

mod copula;
mod correlation;
mod fit;
mod ranks;
mod tails;

pub use copula::Copula;
pub(crate) use copula::ScoreDrawer;
pub use correlation::Correlation;
pub use fit::{CopulaFit, CopulaKind};
pub use tails::TailDependence;
