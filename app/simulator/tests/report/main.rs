//! The report as a page: whole, well-formed, and alone.

#[path = "../common/mod.rs"]
#[allow(dead_code)]
mod common;
mod contents;
mod format;
mod made_up;
mod markup;
