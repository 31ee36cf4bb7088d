//! The toolchain made from Debian packages and the Rust package registry: see `docs/building-the-elf.md`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{ensure, Context, Result};

use super::{execute, root, Program};

/// Debian's, by full path: rustup's come first in PATH.
const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";

/// What the set-up is made of. A change to any of these makes another toolchain.
const SETUP_FILES: [&str; 3] = ["setup.sh", "sbf-link", "std-solana.patch"];

/// A toolchain that is set up.
pub struct Toolchain {
    home: PathBuf,
    /// For `toolchain.txt`.
    pub name: String,
}

impl Toolchain {
    /// The toolchain in `dir` or in the user's cache, set up if it isn't.
    pub fn get(dir: Option<&Path>) -> Result<Self> {
        let id = setup_id()?;
        let home = match dir {
            Some(dir) => std::path::absolute(dir)?,
            None => cache()?.join(format!("jettison/sbf-{id}")),
        };
        if let Some(toolchain) = Self::ready(&home, &id) {
            return Ok(toolchain);
        }
        println!(
            "setting up the SBF toolchain in {} (once; about 6 minutes, 300 MB)",
            home.display()
        );
        let start = Instant::now();
        // Not through `execute`: sbpf-linker is compiled by the workspace's own cargo.
        let status = Command::new("bash")
            .arg(files().join("setup.sh"))
            .arg(&home)
            .arg(&id)
            .status();
        let status = status.context("running bash")?;
        ensure!(
            status.success(),
            "the SBF toolchain could not be set up (see above)"
        );
        println!("set up in {}s", start.elapsed().as_secs());
        Self::ready(&home, &id).with_context(|| format!("the set-up left no stamp in {}", home.display()))
    }

    /// The toolchain, if its set-up came to the end and its compiler is still there: a CI cache restores the one
    /// without the other.
    fn ready(home: &Path, id: &str) -> Option<Self> {
        let stamp = fs::read_to_string(home.join("stamp")).ok()?;
        let (stamped, name) = stamp.trim_end().split_once('\n')?;
        // "registry-only SBPF v3 toolchain (rustc 1.96.0, LLVM …"
        let rust = name.split_once("(rustc ")?.1.split_once(',')?.0;
        let sources = Path::new("/usr/src").join(format!("rustc-{rust}"));
        let found = Command::new(RUSTC).arg("--version").output().ok()?.stdout;
        let same = String::from_utf8_lossy(&found).starts_with(&format!("rustc {rust} "));
        (stamped == id && same && sources.is_dir() && Path::new(CARGO).is_file()).then(|| Self {
            home: home.to_owned(),
            name: name.to_owned(),
        })
    }

    pub fn build(&self, program: Program) -> Result<PathBuf> {
        // One folder for each program. `clearing` depends on `price-feed` without its entrypoint, and cargo gives a
        // cdylib the same file name with and without: in one folder they would overwrite each other.
        let target = root().join("target/sbf").join(program.package);
        let mut command = Command::new(CARGO);
        command
            .args([
                "build",
                "--release",
                "--locked",
                "--package",
                program.package,
                "--target",
            ])
            .arg(files().join("sbpf-solana.json"))
            .args(["-Zjson-target-spec", "-Zbuild-std=std,panic_abort"])
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTC", RUSTC)
            // Debian's compiler is a stable one; -Z options and std's own features want this.
            .env("RUSTC_BOOTSTRAP", "1")
            // Where -Zbuild-std looks for std.
            .env("__CARGO_TESTS_ONLY_SRC_ROOT", self.home.join("library"))
            // With --target these are not for build scripts and macros.
            .env("CARGO_ENCODED_RUSTFLAGS", self.flags().join("\x1f"));
        execute(&mut command).with_context(|| format!("building {}", program.package))?;
        Ok(target
            .join("sbpf-solana/release")
            .join(format!("lib{}", program.file())))
    }

    fn flags(&self) -> Vec<String> {
        let mut flags = vec![
            format!("-Clinker={}", self.home.join("bin/sbf-link").display()),
            "-Cpanic=abort".into(),
            "-Crelocation-model=static".into(),
            "-Cpasses=function(lower-atomic)".into(),
            // Solana's crates make v3's static syscalls when they see this.
            "--cfg=target_feature=\"static-syscalls\"".into(),
            "-Aexplicit_builtin_cfgs_in_flags".into(),
        ];
        for link in [
            "--arch=v3",
            // It would write to target/deploy by itself, before anything is checked.
            "--deploy=false",
            "--llvm-args=-bpf-stack-size=4096",
            "--llvm-args=--bpf-max-stores-per-memfunc=5",
            // The target's CPU, v4, has instructions that the VM doesn't have.
            "--llvm-args=--disable-gotox",
            "--llvm-args=--disable-ldsx",
            "--llvm-args=--disable-movsx",
            "--llvm-args=--disable-bswap",
            // Of sbf-rt: LLVM asks for these only after the linker has thrown out what nobody calls.
            "--export=__floatuntidf,__floattidf,__fixunsdfti,__fixdfti",
        ] {
            flags.push(format!("-Clink-arg={link}"));
        }
        flags
    }
}

fn files() -> PathBuf {
    root().join("xtask/sbf")
}

/// The user's cache folder.
fn cache() -> Result<PathBuf> {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("XDG_CACHE_HOME")
        .filter(|dir| dir.is_absolute())
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .context("no HOME: say where to keep the SBF toolchain with --toolchain-dir or JETTISON_SBF_HOME")
}

/// FNV-1a over the set-up's files: a short name that changes when they do.
fn setup_id() -> Result<String> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for name in SETUP_FILES {
        let path = files().join(name);
        let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        for byte in bytes {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    Ok(format!("{hash:016x}"))
}
