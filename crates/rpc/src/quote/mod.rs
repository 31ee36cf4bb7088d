//! Trades agreed off chain: a file that holds one transaction, signed by one side and completed by the other.
//!
//! `settle_trade` needs both sides' signatures in one transaction. Who quotes builds and signs it; who accepts reads back
//! from the transaction itself what it does ([`Quote::verify`]), signs, pays the fee and sends it. Nothing that the file
//! says in words is believed: all of it must agree with the transaction, and the quoter's seal covers it.
//!
//! A quote lives as long as its blockhash, a minute or two; with a durable nonce of the quoter's until the nonce is
//! advanced, which is also how the quoter takes it back. `valid_until` is the quoter's word: who accepts by these tools
//! keeps to it, and the chain doesn't know it.

mod make;
mod trade;

use base64::{prelude::BASE64_STANDARD, Engine};
use serde::{Deserialize, Serialize};
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_message::VersionedMessage;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction_status_client_types::{EncodedTransaction, TransactionBinaryEncoding};
use solana_transaction_v3::Transaction;

pub use make::{Lifetime, Offer};
pub use trade::{Trade, MAX_FEE_LAMPORTS};

/// The form of the file that this build writes and reads.
const VERSION: u32 = 1;

/// Before what the quoter's seal signs, so that it can never be a transaction.
const SEAL_PREFIX: &[u8] = b"jettison quote 1\n";

/// Why a quote is not accepted. Each names what to do where something can be done.
#[derive(Debug, thiserror::Error)]
pub enum QuoteError {
    /// The file is not of the form.
    #[error("this is not a quote file: {0}")]
    NotAQuote(String),
    /// Of a later form.
    #[error(
        "the quote is of version {0}, and this build reads version {VERSION}: use the build that wrote it"
    )]
    WrongVersion(u32),
    /// The transaction can't be read.
    #[error("the quote's transaction is damaged: {0}; ask for the file again")]
    BadTransaction(String),
    /// The transaction holds something that a quote never holds.
    #[error("the quote's transaction does more than settle a trade: {0}; don't sign it")]
    Unexpected(String),
    /// A signature is missing or wrong.
    #[error("{0}; the quote was changed or damaged since: ask for it again")]
    BadSignature(String),
    /// The words don't agree with the transaction.
    #[error("the quote says another {0} than its transaction: it was tampered with; don't sign it")]
    Tampered(&'static str),
    /// The key is not the one that the transaction waits for.
    #[error("this quote waits for the signature of {needed}, and the key that signs is {given}")]
    NotYours {
        /// Who has to sign.
        needed: String,
        /// Whose key was given.
        given: String,
    },
}

/// What a quote says in words; all of it must agree with the transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The clearinghouse.
    pub clearinghouse: String,
    /// The market.
    pub market_index: u16,
    /// The buyer's margin account.
    pub buyer: String,
    /// The seller's margin account.
    pub seller: String,
    /// Contracts.
    pub contracts: u64,
    /// Quote atoms a contract.
    pub price_atoms: u64,
    /// Whether the buyer pays the taker's fee; otherwise the seller does.
    pub buyer_is_taker: bool,
}

/// A quote file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The form of the file.
    jettison_quote: u32,
    /// The cluster's genesis hash.
    pub genesis_hash: String,
    /// What the trade is, for people.
    pub words: Words,
    /// Until when the quoter means it, in Unix seconds.
    pub valid_until: i64,
    /// The durable nonce that it spends; none if it lives as long as a blockhash.
    pub nonce: Option<String>,
    /// Who quotes and has signed.
    pub quoter: String,
    /// The transaction in base64, as it is sent, with the quoter's signature and room for the other's.
    transaction: String,
    /// The quoter's signature over all of the above.
    seal: String,
}

impl Quote {
    /// Reads a file's text; says nothing yet about what is in it.
    pub fn parse(text: &str) -> Result<Self, QuoteError> {
        #[derive(Deserialize)]
        struct Form {
            jettison_quote: u32,
        }
        let not_one = |error: serde_json::Error| QuoteError::NotAQuote(error.to_string());
        let form: Form = serde_json::from_str(text).map_err(not_one)?;
        if form.jettison_quote != VERSION {
            return Err(QuoteError::WrongVersion(form.jettison_quote));
        }
        serde_json::from_str(text).map_err(not_one)
    }

