//! A venue on an embedded chain, on a thread of its own, and what a server would remember of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc;

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::{AccountMeta, Instruction};
use jettison_embedded::{
    feed_price, programs, standard, Account, Chain, ElfFiles, EmbeddedVenue, Trader, PRICE,
};
use serde_json::{json, Value};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction_v3::Transaction;
use tokio::sync::broadcast;

/// Blocks for which a blockhash is good.
pub const LIFE: u64 = 150;

/// The compute-budget program, whose instructions the embedded chain adds itself.
const BUDGET: Pubkey = anchor_lang::prelude::pubkey!("ComputeBudget111111111111111111111111111111");

/// What a transaction came to.
#[derive(Clone, Debug)]
pub struct Landed {
    /// The slot.
    pub slot: u64,
    /// As JSON; null if it went through.
    pub error: Value,
    /// The log.
    pub logs: Vec<String>,
}

/// What happened, for those who subscribe.
#[derive(Clone, Debug)]
pub enum Happened {
    /// A slot passed.
    Slot(u64),
    /// Accounts changed.
    Accounts(u64, Vec<Pubkey>),
    /// A transaction of this payer landed.
    Transaction(Pubkey, String, Landed),
}

/// The venue and the server's memory.
pub struct World {
    pub at: EmbeddedVenue,
    pub slot: u64,
    pub traders: Vec<Trader>,
    pub keepers: Vec<Keypair>,
    pub landed: HashMap<String, Landed>,
    /// How often the bytes of each transaction were run: never more than once.
    pub runs: BTreeMap<String, u32>,
    /// Transactions that were taken and are kept back.
    pub held: Vec<Transaction>,
    /// Whether transactions are kept back.
    pub hold: bool,
    /// What each oracle publishes, in atoms a contract; nothing while it is none.
    pub prices: Vec<Option<u64>>,
    /// Whether slots go by and the clock doesn't move.
    pub clock_stands: bool,
    news: broadcast::Sender<Happened>,
}

type Job = Box<dyn FnOnce(&mut World) + Send>;

/// Speaks with the world's thread.
#[derive(Clone)]
pub struct Handle {
    jobs: mpsc::Sender<Job>,
    news: broadcast::Sender<Happened>,
}

impl Handle {
    /// A venue with `markets` standard markets and `keepers` keepers of 1,000 quote units each.
    pub fn open(markets: u16, keepers: usize) -> Self {
        let (jobs, work) = mpsc::channel::<Job>();
        let (news, _) = broadcast::channel(65_536);
        let handle = Self { jobs, news: news.clone() };
        std::thread::spawn(move || {
            let mut world = World::open(markets, keepers, news);
            while let Ok(job) = work.recv() {
                job(&mut world);
            }
        });
        handle
    }

    /// Runs something on the world's thread.
    pub fn with<T: Send + 'static>(&self, job: impl FnOnce(&mut World) -> T + Send + 'static) -> T {
        let (to, from) = mpsc::channel();
        self.jobs.send(Box::new(move |world| drop(to.send(job(world))))).unwrap();
        from.recv().expect("the world's thread answers")
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Happened> {
        self.news.subscribe()
    }
}

impl World {
    fn open(markets: u16, keepers: usize, news: broadcast::Sender<Happened>) -> Self {
        let chain = ElfFiles::chain_for_test()
            .unwrap_or_else(|| Chain::native(vec![programs::clearing(), programs::price_feed()]).unwrap());
        let mut at = EmbeddedVenue::open(chain).unwrap();
        for _ in 0..markets {
            at.create_market(feed_price(PRICE), standard()).unwrap();
        }
        at.fund_insurance(1_000_000_000).unwrap();
        let mut world = Self {
            at,
            slot: 100,
            traders: vec![],
            keepers: vec![],
            landed: HashMap::new(),
            runs: BTreeMap::new(),
            held: vec![],
            hold: false,
            prices: vec![Some(PRICE); usize::from(markets)],
            clock_stands: false,
            news,
        };
        for _ in 0..keepers {
            let keeper = world.at.open_funded(1_000_000_000).unwrap();
            world.at.chain.airdrop(&keeper.key.pubkey(), 1_000_000_000);
            world.keepers.push(keeper.key.insecure_clone());
            world.traders.push(keeper);
        }
        world.at.chain.set_slot(world.slot);
        world
    }

