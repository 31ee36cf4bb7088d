//! What came of a transaction, shown.

use jettison_client::AnyEvent;
use jettison_rpc::{Landed, Simulated};

use crate::events::event_view;
use crate::output::{Fields, Value};

/// A transaction that landed, or that would.
pub struct Sent {
    /// What the clearing program reported, in order.
    pub events: Vec<AnyEvent>,
    facts: Fields,
    truncated: bool,
}

impl Sent {
    /// One that landed.
    pub fn landed(landed: Landed) -> Self {
        let facts = Fields::new()
            .with("signature", landed.signature.to_string())
            .with("slot", landed.slot)
            .with("compute_units", landed.compute_units);
        Self { events: landed.events, facts, truncated: landed.events_truncated }
    }

    /// One that was only simulated.
    pub fn simulated(simulated: Simulated) -> Self {
        let facts = Fields::new().with("dry_run", true).with("compute_units", simulated.compute_units);
        Self { events: simulated.events, facts, truncated: simulated.events_truncated }
    }

    /// `facts`, then the transaction and what the program reported, amounts with the quote mint's `decimals`.
    pub fn with(&self, facts: Fields, decimals: u8) -> Fields {
        let events = self.events.iter().map(|event| event_view(event, decimals)).collect();
        let fields = facts.and(&self.facts).with_value("events", Value::Lines(events));
        if self.truncated {
            return fields.with("events_truncated", true);
        }
        fields
    }

    /// What `pick` finds first among the events.
    pub fn find<T>(&self, pick: impl FnMut(&AnyEvent) -> Option<T>) -> Option<T> {
        self.events.iter().find_map(pick)
    }
}
