//! What came of a transaction, shown.

use jettison_client::AnyEvent;
use jettison_rpc::{Landed, Simulated};

use crate::output::Fields;

/// A transaction that landed, or that would.
pub struct Sent {
    /// What the clearing program reported, in order.
    pub events: Vec<AnyEvent>,
    fields: Fields,
}

impl Sent {
    /// One that landed.
    pub fn landed(landed: Landed) -> Self {
        let fields = Fields::new()
            .with("signature", landed.signature.to_string())
            .with("slot", landed.slot)
            .with("compute_units", landed.compute_units);
        Self { events: landed.events, fields }
    }

    /// One that was only simulated.
    pub fn simulated(simulated: Simulated) -> Self {
        let fields = Fields::new().with("dry_run", true).with("compute_units", simulated.compute_units);
        Self { events: simulated.events, fields }
    }

    /// `facts`, then the transaction.
    pub fn with(&self, facts: Fields) -> Fields {
        facts.and(&self.fields)
    }

    /// What `pick` finds first among the events.
    pub fn find<T>(&self, pick: impl FnMut(&AnyEvent) -> Option<T>) -> Option<T> {
        self.events.iter().find_map(pick)
    }
}
