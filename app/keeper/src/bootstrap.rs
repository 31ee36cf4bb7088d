//! Full readings of the chain: at the start, after a gap, and now and then to repair what the stream missed.

use anchor_lang::prelude::Pubkey;
use anchor_lang::Discriminator;
use clearing::state::{MarginAccount, Market};
use jettison_client::Venue;
use jettison_rpc::{Cluster, Kind, RpcError};
use serde_json::json;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding, UiDataSliceConfig};
use solana_rpc_client_api::config::{RpcAccountInfoConfig, RpcProgramAccountsConfig};
use solana_rpc_client_api::filter::{Memcmp, RpcFilterType};
use solana_rpc_client_api::request::RpcRequest;
use solana_rpc_client_api::response::{OptionalContext, RpcKeyedAccount};

use crate::cache::{CLOCK, MARGIN_SLICE};
use crate::input::{Input, Update, Watched};

/// How many accounts one request may name.
const CHUNK: usize = 100;

/// The single accounts that a keeper watches besides markets and margin accounts.
pub fn singles(venue: &Venue, oracles: &[Pubkey]) -> Vec<(Pubkey, Watched)> {
    let mut all = vec![
        (CLOCK, Watched::Clock),
        (venue.clearinghouse, Watched::Clearinghouse),
        (venue.custody, Watched::Custody),
        (venue.insurance_fund, Watched::Fund),
        (venue.margin_vault, Watched::Vault),
    ];
    all.extend(oracles.iter().map(|oracle| (*oracle, Watched::Oracle)));
    all
}

/// What to ask for of the accounts of a kind: those of the clearinghouse alone, and of a margin account only the slice
/// that a keeper needs.
pub fn program_accounts(kind: Watched, clearinghouse: &Pubkey) -> RpcProgramAccountsConfig {
    let (discriminator, at, slice) = match kind {
        Watched::Margin => (
            MarginAccount::DISCRIMINATOR,
            MarginAccount::CLEARINGHOUSE_AT,
            Some(UiDataSliceConfig {
                offset: MARGIN_SLICE.start,
                length: MARGIN_SLICE.end - MARGIN_SLICE.start,
            }),
        ),
        _ => (Market::DISCRIMINATOR, Market::CLEARINGHOUSE_AT, None),
    };
    let mut filters = vec![RpcFilterType::Memcmp(Memcmp::new_raw_bytes(0, discriminator.to_vec()))];
    if let Some(at) = at {
        filters.push(RpcFilterType::Memcmp(Memcmp::new_raw_bytes(at, clearinghouse.to_bytes().to_vec())));
    }
    RpcProgramAccountsConfig {
        filters: Some(filters),
        account_config: RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            data_slice: slice,
            ..RpcAccountInfoConfig::default()
        },
        with_context: Some(true),
        sort_results: None,
    }
}

/// An account that a server showed, as an update. Some servers' streams don't slice: what is too much is cut off here.
pub fn update(kind: Watched, slot: u64, address: Pubkey, account: &UiAccount) -> Option<Update> {
    let owner = account.owner.parse().ok()?;
    Some(Update { slot, kind, address, owner, data: needed(kind, account.data.decode()?) })
}

/// What a keeper needs of an account's data.
fn needed(kind: Watched, data: Vec<u8>) -> Vec<u8> {
    match data.get(MARGIN_SLICE) {
        Some(slice) if kind == Watched::Margin && data.len() == MarginAccount::SPACE => slice.to_vec(),
        _ => data,
    }
}

/// Reads all markets and margin accounts, at the older of the two slots.
pub async fn snapshot(cluster: &Cluster, clearinghouse: &Pubkey) -> Result<Input, RpcError> {
    let (first, mut accounts) = all_of(cluster, Watched::Market, clearinghouse).await?;
    let (second, margins) = all_of(cluster, Watched::Margin, clearinghouse).await?;
    accounts.extend(margins);
    Ok(Input::Snapshot { slot: first.min(second), accounts })
}

async fn all_of(
    cluster: &Cluster,
    kind: Watched,
    clearinghouse: &Pubkey,
) -> Result<(u64, Vec<Update>), RpcError> {
    let rpc = cluster.rpc();
    let mut config = program_accounts(kind, clearinghouse);
    config.account_config.commitment = Some(rpc.commitment());
    // A server that gives no context answers with what it had when it was asked, or later.
    let before = rpc.get_slot().await.map_err(|error| cluster.error(error))?;
    let params = json!([clearing::ID.to_string(), config]);
    let answer: OptionalContext<Vec<RpcKeyedAccount>> =
        rpc.send(RpcRequest::GetProgramAccounts, params).await.map_err(|error| cluster.error(error))?;
    let (slot, found) = match answer {
        OptionalContext::Context(response) => (response.context.slot, response.value),
        OptionalContext::NoContext(found) => (before, found),
    };
    let updates = found.iter().filter_map(|keyed| {
        let address = keyed.pubkey.parse().ok()?;
        update(kind, slot, address, &keyed.account)
    });
    Ok((slot, updates.collect()))
}

/// Reads single accounts.
pub async fn read_singles(cluster: &Cluster, wanted: &[(Pubkey, Watched)]) -> Result<Vec<Input>, RpcError> {
    let rpc = cluster.rpc();
    let mut inputs = vec![];
    for wanted in wanted.chunks(CHUNK) {
        let addresses: Vec<Pubkey> = wanted.iter().map(|(address, _)| *address).collect();
        let found = rpc.get_multiple_accounts_with_commitment(&addresses, rpc.commitment()).await;
        let found = found.map_err(|error| cluster.error(error))?;
        inputs.push(Input::Slot { slot: found.context.slot });
        for ((address, kind), account) in wanted.iter().zip(found.value) {
            let Some(account) = account else { continue };
            inputs.push(Input::Account(Update {
                slot: found.context.slot,
                kind: *kind,
                address: *address,
                owner: account.owner,
                data: needed(*kind, account.data),
            }));
        }
    }
    Ok(inputs)
}

#[cfg(test)]
mod tests {
    use solana_account_decoder_client_types::UiAccountData;

    use super::*;

    /// Red against a server whose websocket leaves the data slice out of account.
    #[test]
    fn a_margin_account_that_was_not_sliced_is_sliced_here() {
        use base64::{prelude::BASE64_STANDARD, Engine};
        let whole: Vec<u8> = (0..MarginAccount::SPACE).map(|at| at as u8).collect();
        let shown = |bytes: &[u8]| UiAccount {
            lamports: 1,
            data: UiAccountData::Binary(BASE64_STANDARD.encode(bytes), UiAccountEncoding::Base64),
            owner: clearing::ID.to_string(),
            executable: false,
            rent_epoch: 0,
            space: None,
        };
        let taken = |bytes: &[u8]| update(Watched::Margin, 7, CLOCK, &shown(bytes)).unwrap().data;
        assert_eq!(taken(&whole), whole[MARGIN_SLICE]);
        assert_eq!(taken(&whole[MARGIN_SLICE]), whole[MARGIN_SLICE]);
    }
}
