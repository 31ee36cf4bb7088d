//! What fails around a keeper: it doesn't panic, does nothing twice, and recovers by itself.

use std::time::Duration;

use jettison_embedded::PRICE;
use jettison_keeper::config::{Config, Watch};

use crate::stage::{config, wait, Stage};
use crate::world::World;

/// Long enough for a keeper to notice what fails.
fn a_while() {
    std::thread::sleep(Duration::from_millis(700));
}

#[test]
fn a_server_that_is_killed_and_comes_back() {
    let mut stage = Stage::new(1, 1);
    let keeper = stage.at_work(config());
    stage.server.kill();
    let long = stage.falling(500);
    a_while();
    stage.server.restart();
    stage.until("the long is taken over", move |world| world.size(&long, 0) < 500);
    keeper.stop();
    stage.nothing_twice();
}

#[test]
fn a_websocket_that_drops_again_and_again() {
    let stage = Stage::new(1, 1);
    let keeper = stage.at_work(config());
    let long = stage.falling(500);
    for _ in 0..4 {
        stage.server.fault(|faults| faults.drop_sockets += 1);
        std::thread::sleep(Duration::from_millis(250));
    }
    stage.until("the long is taken over", move |world| world.size(&long, 0) < 500);
    keeper.stop();
    stage.nothing_twice();
}

#[test]
fn updates_that_come_late_and_in_reverse() {
    let stage = Stage::new(1, 1);
    stage.server.fault(|faults| faults.late = true);
    let keeper = stage.at_work(config());
    let long = stage.falling(500);
    stage.until("the long is taken over", move |world| world.size(&long, 0) < 500);
    let taken = stage.world.with(move |world| 500 - world.size(&long, 0));
    stage.server.fault(|faults| faults.late = false);
    // What is late doesn't bring old states back.
    wait("the keeper knows what it holds", || keeper.said().iter().any(|said| said.contains("landed")));
    keeper.stop();
    let held = stage.world.with(|world| {
        let own = world.traders[0].address;
        world.size(&own, 0)
    });
    assert!(held >= taken, "{held} of {taken}");
    stage.nothing_twice();
}

#[test]
fn a_stream_that_keeps_things_to_itself_is_found_out() {
    let stage = Stage::new(1, 1);
    stage.server.fault(|faults| faults.deaf = true);
    let keeper = stage.at_work(config());
    let long = stage.falling(500);
    stage.until("the long is taken over", move |world| world.size(&long, 0) < 500);
    keeper.until_said("were not as the stream had left them");
    keeper.stop();
    stage.nothing_twice();
}

/// Red with a cache that only ignores what seems old: it acted again and again on the state before.
#[test]
fn a_stream_whose_slots_stand_still() {
    let stage = Stage::new(1, 1);
    stage.server.fault(|faults| faults.frozen_slot = Some(90));
    let keeper =
        stage.at_work(Config { watch: Watch { reconcile_seconds: 600, ..config().watch }, ..config() });
    let long = stage.falling(500);
    stage.until("the long is taken over", move |world| world.size(&long, 0) < 500);
    a_while();
    let summary = keeper.stop();
    assert_eq!((summary.failed, summary.lost_races), (0, 0), "{summary:?}");
    stage.nothing_twice();
}

/// Red without the journal: the second run takes its whole limit again, and both land.
#[test]
fn a_keeper_that_is_killed_between_sending_and_landing_does_not_act_twice() {
    let stage = Stage::new(1, 1);
    let folder = tempfile::tempdir().unwrap();
    let mut config: Config = config();
    config.journal = Some(folder.path().join("journal.json"));
    config.limits.position = 100.into();
    stage.world.with(|world| world.hold = true);
    let keeper = stage.at_work(config.clone());
    let long = stage.fallen(500);
    stage.until("a takeover is on its way", |world| world.held.iter().any(World::is_takeover));
    keeper.kill();
    let again = stage.keeper(0, config);
    stage.connected(&again);
    a_while();
    stage.world.with(World::release);
    stage.until("one takeover has landed", move |world| world.size(&long, 0) < 500);
    a_while();
    again.stop();
    let held = stage.world.with(|world| {
        let own = world.traders[0].address;
        world.size(&own, 0)
    });
    let most = 100 * PRICE / (PRICE * 93 / 100) + 1;
    assert!((1..=most).contains(&held), "holds {held}, of {most} at most");
    stage.nothing_twice();
}

