//! `jettison authority`: roles, settings, the timelock, and winding down.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anyhow::{bail, ensure, Context as _, Result};
use clearing::instructions::{ChangeClearinghouseArgs, ChangeMarketArgs, NominateArgs, Role};
use clearing::state::{
    ClearinghouseSettings, Market, MarketParamsArgs, MarketSettings, MarketSettingsArgs, OracleSource,
};
use jettison_client::AnyEvent;
use jettison_rpc::{OpenVenue, Stored};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::amounts::Quote;
use crate::context::{parse_address, Context};
use crate::keeping::{fee_account, receiver_or};
use crate::migrate;
use crate::names::{market_name, MarketName};
use crate::output::{time_text, Fields, Refused};

/// Hand roles on, change settings, wind down.
#[derive(clap::Subcommand)]
pub enum Command {
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

/// Change a market's settings; what isn't given stays as it is.
#[derive(clap::Args)]
pub struct ChangeMarket {
    /// The market's index or name
    market: MarketName,
    /// A risk parameter, such as maintenance_margin_bps=300; `market show` lists them
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// The oracle's account
    #[arg(long, value_name = "ADDRESS")]
    oracle: Option<String>,
    /// Where prices come from
    #[arg(long, value_enum)]
    oracle_source: Option<SourceName>,
    /// Pyth's feed id or Switchboard's feed hash: 64 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    feed_id: Option<String>,
    /// The oldest price accepted
    #[arg(long, value_name = "SECONDS")]
    max_oracle_age: Option<u32>,
    /// The widest confidence interval accepted, of the price
    #[arg(long, value_name = "BPS")]
    max_confidence: Option<u16>,
    #[command(flatten)]
    looked_at: LookedAt,
}

/// Where prices come from.
#[derive(clap::ValueEnum, Clone, Copy, Debug)]
pub enum SourceName {
    /// The stand-in feed, for localnets.
    PriceFeed,
    /// A Pyth price feed account.
    Pyth,
    /// A Switchboard On-Demand feed.
    Switchboard,
}

/// Change the clearinghouse's settings; what isn't given stays as it is.
#[derive(clap::Args)]
pub struct ChangeClearinghouse {
    /// Who may pause and take back queued changes, or `none`
    #[arg(long, value_name = "ADDRESS")]
    guardian: Option<String>,
    /// What a change that raises risk waits
    #[arg(long, value_name = "SECONDS")]
    timelock: Option<u32>,
    /// Between the request to unstake and its execution
    #[arg(long, value_name = "SECONDS")]
    unstake_cooldown: Option<u32>,
    /// The withdrawal throttle's window
    #[arg(long, value_name = "SECONDS")]
    withdrawal_window: Option<u32>,
    /// What the throttle lets out within its window, of the margin vault
    #[arg(long, value_name = "BPS")]
    withdrawal_limit: Option<u16>,
    /// The least that it lets out, in quote units
    #[arg(long, value_name = "AMOUNT")]
    withdrawal_floor: Option<Quote>,
    #[command(flatten)]
    looked_at: LookedAt,
}

/// Runs the command.
pub async fn run(context: &Context, command: &Command) -> Result<()> {
    if matches!(command, Command::Migrate) {
        // Before it there is no clearinghouse that the other commands could read.
        return migrate::run(context).await;
    }
    let (signer, open) = (context.signer()?, context.venue().await?);
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
    signer: &'a Keypair,
}

impl Desk<'_> {
    async fn send(&self, instructions: &[Instruction], facts: Fields) -> Result<()> {
        let sent = self.context.send(instructions, &[self.signer]).await?;
        let facts = match sent.find(outcome) {
            Some(outcome) => facts.with("outcome", outcome),
            None => facts,
        };
        self.context.out.show(&sent.with(facts, self.open.state.quote_decimals))
    }

    async fn market(&self, name: &MarketName) -> Result<Stored<Market>> {
        name.read(self.context, self.open).await
    }

