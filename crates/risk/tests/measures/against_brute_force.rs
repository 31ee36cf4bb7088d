//! Random books, against the engine asked at every price that matters.

use jettison_engine::{Atoms, Bps, Direction, Margin, MarketIndex, Price};
use jettison_harness::{params, World};
use jettison_risk::{Failing, Move, Prices, Shock};
use proptest::prelude::*;

use crate::snapshot;

const PRICES: [u64; 3] = [50_000, 2_338_700, 37];

#[derive(Clone, Debug)]
struct Book {
    capitals: Vec<u64>,
    trades: Vec<(usize, usize, usize, u64)>,
    gaps: [u64; 3],
    resolved: bool,
    insurance: u64,
}

fn books() -> impl Strategy<Value = Book> {
    let trade = (0_usize..8, 0_usize..8, 0_usize..3, 1_u64..400);
    (
        proptest::collection::vec(100_000_u64..50_000_000, 8),
        proptest::collection::vec(trade, 1..24),
        [80_u64..120, 80_u64..120, 80_u64..120],
        any::<bool>(),
        prop_oneof![Just(0_u64), 1_u64..3_000_000],
    )
        .prop_map(|(capitals, trades, gaps, resolved, insurance)| Book {
            capitals,
            trades,
            gaps,
            resolved,
            insurance,
        })
}

impl Book {
    /// The book after its trades and gaps; where `resolved`, bankruptcies since have diluted sides and left haircuts pending.
    fn world(&self) -> World {
        let rules = [params::plain(), params::live(), params::coarse()];
        let markets: Vec<_> = rules.into_iter().zip(PRICES).collect();
        let mut world = World::new(&markets, self.capitals.len(), self.insurance);
        world.fund_all(&self.capitals);
        let (first, second) = self.trades.split_at(self.trades.len() / 2);
        trade(&mut world, first);
        for (market, percent) in self.gaps.into_iter().enumerate() {
            world.gap(market, (PRICES[market] * percent / 100).max(1));
        }
        if self.resolved {
            for who in 0..self.capitals.len() {
                let _ = world.resolve(who, None);
            }
        }
        trade(&mut world, second);
        world
    }
}

fn trade(world: &mut World, trades: &[(usize, usize, usize, u64)]) {
    for (buyer, seller, market, size) in trades {
        if buyer != seller {
            // Those without the margin don't trade.
            let _ = world.trade(*buyer, *seller, *market, *size);
        }
    }
}

/// The world with markets at other prices, marked by the engine.
fn at(world: &World, prices: &[(usize, u64)]) -> World {
    let mut moved = world.clone();
    for (market, price) in prices {
        moved.markets[*market] = moved.markets[*market].at_price(Price(*price)).unwrap();
    }
    moved
}

fn fails(world: &World, who: usize, failing: Failing) -> bool {
    let health = world.clone().health(who, Margin::Maintenance).unwrap();
    match failing {
        Failing::Liquidation => !health.is_met(),
        Failing::Bankruptcy => health.equity.0 < 0,
    }
}

