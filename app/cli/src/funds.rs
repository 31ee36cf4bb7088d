//! `jettison deposit`, `withdraw` and `withdrawal`: tokens into and out of margin accounts.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anyhow::{bail, Result};
use clearing::state::{Custody, MarginAccount};
use jettison_client::{markets_of, AnyEvent};
use jettison_rpc::{associated_token_account, create_associated_token_account, OpenVenue, Stored};
use solana_signer::Signer;

use crate::amounts::Quote;
use crate::context::{parse_address, Context};
use crate::names::AccountName;
use crate::output::{Amount, Fields, Refused};

/// Deposit quote tokens into a margin account.
#[derive(clap::Args)]
pub struct Deposit {
    /// In quote units, such as 12.5
    amount: Quote,
    /// ADDRESS, OWNER/ID, mine or mine/ID
    #[arg(default_value = "mine")]
    account: AccountName,
    /// The token account that pays [default: the associated one of the key that signs]
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
}

/// Withdraw quote tokens from a margin account.
#[derive(clap::Args)]
pub struct Withdraw {
    /// In quote units, or `all`: the whole capital
    amount: WithdrawAmount,
    /// ADDRESS, mine or mine/ID
    #[arg(default_value = "mine")]
    account: AccountName,
    /// The token account that receives it [default: the associated one of the key that signs, which is made if need be]
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
}

#[derive(Clone, Copy, Debug)]
enum WithdrawAmount {
    All,
    Of(Quote),
}

impl std::str::FromStr for WithdrawAmount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" {
            return Ok(Self::All);
        }
        text.parse().map(Self::Of)
    }
}

/// The withdrawal queue.
#[derive(clap::Subcommand)]
pub enum Withdrawal {
    /// Show the queue: how much waits, and how much the throttle lets out now
    Show,
    /// Pay the first in the queue as far as the throttle goes; anyone may
    Serve {
        /// The account whose withdrawal is first [default: it is looked up]
        account: Option<AccountName>,
    },
}

/// The token account of `owner` that is meant, and whether it has to be made.
pub async fn token_account(
    context: &Context,
    open: &OpenVenue,
    named: Option<&str>,
    owner: &Pubkey,
) -> Result<(Pubkey, bool)> {
    let address = match named {
        Some(text) => parse_address(text)?,
        None => associated_token_account(&open.venue, owner),
    };
    match context.cluster().token_balance(&address).await? {
        Some(balance) if balance.mint != open.venue.quote_mint => {
            bail!(
                "{address} holds another token, {}: the quote mint is {}",
                balance.mint,
                open.venue.quote_mint
            )
        }
        Some(_) => Ok((address, false)),
        None if named.is_none() => Ok((address, true)),
        None => bail!("there is no token account {address}"),
    }
}

/// The token account of `owner` that pays `atoms`; an error if it doesn't hold as much.
pub async fn paying_account(
    context: &Context,
    open: &OpenVenue,
    named: Option<&str>,
    owner: &Pubkey,
    atoms: u64,
) -> Result<Pubkey> {
    let (address, _) = token_account(context, open, named, owner).await?;
    let held = context.cluster().token_balance(&address).await?.map_or(0, |balance| balance.amount);
    if held < atoms {
        let amount = |atoms: u64| Amount::new(atoms, open.state.quote_decimals);
        bail!(
            "the token account {address} holds {} of the quote token, and {} are needed",
            amount(held),
            amount(atoms)
        );
    }
    Ok(address)
}

/// Runs `deposit`.
pub async fn deposit(context: &Context, args: &Deposit) -> Result<()> {
    let signer = context.signer()?;
    let open = context.venue().await?;
    let decimals = open.state.quote_decimals;
    let atoms = args.amount.positive_atoms(decimals)?;
    let account = args.account.read(context, &open).await?;
    let from = paying_account(context, &open, args.from.as_deref(), &signer.pubkey(), atoms).await?;
    let instruction = open.venue.deposit(signer.pubkey(), from, account.address, atoms);
    let sent = context.send(&[instruction], &[&signer]).await?;
    let capital = sent.find(|event| match event {
        AnyEvent::Deposited(deposited) => Some(deposited.capital_after),
        _ => None,
    });
    let fields = Fields::new()
        .with("margin_account", account.address)
        .with("deposited", Amount::new(atoms, decimals))
        .with("capital", capital.map(|atoms| Amount::new(atoms, decimals)));
    context.out.show(&sent.with(fields, open.state.quote_decimals))
}

