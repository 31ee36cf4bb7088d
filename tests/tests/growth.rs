//! A bankruptcy costs the same however many accounts share the loss.

use jettison_embedded::{Executed, Trader};
use jettison_tests::{on_elf, Scene, PRICE};
use solana_signer::Signer;

use crate::support::USDC;

on_elf!(a_bankruptcy_and_a_deleverage_cost_the_same_for_ten_and_for_ten_thousand_on_the_other_side);

/// Contracts on each side, whoever shares them.
const OPEN: u64 = 100_000;
/// Of which the bankrupt account holds so many, and the account to be deleveraged as many.
const EACH: u64 = 10_000;

/// `count` shorts of equal size against three longs: one that will be bankrupt at 0.88, one that can be deleveraged at
/// 0.92, and one that can pay.
fn crowd(scene: &mut Scene, count: u64) -> (Trader, Trader, Vec<Trader>) {
    let (bankrupt, weak) = (scene.trader(1_010 * USDC), scene.trader(1_010 * USDC));
    let whale = scene.trader(1_000_000 * USDC);
    scene.fund_insurance(100 * USDC);
    let size = OPEN / count;
    let capital = 1_000 * USDC;
    scene.at.mint(capital * count).unwrap();
    let mut shorts = Vec::new();
    for number in 0..count {
        let buyer = match number * size / EACH {
            0 => &bankrupt,
            1 => &weak,
            _ => &whale,
        };
        shorts.push(short(scene, buyer, size, capital.max(size * USDC)));
    }
    scene.check();
    (bankrupt, weak, shorts)
}

/// Opens, funds and trades in one transaction, and leaves the invariants to be checked once for all.
fn short(scene: &mut Scene, buyer: &Trader, size: u64, capital: u64) -> Trader {
    let key = scene.at.chain.new_keypair();
    let owner = scene.keep(key.insecure_clone());
    let venue = &scene.at.venue;
    let trader = Trader { address: venue.margin_account(&owner, 0), key };
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    let args =
        clearing::instructions::SettleTradeArgs { market_index: 0, size, price: PRICE, buyer_is_taker: true };
    let signers = [buyer.key.pubkey(), owner];
    let instructions = [
        venue.open_margin_account(owner, payer, 0),
        venue.deposit(authority, scene.at.treasury, trader.address, capital),
        venue.settle_trade(signers, buyer.address, trader.address, args, &[0]),
    ];
    scene.at.mint(capital).unwrap();
    scene.attempt(&instructions).unwrap();
    trader
}

fn units(executed: &Executed) -> (u64, u64) {
    (executed.compute_units.unwrap(), executed.instruction_units[0])
}

fn a_bankruptcy_and_a_deleverage_cost_the_same_for_ten_and_for_ten_thousand_on_the_other_side(scene: Scene) {
    let few = cost(scene, 10);
    let scene = Scene::new(jettison_tests::elf().expect("it was there for the first"));
    let token_program = scene.at.chain.token_program();
    let many = cost(scene, 10_000);
    assert_eq!(few, many);
    let [resolve, deleverage] = few.map(|(_, units)| units);
    println!("resolve_bankruptcy {resolve} CU, deleverage {deleverage} CU, with {token_program}");
}

/// Compute units of the resolution and of the deleverage, of the transaction and of the instruction.
fn cost(mut scene: Scene, count: u64) -> [(u64, u64); 2] {
    let (bankrupt, weak, shorts) = crowd(&mut scene, count);
    // 0.92: the weak account is worth 205 of 460.1.
    scene.move_price(0, 920_000);
    let deleverage = scene.deleverage(&weak, None, 0);
    scene.move_price(0, 880_000);
    let resolve = scene.resolve(&bankrupt, None, false);

    let book = scene.book(0);
    let losses = book.losses;
    assert_eq!((losses.deficit.0, losses.by_insurance.0), (195 * USDC, 100 * USDC));
    assert_eq!(losses.by_index.0, 95 * USDC);
    assert_eq!(book.short.contracts.0, OPEN - 2 * EACH);
    // Each bears its part: 95 USDC over the count, rounded up; each keeps 80 % of its contracts, rounded down.
    for trader in [&shorts[0], &shorts[shorts.len() / 2], &shorts[shorts.len() - 1]] {
        assert_eq!(scene.size(trader, 0), OPEN / count * 8 / 10);
        let leg = *scene.ledger(trader).leg(book.index).unwrap();
        let pending = leg.pending(&scene.book(0).short).unwrap();
        assert_eq!(pending.haircut.0, (95 * USDC).div_ceil(count));
    }
    [units(&resolve), units(&deleverage)]
}
