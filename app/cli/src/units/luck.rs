//! New accounts whose addresses take one try each.
//!
//! A program-derived address takes a number of tries that depends on its seeds, 1,500 units each. Keys are chosen here by
//! what the first try gives, so that a measurement doesn't change with the keys that were drawn before it.

use anchor_lang::prelude::Pubkey;
use clearing::seeds;
use jettison_client::Venue;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::scene::Scene;

fn takes_one_try(seeds: &[&[u8]]) -> bool {
    Pubkey::find_program_address(seeds, &clearing::ID).1 == u8::MAX
}

impl Scene {
    fn lucky_key(&mut self, takes_one_try: impl Fn(&Pubkey) -> bool) -> Keypair {
        loop {
            let key = self.venue.chain.new_keypair();
            if takes_one_try(&key.pubkey()) {
                return key;
            }
        }
    }

    /// An owner, and the first margin account's address.
    pub fn lucky_owner(&mut self) -> Keypair {
        let clearinghouse = self.venue.venue.clearinghouse;
        self.lucky_key(|owner| {
            takes_one_try(&[
                seeds::MARGIN_ACCOUNT,
                clearinghouse.as_ref(),
                owner.as_ref(),
                &0_u16.to_le_bytes(),
            ])
        })
    }

    /// A staker, and the stake account's address.
    pub fn lucky_staker(&mut self) -> Keypair {
        let clearinghouse = self.venue.venue.clearinghouse;
        self.lucky_key(|staker| takes_one_try(&[seeds::STAKE, clearinghouse.as_ref(), staker.as_ref()]))
    }

    /// A creator, and the addresses of the clearinghouse, its fund, its vaults and its first market.
    pub fn lucky_clearinghouse(&mut self) -> (Keypair, Venue) {
        let mint = self.venue.venue.quote_mint;
        let creator = self.lucky_key(|creator| {
            let of_creator: &[&[u8]] = &[seeds::CLEARINGHOUSE, creator.as_ref(), mint.as_ref()];
            let (clearinghouse, bump) = Pubkey::find_program_address(of_creator, &clearing::ID);
            let of_clearinghouse =
                [seeds::INSURANCE_FUND, seeds::CUSTODY, seeds::MARGIN_VAULT, seeds::INSURANCE_VAULT];
            bump == u8::MAX
                && of_clearinghouse.iter().all(|seed| takes_one_try(&[seed, clearinghouse.as_ref()]))
                && takes_one_try(&[seeds::MARKET, clearinghouse.as_ref(), &0_u16.to_le_bytes()])
        });
        let venue = Venue::new(creator.pubkey(), mint);
        (creator, venue)
    }
}
