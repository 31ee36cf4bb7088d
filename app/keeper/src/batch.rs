//! Packs tasks into transactions: several at a time, within the chain's limits of compute units, account locks, bytes and
//! log.

use std::collections::BTreeSet;

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::instructions::LiquidateArgs;
use jettison_client::{markets_of, Venue};
use jettison_engine::MarketIndex;
use jettison_rpc::PACKET_BYTES;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_message::legacy::Message;

use crate::cache::Cache;
use crate::plan::{Action, Task};
use crate::units::{log_bytes, units};

/// The most accounts that a transaction may lock.
pub const MAX_LOCKS: usize = 64;

/// Bytes of log that the runtime keeps of a transaction. Less than its 10,000: what is cut off is an event unseen.
pub const MAX_LOG_BYTES: usize = 9_500;

/// Compute units of the two compute-budget instructions.
const BUDGET_UNITS: u32 = 300;

/// Who sends, and what is needed besides a task to build its instructions.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// The addresses.
    pub venue: &'a Venue,
    /// Who signs and pays.
    pub signer: Pubkey,
    /// The margin account that takes positions and receives bounties.
    pub own: Option<Pubkey>,
    /// Where the protocol's fees are swept to.
    pub fee_account: Option<Pubkey>,
}

/// What a transaction may hold, of what is the keeper's to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Tasks.
    pub tasks: usize,
    /// Compute units.
    pub compute_units: u32,
}

/// Tasks that go into one transaction.
#[derive(Clone, Debug, Default)]
pub struct Lot {
    /// Their indices in the plan.
    pub tasks: Vec<usize>,
    /// The instructions: accruals first.
    pub instructions: Vec<Instruction>,
    /// For each instruction, the index into `tasks` of its task; none for an accrual, which all share.
    pub owners: Vec<Option<usize>>,
    /// Compute units to allow.
    pub compute_units: u32,
    accrued: BTreeSet<MarketIndex>,
    log_bytes: usize,
}

/// One task's part of a transaction.
struct Piece {
    instructions: Vec<Instruction>,
    compute_units: u32,
    log_bytes: usize,
}

/// Packs tasks in their order. Left out are those that need no transaction or can't be built, and those that must come
/// after one that went into an earlier transaction: nothing says which of two lands first.
pub fn pack(tasks: &[Task], cache: &Cache, party: &Party<'_>, limits: Limits) -> Vec<Lot> {
    let mut lots: Vec<Lot> = vec![];
    let mut placed: BTreeSet<Pubkey> = BTreeSet::new();
    for (at, task) in tasks.iter().enumerate() {
        let Some(piece) = piece(&task.action, cache, party) else { continue };
        let own = party.own;
        let concerned: Vec<Pubkey> =
            task.accounts.iter().copied().filter(|account| Some(*account) != own).collect();
        let last = lots.last();
        let in_last = |account: &Pubkey| {
            last.is_some_and(|lot| lot.tasks.iter().any(|task| tasks[*task].accounts.contains(account)))
        };
        if concerned.iter().any(|account| placed.contains(account) && !in_last(account)) {
            continue;
        }
        if let Some(lot) = lots.last().and_then(|lot| lot.with(at, task, &piece, cache, party)) {
            if lot.fits(party, limits) {
                placed.extend(concerned);
                *lots.last_mut().unwrap_or(&mut Lot::default()) = lot;
                continue;
            }
            if concerned.iter().any(in_last) {
                continue;
            }
        }
        placed.extend(concerned);
        lots.extend(alone(at, task, &piece, cache, party, limits));
    }
    lots
}

/// A task's own transaction; its accruals in one before it if they don't fit together.
fn alone(
    at: usize,
    task: &Task,
    piece: &Piece,
    cache: &Cache,
    party: &Party<'_>,
    limits: Limits,
) -> Vec<Lot> {
    let Some(lot) = Lot::default().with(at, task, piece, cache, party) else { return vec![] };
    if lot.fits(party, limits) {
        return vec![lot];
    }
    let Some(accruals) = Lot::default().accruing(&task.accrue_first, cache, party) else { return vec![] };
    let mut bare = Lot::default();
    bare.add(at, piece);
    [accruals, bare].into_iter().filter(|lot| lot.fits(party, limits)).collect()
}

impl Lot {
    /// The transaction with a task more.
    fn with(&self, at: usize, task: &Task, piece: &Piece, cache: &Cache, party: &Party<'_>) -> Option<Self> {
        let mut lot = self.accruing(&task.accrue_first, cache, party)?;
        lot.add(at, piece);
        Some(lot)
    }

    /// The transaction with accruals more, before all tasks.
    fn accruing(&self, markets: &[MarketIndex], cache: &Cache, party: &Party<'_>) -> Option<Self> {
        let mut lot = self.clone();
        for market in markets {
            if !lot.accrued.insert(*market) {
                continue;
            }
            let accrual = accrual(*market, cache, party)?;
            lot.compute_units += accrual.compute_units;
            lot.log_bytes += accrual.log_bytes;
            lot.instructions.splice(0..0, accrual.instructions);
            lot.owners.insert(0, None);
        }
        Some(lot)
    }

    fn add(&mut self, at: usize, piece: &Piece) {
        let owner = self.tasks.len();
        self.tasks.push(at);
        self.owners.extend(piece.instructions.iter().map(|_| Some(owner)));
        self.instructions.extend_from_slice(&piece.instructions);
        self.compute_units += piece.compute_units;
        self.log_bytes += piece.log_bytes;
    }

    /// Compute units to ask for.
    pub fn unit_limit(&self) -> u32 {
        self.compute_units + BUDGET_UNITS
    }

