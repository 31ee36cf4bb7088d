//! The columns of the wave table that follow from its others.

use jettison_sharing::{Measure, Rule};

use super::check::{Check, Checks, NotDerivable, CENT, RATIO};
use super::study::WaveRow;
use super::table::dollars;
use super::wave::{theta, Wave};

/// Compares the waves with what was computed of them, row for row.
pub(super) fn checks(waves: &[Wave], rows: &[WaveRow]) -> Vec<Check> {
    let mut checks = Checks::of("waves");
    let pairs = || waves.iter().zip(rows).map(|(wave, row)| (format!("wave {}", wave.id), wave, row));
    checks.equal(
        "overshoot_prod_minus_needed_usd",
        "budget_prod_usd - budget_needed_usd",
        CENT,
        pairs().map(|(at, wave, row)| (at, dollars(row.queue_overshoot_atoms), wave.published.overshoot)),
    );
    for (column, must, measure, published) in [
        (
            "H_star_equity",
            "what pro rata to equity takes",
            Measure::Equity,
            h_star_equity as fn(&Wave) -> f64,
        ),
        ("H_star_pnl", "what pro rata to gain takes", Measure::Gain, h_star_pnl),
    ] {
        let taken = |row: &WaveRow| row.taken_by(Rule::ProRata(measure)).map_or(0, |rule| rule.taken_atoms);
        checks.equal(
            column,
            must,
            CENT,
            pairs().map(|(at, wave, row)| (at, dollars(taken(row).into()), published(wave))),
        );
    }
    thetas(&mut checks, waves);
    checks.at_most(
        "max_prod_haircut_usd",
        "at most budget_prod_usd, of which it is a part",
        CENT,
        pairs().map(|(at, wave, _)| (at, wave.max_haircut, wave.taken)),
    );
    checks.at_most(
        "max_loss_usd",
        "at most deficit_usd, of which it is a part",
        CENT,
        pairs().map(|(at, wave, _)| (at, wave.max_loss, wave.deficit)),
    );
    checks.list
}

fn h_star_equity(wave: &Wave) -> f64 {
    wave.published.h_star_equity
}

fn h_star_pnl(wave: &Wave) -> f64 {
    wave.published.h_star_pnl
}

fn thetas(checks: &mut Checks, waves: &[Wave]) {
    let mut compare = |column, must, computed: fn(&Wave) -> f64, published: fn(&Wave) -> f64| {
        let rows = waves.iter().map(|wave| (format!("wave {}", wave.id), computed(wave), published(wave)));
        checks.equal(column, must, RATIO, rows);
    };
    let prod = |wave: &Wave| theta(wave.taken, wave.deficit);
    let needed = |wave: &Wave| theta(wave.needed, wave.deficit);
    compare("theta_prod", "budget_prod_usd / deficit_usd", prod, |wave| wave.published.theta_prod);
    compare("theta_needed", "budget_needed_usd / deficit_usd", needed, |wave| wave.published.theta_needed);
    compare(
        "theta_prod_capped",
        "the smaller of budget_prod_usd / deficit_usd and 1",
        |wave| theta(wave.taken, wave.deficit).min(1.0),
        |wave| wave.published.theta_prod_capped,
    );
    compare(
        "theta_needed_capped",
        "the smaller of budget_needed_usd / deficit_usd and 1",
        |wave| theta(wave.needed, wave.deficit).min(1.0),
        |wave| wave.published.theta_needed_capped,
    );
}

/// The columns that are facts here.
pub(super) fn not_derivable() -> Vec<NotDerivable> {
    let column = |column, why| NotDerivable::new("waves", column, why);
    vec![
        column("deficit_usd", "a sum over bankrupt accounts, which are not in the tables: taken as given"),
        column("max_loss_usd", "the largest bankrupt account: only bounded by the deficit"),
        column(
            "budget_needed_usd",
            "a sum over fills (|mark - execution| x size), which are not in the tables: taken as given",
        ),
        column(
            "budget_prod_usd",
            "a replay of every winner's account with and without deleveraging: taken as given",
        ),
        column("max_prod_haircut_usd", "one account's haircut: only bounded by what was taken in all"),
        column("winners_equity_start_usd", "a sum over the winners' accounts: taken as given"),
        column("winners_pnl_start_usd", "a sum over the winners' accounts: taken as given"),
    ]
}
