//! Programs that run beside the script, each with its output in a file.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{bail, Context, Result};

/// A program that runs until it is stopped, or until the script ends.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

/// How long a program may take to stop when it is asked to.
const PATIENCE: Duration = Duration::from_secs(30);

impl Process {
    /// Starts `command`; what it prints goes to `folder/name.log`.
    pub fn start(name: &str, folder: &Path, command: &mut Command) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let output = File::options().create(true).append(true).open(&log)?;
        let child = command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).spawn();
        let child = child.with_context(|| format!("starting {name}: {command:?}"))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// What it has printed.
    pub fn output(&self) -> Result<String> {
        Ok(std::fs::read_to_string(&self.log)?)
    }

    /// [`Err`] if it has ended.
    pub fn require_running(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended with {status}:\n{}", self.name, self.output()?),
        }
    }

    /// Waits until it ends by itself.
    pub fn wait(mut self, limit: Duration) -> Result<ExitStatus> {
        self.end_within(limit)
    }

    /// Asks it to stop, as Ctrl-C does, and waits until it has.
    pub fn stop(mut self) -> Result<ExitStatus> {
        self.signal("INT");
        self.end_within(PATIENCE)
    }

    /// Ends it without warning, as a power cut does.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn end_within(&mut self, limit: Duration) -> Result<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if start.elapsed() > limit {
                bail!("{} did not end within {limit:?}:\n{}", self.name, self.output()?);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Sends a signal, such as `INT` or `STOP`, by its name.
    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        // Whether it is still there, the caller sees by waiting.
        let _ = Command::new("kill").args(["-s", signal, &pid]).status();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal("TERM");
            let _ = self.end_within(Duration::from_secs(5));
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
