//! Oracle accounts of Pyth and Switchboard: the bytes that the program reads, at their places.

use anchor_lang::prelude::{Pubkey, Rent};
use clearing::oracle::{PYTH_RECEIVER_ID, SWITCHBOARD_ON_DEMAND_ID};
use clearing::state::OracleSource;
use jettison_embedded::Account;

/// Which feed the accounts hold.
const FEED: [u8; 32] = [7; 32];

/// An oracle's account.
pub struct Oracle {
    /// Where it is.
    pub address: Pubkey,
    /// Whose it is: Pyth's or Switchboard's.
    pub source: OracleSource,
    /// Whole quote units for one unit of the base asset.
    pub price: i64,
}

impl Oracle {
    /// Which feed a market must name.
    pub const fn feed_id(&self) -> [u8; 32] {
        FEED
    }

    /// The account with a price published at `now`, and a confidence interval of a 10,000th of it.
    pub fn account(&self, now: i64) -> Account {
        let (owner, data) = match self.source {
            OracleSource::Switchboard => (SWITCHBOARD_ON_DEMAND_ID, self.switchboard(now)),
            _ => (PYTH_RECEIVER_ID, self.pyth(now)),
        };
        Account { lamports: Rent::default().minimum_balance(data.len()), data, owner, ..Account::default() }
    }

    fn pyth(&self, now: i64) -> Vec<u8> {
        let mut data = vec![0; 134];
        put(&mut data, 0, &[34, 241, 35, 99, 157, 126, 244, 205]);
        put(&mut data, 40, &[1]); // fully verified
        put(&mut data, 41, &FEED);
        put(&mut data, 73, &(self.price * 100_000_000).to_le_bytes());
        put(&mut data, 81, &(self.price * 10_000).to_le_bytes());
        put(&mut data, 89, &(-8_i32).to_le_bytes());
        put(&mut data, 93, &now.to_le_bytes());
        data
    }

    fn switchboard(&self, now: i64) -> Vec<u8> {
        const ONE: i128 = 1_000_000_000_000_000_000;
        let mut data = vec![0; 3_208];
        put(&mut data, 0, &[196, 27, 108, 196, 10, 215, 219, 40]);
        put(&mut data, 2_120, &FEED);
        put(&mut data, 2_264, &(i128::from(self.price) * ONE).to_le_bytes());
        put(&mut data, 2_280, &(i128::from(self.price) * ONE / 10_000).to_le_bytes());
        put(&mut data, 2_361, &[2]); // the result is the third submission
        put(&mut data, 2_368, &390_000_000_u64.to_le_bytes());
        put(&mut data, 2_952 + 2 * 8, &now.to_le_bytes());
        data
    }
}

fn put(data: &mut [u8], at: usize, bytes: &[u8]) {
    data[at..at + bytes.len()].copy_from_slice(bytes);
}
