//! How the measurements are shown.

use std::collections::BTreeMap;

use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};

use super::cases::CASES;
use super::scene::History;
use super::{Measured, LEGS};

const NOTE: &str = "\
Compute units of the instruction, its token transfers included. Legs are those of each account that it acts on; an
instruction that reads none costs the same with eight. Each number is the dearest of several cases; the last column
names the one at eight legs.
- After losses: since the legs were opened, bankruptcies on both sides moved both loss indices and diluted both
  sides' shares. Without them shifts replace divisions and nothing is charged, so all of it costs less.
- 15 markets: the two accounts have only one of their eight markets in common. Reverse: who takes the contracts
  held some on the other side.
- resolve_bankruptcy: every leg loses, the fund pays part of the first deficit and the loss indices the rest, in one
  call; without a bounty, with one, and with a takeover that succeeds or is refused.
- A new account's address takes a number of tries that depends on its seeds, 1,500 units each:
  initialize_clearinghouse derives four, create_market and open_margin_account one. Here it is these accounts'.";

/// The table, in the program's order.
pub fn render(measured: &Measured) -> String {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header(["instruction", "1 leg", "8 legs", "dearest case"]);
    for number in [1, 2] {
        if let Some(column) = table.column_mut(number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for instruction in instructions() {
        let [few, many] = LEGS.map(|legs| measured[&(instruction, legs)]);
        table.add_row([
            instruction.to_owned(),
            thousands(few.units),
            thousands(many.units),
            named(many.case, many.history),
        ]);
    }
    format!("{table}\n\n{NOTE}\n")
}

/// What a case is called together with the history before it.
pub fn named(case: &str, history: History) -> String {
    let parts = [case.to_owned(), history.to_string()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// `{"instruction": {"1": units, "8": units}}`.
pub fn json(measured: &Measured) -> BTreeMap<&'static str, BTreeMap<String, u64>> {
    let mut all = BTreeMap::<_, BTreeMap<_, _>>::new();
    for ((instruction, legs), worst) in measured {
        all.entry(*instruction).or_default().insert(legs.to_string(), worst.units);
    }
    all
}

fn instructions() -> Vec<&'static str> {
    let mut names: Vec<_> = CASES.iter().map(|case| case.instruction).collect();
    names.dedup();
    names
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
