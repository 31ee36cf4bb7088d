//! Every instruction on the stage, and what each of its accounts is called.

use anchor_lang::solana_program::instruction::Instruction;
use clearing::instructions::LiquidateArgs;
use jettison_embedded::open_settings;
use jettison_tests::standard;
use solana_signer::Signer;

use super::stage::Stage;

/// An instruction that succeeds and changes something.
pub struct Row {
    pub name: &'static str,
    pub instruction: Instruction,
    /// What its accounts are called, in order.
    pub slots: &'static [&'static str],
}

pub fn rows(stage: &Stage) -> Vec<Row> {
    let venue = &stage.scene.at.venue;
    let (feeds, fee_account) = (&stage.scene.at.feeds, stage.scene.at.fee_account);
    let authority = stage.scene.at.authority.pubkey();
    let (keeper, rich) = (stage.keeper.key.pubkey(), stage.rich.key.pubkey());
    let (sponsor, idle) = (stage.sponsor, stage.idle.key.pubkey());
    let liquidate = LiquidateArgs { market_index: 0, max_size: 100 };
    let row = |name, slots, instruction: Instruction| {
        let row = Row { name, instruction, slots };
        assert_eq!(row.slots.len(), row.instruction.accounts.len(), "{name}");
        row
    };
    vec![
        row(
            "initialize_clearinghouse",
            &[
                "authority",
                "payer",
                "clearinghouse",
                "insurance_fund",
                "quote_mint",
                "margin_vault",
                "insurance_vault",
                "token_program",
                "system_program",
            ],
            stage.new_venue.initialize_clearinghouse(sponsor, stage.newcomer, open_settings()),
        ),
        row(
            "create_market",
            &["authority", "payer", "clearinghouse", "market", "oracle", "system_program"],
            venue.create_market(authority, sponsor, 2, feeds[0].address, standard()),
        ),
        row(
            "open_margin_account",
            &["authority", "payer", "clearinghouse", "margin_account", "system_program"],
            venue.open_margin_account(stage.newcomer, sponsor, 0),
        ),
        row(
            "close_margin_account",
            &["authority", "receiver", "clearinghouse", "margin_account"],
            venue.close_margin_account(idle, stage.idle.address, idle, false, &[]),
        ),
        row(
            "close_margin_account, waiving",
            &["authority", "receiver", "clearinghouse", "margin_account", "market"],
            venue.close_margin_account(idle, stage.idle.address, idle, true, &[0]),
        ),
        row(
            "set_delegate",
            &["authority", "margin_account"],
            venue.set_delegate(keeper, stage.keeper.address, stage.newcomer),
        ),
        row(
            "deposit",
            &[
                "depositor",
                "clearinghouse",
                "margin_account",
                "from",
                "margin_vault",
                "quote_mint",
                "token_program",
            ],
            venue.deposit(keeper, stage.keeper_wallet, stage.keeper.address, 1),
        ),
        row(
            "withdraw",
            &[
                "authority",
                "clearinghouse",
                "margin_account",
                "to",
                "margin_vault",
                "quote_mint",
                "token_program",
                "market",
            ],
            venue.withdraw(rich, stage.rich.address, stage.rich_wallet, 1, &[0]),
        ),
        row(
            "settle_trade",
            &["buyer_signer", "seller_signer", "clearinghouse", "buyer", "seller", "market"],
            venue.settle_trade(
                [rich, keeper],
                stage.rich.address,
                stage.keeper.address,
                stage.trade_args(),
                &[0],
            ),
        ),
        row("accrue_market", &["market", "oracle"], venue.accrue_market(0, feeds[0].address)),
        row(
            "liquidate",
            &["signer", "clearinghouse", "liquidatee", "liquidator", "market"],
            venue.liquidate(keeper, stage.weak.address, stage.keeper.address, liquidate, &[0]),
        ),
        row(
            "deleverage",
            &["clearinghouse", "margin_account", "bounty_account", "market"],
            venue.deleverage(stage.weak.address, Some(stage.keeper.address), 0, &[0]),
        ),
        row(
            "resolve_bankruptcy, by anyone",
            RESOLVE,
            venue.resolve_bankruptcy(keeper, stage.broke.address, None, false, &[0]),
        ),
        row(
            "resolve_bankruptcy",
            RESOLVE,
            venue.resolve_bankruptcy(keeper, stage.broke.address, Some(stage.keeper.address), false, &[0]),
        ),
        row(
            "resolve_bankruptcy, taking over",
            RESOLVE,
            venue.resolve_bankruptcy(keeper, stage.broke.address, Some(stage.keeper.address), true, &[0]),
        ),
        row(
            "settle_account",
            &["clearinghouse", "margin_account", "market"],
            venue.settle_account(stage.weak.address, &[0]),
        ),
        row(
            "sweep_fees",
            &[
                "clearinghouse",
                "market",
                "insurance_fund",
                "insurance_vault",
                "margin_vault",
                "fee_account",
                "quote_mint",
                "token_program",
            ],
            venue.sweep_fees(0, fee_account),
        ),
        row(
            "fund_insurance",
            &[
                "depositor",
                "clearinghouse",
                "insurance_fund",
                "from",
                "insurance_vault",
                "quote_mint",
                "token_program",
            ],
            venue.fund_insurance(keeper, stage.keeper_wallet, 1),
        ),
    ]
}

const RESOLVE: &[&str] = &[
    "caller",
    "clearinghouse",
    "insurance_fund",
    "margin_account",
    "caller_account",
    "insurance_vault",
    "margin_vault",
    "quote_mint",
    "token_program",
    "market",
];
