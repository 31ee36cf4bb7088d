//! The whole product on a localnet, as its users run it: see `run` beside this package.

mod checks;
mod cli;
mod metrics;
mod process;
mod scene;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{ensure, Context, Result};
use clap::Parser;

use process::Process;
use scene::{Keeper, Scene};

/// Runs the whole product on a localnet, and checks what came of it.
#[derive(Parser)]
struct Args {
    /// The `jettison` command
    #[arg(long)]
    jettison: PathBuf,
    /// Where keys, logs and records go; replaced
    #[arg(long, default_value = "target/e2e")]
    folder: PathBuf,
    /// First of ten ports
    #[arg(long, default_value_t = 18_890)]
    port: u16,
    /// Prices: a CSV that has 2025-10-10 21:10 to 21:30 UTC
    prices: Option<PathBuf>,
}

/// The file of prices beside the project, where there is one.
const USUAL_PRICES: &str = "../shared/data/oct10_2025_prices_1s.csv";

/// Seconds of the night that pass in one.
const SPEED: &str = "10";

/// How long the keepers work before the outage, and how long that lasts: the steep part of the fall is in it.
const BEFORE: Duration = Duration::from_secs(25);
const OUTAGE: Duration = Duration::from_secs(40);

/// How long the replay may take, and then the keepers to clear what is left.
const REPLAY: Duration = Duration::from_secs(300);
const CLEARING: Duration = Duration::from_secs(180);

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("end to end: FAILED: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn say(start: Instant, text: &str) {
    println!("[{:>4} s] {text}", start.elapsed().as_secs());
}

fn run(args: &Args) -> Result<()> {
    let start = Instant::now();
    let prices =
        args.prices.clone().or_else(|| Some(USUAL_PRICES.into()).filter(|path: &PathBuf| path.is_file()));
    let scene = Scene::new(&args.jettison, &args.folder, args.port)?;
    say(start, "localnet: programs uploaded over RPC, clearinghouse and markets created");
    let localnet = scene.start_localnet()?;
    let again = scene.cli.json(&["deploy", "migrations/localnet.toml"])?;
    ensure!(checks::nothing_to_do(&again), "a second deployment was not without effect: {again}");

    say(start, "fixed prices; traders open, deposit and trade, by quote files and with both keys");
    let fixed = scene.publish("fixed-prices", &["fixed", "--accrue", "--interval-ms", "500"])?;
    let mut watch = scene.start_watch()?;
    scene.populate()?;
    let mut keepers = [scene.start_keeper(1)?, scene.start_keeper(2)?];
    ensure!(fixed.stop()?.success(), "the publisher did not stop well");

    say(start, &format!("{} at {SPEED} times their speed; two keepers race", describe(prices.as_ref())));
    let replay = start_replay(&scene, prices.as_ref())?;
    std::thread::sleep(BEFORE);
    say(start, "outage: keeper 1 is killed in the middle of its work, keeper 2 stopped");
    let first_life = outage(&mut keepers)?;
    std::thread::sleep(OUTAGE);
    say(start, "both keepers are back");
    watch.require_running()?;
    let baseline = checks::Chain::read(&watch)?;
    checks::stopped_keeper_agrees(&first_life, &baseline, &keepers[1])?;
    for keeper in &mut keepers {
        *keeper = scene.start_keeper(keeper.number)?;
    }
    ensure!(replay.wait(REPLAY)?.success(), "the replay failed: see {}", args.folder.display());

    say(start, "the replay is over; the last prices hold until nobody is in need");
    let hold = scene.publish("last-prices", &["fixed", "--interval-ms", "500"])?;
    scene.wait_until_clear(CLEARING)?;
    checks::systems_report(&keepers)?;
    ensure!(hold.stop()?.success(), "the publisher did not stop well");

    say(start, "the books are audited, and the keepers' metrics compared with the chain");
    checks::everything(&scene, &keepers, &watch, &baseline)?;
    for keeper in keepers {
        keeper.stop()?;
    }
    ensure!(watch.stop()?.success() && localnet.stop()?.success(), "something did not stop well");
    say(start, "end to end: passed");
    Ok(())
}

fn describe(prices: Option<&PathBuf>) -> String {
    prices.map_or_else(|| "a path through prices of 2025-10-10".into(), |path| path.display().to_string())
}

fn start_replay(scene: &Scene, prices: Option<&PathBuf>) -> Result<Process> {
    let mut arguments = vec!["replay"];
    if let Some(path) = prices {
        // The file begins at 20:45, the markets with the prices of 21:10.
        arguments.extend([path.to_str().context("the path is not UTF-8")?, "--from", "1500", "--to", "2700"]);
    }
    arguments.extend(["--speed", SPEED, "--interval-ms", "500", "--accrue"]);
    scene.publish("replay", &arguments)
}

/// Ends the first keeper without warning and asks the second to stop; what the second says of its life.
fn outage(keepers: &mut [Keeper; 2]) -> Result<serde_json::Value> {
    keepers[0].kill()?;
    keepers[1].end()
}
