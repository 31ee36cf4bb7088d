//! `jettison deploy`: the programs, the clearinghouse and its markets, from files. It can be run again without harm.

mod apply;
mod checks;
mod diff;
mod file;
mod genesis;
mod plan;
mod programs;

use std::path::PathBuf;

use anchor_lang::prelude::Pubkey;
use anyhow::{Context as _, Result};
use clearing::state::Clearinghouse;
use jettison_client::Venue;
use jettison_rpc::Cluster;
use solana_signer::Signer;

pub use apply::Deployer;
pub use file::{hex_id, Wanted, WantedMarket};
pub use genesis::Network;
pub use plan::{name_of, Permission, Plan};
pub use programs::Program;

use crate::context::Context;
use crate::output::{Fields, Rows};

/// Deploy the programs, create the clearinghouse and its markets, or change what differs from the files.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// What is wanted [default: migrations/NAME.toml, where NAME is the cluster that answers]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Folder of clearing.so and price_feed.so [default: target/deploy]
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// Key of the clearing program's address, for its first deployment [default: clearing-keypair.json beside the program]
    #[arg(long, value_name = "FILE")]
    program_keypair: Option<PathBuf>,
    /// The quote mint, if the file doesn't name it
    #[arg(long, value_name = "ADDRESS")]
    quote_mint: Option<Pubkey>,
    /// Replace programs that differ from the compiled ones
    #[arg(long)]
    upgrade: bool,
    /// Send the changes of settings that differ from the file, and put those in force whose timelock is over
    #[arg(long)]
    apply: bool,
    /// Leave the programs as they are
    #[arg(long, conflicts_with_all = ["programs", "program_keypair", "upgrade"])]
    no_programs: bool,
}

/// Runs the command.
pub async fn run(context: &Context, args: &Args) -> Result<()> {
    let cluster = context.cluster();
    let key = context.signer()?;
    let network = Network::of(cluster).await?;
    let file = args.file.clone().unwrap_or_else(|| PathBuf::from(format!("migrations/{network}.toml")));
    let wanted = Wanted::load(&file)?;
    wanted.network.require(network, cluster.url())?;
    let programs = match args.no_programs {
        true => vec![],
        false => {
            Program::load(args.programs.as_deref(), args.program_keypair.as_deref(), wanted.has_stand_in())?
        }
    };
    let venue = venue(context, &wanted, args.quote_mint, &key.pubkey()).await?;
    let fee = context.fee(&[], &key.pubkey()).await?;
    let deployer = Deployer {
        cluster,
        key: &key,
        fee,
        out: context.out,
        wanted: &wanted,
        programs: &programs,
        venue: &venue,
    };
    let permission = Permission { upgrade: args.upgrade, apply: args.apply };
    let observed = deployer.observe().await?;
    let plan = Plan::new(&wanted, &observed, permission);
    deployer.require_ready(&plan, &observed).await?;
    if context.dry_run {
        let steps = plan.steps.iter().map(|step| row(&step.to_string(), "would be done")).collect();
        return report(context, &venue, steps, plan.notes);
    }
    let (done, notes) = deployer.run(permission).await?;
    let steps = done.iter().map(|done| row(&done.step.to_string(), &done.outcome)).collect();
    report(context, &venue, steps, notes)
}

fn row(step: &str, outcome: &str) -> Fields {
    Fields::new().with("step", step).with("outcome", outcome)
}

fn report(context: &Context, venue: &Venue, steps: Vec<Fields>, notes: Vec<String>) -> Result<()> {
    let notes = notes.iter().map(|note| Fields::new().with("note", note.as_str())).collect();
    let fields = Fields::new()
        .with("cluster", context.cluster().url())
        .with("program", clearing::ID)
        .with("clearinghouse", venue.clearinghouse)
        .with("quote_mint", venue.quote_mint)
        .with("steps", Rows::new(steps, "nothing to do"))
        .with("notes", Rows::new(notes, "none"));
    context.out.show(&fields)
}

/// The addresses: of the clearinghouse that is set, or of the one that the key has with the quote mint.
async fn venue(
    context: &Context,
    wanted: &Wanted,
    quote_mint: Option<Pubkey>,
    key: &Pubkey,
) -> Result<Venue> {
    let cluster = context.cluster();
    if context.settings.clearinghouse.is_some() {
        let address = context.clearinghouse()?;
        if let Some(stored) = cluster.find::<Clearinghouse>(&address).await? {
            return venue_of(cluster, stored.state.creator, stored.state.quote_mint).await;
        }
    }
    let mint = quote_mint.or(wanted.quote_mint).context(
        "which quote mint? name it in the file's [clearinghouse], or give --quote-mint (`jettison localnet` makes one)",
    )?;
    venue_of(cluster, *key, mint).await
}

async fn venue_of(cluster: &Cluster, creator: Pubkey, mint: Pubkey) -> Result<Venue> {
    let mint = cluster.mint(&mint).await?.with_context(|| {
        format!("there is no quote mint {mint} on {}: wrong cluster, or create it first", cluster.url())
    })?;
    Ok(Venue::with_token_program(creator, mint.address, mint.token_program))
}