    /// A long and a short of `size` contracts at ten times leverage; returns the long's address.
    pub fn pair(&mut self, market: u16, size: u64) -> Pubkey {
        let long = self.at.open_funded(size * PRICE / 9).unwrap();
        let short = self.at.open_funded(size * PRICE).unwrap();
        self.at.trade(&long, &short, market, size).unwrap();
        let address = long.address;
        let short_address = short.address;
        self.traders.extend([long, short]);
        let market = self.at.venue.market(market);
        self.changed(vec![address, short_address, market]);
        address
    }

    /// Contracts that an account holds in a market.
    pub fn size(&self, account: &Pubkey, market: u16) -> u64 {
        let ledger = self.at.ledger(account).unwrap();
        let book = self.at.book(market).unwrap();
        ledger.leg(book.index).map_or(0, |leg| book.size_of(leg).unwrap().0)
    }

    /// The chain's time goes on.
    pub fn pass(&mut self, seconds: i64) {
        let now = self.at.chain.now() + seconds;
        self.at.chain.set_time(now);
        self.changed(vec![jettison_keeper::cache::CLOCK]);
    }

    /// The oracle publishes a price, in atoms a contract, without an accrual.
    pub fn publish(&mut self, market: u16, atoms: u64) {
        let authority = self.at.authority.insecure_clone();
        let [post, _] = self.at.price_instructions(market, feed_price(atoms));
        self.at.chain.send(&[post], &[&authority]).unwrap();
        self.changed(vec![self.at.feeds[usize::from(market)].address]);
    }

    /// Someone else publishes and accrues.
    pub fn accrue(&mut self, market: u16, atoms: u64) {
        self.at.set_price(market, feed_price(atoms)).unwrap();
        let feed = self.at.feeds[usize::from(market)].address;
        self.changed(vec![feed, self.at.venue.market(market)]);
    }

    /// A slot passes; with every fifth a second, unless the clock stands, and the oracles publish.
    pub fn next_slot(&mut self) {
        self.slot += 1;
        self.at.chain.set_slot(self.slot);
        let _ = self.news.send(Happened::Slot(self.slot));
        if self.slot.is_multiple_of(5) && !self.clock_stands {
            self.pass(1);
            for market in 0..self.prices.len() {
                if let Some(price) = self.prices[market] {
                    self.publish(market as u16, price);
                }
            }
        }
    }

    fn changed(&mut self, accounts: Vec<Pubkey>) {
        let _ = self.news.send(Happened::Accounts(self.slot, accounts));
    }

    /// The margin accounts, or the markets.
    pub fn of_kind(&self, margin: bool) -> Vec<Pubkey> {
        if margin {
            return self.traders.iter().map(|trader| trader.address).collect();
        }
        (0..self.at.feeds.len() as u16).map(|index| self.at.venue.market(index)).collect()
    }

    pub fn account(&self, address: &Pubkey) -> Option<Account> {
        if *address == jettison_keeper::cache::CLOCK {
            let mut data = vec![0; 40];
            data[..8].copy_from_slice(&self.slot.to_le_bytes());
            data[32..].copy_from_slice(&self.at.chain.now().to_le_bytes());
            return Some(Account { lamports: 1, data, ..Account::default() });
        }
        self.at.chain.account(address)
    }

    /// The blockhash of a block height.
    pub fn blockhash(height: u64) -> [u8; 32] {
        let mut hash = [7; 32];
        hash[..8].copy_from_slice(&height.to_le_bytes());
        hash
    }

    fn height_of(transaction: &Transaction) -> u64 {
        let hash = transaction.message.recent_blockhash.to_bytes();
        u64::from_le_bytes(hash[..8].try_into().unwrap())
    }

    /// Whether a transaction takes a position over.
    pub fn is_takeover(transaction: &Transaction) -> bool {
        use anchor_lang::Discriminator;
        let data = transaction.message.instructions.iter().map(|instruction| &instruction.data);
        data.into_iter().any(|data| data.starts_with(clearing::instruction::Liquidate::DISCRIMINATOR))
    }

