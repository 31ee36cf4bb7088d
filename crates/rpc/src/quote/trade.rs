//! Reading from a transaction what trade it settles, and that it does nothing else.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::system_program;
use anchor_lang::{AnchorDeserialize, Discriminator};
use clearing::instruction::{AccrueMarket, SettleTrade};
use clearing::instructions::SettleTradeArgs;
use solana_message::compiled_instruction::CompiledInstruction;
use solana_message::Message;
use solana_signature::Signature;
use solana_transaction_v3::Transaction;

use super::{QuoteError, Words};

/// The most that a quote's transaction may cost whoever accepts it, in lamports: a hundredth of a SOL.
pub const MAX_FEE_LAMPORTS: u64 = 10_000_000;

/// What a signature costs, in lamports.
const LAMPORTS_PER_SIGNATURE: u64 = 5_000;

/// The compute budget program.
const COMPUTE_BUDGET: Pubkey = anchor_lang::prelude::pubkey!("ComputeBudget111111111111111111111111111111");

/// `AdvanceNonceAccount` of the system program.
const ADVANCE_NONCE: [u8; 4] = [4, 0, 0, 0];

/// Instructions of the compute budget program, by their first byte.
const SET_LIMIT: u8 = 2;
const SET_PRICE: u8 = 3;

/// What a quote's transaction does, read from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trade {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// Who signs for the buyer.
    pub buyer_signer: Pubkey,
    /// Who signs for the seller.
    pub seller_signer: Pubkey,
    /// The buyer's margin account.
    pub buyer: Pubkey,
    /// The seller's margin account.
    pub seller: Pubkey,
    /// The market.
    pub market_index: u16,
    /// Contracts.
    pub size: u64,
    /// Quote atoms a contract.
    pub price: u64,
    /// Whether the buyer pays the taker's fee.
    pub buyer_is_taker: bool,
    /// The accounts passed as markets.
    pub markets: Vec<Pubkey>,
    /// Who pays the fee and signs last.
    pub payer: Pubkey,
    /// The most that the fee can be, in lamports.
    pub fee_lamports: u64,
    /// The durable nonce that it spends.
    pub nonce: Option<Pubkey>,
    /// Who the nonce's authority must be.
    pub nonce_authority: Option<Pubkey>,
}

/// What the instructions hold, as they are gone through.
#[derive(Default)]
struct Found {
    settle: Option<(Vec<Pubkey>, SettleTradeArgs)>,
    accrued: Vec<Pubkey>,
    nonce: Option<(Pubkey, Pubkey)>,
    limit: Option<u32>,
    price: Option<u64>,
}

fn unexpected<T>(what: impl Into<String>) -> Result<T, QuoteError> {
    Err(QuoteError::Unexpected(what.into()))
}

impl Trade {
    /// Reads a transaction's message. Refused unless it is one trade, the accruals of its markets, a compute budget, and at
    /// its head the advance of a nonce, signed by the two sides and nobody else.
    pub fn of(message: &Message) -> Result<Self, QuoteError> {
        let mut found = Found::default();
        for (place, instruction) in message.instructions.iter().enumerate() {
            found.take(place, instruction, message)?;
        }
        let Some((accounts, args)) = found.settle else {
            return unexpected("there is no trade in it");
        };
        let [buyer_signer, seller_signer, clearinghouse, buyer, seller, markets @ ..] = accounts.as_slice()
        else {
            return unexpected("the trade names too few accounts");
        };
        if let Some(foreign) = found.accrued.iter().find(|market| !markets.contains(market)) {
            return unexpected(format!("it accrues {foreign}, which is no market of the trade"));
        }
        let Some(payer) = message.account_keys.first() else {
            return unexpected("nobody pays for it");
        };
        let units = u64::from(found.limit.unwrap_or(1_400_000));
        let priority = units.saturating_mul(found.price.unwrap_or(0)).div_ceil(1_000_000);
        let trade = Self {
            clearinghouse: *clearinghouse,
            buyer_signer: *buyer_signer,
            seller_signer: *seller_signer,
            buyer: *buyer,
            seller: *seller,
            market_index: args.market_index,
            size: args.size,
            price: args.price,
            buyer_is_taker: args.buyer_is_taker,
            markets: markets.to_vec(),
            payer: *payer,
            fee_lamports: priority.saturating_add(2 * LAMPORTS_PER_SIGNATURE),
            nonce: found.nonce.map(|(account, _)| account),
            nonce_authority: found.nonce.map(|(_, authority)| authority),
        };
        trade.require_signers(message)?;
        if trade.fee_lamports > MAX_FEE_LAMPORTS {
            return unexpected(format!("it may cost {} lamports in fees", trade.fee_lamports));
        }
        Ok(trade)
    }

