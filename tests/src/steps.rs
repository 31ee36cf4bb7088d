//! What people do in a scene: each step's instruction with the markets that it needs, and the step itself.

use crate::Scene;
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::instructions::{LiquidateArgs, SettleTradeArgs};
use jettison_client::markets_of;
use jettison_embedded::feed_price;
use jettison_embedded::{Executed, Trader};
use solana_signer::Signer;

impl Scene {
    fn markets(&self, traders: &[&Trader]) -> Vec<u16> {
        let ledgers: Vec<_> = traders.iter().map(|trader| self.ledger(trader)).collect();
        markets_of(&ledgers)
    }

    /// Opens a margin account of a new owner, with capital if `atoms` isn't zero.
    pub fn trader(&mut self, atoms: u64) -> Trader {
        let key = self.at.chain.new_keypair();
        let owner = self.keep(key.insecure_clone());
        let trader = Trader { address: self.at.venue.margin_account(&owner, 0), key };
        let payer = self.at.chain.payer().pubkey();
        self.send(&[self.at.venue.open_margin_account(owner, payer, 0)]);
        if atoms > 0 {
            self.deposit(&trader, atoms);
        }
        trader
    }

    /// A token account of `owner` with `atoms`.
    pub fn wallet(&mut self, owner: &Pubkey, atoms: u64) -> Pubkey {
        let mint = self.at.venue.quote_mint;
        let wallet = self.at.chain.create_token_account(&mint, owner).expect("a token account");
        self.at.chain.mint_to(&mint, &wallet, atoms).expect("the payer mints");
        self.know([wallet]);
        wallet
    }

    /// Mints `atoms` and deposits them.
    pub fn deposit(&mut self, trader: &Trader, atoms: u64) -> Executed {
        self.at.mint(atoms).expect("the payer mints");
        let authority = self.at.authority.pubkey();
        let deposit = self.at.venue.deposit(authority, self.at.treasury, trader.address, atoms);
        self.send(&[deposit])
    }

    /// Withdraws to the treasury.
    pub fn withdraw_of(&self, trader: &Trader, atoms: u64) -> Instruction {
        let markets = self.markets(&[trader]);
        let owner = trader.key.pubkey();
        self.at.venue.withdraw(owner, trader.address, self.at.treasury, atoms, &markets)
    }

    /// Mints `atoms` and gives them to the insurance fund.
    pub fn fund_insurance(&mut self, atoms: u64) -> Executed {
        self.at.mint(atoms).expect("the payer mints");
        let authority = self.at.authority.pubkey();
        let fund = self.at.venue.fund_insurance(authority, self.at.treasury, atoms);
        self.send(&[fund])
    }

    /// Posts a price, in atoms per contract, at the chain's time and accrues its market.
    pub fn post(&mut self, market: u16, atoms: u64) -> Executed {
        let instructions = self.at.price_instructions(market, feed_price(atoms));
        self.send(&instructions)
    }

    /// Lets seconds pass, then posts every feed's last price again and accrues its market.
    pub fn wait(&mut self, seconds: i64) {
        let now = self.at.chain.now();
        self.at.chain.set_time(now + seconds);
        for market in 0..self.at.feeds.len() as u16 {
            let price = self.at.feeds[usize::from(market)].price;
            let instructions = self.at.price_instructions(market, price);
            self.send(&instructions);
        }
    }

    /// Moves a market's price to `atoms` per contract, in as many keeper windows as the clamp makes it take.
    pub fn move_price(&mut self, market: u16, atoms: u64) {
        self.at.feeds[usize::from(market)].price = feed_price(atoms);
        while self.book(market).effective_price.0 != atoms {
            self.wait(10);
        }
    }

    /// A trade at a price; the buyer is the taker.
    pub fn trade_of(
        &self,
        buyer: &Trader,
        seller: &Trader,
        market: u16,
        size: u64,
        price: u64,
    ) -> Instruction {
        let args = SettleTradeArgs { market_index: market, size, price, buyer_is_taker: true };
        self.at.trade_instruction(buyer, seller, args).expect("two margin accounts")
    }

    /// Trades at the effective price; the buyer is the taker.
    pub fn trade(&mut self, buyer: &Trader, seller: &Trader, market: u16, size: u64) -> Executed {
        let price = self.book(market).effective_price.0;
        let trade = self.trade_of(buyer, seller, market, size, price);
        self.send(&[trade])
    }

    /// A liquidation of up to `max_size` contracts.
    pub fn liquidate_of(
        &self,
        liquidatee: &Trader,
        liquidator: &Trader,
        market: u16,
        max_size: u64,
    ) -> Instruction {
        let args = LiquidateArgs { market_index: market, max_size };
        let markets = self.markets(&[liquidatee, liquidator]);
        let signer = liquidator.key.pubkey();
        self.at.venue.liquidate(signer, liquidatee.address, liquidator.address, args, &markets)
    }

    /// Liquidates up to `max_size` contracts.
    pub fn liquidate(
        &mut self,
        liquidatee: &Trader,
        liquidator: &Trader,
        market: u16,
        max_size: u64,
    ) -> Executed {
        let liquidate = self.liquidate_of(liquidatee, liquidator, market, max_size);
        self.send(&[liquidate])
    }

    /// A deleverage.
    pub fn deleverage_of(&self, trader: &Trader, bounty: Option<&Trader>, market: u16) -> Instruction {
        let markets = self.markets(&[trader]);
        let bounty = bounty.map(|trader| trader.address);
        self.at.venue.deleverage(trader.address, bounty, market, &markets)
    }

    /// Deleverages.
    pub fn deleverage(&mut self, trader: &Trader, bounty: Option<&Trader>, market: u16) -> Executed {
        let deleverage = self.deleverage_of(trader, bounty, market);
        self.send(&[deleverage])
    }

    /// A resolution, by the caller's owner or, without a caller, by the authority as anyone.
    pub fn resolve_of(&self, bankrupt: &Trader, caller: Option<&Trader>, take_over: bool) -> Instruction {
        let mut involved = vec![bankrupt];
        if take_over {
            involved.extend(caller);
        }
        let markets = self.markets(&involved);
        let signer = caller.map_or(self.at.authority.pubkey(), |caller| caller.key.pubkey());
        let caller = caller.map(|caller| caller.address);
        self.at.venue.resolve_bankruptcy(signer, bankrupt.address, caller, take_over, &markets)
    }

    /// Resolves a bankruptcy.
    pub fn resolve(&mut self, bankrupt: &Trader, caller: Option<&Trader>, take_over: bool) -> Executed {
        let resolve = self.resolve_of(bankrupt, caller, take_over);
        self.send(&[resolve])
    }

    /// A settlement of all legs.
    pub fn settle_of(&self, trader: &Trader) -> Instruction {
        self.at.venue.settle_account(trader.address, &self.markets(&[trader]))
    }

    /// Settles all legs.
    pub fn settle(&mut self, trader: &Trader) -> Executed {
        let settle = self.settle_of(trader);
        self.send(&[settle])
    }

    /// Sweeps a market's fees to the fee account.
    pub fn sweep(&mut self, market: u16) -> Executed {
        let sweep = self.at.venue.sweep_fees(market, self.at.fee_account);
        self.send(&[sweep])
    }

    /// A close, the rent to the owner.
    pub fn close_of(&self, trader: &Trader, waive_unpaid: bool) -> Instruction {
        let owner = trader.key.pubkey();
        let markets = self.markets(&[trader]);
        self.at.venue.close_margin_account(owner, trader.address, owner, waive_unpaid, &markets)
    }
}
