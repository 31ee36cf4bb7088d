use std::path::Path;

use bytemuck::Zeroable;
use clearing::state::OracleSource;
use jettison_engine::MarketIndex;

use super::*;

const NOW: i64 = 1_000_000;

const ALL: Permission = Permission { upgrade: true, apply: true };

fn wanted() -> Wanted {
    Wanted::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/localnet.toml")).unwrap()
}

/// A cluster on which everything is as wanted.
fn there(wanted: &Wanted) -> Observed {
    let mut clearinghouse = Clearinghouse::zeroed();
    clearinghouse.settings = wanted.settings;
    clearinghouse.market_count = wanted.markets.len() as u16;
    let market = |(index, wanted): (usize, &WantedMarket)| {
        let args = &wanted.args;
        let mut market = Market::zeroed();
        market.name = args.name;
        market.contract_exponent = args.contract_exponent;
        market.oracle_source = args.settings.oracle_source as u8;
        market.max_oracle_age_seconds = args.settings.max_oracle_age_seconds;
        market.max_confidence_bps = args.settings.max_confidence_bps;
        market.book.params = args.settings.params.into();
        market.book.index = MarketIndex(index as u16);
        market
    };
    Observed {
        now: NOW,
        programs: vec![("clearing", deployed(true))],
        clearinghouse: Some(Box::new(clearinghouse)),
        markets: wanted.markets.iter().enumerate().map(market).collect(),
    }
}

fn deployed(same: bool) -> Deployed {
    Deployed::Upgradeable { authority: None, room: 1, same }
}

fn words(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(Step::to_string).collect()
}

#[test]
fn on_an_empty_cluster_everything_is_made_in_order() {
    let wanted = wanted();
    let programs = vec![("clearing", Deployed::Absent), ("price_feed", Deployed::Absent)];
    let empty = Observed { now: NOW, programs, clearinghouse: None, markets: vec![] };
    let plan = Plan::new(&wanted, &empty, Permission::default());
    let words = words(&plan);
    assert_eq!(
        words[..3],
        ["deploy the program clearing", "deploy the program price_feed", "create the clearinghouse"]
    );
    assert_eq!(words[3], "create market BTC-USD, number 0");
    assert_eq!(words[7], "create market DOGE-USD, number 4");
    assert!(plan.notes.is_empty());
}

#[test]
fn where_all_is_as_wanted_there_is_nothing_to_do() {
    let wanted = wanted();
    let plan = Plan::new(&wanted, &there(&wanted), ALL);
    assert!(plan.steps.is_empty() && plan.notes.is_empty(), "{plan:?}");
}

#[test]
fn a_missing_market_gets_the_next_index_and_an_unknown_one_is_told_of() {
    let wanted = wanted();
    let mut observed = there(&wanted);
    observed.markets[1].name = *b"OLD-USD\0\0\0\0\0\0\0\0\0";
    let plan = Plan::new(&wanted, &observed, Permission::default());
    assert_eq!(words(&plan), ["create market ETH-USD, number 5"]);
    assert_eq!(plan.notes, ["market OLD-USD is on the cluster and not in the file"]);
}

#[test]
fn nothing_is_replaced_or_changed_without_its_flag() {
    let wanted = wanted();
    let mut observed = there(&wanted);
    observed.programs[0].1 = deployed(false);
    observed.clearinghouse.as_mut().unwrap().settings.timelock_seconds = 60;
    observed.markets[2].book.params.taker_fee.0 += 1;
    let plan = Plan::new(&wanted, &observed, Permission::default());
    assert!(plan.steps.is_empty());
    let expected = [
        "not done without --upgrade: upgrade the program clearing",
        "not done without --apply: change the clearinghouse: timelock_seconds 60 -> 0",
        "not done without --apply: change market SOL-USD: taker_fee_bps 6 -> 5",
    ];
    assert_eq!(plan.notes, expected);
    let plan = Plan::new(&wanted, &observed, ALL);
    let steps: Vec<String> =
        expected.iter().map(|note| note.split_once(": ").unwrap().1.to_owned()).collect();
    assert_eq!((words(&plan), plan.notes), (steps, vec![]));
}

