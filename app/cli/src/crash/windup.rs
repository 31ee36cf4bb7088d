//! The end of a crash: everyone gets out. Keepers finish, positions are closed against each other, everyone is
//! settled, withdraws and closes; what is left in the vaults has a name.

use anyhow::Result;
use indicatif::ProgressBar;
use jettison_engine::Direction;
use serde::Serialize;

use super::keeper::Keepers;
use super::op::Op;
use super::population::match_sides;
use super::world::{Id, World};

/// Seconds and rounds after which the exit counts as failed.
const MOST_ROUNDS: usize = 2_000;

/// What the vaults hold once everyone is out, in atoms.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Leftovers {
    /// The margin vault's balance.
    pub margin_vault: u64,
    /// Of which in each market's pool for its surplus: claims forfeited in bankruptcies that no later deficit
    /// needed.
    pub surplus: Vec<u64>,
    /// Of which in each market's pool besides: what rounding left there.
    pub dust: Vec<u64>,
    /// Of which unswept fees.
    pub unswept_fees: u64,
    /// The most that rounding can have left in the pools.
    pub dust_bound: u64,
    /// The insurance vault's balance: the fund's recorded assets.
    pub insurance_vault: u64,
    /// Accounts that are still open.
    pub open_accounts: usize,
}

/// Drives everyone out.
pub fn wind_up(world: &mut World, keepers: &mut Keepers, progress: &ProgressBar) -> Result<Leftovers> {
    keepers.free();
    progress.set_message("winding up: keepers finish");
    finish_liquidations(world, keepers)?;
    progress.set_message("winding up: settling and closing positions");
    settle_all(world)?;
    close_positions(world, keepers)?;
    settle_all(world)?;
    progress.set_message("winding up: withdrawing");
    for market in 0..world.books.len() as u16 {
        expect(world, Op::Sweep { market })?;
    }
    for id in world.open_ids() {
        leave(world, id)?;
    }
    world.audit_all();
    leftovers(world)
}

/// Time passes at the last price until the effective prices have arrived and keepers find nothing to do. What is
/// still below maintenance then is solvent, awaits a keeper with capital, and can get out by trading.
fn finish_liquidations(world: &mut World, keepers: &mut Keepers) -> Result<()> {
    for _ in 0..MOST_ROUNDS {
        super::tick(world, None)?;
        let landed = world.landed;
        keepers.act(world, i64::MAX)?;
        if world.landed == landed && world.books.iter().all(|book| !book.is_lagging()) {
            return Ok(());
        }
    }
    world.audit.check("EXIT", false, || "keepers find no end of work at a standing price".into());
    Ok(())
}

/// Settles everyone who has a leg, losers first, until a round changes nothing.
fn settle_all(world: &mut World) -> Result<()> {
    for _ in 0..MOST_ROUNDS {
        let before = (world.ledgers.clone(), world.books.clone());
        let mut order: Vec<(i64, Id)> = world
            .open_ids()
            .filter(|id| !world.ledgers[*id].has_no_legs())
            .map(|id| (claims(world, id), id))
            .collect();
        order.sort_unstable();
        for (_, id) in order {
            expect(world, Op::Settle { account: id })?;
        }
        if (&world.ledgers, &world.books) == (&before.0, &before.1) {
            break;
        }
    }
    Ok(())
}

fn claims(world: &World, id: Id) -> i64 {
    world.ledgers[id]
        .legs()
        .filter_map(|leg| {
            let book = &world.books[usize::from(leg.market.0)];
            let pending = leg.pending(book.side(leg.direction())).ok()?.net().ok()?;
            leg.unsettled.0.checked_add(pending.0)
        })
        .sum()
}

