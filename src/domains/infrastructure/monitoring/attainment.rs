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
pub fn kept(outages: &[Down], spans: &[Span]) -> Kept {
    let ends = spans.iter().flat_map(|(from, to)| [*from, *to]);
    let mut edges: Vec<f64> = outages.iter().flat_map(|down| [down.from, down.to]).chain(ends).collect();
    edges.sort_by(f64::total_cmp);
    let (agreed, mut lost) = (spans.iter().fold(0.0, |sum, (from, to)| sum + (to - from)), 0.0);
    let mut open = spans.iter().peekable();
    for (from, to) in edges.iter().zip(edges.iter().skip(1)).filter(|(from, to)| to > from) {
        // Spans are in order, and so are the edges.
        while open.next_if(|(_, ends)| ends <= from).is_some() {}
        if open.peek().is_none_or(|(begins, _)| begins > from) {
            continue;
        }
        let here = outages.iter().filter(|down| down.from <= *from && down.to >= *to);
        lost += (to - from) * here.map(|down| down.lost).fold(0.0, f64::max);
    }
    Kept { agreed, lost }
}

/// The reason why nothing is known of what a service attained over a time, if there is one: by when it was live in it, whether outages may be
/// seen, and whether it has begun.
pub fn unknown(live: Option<Span>, sees_outages: bool, has_begun: bool) -> Option<&'static str> {
    match live {
        None => Some("The service has not been live yet."),
        _ if !sees_outages => Some("You may not see outages."),
        _ if !has_begun => Some("None of these days has begun."),
        Some((from, to)) if from >= to => Some("The service was not live on these days."),
        Some(_) => None,
    }
}

/// How often it failed within spans, those of maintenance left out, and for how many of their seconds in all: outages that overlap or
/// follow at once count as one, and one that lies wholly beside the spans is no failure.
pub fn failures(outages: &[Down], spans: &[Span]) -> (usize, f64) {
    let mut downs: Vec<Span> = outages.iter().map(|down| (down.from, down.to)).collect();
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
        // One that ended as it began is a failure of no length.
        let touched = || spans.iter().filter(|(begins, ends)| from < *ends && (to > *begins || (from == to && from == *begins)));
        count += usize::from(touched().next().is_some());
        seconds += touched().map(|(begins, ends)| (to.min(*ends) - from.max(*begins)).max(0.0)).sum::<f64>();
    }
    (count, seconds)
}

#[cfg(test)]
mod tests {
    use super::super::agreed_time::without;
    use super::*;

    const HOUR: f64 = 3600.0;
    /// 30 days.
    const ALWAYS: [Span; 1] = [(0.0, 720.0 * HOUR)];

    fn down(from: f64, to: f64, lost: f64) -> Down {
        Down { from: from * HOUR, to: to * HOUR, lost }
    }

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-9)
    }

    #[test]
    fn outages_at_the_same_time_count_once_as_the_worst_of_them() {
        // By hand: two hours at a half, then one at all: 2 of 720 hours.
        let found = kept(&[down(10.0, 13.0, 0.5), down(12.0, 13.0, 1.0)], &ALWAYS).percent();
        assert!(near(found, 100.0 * (1.0 - 2.0 / 720.0)), "{found:?}");
        assert_eq!(kept(&[], &ALWAYS).percent(), Some(100.0));
    }

    #[test]
    fn maintenance_leaves_the_agreed_time_where_it_is_left_out_with_or_without_an_outage() {
        let both = [down(0.0, 20.0, 1.0), down(19.0, 27.0, 1.0)];
        let beside = |from: f64, to: f64| without(&ALWAYS, &[(from * HOUR, to * HOUR)]);
        // By hand: 7 of 700 hours; or 27 of 720.
        assert!(near(kept(&both, &beside(0.0, 20.0)).percent(), 99.0));
        assert!(near(kept(&both, &ALWAYS).percent(), 96.25));
        assert_eq!(kept(&[], &beside(0.0, 720.0)).percent(), None, "no time was agreed");
        // Two of the three hours are in the window: 1 of 718 hours.
        assert!(near(kept(&[down(0.0, 3.0, 1.0)], &beside(1.0, 3.0)).percent(), 100.0 * (1.0 - 1.0 / 718.0)));
        assert_eq!(kept(&[], &beside(1.0, 3.0)).agreed, 718.0 * HOUR);
    }

    #[test]
    fn failures_are_spans_without_a_gap_beside_maintenance() {
        let outages = [down(1.0, 2.0, 1.0), down(1.5, 3.0, 0.5), down(3.0, 4.0, 1.0), down(9.0, 10.0, 1.0), down(20.0, 21.0, 1.0)];
        assert_eq!(failures(&outages, &without(&ALWAYS, &[(9.0 * HOUR, 10.0 * HOUR)])), (2, 4.0 * HOUR));
        assert_eq!(failures(&[], &ALWAYS), (0, 0.0));
        // Two days with a window of an hour in them are one failure of 47 hours.
        assert_eq!(failures(&[down(10.0, 58.0, 1.0)], &without(&ALWAYS, &[(20.0 * HOUR, 21.0 * HOUR)])), (1, 47.0 * HOUR));
    }

    #[test]
    fn what_lies_outside_the_agreed_hours_counts_for_nothing() {
        // Two days of ten hours: 8 to 18 and 32 to 42. Down from 16 to 34: four of 20 hours; and a night that nobody noticed.
        let spans = [(8.0 * HOUR, 18.0 * HOUR), (32.0 * HOUR, 42.0 * HOUR)];
        let outages = [down(16.0, 34.0, 1.0), down(44.0, 50.0, 1.0)];
        let found = kept(&outages, &spans);
        assert_eq!(found, Kept { agreed: 20.0 * HOUR, lost: 4.0 * HOUR });
        assert!(near(found.percent(), 80.0));
        assert_eq!(failures(&outages, &spans), (1, 4.0 * HOUR));
        // One that is over as the day begins is none.
        assert_eq!(failures(&[down(6.0, 8.0, 1.0)], &spans), (0, 0.0));
    }
}
