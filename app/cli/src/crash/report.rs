//! A crash's result: for people, and as JSON.

use std::collections::BTreeMap;

use comfy_table::Table;
use serde::Serialize;

use super::audit::Vaults;
use super::tally::MarketTally;
use super::windup::Leftovers;
use crate::figures::{table, thousands};

/// Compute units of one instruction over a run.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Units {
    /// How often it was sent.
    pub count: usize,
    /// The least.
    pub min: u64,
    /// The median.
    pub median: u64,
    /// The most.
    pub max: u64,
}

impl Units {
    /// Summary of a list of measurements.
    pub fn of(mut all: Vec<u64>) -> Option<Self> {
        all.sort_unstable();
        let (min, max) = (*all.first()?, *all.last()?);
        Some(Self { count: all.len(), min, median: all[all.len() / 2], max })
    }
}

/// All that a crash came to.
#[derive(Serialize)]
pub struct Report {
    /// Where the prices are from.
    pub prices: String,
    /// Seconds played.
    pub seconds: i64,
    /// What ran the program.
    pub runtime: String,
    /// The token program that ran beside it.
    pub token_program: String,
    /// What the run was started with.
    pub settings: BTreeMap<&'static str, String>,
    /// By pair.
    pub markets: Vec<(String, MarketTally)>,
    /// Insurance at the start, in atoms.
    pub insurance_at_start: u64,
    /// The vaults when the crash was over, before winding up.
    pub vaults: Vaults,
    /// Settlements of accounts.
    pub settlements: u64,
    /// Bounties paid for bankruptcies, in atoms.
    pub bounties: u64,
    /// Claims given up at closing because nobody was left to pay them, in atoms.
    pub waived: u64,
    /// Fees swept to the protocol, in atoms.
    pub protocol_fees: u64,
    /// What the vaults keep.
    pub leftovers: Leftovers,
    /// Transactions that landed.
    pub transactions: u64,
    /// Compute units by instruction; empty natively, where nothing meters them.
    pub compute_units: BTreeMap<&'static str, Units>,
    /// How often each invariant was checked.
    pub checks: BTreeMap<&'static str, u64>,
    /// How often one failed.
    pub failed_checks: u64,
    /// The first failures.
    pub violations: Vec<String>,
}

impl Report {
    /// Whether every invariant held.
    pub fn is_clean(&self) -> bool {
        self.failed_checks == 0
    }

    /// Prints it for people.
    pub fn print(&self) {
        println!("Prices: {}, {} s", self.prices, self.seconds);
        println!("Runtime: {}; {} transactions landed", self.runtime, self.transactions);
        println!("\nWho paid, by market, in quote units\n{}", self.who_paid());
        println!(
            "accounts: liquidated in any way; delev.: positions deleveraged; bankr.: legs of bankrupt accounts; the \
             deficit was paid by\nsurplus, insurance, index, uncovered; allow.: how much of its allowance from insurance the \
             market had drawn at most, bounties\nincluded; largest: the largest haircut as a part of its holder's \
             gain; late: charged legs that had not gained; halts: how often\nthe loss breaker halted opening.\n"
        );
        let (before, vaults) = (self.insurance_at_start, &self.vaults);
        println!(
            "Insurance: {} at the start, {} when the crash was over.",
            usd(before),
            usd(vaults.insurance_assets)
        );
        let haircuts: u64 = self.markets.iter().map(|(_, tally)| tally.haircuts_settled).sum();
        let legs: u64 = self.markets.iter().map(|(_, tally)| tally.charged_legs).sum();
        println!("Haircuts settled: {} on {legs} legs, by {} settlements.", usd(haircuts), self.settlements);
        let funding: i64 = self.markets.iter().map(|(_, tally)| tally.funding).sum();
        let (payer, payee) = if funding < 0 { ("shorts", "longs") } else { ("longs", "shorts") };
        println!("Funding: {} from {payer} to {payee}.", usd(funding.unsigned_abs()));
        println!("Bounties for bankruptcies: {}.", usd(self.bounties));
        println!(
            "When the crash was over the margin vault held {} atoms: {} of capital + {} in pools + {} of fees.",
            vaults.margin_vault, vaults.capital, vaults.pools, vaults.unswept_fees
        );
        self.print_end();
        if self.compute_units.is_empty() {
            println!(
                "\nCompute units: not metered natively; build the ELF (cargo xtask build-sbf) to see them."
            );
        } else {
            println!("\nCompute units, with {}\n{}", self.token_program, self.units());
        }
        self.print_invariants();
    }