/// That `found` is the boundary: it holds there and not a step nearer to `near`; or, where none was found, not at `far`.
fn check_boundary(found: Option<i64>, near: i64, far: i64, holds: impl Fn(i64) -> bool) {
    match found {
        None => assert!(!holds(far), "it fails at {far}, and no price was found"),
        Some(found) => {
            assert!(holds(found), "it doesn't fail at {found}");
            let nearer = found + (near - found).signum();
            assert!(found == near || !holds(nearer), "it fails at {nearer} already, not only at {found}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        ..ProptestConfig::default()
    })]

    #[test]
    fn at_the_price_it_fails_and_an_atom_nearer_it_does_not(book in books()) {
        let world = book.world();
        let snapshot = snapshot(&world);
        for who in 0..world.accounts.len() {
            let risk = snapshot.account(&world.accounts[who]).unwrap();
            for leg in risk.legs.iter().filter(|leg| leg.shares.0 > 0) {
                let market = usize::from(leg.market.0);
                let near = world.markets[market].effective_price.0.cast_signed();
                let far = match leg.direction {
                    Direction::Long => 1,
                    Direction::Short => world.markets[market].max_price.0.cast_signed(),
                };
                for (failing, price) in both(leg.fails) {
                    let price = price.map(|price| price.0.cast_signed());
                    check_boundary(price, near, far, |p| {
                        fails(&at(&world, &[(market, p.unsigned_abs())]), who, failing)
                    });
                }
            }
            for (sign, prices) in [(-1, risk.together.fall), (1, risk.together.rise)] {
                for (failing, found) in both(prices) {
                    check_boundary(found.map(|part| part.0), 0, sign * 10_000, |part| {
                        let held = risk.legs.iter().filter(|leg| leg.shares.0 > 0);
                        let moved = |price: Price| (u128::from(price.0) * (1_000_000 + part) as u128 / 1_000_000) as u64;
                        let prices: Vec<_> =
                            held.map(|leg| (usize::from(leg.market.0), moved(leg.price).max(1))).collect();
                        fails(&at(&world, &prices), who, failing)
                    });
                }
            }
        }
    }

    #[test]
    fn a_cascade_is_at_the_price_where_enough_accounts_have_failed(book in books(), part in 0_u16..6_000) {
        let world = book.world();
        let snapshot = snapshot(&world);
        for market in 0..PRICES.len() {
            for direction in [Direction::Long, Direction::Short] {
                for failing in [Failing::Liquidation, Failing::Bankruptcy] {
                    let index = MarketIndex(market as u16);
                    let found = snapshot.cascade(index, direction, failing, Bps(part)).unwrap();
                    // Each account's own price, and its shares.
                    let mut prices: Vec<(u64, u64)> = vec![];
                    let near = world.markets[market].effective_price.0;
                    for account in &world.accounts {
                        let risk = snapshot.account(account).unwrap();
                        let leg = risk.legs.iter().find(|leg| leg.market == index && leg.direction == direction);
                        let Some(leg) = leg.filter(|leg| leg.shares.0 > 0) else { continue };
                        let price = both(leg.fails).into_iter().find(|(kind, _)| *kind == failing).unwrap().1;
                        prices.extend(price.map(|price| (price.0.abs_diff(near), leg.shares.0)));
                    }
                    prices.sort_unstable();
                    let total = u128::from(world.markets[market].side(direction).shares.0) * u128::from(part);
                    let mut sum = 0;
                    let expected = prices.iter().find_map(|(away, shares)| {
                        sum += u128::from(*shares) * 10_000;
                        (sum > total).then_some(*away)
                    });
                    prop_assert_eq!(found.map(|found| found.price.0.abs_diff(near)), expected);
                }
            }
        }
    }

    #[test]
    fn a_scenario_costs_what_resolving_on_the_world_costs(book in books(), part in -500_000_i64..500_000) {
        let world = book.world();
        let snapshot = snapshot(&world);
        let scenario = snapshot.stress(Shock::All(Move(part))).unwrap();
        let prices: Vec<_> = (0..PRICES.len())
            .map(|market| (market, Move(part).of(world.markets[market].effective_price).unwrap().0))
            .collect();
        let mut moved = at(&world, &prices);
        for (resolved, failure) in scenario.failures.iter().enumerate() {
            prop_assert!(moved.is_bankrupt(failure.account) || resolved > 0);
            prop_assert_eq!(i128::from(failure.equity.0), moved.equity(failure.account));
            let short = moved.accounts[failure.account].legs().any(|leg| {
                let market = usize::from(leg.market.0);
                moved.claim(failure.account, market) > i128::from(moved.markets[market].payable().0)
            });
            // Which losers are settled for a short pool is the scenario's own affair.
            if short {
                return Ok(());
            }
            let caller = moved.accounts.len();
            moved.accounts.push(Default::default());
            moved.places.push(Default::default());
            moved.resolve(failure.account, Some((caller, false))).unwrap();
        }
        for (market, loss) in moved.markets.iter().zip(&scenario.losses) {
            let after = scenario.market(market.index).unwrap();
            prop_assert_eq!(after.long, market.long);
            prop_assert_eq!(after.short, market.short);
            prop_assert_eq!(after.losses, market.losses);
            let charged = loss.to_longs.0 + loss.to_shorts.0;
            let before = world.markets[usize::from(market.index.0)].losses;
            prop_assert_eq!(charged, market.losses.by_index.0 - before.by_index.0);
            prop_assert_eq!(loss.deficit.0, market.losses.deficit.0 - before.deficit.0);
        }
        prop_assert_eq!(scenario.insurance_drawn, Atoms(world.insurance - moved.insurance));
        let anybody = (0..world.accounts.len()).any(|who| moved.is_bankrupt(who));
        prop_assert_eq!(scenario.is_complete, !anybody);
    }
}

fn both<P>(prices: Prices<P>) -> [(Failing, Option<P>); 2] {
    [(Failing::Liquidation, prices.liquidation), (Failing::Bankruptcy, prices.bankruptcy)]
}
