//! `jettison study merge`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use jettison_simulator::output::{merge_runs, Folder, Manifest, Run};
use jettison_simulator::study::{Rows, Study};

use super::finish::{self, Beside};
use super::stored;
use super::tables::Tables;
use crate::output::Refused;

/// Put the shards of a study together, and report on the whole
#[derive(clap::Args, Clone)]
pub struct Args {
    /// The shards' folders, all of them, in any order
    #[arg(required = true)]
    shards: Vec<PathBuf>,
    /// Folder for the report, the tables and the manifest
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The price file of the study, if it isn't where it was
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// Write over another study in that folder
    #[arg(long)]
    force: bool,
    /// Threads; one a core unless said otherwise
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    #[command(flatten)]
    tables: Tables,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let mut runs = vec![];
    let mut rows = vec![];
    for shard in &args.shards {
        let manifest = Manifest::read(shard)?;
        if let Some(wrong) = manifest.check(shard).first() {
            return Err(Refused(format!("in {}: {wrong}", shard.display())).into());
        }
        rows.push(finish::read_rows(shard)?);
        runs.push(manifest.run);
    }
    let run = Run { tables: args.tables.hashes()?, ..merge_runs(&runs)? };
    let first = args.shards.first().context("give the shards' folders")?;
    let stored = stored::read(first, args.prices.as_deref())?;
    let study = Study::new(stored.spec.clone())?;
    let rows = Rows::merge(&study, rows)?;
    let beside = Beside::new(&args.tables, &stored.series, &stored.spec, &run)?;
    let mut folder = Folder::open(&args.out, run, args.force)?;
    folder.text(finish::SPEC, &toml::to_string(&stored.spec)?)?;
    finish::report(&study, &rows, &stored.series, beside, args.jobs, folder)
}
