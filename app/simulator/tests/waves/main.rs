//! The study of auto-deleveraging waves: small tables worked out by hand, bad ones, and the published ones where they are.

mod bad_tables;
mod published;
mod small_tables;
mod tables;