    /// The file's text.
    pub fn text(&self) -> String {
        // A struct of strings and numbers always is JSON.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The trade that the transaction settles, read from the transaction. Everything else in the file must agree with it,
    /// and the quoter must have signed both.
    pub fn verify(&self) -> Result<Trade, QuoteError> {
        let transaction = self.decode()?;
        let trade = Trade::of(&transaction.message)?;
        let quoter = trade.signed_by(&transaction)?;
        let differs = |what, same: bool| if same { Ok(()) } else { Err(QuoteError::Tampered(what)) };
        differs("quoter", self.quoter == quoter.to_string())?;
        differs("nonce", self.nonce == trade.nonce.map(|nonce| nonce.to_string()))?;
        let words = trade.words();
        differs("clearinghouse", self.words.clearinghouse == words.clearinghouse)?;
        differs("market", self.words.market_index == words.market_index)?;
        differs("buyer", self.words.buyer == words.buyer)?;
        differs("seller", self.words.seller == words.seller)?;
        differs("size", self.words.contracts == words.contracts)?;
        differs("price", self.words.price_atoms == words.price_atoms)?;
        differs("taker", self.words.buyer_is_taker == words.buyer_is_taker)?;
        let seal: Option<Signature> = self.seal.parse().ok();
        if !seal.is_some_and(|seal| seal.verify(quoter.as_ref(), &self.sealed())) {
            return Err(QuoteError::BadSignature("the quoter's seal is not over this file".into()));
        }
        Ok(trade)
    }

    /// The blockhash, or the nonce's value, that the transaction holds.
    pub fn blockhash(&self) -> Result<Hash, QuoteError> {
        Ok(self.decode()?.message.recent_blockhash)
    }

    /// The transaction, completed by the other side's key. Verifies first.
    pub fn accept(&self, keypair: &Keypair) -> Result<Transaction, QuoteError> {
        let trade = self.verify()?;
        let mut transaction = self.decode()?;
        if keypair.pubkey() != trade.payer {
            let (needed, given) = (trade.payer.to_string(), keypair.pubkey().to_string());
            return Err(QuoteError::NotYours { needed, given });
        }
        let blockhash = transaction.message.recent_blockhash;
        let failed = |error: solana_signer::SignerError| QuoteError::BadTransaction(error.to_string());
        transaction.try_partial_sign(&[keypair], blockhash).map_err(failed)?;
        if !is_signed(&transaction) {
            return Err(QuoteError::BadSignature("a signature is not over this transaction".into()));
        }
        Ok(transaction)
    }

    /// The transaction as it stands.
    fn decode(&self) -> Result<Transaction, QuoteError> {
        let bad = |why: &str| QuoteError::BadTransaction(why.to_owned());
        let form = TransactionBinaryEncoding::Base64;
        let decoded = EncodedTransaction::Binary(self.transaction.clone(), form).decode();
        let decoded = decoded.ok_or_else(|| bad("it is not a transaction in base64"))?;
        let VersionedMessage::Legacy(message) = decoded.message else {
            return Err(bad("it is not of the form that quotes have"));
        };
        let transaction = Transaction { signatures: decoded.signatures, message };
        // One form only: nothing hides behind the end.
        if encode(&transaction) != self.transaction {
            return Err(bad("it is followed by something else"));
        }
        Ok(transaction)
    }

    /// What the seal signs: all but the seal.
    fn sealed(&self) -> Vec<u8> {
        let unsealed = Self { seal: String::new(), ..self.clone() };
        [SEAL_PREFIX, unsealed.text().as_bytes()].concat()
    }
}

/// Whether all who have to have signed it.
fn is_signed(transaction: &Transaction) -> bool {
    let data = transaction.message_data();
    let mut signed = transaction.signatures.iter().zip(&transaction.message.account_keys);
    signed.all(|(signature, key)| signature.verify(key.as_ref(), &data))
}

/// A transaction as it is sent, in base64.
fn encode(transaction: &Transaction) -> String {
    // Fewer signatures than 128 are counted by one byte.
    let count = u8::try_from(transaction.signatures.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![count];
    for signature in &transaction.signatures {
        bytes.extend_from_slice(signature.as_ref());
    }
    bytes.extend(transaction.message_data());
    BASE64_STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests;
