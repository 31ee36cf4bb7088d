//! The moves that losses are looked at for.

use crate::search::{Move, MILLION};

/// A move and what it counts for among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridMove {
    /// The move.
    pub shift: Move,
    /// Its weight: a probability up to a factor.
    pub weight: u64,
}

/// Moves with weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid(pub Vec<GridMove>);

/// Sizes of the default moves, in millionths.
const SIZES: [i64; 12] =
    [10_000, 20_000, 30_000, 50_000, 75_000, 100_000, 150_000, 200_000, 250_000, 300_000, 400_000, 500_000];

impl Grid {
    /// Moves up and down of these sizes, in ascending order. The weights are those of a tail that falls with the cube of
    /// the move, as returns of liquid assets are found to: a size stands for all moves from it to the next, the last for all
    /// beyond it.
    pub fn cubic(sizes: &[i64]) -> Self {
        let tail = |size: i64| -> u128 {
            let size = u128::from(size.unsigned_abs().max(1));
            10_u128.pow(24) / size.saturating_pow(3)
        };
        let mut moves = vec![];
        for (place, size) in sizes.iter().enumerate() {
            let beyond = sizes.get(place.saturating_add(1)).map_or(0, |next| tail(*next));
            let weight = u64::try_from(tail(*size).saturating_sub(beyond)).unwrap_or(u64::MAX);
            moves.push(GridMove { shift: Move(-*size), weight });
            moves.push(GridMove { shift: Move(*size), weight });
        }
        moves.sort_unstable_by_key(|step| step.shift);
        Self(moves)
    }
}

impl Default for Grid {
    /// From 1 % to 50 %, up and down.
    fn default() -> Self {
        Self::cubic(&SIZES)
    }
}

const _: () = assert!(SIZES[SIZES.len() - 1] < MILLION);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_twice_as_large_is_an_eighth_as_likely_to_be_passed() {
        let Grid(moves) = Grid::cubic(&[10_000, 20_000]);
        let weights: Vec<_> = moves.iter().map(|step| (step.shift.0, step.weight)).collect();
        let (near, far) = (875_000_000_000, 125_000_000_000);
        assert_eq!(weights, [(-20_000, far), (-10_000, near), (10_000, near), (20_000, far)]);
        let total: u64 = Grid::default().0.iter().map(|step| step.weight).sum();
        assert_eq!(total, 2_000_000_000_000, "nothing of the tail is lost");
    }
}
