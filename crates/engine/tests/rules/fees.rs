//! Trading fees and where they go.

use jettison_engine::*;

use jettison_harness::{params::plain, World};

fn with_fees(taker: u16, maker: u16, to_insurance: u16) -> World {
    let params = MarketParams {
        taker_fee: Bps(taker),
        maker_fee: Bps(maker),
        fee_to_insurance: Bps(to_insurance),
        ..plain()
    };
    World::with(params, 1_000, &[50_000, 50_000])
}

#[test]
fn each_pays_its_fee_rounded_up_of_the_notional_at_the_trade_price() {
    for (name, size, price, taker, buyer, seller) in [
        ("exact", 10, 1_000, Direction::Long, 5, 1),
        ("the seller takes", 10, 1_000, Direction::Short, 1, 5),
        ("a fraction of an atom", 1, 1_000, Direction::Long, 1, 1),
        ("at a premium", 20, 1_050, Direction::Long, 11, 3),
        ("at a discount", 20, 950, Direction::Long, 10, 2),
    ] {
        let mut world = with_fees(5, 1, 5_000);
        let terms = Terms { price: Price(price), taker, ..world.terms(0, size) };
        let outcome = world.trade_at(0, 1, terms).unwrap();
        assert_eq!((outcome.buyer.fee, outcome.seller.fee), (Atoms(buyer), Atoms(seller)), "{name}");
    }
}

#[test]
fn insurance_gets_its_part_rounded_up_and_the_protocol_the_rest() {
    for (part, to_insurance, to_protocol) in
        [(0, 0, 5), (1, 1, 4), (5_000, 3, 2), (9_999, 5, 0), (10_000, 5, 0)]
    {
        let mut world = with_fees(5, 0, part);
        let fees = world.trade(0, 1, 0, 10).unwrap().fees;
        let expected = FeeSplit {
            to_uncovered: Atoms(0),
            to_insurance: Atoms(to_insurance),
            to_protocol: Atoms(to_protocol),
        };
        assert_eq!(fees, expected, "a part of {part}");
        let market = &world.markets[0];
        assert_eq!((market.insurance_fees, market.protocol_fees), (Atoms(to_insurance), Atoms(to_protocol)));
    }
}

#[test]
fn fees_wait_in_the_margin_vault_until_they_are_swept() {
    let mut world = with_fees(5, 0, 5_000);
    world.trade(0, 1, 0, 10).unwrap();
    assert_eq!((world.vault, world.insurance, world.protocol), (100_000, 0, 0));
    for _ in 0..2 {
        world.sweep(0);
        assert_eq!((world.vault, world.insurance, world.protocol), (99_995, 3, 2));
    }
}

#[test]
fn a_fee_that_capital_can_t_pay_refuses_the_trade() {
    for (capital, expected) in [
        (1_005, Ok(())),
        (1_004, Err(EngineError::BelowInitialMargin)),
        (4, Err(EngineError::InsufficientCapital)),
    ] {
        let params = MarketParams { taker_fee: Bps(5), ..plain() };
        let mut world = World::with(params, 1_000, &[capital, 50_000]);
        assert_eq!(world.trade(0, 1, 0, 10).map(|_| ()), expected, "a capital of {capital}");
    }
}
