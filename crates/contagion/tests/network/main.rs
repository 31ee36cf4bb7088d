//! The network against worked examples, textbook graphs and what must always hold.

mod ablation;
mod centrality;
mod debtrank;
mod exposure;
mod properties;

use jettison_contagion::{Account, AccountId, Direction, Exposure, ExposureNetwork, Market, MarketId};

/// Equal to the last digits.
fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

fn all_close(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| close(*a, *b))
}

fn account(id: u32, equity: f64) -> Account {
    Account { id: AccountId(id), equity }
}

fn market(id: u16, loss_given_default: f64) -> Market {
    Market { id: MarketId(id), name: format!("M{id}"), loss_given_default }
}

fn long(account: u32, market: u16, notional: f64) -> Exposure {
    Exposure { account: AccountId(account), market: MarketId(market), direction: Direction::Long, notional }
}

fn short(account: u32, market: u16, notional: f64) -> Exposure {
    Exposure { direction: Direction::Short, ..long(account, market, notional) }
}

/// Account 1 is long 1,000 against 2 (750) and 3 (250) in market 0, where a default leaves 10 % unpaid; 3 is long 400
/// against 4 in market 1, where it leaves 50 %.
fn two_markets() -> ExposureNetwork {
    let accounts = vec![account(1, 100.0), account(2, 500.0), account(3, 100.0), account(4, 300.0)];
    let exposures =
        [long(1, 0, 1_000.0), short(2, 0, 750.0), short(3, 0, 250.0), long(3, 1, 400.0), short(4, 1, 400.0)];
    ExposureNetwork::new(accounts, vec![market(0, 0.1), market(1, 0.5)], &exposures).unwrap()
}
