//! The invariants of the design, by name. A failure says which one broke and by how much.

use std::collections::BTreeSet;

use jettison_engine::*;

use super::{MarketId, Who, World};

/// Everything that must hold in every state.
pub fn check_invariants(world: &World) {
    conservation(world);
    for market in 0..world.markets.len() {
        balance(world, market);
        shares(world, market);
        backing(world, market);
    }
    for who in 0..world.accounts.len() {
        slots(world, who);
    }
}

fn conservation(world: &World) {
    let capital: u64 = world.accounts.iter().map(|account| account.capital.0).sum();
    let in_market = |m: &Market| m.pool.0 + m.insurance_fees.0 + m.protocol_fees.0;
    let markets: u64 = world.markets.iter().map(in_market).sum();
    let queued: u64 = world.places.iter().map(|place| place.amount.0).sum();
    assert_eq!(queued, world.throttle.queued.0, "CONSERVATION: the queue is not what waits in it");
    assert_eq!(
        world.vault,
        capital + queued + markets,
        "CONSERVATION: the margin vault is not what the ledgers say"
    );
    assert_eq!(world.insurance, world.fund.assets.0, "INSURANCE: the vault is not what is recorded");
    staked(&world.fund, &world.stakes);
    // The reference total: tokens are only moved. Insurance is what it was funded with, plus swept, less drawn.
    let held = i128::from(world.vault) + i128::from(world.insurance) + i128::from(world.protocol);
    assert_eq!(
        held, world.outside,
        "INSURANCE, CONSERVATION: the vaults do not hold what came in less what left"
    );
}

/// The fund's shares are its own and the stakers', and are worth no more than its assets.
fn staked(fund: &InsuranceFund, stakes: &[Stake]) {
    let live = stakes.iter().filter(|stake| stake.generation == fund.generation);
    let staked: u64 = live.map(|stake| stake.shares.0).sum();
    assert_eq!(staked + fund.own_shares.0, fund.shares.0, "INSURANCE: shares are not who holds them");
    let worth = fund.value_of(fund.shares).expect("a value");
    assert!(worth <= fund.assets, "INSURANCE: shares are worth {worth:?} of {:?}", fund.assets);
}

fn balance(world: &World, market: MarketId) {
    let m = &world.markets[market];
    let legs = world.accounts.iter().filter(|account| account.leg(m.index).is_some()).count();
    assert_eq!(legs, m.legs as usize, "LEGS: market {market}");
    // Legs close by settlement each side by itself.
    if m.is_closing(world.now) {
        return;
    }
    assert_eq!(m.long.contracts, m.short.contracts, "BALANCE: market {market}");
}

fn shares(world: &World, market: MarketId) {
    for direction in [Direction::Long, Direction::Short] {
        let on_side =
            |who: &Who| world.leg(*who, market).filter(|leg| leg.direction() == direction).is_some();
        let side = world.markets[market].side(direction);
        let holders = (0..world.accounts.len()).filter(on_side);
        let (mut owned, mut size) = (0, 0);
        for who in holders {
            owned += world.leg(who, market).unwrap().shares.0;
            size += world.position(who, market).unsigned_abs();
        }
        assert_eq!(owned, side.shares.0, "SHARES: {direction:?} of market {market}");
        assert!(size <= side.contracts.0, "SHARES: {direction:?} legs of market {market} outgrew their side");
        assert!(side.contracts.0 <= owned, "SHARES: contracts worth less than a share in market {market}");
    }
}

fn backing(world: &World, market: MarketId) {
    let m = &world.markets[market];
    let claims: i128 = (0..world.accounts.len()).map(|who| world.claim(who, market)).sum();
    let owed = claims + i128::from(m.surplus.0);
    let backed = i128::from(m.pool.0) + i128::from(m.uncovered.0);
    assert!(owed <= backed, "BACKING: market {market} owes {owed} and is backed by {backed}");
    // What rounding leaves over is bounded too, so that no money is lost in a pool: what past operations have
    // rounded, and the rounding of what is pending now.
    let dust = backed - owed;
    let open = (0..world.accounts.len()).filter(|who| world.leg(*who, market).is_some()).count();
    let bound = i128::from(world.rounding[market]) + 2 * open as i128;
    assert!(
        dust <= bound,
        "BACKING: {dust} atoms in the pool of market {market} belong to nobody, over {bound}"
    );
}

fn slots(world: &World, who: Who) {
    let account = &world.accounts[who];
    let markets: BTreeSet<u16> = account.legs().map(|leg| leg.market.0).collect();
    assert_eq!(markets.len(), account.legs().count(), "account {who} has two legs in a market");
    for leg in account.legs() {
        assert!(leg.has_position() || !leg.unsettled.is_zero(), "account {who} keeps a slot for nothing");
    }
    for leg in account.legs.iter().filter(|leg| !leg.is_in_use()) {
        assert_eq!(*leg, Leg::default(), "account {who} left something in a free slot");
    }
}

