//! Which cluster answers.

use std::fmt;

use anyhow::{ensure, Result};
use jettison_rpc::Cluster;
use serde::Deserialize;

/// A cluster by its genesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// Any that is none of the others.
    Localnet,
    /// Solana's devnet.
    Devnet,
    /// Solana's testnet.
    Testnet,
    /// Solana's mainnet.
    Mainnet,
}

/// Hashes of the public clusters' first blocks.
const PUBLIC: [(&str, Network); 3] = [
    ("EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG", Network::Devnet),
    ("4uhcVJyU9pJkvQyS88uRDiswHXSgkY3zQawwpjk2NsNY", Network::Testnet),
    ("5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d", Network::Mainnet),
];

impl Network {
    /// The one that answers.
    pub async fn of(cluster: &Cluster) -> Result<Self> {
        let hash = cluster.rpc().get_genesis_hash().await.map_err(|error| cluster.error(error))?;
        Ok(Self::of_genesis(&hash.to_string()))
    }

    fn of_genesis(hash: &str) -> Self {
        let known = PUBLIC.into_iter().find(|(public, _)| *public == hash);
        known.map_or(Self::Localnet, |(_, network)| network)
    }

    /// Refuses any other.
    pub fn require(self, answers: Self, url: &str) -> Result<()> {
        ensure!(
            self == answers,
            "wrong cluster: {url} is a {answers}, and this deployment is for a {self}; give another --url or another file"
        );
        Ok(())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Localnet => "localnet",
            Self::Devnet => "devnet",
            Self::Testnet => "testnet",
            Self::Mainnet => "mainnet",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_cluster_is_known_by_its_genesis_and_any_other_is_a_localnet() {
        for (hash, network) in PUBLIC {
            assert_eq!(Network::of_genesis(hash), network);
        }
        assert_eq!(Network::of_genesis("39Ju2g3txtb6XzM6XRm3Vgwo2N4sDnF4WXkHwY2SKysA"), Network::Localnet);
        let error = Network::Devnet.require(Network::Mainnet, "http://x").unwrap_err().to_string();
        assert!(error.contains("http://x is a mainnet") && error.contains("for a devnet"), "{error}");
    }
}
