//! Haircuts on the ELF, whose log has the events: what is explained adds up to what the program charged, to the atom.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use bytemuck::Zeroable;
use clearing::events::AccountSettled;
use clearing::instructions::SettleTradeArgs;
use clearing::state::{MarginAccount, Market};
use jettison_client::{event, markets_of, AnyEvent};
use jettison_embedded::{ElfFiles, EmbeddedVenue, Trader};
use jettison_engine::{Atoms, Direction};
use jettison_risk::{Account, Grid, Snapshot};
use jettison_rpc::{Past, Stored};
use solana_keypair::Keypair;

use super::fetch::{History, Scene};
use super::haircuts::Haircut;
use super::history::{losses, marks};
use super::{explain, last_haircuts, pending_haircuts};
use crate::output::View;
use crate::units::market_args;

/// Of a contract, in atoms.
const PRICE: u64 = 117_035_140;

/// A venue and all that happened on it.
struct Stage {
    venue: EmbeddedVenue,
    /// Newest last.
    past: Vec<Past>,
    /// Whether all happens in one slot.
    in_one_slot: bool,
    /// Longs that fail, the first before the second.
    longs: [Trader; 2],
    /// Those on the other side.
    shorts: [Trader; 2],
    /// A long that doesn't fail, so that the shorts keep a position.
    steady: Trader,
}

impl Stage {
    /// Longs of 100 and 77 contracts, the first with less margin than the second, and a steady one of 20, against shorts of 90
    /// and 107; a little insurance.
    fn open(in_one_slot: bool) -> Option<Self> {
        let mut venue = EmbeddedVenue::open(ElfFiles::chain_for_test()?).unwrap();
        venue.create_market(feed_price(PRICE), market_args()).unwrap();
        venue.fund_insurance(50 * PRICE / 100 + 7).unwrap();
        let mut open =
            |contracts: u64, percent: u64| venue.open_funded(contracts * PRICE * percent / 100 + 13).unwrap();
        let longs = [open(100, 11), open(77, 28)];
        let (shorts, steady) = ([open(90, 500), open(107, 500)], open(20, 500));
        let mut stage = Self { venue, past: vec![], in_one_slot, longs, shorts, steady };
        for (long, short, size) in [(0, 0, 90), (0, 1, 10), (1, 1, 77)] {
            stage.trade(long, short, size);
        }
        stage.cross((4, stage.steady.address), (3, stage.shorts[1].address), 20);
        Some(stage)
    }

    fn send(&mut self, instructions: &[Instruction], signers: &[usize]) -> Vec<AnyEvent> {
        let traders = [&self.longs[0], &self.longs[1], &self.shorts[0], &self.shorts[1], &self.steady];
        let signers: Vec<&Keypair> = signers.iter().map(|who| &traders[*who].key).collect();
        let executed = self.venue.chain.send(instructions, &signers).unwrap();
        assert!(!executed.logs_truncated);
        let events: Vec<AnyEvent> = executed.program_data.iter().map(|data| event(data).unwrap()).collect();
        let number = self.past.len() as u64 + 1;
        let mut signature = [0; 64];
        signature[..8].copy_from_slice(&number.to_le_bytes());
        self.past.push(Past {
            signature: signature.into(),
            slot: if self.in_one_slot { 1 } else { number },
            time: Some(self.venue.chain.now()),
            events: events.clone(),
            is_whole: true,
        });
        events
    }

    fn trade(&mut self, long: usize, short: usize, size: u64) {
        let (buyer, seller) = (self.longs[long].address, self.shorts[short].address);
        self.cross((long, buyer), (2 + short, seller), size);
    }

    /// A trade at the effective price between two who sign.
    fn cross(&mut self, buyer: (usize, Pubkey), seller: (usize, Pubkey), size: u64) {
        let price = self.venue.book(0).unwrap().effective_price.0;
        let args = SettleTradeArgs { market_index: 0, size, price, buyer_is_taker: true };
        let ledgers = [buyer.1, seller.1].map(|account| self.venue.ledger(&account).unwrap());
        let traders = [&self.longs[0], &self.longs[1], &self.shorts[0], &self.shorts[1], &self.steady];
        let signers = [buyer.0, seller.0].map(|who| solana_signer::Signer::pubkey(&traders[who].key));
        let trade = self.venue.venue.settle_trade(signers, buyer.1, seller.1, args, &markets_of(&ledgers));
        self.send(&[trade], &[buyer.0, seller.0]);
    }

