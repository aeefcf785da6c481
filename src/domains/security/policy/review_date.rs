//! The days on which published policies are to be reviewed, in the calendar.

use super::policy_version::PolicyVersion;
use chrono::Months;
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
        let on = later(reviewed.or(effective)?, months)?;
        Some(DerivedDate::day(version, on, "review_interval_months", "Review due").of(owner))
    };
    Ok(rows.into_iter().filter_map(review).collect())
}

/// The day so many months after another; none beyond the calendar.
pub fn later(day: Date, months: i64) -> Option<Date> {
    day.0.checked_add_months(Months::new(u32::try_from(months).ok()?)).and_then(Date::within)
}
