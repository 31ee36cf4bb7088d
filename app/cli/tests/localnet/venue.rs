//! Insurance, roles, pauses, wind-down and the stream of events, as typed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{channel, Receiver};
use std::time::Duration;

use serde_json::Value;

use super::server::{jettison, needs, Localnet};

fn text(result: &Value, path: &str) -> String {
    let value = result.pointer(path).and_then(Value::as_str);
    value.unwrap_or_else(|| panic!("no text at {path} in {result}")).to_owned()
}

fn key(localnet: &Localnet, name: &str) -> String {
    localnet.path(name).to_str().unwrap().to_owned()
}

fn refused(localnet: &Localnet, arguments: &[&str]) -> String {
    let output = localnet.run(arguments);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
    stderr
}

#[test]
fn a_staker_comes_and_goes_and_the_fund_counts_to_the_atom() {
    if needs().is_none() {
        return;
    }
    let localnet = Localnet::start(&["--traders", "1", "--keepers", "0", "--insurance", "1000"]);
    let staker = key(&localnet, "trader-1.json");
    let stake = |words: &[&str]| localnet.json(&[&["-k", &staker, "stake"], words].concat());
    let staked = stake(&["deposit", "250.000001"]);
    assert_eq!(text(&staked, "/events/0/event"), "StakeOpened");
    let shown = stake(&["show"]);
    assert_eq!(text(&shown, "/value/quote"), "250.000001");
    assert!(refused(&localnet, &["-k", &staker, "stake", "withdraw"]).contains("nothing was requested"));
    stake(&["request", "all"]);
    let out = stake(&["withdraw"]);
    assert_eq!(text(&out, "/events/0/amount/quote"), "250.000001");
    localnet.json(&["-k", &staker, "insurance", "fund", "0.5"]);
    let fund = localnet.json(&["insurance", "show"]);
    assert_eq!(text(&fund, "/assets/quote"), "1000.5");
    assert_eq!(fund["vault_holds"], fund["assets"]);
    stake(&["close"]);
    let gone = localnet.error(&["-k", &staker, "stake", "show"]);
    assert!(gone.contains("stake open"), "{gone}");
    let poor = localnet.error(&["-k", &staker, "insurance", "fund", "1000000"]);
    assert!(poor.contains("holds") && poor.contains("are needed"), "{poor}");
}

#[test]
fn roles_settings_and_markets_change_hands_and_end() {
    if needs().is_none() {
        return;
    }
    let localnet = Localnet::start(&["--traders", "1", "--keepers", "0"]);
    let other = key(&localnet, "trader-1.json");
    let address = {
        let opened = localnet.json(&["-k", &other, "account", "open"]);
        text(&opened, "/events/0/authority")
    };

    // A guardian is a change that waits for the timelock, here of nothing; then it pauses.
    assert!(localnet.error(&["pause", "open", "--seconds", "60"]).contains("has no guardian"));
    localnet.json(&["authority", "change-clearinghouse", "--guardian", &address]);
    localnet.json(&["authority", "execute", "clearinghouse"]);
    assert!(localnet.error(&["pause", "open", "--seconds", "60"]).contains("only the guardian"));
    localnet.json(&["-k", &other, "pause", "deposit", "sweep", "--seconds", "60"]);
    let closed = localnet.json(&["breakers", "--closed"]);
    assert_eq!(
        (text(&closed, "/0/breaker"), text(&closed, "/1/breaker")),
        ("pause deposit".into(), "pause sweep".into())
    );
    assert!(refused(&localnet, &["-k", &other, "deposit", "1"]).contains("paused"));
    assert!(refused(&localnet, &["-k", &other, "pause", "deposit", "--seconds", "60"]).contains("three days"));

    // What only restricts is in force at once; the rest is queued, shown, and taken back.
    let tighter =
        localnet.json(&["authority", "change-market", "SOL-USD", "--set", "initial_margin_bps=1100"]);
    assert!(text(&tighter, "/outcome").starts_with("in force"));
    let dearer = ["authority", "change-market", "SOL-USD", "--set", "taker_fee_bps=6"];
    assert!(text(&localnet.json(&dearer), "/outcome").starts_with("queued"));
    let market = localnet.json(&["market", "show", "SOL-USD"]);
    assert_eq!(market["queued_change"]["taker_fee_bps"], 6);
    assert_eq!(market["parameters"]["initial_margin_bps"], 1_100);
    assert!(market["queued_change"].get("maker_fee_bps").is_none(), "{market}");
    localnet.json(&["-k", &other, "authority", "cancel", "SOL-USD"]);
    assert!(
        refused(&localnet, &["authority", "execute", "SOL-USD"]).contains("no change of SOL-USD is queued")
    );
    let wrong = localnet.error(&["authority", "change-market", "SOL-USD", "--set", "taker_fee=6"]);
    assert!(wrong.contains("there is no parameter taker_fee"), "{wrong}");
    let late = [&dearer[..], &["--revision", "0"]].concat();
    assert!(refused(&localnet, &late).contains("sign again with the present revision"));

    // A market is wound down and closed.
    localnet.json(&["authority", "schedule-settlement", "DOGE-USD"]);
    localnet.json(&["authority", "begin-settlement", "DOGE-USD"]);
    assert!(refused(&localnet, &["authority", "begin-settlement", "ETH-USD"]).contains("not due"));
    assert_eq!(text(&localnet.json(&["breakers", "--market", "4", "--closed"]), "/0/breaker"), "wind-down");
    localnet.json(&["authority", "close-market", "DOGE-USD"]);
    assert_eq!(localnet.json(&["market", "list"]).as_array().unwrap().len(), 4);
    assert!(refused(&localnet, &["authority", "close-clearinghouse"]).contains("close them first"));

    // The authority goes to somebody else, who must take it.
    localnet.json(&["authority", "nominate", "authority", &address]);
    assert!(refused(&localnet, &["authority", "accept", "authority"]).contains("not nominated"));
    localnet.json(&["-k", &other, "authority", "accept", "authority"]);
    assert_eq!(text(&localnet.json(&["clearinghouse", "show"]), "/authority"), address);
    assert!(localnet.error(&dearer).contains("only the authority may"));
    let migrated = localnet.json(&["authority", "migrate"]);
    assert_eq!(migrated["markets_migrated"], 0);
}

