//! What is measured.

mod admin;
mod bankruptcy;
mod keeper;
mod trader;

use anyhow::Result;

use super::scene::Scene;

/// One way to spend an instruction's units.
pub struct Case {
    /// The instruction, by the program's name.
    pub instruction: &'static str,
    /// What is special about it; empty if nothing is.
    pub name: &'static str,
    /// Prepares the scene and sends the instruction; gives its units.
    pub measure: fn(&mut Scene) -> Result<u64>,
}

const fn case(instruction: &'static str, name: &'static str, measure: fn(&mut Scene) -> Result<u64>) -> Case {
    Case { instruction, name, measure }
}

/// Every case; those of an instruction stand together.
pub const CASES: &[Case] = &[
    case("initialize_clearinghouse", "", admin::initialize_clearinghouse),
    case("create_market", "", admin::create_market),
    case("open_margin_account", "", trader::open_margin_account),
    case("close_margin_account", "claims waived", trader::close_margin_account),
    case("set_delegate", "", trader::set_delegate),
    case("deposit", "", trader::deposit),
    case("withdraw", "", trader::withdraw),
    case("settle_trade", "same markets", trader::trade_opening),
    case("settle_trade", "same markets, both reverse", trader::trade_reversing),
    case("settle_trade", "15 markets, both reverse", trader::trade_elsewhere),
    case("accrue_market", "price clamped", keeper::accrue_market),
    case("liquidate", "same markets", keeper::liquidate_adding),
    case("liquidate", "same markets, liquidator reverses", keeper::liquidate_reversing),
    case("liquidate", "15 markets", keeper::liquidate_elsewhere),
    case("deleverage", "with bounty", keeper::deleverage),
    case("resolve_bankruptcy", "no caller account", bankruptcy::without_caller),
    case("resolve_bankruptcy", "with bounty", bankruptcy::with_bounty),
    case("resolve_bankruptcy", "taken over", bankruptcy::taken_over),
    case("resolve_bankruptcy", "taken over, caller reverses", bankruptcy::taken_over_reversing),
    case("resolve_bankruptcy", "takeover refused", bankruptcy::takeover_refused),
    case("settle_account", "losing", keeper::settle_losing),
    case("settle_account", "winning", keeper::settle_winning),
    case("sweep_fees", "", keeper::sweep_fees),
    case("fund_insurance", "", keeper::fund_insurance),
];
