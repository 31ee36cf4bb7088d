use super::*;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations")
}

fn parse(change: impl FnOnce(String) -> String, name: &str) -> Result<Wanted> {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    Wanted::parse(&change(text), &folder())
}

#[test]
fn the_files_that_come_along_are_complete() {
    let local = Wanted::load(&folder().join("localnet.toml")).unwrap();
    assert!(local.has_stand_in() && local.settings == open_settings());
    let devnet = Wanted::load(&folder().join("devnet.toml")).unwrap();
    assert!(!devnet.has_stand_in() && devnet.settings.timelock_seconds > 0);
    assert_eq!(devnet.markets.len(), local.markets.len());
}

#[test]
fn a_pyth_account_is_the_one_that_pyth_publishes() {
    let devnet = Wanted::load(&folder().join("devnet.toml")).unwrap();
    let sol = devnet.markets.iter().find(|market| market.pair == "SOL-USD").unwrap();
    // Pyth's documentation, sponsored feeds on Solana: SOL/USD, shard 0.
    let account = anchor_lang::prelude::pubkey!("7UVimffxr9ow1uXYxsr4LHAcV58mLzhmwaeKvJ1pjLiE");
    assert_eq!(sol.oracle, WantedOracle::Account(account));
}

#[test]
fn what_is_missing_unknown_or_out_of_bounds_is_named() {
    let cases: [(&str, &str, &str, &str); 9] = [
        ("localnet.toml", "[clearinghouse]", "[clearinghouse]\ntimelok_seconds = 1", "timelok_seconds"),
        ("localnet.toml", "BTC-USD = { source = \"stand-in\", price = \"114522.26\" }", "", "BTC-USD"),
        ("localnet.toml", "[oracles]", "[oracles]\nX = { source = \"stand-in\", price = \"1\" }", "names X"),
        ("localnet.toml", "\"114522.26\"", "\"-1\"", "the oracle of BTC-USD"),
        ("localnet.toml", "markets.toml", "nowhere.toml", "nowhere.toml"),
        ("devnet.toml", "timelock_seconds = 3_600", "", "`timelock_seconds` is missing"),
        ("devnet.toml", "guardian = \"none\"", "guardian = \"me\"", "\"me\" is not an address"),
        ("devnet.toml", "unstake_cooldown_seconds = 1_800", "unstake_cooldown_seconds = 1_801", "bounds"),
        ("devnet.toml", "e62df6c8", "zz2df6c8", "64 hexadecimal digits"),
    ];
    for (file, from, to, part) in cases {
        let changed = |text: String| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        };
        let error = format!("{:#}", parse(changed, file).unwrap_err());
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn mainnet_refuses_a_stand_in_and_a_timelock_of_zero() {
    let mainnet = |text: String| text.replace("\"devnet\"", "\"mainnet\"");
    parse(mainnet, "devnet.toml").unwrap();
    let zero = |text: String| {
        mainnet(text)
            .replace("timelock_seconds = 3_600", "timelock_seconds = 0")
            .replace("cooldown_seconds = 1_800", "cooldown_seconds = 0")
    };
    let error = format!("{:#}", parse(zero, "devnet.toml").unwrap_err());
    assert!(error.contains("must wait"), "{error}");
    let feed = "{ source = \"pyth\", feed_id = \"ef0d8b6fda2ceba41da15d4095d1da392a0d2f8ed0c6c7bc0f4cfac8c280b56d\" }";
    let stand_in = |text: String| mainnet(text).replace(feed, "{ source = \"stand-in\", price = \"1\" }");
    let error = format!("{:#}", parse(stand_in, "devnet.toml").unwrap_err());
    assert!(error.contains("SOL-USD has a stand-in"), "{error}");
}
