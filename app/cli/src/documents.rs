//! What the documents tell people to type is what the command takes.

use std::fs;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;

/// How a command begins in a document.
const BEGINNINGS: [&str; 3] = ["jettison ", "cargo run --bin jettison -- ", "cargo run -p jettison-cli -- "];

/// What stands for an address in a document.
const ADDRESS: &str = "JETvUZrPJtGyGZ5AVBqiRzbBUWGgBNYrgpuJMHwRnSH";

/// The guides that tell people what to type, and what is in them.
fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = vec![root.join("README.md")];
    for entry in fs::read_dir(root.join("docs")).expect("the documents") {
        files.push(entry.expect("an entry").path());
    }
    let guides = files.into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "md"));
    guides.map(|file| (file.clone(), fs::read_to_string(&file).expect("a text"))).collect()
}

/// The commands of a document's blocks of code, and those that its text mentions between backticks.
fn commands(text: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut blocks, mut spans, mut fenced) = (vec![], vec![], false);
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced || line.starts_with("    ") {
            blocks.extend(command(line));
        } else {
            spans.extend(line.split('`').skip(1).step_by(2).filter_map(command));
        }
    }
    (blocks, spans)
}

/// What follows `jettison` on a line, without what is not for it.
fn command(line: &str) -> Option<&str> {
    let line = line.trim();
    let rest = BEGINNINGS.iter().find_map(|beginning| line.strip_prefix(beginning))?;
    let end = [" #", " | ", " > ", " && ", " &"].iter().filter_map(|mark| rest.find(mark)).min();
    Some(rest[..end.unwrap_or(rest.len())].trim())
}

/// A word as one would type it: a name in capitals stands for an address, or for a number where `number`.
fn typed(word: &str, number: bool) -> String {
    if word == "COMMAND" {
        return "market".to_owned();
    }
    let capital = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    let stands =
        |part: &str| part.chars().filter(char::is_ascii_uppercase).count() > 1 && part.chars().all(capital);
    let value = if number { "1" } else { ADDRESS };
    let parts: Vec<&str> = word.split('/').map(|part| if stands(part) { value } else { part }).collect();
    parts.join("/").trim_matches('"').to_owned()
}

fn parse(command: &str, number: bool) -> Result<(), clap::Error> {
    let words = command.split_whitespace().map(|word| typed(word, number));
    let words = std::iter::once("jettison".to_owned()).chain(words);
    match super::command().try_get_matches_from(words) {
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => Ok(()),
        parsed => parsed.map(drop),
    }
}

/// Whether it is a whole command.
fn is_whole(command: &str) -> Result<(), clap::Error> {
    parse(command, false).or_else(|error| parse(command, true).map_err(|_| error))
}

/// Whether it is one, or the beginning of one: a text mentions `jettison account` without all that belongs to it.
fn is_beginning(command: &str) -> Result<(), clap::Error> {
    match is_whole(command) {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::MissingRequiredArgument
                    | ErrorKind::MissingSubcommand
                    | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            ) =>
        {
            Ok(())
        }
        other => other,
    }
}

#[test]
fn every_command_in_the_documents_is_one_that_the_command_line_takes() {
    let (mut checked, mut wrong) = (0, vec![]);
    for (file, text) in documents() {
        let (blocks, spans) = commands(&text);
        let blocks = blocks.into_iter().map(|command| (command, is_whole(command)));
        let spans = spans.into_iter().map(|command| (command, is_beginning(command)));
        for (command, parsed) in blocks.chain(spans) {
            checked += 1;
            if let Err(error) = parsed {
                wrong.push(format!("{}: jettison {command}\n{error}", file.display()));
            }
        }
    }
    assert!(checked > 60, "only {checked} commands were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_command_that_is_not_there_is_noticed() {
    let text = "Type `jettison nonsense` or\n\n    jettison crash --no-such-flag   # a comment\n    jettison crash | less\n";
    let (blocks, spans) = commands(text);
    assert_eq!(
        (blocks.as_slice(), spans.as_slice()),
        (&["crash --no-such-flag", "crash"][..], &["nonsense"][..])
    );
    assert!(is_whole(blocks[0]).is_err() && is_beginning(spans[0]).is_err());
    assert!(is_whole(blocks[1]).is_ok());
}
