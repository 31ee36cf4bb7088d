//! `jettison keeper`: runs a keeper on a cluster, or replays a record of one.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use jettison_keeper::config::Config;
use jettison_keeper::keeper::{Decision, Summary};
use jettison_keeper::{record, run as keeping};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::context::Context;

/// Run a keeper until Ctrl-C: it finds accounts in need and liquidates, deleverages, resolves and settles them.
///
/// Settings are the table "keeper" of the configuration file, then JETTISON_KEEPER_* (with two underscores between a section
/// and its field, as in JETTISON_KEEPER_FEES__MAX_LAMPORTS), then these flags. With --dry-run it plans and simulates, and
/// sends nothing.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(flatten)]
    flags: Settings,
    /// Print the settings in force as TOML, and stop
    #[arg(long)]
    print_settings: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What else `jettison keeper` does.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Drive the keeper by a record, without a network, and print the same decisions
    Replay {
        /// What `--record` wrote
        file: PathBuf,
    },
}

/// Flags that stand above the configuration.
#[derive(clap::Args, Clone, Debug, Default, Serialize)]
struct Settings {
    /// Number of the key's margin account that takes positions and receives bounties [default: 0]
    #[arg(long, value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<u16>,
    /// Open that margin account if there is none
    #[arg(long)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    open_account: bool,
    /// Indices of the markets to serve [default: all]
    #[arg(long, value_name = "INDEX", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    markets: Vec<u16>,
    /// Another endpoint that every transaction is sent to as well
    #[arg(long = "send-url", value_name = "URL")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    send_urls: Vec<String>,
    /// Where to serve /metrics, /healthz and /state.json [default: 127.0.0.1:9464]
    #[arg(long, value_name = "ADDRESS:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<String>,
    /// Record every input to a file
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<PathBuf>,
    /// Keep transactions in flight in a file, so that a keeper that was killed doesn't act twice
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<PathBuf>,
}

/// Replays a record: needs no cluster.
pub fn replay(file: &std::path::Path, json: bool) -> Result<()> {
    let keeper = record::replay(file, |decision| show(json, decision))?;
    finish(json, &keeper.summary())
}

impl Args {
    /// The record to replay, if that is what is asked for.
    pub fn replays(&self) -> Option<&std::path::Path> {
        match &self.command {
            Some(Command::Replay { file }) => Some(file),
            None => None,
        }
    }
}

/// Runs a keeper.
pub async fn run(context: &Context, args: &Args) -> Result<()> {
    let mut config = Config::load(&context.settings.keeper, &args.flags)?;
    config.dry_run |= context.dry_run;
    if args.print_settings {
        print!("{}", toml::to_string(&Table { keeper: &config }).context("showing the settings")?);
        return Ok(());
    }
    let (key, clearinghouse) = (context.signer()?, context.clearinghouse()?);
    let stop = CancellationToken::new();
    tokio::spawn(wait_for_signal(stop.clone()));
    let json = context.settings.json;
    let cluster = context.cluster().clone();
    let summary =
        keeping::run(cluster, clearinghouse, key, config, stop, |decision| show(json, decision)).await?;
    finish(json, &summary)
}

#[derive(Serialize)]
struct Table<'a> {
    keeper: &'a Config,
}

fn show(json: bool, decision: &Decision) {
    use std::io::Write;
    let line = if json { serde_json::to_string(decision).unwrap_or_default() } else { decision.to_string() };
    // Who reads may have gone: that is no reason to leave accounts in need.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

fn finish(json: bool, summary: &Summary) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string(&serde_json::json!({ "summary": summary }))?);
    } else {
        println!(
            "{} transactions; tasks: {} landed, {} rehearsed, {} races lost, {} failed; rewards {} atoms; bad debt missed {} \
             atoms",
            summary.transactions,
            summary.landed,
            summary.rehearsed,
            summary.lost_races,
            summary.failed,
            summary.rewards,
            summary.missed_bad_debt
        );
    }
    Ok(())
}

/// Ctrl-C, or what a service manager sends: once to finish what is in flight, again to leave at once.
async fn wait_for_signal(stop: CancellationToken) {
    use tokio::signal::unix::{signal, SignalKind};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        if stop.is_cancelled() {
            std::process::exit(130);
        }
        eprintln!("stopping: waiting for what is in flight; again to leave at once");
        stop.cancel();
    }
}
