//! The report as a page: whole, well-formed, and alone.

#[path = "../common/mod.rs"]
mod common;
mod contents;
mod findings;
mod format;
mod made_up;
mod markup;