    fn require_authority(&self) -> Result<()> {
        let (authority, signer) = (self.open.state.authority, self.signer.pubkey());
        if signer != authority {
            bail!("only the authority may, which is {authority}; the key that signs is {signer}");
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
        let receiver = receiver_or(receivers.receiver.as_deref(), self.signer)?;
        let payer = self.signer.pubkey();
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

impl ChangeMarket {
    /// The new settings and the oracle's account.
    fn settings(&self, market: &Market) -> Result<(MarketSettingsArgs, Pubkey)> {
        let present = OracleSource::from_byte(market.oracle_source);
        let source = self.oracle_source.map(OracleSource::from).or(present);
        let settings = MarketSettingsArgs {
            oracle_source: source.context("the market's source of prices is unknown to this build")?,
            feed_id: match &self.feed_id {
                Some(text) => parse_feed_id(text)?,
                None => market.feed_id,
            },
            max_oracle_age_seconds: self.max_oracle_age.unwrap_or(market.max_oracle_age_seconds),
            max_confidence_bps: self.max_confidence.unwrap_or(market.max_confidence_bps),
            params: with_params(market.book.params.into(), &self.set)?,
        };
        let oracle = self.oracle.as_deref().map_or(Ok(market.oracle), parse_address)?;
        Ok((settings, oracle))
    }
}

impl From<SourceName> for OracleSource {
    fn from(name: SourceName) -> Self {
        match name {
            SourceName::PriceFeed => Self::PriceFeed,
            SourceName::Pyth => Self::Pyth,
            SourceName::Switchboard => Self::Switchboard,
        }
    }
}

fn parse_feed_id(text: &str) -> Result<[u8; 32]> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    ensure!(digits.len() == 64 && digits.is_ascii(), "a feed id has 64 hexadecimal digits: {text}");
    let mut id = [0; 32];
    for (place, byte) in id.iter_mut().enumerate() {
        let pair = digits.get(place * 2..place * 2 + 2).unwrap_or_default();
        *byte = u8::from_str_radix(pair, 16).with_context(|| format!("in the feed id {text}"))?;
    }
    Ok(id)
}

/// `params` with some of them set, each as `name=value`.
fn with_params(params: MarketParamsArgs, set: &[String]) -> Result<MarketParamsArgs> {
    let mut table = serde_json::to_value(params)?;
    for one in set {
        let (name, value) = one.split_once('=').with_context(|| format!("write {one:?} as name=value"))?;
        let number: u64 = value.parse().with_context(|| format!("{name}={value}: give a whole number"))?;
        let Some(field) = table.get_mut(name) else {
            let names: Vec<&String> = table.as_object().into_iter().flatten().map(|(name, _)| name).collect();
            bail!("there is no parameter {name}: they are {names:?}");
        };
        *field = number.into();
    }
    serde_json::from_value(table).context("a parameter is out of its type's range")
}

impl ChangeClearinghouse {
    fn settings(&self, present: &ClearinghouseSettings, decimals: u8) -> Result<ClearinghouseSettings> {
        let guardian = match self.guardian.as_deref() {
            Some("none") => Pubkey::default(),
            Some(text) => parse_address(text)?,
            None => present.guardian,
        };
        let floor = self.withdrawal_floor.map(|floor| floor.atoms(decimals)).transpose()?;
        Ok(ClearinghouseSettings {
            guardian,
            withdrawal_floor_atoms: floor.unwrap_or(present.withdrawal_floor_atoms),
            withdrawal_window_seconds: self.withdrawal_window.unwrap_or(present.withdrawal_window_seconds),
            timelock_seconds: self.timelock.unwrap_or(present.timelock_seconds),
            unstake_cooldown_seconds: self.unstake_cooldown.unwrap_or(present.unstake_cooldown_seconds),
            withdrawal_limit_bps: self.withdrawal_limit.unwrap_or(present.withdrawal_limit_bps),
            reserved: present.reserved,
        })
    }
}

#[cfg(test)]
mod tests {
    use jettison_engine::MarketParams;

    use super::*;

    #[test]
    fn parameters_are_set_by_name_and_the_others_stay() {
        let before = MarketParamsArgs::from(MarketParams::default());
        let set = ["maintenance_margin_bps=300".to_owned(), "loss_halt_seconds=7".to_owned()];
        let after = with_params(before, &set).unwrap();
        let expected = MarketParamsArgs { maintenance_margin_bps: 300, loss_halt_seconds: 7, ..before };
        assert_eq!(after, expected);
        let error = |text: &str| with_params(before, &[text.to_owned()]).unwrap_err().to_string();
        assert!(error("maintenance_margin=3").contains("maintenance_margin_bps"));
        assert!(error("maker_fee_bps=70000").contains("range"));
        assert!(error("maker_fee_bps").contains("name=value"));
        assert!(error("maker_fee_bps=1.5").contains("whole number"));
    }

    #[test]
    fn a_feed_id_is_64_hexadecimal_digits() {
        let text = "0x".to_owned() + &"0f".repeat(32);
        assert_eq!(parse_feed_id(&text).unwrap(), [0x0f; 32]);
        for bad in ["", "0x", "0f", &"zz".repeat(32), &"0f".repeat(33), &"+f".repeat(32)] {
            assert!(parse_feed_id(bad).is_err(), "{bad}");
        }
    }
}
