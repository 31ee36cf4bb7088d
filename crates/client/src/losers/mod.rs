//! Which losers to settle in the transaction that resolves a bankruptcy.
//!
//! A bankrupt account's claim that its market's pool can't pay is forfeited whole, and a larger deficit is left for insurance
//! and the other side. The pool is short because losers have not paid yet. Anyone may settle them, so whoever resolves does
//! it first, in the same transaction.

mod search;

use std::cmp::Reverse;

use jettison_engine::{
    assess, settle_account, Atoms, EngineError, Leg, Margin, MarginAccount, Market, MarketIndex, Markets,
};

use crate::markets_of;

/// What a transaction has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoserLimits {
    /// Losers to settle.
    pub accounts: usize,
    /// Markets that all its instructions name together, those of the bankrupt account included.
    pub markets: usize,
}

/// Whom to settle before a bankruptcy is resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LosersToSettle<Id> {
    /// The losers, in the order in which to settle them, each with the markets that its settlement names.
    pub losers: Vec<(Id, Vec<u16>)>,
    /// Claims that will be forfeited all the same, by market, in atoms; empty if all can be paid.
    pub forfeited: Vec<(u16, Atoms)>,
}

/// The largest losers of each short pool that are looked at: what more would add doesn't fit into a transaction.
const LOOKED_AT: usize = 24;

/// Chooses solvent losers whose settlement lets the pools pay a bankrupt account's claims: as few as will do, within
/// `limits`; where none will do, those who bring most.
///
/// `markets` are those the transaction will find, in ascending order: after the accruals it begins with. `candidates` are
/// accounts with a leg in one of the bankrupt account's markets; the bankrupt account itself, others that are bankrupt, and
/// those with a leg in a market that is not among `markets` are passed over. The engine settles copies to learn what each
/// pays, so the choice holds to the atom as long as nobody else is faster.
///
/// # Errors
/// [`EngineError::MarketMissing`] if one of the bankrupt account's markets is not there, [`EngineError::MarketRepeated`] or
/// [`EngineError::MarketsOutOfOrder`] if they are not in ascending order.
pub fn losers_to_settle<'a, Id: Copy>(
    bankrupt: &MarginAccount,
    candidates: impl IntoIterator<Item = (Id, &'a MarginAccount)>,
    markets: &[Market],
    limits: LoserLimits,
    now: i64,
) -> Result<LosersToSettle<Id>, EngineError> {
    let room = Room { bankrupt, markets, limits, now };
    let shortages = room.shortages(markets)?;
    let losers = if shortages.is_empty() { vec![] } else { room.payers(candidates, &shortages)? };
    match room.fewest(&losers, &shortages)? {
        Some(choice) => Ok(choice),
        None => room.confirm(&losers, &room.most(&losers, &shortages)),
    }
}

/// What is asked for, and what is at hand.
struct Room<'a> {
    bankrupt: &'a MarginAccount,
    markets: &'a [Market],
    limits: LoserLimits,
    now: i64,
}

/// A market whose pool can't pay the bankrupt account, and what it lacks.
type Shortage = (MarketIndex, u64);

/// A loser, and what its settlement adds to each short pool: less than nothing where it collects.
struct Payer<Id> {
    id: Id,
    ledger: MarginAccount,
    markets: Vec<u16>,
    pays: Vec<i128>,
    /// What it is owed by short pools: it is settled before they fill.
    claims: i128,
}

