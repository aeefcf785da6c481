//! The availability that a service attained over a span of time: the calculation alone.

/// An outage within the time that counts, in seconds from its beginning.
#[derive(Debug, Clone, Copy)]
pub struct Down {
    /// When it began.
    pub from: f64,
    /// When it ended.
    pub to: f64,
    /// How much of the service was lost, from 0 to 1.
    pub lost: f64,
    /// The part of it that an approved maintenance window covers.
    pub planned: Option<(f64, f64)>,
}

/// How much time was agreed and how much of it was lost, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    /// The agreed time.
    pub agreed: f64,
    /// What was lost of it, each outage by how much of the service was lost.
    pub lost: f64,
}

impl Kept {
    /// 100 · (1 − lost / agreed time); none when no time was agreed.
    pub fn percent(self) -> Option<f64> {
        (self.agreed > 0.0).then(|| 100.0 * (1.0 - self.lost / self.agreed))
    }
}

/// What was kept of so many seconds, where outages at the same time count as the worst of them.
pub fn kept(outages: &[Down], seconds: f64, excludes_planned: bool) -> Kept {
    let windows = || outages.iter().filter_map(|down| down.planned).flat_map(|(from, to)| [from, to]);
    let mut edges: Vec<f64> = outages.iter().flat_map(|down| [down.from, down.to]).chain(windows()).collect();
    edges.sort_by(f64::total_cmp);
    let (mut agreed, mut lost) = (seconds, 0.0);
    for (from, to) in edges.iter().zip(edges.iter().skip(1)).filter(|(from, to)| to > from) {
        let here: Vec<&Down> = outages.iter().filter(|down| down.from <= *from && down.to >= *to).collect();
        let within = |(starts, ends): (f64, f64)| starts <= *from && ends >= *to;
        if excludes_planned && here.iter().any(|down| down.planned.is_some_and(within)) {
            agreed -= to - from;
        } else {
            lost += (to - from) * here.iter().map(|down| down.lost).fold(0.0, f64::max);
        }
    }
    Kept { agreed, lost }
}

/// How often it failed and for how many seconds in all: outages beside maintenance, those that overlap or follow at once as one.
pub fn failures(outages: &[Down]) -> (usize, f64) {
    let mut spans: Vec<(f64, f64)> = outages.iter().filter(|down| down.planned.is_none()).map(|down| (down.from, down.to)).collect();
    spans.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut count, mut seconds, mut until) = (0, 0.0, f64::NEG_INFINITY);
    for (from, to) in spans {
        count += usize::from(from > until);
        seconds += (to - from.max(until)).max(0.0);
        until = until.max(to);
    }
    (count, seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3600.0;

    /// Of 30 days.
    fn attained(outages: &[Down], excludes_planned: bool) -> Option<f64> {
        kept(outages, 720.0 * HOUR, excludes_planned).percent()
    }

    fn down(from: f64, to: f64, lost: f64, planned: bool) -> Down {
        let (from, to) = (from * HOUR, to * HOUR);
        Down { from, to, lost, planned: planned.then_some((from, to)) }
    }

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-9)
    }

    #[test]
    fn outages_at_the_same_time_count_once_as_the_worst_of_them() {
        // By hand: two hours at a half, then one at all: 2 of 720 hours.
        let found = attained(&[down(10.0, 13.0, 0.5, false), down(12.0, 13.0, 1.0, false)], false);
        assert!(near(found, 100.0 * (1.0 - 2.0 / 720.0)), "{found:?}");
        assert_eq!(attained(&[], true), Some(100.0));
    }

    #[test]
    fn maintenance_leaves_the_agreed_time_where_it_is_left_out() {
        let both = [down(0.0, 20.0, 1.0, true), down(19.0, 27.0, 1.0, false)];
        // By hand: 7 of 700 hours; or 27 of 720.
        assert!(near(attained(&both, true), 99.0));
        assert!(near(attained(&both, false), 96.25));
        assert_eq!(attained(&[down(0.0, 720.0, 1.0, true)], true), None, "no time was agreed");
        // Two of the three hours are in the window: 1 of 718 hours.
        let longer = [Down { planned: Some((HOUR, 3.0 * HOUR)), ..down(0.0, 3.0, 1.0, false) }];
        assert!(near(attained(&longer, true), 100.0 * (1.0 - 1.0 / 718.0)));
    }

    #[test]
    fn failures_are_spans_without_a_gap_beside_maintenance() {
        let outages =
            [down(1.0, 2.0, 1.0, false), down(1.5, 3.0, 0.5, false), down(3.0, 4.0, 1.0, false), down(9.0, 10.0, 1.0, true), down(20.0, 21.0, 1.0, false)];
        assert_eq!(failures(&outages), (2, 4.0 * HOUR));
        assert_eq!(failures(&[]), (0, 0.0));
    }
}
