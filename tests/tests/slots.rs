//! Time is wall-clock time: slots of another length change nothing.

use clearing::instructions::Role;
use clearing::state::Gate;
use jettison_embedded::{Chain, START_TS};
use jettison_engine::SETTLEMENT_GRACE_SECONDS;
use jettison_tests::{bit, elf, native, standard, Scene, TIMELOCK};
use solana_signer::Signer;

use crate::support::USDC;

#[test]
fn the_same_history_in_slots_of_any_length_leaves_the_same_accounts_native() {
    compare([400, 200].map(|millis| history(native(), millis)));
}

#[test]
fn the_same_history_in_slots_of_any_length_leaves_the_same_accounts_elf() {
    let (Some(one), Some(other)) = (elf(), elf()) else { return };
    compare([history(one, 400), history(other, 200)]);
}

fn compare([one, other]: [Scene; 2]) {
    assert_eq!(one.known(), other.known());
    assert_ne!(one.at.chain.slot(), other.at.chain.slot());
    assert_eq!(one.snapshot().changed(&other.at.chain), []);
}

/// A scene whose slots take so many milliseconds.
struct Clocked {
    scene: Scene,
    millis: u64,
}

impl Clocked {
    /// Sets the slot of the time `seconds` from now.
    fn slot(&mut self, seconds: i64) {
        let since = u64::try_from(self.scene.at.chain.now() + seconds - START_TS).expect("after the start");
        self.scene.at.chain.set_slot(300_000_000 + since * 1_000 / self.millis);
    }

    fn wait(&mut self, seconds: i64) {
        self.slot(seconds);
        self.scene.wait(seconds);
    }

    fn pass(&mut self, seconds: i64) {
        self.slot(seconds);
        self.scene.pass(seconds);
    }

    fn move_price(&mut self, market: u16, atoms: u64) {
        self.scene.at.feeds[usize::from(market)].price = jettison_tests::feed_price(atoms);
        while self.scene.book(market).effective_price.0 != atoms {
            self.wait(10);
        }
    }
}

/// Prices, trades, funding, a liquidation, a bankruptcy, staking, the throttle, pauses, timelocks, a wind-down.
fn history(chain: Chain, millis: u64) -> Scene {
    let mut at = Clocked { scene: Scene::bare(chain), millis };
    at.slot(0);
    let mut args = standard();
    args.settings.params.max_funding_bps = 50;
    args.settings.params.stable_window_seconds = 600;
    args.settings.params.insurance_base_atoms = 50 * USDC;
    at.scene.market(args);
    at.scene.market(standard());
    at.scene.govern();
    at.scene.settle_for(|settings| {
        settings.unstake_cooldown_seconds = 3_600;
        settings.withdrawal_window_seconds = 3_600;
        settings.withdrawal_limit_bps = 500;
        settings.withdrawal_floor_atoms = 1;
    });
    at.wait(1);
    let venue = at.scene.at.venue.clone();
    let (staker, payer) = (at.scene.key(), at.scene.at.chain.payer().pubkey());
    let wallet = at.scene.wallet(&staker, 100 * USDC);
    at.scene.send(&[venue.open_stake(staker, payer), venue.stake(staker, wallet, 100 * USDC)]);
    let (broke, weak) = (at.scene.trader(1_100 * USDC), at.scene.trader(1_250 * USDC));
    let (short, keeper) = (at.scene.trader(100_000 * USDC), at.scene.trader(20_000 * USDC));
    at.wait(7);
    let trade = at.scene.trade_of(&broke, &short, 0, 10_000, 1_005_000);
    at.scene.send(&[trade]);
    at.wait(13);
    at.scene.trade(&weak, &short, 0, 10_000);
    at.move_price(0, 930_000);
    at.scene.send(&[venue.request_unstake(staker, 10_000_000_000)]);
    at.scene.liquidate(&weak, &keeper, 0, 5_000);
    at.move_price(0, 880_000);
    at.scene.resolve(&broke, Some(&keeper), false);
    at.scene.sweep(0);
    // Past the window in which the deposits count.
    at.wait(3_600);
    at.scene.send(&[at.scene.withdraw_of(&keeper, 15_000 * USDC)]);
    for _ in 0..3 {
        at.wait(600);
        at.scene.send(&[venue.serve_withdrawal(keeper.address, at.scene.at.treasury)]);
    }
    at.scene.send(&[at.scene.pause_of(bit(Gate::Unstake), 1_800)]);
    at.wait(3_600);
    at.scene.send(&[venue.unstake(staker, wallet)]);
    let (authority, next) = (at.scene.authority(), at.scene.key());
    at.scene.send(&[at.scene.nominate_of(authority, Role::FeeAuthority, next)]);
    at.scene.send(&[venue.accept(next, Role::FeeAuthority)]);
    at.scene.send(&[at.scene.change_market_of(1, |settings| settings.params.taker_fee_bps = 6)]);
    at.scene.send(&[at.scene.schedule_of(0)]);
    at.wait(TIMELOCK);
    at.scene.send(&[at.scene.execute_market_of(1), at.scene.begin_of(0)]);
    at.pass(SETTLEMENT_GRACE_SECONDS);
    for trader in [&weak, &short, &keeper, &weak, &short, &keeper] {
        at.scene.settle(trader);
    }
    // An oracle that dies.
    at.scene.send(&[venue.accrue_market(1, at.scene.at.feeds[1].address)]);
    at.pass(3_600);
    at.scene.send(&[at.scene.begin_of(1)]);
    at.scene
}

/// Neither program nor engine has a word for what a slot or an epoch is: of the clock they read the seconds.
#[test]
fn the_program_reads_no_slot() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut read = 0;
    for folder in ["programs/clearing/src", "crates/engine/src"] {
        for file in sources(&root.join(folder)) {
            let text = std::fs::read_to_string(&file).expect("a source");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
                for word in [".slot", "slot:", "epoch", "SlotHashes", "SlotHistory", "leader_schedule"] {
                    assert!(!line.contains(word), "{}: {line}", file.display());
                }
                read += usize::from(line.contains("Clock::get"));
            }
        }
    }
    assert_eq!(read, 1, "the clock is read in one place");
}

fn sources(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(sources(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
    found
}
