//! `jettison clearinghouse`: what there is, and how it is set.

use anyhow::Result;
use clearing::state::{Clearinghouse, ClearinghouseSettings, Custody, InsuranceFund};
use jettison_rpc::Stored;

use crate::context::Context;
use crate::output::{key_or_none, Amount, Fields, Rows};

/// Show clearinghouses.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Show the clearinghouse: roles, settings, vaults, what is queued
    Show,
    /// List the clearinghouses of the program on this cluster
    List,
}

/// Runs the command.
pub async fn run(context: &Context, command: &Command) -> Result<()> {
    match command {
        Command::Show => show(context).await,
        Command::List => list(context).await,
    }
}

async fn list(context: &Context) -> Result<()> {
    context.cluster().require_program().await?;
    let all: Vec<Stored<Clearinghouse>> = context.cluster().list(&Default::default()).await?;
    let row = |one: &Stored<Clearinghouse>| {
        Fields::new()
            .with("clearinghouse", one.address)
            .with("creator", one.state.creator)
            .with("quote_mint", one.state.quote_mint)
            .with("open_markets", one.state.open_markets)
    };
    let rows = all.iter().map(row).collect();
    context.out.show(&Rows::new(rows, "The program has no clearinghouse on this cluster."))
}

async fn show(context: &Context) -> Result<()> {
    let open = context.venue().await?;
    let (state, venue, cluster) = (&open.state, &open.venue, context.cluster());
    let custody: Stored<Custody> = cluster.get(&venue.custody).await?;
    let fund: Stored<InsuranceFund> = cluster.get(&venue.insurance_fund).await?;
    let vault = cluster.token_balance(&venue.margin_vault).await?;
    let amount = |atoms: u64| Amount::new(atoms, state.quote_decimals);
    let fields = Fields::new()
        .with("clearinghouse", venue.clearinghouse)
        .with("creator", state.creator)
        .with("authority", state.authority)
        .with("nominated_authority", key_or_none(&state.nominated_authority))
        .with("fee_authority", state.fee_authority)
        .with("nominated_fee_authority", key_or_none(&state.nominated_fee_authority))
        .with("quote_mint", state.quote_mint)
        .with("quote_decimals", state.quote_decimals)
        .with("token_program", venue.token_program)
        .with("margin_vault", venue.margin_vault)
        .with("margin_vault_holds", vault.map(|vault| amount(vault.amount)))
        .with("insurance_vault", venue.insurance_vault)
        .with("insurance_assets", amount(fund.state.ledger.assets.0))
        .with("queued_withdrawals", amount(custody.state.throttle.queued.0))
        .with("margin_accounts", custody.state.margin_accounts)
        .with("markets_created", state.market_count)
        .with("open_markets", state.open_markets)
        .with("revision", state.revision)
        .with("settings", settings_view(&state.settings, state.quote_decimals));
    context.out.show(&if state.queued_ready_ts == 0 {
        fields
    } else {
        let queued = settings_view(&state.queued_settings, state.quote_decimals)
            .with_time("ready", state.queued_ready_ts)
            .with("queued_against_revision", state.queued_revision);
        fields.with("queued_settings", queued)
    })
}

/// Settings of a clearinghouse, shown.
pub fn settings_view(settings: &ClearinghouseSettings, decimals: u8) -> Fields {
    Fields::new()
        .with("guardian", key_or_none(&settings.guardian))
        .with("timelock_seconds", settings.timelock_seconds)
        .with("unstake_cooldown_seconds", settings.unstake_cooldown_seconds)
        .with("withdrawal_window_seconds", settings.withdrawal_window_seconds)
        .with("withdrawal_limit_bps", settings.withdrawal_limit_bps)
        .with("withdrawal_floor", Amount::new(settings.withdrawal_floor_atoms, decimals))
}
