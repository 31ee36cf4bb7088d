//! The withdrawal throttle: what may leave, when, and in which order.

use jettison_engine::*;
use jettison_harness::{params::throttled, World};

/// 10 % in 100 seconds, and always 50.
const TENTH: ThrottleParams =
    ThrottleParams { floor: Atoms(50), window_seconds: 100, limit: Bps(1_000), reserved: [0; 2] };

/// A throttle and the vault it stands before.
#[derive(Clone, Debug)]
pub(crate) struct Vault {
    pub(crate) throttle: Throttle,
    pub(crate) params: ThrottleParams,
    pub(crate) held: u64,
    pub(crate) now: i64,
}

impl Vault {
    pub(crate) fn new(held: u64) -> Self {
        Self { throttle: Throttle::default(), params: TENTH, held, now: 1_000 }
    }

    pub(crate) fn available(&self) -> u64 {
        self.throttle.available(&self.params, Atoms(self.held), self.now).unwrap().0
    }

    pub(crate) fn deposit(&mut self, amount: u64) {
        self.throttle.deposit(&self.params, Atoms(amount), self.now).unwrap();
        self.held += amount;
    }

    /// Returns what left.
    pub(crate) fn withdraw(&mut self, place: &mut QueuedWithdrawal, amount: u64) -> Result<u64> {
        let held = Atoms(self.held);
        let leaves = self.throttle.withdraw(place, &self.params, held, Atoms(amount), self.now)?;
        let left = if leaves { amount } else { 0 };
        self.held -= left;
        Ok(left)
    }

    pub(crate) fn serve(&mut self, place: &mut QueuedWithdrawal) -> Result<u64> {
        let served = self.throttle.serve(place, &self.params, Atoms(self.held), self.now)?.0;
        self.held -= served;
        Ok(served)
    }
}

#[test]
fn a_tenth_leaves_at_once_and_an_atom_more_waits() {
    for (amount, left) in [(1, 1), (999, 999), (1_000, 1_000), (1_001, 0), (10_000, 0)] {
        let (mut vault, mut place) = (Vault::new(10_000), QueuedWithdrawal::default());
        assert_eq!(vault.withdraw(&mut place, amount), Ok(left), "{amount}");
        let waits = amount - left;
        assert_eq!((place.amount, vault.throttle.queued), (Atoms(waits), Atoms(waits)), "{amount}");
        assert_eq!(vault.available(), 1_000 - left, "{amount}");
    }
}

#[test]
fn the_limit_is_rounded_down_and_never_under_the_floor() {
    for (held, available) in [(10_009, 1_000), (10_010, 1_001), (500, 50), (499, 50), (20, 50), (0, 50)] {
        assert_eq!(Vault::new(held).available(), available, "of {held}");
    }
}

#[test]
fn what_left_comes_back_in_proportion_to_time_rounded_down() {
    for (seconds, available) in [
        (0, 0),
        // ceil(1,000 × 99 / 100) still counts, of 9,000 + 990.
        (1, 9),
        // 9,500 × 10 % less 500.
        (50, 450),
        // 9,010 × 10 % less 10.
        (99, 891),
        (100, 900),
        (i64::MAX - 1_000, 900),
        (-1, 0),
        (i64::MIN + 10_000, 0),
    ] {
        let mut vault = Vault::new(10_000);
        vault.withdraw(&mut QueuedWithdrawal::default(), 1_000).unwrap();
        vault.now += seconds;
        assert_eq!(vault.available(), available, "after {seconds}");
    }
}

#[test]
fn a_deposit_may_leave_again_and_makes_room_for_no_more_than_itself() {
    let mut vault = Vault::new(10_000);
    vault.deposit(190_000);
    // Not 190,000 and a tenth of 200,000: money on loan for a transaction would lift the limit for the rest.
    assert_eq!(vault.available(), 191_000);
    vault.withdraw(&mut QueuedWithdrawal::default(), 191_000).unwrap();
    assert_eq!((vault.held, vault.available()), (9_000, 0));
}

#[test]
fn a_deposit_counts_toward_the_limit_as_its_window_passes() {
    let mut vault = Vault::new(10_000);
    vault.deposit(1_000);
    for (seconds, available) in [(0, 2_000), (50, 1_550), (100, 1_100)] {
        let later = Vault { now: vault.now + seconds, ..vault.clone() };
        assert_eq!(later.available(), available, "after {seconds}");
    }
}

#[test]
fn no_floor_and_no_amount_within_64_bits_makes_the_throttle_fail() {
    for floor in [i64::MAX as u64, 1 << 63, u64::MAX] {
        for deposit in [1, 1 << 40, i64::MAX as u64] {
            let mut vault = Vault::new(0);
            vault.params.floor = Atoms(floor);
            assert_eq!(vault.params.validate(), Ok(()));
            vault.deposit(deposit);
            let mut place = QueuedWithdrawal::default();
            assert_eq!(vault.withdraw(&mut place, deposit), Ok(deposit), "{floor} {deposit}");
        }
    }
}

