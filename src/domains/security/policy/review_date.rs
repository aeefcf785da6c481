//! The days on which published policies are to be reviewed, in the calendar.

use super::policy_version::PolicyVersion;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::Date;
use steward_core::resource::{Id, Resource};
use steward_core::store::{DerivedDate, Reader, Span};
use steward_core::view::due::DerivedDates;
use steward_schema::security::{policies, policy_versions};

/// Days on which published versions are to be reviewed: `review_interval_months` after the last review, or after they began to bind.
pub const REVIEWS: DerivedDates = DerivedDates { collection: PolicyVersion::PATH, find };

/// A version, the owner of its policy, its interval, its last review and its first day.
type Row = (Id, Option<Id>, i64, Option<Date>, Option<Date>);

fn find(reader: &mut Reader<'_>, _: &Span) -> Result<Vec<DerivedDate>> {
    use policy_versions::{effective_on, id, review_interval_months, reviewed_on, state};
    let seen = reader.sees::<PolicyVersion>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let published = policy_versions::table.inner_join(policies::table).filter(state.eq("published")).filter(seen.clone());
    let query = published.select((id, policies::owner_id, review_interval_months, reviewed_on, effective_on));
    let rows: Vec<Row> = query.load(reader.within(&seen))?;
    let review = |(version, owner, months, reviewed, effective): Row| {
        let on = review_due(effective, reviewed, months)?;
        Some(DerivedDate::day(version, on, "review_interval_months", "Review due").of(owner))
    };
    Ok(rows.into_iter().filter_map(review).collect())
}

/// The day of the next review of a version: its interval in months after its last review, or after the day on which it took effect.
pub fn review_due(effective: Option<Date>, reviewed: Option<Date>, months: i64) -> Option<Date> {
    let from = effective.max(reviewed)?;
    from.months_later(u32::try_from(months).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_is_due_some_months_later_at_the_latest_on_the_last_day_of_a_month() {
        assert_eq!(review_due(None, Some(Date::sample("2026-04-01")), 12), Some(Date::sample("2027-04-01")));
        assert_eq!(review_due(Some(Date::sample("2026-01-31")), None, 1), Some(Date::sample("2026-02-28")));
        assert_eq!(review_due(Some(Date::sample("2026-01-31")), Some(Date::sample("2026-05-15")), 6), Some(Date::sample("2026-11-15")));
        assert_eq!(review_due(None, None, 12), None);
    }
}
