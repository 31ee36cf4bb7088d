//! Whether a clearinghouse's books balance: the invariants of docs/invariants.md over a snapshot of all its accounts.

use jettison_engine::{
    Atoms, Direction, InsuranceFund, MarginAccount, Market, MarketIndex, QueuedWithdrawal, Stake, Throttle,
};

/// Everything that a clearinghouse holds and owes, at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Books<'a> {
    /// All its markets that aren't closed.
    pub markets: &'a [Market],
    /// All its margin accounts, each with what it has in the withdrawal queue.
    pub accounts: &'a [(MarginAccount, QueuedWithdrawal)],
    /// The insurance fund.
    pub fund: &'a InsuranceFund,
    /// All stakes in it.
    pub stakes: &'a [Stake],
    /// The withdrawal throttle.
    pub throttle: &'a Throttle,
    /// Tokens in the margin vault.
    pub margin_vault: Atoms,
    /// Tokens in the insurance vault.
    pub insurance_vault: Atoms,
    /// When, in Unix seconds.
    pub now: i64,
}

/// An invariant, looked at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name in docs/invariants.md.
    pub invariant: &'static str,
    /// The market it is about; none if it is about the whole clearinghouse.
    pub market: Option<MarketIndex>,
    /// What is compared, in words: `left` against `right`.
    pub compares: &'static str,
    /// What is there.
    pub left: i128,
    /// What must be there.
    pub right: i128,
    /// Whether it holds.
    pub holds: bool,
    /// Whether `left` is what a vault holds, which is more than it must be if somebody sent tokens to it.
    pub of_vault: bool,
}

impl Check {
    fn equal(invariant: &'static str, compares: &'static str, left: i128, right: i128) -> Self {
        Self { invariant, market: None, compares, left, right, holds: left == right, of_vault: false }
    }

    fn at_least(invariant: &'static str, compares: &'static str, left: i128, right: i128) -> Self {
        Self { invariant, market: None, compares, left, right, holds: left >= right, of_vault: false }
    }

    fn vault(invariant: &'static str, compares: &'static str, holds: i128, must: i128) -> Self {
        Self { of_vault: true, ..Self::at_least(invariant, compares, holds, must) }
    }

    fn of(self, market: &Market) -> Self {
        Self { market: Some(market.index), ..self }
    }
}

/// Looks at every invariant that a snapshot can show. A vault may hold more than the ledgers say: tokens that somebody sent to
/// it are nobody's. `left − right` of CONSERVATION and INSURANCE is how much that is.
pub fn check_books(books: &Books<'_>) -> Vec<Check> {
    let mut checks = vec![conservation(books), queue(books), insurance(books), fund_shares(books)];
    for market in books.markets {
        checks.extend(check_market(market, books).map(|check| check.of(market)));
    }
    checks
}

fn conservation(books: &Books<'_>) -> Check {
    let accounts = books.accounts.iter();
    let capital: i128 = accounts.map(|(ledger, queued)| atoms(ledger.capital) + atoms(queued.amount)).sum();
    let in_market = |m: &Market| atoms(m.pool) + atoms(m.insurance_fees) + atoms(m.protocol_fees);
    let markets: i128 = books.markets.iter().map(in_market).sum();
    let says = "margin vault, against Σ capital + Σ queued + Σ pools + unswept fees";
    Check::vault("CONSERVATION", says, atoms(books.margin_vault), capital + markets)
}

fn queue(books: &Books<'_>) -> Check {
    let queued = books.accounts.iter().map(|(_, queued)| atoms(queued.amount)).sum();
    let says = "the queue's total, against what waits in it";
    Check::equal("CONSERVATION", says, atoms(books.throttle.queued), queued)
}

fn insurance(books: &Books<'_>) -> Check {
    let says = "insurance vault, against the fund's recorded assets";
    Check::vault("INSURANCE", says, atoms(books.insurance_vault), atoms(books.fund.assets))
}

fn fund_shares(books: &Books<'_>) -> Check {
    let live = books.stakes.iter().filter(|stake| stake.generation == books.fund.generation);
    let held: i128 = live.map(|stake| i128::from(stake.shares.0)).sum();
    let all = i128::from(books.fund.shares.0);
    let says = "the fund's shares, against its own and its stakers'";
    Check::equal("INSURANCE", says, all, held + i128::from(books.fund.own_shares.0))
}

fn check_market(market: &Market, books: &Books<'_>) -> impl Iterator<Item = Check> {
    let sums = Sums::of(market, books.accounts.iter().map(|(ledger, _)| ledger));
    let contracts = [market.long.contracts, market.short.contracts].map(|side| i128::from(side.0));
    let shares = [market.long.shares, market.short.shares].map(|side| i128::from(side.0));
    let backing = atoms(market.pool) + atoms(market.uncovered) - atoms(market.surplus);
    // In a wind-down legs close by settlement, each side by itself.
    let balance = (!market.is_closing(books.now))
        .then(|| Check::equal("BALANCE", "long contracts, against short", contracts[0], contracts[1]));
    let rest = [
        Check::equal("SHARES", "shares of the long side, against its legs'", shares[0], sums.shares[0]),
        Check::equal("SHARES", "shares of the short side, against its legs'", shares[1], sums.shares[1]),
        Check::at_least("SHARES", "long contracts, against Σ sizes", contracts[0], sums.sizes[0]),
        Check::at_least("SHARES", "short contracts, against Σ sizes", contracts[1], sums.sizes[1]),
        Check::at_least("BACKING", "pool + uncovered − surplus, against Σ claims", backing, sums.claims),
    ];
    balance.into_iter().chain(rest)
}

/// Sums over the legs of a market: long, then short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Shares that the legs own.
    pub shares: [i128; 2],
    /// Contracts of the legs, each rounded down.
    pub sizes: [i128; 2],
    /// What is due to the legs less what they owe, in atoms.
    pub claims: i128,
}

impl Sums {
    /// The sums over whichever of `accounts` have a leg in the market.
    pub fn of<'a>(market: &Market, accounts: impl IntoIterator<Item = &'a MarginAccount>) -> Self {
        let mut sums = Self::default();
        for leg in accounts.into_iter().filter_map(|ledger| ledger.leg(market.index)) {
            let side = usize::from(leg.direction() == Direction::Short);
            sums.shares[side] += i128::from(leg.shares.0);
            // What the engine can't compute is out of its bounds: the sum is to show it, whatever else is in it.
            sums.sizes[side] += market.size_of(leg).map_or(BROKEN, |size| i128::from(size.0));
            let pending = leg.pending(market.side(leg.direction())).and_then(|pending| pending.net());
            sums.claims += i128::from(leg.unsettled.0) + pending.map_or(BROKEN, |net| i128::from(net.0));
        }
        sums
    }
}

/// Larger than any sum of what the engine can compute.
const BROKEN: i128 = 1 << 100;

fn atoms(amount: Atoms) -> i128 {
    i128::from(amount.0)
}