    /// Takes a transaction as a server does; what is kept back runs with [`Self::release`].
    pub fn take(&mut self, transaction: Transaction) {
        if self.hold {
            self.held.push(transaction);
        } else {
            self.run(&transaction);
        }
    }

    /// Runs what was kept back, if it can still land.
    pub fn release(&mut self) {
        self.hold = false;
        for transaction in std::mem::take(&mut self.held) {
            self.run(&transaction);
        }
    }

    fn run(&mut self, transaction: &Transaction) {
        let signature = transaction.signatures[0].to_string();
        // As on a cluster: the same bytes run once, and only while their blockhash lives.
        if self.landed.contains_key(&signature) || self.slot > Self::height_of(transaction) + LIFE {
            return;
        }
        let (instructions, payer) = instructions(transaction);
        let signers: Vec<Keypair> = self.keepers.iter().map(Keypair::insecure_clone).collect();
        let signers: Vec<&Keypair> = signers.iter().filter(|key| key.pubkey() == payer).collect();
        let ran = self.at.chain.send(&instructions, &signers);
        *self.runs.entry(signature.clone()).or_default() += 1;
        let landed = match ran {
            Ok(executed) => Landed { slot: self.slot, error: Value::Null, logs: executed.logs },
            Err(failed) => Landed { slot: self.slot, error: error(&failed), logs: failed.logs },
        };
        let written = instructions.iter().flat_map(|instruction| &instruction.accounts);
        let written = written.filter(|meta| meta.is_writable).map(|meta| meta.pubkey).collect();
        self.landed.insert(signature.clone(), landed.clone());
        self.changed(written);
        let _ = self.news.send(Happened::Transaction(payer, signature, landed));
    }

    /// Runs a transaction and puts everything back.
    pub fn simulate(&mut self, transaction: &Transaction) -> Landed {
        let (instructions, payer) = instructions(transaction);
        let written: Vec<Pubkey> = instructions
            .iter()
            .flat_map(|instruction| &instruction.accounts)
            .filter(|meta| meta.is_writable)
            .map(|meta| meta.pubkey)
            .collect();
        let before: Vec<(Pubkey, Account)> =
            written.iter().filter_map(|key| Some((*key, self.at.chain.account(key)?))).collect();
        let signers: Vec<Keypair> = self.keepers.iter().map(Keypair::insecure_clone).collect();
        let signers: Vec<&Keypair> = signers.iter().filter(|key| key.pubkey() == payer).collect();
        let ran = self.at.chain.send(&instructions, &signers);
        for (key, account) in before {
            self.at.chain.set_account(&key, account);
        }
        match ran {
            Ok(executed) => Landed { slot: self.slot, error: Value::Null, logs: executed.logs },
            Err(failed) => Landed { slot: self.slot, error: error(&failed), logs: failed.logs },
        }
    }
}

/// The instructions of a transaction but for those of the compute budget, and who pays.
fn instructions(transaction: &Transaction) -> (Vec<Instruction>, Pubkey) {
    let message = &transaction.message;
    let meta = |at: &u8| {
        let at = usize::from(*at);
        AccountMeta {
            pubkey: message.account_keys[at],
            is_signer: message.is_signer(at),
            is_writable: message.is_maybe_writable(at, None),
        }
    };
    let instruction = |compiled: &solana_message::compiled_instruction::CompiledInstruction| Instruction {
        program_id: message.account_keys[usize::from(compiled.program_id_index)],
        accounts: compiled.accounts.iter().map(meta).collect(),
        data: compiled.data.clone(),
    };
    let all = message.instructions.iter().map(instruction);
    (all.filter(|instruction| instruction.program_id != BUDGET).collect(), message.account_keys[0])
}

/// A failure as a server states it; two compute-budget instructions come before the others.
fn error(failed: &jettison_embedded::Failed) -> Value {
    match (failed.instruction, failed.custom) {
        (Some(at), Some(code)) => json!({ "InstructionError": [at + 2, { "Custom": code }] }),
        (Some(at), None) => json!({ "InstructionError": [at + 2, "InvalidArgument"] }),
        _ => panic!("the chain refused a whole transaction: {failed}"),
    }
}
