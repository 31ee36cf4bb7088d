//! Reads what an explanation needs.

use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use clearing::state::{Custody, InsuranceFund, MarginAccount, Market};
use jettison_client::markets_of;
use jettison_engine::Atoms;
use jettison_risk::{Account, Snapshot};
use jettison_rpc::{Cluster, OpenVenue, Page, Past, RpcError, Stored};

use super::history::{losses, marks, Mark};

/// An account and all that it depends on.
pub struct Scene {
    /// The account.
    pub account: Stored<MarginAccount>,
    /// All markets, by index.
    pub markets: Vec<Stored<Market>>,
    /// The throttle and the queue.
    pub custody: Custody,
    /// What the margin vault holds; none if the books moved while they were read.
    pub margin_vault: Option<Atoms>,
    /// The whole book, for what depends on others; none if it moved while it was read.
    pub book: Option<Snapshot<Pubkey>>,
    /// The account and its markets alone.
    pub own: Snapshot<Pubkey>,
    /// The chain's clock, in Unix seconds.
    pub now: i64,
}

/// How often the account and its markets are read until no mark falls between.
const ATTEMPTS: usize = 10;

/// Reads an account, and the book around it.
pub async fn scene(cluster: &Cluster, open: &OpenVenue, address: &Pubkey) -> Result<Scene> {
    match cluster.snapshot(open).await {
        Ok(all) => {
            if let Some(account) = all.accounts.iter().find(|account| account.address == *address) {
                let accounts = all.accounts.iter();
                let accounts = accounts.map(|one| Account { id: one.address, ledger: one.state.ledger });
                let books = all.markets.iter().map(|market| market.state.book);
                let insurance = all.fund.ledger.assets;
                let book = Snapshot::new(books, accounts, insurance, all.now)?;
                return Ok(Scene {
                    account: *account,
                    own: own(account, &all.markets, &all.fund, all.now)?,
                    markets: all.markets,
                    custody: all.custody,
                    margin_vault: Some(all.margin_vault),
                    book: Some(book),
                    now: all.now,
                });
            }
        }
        Err(RpcError::Moving { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    moving_scene(cluster, open, address).await
}

/// As [`scene`], without what the other accounts decide.
async fn moving_scene(cluster: &Cluster, open: &OpenVenue, address: &Pubkey) -> Result<Scene> {
    let mut account: Stored<MarginAccount> = cluster.get(address).await?;
    for _ in 0..ATTEMPTS {
        let markets = cluster.markets(open).await?;
        let fund: InsuranceFund = cluster.get(&open.venue.insurance_fund).await?.state;
        let custody: Custody = cluster.get(&open.venue.custody).await?.state;
        let now = cluster.now().await?;
        let again: Stored<MarginAccount> = cluster.get(address).await?;
        if again.state.ledger == account.state.ledger {
            let own = own(&account, &markets, &fund, now)?;
            return Ok(Scene { account, markets, custody, margin_vault: None, book: None, own, now });
        }
        account = again;
    }
    Err(RpcError::Moving { attempts: ATTEMPTS }.into())
}

fn own(
    account: &Stored<MarginAccount>,
    markets: &[Stored<Market>],
    fund: &InsuranceFund,
    now: i64,
) -> Result<Snapshot<Pubkey>> {
    let needed = markets_of([&account.state.ledger]);
    let books = markets.iter().map(|market| market.state.book).filter(|book| needed.contains(&book.index.0));
    let account = Account { id: account.address, ledger: account.state.ledger };
    Ok(Snapshot::new(books, [account], fund.ledger.assets, now)?)
}

/// What the server remembers.
#[derive(Default)]
pub struct History {
    /// The account's transactions, newest first.
    pub account: Vec<Past>,
    /// Whether these are all that the server knows of.
    pub account_from_start: bool,
    /// The insurance fund's transactions, newest first; empty if nothing asks for them.
    pub fund: Vec<Past>,
    /// Whether these are all that the server knows of.
    pub fund_from_start: bool,
    /// Why there is none.
    pub unavailable: Option<String>,
}

/// A leg's part in the last event that charged the account a haircut.
pub struct LastHaircut {
    /// The mark that charged it.
    pub mark: Mark,
    /// The leg's mark before it.
    pub before: Option<Mark>,
    /// Whether its shares may have changed since.
    pub changed_since: bool,
}

impl History {
    /// The last event that charged the account a haircut: one entry for each leg that it charged.
    pub fn last_haircuts(&self, account: &Pubkey) -> Vec<LastHaircut> {
        let all = marks(account, &self.account);
        let is_haircut = |mark: &Mark| mark.marked.is_some_and(|marked| marked.haircut > 0);
        let Some(last) = all.iter().find(|mark| is_haircut(mark)).map(|mark| mark.place.clone()) else {
            return vec![];
        };
        let charged = all.iter().enumerate().filter(|(_, mark)| mark.place == last && is_haircut(mark));
        charged
            .map(|(at, mark)| {
                let of_leg = |other: &&Mark| other.market == mark.market && other.place != mark.place;
                LastHaircut {
                    mark: mark.clone(),
                    before: all.iter().skip(at).find(of_leg).cloned(),
                    changed_since: mark.changed_shares
                        || all.iter().take(at).filter(of_leg).any(|since| since.changed_shares),
                }
            })
            .collect()
    }
}

/// Transactions asked for at a time.
const PAGE: usize = 50;

/// Reads the account's history back to its last haircut and the mark before it, and the insurance fund's as far as the
/// losses behind that, and behind what is pending, go: at most `most` transactions of each.
pub async fn history(cluster: &Cluster, open: &OpenVenue, scene: &Scene, most: usize) -> Result<History> {
    let mut history = History::default();
    let address = scene.account.address;
    match read(cluster, &address, most, |past| has_last_haircut(&address, past)).await {
        Ok((past, all)) => (history.account, history.account_from_start) = (past, all),
        Err(RpcError::Refused { source, .. }) => {
            history.unavailable = Some(source.to_string());
            return Ok(history);
        }
        Err(error) => return Err(error.into()),
    }
    let wanted = wanted(scene, &history);
    if !wanted.is_empty() {
        let enough = |past: &[Past]| wanted.iter().all(|wanted| wanted.is_answered(past));
        let fund = read(cluster, &open.venue.insurance_fund, most, enough).await?;
        (history.fund, history.fund_from_start) = fund;
    }
    Ok(history)
}

/// Reads pages until there is enough; whether it came to the end.
async fn read(
    cluster: &Cluster,
    address: &Pubkey,
    most: usize,
    is_enough: impl Fn(&[Past]) -> bool,
) -> Result<(Vec<Past>, bool), RpcError> {
    let mut past = vec![];
    let mut before = None;
    let mut asked = 0;
    loop {
        let count = PAGE.min(most.saturating_sub(asked));
        if count == 0 {
            return Ok((past, false));
        }
        let Page { transactions, older } = cluster.history(address, before, count).await?;
        past.extend(transactions);
        asked += count;
        if older.is_none() || is_enough(&past) {
            return Ok((past, older.is_none()));
        }
        before = older;
    }
}

fn has_last_haircut(address: &Pubkey, past: &[Past]) -> bool {
    let history = History { account: past.to_vec(), ..History::default() };
    let found = history.last_haircuts(address);
    !found.is_empty() && found.iter().all(|haircut| haircut.before.is_some())
}

/// Losses that have to be found.
enum Wanted {
    /// All of a market since a reading of a side's index.
    Since(u16, jettison_engine::Direction, u128),
    /// All of a market since a slot, and one before.
    SinceSlot(u16, u64),
}

impl Wanted {
    fn is_answered(&self, past: &[Past]) -> bool {
        match self {
            Self::Since(market, side, index) => {
                losses(*market, past).iter().any(|loss| loss.index(*side) <= *index)
            }
            Self::SinceSlot(market, slot) => losses(*market, past).iter().any(|loss| loss.place.slot < *slot),
        }
    }
}

fn wanted(scene: &Scene, history: &History) -> Vec<Wanted> {
    let mut wanted = vec![];
    for leg in scene.account.state.ledger.legs() {
        let market = scene.markets.iter().find(|market| market.state.book.index == leg.market);
        let side = market.map(|market| market.state.book.side(leg.direction()));
        if leg.has_position() && side.is_some_and(|side| side.loss_index != leg.loss_snapshot) {
            wanted.push(Wanted::Since(leg.market.0, leg.direction(), leg.loss_snapshot.get()));
        }
    }
    for haircut in history.last_haircuts(&scene.account.address) {
        let slot = haircut.before.map_or(0, |before| before.place.slot);
        wanted.push(Wanted::SinceSlot(haircut.mark.market, slot));
    }
    wanted
}
