//! What a cluster would refuse before running anything, and the runtimes here let pass: an oversized
//! transaction, a missing signature.

use crate::outcome::Failed;
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use std::collections::BTreeMap;

/// The most a transaction may weigh, in bytes.
pub(crate) const MAX_BYTES: usize = 1_232;
const SIGNATURE_BYTES: usize = 64;
const KEY_BYTES: usize = 32;
const HEADER_BYTES: usize = 3;

/// Refuses a transaction that is too large, or lacks the signature of one who must sign.
pub(crate) fn check(instructions: &[Instruction], payer: &Pubkey, signed: &[Pubkey]) -> Result<(), Failed> {
    let keys = keys(instructions, payer);
    for (key, _) in keys.iter().filter(|(_, signs)| **signs) {
        if *key != payer && !signed.contains(key) {
            return Err(Failed::whole(format!("{key} must sign and doesn't")));
        }
    }
    let bytes = bytes(instructions, &keys);
    if bytes > MAX_BYTES {
        return Err(Failed::whole(format!("the transaction is {bytes} bytes; a cluster takes {MAX_BYTES}")));
    }
    Ok(())
}

/// Every key of the transaction, and whether it signs.
fn keys<'a>(instructions: &'a [Instruction], payer: &'a Pubkey) -> BTreeMap<&'a Pubkey, bool> {
    let mut keys = BTreeMap::from([(payer, true)]);
    for instruction in instructions {
        keys.entry(&instruction.program_id).or_default();
        for meta in &instruction.accounts {
            *keys.entry(&meta.pubkey).or_default() |= meta.is_signer;
        }
    }
    keys
}

/// Size of the legacy transaction on the wire.
fn bytes(instructions: &[Instruction], keys: &BTreeMap<&Pubkey, bool>) -> usize {
    let signatures = keys.values().filter(|signs| **signs).count();
    let body: usize =
        instructions.iter().map(|ix| 1 + counted(ix.accounts.len(), 1) + counted(ix.data.len(), 1)).sum();
    counted(signatures, SIGNATURE_BYTES)
        + HEADER_BYTES
        + counted(keys.len(), KEY_BYTES)
        + KEY_BYTES // the blockhash
        + counted(instructions.len(), 0)
        + body
}

/// A list of `count` items of `each` bytes behind its length, which takes a byte per 7 bits.
fn counted(count: usize, each: usize) -> usize {
    let prefix = match count {
        0..=0x7f => 1,
        0x80..=0x3fff => 2,
        _ => 3,
    };
    prefix + count * each
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::prelude::AccountMeta;
    use solana_transaction_v3::Transaction;

    fn key(n: u8) -> Pubkey {
        Pubkey::new_from_array([n; 32])
    }

    fn call(accounts: u8, data: usize) -> Instruction {
        let metas = (1..=accounts).map(|n| AccountMeta::new(key(n), n % 3 == 0)).collect();
        Instruction::new_with_bytes(key(200), &vec![0; data], metas)
    }

    #[test]
    fn the_size_is_that_of_the_serialized_transaction() {
        for (accounts, data) in [(0, 0), (3, 8), (9, 127), (9, 128), (30, 700)] {
            let calls = [call(accounts, data), call(2, 5)];
            let transaction = Transaction::new_with_payer(&calls, Some(&key(1)));
            let actual = 1 + transaction.signatures.len() * 64 + transaction.message.serialize().len();
            assert_eq!(bytes(&calls, &keys(&calls, &key(1))), actual, "{accounts} accounts, {data} bytes");
        }
    }

    #[test]
    fn a_transaction_over_the_limit_is_refused() {
        let payer = key(100);
        assert!(check(&[call(0, 1_000)], &payer, &[]).is_ok());
        let failed = check(&[call(0, 1_232)], &payer, &[]).unwrap_err();
        assert!(failed.message.contains("a cluster takes 1232"), "{}", failed.message);
    }

    #[test]
    fn who_must_sign_is_named_when_missing() {
        let payer = key(100);
        assert!(check(&[call(3, 0)], &payer, &[key(3)]).is_ok());
        let failed = check(&[call(3, 0)], &payer, &[key(2)]).unwrap_err();
        assert_eq!(failed.message, format!("{} must sign and doesn't", key(3)));
    }
}
