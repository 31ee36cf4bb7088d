//! The committed measurements, which CI holds every change to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{bail, Context, Result};
use serde::{Deserialize, Serialize};

use super::ceilings::ceiling;
use super::table;
use super::Lines;

/// How much dearer a measurement may be than the committed one, in percent.
const SLACK_PERCENT: u64 = 2;

/// Measurements, and what they are of.
#[derive(Serialize, Deserialize)]
pub struct Committed {
    /// Who compiled the program.
    pub toolchain: String,
    /// The token program that ran beside it.
    pub token_program: String,
    /// The dearest of each line.
    pub units: Lines,
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("units.json")
}

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/compute-units.md")
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

impl Committed {
    fn load() -> Result<Self> {
        serde_json::from_str(&read(&file())?).with_context(|| format!("in {}", file().display()))
    }

    /// As it is committed.
    pub fn to_json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Renews the file and the table in the documentation.
    pub fn write(&self) -> Result<()> {
        let text = table::renewed(&read(&document())?, self)?;
        fs::write(file(), self.to_json()?)?;
        fs::write(document(), text)?;
        println!("renewed app/cli/units.json and docs/compute-units.md");
        Ok(())
    }

    /// Whether measurements of `other` can differ from these by the program's source alone.
    fn is_comparable(&self, other: &Self) -> bool {
        (&self.toolchain, &self.token_program) == (&other.toolchain, &other.token_program)
    }
}

/// Holds measurements to their ceilings, to the committed ones, and those to the documentation.
pub fn check(measured: &Committed) -> Result<ExitCode> {
    let committed = Committed::load()?;
    let mut faults = over_ceiling(&measured.units);
    let comparable = committed.is_comparable(measured);
    if comparable {
        faults.extend(differences(&committed.units, &measured.units));
    } else {
        println!(
            "not comparable with app/cli/units.json, so only the ceilings are checked:\n  measured   {}, {}\n  \
             committed  {}, {}",
            measured.toolchain, measured.token_program, committed.toolchain, committed.token_program
        );
        faults.extend(other_lines(&committed.units, &measured.units));
    }
    let text = read(&document())?;
    if table::renewed(&text, &committed)? != text {
        faults.push("the table in docs/compute-units.md is not that of app/cli/units.json".to_owned());
    }
    if faults.is_empty() {
        println!("no measurement is over its ceiling");
        if comparable {
            println!("none is more than {SLACK_PERCENT} % over the committed one");
        }
        return Ok(ExitCode::SUCCESS);
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    eprintln!("if this is meant, renew the measurements: jettison units --write");
    Ok(ExitCode::from(1))
}

fn over_ceiling(measured: &Lines) -> Vec<String> {
    let mut faults = vec![];
    for (line, units) in measured {
        match ceiling(line) {
            Some(ceiling) if *units <= ceiling => {}
            Some(ceiling) => faults.push(format!("{line}: {units} units, over its ceiling of {ceiling}")),
            None => faults.push(format!("{line}: has no ceiling")),
        }
    }
    faults
}

/// What is dearer than committed, and what is in one of the two only.
fn differences(committed: &Lines, measured: &Lines) -> Vec<String> {
    let mut faults = other_lines(committed, measured);
    for (line, now) in measured {
        let Some(before) = committed.get(line) else { continue };
        if now * 100 > before * (100 + SLACK_PERCENT) {
            let tenths = (now - before) * 1_000 / before;
            faults.push(format!("{line}: {now} units, {}.{} % over {before}", tenths / 10, tenths % 10));
        }
    }
    faults
}

fn other_lines(committed: &Lines, measured: &Lines) -> Vec<String> {
    let missing = committed.keys().filter(|line| !measured.contains_key(*line));
    let extra = measured.keys().filter(|line| !committed.contains_key(*line));
    missing
        .map(|line| format!("{line}: committed, and no longer measured"))
        .chain(extra.map(|line| format!("{line}: measured, and not committed")))
        .collect()
}

/// What lies between two markers of a text, replaced.
pub fn between(text: &str, markers: [&str; 2], new: &str) -> Result<String> {
    let split = text.split_once(markers[0]).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(markers[1])?;
        Some((before, after))
    });
    let Some((before, after)) = split else {
        bail!("there are no markers {} … {}", markers[0], markers[1])
    };
    Ok([before, markers[0], new, markers[1], after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[(&str, u64)]) -> Lines {
        lines.iter().map(|(line, units)| ((*line).to_owned(), *units)).collect()
    }

    #[test]
    fn two_percent_more_passes_and_a_unit_beyond_fails_readably() {
        let committed = lines(&[("liquidate, adding, 8 legs", 10_000)]);
        assert!(differences(&committed, &lines(&[("liquidate, adding, 8 legs", 10_200)])).is_empty());
        assert!(differences(&committed, &lines(&[("liquidate, adding, 8 legs", 5_000)])).is_empty());
        assert_eq!(
            differences(&committed, &lines(&[("liquidate, adding, 8 legs", 10_201)])),
            ["liquidate, adding, 8 legs: 10201 units, 2.0 % over 10000"]
        );
    }

    #[test]
    fn a_missing_and_an_extra_line_fail() {
        assert_eq!(
            differences(&lines(&[("a", 1), ("b", 1)]), &lines(&[("b", 1), ("c", 1)])),
            ["a: committed, and no longer measured", "c: measured, and not committed"]
        );
    }

    #[test]
    fn a_line_is_held_to_the_ceiling_of_its_legs() {
        let measured = lines(&[
            ("liquidate, adding, 1 leg", 15_001),
            ("liquidate, adding, 8 legs", 15_001),
            ("fly_to_the_moon", 1),
        ]);
        assert_eq!(
            over_ceiling(&measured),
            [
                "fly_to_the_moon: has no ceiling",
                "liquidate, adding, 1 leg: 15001 units, over its ceiling of 15000"
            ]
        );
    }

    #[test]
    fn only_what_the_same_tools_made_is_compared() {
        let of = |toolchain: &str, token_program: &str| Committed {
            toolchain: toolchain.to_owned(),
            token_program: token_program.to_owned(),
            units: Lines::new(),
        };
        assert!(of("a", "p").is_comparable(&of("a", "p")));
        assert!(!of("a", "p").is_comparable(&of("b", "p")));
        assert!(!of("a", "p").is_comparable(&of("a", "q")));
    }

    #[test]
    fn only_what_lies_between_the_markers_is_replaced() {
        assert_eq!(between("a<b>c", ["<", ">"], "x").unwrap(), "a<x>c");
        assert!(between("a<c", ["<", ">"], "x").is_err());
    }
}
