//! Books of many losses: against hand-computed cases, and against the single rule called for every loss.

use jettison_sharing::{
    share, Basis, BookError, Fill, Holder, Measure, PoolBook, Position, QueueBook, Ranking, Rule, Side,
};
use proptest::prelude::*;

fn position(contracts: u64, entry: u64, collateral: u64) -> Position {
    Position { contracts, entry, collateral }
}

/// Shorts of 10 and 30 contracts opened at 100, and one opened at 80.
fn three() -> [Position; 3] {
    [position(10, 100, 500), position(30, 100, 500), position(10, 80, 500)]
}

#[test]
fn a_pool_charges_gains_pro_rata_and_then_the_gains_of_the_next_price() {
    let mut book = PoolBook::new(Side::Short, Basis::Gain, 100, &three()).expect("small");
    assert_eq!(book.lose(50), 50, "nobody has a gain");
    book.move_to(90).expect("small");
    // Gains 100 and 300; the third has lost 100.
    assert_eq!((book.left(), book.lose(40), book.lose(160), book.left()), (400, 0, 0, 200));
    assert_eq!([book.paid(0), book.paid(1), book.paid(2)], [Some(50), Some(150), Some(0)]);
    assert_eq!([book.worth(0), book.worth(1), book.worth(2)], [Some(50), Some(150), Some(-100)]);
    book.move_to(70).expect("small");
    // 50 + 200, 150 + 600, and −100 + 200.
    assert_eq!((book.left(), book.lose(1_200), book.left()), (1_100, 100, 0));
    assert_eq!([book.paid(0), book.paid(1), book.paid(2)], [Some(300), Some(900), Some(100)]);
    assert_eq!(book.all_paid(), [300, 900, 100]);
    assert_eq!(
        [book.worth(0), book.worth(1), book.worth(2), book.worth(3)],
        [Some(0), Some(0), Some(0), None]
    );
}

#[test]
fn a_holder_without_contracts_who_gave_everything_does_not_stand_in_the_way_of_others() {
    let positions = [position(0, 1, 1), position(1, 1, 0)];
    let mut book = PoolBook::new(Side::Long, Basis::Equity, 1_146, &positions).expect("small");
    assert_eq!((book.left(), book.lose(1_146)), (1_146, 0));
    book.move_to(1).expect("small");
    assert_eq!(book.left(), 0);
    book.move_to(1_154).expect("small");
    // 1,153 gained, 1,145 of it given.
    assert_eq!((book.left(), book.lose(7)), (8, 0));
    assert_eq!(book.all_paid(), [1, 1_152]);
}

#[test]
fn a_pool_by_equity_charges_collateral_also() {
    let mut book = PoolBook::new(Side::Long, Basis::Equity, 100, &three()).expect("small");
    // 500, 500 and 500 + 200.
    assert_eq!((book.left(), book.lose(170)), (1_700, 0));
    assert_eq!([book.paid(0), book.paid(1), book.paid(2)], [Some(50), Some(50), Some(70)]);
}

#[test]
fn a_queue_closes_whole_positions_and_ranks_again_at_the_next_price() {
    // At 90 the gains are 100, 300 and nothing; leverage 900/600 and 2700/800: the second is first.
    let mut book = QueueBook::new(Side::Short, Ranking::Binance, Fill::Whole, 90, &three()).expect("small");
    let taken = book.lose(40);
    assert_eq!((taken.uncovered, taken.overshoot, taken.holders), (0, 260, 1));
    assert!(book.is_closed(1) && !book.is_closed(0));
    let taken = book.lose(120);
    assert_eq!((taken.uncovered, taken.overshoot, taken.holders), (20, 0, 1));
    book.move_to(70).expect("small");
    // Only the third is left: 100.
    let taken = book.lose(100);
    assert_eq!((taken.uncovered, taken.overshoot, taken.holders), (0, 0, 1));
    assert_eq!(book.paid(), [100, 300, 100]);
}

#[test]
fn an_exact_queue_leaves_the_last_at_its_head() {
    let mut book = QueueBook::new(Side::Short, Ranking::Binance, Fill::Exact, 90, &three()).expect("small");
    assert_eq!(book.lose(40).overshoot, 0);
    assert_eq!(book.lose(270).uncovered, 0);
    assert_eq!(book.paid(), [10, 300, 0]);
    assert!(book.is_closed(1) && !book.is_closed(0));
}

