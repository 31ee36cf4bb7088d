//! What the program's source must not have: a sysvar as an account, which a caller could forge.

use std::fs;
use std::path::{Path, PathBuf};

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the workspace") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The lines of the program and of the engine that are code, each with its file and number.
fn lines() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = vec![];
    for folder in ["programs/clearing/src", "crates/engine/src"] {
        rust_files(&root.join(folder), &mut files);
    }
    assert!(files.len() > 60, "only {} files", files.len());
    let mut lines = vec![];
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file");
        let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
        lines.extend(
            code.map(|(number, line)| (format!("{}:{}", file.display(), number + 1), line.to_owned())),
        );
    }
    lines
}

#[test]
fn the_program_takes_no_sysvar_account_and_asks_for_the_clock_in_one_place() {
    let forbidden = [
        "Sysvar<",
        "sysvar::",
        "SysvarC1ock",
        "Sysvar1nstructions",
        "from_account_info",
        "load_instruction_at",
    ];
    let lines = lines();
    for (place, line) in &lines {
        for word in forbidden {
            assert!(!line.contains(word), "{place}: {line}");
        }
    }
    let clocks: Vec<&(String, String)> = lines.iter().filter(|(_, line)| line.contains("Clock")).collect();
    // Of the engine's words only the name of an error has it.
    let clocks: Vec<&&(String, String)> =
        clocks.iter().filter(|(_, line)| !line.contains("ClockWentBack")).collect();
    assert_eq!(clocks.len(), 1, "{clocks:?}");
    assert!(clocks[0].0.contains("instructions/mod.rs") && clocks[0].1.contains("Clock::get()?"));
}

#[test]
fn no_account_of_the_interface_is_a_sysvar() {
    for instruction in &crate::idl::committed().instructions {
        for name in crate::idl::account_names(&instruction.accounts) {
            let words = ["clock", "rent", "sysvar", "instructions"];
            assert!(!words.contains(&name.as_str()), "{}: {name}", instruction.name);
        }
    }
}
