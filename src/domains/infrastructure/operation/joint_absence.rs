//! The days on which all of some people are away at once.

use steward_core::ports::presence::Away;
use steward_core::resource::value::Date;

/// A span of days: the first, and the day after the last.
pub type Days = (Date, Date);

/// The days of a span on which all of some people are away, as spans.
pub fn all_away(of_each: &[&[Away]], (from, to): Days) -> Vec<Days> {
    // Only where somebody goes or comes back does it change.
    let ends = |away: &Away| [Some(away.starts_on), away.ends_on.and_then(|last| last.later(1))];
    let mut turns: Vec<Date> = of_each.iter().flat_map(|spans| spans.iter()).flat_map(ends).flatten().filter(|day| from < *day && *day < to).collect();
    turns.extend([from, to]);
    turns.sort_unstable();
    turns.dedup();
    let mut spans: Vec<Days> = Vec::new();
    for pair in turns.windows(2) {
        let &[begins, ends] = pair else { continue };
        if !of_each.iter().all(|spans| spans.iter().any(|away| away.covers(begins))) {
            continue;
        }
        match spans.last_mut() {
            Some(last) if last.1 == begins => last.1 = ends,
            _ => spans.push((begins, ends)),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_there_while_all_are_away_at_once() {
        let day = |day: u32| Date::sample(&format!("2026-06-{day:02}"));
        let away = |from: u32, to: u32| Away { starts_on: day(from), ends_on: Some(day(to)) };
        let (ann, ben) = ([away(1, 10), away(12, 14)], [away(8, 12), away(13, 20)]);
        let both: [&[Away]; 2] = [&ann, &ben];
        // 8–10, and 12–14 in two pieces of one of them.
        assert_eq!(all_away(&both, (day(5), day(30))), [(day(8), day(11)), (day(12), day(15))]);
        assert_eq!(all_away(&both, (day(9), day(10))), [(day(9), day(10))]);
        let gone: [&[Away]; 1] = [&[Away { starts_on: day(20), ends_on: None }]];
        assert_eq!(all_away(&gone, (day(5), day(30))), [(day(20), day(30))]);
        let there: [&[Away]; 2] = [&ann, &[]];
        assert!(all_away(&there, (day(5), day(30))).is_empty());
    }
}
