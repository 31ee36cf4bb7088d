//! What stakers try: donations, dust, leaving before a loss and entering before a gain; and what a wipe-out leaves.

use jettison_engine::*;
use proptest::collection::vec;
use proptest::prelude::*;

use super::staking::{leave, staked};

#[test]
fn the_first_depositor_who_donates_costs_the_next_one_no_more_than_itself() {
    for dust in [1, 2, 1_000] {
        for donation in [1_000, 1_000_000, 1_000_000_000_000] {
            for victims in [1_000, 1_000_000, 1_000_000_000] {
                let name = format!("{dust} and {donation} before {victims}");
                let mut fund = InsuranceFund::default();
                let mut attacker = staked(&mut fund, dust);
                // As fees of the attacker's own trades: an endowment would raise no price.
                fund.earn(Atoms(donation)).unwrap();
                let mut victim = Stake::default();
                let bought = fund.stake(&mut victim, Atoms(victims), 0);
                let lost = match bought {
                    Ok(_) => victims - leave(&mut fund, &mut victim),
                    Err(error) => {
                        assert_eq!(error, EngineError::ZeroSize, "{name}");
                        0
                    }
                };
                let spent = dust + donation - leave(&mut fund, &mut attacker).min(dust + donation);
                assert!(lost <= spent + 1, "{name}: the victim lost {lost}, the attacker {spent}");
                // A share is at most a thousandth of what is there, so that rounding takes no more.
                assert!(lost <= (dust + donation) / 1_000 + 2, "{name}: lost {lost}");
            }
        }
    }
}

#[test]
fn ten_thousand_stakes_of_dust_gain_nothing() {
    for (assets, earned, drawn) in [(0, 0, 0), (1_000, 333, 0), (1_000, 0, 700), (1_000_000, 999_999, 1)] {
        let mut fund = InsuranceFund::default();
        if assets > 0 {
            fund.endow(Atoms(assets)).unwrap();
            fund.earn(Atoms(earned)).unwrap();
            fund.draw(Atoms(drawn)).unwrap();
        }
        let mut paid = (0, 0);
        for round in 0..10_000 {
            let mut stake = staked(&mut fund, 1 + round % 3);
            paid.0 += 1 + round % 3;
            paid.1 += leave(&mut fund, &mut stake);
        }
        assert!(paid.1 <= paid.0, "{paid:?}");
    }
}

#[test]
fn shares_lapse_when_less_than_a_thousandth_of_their_first_price_is_left() {
    for (name, left, lapses) in [
        ("a thousandth", 1_000, false),
        ("an atom less", 999, true),
        ("an atom", 1, true),
        ("nothing", 0, true),
    ] {
        let mut fund = InsuranceFund::default();
        let mut stake = staked(&mut fund, 1_000_000);
        fund.request_unstake(&mut stake, StakeShares(500), 0, 0).unwrap();
        fund.draw(Atoms(1_000_000 - left)).unwrap();
        assert_eq!((fund.generation == 1, fund.assets), (lapses, Atoms(left)), "{name}");
        if !lapses {
            assert_eq!(leave(&mut fund, &mut stake), 1_000, "{name}");
            continue;
        }
        assert_eq!((fund.shares.0, fund.own_shares.0), (left * 1_000, left * 1_000), "{name}");
        // Shares and requests of the old generation are gone, in whatever is done with them.
        assert_eq!(fund.unstake(&mut stake.clone(), 0), Err(EngineError::NotStaked), "{name}");
        let again = fund.request_unstake(&mut stake.clone(), StakeShares(1), 0, 0);
        assert_eq!(again, Err(EngineError::NotStaked), "{name}");
        assert_eq!(fund.stake(&mut stake, Atoms(5), 0), Ok(StakeShares(5_000)), "{name}: at the first price");
        assert_eq!(
            (stake.shares, stake.requested, stake.generation),
            (StakeShares(5_000), StakeShares(0), 1)
        );
        assert_eq!(leave(&mut fund, &mut stake), 5, "{name}");
    }
}

#[test]
fn drawing_nothing_lapses_nothing_and_more_than_there_is_is_refused() {
    let mut fund = InsuranceFund::default();
    fund.draw(Atoms(0)).unwrap();
    assert_eq!(fund.draw(Atoms(1)), Err(EngineError::Overflow));
    let _ = staked(&mut fund, 10);
    fund.draw(Atoms(0)).unwrap();
    assert_eq!((fund.generation, fund.clone().draw(Atoms(11))), (0, Err(EngineError::Overflow)));
}

