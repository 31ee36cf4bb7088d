use std::sync::Arc;
use std::time::Duration;

use anchor_lang::prelude::Pubkey;
use clearing::state::Clearinghouse;
use jettison_client::Venue;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;

use crate::RpcError;

/// A connection to a cluster.
#[derive(Clone)]
pub struct Cluster {
    pub(crate) rpc: Arc<RpcClient>,
    url: String,
    ws_url: String,
}

/// A clearinghouse that was found on a cluster.
#[derive(Clone, Debug)]
pub struct OpenVenue {
    /// Its addresses and instruction builders.
    pub venue: Venue,
    /// Its account, as of the time it was read.
    pub state: Box<Clearinghouse>,
}

/// The Clock sysvar.
const CLOCK: Pubkey = anchor_lang::prelude::pubkey!("SysvarC1ock11111111111111111111111111111111");

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Cluster {
    /// A connection to `url`: an http or https URL, or localhost, devnet, testnet, mainnet or their first letters. The
    /// websocket is `ws_url`, or as Solana's tools derive it: the same host, on a port one above if a port is given.
    pub fn new(url: &str, ws_url: Option<&str>, commitment: CommitmentConfig) -> Result<Self, RpcError> {
        let url = match url {
            "l" | "localhost" | "localnet" => "http://127.0.0.1:8899",
            "d" | "devnet" => "https://api.devnet.solana.com",
            "t" | "testnet" => "https://api.testnet.solana.com",
            "m" | "mainnet" | "mainnet-beta" => "https://api.mainnet-beta.solana.com",
            other => other,
        };
        let ws_url = match ws_url {
            Some(given) if given.starts_with("ws://") || given.starts_with("wss://") => given.to_owned(),
            Some(given) => return Err(RpcError::BadUrl(given.to_owned())),
            None => websocket_of(url).ok_or_else(|| RpcError::BadUrl(url.to_owned()))?,
        };
        let rpc = RpcClient::new_with_timeout_and_commitment(url.to_owned(), TIMEOUT, commitment);
        Ok(Self { rpc: Arc::new(rpc), url: url.to_owned(), ws_url })
    }

    /// Where requests go.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where subscriptions go.
    pub fn ws_url(&self) -> &str {
        &self.ws_url
    }

    /// The client beneath, for what this type has no method for.
    pub fn rpc(&self) -> &RpcClient {
        &self.rpc
    }

    /// An error of the client beneath, as ours.
    pub fn error(&self, error: solana_rpc_client_api::client_error::Error) -> RpcError {
        RpcError::of(&self.url, error)
    }

    /// Checks that the cluster answers and runs the clearing program.
    pub async fn require_program(&self) -> Result<(), RpcError> {
        let program = clearing::ID;
        match self.raw(&program).await? {
            None => Err(RpcError::NoProgram { program, url: self.url.clone() }),
            Some(account) if !account.executable => {
                Err(RpcError::NotAProgram { program, url: self.url.clone() })
            }
            Some(_) => Ok(()),
        }
    }

    /// The clearinghouse at an address: checks the program, the account's owner, its type and version.
    pub async fn venue(&self, clearinghouse: &Pubkey) -> Result<OpenVenue, RpcError> {
        self.require_program().await?;
        let state: Clearinghouse = self.get(clearinghouse).await?.state;
        let mint = state.quote_mint;
        let token_program = match self.raw(&mint).await? {
            Some(account) => account.owner,
            None => {
                return Err(RpcError::Missing { kind: "quote mint", address: mint, url: self.url.clone() })
            }
        };
        let venue = Venue::with_token_program(state.creator, mint, token_program);
        Ok(OpenVenue { venue, state: Box::new(state) })
    }

    /// Lamports of an address.
    pub async fn lamports(&self, address: &Pubkey) -> Result<u64, RpcError> {
        self.rpc.get_balance(address).await.map_err(|error| self.error(error))
    }

    /// The hash of the cluster's first block, which tells clusters apart.
    pub async fn genesis_hash(&self) -> Result<String, RpcError> {
        let hash = self.rpc.get_genesis_hash().await.map_err(|error| self.error(error))?;
        Ok(hash.to_string())
    }

    /// A blockhash for a transaction that is signed now.
    pub async fn recent_blockhash(&self) -> Result<Hash, RpcError> {
        self.rpc.get_latest_blockhash().await.map_err(|error| self.error(error))
    }

    /// Whether a transaction of this blockhash can still land.
    pub async fn is_blockhash_valid(&self, blockhash: &Hash) -> Result<bool, RpcError> {
        let valid = self.rpc.is_blockhash_valid(blockhash, self.rpc.commitment()).await;
        valid.map_err(|error| self.error(error))
    }

    /// The lamports that keep an account of so many bytes.
    pub async fn rent(&self, bytes: usize) -> Result<u64, RpcError> {
        let rent = self.rpc.get_minimum_balance_for_rent_exemption(bytes).await;
        rent.map_err(|error| self.error(error))
    }

    /// What transactions that wrote all of `accounts` paid lately, in micro-lamports a compute unit: the least of each of
    /// the last slots.
    pub async fn recent_priority_fees(&self, accounts: &[Pubkey]) -> Result<Vec<u64>, RpcError> {
        let found = self.rpc.get_recent_prioritization_fees(accounts).await;
        let found = found.map_err(|error| self.error(error))?;
        Ok(found.into_iter().map(|slot| slot.prioritization_fee).collect())
    }

    /// The chain's clock, in Unix seconds: that of the Clock sysvar, which programs read.
    pub async fn now(&self) -> Result<i64, RpcError> {
        const UNIX_TIMESTAMP: usize = 32;
        let clock = self.raw(&CLOCK).await?;
        let bytes = clock.as_ref().and_then(|account| account.data.get(UNIX_TIMESTAMP..UNIX_TIMESTAMP + 8));
        let bytes: Option<[u8; 8]> = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(i64::from_le_bytes).ok_or_else(|| RpcError::Missing {
            kind: "clock",
            address: CLOCK,
            url: self.url.clone(),
        })
    }
}

