//! A random history through transactions, with the engine beside it as the reference ledger: after each transaction
//! the chain's accounts are the engine's states byte for byte, a refusal has the engine's error, and the invariants
//! hold.

mod action;
mod model;
mod play;

use jettison_tests::{on_elf, standard, Random, Scene};

use play::{Play, Tally};

on_elf!(
    a_history_of_calm_markets_is_the_engines,
    a_history_of_wild_markets_is_the_engines,
    a_history_without_insurance_is_the_engines,
);

/// Transactions of each history; `JETTISON_HISTORY` asks for another number.
const TRANSACTIONS: u64 = 4_000;

/// Plays a history; `JETTISON_SEED` asks for another one.
fn history(mut scene: Scene, seed: u64, furthest: u64, insured: bool) -> Tally {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let seed = number("JETTISON_SEED").unwrap_or(seed);
    let transactions = number("JETTISON_HISTORY").unwrap_or(TRANSACTIONS);
    println!("seed {seed}, {transactions} transactions");
    for _ in 1..3 {
        scene.market(standard());
    }
    let mut play = Play::begin(scene, Random::new(seed), furthest, insured);
    while play.tally.sent < transactions {
        play.step();
    }
    println!("{:?}", play.tally);
    play.tally
}

/// Targets within 15 %.
fn a_history_of_calm_markets_is_the_engines(scene: Scene) {
    let tally = history(scene, 1, 1_500, true);
    assert!(tally.trades > 100 && tally.liquidations > 5, "{tally:?}");
}

/// Targets within 50 %.
fn a_history_of_wild_markets_is_the_engines(scene: Scene) {
    let tally = history(scene, 2, 5_000, true);
    assert!(tally.liquidations > 5 && tally.deleverages > 5 && tally.resolutions > 5, "{tally:?}");
    assert!(tally.by_insurance > 0, "{tally:?}");
}

fn a_history_without_insurance_is_the_engines(scene: Scene) {
    let tally = history(scene, 3, 4_000, false);
    assert!(tally.by_index > 2 && tally.taken_over > 0, "{tally:?}");
}
