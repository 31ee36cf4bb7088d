use clearing::instructions::{ChangeMarketArgs, CreateMarketArgs, NominateArgs, PauseArgs, Role};
use jettison_embedded::open_settings;
use jettison_tests::standard;
use solana_signer::Signer;

use super::{set, Rows};
use crate::substitution::stage::Stage;

pub fn rows(stage: &Stage) -> Rows {
    let at = &stage.scene.at;
    let (venue, authority, guardian) = (&at.venue, at.authority.pubkey(), stage.guardian);
    let feeds = [at.feeds[0].address, at.feeds[1].address];
    let expected_revision = stage.revision();
    let mut restricting = ChangeMarketArgs { expected_revision, settings: standard().settings };
    restricting.settings.params.initial_margin_bps += 1;
    let nominate = NominateArgs { expected_revision, role: Role::Authority, nominee: stage.newcomer };
    set([
        (
            "initialize_clearinghouse",
            stage.new_venue.initialize_clearinghouse(stage.sponsor, stage.newcomer, open_settings()),
        ),
        (
            "create_market",
            venue.create_market(
                authority,
                stage.sponsor,
                3,
                feeds[0],
                CreateMarketArgs { expected_revision, ..standard() },
            ),
        ),
        ("change_market", venue.change_market(authority, 0, feeds[0], restricting)),
        ("execute_market_change", venue.execute_market_change(1, feeds[0])),
        ("cancel_market_change", venue.cancel_market_change(authority, 1)),
        ("cancel_market_change, by the guardian", venue.cancel_market_change(guardian, 1)),
        ("change_clearinghouse", stage.clearinghouse_change(|settings| settings.timelock_seconds += 1)),
        ("execute_clearinghouse_change", venue.execute_clearinghouse_change()),
        ("cancel_clearinghouse_change", venue.cancel_clearinghouse_change(authority)),
        ("cancel_clearinghouse_change, by the guardian", venue.cancel_clearinghouse_change(guardian)),
        ("nominate", venue.nominate(authority, nominate)),
        (
            "nominate, for the fees",
            venue.nominate(authority, NominateArgs { role: Role::FeeAuthority, ..nominate }),
        ),
        ("accept", venue.accept(stage.nominee, Role::Authority)),
        ("pause", venue.pause(guardian, PauseArgs { expected_revision, gates: 0x1ff, seconds: 60 })),
        ("schedule_settlement", venue.schedule_settlement(authority, 0, expected_revision)),
        ("close_market", venue.close_market(authority, 2, authority, at.fee_account)),
        (
            "close_clearinghouse",
            stage.empty.close_clearinghouse(stage.retiree, stage.retiree, stage.retiree_wallet),
        ),
    ])
}
