//! A localnet with traders and keepers.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure, Context, Result};
use serde_json::Value;

use crate::cli::Cli;
use crate::metrics;
use crate::process::Process;

/// Everything that one run has.
pub struct Scene {
    /// The command as the authority uses it.
    pub cli: Cli,
    folder: PathBuf,
    port: u16,
}

/// A keeper, running or not.
pub struct Keeper {
    /// 1 or 2.
    pub number: u16,
    /// Where it serves its metrics.
    pub address: String,
    /// Its margin account.
    pub account: String,
    log: PathBuf,
    process: Option<Process>,
}

/// Who trades: quote units deposited, and what is bought of whom: contracts and market. The longs use most of their margin, so
/// that they fail one after the other; one holds three markets.
const DEPOSITS: [&str; 10] =
    ["800", "2300", "1500", "5000", "60000", "60000", "50000", "50000", "3300", "2900"];
const TRADERS: usize = DEPOSITS.len();
const BOUGHT: [(usize, usize, &str, &str); 10] = [
    (1, 5, "300", "AVAX-USD"),
    (2, 5, "500", "AVAX-USD"),
    (2, 6, "10", "DOGE-USD"),
    (3, 6, "500", "DOGE-USD"),
    (4, 7, "700", "AVAX-USD"),
    (4, 7, "200", "SOL-USD"),
    (4, 8, "400", "DOGE-USD"),
    (7, 8, "100", "ETH-USD"),
    (9, 6, "500", "AVAX-USD"),
    (10, 8, "500", "AVAX-USD"),
];

