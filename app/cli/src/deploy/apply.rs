//! Carries a plan out.

use anchor_lang::prelude::{Pubkey, Rent};
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_instruction;
use anyhow::{anyhow, ensure, Context, Result};
use clearing::instructions::{ChangeClearinghouseArgs, ChangeMarketArgs, CreateMarketArgs};
use clearing::state::{Clearinghouse, Market, OracleSource};
use jettison_client::{AnyEvent, Venue};
use jettison_embedded::FEED_EXPONENT;
use jettison_rpc::{Cluster, Fee, Landed};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::file::{Wanted, WantedMarket, WantedOracle};
use super::plan::{Observed, Permission, Plan, Step};
use super::programs::Program;
use crate::output::{time_text, Out};

/// A deployment under way.
pub struct Deployer<'a> {
    /// Where to.
    pub cluster: &'a Cluster,
    /// Pays, signs, and becomes the authority of what is created.
    pub key: &'a Keypair,
    /// What transactions offer.
    pub fee: Fee,
    /// Where words go.
    pub out: Out,
    /// What is wanted.
    pub wanted: &'a Wanted,
    /// The programs.
    pub programs: &'a [Program],
    /// The clearinghouse's addresses.
    pub venue: &'a Venue,
}

/// A step that was done.
pub struct Done {
    /// Which.
    pub step: Step,
    /// What came of it, beyond what the step says.
    pub outcome: String,
}

/// How often the cluster is looked at again after something was done: a change is queued, then put in force.
const ROUNDS: usize = 3;