#[test]
fn what_is_around_a_command_is_checked_before_anything_is_sent() {
    let Some((binary, _)) = needs() else { return };
    let localnet = Localnet::start(&["--traders", "1", "--keepers", "0"]);
    let before = localnet.json(&["clearinghouse", "show"]);

    // A key without SOL.
    let poor = key(&localnet, "poor.json");
    let bytes = solana_keypair::Keypair::new().to_bytes().to_vec();
    std::fs::write(&poor, serde_json::to_string(&bytes).unwrap()).unwrap();
    let error = localnet.error(&["-k", &poor, "account", "open"]);
    assert!(error.contains("has 0 lamports and needs some SOL"), "{error}");

    // Accounts that are none of what they should be.
    let trader = key(&localnet, "trader-1.json");
    let account = text(&localnet.json(&["-k", &trader, "account", "open"]), "/margin_account");
    let mint = text(&before, "/quote_mint");
    let nobody = "11111111111111111111111111111112";
    for (clearinghouse, expected) in [
        (account.as_str(), "is not a clearinghouse of the version that this build reads"),
        (mint.as_str(), "is not a clearinghouse of this program"),
        (nobody, "there is no clearinghouse at"),
    ] {
        let error = localnet.error(&["--clearinghouse", clearinghouse, "market", "list"]);
        assert!(error.contains(expected), "{error}");
    }
    let foreign = localnet.error(&["-k", &trader, "deposit", "1", &mint]);
    assert!(foreign.contains("is not a margin account of this program"), "{foreign}");

    // Another cluster, on which the program is not.
    let server = super::server::Server::start(&binary);
    let error = localnet.error(&[
        "--url",
        server.cluster.url(),
        "--ws-url",
        server.cluster.ws_url(),
        "market",
        "list",
    ]);
    assert!(error.contains("is not on") && error.contains("wrong cluster"), "{error}");

    let mut after = localnet.json(&["clearinghouse", "show"]);
    // The account that was opened on purpose.
    after["margin_accounts"] = before["margin_accounts"].clone();
    assert_eq!(after, before);
}

/// `jettison watch --json`, its lines as they come.
struct Watch {
    child: Child,
    lines: Receiver<String>,
    notes: Receiver<String>,
}

impl Watch {
    fn start(localnet: &Localnet, arguments: &[&str]) -> Self {
        let mut child = jettison()
            .arg("--config")
            .arg(localnet.path("jettison.toml"))
            .arg("watch")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (lines, notes) = (follow(stdout), follow(stderr));
        Self { child, lines, notes }
    }

    fn note(&self, expected: &str) {
        loop {
            let note = self.notes.recv_timeout(Duration::from_secs(30)).unwrap();
            if note.contains(expected) {
                return;
            }
        }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(30)).unwrap()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn follow(from: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

#[test]
fn events_are_shown_once_each_as_they_happen_and_by_filter() {
    if needs().is_none() {
        return;
    }
    let localnet = Localnet::start(&["--traders", "2", "--keepers", "0"]);
    let (one, two) = (key(&localnet, "trader-1.json"), key(&localnet, "trader-2.json"));
    let first = text(&localnet.json(&["-k", &one, "account", "open"]), "/margin_account");
    localnet.json(&["-k", &two, "account", "open"]);

    let all = Watch::start(&localnet, &["--account", &first]);
    all.note("Watching");
    let deposits = Watch::start(&localnet, &["--kind", "deposited", "--count", "2"]);
    deposits.note("Watching");
    localnet.json(&["-k", &one, "deposit", "1.5"]);
    localnet.json(&["-k", &two, "deposit", "2"]);
    localnet.json(&["-k", &one, "account", "delegate", "mine", &first]);

    assert!(deposits.line().contains("amount=1.5 "));
    assert!(deposits.line().contains("amount=2 "));
    let mut deposits = deposits;
    assert!(deposits.child.wait().unwrap().success(), "it ends after --count events");
    // The other's deposit is left out; a delegate, which names no clearinghouse, is not.
    assert!(all.line().starts_with(&format!("Deposited margin_account={first} ")));
    assert!(all.line().starts_with(&format!("DelegateSet margin_account={first} ")));
    assert!(all.lines.try_recv().is_err());
}
