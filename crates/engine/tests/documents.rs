//! What the documents say of the sources is there: tests by their names, divisions by their number, events by their
//! fields.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below a folder of the workspace with this extension, and what is in them.
fn files(folder: &str, extension: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join(folder)];
    let mut found = vec![];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            let hidden = path.file_name().is_some_and(|name| name == "target" || name == "node_modules");
            if path.is_dir() && !hidden {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == extension) {
                found.push((path.clone(), read(&path)));
            }
        }
    }
    found.sort();
    found
}

/// The texts between backticks, without blocks of code.
fn spans(document: &str) -> Vec<&str> {
    let mut inside = false;
    let mut lines = vec![];
    for line in document.lines() {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        if !fence && !inside && !line.starts_with("    ") {
            lines.push(line);
        }
    }
    lines.iter().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

fn is_name(text: &str) -> bool {
    let lower = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    !text.is_empty() && text.chars().all(lower)
}

/// The path that a document gives for a test, and the test's name: `file.rs::test`, `folder::test`, or a test alone, of
/// six words or more, which nothing else has.
fn named_test(span: &str) -> Option<(String, &str)> {
    let (place, name) = span.rsplit_once("::").unwrap_or(("", span));
    let words = name.split('_').count();
    match place.strip_suffix(".rs") {
        _ if !is_name(name) => None,
        Some(_) => Some((format!("/{place}"), name)),
        None if place.is_empty() && words > 5 => Some((String::new(), name)),
        None if is_name(place) && words > 3 => Some((format!("/{place}/"), name)),
        None => None,
    }
}

#[test]
fn each_test_that_a_document_names_is_in_the_sources() {
    let folders = ["crates", "programs", "tests", "app", "xtask"];
    let sources: Vec<_> = folders.iter().flat_map(|folder| files(folder, "rs")).collect();
    let (mut checked, mut missing) = (0, vec![]);
    for (document, text) in files("docs", "md") {
        for (place, name) in spans(&text).into_iter().filter_map(named_test) {
            let function = format!("fn {name}(");
            let is_there = |(path, source): &(PathBuf, String)| {
                let path = path.to_string_lossy();
                let found =
                    if place.ends_with(".rs") { path.ends_with(&place) } else { path.contains(&place) };
                found && source.contains(&function)
            };
            checked += 1;
            if !sources.iter().any(is_there) {
                missing.push(format!("{}: {place} {name}", document.display()));
            }
        }
    }
    assert!(checked > 100, "only {checked} names were found");
    assert!(missing.is_empty(), "no such tests:\n{}", missing.join("\n"));
}

/// What divides, where it is called.
const DIVISIONS: [&str; 12] = [
    "mul_div_floor(",
    "mul_div_ceil(",
    "mul_shift_floor(",
    "mul_shift_ceil(",
    ".of_floor(",
    ".of_ceil(",
    ".div_ceil(",
    "checked_div",
    ".midpoint(",
    " >> ",
    " / ",
    " % ",
];

/// Files that define what divides: only the definitions count there.
const PRIMITIVES: [(&str, [&str; 4]); 2] = [
    ("math.rs", ["fn mul_div_floor(", "fn mul_div_ceil(", "fn mul_shift_floor(", "fn mul_shift_ceil("]),
    ("quantity.rs", ["fn of_floor(", "fn of_ceil(", "fn of_floor_", "fn of_ceil_"]),
];

/// The name of the function that a line begins.
fn defined(line: &str) -> Option<String> {
    let (before, after) = line.split_once("fn ")?;
    let begins = ["", "pub", "pub(crate)", "pub const", "const", "pub(crate) const"].contains(&before.trim());
    begins.then(|| after.split(['(', '<']).next().unwrap_or_default().into())
}

fn name_of(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

#[test]
fn the_table_of_roundings_has_every_division_of_the_engine() {
    let document = read(&root().join("docs/rounding.md"));
    let mut printed: BTreeMap<(String, String), usize> = BTreeMap::new();
    let sources = files("crates/engine/src", "rs");
    for line in document.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let (file, function) = (cells[1], cells[2]);
        assert_eq!(cells.len(), 8, "{line}");
        *printed.entry((file.into(), function.into())).or_default() += 1;
    }
    let mut counted: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (path, source) in &sources {
        let file = name_of(path);
        let primitive = PRIMITIVES.iter().find(|(name, _)| *name == file);
        let patterns = primitive.map_or(&DIVISIONS[..], |(_, definitions)| &definitions[..]);
        let (rules, _tests) = source.split_once("#[cfg(test)]\nmod tests").unwrap_or((source, ""));
        let mut function = String::new();
        for line in rules.lines() {
            let code = line.split("//").next().unwrap_or_default();
            function = defined(code).unwrap_or(function);
            let count: usize = patterns.iter().map(|what| code.matches(what).count()).sum();
            if count > 0 {
                *counted.entry((file.clone(), function.clone())).or_default() += count;
            }
        }
    }
    assert_eq!(printed, counted, "left: rows of docs/rounding.md; right: divisions in the sources");
}

/// The public structs of the events' sources with their fields, and whether each is an event of its own.
fn events() -> Vec<(String, bool, Vec<String>)> {
    let mut found = vec![];
    for (_, source) in files("programs/clearing/src/events", "rs") {
        let mut event = false;
        let mut open: Option<(String, bool, Vec<String>)> = None;
        for line in source.lines() {
            if line.trim() == "#[event]" {
                event = true;
            } else if let Some(name) = line.strip_prefix("pub struct ") {
                open = Some((name.trim_end_matches(" {").into(), std::mem::take(&mut event), vec![]));
            } else if line == "}" {
                found.extend(open.take());
            } else if let Some((field, _)) =
                line.strip_prefix("    pub ").and_then(|line| line.split_once(':'))
            {
                open.as_mut().expect("a struct").2.push(field.into());
            }
        }
    }
    found
}

#[test]
fn each_event_and_each_of_its_fields_is_in_the_document() {
    let document = read(&root().join("docs/events.md"));
    let mut sections: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut emitted = BTreeSet::new();
    for line in document.lines().filter(|line| line.starts_with("| `")) {
        let spans = spans(line);
        sections.insert(spans[0], spans[1..].iter().copied().collect());
        emitted.insert(spans[0]);
    }
    let events = events();
    assert!(events.len() > 30, "only {} structs were found", events.len());
    for (name, event, fields) in &events {
        let kind = if *event { "event" } else { "part" };
        let said =
            sections.get(name.as_str()).unwrap_or_else(|| panic!("no {kind} {name} in docs/events.md"));
        for field in fields {
            assert!(said.contains(field.as_str()), "docs/events.md says nothing of {name}::{field}");
        }
    }
    let known: BTreeSet<&str> = events.iter().map(|(name, ..)| name.as_str()).collect();
    let stale: Vec<_> = emitted.difference(&known).collect();
    assert!(stale.is_empty(), "docs/events.md has events that are not in the sources: {stale:?}");
}

/// Spans of time, and other numbers, that docs/design.md gives in words.
#[test]
fn constants_that_the_design_gives_are_the_engines() {
    use jettison_engine::*;
    const DAY: i64 = 86_400;
    let document = read(&root().join("docs/design.md"));
    let flowing = document.split_whitespace().collect::<Vec<_>>().join(" ");
    for (constant, value, words) in [
        (SETTLEMENT_GRACE_SECONDS, 2 * DAY, "For two days everything but opening goes on"),
        (SETTLEMENT_CLAIM_SECONDS, 30 * DAY, "Thirty days later a claim that the pool can't pay lapses"),
        (i64::from(SETTLEMENT_BAND.0), 500, "within 5 % of the effective price"),
        (UNSTAKE_WINDOW_SECONDS, 7 * DAY, "`unstake` within seven days"),
        (FLAG_SECONDS, 60, "for 60 seconds nobody stakes or unstakes"),
        (i64::from(MAX_FUNDING.0), 1_000, "`max_funding` is at most 10 % a period"),
        (i64::from(SHARE_BITS), 20, "a contract is 2²⁰ shares"),
        (i64::from(CHANGE_BITS), 44, "in units of 2⁻⁴⁴ atoms"),
        (VIRTUAL_SHARES.cast_signed(), 1_000, "`(assets + 1) / (shares + 1,000)`"),
        (i64::try_from(MAX_LEGS).unwrap(), 8, "up to eight *legs*"),
    ] {
        assert_eq!(constant, value, "{words}");
        assert!(flowing.contains(words), "docs/design.md does not say '{words}'");
    }
}

#[test]
fn the_threat_model_has_every_class_of_attack_once() {
    let document = read(&root().join("docs/threat-model.md"));
    let number = |line: &str| line.split('|').nth(1).and_then(|cell| cell.trim().parse::<u8>().ok());
    let numbers: Vec<u8> = document.lines().filter_map(number).collect();
    assert_eq!(numbers, (1..=32).collect::<Vec<_>>());
}

#[test]
fn each_invariant_that_the_checks_name_is_in_the_document() {
    let document = read(&root().join("docs/invariants.md"));
    let headings: Vec<_> = document.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(headings.len(), 15, "{headings:?}");
    for source in ["crates/harness/src/checks.rs", "tests/src/invariants.rs"] {
        for message in read(&root().join(source)).split('"').skip(1).step_by(2) {
            let Some((names, _)) = message.split_once(": ") else { continue };
            for name in names.split(", ").filter(|name| name.len() > 4 && !name.contains(char::is_lowercase))
            {
                assert!(
                    headings.contains(&name) || name == "MARK",
                    "no invariant {name} in docs/invariants.md"
                );
            }
        }
    }
}

#[test]
fn each_link_between_documents_leads_to_a_file() {
    let mut documents = files("docs", "md");
    for name in ["README.md", "SECURITY.md"] {
        documents.push((root().join(name), read(&root().join(name))));
    }
    let (mut checked, mut broken) = (0, vec![]);
    for (document, text) in &documents {
        let folder = document.parent().expect("a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            if link.is_empty() || link.starts_with("http") {
                continue;
            }
            checked += 1;
            if !folder.join(link).exists() {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(checked > 30, "only {checked} links were found");
    assert!(broken.is_empty(), "no such files:\n{}", broken.join("\n"));
}

#[test]
fn each_alarm_of_the_keeper_has_its_row_in_the_operations_guide() {
    let rules = read(&root().join("app/keeper/grafana/alerts.yml"));
    let alarms: Vec<&str> =
        rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).map(str::trim).collect();
    let document = read(&root().join("docs/operations.md"));
    let (_, section) = document.split_once("## 5. Alarms").expect("a section of alarms");
    let (section, _) = section.split_once("\n## ").expect("another section");
    let rows: Vec<&str> =
        section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert!(alarms.len() > 10, "{alarms:?}");
    assert_eq!(rows, alarms, "left: rows of docs/operations.md; right: rules");
    // The mark † is for those that page.
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let name = row.split('`').nth(1).expect("a name");
        let (_, rule) = rules.split_once(&format!("- alert: {name}\n")).expect("a rule");
        let rule = rule.split("- alert: ").next().expect("its text");
        let marked = row.split('|').nth(1).is_some_and(|cell| cell.contains('†'));
        assert_eq!(marked, rule.contains("severity: page"), "{name}");
    }
}