impl Deployer<'_> {
    /// What is on the cluster. Changes nothing.
    pub async fn observe(&self) -> Result<Observed> {
        let mut programs = vec![];
        for program in self.programs {
            programs.push((program.name, program.observe(self.cluster, &self.key.pubkey()).await?));
        }
        let state = self.cluster.find::<Clearinghouse>(&self.venue.clearinghouse).await?;
        let clearinghouse = state.map(|stored| Box::new(stored.state));
        let mut markets = vec![];
        if clearinghouse.is_some() {
            markets = self.cluster.list::<Market>(&self.venue.clearinghouse).await?;
            markets.sort_unstable_by_key(|market| market.state.book.index.0);
        }
        let markets = markets.into_iter().map(|stored| stored.state).collect();
        Ok(Observed { now: self.cluster.now().await?, programs, clearinghouse, markets })
    }

    /// Does what there is to do, and what that makes possible. Tells of each step as it is done.
    pub async fn run(&self, permission: Permission) -> Result<(Vec<Done>, Vec<String>)> {
        let mut done: Vec<Done> = vec![];
        for _ in 0..ROUNDS {
            let observed = self.observe().await?;
            let plan = Plan::new(self.wanted, &observed, permission);
            if plan.steps.is_empty() {
                return Ok((done, plan.notes));
            }
            for step in plan.steps {
                let outcome = self.step(&step, &observed).await.with_context(|| format!("to {step}"))?;
                self.out.note(&format!("{step}{}{outcome}", if outcome.is_empty() { "" } else { ": " }));
                done.push(Done { step, outcome });
            }
        }
        let left = Plan::new(self.wanted, &self.observe().await?, permission);
        Ok((
            done,
            left.notes.into_iter().chain(left.steps.iter().map(|step| format!("left: {step}"))).collect(),
        ))
    }

    async fn step(&self, step: &Step, observed: &Observed) -> Result<String> {
        let key = self.key.pubkey();
        match step {
            Step::Deploy(name) => {
                let program = self.program(name)?;
                let progress = self.progress();
                let signer = program.key()?;
                self.cluster.deploy_program(&signer, &program.elf, self.key, self.fee, &progress).await?;
                Ok(program.id.to_string())
            }
            Step::Upgrade(name) => {
                let program = self.program(name)?;
                let progress = self.progress();
                self.cluster
                    .upgrade_program(&program.id, &program.elf, self.key, self.fee, &progress)
                    .await?;
                Ok(program.id.to_string())
            }
            Step::Initialize => {
                let fees_to = self.wanted.fee_authority.unwrap_or(key);
                let create = self.venue.initialize_clearinghouse(key, fees_to, self.wanted.settings);
                self.send(&[create], &[self.key]).await?;
                Ok(self.venue.clearinghouse.to_string())
            }
            Step::CreateMarket { wanted, index, .. } => self.create_market(*wanted, *index).await,
            Step::ChangeClearinghouse(_) => self.change_clearinghouse().await,
            Step::ExecuteClearinghouseChange => self
                .send(&[self.venue.execute_clearinghouse_change()], &[self.key])
                .await
                .map(|_| String::new()),
            Step::ChangeMarket { wanted, index, .. } => self.change_market(*wanted, *index, observed).await,
            Step::ExecuteMarketChange { index, .. } => {
                let market = observed.markets.iter().find(|market| market.book.index.0 == *index);
                let oracle = market.context("the market is gone")?.queued.oracle;
                let execute = self.venue.execute_market_change(*index, oracle);
                self.send(&[execute], &[self.key]).await.map(|_| String::new())
            }
        }
    }

    async fn create_market(&self, wanted: usize, index: u16) -> Result<String> {
        let market = self.market(wanted)?;
        let key = self.key.pubkey();
        let state = self.cluster.get::<Clearinghouse>(&self.venue.clearinghouse).await?.state;
        let args = CreateMarketArgs { expected_revision: state.revision, ..market.args };
        let create = |oracle| self.venue.create_market(key, key, index, oracle, args);
        match market.oracle {
            WantedOracle::Account(account) => self.send(&[create(account)], &[self.key]).await.map(drop)?,
            WantedOracle::StandIn { price } => {
                // The feed and the market in one transaction: neither is ever there without the other.
                let feed = Keypair::new();
                let mut all = self.create_feed(&feed.pubkey(), price).await?;
                all.push(create(feed.pubkey()));
                self.send(&all, &[self.key, &feed]).await?;
            }
        }
        Ok(self.venue.market(index).to_string())
    }

    async fn create_feed(&self, feed: &Pubkey, price: i64) -> Result<Vec<Instruction>> {
        let key = self.key.pubkey();
        let (rent, space) =
            (Rent::default().minimum_balance(price_feed::FEED_LEN), price_feed::FEED_LEN as u64);
        Ok(vec![
            system_instruction::create_account(&key, feed, rent, space, &price_feed::ID),
            price_feed::instruction::initialize(feed, &key, FEED_EXPONENT),
            price_feed::instruction::post(feed, &key, price, 0, self.cluster.now().await?),
        ])
    }

    async fn change_clearinghouse(&self) -> Result<String> {
        let state = self.cluster.get::<Clearinghouse>(&self.venue.clearinghouse).await?.state;
        let args =
            ChangeClearinghouseArgs { expected_revision: state.revision, settings: self.wanted.settings };
        let landed =
            self.send(&[self.venue.change_clearinghouse(self.key.pubkey(), args)], &[self.key]).await?;
        let queued = landed.events.iter().find_map(|event| match event {
            AnyEvent::ClearinghouseChangeQueued(queued) => Some((queued.in_force, queued.ready_ts)),
            _ => None,
        });
        Ok(in_force_or_queued(queued))
    }

    async fn change_market(&self, wanted: usize, index: u16, observed: &Observed) -> Result<String> {
        let market = self.market(wanted)?;
        let there = observed.markets.iter().find(|there| there.book.index.0 == index);
        let there = there.context("the market is gone")?;
        let oracle = match market.oracle {
            WantedOracle::Account(account) => account,
            WantedOracle::StandIn { .. } => {
                ensure!(
                    there.oracle_source == OracleSource::PriceFeed as u8,
                    "a market with a real oracle isn't moved to a stand-in feed; leave its oracle as it is"
                );
                there.oracle
            }
        };
        let state = self.cluster.get::<Clearinghouse>(&self.venue.clearinghouse).await?.state;
        let fresh = self.cluster.get::<Market>(&self.venue.market(index)).await?.state;
        let args =
            ChangeMarketArgs { expected_revision: fresh.revision_in(&state), settings: market.args.settings };
        let change = self.venue.change_market(self.key.pubkey(), index, oracle, args);
        let landed = self.send(&[change], &[self.key]).await?;
        let queued = landed.events.iter().find_map(|event| match event {
            AnyEvent::MarketChangeQueued(queued) => Some((queued.in_force, queued.ready_ts)),
            _ => None,
        });
        Ok(in_force_or_queued(queued))
    }

    async fn send(&self, instructions: &[Instruction], signers: &[&Keypair]) -> Result<Landed> {
        Ok(self.cluster.send(instructions, signers, self.fee).await?)
    }

    pub(super) fn program(&self, name: &str) -> Result<&Program> {
        let found = self.programs.iter().find(|program| program.name == name);
        found.ok_or_else(|| anyhow!("the program {name} was not loaded"))
    }

    pub(super) fn market(&self, place: usize) -> Result<&WantedMarket> {
        self.wanted.markets.get(place).ok_or_else(|| anyhow!("there is no market {place} in the file"))
    }

    /// Tells of a buffer's filling at every tenth.
    fn progress(&self) -> impl Fn(usize, usize) + Sync {
        let (out, told) = (self.out, std::sync::atomic::AtomicUsize::new(0));
        move |there, all| {
            let tenth = there * 10 / all.max(1);
            if tenth > told.fetch_max(tenth, std::sync::atomic::Ordering::Relaxed) {
                out.note(&format!("  {there} of {all} bytes"));
            }
        }
    }
}

fn in_force_or_queued(queued: Option<(bool, i64)>) -> String {
    match queued {
        Some((true, _)) => "in force".to_owned(),
        Some((false, ready_ts)) => format!("queued until {}", time_text(ready_ts)),
        None => "sent".to_owned(),
    }
}
