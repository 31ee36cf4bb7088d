//! Accounts of two clearinghouses and several owners mixed in every way that fits their kinds. Some mixtures are
//! somebody's own honest instruction; so the test is what they do: whatever goes through, the invariants hold and
//! nobody who didn't sign is poorer.

use anchor_lang::prelude::Pubkey;
use jettison_tests::{on_elf, Scene};

use super::begin;
use super::harm::is_harmless;
use super::kinds::COUNTERPARTS;

on_elf!(no_mixture_of_two_clearinghouses_does_harm, no_mixture_of_two_substitutes_of_the_same_kind_does_harm,);

fn no_mixture_of_two_clearinghouses_does_harm(scene: Scene) {
    let (mut stage, rows, acts) = begin(scene);
    let mut tried = 0;
    for row in &rows {
        let before = acts.enter(&mut stage, row.act);
        let swaps: Vec<(usize, Pubkey)> = row
            .instruction
            .accounts
            .iter()
            .enumerate()
            .filter_map(|(index, meta)| {
                let (_, theirs) = COUNTERPARTS.iter().find(|(ours, _)| stage.named(ours) == meta.pubkey)?;
                Some((index, stage.named(theirs)))
            })
            .collect();
        for subset in 1u32..1 << swaps.len() {
            let mut mixture = row.instruction.clone();
            for (bit, (index, theirs)) in swaps.iter().enumerate() {
                if subset >> bit & 1 == 1 {
                    mixture.accounts[*index].pubkey = *theirs;
                }
            }
            is_harmless(&mut stage, before, row, &mixture);
            tried += 1;
        }
    }
    println!("{tried} mixtures");
    assert!(tried > 1_700, "only {tried} mixtures");
}

fn no_mixture_of_two_substitutes_of_the_same_kind_does_harm(scene: Scene) {
    let (mut stage, rows, acts) = begin(scene);
    let (mut tried, mut through) = (0, 0);
    for row in &rows {
        let before = acts.enter(&mut stage, row.act);
        let metas = &row.instruction.accounts;
        let choices: Vec<Vec<Pubkey>> = metas.iter().map(|meta| stage.like(&meta.pubkey)).collect();
        for first in 0..metas.len() {
            for second in first + 1..metas.len() {
                for (a, b) in pairs(&choices[first], &choices[second]) {
                    let mut mixture = row.instruction.clone();
                    mixture.accounts[first].pubkey = a;
                    mixture.accounts[second].pubkey = b;
                    tried += 1;
                    through += usize::from(is_harmless(&mut stage, before, row, &mixture));
                }
            }
        }
    }
    println!("{tried} mixtures, of which {through} go through");
    assert!(tried > 17_000, "only {tried} mixtures");
    assert!(through > 20, "only {through} went through: the test tests nothing");
}

fn pairs<'a>(first: &'a [Pubkey], second: &'a [Pubkey]) -> impl Iterator<Item = (Pubkey, Pubkey)> + 'a {
    first.iter().flat_map(|a| second.iter().map(|b| (*a, *b)))
}
