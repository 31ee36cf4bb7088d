//! The `jettison` command, used as from a shell.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{bail, ensure, Context, Result};
use serde_json::Value;

/// The command with the configuration of one localnet.
#[derive(Clone)]
pub struct Cli {
    program: PathBuf,
    config: PathBuf,
    key: Option<PathBuf>,
}

impl Cli {
    /// `program` with `--config config`.
    pub fn new(program: &Path, config: &Path) -> Self {
        Self { program: program.to_owned(), config: config.to_owned(), key: None }
    }

    /// The command with `arguments`, for who starts it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(&self.config);
        if let Some(key) = &self.key {
            command.arg("--keypair").arg(key);
        }
        command.args(arguments);
        command
    }

    /// The same, signing with another key.
    pub fn with_key(&self, key: &Path) -> Self {
        Self { key: Some(key.to_owned()), ..self.clone() }
    }

    /// The command alone.
    pub fn without_config(&self) -> Command {
        Command::new(&self.program)
    }

    /// Runs it with `--json`: what it prints, which must be JSON, if it succeeds.
    pub fn json(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.run(arguments)?;
        ensure!(output.status.success(), "{}", Self::describe(arguments, &output));
        let text = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&text).with_context(|| Self::describe(arguments, &output))
    }

    /// Runs it with `--json`, and asks that it fails with `status` and says `text`.
    pub fn refused(&self, arguments: &[&str], status: i32, text: &str) -> Result<()> {
        let output = self.run(arguments)?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.code() != Some(status) || !said.contains(text) {
            bail!("expected status {status} and {text:?}: {}", Self::describe(arguments, &output));
        }
        Ok(())
    }

    /// Runs it with `--json`, whatever comes of it.
    pub fn run(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = self.command(arguments);
        command.arg("--json").output().with_context(|| format!("starting {}", self.program.display()))
    }

    fn describe(arguments: &[&str], output: &Output) -> String {
        format!(
            "jettison {}: {}\n{}{}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    }
}
