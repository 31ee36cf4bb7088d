//! A clearinghouse quoted in a plain Token-2022 mint: every instruction that moves tokens, from the first deposit to
//! the last withdrawal.

use anchor_spl::token_2022;
use jettison_tests::{elf, native, Scene};
use solana_signer::Signer;

use crate::support::{leveraged, USDC};

mod on {
    #[test]
    fn native() {
        super::a_life(super::Scene::on_token_2022(super::native()));
    }

    #[test]
    fn elf() {
        if let Some(chain) = super::elf() {
            super::a_life(super::Scene::on_token_2022(chain));
        }
    }
}

/// The scene checks the invariants after each step, so that both vaults hold what the ledgers say.
fn a_life(mut scene: Scene) {
    let venue = scene.at.venue.clone();
    assert_eq!(venue.token_program, token_2022::ID);
    scene.fund_insurance(50 * USDC);
    let (long, short) = leveraged(&mut scene);

    // 1,005 less 1,200 is −195: insurance pays its 50, the loss index the rest.
    scene.move_price(0, 880_000);
    scene.resolve(&long, None, false);
    assert_eq!((scene.insurance(), scene.tokens(&venue.insurance_vault)), (0, 0));
    assert_eq!((scene.capital(&long), scene.size(&long, 0)), (0, 0));

    scene.sweep(0);
    assert_eq!(scene.tokens(&venue.insurance_vault), scene.insurance());
    assert_eq!(scene.tokens(&scene.at.fee_account), 3_500_000);

    scene.settle(&short);
    let capital = scene.capital(&short);
    assert!(capital > 99_998 * USDC, "the gain was paid: {capital}");
    let owner = short.key.pubkey();
    let wallet = scene.wallet(&owner, 0);
    scene.send(&[venue.withdraw(owner, short.address, wallet, capital, &[])]);
    assert_eq!((scene.tokens(&wallet), scene.capital(&short)), (capital, 0));
    assert!(scene.tokens(&venue.margin_vault) < 10, "roundings are all that is left");
}
