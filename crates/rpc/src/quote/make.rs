//! Making a quote.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::instructions::SettleTradeArgs;
use jettison_client::Venue;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_transaction_v3::Transaction;

use super::{encode, Quote, VERSION};
use crate::RpcError;

/// A trade as one side offers it.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Who signs for the buyer and for the seller.
    pub signers: [Pubkey; 2],
    /// The buyer's margin account.
    pub buyer: Pubkey,
    /// The seller's margin account.
    pub seller: Pubkey,
    /// Market, size, price and who takes.
    pub args: SettleTradeArgs,
    /// All markets of both accounts.
    pub markets: Vec<u16>,
    /// The oracle of each market whose price is renewed first.
    pub oracles: Vec<(u16, Pubkey)>,
}

/// How long a quote can land.
#[derive(Clone, Copy, Debug)]
pub enum Lifetime {
    /// As long as a recent blockhash.
    Blockhash(Hash),
    /// Until a durable nonce is advanced.
    Nonce {
        /// The nonce's account; the quoter is its authority.
        account: Pubkey,
        /// What it holds.
        value: Hash,
    },
}

impl Offer {
    /// The accruals and the trade.
    pub fn instructions(&self, venue: &Venue) -> Vec<Instruction> {
        let accruals = self.oracles.iter().map(|(index, oracle)| venue.accrue_market(*index, *oracle));
        let trade = venue.settle_trade(self.signers, self.buyer, self.seller, self.args, &self.markets);
        accruals.chain([trade]).collect()
    }

    /// Signs it by one side's key: the other pays the fee of `units` compute units at `priority` micro-lamports.
    pub fn quote(
        &self,
        venue: &Venue,
        quoter: &Keypair,
        lifetime: Lifetime,
        (units, priority): (u32, u64),
        (genesis_hash, valid_until): (String, i64),
    ) -> Result<Quote, RpcError> {
        let payer = self.other(&quoter.pubkey())?;
        let mut instructions = vec![
            ComputeBudgetInstruction::set_compute_unit_limit(units),
            ComputeBudgetInstruction::set_compute_unit_price(priority),
        ];
        instructions.extend(self.instructions(venue));
        let (mut message, blockhash, nonce) = match lifetime {
            Lifetime::Blockhash(hash) => (Message::new(&instructions, Some(&payer)), hash, None),
            Lifetime::Nonce { account, value } => {
                let message = Message::new_with_nonce(instructions, Some(&payer), &account, &quoter.pubkey());
                (message, value, Some(account))
            }
        };
        message.recent_blockhash = blockhash;
        let mut transaction = Transaction::new_unsigned(message);
        crate::send::require_fits(&transaction)?;
        let failed = |error: solana_signer::SignerError| RpcError::Signing(error.to_string());
        transaction.try_partial_sign(&[quoter], blockhash).map_err(failed)?;
        let trade = super::Trade::of(&transaction.message);
        let trade = trade.map_err(|error| RpcError::Signing(error.to_string()))?;
        let mut quote = Quote {
            jettison_quote: VERSION,
            genesis_hash,
            words: trade.words(),
            valid_until,
            nonce: nonce.map(|nonce| nonce.to_string()),
            quoter: quoter.pubkey().to_string(),
            transaction: encode(&transaction),
            seal: String::new(),
        };
        quote.seal = quoter.sign_message(&quote.sealed()).to_string();
        Ok(quote)
    }

    /// Of the two who sign, the other one.
    fn other(&self, quoter: &Pubkey) -> Result<Pubkey, RpcError> {
        match self.signers {
            [one, other] if one == other => {
                Err(RpcError::Signing("one key signs for both sides: send the trade at once instead".into()))
            }
            [one, other] if one == *quoter => Ok(other),
            [one, other] if other == *quoter => Ok(one),
            _ => Err(RpcError::Signing(format!("{quoter} signs for neither side"))),
        }
    }
}
