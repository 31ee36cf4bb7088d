use clearing::instructions::LiquidateArgs;
use solana_signer::Signer;

use super::{set, Act, Rows};
use crate::substitution::stage::Stage;

pub fn rows(stage: &Stage) -> Rows {
    let venue = &stage.scene.at.venue;
    let feeds = &stage.scene.at.feeds;
    let (broke, weak) = (stage.broke.address, stage.weak.address);
    let (signer, keeper) = (stage.keeper.key.pubkey(), stage.keeper.address);
    let liquidate = LiquidateArgs { market_index: 0, max_size: 100 };
    let serve = venue.serve_withdrawal(keeper, stage.keeper_wallet);
    let mut rows = set([
        ("accrue_market", venue.accrue_market(0, feeds[0].address)),
        ("liquidate", venue.liquidate(signer, weak, keeper, liquidate, &[0])),
        ("deleverage", venue.deleverage(weak, Some(keeper), 0, &[0])),
        ("resolve_bankruptcy, by anyone", venue.resolve_bankruptcy(signer, broke, None, false, &[0])),
        ("resolve_bankruptcy", venue.resolve_bankruptcy(signer, broke, Some(keeper), false, &[0])),
        (
            "resolve_bankruptcy, taking over",
            venue.resolve_bankruptcy(signer, broke, Some(keeper), true, &[0]),
        ),
        ("settle_account", venue.settle_account(weak, &[0])),
        ("sweep_fees", venue.sweep_fees(0, stage.scene.at.fee_account)),
        ("flag_bankruptcy", venue.flag_bankruptcy(broke, &[0])),
        ("begin_settlement", venue.begin_settlement(1, feeds[1].address)),
    ]);
    rows.push(("serve_withdrawal", Act::Queue, serve.clone()));
    rows.push(("serve_withdrawal, giving back", Act::Frozen, serve));
    rows
}
