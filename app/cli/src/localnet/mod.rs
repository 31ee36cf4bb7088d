//! `jettison localnet`: everything on a chain of one's own, by one command.

mod folder;
mod server;
mod setup;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{anyhow, ensure, Result};
use jettison_client::Venue;
use jettison_rpc::{associated_token_account, Cluster, Fee};
use solana_commitment_config::CommitmentConfig;
use solana_signer::Signer;

use crate::context::Context;
use crate::deploy::{Network, Program, Wanted, WantedMarket};
use crate::output::{Fields, Out, Rows};
use crate::publish::{Pace, Publisher, Quotes, ReplayOptions, Source, WalkOptions};
use folder::Keys;
use server::{Ports, Server};
use setup::Localnet;

/// Bring everything up on a localnet: server, programs, quote mint, markets, keys, prices. Runs until Ctrl-C.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// Folder of the keys and of the configuration
    #[arg(long, default_value = ".localnet", value_name = "DIR")]
    dir: PathBuf,
    /// Port of JSON-RPC
    #[arg(long, default_value_t = 8_899, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..65_535))]
    rpc_port: u16,
    /// Port of the websocket [default: one above]
    #[arg(long, value_name = "PORT")]
    ws_port: Option<u16>,
    /// Milliseconds of a slot
    #[arg(long, default_value_t = 200, value_name = "MS", value_parser = clap::value_parser!(u64).range(10..=10_000))]
    slot_ms: u64,
    /// What is wanted on it: cluster = "localnet" [default: migrations/localnet.toml]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Folder of clearing.so and price_feed.so [default: target/deploy]
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// Upload the programs in pieces through the upgradeable loader, as a real cluster takes them, instead of placing them
    #[arg(long)]
    upload: bool,
    /// Keys of traders, with SOL and 100,000 quote tokens each
    #[arg(long, default_value_t = 4, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(..=100))]
    traders: u16,
    /// Keys of keepers, likewise
    #[arg(long, default_value_t = 2, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(..=100))]
    keepers: u16,
    /// Quote tokens that insurance starts with
    #[arg(long, default_value_t = 50_000, value_name = "AMOUNT", value_parser = clap::value_parser!(u64).range(..=1_000_000_000))]
    insurance: u64,
    #[command(flatten)]
    prices: PriceOptions,
}

/// What the publisher posts.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Prices")]
struct PriceOptions {
    /// Let prices walk at random, instead of leaving them where they are
    #[arg(long, conflicts_with = "replay")]
    walk: bool,
    /// Play the prices of a file, then hold the last
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    #[command(flatten)]
    walk_options: WalkOptions,
    #[command(flatten)]
    replay_options: ReplayOptions,
    /// Milliseconds between two posts
    #[arg(long, default_value_t = 1_000, value_name = "MS", value_parser = clap::value_parser!(u64).range(50..=60_000))]
    interval_ms: u64,
    /// Leave accruing the markets to keepers
    #[arg(long)]
    no_accrue: bool,
    /// Post no prices: `jettison publish` will
    #[arg(long, conflicts_with_all = ["walk", "replay"])]
    no_publisher: bool,
}

impl PriceOptions {
    fn source(&self) -> Result<Source> {
        match &self.replay {
            Some(file) => self.replay_options.source(Some(file)),
            None if self.walk => self.walk_options.source(),
            None => Ok(Source::Fixed(Quotes::new())),
        }
    }
}

