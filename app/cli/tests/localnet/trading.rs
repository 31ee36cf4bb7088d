//! Accounts, deposits, trades, settlement and withdrawals, as typed.

use std::fs;

use serde_json::Value;

use super::server::{needs, Localnet};

/// A result's text at a path such as `/events/0/size`.
fn at<'a>(result: &'a Value, path: &str) -> &'a Value {
    result.pointer(path).unwrap_or_else(|| panic!("no {path} in {result}"))
}

fn text(result: &Value, path: &str) -> String {
    at(result, path).as_str().unwrap_or_else(|| panic!("{path} is no text in {result}")).to_owned()
}

/// A localnet and two traders with accounts of 5,000 and 5,000.5.
struct Scene {
    localnet: Localnet,
    one: String,
    two: String,
    /// The second trader's account as the first names it.
    account_two: String,
}

impl Scene {
    fn start() -> Self {
        let localnet = Localnet::start(&["--traders", "2", "--keepers", "1"]);
        let key = |name: &str| localnet.path(name).to_str().unwrap().to_owned();
        let (one, two) = (key("trader-1.json"), key("trader-2.json"));
        let mut scene = Self { localnet, one, two, account_two: String::new() };
        scene.one(&["account", "open"]);
        scene.account_two = text(&scene.two(&["account", "open"]), "/margin_account");
        scene.one(&["deposit", "5000"]);
        scene.two(&["deposit", "5000.5"]);
        scene
    }

    fn by(key: &str, arguments: &[&str]) -> Vec<String> {
        ["-k", key].iter().chain(arguments).map(|word| (*word).to_owned()).collect()
    }

