//! `jettison study verify`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use jettison_simulator::output::Manifest;

use crate::output::Refused;

/// Check a study's files, and those that it was made from, against its manifest
#[derive(clap::Args, Clone)]
pub struct Args {
    /// The study's folder
    folder: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let manifest = Manifest::read(&args.folder)?;
    let wrong: Vec<String> = manifest
        .check(&args.folder)
        .iter()
        .chain(&manifest.check_inputs())
        .map(ToString::to_string)
        .collect();
    if !wrong.is_empty() {
        return Err(Refused(wrong.join("; ")).into());
    }
    let count = |files: usize| format!("{files} file{}", if files == 1 { "" } else { "s" });
    println!(
        "{}: {} and {} of input are as the manifest says",
        args.folder.display(),
        count(manifest.outputs.len()),
        count(manifest.run.inputs.len() + manifest.run.tables.len())
    );
    Ok(ExitCode::SUCCESS)
}