/// Runs `withdraw`.
pub async fn withdraw(context: &Context, args: &Withdraw) -> Result<()> {
    let signer = context.signer()?;
    let open = context.venue().await?;
    let decimals = open.state.quote_decimals;
    let account = args.account.read(context, &open).await?;
    let atoms = match args.amount {
        WithdrawAmount::Of(amount) => amount.positive_atoms(decimals)?,
        WithdrawAmount::All => account.state.ledger.capital.0,
    };
    if atoms == 0 {
        return Err(Refused(format!("the account {} has no capital to withdraw", account.address)).into());
    }
    let (to, missing) = token_account(context, &open, args.to.as_deref(), &signer.pubkey()).await?;
    let mut instructions: Vec<Instruction> = vec![];
    if missing {
        instructions.push(create_associated_token_account(&open.venue, &signer.pubkey(), &signer.pubkey()));
    }
    let markets = markets_of([&account.state.ledger]);
    instructions.push(open.venue.withdraw(signer.pubkey(), account.address, to, atoms, &markets));
    let sent = context.send(&instructions, &[&signer]).await?;
    let withdrawn = sent.find(|event| match event {
        AnyEvent::Withdrawn(withdrawn) => Some(withdrawn.clone()),
        _ => None,
    });
    let place = withdrawn.as_ref().and_then(|withdrawn| withdrawn.queued_place);
    let fields = Fields::new()
        .with("margin_account", account.address)
        .with("amount", Amount::new(atoms, decimals))
        .with("to", to)
        .with("queued", place.is_some())
        .with("queued_place", place)
        .with("capital", withdrawn.map(|withdrawn| Amount::new(withdrawn.capital_after, decimals)));
    context.out.show(&sent.with(fields, open.state.quote_decimals))?;
    if place.is_some() {
        context.out.note("The throttle holds it back: it waits in the queue, bears no more losses, and is paid by `jettison withdrawal serve`, which anyone may run.");
    }
    Ok(())
}

/// Runs `withdrawal`.
pub async fn withdrawal(context: &Context, command: &Withdrawal) -> Result<()> {
    let open = context.venue().await?;
    match command {
        Withdrawal::Show => show_queue(context, &open).await,
        Withdrawal::Serve { account } => serve(context, &open, account.as_ref()).await,
    }
}

async fn show_queue(context: &Context, open: &OpenVenue) -> Result<()> {
    let custody: Stored<Custody> = context.cluster().get(&open.venue.custody).await?;
    let throttle = &custody.state.throttle;
    let first = first_in_queue(context, open, throttle.head).await?;
    let amount = |atoms: u64| Amount::new(atoms, open.state.quote_decimals);
    let fields = Fields::new()
        .with("waiting", amount(throttle.queued.0))
        .with("withdrawals_waiting", throttle.tail.saturating_sub(throttle.head))
        .with("available_now", amount(available(context, open, &custody.state).await?))
        .with("first_in_queue", first.as_ref().map(|account| account.address))
        .with("first_amount", first.map(|account| amount(account.state.queued.amount.0)));
    context.out.show(&fields)
}

/// What the throttle lets out now, in atoms.
pub async fn available(context: &Context, open: &OpenVenue, custody: &Custody) -> Result<u64> {
    let vault = context.cluster().token_balance(&open.venue.margin_vault).await?;
    let held = jettison_engine::Atoms(vault.map_or(0, |vault| vault.amount));
    let now = context.cluster().now().await?;
    Ok(custody.throttle.available(&open.state.settings.throttle(), held, now)?.0)
}

async fn first_in_queue(
    context: &Context,
    open: &OpenVenue,
    head: u64,
) -> Result<Option<Stored<MarginAccount>>> {
    let all: Vec<Stored<MarginAccount>> = context.cluster().list(&open.venue.clearinghouse).await?;
    let waits =
        |one: &Stored<MarginAccount>| !one.state.queued.amount.is_zero() && one.state.queued.place == head;
    Ok(all.into_iter().find(waits))
}

async fn serve(context: &Context, open: &OpenVenue, named: Option<&AccountName>) -> Result<()> {
    let signer = context.signer()?;
    let account = match named {
        Some(name) => name.read(context, open).await?,
        None => {
            let custody: Stored<Custody> = context.cluster().get(&open.venue.custody).await?;
            let first = first_in_queue(context, open, custody.state.throttle.head).await?;
            first.ok_or_else(|| Refused("no withdrawal is waiting".to_owned()))?
        }
    };
    let instruction = open.venue.serve_withdrawal(account.address, account.state.destination);
    let sent = context.send(&[instruction], &[&signer]).await?;
    let served = sent.find(|event| match event {
        AnyEvent::WithdrawalServed(served) => Some(served.clone()),
        _ => None,
    });
    let amount = |atoms: u64| Amount::new(atoms, open.state.quote_decimals);
    let fields = Fields::new()
        .with("margin_account", account.address)
        .with("to", account.state.destination)
        .with("paid", served.as_ref().map(|served| amount(served.paid)))
        .with("returned_to_capital", served.as_ref().map(|served| amount(served.returned)))
        .with("left", served.as_ref().map(|served| amount(served.left)))
        .with("waiting_in_all", served.as_ref().map(|served| amount(served.queued_in_all)));
    context.out.show(&sent.with(fields, open.state.quote_decimals))
}
