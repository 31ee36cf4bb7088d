//! Reading a study back from its folder: it must be what its manifest says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use jettison_paths::{PriceSeries, ReadOptions};
use jettison_simulator::output::{FileHash, Manifest, Run};
use jettison_simulator::study::StudySpec;
use serde_json::Value;

use super::finish::SPEC;
use crate::output::Refused;
use crate::prices;

/// A study that was run before.
pub struct Stored {
    /// The study.
    pub spec: StudySpec,
    /// The prices that it was made from.
    pub series: PriceSeries,
    /// Their file, if they come from one.
    pub inputs: Vec<FileHash>,
    /// Published tables of its report.
    pub tables: BTreeMap<String, FileHash>,
}

/// Reads a study and its prices. `prices` says where their file is now, if it isn't where it was. A study of another version is
/// read with a warning.
pub fn read(folder: &Path, prices: Option<&Path>) -> Result<Stored> {
    let manifest = Manifest::read(folder)?;
    let spec = spec(folder, &manifest)?;
    let Run { version, inputs, tables, .. } = manifest.run;
    let ours = env!("CARGO_PKG_VERSION");
    if version != ours {
        let folder = folder.display();
        eprintln!(
            "warning: {folder} is of version {version}, this is {ours}: its numbers may come out otherwise"
        );
    }
    let series = match inputs.first() {
        Some(input) => read_prices(input, prices)?,
        None => made_up(folder, &spec, prices)?,
    };
    Ok(Stored { spec, series, inputs, tables })
}

/// The study of a folder, as it was run.
fn spec(folder: &Path, manifest: &Manifest) -> Result<StudySpec> {
    let path = folder.join(SPEC);
    let named = || format!("reading {}", path.display());
    let listed = manifest.outputs.iter().find(|file| file.file == SPEC);
    let listed = listed.with_context(|| format!("{} has no {SPEC}: it isn't a study", folder.display()))?;
    let text = fs::read_to_string(&path).with_context(named)?;
    let parsed: Result<StudySpec, _> = toml::from_str(&text);
    let Some(why) = changed(&path, listed)? else {
        return parsed.with_context(named);
    };
    let setting = parsed.ok().and_then(|found| {
        // By way of text, as the manifest was read: that may change the last digit of a number.
        let found = serde_json::from_str(&serde_json::to_string(&found).ok()?).ok()?;
        difference("", &found, &manifest.run.parameters)
    });
    let setting = setting.map(|setting| format!(" ({setting})")).unwrap_or_default();
    let why =
        format!("{why}{setting}: it was changed since the study was run; a study of its own needs --config");
    Err(Refused(why).into())
}

/// The first setting in which a study differs from its manifest.
fn difference(place: &str, found: &Value, expected: &Value) -> Option<String> {
    let within = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            let names = found.keys().chain(expected.keys().filter(|name| !found.contains_key(*name)));
            let mut pairs = names.map(|name| (name, found.get(name), expected.get(name)));
            pairs.find_map(|(name, found, expected)| {
                difference(&within(name), found.unwrap_or(&Value::Null), expected.unwrap_or(&Value::Null))
            })
        }
        (Value::Array(found), Value::Array(expected)) if found.len() == expected.len() => {
            let mut pairs = found.iter().zip(expected).enumerate();
            pairs.find_map(|(place, (found, expected))| {
                difference(&within(&place.to_string()), found, expected)
            })
        }
        _ if found == expected => None,
        _ => Some(format!("{place} is {found}, not {expected}")),
    }
}

fn read_prices(input: &FileHash, prices: Option<&Path>) -> Result<PriceSeries> {
    let place = prices.unwrap_or(Path::new(&input.file));
    same(place, input).context("say where the study's price file is with --prices")?;
    // With any gap: it was accepted then.
    let series = PriceSeries::read(place, ReadOptions::default())?;
    // Named as it was, so that what is written is what was.
    Ok(PriceSeries { source: input.file.clone(), ..series })
}

fn made_up(folder: &Path, spec: &StudySpec, prices: Option<&Path>) -> Result<PriceSeries> {
    if let Some(prices) = prices {
        let why = format!("the study of {} was not made from {}", folder.display(), prices.display());
        return Err(Refused(format!("{why}: leave --prices out")).into());
    }
    prices::october_10th(spec.seed)
}

/// Refuses a file that isn't what it was.
pub fn same(place: &Path, expected: &FileHash) -> Result<()> {
    match changed(place, expected)? {
        Some(why) => Err(Refused(format!("{why}: it isn't the file that the study was made from")).into()),
        None => Ok(()),
    }
}

/// In what a file differs from what it was.
fn changed(place: &Path, expected: &FileHash) -> Result<Option<String>> {
    let found = FileHash::read(place, &expected.file)?;
    let described = |file: &FileHash| format!("{} bytes with the hash {}", file.bytes, file.blake3);
    let differs = || format!("{} has {}, not {}", place.display(), described(&found), described(expected));
    Ok((found != *expected).then(differs))
}