#[test]
fn books_too_large_for_their_arithmetic_are_refused() {
    let huge = [position(1 << 40, 1 << 20, 0)];
    let pool = |price| PoolBook::new(Side::Long, Basis::Gain, price, &huge).err();
    assert_eq!((pool(1 << 20), pool(1 << 21)), (None, Some(BookError::TooLarge { price: 1 << 21 })));
    let queue = |price| QueueBook::new(Side::Long, Ranking::Binance, Fill::Whole, price, &huge).err();
    assert_eq!((queue(1 << 20), queue(1 << 21)), (None, Some(BookError::TooLarge { price: 1 << 21 })));
    let mut book = PoolBook::new(Side::Long, Basis::Gain, 1, &huge).expect("fits");
    assert_eq!(book.move_to(u64::MAX), Err(BookError::TooLarge { price: u64::MAX }));
    assert_eq!(book.left(), 0);
}

/// Prices, each with the losses at it.
type Crash = Vec<(u64, Vec<u64>)>;

fn positions() -> impl Strategy<Value = Vec<Position>> {
    let one = (0..1_000u64, 1..2_000u64, 0..1_000_000u64);
    prop::collection::vec(one.prop_map(|(c, e, m)| position(c, e, m)), 1..60)
}

fn crash() -> impl Strategy<Value = Crash> {
    prop::collection::vec((1..2_000u64, prop::collection::vec(0..3_000_000u64, 0..8)), 1..6)
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Long), Just(Side::Short)]
}

/// Profit of a position at a price.
fn profit(side: Side, position: &Position, price: u64) -> i64 {
    let rise = (price as i64 - position.entry as i64) * position.contracts as i64;
    if side == Side::Long {
        rise
    } else {
        -rise
    }
}