    /// The price falls to `percent` of the first, as fast as the clamp lets it.
    fn fall_to(&mut self, percent: u64) {
        let target = PRICE * percent / 100;
        while self.venue.book(0).unwrap().effective_price.0 != target {
            let later = self.venue.chain.now() + 10;
            self.venue.chain.set_time(later);
            self.venue.set_price(0, feed_price(target)).unwrap();
        }
    }

    fn resolve_instruction(&self, long: usize) -> Instruction {
        let venue = &self.venue.venue;
        let caller = solana_signer::Signer::pubkey(self.venue.chain.payer());
        venue.resolve_bankruptcy(caller, self.longs[long].address, None, false, &[0])
    }

    fn resolve(&mut self, long: usize) {
        let resolve = self.resolve_instruction(long);
        self.send(&[resolve], &[]);
    }

    fn settle(&mut self, short: usize) -> AccountSettled {
        let settle = self.venue.venue.settle_account(self.shorts[short].address, &[0]);
        match self.send(&[settle], &[]).remove(0) {
            AnyEvent::AccountSettled(settled) => settled,
            other => panic!("{other:?}"),
        }
    }

    /// What `jettison explain` would read.
    fn scene(&self, short: usize) -> Scene {
        let address = self.shorts[short].address;
        let market = self.venue.market(0).unwrap();
        let all = self.longs.iter().chain(&self.shorts).chain([&self.steady]);
        let accounts: Vec<Account<Pubkey>> = all
            .map(|one| Account { id: one.address, ledger: self.venue.ledger(&one.address).unwrap() })
            .collect();
        let (insurance, now) = (Atoms(self.venue.insurance().unwrap()), self.venue.chain.now());
        let own = accounts.iter().copied().filter(|one| one.id == address);
        Scene {
            account: Stored { address, state: self.venue.margin_account(&address).unwrap() },
            markets: vec![Stored { address: self.venue.venue.market(0), state: market }],
            custody: self.venue.custody().unwrap(),
            margin_vault: Some(Atoms(self.venue.vaults().unwrap().0)),
            own: Snapshot::new([market.book], own, insurance, now).unwrap(),
            book: Some(Snapshot::new([market.book], accounts, insurance, now).unwrap()),
            now,
        }
    }

    /// All that happened, to the account's history and to the fund's.
    fn history(&self) -> History {
        let newest_first: Vec<Past> = self.past.iter().rev().cloned().collect();
        History {
            account: newest_first.clone(),
            account_from_start: true,
            fund: newest_first,
            fund_from_start: true,
            unavailable: None,
        }
    }

    fn last(&self, short: usize) -> Vec<Haircut> {
        last_haircuts(&self.scene(short), &self.history()).unwrap()
    }

    fn pending(&self, short: usize) -> Vec<Haircut> {
        pending_haircuts(&self.scene(short), &self.history()).unwrap()
    }
}

/// The feed's exponent is −12, the contract's −3, the mint has six decimals.
fn feed_price(atoms: u64) -> i64 {
    i64::try_from(atoms).unwrap() * 1_000_000_000
}

/// Bankrupt accounts and their parts, as the explanation has them.
fn parts(haircut: &Haircut) -> Vec<(Pubkey, u64)> {
    let cause = haircut.cause.as_ref().unwrap();
    cause.parts.iter().map(|part| (part.loss.bankrupt, part.atoms)).collect()
}

fn both_slots(story: impl Fn(Stage)) {
    for in_one_slot in [false, true] {
        if let Some(stage) = Stage::open(in_one_slot) {
            story(stage);
        }
    }
}

