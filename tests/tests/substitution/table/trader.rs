use clearing::instructions::SettleTradeArgs;
use solana_signer::Signer;

use super::{set, Act, Rows};
use crate::substitution::stage::{Stage, LOW};

pub fn rows(stage: &Stage) -> Rows {
    let venue = &stage.scene.at.venue;
    let (keeper, rich, idle) = (stage.keeper.key.pubkey(), stage.rich.key.pubkey(), stage.idle.key.pubkey());
    let args = SettleTradeArgs { market_index: 0, size: 100, price: LOW, buyer_is_taker: true };
    let withdraw = venue.withdraw(rich, stage.rich.address, stage.rich_wallet, 1, &[0]);
    let mut rows = set([
        ("open_margin_account", venue.open_margin_account(stage.newcomer, stage.sponsor, 0)),
        ("close_margin_account", venue.close_margin_account(idle, stage.idle.address, idle, false, &[])),
        (
            "close_margin_account, waiving",
            venue.close_margin_account(idle, stage.idle.address, idle, true, &[0]),
        ),
        ("set_delegate", venue.set_delegate(keeper, stage.keeper.address, stage.newcomer)),
        ("deposit", venue.deposit(keeper, stage.keeper_wallet, stage.keeper.address, 1)),
        ("withdraw", withdraw.clone()),
        (
            "settle_trade",
            venue.settle_trade([rich, keeper], stage.rich.address, stage.keeper.address, args, &[0]),
        ),
    ]);
    rows.push(("withdraw, behind others", Act::Queue, withdraw));
    rows
}
