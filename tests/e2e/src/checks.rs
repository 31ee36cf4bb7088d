//! What must be true when all is over.

use std::time::{Duration, Instant};

use anyhow::{bail, ensure, Context, Result};
use serde_json::Value;

use crate::metrics::{get, Metrics};
use crate::process::Process;
use crate::scene::{Keeper, Scene};

/// The events of the clearinghouse so far, in order.
pub struct Chain {
    events: Vec<Value>,
}

/// What a keeper did, by the events that name its account.
#[derive(Debug, Default, PartialEq, Eq)]
struct Done {
    liquidations: u64,
    deleverages: u64,
    bankruptcies: u64,
    /// Rewards and bounties, in atoms.
    rewards: u64,
}

impl Chain {
    /// What `jettison watch` has printed.
    pub fn read(watch: &Process) -> Result<Self> {
        let output = watch.output()?;
        let lines = output.lines().filter(|line| line.starts_with('{'));
        let events: Vec<Value> = lines.map(serde_json::from_str).collect::<Result<_, _>>()?;
        Ok(Self { events })
    }

    /// The events that came after `earlier`.
    fn since<'a>(&'a self, earlier: &Self) -> &'a [Value] {
        &self.events[earlier.events.len().min(self.events.len())..]
    }

    fn named<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a Value> + 'a {
        self.events.iter().filter(move |event| event["event"] == name)
    }
}

impl Done {
    fn by(account: &str, events: &[Value]) -> Result<Self> {
        let mut done = Self::default();
        for event in events {
            match event["event"].as_str().unwrap_or_default() {
                "Liquidated" if event["liquidator"] == account && event["size"] != 0 => {
                    done.liquidations += 1;
                    done.rewards += atoms(event, "reward")?;
                }
                "Deleveraged" if event["bounty_account"] == account && event["eligible"] == true => {
                    done.deleverages += 1;
                    done.rewards += atoms(event, "bounty")?;
                }
                "BankruptcyResolved" if event["caller_account"] == account => {
                    done.bankruptcies += 1;
                    done.rewards += atoms(event, "bounty_from_insurance")?;
                    done.rewards += atoms(event, "bounty_from_fees")?;
                }
                _ => {}
            }
        }
        Ok(done)
    }

    fn in_metrics(metrics: &Metrics) -> Self {
        let landed = |kind: &str| {
            let labels = [format!("kind=\"{kind}\""), "outcome=\"landed\"".to_owned()];
            metrics.sum("jettison_keeper_outcomes_total", &[&labels[0], &labels[1]]) as u64
        };
        Self {
            liquidations: landed("liquidate"),
            deleverages: landed("deleverage"),
            bankruptcies: landed("resolve"),
            rewards: metrics.sum("jettison_keeper_rewards_atoms_total", &[]) as u64,
        }
    }
}

fn atoms(event: &Value, field: &str) -> Result<u64> {
    let text = event[field]["atoms"].as_str().with_context(|| format!("no {field} in {event}"))?;
    text.parse().with_context(|| format!("{field} of {event}"))
}

/// Whether a deployment found everything as it should be.
pub fn nothing_to_do(deployed: &Value) -> bool {
    deployed["steps"].as_array().is_some_and(Vec::is_empty)
}

/// What a keeper that was asked to stop said of its rewards is what the chain paid it.
pub fn stopped_keeper_agrees(said: &Value, chain: &Chain, keeper: &Keeper) -> Result<()> {
    let done = Done::by(&keeper.account, &chain.events)?;
    ensure!(
        said["rewards"].as_u64() == Some(done.rewards),
        "keeper {} said {said}, the chain says {done:?}",
        keeper.number
    );
    Ok(())
}

/// Each keeper is healthy, and shows its state.
pub fn systems_report(keepers: &[Keeper]) -> Result<()> {
    for keeper in keepers {
        get(&keeper.address, "/healthz")?;
        let state: Value = serde_json::from_str(&get(&keeper.address, "/state.json")?)?;
        ensure!(state.is_object(), "no state of keeper {}: {state}", keeper.number);
    }
    Ok(())
}