/// What an operation says it did, against which the change of state is checked.
pub enum Step {
    /// The equity of these accounts changed by exactly so much, nobody else's at all, and no price moved.
    Exact(Vec<(Who, i128)>),
    Accrued {
        market: MarketId,
        accrual: Accrual,
    },
    Resolved {
        who: Who,
        by: Option<Who>,
        resolution: Box<Resolution>,
    },
}

impl Step {
    pub fn exact(deltas: &[(Who, i128)]) -> Self {
        Self::Exact(deltas.to_vec())
    }

    pub fn check(&self, before: &World, after: &World) {
        frozen(before, after, self);
        monotone(before, after, matches!(self, Self::Resolved { .. }));
        match self {
            Self::Exact(deltas) => equity_moved_by(before, after, deltas),
            Self::Accrued { market, accrual } => marked(before, after, *market, accrual),
            Self::Resolved { who, by, resolution } => resolved(before, after, *who, *by, resolution),
        }
    }

    /// What an operation can have left in a pool for good: a leg that is marked floors its variation and ceils its
    /// haircut; a mark or a charge leaves less than an atom a side, because a unit of an index is 2⁻⁶⁴ atoms a share
    /// and there are at most 2⁶² shares.
    pub fn count_rounding(before: &World, after: &mut World) {
        for market in 0..after.markets.len() {
            let had = |who: &Who| before.leg(*who, market).filter(|leg| leg.has_position());
            let touched = |who: &Who| had(who).is_some_and(|leg| after.leg(*who, market) != Some(leg));
            let mut atoms = 2 * (0..after.accounts.len()).filter(touched).count() as u64;
            let (was, is) = (&before.markets[market], &after.markets[market]);
            for (was, is) in [(&was.long, &is.long), (&was.short, &is.short)] {
                atoms += u64::from(was.settlement_index != is.settlement_index);
                atoms += u64::from(was.loss_index != is.loss_index);
            }
            after.rounding[market] += atoms;
        }
    }
}

/// No money leaves an account that is bankrupt before and after, but by resolving it.
fn frozen(before: &World, after: &World, step: &Step) {
    let resolved = |who: Who| matches!(step, Step::Resolved { who: resolved, .. } if *resolved == who);
    for who in (0..after.accounts.len()).filter(|who| before.is_bankrupt(*who) && !resolved(*who)) {
        let kept = after.capital(who) >= before.capital(who) || !after.is_bankrupt(who);
        assert!(kept, "money left account {who}, which is bankrupt");
    }
}

fn monotone(before: &World, after: &World, charged: bool) {
    for (was, is) in before.markets.iter().zip(&after.markets) {
        for (was, is) in [(&was.long, &is.long), (&was.short, &is.short)] {
            assert!(is.loss_index.get() >= was.loss_index.get(), "MONOTONE: a loss index fell");
            assert!(
                charged || is.loss_index == was.loss_index,
                "MONOTONE: a loss index moved without a bankruptcy"
            );
        }
    }
}

/// Claims and charges reach equity once: settling, trading or liquidating moves nothing but what it reports.
fn equity_moved_by(before: &World, after: &World, deltas: &[(Who, i128)]) {
    for who in 0..after.accounts.len() {
        let expected: i128 = deltas.iter().filter(|delta| delta.0 == who).map(|delta| delta.1).sum();
        let (was, is) = (before.equity(who), after.equity(who));
        assert_eq!(
            is - was,
            expected,
            "MONOTONE, PRINCIPAL: the equity of account {who} went from {was} to {is}"
        );
    }
}

/// Each leg is paid `shares / side shares × contracts × move`, within the rounding of one touch.
///
/// Funding moves besides; its part is taken in whole atoms here, which costs an atom of the tolerance.
fn marked(before: &World, after: &World, market: MarketId, accrual: &Accrual) {
    let moved = i128::from(accrual.price_after.0) - i128::from(accrual.price_before.0);
    for who in 0..after.accounts.len() {
        assert_eq!(
            before.capital(who),
            after.capital(who),
            "PRINCIPAL: an accrual took capital of account {who}"
        );
        let paid = after.claim(who, market) - before.claim(who, market);
        let Some(leg) = before.leg(who, market).filter(|leg| leg.has_position()) else {
            assert_eq!(paid, 0, "MARK: account {who} has no position and was marked by {paid}");
            continue;
        };
        let side = before.markets[market].side(leg.direction());
        let sign = if leg.direction() == Direction::Long { 1 } else { -1 };
        let contracts = i128::from(side.contracts.0);
        let moved = moved * contracts - ((accrual.funding * contracts) >> CHANGE_BITS);
        let off = paid * i128::from(side.shares.0) - sign * moved * i128::from(leg.shares.0);
        let quarters = if accrual.funding == 0 { 5 } else { 9 };
        let tolerance = quarters * i128::from(side.shares.0);
        assert!(4 * off.abs() <= tolerance, "MARK: account {who} got {paid} in market {market}");
    }
}

