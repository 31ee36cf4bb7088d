//! `jettison account`: open, look at, hand on and close margin accounts.

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use clearing::state::{MarginAccount, Market};
use jettison_client::{markets_of, AnyEvent};
use jettison_engine::{assess, Direction, Health, Leg, Margin, Markets};
use jettison_rpc::{OpenVenue, Stored};
use solana_signer::Signer;

use crate::context::{parse_address, Context};
use crate::names::{market_name, AccountName};
use crate::output::{key_or_none, Amount, Fields, Rows, Value};

/// Open, show and close margin accounts.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Open a margin account of the key that signs
    Open {
        /// Its number among the owner's [default: the lowest that is free]
        #[arg(long)]
        id: Option<u16>,
    },
    /// Show an account: capital, positions, health
    Show {
        /// ADDRESS, OWNER/ID, mine or mine/ID
        #[arg(default_value = "mine")]
        account: AccountName,
    },
    /// List margin accounts
    List {
        /// Of this owner only
        #[arg(long, value_name = "ADDRESS")]
        owner: Option<String>,
    },
    /// Close an empty account; its rent comes back
    Close {
        /// ADDRESS, mine or mine/ID
        account: AccountName,
        /// Give up claims that the pools can't pay now
        #[arg(long)]
        waive_unpaid: bool,
        /// Who receives the rent [default: the key that signs]
        #[arg(long, value_name = "ADDRESS")]
        receiver: Option<String>,
    },
    /// Name who else may trade for an account; they can't withdraw
    Delegate {
        /// ADDRESS, mine or mine/ID
        account: AccountName,
        /// The delegate, or `none`
        delegate: String,
    },
}

/// Runs the command.
pub async fn run(context: &Context, command: &Command) -> Result<()> {
    let open = context.venue().await?;
    match command {
        Command::Open { id } => open_account(context, &open, *id).await,
        Command::Show { account } => show(context, &open, account).await,
        Command::List { owner } => list(context, &open, owner.as_deref()).await,
        Command::Close { account, waive_unpaid, receiver } => {
            close(context, &open, account, *waive_unpaid, receiver.as_deref()).await
        }
        Command::Delegate { account, delegate } => set_delegate(context, &open, account, delegate).await,
    }
}

async fn open_account(context: &Context, open: &OpenVenue, id: Option<u16>) -> Result<()> {
    let signer = context.signer()?;
    let id = match id {
        Some(id) => id,
        None => free_id(context, open, &signer.pubkey()).await?,
    };
    let address = open.venue.margin_account(&signer.pubkey(), id);
    if context.cluster().raw(&address).await?.is_some() {
        bail!("the margin account {address} (mine/{id}) is open already: choose another --id");
    }
    let instruction = open.venue.open_margin_account(signer.pubkey(), signer.pubkey(), id);
    let sent = context.send(&[instruction], &[&signer]).await?;
    context.out.show(
        &sent.with(Fields::new().with("margin_account", address).with("id", id), open.state.quote_decimals),
    )
}

/// The lowest number that the owner has no account of.
async fn free_id(context: &Context, open: &OpenVenue, owner: &Pubkey) -> Result<u16> {
    const AT_ONCE: u16 = 16;
    let addresses: Vec<Pubkey> = (0..AT_ONCE).map(|id| open.venue.margin_account(owner, id)).collect();
    let found = context.cluster().find_all::<MarginAccount>(&addresses).await?;
    match (0..AT_ONCE).zip(found).find(|(_, account)| account.is_none()) {
        Some((id, _)) => Ok(id),
        None => bail!("the first {AT_ONCE} accounts are all open: name another by --id"),
    }
}

/// The markets of an account, as they are.
pub async fn markets_of_account(
    context: &Context,
    open: &OpenVenue,
    account: &MarginAccount,
) -> Result<Vec<Stored<Market>>> {
    let addresses: Vec<Pubkey> =
        markets_of([&account.ledger]).into_iter().map(|index| open.venue.market(index)).collect();
    Ok(context.cluster().get_all(&addresses).await?)
}

/// Health over the account's markets; an engine error, such as a price that is too old, in words.
fn health(
    account: &MarginAccount,
    markets: &[Stored<Market>],
    margin: Margin,
    now: i64,
) -> Result<Health, String> {
    let mut books: Vec<jettison_engine::Market> = markets.iter().map(|market| market.state.book).collect();
    let mut borrowed: Vec<&mut jettison_engine::Market> = books.iter_mut().collect();
    let assessed =
        Markets::new(&mut borrowed).and_then(|markets| assess(&account.ledger, &markets, margin, now));
    assessed.map_err(|error| error.to_string())
}

async fn show(context: &Context, open: &OpenVenue, account: &AccountName) -> Result<()> {
    let account = account.read(context, open).await?;
    let markets = markets_of_account(context, open, &account.state).await?;
    let now = context.cluster().now().await?;
    context.out.show(&view(&account, &markets, open.state.quote_decimals, now))
}

