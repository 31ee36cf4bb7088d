//! `jettison-self-dealing`: searches for what one owner of several accounts can take from everybody else.
//!
//! Exits with status 1 if somebody gained inside the envelope, if insurance paid more than the allowance, if an invariant
//! broke, or if something that the search is about never happened.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{ensure, Context, Result};
use clap::Parser;
use jettison_self_dealing::minimize::minimize;
use jettison_self_dealing::play::Outcome;
use jettison_self_dealing::print;
use jettison_self_dealing::search::{search, try_play, Findings, Found, Options};
use jettison_self_dealing::strategy::{Mode, Strategy};
use serde_json::{json, Value};

/// Searches for what one owner of several accounts can take from everybody else.
#[derive(Parser)]
#[command(name = "jettison-self-dealing", version)]
struct Args {
    /// Strategies to try inside the envelope, as many with an oracle that runs ahead, as many beyond the envelope.
    #[arg(long, default_value_t = 100_000)]
    strategies: usize,
    /// Where the random numbers come from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads; the result is the same for any number. All cores if left out.
    #[arg(long)]
    jobs: Option<usize>,
    /// Writes what was found to a file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Only inside the envelope.
    #[arg(long, conflicts_with = "beyond_only")]
    inside_only: bool,
    /// Only beyond it.
    #[arg(long)]
    beyond_only: bool,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    ensure!(args.strategies > 0, "--strategies must be at least 1");
    rayon::ThreadPoolBuilder::new().num_threads(args.jobs.unwrap_or(0)).build_global()?;
    let mut failed = false;
    let mut report = vec![];
    for mode in args.modes() {
        // A broken invariant is a finding, told at the end.
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let options = Options { mode, strategies: args.strategies, seed: args.seed, hole: None };
        let findings = search(&options);
        let failures = failures(mode, &findings);
        std::panic::set_hook(hook);
        println!("{}{}", print::summary(mode, &findings), best(mode, &findings));
        failures.iter().for_each(|failure| println!("FAILED: {failure}"));
        failed |= !failures.is_empty();
        report.push(as_json(mode, &findings, &failures));
    }
    if let Some(path) = &args.json {
        let text = serde_json::to_string_pretty(&report)?;
        std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Args {
    fn modes(&self) -> Vec<Mode> {
        match (self.inside_only, self.beyond_only) {
            (true, _) => vec![Mode::Inside, Mode::Lagging],
            (_, true) => vec![Mode::Beyond],
            _ => vec![Mode::Inside, Mode::Lagging, Mode::Beyond],
        }
    }
}

/// Each failure, with the least strategy that shows it.
fn failures(mode: Mode, findings: &Findings) -> Vec<String> {
    let tell = |(what, strategy): (String, Option<Strategy>)| {
        let least = strategy.map(|strategy| minimize(&strategy, still_fails(mode, &strategy)));
        format!("{what}\n{}", least.map(|least| print::strategy(&least)).unwrap_or_default())
    };
    findings.failures(mode).into_iter().map(tell).collect()
}

/// Whether a smaller strategy fails in the same way as `strategy`.
fn still_fails(mode: Mode, strategy: &Strategy) -> impl Fn(&Strategy) -> bool {
    let kind = move |strategy: &Strategy| match try_play(strategy, mode, None) {
        Err(_) => (true, false, false, false),
        Ok(outcome) => (false, outcome.gain > 0, outcome.deficit > 0, outcome.excess.is_some()),
    };
    let failure = kind(strategy);
    move |smaller| kind(smaller) == failure
}

fn best(mode: Mode, findings: &Findings) -> String {
    match mode {
        Mode::Inside => {
            let costs = [
                line("largest gain", &findings.best, |outcome| outcome.gain),
                line("with costs paid back", &findings.best_before_costs, |outcome| {
                    outcome.gain_before_costs
                }),
                line("of these, without funding", &findings.best_leak, |outcome| {
                    outcome.gain_before_costs - outcome.funding
                }),
            ];
            costs.concat()
        }
        Mode::Lagging => {
            line("largest gain", &findings.best, |outcome| outcome.gain)
                + &shown("best at the oracle's prices", mode, &findings.best_at_oracle, |outcome| {
                    outcome.gain_at_oracle
                })
        }
        Mode::Beyond => {
            shown("largest gain", mode, &findings.best, Outcome::taken)
                + &shown("largest part of the loss", mode, &findings.best_part, Outcome::part_of_deficit)
        }
    }
}

fn line(name: &str, found: &Option<Found>, value: fn(&Outcome) -> i64) -> String {
    found.as_ref().map_or(String::new(), |found| format!("  {name}: {} atoms\n", value(&found.outcome)))
}

/// What a find came to, and the find stripped of what brings less than a tenth of it.
fn shown(name: &str, mode: Mode, found: &Option<Found>, value: fn(&Outcome) -> i64) -> String {
    let Some(found) = found.as_ref().filter(|found| value(&found.outcome) > 0) else {
        return format!("  {name}: none\n");
    };
    let least = value(&found.outcome) / 10 * 9;
    let strategy = minimize(&found.strategy, |smaller| {
        try_play(smaller, mode, None).is_ok_and(|outcome| value(&outcome) >= least)
    });
    let Ok(outcome) = try_play(&strategy, mode, None) else {
        return String::new();
    };
    let all = print::outcome(&found.outcome);
    let stripped = print::found(&Found { strategy, outcome });
    format!("{name}:\n{all}stripped of what brings less than a tenth of it:\n{stripped}")
}

fn as_json(mode: Mode, findings: &Findings, failures: &[String]) -> Value {
    let events: serde_json::Map<_, _> =
        findings.events.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
    json!({
        "mode": mode,
        "strategies": findings.tried,
        "deficits": findings.deficits,
        "events": events,
        "largest_gain": findings.best,
        "largest_gain_with_costs_paid_back": findings.best_before_costs,
        "largest_gain_at_the_oracles_prices": findings.best_at_oracle,
        "largest_part_of_the_loss": findings.best_part,
        "failures": failures,
    })
}
