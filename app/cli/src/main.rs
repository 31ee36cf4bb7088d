//! The `jettison` command.

use std::process::ExitCode;

use anyhow::{bail, Context as _, Result};
use clap::{ArgMatches, Args as _, CommandFactory, FromArgMatches, Parser, Subcommand};

mod account;
mod amounts;
mod audit;
mod authority;
mod breakers;
mod clearinghouse;
mod config;
mod context;
mod crash;
mod deploy;
#[cfg(test)]
mod documents;
mod events;
mod explain;
mod faucet;
mod figures;
mod funds;
mod instructions;
mod keeper;
mod keeping;
mod lab;
mod localnet;
mod market;
mod markets;
mod migrate;
mod names;
mod output;
mod prices;
mod propose;
mod publish;
mod resolve;
mod result_file;
mod shell;
mod stake;
mod trade;
mod transaction;
mod units;
mod watch;

use config::Flags;
use context::Context;
use output::{Out, STATUS_ENVIRONMENT};

/// Jettison: on-chain perpetuals clearing with an exact, public rule for who pays.
#[derive(Parser)]
#[command(name = "jettison", version, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Settings: defaults, then the configuration file, then JETTISON_URL and so on, then flags.
Exit status: 0 done; 1 refused by a rule or by the program, and nothing was changed; 2 wrong usage, or something around the
command is missing: a key, SOL, the cluster, the program.";

#[derive(Subcommand)]
enum Command {
    /// Bring everything up on a localnet: server, programs, quote mint, markets, keys, prices
    Localnet(Box<localnet::Args>),
    /// Deploy the programs, create the clearinghouse and its markets, or change what differs from the files
    Deploy(deploy::Args),
    /// Post prices to the markets' stand-in feeds
    #[command(subcommand)]
    Publish(publish::Command),
    /// Give SOL and quote tokens of a localnet
    Faucet(faucet::Args),
    /// Show clearinghouses
    #[command(subcommand)]
    Clearinghouse(clearinghouse::Command),
    /// Show markets
    #[command(subcommand)]
    Market(market::Command),
    /// Open, show and close margin accounts
    #[command(subcommand)]
    Account(account::Command),
    /// Deposit quote tokens into a margin account
    Deposit(funds::Deposit),
    /// Withdraw quote tokens from a margin account
    Withdraw(funds::Withdraw),
    /// Show the withdrawal queue, or pay the first in it
    #[command(subcommand)]
    Withdrawal(funds::Withdrawal),
    /// Explain an account: its health leg by leg, what its last haircut was and why, and which to expect
    Explain(explain::Args),
    /// Trade with another account
    #[command(subcommand)]
    Trade(trade::Command),
    /// Settle an account: apply variation margin and haircuts, and move the cash
    Settle(keeping::Settle),
    /// Take over part of the position of an account below maintenance margin
    Liquidate(keeping::Liquidate),
    /// Close a position far below maintenance margin without a counterparty
    Deleverage(keeping::Deleverage),
    /// Resolve an account whose equity is negative
    Resolve(resolve::Args),
    /// Show that an account is bankrupt: for a minute nobody stakes or unstakes
    Flag(keeping::Flag),
    /// Read the oracle and move the effective price toward it
    Accrue(keeping::Accrue),
    /// Move a market's unswept fees to the insurance vault and to the protocol
    Sweep(keeping::Sweep),
    /// Stake in the insurance fund
    #[command(subcommand)]
    Stake(stake::Command),
    /// Show the insurance fund, or give to it
    #[command(subcommand)]
    Insurance(stake::Insurance),
    /// Show every gate and breaker: its state, why, and when it lifts
    Breakers(breakers::Breakers),
    /// Pause instructions for a time, by the guardian
    Pause(breakers::Pause),
    /// Check that the books balance, and list the accounts in need
    Audit(audit::Args),
    /// Run a keeper, or replay a record of one
    Keeper(Box<keeper::Args>),
    /// Hand roles on, change settings, wind down
    Authority(authority::Authority),
    /// Show events as they happen, a line each
    Watch(watch::Args),
    /// Play a market crash through the program and show who paid
    Crash(Box<crash::Args>),
    /// Play one history under every sharing rule, on the engine, and show who paid
    Simulate(lab::simulate::Args),
    /// Study how losses would fall: thousands of histories on the engine, in a report
    Study(Box<lab::study::Args>),
    /// Measure the compute units of every instruction on the ELF
    Units(units::Args),
    /// Print a completion script
    Completions(shell::Completions),
    /// Print the manual page, or write one for every command
    Man(shell::Man),
}

/// Commands that speak to no cluster, and so have no flags for it.
const OFFLINE: [&str; 6] = ["crash", "simulate", "study", "units", "completions", "man"];

/// The command line, with the flags of a connection on every command that has one.
fn command() -> clap::Command {
    fn with_flags(command: clap::Command) -> clap::Command {
        let names: Vec<String> = command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
        let online = names.into_iter().filter(|name| !OFFLINE.contains(&name.as_str()));
        online.fold(command, |command, name| {
            command.mut_subcommand(name, |one| with_flags(Flags::augment_args(one)))
        })
    }
    instructions::named_in_help(with_flags(Cli::command()), "")
}

