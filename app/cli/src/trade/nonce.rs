//! `jettison trade nonce`: durable nonces for quotes.

use anchor_lang::solana_program::system_instruction;
use anyhow::{bail, Result};
use jettison_rpc::NONCE_BYTES;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::context::{parse_address, Context};
use crate::output::Fields;

/// Durable nonces.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Make one of the key that signs; it keeps the rent, which `close` gives back
    Create,
    /// Show one: whose it is, and its value
    Show {
        /// Its address
        address: String,
    },
    /// Give it another value: every quote that spends the present one is void
    Advance {
        /// Its address
        address: String,
    },
    /// Close it: every quote that spends it is void, and the rent comes back
    Close {
        /// Its address
        address: String,
    },
}

/// Runs the command.
pub async fn run(context: &Context, command: &Command) -> Result<()> {
    match command {
        Command::Create => create(context).await,
        Command::Show { address } => {
            let address = parse_address(address)?;
            let nonce = context.cluster().nonce(&address).await?;
            let fields = Fields::new()
                .with("nonce", address)
                .with("authority", nonce.authority)
                .with("value", nonce.value.to_string());
            context.out.show(&fields)
        }
        Command::Advance { address } => advance(context, address).await,
        Command::Close { address } => close(context, address).await,
    }
}

async fn create(context: &Context) -> Result<()> {
    let (signer, account) = (context.signer()?, Keypair::new());
    let rent = context.cluster().rent(NONCE_BYTES).await?;
    let instructions =
        system_instruction::create_nonce_account(&signer.pubkey(), &account.pubkey(), &signer.pubkey(), rent);
    let sent = context.send(&instructions, &[&signer, &account]).await?;
    let fields = Fields::new()
        .with("nonce", account.pubkey())
        .with("authority", signer.pubkey())
        .with("rent_lamports", rent);
    context.out.show(&sent.with(fields, 0))
}

async fn advance(context: &Context, address: &str) -> Result<()> {
    let (signer, address) = (context.signer()?, parse_address(address)?);
    let before = context.cluster().nonce(&address).await?;
    require_own(&before.authority, &signer)?;
    let instruction = system_instruction::advance_nonce_account(&address, &signer.pubkey());
    let sent = context.send(&[instruction], &[&signer]).await?;
    let after = context.cluster().nonce(&address).await?;
    let fields = Fields::new()
        .with("nonce", address)
        .with("value_before", before.value.to_string())
        .with("value", after.value.to_string());
    context.out.show(&sent.with(fields, 0))
}

async fn close(context: &Context, address: &str) -> Result<()> {
    let (signer, address) = (context.signer()?, parse_address(address)?);
    let nonce = context.cluster().nonce(&address).await?;
    require_own(&nonce.authority, &signer)?;
    let lamports = context.cluster().lamports(&address).await?;
    let instruction =
        system_instruction::withdraw_nonce_account(&address, &signer.pubkey(), &signer.pubkey(), lamports);
    let sent = context.send(&[instruction], &[&signer]).await?;
    let fields = Fields::new().with("closed", address).with("rent_lamports", lamports);
    context.out.show(&sent.with(fields, 0))
}

fn require_own(authority: &anchor_lang::prelude::Pubkey, signer: &Keypair) -> Result<()> {
    if *authority != signer.pubkey() {
        bail!("the nonce is of {authority}, and the key that signs is {}", signer.pubkey());
    }
    Ok(())
}
