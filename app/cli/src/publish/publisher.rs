//! Posts prices, tick after tick, whatever happens to the server.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anyhow::{anyhow, ensure, Result};
use clearing::state::{Market, OracleSource};
use jettison_client::Venue;
use jettison_embedded::FEED_EXPONENT;
use jettison_rpc::{transaction_bytes, Cluster, Fee, RpcError, PACKET_BYTES};
use price_feed::PriceFeed;
use solana_keypair::Keypair;
use solana_signature::Signature;
use solana_signer::Signer;

use super::source::{in_words, Quotes, Source};
use crate::deploy::name_of;
use crate::output::{Fields, Out};

/// When and what to post.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Between two ticks.
    pub interval: Duration,
    /// Whether to accrue each market after its price.
    pub accrue: bool,
    /// Whether to go on with the last prices when the source is over.
    pub hold: bool,
    /// Whether to print a line a tick.
    pub lines: bool,
}

/// A stand-in feed and its market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// The market's name.
    pair: String,
    index: u16,
    address: Pubkey,
    exponent: i32,
    /// The last price posted, in the feed's own units.
    price: i64,
    /// When it was published; a later post may not be earlier.
    publish_ts: i64,
}

/// Posts prices to the feeds of one clearinghouse.
pub struct Publisher<'a> {
    cluster: &'a Cluster,
    venue: &'a Venue,
    key: &'a Keypair,
    fee: Fee,
    out: Out,
    feeds: Vec<Feed>,
    /// When the feeds were found; none if they have to be looked for.
    looked: Option<Instant>,
}

/// Compute units that a market's post and accrual may use together; they take about 15,000.
const UNITS_OF_A_MARKET: u32 = 60_000;

/// How often it looks for new markets.
const LOOK: Duration = Duration::from_secs(30);

impl<'a> Publisher<'a> {
    /// For the feeds that `key` may post to. An error if there are none.
    pub async fn open(
        cluster: &'a Cluster,
        venue: &'a Venue,
        key: &'a Keypair,
        fee: Fee,
        out: Out,
    ) -> Result<Self> {
        let feeds = find_feeds(cluster, venue, &key.pubkey()).await?;
        ensure!(
            !feeds.is_empty(),
            "no market of {} has a stand-in feed that {} may post to: give the key that deployed them",
            venue.clearinghouse,
            key.pubkey()
        );
        Ok(Self { cluster, venue, key, fee, out, feeds, looked: Some(Instant::now()) })
    }

