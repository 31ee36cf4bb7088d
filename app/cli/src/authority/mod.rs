//! `jettison authority`: roles, settings, the timelock, and winding down.

mod settings;

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anyhow::{bail, ensure, Result};
use clearing::instructions::{ChangeClearinghouseArgs, ChangeMarketArgs, NominateArgs, Role};
use clearing::state::{Market, MarketSettings};
use jettison_client::AnyEvent;
use jettison_rpc::{OpenVenue, Stored};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::context::{parse_address, Context};
use crate::keeping::{fee_account, receiver_or};
use crate::migrate;
use crate::names::{market_name, MarketName};
use crate::output::{time_text, Fields, Refused};
use crate::propose::propose;

use settings::{ChangeClearinghouse, ChangeMarket};

/// Hand roles on, change settings, wind down.
#[derive(clap::Args)]
pub struct Authority {
    /// Send nothing: show the transaction for this address to sign, such as the vault of a multisig
    #[arg(long, global = true, value_name = "ADDRESS")]
    propose: Option<String>,
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(clap::Subcommand)]
enum Command {
    /// Name who may accept a role of the key that signs
    Nominate {
        /// The role
        #[arg(value_enum)]
        role: RoleName,
        /// Who may accept it, or `none` to take a nomination back
        nominee: String,
        #[command(flatten)]
        looked_at: LookedAt,
    },
    /// Take a role over that the key that signs was nominated for
    Accept {
        /// The role
        #[arg(value_enum)]
        role: RoleName,
    },
    /// Change a market's settings: at once if that only restricts, else after the timelock
    ChangeMarket(ChangeMarket),
    /// Change the clearinghouse's settings: at once if that only restricts, else after the timelock
    ChangeClearinghouse(ChangeClearinghouse),
    /// Put queued settings in force, once their timelock is over; anyone may
    Execute {
        /// `clearinghouse`, or a market's index or name
        of: Target,
    },
    /// Take queued settings back, and a market's scheduled wind-down; the guardian may too
    Cancel {
        /// `clearinghouse`, or a market's index or name
        of: Target,
    },
    /// Schedule a market's wind-down: it may begin after the timelock
    ScheduleSettlement {
        /// The market's index or name
        market: MarketName,
        #[command(flatten)]
        looked_at: LookedAt,
    },
    /// Fix a market's final price, once scheduled or for a dead oracle; anyone may
    BeginSettlement {
        /// The market's index or name
        market: MarketName,
    },
    /// Close a market that is wound down
    CloseMarket {
        /// The market's index or name
        market: MarketName,
        #[command(flatten)]
        receivers: Receivers,
    },
    /// Close the clearinghouse: without markets, margin accounts and stakes
    CloseClearinghouse {
        #[command(flatten)]
        receivers: Receivers,
    },
    /// Take the accounts of the first version over: clearinghouse, markets, margin accounts; anyone may
    Migrate,
}

/// A role.
#[derive(clap::ValueEnum, Clone, Copy, Debug)]
pub enum RoleName {
    /// Creates markets and changes settings.
    Authority,
    /// Owns the token account that protocol fees are swept to.
    FeeAuthority,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Authority => Self::Authority,
            RoleName::FeeAuthority => Self::FeeAuthority,
        }
    }
}

/// Which settings a decision was made for.
#[derive(clap::Args)]
pub struct LookedAt {
    /// The revision that you have looked at; refused if it is another by now [default: the present one]
    #[arg(long, value_name = "NUMBER")]
    revision: Option<u64>,
}

/// Whose settings.
#[derive(Clone, Debug)]
pub enum Target {
    /// The clearinghouse's.
    Clearinghouse,
    /// A market's.
    Market(MarketName),
}

impl std::str::FromStr for Target {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "clearinghouse" {
            return Ok(Self::Clearinghouse);
        }
        text.parse().map(Self::Market)
    }
}

/// Who gets what is left of something that is closed.
#[derive(clap::Args)]
pub struct Receivers {
    /// Who receives the rent [default: the key that signs]
    #[arg(long, value_name = "ADDRESS")]
    receiver: Option<String>,
    /// A token account of the fee authority [default: its associated one, which is made if need be]
    #[arg(long, value_name = "ADDRESS")]
    fees_to: Option<String>,
}

