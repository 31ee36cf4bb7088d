//! `jettison units`: what every instruction costs, measured on the compiled program.

mod cases;
mod ceilings;
mod committed;
mod expect;
mod luck;
mod oracles;
mod parties;
mod scene;
mod settings;
mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use jettison_embedded::ElfFiles;

use crate::result_file::Output;
use cases::{Case, CASES};
use committed::Committed;
use scene::{History, Scene};
#[cfg(test)]
pub use settings::market_args;

/// Measures every instruction of the clearing program on its ELF, at one and at eight legs.
#[derive(clap::Args)]
pub struct Args {
    /// Where clearing.so and price_feed.so are [default: target/deploy here, or in the workspace]
    #[arg(long, value_name = "DIR")]
    elf: Option<PathBuf>,
    /// Compare with app/cli/units.json: fails if a measurement is over its ceiling, more than 2 % over the committed one,
    /// missing there, or no longer taken
    #[arg(long, conflicts_with = "write")]
    check: bool,
    /// Renew app/cli/units.json and the table in docs/compute-units.md
    #[arg(long)]
    write: bool,
    /// Also write the measurements to this file, in the form of app/cli/units.json
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Compute units by line: an instruction, its case if it has several, and the legs if it reads any.
pub type Lines = BTreeMap<String, u64>;

/// Runs the command. Exit status 1 when a check fails.
pub fn run(args: &Args) -> Result<ExitCode> {
    let files = ElfFiles::find(args.elf.as_deref())?;
    let output = args.json.as_deref().map(Output::open).transpose()?;
    let measured = measure_all(&files)?;
    println!("{}", table::render(&measured));
    if let Some(output) = output {
        output.write(&measured.to_json()?)?;
    }
    if args.write {
        measured.write()?;
    }
    if args.check {
        return committed::check(&measured);
    }
    Ok(ExitCode::SUCCESS)
}

fn measure_all(files: &ElfFiles) -> Result<Committed> {
    let mut units = Lines::new();
    for case in CASES {
        for legs in case.legs {
            let line = case.line(*legs);
            let mut dearest = 0;
            for history in History::ALL {
                let measured = measure(files, case, *legs, history);
                dearest =
                    dearest.max(measured.with_context(|| format!("measuring {line}, history {history}"))?);
            }
            units.insert(line, dearest);
        }
    }
    Ok(Committed { toolchain: files.toolchain(), token_program: files.start()?.token_program(), units })
}

fn measure(files: &ElfFiles, case: &Case, legs: u16, history: History) -> Result<u64> {
    let mut scene = Scene::open(files.start()?, legs, history)?;
    (case.measure)(&mut scene)
}

impl Case {
    /// The name of its measurement.
    pub fn line(&self, legs: u16) -> String {
        let mut line = self.instruction.to_owned();
        if !self.name.is_empty() {
            line += &format!(", {}", self.name);
        }
        match (self.legs.len(), legs) {
            (1, _) => line,
            (_, 1) => line + ", 1 leg",
            _ => line + &format!(", {legs} legs"),
        }
    }
}
