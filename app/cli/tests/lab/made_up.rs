//! A study without a price file says that its prices are made up.

use crate::place::Place;

/// The small study, by steps of half a minute: the made-up path has twenty minutes of five pairs.
fn quick() -> Place {
    let place = Place::new();
    let quick = place.text("study.toml").replace("step_seconds = 5", "step_seconds = 30");
    place.write("quick.toml", &quick);
    place
}

#[test]
fn without_a_price_file_the_prices_of_a_study_are_called_made_up() {
    let place = quick();
    place.good(&["study", "--config", "quick.toml", "--out", "out"]);
    let report = place.text("out/report.html");
    assert!(
        report.contains("made-up path through nine published prices of 2025-10-10 a pair"),
        "the subtitle"
    );
    assert!(!report.contains("id=\"returns\""), "models aren't judged by made-up prices");
    let recommended = place.text("out/recommended.toml");
    assert!(recommended.starts_with("# From made-up prices and not market data"), "{recommended}");
    toml::from_str::<toml::Table>(&recommended).expect("TOML");
    place.study("measured", &[]);
    let report = place.text("measured/report.html");
    assert!(report.contains("id=\"returns\"") && !report.contains("made-up path"), "of a price file");
    assert!(place.text("measured/recommended.toml").starts_with("# Recommended by a study"));
}

#[test]
fn without_a_price_file_a_simulation_says_that_its_path_is_made_up() {
    let printed = quick().good(&["simulate", "--config", "quick.toml", "--from", "model"]);
    assert!(printed.contains("made-up path") && printed.contains("not market data"), "{printed}");
}
