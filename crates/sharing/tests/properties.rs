//! What every rule keeps, over random losses and holders.

use jettison_sharing::{share, Burden, Fill, Holder, Measure, Ranking, Rule, Side};
use proptest::prelude::*;

const CAPPED: [Rule; 3] = [
    Rule::WATER_FILLING,
    Rule::Capped { weight: Measure::Notional, cap: Measure::Gain },
    Rule::Capped { weight: Measure::Contracts, cap: Measure::Equity },
];

const QUEUES: [Rule; 4] = [
    Rule::Queue { side: Side::Long, ranking: Ranking::Binance, fill: Fill::Whole },
    Rule::Queue { side: Side::Short, ranking: Ranking::Binance, fill: Fill::Exact },
    Rule::Queue { side: Side::Long, ranking: Ranking::Hyperliquid, fill: Fill::Exact },
    Rule::Queue { side: Side::Short, ranking: Ranking::Hyperliquid, fill: Fill::Whole },
];

const PRO_RATA: [Rule; 4] = [
    Rule::ByContracts,
    Rule::ProRata(Measure::Gain),
    Rule::ProRata(Measure::Equity),
    Rule::ProRata(Measure::Capacity),
];

fn dividing() -> impl Iterator<Item = Rule> {
    PRO_RATA.into_iter().chain(CAPPED)
}

fn all() -> impl Iterator<Item = Rule> {
    dividing().chain(QUEUES).chain([Rule::None])
}

/// What no charge exceeds.
fn cap(rule: Rule, holder: &Holder) -> u64 {
    match rule {
        Rule::None => 0,
        Rule::ByContracts => u64::MAX,
        Rule::ProRata(measure) => measure.of(holder),
        Rule::Capped { cap, .. } => cap.of(holder),
        Rule::Queue { .. } => holder.gain,
    }
}

fn charges(rule: Rule, loss: u64, holders: &[Holder]) -> (Vec<u64>, u64) {
    let mut charges = vec![];
    let uncovered = share(rule, loss, holders, &mut charges).expect("the sums fit");
    (charges, uncovered)
}

/// Amounts of every order of magnitude, zero among them.
fn amount() -> impl Strategy<Value = u64> {
    (0..=40u32, any::<u64>()).prop_map(|(bits, value)| value & ((1 << bits) - 1))
}

fn holder() -> impl Strategy<Value = Holder> {
    (amount(), amount(), amount(), amount()).prop_map(|(gain, equity, notional, contracts)| Holder {
        gain,
        equity,
        notional,
        contracts,
    })
}

fn population() -> impl Strategy<Value = Vec<Holder>> {
    prop::collection::vec(holder(), 0..40)
}