/// Everyone as the rule sees them: after what they paid, and without a position if they are closed.
fn holders(side: Side, positions: &[Position], paid: &[u64], closed: &[bool], price: u64) -> Vec<Holder> {
    let one = |((position, paid), closed): ((&Position, &u64), &bool)| {
        let profit = profit(side, position, price) - *paid as i64;
        let equity = position.collateral as i64 + profit;
        if *closed {
            return Holder::default();
        }
        Holder {
            gain: profit.max(0) as u64,
            equity: equity.max(0) as u64,
            notional: position.contracts * price,
            contracts: position.contracts,
        }
    };
    positions.iter().zip(paid).zip(closed).map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_pool_takes_every_loss_to_the_atom_and_is_near_the_rule_called_each_time(
        side in side(), positions in positions(), crash in crash(),
    ) {
        for (basis, measure) in [(Basis::Gain, Measure::Gain), (Basis::Equity, Measure::Equity)] {
            let mut book = PoolBook::new(side, basis, 1_000, &positions).expect("small");
            let mut charges = vec![];
            let (mut taken, mut events) = (0u64, 0);
            let mut eager: Vec<u64> = vec![0; positions.len()];
            let open = vec![false; positions.len()];
            for (price, losses) in &crash {
                book.move_to(*price).expect("small");
                for loss in losses {
                    let before = book.left();
                    let uncovered = book.lose(*loss);
                    prop_assert_eq!(uncovered, loss.saturating_sub(before));
                    taken += loss - uncovered;
                    events += 1;
                    let now = holders(side, &positions, &eager, &open, *price);
                    share(Rule::ProRata(measure), *loss, &now, &mut charges).expect("small");
                    for (paid, charge) in eager.iter_mut().zip(&charges) {
                        *paid += charge;
                    }
                }
            }
            let lazy: Vec<u64> = (0..positions.len()).map(|index| book.paid(index).expect("there")).collect();
            let settled = book.all_paid();
            prop_assert_eq!(settled.iter().sum::<u64>(), taken);
            for index in 0..positions.len() {
                prop_assert!(lazy[index].abs_diff(settled[index]) <= 1);
                // The rule rounds at every loss, the book at every price. A rounding at one price is carried by later gains,
                // so both may differ by an atom for each time that either rounded.
                let slack = events + crash.len() as u64 + 1;
                prop_assert!(settled[index].abs_diff(eager[index]) <= slack, "{:?} {:?}", settled, eager);
            }
        }
    }

    /// Positions and prices as large as a book takes: nothing overflows, and the total is kept to the atom.
    #[test]
    fn a_pool_near_its_bounds_takes_every_loss_to_the_atom(
        side in side(),
        positions in prop::collection::vec((0..1u64 << 30, 0..1u64 << 28, 0..1u64 << 58), 1..4),
        crash in prop::collection::vec((0..1u64 << 28, prop::collection::vec(0..1u64 << 59, 0..4)), 1..90),
    ) {
        let positions: Vec<Position> = positions.into_iter().map(|(c, e, m)| position(c, e, m)).collect();
        for basis in [Basis::Gain, Basis::Equity] {
            let mut book = PoolBook::new(side, basis, 1 << 27, &positions).expect("within the bounds");
            let mut taken = 0;
            for (price, losses) in &crash {
                book.move_to(*price).expect("within the bounds");
                for loss in losses {
                    taken += u128::from(loss - book.lose(*loss));
                }
            }
            let paid = book.all_paid();
            prop_assert_eq!(paid.iter().copied().map(u128::from).sum::<u128>(), taken);
        }
    }

    #[test]
    fn a_queue_takes_what_the_rule_called_each_time_takes(
        side in side(), positions in positions(), crash in crash(),
        ranking in prop_oneof![Just(Ranking::Binance), Just(Ranking::Hyperliquid)],
    ) {
        let fill = Fill::Whole;
        let mut book = QueueBook::new(side, ranking, fill, 1_000, &positions).expect("small");
        let mut charges = vec![];
        let mut eager: Vec<u64> = vec![0; positions.len()];
        let mut closed = vec![false; positions.len()];
        for (price, losses) in &crash {
            book.move_to(*price).expect("small");
            for loss in losses {
                let now = holders(side, &positions, &eager, &closed, *price);
                let uncovered =
                    share(Rule::Queue { side, ranking, fill }, *loss, &now, &mut charges).expect("small");
                let taken = book.lose(*loss);
                prop_assert_eq!(taken.uncovered, uncovered);
                prop_assert_eq!(taken.overshoot, charges.iter().sum::<u64>().saturating_sub(*loss));
                for (index, charge) in charges.iter().enumerate().filter(|(_, charge)| **charge > 0) {
                    eager[index] += charge;
                    closed[index] = true;
                }
                prop_assert_eq!(book.paid(), &eager[..]);
            }
        }
    }

    #[test]
    fn an_exact_queue_takes_every_loss_to_the_atom_and_never_more_than_the_gains(
        side in side(), positions in positions(), crash in crash(),
    ) {
        let mut book = QueueBook::new(side, Ranking::Binance, Fill::Exact, 1_000, &positions).expect("small");
        let mut taken = 0;
        for (price, losses) in &crash {
            book.move_to(*price).expect("small");
            for loss in losses {
                let one = book.lose(*loss);
                prop_assert_eq!(one.overshoot, 0);
                taken += loss - one.uncovered;
            }
            prop_assert_eq!(book.paid().iter().sum::<u64>(), taken);
            for (index, position) in positions.iter().enumerate() {
                let open = !book.is_closed(index) && book.paid()[index] > 0;
                prop_assert!(!open || position.contracts > 0);
            }
        }
    }
}

#[test]
fn a_long_queue_is_sorted_in_blocks_and_still_in_order() {
    // 3,000 shorts of one contract with rising entries: the highest entry gained most, and gives first.
    let positions: Vec<Position> = (0..3_000).map(|index| position(1, 2_000 + index, 1_000_000)).collect();
    let mut book =
        QueueBook::new(Side::Short, Ranking::Binance, Fill::Whole, 1_000, &positions).expect("small");
    let mut last = positions.len();
    while book.lose(1).holders == 1 {
        last -= 1;
        assert!(book.is_closed(last) && (last == 0 || !book.is_closed(last - 1)));
    }
    assert_eq!(last, 0);
}
