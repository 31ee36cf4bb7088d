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
    case("close_margin_account", "", trader::close_margin_account),
    case("set_delegate", "", trader::set_delegate),
    case("deposit", "", trader::deposit),
    case("withdraw", "", trader::withdraw),
    case("settle_trade", "adding", trader::trade_adding),
    case("settle_trade", "both reverse", trader::trade_reversing),
    case("settle_trade", "both reverse, 15 markets", trader::trade_apart),
    case("accrue_market", "", keeper::accrue_market),
    case("liquidate", "adding", keeper::liquidate_adding),
    case("liquidate", "liquidator reverses", keeper::liquidate_reversing),
    case("liquidate", "15 markets", keeper::liquidate_apart),
    case("deleverage", "", keeper::deleverage),
    case("resolve_bankruptcy", "no bounty", bankruptcy::without_bounty),
    case("resolve_bankruptcy", "bounty", bankruptcy::with_bounty),
    case("resolve_bankruptcy", "taken over", bankruptcy::taken_over),
    case("resolve_bankruptcy", "caller reverses", bankruptcy::reversing),
    case("resolve_bankruptcy", "takeover refused", bankruptcy::refused),
    case("settle_account", "losing", keeper::settle_losing),
    case("settle_account", "winning", keeper::settle_winning),
    case("sweep_fees", "", keeper::sweep_fees),
    case("fund_insurance", "", keeper::fund_insurance),
];
