//! Numbers as people read them.

use jettison_simulator::report::format::{
    count, dollars, grouped, listed, p_value, percent, plural, significant, waiting,
};

#[test]
fn digits_are_in_groups_of_three() {
    let found = [0.0, 999.4, 1_000.0, -1_234_567.891].map(|value| grouped(value, 1));
    assert_eq!(found, ["0.0", "999.4", "1,000.0", "−1,234,567.9"]);
    assert_eq!(grouped(-0.001, 1), "0.0");
    assert_eq!(grouped(999_999.96, 1), "1,000,000.0");
    assert_eq!([0, 12, 1_234, 1_234_567].map(count), ["0", "12", "1,234", "1,234,567"]);
}

#[test]
fn dollars_are_short() {
    let found = [0.0, 12.5, 950.0, 9_999.0, 12_345.0, 4_560_000.0, -7_890_000_000.0].map(dollars);
    assert_eq!(found, ["$0", "$12.50", "$950", "$9,999", "$12.3 k", "$4.56 m", "−$7.89 bn"]);
    // What rounds to a thousand of a unit is one of the next.
    assert_eq!(dollars(999_999.0), "$1.00 m");
}

#[test]
fn parts_chances_and_significant_digits() {
    assert_eq!(percent(0.1234, 1), "12.3 %");
    assert_eq!([p_value(0.0004), p_value(0.25)], ["< 0.001", "0.250"]);
    assert_eq!(
        [1234.6, 0.012_345, 1e-9, 0.0].map(|value| significant(value, 3)),
        ["1,235", "0.0123", "1.00 × 10⁻⁹", "0"]
    );
}

#[test]
fn what_is_no_number_is_a_dash() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(
            [grouped(value, 1), dollars(value), percent(value, 1), significant(value, 2), p_value(value)],
            ["–"; 5]
        );
    }
}

#[test]
fn waiting_is_in_units_that_people_feel() {
    let hour = 1.0 / (365.25 * 24.0);
    let found = [hour / 2.0, 5.0 * hour, 0.1, 3.5, 6.4e6, 6.465e9, 3e30].map(waiting);
    let expected = [
        "30 minutes",
        "5.0 hours",
        "37 days",
        "3.5 years",
        "6.4 million years",
        "6.5 billion years",
        "10³⁰ years",
    ];
    assert_eq!(found, expected);
}

#[test]
fn words() {
    assert_eq!([plural(1, "wave", "waves"), plural(2_000, "wave", "waves")], ["1 wave", "2,000 waves"]);
    let names = ["a", "b", "c"].map(str::to_owned);
    assert_eq!([listed(&names[..1]), listed(&names[..2]), listed(&names)], ["a", "a and b", "a, b and c"]);
}
