//! What a study leaves in its folder, and reading it back.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use jettison_paths::{PriceSeries, ReadOptions};
use jettison_simulator::output::{read_parquet, FileHash, Folder, Manifest};
use jettison_simulator::report::{render, MarketReturns, Report};
use jettison_simulator::study::{sizing, Rows, Study, StudySpec, Summary};
use jettison_simulator::waves::{self, Model, Sources, WaveStudy};

use crate::lab::{pool, rules_table};
use crate::output::Refused;
use crate::prices;

/// The whole study, as it was run.
pub const SPEC: &str = "study.toml";

/// The report.
const REPORT: &str = "report.html";

const RULES: &str = "rules.parquet";
const COHORTS: &str = "cohorts.parquet";
const SIZING: &str = "sizing.parquet";

/// Published tables that the report looks at beside its own histories.
#[derive(clap::Args, Clone)]
pub struct Tables {
    /// CSV of auto-deleveraging waves, for the report
    #[arg(long, value_name = "FILE")]
    waves: Option<PathBuf>,
    /// CSV of the same waves under several sharing rules
    #[arg(long, value_name = "FILE", requires = "waves")]
    policies: Option<PathBuf>,
    /// CSV of shocks by coin
    #[arg(long, value_name = "FILE", requires = "waves")]
    shocks: Option<PathBuf>,
}

impl Tables {
    /// Whether there is any.
    pub fn are_given(&self) -> bool {
        self.waves.is_some()
    }

    fn study(&self) -> Result<Option<WaveStudy>> {
        let Some(waves) = &self.waves else {
            return Ok(None);
        };
        let sources =
            Sources { waves: waves.clone(), policies: self.policies.clone(), shocks: self.shocks.clone() };
        Ok(Some(waves::study(&sources, Some(&Model::default()))?))
    }
}

/// Writes the rows.
pub fn write_rows(folder: &mut Folder, rows: &Rows) -> Result<()> {
    folder.parquet(RULES, &rows.rules)?;
    folder.parquet(COHORTS, &rows.cohorts)?;
    folder.parquet(SIZING, &rows.sizing)?;
    Ok(())
}

/// Reads them back.
pub fn read_rows(folder: &Path) -> Result<Rows> {
    Ok(Rows {
        rules: read_parquet(&folder.join(RULES))?,
        cohorts: read_parquet(&folder.join(COHORTS))?,
        sizing: read_parquet(&folder.join(SIZING))?,
    })
}

/// The study of a folder, and the prices that it was made from: they must be what they were. `prices` says where the file is now,
/// if it isn't where it was.
pub fn read_study(folder: &Path, prices: Option<&Path>) -> Result<(StudySpec, PriceSeries, Vec<FileHash>)> {
    let manifest = Manifest::read(folder)?;
    let path = folder.join(SPEC);
    let named = || format!("reading {}", path.display());
    let spec: StudySpec =
        toml::from_str(&std::fs::read_to_string(&path).with_context(named)?).with_context(named)?;
    let Some(input) = manifest.run.inputs.first() else {
        if let Some(prices) = prices {
            let why = format!("the study of {} was not made from {}", folder.display(), prices.display());
            return Err(Refused(format!("{why}: leave --prices out")).into());
        }
        return Ok((spec.clone(), prices::october_10th(spec.seed)?, vec![]));
    };
    let place = prices.unwrap_or(Path::new(&input.file));
    let found = FileHash::read(place, &input.file)
        .with_context(|| "say where the study's price file is with --prices")?;
    if found != *input {
        let described = |file: &FileHash| format!("{} bytes with the hash {}", file.bytes, file.blake3);
        let why = format!("{} has {}, not {}", place.display(), described(&found), described(input));
        return Err(Refused(format!("{why}: it isn't the file that the study was made from")).into());
    }
    let series = PriceSeries::read(place, ReadOptions::default())?;
    // Named as it was, so that what is written is what was.
    Ok((spec, PriceSeries { source: input.file.clone(), ..series }, manifest.run.inputs))
}

/// What a report shows besides the rows. It is made first: what is wrong with it is told before any history is played.
pub struct Beside {
    waves: Option<WaveStudy>,
    returns: Vec<MarketReturns>,
}

impl Beside {
    /// Reads the published tables, and judges the models of prices.
    pub fn new(tables: &Tables, series: &PriceSeries, spec: &StudySpec) -> Result<Self> {
        let waves = tables.study()?;
        Ok(Self { waves, returns: MarketReturns::of_series(series, spec.paths.step_seconds, spec.seed)? })
    }
}

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
    folder.text("recommended.toml", &sizing::toml(&summary.recommendations))?;
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
    report.study = Some(study);
    report.waves = beside.waves;
    report.returns = beside.returns;
    report.files = folder.files().to_vec();
    report
}
