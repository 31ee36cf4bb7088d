//! Insurance: paying in, sweeping fees.

use clearing::events::{FeesSwept, InsuranceFunded};
use jettison_client::AnyEvent;
use jettison_tests::{on_both_runtimes, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    funding_insurance_adds_to_its_assets,
    sweeping_pays_insurance_and_the_protocol_their_parts,
    sweeping_twice_pays_once,
);

fn funding_insurance_adds_to_its_assets(mut scene: Scene) {
    scene.fund_insurance(7 * USDC);
    scene.at.mint(5).unwrap();
    let depositor = scene.key();
    let wallet = scene.wallet(&depositor, 10);
    let executed = scene.send(&[scene.at.venue.fund_insurance(depositor, wallet, 4)]);
    assert_eq!((scene.insurance(), scene.tokens(&wallet)), (7 * USDC + 4, 6));
    assert_eq!(scene.at.vaults().unwrap(), (0, 7 * USDC + 4));
    scene.expect_event(
        &executed,
        AnyEvent::InsuranceFunded(InsuranceFunded {
            clearinghouse: scene.at.venue.clearinghouse,
            depositor,
            amount: 4,
            assets_before: 7 * USDC,
            assets_after: 7 * USDC + 4,
        }),
    );
}

fn sweeping_pays_insurance_and_the_protocol_their_parts(mut scene: Scene) {
    leveraged(&mut scene);
    scene.fund_insurance(USDC);
    let executed = scene.sweep(0);
    assert_eq!(scene.insurance(), 4_500_000);
    assert_eq!(scene.tokens(&scene.at.fee_account), 3_500_000);
    assert_eq!(scene.at.vaults().unwrap(), ((1_010 + 100_000 - 7) * USDC, 4_500_000));
    assert_eq!((scene.book(0).insurance_fees.0, scene.book(0).protocol_fees.0), (0, 0));
    scene.expect_event(
        &executed,
        AnyEvent::FeesSwept(FeesSwept {
            market_index: 0,
            to_insurance: 3_500_000,
            to_protocol: 3_500_000,
            insurance_after: 4_500_000,
        }),
    );
}

fn sweeping_twice_pays_once(mut scene: Scene) {
    leveraged(&mut scene);
    scene.sweep(0);
    let before = scene.snapshot();
    scene.sweep(0);
    assert_eq!(before.changed(&scene.at.chain), []);
}
