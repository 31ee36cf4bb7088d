//! `jettison localnet`, `deploy`, `faucet` and `publish`, as typed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use jettison_rpc::{mints, Fee};
use serde_json::Value;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::loader::funded;
use super::server::{jettison, needs, Localnet, Server};

/// A copy of the deployment's files with something changed.
fn changed(localnet: &Localnet, deployment: &[(&str, &str)], markets: &[(&str, &str)]) -> PathBuf {
    let folder = tempfile::Builder::new().tempdir_in(localnet.folder.path()).unwrap().keep();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    for (name, changes) in [("localnet.toml", deployment), ("markets.toml", markets)] {
        let mut text = fs::read_to_string(migrations.join(name)).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
        }
        fs::write(folder.join(name), text).unwrap();
    }
    folder.join("localnet.toml")
}

fn steps(result: &Value) -> Vec<&str> {
    result["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect()
}

fn notes(result: &Value) -> Vec<&str> {
    result["notes"].as_array().unwrap().iter().map(|note| note["note"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_localnet_comes_up_is_used_and_goes_down() {
    if needs().is_none() {
        return;
    }
    let arguments = ["--traders", "1", "--keepers", "1", "--insurance", "777", "--upload"];
    let mut localnet = Localnet::start(&arguments);
    assert!(localnet.log().contains("upgrade the program clearing"), "{}", localnet.log());

    // Deploying again changes nothing.
    let again = localnet.json(&["deploy", "migrations/localnet.toml", "--apply", "--upgrade"]);
    assert_eq!((steps(&again), notes(&again)), (vec![], vec![]));
    assert_eq!(localnet.json(&["insurance", "show"])["assets"]["quote"], "777");

    // The faucet gives both, exactly.
    let to = "11111111111111111111111111111112";
    let given = localnet.json(&["faucet", "--to", to, "--amount", "12.5", "--sol", "0.25"]);
    assert_eq!(given["amount"]["atoms"], "12500000");
    let account = given["token_account"].as_str().unwrap().parse().unwrap();
    assert_eq!(localnet.cluster.token_balance(&account).await.unwrap().unwrap().amount, 12_500_000);
    assert_eq!(localnet.cluster.lamports(&to.parse().unwrap()).await.unwrap(), 250_000_000);
    assert!(localnet.error(&["faucet", "--to", to]).contains("--amount"));
    let trader = localnet.path("trader-1.json");
    let not_mine = ["faucet", "--to", to, "--amount", "1", "--authority", trader.to_str().unwrap()];
    assert!(localnet.error(&not_mine).contains("not the authority of the mint"));

    assert!(localnet.stop("-TERM"), "{}", localnet.log());
    let error = localnet.error(&["market", "list"]);
    assert!(error.contains("no answer from"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_the_files_is_shown_then_sent_then_waits_for_its_timelock() {
    if needs().is_none() {
        return;
    }
    let localnet = Localnet::start(&["--traders", "0", "--keepers", "0"]);
    let deploy =
        |file: &Path, flags: &[&str]| localnet.json(&[&["deploy", file.to_str().unwrap()], flags].concat());

    // A longer timelock restricts: it is in force at once, but not without --apply.
    let timelock = ("[clearinghouse]", "[clearinghouse]\ntimelock_seconds = 600");
    let file = changed(&localnet, &[timelock], &[]);
    let shown = deploy(&file, &[]);
    assert_eq!(steps(&shown), Vec::<&str>::new());
    assert!(notes(&shown)[0].contains("timelock_seconds 0 -> 600"), "{shown}");
    let planned = deploy(&file, &["--apply", "--dry-run"]);
    assert_eq!(planned["steps"][0]["outcome"], "would be done");
    let sent = deploy(&file, &["--apply"]);
    assert_eq!(sent["steps"][0]["outcome"], "in force", "{sent}");
    assert_eq!((steps(&deploy(&file, &["--apply"])), notes(&deploy(&file, &[]))), (vec![], vec![]));

    // A higher taker fee waits, whoever asks how often.
    let file = changed(&localnet, &[timelock], &[("taker_fee_bps = 5", "taker_fee_bps = 6")]);
    let sent = deploy(&file, &["--apply"]);
    assert_eq!(steps(&sent).len(), 5, "{sent}");
    assert!(steps(&sent)[0].contains("taker_fee_bps 5 -> 6"), "{sent}");
    assert!(sent["steps"][0]["outcome"].as_str().unwrap().starts_with("queued until"), "{sent}");
    let waiting = deploy(&file, &["--apply"]);
    assert!(steps(&waiting).is_empty() && notes(&waiting)[4].contains("run this again from"), "{waiting}");
    localnet.travel(700).await;
    let executed = deploy(&file, &["--apply"]);
    assert_eq!(steps(&executed).len(), 5, "{executed}");
    assert!(steps(&executed)[0].starts_with("put the queued change"), "{executed}");
    let after = deploy(&file, &["--apply"]);
    assert_eq!((steps(&after), notes(&after)), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_done_is_refused_before_anything_is_sent() {
    if needs().is_none() {
        return;
    }
    let localnet = Localnet::start(&["--traders", "1", "--keepers", "0"]);
    let slots = || async { localnet.json(&["market", "list"]).as_array().unwrap().len() };
    let before = slots().await;

    let error = localnet.error(&["deploy", "migrations/devnet.toml"]);
    assert!(error.contains("wrong cluster") && error.contains("is a localnet"), "{error}");

    // Someone without SOL would open a clearinghouse of his own.
    let mint =
        localnet.json(&["deploy", "migrations/localnet.toml"])["quote_mint"].as_str().unwrap().to_owned();
    let poor = localnet.path("poor.json");
    fs::write(&poor, serde_json::to_string(&Keypair::new().to_bytes().to_vec()).unwrap()).unwrap();
    let url = localnet.cluster.url().to_owned();
    let deploy = |key: &Path, more: &[&str]| {
        let mut command = jettison();
        command
            .args(["deploy", "migrations/localnet.toml", "--url", &url, "--quote-mint", &mint, "-k"])
            .arg(key)
            .args(more);
        let output = command.env("JETTISON_CONFIG", localnet.path("none.toml")).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    fs::write(localnet.path("none.toml"), "").unwrap();
    let (status, error) = deploy(&poor, &[]);
    assert!(status == Some(2) && error.contains("has 0 SOL and needs about"), "{error}");
    let (status, error) = deploy(Path::new("nowhere.json"), &[]);
    assert!(status == Some(2) && error.contains("nowhere.json"), "{error}");

    // Someone else would change it.
    let trader = localnet.path("trader-1.json");
    let file = changed(&localnet, &[], &[("taker_fee_bps = 5", "taker_fee_bps = 6")]);
    let arguments = ["deploy", file.to_str().unwrap(), "--apply", "-k", trader.to_str().unwrap()];
    let error = localnet.error(&arguments);
    assert!(error.contains("the authority of the clearinghouse"), "{error}");

    // The programs of other sources.
    let other = localnet.path("other");
    fs::create_dir(&other).unwrap();
    for name in ["clearing.so", "price_feed.so"] {
        fs::write(other.join(name), b"\x7fELF and nothing more").unwrap();
    }
    let error =
        localnet.error(&["deploy", "migrations/localnet.toml", "--programs", other.to_str().unwrap()]);
    assert!(error.contains("was not built for"), "{error}");
    assert_eq!(slots().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_deployment_needs_the_key_of_the_id_or_the_program() {
    let Some((binary, _)) = needs() else { return };
    let server = Server::start(&binary);
    let (key, mint) = (funded(&server.cluster).await, Keypair::new());
    let (payer, address) = (key.pubkey(), mint.pubkey());
    let create = mints::create_mint(&payer, &address, &payer, 6, &anchor_spl::token::ID).unwrap();
    server.cluster.send(&create, &[&key, &mint], Fee::default()).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.json");
    fs::write(&file, serde_json::to_string(&key.to_bytes().to_vec()).unwrap()).unwrap();
    fs::write(folder.path().join("none.toml"), "").unwrap();
    let before = server.cluster.lamports(&payer).await.unwrap();
    let missing = folder.path().join("missing.json");
    let cases: [(&[&str], &str); 3] = [
        (
            &["--program-keypair", missing.to_str().unwrap()],
            "a first deployment of clearing signs with the key",
        ),
        (&["--program-keypair", file.to_str().unwrap()], "run anchor keys sync"),
        (&["--no-programs"], "is not on http"),
    ];
    for (more, part) in cases {
        let output = jettison()
            .args(["deploy", "migrations/localnet.toml", "--url", server.cluster.url(), "-k"])
            .arg(&file)
            .args(["--quote-mint", &address.to_string()])
            .args(more)
            .env("JETTISON_CONFIG", folder.path().join("none.toml"))
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && error.contains(part), "{error}");
    }
    assert_eq!(server.cluster.lamports(&payer).await.unwrap(), before, "something was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_posted_and_replayed() {
    if needs().is_none() {
        return;
    }
    let localnet = Localnet::start(&["--traders", "0", "--keepers", "0", "--no-publisher"]);
    let price = |pair: &str| {
        let market = localnet.json(&["market", "show", pair]);
        market["oracle_price"].clone()
    };
    let before = price("SOL-USD");
    localnet.json(&["publish", "fixed", "SOL-USD=198.5", "--once", "--accrue"]);
    let after = price("SOL-USD");
    assert_ne!(before, after);
    assert!(after.to_string().contains("19.85"), "a contract is a tenth of a SOL: {after}");
    assert!(localnet.error(&["publish", "fixed", "X-USD=1", "--once"]).contains("X-USD"));

    // A file at a hundred times its speed: eleven ticks in a second, then it ends.
    let csv = localnet.path("prices.csv");
    fs::write(&csv, "time_utc,SOL-USD\n2025-10-10T21:00:00Z,150\n2025-10-10T21:01:00Z,151.5\n").unwrap();
    let arguments = [
        "publish",
        "replay",
        csv.to_str().unwrap(),
        "--speed",
        "60",
        "--interval-ms",
        "100",
        "--lines",
        "--accrue",
    ];
    let output = localnet.run(&[arguments.as_slice(), &["--json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8_lossy(&output.stdout);
    assert!(lines.lines().count() >= 5 && lines.contains("SOL-USD 151.5"), "{lines}");
    let end = price("SOL-USD");
    assert!(end.to_string().contains("15.15"), "{end}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_outlives_the_server_and_goes_on_with_the_next() {
    if needs().is_none() {
        return;
    }
    let arguments = ["--traders", "0", "--keepers", "0", "--no-publisher"];
    let localnet = Localnet::start(&arguments);
    let log = fs::File::create(localnet.path("publisher")).unwrap();
    let mut publisher = jettison()
        .arg("--config")
        .arg(localnet.path("jettison.toml"))
        .args(["publish", "walk", "--volatility", "50", "--interval-ms", "200", "--accrue"])
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let accrued = |localnet: &Localnet| localnet.json(&["market", "show", "BTC-USD"])["oracle_price"].clone();
    let moves = |localnet: &Localnet| {
        let (first, start) = (accrued(localnet), Instant::now());
        while accrued(localnet) == first {
            assert!(start.elapsed() < Duration::from_secs(30), "prices stand still");
        }
    };
    moves(&localnet);
    let localnet = localnet.restart(&arguments);
    moves(&localnet);
    assert!(publisher.try_wait().unwrap().is_none(), "the publisher gave up");
    publisher.kill().unwrap();
    publisher.wait().unwrap();
    let words = fs::read_to_string(localnet.path("publisher")).unwrap();
    assert!(words.contains("not posted, trying again") && words.contains("posted again"), "{words}");
}
