//! The availability that a service attained over a span of time: the calculation alone.

use super::agreed_time::Span;

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

/// What was kept of the spans in which a service was agreed to be there, where outages at the same time count as the worst of them.
pub fn kept(outages: &[Down], spans: &[Span], excludes_planned: bool) -> Kept {
    let windows = || outages.iter().filter_map(|down| down.planned).flat_map(|(from, to)| [from, to]);
    let ends = spans.iter().flat_map(|(from, to)| [*from, *to]);
    let mut edges: Vec<f64> = outages.iter().flat_map(|down| [down.from, down.to]).chain(windows()).chain(ends).collect();
    edges.sort_by(f64::total_cmp);
    let (mut agreed, mut lost) = (spans.iter().fold(0.0, |sum, (from, to)| sum + (to - from)), 0.0);
    let mut open = spans.iter().peekable();
    for (from, to) in edges.iter().zip(edges.iter().skip(1)).filter(|(from, to)| to > from) {
        // Spans are in order, and so are the edges.
        while open.next_if(|(_, ends)| ends <= from).is_some() {}
        if open.peek().is_none_or(|(begins, _)| begins > from) {
            continue;
        }
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

/// How often it failed within the agreed spans and for how many of their seconds in all: outages beside maintenance, those that overlap or
/// follow at once as one.
pub fn failures(outages: &[Down], spans: &[Span]) -> (usize, f64) {
    let mut downs: Vec<Span> = outages.iter().filter(|down| down.planned.is_none()).map(|down| (down.from, down.to)).collect();
    downs.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut merged: Vec<Span> = Vec::new();
    for (from, to) in downs {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    let (mut count, mut seconds) = (0, 0.0);
    for (from, to) in merged {
        let touched = || spans.iter().filter(|(begins, ends)| from < *ends && to >= *begins);
        count += usize::from(touched().next().is_some());
        seconds += touched().map(|(begins, ends)| (to.min(*ends) - from.max(*begins)).max(0.0)).sum::<f64>();
    }
    (count, seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3600.0;

    /// Of 30 days.
    fn attained(outages: &[Down], excludes_planned: bool) -> Option<f64> {
        kept(outages, &[(0.0, 720.0 * HOUR)], excludes_planned).percent()
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
        let always = [(0.0, 720.0 * HOUR)];
        assert_eq!(failures(&outages, &always), (2, 4.0 * HOUR));
        assert_eq!(failures(&[], &always), (0, 0.0));
    }

    #[test]
    fn what_lies_outside_the_agreed_hours_counts_for_nothing() {
        // Two days of ten hours: 8 to 18 and 32 to 42. Down from 16 to 34: four of 20 hours; and a night that nobody noticed.
        let spans = [(8.0 * HOUR, 18.0 * HOUR), (32.0 * HOUR, 42.0 * HOUR)];
        let outages = [down(16.0, 34.0, 1.0, false), down(44.0, 50.0, 1.0, false)];
        let found = kept(&outages, &spans, false);
        assert_eq!(found, Kept { agreed: 20.0 * HOUR, lost: 4.0 * HOUR });
        assert!(near(found.percent(), 80.0));
        assert_eq!(failures(&outages, &spans), (1, 4.0 * HOUR));
    }
}
