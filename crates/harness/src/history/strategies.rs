//! Histories drawn at random, by proptest.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::action::{Action, Pick};
use super::{History, ACCOUNTS, ACTIONS};

pub fn strategy() -> impl Strategy<Value = History> {
    let insurance =
        prop_oneof![3 => Just(0), 1 => 1..1_000u64, 2 => 1_000_000..1_000_000_000u64, 1 => Just(1 << 45)];
    let capital = prop_oneof![1 => Just(0), 1 => 1..5_000u64, 3 => 1_000_000..100_000_000u64, 9 => 500_000_000..5_000_000_000u64];
    let history = (insurance, vec(capital, ACCOUNTS), vec(actions(), ACTIONS));
    (history, any::<bool>(), any::<bool>()).prop_map(
        |((insurance, capitals, actions), winds_down, throttled)| History {
            insurance,
            capitals,
            actions,
            winds_down,
            throttled,
        },
    )
}

fn actions() -> impl Strategy<Value = Action> {
    prop_oneof![
        32 => by_traders(),
        14 => by_the_oracle(),
        26 => by_keepers(),
        5 => by_stakers(),
    ]
}

fn by_stakers() -> impl Strategy<Value = Action> {
    let amount = prop_oneof![1 => 1..100u64, 4 => 1_000_000..500_000_000u64];
    prop_oneof![
        4 => (pick(), amount).prop_map(|(staker, amount)| Action::Stake { staker, amount }),
        3 => (pick(), 0..=110u64).prop_map(|(staker, percent)| Action::RequestUnstake { staker, percent }),
        4 => pick().prop_map(|staker| Action::Unstake { staker }),
        1 => (1..50_000_000u64).prop_map(|amount| Action::Endow { amount }),
    ]
}

fn by_traders() -> impl Strategy<Value = Action> {
    let reach = prop_oneof![2 => Just(0), 3 => 1..60u64, 6 => 60..105u64];
    let off = prop_oneof![6 => Just(0), 3 => -500..=500i64, 1 => -600..=600i64];
    let trade = (pick(), pick(), pick(), reach, off, any::<bool>());
    let close = (pick(), pick(), pick(), 1..=120u64);
    prop_oneof![
        2 => (pick(), 1..300_000_000u64).prop_map(|(who, amount)| Action::Deposit { who, amount }),
        2 => (pick(), 1..=100u64).prop_map(|(who, percent)| Action::Withdraw { who, percent }),
        20 => trade.prop_map(|(buyer, seller, market, reach, off_bps, buyer_takes)| Action::Trade {
            buyer,
            seller,
            market,
            reach,
            off_bps,
            buyer_takes,
        }),
        6 => close.prop_map(|(who, market, with, percent)| Action::Close { who, market, with, percent }),
        2 => pick().prop_map(|who| Action::Waive { who }),
    ]
}

fn by_the_oracle() -> impl Strategy<Value = Action> {
    let crash = prop_oneof![1 => 50..=200u64, 2 => 80..=125u64];
    prop_oneof![
        3 => (pick(), 93..=108u64, 0..12i64)
            .prop_map(|(market, percent, seconds)| Action::Accrue { market, percent, seconds }),
        6 => (pick(), crash).prop_map(|(market, percent)| Action::Crash { market, percent }),
        1 => (1..90i64).prop_map(|seconds| Action::Wait { seconds }),
        1 => pick().prop_map(|market| Action::Suspend { market }),
    ]
}

fn by_keepers() -> impl Strategy<Value = Action> {
    let max = prop_oneof![3 => Just(u64::MAX), 1 => 1..100u64];
    prop_oneof![
        8 => pick().prop_map(|who| Action::Settle { who }),
        8 => (pick(), pick(), pick(), max)
            .prop_map(|(who, by, market, max)| Action::Liquidate { who, by, market, max }),
        6 => (pick(), option::of(pick()), pick())
            .prop_map(|(who, by, market)| Action::Deleverage { who, by, market }),
        8 => (pick(), option::of((pick(), any::<bool>()))).prop_map(|(who, by)| Action::Resolve { who, by }),
        1 => pick().prop_map(|market| Action::Sweep { market }),
        1 => pick().prop_map(|who| Action::Flag { who }),
        2 => (pick(), prop::bool::weighted(0.1)).prop_map(|(who, turn_away)| Action::Serve { who, turn_away }),
    ]
}

fn pick() -> impl Strategy<Value = Pick> {
    any::<Pick>()
}