fn view(account: &Stored<MarginAccount>, markets: &[Stored<Market>], decimals: u8, now: i64) -> Fields {
    let state = &account.state;
    let amount = |atoms: i128| Amount { atoms, decimals };
    let mut fields = Fields::new()
        .with("margin_account", account.address)
        .with("owner", state.authority)
        .with("id", state.id)
        .with("delegate", key_or_none(&state.delegate))
        .with("capital", amount(state.ledger.capital.0.into()));
    fields = match health(state, markets, Margin::Maintenance, now) {
        Ok(health) => fields
            .with("equity", amount(health.equity.0.into()))
            .with("maintenance_margin", amount(health.requirement.0.into()))
            .with("standing", standing(state, &health)),
        Err(why) => fields.with_value("equity", Value::None).with("standing", format!("unknown: {why}")),
    };
    if let Ok(health) = health(state, markets, Margin::Initial, now) {
        fields = fields
            .with("equity_for_initial_margin", amount(health.equity.0.into()))
            .with("initial_margin", amount(health.requirement.0.into()));
    }
    if !state.queued.amount.is_zero() {
        fields = fields
            .with("queued_withdrawal", amount(state.queued.amount.0.into()))
            .with("queued_place", state.queued.place)
            .with("queued_destination", state.destination);
    }
    let legs = state.ledger.legs().filter_map(|leg| {
        let market = markets.iter().find(|market| market.state.book.index == leg.market)?;
        Some(leg_row(leg, &market.state, decimals))
    });
    fields.with("positions", Rows::new(legs.collect(), "none"))
}

fn standing(account: &MarginAccount, health: &Health) -> &'static str {
    if health.equity.is_negative() && !account.ledger.has_no_legs() {
        "bankrupt: only resolving moves it"
    } else if health.is_met() {
        "healthy"
    } else {
        "below maintenance margin: can be liquidated"
    }
}

fn leg_row(leg: &Leg, market: &Market, decimals: u8) -> Fields {
    let amount = |atoms: i128| Amount { atoms, decimals };
    let direction = if leg.direction() == Direction::Long { "long" } else { "short" };
    let size = market.book.size_of(leg).map(|size| size.0).ok();
    let pending = leg.pending(market.book.side(leg.direction())).ok();
    Fields::new()
        .with("market", market_name(market))
        .with("side", if leg.has_position() { direction } else { "closed" })
        .with("contracts", size)
        .with("price", amount(market.book.effective_price.0.into()))
        .with("unsettled", amount(leg.unsettled.0.into()))
        .with("pending_variation", pending.map(|pending| amount(pending.variation.0.into())))
        .with("pending_haircut", pending.map(|pending| amount(pending.haircut.0.into())))
}

async fn list(context: &Context, open: &OpenVenue, owner: Option<&str>) -> Result<()> {
    let owner = owner.map(parse_address).transpose()?;
    let all: Vec<Stored<MarginAccount>> = context.cluster().list(&open.venue.clearinghouse).await?;
    let decimals = open.state.quote_decimals;
    let row = |one: &Stored<MarginAccount>| {
        Fields::new()
            .with("margin_account", one.address)
            .with("owner", one.state.authority)
            .with("id", one.state.id)
            .with("capital", Amount::new(one.state.ledger.capital.0, decimals))
            .with("legs", one.state.ledger.legs().count() as u64)
    };
    let of_owner = all.iter().filter(|one| owner.is_none_or(|owner| one.state.authority == owner));
    context.out.show(&Rows::new(of_owner.map(row).collect(), "There is no margin account."))
}

async fn close(
    context: &Context,
    open: &OpenVenue,
    account: &AccountName,
    waive_unpaid: bool,
    receiver: Option<&str>,
) -> Result<()> {
    let signer = context.signer()?;
    let receiver = receiver.map_or_else(|| Ok(signer.pubkey()), parse_address)?;
    let account = account.read(context, open).await?;
    let markets = if waive_unpaid { markets_of([&account.state.ledger]) } else { vec![] };
    let instruction =
        open.venue.close_margin_account(signer.pubkey(), account.address, receiver, waive_unpaid, &markets);
    let sent = context.send(&[instruction], &[&signer]).await?;
    let waived = sent.find(|event| match event {
        AnyEvent::MarginAccountClosed(closed) => Some(closed.waived),
        _ => None,
    });
    let fields = Fields::new()
        .with("closed", account.address)
        .with("rent_to", receiver)
        .with("waived", waived.map(|atoms| Amount::new(atoms, open.state.quote_decimals)));
    context.out.show(&sent.with(fields, open.state.quote_decimals))
}

async fn set_delegate(
    context: &Context,
    open: &OpenVenue,
    account: &AccountName,
    delegate: &str,
) -> Result<()> {
    let signer = context.signer()?;
    let delegate = if delegate == "none" { Pubkey::default() } else { parse_address(delegate)? };
    let account = account.read(context, open).await?;
    let instruction = open.venue.set_delegate(signer.pubkey(), account.address, delegate);
    let sent = context.send(&[instruction], &[&signer]).await?;
    let fields = Fields::new()
        .with("margin_account", account.address)
        .with("delegate_before", key_or_none(&account.state.delegate))
        .with("delegate", key_or_none(&delegate));
    context.out.show(&sent.with(fields, open.state.quote_decimals))
}