#[test]
fn whoever_comes_later_waits_behind_the_queue_even_with_little() {
    let mut vault = Vault::new(10_000);
    let mut places = [QueuedWithdrawal::default(); 3];
    assert_eq!(vault.withdraw(&mut places[0], 1_500), Ok(0));
    // The throttle would let 10 out; the queue stands before it.
    assert_eq!(vault.withdraw(&mut places[1], 10), Ok(0));
    assert_eq!(vault.withdraw(&mut places[2], 20), Ok(0));
    assert_eq!(places.map(|place| place.place), [0, 1, 2]);
    assert_eq!(vault.withdraw(&mut places[0], 1), Err(EngineError::AlreadyQueued));
    for late in [1, 2] {
        assert_eq!(vault.serve(&mut places[late]), Err(EngineError::NotNextInQueue));
        assert_eq!(vault.throttle.turn_away(&mut places[late]), Err(EngineError::NotNextInQueue));
    }
    // In part, and it keeps its place.
    assert_eq!(vault.serve(&mut places[0]), Ok(1_000));
    assert_eq!((places[0].amount, vault.throttle.head), (Atoms(500), 0));
    assert_eq!(vault.serve(&mut places[0]), Err(EngineError::Throttled));
    vault.now += 100;
    assert_eq!(vault.serve(&mut places[0]), Ok(500));
    assert_eq!((places[0], vault.throttle.head), (QueuedWithdrawal::default(), 1));
    assert_eq!(vault.serve(&mut places[0]), Err(EngineError::NotNextInQueue));
    assert_eq!((vault.serve(&mut places[1]), vault.serve(&mut places[2])), (Ok(10), Ok(20)));
    assert_eq!((vault.throttle.head, vault.throttle.tail, vault.throttle.queued), (3, 3, Atoms(0)));
    assert_eq!(vault.withdraw(&mut places[1], 5), Ok(5));
}

#[test]
fn who_is_turned_away_leaves_the_queue_to_the_next() {
    let mut vault = Vault::new(10_000);
    let mut places = [QueuedWithdrawal::default(); 2];
    vault.withdraw(&mut places[0], 5_000).unwrap();
    vault.withdraw(&mut places[1], 7).unwrap();
    assert_eq!(vault.throttle.turn_away(&mut places[0]), Ok(Atoms(5_000)));
    assert_eq!(vault.throttle.turn_away(&mut places[0]), Err(EngineError::NotNextInQueue));
    assert_eq!(vault.serve(&mut places[1]), Ok(7));
    assert_eq!(vault.throttle.queued, Atoms(0));
}

#[test]
fn nothing_gets_no_place_in_the_queue() {
    let mut vault = Vault::new(10_000);
    let (mut first, mut nothing, mut last) = Default::default();
    vault.withdraw(&mut first, 5_000).unwrap();
    // A place that holds nothing could be served by nobody, and nobody behind it.
    assert_eq!(vault.withdraw(&mut nothing, 0), Err(EngineError::ZeroSize));
    vault.withdraw(&mut last, 1).unwrap();
    assert_eq!((first.place, last.place), (0, 1));
}

#[test]
fn each_bound_of_the_throttle_is_accepted_at_its_edge_and_refused_past_it() {
    type Change = fn(&mut ThrottleParams);
    let edges: [(&str, Change, Change); 6] = [
        ("window", |p| p.window_seconds = 1, |p| p.window_seconds = 0),
        ("window above", |p| p.window_seconds = 3_600, |p| p.window_seconds = 3_601),
        ("limit", |p| p.limit = Bps(100), |p| p.limit = Bps(99)),
        ("limit above", |p| p.limit = Bps(10_000), |p| p.limit = Bps(10_001)),
        ("floor", |p| p.floor = Atoms(1), |p| p.floor = Atoms(0)),
        ("reserved", |p| p.reserved = [0; 2], |p| p.reserved = [0, 1]),
    ];
    for (name, at, past) in edges {
        let (mut good, mut bad) = (TENTH, TENTH);
        at(&mut good);
        past(&mut bad);
        assert_eq!(good.validate(), Ok(()), "{name} at its edge");
        assert_eq!(bad.validate(), Err(EngineError::BadParameter), "{name} past its edge");
    }
}

#[test]
fn a_withdrawal_from_an_account_waits_outside_its_capital_and_can_be_put_back() {
    let mut world = World::plain(1_000, &[100_000_000, 50_000_000]);
    world.throttle_params = throttled();
    world.now += 3_600;
    // 5 % of 150,000,000.
    world.withdraw(0, 7_500_001).unwrap();
    assert_eq!(
        (world.capital(0), world.places[0].amount, world.vault),
        (92_499_999, Atoms(7_500_001), 150_000_000)
    );
    assert_eq!(world.serve(0), Ok(7_500_000));
    assert_eq!(world.serve(0), Err(EngineError::Throttled));
    assert_eq!(world.withdraw(0, 1).unwrap_err(), EngineError::AlreadyQueued);
    assert_eq!(world.turn_away(0), Ok(1));
    assert_eq!(world.capital(0), 92_500_000);
    assert_eq!(world.turn_away(0), Err(EngineError::NotNextInQueue));
}
