//! Accounts, decoded.

use anchor_lang::prelude::Pubkey;
use anchor_lang::Discriminator;
use bytemuck::Pod;
use clearing::state::{Clearinghouse, Custody, InsuranceFund, MarginAccount, Market, StakeAccount};
use solana_account_decoder_client_types::UiAccountEncoding;
use solana_rpc_client_api::config::{RpcAccountInfoConfig, RpcProgramAccountsConfig};
use solana_rpc_client_api::filter::{Memcmp, RpcFilterType};

use crate::{Cluster, RpcError};

/// An account's content and address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored<T> {
    /// Where it is.
    pub address: Pubkey,
    /// What it holds.
    pub state: T,
}

/// An account of the clearing program that can be read by address.
pub trait Kind: Pod + Discriminator {
    /// Its name in messages.
    const KIND: &'static str;
    /// Where in its data the clearinghouse's address is, for a filter; none if it isn't there.
    const CLEARINGHOUSE_AT: Option<usize>;
}

macro_rules! kinds {
    ($($type:ident $name:literal $at:expr,)*) => {$(
        impl Kind for $type {
            const KIND: &'static str = $name;
            const CLEARINGHOUSE_AT: Option<usize> = $at;
        }
    )*};
}

kinds! {
    Clearinghouse "clearinghouse" None,
    Custody "custody" Some(8 + core::mem::offset_of!(Custody, clearinghouse)),
    InsuranceFund "insurance fund" Some(8 + core::mem::offset_of!(InsuranceFund, clearinghouse)),
    Market "market" Some(8 + core::mem::offset_of!(Market, clearinghouse)),
    MarginAccount "margin account" Some(8 + core::mem::offset_of!(MarginAccount, clearinghouse)),
    StakeAccount "stake account" Some(8 + core::mem::offset_of!(StakeAccount, clearinghouse)),
}

/// How many accounts one request may name.
const CHUNK: usize = 100;

impl Cluster {
    /// An account as it is; `None` if there is none.
    pub async fn raw(&self, address: &Pubkey) -> Result<Option<solana_account_v3::Account>, RpcError> {
        // Not by the client's method for one account, which calls every trouble on the way a missing account.
        Ok(self.raw_all(&[*address]).await?.pop().flatten())
    }

    /// Accounts as they are, in the order of their addresses; `None` where there is none.
    pub async fn raw_all(
        &self,
        addresses: &[Pubkey],
    ) -> Result<Vec<Option<solana_account_v3::Account>>, RpcError> {
        let mut all = Vec::with_capacity(addresses.len());
        for addresses in addresses.chunks(CHUNK) {
            let found = self.rpc.get_multiple_accounts(addresses).await;
            all.extend(found.map_err(|error| self.error(error))?);
        }
        Ok(all)
    }

    /// An account of the program, or `None` if there is none at the address.
    pub async fn find<T: Kind>(&self, address: &Pubkey) -> Result<Option<Stored<T>>, RpcError> {
        match self.raw(address).await? {
            Some(account) => decode(*address, &account.owner, &account.data).map(Some),
            None => Ok(None),
        }
    }

    /// An account of the program: [`RpcError::Missing`] if there is none at the address.
    pub async fn get<T: Kind>(&self, address: &Pubkey) -> Result<Stored<T>, RpcError> {
        let missing = || RpcError::Missing { kind: T::KIND, address: *address, url: self.url().to_owned() };
        self.find(address).await?.ok_or_else(missing)
    }

    /// Accounts of the program, one for each address; `None` where there is none.
    pub async fn find_all<T: Kind>(&self, addresses: &[Pubkey]) -> Result<Vec<Option<Stored<T>>>, RpcError> {
        let found = addresses.iter().zip(self.raw_all(addresses).await?);
        found
            .map(|(address, account)| match account {
                Some(account) => decode(*address, &account.owner, &account.data).map(Some),
                None => Ok(None),
            })
            .collect()
    }

    /// Accounts of the program, one for each address; each must exist.
    pub async fn get_all<T: Kind>(&self, addresses: &[Pubkey]) -> Result<Vec<Stored<T>>, RpcError> {
        let found = self.find_all(addresses).await?.into_iter().zip(addresses);
        let missing = |address: &Pubkey| RpcError::Missing {
            kind: T::KIND,
            address: *address,
            url: self.url().to_owned(),
        };
        found.map(|(account, address)| account.ok_or_else(|| missing(address))).collect()
    }

    /// All accounts of one kind that a clearinghouse has, in the order of their addresses.
    pub async fn list<T: Kind>(&self, clearinghouse: &Pubkey) -> Result<Vec<Stored<T>>, RpcError> {
        let within = T::CLEARINGHOUSE_AT.map(|at| (at, *clearinghouse));
        let found = self.list_data(T::DISCRIMINATOR, within).await?;
        found.into_iter().map(|(address, data)| decode(address, &clearing::ID, &data)).collect()
    }

    /// The data of all accounts of the program that begin with `discriminator` and, if `within` is given, hold that address
    /// at that place; in the order of their addresses.
    pub async fn list_data(
        &self,
        discriminator: &[u8],
        within: Option<(usize, Pubkey)>,
    ) -> Result<Vec<(Pubkey, Vec<u8>)>, RpcError> {
        let mut filters = vec![RpcFilterType::Memcmp(Memcmp::new_raw_bytes(0, discriminator.to_vec()))];
        if let Some((at, key)) = within {
            filters.push(RpcFilterType::Memcmp(Memcmp::new_raw_bytes(at, key.to_bytes().to_vec())));
        }
        let config = RpcProgramAccountsConfig {
            filters: Some(filters),
            account_config: RpcAccountInfoConfig {
                encoding: Some(UiAccountEncoding::Base64),
                commitment: Some(self.rpc.commitment()),
                ..RpcAccountInfoConfig::default()
            },
            ..RpcProgramAccountsConfig::default()
        };
        let found = self.rpc.get_program_ui_accounts_with_config(&clearing::ID, config).await;
        let found = found.map_err(|error| self.error(error))?.into_iter();
        let mut all: Vec<_> =
            found.map(|(address, account)| (address, account.data.decode().unwrap_or_default())).collect();
        all.sort_unstable_by_key(|(address, _)| *address);
        Ok(all)
    }
}

/// Decodes an account that `owner` owns.
pub(crate) fn decode<T: Kind>(address: Pubkey, owner: &Pubkey, data: &[u8]) -> Result<Stored<T>, RpcError> {
    if *owner != clearing::ID {
        return Err(RpcError::Foreign { kind: T::KIND, address, owner: *owner });
    }
    let wrong = |error: jettison_client::DecodeError| RpcError::WrongVersion {
        kind: T::KIND,
        address,
        why: error.to_string(),
    };
    Ok(Stored { address, state: jettison_client::account(data).map_err(wrong)? })
}
