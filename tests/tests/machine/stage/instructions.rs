//! A command as instructions.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_spl::token::spl_token;
use clearing::instructions::*;
use jettison_client::markets_of;
use jettison_engine::Direction;
use jettison_harness::{MarketId, Who};
use solana_signer::Signer;

use super::Stage;
use crate::machine::command::{Command, CHIEF, DEPUTY};
use crate::machine::reference::{Reference, CONTRACT_EXPONENT, NAME};

impl Stage {
    /// The instructions of a command, with all the markets that it needs as things stand.
    pub fn instructions(&self, command: &Command, reference: &Reference) -> Vec<Instruction> {
        match command {
            Command::Post { market, price, confidence, publish_ts } => {
                let feed = self.oracles[*market][reference.feed_in_use(*market)];
                let chief = &self.people[CHIEF];
                vec![
                    price_feed::instruction::post(&feed, chief, *price, *confidence, *publish_ts),
                    self.venue.accrue_market(*market as u16, feed),
                ]
            }
            Command::PostOnly { market, price } => {
                vec![self.post(reference, *market, reference.feed_in_use(*market), *price)]
            }
            Command::ExecuteMarketChange { market, feed, price } => {
                let execute = self.venue.execute_market_change(*market as u16, self.oracles[*market][*feed]);
                let post = price.map(|price| self.post(reference, *market, *feed, price));
                post.into_iter().chain([execute]).collect()
            }
            Command::CreateMarket { settings, price, revision, by } => {
                let market = reference.markets.len();
                let args = CreateMarketArgs {
                    expected_revision: *revision,
                    name: NAME,
                    contract_exponent: CONTRACT_EXPONENT,
                    settings: **settings,
                };
                let (by, payer, oracle) = (self.people[*by], self.payer(), self.oracles[market][0]);
                let create = self.venue.create_market(by, payer, market as u16, oracle, args);
                vec![self.post(reference, market, 0, *price), create]
            }
            _ => vec![self.instruction(command, reference)],
        }
    }

    fn post(&self, reference: &Reference, market: MarketId, feed: usize, price: i64) -> Instruction {
        let publish_ts = reference.publish_ts(market, feed);
        price_feed::instruction::post(&self.oracles[market][feed], &self.people[CHIEF], price, 0, publish_ts)
    }

    fn payer(&self) -> Pubkey {
        self.chain.payer().pubkey()
    }

    /// The markets of these accounts.
    fn markets(&self, reference: &Reference, accounts: &[Who]) -> Vec<u16> {
        markets_of(accounts.iter().map(|who| &reference.world.accounts[*who]))
    }