    /// Accounts that it writes, for the price of inclusion.
    pub fn writable(&self) -> Vec<Pubkey> {
        let written = self.instructions.iter().flat_map(|instruction| &instruction.accounts);
        let written: BTreeSet<Pubkey> =
            written.filter(|meta| meta.is_writable).map(|meta| meta.pubkey).collect();
        written.into_iter().collect()
    }

    fn fits(&self, party: &Party<'_>, limits: Limits) -> bool {
        let mut all = vec![
            ComputeBudgetInstruction::set_compute_unit_limit(u32::MAX),
            ComputeBudgetInstruction::set_compute_unit_price(u64::MAX),
        ];
        all.extend_from_slice(&self.instructions);
        let message = Message::new(&all, Some(&party.signer));
        let signatures = usize::from(message.header.num_required_signatures);
        self.tasks.len() <= limits.tasks
            && self.unit_limit() <= limits.compute_units
            && self.log_bytes <= MAX_LOG_BYTES
            && message.account_keys.len() <= MAX_LOCKS
            && 1 + signatures * 64 + message.serialize().len() <= PACKET_BYTES
    }
}

fn accrual(market: MarketIndex, cache: &Cache, party: &Party<'_>) -> Option<Piece> {
    let oracle = cache.market(market)?.oracle;
    Some(Piece {
        instructions: vec![party.venue.accrue_market(market.0, oracle)],
        compute_units: units("accrue_market", 1)?,
        log_bytes: log_bytes(events::ACCRUED),
    })
}

/// The most bytes of an event, without its discriminator.
mod events {
    pub const ACCRUED: usize = 160;
    pub const LIQUIDATED: usize = 240;
    pub const DELEVERAGED: usize = 240;
    pub const FLAGGED: usize = 48;
    pub const SWEPT: usize = 32;
    pub const SERVED: usize = 112;
    pub const BEGUN: usize = 32;

    pub const fn settled(legs: usize) -> usize {
        68 + legs * 59
    }

    pub const fn resolved(legs: usize) -> usize {
        130 + legs * 140
    }
}

/// The instructions of an action, and what they take. `None` for one that no instruction does, or whose accounts are
/// not known.
fn piece(action: &Action, cache: &Cache, party: &Party<'_>) -> Option<Piece> {
    let venue = party.venue;
    let one = |instruction, name, legs, event| {
        Some(Piece {
            instructions: vec![instruction],
            compute_units: units(name, legs)?,
            log_bytes: log_bytes(event),
        })
    };
    let ledger = |account: &Pubkey| cache.book.ledger(account);
    let own = party.own.as_ref().and_then(ledger);
    match action {
        Action::Accrue { market } => accrual(*market, cache, party),
        Action::Liquidate { account, market, max_contracts } => {
            let (theirs, own) = (ledger(account)?, own?);
            let legs = theirs.legs().count().max(own.legs().count());
            let args = LiquidateArgs { market_index: market.0, max_size: max_contracts.0 };
            let markets = markets_of([&theirs, &own]);
            let instruction = venue.liquidate(party.signer, *account, party.own?, args, &markets);
            one(instruction, "liquidate", legs, events::LIQUIDATED)
        }
        Action::Deleverage { account, market } => {
            let ledger = ledger(account)?;
            let bounty = party.own.filter(|own| own != account && cache.book.find(own).is_some());
            let markets = markets_of([&ledger]);
            let instruction = venue.deleverage(*account, bounty, market.0, &markets);
            one(instruction, "deleverage", ledger.legs().count(), events::DELEVERAGED)
        }
        Action::FlagBankruptcy { account } => {
            let ledger = ledger(account)?;
            let instruction = venue.flag_bankruptcy(*account, &markets_of([&ledger]));
            one(instruction, "flag_bankruptcy", ledger.legs().count(), events::FLAGGED)
        }
        Action::Resolve { account, losers, take_over } => {
            let theirs = ledger(account)?;
            let mut all = Piece { instructions: vec![], compute_units: 0, log_bytes: 0 };
            for loser in losers {
                all.append(settlement(loser, cache, venue)?);
            }
            let caller = party.own.filter(|own| own != account && cache.book.find(own).is_some());
            let take_over = *take_over && caller.is_some();
            let markets = match (&own, take_over) {
                (Some(own), true) => markets_of([&theirs, own]),
                _ => markets_of([&theirs]),
            };
            let legs = theirs.legs().count();
            let instruction = venue.resolve_bankruptcy(party.signer, *account, caller, take_over, &markets);
            all.append(one(instruction, "resolve_bankruptcy", legs, events::resolved(legs))?);
            Some(all)
        }
        Action::Settle { account } => settlement(account, cache, venue),
        Action::SweepFees { market } => {
            one(venue.sweep_fees(market.0, party.fee_account?), "sweep_fees", 1, events::SWEPT)
        }
        Action::ServeWithdrawal { account, destination } => {
            one(venue.serve_withdrawal(*account, *destination), "serve_withdrawal", 1, events::SERVED)
        }
        Action::BeginSettlement { market } => {
            let oracle = cache.market(*market)?.oracle;
            one(venue.begin_settlement(market.0, oracle), "begin_settlement", 1, events::BEGUN)
        }
        Action::Unwind { .. } => None,
    }
}

fn settlement(account: &Pubkey, cache: &Cache, venue: &Venue) -> Option<Piece> {
    let ledger = cache.book.ledger(account)?;
    let legs = ledger.legs().count();
    Some(Piece {
        instructions: vec![venue.settle_account(*account, &markets_of([&ledger]))],
        compute_units: units("settle_account", legs)?,
        log_bytes: log_bytes(events::settled(legs)),
    })
}

impl Piece {
    fn append(&mut self, other: Self) {
        self.instructions.extend(other.instructions);
        self.compute_units += other.compute_units;
        self.log_bytes += other.log_bytes;
    }
}
