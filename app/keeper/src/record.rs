//! A record of a run: every input with the time it came, as JSON lines after a line with the setup. Replayed, it gives the
//! same decisions, without a network.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::input::{Input, Millis};
use crate::keeper::{Decision, Header, Keeper, Setup};

/// One line.
#[derive(Serialize, Deserialize)]
struct Line<T> {
    at: Millis,
    #[serde(flatten)]
    input: T,
}

/// Writes a record.
pub struct Recorder {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Recorder {
    /// Begins a record. A file that is there isn't touched: it may be the record of what one wants to understand.
    ///
    /// # Errors
    /// When it is there, or can't be written.
    pub fn create(path: &Path, setup: &Setup) -> Result<Self> {
        let file = File::create_new(path).with_context(|| {
            format!("can't begin the record {}: if it is there, move it away or name another", path.display())
        })?;
        let mut recorder = Self { path: path.to_owned(), file: BufWriter::new(file) };
        recorder.line(&Header::from(setup))?;
        Ok(recorder)
    }

    /// Notes an input.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, at: Millis, input: &Input) -> Result<()> {
        self.line(&Line { at, input })
    }

    /// Brings what was noted to the disk.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn flush(&mut self) -> Result<()> {
        self.file.flush().with_context(|| format!("writing the record {}", self.path.display()))
    }

    fn line(&mut self, value: &impl Serialize) -> Result<()> {
        let mut text = serde_json::to_string(value).context("an input has no JSON")?;
        text.push('\n');
        let written = self.file.write_all(text.as_bytes());
        written.with_context(|| format!("writing the record {}", self.path.display()))
    }
}

/// Drives a keeper by a record; `seen` gets each decision as it is made.
///
/// # Errors
/// When the file can't be read, is no record, or is of another format. A last line that was cut off, as by a kill, ends
/// the replay.
pub fn replay(path: &Path, mut seen: impl FnMut(&Decision)) -> Result<Keeper> {
    let file = File::open(path).with_context(|| format!("can't read the record {}", path.display()))?;
    let mut lines = BufReader::new(file).lines();
    let first = lines.next().transpose()?.with_context(|| format!("{} is empty", path.display()))?;
    let header: Header = serde_json::from_str(&first)
        .with_context(|| format!("{} is not a record of a keeper: its first line", path.display()))?;
    let mut keeper = Keeper::new(Setup::try_from(header)?);
    let mut lines = lines.enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        let line = line.with_context(|| format!("reading {}", path.display()))?;
        let parsed: Line<Input> = match serde_json::from_str(&line) {
            Ok(parsed) => parsed,
            Err(_) if lines.peek().is_none() => break,
            Err(error) => {
                return Err(error).with_context(|| format!("{}, line {}", path.display(), at + 2));
            }
        };
        for decision in keeper.step(parsed.at, &parsed.input).decisions {
            seen(&decision);
        }
    }
    Ok(keeper)
}
