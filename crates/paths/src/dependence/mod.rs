//! What ties markets together: correlation and copulas.

mod copula;
mod correlation;

pub use copula::Copula;
pub(crate) use copula::ScoreDrawer;
pub use correlation::Correlation;
