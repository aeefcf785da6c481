//! Licence assignments: who or what uses how much of a licence.

use super::host::HOSTS;
use super::license_metric::{LicenseMetric, OverAssignment};
use crate::operation::leaving::require_staying;
use diesel::prelude::*;
use serde_json::json;
use steward_core::database::Dialect;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Whole};
use steward_core::resource::{Check, Id, Lock, Resource, Rule, Scope, ValidationErrors};
use steward_schema::infrastructure::{license_assignments, licenses};
use steward_schema::service::registry;

steward_core::resource! {
    /// Assigned share of a licence. Where the licence forbids over-assignment, the quantity assigned on any day stays within the
    /// entitlement.
    pub struct LicenseAssignment {
        /// Assigned licence.
        #[field(refers_to(&["infrastructure/licenses"]), fixed)]
        pub license_id: Id,
        /// User of the licence: a person for the metric `user`, a device or virtual machine for `device` or `core`, a cluster for `core` as
        /// well, with all machines on it, a site for `site`, any of them for `subscription`.
        #[field(refers_to(&["infrastructure/devices", "infrastructure/virtual-machines", "teams/people", "infrastructure/sites", "infrastructure/clusters"]), fixed)]
        pub target_id: Id,
        /// Quantity of the licence in use: 1, or the number of cores.
        #[field(default(|| json!(1)))]
        pub quantity: Whole<1, 1_000_000>,
        /// First day, within the term of the licence. The same target has a licence once at a time.
        #[field(event)]
        pub starts_on: Date,
        /// Last day, within the term of the licence; none while it lasts. Ended assignments do not count.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Free-text notes.
        #[field(search)]
        pub notes: Option<Note>,
    }
}

impl Resource for LicenseAssignment {
    const PATH: &'static str = "infrastructure/license-assignments";
    type Table = steward_schema::infrastructure::license_assignments::table;
    const SCOPE: Scope = Scope::Within("license_id");
    const TITLE: &'static str = "id";
    const RULES: &'static [Rule] = &[Rule::NoOverlap { same: &["license_id", "target_id"], starts: "starts_on", ends: "ends_on" }];

