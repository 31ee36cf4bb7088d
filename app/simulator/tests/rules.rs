//! One bankruptcy, worked out by hand under every rule.
//!
//! A is long 5 contracts from 1,000 with 1,000 of capital, F long 5 with much. B is short 6 from 1,000 with 10,000, D short 4, who
//! closes at 720 with C, who is then short 4 from 720 with 20,000. At 700 A has lost 1,500 and is short of 500. B has gained
//! 1,800 and has 11,800; C has gained 80 and has 20,080.

use jettison_engine::Price;
use jettison_harness::{params, World};
use jettison_simulator::rules::{collect_haircut, resolve, Loss, Rule};
use jettison_simulator::venue::Venue;

const A: usize = 0;
const F: usize = 1;
const B: usize = 2;
const D: usize = 3;
const C: usize = 4;
const KEEPER: usize = 5;
const CLEARER: usize = 6;
const LOSS: u64 = 500;

fn venue() -> Venue {
    let capitals = [1_000, 50_000, 10_000, 10_000, 20_000, 1_000_000, 1_000_000];
    let mut venue = Venue::new(World::with(params::plain(), 1_000, &capitals));
    // Checked by the harness after every operation.
    venue.world.is_checked = true;
    venue.trade(A, B, 0, 5, Price(1_000)).expect("A buys of B");
    venue.trade(F, B, 0, 1, Price(1_000)).expect("F buys of B");
    venue.trade(F, D, 0, 4, Price(1_000)).expect("F buys of D");
    venue.world.gap(0, 720);
    venue.trade(D, C, 0, 4, Price(720)).expect("D closes with C");
    venue.world.gap(0, 700);
    venue
}

fn resolved(rule: Rule) -> (Venue, Loss) {
    let mut venue = venue();
    let loss = resolve(rule, &mut venue, A, KEEPER, CLEARER).expect("a resolution");
    assert_eq!(loss.shared.len(), 1);
    assert_eq!(loss.shared[0].needed, LOSS);
    assert!(venue.world.accounts[A].has_no_legs() && venue.world.capital(A) == 0);
    (venue, loss)
}

/// What B and C were charged.
fn charges(loss: &Loss) -> [u64; 2] {
    [B, C].map(|who| {
        loss.shared[0].bearers.iter().find(|bearer| bearer.who == who).map_or(0, |bearer| bearer.charge)
    })
}

#[test]
fn what_each_holder_brings_is_what_it_entered_at() {
    let (_, loss) = resolved(Rule::Index);
    let of = |who| loss.shared[0].bearers.iter().find(|bearer| bearer.who == who).expect("a bearer").holder;
    let (b, c) = (of(B), of(C));
    assert_eq!((b.gain, b.equity, b.notional, b.contracts), (1_800, 11_800, 4_200, 6));
    assert_eq!((c.gain, c.equity, c.notional, c.contracts), (80, 20_080, 2_800, 4));
}

#[test]
fn the_index_charges_every_contract_the_same() {
    let (venue, loss) = resolved(Rule::Index);
    assert_eq!(charges(&loss), [300, 200]);
    assert_eq!(venue.world.equity(B), 11_500);
    assert_eq!(venue.position(B, 0), -6, "and closes none of them: a keeper took over");
    assert_eq!(venue.position(KEEPER, 0), 5);
}

#[test]
fn the_queue_takes_it_all_from_who_gained_most_and_closes_the_position() {
    let (venue, loss) = resolved(Rule::Queue);
    assert_eq!(charges(&loss), [500, 0]);
    assert_eq!([venue.position(B, 0), venue.position(C, 0), venue.position(CLEARER, 0)], [-1, -4, 0]);
    assert_eq!(venue.world.equity(B), 11_300);
    assert_eq!(venue.world.markets[0].long.contracts.0, 5, "F alone is left on the other side");
    let cut = venue.cuts.last().expect("a cut");
    assert_eq!((cut.who, cut.closed, cut.before), (B, -5, -6));
}

#[test]
fn by_equity_who_has_more_gives_more_also_beyond_the_gain() {
    let (_, loss) = resolved(Rule::Equity);
    // 500 × 11,800 / 31,880 = 185.07.
    assert_eq!(charges(&loss), [185, 315]);
}

#[test]
fn capped_nobody_gives_more_than_the_gain() {
    let (_, loss) = resolved(Rule::Capped);
    assert_eq!(charges(&loss), [420, 80]);
}

#[test]
fn withdrawal_haircuts_take_from_each_claim_the_part_that_the_pool_lacks() {
    let (mut venue, loss) = resolved(Rule::WithdrawalHaircut);
    assert_eq!(charges(&loss), [0, 0], "nobody is charged at once");
    assert_eq!(venue.world.markets[0].uncovered.0, LOSS);
    // Claims are 1,800, 1,120 of D, who closed but could not be paid yet, and 80. A part of 500 / 3,000 isn't covered.
    // The pool has only A's 1,000 yet: of B's claim 1,000 are paid, and 200 are kept back with them.
    assert_eq!(collect_haircut(&mut venue, B).expect("a haircut")[0].charge, 200);
    venue.world.settle(B).expect("settled");
    assert_eq!(venue.world.claim(B, 0), 600);
    venue.world.settle(F).expect("F pays");
    let mut kept = |who| {
        let charge = collect_haircut(&mut venue, who).expect("a haircut")[0].charge;
        venue.world.settle(who).expect("settled");
        charge
    };
    assert_eq!([kept(B), kept(D), kept(C)], [100, 187, 13], "in all as if it had been paid at once");
    assert_eq!(venue.world.markets[0].uncovered.0, 0);
    for who in [B, D, C] {
        venue.world.settle(who).expect("paid");
        assert!(venue.unpaid(who).is_empty(), "what is left of the claim is there");
    }
}

#[test]
fn without_a_rule_who_comes_first_is_paid_and_the_last_are_not() {
    let (mut venue, loss) = resolved(Rule::None);
    assert_eq!(charges(&loss), [0, 0]);
    venue.world.settle(F).expect("F pays");
    venue.world.settle(B).expect("first");
    assert!(venue.unpaid(B).is_empty());
    // 2,500 were paid in; B has 1,800 of them.
    venue.world.settle(D).expect("second");
    assert_eq!(venue.unpaid(D)[0].charge, 1_120 - 700);
    venue.world.settle(C).expect("last");
    assert_eq!(venue.unpaid(C)[0].charge, 80, "all of it");
}

#[test]
fn insurance_pays_before_any_rule_shares() {
    for rule in Rule::ALL {
        let mut venue = venue();
        venue.world.endow_insurance(400);
        let loss = resolve(rule, &mut venue, A, KEEPER, CLEARER).expect("a resolution");
        assert_eq!((loss.shared[0].needed, venue.world.insurance), (100, 0), "{rule:?}");
    }
    let mut venue = venue();
    venue.world.endow_insurance(LOSS);
    let loss = resolve(Rule::Queue, &mut venue, A, KEEPER, CLEARER).expect("a resolution");
    assert!(loss.shared.is_empty() && venue.position(B, 0) == -6, "nobody is deleveraged for nothing");
}
