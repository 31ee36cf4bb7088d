//! Reads the runtime's log: who ran, at what cost, and what our programs reported.
//!
//! Whatever a program prints arrives as one entry beginning "Program log: " or "Program data: ", so no program
//! can forge the lines "Program X invoke" and "Program X success" that tell who is running.

use anchor_lang::prelude::Pubkey;
use base64::{prelude::BASE64_STANDARD, Engine};

use crate::{event, AnyEvent};

/// The facts in a transaction's log.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LogFacts {
    /// Compute units of each top-level instruction, 0 where none were logged.
    pub instruction_units: Vec<u64>,
    /// Data fields logged by the programs asked for.
    pub program_data: Vec<Vec<u8>>,
    /// Whether lines are missing: the runtime keeps 10,000 bytes of a transaction's log.
    pub truncated: bool,
}

impl LogFacts {
    /// The events among the data. What isn't one, such as an event of a later version, is left out.
    pub fn events(&self) -> Vec<AnyEvent> {
        self.program_data.iter().filter_map(|data| event(data).ok()).collect()
    }
}

/// The events of the clearing program in a transaction's log.
pub fn events_in(logs: &[String]) -> LogFacts {
    read_log(logs, &[clearing::ID])
}

/// What the runtime writes in place of what it leaves out. A program's own text never stands alone on a line.
const TRUNCATED: &str = "Log truncated";

/// Reads the log of a transaction; `ours` are the programs whose data counts. No other program can forge them.
pub fn read_log(logs: &[String], ours: &[Pubkey]) -> LogFacts {
    let ours: Vec<String> = ours.iter().map(Pubkey::to_string).collect();
    let mut facts = LogFacts::default();
    // For each program now running, outermost first: is it ours?
    let mut running: Vec<bool> = Vec::new();
    for line in logs {
        let Some(rest) = line.strip_prefix("Program ") else {
            facts.truncated |= line == TRUNCATED;
            continue;
        };
        if let Some(fields) = rest.strip_prefix("data: ") {
            if running.last() == Some(&true) {
                facts.program_data.extend(fields.split(' ').flat_map(|field| BASE64_STANDARD.decode(field)));
            }
            continue;
        }
        let mut words = rest.split(' ');
        let (program, verb, number) = (words.next(), words.next(), words.next());
        match (program, verb) {
            (Some("log:" | "return:"), _) => {}
            (Some(program), Some("invoke")) => {
                if running.is_empty() {
                    facts.instruction_units.push(0);
                }
                running.push(ours.iter().any(|id| id == program));
            }
            (Some(_), Some("consumed")) if running.len() == 1 => {
                let units = number.and_then(|units| units.parse().ok());
                if let (Some(last), Some(units)) = (facts.instruction_units.last_mut(), units) {
                    *last = units;
                }
            }
            (Some(_), Some("success" | "failed:")) => drop(running.pop()),
            _ => {}
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[String]) -> LogFacts {
        read_log(lines, &[Pubkey::new_from_array([1; 32])])
    }

    /// Log lines with `@` standing for our program and `#` for another.
    fn log(text: &str) -> Vec<String> {
        let ours = Pubkey::new_from_array([1; 32]).to_string();
        let other = Pubkey::new_from_array([2; 32]).to_string();
        text.lines().map(|line| line.trim().replace('@', &ours).replace('#', &other)).collect()
    }

    #[test]
    fn units_are_those_of_top_level_instructions() {
        let facts = lines(&log("Program @ invoke [1]
            Program # invoke [2]
            Program # consumed 76 of 1399000 compute units
            Program # success
            Program @ consumed 5000 of 1400000 compute units
            Program @ success
            Program ComputeBudget111111111111111111111111111111 invoke [1]
            Program ComputeBudget111111111111111111111111111111 success"));
        assert_eq!(facts.instruction_units, [5000, 0]);
    }

    #[test]
    fn data_counts_only_while_our_program_is_the_one_running() {
        let facts = lines(&log("Program # invoke [1]
            Program data: AA==
            Program @ invoke [2]
            Program data: AQ== AgI=
            Program # invoke [3]
            Program data: Aw==
            Program # failed: custom program error: 0x1
            Program data: BA==
            Program @ success
            Program data: BQ==
            Program # success"));
        assert_eq!(facts.program_data, [vec![1], vec![2, 2], vec![4]]);
    }

    #[test]
    fn a_program_cannot_forge_who_is_running() {
        let mut log = log("Program # invoke [1]
            Program log: Program @ invoke [2]
            Program data: AQ==
            Program # success");
        log[1] = format!("{}\nProgram {} invoke [2]", log[1], Pubkey::new_from_array([1; 32]));
        assert_eq!(lines(&log), LogFacts { instruction_units: vec![0], ..LogFacts::default() });
    }

    #[test]
    fn a_log_that_was_cut_off_is_noticed_and_cannot_be_forged() {
        let cut = log("Program @ invoke [1]
            Program data: AQ==
            Log truncated");
        assert!(lines(&cut).truncated);
        let forged = log("Program # invoke [1]
            Program log: Log truncated
            Program # success");
        assert!(!lines(&forged).truncated);
    }
}