    fn who_paid(&self) -> Table {
        let mut table = table(&[
            "market",
            "accounts",
            "takeovers",
            "delev.",
            "bankr.",
            "deficit",
            "surplus",
            "insurance",
            "allow.",
            "index",
            "uncovered",
            "haircut/contract",
            "largest",
            "late",
            "halts",
        ]);
        for (pair, tally) in &self.markets {
            let haircut = if tally.largest_haircut > 0.0 {
                format!("{:.1} %", tally.largest_haircut * 100.0)
            } else {
                "–".to_owned()
            };
            table.add_row([
                pair.clone(),
                tally.liquidations.len().to_string(),
                tally.takeovers.to_string(),
                tally.deleverages.to_string(),
                tally.bankruptcies.to_string(),
                usd(tally.deficit),
                usd(tally.by_surplus),
                usd(tally.by_insurance),
                percent(tally.allowance_used, tally.allowance),
                usd(tally.by_index),
                usd(tally.uncovered),
                format!("{:.6}", tally.haircut_per_contract / 1e6),
                haircut,
                tally.charged_without_gain.to_string(),
                tally.halts.to_string(),
            ]);
        }
        table
    }

    fn print_end(&self) {
        let end = &self.leftovers;
        let dust: u64 = end.dust.iter().sum();
        let surplus: u64 = end.surplus.iter().sum();
        println!(
            "\nEveryone out: {} accounts left open; claims given up {}; protocol fees swept {}.",
            end.open_accounts,
            usd(self.waived),
            usd(self.protocol_fees)
        );
        println!(
            "Margin vault: {} atoms = {dust} of rounding dust (at most {}) + {surplus} of forfeited surplus + {} of \
             fees.",
            end.margin_vault, end.dust_bound, end.unswept_fees
        );
        println!("Insurance vault: {} = the fund's assets.", usd(end.insurance_vault));
    }

    fn units(&self) -> Table {
        let mut table = table(&["instruction", "sent", "min", "median", "max"]);
        for (name, units) in &self.compute_units {
            let numbers = [units.count as u64, units.min, units.median, units.max];
            table.add_row([name.to_string()].into_iter().chain(numbers.map(|n| n.to_string())));
        }
        table
    }

    fn print_invariants(&self) {
        let checks: Vec<String> = self.checks.iter().map(|(name, count)| format!("{name} {count}")).collect();
        println!("\nInvariants checked: {}.", checks.join(", "));
        if self.is_clean() {
            println!("All hold, to the atom.");
            return;
        }
        println!("{} checks FAILED:", self.failed_checks);
        for violation in &self.violations {
            println!("  {violation}");
        }
    }
}

/// A part in percent, rounded up; nothing of nothing is a dash.
fn percent(part: u64, whole: u64) -> String {
    match (u128::from(part) * 100).checked_div(u128::from(whole)) {
        None => "–".to_owned(),
        Some(_) => format!("{} %", (u128::from(part) * 100).div_ceil(u128::from(whole))),
    }
}

/// Atoms as quote units with two decimals, rounded down.
fn usd(atoms: u64) -> String {
    let (whole, cents) = (atoms / 1_000_000, atoms % 1_000_000 / 10_000);
    format!("{}.{cents:02}", thousands(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_and_cut_to_cents() {
        let cases =
            [(0, "0.00"), (999_999, "0.99"), (1_234_567_890_000, "1,234,567.89"), (100_000_000, "100.00")];
        for (atoms, text) in cases {
            assert_eq!(usd(atoms), text);
        }
    }

    #[test]
    fn units_are_summed_up_by_their_middle_and_ends() {
        let units = Units::of(vec![5, 1, 9]).unwrap();
        assert_eq!((units.count, units.min, units.median, units.max), (3, 1, 5, 9));
        assert!(Units::of(vec![]).is_none());
    }
}
