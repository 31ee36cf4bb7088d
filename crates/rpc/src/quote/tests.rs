use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::{system_instruction, system_program};
use clearing::instructions::SettleTradeArgs;
use jettison_client::Venue;
use serde_json::{json, Value};
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_transaction_v3::Transaction;

use super::*;

const ARGS: SettleTradeArgs =
    SettleTradeArgs { market_index: 2, size: 10, price: 61_500_000, buyer_is_taker: true };

struct Scene {
    venue: Venue,
    quoter: Keypair,
    taker: Keypair,
    nonce: Pubkey,
}

impl Scene {
    fn new() -> Self {
        let venue = Venue::new(Pubkey::new_unique(), Pubkey::new_unique());
        Self { venue, quoter: Keypair::new(), taker: Keypair::new(), nonce: Pubkey::new_unique() }
    }

    fn offer(&self) -> Offer {
        let accounts = [&self.taker, &self.quoter].map(|key| self.venue.margin_account(&key.pubkey(), 0));
        Offer {
            signers: [self.taker.pubkey(), self.quoter.pubkey()],
            buyer: accounts[0],
            seller: accounts[1],
            args: ARGS,
            markets: vec![0, 2],
            oracles: vec![(0, Pubkey::new_unique()), (2, Pubkey::new_unique())],
        }
    }

    fn quote(&self, lifetime: Lifetime) -> Quote {
        let terms = ("genesis".to_owned(), 1_800_000_000);
        self.offer().quote(&self.venue, &self.quoter, lifetime, (200_000, 5_000), terms).unwrap()
    }

    fn with_blockhash(&self) -> Quote {
        self.quote(Lifetime::Blockhash(Hash::new_unique()))
    }

    fn with_nonce(&self) -> Quote {
        self.quote(Lifetime::Nonce { account: self.nonce, value: Hash::new_unique() })
    }

    /// A quote around another transaction, rightly signed and sealed by the quoter.
    fn forged(&self, instructions: &[Instruction], payer: &Pubkey) -> Result<Trade, QuoteError> {
        let mut message = Message::new(instructions, Some(payer));
        message.recent_blockhash = Hash::new_unique();
        let blockhash = message.recent_blockhash;
        let mut transaction = Transaction::new_unsigned(message);
        // Where the quoter isn't asked to sign, there is nothing of theirs to sign.
        let _ = transaction.try_partial_sign(&[&self.quoter], blockhash);
        let mut quote = self.with_blockhash();
        quote.transaction = encode(&transaction);
        quote.seal = self.quoter.sign_message(&quote.sealed()).to_string();
        quote.verify()
    }
}

fn parsed(json: &Value) -> Result<Trade, QuoteError> {
    Quote::parse(&json.to_string()).and_then(|quote| quote.verify())
}

#[test]
fn a_quote_says_what_its_transaction_does_and_is_completed_by_the_other_side() {
    let scene = Scene::new();
    for quote in [scene.with_blockhash(), scene.with_nonce()] {
        let quote = Quote::parse(&quote.text()).unwrap();
        let trade = quote.verify().unwrap();
        assert_eq!((trade.size, trade.price, trade.market_index), (10, 61_500_000, 2));
        assert_eq!((trade.buyer_signer, trade.payer), (scene.taker.pubkey(), scene.taker.pubkey()));
        assert_eq!(trade.markets, [scene.venue.market(0), scene.venue.market(2)]);
        assert_eq!(trade.fee_lamports, 10_000 + 1_000);
        assert_eq!(trade.nonce.is_some(), quote.nonce.is_some());
        let transaction = quote.accept(&scene.taker).unwrap();
        assert!(is_signed(&transaction) && !is_signed(&quote.decode().unwrap()));
        let someone = quote.accept(&Keypair::new());
        assert!(matches!(someone, Err(QuoteError::NotYours { .. })), "{someone:?}");
        assert!(matches!(quote.accept(&scene.quoter), Err(QuoteError::NotYours { .. })));
    }
}

/// Every field of the file, changed in any way that keeps its form.
#[test]
fn a_change_of_any_field_is_refused() {
    let scene = Scene::new();
    let quote = scene.with_nonce();
    let honest: Value = serde_json::from_str(&quote.text()).unwrap();
    let other = Pubkey::new_unique().to_string();
    let another: Value = serde_json::from_str(&scene.with_nonce().text()).unwrap();
    let changes = [
        ("/jettison_quote", json!(2)),
        ("/genesis_hash", json!("another")),
        ("/words/clearinghouse", json!(other)),
        ("/words/market_index", json!(1)),
        ("/words/buyer", honest["words"]["seller"].clone()),
        ("/words/seller", honest["words"]["buyer"].clone()),
        ("/words/contracts", json!(11)),
        ("/words/price_atoms", json!(61_500_001)),
        ("/words/buyer_is_taker", json!(false)),
        ("/valid_until", json!(1_900_000_000)),
        ("/nonce", json!(null)),
        ("/nonce", json!(other)),
        ("/quoter", json!(scene.taker.pubkey().to_string())),
        ("/transaction", another["transaction"].clone()),
        ("/seal", another["seal"].clone()),
        ("/seal", json!("")),
    ];
    assert!(parsed(&honest).is_ok());
    let mut changed: Vec<&str> = vec![];
    for (field, value) in changes {
        let mut tampered = honest.clone();
        *tampered.pointer_mut(field).unwrap() = value;
        assert_ne!(tampered, honest, "{field} was not changed");
        assert!(parsed(&tampered).is_err(), "{field}");
        changed.push(field);
    }
    for (name, value) in honest.as_object().unwrap() {
        let nested = value.as_object().into_iter().flatten().map(|(inner, _)| format!("/{name}/{inner}"));
        let fields: Vec<String> = if value.is_object() { nested.collect() } else { vec![format!("/{name}")] };
        for field in fields {
            assert!(changed.contains(&field.as_str()), "{field} is not tampered with here");
        }
    }
    let mut more = honest.clone();
    more["note"] = json!("pay me");
    assert!(matches!(parsed(&more), Err(QuoteError::NotAQuote(_))));
}

