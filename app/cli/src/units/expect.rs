//! Checks that an instruction really went the way it was to be measured.

use anyhow::{bail, ensure, Context, Result};
use clearing::events::BankruptcyResolved;
use jettison_client::{event, AnyEvent};
use jettison_embedded::Executed;

use super::scene::SIZE;

/// The event of a transaction that has one.
pub fn event_of(executed: &Executed) -> Result<AnyEvent> {
    let data = executed.program_data.last().context("no event")?;
    event(data).context("decoding the event")
}

/// That some contracts were taken over and some left, so that the size had to be searched.
pub fn liquidated(executed: &Executed) -> Result<()> {
    let AnyEvent::Liquidated(event) = event_of(executed)? else { bail!("another event") };
    ensure!((1..SIZE).contains(&event.size), "nothing or all: {event:?}");
    Ok(())
}

/// That claims were given up.
pub fn waived(executed: &Executed) -> Result<()> {
    let AnyEvent::MarginAccountClosed(event) = event_of(executed)? else { bail!("another event") };
    ensure!(event.waived > 0, "nothing was owed: {event:?}");
    Ok(())
}

/// That the position was closed and the bounty paid.
pub fn deleveraged(executed: &Executed) -> Result<()> {
    let AnyEvent::Deleveraged(event) = event_of(executed)? else { bail!("another event") };
    ensure!(event.eligible && event.bounty > 0, "nothing was closed: {event:?}");
    Ok(())
}

/// That the loss index moved in so many markets.
pub fn index_moved(executed: &Executed, legs: u16) -> Result<BankruptcyResolved> {
    let AnyEvent::BankruptcyResolved(event) = event_of(executed)? else { bail!("another event") };
    let moved = event.legs.iter().filter(|leg| leg.by_index > 0).count();
    ensure!(moved == usize::from(legs), "{moved} indices moved: {event:?}");
    Ok(event)
}

/// That insurance was drawn on besides, and whether the caller took over is as expected.
pub fn resolved(executed: &Executed, legs: u16, taken_over: bool) -> Result<()> {
    let event = index_moved(executed, legs)?;
    ensure!(event.insurance_spent > 0, "insurance spent nothing: {event:?}");
    ensure!(event.taken_over == taken_over, "not as expected: {event:?}");
    Ok(())
}

/// That every leg's cash moved.
pub fn settled(executed: &Executed, legs: u16) -> Result<()> {
    let AnyEvent::AccountSettled(event) = event_of(executed)? else { bail!("another event") };
    let moved = event.legs.iter().filter(|leg| leg.cash != 0).count();
    ensure!(moved == usize::from(legs), "{moved} legs moved cash: {event:?}");
    Ok(())
}
