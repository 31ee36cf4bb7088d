//! Transactions that somebody else is to sign, such as the vault of a multisig.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use solana_message::Message;

use crate::send::PACKET_BYTES;
use crate::RpcError;

/// Bytes of a signature.
const SIGNATURE: usize = 64;

/// A transaction that `signer` alone signs and pays, as it goes over the wire but with zeros for the signature. It asks for
/// no compute units, and its blockhash is all zeros: whoever has it signed sets both.
///
/// # Errors
/// [`RpcError::Signing`] when someone else would have to sign too; [`RpcError::TooLarge`] for more than a transaction holds.
pub fn unsigned(instructions: &[Instruction], signer: &Pubkey) -> Result<Vec<u8>, RpcError> {
    let metas = instructions.iter().flat_map(|instruction| &instruction.accounts);
    if let Some(other) =
        metas.filter(|meta| meta.is_signer && meta.pubkey != *signer).map(|meta| meta.pubkey).next()
    {
        return Err(RpcError::Signing(format!("{other} would have to sign beside {signer}")));
    }
    let message = Message::new(instructions, Some(signer)).serialize();
    let mut bytes = vec![1];
    bytes.extend([0; SIGNATURE]);
    bytes.extend(message);
    if bytes.len() > PACKET_BYTES {
        return Err(RpcError::TooLarge { bytes: bytes.len(), limit: PACKET_BYTES });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use anchor_lang::prelude::AccountMeta;

    use super::*;

    fn instruction(signers: &[Pubkey], data: usize) -> Instruction {
        let accounts = signers.iter().map(|signer| AccountMeta::new(*signer, true)).collect();
        Instruction { program_id: clearing::ID, accounts, data: vec![7; data] }
    }

    #[test]
    fn the_vault_is_the_only_signer_and_pays() {
        let vault = Pubkey::new_from_array([9; 32]);
        let bytes = unsigned(&[instruction(&[vault], 3)], &vault).expect("a transaction");
        assert_eq!(bytes[0], 1, "one signature");
        assert!(bytes[1..=SIGNATURE].iter().all(|byte| *byte == 0), "not signed");
        // Of the message: signers, those read-only, other read-only accounts (the program), then the addresses.
        assert_eq!(bytes[65..69], [1, 0, 1, 2]);
        assert_eq!(bytes[69..101], vault.to_bytes());
        assert_eq!(bytes[101..133], clearing::ID.to_bytes());
        assert_eq!(bytes[133..165], [0; 32], "no blockhash");
        assert_eq!(bytes[165..], [1, 1, 1, 0, 3, 7, 7, 7]);
    }

    #[test]
    fn what_another_has_to_sign_and_what_is_too_large_is_refused() {
        let (vault, other) = (Pubkey::new_from_array([9; 32]), Pubkey::new_from_array([8; 32]));
        let error = unsigned(&[instruction(&[vault, other], 3)], &vault).expect_err("two signers");
        assert!(error.to_string().contains(&other.to_string()), "{error}");
        let error = unsigned(&[instruction(&[vault], 1_100)], &vault).expect_err("too large");
        assert!(error.to_string().contains("1232"), "{error}");
    }
}
