//! Oracle accounts as their programs lay them out, byte by byte and independent of the adapters' offsets.

use crate::{standard, Scene};
use anchor_lang::prelude::{Pubkey, Rent};
use clearing::instructions::CreateMarketArgs;
use clearing::oracle::{PYTH_RECEIVER_ID, SWITCHBOARD_ON_DEMAND_ID};
use clearing::state::MarketSettingsArgs;
use clearing::state::OracleSource;
use jettison_embedded::Account;
use solana_signer::Signer;

/// A Pyth `PriceUpdateV2` in the order of pyth-solana-receiver-sdk 2.0.0.
#[derive(Clone, Debug)]
pub struct PythUpdate {
    /// Borsh of its `VerificationLevel`: `[1]` is full, `[0, n]` partial with n signatures.
    pub verification_level: Vec<u8>,
    /// Which feed.
    pub feed_id: [u8; 32],
    /// In units of `10^exponent`.
    pub price: i64,
    /// In units of `10^exponent`.
    pub confidence: u64,
    /// Decimal exponent.
    pub exponent: i32,
    /// Unix seconds.
    pub publish_ts: i64,
}

impl PythUpdate {
    /// A fully verified update with the exponent of most Pyth feeds and no confidence interval.
    pub fn new(price: i64, publish_ts: i64) -> Self {
        let verification_level = vec![1];
        Self { verification_level, feed_id: [0xf1; 32], price, confidence: 0, exponent: -8, publish_ts }
    }

    /// Its account, of 134 bytes.
    pub fn account(&self) -> Account {
        let mut data = vec![34, 241, 35, 99, 157, 126, 244, 205];
        data.extend([0xaa; 32]); // write_authority
        data.extend(&self.verification_level);
        data.extend(self.feed_id);
        data.extend(self.price.to_le_bytes());
        data.extend(self.confidence.to_le_bytes());
        data.extend(self.exponent.to_le_bytes());
        data.extend(self.publish_ts.to_le_bytes());
        data.extend((self.publish_ts.wrapping_sub(1)).to_le_bytes()); // prev_publish_time
        data.extend([0xaa; 2 * 8]); // ema_price, ema_conf
        data.extend([0xaa; 8]); // posted_slot
        data.resize(134, 0);
        account(PYTH_RECEIVER_ID, data)
    }
}

/// A Switchboard `PullFeedAccountData` in the order of switchboard-on-demand 0.13.0.
#[derive(Clone, Debug)]
pub struct SwitchboardFeed {
    /// Hash of its jobs.
    pub feed_hash: [u8; 32],
    /// Whether its authority may write prices.
    pub permit_write_by_authority: u8,
    /// When the account was written, in Unix seconds.
    pub last_update_timestamp: i64,
    /// In units of 10⁻¹⁸.
    pub value: i128,
    /// In units of 10⁻¹⁸.
    pub std_dev: i128,
    /// Which submission the result is.
    pub submission_idx: u8,
    /// Slot of the result; zero without one.
    pub slot: u64,
    /// Unix seconds of each submission.
    pub submission_timestamps: [i64; 32],
}

impl SwitchboardFeed {
    /// A feed whose third of five submissions is its result, published at `publish_ts`; the other submissions and
    /// the account are from another time.
    pub fn new(value: i128, publish_ts: i64) -> Self {
        let mut feed = Self {
            feed_hash: [0xf2; 32],
            permit_write_by_authority: 0,
            last_update_timestamp: publish_ts + 1_000,
            value,
            std_dev: 0,
            submission_idx: 2,
            slot: 390_000_000,
            submission_timestamps: [1; 32],
        };
        feed.publish(publish_ts);
        feed
    }

    /// Sets the time of the result's submission, in Unix seconds.
    pub fn publish(&mut self, publish_ts: i64) {
        self.submission_timestamps[usize::from(self.submission_idx)] = publish_ts;
    }

    /// Its account, of 3,208 bytes.
    pub fn account(&self) -> Account {
        let mut data = vec![196, 27, 108, 196, 10, 215, 219, 40];
        data.extend([0xaa; 32 * 64]); // submissions
        data.extend([0xaa; 2 * 32]); // authority, queue
        data.extend(self.feed_hash);
        data.extend([0xaa; 3 * 8]); // initialized_at, permissions, max_variance
        data.extend([0xaa; 4]); // min_responses
        data.extend([0xaa; 32]); // name
        data.extend([0xaa, self.permit_write_by_authority]); // after padding1
        data.extend([0xaa, 3]); // historical_result_idx, min_sample_size
        data.extend(self.last_update_timestamp.to_le_bytes());
        data.extend([0xaa; 8 + 32]); // lut_slot, _reserved1
        data.extend(self.result());
        data.extend([0xaa; 4 + 12]); // max_staleness, padding2
        data.extend([0xaa; 32 * 16]); // historical_results
        data.extend([0xaa; 8 + 24]); // _ebuf4, _ebuf3
        data.extend(self.submission_timestamps.iter().flat_map(|ts| ts.to_le_bytes()));
        assert_eq!(data.len(), 3_208);
        account(SWITCHBOARD_ON_DEMAND_ID, data)
    }

    fn result(&self) -> Vec<u8> {
        let mut result = self.value.to_le_bytes().to_vec();
        result.extend(self.std_dev.to_le_bytes());
        result.extend([0xaa; 4 * 16]); // mean, range, min_value, max_value
        result.extend([5, self.submission_idx]); // after num_samples
        result.extend([0xaa; 6]); // padding1
        result.extend(self.slot.to_le_bytes());
        result.extend([0xaa; 2 * 8]); // min_slot, max_slot
        result
    }
}

fn account(owner: Pubkey, data: Vec<u8>) -> Account {
    let lamports = Rent::default().minimum_balance(data.len());
    Account { lamports, data, owner, ..Account::default() }
}

/// The standard market on another source.
pub fn standard_on(oracle_source: OracleSource, feed_id: [u8; 32]) -> CreateMarketArgs {
    let settings = MarketSettingsArgs { oracle_source, feed_id, ..standard().settings };
    CreateMarketArgs { settings, ..standard() }
}

impl Scene {
    /// Puts an oracle's account at a new address and creates market 1 on it; returns the address.
    pub fn market_on(&mut self, account: Account, args: CreateMarketArgs) -> Pubkey {
        let oracle = self.key();
        self.at.chain.set_account(&oracle, account);
        let (authority, payer) = (self.at.authority.pubkey(), self.at.chain.payer().pubkey());
        let create = self.at.venue.create_market(authority, payer, 1, oracle, args);
        self.send(&[create]);
        oracle
    }
}
