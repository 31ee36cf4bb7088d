//! Jettison's clearing program.
//!
//! Margin accounts, a pool per market, an insurance fund, and one socialized-loss index per side of a market.
//! When a trader loses more than their margin, the market's surplus pays first, then insurance, then the
//! opposite side pro rata through the index. Anyone may submit the transactions that liquidate, deleverage,
//! resolve and settle; each costs the same however many accounts share a loss.
//!
//! # Who is trusted with what
//!
//! - The engine (`jettison_engine`) holds every money rule. It has no accounts, no clock and no CPI.
//! - This program is glue: it loads accounts, checks that they belong together, calls the engine, moves tokens
//!   and emits events. An instruction that fails changes nothing.
//! - Everyone outside is adversarial: traders, keepers, and whoever passes accounts. No instruction lets the
//!   authority move margin or insurance tokens.
//!
//! # Conventions
//!
//! Instructions that need an account's health take its markets as remaining accounts, in ascending order of
//! index, each once. Ages are in seconds; nothing depends on slots.

// Anchor's macros expand to cfgs and result types of their own.
#![allow(clippy::result_large_err, clippy::const_is_empty)]

pub mod error;
pub mod events;
pub mod instructions;
pub mod markets;
pub mod migration;
pub mod mint;
pub mod oracle;
// A program that depends on this one has a text of its own.
#[cfg(not(feature = "no-entrypoint"))]
mod security;
pub mod seeds;
pub mod state;
mod vault;

use anchor_lang::prelude::*;
use instructions::*;

// Library calls that the SBF toolchain leaves unresolved.
#[cfg(target_arch = "bpf")]
use sbf_rt as _;
#[cfg(target_arch = "bpf")]
use solana_compiler_builtins as _;

declare_id!("JETvUZrPJtGyGZ5AVBqiRzbBUWGgBNYrgpuJMHwRnSH");

/// The instructions, grouped by who sends them.
#[program]
pub mod clearing {
    use super::*;

    // Authority.

    /// Creates a clearinghouse with its two vaults for one quote mint.
    pub fn initialize_clearinghouse(
        ctx: Context<InitializeClearinghouse>,
        args: InitializeClearinghouseArgs,
    ) -> Result<()> {
        initialize_clearinghouse::handle(ctx, args)
    }

    /// Creates the next market.
    pub fn create_market(ctx: Context<CreateMarket>, args: CreateMarketArgs) -> Result<()> {
        create_market::handle(ctx, args)
    }

    /// Puts new settings of a market in force if they only restrict; otherwise queues them.
    pub fn change_market(ctx: Context<ChangeMarket>, args: ChangeMarketArgs) -> Result<()> {
        change_market::handle(ctx, args)
    }

    /// Puts a market's queued settings in force, once the timelock is over; anyone may.
    pub fn execute_market_change(ctx: Context<ExecuteMarketChange>) -> Result<()> {
        execute_market_change::handle(ctx)
    }

    /// Takes back a market's queued settings and its scheduled wind-down.
    pub fn cancel_market_change(ctx: Context<CancelMarketChange>) -> Result<()> {
        cancel_market_change::handle(ctx)
    }

    /// Puts new settings of the clearinghouse in force if they only restrict; otherwise queues them.
    pub fn change_clearinghouse(
        ctx: Context<ChangeClearinghouse>,
        args: ChangeClearinghouseArgs,
    ) -> Result<()> {
        change_clearinghouse::handle(ctx, args)
    }

    /// Puts the clearinghouse's queued settings in force, once the timelock is over; anyone may.
    pub fn execute_clearinghouse_change(ctx: Context<ExecuteClearinghouseChange>) -> Result<()> {
        execute_clearinghouse_change::handle(ctx)
    }

    /// Takes back the clearinghouse's queued settings.
    pub fn cancel_clearinghouse_change(ctx: Context<CancelClearinghouseChange>) -> Result<()> {
        cancel_clearinghouse_change::handle(ctx)
    }

    /// Names who may accept the authority's or the fee authority's role.
    pub fn nominate(ctx: Context<Nominate>, args: NominateArgs) -> Result<()> {
        nominate::handle(ctx, args)
    }

    /// Takes a role over.
    pub fn accept(ctx: Context<Accept>, args: AcceptArgs) -> Result<()> {
        accept::handle(ctx, args)
    }

    /// Pauses instructions for a time, by the guardian.
    pub fn pause(ctx: Context<Pause>, args: PauseArgs) -> Result<()> {
        pause::handle(ctx, args)
    }

    /// Schedules a market's wind-down.
    pub fn schedule_settlement(ctx: Context<ScheduleSettlement>, args: ScheduleSettlementArgs) -> Result<()> {
        schedule_settlement::handle(ctx, args)
    }

    /// Closes a market that is wound down.
    pub fn close_market(ctx: Context<CloseMarket>) -> Result<()> {
        close_market::handle(ctx)
    }

    /// Closes a clearinghouse that nobody uses any more.
    pub fn close_clearinghouse(ctx: Context<CloseClearinghouse>) -> Result<()> {
        close_clearinghouse::handle(ctx)
    }

    // Traders.

    /// Opens a margin account.
    pub fn open_margin_account(ctx: Context<OpenMarginAccount>, args: OpenMarginAccountArgs) -> Result<()> {
        open_margin_account::handle(ctx, args)
    }

