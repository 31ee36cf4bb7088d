//! Every rule of the engine on cases computed by hand. Whatever a case does, the invariants are checked after it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod bankruptcy;
mod bounty;
mod cash;
mod deleverage;
mod fees;
mod health;
mod liquidation;
mod params;
mod price;
mod self_dealing;
mod sides;
mod sizes;
mod takeover;
mod trades;
mod uncovered;
mod withdrawal;
