//! `jettison stake` and `jettison insurance`: the insurance fund and who owns it.

use anyhow::{bail, Result};
use clearing::state::{InsuranceFund, StakeAccount};
use jettison_engine::{StakeShares, UNSTAKE_WINDOW_SECONDS};
use jettison_rpc::{create_associated_token_account, OpenVenue, Stored};
use solana_signer::Signer;

use crate::amounts::Quote;
use crate::context::{parse_address, Context};
use crate::funds::{paying_account, token_account};
use crate::keeping::receiver_or;
use crate::output::{Amount, Fields, Refused};

/// Stake in the insurance fund.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Open a stake account of the key that signs
    Open,
    /// Buy shares in the insurance fund
    Deposit {
        /// In quote units, such as 100
        amount: Quote,
        /// The token account that pays [default: the associated one of the key that signs]
        #[arg(long, value_name = "ADDRESS")]
        from: Option<String>,
    },
    /// Ask for shares to be paid out: the cooldown begins. In place of any earlier request
    Request {
        /// Shares, `all`, or `none` to take a request back
        shares: Shares,
    },
    /// Take out what was requested, once the cooldown is over
    Withdraw {
        /// The token account that receives it [default: the associated one of the key that signs, made if need be]
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
    },
    /// Show a stake: shares, their value, what is requested and when it is ready
    Show {
        /// Whose [default: that of the key that signs]
        #[arg(long, value_name = "ADDRESS")]
        owner: Option<String>,
    },
    /// Close a stake account without shares; its rent comes back
    Close {
        /// Who receives the rent [default: the key that signs]
        #[arg(long, value_name = "ADDRESS")]
        receiver: Option<String>,
    },
}

/// Shares asked for.
#[derive(Clone, Copy, Debug)]
pub enum Shares {
    /// All there are.
    All,
    /// So many.
    Of(u64),
}

impl std::str::FromStr for Shares {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "all" => Ok(Self::All),
            "none" => Ok(Self::Of(0)),
            _ => text
                .parse()
                .map(Self::Of)
                .map_err(|_| "give a whole number of shares, all, or none".to_owned()),
        }
    }
}

/// The insurance fund.
#[derive(clap::Subcommand)]
pub enum Insurance {
    /// Show the fund: assets, shares, what a share is worth
    Show,
    /// Give quote tokens to the fund for good; to own a part of it, stake
    Fund {
        /// In quote units, such as 1000
        amount: Quote,
        /// The token account that pays [default: the associated one of the key that signs]
        #[arg(long, value_name = "ADDRESS")]
        from: Option<String>,
    },
}

/// Runs `stake`.
pub async fn run(context: &Context, command: &Command) -> Result<()> {
    let open = context.venue().await?;
    match command {
        Command::Open => open_stake(context, &open).await,
        Command::Deposit { amount, from } => deposit(context, &open, *amount, from.as_deref()).await,
        Command::Request { shares } => request(context, &open, *shares).await,
        Command::Withdraw { to } => withdraw(context, &open, to.as_deref()).await,
        Command::Show { owner } => show(context, &open, owner.as_deref()).await,
        Command::Close { receiver } => close(context, &open, receiver.as_deref()).await,
    }
}

async fn open_stake(context: &Context, open: &OpenVenue) -> Result<()> {
    let signer = context.signer()?;
    let address = open.venue.stake_account(&signer.pubkey());
    if context.cluster().raw(&address).await?.is_some() {
        bail!("the stake account {address} is open already");
    }
    let instruction = open.venue.open_stake(signer.pubkey(), signer.pubkey());
    let sent = context.send(&[instruction], &[&signer]).await?;
    let fields = Fields::new().with("stake_account", address);
    context.out.show(&sent.with(fields, open.state.quote_decimals))
}

async fn deposit(context: &Context, open: &OpenVenue, amount: Quote, from: Option<&str>) -> Result<()> {
    let signer = context.signer()?;
    let decimals = open.state.quote_decimals;
    let atoms = amount.positive_atoms(decimals)?;
    let address = open.venue.stake_account(&signer.pubkey());
    let mut instructions = vec![];
    if context.cluster().raw(&address).await?.is_none() {
        instructions.push(open.venue.open_stake(signer.pubkey(), signer.pubkey()));
    }
    let from = paying_account(context, open, from, &signer.pubkey(), atoms).await?;
    instructions.push(open.venue.stake(signer.pubkey(), from, atoms));
    let sent = context.send(&instructions, &[&signer]).await?;
    let fields = Fields::new().with("stake_account", address).with("staked", Amount::new(atoms, decimals));
    context.out.show(&sent.with(fields, decimals))
}

async fn stake_of(context: &Context, open: &OpenVenue, owner: Option<&str>) -> Result<Stored<StakeAccount>> {
    let owner = owner.map_or_else(|| Ok(context.signer()?.pubkey()), parse_address)?;
    match context.cluster().find(&open.venue.stake_account(&owner)).await? {
        Some(stake) => Ok(stake),
        None => bail!("{owner} has no stake account: `jettison stake open` opens one"),
    }
}

