//! Exception debt: for how long what was allowed for a time has gone on past the day that was first agreed.

use super::exception_level::ExceptionLevel;
use std::collections::HashMap;
use steward_core::resource::Id;
use steward_core::resource::value::Date;

/// An exception that was approved once.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// The exception.
    pub id: Id,
    /// The one that it extends.
    pub extends: Option<Id>,
    /// How much is at stake.
    pub level: ExceptionLevel,
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub expires_on: Date,
    /// Whether it was taken away.
    pub revoked: bool,
    /// Whether somebody, or the service, has marked it as expired.
    pub settled: bool,
}

/// What one exception, with all that it extends, comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Debt {
    /// The exception: the last of its chain.
    pub id: Id,
    /// Whether it is in force.
    pub in_force: bool,
    /// Its last day has passed, and it was not brought to an end yet.
    pub overdue: bool,
    /// How often the first exception was extended.
    pub extensions: i64,
    /// Days since the first day of the first exception.
    pub age_days: i64,
    /// The last day of the first exception: what was agreed at first.
    pub first_expiry_on: Date,
    /// Days past that day; 0 before.
    pub debt_days: i64,
    /// The same, weighed by the level: low 1, moderate 2, high 4, critical 8.
    pub weighted_days: i64,
}

/// Each level weighs twice the one below it.
pub fn weight(level: ExceptionLevel) -> i64 {
    match level {
        ExceptionLevel::Low => 1,
        ExceptionLevel::Moderate => 2,
        ExceptionLevel::High => 4,
        ExceptionLevel::Critical => 8,
    }
}

/// The debt on a day: of every exception that is in force or overdue, those apart that another of these extends.
pub fn debts(all: &[Given], day: Date) -> Vec<Debt> {
    let by_id: HashMap<Id, &Given> = all.iter().map(|each| (each.id, each)).collect();
    let in_force = |each: &Given| !each.revoked && each.starts_on <= day && each.expires_on >= day;
    let overdue = |each: &Given| !each.revoked && !each.settled && each.expires_on < day;
    let standing: Vec<&Given> = all.iter().filter(|each| in_force(each) || overdue(each)).collect();
    let extended: Vec<Id> = standing.iter().filter_map(|each| each.extends).collect();
    let heads = standing.into_iter().filter(|each| !extended.contains(&each.id));
    let told = heads.map(|head| {
        let (first, extensions) = first_of(head, &by_id);
        let debt_days = days(first.expires_on, day);
        Debt {
            id: head.id,
            in_force: in_force(head),
            overdue: overdue(head),
            extensions,
            age_days: days(first.starts_on, day),
            first_expiry_on: first.expires_on,
            debt_days,
            weighted_days: debt_days * weight(head.level),
        }
    });
    told.collect()
}

/// The first exception of a chain, and how often it was extended; the walk is bounded by their number.
fn first_of<'a>(head: &'a Given, by_id: &HashMap<Id, &'a Given>) -> (&'a Given, i64) {
    let (mut first, mut extensions) = (head, 0);
    for _ in 0..by_id.len() {
        match first.extends.and_then(|id| by_id.get(&id)) {
            Some(before) => (first, extensions) = (before, extensions + 1),
            None => break,
        }
    }
    (first, extensions)
}

fn days(from: Date, to: Date) -> i64 {
    (to.0 - from.0).num_days().max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(id: Id, extends: Option<Id>, level: ExceptionLevel, starts_on: &str, expires_on: &str) -> Given {
        Given { id, extends, level, starts_on: Date::sample(starts_on), expires_on: Date::sample(expires_on), revoked: false, settled: false }
    }

    #[test]
    fn debt_counts_from_the_day_that_was_agreed_at_first() {
        let [a, b, c] = [Id::new(), Id::new(), Id::new()];
        let chain = [
            Given { settled: true, ..given(a, None, ExceptionLevel::High, "2026-01-01", "2026-03-31") },
            Given { settled: true, ..given(b, Some(a), ExceptionLevel::High, "2026-04-01", "2026-05-31") },
            given(c, Some(b), ExceptionLevel::Critical, "2026-06-01", "2026-06-30"),
        ];
        // 15 June is 165 days after 1 January and 76 after 31 March: 30 + 31 + 15.
        let found = debts(&chain, Date::sample("2026-06-15"));
        let expected = Debt {
            id: c,
            in_force: true,
            overdue: false,
            extensions: 2,
            age_days: 165,
            first_expiry_on: Date::sample("2026-03-31"),
            debt_days: 76,
            weighted_days: 608,
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn what_is_within_its_first_term_owes_nothing_and_what_is_over_is_told_until_it_ends() {
        let id = Id::new();
        let one = given(id, None, ExceptionLevel::Low, "2026-06-01", "2026-06-14");
        let on = |day: &str| debts(&[one], Date::sample(day)).first().map(|debt| (debt.in_force, debt.overdue, debt.debt_days));
        assert_eq!(on("2026-05-31"), None);
        assert_eq!(on("2026-06-14"), Some((true, false, 0)));
        assert_eq!(on("2026-06-15"), Some((false, true, 1)), "it is not in force, marked or not");
        assert_eq!(debts(&[Given { settled: true, ..one }], Date::sample("2026-06-15")), []);
        assert_eq!(debts(&[Given { revoked: true, ..one }], Date::sample("2026-06-10")), []);
    }

    #[test]
    fn what_an_extension_covers_is_counted_once() {
        let [a, b] = [Id::new(), Id::new()];
        let both = [given(a, None, ExceptionLevel::Low, "2026-06-01", "2026-06-30"), given(b, Some(a), ExceptionLevel::Low, "2026-06-10", "2026-07-31")];
        let found = debts(&both, Date::sample("2026-06-15"));
        assert_eq!(found.iter().map(|debt| (debt.id, debt.extensions, debt.debt_days)).collect::<Vec<_>>(), [(b, 1, 0)]);
    }
}