/// Runs the command.
pub async fn run(context: &Context, args: &Authority) -> Result<()> {
    let command = &args.command;
    if matches!(command, Command::Migrate) {
        ensure!(
            args.propose.is_none(),
            "anyone may migrate: run it with a key of your own, without --propose"
        );
        // Before it there is no clearinghouse that the other commands could read.
        return migrate::run(context).await;
    }
    let signer = match &args.propose {
        Some(address) => Signs::Later(parse_address(address)?),
        None => Signs::Now(context.signer()?),
    };
    let open = context.venue().await?;
    let desk = Desk { context, open: &open, signer: &signer };
    match command {
        Command::Nominate { role, nominee, looked_at } => desk.nominate(*role, nominee, looked_at).await,
        Command::Accept { role } => desk.accept(*role).await,
        Command::ChangeMarket(args) => desk.change_market(args).await,
        Command::ChangeClearinghouse(args) => desk.change_clearinghouse(args).await,
        Command::Execute { of } => desk.execute(of).await,
        Command::Cancel { of } => desk.cancel(of).await,
        Command::ScheduleSettlement { market, looked_at } => desk.schedule(market, looked_at).await,
        Command::BeginSettlement { market } => desk.begin_settlement(market).await,
        Command::CloseMarket { market, receivers } => desk.close_market(market, receivers).await,
        Command::CloseClearinghouse { receivers } => desk.close_clearinghouse(receivers).await,
        Command::Migrate => Ok(()),
    }
}

/// What these commands have in common.
struct Desk<'a> {
    context: &'a Context,
    open: &'a OpenVenue,
    signer: &'a Signs,
}

/// Whose signature a transaction gets, and when.
enum Signs {
    /// That of a key in hand; it is sent.
    Now(Keypair),
    /// That of somebody else, later.
    Later(Pubkey),
}

impl Signs {
    fn pubkey(&self) -> Pubkey {
        match self {
            Self::Now(key) => key.pubkey(),
            Self::Later(address) => *address,
        }
    }
}

