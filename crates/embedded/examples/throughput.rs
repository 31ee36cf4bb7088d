//! How many transactions a second each runtime takes: `cargo run -p jettison-embedded --example throughput`.

use anchor_lang::prelude::{Pubkey, Rent};
use anchor_lang::solana_program::system_instruction::create_account;
use anyhow::Context;
use jettison_embedded::{programs, Chain};
use price_feed::{instruction, PriceFeed, FEED_LEN};
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::path::Path;
use std::time::Instant;

const ROUNDS: i64 = 20_000;

fn main() -> anyhow::Result<()> {
    measure("native", Chain::native(vec![programs::price_feed()])?)?;
    let elf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/deploy/price_feed.so");
    measure("elf", Chain::elf(&[(price_feed::ID, elf)])?)
}

fn measure(name: &str, mut chain: Chain) -> anyhow::Result<()> {
    let (feed, authority) = create_feed(&mut chain)?;
    rate(name, "posts", |n| {
        let post = instruction::post(&feed, &authority.pubkey(), 1 + n, 1, n);
        chain.send(&[post], &[&authority]).map(drop).map_err(Into::into)
    })?;
    rate(name, "clock settings", |n| {
        chain.set_time(n);
        Ok(())
    })?;
    rate(name, "reads", |_| {
        let feed = chain.with_account_data(&feed, PriceFeed::parse).context("no feed")??;
        anyhow::ensure!(feed.price == ROUNDS, "another price than the one posted last");
        Ok(())
    })
}

fn rate(name: &str, what: &str, act: impl FnMut(i64) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let start = Instant::now();
    (0..ROUNDS).try_for_each(act)?;
    println!("{name:>6}: {:>10.0} {what}/s", ROUNDS as f64 / start.elapsed().as_secs_f64());
    Ok(())
}

fn create_feed(chain: &mut Chain) -> anyhow::Result<(Pubkey, Keypair)> {
    let (key, authority) = (chain.new_keypair(), chain.new_keypair());
    let (payer, lamports) = (chain.payer().pubkey(), Rent::default().minimum_balance(FEED_LEN));
    let create = create_account(&payer, &key.pubkey(), lamports, FEED_LEN as u64, &price_feed::ID);
    let initialize = instruction::initialize(&key.pubkey(), &authority.pubkey(), -6);
    chain.send(&[create, initialize], &[&key, &authority])?;
    Ok((key.pubkey(), authority))
}
