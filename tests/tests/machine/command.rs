//! What is sent: an action aimed at how things stand.

use clearing::instructions::Role;
use clearing::state::{ClearinghouseSettings, MarketSettingsArgs};
use jettison_engine::Terms;
use jettison_harness::{MarketId, Who};

/// One of the people: the traders first, then the officers and a stranger.
pub type Person = usize;

pub const TRADERS: usize = 12;
/// The first of the traders have a stake account too.
pub const STAKERS: usize = 4;
/// The first authority and fee authority; it also posts prices.
pub const CHIEF: Person = TRADERS;
/// May take either role over.
pub const DEPUTY: Person = TRADERS + 1;
pub const GUARDIAN: Person = TRADERS + 2;
pub const STRANGER: Person = TRADERS + 3;
pub const PEOPLE: usize = TRADERS + 4;

/// One transaction. `by` is who signs, `revision` what the officer has looked at.
#[derive(Clone, Debug)]
pub enum Command {
    /// A price, and the accrual that reads it.
    Post {
        market: MarketId,
        price: i64,
        confidence: u64,
        publish_ts: i64,
    },
    /// A price that nobody reads yet.
    PostOnly {
        market: MarketId,
        price: i64,
    },
    Accrue {
        market: MarketId,
        wrong_oracle: bool,
    },
    // Traders.
    Deposit {
        who: Who,
        from: Who,
        amount: u64,
    },
    Withdraw {
        who: Who,
        to: Who,
        amount: u64,
        by: Person,
    },
    Trade {
        buyer: Who,
        seller: Who,
        terms: Terms,
        by: [Person; 2],
    },
    OpenAccount {
        who: Who,
    },
    CloseAccount {
        who: Who,
        waive: bool,
        by: Person,
    },
    SetDelegate {
        who: Who,
        delegate: Option<Person>,
        by: Person,
    },
    Freeze {
        who: Who,
        thaw: bool,
    },
    // Keepers.
    Settle {
        who: Who,
    },
    Liquidate {
        who: Who,
        liquidator: Who,
        market: MarketId,
        max: u64,
        by: Person,
    },
    Deleverage {
        who: Who,
        bounty: Option<Who>,
        market: MarketId,
    },
    Resolve {
        who: Who,
        caller: Option<Who>,
        take_over: bool,
        by: Person,
    },
    Flag {
        who: Who,
    },
    Sweep {
        market: MarketId,
        to: Person,
    },
    Serve {
        who: Who,
        to: Option<Who>,
    },
    // Stakers.
    Fund {
        from: Who,
        amount: u64,
    },
    OpenStake {
        who: Who,
    },
    Stake {
        who: Who,
        amount: u64,
    },
    RequestUnstake {
        who: Who,
        shares: u64,
        by: Person,
    },
    Unstake {
        who: Who,
    },
    CloseStake {
        who: Who,
    },
    // Officers.
    Pause {
        gates: u16,
        seconds: u32,
        revision: u64,
        by: Person,
    },
    ChangeMarket {
        market: MarketId,
        feed: usize,
        settings: Box<MarketSettingsArgs>,
        revision: u64,
        by: Person,
    },
    /// With a price for the new feed, which is posted before.
    ExecuteMarketChange {
        market: MarketId,
        feed: usize,
        price: Option<i64>,
    },
    CancelMarketChange {
        market: MarketId,
        by: Person,
    },
    ChangeClearinghouse {
        settings: ClearinghouseSettings,
        revision: u64,
        by: Person,
    },
    ExecuteClearinghouseChange,
    CancelClearinghouseChange {
        by: Person,
    },
    Nominate {
        role: Role,
        nominee: Option<Person>,
        revision: u64,
        by: Person,
    },
    Accept {
        role: Role,
        by: Person,
    },
    /// With a first price, which is posted before.
    CreateMarket {
        settings: Box<MarketSettingsArgs>,
        price: i64,
        revision: u64,
        by: Person,
    },
    ScheduleSettlement {
        market: MarketId,
        revision: u64,
        by: Person,
    },
    BeginSettlement {
        market: MarketId,
        wrong_oracle: bool,
    },
    CloseMarket {
        market: MarketId,
        to: Person,
        by: Person,
    },
    CloseClearinghouse {
        to: Person,
        by: Person,
    },
}

impl Command {
    /// The variant's name.
    pub fn name(&self) -> String {
        let whole = format!("{self:?}");
        whole.split(' ').next().unwrap_or_default().to_owned()
    }
}
