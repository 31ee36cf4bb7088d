//! What is measured.

mod accrual;
mod admin;
mod bankruptcy;
mod close;
mod insurance;
mod keeper;
mod migration;
mod settlement;
mod trader;
mod withdrawal;

use anyhow::Result;

use super::scene::Scene;

/// One way to spend an instruction's units.
pub struct Case {
    /// The instruction, by the program's name.
    pub instruction: &'static str,
    /// What is special about it; empty if nothing is.
    pub name: &'static str,
    /// How many legs the accounts have that it acts on.
    pub legs: &'static [u16],
    /// Prepares the scene and sends the instruction; gives its units.
    pub measure: fn(&mut Scene) -> Result<u64>,
}

type Measure = fn(&mut Scene) -> Result<u64>;

/// An instruction that reads an account's legs.
const fn legs(instruction: &'static str, name: &'static str, measure: Measure) -> Case {
    Case { instruction, name, legs: &[1, 8], measure }
}

/// One that reads none.
const fn plain(instruction: &'static str, name: &'static str, measure: Measure) -> Case {
    Case { instruction, name, legs: &[1], measure }
}

/// Every case; those of an instruction stand together.
pub const CASES: &[Case] = &[
    plain("initialize_clearinghouse", "", admin::initialize_clearinghouse),
    plain("create_market", "", admin::create_market),
    plain("change_market", "in force", admin::change_market_at_once),
    plain("change_market", "queued", admin::change_market_queued),
    plain("execute_market_change", "same oracle", admin::execute_market_change),
    plain("execute_market_change", "to Switchboard", admin::execute_oracle_change),
    plain("cancel_market_change", "", admin::cancel_market_change),
    plain("change_clearinghouse", "in force", admin::change_clearinghouse_at_once),
    plain("change_clearinghouse", "queued", admin::change_clearinghouse_queued),
    plain("execute_clearinghouse_change", "", admin::execute_clearinghouse_change),
    plain("cancel_clearinghouse_change", "", admin::cancel_clearinghouse_change),
    plain("nominate", "", admin::nominate),
    plain("accept", "", admin::accept),
    plain("pause", "every gate", admin::pause),
    plain("schedule_settlement", "", close::schedule_settlement),
    plain("begin_settlement", "scheduled", close::begin_scheduled),
    plain("begin_settlement", "dead oracle", close::begin_dead_oracle),
    plain("close_market", "", close::close_market),
    plain("close_clearinghouse", "", close::close_clearinghouse),
    plain("open_margin_account", "", trader::open_margin_account),
    legs("close_margin_account", "giving up claims", trader::close_margin_account),
    plain("set_delegate", "", trader::set_delegate),
    plain("deposit", "", trader::deposit),
    legs("withdraw", "at once", withdrawal::at_once),
    legs("withdraw", "queued", withdrawal::queued),
    plain("serve_withdrawal", "in part", withdrawal::served),
    plain("serve_withdrawal", "given back", withdrawal::given_back),
    legs("settle_trade", "adding", trader::trade_adding),
    legs("settle_trade", "both reverse", trader::trade_reversing),
    legs("settle_trade", "both reverse, 15 markets", trader::trade_apart),
    plain("accrue_market", "stand-in", accrual::stand_in),
    plain("accrue_market", "stand-in, funding", accrual::funding),
    plain("accrue_market", "suspended", accrual::suspended),
    plain("accrue_market", "restored", accrual::restored),
    plain("accrue_market", "Pyth, funding", accrual::pyth),
    plain("accrue_market", "Switchboard, funding", accrual::switchboard),
    legs("liquidate", "adding", keeper::liquidate_adding),
    legs("liquidate", "liquidator reverses", keeper::liquidate_reversing),
    legs("liquidate", "15 markets", keeper::liquidate_apart),
    legs("liquidate", "liquidator reverses, 15 markets", keeper::liquidate_apart_reversing),
    legs("deleverage", "", keeper::deleverage),
    legs("flag_bankruptcy", "", bankruptcy::flag),
    legs("resolve_bankruptcy", "no bounty", bankruptcy::without_bounty),
    legs("resolve_bankruptcy", "bounty", bankruptcy::with_bounty),
    legs("resolve_bankruptcy", "taken over", bankruptcy::taken_over),
    legs("resolve_bankruptcy", "caller reverses", bankruptcy::reversing),
    legs("resolve_bankruptcy", "takeover refused", bankruptcy::refused),
    legs("settle_account", "losing", settlement::losing),
    legs("settle_account", "winning", settlement::winning),
    legs("settle_account", "wind-down", settlement::winding_down),
    legs("settle_account", "claims lapse", settlement::lapsing),
    plain("sweep_fees", "", keeper::sweep_fees),
    plain("fund_insurance", "", insurance::fund),
    plain("open_stake", "", insurance::open_stake),
    plain("stake", "", insurance::stake),
    plain("request_unstake", "", insurance::request_unstake),
    plain("unstake", "", insurance::unstake),
    plain("close_stake", "", insurance::close_stake),
    plain("migrate_clearinghouse", "", migration::clearinghouse),
    plain("migrate_market", "", migration::market),
    legs("migrate_margin_account", "", migration::margin_account),
];