    /// Closes an empty margin account and returns its rent.
    pub fn close_margin_account<'info>(
        ctx: Context<'info, CloseMarginAccount<'info>>,
        args: CloseMarginAccountArgs,
    ) -> Result<()> {
        close_margin_account::handle(ctx, args)
    }

    /// Names who else may trade for a margin account.
    pub fn set_delegate(ctx: Context<SetDelegate>, args: SetDelegateArgs) -> Result<()> {
        set_delegate::handle(ctx, args)
    }

    /// Deposits quote tokens into a margin account.
    pub fn deposit(ctx: Context<Deposit>, args: DepositArgs) -> Result<()> {
        deposit::handle(ctx, args)
    }

    /// Withdraws quote tokens from a margin account.
    pub fn withdraw<'info>(ctx: Context<'info, Withdraw<'info>>, args: WithdrawArgs) -> Result<()> {
        withdraw::handle(ctx, args)
    }

    /// Settles a trade that both sides have signed.
    pub fn settle_trade<'info>(ctx: Context<'info, SettleTrade<'info>>, args: SettleTradeArgs) -> Result<()> {
        settle_trade::handle(ctx, args)
    }

    // Keepers, which is anyone.

    /// Reads the oracle and moves the market's effective price toward it.
    pub fn accrue_market(ctx: Context<AccrueMarket>) -> Result<()> {
        accrue_market::handle(ctx)
    }

    /// Takes over part of the position of an account below maintenance margin.
    pub fn liquidate<'info>(ctx: Context<'info, Liquidate<'info>>, args: LiquidateArgs) -> Result<()> {
        liquidate::handle(ctx, args)
    }

    /// Closes a position far below maintenance margin without a counterparty.
    pub fn deleverage<'info>(ctx: Context<'info, Deleverage<'info>>, args: DeleverageArgs) -> Result<()> {
        deleverage::handle(ctx, args)
    }

    /// Resolves an account whose equity is negative: surplus, insurance and the loss index pay, in this order.
    pub fn resolve_bankruptcy<'info>(
        ctx: Context<'info, ResolveBankruptcy<'info>>,
        args: ResolveBankruptcyArgs,
    ) -> Result<()> {
        resolve_bankruptcy::handle(ctx, args)
    }

    /// Settles an account: applies both indices to its legs and moves the cash.
    pub fn settle_account<'info>(ctx: Context<'info, SettleAccount<'info>>) -> Result<()> {
        settle_account::handle(ctx)
    }

    /// Moves a market's unswept fees to the insurance vault and to the protocol.
    pub fn sweep_fees(ctx: Context<SweepFees>) -> Result<()> {
        sweep_fees::handle(ctx)
    }

    /// Shows that an account is bankrupt: for a minute nobody stakes or unstakes.
    pub fn flag_bankruptcy<'info>(ctx: Context<'info, FlagBankruptcy<'info>>) -> Result<()> {
        flag_bankruptcy::handle(ctx)
    }

    /// Pays the first in the withdrawal queue, as far as the throttle goes.
    pub fn serve_withdrawal(ctx: Context<ServeWithdrawal>) -> Result<()> {
        serve_withdrawal::handle(ctx)
    }

    /// Fixes a market's final price, once scheduled or for a dead oracle.
    pub fn begin_settlement(ctx: Context<BeginSettlement>) -> Result<()> {
        begin_settlement::handle(ctx)
    }

    // Insurance.

    /// Adds quote tokens to the insurance fund.
    pub fn fund_insurance(ctx: Context<FundInsurance>, args: FundInsuranceArgs) -> Result<()> {
        fund_insurance::handle(ctx, args)
    }

    /// Opens a stake account in the insurance fund.
    pub fn open_stake(ctx: Context<OpenStake>) -> Result<()> {
        open_stake::handle(ctx)
    }

    /// Buys shares in the insurance fund.
    pub fn stake(ctx: Context<StakeInsurance>, args: StakeArgs) -> Result<()> {
        stake::handle(ctx, args)
    }

    /// Begins the cooldown after which shares can be taken out.
    pub fn request_unstake(ctx: Context<RequestUnstake>, args: RequestUnstakeArgs) -> Result<()> {
        request_unstake::handle(ctx, args)
    }

    /// Takes requested shares out of the insurance fund.
    pub fn unstake(ctx: Context<Unstake>) -> Result<()> {
        unstake::handle(ctx)
    }

    /// Closes a stake account without shares.
    pub fn close_stake(ctx: Context<CloseStake>) -> Result<()> {
        close_stake::handle(ctx)
    }

    // Migration from the first version of the accounts, by anyone.

    /// Takes a clearinghouse of the first version over; the first step.
    pub fn migrate_clearinghouse(ctx: Context<MigrateClearinghouse>) -> Result<()> {
        migrate_clearinghouse::handle(ctx)
    }

    /// Takes a market of the first version over; the second step.
    pub fn migrate_market(ctx: Context<MigrateMarket>) -> Result<()> {
        migrate_market::handle(ctx)
    }

    /// Takes a margin account of the first version over; the third step.
    pub fn migrate_margin_account<'info>(ctx: Context<'info, MigrateMarginAccount<'info>>) -> Result<()> {
        migrate_margin_account::handle(ctx)
    }
}
