//! Whether an offer gets its address: on the ELF, whose runtime has the instruction of the system program that Anchor creates
//! accounts with where lamports are already.

use example_venue::instructions::PostOfferArgs;
use jettison_tests::{on_elf, Scene};

use super::stage::Stage;

on_elf!(
    jettison_tests::elf_venue;
    an_offer_is_not_overwritten,
    lamports_sent_ahead_do_not_keep_an_offer_from_its_address,
);

/// The system program's: the account is in use.
const IN_USE: u32 = 0;

fn an_offer_is_not_overwritten(scene: Scene) {
    let mut stage = Stage::new(scene);
    let args = stage.post_args();
    stage.post(args);
    let again = stage.post_of(PostOfferArgs { size: 1, ..args });
    stage.scene.refuse(again, IN_USE);
}

fn lamports_sent_ahead_do_not_keep_an_offer_from_its_address(scene: Scene) {
    let mut stage = Stage::new(scene);
    let offer = stage.offer(&stage.maker.address, 0);
    stage.scene.at.chain.airdrop(&offer, 1);
    stage.post(stage.post_args());
    assert!(stage.resting().is_some());
}
