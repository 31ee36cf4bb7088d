use crate::invariants::Held;
use crate::{Code, Snapshot};
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_program;
use anchor_spl::{token, token_2022};
use clearing::instructions::CreateMarketArgs;
use jettison_client::{event, AnyEvent};
use jettison_embedded::{feed_price, standard, PRICE};
use jettison_embedded::{Chain, EmbeddedVenue, Executed, Failed, Runtime, Trader};
use jettison_engine::{MarginAccount, Market};
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::collections::{BTreeMap, BTreeSet};

/// Their accounts are no state.
const PROGRAMS: [Pubkey; 6] =
    [system_program::ID, token::ID, token_2022::ID, clearing::ID, price_feed::ID, example_venue::ID];

/// A clearinghouse with one standard market on an embedded chain.
///
/// It knows every address that a transaction has named and signs for every key that it made.
pub struct Scene {
    /// The clearinghouse.
    pub at: EmbeddedVenue,
    /// What the invariants' checker remembers.
    pub held: Held,
    known: BTreeSet<Pubkey>,
    keys: BTreeMap<Pubkey, Keypair>,
}

impl Scene {
    /// A clearinghouse with the standard market, number 0, at [`PRICE`].
    pub fn new(chain: Chain) -> Self {
        let mut scene = Self::bare(chain);
        scene.market(standard());
        scene
    }

    /// As [`Scene::new`], quoted in a plain Token-2022 mint.
    pub fn on_token_2022(chain: Chain) -> Self {
        let mut scene = Self::at(EmbeddedVenue::open_token_2022(chain).expect("a new clearinghouse"));
        scene.market(standard());
        scene
    }

    /// A clearinghouse without a market.
    pub fn bare(chain: Chain) -> Self {
        Self::at(EmbeddedVenue::open(chain).expect("a new clearinghouse"))
    }

    /// A clearinghouse that is there.
    pub fn at(at: EmbeddedVenue) -> Self {
        let venue = &at.venue;
        let known = BTreeSet::from([
            venue.clearinghouse,
            venue.insurance_fund,
            venue.margin_vault,
            venue.insurance_vault,
            venue.quote_mint,
            at.treasury,
            at.fee_account,
        ]);
        let mut scene = Self { held: Held::default(), known, keys: BTreeMap::new(), at };
        let authority = scene.at.authority.insecure_clone();
        scene.keep(authority);
        scene
    }

    /// Creates the next market at [`PRICE`]; returns its index.
    pub fn market(&mut self, args: CreateMarketArgs) -> u16 {
        let index = self.at.create_market(feed_price(PRICE), args).expect("a new market");
        self.know([self.at.venue.market(index), self.at.feeds[usize::from(index)].address]);
        self.check();
        index
    }

    /// What runs the programs.
    pub fn is_elf(&self) -> bool {
        self.at.chain.runtime() == Runtime::Elf
    }

    /// A new key that the scene signs for.
    pub fn key(&mut self) -> Pubkey {
        let key = self.at.chain.new_keypair();
        self.keep(key)
    }

    /// A new key that owns ten SOL.
    pub fn rich_key(&mut self) -> Pubkey {
        let key = self.key();
        self.at.chain.airdrop(&key, 10_000_000_000);
        key
    }

    /// Signs for a key from now on.
    pub fn keep(&mut self, key: Keypair) -> Pubkey {
        let address = key.pubkey();
        self.keys.insert(address, key);
        address
    }

    /// Whether the scene signs for a key.
    pub fn signs(&self, key: &Pubkey) -> bool {
        self.keys.contains_key(key)
    }

    /// Adds addresses to those that are checked and compared.
    pub fn know(&mut self, addresses: impl IntoIterator<Item = Pubkey>) {
        self.known.extend(addresses);
    }

    /// Every address known. Never the payer, whose lamports pay for failures too.
    pub fn known(&self) -> &BTreeSet<Pubkey> {
        &self.known
    }