async fn request(context: &Context, open: &OpenVenue, shares: Shares) -> Result<()> {
    let signer = context.signer()?;
    let stake = stake_of(context, open, None).await?;
    let shares = match shares {
        Shares::All => stake.state.stake.shares.0,
        Shares::Of(shares) => shares,
    };
    let instruction = open.venue.request_unstake(signer.pubkey(), shares);
    let sent = context.send(&[instruction], &[&signer]).await?;
    let fields = Fields::new().with("stake_account", stake.address).with("requested_shares", shares);
    context.out.show(&sent.with(fields, open.state.quote_decimals))
}

async fn withdraw(context: &Context, open: &OpenVenue, to: Option<&str>) -> Result<()> {
    let signer = context.signer()?;
    let stake = stake_of(context, open, None).await?;
    if stake.state.stake.requested.is_zero() {
        return Err(
            Refused("nothing was requested: `jettison stake request` begins the cooldown".into()).into()
        );
    }
    let (to, missing) = token_account(context, open, to, &signer.pubkey()).await?;
    let make =
        missing.then(|| create_associated_token_account(&open.venue, &signer.pubkey(), &signer.pubkey()));
    let unstake = open.venue.unstake(signer.pubkey(), to);
    let instructions: Vec<_> = make.into_iter().chain([unstake]).collect();
    let sent = context.send(&instructions, &[&signer]).await?;
    let fields = Fields::new().with("stake_account", stake.address).with("to", to);
    context.out.show(&sent.with(fields, open.state.quote_decimals))
}

async fn show(context: &Context, open: &OpenVenue, owner: Option<&str>) -> Result<()> {
    let stored = stake_of(context, open, owner).await?;
    let fund: Stored<InsuranceFund> = context.cluster().get(&open.venue.insurance_fund).await?;
    let (stake, fund) = (&stored.state.stake, &fund.state.ledger);
    let amount = |atoms: u64| Amount::new(atoms, open.state.quote_decimals);
    let lapsed = stake.generation != fund.generation;
    let value = if lapsed { 0 } else { fund.value_of(stake.shares)?.0 };
    let requested = !lapsed && !stake.requested.is_zero();
    let (ready, until) = if requested {
        (stake.ready_ts, stake.ready_ts.saturating_add(UNSTAKE_WINDOW_SECONDS))
    } else {
        (0, 0)
    };
    let fields = Fields::new()
        .with("stake_account", stored.address)
        .with("owner", stored.state.authority)
        .with("shares", stake.shares.0)
        .with("lapsed", lapsed)
        .with("value", amount(value))
        .with("requested_shares", if requested { stake.requested.0 } else { 0 })
        .with("pays_at_most", requested.then(|| amount(stake.requested_value.0)))
        .with_time("ready", ready)
        .with_time("take_out_before", until);
    context.out.show(&fields)
}

async fn close(context: &Context, open: &OpenVenue, receiver: Option<&str>) -> Result<()> {
    let signer = context.signer()?;
    let receiver = receiver_or(receiver, &signer.pubkey())?;
    let stake = stake_of(context, open, None).await?;
    let instruction = open.venue.close_stake(signer.pubkey(), receiver);
    let sent = context.send(&[instruction], &[&signer]).await?;
    let fields = Fields::new().with("closed", stake.address).with("rent_to", receiver);
    context.out.show(&sent.with(fields, open.state.quote_decimals))
}

/// Runs `insurance`.
pub async fn insurance(context: &Context, command: &Insurance) -> Result<()> {
    let open = context.venue().await?;
    match command {
        Insurance::Show => show_fund(context, &open).await,
        Insurance::Fund { amount, from } => fund(context, &open, *amount, from.as_deref()).await,
    }
}

async fn show_fund(context: &Context, open: &OpenVenue) -> Result<()> {
    /// What the value is shown of: one share is a small part of an atom.
    const MANY: u64 = 1_000_000;
    let stored: Stored<InsuranceFund> = context.cluster().get(&open.venue.insurance_fund).await?;
    let vault = context.cluster().token_balance(&open.venue.insurance_vault).await?;
    let now = context.cluster().now().await?;
    let fund = &stored.state.ledger;
    let amount = |atoms: u64| Amount::new(atoms, open.state.quote_decimals);
    let flagged = if fund.flagged_until > now { fund.flagged_until } else { 0 };
    let fields = Fields::new()
        .with("insurance_fund", stored.address)
        .with("assets", amount(fund.assets.0))
        .with("vault_holds", vault.map(|vault| amount(vault.amount)))
        .with("shares", fund.shares.0)
        .with("owned_by_the_fund_itself", fund.own_shares.0)
        .with("value_of_a_million_shares", amount(fund.value_of(StakeShares(MANY))?.0))
        .with("stakes", fund.stakes)
        .with("times_all_shares_lapsed", fund.generation)
        .with_time("staking_waits_until", flagged);
    context.out.show(&fields)
}

async fn fund(context: &Context, open: &OpenVenue, amount: Quote, from: Option<&str>) -> Result<()> {
    let signer = context.signer()?;
    let decimals = open.state.quote_decimals;
    let atoms = amount.positive_atoms(decimals)?;
    let from = paying_account(context, open, from, &signer.pubkey(), atoms).await?;
    let instruction = open.venue.fund_insurance(signer.pubkey(), from, atoms);
    let sent = context.send(&[instruction], &[&signer]).await?;
    let fields = Fields::new().with("given", Amount::new(atoms, decimals));
    context.out.show(&sent.with(fields, decimals))
}
