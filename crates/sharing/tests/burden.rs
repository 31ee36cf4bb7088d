//! Measures of a sharing, against numbers worked out by hand.

use jettison_sharing::{gini, Burden, Holder};

fn holder(gain: u64, equity: u64) -> Holder {
    Holder { gain, equity, notional: 0, contracts: 0 }
}

#[test]
fn gini_is_that_of_textbook_examples() {
    assert_eq!(gini(&mut []), 0.0);
    assert_eq!(gini(&mut [0.0, 0.0]), 0.0);
    assert_eq!(gini(&mut [7.0, 7.0, 7.0]), 0.0);
    // One of four has everything: 3/4.
    assert_eq!(gini(&mut [0.0, 0.0, 8.0, 0.0]), 0.75);
    // 1, 2, 3: (−2 × 1 + 0 × 2 + 2 × 3) / (3 × 6) = 4/18.
    assert!((gini(&mut [3.0, 1.0, 2.0]) - 2.0 / 9.0).abs() < 1e-15);
}

#[test]
fn a_queue_that_takes_all_of_one_of_two_is_measured_as_by_hand() {
    let holders = [holder(100, 400), holder(300, 1_000), holder(0, 50)];
    let burden = Burden::of(60, &holders, &[100, 0, 0]);
    assert_eq!((burden.needed, burden.taken, burden.overshoot, burden.uncovered), (60, 100, 40, 0));
    assert_eq!((burden.gainers, burden.charged, burden.charged_without_gain), (2, 1, 0));
    assert_eq!((burden.mean_charge, burden.largest_charge), (100.0, 100));
    assert_eq!((burden.largest_part_of_gain, burden.largest_part_of_equity), (1.0, 0.25));
    // Parts 0 and 1, amounts 0 and 100: half each.
    assert_eq!((burden.gini_of_parts, burden.gini_of_amounts), (0.5, 0.5));
}

#[test]
fn pro_rata_has_equal_parts_and_unequal_amounts() {
    let holders = [holder(100, 400), holder(300, 1_000)];
    let burden = Burden::of(40, &holders, &[10, 30]);
    assert_eq!((burden.overshoot, burden.uncovered, burden.charged), (0, 0, 2));
    assert!(burden.gini_of_parts.abs() < 1e-15);
    // (−1 × 10 + 1 × 30) / (2 × 40).
    assert_eq!(burden.gini_of_amounts, 0.25);
    assert_eq!(burden.largest_part_of_gain, 0.1);
    assert_eq!(burden.largest_part_of_equity, 0.03);
}

#[test]
fn charges_beyond_a_gain_and_without_one_are_counted() {
    let holders = [holder(10, 100), holder(0, 100)];
    let burden = Burden::of(100, &holders, &[25, 25]);
    assert_eq!((burden.taken, burden.uncovered), (50, 50));
    assert_eq!((burden.charged, burden.charged_without_gain, burden.beyond_gain), (2, 1, 40));
    assert_eq!(burden.largest_part_of_gain, 2.5);
}
