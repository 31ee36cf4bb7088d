//! The chain side: a clearinghouse in litesvm, everybody's keys, and the transactions.

mod accounts;
mod instructions;

use std::collections::BTreeMap;

use anchor_lang::prelude::{Pubkey, Rent};
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_instruction;
use clearing::state::{Clearinghouse, Custody, InsuranceFund};
use jettison_client::{account, Venue};
use jettison_embedded::{Chain, EmbeddedVenue, Failed, FEED_EXPONENT};
use jettison_harness::history::coverage::Coverage;
use jettison_harness::World;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::command::{CHIEF, DEPUTY, PEOPLE, STAKERS, TRADERS};
use super::reference::{Feed, Reference, Wallet};
use super::PRICES;
use accounts::Part;

/// What every trader begins with.
const TOKENS: u64 = 1 << 44;

pub struct Stage {
    pub chain: Chain,
    venue: Venue,
    keys: BTreeMap<Pubkey, Keypair>,
    people: Vec<Pubkey>,
    wallets: Vec<Pubkey>,
    accounts: Vec<Pubkey>,
    stakes: Vec<Pubkey>,
    oracles: Vec<[Pubkey; 2]>,
    fee_accounts: [Pubkey; 2],
    parts: BTreeMap<Pubkey, Part>,
}

impl Stage {
    /// A clearinghouse without markets and accounts, and the reference of it.
    pub fn set(chain: Chain) -> (Self, Reference) {
        let mut at = EmbeddedVenue::open(chain).expect("a new clearinghouse");
        let mut people: Vec<Keypair> = (0..PEOPLE).map(|_| at.chain.new_keypair()).collect();
        people[CHIEF] = at.authority.insecure_clone();
        let keys: Vec<Pubkey> = people.iter().map(Keypair::pubkey).collect();
        let mint = at.venue.quote_mint;
        let wallets: Vec<Pubkey> = keys[..TRADERS].iter().map(|key| wallet(&mut at, key)).collect();
        for wallet in &wallets {
            at.chain.mint_to(&mint, wallet, TOKENS).expect("the payer mints");
        }
        let fee_accounts = [at.fee_account, wallet(&mut at, &keys[DEPUTY])];
        let oracles = PRICES.map(|_| [feed(&mut at), feed(&mut at)]).to_vec();
        let mut stage = Self {
            accounts: keys[..TRADERS].iter().map(|key| at.venue.margin_account(key, 0)).collect(),
            stakes: keys[..STAKERS].iter().map(|key| at.venue.stake_account(key)).collect(),
            keys: people.into_iter().map(|key| (key.pubkey(), key)).collect(),
            people: keys,
            chain: at.chain,
            venue: at.venue,
            wallets,
            oracles,
            fee_accounts,
            parts: BTreeMap::new(),
        };
        stage.parts = stage.list_parts();
        let reference = stage.reference();
        stage.check_everything(&reference);
        (stage, reference)
    }

    /// Opening a clearinghouse is not what is tested here: its accounts are taken as they are.
    fn reference(&self) -> Reference {
        let house: Clearinghouse = self.read(&self.venue.clearinghouse);
        let mut world = World::new(&[], TRADERS, 0);
        world.now = self.chain.now();
        world.stakes = vec![Default::default(); STAKERS];
        world.throttle_params = house.settings.throttle();
        Reference {
            world,
            address: self.venue.clearinghouse,
            people: self.people.clone(),
            wallet_keys: self.wallets.clone(),
            oracles: self.oracles.clone(),
            house: Some(house),
            custody: self.read::<Custody>(&self.venue.custody),
            fund: self.read::<InsuranceFund>(&self.venue.insurance_fund),
            markets: vec![],
            accounts: vec![None; TRADERS],
            stakes: vec![None; STAKERS],
            wallets: vec![Wallet { tokens: TOKENS, frozen: false }; TRADERS],
            fees: [0; 2],
            feeds: vec![[Feed::default(); 2]; PRICES.len()],
        }
    }

    fn read<T: bytemuck::Pod + anchor_lang::Discriminator>(&self, key: &Pubkey) -> T {
        self.chain.with_account_data(key, account::<T>).expect("an account").expect("of its type")
    }

    /// Sends a transaction, signed by whoever its instructions name as signers.
    pub fn send(&mut self, instructions: &[Instruction]) -> Result<(), Failed> {
        let metas = instructions.iter().flat_map(|instruction| &instruction.accounts);
        let signers: Vec<&Keypair> =
            metas.filter(|meta| meta.is_signer).filter_map(|meta| self.keys.get(&meta.pubkey)).collect();
        self.chain.send(instructions, &signers).map(drop)
    }

    /// Lets time pass.
    pub fn wait(&mut self, reference: &mut Reference, seconds: i64) {
        reference.world.now += seconds;
        self.chain.set_time(reference.now());
    }
}

fn wallet(at: &mut EmbeddedVenue, owner: &Pubkey) -> Pubkey {
    at.chain.create_token_account(&at.venue.quote_mint, owner).expect("a token account")
}

/// A feed to which the chief posts.
fn feed(at: &mut EmbeddedVenue) -> Pubkey {
    let key = at.chain.new_keypair();
    let (feed, authority) = (key.pubkey(), at.authority.pubkey());
    let rent = Rent::default().minimum_balance(price_feed::FEED_LEN);
    let (payer, space) = (at.chain.payer().pubkey(), price_feed::FEED_LEN as u64);
    let instructions = [
        system_instruction::create_account(&payer, &feed, rent, space, &price_feed::ID),
        price_feed::instruction::initialize(&feed, &authority, FEED_EXPONENT),
    ];
    at.chain.send(&instructions, &[&key, &at.authority]).expect("a new feed");
    feed
}

/// Counts how often each command went through and each refusal was met.
pub fn note(seen: &mut Coverage, name: &str, refusal: Option<&super::reference::Refusal>) {
    match refusal {
        None => seen.note(name),
        Some(refusal) => {
            seen.note(&format!("refused: {refusal:?}"));
            seen.note(&format!("refused {name}"));
        }
    }
}