    fn sample() -> Self {
        LicenseAssignment {
            license_id: Id::sample(),
            target_id: Id::sample(),
            quantity: Whole(1),
            starts_on: Date::sample("2026-02-01"),
            ends_on: Date::parse("2026-12-31"),
            notes: Some("For the order database.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), self.ends_on, "ends_on");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.license_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let target = registry::table.find(self.target_id).select(registry::collection).into_boxed::<Dialect>().single_value();
        let license = licenses::table.find(self.license_id).select((licenses::metric, licenses::quantity, licenses::over_assignment, target));
        let found: Option<(LicenseMetric, i64, OverAssignment, Option<String>)> = license.first(check.connection).optional()?;
        let Some((metric, entitled, over_assignment, Some(collection))) = found else { return Ok(()) };
        if !counts(metric, &collection) {
            let detail = "That licence counts something else. Name a person for users, a device or virtual machine for devices and cores, a cluster for cores, a site for sites.";
            return Err(Problem::conflict("/target_id", "metric", detail).into());
        }
        require_staying(check, self, &["target_id"])?;
        self.require_term(check)?;
        let own = Taken { starts_on: self.starts_on, ends_on: self.ends_on, quantity: self.quantity.0 };
        if over_assignment == OverAssignment::Forbid && takes_more(check, &own)? && most_taken(check, self.license_id, &own)? > entitled {
            let detail = format!("The licence entitles to {entitled}, and more than that would be assigned. End another assignment or enlarge the licence.");
            return Err(Problem::conflict("/quantity", "over_assignment", detail).into());
        }
        Ok(())
    }
}

impl LicenseAssignment {
    /// Refuses days on which the licence is not in force (409).
    fn require_term(&self, check: &mut Check<'_>) -> Result<()> {
        let known = check.before::<LicenseAssignment>()?.is_some_and(|before| before.starts_on == self.starts_on && before.ends_on >= self.ends_on);
        let columns = (licenses::name, licenses::starts_on, licenses::ends_on, licenses::auto_renew);
        let license: Option<(String, Option<Date>, Option<Date>, bool)> =
            licenses::table.find(self.license_id).select(columns).first(check.connection).optional()?;
        let Some((name, first, last, renews)) = license.filter(|_| !known) else { return Ok(()) };
        let last = last.filter(|_| !renews);
        let term = |first: Option<Date>, last: Option<Date>| {
            let from = first.map(|first| format!(" from {first}")).unwrap_or_default();
            format!("{from}{}", last.map(|last| format!(" to {last}")).unwrap_or_default())
        };
        let pointer = match (first, last) {
            (Some(first), _) if self.starts_on < first => "/starts_on",
            (_, Some(last)) if self.starts_on > last => "/starts_on",
            (_, Some(last)) if self.ends_on.is_some_and(|ends_on| ends_on > last) => "/ends_on",
            _ => return Ok(()),
        };
        let detail = format!("Licence \"{name}\" is in force{}. Choose days of its term, or another licence.", term(first, last));
        Err(Problem::conflict(pointer, "not_in_force", detail).into())
    }
}

/// A share of a licence over a span of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Taken {
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub quantity: i64,
}

/// Whether an assignment takes more than it took before; ending one is never refused.
fn takes_more(check: &Check<'_>, own: &Taken) -> Result<bool> {
    let longer = |before: Option<Date>| before.is_some_and(|before| own.ends_on.is_none_or(|ends_on| ends_on > before));
    let before = check.before::<LicenseAssignment>()?;
    Ok(before.is_none_or(|before| own.quantity > before.quantity.0 || own.starts_on < before.starts_on || longer(before.ends_on)))
}

/// Whether a licence with that metric counts what is in that collection.
fn counts(metric: LicenseMetric, collection: &str) -> bool {
    match metric {
        LicenseMetric::User => collection == "teams/people",
        LicenseMetric::Device => HOSTS.contains(&collection),
        LicenseMetric::Core => HOSTS.contains(&collection) || collection == "infrastructure/clusters",
        LicenseMetric::Site => collection == "infrastructure/sites",
        LicenseMetric::Subscription => true,
    }
}

/// The most of a licence that is assigned on any day of a span, that share included and the record that is written left out.
pub fn most_taken(check: &mut Check<'_>, license: Id, own: &Taken) -> Result<i64> {
    let lasts = license_assignments::ends_on.is_null().or(license_assignments::ends_on.ge(own.starts_on));
    let mut query = license_assignments::table
        .filter(license_assignments::license_id.eq(license))
        .filter(license_assignments::id.ne(check.id))
        .filter(lasts)
        .select((license_assignments::starts_on, license_assignments::ends_on, license_assignments::quantity))
        .into_boxed();
    if let Some(ends_on) = own.ends_on {
        query = query.filter(license_assignments::starts_on.le(ends_on));
    }
    let others: Vec<Taken> = query.load(check.connection)?;
    Ok(peak(own, others.into_iter()))
}

/// The greatest sum on any day of the first share, of it and the others that overlap with it.
fn peak(own: &Taken, others: impl Iterator<Item = Taken>) -> i64 {
    let mut steps: Vec<(Date, i64)> = Vec::new();
    for other in others {
        steps.push((other.starts_on.max(own.starts_on), other.quantity));
        steps.extend(other.ends_on.map(|ends_on| (ends_on.plus_days(1), -other.quantity)));
    }
    // On the same day, what ends goes before what starts.
    steps.sort_unstable();
    let running = steps.iter().scan(own.quantity, |taken, (_, step)| {
        *taken += step;
        Some(*taken)
    });
    running.max().unwrap_or(own.quantity).max(own.quantity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(starts_on: &str, ends_on: Option<&str>, quantity: i64) -> Taken {
        Taken { starts_on: Date::sample(starts_on), ends_on: ends_on.map(Date::sample), quantity }
    }

    #[test]
    fn shares_that_follow_each_other_are_not_added_up() {
        let others = [taken("2026-01-01", Some("2026-03-31"), 5), taken("2026-04-01", None, 5)];
        assert_eq!(peak(&taken("2026-02-01", None, 1), others.into_iter()), 6);
    }

    #[test]
    fn a_share_that_starts_later_counts_against_one_that_lasts() {
        assert_eq!(peak(&taken("2026-02-01", None, 1), [taken("2027-01-01", None, 9)].into_iter()), 10);
        assert_eq!(peak(&taken("2026-02-01", None, 1), std::iter::empty()), 1);
    }
}
