//! Published tables that the report looks at beside its own histories.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jettison_simulator::output::FileHash;
use jettison_simulator::waves::{self, Model, Sources, WaveStudy};

use super::stored::same;

/// Published tables that the report looks at beside its own histories.
#[derive(clap::Args, Clone, Default)]
pub struct Tables {
    /// CSV of auto-deleveraging waves, for the report
    #[arg(long, value_name = "FILE")]
    waves: Option<PathBuf>,
    /// CSV of the same waves under several sharing rules
    #[arg(long, value_name = "FILE", requires = "waves")]
    policies: Option<PathBuf>,
    /// CSV of shocks by coin
    #[arg(long, value_name = "FILE", requires = "waves")]
    shocks: Option<PathBuf>,
}

impl Tables {
    /// Whether there is any.
    pub fn are_given(&self) -> bool {
        self.waves.is_some()
    }

    /// These, or if there are none those of a study's manifest, which must be what they were.
    pub fn or_stored(self, stored: &BTreeMap<String, FileHash>) -> Result<Self> {
        if self.are_given() {
            return Ok(self);
        }
        let place = |table: &str| -> Result<Option<PathBuf>> {
            let Some(file) = stored.get(table) else { return Ok(None) };
            let place = Path::new(&file.file);
            let hint = format!("say where the study's published tables are: --waves, --{table}");
            same(place, file).context(hint)?;
            Ok(Some(place.to_owned()))
        };
        Ok(Self { waves: place("waves")?, policies: place("policies")?, shocks: place("shocks")? })
    }

    /// What the manifest says of them.
    pub fn hashes(&self) -> Result<BTreeMap<String, FileHash>> {
        let files = [("waves", &self.waves), ("policies", &self.policies), ("shocks", &self.shocks)];
        let given = files.into_iter().filter_map(|(table, path)| Some((table, path.as_deref()?)));
        let hash = |(table, path): (&str, &Path)| {
            Ok((table.to_owned(), FileHash::read(path, &path.display().to_string())?))
        };
        given.map(hash).collect()
    }

    /// The study of them.
    pub fn study(&self) -> Result<Option<WaveStudy>> {
        let Some(waves) = &self.waves else {
            return Ok(None);
        };
        let sources =
            Sources { waves: waves.clone(), policies: self.policies.clone(), shocks: self.shocks.clone() };
        Ok(Some(waves::study(&sources, Some(&Model::default()))?))
    }
}