    /// All known accounts as they stand.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::take(&self.at.chain, &self.known)
    }

    /// Sends a transaction, signed by whoever its instructions name as signers; checks no invariant.
    pub fn attempt(&mut self, instructions: &[Instruction]) -> Result<Executed, Failed> {
        let payer = self.at.chain.payer().pubkey();
        let metas = || instructions.iter().flat_map(|instruction| &instruction.accounts);
        let is_state = |key: &Pubkey| *key != payer && !PROGRAMS.contains(key);
        self.known.extend(metas().map(|meta| meta.pubkey).filter(is_state));
        let signers: Vec<&Keypair> =
            metas().filter(|meta| meta.is_signer).filter_map(|meta| self.keys.get(&meta.pubkey)).collect();
        self.at.chain.send(instructions, &signers)
    }

    /// Sends a transaction that must go through, and checks the invariants.
    pub fn send(&mut self, instructions: &[Instruction]) -> Executed {
        let executed =
            self.attempt(instructions).unwrap_or_else(|failed| panic!("{failed}\n{:#?}", failed.logs));
        self.check();
        executed
    }

    /// Sends a transaction that must be refused with `expected`, and checks that nothing changed.
    pub fn refuse(&mut self, instruction: Instruction, expected: impl Code) {
        self.refuse_all(&[instruction], expected);
    }

    /// As [`Scene::refuse`], of several instructions.
    pub fn refuse_all(&mut self, instructions: &[Instruction], expected: impl Code) {
        let metas = instructions.iter().flat_map(|instruction| &instruction.accounts);
        let named: Vec<Pubkey> = metas.map(|meta| meta.pubkey).collect();
        let before = Snapshot::take(&self.at.chain, self.known.iter().chain(&named));
        let failed =
            self.attempt(instructions).map(|executed| executed.logs).expect_err("this must be refused");
        let payer = self.at.chain.payer().pubkey();
        let code = Some(expected.code());
        assert_eq!(failed.custom, code, "not {expected:?} but {failed}\n{:#?}", failed.logs);
        let changed = before.changed(&self.at.chain);
        assert!(changed.iter().all(|key| *key == payer), "a refusal changed {changed:?}");
    }

    /// Checks the invariants.
    pub fn check(&mut self) {
        self.held.check(&self.at.chain, &self.known);
    }

    /// The events of a transaction; `None` natively, where there are none.
    pub fn events(&self, executed: &Executed) -> Option<Vec<AnyEvent>> {
        let decode = |data: &Vec<u8>| event(data).expect("an event of the clearing program");
        assert!(!executed.logs_truncated, "the log was cut off: there may be more events");
        self.is_elf().then(|| executed.program_data.iter().map(decode).collect())
    }

    /// On the ELF, the only event of the transaction must be `expected`.
    pub fn expect_event(&self, executed: &Executed, expected: AnyEvent) {
        if let Some(events) = self.events(executed) {
            assert_eq!(events, [expected]);
        }
    }

    /// A market's state.
    pub fn book(&self, market: u16) -> Market {
        self.at.book(market).expect("a market")
    }

    /// An account's capital and legs.
    pub fn ledger(&self, trader: &Trader) -> MarginAccount {
        self.at.ledger(&trader.address).expect("a margin account")
    }

    /// An account's capital, in atoms.
    pub fn capital(&self, trader: &Trader) -> u64 {
        self.ledger(trader).capital.0
    }

    /// Contracts of an account's leg; zero without one.
    pub fn size(&self, trader: &Trader, market: u16) -> u64 {
        let book = self.book(market);
        let ledger = self.ledger(trader);
        ledger.leg(book.index).map_or(0, |leg| book.size_of(leg).expect("a size").0)
    }

    /// What is marked and not yet paid on an account's leg; zero without one.
    pub fn unsettled(&self, trader: &Trader, market: u16) -> i64 {
        let index = self.book(market).index;
        self.ledger(trader).leg(index).map_or(0, |leg| leg.unsettled.0)
    }

    /// Tokens in an account.
    pub fn tokens(&self, account: &Pubkey) -> u64 {
        self.at.chain.token_balance(account).expect("a token account")
    }

    /// Recorded assets of the insurance fund.
    pub fn insurance(&self) -> u64 {
        self.at.insurance().expect("an insurance fund")
    }
}
