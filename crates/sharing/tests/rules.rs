//! Each rule against cases worked out by hand.

use jettison_sharing::{share, Fill, Holder, Measure, Ranking, Rule, SharingError, Side};

/// The charges, and what stayed uncovered.
fn shared(rule: Rule, loss: u64, holders: &[Holder]) -> (Vec<u64>, u64) {
    let mut charges = vec![];
    let uncovered = share(rule, loss, holders, &mut charges).expect("the sums fit");
    (charges, uncovered)
}

fn holder(gain: u64, equity: u64, notional: u64, contracts: u64) -> Holder {
    Holder { gain, equity, notional, contracts }
}

fn three() -> [Holder; 3] {
    [holder(100, 400, 1_000, 5), holder(200, 100, 2_000, 10), holder(0, 500, 1_000, 5)]
}

#[test]
fn none_charges_nobody_and_leaves_all_of_it() {
    assert_eq!(shared(Rule::None, 50, &three()), (vec![0, 0, 0], 50));
}

#[test]
fn by_contracts_charges_every_contract_the_same_also_those_without_a_gain() {
    assert_eq!(shared(Rule::ByContracts, 40, &three()), (vec![10, 20, 10], 0));
    // More than all gains together, and nothing stops it.
    assert_eq!(shared(Rule::ByContracts, 4_000, &three()), (vec![1_000, 2_000, 1_000], 0));
    assert_eq!(shared(Rule::ByContracts, 40, &[]), (vec![], 40));
}

#[test]
fn pro_rata_to_gain_takes_a_third_and_two_thirds_and_never_more_than_the_gains() {
    let rule = Rule::ProRata(Measure::Gain);
    assert_eq!(shared(rule, 30, &three()), (vec![10, 20, 0], 0));
    // 10 × 100/300 = 3.33, 10 × 200/300 = 6.67: the running total is 3, then 10.
    assert_eq!(shared(rule, 10, &three()), (vec![3, 7, 0], 0));
    assert_eq!(shared(rule, 301, &three()), (vec![100, 200, 0], 1));
}

#[test]
fn pro_rata_to_equity_charges_who_has_most_however_little_they_gained() {
    assert_eq!(shared(Rule::ProRata(Measure::Equity), 100, &three()), (vec![40, 10, 50], 0));
}

#[test]
fn capacity_is_the_smaller_of_gain_and_equity() {
    // 100, 100, 0.
    assert_eq!(shared(Rule::ProRata(Measure::Capacity), 60, &three()), (vec![30, 30, 0], 0));
}

#[test]
fn water_filling_fills_the_low_caps_and_raises_the_rate_for_the_rest() {
    // Rates of equity; caps 10, 100, 100. Without caps 60 would be 20 each. The first stops at 10, the others share 50.
    let equal = [holder(10, 500, 0, 0), holder(100, 500, 0, 0), holder(100, 500, 0, 0)];
    let rule = Rule::Capped { weight: Measure::Equity, cap: Measure::Gain };
    assert_eq!(shared(rule, 60, &equal), (vec![10, 25, 25], 0));
    // At 30 nobody reaches a cap; at 210 everybody does; a further atom stays.
    assert_eq!(shared(rule, 30, &equal), (vec![10, 10, 10], 0));
    assert_eq!(shared(rule, 210, &equal), (vec![10, 100, 100], 0));
    assert_eq!(shared(rule, 211, &equal), (vec![10, 100, 100], 1));
}

#[test]
fn water_filling_goes_by_cap_over_weight_and_not_by_the_cap() {
    // Weights 100, 300, 600 and caps 30, 40, 600, so caps are reached at rates 0.30, 0.133, 1.
    // A loss of 310: the second stops at 40, then (310 − 40)/700 = 0.386 > 0.30, so the first stops at 30 and the third
    // gives the other 240, a rate of 0.4.
    let holders = [holder(30, 100, 0, 0), holder(40, 300, 0, 0), holder(600, 600, 0, 0)];
    let rule = Rule::Capped { weight: Measure::Equity, cap: Measure::Gain };
    assert_eq!(shared(rule, 310, &holders), (vec![30, 40, 240], 0));
    // A loss of 180: the second stops at 40, and 140/700 = 0.2 suffices: 20 and 120.
    assert_eq!(shared(rule, 180, &holders), (vec![20, 40, 120], 0));
}

