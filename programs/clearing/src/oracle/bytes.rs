//! Fields at fixed offsets of an account's data.

/// `N` bytes at a constant offset; the bounds check folds away.
#[inline(always)]
pub(super) fn field<const N: usize, const LEN: usize>(data: &[u8; LEN], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&data[at..at + N]);
    bytes
}
