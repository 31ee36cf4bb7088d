//! `jettison simulate`: one history under every sharing rule.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;
use jettison_simulator::rules::Rule;
use jettison_simulator::study::replay::replay;
use jettison_simulator::study::Study;
use rayon::prelude::*;

use super::inputs::Inputs;
use super::{pool, rules_table};
use crate::result_file::Output;

/// Play one history under every sharing rule, on the engine, and show who paid.
#[derive(clap::Args, Clone)]
pub struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Where prices come from
    #[arg(long, value_enum, default_value_t = Source::Replay)]
    from: Source,
    /// Number of the history, where prices are drawn
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    history: u64,
    /// Threads; one a core unless said otherwise
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Also write what is shown, and more, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Where prices come from.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Source {
    /// The price file itself
    Replay,
    /// A model that is fitted to it
    Model,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let output = args.json.as_deref().map(Output::open).transpose()?;
    let config = args.inputs.config()?;
    let (spec, fit, series) = args.inputs.prepare(&config)?;
    for note in &fit.notes {
        eprintln!("note: {note}");
    }
    let (source, rows) = pool(args.jobs)?.install(|| match args.from {
        Source::Replay => {
            let replay = replay(&spec, &series, spec.paths.step_seconds)?;
            anyhow::Ok((replay.source, replay.rows))
        }
        Source::Model => {
            let study = Study::new(spec.clone())?;
            let rows = study.on_stage(&spec.scenario, &spec.markets, args.history, |stage| {
                let play = |rule: &Rule| stage.play(*rule).map(|played| played.row);
                spec.rules.par_iter().map(play).collect::<Result<Vec<_>, _>>()
            })?;
            Ok((format!("history {} of a model of {}", args.history, series.source), rows))
        }
    })?;
    println!(
        "{}: {} in {} steps\n",
        source,
        spec.pairs().join(", "),
        rows.first().map_or(0, |row| row.checks)
    );
    println!("{}\n{}", rules_table::of_history(&rows), rules_table::LEGEND);
    let checks: u64 = rows.iter().map(|row| row.checks).sum();
    let steps: u64 = rows.iter().map(|row| row.account_steps).sum();
    println!("The books were checked {checks} times and balanced; {steps} account-steps.");
    if let Some(output) = output {
        output.write(&(serde_json::to_string_pretty(&rows)? + "\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}
