//! `idl/clearing.json`: the interface of the program, for clients in any language. Written from the source, and
//! committed so that a change of the interface shows in a review.

use std::fs;

use anchor_lang_idl::build::IdlBuilder;
use anyhow::{bail, Context, Result};

use crate::{layouts, root, Idl};

/// Where it is, in the workspace.
const FILE: &str = "idl/clearing.json";

/// Lines of a difference that are shown.
const SHOWN: usize = 12;

/// `cargo xtask idl`.
pub fn run(options: &Idl) -> Result<()> {
    let path = root().join(FILE);
    let current = build()?;
    if options.check {
        check(FILE, &current)?;
        return check(layouts::FILE, &layouts(&current)?);
    }
    fs::create_dir_all(path.parent().expect("a file in a folder"))?;
    fs::write(&path, &current).with_context(|| format!("writing {}", path.display()))?;
    println!("{FILE}: {} bytes", current.len());
    fs::write(root().join(layouts::FILE), layouts(&current)?)?;
    println!("{}: its tables", layouts::FILE);
    Ok(())
}

/// The document of the layouts, with the tables that follow from an IDL.
fn layouts(json: &str) -> Result<String> {
    let path = root().join(layouts::FILE);
    let document = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    layouts::fill(&document, &serde_json::from_str(json)?)
}

/// Builds the IDL: Anchor has the program's own tests print it.
fn build() -> Result<String> {
    // The builder hands this to cargo in a form that cargo refuses. Without it rust-toolchain.toml decides.
    std::env::remove_var("RUSTUP_TOOLCHAIN");
    // A folder of its own: Anchor's macros read the builder's settings while they are compiled, which cargo doesn't
    // notice, so macros that another command has compiled could leave out addresses or docs.
    let target = root().join("target/idl-build");
    let target = target.to_str().context("the path of the workspace is not UTF-8")?;
    let idl = IdlBuilder::new()
        .program_path(root().join("programs/clearing"))
        .cargo_args(["--lib", "--locked", "--target-dir", target].map(String::from).to_vec())
        .build()
        .context("building the IDL")?;
    let mut json = serde_json::to_string_pretty(&idl)?;
    json.push('\n');
    Ok(json)
}

fn check(file: &str, current: &str) -> Result<()> {
    let path = root().join(file);
    let committed = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    if committed == current {
        println!("{file} is what the source says");
        return Ok(());
    }
    bail!(
        "{file} is not what the source says (- the file, + the source):\n{}\n\
         if the interface was meant to change, run `cargo xtask idl` and commit the file",
        difference(&committed, current)
    )
}

/// The lines between the first and the last that differ.
fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let before = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - before;
    let after = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let mut text = format!("line {}:", before + 1);
    for (sign, lines) in [('-', &old), ('+', &new)] {
        let changed = &lines[before..lines.len() - after];
        for line in changed.iter().take(SHOWN) {
            text += &format!("\n{sign} {line}");
        }
        if changed.len() > SHOWN {
            text += &format!("\n{sign} … {} more lines", changed.len() - SHOWN);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn a_difference_shows_only_what_changed() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\ny\nc\n"), "line 2:\n- b\n+ x\n+ y");
        assert_eq!(difference("a\na\n", "a\na\na\n"), "line 3:\n+ a");
        let long = (0..40).map(|n| format!("{n}\n")).collect::<String>();
        assert!(difference("", &long).ends_with("+ 11\n+ … 28 more lines"));
    }
}
