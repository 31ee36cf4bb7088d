use anchor_lang::prelude::{AccountMeta, Pubkey};
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_program;
use anchor_lang::{InstructionData, ToAccountMetas};
use clearing::instructions::*;
use clearing::{accounts, instruction};
use jettison_engine::MarginAccount;

use crate::Venue;

/// Which markets an instruction passes, and which of them it changes.
#[derive(Clone, Copy, Debug)]
pub enum MarketUse<'a> {
    /// All are only read.
    Read(&'a [u16]),
    /// All are read, one is changed too; it is added if it isn't among them.
    Change(u16, &'a [u16]),
    /// All are changed.
    ChangeAll(&'a [u16]),
}

/// The markets in which any of the accounts has a leg, in ascending order, each once.
pub fn markets_of<'a>(ledgers: impl IntoIterator<Item = &'a MarginAccount>) -> Vec<u16> {
    let mut markets: Vec<u16> = ledgers.into_iter().flat_map(|l| l.legs().map(|leg| leg.market.0)).collect();
    markets.sort_unstable();
    markets.dedup();
    markets
}

fn build(
    accounts: impl ToAccountMetas,
    data: impl InstructionData,
    markets: Vec<AccountMeta>,
) -> Instruction {
    let mut metas = accounts.to_account_metas(None);
    metas.extend(markets);
    Instruction { program_id: clearing::ID, accounts: metas, data: data.data() }
}

impl Venue {
    fn metas(&self, markets: MarketUse<'_>) -> Vec<AccountMeta> {
        let mut all = match markets {
            MarketUse::Read(indices) | MarketUse::Change(_, indices) | MarketUse::ChangeAll(indices) => {
                indices.to_vec()
            }
        };
        if let MarketUse::Change(index, _) = markets {
            all.push(index);
        }
        all.sort_unstable();
        all.dedup();
        all.into_iter()
            .map(|index| match markets {
                MarketUse::ChangeAll(_) => AccountMeta::new(self.market(index), false),
                MarketUse::Change(changed, _) if changed == index => {
                    AccountMeta::new(self.market(index), false)
                }
                _ => AccountMeta::new_readonly(self.market(index), false),
            })
            .collect()
    }

    /// `initialize_clearinghouse`, signed by the venue's creator.
    pub fn initialize_clearinghouse(&self, payer: Pubkey, fee_authority: Pubkey) -> Instruction {
        let accounts = accounts::InitializeClearinghouse {
            authority: self.creator,
            payer,
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            quote_mint: self.quote_mint,
            margin_vault: self.margin_vault,
            insurance_vault: self.insurance_vault,
            token_program: self.token_program,
            system_program: system_program::ID,
        };
        let args = InitializeClearinghouseArgs { fee_authority };
        build(accounts, instruction::InitializeClearinghouse { args }, vec![])
    }

    /// `create_market` of the next index, signed by the clearinghouse's authority.
    pub fn create_market(
        &self,
        authority: Pubkey,
        payer: Pubkey,
        index: u16,
        oracle: Pubkey,
        args: CreateMarketArgs,
    ) -> Instruction {
        let accounts = accounts::CreateMarket {
            authority,
            payer,
            clearinghouse: self.clearinghouse,
            market: self.market(index),
            oracle,
            system_program: system_program::ID,
        };
        build(accounts, instruction::CreateMarket { args }, vec![])
    }

    /// `open_margin_account`, signed by `authority`.
    pub fn open_margin_account(&self, authority: Pubkey, payer: Pubkey, id: u16) -> Instruction {
        let accounts = accounts::OpenMarginAccount {
            authority,
            payer,
            clearinghouse: self.clearinghouse,
            margin_account: self.margin_account(&authority, id),
            system_program: system_program::ID,
        };
        build(accounts, instruction::OpenMarginAccount { args: OpenMarginAccountArgs { id } }, vec![])
    }

    /// `close_margin_account`, signed by `authority`. With `waive_unpaid`, `markets` are those of its claims.
    pub fn close_margin_account(
        &self,
        authority: Pubkey,
        margin_account: Pubkey,
        receiver: Pubkey,
        waive_unpaid: bool,
        markets: &[u16],
    ) -> Instruction {
        let accounts = accounts::CloseMarginAccount {
            authority,
            receiver,
            clearinghouse: self.clearinghouse,
            margin_account,
        };
        let args = CloseMarginAccountArgs { waive_unpaid };
        let markets = self.metas(MarketUse::ChangeAll(markets));
        build(accounts, instruction::CloseMarginAccount { args }, markets)
    }

    /// `set_delegate`, signed by `authority`.
    pub fn set_delegate(&self, authority: Pubkey, margin_account: Pubkey, delegate: Pubkey) -> Instruction {
        let accounts = accounts::SetDelegate { authority, margin_account };
        build(accounts, instruction::SetDelegate { args: SetDelegateArgs { delegate } }, vec![])
    }

    /// `deposit` of `amount` atoms, signed by `depositor`, the tokens' owner or delegate.
    pub fn deposit(
        &self,
        depositor: Pubkey,
        from: Pubkey,
        margin_account: Pubkey,
        amount: u64,
    ) -> Instruction {
        let accounts = accounts::Deposit {
            depositor,
            clearinghouse: self.clearinghouse,
            margin_account,
            from,
            margin_vault: self.margin_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        build(accounts, instruction::Deposit { args: DepositArgs { amount } }, vec![])
    }

    /// `withdraw` of `amount` atoms, signed by `authority`. `markets`: all the account's.
    pub fn withdraw(
        &self,
        authority: Pubkey,
        margin_account: Pubkey,
        to: Pubkey,
        amount: u64,
        markets: &[u16],
    ) -> Instruction {
        let accounts = accounts::Withdraw {
            authority,
            clearinghouse: self.clearinghouse,
            margin_account,
            to,
            margin_vault: self.margin_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        let args = WithdrawArgs { amount };
        build(accounts, instruction::Withdraw { args }, self.metas(MarketUse::Read(markets)))
    }

    /// `settle_trade`, signed for each side by `signers` (buyer's, seller's). `markets`: all of both accounts'.
    pub fn settle_trade(
        &self,
        signers: [Pubkey; 2],
        buyer: Pubkey,
        seller: Pubkey,
        args: SettleTradeArgs,
        markets: &[u16],
    ) -> Instruction {
        let accounts = accounts::SettleTrade {
            buyer_signer: signers[0],
            seller_signer: signers[1],
            clearinghouse: self.clearinghouse,
            buyer,
            seller,
        };
        let markets = self.metas(MarketUse::Change(args.market_index, markets));
        build(accounts, instruction::SettleTrade { args }, markets)
    }

    /// `accrue_market`.
    pub fn accrue_market(&self, index: u16, oracle: Pubkey) -> Instruction {
        let accounts = accounts::AccrueMarket { market: self.market(index), oracle };
        build(accounts, instruction::AccrueMarket {}, vec![])
    }

    /// `liquidate`, signed by the liquidator's authority or delegate. `markets`: all of both accounts'.
    pub fn liquidate(
        &self,
        signer: Pubkey,
        liquidatee: Pubkey,
        liquidator: Pubkey,
        args: LiquidateArgs,
        markets: &[u16],
    ) -> Instruction {
        let accounts =
            accounts::Liquidate { signer, clearinghouse: self.clearinghouse, liquidatee, liquidator };
        let markets = self.metas(MarketUse::Change(args.market_index, markets));
        build(accounts, instruction::Liquidate { args }, markets)
    }

    /// `deleverage`, by anyone. `markets`: all the account's.
    pub fn deleverage(
        &self,
        margin_account: Pubkey,
        bounty_account: Option<Pubkey>,
        market_index: u16,
        markets: &[u16],
    ) -> Instruction {
        let accounts =
            accounts::Deleverage { clearinghouse: self.clearinghouse, margin_account, bounty_account };
        let args = DeleverageArgs { market_index };
        build(
            accounts,
            instruction::Deleverage { args },
            self.metas(MarketUse::Change(market_index, markets)),
        )
    }

    /// `resolve_bankruptcy`, signed by anyone, or by the authority or delegate of `caller_account`. `markets`: all
    /// the bankrupt account's; with `take_over` also the caller's.
    pub fn resolve_bankruptcy(
        &self,
        caller: Pubkey,
        margin_account: Pubkey,
        caller_account: Option<Pubkey>,
        take_over: bool,
        markets: &[u16],
    ) -> Instruction {
        let accounts = accounts::ResolveBankruptcy {
            caller,
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            margin_account,
            caller_account,
            insurance_vault: self.insurance_vault,
            margin_vault: self.margin_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        let args = ResolveBankruptcyArgs { take_over };
        build(accounts, instruction::ResolveBankruptcy { args }, self.metas(MarketUse::ChangeAll(markets)))
    }

    /// `settle_account`, by anyone. `markets`: all the account's.
    pub fn settle_account(&self, margin_account: Pubkey, markets: &[u16]) -> Instruction {
        let accounts = accounts::SettleAccount { clearinghouse: self.clearinghouse, margin_account };
        build(accounts, instruction::SettleAccount {}, self.metas(MarketUse::ChangeAll(markets)))
    }

    /// `sweep_fees`, by anyone. `fee_account`: a token account of the fee authority.
    pub fn sweep_fees(&self, market_index: u16, fee_account: Pubkey) -> Instruction {
        let accounts = accounts::SweepFees {
            clearinghouse: self.clearinghouse,
            market: self.market(market_index),
            insurance_fund: self.insurance_fund,
            insurance_vault: self.insurance_vault,
            margin_vault: self.margin_vault,
            fee_account,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        build(accounts, instruction::SweepFees {}, vec![])
    }

    /// `fund_insurance` with `amount` atoms, signed by `depositor`, the tokens' owner or delegate.
    pub fn fund_insurance(&self, depositor: Pubkey, from: Pubkey, amount: u64) -> Instruction {
        let accounts = accounts::FundInsurance {
            depositor,
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            from,
            insurance_vault: self.insurance_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        build(accounts, instruction::FundInsurance { args: FundInsuranceArgs { amount } }, vec![])
    }
}