#[test]
fn a_settled_haircut_is_made_up_of_the_bankruptcies_behind_it_to_the_atom() {
    both_slots(|mut stage| {
        stage.fall_to(80);
        stage.resolve(0);
        stage.fall_to(66);
        stage.resolve(1);
        let pending = &stage.pending(0)[0];
        let settled = stage.settle(0);
        let haircut = settled.legs[0].marked.haircut;
        assert!(haircut > 1_000_000, "{haircut}");
        assert_eq!(pending.atoms, haircut, "what was pending is what settling charged");
        assert!(pending.adds_up());
        let last = stage.last(0);
        assert_eq!((last.len(), last[0].atoms, last[0].adds_up()), (1, haircut, true));
        let parts = parts(&last[0]);
        assert_eq!(parts.iter().map(|part| part.1).sum::<u64>(), haircut);
        assert_eq!(
            parts.iter().map(|part| part.0).collect::<Vec<_>>(),
            stage.longs.each_ref().map(|l| l.address)
        );
        assert!(stage.pending(0).is_empty());

        let cause = last[0].cause.as_ref().unwrap();
        assert_eq!(cause.direction, Direction::Short);
        assert_eq!(cause.shares, (90 << 20)..=(90 << 20));
        // The deficit was paid by insurance until that was spent, and the rest by the index.
        let first = &cause.parts[0].loss.leg;
        assert!(first.by_insurance > 0 && first.by_index > 0);
        assert_eq!(first.deficit, first.by_insurance + first.by_index);
    });
}

#[test]
fn a_leg_that_settling_closed_is_explained_by_the_shares_that_its_haircut_tells() {
    let Some(mut stage) = Stage::open(false) else { return };
    stage.fall_to(80);
    stage.resolve(0);
    // The short closes against the long that is left; the trade marks its leg and leaves it without a position.
    let account = (2, stage.shorts[0].address);
    let size = stage.venue.book(0).unwrap().size_of(&stage.scene(0).account.state.ledger.legs[0]).unwrap().0;
    stage.cross(account, (1, stage.longs[1].address), size);
    assert!(stage.scene(0).account.state.ledger.legs().all(|leg| !leg.has_position()));
    let last = stage.last(0);
    assert!(last[0].atoms > 0 && last[0].adds_up());
    assert!(last[0].cause.as_ref().unwrap().shares.contains(&(90 << 20)));
}

#[test]
fn what_is_pending_is_only_what_came_since_the_last_mark() {
    both_slots(|mut stage| {
        stage.fall_to(80);
        stage.resolve(0);
        let first = stage.settle(1).legs[0].marked.haircut;
        stage.fall_to(66);
        stage.resolve(1);
        let (last, pending) = (stage.last(1), stage.pending(1));
        assert_eq!((last[0].atoms, last[0].adds_up()), (first, true));
        assert_eq!(parts(&last[0]), [(stage.longs[0].address, first)]);
        assert!(pending[0].adds_up());
        assert_eq!(parts(&pending[0]), [(stage.longs[1].address, pending[0].atoms)]);
    });
}

#[test]
fn a_haircut_charged_by_a_trade_is_found_and_its_shares_are_narrowed_down() {
    let Some(mut stage) = Stage::open(false) else { return };
    stage.fall_to(80);
    stage.resolve(0);
    let held = stage.venue.ledger(&stage.shorts[1].address).unwrap().legs[0].shares.0;
    // The short closes a third against the long that is left.
    let (buyer, seller) = ((3, stage.shorts[1].address), (1, stage.longs[1].address));
    stage.cross(buyer, seller, 30);
    let last = stage.last(1);
    let mark = last[0].mark.as_ref().unwrap();
    assert_eq!((mark.cause, mark.marked.unwrap().haircut), ("traded", last[0].atoms));
    assert!(last[0].atoms > 0 && last[0].adds_up());
    let shares = &last[0].cause.as_ref().unwrap().shares;
    assert!(shares.contains(&held) && shares.end() - shares.start() < held / 1_000, "{shares:?} {held}");
}