#[test]
fn the_fullest_fund_lapses_without_an_overflow() {
    let fund = InsuranceFund {
        assets: Atoms(u64::MAX),
        shares: StakeShares(u64::MAX),
        own_shares: StakeShares(u64::MAX),
        ..InsuranceFund::default()
    };
    // A thousandth of the first price, for so many shares, is 18,446,744,073,709.55 atoms.
    for (left, lapses) in [(18_446_744_073_710, false), (18_446_744_073_709, true), (0, true)] {
        let mut fund = fund;
        fund.draw(Atoms(u64::MAX - left)).unwrap();
        assert_eq!(fund.generation, u32::from(lapses), "{left}");
        assert!(!lapses || fund.shares.0 == left * 1_000, "{left}");
    }
}

/// Fees and losses while three stakers come and go.
#[derive(Clone, Copy, Debug)]
enum Event {
    Earn(u64),
    Draw(u64),
    Endow(u64),
    Stake(usize, u64),
    Leave(usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let amount = || prop_oneof![1..10u64, 1..1_000_000u64];
    let one = prop_oneof![
        amount().prop_map(Event::Earn),
        (1..=100u64).prop_map(Event::Draw),
        amount().prop_map(Event::Endow),
        (0..3usize, amount()).prop_map(|(who, amount)| Event::Stake(who, amount)),
        (0..3usize).prop_map(Event::Leave),
    ];
    vec(one, 1..40)
}

fn apply(fund: &mut InsuranceFund, stakes: &mut [Stake; 3], event: Event) {
    match event {
        Event::Earn(amount) => fund.earn(Atoms(amount)).unwrap(),
        Event::Draw(percent) => fund.draw(Atoms(fund.assets.0 * percent / 100)).unwrap(),
        Event::Endow(amount) => fund.endow(Atoms(amount)).unwrap(),
        Event::Stake(who, amount) => {
            let _ = fund.stake(&mut stakes[who], Atoms(amount), 0);
        }
        Event::Leave(who) => {
            let stake = &mut stakes[who];
            let shares = stake.shares;
            let _ = fund.request_unstake(stake, shares, 0, 0);
            let _ = fund.unstake(stake, 0);
        }
    }
}

proptest! {
    #![proptest_config(crate::cases(400))]

    /// In any state, whoever stakes and leaves gets no more than they put in; and takes nothing from the others but
    /// the rounding of their own values, in whose favour all of it is.
    #[test]
    fn in_and_out_at_once_never_profits_and_never_costs_the_others(events in events(), amount in 1..10_000_000u64) {
        let (mut fund, mut stakes) = (InsuranceFund::default(), [Stake::default(); 3]);
        for event in events {
            apply(&mut fund, &mut stakes, event);
        }
        let live = stakes.map(|stake| if stake.generation == fund.generation { stake.shares } else { StakeShares(0) });
        let before = live.map(|shares| fund.value_of(shares).unwrap());
        let mut visitor = Stake::default();
        if fund.stake(&mut visitor, Atoms(amount), 0).is_ok() {
            let inside = live.map(|shares| fund.value_of(shares).unwrap());
            let got = leave(&mut fund, &mut visitor);
            prop_assert!(got <= amount);
            let after = live.map(|shares| fund.value_of(shares).unwrap());
            prop_assert!((0..3).all(|who| before[who] <= inside[who] && inside[who] <= after[who]));
        }
    }

    /// Leaving before a loss and coming back after it is worth no more than the loss that was avoided; coming for a
    /// loss is worth nothing at all.
    #[test]
    fn whoever_is_in_for_a_draw_bears_it(
        others in 1..10_000_000u64,
        amount in 1..10_000_000u64,
        percent in 1..=100u64,
    ) {
        let mut fund = InsuranceFund::default();
        let mut other = staked(&mut fund, others);
        let mut visitor = staked(&mut fund, amount);
        let shares = visitor.shares;
        fund.request_unstake(&mut visitor, shares, 0, 0).unwrap();
        let drawn = fund.assets.0 * percent / 100;
        fund.draw(Atoms(drawn)).unwrap();
        let got = fund.unstake(&mut visitor, 0).map_or(0, |got| got.0);
        let fair = u128::from(amount) * u128::from(others + amount - drawn) / u128::from(others + amount);
        prop_assert!(u128::from(got) <= fair + 1, "{got} of {fair}");
        let rest = if other.generation == fund.generation { leave(&mut fund, &mut other) } else { 0 };
        prop_assert!(got + rest <= others + amount - drawn);
    }
}
