//! Compiling the programs: pick a toolchain, build, put the files into `target/deploy`.

mod official;
mod registry;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{bail, ensure, Context, Result};

use crate::{root, BuildSbf, Choice};

/// An on-chain program of this workspace.
#[derive(Clone, Copy)]
pub struct Program {
    /// The package, and its folder in `programs/`.
    package: &'static str,
    /// The library, so the name of the `.so`.
    lib: &'static str,
}

impl Program {
    fn file(self) -> String {
        format!("{}.so", self.lib)
    }

    /// Where the program is looked for by tests, the client and `anchor deploy`.
    fn deployed(self) -> PathBuf {
        deploy_dir().join(self.file())
    }
}

const PROGRAMS: [Program; 3] = [
    Program { package: "price-feed", lib: "price_feed" },
    Program { package: "clearing", lib: "clearing" },
    Program { package: "example-venue", lib: "example_venue" },
];

/// Reads `--program`.
pub fn parse_program(name: &str) -> Result<Program, String> {
    let known = PROGRAMS.iter().find(|p| p.package == name || p.lib == name);
    known.copied().ok_or_else(|| format!("the programs are {}", PROGRAMS.map(|p| p.package).join(", ")))
}

fn deploy_dir() -> PathBuf {
    root().join("target/deploy")
}

/// Anza's tools or ours.
enum Toolchain {
    Official(official::Toolchain),
    Registry(registry::Toolchain),
}

impl Toolchain {
    fn pick(options: &BuildSbf) -> Result<Self> {
        let registry = || registry::Toolchain::get(options.toolchain_dir.as_deref()).map(Self::Registry);
        match options.toolchain {
            Choice::Registry => registry(),
            Choice::Official => official::Toolchain::find()?.map(Self::Official).context(
                "no `cargo-build-sbf` in PATH (other than our own stand-in): install the Solana tools, \
                 or use `--toolchain registry`",
            ),
            Choice::Auto => match official::Toolchain::find() {
                Ok(Some(found)) => Ok(Self::Official(found)),
                Ok(None) => registry(),
                Err(error) => {
                    eprintln!("{error:#}: using the registry-only toolchain instead");
                    registry()
                }
            },
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Official(toolchain) => &toolchain.name,
            Self::Registry(toolchain) => &toolchain.name,
        }
    }

    /// Builds and says where the file is.
    fn build(&self, program: Program) -> Result<PathBuf> {
        match self {
            Self::Official(toolchain) => toolchain.build(program),
            Self::Registry(toolchain) => toolchain.build(program),
        }
    }
}

/// `cargo xtask build-sbf`.
pub fn run(options: &BuildSbf) -> Result<()> {
    let toolchain = Toolchain::pick(options)?;
    println!("{}", toolchain.name());
    if options.setup_only {
        return Ok(());
    }

    let programs = options.program.map_or(PROGRAMS.to_vec(), |one| vec![one]);
    fs::create_dir_all(deploy_dir())?;
    let stamp = deploy_dir().join("toolchain.txt");
    if fs::read_to_string(&stamp).is_ok_and(|built_by| built_by.trim_end() != toolchain.name()) {
        // toolchain.txt speaks for the whole folder, so nothing that another toolchain built may stay.
        for program in PROGRAMS {
            remove(&program.deployed())?;
        }
    }
    fs::write(&stamp, format!("{}\n", toolchain.name()))?;

    for program in programs {
        let start = Instant::now();
        let built = toolchain.build(program)?;
        let size = check(&built)?;
        // A new file, then a rename: no test ever maps half a program.
        let part = program.deployed().with_extension("so.part");
        fs::copy(&built, &part).with_context(|| format!("copying {}", built.display()))?;
        fs::rename(&part, program.deployed())?;
        println!("target/deploy/{}: {size} bytes, {}s", program.file(), start.elapsed().as_secs());
    }
    Ok(())
}

/// Makes sure that a file is an SBPF v3 program; gives its size.
fn check(so: &Path) -> Result<usize> {
    let elf = fs::read(so).with_context(|| format!("the build left no {}", so.display()))?;
    let magic = elf.starts_with(b"\x7fELF");
    let version = elf.get(48..52).map(|flags| u32::from_le_bytes(flags.try_into().expect("four bytes")));
    ensure!(magic && version == Some(3), "{} is not an SBPF v3 file", so.display());
    Ok(elf.len())
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Runs a command of a toolchain in the workspace, free of what `cargo xtask` and rustup put into the environment:
/// the toolchain chooses its own compiler.
fn execute(command: &mut Command) -> Result<()> {
    for name in [
        "CARGO",
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "LD_LIBRARY_PATH",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTC_WRAPPER",
        "RUSTFLAGS",
        "RUSTUP_TOOLCHAIN",
    ] {
        command.env_remove(name);
    }
    let status = command
        .current_dir(root())
        .status()
        .with_context(|| format!("running {}", command.get_program().display()))?;
    if !status.success() {
        bail!("{} failed ({status})", command.get_program().display());
    }
    Ok(())
}
