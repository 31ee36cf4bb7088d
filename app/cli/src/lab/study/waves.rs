//! `jettison study waves`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use jettison_simulator::waves::{study, Sources, WaveStudy};

use crate::lab::rules_table::quote;
use crate::output::Refused;
use crate::result_file::Output;

/// Study auto-deleveraging waves from a published table: what each rule would have taken
#[derive(clap::Args, Clone)]
pub struct Args {
    /// CSV of waves: deficit, what was needed, what the queue took, winners' equity and profit
    file: PathBuf,
    /// CSV of the same waves under several sharing rules
    #[arg(long, value_name = "FILE")]
    policies: Option<PathBuf>,
    /// CSV of shocks by coin
    #[arg(long, value_name = "FILE")]
    shocks: Option<PathBuf>,
    /// Write everything as JSON
    #[arg(long, value_name = "OUT")]
    json: Option<PathBuf>,
}

/// Runs the command. Exit status 1 if a published column doesn't agree with what it follows from.
pub fn run(args: &Args) -> Result<ExitCode> {
    let output = args.json.as_deref().map(Output::open).transpose()?;
    let sources =
        Sources { waves: args.file.clone(), policies: args.policies.clone(), shocks: args.shocks.clone() };
    let found = study(&sources, None)?;
    print(&found);
    if let Some(output) = output {
        output.write(&(serde_json::to_string_pretty(&found)? + "\n"))?;
    }
    if found.agrees() {
        return Ok(ExitCode::SUCCESS);
    }
    let wrong = found.checks.iter().filter(|check| !check.holds).map(|check| check.column.clone());
    Err(Refused(format!("the table disagrees with itself in {}", wrong.collect::<Vec<_>>().join(", ")))
        .into())
}

fn print(study: &WaveStudy) {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header([
        "wave",
        "deficit",
        "needed",
        "queue took",
        "beyond",
        "pro rata",
        "of winners' equity",
        "of their gains",
    ]);
    for wave in &study.waves {
        let needed = wave.needed_atoms as f64;
        table.add_row([
            wave.wave.to_string(),
            quote(wave.deficit_atoms as f64),
            quote(needed),
            quote(wave.queue_atoms as f64),
            quote(wave.queue_overshoot_atoms as f64),
            quote(needed),
            format!("{:.4} %", 100.0 * needed / wave.winners_equity_atoms.max(1) as f64),
            format!("{:.4} %", 100.0 * needed / wave.winners_gain_atoms.max(1) as f64),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}");
    let totals = &study.totals;
    println!(
        "In all: needed {}, the queue took {}, {} more than needed: {} too much in {} of {} waves, {} too little in the others.",
        quote(totals.needed_atoms as f64),
        quote(totals.queue_atoms as f64),
        quote(totals.queue_overshoot_atoms as f64),
        quote(totals.queue_excess_atoms as f64),
        totals.waves_with_excess,
        totals.waves,
        quote(totals.queue_shortfall_atoms as f64),
    );
    for (rule, taken) in &totals.taken_atoms {
        println!("  {rule}: {}", quote(*taken as f64));
    }
    let held = study.checks.iter().filter(|check| check.holds).count();
    println!("{held} of {} published columns agree with what they follow from.", study.checks.len());
}
