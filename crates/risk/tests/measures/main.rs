//! The measures on small books worked by hand, and against brute force by the engine.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod account;
mod against_brute_force;
mod cascade;
mod haircut;
mod stress;
mod systemic;

use jettison_engine::{Atoms, MarginAccount, MarketIndex};
use jettison_harness::World;
use jettison_risk::{Account, Snapshot};

/// Price of a contract, in atoms.
const PRICE: u64 = 1_000_000;
const MARKET: MarketIndex = MarketIndex(0);

fn snapshot(world: &World) -> Snapshot<usize> {
    let accounts = world.accounts.iter().enumerate().map(|(id, ledger)| Account { id, ledger: *ledger });
    Snapshot::new(world.markets.iter().copied(), accounts, Atoms(world.insurance), world.now).unwrap()
}

fn ledger(world: &World, who: usize) -> &MarginAccount {
    &world.accounts[who]
}
