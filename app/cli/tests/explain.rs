//! `jettison explain` over RPC: the haircut that it explains is the one on the chain, to the atom.
//!
//! It needs the localnet's server: JETTISON_LOCALNET names its binary, and without that this is left out.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, ensure, Context as _, Result};
use clearing::instructions::SettleTradeArgs;
use clearing::state::Market;
use jettison_client::AnyEvent;
use jettison_embedded::{ElfFiles, FEED_EXPONENT};
use jettison_rpc::{associated_token_account, Cluster, Fee, OpenVenue};
use serde_json::Value;
use solana_keypair::Keypair;
use solana_signer::Signer;

const PORT: u16 = 18_310;

/// One market whose price may move by 15 % a second, so that a crash takes seconds.
const MARKETS: &str = r#"
[defaults]
max_oracle_age_seconds = 60
max_confidence_bps = 100
max_open_interest_contracts = 1_000_000
min_notional_atoms = 0
requirement_floor_atoms = 0
bankruptcy_bounty_cap_atoms = 0
insurance_base_atoms = 1_000_000_000_000
max_price_age_seconds = 600
stable_window_seconds = 1
funding_period_seconds = 28_800
insurance_window_seconds = 86_400
loss_window_seconds = 60
loss_halt_seconds = 60
dead_oracle_seconds = 86_400
keeper_window_seconds = 1
max_move_per_second_bps = 1_500
initial_margin_bps = 2_500
maintenance_margin_bps = 2_000
profit_weight_bps = 10_000
trade_band_bps = 500
maker_fee_bps = 0
taker_fee_bps = 0
fee_to_insurance_bps = 5_000
liquidation_max_fee_bps = 100
liquidation_min_fee_bps = 25
penalty_to_insurance_bps = 3_000
liquidation_buffer_bps = 1_000
deleverage_threshold_bps = 8_000
deleverage_bounty_bps = 1_000
bankruptcy_bounty_bps = 0
max_funding_bps = 75
insurance_earned_bps = 5_000
loss_breaker_bps = 10_000

[[market]]
pair = "TEST-USD"
contract_exponent = 0
"#;

const WANTED: &str = r#"
cluster = "localnet"
markets = "markets.toml"
[clearinghouse]
[oracles]
TEST-USD = { source = "stand-in", price = "100" }
"#;

/// A localnet that ends with this value.
struct Localnet {
    child: Child,
    folder: tempfile::TempDir,
}

