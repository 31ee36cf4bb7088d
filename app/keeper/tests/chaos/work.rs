//! What a keeper does when nothing fails.

use crate::stage::{config, Stage};

#[test]
fn an_account_below_maintenance_is_taken_over() {
    let stage = Stage::new(1, 1);
    let keeper = stage.keeper(0, config());
    let long = stage.falling(500);
    stage.until("the long is healthy or closed", move |world| world.size(&long, 0) < 500);
    let summary = keeper.stop();
    assert!(summary.landed > 0, "{summary:?}");
    stage.nothing_twice();
}