#[test]
fn an_oracle_that_goes_stale_is_waited_for() {
    let stage = Stage::new(1, 1);
    let keeper = stage.at_work(config());
    let long = stage.world.with(|world| world.pair(0, 500));
    stage.price(None);
    stage.world.with(|world| world.pass(100));
    stage.until("the market says so", |world| world.at.book(0).unwrap().is_oracle_unusable());
    assert_eq!(stage.world.with(move |world| world.size(&long, 0)), 500);
    stage.price(Some(PRICE * 93 / 100));
    stage.until("the long is taken over", move |world| world.size(&long, 0) < 500);
    let summary = keeper.stop();
    assert_eq!(summary.failed, 0, "{summary:?}");
    stage.nothing_twice();
}

#[test]
fn a_server_that_takes_no_transactions_for_a_while() {
    let stage = Stage::new(1, 1);
    let keeper = stage.at_work(config());
    let full = ("sendTransaction", -32_005, "Node is behind by 200 slots");
    stage.server.fault(|faults| faults.refuse.push(full));
    let long = stage.fallen(500);
    keeper.until_said("liquidate");
    a_while();
    assert_eq!(stage.world.with(move |world| world.size(&long, 0)), 500);
    stage.server.fault(|faults| faults.refuse.clear());
    stage.until("the long is taken over", move |world| world.size(&long, 0) < 500);
    keeper.stop();
    stage.nothing_twice();
}

#[test]
fn what_expires_is_sent_anew_and_the_old_never_lands() {
    let stage = Stage::new(1, 1);
    stage.world.with(|world| world.hold = true);
    let mut config = config();
    config.limits.position = 100.into();
    let keeper = stage.at_work(config);
    let long = stage.fallen(500);
    stage.until("a takeover is on its way", |world| world.held.iter().any(World::is_takeover));
    keeper.until_said("expired");
    stage.world.with(World::release);
    stage.until("a takeover has landed", move |world| world.size(&long, 0) < 500);
    a_while();
    keeper.stop();
    let held = stage.world.with(|world| {
        let own = world.traders[0].address;
        world.size(&own, 0)
    });
    let most = 100 * PRICE / (PRICE * 93 / 100) + 1;
    assert!((1..=most).contains(&held), "holds {held}, of {most} at most");
    stage.nothing_twice();
}

#[test]
fn a_clock_that_jumps_ahead() {
    let stage = Stage::new(1, 1);
    let keeper = stage.at_work(config());
    let long = stage.world.with(|world| world.pair(0, 500));
    stage.world.with(|world| world.pass(86_400));
    a_while();
    stage.price(Some(PRICE * 93 / 100));
    stage.until("the long is taken over", move |world| world.size(&long, 0) < 500);
    keeper.stop();
    stage.nothing_twice();
}

/// Slots are heard of and nothing moves: red without a look at the clock, since whatever comes counted as a sign of life.
#[test]
fn a_clock_that_stands_is_no_sign_of_health() {
    let stage = Stage::new(1, 1);
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).unwrap();
    let keeper = stage.at_work(Config { listen: Some(free), ..config() });
    wait("it is healthy", || health(free).starts_with("HTTP/1.0 200"));
    stage.world.with(|world| world.clock_stands = true);
    wait("it says that the clock stands", || {
        let answer = health(free);
        answer.starts_with("HTTP/1.0 503") && answer.contains("the chain's clock has stood")
    });
    stage.world.with(|world| world.clock_stands = false);
    wait("it is healthy again", || health(free).starts_with("HTTP/1.0 200"));
    keeper.stop();
}

/// What `/healthz` answers, headers included.
fn health(address: std::net::SocketAddr) -> String {
    use std::io::{Read, Write};
    let mut answer = String::new();
    if let Ok(mut stream) = std::net::TcpStream::connect(address) {
        let _ = stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n");
        let _ = stream.read_to_string(&mut answer);
    }
    answer
}

#[test]
fn two_keepers_race_and_neither_fails() {
    let stage = Stage::new(1, 2);
    let keepers = [stage.keeper(0, config()), stage.keeper(1, config())];
    keepers.iter().for_each(|keeper| stage.connected(keeper));
    let longs = stage.world.with(|world| [world.pair(0, 500), world.pair(0, 300), world.pair(0, 400)]);
    stage.price(Some(PRICE * 93 / 100));
    for (long, size) in longs.into_iter().zip([500, 300, 400]) {
        stage.until("every long is taken over", move |world| world.size(&long, 0) < size);
    }
    a_while();
    let summaries = keepers.map(crate::stage::Running::stop);
    assert!(summaries.iter().map(|summary| summary.landed).sum::<u64>() > 0, "{summaries:?}");
    assert!(summaries.iter().all(|summary| summary.failed == 0), "{summaries:?}");
    stage.nothing_twice();
}