impl Drop for Localnet {
    fn drop(&mut self) {
        // It stops its server when it is told to end; a kill would leave that to the server's lifeline.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

impl Localnet {
    fn start(programs: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("markets.toml"), MARKETS)?;
        fs::write(folder.path().join("localnet.toml"), WANTED)?;
        let child = Command::new(env!("CARGO_BIN_EXE_jettison"))
            .arg("localnet")
            .args(["--rpc-port", &PORT.to_string(), "--traders", "3", "--keepers", "0", "--insurance", "10"])
            .arg("--no-publisher")
            .arg("--dir")
            .arg(folder.path())
            .arg("--file")
            .arg(folder.path().join("localnet.toml"))
            .arg("--programs")
            .arg(programs)
            .stdout(Stdio::null())
            .spawn()?;
        let mut localnet = Self { child, folder };
        let start = Instant::now();
        while !localnet.config().exists() {
            ensure!(localnet.child.try_wait()?.is_none(), "the localnet has ended");
            ensure!(start.elapsed() < Duration::from_secs(120), "the localnet isn't up after two minutes");
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(localnet)
    }

    fn config(&self) -> std::path::PathBuf {
        self.folder.path().join("jettison.toml")
    }

    fn key(&self, name: &str) -> Result<Keypair> {
        let text = fs::read_to_string(self.folder.path().join(format!("{name}.json")))?;
        let bytes: Vec<u8> = serde_json::from_str(&text)?;
        Ok(Keypair::try_from(bytes.as_slice())?)
    }

    fn clearinghouse(&self) -> Result<Pubkey> {
        let config: toml::Value = fs::read_to_string(self.config())?.parse::<toml::Table>()?.into();
        let address = config.get("clearinghouse").and_then(toml::Value::as_str).context("no clearinghouse")?;
        Ok(address.parse()?)
    }

    /// Runs `jettison explain`.
    fn explain(&self, account: &Pubkey, json: bool) -> Result<String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jettison"));
        command.args(["explain", &account.to_string()]).arg("--config").arg(self.config());
        if json {
            command.arg("--json");
        }
        let output = command.output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// The traders' accounts: a long, and two shorts against it.
struct Book {
    cluster: Cluster,
    open: OpenVenue,
    authority: Keypair,
    traders: Vec<(Keypair, Pubkey)>,
    market: Market,
}

impl Book {
    /// 1,000 contracts at 100, with 30 % of margin; the other side has plenty.
    async fn open(localnet: &Localnet) -> Result<Self> {
        let cluster = Cluster::new(
            &format!("http://127.0.0.1:{PORT}"),
            None,
            solana_commitment_config::CommitmentConfig::confirmed(),
        )?;
        let open = cluster.venue(&localnet.clearinghouse()?).await?;
        let market = cluster.get::<Market>(&open.venue.market(0)).await?.state;
        let mut book = Self { cluster, open, authority: localnet.key("authority")?, traders: vec![], market };
        book.post(100).await?;
        for (number, capital) in [(1, 30_000_000_000), (2, 90_000_000_000), (3, 90_000_000_000)] {
            let key = localnet.key(&format!("trader-{number}"))?;
            let (venue, owner) = (&book.open.venue, key.pubkey());
            let account = venue.margin_account(&owner, 0);
            let instructions = [
                venue.open_margin_account(owner, owner, 0),
                venue.deposit(owner, associated_token_account(venue, &owner), account, capital),
            ];
            book.cluster.send(&instructions, &[&key], Fee::default()).await?;
            book.traders.push((key, account));
        }
        book.trade(1, 700).await?;
        book.trade(2, 300).await?;
        Ok(book)
    }

    async fn trade(&self, seller: usize, size: u64) -> Result<()> {
        let ((buyer_key, buyer), (seller_key, seller)) = (&self.traders[0], &self.traders[seller]);
        let args = SettleTradeArgs { market_index: 0, size, price: 100_000_000, buyer_is_taker: true };
        let signers = [buyer_key.pubkey(), seller_key.pubkey()];
        let trade = self.open.venue.settle_trade(signers, *buyer, *seller, args, &[0]);
        self.cluster.send(&[trade], &[buyer_key, seller_key], Fee::default()).await?;
        Ok(())
    }

    /// Posts a price in quote units and accrues.
    async fn post(&self, price: i64) -> Result<()> {
        let scale = 10_i64.pow(FEED_EXPONENT.unsigned_abs());
        let (key, now) = (self.authority.pubkey(), self.cluster.now().await?);
        let instructions = [
            price_feed::instruction::post(&self.market.oracle, &key, price * scale, 0, now),
            self.open.venue.accrue_market(0, self.market.oracle),
        ];
        self.cluster.send(&instructions, &[&self.authority], Fee::default()).await?;
        Ok(())
    }

    async fn fall_to(&self, price: i64) -> Result<()> {
        let target = u64::try_from(price)? * 1_000_000;
        for _ in 0..60 {
            self.post(price).await?;
            let market = self.cluster.get::<Market>(&self.open.venue.market(0)).await?.state;
            if market.book.effective_price.0 == target {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        bail!("the price didn't come to {price}")
    }

    async fn resolve(&self) -> Result<()> {
        let (key, bankrupt) = (&self.traders[2].0, self.traders[0].1);
        let resolve = self.open.venue.resolve_bankruptcy(key.pubkey(), bankrupt, None, false, &[0]);
        self.cluster.send(&[resolve], &[key], Fee::default()).await?;
        Ok(())
    }

    /// Settles an account; returns the haircut that the program reported, in atoms.
    async fn settle(&self, who: usize) -> Result<u64> {
        let (key, account) = &self.traders[who];
        let settle = self.open.venue.settle_account(*account, &[0]);
        let landed = self.cluster.send(&[settle], &[key], Fee::default()).await?;
        let haircut = landed.events.iter().find_map(|event| match event {
            AnyEvent::AccountSettled(settled) => settled.legs.first().map(|leg| leg.marked.haircut),
            _ => None,
        });
        haircut.context("the settlement reported nothing")
    }
}

async fn story(localnet: &Localnet) -> Result<()> {
    let book = Book::open(localnet).await?;
    let account = book.traders[1].1;
    let before: Value = serde_json::from_str(&localnet.explain(&account, true)?)?;
    assert_eq!(before["last_haircut"], serde_json::json!([]));
    assert!(localnet.explain(&account, false)?.contains("None was ever charged"));

    book.fall_to(55).await?;
    book.resolve().await?;
    let pending: Value = serde_json::from_str(&localnet.explain(&account, true)?)?;
    // 45,000 are lost, 30,000 were margin and 10 insurance; of the rest 7 in 10 are this account's.
    let expected = "10493000000";
    assert_eq!(pending["pending_haircut"][0]["haircut"]["atoms"], expected);
    assert_eq!(pending["pending_haircut"][0]["adds_up"], true);

    let haircut = book.settle(1).await?.to_string();
    assert_eq!(haircut, expected);
    let after: Value = serde_json::from_str(&localnet.explain(&account, true)?)?;
    let last = &after["last_haircut"][0];
    assert_eq!((last["haircut"]["atoms"].as_str(), &last["adds_up"]), (Some(expected), &Value::Bool(true)));
    let bankruptcy = &last["cause"]["bankruptcies"][0];
    assert_eq!(bankruptcy["account"], book.traders[0].1.to_string());
    assert_eq!(bankruptcy["deficit"]["atoms"], "15000000000");
    assert_eq!(bankruptcy["by_insurance"]["atoms"], "10000000");
    assert_eq!(bankruptcy["your_part"]["atoms"], expected);
    assert_eq!(after["pending_haircut"], serde_json::json!([]));
    let text = localnet.explain(&account, false)?;
    assert!(text.contains("all of it, to the atom"), "{text}");
    println!("{text}");
    Ok(())
}

#[test]
fn a_haircut_is_explained_over_rpc_to_the_atom() {
    let files = ElfFiles::for_test();
    let (Some(_), Some(files)) = (std::env::var_os("JETTISON_LOCALNET"), files) else {
        let _ = writeln!(std::io::stderr(), "left out: a test over RPC, which needs JETTISON_LOCALNET");
        return;
    };
    let programs = files.clearing.parent().expect("a folder");
    let localnet = Localnet::start(programs).expect("a localnet");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(story(&localnet)).expect("the story");
}
