//! `jettison units`: what every instruction costs, measured on the compiled program.

mod cases;
mod expect;
mod parties;
mod scene;
mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use jettison_embedded::ElfFiles;

use crate::output::Output;
use cases::{Case, CASES};
use scene::{History, Scene};

/// Measures every instruction of the clearing program on its ELF, at one and at eight legs.
#[derive(clap::Args)]
pub struct Args {
    /// Where clearing.so and price_feed.so are [default: target/deploy here, or in the workspace].
    #[arg(long, value_name = "DIR")]
    elf: Option<PathBuf>,

    /// Also write `{"instruction": {"1": units, "8": units}}` to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// How many legs the accounts have that an instruction acts on.
const LEGS: [u16; 2] = [1, 8];

/// The dearest case of an instruction.
#[derive(Clone, Copy)]
pub struct Worst {
    units: u64,
    case: &'static str,
    history: History,
}

/// For each instruction and number of legs, its dearest case.
pub type Measured = BTreeMap<(&'static str, u16), Worst>;

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let files = ElfFiles::find(args.elf.as_deref())?;
    let output = args.json.as_deref().map(Output::open).transpose()?;
    let measured = measure_all(&files)?;
    println!("{}", table::render(&measured));
    println!("{}", describe(&files)?);
    if let Some(output) = output {
        output.write(&(serde_json::to_string_pretty(&table::json(&measured))? + "\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn measure_all(files: &ElfFiles) -> Result<Measured> {
    let mut measured = Measured::new();
    for case in CASES {
        for legs in LEGS {
            for history in History::ALL {
                let units = measure(files, case, legs, history).with_context(|| {
                    let name = table::named(case.name, history);
                    format!("measuring {} of {legs} legs ({name})", case.instruction)
                })?;
                let worst = Worst { units, case: case.name, history };
                measured
                    .entry((case.instruction, legs))
                    .and_modify(|known| {
                        if units > known.units {
                            *known = worst;
                        }
                    })
                    .or_insert(worst);
            }
        }
    }
    Ok(measured)
}

fn measure(files: &ElfFiles, case: &Case, legs: u16, history: History) -> Result<u64> {
    let mut scene = Scene::open(files.start()?, legs, history)?;
    (case.measure)(&mut scene)
}

/// What was measured: the program's file, who compiled it, and the token program beside it.
fn describe(files: &ElfFiles) -> Result<String> {
    let path = files.clearing.display();
    let size = std::fs::metadata(&files.clearing).with_context(|| format!("reading {path}"))?.len();
    Ok(format!(
        "program        {path}, {size} bytes\ntoolchain      {}\ntoken program  {}",
        files.toolchain(),
        files.start()?.token_program(),
    ))
}
