//! The size of a liquidation: exactly the smallest that restores, wherever amounts are whole atoms.

use jettison_engine::*;
use proptest::prelude::*;

use jettison_harness::params::plain;

fn market(price: u64, maintenance: u16, buffer: u16, floor: u64) -> Market {
    let params = MarketParams {
        max_open_interest: Contracts(100_000),
        maintenance_margin: Bps(maintenance),
        initial_margin: Bps(10_000),
        max_move_per_second: Bps(1),
        keeper_window_seconds: 1,
        liquidation_max_fee: Bps(0),
        liquidation_min_fee: Bps(0),
        liquidation_buffer: Bps(buffer),
        requirement_floor: Atoms(floor),
        ..plain()
    };
    Market::new(MarketIndex(0), params, Price(price), 0).expect("valid parameters")
}

/// Checks the size for a position of `whole` beside other requirements, at `part` of 1,000,000 of maintenance.
fn check(
    market: &Market,
    whole: u64,
    beside: u64,
    part: u64,
    rate: Bps,
) -> std::result::Result<(), TestCaseError> {
    let notional = u128::from(whole) * u128::from(market.effective_price.0);
    let own = (notional * u128::from(market.params.maintenance_margin.0)).div_ceil(10_000) as u64;
    let requirement = own + market.params.requirement_floor.0 + beside;
    let equity = (u128::from(requirement - 1) * u128::from(part) / 1_000_000) as i64;
    let health = Health { equity: SignedAtoms(equity), requirement: Atoms(requirement) };
    let whole = Contracts(whole);
    let size = liquidation_size(market, &health, whole, rate).expect("a size");
    prop_assert!(size.0 > 0 && size <= whole, "{size:?} of {whole:?}");
    let restored = |size: u64| restores(market, &health, whole, Contracts(size), rate).expect("restores");
    prop_assert!(size == whole || restored(size.0), "{size:?} does not restore");
    prop_assert!(!restored(size.0 - 1), "{} restores as well", size.0 - 1);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_size_restores_and_one_contract_less_does_not(
        price in prop_oneof![1..50u64, 50..10_000u64, 10_000..200_000_000u64],
        whole in prop_oneof![1..20u64, 20..100_000u64],
        maintenance in 2..5_000u16,
        buffer in prop_oneof![Just(0), 0..5_000u16],
        floor in prop_oneof![Just(0), 0..1_000_000u64],
        beside in prop_oneof![Just(0), 0..1_000_000_000u64],
        part in prop_oneof![0..=1_000_000u64, 990_000..=1_000_000u64],
        rate in 0..=10_000u16,
    ) {
        let market = market(price, maintenance, buffer, floor);
        let rate = Bps(rate % maintenance);
        check(&market, whole, beside, part, rate)?;
    }
}

#[test]
fn one_contract_is_taken_whole() {
    let market = market(1_000, 500, 0, 0);
    let health = Health { equity: SignedAtoms(49), requirement: Atoms(50) };
    assert_eq!(liquidation_size(&market, &health, Contracts(1), Bps(50)), Ok(Contracts(1)));
}

#[test]
fn when_the_penalty_costs_more_than_a_contract_frees_the_position_is_taken_whole() {
    let market = market(1_000, 500, 0, 0);
    let health = Health { equity: SignedAtoms(4_999), requirement: Atoms(5_000) };
    for rate in [500, 501, 10_000] {
        assert_eq!(
            liquidation_size(&market, &health, Contracts(100), Bps(rate)),
            Ok(Contracts(100)),
            "{rate}"
        );
    }
}

#[test]
fn when_the_rest_of_the_account_needs_more_than_it_has_the_position_is_taken_whole() {
    let market = market(1_000, 500, 0, 0);
    let health = Health { equity: SignedAtoms(5_000), requirement: Atoms(5_000 + 9_000) };
    assert_eq!(liquidation_size(&market, &health, Contracts(100), Bps(50)), Ok(Contracts(100)));
}
