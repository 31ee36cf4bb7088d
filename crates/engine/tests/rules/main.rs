//! Every rule of the engine on cases computed by hand. Whatever a case does, the invariants are checked after it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod allowance;
mod bankruptcy;
mod bounty;
mod breakers;
mod cash;
mod deleverage;
mod emptying_a_market;
mod fees;
mod funding;
mod health;
mod liquidation;
mod params;
mod params_changes;
mod premium;
mod price;
mod rolling;
mod self_dealing;
mod settlement_of_a_market;
mod sides;
mod sizes;
mod stable_price;
mod staking;
mod staking_attacks;
mod takeover;
mod throttle;
mod throttle_attacks;
mod trades;
mod uncounted_legs;
mod uncovered;
mod unstaking;
mod withdrawal;

/// The same cases at every run.
fn cases(cases: u32) -> proptest::prelude::ProptestConfig {
    let rng_seed = proptest::test_runner::RngSeed::Fixed(1);
    let failure_persistence = None;
    proptest::prelude::ProptestConfig { cases, failure_persistence, rng_seed, ..Default::default() }
}
