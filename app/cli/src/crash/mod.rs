//! `jettison crash`: a market crash, cleared end to end by the program on a chain in this process.

mod audit;
mod keeper;
mod op;
mod population;
mod report;
mod tally;
mod windup;
mod world;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{bail, Context, Result};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use jettison_embedded::{programs, Chain, ElfFiles, EmbeddedVenue};
use jettison_paths::PriceSeries;

use keeper::{Conduct, Keepers};
use op::Op;
use report::{Report, Units};
use world::World;

use crate::markets::Definitions;
use crate::prices;
use crate::result_file::Output;

const ATOMS: u64 = 1_000_000;

/// Play a market crash through the program and show who paid.
#[derive(clap::Args, Clone)]
pub struct Args {
    /// CSV of `time_utc` and one to eight columns a pair; without it, a made-up path through nine published prices of 2025-10-10
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// Market definitions; without it, those of migrations/markets.toml
    #[arg(long, value_name = "FILE")]
    markets: Option<PathBuf>,
    /// Margin accounts of traders
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(2..=50_000))]
    accounts: u32,
    /// Seed of the population and of the default prices
    #[arg(long, default_value_t = 10)]
    seed: u64,
    /// Insurance fund, in quote units
    #[arg(long, default_value_t = 50_000, value_name = "AMOUNT", value_parser = clap::value_parser!(u64).range(..=1_000_000_000_000))]
    insurance: u64,
    /// What each market may draw of it within a window, in quote units; without it, that of its definition
    #[arg(long, value_name = "AMOUNT", value_parser = clap::value_parser!(u64).range(..=70_000_000_000))]
    allowance: Option<u64>,
    /// Clamp of every market, in basis points a second; without it, that of its definition
    #[arg(long, value_name = "BPS")]
    max_move: Option<u16>,
    /// Keepers' margin accounts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=100))]
    keepers: u16,
    /// Capital of each keeper, in quote units
    #[arg(long, default_value_t = 25_000, value_name = "AMOUNT", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    keeper_capital: u64,
    /// Seconds from when an account falls into need to when a keeper acts
    #[arg(long, default_value_t = 2, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=86_400))]
    keeper_delay: u32,
    /// Keeper transactions that land a second
    #[arg(long, default_value_t = 20, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    keeper_capacity: u64,
    /// When no keeper lands anything, in seconds from the start (`FROM..TO`), or `none`. Prices go on [default:
    /// 345..525 with the default prices, else none]
    #[arg(long, value_name = "FROM..TO", value_parser = parse_outage)]
    outage: Option<Outage>,
    /// Keepers without delay, limit or outage
    #[arg(long, conflicts_with_all = ["keeper_delay", "keeper_capacity", "outage"])]
    prompt_keepers: bool,
    /// Seconds between two prices
    #[arg(long, default_value_t = 1, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=60))]
    step: u32,
    /// What runs the program; without it, the ELF if it is there
    #[arg(long, value_enum)]
    runtime: Option<RuntimeChoice>,
    /// Folder of the compiled programs
    #[arg(long, value_name = "DIR")]
    elf: Option<PathBuf>,
    /// Write the result as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RuntimeChoice {
    /// The program as Rust functions of this process
    Native,
    /// The compiled program
    Elf,
}

/// A time in which no keeper lands anything.
#[derive(Clone, Copy, Debug)]
struct Outage(Option<(i64, i64)>);

/// The outage of the default prices: the minutes of the steepest fall.
const DEFAULT_OUTAGE: (i64, i64) = (345, 525);

fn parse_outage(text: &str) -> Result<Outage, String> {
    if text == "none" {
        return Ok(Outage(None));
    }
    let parsed = text.split_once("..").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    match parsed {
        Some((from, to)) if 0 <= from && from < to => Ok(Outage(Some((from, to)))),
        _ => Err("write FROM..TO in seconds from the start, such as 345..525, or none".to_owned()),
    }
}

