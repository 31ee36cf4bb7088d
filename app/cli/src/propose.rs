//! A transaction for somebody else to sign, such as the vault of a multisig: it is shown, and nothing is sent.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anyhow::Result;
use base64::prelude::{Engine, BASE64_STANDARD};
use jettison_client::AnyEvent;
use jettison_rpc::RpcError;

use crate::context::Context;
use crate::output::Fields;
use crate::transaction::Sent;

/// What a proposal would do as things are now, beside the transaction itself.
pub struct Proposal {
    simulated: Option<Sent>,
    facts: Fields,
}

/// Makes the transaction, and simulates it as if `signer` had signed.
///
/// # Errors
/// When somebody else would have to sign too, when it is too large, and when the program would refuse it.
pub async fn propose(context: &Context, instructions: &[Instruction], signer: &Pubkey) -> Result<Proposal> {
    let transaction = BASE64_STANDARD.encode(jettison_rpc::unsigned(instructions, signer)?);
    let simulated = match context.cluster().simulate(instructions, signer).await {
        Ok(simulated) => Some(Sent::simulated(simulated)),
        // Whoever executes a multisig's transaction pays for it, so its vault may be empty.
        Err(RpcError::NoSol { .. }) => {
            context.out.note("not simulated: an address without SOL can't pay for it; give it some to see what would happen");
            None
        }
        Err(error) => return Err(error.into()),
    };
    let facts = Fields::new()
        .with("to_be_signed_by", *signer)
        .with("simulated", simulated.is_some())
        .with("transaction_base64", transaction);
    Ok(Proposal { simulated, facts })
}

impl Proposal {
    /// What `pick` finds first among the events of its simulation.
    pub fn find<T>(&self, pick: impl FnMut(&AnyEvent) -> Option<T>) -> Option<T> {
        self.simulated.as_ref().and_then(|sent| sent.find(pick))
    }

    /// `facts`, what the simulation showed, and the transaction.
    pub fn with(&self, facts: Fields, decimals: u8) -> Fields {
        let facts = match &self.simulated {
            Some(sent) => sent.with(facts, decimals),
            None => facts,
        };
        facts.and(&self.facts)
    }
}
