//! The columns of the policy table that follow from the waves and from its own others.

use jettison_sharing::{Measure, Rule};

use super::check::{Check, Checks, NotDerivable, Unit, CENT, RATIO, RELATIVE};
use super::policy::{of, Policies, Policy, PolicyRow, POLICIES};
use super::study::taken;
use super::table::{atoms, dollars};
use super::wave::{theta, Wave, Waves};
use super::WaveError;

/// Times agree to the millisecond or not at all.
const SAME: (Unit, f64) = (Unit::Plain, 0.0);
/// What is left to a winner is recovered from a ratio near one, which costs digits.
const LOOSE: (Unit, f64) = (Unit::Relative, 1e-6);

/// Compares the table with the waves, with the rules and with itself.
pub(super) fn checks(policies: &Policies, waves: &Waves) -> Result<Vec<Check>, WaveError> {
    let mut checks = Checks::of("policies");
    same_facts(&mut checks, policies, waves);
    pro_rata(&mut checks, policies)?;
    for (index, name) in POLICIES.iter().enumerate() {
        checks.equal(
            &of("overshoot", name),
            &format!("budget_{name} - budget_needed"),
            CENT,
            policies.of(index).map(|(row, policy)| {
                let over = i128::from(atoms(policy.budget)) - i128::from(atoms(row.needed));
                (at(row), dollars(over), policy.overshoot)
            }),
        );
    }
    largest_parts(&mut checks, policies);
    ratios(&mut checks, policies);
    Ok(checks.list)
}

fn at(row: &PolicyRow) -> String {
    format!("wave {}", row.wave)
}

