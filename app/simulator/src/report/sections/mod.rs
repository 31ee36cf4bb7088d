//! One file for each section of the report: the charts, findings and words made of what a study found. A section of what
//! wasn't studied is left out.

pub(super) mod contagion;
pub(super) mod insurance;
pub(super) mod losses;
mod models;
mod payers;
pub(super) mod replay;
pub(super) mod returns;
mod rule_tables;
pub(super) mod rules;
mod shocks;
pub(super) mod signals;
pub(super) mod sizing;
pub(super) mod stakers;
pub(super) mod waves;
