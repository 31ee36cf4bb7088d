//! What the venue costs, as docs/integration.md says.

use jettison_embedded::Executed;
use jettison_tests::{on_elf, standard, Scene};

use super::document::{integration, number};
use super::stage::{Stage, TERMS};

on_elf!(
    jettison_tests::elf_venue;
    the_document_has_the_compute_units,
);

/// How far the document may be off, in hundredths: other toolchains compile a little differently.
const TOLERANCE_PERCENT: u64 = 10;

fn units(executed: &Executed) -> u64 {
    executed.instruction_units[0]
}

/// Bytes of a transaction's log, of which the runtime keeps 10,000.
fn log_bytes(executed: &Executed) -> u64 {
    executed.logs.iter().map(|line| line.len() as u64).sum()
}

/// Of `settle_trade` in a fill: the clearing program's own count in the log.
fn units_of_the_call(executed: &Executed) -> u64 {
    let consumed = format!("Program {} consumed ", clearing::ID);
    let line = executed.logs.iter().find_map(|line| line.strip_prefix(&consumed)).expect("a CPI");
    line.split(' ').next().and_then(|units| units.parse().ok()).expect("a number")
}

/// A post, a first fill in a market of its own, and a cancellation, by users with `legs` positions each in other markets.
fn measure(legs: u16, scene: Scene) -> [u64; 5] {
    let mut stage = Stage::new(scene);
    let (one, two) = (stage.user(), stage.user());
    for market in 1..=legs {
        stage.scene.trade(&stage.maker, &one, market, 10);
        stage.scene.trade(&two, &stage.taker, market + legs, 10);
    }
    // So that there is something to mark on every leg.
    for feed in &mut stage.scene.at.feeds {
        feed.price += feed.price / 1_000;
    }
    stage.scene.wait(10);
    let post = stage.post_of(stage.post_args());
    let posted = stage.scene.send(&[post]);
    let fill = stage.fill_of(TERMS, 40);
    let filled = stage.scene.send(&[fill]);
    let cancel = stage.cancel_of();
    let cancelled = stage.scene.send(&[cancel]);
    [units(&posted), units(&filled), units_of_the_call(&filled), units(&cancelled), log_bytes(&filled)]
}

/// `cargo test -p jettison-tests example_venue::cost -- --nocapture` prints them.
fn the_document_has_the_compute_units(mut scene: Scene) {
    for _ in 0..14 {
        scene.market(standard());
    }
    // Fifteen markets in one transaction: as many as two accounts with eight legs can need.
    let [_, most, most_call, _, _] = measure(7, scene);
    let one = Scene::new(jettison_tests::elf_venue().expect("it was there before"));
    let [post, fill, call, cancel, log] = measure(0, one);
    let rows = [
        ("post_offer", post),
        ("cancel_offer", cancel),
        ("fill_offer, one market", fill),
        ("of which settle_trade, one market", call),
        ("fill_offer, 15 markets", most),
        ("of which settle_trade, 15 markets", most_call),
        ("bytes of log of a fill", log),
    ];
    for (name, units) in rows {
        println!("| {name} | {units} |");
    }
    let document = integration();
    for (name, units) in rows {
        let row = format!("| {name} |");
        let line = document.lines().find(|line| line.starts_with(&row));
        let line = line.unwrap_or_else(|| panic!("docs/integration.md has no row {name}"));
        let printed = number(&line[row.len()..]);
        let off = printed.abs_diff(units) * 100;
        assert!(off <= units * TOLERANCE_PERCENT, "{name}: {units}, but docs/integration.md says {printed}");
    }
}
