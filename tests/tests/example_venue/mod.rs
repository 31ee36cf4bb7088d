//! The example of a venue program, `programs/example-venue`: what it settles through the clearing program, what it refuses,
//! what it costs, and what docs/integration.md says of it.

mod addresses;
mod cost;
mod document;
mod refused_cancels;
mod refused_fills;
mod refused_posts;
mod stage;
mod trading;
