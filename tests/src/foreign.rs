use crate::Scene;
use anchor_lang::prelude::Pubkey;
use jettison_client::Venue;
use jettison_embedded::standard;
use jettison_embedded::{open_settings, Trader};
use solana_signer::Signer;

/// Another clearinghouse on the same chain, with the same quote mint and a market on the same feed: whatever
/// tells its accounts from the scene's own is the relation between accounts and nothing else.
pub struct Foreign {
    /// Its addresses.
    pub venue: Venue,
    /// Who created it.
    pub authority: Pubkey,
    /// Token account of its fee authority.
    pub fee_account: Pubkey,
    /// A funded margin account in it.
    pub trader: Trader,
}

impl Foreign {
    /// Opens it.
    pub fn open(scene: &mut Scene) -> Self {
        let authority = scene.key();
        let payer = scene.at.chain.payer().pubkey();
        let venue = Venue::new(authority, scene.at.venue.quote_mint);
        let feed = scene.at.feeds[0].address;
        scene.send(&[venue.initialize_clearinghouse(payer, authority, open_settings())]);
        scene.send(&[venue.create_market(authority, payer, 0, feed, standard())]);
        let fee_account = scene.wallet(&authority, 1_000_000);
        scene.send(&[venue.fund_insurance(authority, fee_account, 1_000_000)]);
        let key = scene.at.chain.new_keypair();
        let owner = scene.keep(key.insecure_clone());
        let trader = Trader { address: venue.margin_account(&owner, 0), key };
        scene.send(&[venue.open_margin_account(owner, payer, 0)]);
        let wallet = scene.wallet(&owner, 1_000_000_000);
        scene.send(&[venue.deposit(owner, wallet, trader.address, 1_000_000_000)]);
        Self { venue, authority, fee_account, trader }
    }
}