    fn instruction(&self, command: &Command, reference: &Reference) -> Instruction {
        let venue = &self.venue;
        let key = |person: usize| self.people[person];
        let account = |who: Who| self.accounts[who];
        let markets = |accounts: &[Who]| self.markets(reference, accounts);
        match *command {
            Command::Accrue { market, wrong_oracle } => {
                venue.accrue_market(market as u16, self.oracle(reference, market, wrong_oracle))
            }
            Command::Deposit { who, from, amount } => {
                venue.deposit(key(from), self.wallets[from], account(who), amount)
            }
            Command::Withdraw { who, to, amount, by } => {
                venue.withdraw(key(by), account(who), self.wallets[to], amount, &markets(&[who]))
            }
            Command::Trade { buyer, seller, terms, by } => {
                let args = SettleTradeArgs {
                    market_index: terms.market.0,
                    size: terms.size.0,
                    price: terms.price.0,
                    buyer_is_taker: terms.taker == Direction::Long,
                };
                let markets = markets(&[buyer, seller]);
                venue.settle_trade(by.map(key), account(buyer), account(seller), args, &markets)
            }
            Command::OpenAccount { who } => venue.open_margin_account(key(who), self.payer(), 0),
            Command::CloseAccount { who, waive, by } => {
                venue.close_margin_account(key(by), account(who), self.payer(), waive, &markets(&[who]))
            }
            Command::SetDelegate { who, delegate, by } => {
                venue.set_delegate(key(by), account(who), delegate.map(key).unwrap_or_default())
            }
            Command::Freeze { who, thaw } => {
                let (wallet, mint, payer) = (&self.wallets[who], &venue.quote_mint, &self.payer());
                let build = if thaw {
                    spl_token::instruction::thaw_account
                } else {
                    spl_token::instruction::freeze_account
                };
                build(&spl_token::ID, wallet, mint, payer, &[]).expect("the token program's")
            }
            Command::Settle { who } => venue.settle_account(account(who), &markets(&[who])),
            Command::Liquidate { who, liquidator, market, max, by } => {
                let args = LiquidateArgs { market_index: market as u16, max_size: max };
                let markets = markets(&[who, liquidator]);
                venue.liquidate(key(by), account(who), account(liquidator), args, &markets)
            }
            Command::Deleverage { who, bounty, market } => {
                venue.deleverage(account(who), bounty.map(account), market as u16, &markets(&[who]))
            }
            Command::Resolve { who, caller, take_over, by } => {
                let involved: Vec<Who> = [who].into_iter().chain(caller.filter(|_| take_over)).collect();
                let markets = markets(&involved);
                venue.resolve_bankruptcy(key(by), account(who), caller.map(account), take_over, &markets)
            }
            Command::Flag { who } => venue.flag_bankruptcy(account(who), &markets(&[who])),
            Command::Sweep { market, to } => venue.sweep_fees(market as u16, self.fee_account(to)),
            Command::Serve { who, to } => {
                venue.serve_withdrawal(account(who), reference.destination_of(who, to))
            }
            Command::Fund { from, amount } => venue.fund_insurance(key(from), self.wallets[from], amount),
            Command::OpenStake { who } => venue.open_stake(key(who), self.payer()),
            Command::Stake { who, amount } => venue.stake(key(who), self.wallets[who], amount),
            Command::RequestUnstake { who, shares, by } => {
                let mut request = venue.request_unstake(key(who), shares);
                request.accounts[0].pubkey = key(by);
                request
            }
            Command::Unstake { who } => venue.unstake(key(who), self.wallets[who]),
            Command::CloseStake { who } => venue.close_stake(key(who), self.payer()),
            _ => self.officers_instruction(command, reference),
        }
    }

    fn officers_instruction(&self, command: &Command, reference: &Reference) -> Instruction {
        let venue = &self.venue;
        let key = |person: usize| self.people[person];
        match *command {
            Command::Pause { gates, seconds, revision, by } => {
                venue.pause(key(by), PauseArgs { expected_revision: revision, gates, seconds })
            }
            Command::ChangeMarket { market, feed, ref settings, revision, by } => {
                let args = ChangeMarketArgs { expected_revision: revision, settings: **settings };
                venue.change_market(key(by), market as u16, self.oracles[market][feed], args)
            }
            Command::CancelMarketChange { market, by } => venue.cancel_market_change(key(by), market as u16),
            Command::ChangeClearinghouse { settings, revision, by } => {
                let args = ChangeClearinghouseArgs { expected_revision: revision, settings };
                venue.change_clearinghouse(key(by), args)
            }
            Command::ExecuteClearinghouseChange => venue.execute_clearinghouse_change(),
            Command::CancelClearinghouseChange { by } => venue.cancel_clearinghouse_change(key(by)),
            Command::Nominate { role, nominee, revision, by } => {
                let nominee = nominee.map(key).unwrap_or_default();
                venue.nominate(key(by), NominateArgs { expected_revision: revision, role, nominee })
            }
            Command::Accept { role, by } => venue.accept(key(by), role),
            Command::ScheduleSettlement { market, revision, by } => {
                venue.schedule_settlement(key(by), market as u16, revision)
            }
            Command::BeginSettlement { market, wrong_oracle } => {
                venue.begin_settlement(market as u16, self.oracle(reference, market, wrong_oracle))
            }
            Command::CloseMarket { market, to, by } => {
                venue.close_market(key(by), market as u16, self.payer(), self.fee_account(to))
            }
            Command::CloseClearinghouse { to, by } => {
                venue.close_clearinghouse(key(by), self.payer(), self.fee_account(to))
            }
            _ => unreachable!("{command:?}"),
        }
    }

    /// The oracle that a market reads, or its other one.
    fn oracle(&self, reference: &Reference, market: MarketId, wrong: bool) -> Pubkey {
        self.oracles[market][reference.feed_in_use(market) ^ usize::from(wrong)]
    }

    fn fee_account(&self, of: usize) -> Pubkey {
        self.fee_accounts[usize::from(of == DEPUTY)]
    }
}