impl Room<'_> {
    /// What each pool lacks, in these states of the markets.
    fn shortages(&self, markets: &[Market]) -> Result<Vec<Shortage>, EngineError> {
        let mut short = vec![];
        for leg in self.bankrupt.legs() {
            let market = find(markets, leg.market)?;
            let lacking = net(market, leg)?.max(0).saturating_sub(i128::from(market.payable().0));
            if lacking > 0 {
                short.push((leg.market, u64::try_from(lacking).unwrap_or(u64::MAX)));
            }
        }
        Ok(short)
    }

    /// The largest solvent losers of the short pools, whoever brings most first.
    fn payers<'a, Id: Copy>(
        &self,
        candidates: impl IntoIterator<Item = (Id, &'a MarginAccount)>,
        shortages: &[Shortage],
    ) -> Result<Vec<Payer<Id>>, EngineError> {
        let mut debtors: Vec<(u128, Id, &MarginAccount)> = vec![];
        for (id, ledger) in candidates {
            let debt = self.debt(ledger, shortages)?;
            if debt > 0 {
                debtors.push((debt, id, ledger));
            }
        }
        debtors.sort_by_key(|debtor| Reverse(debtor.0));
        let debtors = debtors.into_iter().take(LOOKED_AT.saturating_mul(shortages.len()));
        let payers = debtors.filter_map(|(_, id, ledger)| self.payer(id, ledger, shortages).transpose());
        let mut payers = payers.collect::<Result<Vec<_>, _>>()?;
        payers.sort_by_key(|payer| Reverse(useful(&payer.pays, shortages)));
        Ok(payers)
    }

    /// What an account owes the short pools, as far as their shortage goes.
    fn debt(&self, ledger: &MarginAccount, shortages: &[Shortage]) -> Result<u128, EngineError> {
        let mut debt: u128 = 0;
        for (index, lacking) in shortages {
            if let Some(leg) = ledger.leg(*index) {
                let owed = net(find(self.markets, *index)?, leg)?.min(0).unsigned_abs();
                debt = debt.saturating_add(owed.min(u128::from(*lacking)));
            }
        }
        Ok(debt)
    }

    /// What settling an account pays; none if it can't be settled, is bankrupt, or pays nothing that is lacking.
    fn payer<Id: Copy>(
        &self,
        id: Id,
        ledger: &MarginAccount,
        shortages: &[Shortage],
    ) -> Result<Option<Payer<Id>>, EngineError> {
        let markets = markets_of([ledger]);
        let known = |index: &u16| find(self.markets, MarketIndex(*index)).is_ok();
        if !markets.iter().all(known) || self.count_markets([&markets]) > self.limits.markets {
            return Ok(None);
        }
        let mut after = self.markets.to_vec();
        if !settle(&mut { *ledger }, &mut after, self.now)? {
            return Ok(None);
        }
        let pays = shortages.iter().map(|(index, _)| {
            let (before, after) = (find(self.markets, *index)?, find(&after, *index)?);
            Ok(i128::from(after.payable().0) - i128::from(before.payable().0))
        });
        let pays = pays.collect::<Result<Vec<_>, EngineError>>()?;
        let owed = shortages.iter().filter_map(|(index, _)| Some((*index, ledger.leg(*index)?)));
        let owed = owed.map(|(index, leg)| Ok(net(find(self.markets, index)?, leg)?.max(0)));
        let claims = owed.sum::<Result<i128, EngineError>>()?;
        let payer = Payer { id, ledger: *ledger, markets, pays, claims };
        Ok((useful(&payer.pays, shortages) > 0).then_some(payer))
    }

    fn count_markets<'m>(&self, others: impl IntoIterator<Item = &'m Vec<u16>>) -> usize {
        let mut all = markets_of([self.bankrupt]);
        all.extend(others.into_iter().flatten());
        all.sort_unstable();
        all.dedup();
        all.len()
    }

    /// Settles the chosen one after the other, and says what is still lacking then.
    fn confirm<Id: Copy>(
        &self,
        payers: &[Payer<Id>],
        chosen: &[usize],
    ) -> Result<LosersToSettle<Id>, EngineError> {
        let mut markets = self.markets.to_vec();
        let mut losers = vec![];
        let mut chosen: Vec<_> = chosen.iter().filter_map(|place| payers.get(*place)).collect();
        chosen.sort_by_key(|payer| Reverse(payer.claims));
        for payer in chosen {
            settle(&mut { payer.ledger }, &mut markets, self.now)?;
            losers.push((payer.id, payer.markets.clone()));
        }
        let left = self.shortages(&markets)?;
        Ok(LosersToSettle { losers, forfeited: left.into_iter().map(|(m, a)| (m.0, Atoms(a))).collect() })
    }
}

/// How much of what is lacking somebody pays.
fn useful(pays: &[i128], shortages: &[Shortage]) -> i128 {
    pays.iter().zip(shortages).map(|(pays, (_, lacking))| (*pays).min(i128::from(*lacking))).sum()
}

fn find(markets: &[Market], index: MarketIndex) -> Result<&Market, EngineError> {
    markets.iter().find(|market| market.index == index).ok_or(EngineError::MarketMissing)
}

/// What a leg would be owed if it were marked: negative, what it would owe.
fn net(market: &Market, leg: &Leg) -> Result<i128, EngineError> {
    let pending = leg.pending(market.side(leg.direction()))?.net()?;
    Ok(i128::from(leg.unsettled.0) + i128::from(pending.0))
}

/// Settles an account. False, with nothing changed, if it is bankrupt or one of its prices is too old.
fn settle(ledger: &mut MarginAccount, markets: &mut [Market], now: i64) -> Result<bool, EngineError> {
    let mut lent: Vec<&mut Market> = markets.iter_mut().collect();
    let mut lent = Markets::new(&mut lent)?;
    match assess(ledger, &lent, Margin::Maintenance, now) {
        Ok(health) if !health.equity.is_negative() => {}
        Ok(_) | Err(EngineError::StalePrice) => return Ok(false),
        Err(error) => return Err(error),
    }
    settle_account(ledger, &mut lent, now).map(|_| true)
}
