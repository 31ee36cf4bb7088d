//! A chain with the price-feed program on either runtime, and a feed on it.
#![allow(dead_code, reason = "each test binary uses its own part")]

use anchor_lang::prelude::{Pubkey, Rent};
use anchor_lang::solana_program::system_instruction::create_account;
use jettison_embedded::{programs, Chain};
use price_feed::{instruction, PriceFeed, FEED_LEN};
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::path::{Path, PathBuf};

/// A chain that runs the price-feed program natively.
pub fn native() -> Chain {
    Chain::native(vec![programs::price_feed()]).unwrap()
}

/// A chain that runs the compiled price-feed program; `None`, with a word on how to get it, when there's no
/// such file. `JETTISON_REQUIRE_ELF=1` makes that a failure.
pub fn elf() -> Option<Chain> {
    let path = elf_path();
    if path.exists() {
        return Some(Chain::elf(&[(price_feed::ID, path)]).unwrap());
    }
    let advice = format!("{} isn't there: get it by `cargo xtask build-sbf`", path.display());
    assert!(std::env::var("JETTISON_REQUIRE_ELF").as_deref() != Ok("1"), "{advice}");
    println!("skipped: {advice}");
    None
}

/// Where `cargo xtask build-sbf` puts the program.
pub fn elf_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/deploy/price_feed.so")
}

/// A feed and who posts to it.
pub struct Feed {
    pub address: Pubkey,
    pub authority: Keypair,
}

impl Feed {
    pub fn create(chain: &mut Chain) -> Feed {
        let (key, authority) = (chain.new_keypair(), chain.new_keypair());
        let lamports = Rent::default().minimum_balance(FEED_LEN);
        let create = create_account(
            &chain.payer().pubkey(),
            &key.pubkey(),
            lamports,
            FEED_LEN as u64,
            &price_feed::ID,
        );
        let initialize = instruction::initialize(&key.pubkey(), &authority.pubkey(), -6);
        chain.send(&[create, initialize], &[&key, &authority]).unwrap();
        Feed { address: key.pubkey(), authority }
    }

    pub fn post(
        &self,
        chain: &mut Chain,
        price: i64,
        publish_ts: i64,
    ) -> Result<jettison_embedded::Executed, jettison_embedded::Failed> {
        let post = instruction::post(&self.address, &self.authority.pubkey(), price, 1, publish_ts);
        chain.send(&[post], &[&self.authority])
    }

    pub fn read(&self, chain: &Chain) -> PriceFeed {
        chain.with_account_data(&self.address, PriceFeed::parse).unwrap().unwrap()
    }
}
