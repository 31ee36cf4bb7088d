//! Transactions of authority and guardian that were signed with a durable nonce, and sent when the parameters that they
//! were made for are no more.

use anchor_lang::prelude::{Pubkey, Rent};
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_instruction;
use clearing::error::ClearingError;
use clearing::instructions::{CreateMarketArgs, Role};
use jettison_embedded::{Executed, Failed};
use jettison_tests::{on_elf, standard, Code, Scene, Snapshot};
use solana_keypair::Keypair;
use solana_signer::Signer;

on_elf!(
    a_transaction_with_a_durable_nonce_is_good_weeks_later_and_once,
    an_admin_transaction_signed_before_a_change_is_refused_after_it,
);

/// Bytes of a nonce account, and where its value is among them.
const NONCE_BYTES: usize = 80;
const VALUE: core::ops::Range<usize> = 40..72;

/// A nonce account of the chain's payer, and its value now.
struct Nonce {
    address: Pubkey,
    value: [u8; 32],
}

impl Nonce {
    fn open(scene: &mut Scene) -> Self {
        let key = scene.at.chain.new_keypair();
        let (address, payer) = (key.pubkey(), scene.at.chain.payer().pubkey());
        let rent = Rent::default().minimum_balance(NONCE_BYTES);
        let create = system_instruction::create_nonce_account(&payer, &address, &payer, rent);
        scene.at.chain.send(&create, &[&key]).expect("a nonce account");
        let data = scene.at.chain.account(&address).expect("a nonce account").data;
        assert_eq!(data.len(), NONCE_BYTES);
        Self { address, value: data[VALUE].try_into().expect("32 bytes") }
    }

    /// Sends what was signed with it.
    fn send(
        &self,
        scene: &mut Scene,
        signed: &Instruction,
        signers: &[&Keypair],
    ) -> Result<Executed, Failed> {
        let payer = scene.at.chain.payer().pubkey();
        let advance = system_instruction::advance_nonce_account(&self.address, &payer);
        scene.at.chain.send_with_blockhash(&[advance, signed.clone()], signers, self.value)
    }
}

fn governed(scene: &mut Scene) -> Keypair {
    let guardian = scene.at.chain.new_keypair();
    let key = scene.keep(guardian.insecure_clone());
    scene.settle_for(|settings| {
        settings.guardian = key;
        settings.timelock_seconds = 86_400;
    });
    scene.wait(0);
    guardian
}

/// What the runtime lets through: so that a refusal below is the program's.
fn a_transaction_with_a_durable_nonce_is_good_weeks_later_and_once(mut scene: Scene) {
    governed(&mut scene);
    let authority = scene.at.authority.insecure_clone();
    let nonce = Nonce::open(&mut scene);
    let signed = scene.change_house_of(|settings| settings.unstake_cooldown_seconds = 1);
    // Without the nonce the blockhash is unknown.
    let failed =
        scene.at.chain.send_with_blockhash(std::slice::from_ref(&signed), &[&authority], nonce.value);
    assert_eq!(failed.unwrap_err().message, "Blockhash not found");
    scene.pass(21 * 86_400);
    nonce.send(&mut scene, &signed, &[&authority]).expect("nothing has changed");
    assert_ne!(scene.house().queued_ready_ts, 0);
    let failed = nonce.send(&mut scene, &signed, &[&authority]).unwrap_err();
    assert_eq!(failed.message, "Blockhash not found");
}

fn an_admin_transaction_signed_before_a_change_is_refused_after_it(mut scene: Scene) {
    let guardian = governed(&mut scene);
    let authority = scene.at.authority.insecure_clone();
    let (signer, newcomer) = (authority.pubkey(), scene.key());
    let args = CreateMarketArgs { expected_revision: scene.house().revision, ..standard() };
    let (payer, oracle) = (scene.at.chain.payer().pubkey(), scene.at.feeds[0].address);
    let of_house = [
        ("change_clearinghouse", scene.change_house_of(|new| new.timelock_seconds = 0)),
        ("change_clearinghouse, at once", scene.change_house_of(|new| new.withdrawal_limit_bps = 9_000)),
        ("create_market", scene.at.venue.create_market(signer, payer, 1, oracle, args)),
        ("nominate", scene.nominate_of(signer, Role::Authority, newcomer)),
        ("nominate, for fees", scene.nominate_of(signer, Role::FeeAuthority, newcomer)),
        ("pause", scene.pause_of(1, 60)),
    ];
    let of_market = [
        ("change_market", scene.change_market_of(0, |new| new.params.taker_fee_bps = 6)),
        ("change_market, at once", scene.change_market_of(0, |new| new.params.trade_band_bps = 400)),
        ("schedule_settlement", scene.schedule_of(0)),
    ];
    let change_house = scene.change_house_of(|new| new.withdrawal_limit_bps = 5_000);
    let change_market = scene.change_market_of(0, |new| new.params.profit_weight_bps = 0);
    let signers = [&authority, &guardian];
    for (change, signed) in [(change_house, &of_house[..]), (change_market, &of_market[..])] {
        for (name, instruction) in signed {
            let before = scene.snapshot();
            // It would go through as things are, and doesn't once they have changed.
            let nonce = Nonce::open(&mut scene);
            nonce.send(&mut scene, instruction, &signers).unwrap_or_else(|failed| panic!("{name}: {failed}"));
            undo(&mut scene, &before);
            let nonce = Nonce::open(&mut scene);
            scene.send(std::slice::from_ref(&change));
            let changed = scene.snapshot();
            let failed = nonce.send(&mut scene, instruction, &signers).unwrap_err();
            assert_eq!(failed.custom, Some(ClearingError::WrongRevision.code()), "{name}: {failed}");
            assert_eq!(changed.changed(&scene.at.chain), [], "{name}");
            undo(&mut scene, &before);
        }
    }
}

/// Back to what was; a market that came into being is not.
fn undo(scene: &mut Scene, before: &Snapshot) {
    before.restore(&mut scene.at.chain);
    let made = scene.at.venue.market(1);
    if scene.at.chain.account(&made).is_some() {
        scene.at.chain.set_account(&made, Default::default());
    }
}
