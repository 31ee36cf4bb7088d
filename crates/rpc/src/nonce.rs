//! Durable nonces: what a transaction that may land much later holds in place of a blockhash.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::system_program;
use solana_hash::Hash;

use crate::{Cluster, RpcError};

/// Size of a nonce's account.
pub const NONCE_BYTES: usize = 80;

/// A durable nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonce {
    /// Who may advance it.
    pub authority: Pubkey,
    /// What a transaction that spends it holds in place of a blockhash.
    pub value: Hash,
}

impl Nonce {
    /// Reads the system program's account: version and state as 32-bit numbers, authority, value, fee.
    fn read(data: &[u8]) -> Option<Self> {
        const INITIALIZED: [u8; 8] = [1, 0, 0, 0, 1, 0, 0, 0];
        let body = data.strip_prefix(&INITIALIZED)?;
        let (authority, rest) = body.split_first_chunk::<32>()?;
        let (value, _) = rest.split_first_chunk::<32>()?;
        (data.len() == NONCE_BYTES).then(|| Self {
            authority: Pubkey::new_from_array(*authority),
            value: Hash::new_from_array(*value),
        })
    }
}

impl Cluster {
    /// The durable nonce at an address.
    pub async fn nonce(&self, address: &Pubkey) -> Result<Nonce, RpcError> {
        let missing =
            || RpcError::Missing { kind: "durable nonce", address: *address, url: self.url().to_owned() };
        let account = self.raw(address).await?.ok_or_else(missing)?;
        let foreign = || RpcError::Foreign { kind: "durable nonce", address: *address, owner: account.owner };
        if account.owner != system_program::ID {
            return Err(foreign());
        }
        Nonce::read(&account.data).ok_or_else(foreign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_initialized_nonce_of_the_right_size_is_read() {
        let mut data = vec![1, 0, 0, 0, 1, 0, 0, 0];
        data.extend([7; 32]);
        data.extend([9; 32]);
        data.extend(5_000u64.to_le_bytes());
        let nonce = Nonce::read(&data).unwrap();
        assert_eq!(
            (nonce.authority, nonce.value),
            (Pubkey::new_from_array([7; 32]), Hash::new_from_array([9; 32]))
        );
        assert_eq!(Nonce::read(&data[..79]), None);
        data[4] = 0;
        assert_eq!(Nonce::read(&data), None);
        assert_eq!(Nonce::read(&[]), None);
    }
}
