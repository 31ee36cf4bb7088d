//! Checks that an instruction really went the way it was to be measured.

use anyhow::{bail, ensure, Context, Result};
use clearing::events::BankruptcyResolved;
use jettison_client::{event, AnyEvent};
use jettison_embedded::Executed;

/// The event of a transaction that has one.
pub fn event_of(executed: &Executed) -> Result<AnyEvent> {
    let data = executed.program_data.last().context("no event")?;
    event(data).context("decoding the event")
}

/// The units of a transaction's last instruction, if its event is the one asked for and says what was to be measured.
macro_rules! measured {
    ($executed:expr, $event:ident, |$it:ident| $holds:expr) => {{
        let executed = &$executed;
        match $crate::units::expect::event_of(executed)? {
            jettison_client::AnyEvent::$event($it) if $holds => $crate::units::parties::units(executed),
            other => anyhow::bail!("not what was to be measured: {other:?}"),
        }
    }};
}
pub(super) use measured;

/// That the loss index moved in so many markets.
pub fn index_moved(executed: &Executed, legs: u16) -> Result<BankruptcyResolved> {
    let AnyEvent::BankruptcyResolved(event) = event_of(executed)? else { bail!("another event") };
    let moved = event.legs.iter().filter(|leg| leg.by_index > 0).count();
    ensure!(moved == usize::from(legs), "{moved} indices moved: {event:?}");
    Ok(event)
}
