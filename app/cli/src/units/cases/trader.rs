//! Instructions of traders.

use anyhow::Result;
use clearing::instructions::SettleTradeArgs;
use jettison_embedded::Trader;
use jettison_engine::Direction;
use solana_signer::Signer;

use crate::units::expect::measured;
use crate::units::parties::{legs, Legs};
use crate::units::scene::{Scene, SIZE};

const LONG: Legs = legs(Direction::Long, 5_000);
const SHORT: Legs = legs(Direction::Short, 5_000);

pub fn open_margin_account(scene: &mut Scene) -> Result<u64> {
    let owner = scene.lucky_owner();
    let open = scene.venue.venue.open_margin_account(owner.pubkey(), scene.venue.chain.payer().pubkey(), 0);
    let executed = scene.venue.chain.send(&[open], &[&owner])?;
    measured!(executed, MarginAccountOpened, |event| event.authority == owner.pubkey())
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
    scene.withdraw(&trader, capital)?;
    let owner = trader.key.pubkey();
    let close = scene.venue.venue.close_margin_account(owner, trader.address, owner, true, &markets);
    let executed = scene.venue.chain.send(&[close], &[&trader.key])?;
    measured!(executed, MarginAccountClosed, |event| event.waived > 0)
}

pub fn set_delegate(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(LONG)?;
    let (owner, delegate) = (trader.key.pubkey(), scene.venue.authority.pubkey());
    let set = scene.venue.venue.set_delegate(owner, trader.address, delegate);
    let executed = scene.venue.chain.send(&[set], &[&trader.key])?;
    measured!(executed, DelegateSet, |event| event.delegate_after == delegate)
}

pub fn deposit(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(LONG)?;
    scene.play(95)?;
    let executed = scene.venue.deposit(&trader.address, 1_000_000)?;
    measured!(executed, Deposited, |event| event.amount == 1_000_000)
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
    let executed = scene.venue.chain.send(&[trade], &[&buyer.key, &seller.key])?;
    let closed = if size > SIZE { 1 } else { 0 };
    measured!(executed, TradeSettled, |event| {
        event.premium > 0
            && [&event.buyer, &event.seller].iter().all(|side| side.opened > 0 && side.closed >= closed)
    })
}