#[test]
fn water_filling_charges_nobody_without_weight() {
    let holders = [holder(50, 0, 0, 0), holder(50, 10, 0, 0)];
    let rule = Rule::Capped { weight: Measure::Equity, cap: Measure::Gain };
    assert_eq!(shared(rule, 80, &holders), (vec![0, 50], 30));
}

#[test]
fn water_filling_never_takes_more_than_what_was_gained_and_is_still_there() {
    assert_eq!(shared(Rule::WATER_FILLING, 1_000, &three()), (vec![100, 100, 0], 800));
}

/// Longs. Binance: gain/entry × notional/equity is 100/900 × 1000/400 = 0.278 and 200/1800 × 2000/100 = 2.22 and
/// 50/50 × 100/100 = 1.
fn queue_of_three() -> [Holder; 3] {
    [holder(100, 400, 1_000, 5), holder(200, 100, 2_000, 10), holder(50, 100, 100, 1)]
}

fn queue(fill: Fill) -> Rule {
    Rule::Queue { side: Side::Long, ranking: Ranking::Binance, fill }
}

#[test]
fn queue_scores_are_those_worked_out_by_hand() {
    let scores = |side, ranking: Ranking| queue_of_three().map(|holder| ranking.score(side, &holder));
    let near = |found: [f64; 3], expected: [f64; 3]| {
        for (a, b) in found.into_iter().zip(expected) {
            assert!((a - b).abs() < 1e-12, "{a} is not {b}");
        }
    };
    near(scores(Side::Long, Ranking::Binance), [100.0 / 360.0, 20.0 / 9.0, 1.0]);
    // Entry of a short is notional + gain: 1100, 2200, 150.
    near(scores(Side::Short, Ranking::Binance), [1.0 / 11.0 * 2.5, 1.0 / 11.0 * 20.0, 1.0 / 3.0]);
    near(scores(Side::Long, Ranking::Hyperliquid), [10.0 / 9.0 * 2.5, 10.0 / 9.0 * 20.0, 2.0]);
    near(scores(Side::Short, Ranking::Hyperliquid), [1.1 * 2.5, 1.1 * 20.0, 1.5]);
}

#[test]
fn queue_of_whole_positions_takes_more_than_needed() {
    // Second, third, first. 210 needs the second and the third: 250, so 40 over.
    assert_eq!(shared(queue(Fill::Whole), 210, &queue_of_three()), (vec![0, 200, 50], 0));
    assert_eq!(shared(queue(Fill::Whole), 1, &queue_of_three()), (vec![0, 200, 0], 0));
    assert_eq!(shared(queue(Fill::Whole), 351, &queue_of_three()), (vec![100, 200, 50], 1));
}

#[test]
fn exact_queue_takes_the_rest_from_the_last() {
    assert_eq!(shared(queue(Fill::Exact), 210, &queue_of_three()), (vec![0, 200, 10], 0));
    assert_eq!(shared(queue(Fill::Exact), 200, &queue_of_three()), (vec![0, 200, 0], 0));
    assert_eq!(shared(queue(Fill::Exact), 360, &queue_of_three()), (vec![100, 200, 50], 10));
}

#[test]
fn queue_takes_equals_by_larger_gain_and_then_in_their_order() {
    // The same profit and leverage three times, one of them ten times as large.
    let equals = [holder(10, 20, 100, 1), holder(100, 200, 1_000, 10), holder(10, 20, 100, 1)];
    assert_eq!(shared(queue(Fill::Exact), 105, &equals), (vec![5, 100, 0], 0));
}

#[test]
fn queue_begins_with_who_has_a_gain_and_no_equity_and_spares_who_has_no_gain() {
    let holders = [holder(100, 10, 1_000, 5), holder(1, 0, 1_000, 5), holder(0, 0, 1_000, 5)];
    assert_eq!(shared(queue(Fill::Exact), 200, &holders), (vec![100, 1, 0], 99));
    assert_eq!(shared(queue(Fill::Exact), 1, &holders), (vec![0, 1, 0], 0));
}

#[test]
fn sums_beyond_sixty_four_bits_are_an_error_that_names_the_measure() {
    let holders = [holder(u64::MAX, 1, 1, 1), holder(1, 1, 1, 1)];
    let mut charges = vec![];
    let error = share(Rule::ProRata(Measure::Gain), 5, &holders, &mut charges);
    assert_eq!(error, Err(SharingError::Total { measure: Measure::Gain }));
    assert!(error.unwrap_err().to_string().contains("Gain"));
}
