//! Service level targets: what a vendor promised, and what it owes when it falls short.

use crate::contract::amended_part::{require_both_open, require_open, require_recordable};
use chrono::{Datelike, Days, Months, NaiveDate};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Number, Percent, Text, Title, folded};
use steward_core::resource::{Check, Id, Lock, Model, PartOf, Resource, Rule, Scope, ValidationErrors};
use steward_schema::vendors::sla_targets;

choice! {
    /// Metric of a service level target.
    pub enum SlaMetric {
        /// Share of the time in which the service works.
        Availability = "availability",
        /// Time to a response.
        ResponseTime = "response_time",
        /// Time to resolution.
        ResolutionTime = "resolution_time",
        /// Time to delivery.
        DeliveryTime = "delivery_time",
        /// Volume processed.
        Throughput = "throughput",
        /// Share without defects.
        Quality = "quality",
        /// Anything else.
        Other = "other",
    }
}

choice! {
    /// Direction in which a target is met.
    pub enum Direction {
        /// Target value or above.
        AtLeast = "at_least",
        /// Target value or below.
        AtMost = "at_most",
    }
}

choice! {
    /// Measurement window of a target.
    pub enum SlaWindow {
        /// A day.
        Day = "day",
        /// A week.
        Week = "week",
        /// A calendar month.
        Month = "month",
        /// A quarter of the calendar year.
        Quarter = "quarter",
        /// A calendar year.
        Year = "year",
    }
}

steward_core::value! {
    /// Credit owed from a value on.
    pub struct CreditTier {
        /// Threshold of the credit: below it for a target of `at_least`, above it for one of `at_most`.
        pub beyond: Number<0, 1000000000>,
        /// Share of the fee of the window that is owed, in percent.
        pub credit_percent: Percent,
    }
}

steward_core::resource! {
    /// Service level that a vendor promised under a contract, with its measurement and the credits owed for a breach. Once the contract is
    /// approved it is fixed, except for `service_id`: it changes by a new target that replaces it, written under an amendment while that is a
    /// draft. A metric of a service that has no target yet may be recorded once the contract is signed.
    pub struct SlaTarget {
        /// The contract.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Id,
        /// Amendment under which the target is written, once the contract is approved. The target holds once the amendment has taken effect.
        #[field(refers_to(&["vendors/amendments"]))]
        pub amendment_id: Option<Id>,
        /// Target of the same contract that this one replaces: it ends the day before this one begins, once the amendment takes effect.
        #[field(refers_to(&["vendors/sla-targets"]))]
        pub replaces_id: Option<Id>,
        /// Own service that depends on it.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Metric measured.
        pub metric: SlaMetric,
        /// Target value, in its unit.
        pub target: Number<0, 1000000000>,
        /// Unit of the target, such as percent or minutes.
        pub unit: Text<1, 40>,
        /// Direction in which the target is met.
        #[field(default(|| json!("at_least")))]
        pub direction: Direction,
        /// Measurement window.
        #[field(default(|| json!("month")))]
        pub measurement_window: SlaWindow,
        /// Service hours, such as around the clock or on working days from 8 to 18.
        pub service_hours: Option<Title>,
        /// Method of measurement, with its place and the measuring party.
        pub method: Option<Note>,
        /// Exclusions, such as announced maintenance.
        pub exclusions: Option<Note>,
        /// Tiers of the credit, the mildest first; the worst that applies counts.
        #[field(default(|| json!([])))]
        pub credit_tiers: Vec<CreditTier>,
        /// Maximum credit for a window, in percent of its fee.
        pub credit_cap_percent: Option<Percent>,
        /// Days after the end of a window within which a credit must be claimed.
        pub claim_days: Option<steward_core::resource::value::Whole<0, 3650>>,
        /// First day of validity.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of validity; null while the contract lasts.
        #[field(event)]
        pub ends_on: Option<Date>,
    }
}

