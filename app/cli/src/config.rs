//! Settings: defaults, then the configuration file, then the environment, then the command line.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail, Context, Result};
use figment::providers::{Env, Format, Serialized, Toml};
use figment::value::magic::RelativePathBuf;
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use solana_commitment_config::CommitmentConfig;

// Flags of every command that speaks to a cluster. No doc comment: clap would take it for the text about each command.
#[derive(clap::Args, Clone, Debug, Default, Serialize)]
#[command(next_help_heading = "Connection")]
pub struct Flags {
    /// The cluster: an http(s) URL, or localhost, devnet, testnet, mainnet [default: localhost]
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its websocket [default: the same host, on the port above if a port is given]
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ws_url: Option<String>,
    /// File of the key that signs and pays [default: ~/.config/solana/id.json]
    #[arg(long, short = 'k', value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keypair: Option<PathBuf>,
    /// Address of the clearinghouse
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clearinghouse: Option<String>,
    /// How final what is read and what has landed must be [default: confirmed]
    #[arg(long, value_enum)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commitment: Option<Commitment>,
    /// Micro-lamports a compute unit, or `auto`: what three quarters of those who wrote our accounts lately paid at most,
    /// up to priority_fee_cap [default: auto]
    #[arg(long, value_name = "FEE", value_parser = parse_priority_fee)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority_fee: Option<PriorityFee>,
    /// Print JSON: results on stdout, errors on stderr
    #[arg(long)]
    #[serde(skip_serializing_if = "is_false")]
    pub json: bool,
    /// Configuration file [default: ./jettison.toml, ./.localnet/jettison.toml, jettison/config.toml of the user's
    /// configuration folder]
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Simulate and show what would happen; send nothing
    #[arg(long)]
    #[serde(skip)]
    pub dry_run: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Flags {
    /// These flags, and those of `outer` that are not among them.
    pub fn or(self, outer: Self) -> Self {
        Self {
            url: self.url.or(outer.url),
            ws_url: self.ws_url.or(outer.ws_url),
            keypair: self.keypair.or(outer.keypair),
            clearinghouse: self.clearinghouse.or(outer.clearinghouse),
            commitment: self.commitment.or(outer.commitment),
            priority_fee: self.priority_fee.or(outer.priority_fee),
            json: self.json || outer.json,
            config: self.config.or(outer.config),
            dry_run: self.dry_run || outer.dry_run,
        }
    }
}

/// How final something must be.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Commitment {
    /// Executed by the node that answers.
    Processed,
    /// Voted for by two thirds of the stake.
    #[default]
    Confirmed,
    /// Beyond any rollback.
    Finalized,
}

impl From<Commitment> for CommitmentConfig {
    fn from(commitment: Commitment) -> Self {
        match commitment {
            Commitment::Processed => Self::processed(),
            Commitment::Confirmed => Self::confirmed(),
            Commitment::Finalized => Self::finalized(),
        }
    }
}

/// What a transaction offers on top of the base fee, in micro-lamports a compute unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriorityFee {
    /// By what others paid lately for the accounts that the transaction writes.
    Auto,
    /// So much.
    Fixed(u64),
}

fn parse_priority_fee(text: &str) -> Result<PriorityFee, String> {
    match text.parse() {
        Ok(fee) => Ok(PriorityFee::Fixed(fee)),
        Err(_) if text == "auto" => Ok(PriorityFee::Auto),
        Err(_) => Err("give micro-lamports a compute unit, or auto".to_owned()),
    }
}

impl Serialize for PriorityFee {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::Fixed(fee) => serializer.serialize_u64(*fee),
        }
    }
}

impl<'de> Deserialize<'de> for PriorityFee {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(u64),
            Text(String),
        }
        match Form::deserialize(deserializer) {
            Ok(Form::Number(fee)) => Ok(Self::Fixed(fee)),
            Ok(Form::Text(text)) => parse_priority_fee(&text).map_err(serde::de::Error::custom),
            Err(_) => Err(serde::de::Error::custom("give micro-lamports a compute unit, or \"auto\"")),
        }
    }
}

/// The most that `auto` offers, unless the configuration says otherwise: a fifth of a thousandth of a SOL for 200,000 units.
const PRIORITY_FEE_CAP: u64 = 1_000_000;

/// Settings in force, and where the configuration file is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The cluster.
    #[serde(default = "default_url")]
    pub url: String,
    /// Its websocket, if it isn't where Solana's tools look for it.
    pub ws_url: Option<String>,
    /// The key that signs and pays.
    keypair: Option<RelativePathBuf>,
    /// The clearinghouse.
    pub clearinghouse: Option<String>,
    /// How final what is read must be.
    #[serde(default)]
    pub commitment: Commitment,
    /// What to pay on top of the base fee.
    #[serde(default = "default_priority_fee")]
    pub priority_fee: PriorityFee,
    /// The most that an automatic priority fee may be, in micro-lamports a compute unit.
    #[serde(default = "default_priority_fee_cap")]
    pub priority_fee_cap: u64,
    /// Whether to print JSON.
    #[serde(default)]
    pub json: bool,
    /// The keeper's own settings, which it reads itself.
    #[serde(default)]
    #[allow(dead_code)]
    pub keeper: Dict,
}

/// What the environment can set: `JETTISON_URL` and so on. Others, such as `JETTISON_LOG`, are not settings.
const KEYS: [&str; 8] =
    ["url", "ws_url", "keypair", "clearinghouse", "commitment", "priority_fee", "priority_fee_cap", "json"];