fn resolved(before: &World, after: &World, who: Who, by: Option<Who>, resolution: &Resolution) {
    assert!(
        after.accounts[who].has_no_legs() && after.capital(who) == 0,
        "account {who} survived its bankruptcy"
    );
    let (mut deficit, mut forfeited, mut insured) = (0, 0, 0);
    for entry in resolution.legs() {
        waterfall(before, after, who, entry);
        deficit += i128::from(entry.deficit.0);
        forfeited += i128::from(entry.forfeited.0);
        insured += entry.by_insurance.0;
    }
    assert_eq!(i128::from(resolution.equity.0), before.equity(who), "the resolution reports another equity");
    assert_eq!(deficit, forfeited - before.equity(who), "WATERFALL: deficits are not what the account owes");
    assert_eq!(insured, resolution.insurance_spent.0, "INSURANCE: the legs' parts do not add up");
    let bounty = resolution.bounty_from_insurance.0 + resolution.bounty_from_fees.0;
    for other in (0..after.accounts.len()).filter(|other| *other != who) {
        let paid = if by == Some(other) { bounty } else { 0 };
        let was = before.capital(other) + paid;
        assert_eq!(after.capital(other), was, "PRINCIPAL: a bankruptcy moved capital of account {other}");
        for market in 0..after.markets.len() {
            charged(before, after, other, market, resolution);
        }
    }
}

/// Each rung is used up before the next is touched, and the index moves by what it is charged with.
fn waterfall(before: &World, after: &World, who: Who, entry: &LegResolution) {
    let market = usize::from(entry.market.0);
    let (was, is) = (&before.markets[market], &after.markets[market]);
    let parts = entry.by_surplus.0 + entry.by_insurance.0 + entry.by_index.0 + entry.uncovered.0;
    assert_eq!(parts, entry.deficit.0, "WATERFALL: the parts are not the deficit of market {market}");
    let past_surplus = parts > entry.by_surplus.0;
    assert!(!past_surplus || is.surplus.is_zero(), "WATERFALL: insurance before surplus in market {market}");
    let past_insurance = entry.by_index.0 + entry.uncovered.0 > 0;
    let allowed = is.allowance.remaining(&is.params, after.now).expect("an allowance");
    let left = after.insurance.min(allowed.0);
    assert!(!past_insurance || left == 0, "WATERFALL: the index moved and insurance had {left} to give");
    let drawn = before.fund.assets.0 - after.fund.assets.0;
    let allowance: u64 = before
        .markets
        .iter()
        .map(|m| m.allowance.remaining(&m.params, before.now).expect("an allowance").0)
        .sum();
    assert!(drawn <= allowance, "INSURANCE: drew {drawn} of an allowance of {allowance}");
    let direction = before.leg(who, market).expect("a leg").direction();
    let (opposite, charged) = (was.side(direction.opposite()), is.side(direction.opposite()));
    assert_eq!(
        was.side(direction).loss_index,
        is.side(direction).loss_index,
        "WATERFALL: charged its own side"
    );
    assert!(entry.by_index.is_zero() || entry.uncovered.is_zero(), "WATERFALL: uncovered beside the index");
    assert!(
        entry.uncovered.is_zero() || opposite.shares.is_zero(),
        "WATERFALL: uncovered with somebody to charge"
    );
    let rise = charged.loss_index.get() - opposite.loss_index.get();
    let shares = u128::from(opposite.shares.0.max(1));
    let exact = (u128::from(entry.by_index.0) << INDEX_SCALE_BITS).div_ceil(shares);
    assert_eq!(rise, exact, "WATERFALL: the loss index of market {market}");
    let uncovered = was.uncovered.0 + entry.uncovered.0;
    assert_eq!(is.uncovered.0, uncovered, "WATERFALL: uncovered of market {market}");
    let surplus = was.surplus.0 + entry.forfeited.0 - entry.by_surplus.0;
    assert_eq!(is.surplus.0, surplus, "WATERFALL: surplus of market {market}");
}

/// Each leg on the opposite side is charged `shares / side shares × by_index`, within the rounding of one touch;
/// every other leg nothing.
fn charged(before: &World, after: &World, other: Who, market: MarketId, resolution: &Resolution) {
    let charge = before.claim(other, market) - after.claim(other, market);
    let entry = resolution.legs().find(|entry| usize::from(entry.market.0) == market);
    let by_index = entry.map_or(0, |entry| i128::from(entry.by_index.0));
    let leg = before.leg(other, market).filter(|leg| leg.has_position());
    let Some((leg, true)) = leg.map(|leg| (leg, by_index > 0)) else {
        assert_eq!(charge, 0, "PRINCIPAL: account {other} was charged {charge} in market {market}");
        return;
    };
    let loss_index = |world: &World| world.markets[market].side(leg.direction()).loss_index;
    if loss_index(before) == loss_index(after) {
        assert_eq!(charge, 0, "WATERFALL: account {other} is not opposite and was charged {charge}");
        return;
    }
    let shares = i128::from(before.markets[market].side(leg.direction()).shares.0);
    let off = charge * shares - by_index * i128::from(leg.shares.0);
    assert!(4 * off.abs() <= 5 * shares, "PRO RATA: account {other} was charged {charge} of {by_index}");
}