    /// Refuses pairs that no feed has.
    pub fn require_pairs<'b>(&self, mut pairs: impl Iterator<Item = &'b str>) -> Result<()> {
        match pairs.find(|pair| self.feeds.iter().all(|feed| feed.pair != **pair)) {
            Some(pair) => {
                let known: Vec<&str> = self.feeds.iter().map(|feed| feed.pair.as_str()).collect();
                Err(anyhow!("no feed of this key is for {pair}; there are {}", known.join(", ")))
            }
            None => Ok(()),
        }
    }

    /// Posts once and waits until it has landed.
    pub async fn once(&mut self, source: &mut Source, accrue: bool) -> Result<Quotes> {
        let quotes = source.at(Duration::ZERO, &self.present());
        for instructions in self.batches(&quotes, self.cluster.now().await?, accrue)? {
            self.cluster.send(&instructions, &[self.key], self.fee).await?;
        }
        Ok(self.present())
    }

    /// Posts until the source is over, or for good. Errors are told, once each, and the next tick tries again.
    pub async fn run(&mut self, source: &mut Source, pace: Pace) -> Result<()> {
        let start = Instant::now();
        let mut ticks = tokio::time::interval(pace.interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut sent: Vec<Signature> = vec![];
        let mut trouble: Option<String> = None;
        loop {
            ticks.tick().await;
            let elapsed = start.elapsed();
            let over = source.is_over(elapsed);
            let result = self.tick(source, elapsed, pace, std::mem::take(&mut sent)).await;
            match result {
                Ok(signatures) => {
                    if trouble.take().is_some() {
                        self.out.note("prices are posted again");
                    }
                    sent = signatures;
                }
                Err(error) => {
                    let words = format!("{error:#}");
                    if trouble.as_ref() != Some(&words) {
                        self.out.note(&format!("prices are not posted, trying again: {words}"));
                    }
                    trouble = Some(words);
                    // A localnet that was started anew has other feeds.
                    self.looked = None;
                }
            }
            if over && !pace.hold {
                return Ok(());
            }
        }
    }

    async fn tick(
        &mut self,
        source: &mut Source,
        elapsed: Duration,
        pace: Pace,
        before: Vec<Signature>,
    ) -> Result<Vec<Signature>> {
        if self.looked.is_none_or(|looked| looked.elapsed() >= LOOK) {
            self.find_feeds_again().await?;
        }
        let quotes = source.at(elapsed, &self.present());
        let mut sent = vec![];
        for instructions in self.batches(&quotes, self.cluster.now().await?, pace.accrue)? {
            let units = UNITS_OF_A_MARKET.saturating_mul(instructions.len() as u32).min(1_400_000);
            match self.cluster.send_once(&instructions, &[self.key], self.fee, units).await {
                Ok(signature) => sent.push(signature),
                // Within one slot nothing has changed: the transaction is the one before.
                Err(error) if error.to_string().contains("already been processed") => {}
                Err(error) => return Err(error.into()),
            }
        }
        if pace.lines {
            let line = Fields::new()
                .with("second", elapsed.as_secs())
                .with("prices", in_words(&self.present()))
                .with("transactions", sent.len() as u64);
            self.out.line(&line)?;
        }
        self.require_landed(&before).await?;
        Ok(sent)
    }

    /// The feeds as they are now.
    async fn find_feeds_again(&mut self) -> Result<()> {
        self.feeds = find_feeds(self.cluster, self.venue, &self.key.pubkey()).await?;
        ensure!(!self.feeds.is_empty(), "there is no feed to post to");
        self.looked = Some(Instant::now());
        Ok(())
    }

    /// What became of the tick before: a transaction that failed says why; one not seen yet is made up for by this tick.
    async fn require_landed(&self, signatures: &[Signature]) -> Result<()> {
        for signature in signatures {
            if let Some(Err(error)) = self.cluster.status(signature).await? {
                return Err(anyhow!("{signature} failed: {error}"));
            }
        }
        Ok(())
    }

    /// What the feeds have, in the units of [`Quotes`].
    fn present(&self) -> Quotes {
        let one = |feed: &Feed| Some((feed.pair.clone(), rescale(feed.price, feed.exponent, FEED_EXPONENT)?));
        self.feeds.iter().filter_map(one).collect()
    }

    /// Posts of all feeds, as few transactions as they fit into. A feed whose pair isn't quoted keeps its price, which
    /// is posted again so that it doesn't get old.
    fn batches(&mut self, quotes: &Quotes, now: i64, accrue: bool) -> Result<Vec<Vec<Instruction>>> {
        let key = self.key.pubkey();
        let mut all: Vec<Vec<Instruction>> = vec![vec![]];
        for feed in &mut self.feeds {
            if let Some(price) = quotes.get(&feed.pair) {
                feed.price = rescale(*price, FEED_EXPONENT, feed.exponent).unwrap_or(feed.price);
            }
            if feed.price <= 0 {
                continue;
            }
            feed.publish_ts = now.max(feed.publish_ts);
            let mut own =
                vec![price_feed::instruction::post(&feed.address, &key, feed.price, 0, feed.publish_ts)];
            if accrue {
                own.push(self.venue.accrue_market(feed.index, feed.address));
            }
            let last = all.len() - 1;
            let joined = [all[last].as_slice(), own.as_slice()].concat();
            if transaction_bytes(&joined, &key) <= PACKET_BYTES {
                all[last] = joined;
            } else {
                all.push(own);
            }
        }
        all.retain(|batch| !batch.is_empty());
        Ok(all)
    }
}

/// The feeds of the markets that read a stand-in and that `key` may post to.
async fn find_feeds(cluster: &Cluster, venue: &Venue, key: &Pubkey) -> Result<Vec<Feed>, RpcError> {
    let mut feeds = BTreeMap::new();
    for market in cluster.list::<Market>(&venue.clearinghouse).await? {
        let market = market.state;
        if market.oracle_source != OracleSource::PriceFeed as u8 {
            continue;
        }
        let account = cluster.raw(&market.oracle).await?;
        let feed = account.filter(|account| account.owner == price_feed::ID);
        if let Some(Ok(feed)) = feed.map(|account| PriceFeed::parse(&account.data)) {
            if feed.authority == *key {
                let index = market.book.index.0;
                let (pair, address) = (name_of(&market), market.oracle);
                let PriceFeed { exponent, price, publish_ts, .. } = feed;
                feeds.insert(index, Feed { pair, index, address, exponent, price, publish_ts });
            }
        }
    }
    Ok(feeds.into_values().collect())
}

/// A price in other units, rounded down; none if it doesn't fit.
fn rescale(price: i64, from: i32, to: i32) -> Option<i64> {
    let shift = from.checked_sub(to)?;
    let power = 10i128.checked_pow(shift.unsigned_abs())?;
    let scaled = if shift < 0 { i128::from(price) / power } else { i128::from(price).checked_mul(power)? };
    i64::try_from(scaled).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_rescaled_exactly_or_not_at_all() {
        assert_eq!(rescale(123, -12, -12), Some(123));
        assert_eq!(rescale(1_999, -12, -9), Some(1));
        assert_eq!(rescale(2, -9, -12), Some(2_000));
        assert_eq!(rescale(i64::MAX, -9, -12), None);
        assert_eq!(rescale(1, i32::MIN, i32::MAX), None);
    }
}
