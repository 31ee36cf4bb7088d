//! The most that each instruction may cost, in compute units.
//!
//! Raising one is a promise broken: keepers size their transactions by it, and a market account admits 20 million
//! units a slot.

/// By instruction: at one leg, or for one that reads none; and at eight.
pub const CEILINGS: &[(&str, u64, u64)] = &[
    ("initialize_clearinghouse", 45_000, 45_000),
    ("create_market", 20_000, 20_000),
    ("change_market", 8_000, 8_000),
    ("execute_market_change", 8_000, 8_000),
    ("cancel_market_change", 5_000, 5_000),
    ("change_clearinghouse", 5_000, 5_000),
    ("execute_clearinghouse_change", 5_000, 5_000),
    ("cancel_clearinghouse_change", 5_000, 5_000),
    ("nominate", 5_000, 5_000),
    ("accept", 5_000, 5_000),
    ("pause", 5_000, 5_000),
    ("schedule_settlement", 5_000, 5_000),
    ("begin_settlement", 6_000, 6_000),
    ("close_market", 15_000, 15_000),
    ("close_clearinghouse", 25_000, 25_000),
    ("open_margin_account", 20_000, 20_000),
    ("close_margin_account", 6_000, 12_000),
    ("set_delegate", 3_000, 3_000),
    ("deposit", 15_000, 15_000),
    ("withdraw", 15_000, 20_000),
    ("serve_withdrawal", 10_000, 10_000),
    ("settle_trade", 15_000, 45_000),
    ("accrue_market", 6_000, 6_000),
    ("liquidate", 15_000, 45_000),
    ("deleverage", 10_000, 20_000),
    ("flag_bankruptcy", 6_000, 12_000),
    ("resolve_bankruptcy", 20_000, 60_000),
    ("settle_account", 8_000, 25_000),
    ("sweep_fees", 15_000, 15_000),
    ("fund_insurance", 15_000, 15_000),
    ("open_stake", 15_000, 15_000),
    ("stake", 15_000, 15_000),
    ("request_unstake", 5_000, 5_000),
    ("unstake", 15_000, 15_000),
    ("close_stake", 5_000, 5_000),
    ("migrate_clearinghouse", 15_000, 15_000),
    ("migrate_market", 10_000, 10_000),
    ("migrate_margin_account", 6_000, 12_000),
];

/// The ceiling of a line of the measurements.
pub fn ceiling(line: &str) -> Option<u64> {
    let instruction = line.split(", ").next()?;
    let (_, one, eight) = CEILINGS.iter().find(|(name, ..)| *name == instruction)?;
    Some(if line.ends_with(", 8 legs") { *eight } else { *one })
}