    /// The two sides and nobody else, each once.
    fn require_signers(&self, message: &Message) -> Result<(), QuoteError> {
        let sides = [self.buyer_signer, self.seller_signer];
        let required = usize::from(message.header.num_required_signatures);
        let signers = message.account_keys.get(..required).unwrap_or_default();
        if self.buyer_signer == self.seller_signer || signers.len() != 2 {
            return unexpected("other signatures than those of two sides are asked for");
        }
        if !signers.iter().all(|signer| sides.contains(signer)) {
            return unexpected("somebody signs who is on neither side");
        }
        if self.nonce_authority.is_some_and(|authority| authority == self.payer) {
            return unexpected("it would advance a nonce of whoever accepts it");
        }
        Ok(())
    }

    /// Who has signed: exactly the one who doesn't pay, and rightly so.
    pub(super) fn signed_by(&self, transaction: &Transaction) -> Result<Pubkey, QuoteError> {
        let wrong = |why: &str| Err(QuoteError::BadSignature(why.to_owned()));
        let [payers, others] = transaction.signatures.as_slice() else {
            return wrong("there are not two signatures");
        };
        if *payers != Signature::default() {
            return wrong("the accepting side's signature is there already");
        }
        let Some(quoter) = transaction.message.account_keys.get(1) else {
            return wrong("nobody quotes");
        };
        if !others.verify(quoter.as_ref(), &transaction.message_data()) {
            return wrong("the quoter's signature is not over this transaction");
        }
        Ok(*quoter)
    }

    /// It in words.
    pub fn words(&self) -> Words {
        Words {
            clearinghouse: self.clearinghouse.to_string(),
            market_index: self.market_index,
            buyer: self.buyer.to_string(),
            seller: self.seller.to_string(),
            contracts: self.size,
            price_atoms: self.price,
            buyer_is_taker: self.buyer_is_taker,
        }
    }
}

impl Found {
    fn take(
        &mut self,
        place: usize,
        instruction: &CompiledInstruction,
        message: &Message,
    ) -> Result<(), QuoteError> {
        let key = |index: &u8| message.account_keys.get(usize::from(*index)).copied();
        let accounts: Option<Vec<Pubkey>> = instruction.accounts.iter().map(key).collect();
        let (Some(accounts), Some(program)) = (accounts, key(&instruction.program_id_index)) else {
            return unexpected("an account is missing");
        };
        let data = instruction.data.as_slice();
        if program == clearing::ID {
            return self.take_clearing(accounts, data);
        }
        if program == COMPUTE_BUDGET {
            return self.take_budget(data);
        }
        if program == system_program::ID && place == 0 && data == ADVANCE_NONCE {
            let [account, _, authority] = accounts.as_slice() else {
                return unexpected("the nonce's advance names other accounts");
            };
            self.nonce = Some((*account, *authority));
            return Ok(());
        }
        unexpected(format!("instruction {place} is one of the program {program}"))
    }

    fn take_clearing(&mut self, accounts: Vec<Pubkey>, data: &[u8]) -> Result<(), QuoteError> {
        if let Some(mut body) = data.strip_prefix(SettleTrade::DISCRIMINATOR) {
            let args = SettleTradeArgs::deserialize(&mut body).ok().filter(|_| body.is_empty());
            let Some(args) = args else {
                return unexpected("the trade's arguments can't be read");
            };
            if self.settle.replace((accounts, args)).is_some() {
                return unexpected("there are two trades in it");
            }
            return Ok(());
        }
        match (data == AccrueMarket::DISCRIMINATOR, accounts.first()) {
            (true, Some(market)) if self.settle.is_none() => {
                self.accrued.push(*market);
                Ok(())
            }
            _ => unexpected("there is another instruction of the clearing program in it"),
        }
    }

    fn take_budget(&mut self, data: &[u8]) -> Result<(), QuoteError> {
        let known = match data.split_first() {
            Some((&SET_LIMIT, rest)) => {
                rest.try_into().is_ok_and(|units| self.limit.replace(u32::from_le_bytes(units)).is_none())
            }
            Some((&SET_PRICE, rest)) => {
                rest.try_into().is_ok_and(|price| self.price.replace(u64::from_le_bytes(price)).is_none())
            }
            _ => false,
        };
        if known {
            return Ok(());
        }
        unexpected("its compute budget is set in a way that quotes don't")
    }
}