/// A market whose wanted settings are queued.
fn queued(wanted: &Wanted, ready_ts: i64) -> Observed {
    let mut observed = there(wanted);
    let market = &mut observed.markets[0];
    market.queued = MarketSettings::of(market);
    market.queued_ready_ts = ready_ts;
    market.book.params.taker_fee.0 += 1;
    observed
}

#[test]
fn a_queued_change_waits_then_is_executed_and_once_lapsed_is_queued_again() {
    let wanted = wanted();
    let waits = Plan::new(&wanted, &queued(&wanted, NOW + 1), ALL);
    assert!(waits.steps.is_empty() && waits.notes[0].contains("run this again from"), "{waits:?}");
    let execute = "put the queued change of market BTC-USD in force";
    for ready_ts in [NOW, NOW - CHANGE_LAPSE_SECONDS] {
        assert_eq!(words(&Plan::new(&wanted, &queued(&wanted, ready_ts), ALL)), [execute]);
    }
    let lapsed = Plan::new(&wanted, &queued(&wanted, NOW - CHANGE_LAPSE_SECONDS - 1), ALL);
    assert!(words(&lapsed)[0].starts_with("change market BTC-USD"), "{lapsed:?}");
    // Void as well: queued against settings that are no longer those in force.
    for void in [
        |market: &mut Market| market.revision = 1,
        |market: &mut Market| market.queued_clearinghouse_revision = 1,
    ] {
        let mut observed = queued(&wanted, NOW);
        void(&mut observed.markets[0]);
        let plan = Plan::new(&wanted, &observed, ALL);
        assert!(words(&plan)[0].starts_with("change market BTC-USD"), "{plan:?}");
    }
}

#[test]
fn another_queued_change_is_replaced_or_told_of() {
    let wanted = wanted();
    let mut observed = queued(&wanted, NOW);
    observed.markets[0].queued.params.taker_fee.0 = 9;
    assert!(words(&Plan::new(&wanted, &observed, ALL))[0].starts_with("change market BTC-USD"));
    observed.markets[0].book.params.taker_fee.0 -= 1;
    let plan = Plan::new(&wanted, &observed, ALL);
    assert!(plan.steps.is_empty() && plan.notes[0].contains("may cancel it"), "{plan:?}");
}

#[test]
fn every_setting_of_a_market_is_compared() {
    let wanted = wanted();
    type Change = fn(&mut Market);
    let changes: [(&str, Change); 4] = [
        ("oracle_source pyth -> stand-in", |market| market.oracle_source = OracleSource::Pyth as u8),
        ("feed_id 01", |market| market.feed_id[0] = 1),
        ("max_oracle_age_seconds 0 -> 30", |market| market.max_oracle_age_seconds = 0),
        ("max_confidence_bps 0 -> 100", |market| market.max_confidence_bps = 0),
    ];
    for (part, change) in &changes {
        let mut observed = there(&wanted);
        change(&mut observed.markets[3]);
        let plan = Plan::new(&wanted, &observed, ALL);
        assert!(words(&plan)[0].contains(part), "{plan:?}");
    }
    // All 31 risk parameters: a market with none of them differs in each.
    let mut observed = there(&wanted);
    observed.markets[3].book.params = Zeroable::zeroed();
    let plan = Plan::new(&wanted, &observed, ALL);
    let Step::ChangeMarket { differences, .. } = &plan.steps[0] else { panic!("{plan:?}") };
    assert_eq!(differences.len(), 31, "{plan:?}");
}

#[test]
fn what_never_changes_and_what_is_being_wound_down_is_left_alone() {
    let wanted = wanted();
    let mut observed = there(&wanted);
    observed.markets[0].contract_exponent += 1;
    observed.markets[1].book.params.taker_fee.0 = 9;
    observed.markets[1].book.breakers.settles_ts = NOW;
    let plan = Plan::new(&wanted, &observed, ALL);
    assert!(plan.notes[0].contains("contract_exponent is -2 for good"), "{plan:?}");
    assert!(plan.notes[1].contains("wound down"), "{plan:?}");
    assert!(plan.steps.is_empty(), "{plan:?}");
}
