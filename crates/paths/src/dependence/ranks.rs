//! Ranks, and Kendall's tau: what the copula sees of returns, whatever their size.

/// Twice the average rank of each value among all, from 2 to `2 × values.len()`: ties share the average, and twice of it is
/// a whole number.
pub(crate) fn double_ranks(values: &[f64]) -> Vec<usize> {
    let order = ascending(values);
    let mut ranks = vec![0; values.len()];
    let mut first = 0;
    while first < order.len() {
        let tied = order[first..].iter().take_while(|place| values[**place] == values[order[first]]).count();
        for place in &order[first..first + tied] {
            ranks[*place] = 2 * first + tied + 1;
        }
        first += tied;
    }
    ranks
}

/// Ranks as parts of one, each strictly between 0 and 1: the pseudo-observations of Genest, Ghoudi and Rivest (1995).
pub(crate) fn uniform_ranks(values: &[f64]) -> Vec<f64> {
    let scale = 2.0 * (values.len() as f64 + 1.0);
    double_ranks(values).into_iter().map(|rank| rank as f64 / scale).collect()
}

/// Places in ascending order of their values.
fn ascending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    order
}

/// Kendall's tau-b of two columns of the same length, which allows for ties; 0 where one never changes.
///
/// By counting exchanges in a merge sort (Knight 1966), in `n log n`.
pub(crate) fn kendall_tau(first: &[f64], second: &[f64]) -> f64 {
    let ranks: (Vec<usize>, Vec<usize>) = (double_ranks(first), double_ranks(second));
    let mut rows: Vec<(usize, usize)> = ranks.0.into_iter().zip(ranks.1).collect();
    rows.sort_unstable();
    let count = rows.len() as f64;
    let all = count * (count - 1.0) / 2.0;
    let tied_first = tied_pairs(rows.iter().map(|row| (row.0, 0)));
    let tied_both = tied_pairs(rows.iter().copied());
    let mut column: Vec<usize> = rows.iter().map(|row| row.1).collect();
    let discordant = sort_and_count(&mut column) as f64;
    let tied_second = tied_pairs(column.iter().map(|rank| (*rank, 0)));
    let balance = all - tied_first - tied_second + tied_both - 2.0 * discordant;
    let scale = ((all - tied_first) * (all - tied_second)).sqrt();
    if scale > 0.0 {
        balance / scale
    } else {
        0.0
    }
}

/// Pairs of equal values in an order where equal values stand together.
fn tied_pairs(values: impl Iterator<Item = (usize, usize)>) -> f64 {
    let (mut before, mut run, mut pairs) = (None, 0.0, 0.0);
    for value in values {
        run = if before == Some(value) { run + 1.0 } else { 0.0 };
        pairs += run;
        before = Some(value);
    }
    pairs
}

/// Sorts, and counts the pairs that stood the wrong way round.
fn sort_and_count(values: &mut [usize]) -> u64 {
    let middle = values.len() / 2;
    if middle == 0 {
        return 0;
    }
    let mut count = sort_and_count(&mut values[..middle]) + sort_and_count(&mut values[middle..]);
    let mut merged = Vec::with_capacity(values.len());
    let (mut left, mut right) = (0, middle);
    while left < middle || right < values.len() {
        if right == values.len() || (left < middle && values[left] <= values[right]) {
            merged.push(values[left]);
            left += 1;
        } else {
            merged.push(values[right]);
            right += 1;
            count += (middle - left) as u64;
        }
    }
    values.copy_from_slice(&merged);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_of_ties_are_their_average() {
        assert_eq!(double_ranks(&[3.0, 1.0, 3.0, 2.0]), [7, 2, 7, 4]);
        assert_eq!(uniform_ranks(&[5.0, 5.0, 5.0]), [0.5; 3]);
    }

    #[test]
    fn kendalls_tau_equals_its_definition() {
        let first = [1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, -1.0];
        let second = [2.0, 1.0, 3.0, 3.0, 3.0, 5.0, 4.0, 0.0];
        let sign = |a: f64, b: f64| if a == b { 0.0 } else { (a - b).signum() };
        let (mut balance, mut differ) = (0.0, (0.0f64, 0.0f64));
        for i in 0..8 {
            for j in 0..i {
                let (a, b) = (sign(first[i], first[j]), sign(second[i], second[j]));
                balance += a * b;
                differ.0 += a * a;
                differ.1 += b * b;
            }
        }
        let expected = balance / (differ.0 * differ.1).sqrt();
        assert!((kendall_tau(&first, &second) - expected).abs() < 1e-15);
        assert_eq!(kendall_tau(&first, &[1.0; 8]), 0.0);
        assert_eq!(kendall_tau(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), -1.0);
    }
}
