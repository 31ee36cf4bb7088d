//! `jettison study`: many histories, and a report on them.

mod finish;
mod merge;
mod run;
mod stored;
mod tables;
mod verify;
mod waves;

use std::process::ExitCode;

use anyhow::Result;

/// Study how losses would fall: thousands of histories on the engine, in a report
#[derive(clap::Args, Clone)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::Args,
}

#[derive(clap::Subcommand, Clone)]
enum Command {
    /// Put the shards of a study together, and report on the whole
    Merge(merge::Args),
    /// Study auto-deleveraging waves from a published table: what each rule would have taken
    Waves(waves::Args),
    /// Check a study's files against its manifest
    Verify(verify::Args),
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    match &args.command {
        Some(Command::Merge(args)) => merge::run(args),
        Some(Command::Waves(args)) => waves::run(args),
        Some(Command::Verify(args)) => verify::run(args),
        None => run::run(&args.run),
    }
}