fn default_url() -> String {
    "localhost".to_owned()
}

fn default_priority_fee() -> PriorityFee {
    PriorityFee::Auto
}

fn default_priority_fee_cap() -> u64 {
    PRIORITY_FEE_CAP
}

/// The command line as a source of settings.
struct CommandLine<'a>(&'a Flags);

impl Provider for CommandLine<'_> {
    fn metadata(&self) -> Metadata {
        Metadata::named("the command line")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let dict = Value::serialize(self.0)?.into_dict().unwrap_or_default();
        Ok(Profile::Default.collect(dict))
    }
}

impl Settings {
    /// Reads them. An unknown key, or a value of the wrong kind, is an error that names the key and where it stands.
    pub fn load(flags: &Flags) -> Result<Self> {
        let file = find_file(flags.config.as_deref())?;
        let mut sources = Figment::new();
        if let Some(path) = &file {
            let text =
                std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
            text.parse::<toml::Table>().with_context(|| format!("{} is not TOML", path.display()))?;
            sources = sources.merge(Toml::file_exact(path));
            sources.extract::<Self>().map_err(|error| explain(error, &path.display().to_string()))?;
        }
        let environment = Figment::from(Env::prefixed("JETTISON_").only(&KEYS));
        for layer in [environment, Figment::from(CommandLine(flags))] {
            sources = over(sources, layer);
        }
        sources.extract::<Self>().map_err(|error| explain(error, "the settings"))
    }

    /// Where the key is. A path in the configuration file is relative to the file; `~` is the home folder.
    pub fn keypair(&self) -> Result<PathBuf> {
        let path = match &self.keypair {
            Some(path) if path.original().starts_with("~") => path.original().to_owned(),
            Some(path) => path.relative(),
            None => PathBuf::from("~/.config/solana/id.json"),
        };
        expand_home(&path)
    }
}

/// `sources` with a layer above them. A websocket belongs to the URL beside it: another URL above it leaves it behind,
/// or else requests would go to one cluster and the stream would come from another.
fn over(mut sources: Figment, layer: Figment) -> Figment {
    let url = |figment: &Figment| figment.find_value("url").ok().and_then(Value::into_string);
    if url(&layer).is_some_and(|above| url(&sources).as_ref() != Some(&above)) {
        sources = sources.merge(Serialized::default("ws_url", None::<String>));
    }
    sources.merge(layer)
}

/// `path` with `~` replaced by the home folder.
pub fn expand_home(path: &Path) -> Result<PathBuf> {
    match path.strip_prefix("~") {
        Ok(rest) => {
            let home = dirs::home_dir().ok_or_else(|| anyhow!("there is no home folder for ~"))?;
            Ok(home.join(rest))
        }
        Err(_) => Ok(path.to_owned()),
    }
}

fn find_file(given: Option<&Path>) -> Result<Option<PathBuf>> {
    let named = match given {
        Some(path) => Some((path.to_owned(), "--config")),
        None => std::env::var_os("JETTISON_CONFIG").map(|path| (path.into(), "JETTISON_CONFIG")),
    };
    if let Some((path, by)) = named {
        let path = expand_home(&path)?;
        if !path.is_file() {
            bail!("{by} names {}, which is not a file", path.display());
        }
        return Ok(Some(path));
    }
    let users = dirs::config_dir().map(|folder| folder.join("jettison/config.toml"));
    let usual = [Some("jettison.toml".into()), Some(".localnet/jettison.toml".into()), users];
    Ok(usual.into_iter().flatten().find(|path: &PathBuf| path.is_file()))
}

/// The settings' first error in words: which key, where it stands, and what is wrong.
fn explain(error: figment::Error, otherwise: &str) -> anyhow::Error {
    let place = match error.metadata.as_ref() {
        Some(metadata) => match metadata.source.as_ref().and_then(|source| source.file_path()) {
            Some(path) => path.display().to_string(),
            None => metadata.name.to_string(),
        },
        None => otherwise.to_owned(),
    };
    match error.path.join(".").as_str() {
        "" => anyhow!("in {place}: {}", error.kind),
        key => anyhow!("in {place}: {key}: {}", error.kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when a websocket of the file stayed beside a URL of the command line.
    #[test]
    fn a_websocket_goes_with_its_url() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jettison.toml");
        std::fs::write(&file, "url = \"http://127.0.0.1:1\"\nws_url = \"ws://127.0.0.1:7\"\n").unwrap();
        let ws_url = |url: Option<&str>, ws_url: Option<&str>| {
            let flags = Flags {
                url: url.map(str::to_owned),
                ws_url: ws_url.map(str::to_owned),
                config: Some(file.clone()),
                ..Flags::default()
            };
            Settings::load(&flags).unwrap().ws_url
        };
        assert_eq!(ws_url(None, None).as_deref(), Some("ws://127.0.0.1:7"));
        assert_eq!(ws_url(Some("http://127.0.0.1:1"), None).as_deref(), Some("ws://127.0.0.1:7"));
        assert_eq!(ws_url(None, Some("ws://127.0.0.1:8")).as_deref(), Some("ws://127.0.0.1:8"));
        assert_eq!(ws_url(Some("devnet"), None), None);
        assert_eq!(ws_url(Some("devnet"), Some("ws://127.0.0.1:8")).as_deref(), Some("ws://127.0.0.1:8"));
    }
}
