//! Stakers who run.

use jettison_simulator::agents::staker::Stakers;
use jettison_simulator::scenario::InsuranceSpec;
use jettison_simulator::venue::Venue;

use super::scene;

const EACH: u64 = 1_000_000;

/// Three stakers of a fund of 3,000,000: the first bears a tenth, the second 55 %, the last everything.
fn fund() -> (Venue, Stakers) {
    let mut venue = scene::venue(scene::params(), &[1]);
    for _ in 0..3 {
        let staker = venue.world.open_stake();
        venue.world.stake(staker, EACH).expect("staked");
    }
    let spec = InsuranceSpec { run_after: 0.1, cooldown: 60, ..InsuranceSpec::default() };
    let stakers = Stakers::new(&spec, &venue);
    (venue, stakers)
}

/// Takes money out of the fund as a bankruptcy does.
fn lose(venue: &mut Venue, amount: u64) {
    venue.world.fund.draw(jettison_engine::Atoms(amount)).expect("a draw");
    venue.world.insurance -= amount;
}

fn look(venue: &mut Venue, stakers: &mut Stakers, seconds: i64) -> [u64; 3] {
    venue.world.now += seconds;
    stakers.look(venue);
    [0, 1, 2].map(|staker| venue.world.stakes[staker].requested.0)
}

/// Which of them have shares.
fn stay(venue: &Venue) -> [bool; 3] {
    [0, 1, 2].map(|staker| venue.world.stakes[staker].shares.0 > 0)
}

#[test]
fn who_bears_least_asks_first_and_leaves_after_the_cooldown() {
    let (mut venue, mut stakers) = fund();
    lose(&mut venue, 290_000);
    assert_eq!(look(&mut venue, &mut stakers, 1), [0; 3], "less than a tenth is lost");
    lose(&mut venue, 20_000);
    let asked = look(&mut venue, &mut stakers, 1);
    assert!(asked[0] > 0 && asked[1] == 0 && asked[2] == 0, "{asked:?}");
    look(&mut venue, &mut stakers, 59);
    assert_eq!(stay(&venue), [true; 3], "a second too early");
    look(&mut venue, &mut stakers, 1);
    assert_eq!(stay(&venue), [false, true, true]);
    // A third of what is left, less what rounding keeps.
    assert!(venue.world.insurance.abs_diff(2_690_000 * 2 / 3) <= 1_000, "{}", venue.world.insurance);
}

#[test]
fn who_leaves_takes_nothing_from_the_others_so_nobody_runs_after_it() {
    let (mut venue, mut stakers) = fund();
    lose(&mut venue, 1_400_000);
    look(&mut venue, &mut stakers, 1);
    look(&mut venue, &mut stakers, 60);
    assert_eq!(stay(&venue), [false, true, true]);
    // There is a third of the fund left, but a share has lost 47 %, not the 55 % that the second bears.
    assert_eq!(look(&mut venue, &mut stakers, 1), [0; 3]);
    look(&mut venue, &mut stakers, 1_000);
    assert_eq!(stay(&venue), [false, true, true]);
    lose(&mut venue, 300_000);
    let asked = look(&mut venue, &mut stakers, 1);
    assert!(asked[1] > 0 && asked[2] == 0, "{asked:?}");
}

#[test]
fn the_last_stays_whatever_is_lost() {
    let (mut venue, mut stakers) = fund();
    lose(&mut venue, 2_900_000);
    look(&mut venue, &mut stakers, 1);
    look(&mut venue, &mut stakers, 60);
    assert_eq!(stay(&venue), [false, false, true]);
}

#[test]
fn while_a_bankruptcy_is_flagged_who_asked_waits_on() {
    let (mut venue, mut stakers) = fund();
    lose(&mut venue, 600_000);
    look(&mut venue, &mut stakers, 1);
    venue.world.fund.flagged_until = venue.world.now + 100;
    look(&mut venue, &mut stakers, 90);
    assert_eq!(stay(&venue), [true; 3]);
    look(&mut venue, &mut stakers, 20);
    assert_eq!(stay(&venue), [false, true, true]);
}

#[test]
fn fees_that_came_in_are_no_loss_and_losses_within_them_scare_nobody() {
    let (mut venue, mut stakers) = fund();
    venue.world.fund.earn(jettison_engine::Atoms(300_000)).expect("fees");
    venue.world.insurance += 300_000;
    lose(&mut venue, 500_000);
    assert_eq!(look(&mut venue, &mut stakers, 1), [0; 3]);
}
