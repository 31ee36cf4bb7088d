//! Claims that a pool can't pay are kept for thirty days after the grace; then settling gives them up.

use clearing::error::ClearingError;
use jettison_client::AnyEvent;
use jettison_engine::{SETTLEMENT_CLAIM_SECONDS, SETTLEMENT_GRACE_SECONDS};
use jettison_tests::{on_both_runtimes, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_claim_lapses_thirty_days_after_the_grace,
    a_claim_that_the_pool_can_pay_does_not_lapse,
    what_lapsed_belongs_to_insurance_when_the_market_closes,
);

const LAPSE: i64 = SETTLEMENT_GRACE_SECONDS + SETTLEMENT_CLAIM_SECONDS;

/// The long is 200 USDC up, its leg is closed, and the short has not paid.
fn unpaid(scene: &mut Scene) -> (jettison_embedded::Trader, jettison_embedded::Trader, i64) {
    let (long, short) = leveraged(scene);
    scene.move_price(0, 1_020_000);
    scene.wind_down(0);
    let begun = scene.at.chain.now();
    scene.pass(SETTLEMENT_GRACE_SECONDS);
    scene.settle(&long);
    assert_eq!((scene.size(&long, 0), scene.unsettled(&long, 0)), (0, 200_000_000));
    (long, short, begun)
}

fn a_claim_lapses_thirty_days_after_the_grace(mut scene: Scene) {
    let (long, _, begun) = unpaid(&mut scene);
    scene.at.chain.set_time(begun + LAPSE - 1);
    scene.settle(&long);
    assert_eq!((scene.unsettled(&long, 0), scene.book(0).legs), (200_000_000, 2));
    scene.pass(1);
    let executed = scene.settle(&long);
    if let Some(events) = scene.events(&executed) {
        let [AnyEvent::AccountSettled(event)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((event.legs[0].lapsed, event.legs[0].unsettled, event.legs[0].cash), (200_000_000, 0, 0));
    }
    assert_eq!(
        (scene.capital(&long), scene.book(0).surplus.0, scene.book(0).legs),
        (1_005 * USDC, 200 * USDC, 1)
    );
}

fn a_claim_that_the_pool_can_pay_does_not_lapse(mut scene: Scene) {
    let (long, short, begun) = unpaid(&mut scene);
    scene.at.chain.set_time(begun + LAPSE);
    scene.settle(&short);
    scene.settle(&long);
    assert_eq!((scene.capital(&long), scene.book(0).surplus.0), (1_205 * USDC, 0));
}

fn what_lapsed_belongs_to_insurance_when_the_market_closes(mut scene: Scene) {
    let (long, short, begun) = unpaid(&mut scene);
    scene.at.chain.set_time(begun + LAPSE);
    scene.settle(&long);
    let authority = scene.authority();
    let close = scene.at.venue.close_market(authority, 0, authority, scene.at.fee_account);
    scene.refuse(close.clone(), ClearingError::MarketInUse);
    scene.settle(&short);
    assert_eq!((scene.book(0).pool.0, scene.book(0).surplus.0), (200 * USDC, 200 * USDC));
    scene.send(&[close]);
    // And the fees of opening.
    assert_eq!(scene.insurance(), 203_500_000);
}
