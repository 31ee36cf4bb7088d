//! Playing a history on the chain and on the model, and comparing.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::instructions::SettleTradeArgs;
use clearing::state::{Custody, InsuranceFund, MarginAccount, Market};
use core::mem::offset_of;
use jettison_embedded::Trader;
use jettison_engine::{MarketIndex, Resolution};
use jettison_tests::{feed_price, Code, Random, Scene, Snapshot};
use solana_signer::Signer;

use super::action::Action;
use super::model::Model;
use crate::support::USDC;

/// What happened, to know that the history was worth playing.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub sent: u64,
    pub refused: u64,
    pub trades: u64,
    pub liquidations: u64,
    pub deleverages: u64,
    pub resolutions: u64,
    pub by_surplus: u64,
    pub by_insurance: u64,
    pub by_index: u64,
    pub uncovered: u64,
    pub taken_over: u64,
}

impl Tally {
    pub fn count(&mut self, resolution: &Resolution) {
        self.resolutions += 1;
        self.taken_over += u64::from(resolution.taken_over);
        for leg in resolution.legs() {
            self.by_surplus += u64::from(!leg.by_surplus.is_zero());
            self.by_insurance += u64::from(!leg.by_insurance.is_zero());
            self.by_index += u64::from(!leg.by_index.is_zero());
            self.uncovered += u64::from(!leg.uncovered.is_zero());
        }
    }
}

/// A chain and its model.
pub struct Play {
    pub tally: Tally,
    scene: Scene,
    model: Model,
    random: Random,
    traders: Vec<Trader>,
    /// Where each market's oracle is heading, and the furthest it goes at once, in basis points.
    targets: Vec<u64>,
    furthest: u64,
    insured: bool,
    /// The accounts as they were first: what the engine doesn't hold never changes.
    first: Snapshot,
}

impl Play {
    pub fn begin(mut scene: Scene, random: Random, furthest: u64, insured: bool) -> Self {
        let traders: Vec<Trader> = (0..10).map(|_| scene.trader(5_000 * USDC)).collect();
        scene.at.mint(1 << 60).unwrap();
        if insured {
            scene.fund_insurance(200 * USDC);
        }
        let markets = 0..scene.at.feeds.len() as u16;
        let model = Model {
            accounts: traders.iter().map(|trader| scene.ledger(trader)).collect(),
            markets: markets.map(|market| scene.book(market)).collect(),
            fund: scene.at.fund().unwrap(),
            throttle: scene.at.custody().unwrap().throttle,
            treasury: scene.tokens(&scene.at.treasury),
            fees: 0,
        };
        Self {
            tally: Tally::default(),
            targets: model.markets.iter().map(|market| market.effective_price.0).collect(),
            first: scene.snapshot(),
            scene,
            model,
            random,
            traders,
            furthest,
            insured,
        }
    }

    /// Time and prices, then something that somebody does.
    pub fn step(&mut self) {
        if self.random.one_in(3) {
            let seconds = if self.random.one_in(60) { 90 } else { self.random.within(0, 12) };
            let now = self.scene.at.chain.now() + seconds as i64;
            self.scene.at.chain.set_time(now);
            for market in 0..self.targets.len() {
                if !self.random.one_in(8) {
                    self.accrue(market);
                }
            }
        }
        let now = self.scene.at.chain.now();
        let action = Action::choose(&self.model, &mut self.random, now, self.insured);
        let instruction = self.instruction(&action);
        self.run(&action, &[instruction]);
    }

    fn accrue(&mut self, market: usize) {
        if self.random.one_in(25) {
            let now = self.model.markets[market].effective_price.0;
            let off = now * self.random.within(0, self.furthest) / 10_000;
            self.targets[market] = if self.random.one_in(2) { now + off } else { now - off };
            self.targets[market] = self.targets[market].clamp(50_000, 20_000_000);
        }
        let target = self.targets[market];
        let market = market as u16;
        let instructions = self.scene.at.price_instructions(market, feed_price(target));
        self.run(&Action::Accrue { market, target }, &instructions);
    }

