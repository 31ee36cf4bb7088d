//! Anza's `cargo build-sbf`.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{ensure, Context, Result};

use super::{execute, root, Program};

/// The line that marks `xtask/sbf/bin/cargo-build-sbf`, here or in another checkout.
const STAND_IN: &[u8] = b"# jettison: stand-in for cargo-build-sbf";

/// A `cargo-build-sbf` that runs.
pub struct Toolchain {
    exe: PathBuf,
    /// For `toolchain.txt`.
    pub name: String,
}

impl Toolchain {
    /// The first `cargo-build-sbf` in PATH that isn't our stand-in (which would call us again). An error means that
    /// it is there and doesn't run.
    pub fn find() -> Result<Option<Self>> {
        let path = env::var_os("PATH").unwrap_or_default();
        let Some(exe) = env::split_paths(&path)
            .map(|dir| dir.join("cargo-build-sbf"))
            .find(|exe| exe.is_file() && !is_stand_in(exe))
        else {
            return Ok(None);
        };
        let output = Command::new(&exe)
            .args(["build-sbf", "--version"])
            .output()
            .with_context(|| format!("{} does not run", exe.display()))?;
        ensure!(output.status.success(), "{} --version fails ({})", exe.display(), output.status);
        // "solana-cargo-build-sbf 3.0.0", then a line for each part.
        let version = String::from_utf8_lossy(&output.stdout).lines().collect::<Vec<_>>().join(", ");
        let version = version.trim_start_matches("solana-cargo-build-sbf ");
        Ok(Some(Self { name: format!("cargo build-sbf {version}"), exe }))
    }

    pub fn build(&self, program: Program) -> Result<PathBuf> {
        // A target folder for each program: `clearing` depends on `price-feed` without its entrypoint, and in one
        // folder cargo gives both the same file name.
        let target = root().join("target/sbf-official").join(program.package);
        let out = target.join("out");
        let mut command = Command::new(&self.exe);
        command
            .args(["build-sbf", "--arch", "v3", "--manifest-path"])
            .arg(root().join("programs").join(program.package).join("Cargo.toml"))
            .arg("--sbf-out-dir")
            .arg(&out)
            .args(["--", "--locked"])
            .env("CARGO_TARGET_DIR", &target);
        execute(&mut command).context(
            "the official tools did not build it; if they cannot fetch their platform-tools, \
             use `--toolchain registry`",
        )?;
        Ok(out.join(program.file()))
    }
}

fn is_stand_in(exe: &Path) -> bool {
    let mut head = [0; 1024];
    let Ok(read) = File::open(exe).and_then(|mut file| file.read(&mut head)) else {
        return false;
    };
    head[..read].windows(STAND_IN.len()).any(|part| part == STAND_IN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Else `anchor build` would call the stand-in, which calls xtask, which calls the stand-in.
    #[test]
    fn own_stand_in_is_not_the_official_tool() {
        assert!(is_stand_in(&root().join("xtask/sbf/bin/cargo-build-sbf")));
        assert!(!is_stand_in(&root().join("xtask/sbf/setup.sh")));
    }
}