/// Every byte of the transaction counts: signature, keys, accounts, amounts.
#[test]
fn a_change_of_any_byte_of_the_transaction_is_refused() {
    let quote = Scene::new().with_nonce();
    let bytes = BASE64_STANDARD.decode(&quote.transaction).unwrap();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let tampered = Quote { transaction: BASE64_STANDARD.encode(changed), ..quote.clone() };
        assert!(tampered.verify().is_err(), "byte {place}");
    }
    let mut longer = bytes;
    longer.push(0);
    let tampered = Quote { transaction: BASE64_STANDARD.encode(longer), ..quote };
    assert!(matches!(tampered.verify(), Err(QuoteError::BadTransaction(_))));
}

/// A quoter who signs something else than a trade, and words it as one.
#[test]
fn a_transaction_that_does_more_than_the_trade_is_refused() {
    let scene = Scene::new();
    let (taker, quoter) = (scene.taker.pubkey(), scene.quoter.pubkey());
    let trade = scene.offer().instructions(&scene.venue);
    let refused = |what: &str, instructions: &[Instruction], payer: &Pubkey| {
        let result = scene.forged(instructions, payer);
        let expected = matches!(result, Err(QuoteError::Unexpected(_) | QuoteError::BadSignature(_)));
        assert!(expected, "{what}: {result:?}");
    };
    let with = |more: Instruction| [trade.clone(), vec![more]].concat();
    let before = |more: Instruction| [vec![more], trade.clone()].concat();
    refused("a transfer", &with(system_instruction::transfer(&taker, &quoter, 1)), &taker);
    refused("a transfer at the head", &before(system_instruction::transfer(&taker, &quoter, 1)), &taker);
    let account = scene.venue.margin_account(&taker, 0);
    refused("a delegate", &with(scene.venue.set_delegate(taker, account, quoter)), &taker);
    let withdraw = scene.venue.withdraw(taker, account, Pubkey::new_unique(), 1, &[0, 2]);
    refused("a withdrawal", &with(withdraw), &taker);
    refused("two trades", &[trade.clone(), trade.clone()].concat(), &taker);
    refused("no trade", &trade[..2], &taker);
    refused("an accrual of another market", &before(scene.venue.accrue_market(1, quoter)), &taker);
    refused("a late accrual", &with(scene.venue.accrue_market(0, quoter)), &taker);
    refused("a third signer", &trade, &Pubkey::new_unique());
    refused("the quoter pays", &trade, &quoter);
    let nonce = system_instruction::advance_nonce_account(&scene.nonce, &taker);
    refused("the taker's nonce", &before(nonce), &taker);
    let late = system_instruction::advance_nonce_account(&scene.nonce, &quoter);
    refused("a nonce that is not the first", &with(late), &taker);
    refused("a huge fee", &before(ComputeBudgetInstruction::set_compute_unit_price(u64::MAX)), &taker);
    refused("a heap", &before(ComputeBudgetInstruction::request_heap_frame(32 * 1024)), &taker);
    let unknown = Instruction { program_id: Pubkey::new_unique(), accounts: vec![], data: vec![] };
    refused("another program", &with(unknown), &taker);
    let system = Instruction { program_id: system_program::ID, accounts: vec![], data: vec![4, 0, 0, 0] };
    refused("a nonce without accounts", &before(system), &taker);
}

#[test]
fn text_that_is_no_quote_is_refused_with_a_reason() {
    for text in ["", "{}", "[]", "{\"jettison_quote\": 1}", "not json"] {
        assert!(matches!(Quote::parse(text), Err(QuoteError::NotAQuote(_))), "{text}");
    }
    let later = Quote::parse("{\"jettison_quote\": 7, \"more\": true}");
    assert!(matches!(later, Err(QuoteError::WrongVersion(7))), "{later:?}");
}

#[test]
fn one_key_for_both_sides_is_no_quote() {
    let scene = Scene::new();
    let mut offer = scene.offer();
    offer.signers = [scene.quoter.pubkey(); 2];
    let lifetime = Lifetime::Blockhash(Hash::new_unique());
    let terms = (String::new(), 0);
    assert!(offer.quote(&scene.venue, &scene.quoter, lifetime, (1, 1), terms).is_err());
}
