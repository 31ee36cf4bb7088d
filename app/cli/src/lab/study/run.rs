//! `jettison study`: runs one, or a shard of one.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{bail, Context, Result};
use jettison_paths::PriceSeries;
use jettison_simulator::output::{FileHash, Fit, Folder, Run, Shard};
use jettison_simulator::study::{Rows, Study, StudySpec};

use super::finish::{self, Beside};
use super::stored;
use super::tables::Tables;
use crate::lab::inputs::Inputs;
use crate::lab::{pool, progress};

/// Study how losses would fall, on the engine; the report is DIR/report.html
#[derive(clap::Args, Clone)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Histories in which the rules are compared; instead of the configuration's
    #[arg(long, value_name = "COUNT")]
    histories: Option<u64>,
    /// Folder for the report, the tables and the manifest
    #[arg(long, value_name = "DIR", required = true)]
    out: Option<PathBuf>,
    /// Write over another study in that folder
    #[arg(long)]
    force: bool,
    /// Threads; one a core unless said otherwise
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Run one part of the study only, such as 2/8; `jettison study merge` puts them together
    #[arg(long, value_name = "N/COUNT", default_value = "1/1")]
    shard: Shard,
    /// Run the study of this folder again, bit for bit; --prices says where its file is, if not where it was
    #[arg(long, value_name = "DIR", conflicts_with_all = ["config", "markets", "seed", "steps", "histories", "max_gap"])]
    repeat: Option<PathBuf>,
    #[command(flatten)]
    tables: Tables,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let out = args.out.clone().context("--out is missing")?;
    if args.shard != Shard::WHOLE && args.tables.are_given() {
        bail!("published tables are for the report: give --waves to `jettison study merge`");
    }
    let prepared = prepare(args)?;
    let study = Study::new(prepared.spec.clone())?;
    let run = run_of(args, &prepared, &study)?;
    let beside = || Beside::new(&prepared.tables, &prepared.series, &prepared.spec, &run);
    let beside = (args.shard == Shard::WHOLE).then(beside).transpose()?;
    let mut folder = Folder::open(&out, run, args.force)?;
    let rows = play(&study, args.shard, args.jobs)?;
    folder.text(finish::SPEC, &toml::to_string(&prepared.spec)?)?;
    let Some(beside) = beside else {
        finish::write_rows(&mut folder, &rows)?;
        folder.finish()?;
        println!("Shard {} is in {}; `jettison study merge` puts all together.", args.shard, out.display());
        return Ok(ExitCode::SUCCESS);
    };
    // In the order in which shards are merged.
    let rows = Rows::merge(&study, [rows])?;
    finish::report(&study, &rows, &prepared.series, beside, args.jobs, folder)
}

struct Prepared {
    spec: StudySpec,
    series: PriceSeries,
    files: Vec<FileHash>,
    tables: Tables,
}

fn prepare(args: &Args) -> Result<Prepared> {
    if let Some(folder) = &args.repeat {
        let stored = stored::read(folder, args.inputs.prices())?;
        // A shard has no report, and so no use for tables.
        let is_whole = args.shard == Shard::WHOLE;
        let tables =
            if is_whole { args.tables.clone().or_stored(&stored.tables)? } else { Tables::default() };
        return Ok(Prepared { spec: stored.spec, series: stored.series, files: stored.inputs, tables });
    }
    let mut config = args.inputs.config()?;
    config.histories = args.histories.unwrap_or(config.histories);
    let (spec, fit, series) = args.inputs.prepare(&config)?;
    for note in &fit.notes {
        eprintln!("note: {note}");
    }
    Ok(Prepared { spec, series, files: args.inputs.files()?, tables: args.tables.clone() })
}

/// What the manifest says of the run.
fn run_of(args: &Args, prepared: &Prepared, study: &Study) -> Result<Run> {
    let pieces = study.pieces(args.shard);
    Ok(Run {
        version: env!("CARGO_PKG_VERSION").into(),
        study: "study".into(),
        command: std::env::args().skip(1).collect(),
        seed: prepared.spec.seed,
        parameters: serde_json::to_value(&prepared.spec)?,
        fits: fits(&prepared.spec)?,
        inputs: prepared.files.clone(),
        tables: prepared.tables.hashes()?,
        shard: args.shard,
        histories_from: pieces.start,
        histories_to: pieces.end,
    })
}

fn fits(spec: &StudySpec) -> Result<Vec<Fit>> {
    let fit = |market: &jettison_paths::MarketSpec| {
        Ok(Fit {
            pair: market.pair.clone(),
            model: market.model.kind().name().into(),
            parameters: serde_json::to_value(&market.model)?,
        })
    };
    spec.paths.markets.iter().map(fit).collect()
}

fn play(study: &Study, shard: Shard, jobs: Option<u16>) -> Result<Rows> {
    let pieces = study.pieces(shard);
    let bar = progress(pieces.end - pieces.start, "playing histories");
    let rows = pool(jobs)?.install(|| study.run(shard, &|| bar.inc(1)))?;
    bar.finish_and_clear();
    Ok(rows)
}
