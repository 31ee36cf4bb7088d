//! Bad input: what is said, and that nothing is written.

use crate::place::{prices, Place, CONFIG};

/// What both commands say of the files as they are; nothing may be left of it.
fn error(place: &Place) -> String {
    let usual = ["--config", "study.toml", "--prices", "prices.csv"];
    let study = place.bad(2, &[&["study"], &usual[..], &["--out", "out"]].concat());
    assert!(!place.path("out").exists(), "{study}");
    let simulated = place.bad(2, &[&["simulate"], &usual[..], &["--json", "rows.json"]].concat());
    assert_eq!(place.names("."), ["prices.csv", "study.toml"], "{simulated}");
    assert_eq!(study, simulated);
    study
}

#[test]
fn a_bad_price_file_is_refused_with_its_name_and_the_line() {
    let third = "2025-01-01T00:00:10Z,";
    let line = |cells: &str| {
        let lines = prices();
        let lines = lines.lines().map(|line| if line.starts_with(third) { cells } else { line });
        lines.collect::<Vec<_>>().join("\n")
    };
    let cases = [
        ("time,AAA-USD,BBB-USD\n".to_owned(), &["time_utc", "time,AAA-USD"][..]),
        (prices().replace("BBB-USD", "AAA-USD"), &["column 3", "AAA-USD"]),
        (line("2025-01-01T00:00:10Z,NaN,0.2"), &["line 4", "AAA-USD", "NaN"]),
        (line("2025-01-01T00:00:10Z,25,-0.2"), &["line 4", "BBB-USD", "-0.2"]),
        (line("2025-01-01T00:00:10Z,25,0"), &["line 4", "BBB-USD"]),
        (line("2025-01-01T00:00:10Z,25"), &["line 4"]),
        (line("at ten,25,0.2"), &["line 4", "at ten"]),
        (line("2025-01-01T00:00:05Z,25,0.2"), &["line 4", "2025-01-01T00:00:05Z"]),
        (prices() + "2025-01-01T00:20:00Z,25,0.2\n", &["line 123", "600", "300", "--max-gap"]),
        ("time_utc,AAA-USD,BBB-USD\n".to_owned(), &["no "]),
    ];
    let place = Place::new();
    for (text, named) in cases {
        place.write("prices.csv", &text);
        let error = error(&place);
        for part in [&["prices.csv"], named].concat() {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
    place.write("prices.csv", &prices().lines().take(3).collect::<Vec<_>>().join("\n"));
    assert!(error(&place).contains("two returns"));
}

#[test]
fn a_gap_in_the_prices_is_allowed_by_its_length() {
    let place = Place::new();
    place.write("prices.csv", &(prices() + "2025-01-01T00:20:00Z,25,0.2\n"));
    let simulate = ["simulate", "--config", "study.toml", "--prices", "prices.csv", "--from", "model"];
    let error = place.bad(2, &[&simulate[..], &["--max-gap", "599"]].concat());
    assert!(error.contains("600 s without a row") && error.contains("--max-gap 600"), "{error}");
    place.good(&[&simulate[..], &["--max-gap", "600"]].concat());
    let error = place.bad(2, &[&simulate[..], &["--max-gap", "0"]].concat());
    assert!(error.contains("--max-gap"), "{error}");
}

#[test]
fn a_missing_file_is_named() {
    let place = Place::new();
    for (flag, more) in [("--prices", "--config=study.toml"), ("--config", "--prices=prices.csv")] {
        let error = place.bad(2, &["study", more, flag, "nowhere.csv", "--out", "out"]);
        assert!(error.contains("nowhere.csv") && !place.path("out").exists(), "{error}");
    }
    let error = place.bad(2, &["simulate", "--prices=prices.csv", "--markets", "nowhere.toml"]);
    assert!(error.contains("nowhere.toml"), "{error}");
}

#[test]
fn a_setting_that_is_unknown_or_cannot_be_is_refused_by_name() {
    let cases = [
        ("makers = 2", "markers = 2", &["study.toml", "markers"][..]),
        ("seed = 7", "sed = 7", &["study.toml", "sed"]),
        ("seed = 7", "seed = -7", &["study.toml", "seed"]),
        ("histories = 3", "histories = \"many\"", &["study.toml", "histories"]),
        ("model = \"bootstrap\"", "model = \"magic\"", &["study.toml", "magic"]),
        ("traders = 60", "traders = 60\nlong_part = 1.5", &["population.long_part is 1.5", "from 0 to 1"]),
        ("traders = 60", "traders = 60\nmedian_leverage = nan", &["population.median_leverage is NaN"]),
        ("makers = 2", "makers = 0", &["population.makers is 0"]),
        ("latency = 10", "rate = -1.0", &["keepers.rate is -1"]),
        ("steps = 24", "steps = 0", &["steps is 0"]),
        ("step_seconds = 5", "step_seconds = 100", &["step_seconds is 100", "60"]),
        ("mean_block = 6.0", "mean_block = 0.5", &["mean_block"]),
        ("[100, 200]", "[100, 0]", &["sizing.margin_percent is 0"]),
        ("steps = 24", "steps = 24\nrules = [\"index\", \"index\"]", &["rules is"]),
        ("steps = 24", "steps = 24\nrules = [\"lottery\"]", &["study.toml", "lottery"]),
        ("[sizing]", "[sizing]\ntolerated = 1.0", &["sizing.tolerated is 1"]),
        (
            "recommend_for = 60",
            "recommend_for = 30",
            &["sizing.recommend_for is 30", "sizing.keeper_seconds"],
        ),
        ("[paths]", "[paths.models]\n\"CCC-USD\" = \"normal\"\n[paths]", &["CCC-USD"]),
        ("seed = 7", "this is not toml", &["study.toml"]),
    ];
    let place = Place::new();
    for (from, to, named) in cases {
        assert!(CONFIG.contains(from), "{from}");
        place.write("study.toml", &CONFIG.replacen(from, to, 1));
        let error = error(&place);
        for part in named {
            assert!(error.contains(part), "{to}: {part}: {error}");
        }
    }
}

#[test]
fn wrong_arguments_are_refused_before_anything_is_read() {
    let place = Place::new();
    let cases = [
        (&["--shard", "4/3"][..], &["4/3", "such as 1/4"][..]),
        (&["--shard", "0/3"], &["0/3"]),
        (&["--shard", "half"], &["half", "such as 1/4"]),
        (&["--jobs", "0"], &["--jobs"]),
        (&["--steps", "0"], &["--steps"]),
        (&["--shocks", "shocks.csv"], &["--waves"]),
        (&["--repeat", "out", "--seed", "8"], &["--repeat", "--seed"]),
        (&["--repeat", "out", "--max-gap", "8"], &["--repeat", "--max-gap"]),
    ];
    for (arguments, named) in cases {
        let error = place.bad(2, &[&["study", "--out", "out"], arguments].concat());
        for part in named {
            assert!(error.contains(part), "{arguments:?}: {error}");
        }
        assert!(!place.path("out").exists());
    }
    assert!(place.bad(2, &["study"]).contains("--out"));
    assert!(place.bad(2, &["simulate", "--from", "dreams"]).contains("replay"));
}

#[test]
fn what_the_report_cannot_show_is_told_before_histories_are_played() {
    let place = Place::new();
    let study = |more: &[&str]| {
        let usual = ["study", "--config", "study.toml", "--prices", "prices.csv", "--out", "out"];
        let error = place.bad(2, &[&usual[..], more].concat());
        assert!(!place.path("out").exists(), "{error}");
        error
    };
    place.write("waves.csv", &crate::waves::WAVES.replace("deficit_usd", "deficits"));
    assert!(study(&["--waves", "waves.csv"]).contains("no column `deficit_usd`"));
    // Enough to draw blocks of, and too little to judge models by.
    place.write("prices.csv", &prices().lines().take(6).collect::<Vec<_>>().join("\n"));
    assert!(study(&[]).contains("4 returns are too few"));
}
