//! The auto-deleveraging queue on the engine.
//!
//! The bankrupt position is matched with those of the other side, in the order of the ranking, at the price at which the
//! bankrupt account has nothing left after what surplus and insurance paid: `needed / contracts` from the mark. So each of those
//! reached gives that for each contract closed, and what it closes gains no further.

use jettison_engine::{Direction, EngineError};
use jettison_harness::Who;
use jettison_sharing::{Ranking, Side};

use super::{levy, Shared};
use crate::venue::Venue;

const RANKING: Ranking = Ranking::Binance;

/// Places of the bearers by rank. Without equity nobody is reached: it is in line to be resolved itself.
fn ranked(loss: &Shared) -> Vec<usize> {
    let side = match loss.side {
        Direction::Long => Side::Long,
        Direction::Short => Side::Short,
    };
    let mut places: Vec<usize> = (0..loss.bearers.len()).collect();
    places.retain(|place| loss.bearers[*place].holder.equity > 0);
    let score = |place: &usize| RANKING.score(side, &loss.bearers[*place].holder);
    places.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.cmp(b)));
    places
}

/// Contracts to close of each bearer, by rank, until `size` are matched.
fn matched(loss: &Shared, size: u64) -> Vec<(usize, u64)> {
    let mut left = size;
    let mut matched = vec![];
    for place in ranked(loss) {
        let closed = loss.bearers[place].holder.contracts.min(left);
        if closed == 0 {
            break;
        }
        matched.push((place, closed));
        left -= closed;
    }
    matched
}

/// Whether the solvent holders of each side have enough to match what the bankrupt holds.
pub fn has_room(venue: &Venue, who: Who, shared: &[Shared]) -> bool {
    shared.iter().all(|loss| {
        let solvent = loss.bearers.iter().filter(|bearer| bearer.holder.equity > 0);
        let room: u64 = solvent.map(|bearer| bearer.holder.contracts).sum();
        room >= loss.size && venue.entry(who, loss.market).size != 0
    })
}

/// Charges those who are reached: to the atom what is needed, by the contracts closed of each. Nobody gives more than its
/// equity; returns what is left then.
pub fn levy(venue: &mut Venue, loss: &Shared) -> Result<u64, EngineError> {
    let matched = matched(loss, loss.size);
    let all: u64 = matched.iter().map(|(_, closed)| closed).sum();
    let (mut given, mut before, mut left) = (0u64, 0u64, 0u64);
    for (place, closed) in matched {
        before += closed;
        let upto = u128::from(loss.needed) * u128::from(before) / u128::from(all.max(1));
        let part = upto as u64 - given;
        given = upto as u64;
        let bearer = &loss.bearers[place];
        let charge = part.min(bearer.holder.equity);
        left += part - charge;
        levy::levy(venue, bearer.who, loss.market, charge)?;
    }
    Ok(left + loss.needed - given)
}

/// Closes the positions of those who were reached against what the clearer took over.
pub fn close_out(venue: &mut Venue, loss: &mut Shared, clearer: Who) {
    for (place, closed) in matched(loss, loss.size) {
        let held = venue.position(clearer, loss.market);
        let size = closed.min(held.unsigned_abs()) as i64;
        if size == 0 {
            break;
        }
        let bearer = &mut loss.bearers[place];
        let signed = if loss.side == Direction::Long { size } else { -size };
        let (claim, capital) = (venue.world.claim(bearer.who, loss.market), venue.world.capital(bearer.who));
        // Closed as far as the engine lets it; what isn't stays with the clearer until the next bankruptcy.
        if venue.close_out(bearer.who, clearer, loss.market, signed).is_ok() {
            let paid = i128::from(venue.world.capital(bearer.who)) - i128::from(capital);
            let gone = claim - venue.world.claim(bearer.who, loss.market);
            debug_assert!((paid - gone).abs() <= 2, "closing at the mark moves a claim into capital");
            bearer.collected += gone;
        }
    }
}
