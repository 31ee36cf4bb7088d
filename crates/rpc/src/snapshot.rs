//! A whole clearinghouse at one moment.

use anchor_lang::prelude::Pubkey;
use clearing::state::{Custody, InsuranceFund, MarginAccount, Market, StakeAccount};
use jettison_engine::Atoms;

use crate::accounts::decode;
use crate::{Cluster, Kind, OpenVenue, RpcError, Stored};

/// Everything that a clearinghouse holds and owes. No instruction that moves money ran while it was read.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The chain's clock when it was read, in Unix seconds.
    pub now: i64,
    /// The markets that aren't closed, by index.
    pub markets: Vec<Stored<Market>>,
    /// All margin accounts, by address.
    pub accounts: Vec<Stored<MarginAccount>>,
    /// All stakes, by address.
    pub stakes: Vec<Stored<StakeAccount>>,
    /// The insurance fund's ledger.
    pub fund: InsuranceFund,
    /// The throttle and the queue.
    pub custody: Custody,
    /// Tokens in the margin vault.
    pub margin_vault: Atoms,
    /// Tokens in the insurance vault.
    pub insurance_vault: Atoms,
}

/// What every instruction that moves money writes to: custody, fund, margin vault, insurance vault, then the markets.
#[derive(PartialEq)]
struct Core {
    addresses: Vec<Pubkey>,
    data: Vec<Option<Vec<u8>>>,
}

const FIRST_MARKET: usize = 4;

/// How often a snapshot is begun anew when something moved.
const ATTEMPTS: usize = 20;

/// Where a token account has its amount.
const TOKEN_AMOUNT: usize = 64;

impl Cluster {
    /// The whole clearinghouse at one moment: what moves with money is read before and after the accounts, until both are the
    /// same. [`RpcError::Moving`] if it never is.
    pub async fn snapshot(&self, open: &OpenVenue) -> Result<Snapshot, RpcError> {
        for _ in 0..ATTEMPTS {
            let before = self.core(open).await?;
            let accounts = self.list::<MarginAccount>(&open.venue.clearinghouse).await?;
            let stakes = self.list::<StakeAccount>(&open.venue.clearinghouse).await?;
            let now = self.now().await?;
            if before == self.core(open).await? {
                return Ok(Snapshot {
                    now,
                    markets: before.markets()?,
                    accounts,
                    stakes,
                    fund: before.part(1, self.url())?,
                    custody: before.part(0, self.url())?,
                    margin_vault: before.tokens(2),
                    insurance_vault: before.tokens(3),
                });
            }
        }
        Err(RpcError::Moving { attempts: ATTEMPTS })
    }

    /// A clearinghouse's markets that aren't closed, by index.
    pub async fn markets(&self, open: &OpenVenue) -> Result<Vec<Stored<Market>>, RpcError> {
        let addresses: Vec<Pubkey> =
            (0..open.state.market_count).map(|index| open.venue.market(index)).collect();
        let found = self.raw_all(&addresses).await?;
        let stored = addresses.into_iter().zip(found);
        let stored = stored.filter_map(|(address, account)| Some((address, account?)));
        stored.map(|(address, account)| decode(address, &account.owner, &account.data)).collect()
    }

    async fn core(&self, open: &OpenVenue) -> Result<Core, RpcError> {
        let venue = &open.venue;
        let mut addresses =
            vec![venue.custody, venue.insurance_fund, venue.margin_vault, venue.insurance_vault];
        addresses.extend((0..open.state.market_count).map(|index| venue.market(index)));
        let found = self.raw_all(&addresses).await?;
        let data = found.into_iter().map(|account| account.map(|account| account.data)).collect();
        Ok(Core { addresses, data })
    }
}

impl Core {
    fn decode<T: Kind>(&self, at: usize) -> Result<Option<Stored<T>>, RpcError> {
        match &self.data[at] {
            Some(data) => decode(self.addresses[at], &clearing::ID, data).map(Some),
            None => Ok(None),
        }
    }

    /// A custody or an insurance fund, which every clearinghouse has.
    fn part<T: Kind>(&self, at: usize, url: &str) -> Result<T, RpcError> {
        let missing =
            || RpcError::Missing { kind: T::KIND, address: self.addresses[at], url: url.to_owned() };
        Ok(self.decode::<T>(at)?.ok_or_else(missing)?.state)
    }

    fn tokens(&self, at: usize) -> Atoms {
        let bytes = self.data[at].as_ref().and_then(|data| data.get(TOKEN_AMOUNT..TOKEN_AMOUNT + 8));
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok()).unwrap_or_default();
        Atoms(u64::from_le_bytes(bytes))
    }

    fn markets(&self) -> Result<Vec<Stored<Market>>, RpcError> {
        (FIRST_MARKET..self.data.len()).filter_map(|at| self.decode(at).transpose()).collect()
    }
}
