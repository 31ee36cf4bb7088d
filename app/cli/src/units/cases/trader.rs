//! Instructions of traders.

use anyhow::Result;
use clearing::instructions::SettleTradeArgs;
use jettison_embedded::Trader;
use jettison_engine::Direction;
use solana_signer::Signer;

use crate::units::expect;
use crate::units::parties::{legs, units, Legs};
use crate::units::scene::{Scene, SIZE};

const LONG: Legs = legs(Direction::Long, 5_000);
const SHORT: Legs = legs(Direction::Short, 5_000);

pub fn open_margin_account(scene: &mut Scene) -> Result<u64> {
    let chain = &mut scene.venue.chain;
    let owner = chain.new_keypair();
    let open = scene.venue.venue.open_margin_account(owner.pubkey(), chain.payer().pubkey(), 0);
    units(&chain.send(&[open], &[&owner])?)
}

pub fn close_margin_account(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(LONG)?;
    scene.play(105)?;
    // Against makers who win as well, so that nobody pays into the pools and the claims stay.
    for market in 0..scene.legs {
        let size = scene.size(&trader, market)?;
        scene.trade_with_maker(&trader, market, Direction::Short, size)?;
    }
    let markets = scene.markets_of(&[&trader])?;
    let capital = scene.venue.ledger(&trader.address)?.capital.0;
    withdraw_atoms(scene, &trader, capital)?;
    let owner = trader.key.pubkey();
    let close = scene.venue.venue.close_margin_account(owner, trader.address, owner, true, &markets);
    let executed = scene.venue.chain.send(&[close], &[&trader.key])?;
    expect::waived(&executed)?;
    units(&executed)
}

pub fn set_delegate(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(LONG)?;
    let (owner, delegate) = (trader.key.pubkey(), scene.venue.authority.pubkey());
    let set = scene.venue.venue.set_delegate(owner, trader.address, delegate);
    units(&scene.venue.chain.send(&[set], &[&trader.key])?)
}

pub fn deposit(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(LONG)?;
    scene.play(95)?;
    units(&scene.venue.deposit(&trader.address, 1_000_000)?)
}

pub fn withdraw(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(LONG)?;
    scene.play(95)?;
    withdraw_atoms(scene, &trader, 1_000_000)
}

fn withdraw_atoms(scene: &mut Scene, trader: &Trader, atoms: u64) -> Result<u64> {
    let markets = scene.markets_of(&[trader])?;
    let (owner, to) = (trader.key.pubkey(), scene.venue.treasury);
    let withdraw = scene.venue.venue.withdraw(owner, trader.address, to, atoms, &markets);
    units(&scene.venue.chain.send(&[withdraw], &[&trader.key])?)
}

pub fn trade_adding(scene: &mut Scene) -> Result<u64> {
    let (long, short) = (scene.account(LONG)?, scene.account(SHORT)?);
    trade(scene, &long, &short, SIZE)
}

pub fn trade_reversing(scene: &mut Scene) -> Result<u64> {
    let (long, short) = (scene.account(LONG)?, scene.account(SHORT)?);
    trade(scene, &short, &long, 2 * SIZE)
}

pub fn trade_apart(scene: &mut Scene) -> Result<u64> {
    let (long, short) = (scene.account(LONG)?, scene.account_apart(SHORT)?);
    trade(scene, &short, &long, 2 * SIZE)
}

fn trade(scene: &mut Scene, buyer: &Trader, seller: &Trader, size: u64) -> Result<u64> {
    scene.play(95)?;
    let price = scene.venue.book(0)?.effective_price.0;
    let terms = SettleTradeArgs {
        market_index: 0,
        size,
        // Off the mark, so that a premium moves.
        price: price + 100,
        buyer_is_taker: true,
    };
    let trade = scene.venue.trade_instruction(buyer, seller, terms)?;
    units(&scene.venue.chain.send(&[trade], &[&buyer.key, &seller.key])?)
}
