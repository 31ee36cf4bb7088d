//! Every account on the stage by its name.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::system_program;
use solana_signer::Signer;

use super::stage::Stage;

pub fn cast(stage: &Stage) -> Vec<(&'static str, Pubkey)> {
    let Stage { scene, foreign, empty, .. } = stage;
    let own = &scene.at.venue;
    let owner = |trader: &jettison_embedded::Trader| trader.key.pubkey();
    let [other_wallet, other_mint, mint_2022] = stage.strange;
    vec![
        ("clearinghouse", own.clearinghouse),
        ("insurance fund", own.insurance_fund),
        ("custody", own.custody),
        ("margin vault", own.margin_vault),
        ("insurance vault", own.insurance_vault),
        ("market 0", own.market(0)),
        ("market 1", own.market(1)),
        ("market 2", own.market(2)),
        ("no market yet", own.market(3)),
        ("broke", stage.broke.address),
        ("weak", stage.weak.address),
        ("rich", stage.rich.address),
        ("keeper", stage.keeper.address),
        ("idle", stage.idle.address),
        ("keeper's stake", own.stake_account(&owner(&stage.keeper))),
        ("idle's stake", own.stake_account(&owner(&stage.idle))),
        ("no stake yet", own.stake_account(&stage.newcomer)),
        ("mint", own.quote_mint),
        ("treasury", scene.at.treasury),
        ("fee account", scene.at.fee_account),
        ("keeper's wallet", stage.keeper_wallet),
        ("rich's wallet", stage.rich_wallet),
        ("wallet of another mint", other_wallet),
        ("another mint", other_mint),
        ("feed 0", scene.at.feeds[0].address),
        ("feed 1", scene.at.feeds[1].address),
        ("foreign clearinghouse", foreign.venue.clearinghouse),
        ("foreign insurance fund", foreign.venue.insurance_fund),
        ("foreign custody", foreign.venue.custody),
        ("foreign margin vault", foreign.venue.margin_vault),
        ("foreign insurance vault", foreign.venue.insurance_vault),
        ("foreign market", foreign.venue.market(0)),
        ("foreign trader", foreign.trader.address),
        ("foreign stake", foreign.venue.stake_account(&owner(&foreign.trader))),
        ("foreign fee account", foreign.fee_account),
        ("empty clearinghouse", empty.clearinghouse),
        ("empty insurance fund", empty.insurance_fund),
        ("empty custody", empty.custody),
        ("empty margin vault", empty.margin_vault),
        ("empty insurance vault", empty.insurance_vault),
        ("retiree's wallet", stage.retiree_wallet),
        ("authority", scene.at.authority.pubkey()),
        ("guardian", stage.guardian),
        ("nominee", stage.nominee),
        ("retiree", stage.retiree),
        ("foreign authority", foreign.authority),
        ("foreign owner", owner(&foreign.trader)),
        ("broke's owner", owner(&stage.broke)),
        ("weak's owner", owner(&stage.weak)),
        ("rich's owner", owner(&stage.rich)),
        ("keeper's owner", owner(&stage.keeper)),
        ("idle's owner", owner(&stage.idle)),
        ("newcomer", stage.newcomer),
        ("sponsor", stage.sponsor),
        ("system program", system_program::ID),
        ("token program", anchor_spl::token::ID),
        ("the other token program", anchor_spl::token_2022::ID),
        ("mint of the other token program", mint_2022),
        ("price feed program", price_feed::ID),
        ("clearing program", clearing::ID),
    ]
}