/// Runs the command.
pub async fn run(context: &Context, args: &Args) -> Result<()> {
    let file = args.file.clone().unwrap_or_else(default_file);
    let wanted = Wanted::load(&file)?;
    ensure!(wanted.network == Network::Localnet, "{} is not for a localnet", file.display());
    let mut source = args.prices.source()?;
    let programs = Program::load(args.programs.as_deref(), None, wanted.has_stand_in())?;
    let _lock = folder::lock(&args.dir)?;
    folder::remove_config(&args.dir)?;
    let keys = Keys::open(&args.dir, args.traders, args.keepers)?;
    let binary = server::binary(context.out).await?;
    let ports =
        Ports { rpc: args.rpc_port, ws: args.ws_port.unwrap_or(args.rpc_port + 1), slot_ms: args.slot_ms };
    let mut server = Server::start(&binary, ports).await?;
    let url = format!("http://127.0.0.1:{}", ports.rpc);
    let ws_url = format!("ws://127.0.0.1:{}", ports.ws);
    let cluster = Cluster::new(&url, Some(&ws_url), CommitmentConfig::confirmed())?;
    let localnet = Localnet { cluster: &cluster, keys: &keys, wanted: &wanted, programs: &programs, args };
    tokio::select! {
        result = serve(&localnet, context.out, &mut source) => result?,
        status = server.ended() => return Err(anyhow!("the server has ended: {}", status?)),
        () = stopped() => context.out.note("stopping"),
    }
    server.stop().await;
    Ok(())
}

/// The file of the present folder, or of the source tree that this command was built in.
fn default_file() -> PathBuf {
    let present = PathBuf::from("migrations/localnet.toml");
    if present.is_file() {
        return present;
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/localnet.toml")
}

/// Ctrl-C, or SIGTERM.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{signal, SignalKind};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Sets everything up, then posts prices for good.
async fn serve(localnet: &Localnet<'_>, out: Out, source: &mut Source) -> Result<()> {
    let venue = localnet.set_up(out).await?;
    let key = &localnet.keys.authority;
    let prices = &localnet.args.prices;
    let described = source.describe();
    let mut publisher = match prices.no_publisher {
        true => None,
        false => Some(Publisher::open(localnet.cluster, &venue, key, Fee::default(), out).await?),
    };
    if let Some(publisher) = &mut publisher {
        publisher.once(source, !prices.no_accrue).await?;
    }
    let config = folder::write_config(&localnet.args.dir, localnet.cluster, &venue.clearinghouse)?;
    out.show(&describe(localnet, &venue, &config, &described))?;
    out.note(&next_words(localnet));
    let Some(mut publisher) = publisher else {
        return std::future::pending().await;
    };
    let pace = Pace {
        interval: Duration::from_millis(prices.interval_ms),
        accrue: !prices.no_accrue,
        hold: true,
        lines: false,
    };
    publisher.run(source, pace).await
}

fn describe(localnet: &Localnet<'_>, venue: &Venue, config: &Path, prices: &str) -> Fields {
    let markets = localnet.wanted.markets.iter().enumerate();
    let market = |(index, market): (usize, &WantedMarket)| {
        let address = venue.market(u16::try_from(index).unwrap_or(u16::MAX));
        Fields::new().with("market", market.pair.as_str()).with("address", address)
    };
    let person = |(name, key): &(String, solana_keypair::Keypair)| {
        let file = localnet.args.dir.join(format!("{name}.json"));
        Fields::new()
            .with("key", file.display().to_string())
            .with("address", key.pubkey())
            .with("token_account", associated_token_account(venue, &key.pubkey()))
    };
    Fields::new()
        .with("url", localnet.cluster.url())
        .with("ws_url", localnet.cluster.ws_url())
        .with("config", config.display().to_string())
        .with("program", clearing::ID)
        .with("clearinghouse", venue.clearinghouse)
        .with("quote_mint", venue.quote_mint)
        .with("authority", localnet.keys.authority.pubkey())
        .with("prices", if localnet.args.prices.no_publisher { "none" } else { prices })
        .with("markets", Rows::new(markets.map(market).collect(), "none"))
        .with("keys", Rows::new(localnet.keys.people.iter().map(person).collect(), "none"))
}

fn next_words(localnet: &Localnet<'_>) -> String {
    let dir = localnet.args.dir.display();
    format!(
        "\nRunning; Ctrl-C stops it. In another shell:\n\
         \x20 jettison --config {dir}/{config} market list\n\
         \x20 jettison --config {dir}/{config} -k {dir}/trader-1.json account open\n\
         \x20 jettison --config {dir}/{config} faucet --to {} --amount 1000\n",
        localnet
            .keys
            .people
            .first()
            .map_or_else(|| localnet.keys.authority.pubkey(), |(_, key)| key.pubkey()),
        config = folder::CONFIG,
    )
}
