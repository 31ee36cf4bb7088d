//! Instructions of the authority.

use anyhow::Result;
use jettison_client::Venue;
use jettison_embedded::open_settings;
use solana_signer::Signer;

use crate::units::parties::units;
use crate::units::scene::{market_args, Scene};

pub fn initialize_clearinghouse(scene: &mut Scene) -> Result<u64> {
    let chain = &mut scene.venue.chain;
    let creator = chain.new_keypair();
    let venue = Venue::new(creator.pubkey(), scene.venue.venue.quote_mint);
    let initialize =
        venue.initialize_clearinghouse(chain.payer().pubkey(), creator.pubkey(), open_settings());
    units(&chain.send(&[initialize], &[&creator])?)
}

pub fn create_market(scene: &mut Scene) -> Result<u64> {
    let venue = &mut scene.venue;
    let (authority, payer) = (venue.authority.pubkey(), venue.chain.payer().pubkey());
    let index = venue.feeds.len() as u16;
    let oracle = venue.feeds[0].address;
    let create = venue.venue.create_market(authority, payer, index, oracle, market_args());
    units(&venue.chain.send(&[create], &[&venue.authority])?)
}