impl Desk<'_> {
    async fn send(&self, instructions: &[Instruction], facts: Fields) -> Result<()> {
        let decimals = self.open.state.quote_decimals;
        let with = |facts: Fields, outcome: Option<String>| match outcome {
            Some(outcome) => facts.with("outcome", outcome),
            None => facts,
        };
        let shown = match self.signer {
            Signs::Now(key) => {
                let sent = self.context.send(instructions, &[key]).await?;
                sent.with(with(facts, sent.find(outcome)), decimals)
            }
            Signs::Later(address) => {
                let proposal = propose(self.context, instructions, address).await?;
                proposal.with(with(facts, proposal.find(outcome)), decimals)
            }
        };
        self.context.out.show(&shown)
    }

    async fn market(&self, name: &MarketName) -> Result<Stored<Market>> {
        name.read(self.context, self.open).await
    }

    fn require_authority(&self) -> Result<()> {
        let (authority, signer) = (self.open.state.authority, self.signer.pubkey());
        if signer != authority {
            bail!("only the authority may, which is {authority}; the signer is {signer}");
        }
        Ok(())
    }

    async fn nominate(&self, role: RoleName, nominee: &str, looked_at: &LookedAt) -> Result<()> {
        let nominee = if nominee == "none" { Pubkey::default() } else { parse_address(nominee)? };
        let expected_revision = looked_at.revision.unwrap_or(self.open.state.revision);
        let args = NominateArgs { expected_revision, role: role.into(), nominee };
        self.send(&[self.open.venue.nominate(self.signer.pubkey(), args)], Fields::new()).await
    }

    async fn accept(&self, role: RoleName) -> Result<()> {
        self.send(&[self.open.venue.accept(self.signer.pubkey(), role.into())], Fields::new()).await
    }

    async fn change_market(&self, args: &ChangeMarket) -> Result<()> {
        self.require_authority()?;
        let market = self.market(&args.market).await?;
        let (settings, oracle) = args.settings(&market.state)?;
        let expected_revision = args.looked_at.revision.unwrap_or(market.state.revision_in(&self.open.state));
        let before = MarketSettings::of(&market.state);
        let after = MarketSettings::from_args(&settings, oracle).map_err(|error| Refused(words(&error)))?;
        if before == after {
            return Err(Refused("these settings are in force already: nothing would change".into()).into());
        }
        let index = market.state.book.index.0;
        let args = ChangeMarketArgs { expected_revision, settings };
        let instruction = self.open.venue.change_market(self.signer.pubkey(), index, oracle, args);
        let facts = Fields::new().with("market", market_name(&market.state));
        self.send(&[instruction], facts).await
    }

    async fn change_clearinghouse(&self, args: &ChangeClearinghouse) -> Result<()> {
        self.require_authority()?;
        let settings = args.settings(&self.open.state.settings, self.open.state.quote_decimals)?;
        settings.validate().map_err(|error| Refused(words(&error)))?;
        if settings == self.open.state.settings {
            return Err(Refused("these settings are in force already: nothing would change".into()).into());
        }
        let expected_revision = args.looked_at.revision.unwrap_or(self.open.state.revision);
        let args = ChangeClearinghouseArgs { expected_revision, settings };
        self.send(&[self.open.venue.change_clearinghouse(self.signer.pubkey(), args)], Fields::new()).await
    }

    async fn execute(&self, of: &Target) -> Result<()> {
        let instruction = match of {
            Target::Clearinghouse => self.open.venue.execute_clearinghouse_change(),
            Target::Market(name) => {
                let market = self.market(name).await?.state;
                if market.queued_ready_ts == 0 {
                    return Err(Refused(format!("no change of {} is queued", market_name(&market))).into());
                }
                self.open.venue.execute_market_change(market.book.index.0, market.queued.oracle)
            }
        };
        self.send(&[instruction], Fields::new()).await
    }

    async fn cancel(&self, of: &Target) -> Result<()> {
        let signer = self.signer.pubkey();
        let instruction = match of {
            Target::Clearinghouse => self.open.venue.cancel_clearinghouse_change(signer),
            Target::Market(name) => {
                self.open.venue.cancel_market_change(signer, self.market(name).await?.state.book.index.0)
            }
        };
        self.send(&[instruction], Fields::new()).await
    }

    async fn schedule(&self, name: &MarketName, looked_at: &LookedAt) -> Result<()> {
        self.require_authority()?;
        let market = self.market(name).await?.state;
        let revision = looked_at.revision.unwrap_or(market.revision_in(&self.open.state));
        let index = market.book.index.0;
        let instruction = self.open.venue.schedule_settlement(self.signer.pubkey(), index, revision);
        self.send(&[instruction], Fields::new().with("market", market_name(&market))).await
    }

    async fn begin_settlement(&self, name: &MarketName) -> Result<()> {
        let market = self.market(name).await?.state;
        let instruction = self.open.venue.begin_settlement(market.book.index.0, market.oracle);
        self.send(&[instruction], Fields::new().with("market", market_name(&market))).await
    }

    /// The receiver of the rent, the fee account, and what makes it if it isn't there.
    async fn receivers(&self, receivers: &Receivers) -> Result<(Pubkey, Pubkey, Option<Instruction>)> {
        let payer = self.signer.pubkey();
        let receiver = receiver_or(receivers.receiver.as_deref(), &payer)?;
        let (fees, make) = fee_account(self.context, self.open, receivers.fees_to.as_deref(), &payer).await?;
        Ok((receiver, fees, make))
    }

    async fn close_market(&self, name: &MarketName, receivers: &Receivers) -> Result<()> {
        self.require_authority()?;
        let market = self.market(name).await?.state;
        let (receiver, fees, make) = self.receivers(receivers).await?;
        let index = market.book.index.0;
        let close = self.open.venue.close_market(self.signer.pubkey(), index, receiver, fees);
        let facts = Fields::new().with("closed", market_name(&market)).with("rent_to", receiver);
        self.send(&make.into_iter().chain([close]).collect::<Vec<_>>(), facts).await
    }

    async fn close_clearinghouse(&self, receivers: &Receivers) -> Result<()> {
        self.require_authority()?;
        let (receiver, fees, make) = self.receivers(receivers).await?;
        let close = self.open.venue.close_clearinghouse(self.signer.pubkey(), receiver, fees);
        let facts = Fields::new().with("closed", self.open.venue.clearinghouse).with("rent_to", receiver);
        self.send(&make.into_iter().chain([close]).collect::<Vec<_>>(), facts).await
    }
}

/// What came of a change, for people.
fn outcome(event: &AnyEvent) -> Option<String> {
    let queued = |in_force: bool, ready_ts: i64| {
        if in_force {
            "in force: it only restricts".to_owned()
        } else {
            format!("queued: `jettison authority execute` puts it in force from {}", time_text(ready_ts))
        }
    };
    match event {
        AnyEvent::MarketChangeQueued(event) => Some(queued(event.in_force, event.ready_ts)),
        AnyEvent::ClearinghouseChangeQueued(event) => Some(queued(event.in_force, event.ready_ts)),
        AnyEvent::SettlementScheduled(event) => Some(format!(
            "scheduled: anyone may begin it from {}, within two weeks",
            time_text(event.ready_ts)
        )),
        _ => None,
    }
}

/// The program's own check, in its words.
fn words(error: &anchor_lang::error::Error) -> String {
    match error {
        anchor_lang::error::Error::AnchorError(error) => error.error_msg.clone(),
        other => other.to_string(),
    }
}