    /// Sends it, asks the model, compares.
    fn run(&mut self, action: &Action, instructions: &[Instruction]) {
        let now = self.scene.at.chain.now();
        let before = self.model.accounts.clone();
        let expected = self.model.apply(action, now, &mut self.tally);
        let sent = self.scene.attempt(instructions);
        self.tally.sent += 1;
        match (&expected, &sent) {
            (Ok(()), Ok(_)) => {}
            (Err(refusal), Err(failed)) if failed.custom == Some(refusal.code()) => self.tally.refused += 1,
            _ => panic!("{action:?}: the engine says {expected:?}, the chain {sent:#?}"),
        }
        self.compare(action);
        self.scene.check();
        for (number, (before, after)) in before.iter().zip(&self.model.accounts).enumerate() {
            let bears = !before.has_no_legs() || action.signers().contains(&Some(number));
            assert!(bears || after.capital >= before.capital, "PRINCIPAL: {action:?}");
        }
    }

    fn compare(&self, action: &Action) {
        for (trader, ledger) in self.traders.iter().zip(&self.model.accounts) {
            let at = 8 + offset_of!(MarginAccount, ledger);
            self.expect(action, &trader.address, at, bytemuck::bytes_of(ledger));
        }
        for (number, book) in self.model.markets.iter().enumerate() {
            let address = self.scene.at.venue.market(number as u16);
            let at = 8 + offset_of!(Market, book);
            self.expect(action, &address, at, bytemuck::bytes_of(book));
        }
        let fund = self.scene.at.venue.insurance_fund;
        let at = 8 + offset_of!(InsuranceFund, ledger);
        self.expect(action, &fund, at, bytemuck::bytes_of(&self.model.fund));
        let custody = self.scene.at.venue.custody;
        let at = 8 + offset_of!(Custody, throttle);
        self.expect(action, &custody, at, bytemuck::bytes_of(&self.model.throttle));
        let at = &self.scene.at;
        assert_eq!(self.scene.tokens(&at.treasury), self.model.treasury, "{action:?}");
        assert_eq!(self.scene.tokens(&at.fee_account), self.model.fees, "{action:?}");
    }

    /// The account must be as it was first, but for `bytes` from `at` on.
    fn expect(&self, action: &Action, address: &Pubkey, at: usize, bytes: &[u8]) {
        let mut expected = self.first.account(address).expect("an account").data.clone();
        expected[at..at + bytes.len()].copy_from_slice(bytes);
        let same = self.scene.at.chain.with_account_data(address, |data| data == expected);
        assert_eq!(same, Some(true), "{action:?}: {address} is not what the engine says");
    }

    fn instruction(&self, action: &Action) -> Instruction {
        let trader = |number: usize| &self.traders[number];
        let at = &self.scene.at;
        match *action {
            Action::Deposit { account, amount } => {
                let owner = at.authority.pubkey();
                at.venue.deposit(owner, at.treasury, trader(account).address, amount)
            }
            Action::Withdraw { account, amount } => self.scene.withdraw_of(trader(account), amount),
            Action::Trade { buyer, seller, market, size, price, buyer_is_taker } => {
                let args = SettleTradeArgs { market_index: market, size, price, buyer_is_taker };
                at.trade_instruction(trader(buyer), trader(seller), args).unwrap()
            }
            Action::Liquidate { account, by, market, max_size } => {
                self.scene.liquidate_of(trader(account), trader(by), market, max_size)
            }
            Action::Deleverage { account, bounty, market } => {
                self.scene.deleverage_of(trader(account), bounty.map(trader), market)
            }
            Action::Resolve { account, caller, take_over } => {
                self.scene.resolve_of(trader(account), caller.map(trader), take_over)
            }
            Action::Settle { account } => self.scene.settle_of(trader(account)),
            Action::Sweep { market } => at.venue.sweep_fees(market, at.fee_account),
            Action::Fund { amount } => at.venue.fund_insurance(at.authority.pubkey(), at.treasury, amount),
            Action::Accrue { market, .. } => {
                let market = MarketIndex(market).0;
                at.venue.accrue_market(market, at.feeds[usize::from(market)].address)
            }
        }
    }
}