/// Trades longs against shorts at the effective price until both sides are empty. Settling closes positions of
/// less than a contract and lets the others grow by what those leave, so a few rounds are needed.
fn close_positions(world: &mut World, keepers: &mut Keepers) -> Result<()> {
    for _ in 0..MOST_ROUNDS {
        super::tick(world, None)?;
        keepers.act(world, i64::MAX)?;
        for market in 0..world.books.len() as u16 {
            let of = |world: &World, direction| -> Vec<(Id, u64)> {
                let held = |id: &Id| world.position(*id, market).filter(|held| held.0 == direction);
                world.holders[usize::from(market)].iter().filter_map(|id| Some((*id, held(id)?.1))).collect()
            };
            // Whoever is short buys.
            let (buyers, sellers) = (of(world, Direction::Short), of(world, Direction::Long));
            for (id, _) in buyers.iter().chain(&sellers) {
                let _ = world.transact(&[Op::Settle { account: *id }])?;
            }
            match_sides(world, market, buyers, sellers, 0, |_| {})?;
        }
        settle_all(world)?;
        let open =
            |book: &jettison_engine::Market| !book.long.shares.is_zero() || !book.short.shares.is_zero();
        if !world.books.iter().any(open) {
            return Ok(());
        }
    }
    world.audit.check("EXIT", false, || "positions stay open".into());
    Ok(())
}

/// Withdraws everything and closes the account, giving up what can't be paid.
fn leave(world: &mut World, id: Id) -> Result<()> {
    // A waiver first collects what the pool can pay; then there is capital to withdraw, hence twice.
    for _ in 0..2 {
        let capital = world.ledgers[id].capital;
        if !capital.is_zero() && !expect(world, Op::Withdraw { account: id, amount: capital })? {
            return Ok(());
        }
        let waive = !world.ledgers[id].has_no_legs();
        if world.transact(&[Op::Close { account: id, waive }])?.is_ok() {
            return Ok(());
        }
        let _ = world.transact(&[Op::Settle { account: id }])?;
    }
    world.audit.check("EXIT", false, || format!("account {id} can't close"));
    Ok(())
}

fn expect(world: &mut World, op: Op) -> Result<bool> {
    let refused = world.transact(std::slice::from_ref(&op))?.err();
    world.audit.check("EXIT", refused.is_none(), || format!("{op:?}: {refused:?}"));
    Ok(refused.is_none())
}

fn leftovers(world: &mut World) -> Result<Leftovers> {
    let (margin_vault, insurance_vault) = world.venue.vaults()?;
    let surplus: Vec<u64> = world.books.iter().map(|book| book.surplus.min(book.pool).0).collect();
    let dust: Vec<u64> = world.books.iter().map(|book| book.payable().0).collect();
    let unswept_fees = world.books.iter().map(|book| book.insurance_fees.0 + book.protocol_fees.0).sum();
    let dust_bound = world.dust_bound;
    let named: u64 = surplus.iter().chain(&dust).sum::<u64>() + unswept_fees;
    let small = dust.iter().sum::<u64>() <= dust_bound;
    world.audit.check("EXIT", small && margin_vault == named, || {
        format!("the margin vault keeps {margin_vault}: {named} has a name, dust {dust:?} is at most {dust_bound}")
    });
    check_haircuts(world);
    let open_accounts = world.open_ids().count();
    world.audit.check("EXIT", open_accounts == 0, || format!("{open_accounts} accounts stay open"));
    Ok(Leftovers { margin_vault, surplus, dust, unswept_fees, dust_bound, insurance_vault, open_accounts })
}

/// All that was charged to the indices has been taken from legs, once; but for what rounding added.
fn check_haircuts(world: &mut World) {
    let sum =
        |field: fn(&super::tally::MarketTally) -> u64| world.tally.markets.iter().map(field).sum::<u64>();
    let (charged, settled) = (sum(|market| market.by_index), sum(|market| market.haircuts_settled));
    let range = charged..=charged + world.dust_bound;
    world.audit.check("MONOTONE", range.contains(&settled), || {
        format!("{charged} atoms were charged to the indices and {settled} taken from legs")
    });
}
