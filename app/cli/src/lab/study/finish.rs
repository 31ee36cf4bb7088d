//! What a study leaves in its folder.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use jettison_paths::PriceSeries;
use jettison_simulator::output::{read_parquet, Folder, Run};
use jettison_simulator::report::{render, MarketReturns, Report};
use jettison_simulator::study::{sizing, Rows, Study, StudySpec, Summary};
use jettison_simulator::waves::WaveStudy;

use super::tables::Tables;
use crate::lab::{pool, rules_table};

/// The whole study, as it was run.
pub const SPEC: &str = "study.toml";

/// The report.
const REPORT: &str = "report.html";

const RULES: &str = "rules.parquet";
const COHORTS: &str = "cohorts.parquet";
const SIZING: &str = "sizing.parquet";
const WHAT_IFS: &str = "what_ifs.parquet";

/// Writes the rows.
pub fn write_rows(folder: &mut Folder, rows: &Rows) -> Result<()> {
    folder.parquet(RULES, &rows.rules)?;
    folder.parquet(COHORTS, &rows.cohorts)?;
    folder.parquet(SIZING, &rows.sizing)?;
    folder.parquet(WHAT_IFS, &rows.what_ifs)?;
    Ok(())
}

/// Reads them back.
pub fn read_rows(folder: &Path) -> Result<Rows> {
    Ok(Rows {
        rules: read_parquet(&folder.join(RULES))?,
        cohorts: read_parquet(&folder.join(COHORTS))?,
        sizing: read_parquet(&folder.join(SIZING))?,
        what_ifs: read_parquet(&folder.join(WHAT_IFS))?,
    })
}

/// What a report shows besides the rows. It is made first: what is wrong with it is told before any history is played.
pub struct Beside {
    waves: Option<WaveStudy>,
    returns: Vec<MarketReturns>,
}

impl Beside {
    /// Reads the published tables, and judges the models of prices; by a made-up path there is nothing to judge.
    pub fn new(tables: &Tables, series: &PriceSeries, spec: &StudySpec, run: &Run) -> Result<Self> {
        let waves = tables.study()?;
        let judge = || MarketReturns::of_series(series, spec.paths.step_seconds, spec.seed);
        let returns = if is_made_up(run) { vec![] } else { judge()? };
        Ok(Self { waves, returns })
    }
}

/// Whether a study's prices come from no file.
fn is_made_up(run: &Run) -> bool {
    run.inputs.is_empty()
}

/// What `recommended.toml` of a made-up study begins with.
const MADE_UP: &str = "\
# From made-up prices and not market data: a path through nine published prices of 2025-10-10. No market should be set by it:
# run the study on prices of the market (jettison study --prices FILE) first.

";

/// Sums up, and writes everything; the manifest is last.
pub fn report(
    study: &Study,
    rows: &Rows,
    series: &PriceSeries,
    beside: Beside,
    jobs: Option<u16>,
    mut folder: Folder,
) -> Result<ExitCode> {
    let summary = pool(jobs)?.install(|| Summary::of(study, rows, Some(series)))?;
    write_rows(&mut folder, rows)?;
    folder.json("summary.json", &summary)?;
    if let Some(waves) = &beside.waves {
        folder.json("waves.json", waves)?;
    }
    let warning = if is_made_up(folder.run()) { MADE_UP } else { "" };
    folder.text("recommended.toml", &(warning.to_owned() + &sizing::toml(&summary.recommendations)))?;
    folder.text(REPORT, &render(&page(summary.clone(), beside, series, &folder)))?;
    println!("{}\n{}", rules_table::of_study(&summary.rules), rules_table::LEGEND);
    println!(
        "{} account-steps; the books were checked {} times and balanced.",
        summary.account_steps, summary.checks
    );
    let path = folder.path().to_owned();
    folder.finish()?;
    println!("The report is {}.", path.join(REPORT).display());
    Ok(ExitCode::SUCCESS)
}

/// What the report is made of: the study, and the returns that its prices are drawn from.
fn page(study: Summary, beside: Beside, series: &PriceSeries, folder: &Folder) -> Report {
    let spec = &study.spec;
    let minutes = u64::from(spec.steps) * u64::from(spec.paths.step_seconds) / 60;
    let subtitle = format!(
        "{} histories of {minutes} minutes of {}, on prices of {}",
        spec.histories,
        spec.pairs().join(", "),
        series.source
    );
    let title = "How losses would be shared";
    let mut report = Report::new(title, &subtitle, folder.run().clone());
    report.made_up = is_made_up(folder.run());
    report.study = Some(study);
    report.waves = beside.waves;
    report.returns = beside.returns;
    report.files = folder.files().to_vec();
    report
}
