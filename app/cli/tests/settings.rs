//! Where settings come from, which wins, and what is said about bad ones. No server: commands say whom they could not reach.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// Nobody listens there.
const NOBODY: &str = "http://127.0.0.1:1";
const CLEARINGHOUSE: &str = "9Nv5sim61JfeyTBBRKoyRDWdThbWz96ysDz4TMi5MT7H";

/// A folder of its own, with no configuration around it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jettison"));
        command.current_dir(self.0.path()).env("HOME", self.0.path()).env("XDG_CONFIG_HOME", self.0.path());
        for variable in
            ["URL", "WS_URL", "KEYPAIR", "CLEARINGHOUSE", "COMMITMENT", "PRIORITY_FEE", "JSON", "CONFIG"]
        {
            command.env_remove(format!("JETTISON_{variable}"));
        }
        command
    }

    /// The error of a command that must fail for its surroundings, with nothing on stdout.
    fn error(&self, arguments: &[&str], environment: &[(&str, &str)]) -> String {
        let output = self.command().args(arguments).envs(environment.iter().copied()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        stderr
    }

    /// Which URL a command went to.
    fn url(&self, arguments: &[&str], environment: &[(&str, &str)]) -> String {
        let all = [arguments, &["clearinghouse", "list"]].concat();
        let error = self.error(&all, environment);
        let (_, rest) = error.split_once("no answer from ").unwrap_or_else(|| panic!("{error}"));
        rest.split(':').take(3).collect::<Vec<_>>().join(":")
    }
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

#[test]
fn flags_win_over_the_environment_which_wins_over_the_file_which_wins_over_the_defaults() {
    let place = Place::new();
    let named = place.write("named.toml", &format!("url = {:?}", url(4)));
    place.write(".localnet/jettison.toml", &format!("url = {:?}", url(6)));
    assert_eq!(place.url(&[], &[]), url(6));
    place.write("jettison.toml", &format!("url = {:?}", url(5)));
    assert_eq!(place.url(&[], &[]), url(5));
    assert_eq!(place.url(&[], &[("JETTISON_CONFIG", &named)]), url(4));
    let other = place.write("other.toml", &format!("url = {:?}", url(3)));
    let by_flag = ["--config", other.as_str()];
    assert_eq!(place.url(&by_flag, &[("JETTISON_CONFIG", &named)]), url(3));
    let environment = [("JETTISON_URL", "http://127.0.0.1:2")];
    assert_eq!(place.url(&by_flag, &environment), url(2));
    assert_eq!(place.url(&["--config", &other, "--url", NOBODY], &environment), url(1));
    // A flag may stand before or behind the command; behind wins.
    let both = ["clearinghouse", "list", "--url", NOBODY];
    assert!(place.error(&[&["--url", "http://127.0.0.1:7"], &both[..]].concat(), &[]).contains(NOBODY));
}

#[test]
fn the_users_own_file_is_the_last_that_is_looked_for() {
    let place = Place::new();
    place.write("jettison/config.toml", &format!("url = {:?}", url(8)));
    assert_eq!(place.url(&[], &[]), url(8));
}

#[test]
fn a_bad_file_is_an_error_that_names_the_file_and_the_key() {
    let place = Place::new();
    let cases = [
        ("clearing_house = \"x\"", "clearing_house"),
        ("commitment = \"certain\"", "commitment"),
        ("priority_fee = \"much\"", "priority_fee"),
        ("priority_fee = -1", "priority_fee"),
        ("json = 7", "json"),
        ("url = 7", "url"),
        ("url = \"x\"\nurl = \"y\"", "not TOML"),
        ("this is not toml", "not TOML"),
    ];
    for (text, named) in cases {
        let file = place.write("bad.toml", text);
        let error = place.error(&["--config", &file, "market", "list"], &[]);
        assert!(error.contains(&file) && error.contains(named), "{text}: {error}");
    }
    let missing = place.error(&["--config", "nowhere.toml", "market", "list"], &[]);
    assert!(missing.contains("--config names nowhere.toml"), "{missing}");
    let by_environment = place.error(&["market", "list"], &[("JETTISON_COMMITMENT", "certain")]);
    assert!(by_environment.contains("JETTISON_"), "{by_environment}");
    // Variables of the same prefix that are no settings don't disturb.
    let other = [("JETTISON_REQUIRE_ELF", "1"), ("JETTISON_URL", NOBODY)];
    assert_eq!(place.url(&[], &other), NOBODY);
}

#[test]
fn a_bad_key_file_is_told_before_anything_is_sent_and_never_shown() {
    let place = Place::new();
    let secret: Vec<u8> = (100..164).collect();
    let short = serde_json::to_string(&secret[..63]).unwrap();
    let mismatched = serde_json::to_string(&secret).unwrap();
    let cases = [
        ("no.json", None, "there is no readable key file"),
        ("text.json", Some("secret words"), "not a key file"),
        ("object.json", Some("{\"key\": [1]}"), "not a key file"),
        ("large.json", Some("[256]"), "not a key file"),
        ("short.json", Some(short.as_str()), "holds 63 numbers"),
        ("mismatched.json", Some(mismatched.as_str()), "don't belong together"),
    ];
    for (name, text, expected) in cases {
        if let Some(text) = text {
            place.write(name, text);
        }
        let arguments = ["--url", NOBODY, "--clearinghouse", CLEARINGHOUSE, "-k", name, "deposit", "1"];
        let error = place.error(&arguments, &[]);
        assert!(error.contains(expected) && error.contains(name), "{error}");
        assert!(!error.contains("100,101") && !error.contains("secret words"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let bytes = solana_keypair::Keypair::new().to_bytes().to_vec();
    let file = place.write("key.json", &serde_json::to_string(&bytes).unwrap());
    let arguments = ["--url", NOBODY, "--clearinghouse", CLEARINGHOUSE, "-k", &file, "deposit", "1"];
    for (mode, warned) in [(0o644, true), (0o600, false)] {
        fs::set_permissions(Path::new(&file), fs::Permissions::from_mode(mode)).unwrap();
        let error = place.error(&arguments, &[]);
        assert_eq!(error.contains("chmod 600"), warned, "{error}");
        assert!(error.contains("no answer from"), "{error}");
    }
    // In the configuration a path is relative to the file, and ~ is the home folder.
    for path in ["key.json", "~/key.json"] {
        let config = place.write("sub/../jettison.toml", &format!("keypair = {path:?}\nurl = {NOBODY:?}"));
        let error =
            place.error(&["--config", &config, "--clearinghouse", CLEARINGHOUSE, "deposit", "1"], &[]);
        assert!(error.contains("no answer from"), "{error}");
    }
}

#[test]
fn a_missing_or_bad_clearinghouse_or_url_is_told() {
    let place = Place::new();
    let none = place.error(&["--url", NOBODY, "market", "list"], &[]);
    assert!(none.contains("no clearinghouse is set") && none.contains("clearinghouse list"), "{none}");
    let bad = place.error(&["--url", NOBODY, "--clearinghouse", "xyz", "market", "list"], &[]);
    assert!(bad.contains("\"xyz\" is not an address"), "{bad}");
    let url = place.error(&["--url", "nowhere", "market", "list"], &[]);
    assert!(url.contains("\"nowhere\" is not a cluster"), "{url}");
    let websocket = place.error(&["--ws-url", "http://x", "market", "list"], &[]);
    assert!(websocket.contains("http://x"), "{websocket}");
}

#[test]
fn with_json_an_error_is_an_object_whatever_it_is_about() {
    let place = Place::new();
    let message = |error: String| -> String {
        let json: Value = serde_json::from_str(&error).unwrap_or_else(|_| panic!("no JSON: {error}"));
        assert_eq!(json["error"]["kind"], "environment");
        json["error"]["message"].as_str().unwrap().to_owned()
    };
    assert!(message(place.error(&["--json", "market", "list"], &[])).contains("no clearinghouse"));
    assert!(message(place.error(&["market", "list", "--json", "--nonsense"], &[])).contains("--nonsense"));
    assert!(
        message(place.error(&["market", "list"], &[("JETTISON_JSON", "true")])).contains("no clearinghouse")
    );
    assert!(message(place.error(&["deposit", "1e3", "--json"], &[])).contains("not an amount"));
    let config = place.write("json.toml", "json = true");
    let by_file = place.error(&["--config", &config, "market", "list"], &[]);
    assert!(message(by_file).contains("no clearinghouse"));
}

#[test]
fn help_completions_and_man_pages_are_made_without_any_configuration() {
    let place = Place::new();
    place.write("jettison.toml", "nonsense = true");
    let run = |arguments: &[&str]| {
        let output = place.command().args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell]);
        assert!(script.contains("withdrawal") && script.contains("priority-fee"), "{shell}");
    }
    assert!(run(&["man"]).contains("clearing with an exact"));
    let folder = place.0.path().join("pages");
    run(&["man", "--out", folder.to_str().unwrap()]);
    for page in
        ["jettison.1", "jettison-deposit.1", "jettison-trade-accept.1", "jettison-trade-nonce-advance.1"]
    {
        assert!(folder.join(page).is_file(), "{page}");
    }
    let help = run(&["help"]);
    assert!(help.contains("Exit status: 0 done; 1 refused") && help.contains("JETTISON_URL"), "{help}");
    assert!(run(&["market", "show", "--help"]).starts_with("Show a market"));
}

#[test]
fn the_commands_that_write_json_to_a_file_say_so() {
    let error = Place::new().error(&["--json", "units", "--elf", "nowhere"], &[]);
    assert!(error.contains("--json FILE"), "{error}");
}
