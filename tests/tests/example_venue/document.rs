//! docs/integration.md shows code: it is in the sources, as it stands there.

use std::fs;
use std::path::Path;

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The guide.
pub fn integration() -> String {
    read("docs/integration.md")
}

/// The number in a cell, written with commas.
pub fn number(cell: &str) -> u64 {
    let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("no number in {cell:?}"))
}

/// The blocks that name their source: ` ```rust` after a line `<!-- from FILE -->`.
fn snippets(document: &str) -> Vec<(String, Vec<String>)> {
    let mut found = vec![];
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        let Some(file) = line.strip_prefix("<!-- from ").and_then(|rest| rest.strip_suffix(" -->")) else {
            continue;
        };
        assert_eq!(lines.next(), Some("```rust"), "a block follows {line}");
        let block = lines.by_ref().take_while(|line| *line != "```").map(str::to_owned).collect();
        found.push((file.to_owned(), block));
    }
    found
}

/// Lines without indentation; a document may leave out what stands around a snippet.
fn trimmed<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    lines.map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// Whether the parts of a snippet, between lines `// …`, stand in the source in this order.
fn stands_in(block: &[String], source: &str) -> Result<(), String> {
    let source = trimmed(source.lines());
    let block = trimmed(block.iter().map(String::as_str));
    let mut from = 0;
    for part in block.split(|line| *line == "// …").filter(|part| !part.is_empty()) {
        let found = source[from..].windows(part.len()).position(|window| window == part);
        from += found.ok_or_else(|| part.join("\n"))? + part.len();
    }
    Ok(())
}

#[test]
fn every_snippet_of_the_guide_is_in_the_sources() {
    let document = integration();
    let snippets = snippets(&document);
    assert!(snippets.len() >= 5, "only {} snippets", snippets.len());
    let unnamed = document.matches("```rust").count() - snippets.len();
    assert_eq!(unnamed, 0, "a block of Rust doesn't name its source");
    for (file, block) in &snippets {
        assert!(!block.is_empty(), "an empty block of {file}");
        if let Err(part) = stands_in(block, &read(file)) {
            panic!("docs/integration.md shows of {file} what isn't there:\n{part}");
        }
    }
}

/// The names in the first cells of the table of errors.
#[test]
fn every_error_that_the_guide_explains_is_one_of_the_clearing_program() {
    let errors = crate::idl::committed().errors;
    let known = |name: &str| errors.iter().any(|error| error.name == name);
    let document = integration();
    let (_, section) = document.split_once("## 8. Errors").expect("a section of errors");
    let section = section.split("\n## ").next().expect("its text");
    let cells =
        section.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split('|').nth(1));
    let names: Vec<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert!(names.len() > 20, "{names:?}");
    let unknown: Vec<_> = names.iter().filter(|name| !known(name)).collect();
    assert!(unknown.is_empty(), "the clearing program has no such errors: {unknown:?}");
}

#[test]
fn a_snippet_that_differs_from_its_source_is_noticed() {
    let block = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let source = "fn a() {\n    one();\n    two();\n}\nfn b() {}\n";
    assert!(stands_in(&block("one();\ntwo();"), source).is_ok());
    assert!(stands_in(&block("one();\n// …\nfn b() {}"), source).is_ok());
    assert!(stands_in(&block("fn b() {}\n// …\none();"), source).is_err());
    assert!(stands_in(&block("one();\nthree();"), source).is_err());
}
