//! The accounts of the first version on a chain.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::state::v1;
use jettison_client::{former, former_markets, Venue};
use jettison_embedded::{Chain, EmbeddedVenue, Feed, Trader};
use jettison_tests::{feed_price, Golden, Scene};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Names of the margin accounts.
pub const TRADERS: [&str; 6] = ["bankrupt", "short", "both", "winner", "third", "idle"];

/// Keys that the history can have used; a chain makes the same ones again.
const KEYS: usize = 64;

/// The clearinghouse, nothing migrated.
pub struct Former {
    pub scene: Scene,
    pub golden: Golden,
    /// Pays rents.
    pub payer: Pubkey,
    keys: Vec<Keypair>,
}

/// The accounts of the first version.
pub fn golden() -> Golden {
    Golden::read(include_str!("../../golden/version_1.txt"))
}

impl Former {
    pub fn place(mut chain: Chain) -> Self {
        let golden = golden();
        golden.place(&mut chain);
        let keys: Vec<Keypair> = (0..KEYS).map(|_| chain.new_keypair()).collect();
        let authority = keys[0].insecure_clone();
        let venue = Venue::new(authority.pubkey(), golden.address("quote_mint"));
        assert_eq!(venue.clearinghouse, golden.address("clearinghouse"));
        let feed = |name, atoms| Feed { address: golden.address(name), price: feed_price(atoms) };
        let feeds = vec![feed("feed_0", 870_000), feed("feed_1", 1_010_000)];
        let (treasury, fee_account) = (golden.address("treasury"), golden.address("fee_account"));
        let mut scene = Scene::at(EmbeddedVenue { chain, venue, authority, treasury, fee_account, feeds });
        scene.know(golden.addresses());
        for key in &keys {
            scene.keep(key.insecure_clone());
        }
        let payer = scene.rich_key();
        Self { scene, golden, payer, keys }
    }

    /// The owner and the margin account of a name.
    pub fn trader(&self, name: &str) -> Trader {
        let account = &self.golden.account(name).data;
        let owner = Pubkey::from(former::<v1::MarginAccount>(account).expect("a margin account").authority);
        let key = self.keys.iter().find(|key| key.pubkey() == owner).expect("an owner of the history");
        Trader { address: self.golden.address(name), key: key.insecure_clone() }
    }

    pub fn migrate_clearinghouse(&self) -> Instruction {
        self.scene.at.venue.migrate_clearinghouse(self.payer)
    }

    pub fn migrate_market(&self, index: u16) -> Instruction {
        self.scene.at.venue.migrate_market(self.payer, index)
    }

    pub fn migrate_account(&self, name: &str) -> Instruction {
        let markets = former_markets(&self.golden.account(name).data).expect("a margin account");
        self.scene.at.venue.migrate_margin_account(self.golden.address(name), &markets)
    }

    /// Migrates the clearinghouse and its markets.
    pub fn migrate_venue(&mut self) {
        for step in [self.migrate_clearinghouse(), self.migrate_market(0), self.migrate_market(1)] {
            self.attempt(&step);
        }
    }

    /// Migrates everything; then the invariants hold.
    pub fn migrate_all(&mut self) {
        self.migrate_venue();
        for name in TRADERS {
            self.attempt(&self.migrate_account(name));
        }
        self.scene.check();
    }

    /// Sends what must go through. No invariant holds while only some accounts are of this version.
    pub fn attempt(&mut self, instruction: &Instruction) -> jettison_embedded::Executed {
        let sent = self.scene.attempt(std::slice::from_ref(instruction));
        sent.unwrap_or_else(|failed| panic!("{failed}\n{:#?}", failed.logs))
    }
}
