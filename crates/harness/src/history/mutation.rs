//! What a fuzzer may do to a history besides changing bytes: drop actions, repeat them elsewhere, swap them.

use super::bytes::{HEADER, LONGEST, SLOT};

/// Rearranges the actions in `bytes[..size]`, which may grow to all of `bytes`; returns their new size.
pub fn rearrange(bytes: &mut [u8], size: usize, seed: u32) -> usize {
    let mut seed = u64::from(seed) | 1 << 32;
    let mut below = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % bound
    };
    let (header, slots) = bytes[..size].split_at(HEADER.min(size));
    let mut slots: Vec<Vec<u8>> = slots.chunks(SLOT).map(<[u8]>::to_vec).collect();
    if slots.is_empty() {
        return size;
    }
    let from = below(slots.len());
    let run = from..(from + 1 + below(16)).min(slots.len());
    match below(3) {
        0 => drop(slots.drain(run)),
        1 => {
            let (copy, to) = (slots[run].to_vec(), below(slots.len()));
            slots.splice(to..to, copy);
        }
        _ => {
            let to = below(slots.len());
            slots.swap(from, to);
        }
    }
    let mut rearranged = header.to_vec();
    for mut slot in slots {
        slot.resize(SLOT, 0);
        rearranged.extend(slot);
    }
    rearranged.truncate(bytes.len().min(LONGEST));
    bytes[..rearranged.len()].copy_from_slice(&rearranged);
    rearranged.len()
}