#[test]
fn a_settlement_in_the_transaction_of_the_bankruptcy_is_told_apart() {
    let Some(mut stage) = Stage::open(false) else { return };
    stage.fall_to(80);
    let settle = |stage: &Stage| stage.venue.venue.settle_account(stage.shorts[0].address, &[0]);
    // In one transaction: one short is settled before the loss, the other after it.
    let resolve = stage.resolve_instruction(0);
    let (before, after) = (settle(&stage), stage.venue.venue.settle_account(stage.shorts[1].address, &[0]));
    stage.send(&[before, resolve, after], &[]);
    assert!(stage.last(0).is_empty(), "settled before the loss");
    assert!(stage.pending(0)[0].adds_up());
    assert!(stage.last(1)[0].adds_up());
    assert!(stage.pending(1).is_empty());
}

#[test]
fn a_history_that_was_cut_short_is_not_said_to_be_whole() {
    let Some(mut stage) = Stage::open(false) else { return };
    stage.fall_to(80);
    stage.resolve(0);
    stage.fall_to(66);
    stage.resolve(1);
    let whole = stage.history();
    let scene = stage.scene(0);
    let without = |cut: History| {
        let pending = pending_haircuts(&scene, &cut).unwrap();
        (pending[0].adds_up(), pending[0].cause.is_some())
    };
    let copy = |fund: Vec<Past>| History { fund, ..stage.history() };
    assert_eq!(without(copy(whole.fund.clone())), (true, true));
    let newest = |count: usize| whole.fund.iter().take(count).cloned().collect::<Vec<_>>();
    assert_eq!(without(History { fund_from_start: false, ..copy(newest(1)) }), (false, true));
    assert_eq!(without(copy(whole.fund.iter().skip(1).cloned().collect())), (false, true));
    let mut torn = whole.fund.clone();
    torn[1].is_whole = false;
    assert_eq!(without(copy(torn)), (false, true));
    let none = History { unavailable: Some("not kept".into()), ..History::default() };
    assert_eq!(without(none), (false, false));
}

#[test]
fn the_explanation_reads_as_text_and_as_json() {
    let Some(mut stage) = Stage::open(false) else { return };
    stage.fall_to(80);
    stage.resolve(0);
    let settled = stage.settle(0);
    let state = stage.venue.clearinghouse().unwrap();
    let explained = explain(&stage.scene(0), &stage.history(), &state, &Grid::default()).unwrap();
    let text = explained.text();
    println!("{text}");
    let haircut = settled.legs[0].marked.haircut;
    for part in ["Standing: healthy", "all of it, to the atom", "UNITS-PERP", "Expected haircut of a fall"] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let json = serde_json::to_value(&explained).unwrap();
    assert_eq!(json["last_haircut"][0]["haircut"]["atoms"], haircut.to_string());
    assert_eq!(json["last_haircut"][0]["adds_up"], true);
    let part = &json["last_haircut"][0]["cause"]["bankruptcies"][0];
    assert_eq!(part["your_part"]["atoms"], haircut.to_string());
    assert_eq!(json["health"]["legs"][0]["side"], "short");
    assert_eq!(json["pending_haircut"], serde_json::json!([]));
    let expected = &json["expected_haircut"][0];
    assert_eq!(expected["market"], "UNITS-PERP");
    let moves = expected["moves"].as_array().unwrap();
    let charged = moves.iter().filter(|row| row["your_haircut"]["atoms"] != "0");
    assert!(charged.count() > 0, "the other long fails in a deep fall: {moves:?}");
}

#[test]
fn an_account_without_anything_is_explained_too() {
    let mut market = Market::zeroed();
    market.name[..3].copy_from_slice(b"ABC");
    let state = MarginAccount::zeroed();
    let own = Snapshot::new([], [], Atoms(0), 0).unwrap();
    let scene = Scene {
        account: Stored { address: Pubkey::default(), state },
        markets: vec![Stored { address: Pubkey::default(), state: market }],
        custody: clearing::state::Custody::zeroed(),
        margin_vault: None,
        book: Some(own.clone()),
        own,
        now: 0,
    };
    let clearinghouse = clearing::state::Clearinghouse::zeroed();
    let explained = explain(&scene, &History::default(), &clearinghouse, &Grid::default()).unwrap();
    assert!(explained.text().contains("no positions"), "{}", explained.text());
    assert!(marks(&Pubkey::default(), &[]).is_empty() && losses(0, &[]).is_empty());
}