fn websocket_of(url: &str) -> Option<String> {
    let (scheme, rest) = match url.split_once("://")? {
        ("http", rest) => ("ws", rest),
        ("https", rest) => ("wss", rest),
        _ => return None,
    };
    let (host, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
    if host.is_empty() {
        return None;
    }
    let host = match host.rsplit_once(':') {
        Some((name, port)) => format!("{name}:{}", port.parse::<u16>().ok()?.checked_add(1)?),
        None => host.to_owned(),
    };
    Some(path.map_or_else(|| format!("{scheme}://{host}"), |path| format!("{scheme}://{host}/{path}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_websocket_is_a_port_above_or_the_same_host() {
        let cases = [
            ("http://127.0.0.1:8899", Some("ws://127.0.0.1:8900")),
            ("https://api.devnet.solana.com", Some("wss://api.devnet.solana.com")),
            ("https://host.example/key?a=b", Some("wss://host.example/key?a=b")),
            ("http://127.0.0.1:8899/", Some("ws://127.0.0.1:8900/")),
            ("http://host:port", None),
            ("http://host:65535", None),
            ("ftp://host", None),
            ("http://", None),
            ("nonsense", None),
        ];
        for (url, expected) in cases {
            assert_eq!(websocket_of(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn a_cluster_has_a_name_or_a_url() {
        let new = |url| Cluster::new(url, None, CommitmentConfig::confirmed());
        assert_eq!(
            new("localhost").map(|c| c.ws_url().to_owned()).ok().as_deref(),
            Some("ws://127.0.0.1:8900")
        );
        assert!(matches!(new("nowhere"), Err(RpcError::BadUrl(url)) if url == "nowhere"));
        let websocket = Cluster::new("localhost", Some("http://x"), CommitmentConfig::confirmed());
        assert!(matches!(websocket, Err(RpcError::BadUrl(_))));
    }
}
