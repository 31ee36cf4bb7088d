//! The `jettison` command.

use clap::{Parser, Subcommand};

mod crash;
mod markets;
mod output;
mod prices;
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
    /// Play a market crash through the program and show who paid.
    Crash(Box<crash::Args>),
    /// Measure the compute units of every instruction on the ELF.
    Units(units::Args),
}

fn main() -> std::process::ExitCode {
    let result = match Cli::parse().command {
        Command::Crash(args) => crash::run(&args),
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
