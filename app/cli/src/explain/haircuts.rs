//! What haircuts were charged, and why: for people and machines.

use jettison_engine::INDEX_SCALE_BITS;
use jettison_risk::{side_shares, Ratio};

use super::cause::{Cause, Part};
use super::health::{side_name, Units};
use super::history::Mark;
use crate::output::{time_text, Fields, Rows, View};

/// A haircut: what was charged, where that is on the chain, and how it came about.
pub struct Haircut {
    /// The market's name.
    pub market: String,
    /// In atoms.
    pub atoms: u64,
    /// The event that charged it; none for what is pending.
    pub mark: Option<Mark>,
    /// What it came from; none if the history that the server keeps doesn't tell.
    pub cause: Option<Cause>,
}

impl Haircut {
    /// Whether the bankruptcies found make up all of it, to the atom.
    pub fn adds_up(&self) -> bool {
        self.cause.as_ref().is_some_and(|cause| cause.is_complete && cause.sum() == self.atoms)
    }

    /// For machines.
    pub fn fields(&self, units: Units) -> Fields {
        let mut fields = Fields::new()
            .with("market", self.market.clone())
            .with("haircut", units.amount(self.atoms))
            .with("adds_up", self.adds_up());
        if let Some(mark) = &self.mark {
            fields = fields
                .with("charged_when", mark.cause)
                .with("variation", mark.marked.map(|marked| units.amount(marked.variation)))
                .with("signature", mark.place.signature.clone())
                .with("slot", mark.place.slot)
                .with_time("time", mark.place.time.unwrap_or(0));
        }
        let Some(cause) = &self.cause else {
            return fields.with("cause", None::<Fields>);
        };
        let parts = cause.parts.iter().map(|part| part_fields(part, units)).collect();
        let cause = Fields::new()
            .with("side", side_name(cause.direction))
            .with("index_from", cause.from.get().to_string())
            .with("index_to", cause.to.get().to_string())
            .with("shares_at_least", cause.shares.start().to_string())
            .with("shares_at_most", cause.shares.end().to_string())
            .with("is_complete", cause.is_complete)
            .with("bankruptcies", Rows::new(parts, "none"));
        fields.with("cause", cause)
    }

    /// For people.
    pub fn text(&self, units: Units) -> Vec<String> {
        let amount = units.amount(self.atoms);
        let mut text = vec![match &self.mark {
            None => format!("{}: {amount} is charged already and not settled yet.", self.market),
            Some(mark) => {
                let when =
                    mark.place.time.map_or_else(String::new, |time| format!(" at {}", time_text(time)));
                let gained = mark.marked.map(|marked| units.amount(marked.variation));
                let gained = gained.map_or_else(String::new, |gained| {
                    format!(" Beside it the position had gained {gained} since it was last marked.")
                });
                format!(
                    "{}: {amount} was charged when the account was {}{when}, slot {}, transaction {}.{gained}",
                    self.market, mark.cause, mark.place.slot, mark.place.signature
                )
            }
        }];
        match &self.cause {
            None => {
                text.push("The history that this server keeps doesn't tell what it came from.".to_owned())
            }
            Some(cause) => text.extend(self.cause_text(cause, units)),
        }
        text
    }

    fn cause_text(&self, cause: &Cause, units: Units) -> Vec<String> {
        let rise = cause.to.get().saturating_sub(cause.from.get());
        let per_share = Ratio::new(rise, 1_u128 << INDEX_SCALE_BITS).decimal(12);
        let (least, most) = (cause.shares.start(), cause.shares.end());
        let shares = if least == most {
            format!("{least} shares")
        } else {
            format!("{least} to {most} shares (the chain doesn't keep the number; any of these is charged the same)")
        };
        let mut text = vec![format!(
            "The loss index of the {} side rose by {per_share} atoms a share; the leg had {shares}. Shares × rise, rounded up to an atom: {} atoms.",
            side_name(cause.direction),
            self.atoms
        )];
        if !cause.parts.is_empty() {
            text.push("The bankruptcies on the other side that it came from:".to_owned());
            text.push(Rows::new(cause.parts.iter().map(|part| part_row(part, units)).collect(), "").text());
        }
        text.push(if self.adds_up() {
            format!("Your parts add up to {}: all of it, to the atom.", units.amount(cause.sum()))
        } else if cause.is_complete {
            format!("Your parts add up to {} atoms of {}.", cause.sum(), self.atoms)
        } else {
            "This server's history is not complete here, so bankruptcies may be missing from the list, and a part may stand for more than its own.".to_owned()
        });
        text
    }
}

/// A contract on a side that was never shrunk has so many shares.
fn per_contract(part: &Part) -> Ratio {
    Ratio::new(part.charge.rise(), 1_u128 << (INDEX_SCALE_BITS - jettison_engine::SHARE_BITS))
}

fn part_fields(part: &Part, units: Units) -> Fields {
    let leg = &part.loss.leg;
    let shares = side_shares(&part.charge);
    Fields::new()
        .with("account", part.loss.bankrupt)
        .with("signature", part.loss.place.signature.clone())
        .with("slot", part.loss.place.slot)
        .with_time("time", part.loss.place.time.unwrap_or(0))
        .with("contracts", leg.size)
        .with("price", units.amount(leg.price))
        .with("by_its_capital", units.amount(leg.by_capital))
        .with("deficit", units.amount(leg.deficit))
        .with("by_surplus", units.amount(leg.by_surplus))
        .with("by_insurance", units.amount(leg.by_insurance))
        .with("by_index", units.amount(leg.by_index))
        .with("uncovered", units.amount(leg.uncovered))
        .with("index_rise", part.charge.rise().to_string())
        .with("side_shares_at_least", shares.as_ref().map(|shares| shares.start().to_string()))
        .with("side_shares_at_most", shares.as_ref().map(|shares| shares.end().to_string()))
        .with("charge_per_contract", units.rate(per_contract(part)))
        .with("your_part", units.amount(part.atoms))
}

fn part_row(part: &Part, units: Units) -> Fields {
    let leg = &part.loss.leg;
    let account = part.loss.bankrupt.to_string();
    let short: String = account.chars().take(8).chain(['…']).collect();
    let when = part.loss.place.time.map_or_else(|| format!("slot {}", part.loss.place.slot), time_text);
    Fields::new()
        .with("account", short)
        .with("when", when)
        .with("contracts", leg.size)
        .with("price", units.amount(leg.price))
        .with("deficit", units.amount(leg.deficit))
        .with("surplus paid", units.amount(leg.by_surplus))
        .with("insurance paid", units.amount(leg.by_insurance))
        .with("your side paid", units.amount(leg.by_index))
        .with("a contract*", units.rate(per_contract(part)))
        .with("your part", units.amount(part.atoms))
}

/// Explains the star in the tables.
pub const FOOTNOTE: &str =
    "* of 2²⁰ shares, as a contract is when its side has never been deleveraged; afterwards it is more.";
