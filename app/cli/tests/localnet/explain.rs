//! `jettison explain`: the haircut that it explains is the one on the chain, to the atom.

use std::time::Duration;

use anchor_lang::prelude::Pubkey;
use clearing::instructions::SettleTradeArgs;
use clearing::state::Market;
use jettison_client::AnyEvent;
use jettison_embedded::FEED_EXPONENT;
use jettison_rpc::{associated_token_account, Cluster, Fee, OpenVenue};
use serde_json::Value;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::server::{needs, Localnet};

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

/// A key of the localnet's folder.
fn key(localnet: &Localnet, name: &str) -> Keypair {
    let text = std::fs::read_to_string(localnet.path(&format!("{name}.json"))).unwrap();
    let bytes: Vec<u8> = serde_json::from_str(&text).unwrap();
    Keypair::try_from(bytes.as_slice()).unwrap()
}

fn explained(localnet: &Localnet, account: &Pubkey) -> Value {
    localnet.json(&["explain", &account.to_string()])
}

fn explained_text(localnet: &Localnet, account: &Pubkey) -> String {
    let output = localnet.run(&["explain", &account.to_string()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
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
    async fn open(localnet: &Localnet) -> Self {
        let cluster = localnet.cluster.clone();
        let shown = localnet.json(&["clearinghouse", "show"]);
        let clearinghouse = shown["clearinghouse"].as_str().unwrap().parse().unwrap();
        let open = cluster.venue(&clearinghouse).await.unwrap();
        let market = cluster.get::<Market>(&open.venue.market(0)).await.unwrap().state;
        let mut book = Self { cluster, open, authority: key(localnet, "authority"), traders: vec![], market };
        book.post(100).await;
        for (number, capital) in [(1, 30_000_000_000), (2, 90_000_000_000), (3, 90_000_000_000)] {
            let key = key(localnet, &format!("trader-{number}"));
            let (venue, owner) = (&book.open.venue, key.pubkey());
            let account = venue.margin_account(&owner, 0);
            let instructions = [
                venue.open_margin_account(owner, owner, 0),
                venue.deposit(owner, associated_token_account(venue, &owner), account, capital),
            ];
            book.cluster.send(&instructions, &[&key], Fee::default()).await.unwrap();
            book.traders.push((key, account));
        }
        book.trade(1, 700).await;
        book.trade(2, 300).await;
        book
    }

    async fn trade(&self, seller: usize, size: u64) {
        let ((buyer_key, buyer), (seller_key, seller)) = (&self.traders[0], &self.traders[seller]);
        let args = SettleTradeArgs { market_index: 0, size, price: 100_000_000, buyer_is_taker: true };
        let signers = [buyer_key.pubkey(), seller_key.pubkey()];
        let trade = self.open.venue.settle_trade(signers, *buyer, *seller, args, &[0]);
        self.cluster.send(&[trade], &[buyer_key, seller_key], Fee::default()).await.unwrap();
    }

    /// Posts a price in quote units and accrues.
    async fn post(&self, price: i64) {
        let scale = 10_i64.pow(FEED_EXPONENT.unsigned_abs());
        let (key, now) = (self.authority.pubkey(), self.cluster.now().await.unwrap());
        let instructions = [
            price_feed::instruction::post(&self.market.oracle, &key, price * scale, 0, now),
            self.open.venue.accrue_market(0, self.market.oracle),
        ];
        self.cluster.send(&instructions, &[&self.authority], Fee::default()).await.unwrap();
    }

    async fn fall_to(&self, price: i64) {
        let target = u64::try_from(price).unwrap() * 1_000_000;
        for _ in 0..60 {
            self.post(price).await;
            let market = self.cluster.get::<Market>(&self.open.venue.market(0)).await.unwrap().state;
            if market.book.effective_price.0 == target {
                return;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        panic!("the price didn't come to {price}")
    }

    async fn resolve(&self) {
        let (key, bankrupt) = (&self.traders[2].0, self.traders[0].1);
        let resolve = self.open.venue.resolve_bankruptcy(key.pubkey(), bankrupt, None, false, &[0]);
        self.cluster.send(&[resolve], &[key], Fee::default()).await.unwrap();
    }

    /// Settles an account; returns the haircut that the program reported, in atoms.
    async fn settle(&self, who: usize) -> u64 {
        let (key, account) = &self.traders[who];
        let settle = self.open.venue.settle_account(*account, &[0]);
        let landed = self.cluster.send(&[settle], &[key], Fee::default()).await.unwrap();
        let haircut = landed.events.iter().find_map(|event| match event {
            AnyEvent::AccountSettled(settled) => settled.legs.first().map(|leg| leg.marked.haircut),
            _ => None,
        });
        haircut.unwrap()
    }
}

async fn story(localnet: &Localnet) {
    let book = Book::open(localnet).await;
    let account = book.traders[1].1;
    let before = explained(localnet, &account);
    assert_eq!(before["last_haircut"], serde_json::json!([]));
    assert!(explained_text(localnet, &account).contains("None was ever charged"));

    book.fall_to(55).await;
    book.resolve().await;
    let pending = explained(localnet, &account);
    // 45,000 are lost, 30,000 were margin and 10 insurance; of the rest 7 in 10 are this account's.
    let expected = "10493000000";
    assert_eq!(pending["pending_haircut"][0]["haircut"]["atoms"], expected);
    assert_eq!(pending["pending_haircut"][0]["adds_up"], true);

    let haircut = book.settle(1).await.to_string();
    assert_eq!(haircut, expected);
    let after = explained(localnet, &account);
    let last = &after["last_haircut"][0];
    assert_eq!((last["haircut"]["atoms"].as_str(), &last["adds_up"]), (Some(expected), &Value::Bool(true)));
    let bankruptcy = &last["cause"]["bankruptcies"][0];
    assert_eq!(bankruptcy["account"], book.traders[0].1.to_string());
    assert_eq!(bankruptcy["deficit"]["atoms"], "15000000000");
    assert_eq!(bankruptcy["by_insurance"]["atoms"], "10000000");
    assert_eq!(bankruptcy["your_part"]["atoms"], expected);
    assert_eq!(after["pending_haircut"], serde_json::json!([]));
    let text = explained_text(localnet, &account);
    assert!(text.contains("all of it, to the atom"), "{text}");
}

#[test]
fn a_haircut_is_explained_to_the_atom() {
    if needs().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("markets.toml"), MARKETS).unwrap();
    let file = folder.path().join("localnet.toml");
    std::fs::write(&file, WANTED).unwrap();
    let people = ["--traders", "3", "--keepers", "0", "--insurance", "10", "--no-publisher"];
    let localnet = Localnet::start(&[&people[..], &["--file", file.to_str().unwrap()]].concat());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(story(&localnet));
}
