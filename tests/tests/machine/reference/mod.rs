//! The reference ledger: the harness's world, which calls the engine and checks every invariant after every operation,
//! with what the program keeps besides: who may sign, settings, queues of changes, pauses, feeds and wallets.

mod keepers;
mod markets;
mod officers;
mod prices;
mod refusal;
mod stakers;
mod traders;

use anchor_lang::error::ErrorCode;
use anchor_lang::prelude::Pubkey;
use anchor_spl::token::spl_token::error::TokenError;
use clearing::error::ClearingError;
use clearing::state::{Clearinghouse, Custody, Gate, InsuranceFund, MarginAccount, Market, StakeAccount};
use jettison_harness::history::coverage::Coverage;
use jettison_harness::{MarketId, Who, World};

use super::command::{Command, Person};
pub use markets::{CONTRACT_EXPONENT, NAME};
pub use prices::{Feed, FEED_UNITS};
pub use refusal::{require, Outcome, Refusal};

/// A trader's token account.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wallet {
    pub tokens: u64,
    pub frozen: bool,
}

/// What the chain must hold. The engine's parts of the accounts are the world's; those in the accounts here are not kept.
#[derive(Clone)]
pub struct Reference {
    pub world: World,
    /// The clearinghouse's address.
    pub address: Pubkey,
    pub people: Vec<Pubkey>,
    /// The traders' token accounts.
    pub wallet_keys: Vec<Pubkey>,
    /// The accounts of the feeds.
    pub oracles: Vec<[Pubkey; 2]>,
    /// `None` once it is closed.
    pub house: Option<Clearinghouse>,
    pub custody: Custody,
    pub fund: InsuranceFund,
    /// Of the created markets; `None` for those that are closed.
    pub markets: Vec<Option<Market>>,
    pub accounts: Vec<Option<MarginAccount>>,
    pub stakes: Vec<Option<StakeAccount>>,
    pub wallets: Vec<Wallet>,
    /// Tokens in the fee accounts of the chief and of the deputy.
    pub fees: [u64; 2],
    /// Two for each market that there is or may be.
    pub feeds: Vec<[Feed; 2]>,
}

/// An account of the program with some of its fields changed: the others are private.
pub fn with<T>(mut account: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut account);
    account
}

impl Wallet {
    fn pay(&mut self, amount: u64) -> Outcome {
        require(!self.frozen, Refusal::Token(TokenError::AccountFrozen))?;
        require(self.tokens >= amount, Refusal::Token(TokenError::InsufficientFunds))?;
        self.tokens -= amount;
        Ok(())
    }

    /// Nothing to move is no transfer.
    fn receive(&mut self, amount: u64) -> Outcome {
        require(!self.frozen || amount == 0, Refusal::Token(TokenError::AccountFrozen))?;
        self.tokens += amount;
        Ok(())
    }
}

impl Reference {
    /// Does what a command asks for, or says why it is refused and changes nothing.
    pub fn apply(&mut self, command: &Command, seen: &mut Coverage) -> Outcome {
        let before = self.clone();
        let result = self.act(command, seen);
        if result.is_err() {
            *self = before;
        }
        result
    }

    fn act(&mut self, command: &Command, seen: &mut Coverage) -> Outcome {
        match command {
            Command::Post { .. }
            | Command::PostOnly { .. }
            | Command::Accrue { .. }
            | Command::BeginSettlement { .. } => self.act_on_price(command, seen),
            Command::Deposit { .. }
            | Command::Withdraw { .. }
            | Command::Trade { .. }
            | Command::OpenAccount { .. }
            | Command::CloseAccount { .. }
            | Command::SetDelegate { .. }
            | Command::Freeze { .. } => self.act_as_trader(command, seen),
            Command::Settle { .. }
            | Command::Liquidate { .. }
            | Command::Deleverage { .. }
            | Command::Resolve { .. }
            | Command::Flag { .. }
            | Command::Sweep { .. }
            | Command::Serve { .. } => self.act_as_keeper(command, seen),
            Command::Fund { .. }
            | Command::OpenStake { .. }
            | Command::Stake { .. }
            | Command::RequestUnstake { .. }
            | Command::Unstake { .. }
            | Command::CloseStake { .. } => self.act_as_staker(command, seen),
            _ => self.act_as_officer(command, seen),
        }
    }

    pub fn now(&self) -> i64 {
        self.world.now
    }

    /// The clearinghouse, which is open but at a history's very end.
    pub fn house(&self) -> &Clearinghouse {
        self.house.as_ref().expect("the clearinghouse is open")
    }

    fn house_mut(&mut self) -> &mut Clearinghouse {
        self.house.as_mut().expect("the clearinghouse is open")
    }

    pub fn market(&self, market: MarketId) -> Option<&Market> {
        self.markets.get(market).and_then(Option::as_ref)
    }

    pub fn open_markets(&self) -> impl Iterator<Item = MarketId> + '_ {
        (0..self.markets.len()).filter(|market| self.market(*market).is_some())
    }

    /// Markets whose prices still move.
    pub fn live_markets(&self) -> Vec<MarketId> {
        self.open_markets().filter(|market| !self.world.markets[*market].is_settling()).collect()
    }

    fn is(&self, person: Person, key: Pubkey) -> bool {
        self.people[person] == key
    }

    fn require_gate(&self, gate: Gate) -> Outcome {
        require(self.now() >= self.house().pauses.until[gate as usize], ClearingError::Paused)
    }

    fn require_account(&self, who: Who) -> Outcome<&MarginAccount> {
        self.accounts[who].as_ref().ok_or(Refusal::Anchor(ErrorCode::AccountOwnedByWrongProgram))
    }

    fn require_trader(&self, who: Who, by: Person) -> Outcome {
        let account = self.require_account(who)?;
        let may = self.is(by, account.authority) || self.is(by, account.delegate);
        require(may, ClearingError::NotAuthorityOrDelegate)
    }

    /// As a named account.
    fn require_market(&self, market: MarketId) -> Outcome<&Market> {
        self.market(market).ok_or(Refusal::Anchor(ErrorCode::AccountOwnedByWrongProgram))
    }

    /// As a remaining account.
    fn require_passed_market(&self, market: MarketId) -> Outcome {
        require(self.market(market).is_some(), ClearingError::NotAMarket)
    }
}
