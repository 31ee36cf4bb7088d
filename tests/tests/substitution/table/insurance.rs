use solana_signer::Signer;

use super::{set, Rows};
use crate::substitution::stage::Stage;

pub fn rows(stage: &Stage) -> Rows {
    let venue = &stage.scene.at.venue;
    let (keeper, wallet) = (stage.keeper.key.pubkey(), stage.keeper_wallet);
    let idle = stage.idle.key.pubkey();
    set([
        ("fund_insurance", venue.fund_insurance(keeper, wallet, 1)),
        ("open_stake", venue.open_stake(stage.newcomer, stage.sponsor)),
        ("stake", venue.stake(keeper, wallet, 1)),
        ("request_unstake", venue.request_unstake(keeper, 1)),
        ("unstake", venue.unstake(keeper, wallet)),
        ("close_stake", venue.close_stake(idle, idle)),
    ])
}