fn near(a: &[u64], b: &[u64], tolerance: u64) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= tolerance)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_taken_and_what_is_uncovered_are_the_loss(loss in amount(), holders in population()) {
        for rule in all() {
            let (charges, uncovered) = charges(rule, loss, &holders);
            let taken: u128 = charges.iter().copied().map(u128::from).sum();
            let overshoot = Burden::of(loss, &holders, &charges).overshoot;
            prop_assert_eq!(taken + u128::from(uncovered), u128::from(loss) + overshoot, "{:?}", rule);
            let whole = matches!(rule, Rule::Queue { fill: Fill::Whole, .. });
            prop_assert!(overshoot == 0 || (whole && uncovered == 0), "{:?}", rule);
        }
    }

    #[test]
    fn nobody_gives_more_than_the_cap_and_nothing_stays_uncovered_below_it(
        loss in amount(), holders in population(),
    ) {
        for rule in all() {
            let (charges, uncovered) = charges(rule, loss, &holders);
            for (charge, holder) in charges.iter().zip(&holders) {
                prop_assert!(*charge <= cap(rule, holder), "{:?}: {} of {:?}", rule, charge, holder);
                let weightless = match rule {
                    Rule::None => true,
                    Rule::ByContracts => holder.contracts == 0,
                    Rule::Capped { weight, .. } => weight.of(holder) == 0,
                    Rule::ProRata(_) | Rule::Queue { .. } => false,
                };
                prop_assert!(uncovered == 0 || weightless || *charge == cap(rule, holder), "{:?}", rule);
            }
        }
    }

    #[test]
    fn a_larger_loss_never_lowers_a_charge_by_more_than_rounding(
        loss in amount(), more in amount(), holders in population(),
    ) {
        for rule in all() {
            let slack = u64::from(!matches!(rule, Rule::Queue { .. }));
            let (small, large) = (charges(rule, loss, &holders).0, charges(rule, loss + more, &holders).0);
            for (small, large) in small.iter().zip(&large) {
                prop_assert!(*small <= large + slack, "{:?}: {} then {}", rule, small, large);
            }
        }
    }

    #[test]
    fn another_order_of_holders_moves_no_charge_by_more_than_an_atom(
        loss in amount(), holders in population(), turn in 0..40usize,
    ) {
        let mut turned = holders.clone();
        turned.reverse();
        let turn = turn % holders.len().max(1);
        turned.rotate_left(turn);
        for rule in dividing() {
            let (mut back, uncovered) = charges(rule, loss, &turned);
            back.rotate_right(turn);
            back.reverse();
            let (here, same) = charges(rule, loss, &holders);
            prop_assert!(near(&here, &back, 1), "{:?}: {:?} and {:?}", rule, here, back);
            prop_assert_eq!(uncovered, same);
        }
    }

    #[test]
    fn everything_a_thousandfold_is_charged_a_thousandfold(loss in amount(), holders in population()) {
        let times = |amount: u64| amount * 1_000;
        let larger: Vec<Holder> = holders
            .iter()
            .map(|h| Holder {
                gain: times(h.gain),
                equity: times(h.equity),
                notional: times(h.notional),
                contracts: times(h.contracts),
            })
            .collect();
        for rule in all() {
            let (here, uncovered) = charges(rule, loss, &holders);
            let (there, left) = charges(rule, times(loss), &larger);
            let scaled: Vec<u64> = here.into_iter().map(times).collect();
            let slack = if matches!(rule, Rule::Queue { .. }) { 0 } else { 1_000 };
            prop_assert!(near(&scaled, &there, slack), "{:?}: {:?} and {:?}", rule, scaled, there);
            prop_assert_eq!(times(uncovered), left, "{:?}", rule);
        }
    }

    #[test]
    fn water_filling_has_one_rate_for_all_below_their_caps(loss in amount(), holders in population()) {
        for rule in CAPPED {
            let Rule::Capped { weight, cap } = rule else { continue };
            let (charges, _) = charges(rule, loss, &holders);
            // Whoever is below the cap pays a rate that, within an atom, nobody exceeds.
            for (low, charge) in holders.iter().zip(&charges) {
                if weight.of(low) == 0 || *charge == cap.of(low) {
                    continue;
                }
                for (other, paid) in holders.iter().zip(&charges).filter(|(h, _)| weight.of(h) > 0) {
                    let (a, b) = (u128::from(weight.of(low)), u128::from(weight.of(other)));
                    let excess = u128::from(paid.saturating_sub(1)) * a;
                    prop_assert!(excess <= u128::from(charge + 1) * b, "{:?}: {} and {}", rule, charge, paid);
                }
            }
        }
    }

    #[test]
    fn splitting_a_holder_in_two_changes_their_charge_by_two_atoms_at_most(
        loss in amount(), holders in population(), at in 0..40usize,
    ) {
        prop_assume!(!holders.is_empty());
        let at = at % holders.len();
        let whole = holders[at];
        let half = Holder {
            gain: whole.gain / 2,
            equity: whole.equity / 2,
            notional: whole.notional / 2,
            contracts: whole.contracts / 2,
        };
        let rest = Holder {
            gain: whole.gain - half.gain,
            equity: whole.equity - half.equity,
            notional: whole.notional - half.notional,
            contracts: whole.contracts - half.contracts,
        };
        let mut split = holders.clone();
        split.splice(at..=at, [half, rest]);
        for rule in [Rule::ByContracts, Rule::ProRata(Measure::Gain), Rule::ProRata(Measure::Equity)] {
            let (one, two) = (charges(rule, loss, &holders).0, charges(rule, loss, &split).0);
            prop_assert!((two[at] + two[at + 1]).abs_diff(one[at]) <= 2, "{:?}", rule);
        }
    }
}
