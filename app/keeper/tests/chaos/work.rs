//! What a keeper does when nothing fails, and what it refuses before it starts.

use std::sync::{Arc, Mutex};

use jettison_embedded::PRICE;
use jettison_keeper::config::Config;
use jettison_keeper::keeper::Decision;
use jettison_keeper::record;

use crate::stage::{config, Stage};

#[test]
fn an_account_below_maintenance_is_taken_over_and_a_record_replays_it() {
    let stage = Stage::new(1, 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.jsonl");
    let keeper = stage.at_work(Config { record: Some(path.clone()), ..config() });
    let long = stage.falling(500);
    stage.until("the long is taken over", move |world| world.size(&long, 0) < 500);
    let decisions = keeper.decisions.clone();
    let summary = keeper.stop();
    assert!(summary.landed > 0 && summary.failed == 0, "{summary:?}");
    stage.nothing_twice();

    let replayed: Arc<Mutex<Vec<Decision>>> = Arc::default();
    let seen = replayed.clone();
    let again = record::replay(&path, |decision| seen.lock().unwrap().push(decision.clone())).unwrap();
    assert!(!replayed.lock().unwrap().is_empty());
    assert_eq!(*replayed.lock().unwrap(), *decisions.lock().unwrap());
    assert_eq!(again.summary(), summary);
}

#[test]
fn a_bankruptcy_is_resolved_and_those_who_were_charged_are_settled() {
    let stage = Stage::new(1, 1);
    let long = stage.world.with(|world| {
        let long = world.pair(0, 500);
        // Nobody keeps while the price falls through its bankruptcy price.
        for step in 1..=12 {
            world.pass(10);
            world.accrue(0, PRICE * (100 - 2 * step) / 100);
        }
        world.prices.fill(Some(PRICE * 76 / 100));
        long
    });
    let keeper = stage.keeper(0, config());
    stage
        .until("the bankrupt account has no leg", move |world| world.at.ledger(&long).unwrap().has_no_legs());
    let summary = keeper.stop();
    assert!(summary.landed > 0 && summary.failed == 0, "{summary:?}");
    stage.nothing_twice();
}

#[test]
fn a_dry_run_plans_and_sends_nothing() {
    let stage = Stage::new(1, 1);
    let keeper = stage.at_work(Config { dry_run: true, ..config() });
    // Nobody accrues, so someone else has to move the price.
    let long = stage.fallen(500);
    keeper.until_said("rehearsed");
    let summary = keeper.stop();
    assert!(summary.rehearsed > 0 && summary.landed == 0, "{summary:?}");
    stage.world.with(move |world| {
        assert!(world.runs.is_empty());
        assert_eq!(world.size(&long, 0), 500);
    });
}

#[test]
fn what_is_wrong_is_said_before_anything_is_sent() {
    let stage = Stage::new(1, 1);
    let refused = |config: Config| stage.keeper(0, config).refusal();
    let genesis = Some("11111111111111111111111111111111".to_owned());
    let cases = [
        (Config { genesis_hash: genesis, ..config() }, "is another cluster"),
        (Config { markets: vec![7], ..config() }, "there is no market 7"),
        (Config { account_id: 3, ..config() }, "start with --open-account"),
        (Config { account: Some("nonsense".into()), ..config() }, "is not an address"),
        (Config { send_urls: vec!["ftp://x".into()], ..config() }, "send_urls"),
    ];
    for (config, expected) in cases {
        let said = refused(config);
        assert!(said.contains(expected), "{said}");
    }
    let broke = stage.world.with(|world| {
        let owner = solana_signer::Signer::pubkey(&world.keepers[0]);
        let mut account = world.at.chain.account(&owner).unwrap();
        account.lamports = 1_000;
        world.at.chain.set_account(&owner, account);
        owner
    });
    let said = refused(config());
    assert!(said.contains(&format!("{broke} has 1000 lamports")), "{said}");
    assert!(stage.world.with(|world| world.runs.is_empty()));
}