/// The books, the keepers' metrics, and that what this is about happened at all.
pub fn everything(scene: &Scene, keepers: &[Keeper], watch: &Process, baseline: &Chain) -> Result<()> {
    let audit = scene.cli.json(&["audit", "--strict"])?;
    let checks = audit["checks"].as_array().context("checks")?;
    println!(
        "         {} invariants hold; margin vault {}, insurance {}",
        checks.len(),
        audit["margin_vault"]["quote"],
        audit["insurance_vault"]["quote"]
    );
    let chain = Chain::read(watch)?;
    happened(&chain)?;
    for keeper in keepers {
        let start = Instant::now();
        // Metrics follow the chain within a moment.
        loop {
            match agrees(scene, keeper, &Chain::read(watch)?, baseline) {
                Ok(()) => break,
                Err(error) if start.elapsed() > Duration::from_secs(20) => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(500)),
            }
        }
        let (all, later) =
            (Done::by(&keeper.account, &chain.events)?, Done::by(&keeper.account, chain.since(baseline))?);
        println!("         keeper {}: {all:?}; of these after its restart {later:?}", keeper.number);
    }
    Ok(())
}

/// Liquidations, bankruptcies and haircuts, or the run has shown nothing.
fn happened(chain: &Chain) -> Result<()> {
    let count = |name| chain.named(name).count();
    let legs = |event: &Value, field: &str| -> u64 {
        let legs = event["legs"].as_array().into_iter().flatten();
        legs.filter_map(|leg| leg.pointer(field)?["atoms"].as_str()?.parse::<u64>().ok()).sum()
    };
    let by_index: u64 = chain.named("BankruptcyResolved").map(|event| legs(event, "/by_index")).sum();
    let insured: u64 = chain.named("BankruptcyResolved").map(|event| legs(event, "/by_insurance")).sum();
    let haircut: u64 = chain.named("AccountSettled").map(|event| legs(event, "/marked/haircut")).sum();
    let (liquidated, deleveraged) = (count("Liquidated"), count("Deleveraged"));
    let bankrupt = count("BankruptcyResolved");
    println!(
        "         {} events: {liquidated} liquidations, {deleveraged} deleverages, {bankrupt} bankruptcies; insurance paid \
         {insured} atoms, the index {by_index}; settlements charged {haircut}",
        chain.events.len()
    );
    if liquidated + deleveraged == 0 || bankrupt == 0 || by_index == 0 || insured == 0 || haircut == 0 {
        bail!("this run shows nothing: something of that never happened");
    }
    Ok(())
}

/// Whether a keeper's metrics are what the chain says.
fn agrees(scene: &Scene, keeper: &Keeper, chain: &Chain, baseline: &Chain) -> Result<()> {
    let metrics = Metrics::of(&keeper.address)?;
    let (said, done) = (Done::in_metrics(&metrics), Done::by(&keeper.account, chain.since(baseline))?);
    ensure!(said == done, "keeper {}: metrics say {said:?}, the chain {done:?}", keeper.number);
    let gauge = |name: &str, market: Option<&Value>| {
        let label = market.map(|market| format!("market=\"{market}\""));
        let labels: Vec<&str> = label.iter().map(String::as_str).collect();
        metrics.sum(&format!("jettison_keeper_{name}"), &labels)
    };
    let require = |what: &str, said: f64, is: f64| -> Result<()> {
        ensure!(said == is, "keeper {}: {what} is {is} on the chain, {said} in its metrics", keeper.number);
        Ok(())
    };
    let audit = scene.cli.json(&["audit"])?;
    require("accounts", gauge("accounts", None), number(&audit["margin_accounts"])?)?;
    require("insurance", gauge("insurance_assets_atoms", None), number(&audit["insurance_vault"]["atoms"])?)?;
    let markets = scene.cli.json(&["market", "list"])?;
    let markets = markets.as_array().context("a list of markets")?;
    for market in markets {
        let index = Some(&market["index"]);
        require(
            "open interest",
            gauge("open_interest_contracts", index),
            number(&market["open_contracts"])?,
        )?;
        let price = number(&market["price"]["atoms"])?;
        require("effective price", gauge("effective_price_atoms", index), price)?;
    }
    let shown = scene.cli.json(&["account", "show", &keeper.account])?;
    for leg in shown["positions"].as_array().context("positions")? {
        let market = markets.iter().find(|market| market["name"] == leg["market"]);
        let index = market.map(|market| &market["index"]);
        let size = number(&leg["contracts"])?;
        let signed = if leg["side"] == "short" { -size } else { size };
        require("its position", gauge("position_contracts", index), signed)?;
    }
    Ok(())
}

fn number(value: &Value) -> Result<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
    number.with_context(|| format!("not a number: {value}"))
}
