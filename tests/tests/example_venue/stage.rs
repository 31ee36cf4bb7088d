//! A maker and a taker who made the venue their delegate, and the instructions of the venue.

use anchor_lang::prelude::{AccountMeta, Pubkey};
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_program;
use anchor_lang::{AccountDeserialize, InstructionData, ToAccountMetas};
use example_venue::error::VenueError;
use example_venue::instructions::{FillOfferArgs, PostOfferArgs};
use example_venue::offer::{Offer, Terms};
use example_venue::{accounts, instruction, seeds};
use jettison_client::{markets_of, Venue};
use jettison_embedded::Trader;
use jettison_tests::{Code, Scene, PRICE};
use solana_signer::Signer;

use crate::support::USDC;

/// What the tests offer: the maker buys in market 0 a cent above the mark.
pub const TERMS: Terms = Terms { market_index: 0, price: PRICE + 10_000, maker_buys: true };

/// An error of the venue, as the chain numbers it.
#[derive(Clone, Copy, Debug)]
pub struct Refused(pub VenueError);

impl Code for Refused {
    fn code(&self) -> u32 {
        self.0.into()
    }
}

/// The venue's delegate in a clearinghouse.
pub fn delegate_in(clearinghouse: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[seeds::DELEGATE, clearinghouse.as_ref()], &example_venue::ID).0
}

/// A scene with two users of the venue.
pub struct Stage {
    /// The scene.
    pub scene: Scene,
    /// Makes offers; owns ten SOL for their rent.
    pub maker: Trader,
    /// Takes them.
    pub taker: Trader,
}

impl Stage {
    /// A maker and a taker with 1,000 USDC each.
    pub fn new(mut scene: Scene) -> Self {
        let (maker, taker) = (user(&mut scene), user(&mut scene));
        Self { scene, maker, taker }
    }

    /// Another user of the venue.
    pub fn user(&mut self) -> Trader {
        user(&mut self.scene)
    }

    /// The clearinghouse's addresses.
    pub fn venue(&self) -> Venue {
        self.scene.at.venue.clone()
    }

    /// The address of an offer of a margin account.
    pub fn offer(&self, maker_account: &Pubkey, id: u16) -> Pubkey {
        let seeds = [seeds::OFFER, maker_account.as_ref(), &id.to_le_bytes()];
        Pubkey::find_program_address(&seeds, &example_venue::ID).0
    }

    /// The arguments of an offer number 0 of 100 contracts that lasts a minute.
    pub fn post_args(&self) -> PostOfferArgs {
        PostOfferArgs { id: 0, terms: TERMS, size: 100, expires_at_ts: self.scene.at.chain.now() + 60 }
    }

    /// The maker's `post_offer`.
    pub fn post_of(&self, args: PostOfferArgs) -> Instruction {
        let clearinghouse = self.scene.at.venue.clearinghouse;
        let accounts = accounts::PostOffer {
            maker: self.maker.key.pubkey(),
            clearinghouse,
            maker_account: self.maker.address,
            delegate: delegate_in(&clearinghouse),
            offer: self.offer(&self.maker.address, args.id),
            system_program: system_program::ID,
        };
        build(accounts, instruction::PostOffer { args })
    }

    /// Posts an offer.
    pub fn post(&mut self, args: PostOfferArgs) {
        let post = self.post_of(args);
        self.scene.send(&[post]);
    }

    /// The taker's `fill_offer` of the maker's offer number 0, with all markets of both.
    pub fn fill_of(&self, terms: Terms, size: u64) -> Instruction {
        let venue = &self.scene.at.venue;
        let accounts = accounts::FillOffer {
            taker: self.taker.key.pubkey(),
            maker: self.maker.key.pubkey(),
            offer: self.offer(&self.maker.address, 0),
            clearinghouse: venue.clearinghouse,
            delegate: delegate_in(&venue.clearinghouse),
            maker_account: self.maker.address,
            taker_account: self.taker.address,
            clearing_program: clearing::ID,
        };
        let mut fill = build(accounts, instruction::FillOffer { args: FillOfferArgs { terms, size } });
        let mut markets = markets_of(&[self.scene.ledger(&self.maker), self.scene.ledger(&self.taker)]);
        markets.push(terms.market_index);
        markets.sort_unstable();
        markets.dedup();
        fill.accounts.extend(markets.into_iter().map(|index| AccountMeta {
            pubkey: venue.market(index),
            is_signer: false,
            is_writable: index == terms.market_index,
        }));
        fill
    }

    /// The maker's `cancel_offer` of number 0.
    pub fn cancel_of(&self) -> Instruction {
        let offer = self.offer(&self.maker.address, 0);
        build(accounts::CancelOffer { maker: self.maker.key.pubkey(), offer }, instruction::CancelOffer {})
    }

    /// The maker's offer number 0, if it is there.
    pub fn resting(&self) -> Option<Offer> {
        let address = self.offer(&self.maker.address, 0);
        let account = self.scene.at.chain.account(&address).filter(|account| account.lamports > 0)?;
        Some(Offer::try_deserialize(&mut &account.data[..]).expect("an offer"))
    }

    /// Lamports of the maker's wallet.
    pub fn makers_lamports(&self) -> u64 {
        self.scene.at.chain.account(&self.maker.key.pubkey()).map_or(0, |account| account.lamports)
    }
}

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction {
        program_id: example_venue::ID,
        accounts: accounts.to_account_metas(None),
        data: data.data(),
    }
}

fn user(scene: &mut Scene) -> Trader {
    let trader = scene.trader(1_000 * USDC);
    let owner = trader.key.pubkey();
    scene.at.chain.airdrop(&owner, 10_000_000_000);
    let venue = scene.at.venue.clone();
    scene.send(&[venue.set_delegate(owner, trader.address, delegate_in(&venue.clearinghouse))]);
    trader
}