impl Scene {
    /// An empty folder.
    pub fn new(jettison: &Path, folder: &Path, port: u16) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| format!("emptying {}", folder.display()))?;
        }
        fs::create_dir_all(folder)?;
        let cli = Cli::new(jettison, &folder.join("localnet/jettison.toml"));
        Ok(Self { cli, folder: folder.to_owned(), port })
    }

    /// `jettison localnet`, until it is ready.
    pub fn start_localnet(&self) -> Result<Process> {
        let folder = self.folder.join("localnet");
        let mut command = self.cli.without_config();
        command.arg("localnet").arg("--dir").arg(&folder).args(["--rpc-port", &self.port.to_string()]);
        command.args(["--upload", "--no-publisher", "--insurance", "300", "--keepers", "2"]);
        command.args(["--traders", &TRADERS.to_string()]);
        let mut process = Process::start("localnet", &self.folder, &mut command)?;
        let ready = folder.join("jettison.toml");
        // Building the server takes a while where it isn't there.
        let limit = Instant::now() + Duration::from_secs(40 * 60);
        while !ready.is_file() {
            process.require_running()?;
            ensure!(Instant::now() < limit, "the localnet isn't ready:\n{}", process.output()?);
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(process)
    }

    /// `jettison publish`.
    pub fn publish(&self, name: &str, arguments: &[&str]) -> Result<Process> {
        let mut command = self.cli.command(&["publish"]);
        Process::start(name, &self.folder, command.args(arguments))
    }

    /// `jettison watch`, every event as a line of JSON.
    pub fn start_watch(&self) -> Result<Process> {
        Process::start("watch", &self.folder, &mut self.cli.command(&["watch", "--json"]))
    }

    /// The trader's command.
    pub fn trader(&self, number: usize) -> Cli {
        self.cli.with_key(&self.folder.join(format!("localnet/trader-{number}.json")))
    }

    /// Traders open their accounts, deposit, and trade.
    pub fn populate(&self) -> Result<()> {
        let mut accounts = vec![];
        for (number, deposit) in (1..).zip(DEPOSITS) {
            let trader = self.trader(number);
            let opened = trader.json(&["account", "open"])?;
            accounts.push(opened["margin_account"].as_str().context("an account's address")?.to_owned());
            trader.json(&["deposit", deposit])?;
        }
        for (place, (buyer, seller, contracts, market)) in BOUGHT.into_iter().enumerate() {
            let shown = self.cli.json(&["market", "show", market])?;
            let price = shown["price"]["quote"].as_str();
            let price = price.with_context(|| format!("no price in {shown}"))?;
            let with = &accounts[seller - 1];
            if place % 2 == 0 {
                self.trade_by_quote(buyer, seller, &["buy", contracts, market, price, "--with", with])?;
            } else {
                let key = self.folder.join(format!("localnet/trader-{seller}.json"));
                let key = key.to_str().context("the folder is not UTF-8")?;
                let words =
                    ["trade", "send", "buy", contracts, market, price, "--with", with, "--with-keypair", key];
                self.trader(buyer).json(&words)?;
            }
        }
        // A rule refuses, in words, and nothing is changed.
        let too_much = ["withdraw", "799"];
        self.trader(1).refused(&too_much, 1, "margin")?;
        Ok(())
    }

    fn trade_by_quote(&self, buyer: usize, seller: usize, terms: &[&str]) -> Result<()> {
        let file = self.folder.join("quote.json");
        let file = file.to_str().context("the folder is not UTF-8")?;
        let words = [&["trade", "quote"], terms, &["-o", file]].concat();
        self.trader(buyer).json(&words)?;
        // Whoever isn't meant can't accept.
        self.trader(if seller == 8 { 7 } else { 8 }).refused(
            &["trade", "accept", file, "--yes"],
            1,
            "waits for",
        )?;
        self.trader(seller).json(&["trade", "accept", file, "--yes"])?;
        fs::remove_file(file)?;
        Ok(())
    }

    /// Starts a keeper, which opens its account and gets money if it is its first start.
    pub fn start_keeper(&self, number: u16) -> Result<Keeper> {
        let cli = self.cli.with_key(&self.folder.join(format!("localnet/keeper-{number}.json")));
        let name = format!("keeper-{number}");
        let port = self.port + 2 + number;
        let address = format!("127.0.0.1:{port}");
        let journal = self.folder.join(format!("{name}.journal"));
        let mut command =
            cli.command(&["keeper", "--json", "--open-account", "--listen", &address, "--journal"]);
        command.arg(&journal).env("JETTISON_KEEPER_LIMITS__POSITION", "30000");
        let process = Process::start(&name, &self.folder, &mut command)?;
        let mut keeper = Keeper {
            number,
            address,
            account: String::new(),
            log: self.folder.join(format!("{name}.log")),
            process: Some(process),
        };
        keeper.wait_until_healthy()?;
        let shown = cli.json(&["account", "show", "mine"])?;
        keeper.account = shown["margin_account"].as_str().with_context(|| format!("{shown}"))?.to_owned();
        if shown["capital"]["atoms"].as_str() == Some("0") {
            cli.json(&["deposit", "20000"])?;
        }
        Ok(keeper)
    }

    /// Waits until nobody is in need, and prices have reached the oracle's where anybody has a position.
    pub fn wait_until_clear(&self, limit: Duration) -> Result<()> {
        let start = Instant::now();
        loop {
            let output = self.cli.run(&["audit", "--strict"])?;
            let markets = self.cli.json(&["market", "list"])?;
            let lagging = markets.as_array().context("a list of markets")?.iter().any(is_lagging);
            if output.status.success() && !lagging {
                return Ok(());
            }
            if start.elapsed() > limit {
                bail!(
                    "not clear after {limit:?}:\n{}{}\n{markets:#}",
                    String::from_utf8_lossy(&output.stdout),
                    String::from_utf8_lossy(&output.stderr)
                );
            }
            std::thread::sleep(Duration::from_secs(2));
        }
    }
}

fn is_lagging(market: &Value) -> bool {
    market["open_contracts"] != 0 && market["price"]["atoms"] != market["oracle_price"]["atoms"]
}

/// How long a keeper may take to be at work.
const KEEPER_START: Duration = Duration::from_secs(60);

impl Keeper {
    fn wait_until_healthy(&mut self) -> Result<()> {
        let start = Instant::now();
        loop {
            if let Some(process) = &mut self.process {
                process.require_running()?;
            }
            if matches!(metrics::fetch(&self.address, "/healthz"), Ok((200, _))) {
                return Ok(());
            }
            ensure!(start.elapsed() < KEEPER_START, "keeper {} is not healthy", self.number);
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Ends it without warning.
    pub fn kill(&mut self) -> Result<()> {
        self.process.take().context("it isn't running")?.kill()
    }

    /// Asks it to stop: it says what it did.
    pub fn end(&mut self) -> Result<Value> {
        let status = self.process.take().context("it isn't running")?.stop()?;
        ensure!(status.success(), "keeper {} ended with {status}: see {}", self.number, self.log.display());
        let text = fs::read_to_string(&self.log)?;
        let last = text.lines().last().context("it said nothing")?;
        let said: Value = serde_json::from_str(last).with_context(|| format!("not JSON: {last}"))?;
        Ok(said["summary"].clone())
    }

    /// As [`Keeper::end`], for the last time.
    pub fn stop(mut self) -> Result<()> {
        self.end().map(drop)
    }
}
