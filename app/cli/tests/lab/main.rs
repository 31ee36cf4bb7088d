//! The risk lab, run as a user runs it: `jettison simulate` and `jettison study`.

mod bad_input;
mod place;
mod repeatable;
mod simulate;
mod study;
mod waves;
