//! Quality in numbers: defects by size, and what is right at the first try.

/// The number of defects per unit of size; none for no size.
pub fn density(defects: usize, size: f64) -> Option<f64> {
    (size > 0.0).then(|| defects as f64 / size)
}

/// The share, in percent, of what passed without ever having failed, among all that was judged at least once; none if nothing was.
/// Each is whether it has passed, and whether it has ever failed.
pub fn first_pass_percent(judged: impl IntoIterator<Item = (bool, bool)>) -> Option<f64> {
    let (mut decided, mut first) = (0_usize, 0_usize);
    for (passed, failed) in judged {
        decided += usize::from(passed || failed);
        first += usize::from(passed && !failed);
    }
    (decided > 0).then(|| first as f64 / decided as f64 * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_density_needs_a_size() {
        // Six defects in 1.2 units of 100 hours.
        assert_eq!([density(6, 1.2), density(0, 1.2), density(6, 0.0)], [Some(5.0), Some(0.0), None]);
    }

    #[test]
    fn what_failed_once_has_not_passed_at_the_first_try() {
        // Of five, one is not judged yet; of four, two passed at once, one later, one still fails: 50 %.
        let judged = [(true, false), (true, false), (true, true), (false, true), (false, false)];
        assert_eq!(first_pass_percent(judged), Some(50.0));
        assert_eq!(first_pass_percent([(false, false)]), None);
    }
}
