//! What is left of a finding when everything that it does not need is dropped.

use crate::strategy::{Action, Step, Strategy};

/// Drops steps, actions and moves for as long as `holds`.
pub fn minimize(strategy: &Strategy, holds: impl Fn(&Strategy) -> bool) -> Strategy {
    let mut least = strategy.clone();
    loop {
        let smaller = candidates(&least).find(|candidate| holds(candidate));
        match smaller {
            Some(smaller) => least = smaller,
            None => return least,
        }
    }
}

fn candidates(strategy: &Strategy) -> impl Iterator<Item = Strategy> + '_ {
    let steps = (0..strategy.steps.len()).map(move |at| {
        let mut smaller = strategy.clone();
        smaller.steps.remove(at);
        smaller
    });
    let plainer = (0..strategy.steps.len()).flat_map(move |at| {
        let variants = plainer_steps(&strategy.steps[at]);
        variants.into_iter().map(move |step| {
            let mut smaller = strategy.clone();
            smaller.steps[at] = step;
            smaller
        })
    });
    steps.chain(plainer_setups(strategy)).chain(plainer)
}

fn plainer_setups(strategy: &Strategy) -> impl Iterator<Item = Strategy> {
    let mut variants = vec![strategy.clone(), strategy.clone(), strategy.clone()];
    variants[0].setup.is_diluted = false;
    variants[1].setup.markets = 1;
    variants[2].setup.staked = 0;
    let same = strategy.clone();
    variants.into_iter().filter(move |variant| *variant != same)
}

fn plainer_steps(step: &Step) -> Vec<Step> {
    let mut variants = vec![
        Step { moves: [0, step.moves[1]], ..step.clone() },
        Step { moves: [step.moves[0], 0], ..step.clone() },
        Step { joining: 0, ..step.clone() },
        Step { keepers: false, ..step.clone() },
    ];
    let lists: [fn(&mut Step) -> &mut Vec<Action>; 3] =
        [|step| &mut step.before, |step| &mut step.after, |step| &mut step.last];
    for list in lists {
        for at in 0..list(&mut step.clone()).len() {
            let mut smaller = step.clone();
            list(&mut smaller).remove(at);
            variants.push(smaller);
        }
    }
    variants.retain(|variant| variant != step);
    variants
}
