//! Histories under every rule.

mod common;

use common::{crash, play, scenario};
use jettison_simulator::rules::Rule;

#[test]
fn a_crash_is_cleared_under_every_rule_and_the_books_balance_after_every_step() {
    let prices = crash(300, 0.4);
    for rule in Rule::ALL {
        let played = play(&scenario(), &prices, 7, rule);
        let row = &played.row;
        println!("{row:#?}");
        assert_eq!(row.checks, 300, "every step, and the end");
        assert!(row.bankruptcies > 0 && row.needed > 0, "{row:?}");
    }
}