/// Runs the command. Exit status 1 when an invariant fails.
pub fn run(args: &Args) -> Result<ExitCode> {
    let definitions = Definitions::load(args.markets.as_deref())?;
    let prices = match &args.prices {
        Some(path) => prices::read(path)?,
        None => prices::october_10th(args.seed)?,
    };
    let output = args.json.as_deref().map(Output::open).transpose()?;
    let report = play(args, &definitions, &prices)?;
    report.print();
    if let Some(output) = output {
        output.write(&(serde_json::to_string_pretty(&report)? + "\n"))?;
    }
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn play(args: &Args, definitions: &Definitions, prices: &PriceSeries) -> Result<Report> {
    let (chain, runtime) = start_chain(args.runtime, args.elf.as_deref())?;
    let progress = progress_bar(u64::from(args.accounts));
    let mut world = open_venue(chain, args, definitions, prices)?;
    progress.set_message("opening accounts");
    population::populate(&mut world, args.accounts as usize, args.seed, &progress)?;
    let mut keepers = open_keepers(&mut world, args, conduct(args))?;
    world.tally.restart();
    let insurance_at_start = world.fund.assets.0;
    play_prices(&mut world, &mut keepers, prices, i64::from(args.step), &progress)?;
    world.audit_all();
    let vaults = (insurance_at_start, world.vaults()?);
    let leftovers = windup::wind_up(&mut world, &mut keepers, &progress)?;
    progress.finish_and_clear();
    world.tally.finish();
    Ok(report(args, prices, runtime, world, vaults, leftovers))
}

fn conduct(args: &Args) -> Conduct {
    let outage = match args.outage {
        _ if args.prompt_keepers => None,
        Some(outage) => outage.0,
        None if args.prices.is_none() => Some(DEFAULT_OUTAGE),
        None => None,
    };
    Conduct {
        delay: if args.prompt_keepers { 0 } else { i64::from(args.keeper_delay) },
        capacity: if args.prompt_keepers { None } else { Some(args.keeper_capacity) },
        outage,
    }
}

/// The chosen runtime, or the ELF if it is there, and its description.
fn start_chain(choice: Option<RuntimeChoice>, folder: Option<&Path>) -> Result<(Chain, String)> {
    let found = ElfFiles::find(folder);
    let use_elf = match choice {
        Some(RuntimeChoice::Elf) => true,
        Some(RuntimeChoice::Native) => false,
        None => found.is_ok(),
    };
    if use_elf {
        let files = found?;
        let text = format!("elf, {} ({})", files.clearing.display(), files.toolchain());
        return Ok((files.start()?, text));
    }
    if choice.is_none() {
        eprintln!("There is no ELF, so the program runs natively; cargo xtask build-sbf makes one.");
    }
    let mut chain = Chain::native(vec![programs::clearing(), programs::price_feed()])?;
    chain.hush_programs()?;
    Ok((chain, "native, the program as part of this process".to_owned()))
}

fn open_venue(
    mut chain: Chain,
    args: &Args,
    definitions: &Definitions,
    prices: &PriceSeries,
) -> Result<World> {
    chain.set_time(prices.start_ts);
    let mut venue = EmbeddedVenue::open(chain)?;
    for (number, pair) in prices.pairs.iter().enumerate() {
        let (least, most) = prices.range(number);
        let mut market = definitions.market(pair, least, most, args.max_move)?;
        if let Some(allowance) = args.allowance {
            market.settings.params.insurance_base_atoms = allowance * ATOMS;
        }
        let price = prices.at(0)[number];
        venue.create_market(price, market).with_context(|| format!("creating the market of {pair}"))?;
    }
    if args.insurance > 0 {
        venue.fund_insurance(args.insurance * ATOMS).context("funding insurance")?;
    }
    World::new(venue)
}

fn open_keepers(world: &mut World, args: &Args, conduct: Conduct) -> Result<Keepers> {
    let capital = args.keeper_capital * ATOMS;
    let accounts = (0..args.keepers).map(|_| world.open_account(capital)).collect::<Result<Vec<_>>>()?;
    Ok(Keepers::new(conduct, accounts))
}

fn play_prices(
    world: &mut World,
    keepers: &mut Keepers,
    prices: &PriceSeries,
    step: i64,
    progress: &ProgressBar,
) -> Result<()> {
    let (start, duration) = (world.now(), prices.duration());
    progress.reset();
    progress.set_length(duration.unsigned_abs());
    let mut second = 0;
    while second < duration {
        second = (second + step).min(duration);
        world.venue.chain.set_time(start + second - 1);
        tick(world, Some(prices.at(second)))?;
        let in_need = keepers.act(world, second)?;
        progress.set_position(second.unsigned_abs());
        progress.set_message(format!(
            "playing prices: {in_need} accounts in need, {} transactions",
            world.landed
        ));
    }
    Ok(())
}

/// One second passes; new prices, or the last ones, are posted and every market that needs it is accrued.
fn tick(world: &mut World, prices: Option<&[i64]>) -> Result<()> {
    /// Markets of one transaction; more would make it too large.
    const BATCH: usize = 4;
    let now = world.now() + 1;
    world.venue.chain.set_time(now);
    let mut ops = vec![];
    for index in 0..world.books.len() {
        let book = &world.books[index];
        let feed_price = prices.map_or(world.venue.feeds[index].price, |prices| prices[index]);
        let target = world
            .price(index, feed_price)
            .with_context(|| format!("market {index} at {}", crate::prices::to_float(feed_price)))?;
        let age = now - book.accrued_ts;
        let due = target != book.target_price
            || book.is_lagging()
            || age * 2 > i64::from(book.params.max_price_age_seconds);
        if due {
            ops.push(Op::Accrue { market: index as u16, feed_price, target });
        }
    }
    for batch in ops.chunks(BATCH) {
        if let Err(error) = world.transact(batch)? {
            bail!("accruing {batch:?}: {error}");
        }
    }
    Ok(())
}

fn progress_bar(length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed} {msg}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn report(
    args: &Args,
    prices: &PriceSeries,
    runtime: String,
    world: World,
    vaults: (u64, audit::Vaults),
    leftovers: windup::Leftovers,
) -> Report {
    let conduct = conduct(args);
    let settings = BTreeMap::from([
        ("accounts", args.accounts.to_string()),
        ("seed", args.seed.to_string()),
        ("insurance", args.insurance.to_string()),
        ("allowance", args.allowance.map_or("as defined".into(), |amount| amount.to_string())),
        ("max_move", args.max_move.map_or("as defined".into(), |bps| bps.to_string())),
        ("keepers", args.keepers.to_string()),
        ("keeper_capital", args.keeper_capital.to_string()),
        ("keeper_delay", conduct.delay.to_string()),
        ("keeper_capacity", conduct.capacity.map_or("unlimited".into(), |count| count.to_string())),
        ("outage", conduct.outage.map_or("none".into(), |(from, to)| format!("{from}..{to}"))),
        ("step", args.step.to_string()),
    ]);
    let units = world.units.into_iter().filter(|(name, _)| *name != "post");
    Report {
        prices: prices.source.clone(),
        seconds: prices.duration(),
        runtime,
        token_program: world.venue.chain.token_program(),
        settings,
        markets: prices.pairs.iter().cloned().zip(world.tally.markets).collect(),
        insurance_at_start: vaults.0,
        vaults: vaults.1,
        settlements: world.tally.settlements,
        bounties: world.tally.bounties,
        waived: world.tally.waived,
        protocol_fees: world.tally.protocol_fees,
        leftovers,
        transactions: world.landed,
        compute_units: units.filter_map(|(name, all)| Some((name, Units::of(all)?))).collect(),
        checks: world.audit.checks,
        failed_checks: world.audit.failed,
        violations: world.audit.violations,
    }
}
