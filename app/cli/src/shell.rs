//! `jettison completions` and `jettison man`: made from the command line itself.

use std::io;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap_complete::Shell;

/// Print a completion script.
#[derive(clap::Args)]
pub struct Completions {
    /// For which shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Print the manual page, or write one for every command.
#[derive(clap::Args)]
pub struct Man {
    /// Folder for a page of every command; it is made if it isn't there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints the script to stdout.
pub fn completions(args: &Completions, mut command: clap::Command) {
    clap_complete::generate(args.shell, &mut command, "jettison", &mut io::stdout());
}

/// Prints the page, or writes all pages.
pub fn man(args: &Man, command: clap::Command) -> Result<()> {
    match &args.out {
        None => clap_mangen::Man::new(command).render(&mut io::stdout()).context("writing the page"),
        Some(folder) => {
            std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
            let written = clap_mangen::generate_to(command, folder);
            written.with_context(|| format!("writing pages to {}", folder.display()))
        }
    }
}