/// What both tables say must be the same.
fn same_facts(checks: &mut Checks, policies: &Policies, waves: &Waves) {
    type Fact = (&'static str, (Unit, f64), fn(&Wave) -> f64, fn(&PolicyRow) -> f64);
    let facts: [Fact; 8] = [
        ("t_start", SAME, |w| w.start.as_millisecond() as f64, |p| p.start.as_millisecond() as f64),
        ("t_end", SAME, |w| w.end.as_millisecond() as f64, |p| p.end.as_millisecond() as f64),
        ("budget_needed", CENT, |w| w.needed, |p| p.needed),
        ("budget_target", CENT, |w| w.needed, |p| p.target),
        ("deficit_usd", CENT, |w| w.deficit, |p| p.deficit),
        ("max_loss_usd", CENT, |w| w.max_loss, |p| p.max_loss),
        ("theta_prod_capped", RATIO, |w| theta(w.taken, w.deficit).min(1.0), |p| p.theta_prod_capped),
        ("theta_needed_capped", RATIO, |w| theta(w.needed, w.deficit).min(1.0), |p| p.theta_needed_capped),
    ];
    let pairs = || policies.rows.iter().filter_map(|row| Some((row, waves.find(row.wave)?)));
    for (column, tolerance, wave, policy) in facts {
        let must = "the same as follows from the table of waves";
        checks.equal(column, must, tolerance, pairs().map(|(p, w)| (at(p), wave(w), policy(p))));
    }
    let queue = policies.of(0).filter_map(|(row, policy)| Some((row, policy, waves.find(row.wave)?)));
    let must = "budget_prod_usd of the table of waves";
    checks.equal("budget_prod", must, CENT, queue.map(|(row, policy, w)| (at(row), w.taken, policy.budget)));
}

/// Pro rata takes what is needed, up to what there is.
fn pro_rata(checks: &mut Checks, policies: &Policies) -> Result<(), WaveError> {
    for (index, rule) in [
        (1, Rule::ProRata(Measure::Capacity)),
        (2, Rule::Capped { weight: Measure::Gain, cap: Measure::Capacity }),
        (3, Rule::WATER_FILLING),
    ] {
        let mut rows = vec![];
        for (row, policy) in policies.of(index) {
            let capacity = atoms(row.capacity);
            let taken = taken(rule, atoms(row.needed), capacity, capacity)?;
            rows.push((at(row), dollars(taken.into()), policy.budget));
        }
        let name = POLICIES.get(index).copied().unwrap_or_default();
        let must = "what the rule takes of budget_needed where winners have total_cap";
        checks.equal(&of("budget", name), must, CENT, rows);
    }
    Ok(())
}

fn largest_parts(checks: &mut Checks, policies: &Policies) {
    for (index, name) in POLICIES.iter().enumerate() {
        let rows = policies.of(index).map(|(row, policy)| (at(row), policy.max_pct, 1.0));
        checks.at_most(&of("max_pct", name), "at most 1, as a part of equity", RATIO, rows);
    }
    checks.at_most(
        "max_pct_pr",
        "at most budget_needed / total_cap, which it is where a winner's equity is no more than the gain",
        RATIO,
        policies.of(1).map(|(row, pr)| (at(row), pr.max_pct, theta(row.needed, row.capacity))),
    );
    // If someone's equity is no more than the gain, capacity is equity there, and the common rate is the largest part. If
    // nobody's is, capacity is gain everywhere, and both rules are one.
    checks.equal(
        "max_pct_pr",
        "budget_needed / total_cap, or max_pct_pnl_pr where every winner's equity is above the gain",
        RATIO,
        policies.of(1).zip(policies.of(2)).map(|((row, pr), (_, pnl_pr))| {
            let rate = theta(row.needed, row.capacity);
            let nearer = (rate - pr.max_pct).abs() < (pnl_pr.max_pct - pr.max_pct).abs();
            (at(row), if nearer { rate } else { pnl_pr.max_pct }, pr.max_pct)
        }),
    );
    let beside = |other: usize| {
        policies
            .of(3)
            .zip(policies.of(other))
            .map(|((row, eq), (_, other))| (at(row), eq.max_pct, other.max_pct))
    };
    let must = "at most max_pct_pr and max_pct_pnl_pr: water-filling has the smallest largest part";
    checks.at_most("max_pct_eq_pr", must, RATIO, beside(1).chain(beside(2)));
}

/// The largest capacity that a policy leaves, as its ratios imply it.
fn left(row: &PolicyRow, policy: &Policy) -> Option<f64> {
    let rest = row.deficit - policy.budget;
    match (policy.ptsr, policy.rd_nse) {
        (Some(ptsr), _) => Some(ptsr * rest),
        (None, Some(rd_nse)) => Some(rd_nse * rest / (1.0 - rd_nse)),
        (None, None) => None,
    }
}

/// Of the three ratios of a policy one says how much is left to the winner with most; the others follow.
fn ratios(checks: &mut Checks, policies: &Policies) {
    // All but the queue as it ran, of which no ratio is published.
    for (index, name) in POLICIES.iter().enumerate().skip(1) {
        checks.equal(
            &of("rd_nse", name),
            &format!("ptsr_{name} / (1 + ptsr_{name}), where it is given"),
            RATIO,
            policies.of(index).filter_map(|(row, policy)| {
                let ptsr = policy.ptsr?;
                Some((at(row), ptsr / (1.0 + ptsr), policy.rd_nse?))
            }),
        );
        checks.equal(
            &of("pmr", name),
            &format!("ptsr_{name} x deficit_usd / max_loss_usd, where it is given"),
            RELATIVE,
            policies.of(index).filter_map(|(row, policy)| {
                Some((at(row), policy.ptsr? * row.deficit / row.max_loss, policy.pmr?))
            }),
        );
        checks.at_most(
            &of("ptsr", name),
            "leaves no winner more than the largest capacity, which ptsr_pr implies (as a part of it)",
            LOOSE,
            policies.of(index).zip(policies.of(1)).filter_map(|((row, policy), (_, pr))| {
                // Pro rata leaves everyone the same part of their capacity.
                let largest = left(row, pr)? / (1.0 - pr.budget / row.capacity);
                Some((at(row), left(row, policy)? / largest, 1.0))
            }),
        );
    }
}

/// The columns that single accounts decide.
pub(super) fn not_derivable() -> Vec<NotDerivable> {
    let mut list = vec![
        NotDerivable::new(
            "policies",
            "total_cap",
            "a sum over accounts of the smaller of gain and equity: taken as given (it isn't a function of the sums of both)",
        ),
        NotDerivable::new("policies", "fixed_point_ilp_scale", "what a solver reports of its own search"),
    ];
    for name in ["vector", "contract_pr", "fixed_point_ilp_integer"] {
        let why = "positions and gaps by market decide it, which are not in the tables";
        list.push(NotDerivable::new("policies", &of("budget", name), why));
    }
    for name in POLICIES {
        let why = match name {
            "pr" => "the account with the least equity for its gain decides whether it is budget_needed / total_cap or max_pct_pnl_pr",
            "eq_pr" => "the common rate depends on every winner's equity and cap: only its order among the rules is checked",
            _ => "one account's haircut and equity: not public",
        };
        list.push(NotDerivable::new("policies", &of("max_pct", name), why));
        let why = match name {
            "prod" => "empty in the table: what was left to winners is not public",
            _ => "what is left to the winner with most: one of ptsr, rd_nse and pmr has to be given, the others follow",
        };
        list.push(NotDerivable::new("policies", &of("ptsr", name), why));
    }
    list
}
