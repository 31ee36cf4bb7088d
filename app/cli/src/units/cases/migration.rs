//! Taking accounts of the first version over: the scene's own, laid out as that version did.

use anchor_lang::prelude::{Pubkey, Rent};
use anyhow::{ensure, Result};
use bytemuck::Zeroable;
use clearing::state::v1::{self, Former};
use jettison_client::{markets_of, Venue};
use jettison_embedded::{open_settings, Account};
use jettison_engine::Direction;
use solana_signer::Signer;

use crate::units::expect::measured;
use crate::units::parties::legs;
use crate::units::scene::{Scene, PRICE};

fn place<T: Former>(scene: &mut Scene, address: &Pubkey, former: &T) {
    let data = [&T::DISCRIMINATOR[..], bytemuck::bytes_of(former)].concat();
    let lamports = Rent::default().minimum_balance(data.len());
    scene
        .venue
        .chain
        .set_account(address, Account { lamports, data, owner: clearing::ID, ..Account::default() });
}

/// A clearinghouse of the first version, whose custody's address takes one try.
fn former_clearinghouse(scene: &mut Scene) -> Result<Venue> {
    let (creator, venue) = scene.lucky_clearinghouse();
    let payer = scene.venue.chain.payer().pubkey();
    let initialize = venue.initialize_clearinghouse(payer, creator.pubkey(), open_settings());
    scene.venue.chain.send(&[initialize], &[&creator])?;
    let former = v1::Clearinghouse {
        version: v1::VERSION,
        market_count: 1,
        insurance_fund: venue.insurance_fund.to_bytes(),
        ..v1::Clearinghouse::zeroed()
    };
    place(scene, &venue.clearinghouse, &former);
    scene.venue.chain.set_account(&venue.custody, Account::default());
    Ok(venue)
}

pub fn clearinghouse(scene: &mut Scene) -> Result<u64> {
    let venue = former_clearinghouse(scene)?;
    let migrate = venue.migrate_clearinghouse(scene.venue.chain.payer().pubkey());
    let executed = scene.venue.chain.send(&[migrate], &[])?;
    measured!(executed, ClearinghouseMigrated, |event| event.custody == venue.custody)
}

pub fn market(scene: &mut Scene) -> Result<u64> {
    let venue = scene.venue.venue.clone();
    let mut former = v1::Market { version: v1::VERSION, ..v1::Market::zeroed() };
    former.clearinghouse = venue.clearinghouse.to_bytes();
    former.book.effective_price = PRICE;
    former.book.params.max_open_interest = 1;
    place(scene, &venue.market(0), &former);
    let migrate = venue.migrate_market(scene.venue.chain.payer().pubkey(), 0);
    let executed = scene.venue.chain.send(&[migrate], &[])?;
    measured!(executed, MarketMigrated, |event| event.market == venue.market(0))
}

pub fn margin_account(scene: &mut Scene) -> Result<u64> {
    let trader = scene.account(legs(Direction::Long, 2_000))?;
    let mut account = scene.venue.margin_account(&trader.address)?;
    let markets = markets_of(&[account.ledger]);
    ensure!(markets.len() == usize::from(scene.legs), "{} legs", markets.len());
    account.version = v1::VERSION;
    // The same bytes but for the queue, which is empty.
    place::<v1::MarginAccount>(scene, &trader.address, &bytemuck::cast(account));
    let migrate = scene.venue.venue.migrate_margin_account(trader.address, &markets);
    let executed = scene.venue.chain.send(&[migrate], &[])?;
    measured!(executed, MarginAccountMigrated, |event| event.legs == u32::from(scene.legs))
}
