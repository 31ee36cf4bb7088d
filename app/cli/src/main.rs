//! The `jettison` command.

use clap::{Parser, Subcommand};

mod units;

/// Jettison: on-chain perpetuals clearing with an exact, public rule for who pays.
#[derive(Parser)]
#[command(name = "jettison", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure the compute units of every instruction on the ELF.
    Units(units::Args),
}

fn main() -> std::process::ExitCode {
    let result = match Cli::parse().command {
        Command::Units(args) => units::run(&args),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::from(2)
        }
    }
}
