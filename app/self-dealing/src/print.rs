//! What the command prints.

use std::fmt::Write;

use crate::play::Outcome;
use crate::search::{Findings, Found};
use crate::strategy::{Mode, Strategy};

/// A strategy, a line a step.
pub fn strategy(strategy: &Strategy) -> String {
    let mut text = format!("  {:?}\n", strategy.setup);
    for (at, step) in strategy.steps.iter().enumerate() {
        let keepers = if step.keepers { ", keepers" } else { "" };
        let joining = if step.joining > 0 { format!(", {} ‰ staked", step.joining) } else { String::new() };
        let _ = writeln!(text, "  {at:2}: {} s, moves {:?} %{keepers}{joining}", step.seconds, step.moves);
        for (when, actions) in [("before", &step.before), ("after", &step.after), ("last", &step.last)] {
            for action in actions {
                let _ = writeln!(text, "      {when}: {action:?}");
            }
        }
    }
    text
}

/// What a find came to, and how.
pub fn found(found: &Found) -> String {
    outcome(&found.outcome) + &strategy(&found.strategy)
}

/// What a strategy came to.
pub fn outcome(o: &Outcome) -> String {
    let mut text = format!(
        "  gain {} atoms; before costs {}, of it funding {}; at the oracle's prices {}; richer by {}\n",
        o.gain, o.gain_before_costs, o.funding, o.gain_at_oracle, o.richer
    );
    if o.deficit > 0 {
        let _ = writeln!(
            text,
            "  deficit {}: gain is {} of it; insurance paid {} and bounties of {}, the loss index {}; others bore {}",
            o.deficit,
            parts(o.taken(), o.deficit),
            o.by_insurance,
            o.bounties,
            o.by_index,
            o.honest_haircut
        );
    }
    text
}

/// A ratio in percent, for people.
pub fn parts(amount: i64, whole: u64) -> String {
    let hundredths = i128::from(amount) * 10_000 / i128::from(whole.max(1));
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02} %", hundredths.abs() / 100, hundredths.abs() % 100)
}

/// A mode's findings, but for strategies.
pub fn summary(mode: Mode, findings: &Findings) -> String {
    let title = match mode {
        Mode::Inside => "Inside the envelope",
        Mode::Lagging => "Inside, with an oracle that runs ahead of the clamp",
        Mode::Beyond => "Beyond the envelope",
    };
    let mut text =
        format!("{title}: {} strategies, {} of them left a deficit\n", findings.tried, findings.deficits);
    for (name, count) in findings.events.iter().filter(|(_, count)| *count > 0) {
        let _ = writeln!(text, "  {count:>8}  {name}");
    }
    text
}
