//! Fiscal periods: the months or quarters that tile a fiscal year, and whether they still take postings.

use super::fiscal_year::CALENDAR;
use super::period_closing;
use super::period_cover::{self, Gap, Span};
use diesel::dsl::not;
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Instant, Title, Whole};
use steward_core::resource::{Cause, Check, Id, Lifecycle, Lock, Move, PartOf, Resource, Scope, Unique, UnmetGuard, ValidationErrors};
use steward_schema::finance::{fiscal_periods, fiscal_years};

steward_core::resource! {
    /// Fiscal period: a part of a fiscal year. The periods of a year follow each other without gap or overlap; adjustment periods, for
    /// closing the year, overlap its last day. The closing checklist names what is open in it. A closed
    /// period refuses postings; reopening it has its own permission.
    pub struct FiscalPeriod {
        /// Fiscal year of the period.
        #[field(refers_to(&["finance/fiscal-years"]))]
        pub fiscal_year_id: Id,
        /// Number in the year, from 1; unique in the year. Budget lines refer to it in their amounts.
        pub number: Whole<1, 366>,
        /// Name of the period.
        #[field(search)]
        pub name: Title,
        /// First day of the period.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the period.
        #[field(event)]
        pub ends_on: Date,
        /// True for a period of closing entries, such as period 13: it ends with the year and may overlap its last days.
        #[field(default(|| json!(false)))]
        pub adjustment: bool,
        /// Time at which it was closed; null while it is not.
        #[field(read_only)]
        pub closed_at: Option<Instant>,
    }
}

impl Resource for FiscalPeriod {
    const PATH: &'static str = "finance/fiscal-periods";
    type Table = steward_schema::finance::fiscal_periods::table;
    const SCOPE: Scope = Scope::Within("fiscal_year_id");
    const PART_OF: Option<PartOf> = Some(PartOf::of("fiscal_year_id"));
    const UNIQUE: &'static [Unique] = &[Unique { index: "fiscal_periods_number_key", fields: &["fiscal_year_id", "number"] }];
    const EDITABLE_IN: &'static [&'static str] = &["open"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("open↔soft_closed:soft_close→closed:close→open").named("closed", "open", "reopen"))
    }

    fn sample() -> Self {
        FiscalPeriod {
            fiscal_year_id: Id::sample(),
            number: Whole(1),
            name: "January 2026".into(),
            starts_on: Date::sample("2026-01-01"),
            ends_on: Date::sample("2026-01-31"),
            adjustment: false,
            closed_at: None,
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let Some(to) = cause.to() else { return Ok(None) };
        Ok(Some(FiscalPeriod { closed_at: (to == "closed").then_some(check.now), ..self.clone() }))
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Named(CALENDAR.into())]
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "closed" {
            return Ok(Vec::new());
        }
        let earlier = period_closing::earlier_open(check, check.id)?;
        let told = |(number, name): (i64, Title)| {
            let detail = format!("Period {number} \"{}\" of the year is not closed. Periods are closed in order: close that one first.", name.0);
            UnmetGuard::new("", "order", detail)
        };
        Ok(earlier.map(told).into_iter().collect())
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let days = (fiscal_years::starts_on, fiscal_years::ends_on);
        let year: Option<Span> = fiscal_years::table.find(self.fiscal_year_id).select(days).first(check.connection).optional()?;
        let Some(year) = year else { return Ok(()) };
        let own = Span { starts_on: self.starts_on, ends_on: self.ends_on };
        let others = if self.adjustment { Vec::new() } else { regular_periods(check, self.fiscal_year_id)? };
        let (pointer, code, detail) = match period_cover::fault(year, own, self.adjustment, &others) {
            None => return Ok(()),
            Some(Gap::Outside) => ("/ends_on", "outside", "The period lies outside its year. Choose days of the year."),
            Some(Gap::NotAtTheEnd) => ("/ends_on", "not_at_the_end", "An adjustment period ends on the last day of its year."),
            Some(Gap::Overlap) => ("/starts_on", "overlap", "Another period of the year has some of these days already. Periods do not overlap."),
            Some(Gap::Between) => {
                ("/starts_on", "gap", "That leaves days between the periods of the year. Let it start on the day after the period before it.")
            }
        };
        Err(Problem::conflict(pointer, code, detail).into())
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        let others = if self.adjustment { Vec::new() } else { regular_periods(check, self.fiscal_year_id)? };
        let before = others.iter().any(|other| other.starts_on < self.starts_on);
        if before && others.iter().any(|other| other.starts_on > self.starts_on) {
            return Err(Problem::conflict("", "gap", "That would leave days between the periods of the year. Delete from the last one back.").into());
        }
        Ok(())
    }
}

/// The other periods of a year that tile it.
fn regular_periods(check: &mut Check<'_>, year: Id) -> Result<Vec<Span>> {
    Ok(fiscal_periods::table
        .filter(fiscal_periods::fiscal_year_id.eq(year).and(not(fiscal_periods::adjustment)).and(fiscal_periods::id.ne(check.id)))
        .select((fiscal_periods::starts_on, fiscal_periods::ends_on))
        .load(check.connection)?)
}
