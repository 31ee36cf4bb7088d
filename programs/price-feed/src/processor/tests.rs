//! The processor on hand-made accounts. Rent is read through the stub below, the only sysvar it needs.

use super::*;
use crate::instruction;
use solana_program::instruction::Instruction;
use solana_program::program_stubs::{set_syscall_stubs, SyscallStubs};
use std::sync::Once;

struct RentStub;

impl SyscallStubs for RentStub {
    fn sol_get_rent_sysvar(&self, var_addr: *mut u8) -> u64 {
        // SAFETY: `Rent::get` passes the address of a `Rent` that it owns.
        unsafe { var_addr.cast::<Rent>().write(Rent::default()) };
        0
    }
}

/// A feed account and the two keys that act on it.
struct Fixture {
    feed: Pubkey,
    authority: Pubkey,
    owner: Pubkey,
    lamports: u64,
    data: Vec<u8>,
}

impl Fixture {
    fn fresh() -> Fixture {
        static STUB: Once = Once::new();
        STUB.call_once(|| drop(set_syscall_stubs(Box::new(RentStub))));
        Fixture {
            feed: Pubkey::new_from_array([1; 32]),
            authority: Pubkey::new_from_array([2; 32]),
            owner: crate::ID,
            lamports: Rent::default().minimum_balance(FEED_LEN),
            data: vec![0; FEED_LEN],
        }
    }

    fn initialized() -> Fixture {
        let mut fixture = Fixture::fresh();
        fixture.initialize(-6).unwrap();
        fixture
    }

    fn initialize(&mut self, exponent: i32) -> ProgramResult {
        let call = instruction::initialize(&self.feed, &self.authority, exponent);
        self.process(&call)
    }

    fn post(&mut self, price: i64, publish_ts: i64) -> ProgramResult {
        let call = instruction::post(&self.feed, &self.authority, price, 25, publish_ts);
        self.process(&call)
    }

    /// Runs the call with the signer flags that its metas carry.
    fn process(&mut self, call: &Instruction) -> ProgramResult {
        let (feed, authority) = (&call.accounts[0], &call.accounts[1]);
        let (system, mut none) = (Pubkey::default(), 0);
        let accounts = [
            AccountInfo::new(
                &feed.pubkey,
                feed.is_signer,
                true,
                &mut self.lamports,
                &mut self.data,
                &self.owner,
                false,
            ),
            AccountInfo::new(
                &authority.pubkey,
                authority.is_signer,
                false,
                &mut none,
                &mut [],
                &system,
                false,
            ),
        ];
        process_instruction(&crate::ID, &accounts, &call.data)
    }

    fn read(&self) -> PriceFeed {
        PriceFeed::parse(&self.data).unwrap()
    }
}

#[test]
fn initialize_writes_an_empty_feed_of_the_authority() {
    let mut fixture = Fixture::fresh();
    fixture.initialize(-8).unwrap();
    let expected =
        PriceFeed { authority: fixture.authority, price: 0, confidence: 0, exponent: -8, publish_ts: 0 };
    assert_eq!(fixture.read(), expected);
}

#[test]
fn initialize_a_second_time_is_refused() {
    let mut fixture = Fixture::initialized();
    fixture.authority = Pubkey::new_from_array([9; 32]);
    assert_eq!(fixture.initialize(-8), Err(FeedError::AlreadyInitialized.into()));
    assert_eq!(fixture.read().authority, Pubkey::new_from_array([2; 32]));
}

#[test]
fn initialize_without_the_feeds_signature_is_refused() {
    let mut fixture = Fixture::fresh();
    let mut call = instruction::initialize(&fixture.feed, &fixture.authority, -6);
    call.accounts[0].is_signer = false;
    assert_eq!(fixture.process(&call), Err(ProgramError::MissingRequiredSignature));
}

#[test]
fn initialize_of_an_account_that_is_not_rent_exempt_is_refused() {
    let mut fixture = Fixture::fresh();
    fixture.lamports -= 1;
    assert_eq!(fixture.initialize(-6), Err(FeedError::NotRentExempt.into()));
}

#[test]
fn initialize_of_an_account_of_another_size_is_refused() {
    let mut fixture = Fixture::fresh();
    fixture.data.push(0);
    assert_eq!(fixture.initialize(-6), Err(FeedError::WrongSize.into()));
}

#[test]
fn an_account_of_another_program_is_refused() {
    let mut fixture = Fixture::fresh();
    fixture.owner = Pubkey::default();
    assert_eq!(fixture.initialize(-6), Err(FeedError::ForeignAccount.into()));
    assert_eq!(fixture.post(1, 1), Err(FeedError::ForeignAccount.into()));
}

#[test]
fn post_replaces_price_confidence_and_time_only() {
    let mut fixture = Fixture::initialized();
    fixture.post(43_210_000_000, 1_767_225_600).unwrap();
    let expected = PriceFeed {
        authority: fixture.authority,
        price: 43_210_000_000,
        confidence: 25,
        exponent: -6,
        publish_ts: 1_767_225_600,
    };
    assert_eq!(fixture.read(), expected);
}

#[test]
fn post_of_a_price_at_or_below_zero_is_refused() {
    let mut fixture = Fixture::initialized();
    assert_eq!(fixture.post(0, 10), Err(FeedError::PriceNotPositive.into()));
    assert_eq!(fixture.post(-1, 10), Err(FeedError::PriceNotPositive.into()));
    assert_eq!(fixture.post(i64::MIN, 10), Err(FeedError::PriceNotPositive.into()));
}

#[test]
fn post_may_repeat_the_stored_time_but_not_go_behind_it() {
    let mut fixture = Fixture::initialized();
    fixture.post(5, 100).unwrap();
    fixture.post(6, 100).unwrap();
    assert_eq!(fixture.post(7, 99), Err(FeedError::PublishedBackwards.into()));
    assert_eq!(fixture.read().price, 6);
}

#[test]
fn post_by_another_signer_is_refused() {
    let mut fixture = Fixture::initialized();
    fixture.authority = Pubkey::new_from_array([9; 32]);
    assert_eq!(fixture.post(5, 100), Err(FeedError::WrongAuthority.into()));
}

#[test]
fn post_without_the_authoritys_signature_is_refused() {
    let mut fixture = Fixture::initialized();
    let mut call = instruction::post(&fixture.feed, &fixture.authority, 5, 0, 100);
    call.accounts[1].is_signer = false;
    assert_eq!(fixture.process(&call), Err(ProgramError::MissingRequiredSignature));
}

#[test]
fn post_to_an_account_that_is_not_a_feed_is_refused() {
    let mut fixture = Fixture::fresh();
    assert_eq!(fixture.post(5, 100), Err(FeedError::NotAFeed.into()));
}

#[test]
fn malformed_data_or_too_few_accounts_are_refused() {
    let mut fixture = Fixture::initialized();
    let mut call = instruction::post(&fixture.feed, &fixture.authority, 5, 0, 100);
    call.data.push(0);
    assert_eq!(fixture.process(&call), Err(ProgramError::InvalidInstructionData));
    call.data = vec![2];
    assert_eq!(fixture.process(&call), Err(ProgramError::InvalidInstructionData));
    call.data = borsh::to_vec(&FeedInstruction::Initialize { exponent: 0 }).unwrap();
    assert_eq!(process_instruction(&crate::ID, &[], &call.data), Err(ProgramError::NotEnoughAccountKeys));
}
