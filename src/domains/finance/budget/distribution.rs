//! How an amount is split so that the parts add up to it exactly: the method of the largest remainder.

/// Splits an amount in minor units by weights: each part gets its share rounded down, and what is left goes, a unit each, to
/// the parts with the largest remainders, the earlier first where they are equal. Empty if there is nothing to split by: no
/// parts, a negative weight, or only weights of 0.
pub fn split(amount: i64, weights: &[i64]) -> Vec<i64> {
    let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if total <= 0 || weights.iter().any(|weight| *weight < 0) {
        return Vec::new();
    }
    let (sign, size) = (if amount < 0 { -1 } else { 1 }, i128::from(amount).abs());
    // Both factors have at most 63 bits, so that their product has at most 126.
    let shares: Vec<(i128, i128)> = weights.iter().map(|weight| size * i128::from(*weight)).map(|product| (product / total, product % total)).collect();
    let left = size - shares.iter().map(|(whole, _)| whole).sum::<i128>();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|at| shares.get(*at).map(|(_, remainder)| -remainder));
    let lucky: std::collections::HashSet<usize> = order.into_iter().take(usize::try_from(left).unwrap_or(0)).collect();
    let part = |(at, (whole, _)): (usize, &(i128, i128))| i64::try_from(whole + i128::from(lucky.contains(&at))).unwrap_or(i64::MAX) * sign;
    shares.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_over_three_gives_the_odd_cent_to_the_first() {
        assert_eq!(split(10_000, &[1, 1, 1]), [3334, 3333, 3333]);
        assert_eq!(split(-10_000, &[1, 1, 1]), [-3334, -3333, -3333]);
    }

    #[test]
    fn the_largest_remainders_get_what_is_left() {
        // Worked by hand: 100 by 1:2:4 is 14.28…, 28.57…, 57.14…; one unit is left and goes to the second.
        assert_eq!(split(100, &[1, 2, 4]), [14, 29, 57]);
        // Ten seats for 100,000 votes by the quota of Hare (Wikipedia, "Quota method").
        assert_eq!(split(10, &[47_000, 16_000, 15_900, 12_000, 6_100, 3_100]), [5, 2, 1, 1, 1, 0]);
    }

    #[test]
    fn days_weigh_by_their_number() {
        // The first quarter of 2026 has 31, 28 and 31 days: 90.00 is 31.00, 28.00 and 31.00.
        assert_eq!(split(9_000, &[31, 28, 31]), [3_100, 2_800, 3_100]);
    }

    #[test]
    fn the_parts_add_up_to_the_whole_whatever_the_weights() {
        for amount in [0, 1, 7, 99_999_999_999_999, -12_345_678_901] {
            for weights in [vec![1; 12], vec![31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], vec![0, 5, 0, 1], vec![i64::MAX, i64::MAX, 1]] {
                assert_eq!(split(amount, &weights).iter().sum::<i64>(), amount, "{amount} by {weights:?}");
            }
        }
    }

    #[test]
    fn nothing_is_split_by_nothing() {
        assert!(split(100, &[]).is_empty() && split(100, &[0, 0]).is_empty() && split(100, &[1, -1]).is_empty());
    }
}