impl Resource for SlaTarget {
    const PATH: &'static str = "vendors/sla-targets";
    type Table = steward_schema::vendors::sla_targets::table;
    const SCOPE: Scope = Scope::Within("contract_id");
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("contract_id", &["draft", "in_review", "approved", "signed", "active", "suspended"]));
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "amendment_id", theirs: "contract_id", ours: "contract_id" },
        Rule::Agrees { by: "replaces_id", theirs: "contract_id", ours: "contract_id" },
    ];

    fn sample() -> Self {
        let tier = |beyond, percent| CreditTier { beyond: Number(beyond), credit_percent: Number(percent) };
        SlaTarget {
            contract_id: Id::sample(),
            amendment_id: None,
            replaces_id: None,
            service_id: None,
            name: "Availability of power".into(),
            metric: SlaMetric::Availability,
            target: Number(99.99),
            unit: "percent".into(),
            direction: Direction::AtLeast,
            measurement_window: SlaWindow::Month,
            service_hours: Some("Around the clock".into()),
            method: Some("Measured by the vendor at both feeds of each rack.".into()),
            exclusions: Some("Maintenance announced ten days before.".into()),
            credit_tiers: vec![tier(99.99, 5.0), tier(99.9, 15.0), tier(99.0, 30.0)],
            credit_cap_percent: Some(Number(30.0)),
            claim_days: Some(steward_core::resource::value::Whole(60)),
            starts_on: Date::sample("2023-01-01"),
            ends_on: Date::parse("2026-12-31"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), self.ends_on, "ends_on");
        let amends = self.replaces_id.is_none() || self.amendment_id.is_some();
        faults.require(amends, "amendment_id", "required", "A target is replaced under an amendment. Name it, or change the target itself.");
        let worse = |first: f64, then: f64| match self.direction {
            Direction::AtLeast => then < first,
            Direction::AtMost => then > first,
        };
        let beyond_target = self.credit_tiers.iter().all(|tier| tier.beyond == self.target || worse(self.target.0, tier.beyond.0));
        faults.require(beyond_target, "credit_tiers", "range", "A credit is owed only where the target is missed.");
        let share = self.metric == SlaMetric::Availability || is_percent(&self.unit.0);
        let within = |value: f64| !share || value <= 100.0;
        faults.require(within(self.target.0), "target", "range", "A share is at most 100 percent.");
        faults.require(self.credit_tiers.iter().all(|tier| within(tier.beyond.0)), "credit_tiers", "range", "A share is at most 100 percent.");
        let pairs = self.credit_tiers.iter().zip(self.credit_tiers.iter().skip(1));
        let ordered = pairs.into_iter().all(|(mild, hard)| worse(mild.beyond.0, hard.beyond.0) && hard.credit_percent.0 >= mild.credit_percent.0);
        faults.require(ordered, "credit_tiers", "order", "List the mildest first: each further one is worse and owes as much or more.");
    }

    fn locks(&self) -> Vec<Lock> {
        [Some(self.contract_id), self.amendment_id].into_iter().flatten().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if let Some(before) = check.before::<SlaTarget>()? {
            let same = SlaTarget { service_id: before.service_id, ..self.clone() };
            if Model::to_json(&same) == Model::to_json(before) {
                return Ok(());
            }
            require_both_open(check, (before.contract_id, before.amendment_id), (self.contract_id, self.amendment_id))?;
        } else if self.is_known(check)? {
            require_open(check, self.contract_id, self.amendment_id)?;
        } else {
            require_recordable(check, self.contract_id, self.amendment_id)?;
        }
        let Some(replaced) = self.replaces_id else { return Ok(()) };
        let began: Option<Date> = sla_targets::table.find(replaced).select(sla_targets::starts_on).first(check.connection).optional()?;
        match began.filter(|began| replaced == check.id || self.starts_on <= *began) {
            Some(began) => {
                let detail = format!("The target that it replaces begins on {began}: a replacement begins later. Set starts_on.");
                Err(Problem::conflict("/replaces_id", "before_start", detail).into())
            }
            None => Ok(()),
        }
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_open(check, self.contract_id, self.amendment_id)
    }
}

/// True if a unit is that of a share.
pub fn is_percent(unit: &str) -> bool {
    matches!(folded(unit).as_str(), "percent" | "per cent" | "pct" | "%")
}

impl SlaTarget {
    /// True if the contract promises another level of the metric for the service.
    fn is_known(&self, check: &mut Check<'_>) -> Result<bool> {
        let others = sla_targets::table
            .filter(sla_targets::contract_id.eq(self.contract_id).and(sla_targets::metric.eq(self.metric)))
            .filter(sla_targets::id.ne(check.id));
        let services: Vec<Option<Id>> = others.select(sla_targets::service_id).load(check.connection)?;
        Ok(services.contains(&self.service_id))
    }
}

impl SlaWindow {
    /// The first and the last day of the window that a day is in.
    pub fn around(self, day: Date) -> Option<(Date, Date)> {
        let month = |date: NaiveDate, number: u32| date.with_day(1)?.with_month(number);
        let (first, months) = match self {
            SlaWindow::Day => return Some((day, day)),
            SlaWindow::Week => {
                let first = day.0.checked_sub_days(Days::new(day.0.weekday().num_days_from_monday().into()))?;
                return Some((Date(first), Date(first.checked_add_days(Days::new(6))?)));
            }
            SlaWindow::Month => (day.0.with_day(1)?, 1),
            SlaWindow::Quarter => (month(day.0, day.0.month0() / 3 * 3 + 1)?, 3),
            SlaWindow::Year => (month(day.0, 1)?, 12),
        };
        Some((Date(first), Date(first.checked_add_months(Months::new(months))?.pred_opt()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_one_of_the_calendar() {
        let around = |window: SlaWindow, day: &str| window.around(Date::sample(day)).map(|(first, last)| [first.to_string(), last.to_string()]);
        let days = |first: &str, last: &str| Some([first.to_owned(), last.to_owned()]);
        assert_eq!(around(SlaWindow::Month, "2024-02-29"), days("2024-02-01", "2024-02-29"));
        assert_eq!(around(SlaWindow::Quarter, "2026-05-31"), days("2026-04-01", "2026-06-30"));
        assert_eq!(around(SlaWindow::Year, "2026-01-01"), days("2026-01-01", "2026-12-31"));
        assert_eq!(around(SlaWindow::Week, "2026-03-01"), days("2026-02-23", "2026-03-01"), "a Sunday");
    }
}
