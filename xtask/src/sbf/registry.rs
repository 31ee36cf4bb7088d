//! The toolchain made from Debian packages and the Rust package registry: see `docs/building-the-elf.md`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{ensure, Context, Result};

use super::{execute, Program};
use crate::root;

/// Debian's, by full path: rustup's come first in PATH.
const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";

/// What the set-up is made of. A change to any of these makes another toolchain.
const SETUP_FILES: [&str; 4] = ["setup.sh", "sbf-link", "sbpf-solana.json", "std-solana.patch"];

/// A toolchain that is set up.
pub struct Toolchain {
    home: PathBuf,
    id: String,
    /// For `toolchain.txt`.
    pub name: String,
}

impl Toolchain {
    /// The toolchain in `dir` or in the user's cache, set up if it isn't.
    pub fn get(dir: Option<&Path>) -> Result<Self> {
        let id = setup_id()?;
        let home = match dir {
            Some(dir) => std::path::absolute(dir)?,
            None => folder("XDG_CACHE_HOME", ".cache")?.join(format!("jettison/sbf-{id}")),
        };
        if let Some(toolchain) = Self::ready(&home, &id) {
            return Ok(toolchain);
        }
        println!("setting up the SBF toolchain in {} (once; about 6 minutes, 300 MB)", home.display());
        let start = Instant::now();
        // Not through `execute`: sbpf-linker is compiled by the workspace's own cargo.
        let status = Command::new("bash").arg(files().join("setup.sh")).arg(&home).arg(&id).status();
        let status = status.context("running bash")?;
        ensure!(status.success(), "the SBF toolchain could not be set up (see above)");
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
            id: id.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The folder for what cargo builds; emptied after a change of toolchain, which cargo would not see.
    fn target(&self) -> Result<PathBuf> {
        let target = root().join("target/sbf");
        let mark = target.join("toolchain-id");
        if fs::read_to_string(&mark).ok().as_ref() != Some(&self.id) {
            if target.exists() {
                fs::remove_dir_all(&target).with_context(|| format!("removing {}", target.display()))?;
            }
            fs::create_dir_all(&target)?;
            fs::write(mark, &self.id)?;
        }
        Ok(target)
    }

    pub fn build(&self, program: Program) -> Result<PathBuf> {
        let target = self.target()?;
        let library = self.home.join("library");
        let mut command = Command::new(CARGO);
        command
            .args([
                "build",
                "--release",
                "--locked",
                "--package",
                program.package,
                "--target=sbpf-solana",
                "-Zbuild-std=std,panic_abort",
            ])
            .env("CARGO_TARGET_DIR", &target)
            .env("CARGO_TARGET_SBPF_SOLANA_LINKER", self.home.join("bin/sbf-link"))
            .env("RUSTC", RUSTC)
            // Where rustc finds sbpf-solana.json. Given as a file, its folder would go into the hashes.
            .env("RUST_TARGET_PATH", files())
            // Debian's compiler is a stable one; -Z options and std's own features want this.
            .env("RUSTC_BOOTSTRAP", "1")
            // Where -Zbuild-std looks for std.
            .env("__CARGO_TESTS_ONLY_SRC_ROOT", &library)
            // `clearing` depends on `price-feed` without its entrypoint, and cargo gives a cdylib the same file name
            // with and without: they would overwrite each other. This puts a hash into the name. (A target folder for
            // each program would do, and compile std twice.)
            .env("__CARGO_DEFAULT_LIB_METADATA", "jettison")
            // With --target these are not for build scripts and macros.
            .env("CARGO_ENCODED_RUSTFLAGS", flags(&library)?.join("\x1f"));
        execute(&mut command).with_context(|| format!("building {}", program.package))?;
        Ok(target.join("sbpf-solana/release").join(format!("lib{}", program.file())))
    }
}

/// What rustc needs to make SBPF v3 out of its BPF.
fn flags(library: &Path) -> Result<Vec<String>> {
    let mut flags = vec![
        "-Zunstable-options".into(), // a target of one's own
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
        // LLVM asks for these only after the linker has thrown out what nobody calls. sbf-rt has them, and
        // compiler_builtins the last.
        "--export=__floatuntidf,__floattidf,__fixunsdfti,__fixdfti,__unorddf2",
    ] {
        flags.push(format!("-Clink-arg={link}"));
    }
    // Panics name files: no program carries its builder's folders, which would also change its hash. The last that
    // fits is taken.
    for (folder, name) in [
        (root(), "/jettison"),
        (&cargo_home()?.join("registry/src"), "/registry"),
        (library, "/rust/library"),
    ] {
        flags.push(format!("--remap-path-prefix={}={name}", folder.display()));
    }
    Ok(flags)
}

fn files() -> PathBuf {
    root().join("xtask/sbf")
}

/// A folder that the environment names, or else one in the user's home.
fn folder(name: &str, in_home: &str) -> Result<PathBuf> {
    let set = |name| env::var_os(name).map(PathBuf::from).filter(|dir| dir.is_absolute());
    set(name)
        .or_else(|| set("HOME").map(|home| home.join(in_home)))
        .with_context(|| format!("neither {name} nor HOME is set to a folder"))
}

fn cargo_home() -> Result<PathBuf> {
    folder("CARGO_HOME", ".cargo")
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