    fn json(&self, key: &str, arguments: &[&str]) -> Value {
        let all = Self::by(key, arguments);
        self.localnet.json(&all.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn one(&self, arguments: &[&str]) -> Value {
        self.json(&self.one, arguments)
    }

    fn two(&self, arguments: &[&str]) -> Value {
        self.json(&self.two, arguments)
    }

    /// A refusal: exit status 1, JSON on stderr, nothing on stdout. Its message.
    fn refused(&self, key: &str, arguments: &[&str]) -> String {
        let all = Self::by(key, &[arguments, &["--json"]].concat());
        let output = self.localnet.run(&all.iter().map(String::as_str).collect::<Vec<_>>());
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        let json: Value = serde_json::from_str(&stderr).unwrap_or_else(|_| panic!("no JSON: {stderr}"));
        assert_eq!(json["error"]["kind"], "refused");
        text(&json, "/error/message")
    }

    fn file(&self, name: &str) -> String {
        self.localnet.path(name).to_str().unwrap().to_owned()
    }

    fn quote(&self, words: &[&str], file: &str) -> Value {
        self.one(&[&["trade", "quote"], words, &["--with", &self.account_two, "-o", file]].concat())
    }
}

#[test]
fn two_accounts_trade_by_quote_settle_and_withdraw() {
    if needs().is_none() {
        return;
    }
    let scene = Scene::start();
    let dry = scene.two(&["deposit", "1", "--dry-run"]);
    assert_eq!((at(&dry, "/dry_run"), text(&dry, "/capital/quote").as_str()), (&Value::Bool(true), "5001.5"));

    // Quoted by one, shown to anyone, accepted by the other.
    let file = scene.file("quote.json");
    scene.quote(&["buy", "10", "sol-usd", "19.75"], &file);
    let shown = scene.one(&["trade", "show", &file]);
    assert_eq!(
        (text(&shown, "/who_accepts").as_str(), at(&shown, "/contracts")),
        ("sells", &Value::from(10))
    );
    assert_eq!(
        (text(&shown, "/price/atoms").as_str(), at(&shown, "/can_still_land")),
        ("19750000", &Value::Bool(true))
    );
    let stranger = scene.file("keeper-1.json");
    assert!(scene.refused(&stranger, &["trade", "accept", &file, "--yes"]).contains("waits for"));
    let simulated = scene.two(&["trade", "accept", &file, "--dry-run"]);
    assert_eq!(at(&simulated, "/dry_run"), &Value::Bool(true));
    let accepted = scene.two(&["trade", "accept", &file, "--yes"]);
    let trade = at(&accepted, "/events").as_array().unwrap().last().unwrap();
    assert_eq!(
        (text(trade, "/event").as_str(), at(trade, "/open_interest")),
        ("TradeSettled", &Value::from(10))
    );
    assert_eq!(text(trade, "/buyer/fee/atoms"), "19750");
    assert_eq!(text(trade, "/seller/fee/atoms"), "98750");

    // Both keys in hand; a rule refuses by its name.
    let send = |price: &str| {
        let words = ["trade", "send", "sell", "4", "SOL-USD", price, "--with", &scene.account_two];
        [&words[..], &["--with-keypair", &scene.two]].concat().iter().map(|word| (*word).to_owned()).collect()
    };
    let good: Vec<String> = send("19.7");
    scene.one(&good.iter().map(String::as_str).collect::<Vec<_>>());
    let bad: Vec<String> = send("30");
    let refusal = scene.refused(&scene.one, &bad.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(refusal.contains("outside the market's band"), "{refusal}");

    let mine = scene.one(&["account", "show"]);
    assert_eq!(
        (text(&mine, "/positions/0/side").as_str(), at(&mine, "/positions/0/contracts")),
        ("long", &Value::from(6))
    );
    let settled = scene.one(&["settle"]);
    assert!(settled.to_string().contains("AccountSettled"), "{settled}");
    assert_eq!(at(&scene.localnet.json(&["account", "list"]), "/1/legs"), &Value::from(1));

    // Money leaves exactly; what isn't there doesn't.
    let withdrawn = scene.one(&["withdraw", "12.345678"]);
    assert_eq!(
        (at(&withdrawn, "/queued"), text(&withdrawn, "/amount/atoms").as_str()),
        (&Value::Bool(false), "12345678")
    );
    assert!(scene.refused(&scene.one, &["withdraw", "99999"]).contains("Capital does not cover"));
    assert!(scene
        .localnet
        .error(&["-k", &scene.one, "withdraw", "0.0000001"])
        .contains("more than 6 decimals"));
    assert!(scene.refused(&scene.one, &["account", "close", "mine"]).contains("still has a leg or capital"));
}

#[test]
fn a_quote_is_tampered_with_taken_back_or_out_of_date_and_is_refused() {
    if needs().is_none() {
        return;
    }
    let scene = Scene::start();
    let file = scene.file("quote.json");
    scene.quote(&["buy", "10", "SOL-USD", "19.75"], &file);
    let honest = fs::read_to_string(&file).unwrap();
    let tampered = honest.replace("\"price_atoms\": 19750000", "\"price_atoms\": 19000000");
    assert_ne!(tampered, honest);
    fs::write(&file, tampered).unwrap();
    for command in ["show", "accept"] {
        let refusal = scene.refused(&scene.two, &["trade", command, &file]);
        assert!(refusal.contains("another price than its transaction"), "{refusal}");
    }
    fs::write(&file, "{}").unwrap();
    assert!(scene.refused(&scene.two, &["trade", "show", &file]).contains("not a quote file"));
    // Nobody is asked where nobody is: the flag is missing.
    fs::write(&file, &honest).unwrap();
    let asked = scene.localnet.error(&["-k", &scene.two, "trade", "accept", &file]);
    assert!(asked.contains("pass --yes"), "{asked}");

    // With a nonce a quote lives until the nonce is advanced.
    let nonce = text(&scene.one(&["trade", "nonce", "create"]), "/nonce");
    let durable = scene.file("durable.json");
    scene.quote(&["buy", "10", "SOL-USD", "19.75", "--nonce", &nonce], &durable);
    let landed = scene.two(&["trade", "accept", &durable, "--yes"]);
    assert!(landed.to_string().contains("TradeSettled"), "{landed}");
    assert!(scene
        .refused(&scene.two, &["trade", "accept", &durable, "--yes"])
        .contains("expired or was taken back"));
    scene.quote(&["buy", "1", "SOL-USD", "19.75", "--nonce", &nonce], &durable);
    scene.one(&["trade", "nonce", "advance", &nonce]);
    assert!(scene
        .refused(&scene.two, &["trade", "accept", &durable, "--yes"])
        .contains("expired or was taken back"));
    let foreign = ["-k", scene.two.as_str(), "trade", "nonce", "close", &nonce];
    assert!(scene.localnet.error(&foreign).contains("the nonce is of"));
    scene.one(&["trade", "nonce", "close", &nonce]);

    // What would be refused is not quoted, and no file is left behind.
    let none = scene.file("none.json");
    let words = ["trade", "quote", "buy", "10", "SOL-USD", "30", "--with", &scene.account_two, "-o", &none];
    assert!(scene.refused(&scene.one, &words).contains("outside the market's band"));
    assert!(!std::path::Path::new(&none).exists());
    // Meant for a second: later it is out of date, though its blockhash may live.
    scene.quote(&["buy", "1", "SOL-USD", "19.75", "--valid-for", "0"], &file);
    std::thread::sleep(std::time::Duration::from_millis(2_500));
    assert!(scene.refused(&scene.two, &["trade", "accept", &file, "--yes"]).contains("was meant until"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_withdrawal_queues_and_is_served() {
    if needs().is_none() {
        return;
    }
    let scene = Scene::start();
    let change = ["--withdrawal-limit", "100", "--withdrawal-floor", "1", "--withdrawal-window", "3600"];
    let queued = scene.localnet.json(&[&["authority", "change-clearinghouse"], &change[..]].concat());
    assert!(text(&queued, "/outcome").starts_with("queued"), "{queued}");
    scene.localnet.json(&["authority", "execute", "clearinghouse"]);
    // Until it runs off, what was deposited may leave again.
    scene.localnet.travel(4_000).await;
    let withdrawn = scene.two(&["withdraw", "400"]);
    assert_eq!(
        (at(&withdrawn, "/queued"), at(&withdrawn, "/queued_place")),
        (&Value::Bool(true), &Value::from(0))
    );
    let queue = scene.localnet.json(&["withdrawal", "show"]);
    assert_eq!(
        (text(&queue, "/waiting/quote"), text(&queue, "/first_in_queue")),
        ("400".into(), scene.account_two.clone())
    );
    let closed = scene.localnet.json(&["breakers", "--closed"]);
    assert_eq!(text(&closed, "/0/breaker"), "withdrawal throttle");
    let served = scene.localnet.json(&["withdrawal", "serve"]);
    let sum = |path: &str| text(&served, path).parse::<u64>().unwrap();
    assert!(sum("/paid/atoms") > 0 && sum("/paid/atoms") + sum("/left/atoms") == 400_000_000, "{served}");
    assert!(scene.refused(&scene.one, &["withdrawal", "serve"]).contains("lets nothing out now"));
    assert!(scene.refused(&scene.two, &["withdraw", "1"]).contains("has a withdrawal waiting"));
}
