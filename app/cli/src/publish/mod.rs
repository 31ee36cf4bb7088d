//! `jettison publish`: prices for the stand-in feeds of localnets.

mod publisher;
mod source;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{anyhow, Result};
use solana_signer::Signer;

pub use publisher::{Pace, Publisher};
pub use source::{Quotes, Replay, Source, Walk};

use crate::context::Context;
use crate::output::Fields;
use crate::prices::{self, feed_units};
use source::in_words;

/// Post prices to the markets' stand-in feeds.
#[derive(clap::Subcommand, Clone, Debug)]
pub enum Command {
    /// The same prices again and again, so that they stay fresh
    Fixed {
        /// A price to set; pairs that aren't named keep theirs
        #[arg(value_name = "PAIR=PRICE", value_parser = parse_quote)]
        prices: Vec<(String, i64)>,
        #[command(flatten)]
        options: Options,
    },
    /// A random walk from the present prices
    Walk {
        #[command(flatten)]
        walk: WalkOptions,
        #[command(flatten)]
        options: Options,
    },
    /// The prices of a file
    Replay {
        /// CSV of `time_utc` and one column a pair; pairs that aren't in it keep their price [default: twenty minutes of
        /// 2025-10-10, a path through published prices]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        #[command(flatten)]
        replay: ReplayOptions,
        /// Go on with the last prices when the file is over
        #[arg(long)]
        hold: bool,
        #[command(flatten)]
        options: Options,
    },
}

/// How a walk goes.
#[derive(clap::Args, Clone, Debug)]
pub struct WalkOptions {
    /// Standard deviation of the logarithm of a price over a year
    #[arg(long, default_value_t = 0.8, value_name = "NUMBER")]
    volatility: f64,
    /// What the random numbers begin with
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Which part of a file, and how fast.
#[derive(clap::Args, Clone, Debug)]
pub struct ReplayOptions {
    /// Seconds of the file in a second; faster than prices may move by the markets' clamp, they lag behind
    #[arg(long, default_value_t = 1.0, value_name = "NUMBER")]
    speed: f64,
    /// Seconds from the file's start to begin at
    #[arg(long, value_name = "SECONDS")]
    from: Option<i64>,
    /// Seconds from the file's start to end at
    #[arg(long, value_name = "SECONDS")]
    to: Option<i64>,
}

/// What all kinds have.
#[derive(clap::Args, Clone, Debug)]
pub struct Options {
    /// Milliseconds between two posts
    #[arg(long, default_value_t = 1_000, value_name = "MS", value_parser = clap::value_parser!(u64).range(50..=3_600_000))]
    interval_ms: u64,
    /// Accrue each market after its price
    #[arg(long)]
    accrue: bool,
    /// Post once, wait until it has landed, and end
    #[arg(long)]
    once: bool,
    /// Print a line each time
    #[arg(long)]
    lines: bool,
}

/// What the path that is played without a file begins with.
const DEFAULT_SEED: u64 = 1;

fn parse_quote(text: &str) -> Result<(String, i64), String> {
    let (pair, price) = text.split_once('=').ok_or("write PAIR=PRICE, such as SOL-USD=197.5")?;
    Ok((pair.to_owned(), feed_units(price).map_err(|error| error.to_string())?))
}

impl WalkOptions {
    /// The source.
    pub fn source(&self) -> Result<Source> {
        Walk::new(self.volatility, self.seed).map(|walk| Source::Walk(Box::new(walk)))
    }
}

impl ReplayOptions {
    /// The source.
    pub fn source(&self, file: Option<&std::path::Path>) -> Result<Source> {
        let prices = file.map_or_else(|| prices::october_10th(DEFAULT_SEED), prices::read)?;
        Replay::new(prices, self.speed, self.from, self.to).map(Source::Replay)
    }
}

/// Runs the command.
pub async fn run(context: &Context, command: &Command) -> Result<()> {
    let (mut source, options, hold) = match command {
        Command::Fixed { prices, options } => {
            (Source::Fixed(prices.iter().cloned().collect()), options, true)
        }
        Command::Walk { walk, options } => (walk.source()?, options, true),
        Command::Replay { file, replay, hold, options } => (replay.source(file.as_deref())?, options, *hold),
    };
    let key = context.signer()?;
    let venue = context.venue().await?.venue;
    let fee = context.fee(&[], &key.pubkey()).await?;
    let mut publisher = Publisher::open(context.cluster(), &venue, &key, fee, context.out).await?;
    if let Command::Fixed { prices, .. } = command {
        publisher.require_pairs(prices.iter().map(|(pair, _)| pair.as_str()))?;
    }
    if options.once {
        let quotes = publisher.once(&mut source, options.accrue).await?;
        return context.out.show(&Fields::new().with("posted", in_words(&quotes)));
    }
    context.out.note(&format!(
        "posting {} every {} ms; Ctrl-C stops",
        source.describe(),
        options.interval_ms
    ));
    let pace = Pace {
        interval: Duration::from_millis(options.interval_ms),
        accrue: options.accrue,
        hold,
        lines: options.lines,
    };
    tokio::select! {
        result = publisher.run(&mut source, pace) => result,
        stopped = tokio::signal::ctrl_c() => stopped.map_err(|error| anyhow!("waiting for Ctrl-C: {error}")),
    }
}
