//! Build tasks: `cargo xtask build-sbf` compiles the on-chain programs, `cargo xtask idl` writes their interface.

mod idl;
mod layouts;
mod sbf;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

/// Build tasks of the workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Compile the on-chain programs to target/deploy/*.so (SBPF v3).
    BuildSbf(BuildSbf),
    /// Write the clearing program's IDL to idl/clearing.json, and the tables of docs/account-layouts.md.
    Idl(Idl),
}

/// Options of `idl`.
#[derive(clap::Args)]
struct Idl {
    /// Write nothing; fail if a file is not what the source says.
    #[arg(long)]
    check: bool,
}

/// Options of `build-sbf`.
#[derive(clap::Args)]
struct BuildSbf {
    /// Which compiler: the official `cargo build-sbf` if it is there and runs, else the one made from packages.
    #[arg(long, value_enum, default_value_t = Choice::Auto)]
    toolchain: Choice,

    /// Which program; all unless told.
    #[arg(long, value_name = "NAME", value_parser = sbf::parse_program)]
    program: Option<sbf::Program>,

    /// Where the toolchain made from packages is kept [default: jettison/sbf-HASH in the user's cache].
    #[arg(long, value_name = "DIR", env = "JETTISON_SBF_HOME")]
    toolchain_dir: Option<PathBuf>,

    /// Make the toolchain ready and build nothing.
    #[arg(long)]
    setup_only: bool,
}

/// Which compiler to use.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// Official if present, else registry.
    Auto,
    /// Anza's `cargo build-sbf`.
    Official,
    /// Debian's rustc, LLVM 23 and sbpf-linker, set up on first use.
    Registry,
}

/// The folder of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the workspace")
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::BuildSbf(options) => sbf::run(&options),
        Task::Idl(options) => idl::run(&options),
    };
    if let Err(error) = done {
        // Not anyhow's report: a backtrace says nothing about a build that failed.
        eprintln!("error: {error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
