//! How the measurements are shown.

use anyhow::Result;
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};

use super::cases::CASES;
use super::ceilings::CEILINGS;
use super::committed::{between, Committed};
use crate::figures::thousands;

/// Between which the table stands in the documentation.
const MARKERS: [&str; 2] = ["<!-- measured -->", "<!-- /measured -->"];

/// The table, in the program's order, and what was measured.
pub fn render(measured: &Committed) -> String {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header(["instruction", "case", "1 leg", "8 legs", "ceiling"]);
    for number in [2, 3, 4] {
        if let Some(column) = table.column_mut(number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut last = "";
    for case in CASES {
        let number = |legs: u16| {
            let units = case.legs.contains(&legs).then(|| measured.units.get(&case.line(legs))).flatten();
            units.map_or_else(String::new, |units| thousands(*units))
        };
        // What an instruction's rows have in common stands in the first.
        let (instruction, ceiling) = if case.instruction == last {
            ("", String::new())
        } else {
            (case.instruction, ceilings(case.instruction))
        };
        last = case.instruction;
        table.add_row([instruction.to_owned(), case.name.to_owned(), number(1), number(8), ceiling]);
    }
    format!(
        "{table}\n\n```text\ntoolchain      {}\ntoken program  {}\n```\n",
        measured.toolchain, measured.token_program
    )
}

/// A document with the table renewed.
pub fn renewed(document: &str, measured: &Committed) -> Result<String> {
    between(document, MARKERS, &format!("\n{}", render(measured)))
}

fn ceilings(instruction: &str) -> String {
    match CEILINGS.iter().find(|(name, ..)| *name == instruction) {
        Some((_, one, eight)) if one == eight => thousands(*one),
        Some((_, one, eight)) => format!("{} / {}", thousands(*one), thousands(*eight)),
        None => String::new(),
    }
}
