//! What a fuzzer may do to a history besides changing bytes.

use super::bytes::{HEADER, LONGEST, SLOT};

/// Actions that are moved at a time.
const FEW: usize = 16;
/// Actions that are added at a time, now and then: a history of its own.
const MANY: usize = 300;

/// The actions of an input, each whole.
struct Slots {
    header: Vec<u8>,
    slots: Vec<Vec<u8>>,
}

/// Drops some of the actions in `bytes[..size]`, repeats them elsewhere or swaps two. The history may grow to all of
/// `bytes`; returns its new size.
pub fn rearrange(bytes: &mut [u8], size: usize, seed: u32) -> usize {
    let mut below = numbers(seed);
    let Slots { header, mut slots } = Slots::read(&bytes[..size]);
    if slots.is_empty() {
        return size;
    }
    let (from, to) = (below(slots.len()), below(slots.len()));
    let run = from..(from + 1 + below(FEW)).min(slots.len());
    match below(3) {
        0 => drop(slots.drain(run)),
        1 => {
            let copy = slots[run].to_vec();
            slots.splice(to..to, copy);
        }
        _ => slots.swap(from, to),
    }
    Slots { header, slots }.write(bytes)
}

/// Adds actions drawn at random, all in one place; otherwise like [`rearrange`]. A fuzzer that only changes what it has
/// seldom comes upon the long run of trades that a bankruptcy needs.
pub fn add_actions(bytes: &mut [u8], size: usize, seed: u32) -> usize {
    let mut below = numbers(seed);
    let Slots { header, mut slots } = Slots::read(&bytes[..size]);
    let at = below(slots.len() + 1);
    let most = if below(4) == 0 { MANY } else { FEW };
    let count = 1 + below(most);
    let new: Vec<Vec<u8>> = (0..count).map(|_| (0..SLOT).map(|_| below(256) as u8).collect()).collect();
    slots.splice(at..at, new);
    Slots { header, slots }.write(bytes)
}

/// Drops runs of actions, ever shorter ones, while what is left will do; then makes zeros of bytes.
pub fn shorten(bytes: Vec<u8>, will_do: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let Slots { header, mut slots } = Slots::read(&bytes);
    let whole = |slots: &[Vec<u8>]| [header.clone(), slots.concat()].concat();
    let mut run = slots.len();
    while run > 0 {
        let mut at = 0;
        while at < slots.len() {
            let mut fewer = slots.clone();
            fewer.drain(at..slots.len().min(at + run));
            if will_do(&whole(&fewer)) {
                slots = fewer;
            } else {
                at += run;
            }
        }
        run /= 2;
    }
    let mut bytes = whole(&slots);
    for at in 0..bytes.len() {
        let was = std::mem::take(&mut bytes[at]);
        if was != 0 && !will_do(&bytes) {
            bytes[at] = was;
        }
    }
    bytes
}

impl Slots {
    fn read(bytes: &[u8]) -> Self {
        let (header, slots) = bytes.split_at(HEADER.min(bytes.len()));
        let padded = |bytes: &[u8], size| [bytes, &vec![0; size - bytes.len()]].concat();
        Self {
            header: padded(header, HEADER),
            slots: slots.chunks(SLOT).map(|slot| padded(slot, SLOT)).collect(),
        }
    }

    fn write(self, bytes: &mut [u8]) -> usize {
        let all = [self.header, self.slots.concat()].concat();
        let size = all.len().min(bytes.len()).min(LONGEST);
        bytes[..size].copy_from_slice(&all[..size]);
        size
    }
}

/// Numbers below any bound, the same for the same seed.
fn numbers(seed: u32) -> impl FnMut(usize) -> usize {
    let mut state = u64::from(seed);
    move |bound| {
        // Knuth's linear congruential generator.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    }
}