/// The flags of a connection, wherever on the command line they stand; the innermost wins.
fn flags_in(matches: &ArgMatches) -> Result<Flags, clap::Error> {
    match matches.subcommand() {
        Some((name, inner)) if !OFFLINE.contains(&name) => {
            Ok(flags_in(inner)?.or(Flags::from_arg_matches(matches)?))
        }
        _ => Flags::from_arg_matches(matches),
    }
}

fn main() -> ExitCode {
    let parsed = command().try_get_matches().and_then(|matches| {
        let flags = flags_in(&matches)?;
        Ok((flags, Cli::from_arg_matches(&matches)?.command))
    });
    let (flags, command) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error),
    };
    let mut out = Out::new(flags.json);
    match run(&flags, command, &mut out) {
        Ok(code) => code,
        Err(error) => ExitCode::from(out.fail(&error)),
    }
}

/// What goes on inside, on stderr; `JETTISON_LOG=debug` shows more. For commands that speak to a cluster or run a keeper: the
/// embedded chains of the others have much to say that helps nobody.
fn start_log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("JETTISON_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Help and versions go to stdout; an error goes to stderr, as JSON if that was asked for.
fn usage(error: &clap::Error) -> ExitCode {
    let asked_for_json = std::env::args_os().any(|argument| argument == "--json");
    if error.use_stderr() && asked_for_json {
        return ExitCode::from(Out::new(true).fail(&anyhow::anyhow!("{}", error.render())));
    }
    // A closed pipe is no reason to fail.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { STATUS_ENVIRONMENT } else { 0 })
}

/// `out` becomes what the settings say, once they are read.
fn run(flags: &Flags, command: Command, out: &mut Out) -> Result<ExitCode> {
    if let Command::Keeper(args) = &command {
        if let Some(file) = args.replays() {
            start_log();
            return keeper::replay(file, flags.json).map(|()| ExitCode::SUCCESS);
        }
    }
    match command {
        Command::Crash(args) => offline(flags).and_then(|()| crash::run(&args)),
        Command::Simulate(args) => offline(flags).and_then(|()| lab::simulate::run(&args)),
        Command::Study(args) => offline(flags).and_then(|()| lab::study::run(&args)),
        Command::Units(args) => offline(flags).and_then(|()| units::run(&args)),
        Command::Completions(args) => {
            shell::completions(&args, self::command());
            Ok(ExitCode::SUCCESS)
        }
        Command::Man(args) => shell::man(&args, self::command()).map(|()| ExitCode::SUCCESS),
        online => {
            start_log();
            let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
            let context = Context::load(flags)?;
            *out = context.out;
            runtime.block_on(run_online(&context, online))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn run_online(context: &Context, command: Command) -> Result<()> {
    match command {
        Command::Localnet(args) => localnet::run(context, &args).await,
        Command::Deploy(args) => deploy::run(context, &args).await,
        Command::Publish(command) => publish::run(context, &command).await,
        Command::Faucet(args) => faucet::run(context, &args).await,
        Command::Clearinghouse(command) => clearinghouse::run(context, &command).await,
        Command::Market(command) => market::run(context, &command).await,
        Command::Account(command) => account::run(context, &command).await,
        Command::Deposit(args) => funds::deposit(context, &args).await,
        Command::Withdraw(args) => funds::withdraw(context, &args).await,
        Command::Withdrawal(command) => funds::withdrawal(context, &command).await,
        Command::Explain(args) => explain::run(context, &args).await,
        Command::Trade(command) => trade::run(context, &command).await,
        Command::Authority(command) => authority::run(context, &command).await,
        Command::Watch(args) => watch::run(context, &args).await,
        Command::Settle(args) => keeping::settle(context, &args).await,
        Command::Liquidate(args) => keeping::liquidate(context, &args).await,
        Command::Deleverage(args) => keeping::deleverage(context, &args).await,
        Command::Resolve(args) => resolve::run(context, &args).await,
        Command::Flag(args) => keeping::flag(context, &args).await,
        Command::Accrue(args) => keeping::accrue(context, &args).await,
        Command::Sweep(args) => keeping::sweep(context, &args).await,
        Command::Stake(command) => stake::run(context, &command).await,
        Command::Insurance(command) => stake::insurance(context, &command).await,
        Command::Breakers(args) => breakers::run(context, &args).await,
        Command::Pause(args) => breakers::pause(context, &args).await,
        Command::Audit(args) => audit::run(context, &args).await,
        Command::Keeper(args) => keeper::run(context, &args).await,
        Command::Crash(_)
        | Command::Simulate(_)
        | Command::Study(_)
        | Command::Units(_)
        | Command::Completions(_)
        | Command::Man(_) => Ok(()),
    }
}

fn offline(flags: &Flags) -> Result<()> {
    if flags.json {
        bail!("this command writes JSON to a file: put --json FILE behind its name");
    }
    Ok(())
}
