//! The risk lab, run as a user runs it: `jettison simulate` and `jettison study`.

mod bad_input;
mod made_up;
mod place;
mod repeatable;
mod simulate;
mod stored;
mod study;
mod waves;
