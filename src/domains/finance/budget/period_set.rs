//! The periods of a fiscal year in one step: months or quarters, and one for closing entries.

use super::fiscal_period::FiscalPeriod;
use super::fiscal_year::FiscalYear;
use super::period_cover::Span;
use chrono::{Datelike, Months};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Date, Title, Whole};
use steward_core::resource::{Id, Resource};
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, IdOf, NoQuery};
use steward_schema::finance::fiscal_periods;
use utoipa::ToSchema;

/// `POST finance/fiscal-years/{id}/make-periods`.
#[derive(Debug)]
pub struct MakePeriods;

choice! {
    /// Length of the periods of a fiscal year.
    pub enum PeriodLength {
        /// A month.
        Month = "month",
        /// Three months.
        Quarter = "quarter",
    }
}

steward_core::value! {
    /// Periods of a fiscal year to make.
    pub struct PeriodPlan {
        /// Length of each period, counted from the first day of the year.
        #[field(default(|| json!("month")))]
        pub length: PeriodLength,
        /// Adds a period for closing entries on the last day of the year, such as period 13.
        #[field(default(|| json!(false)))]
        pub adjustment: bool,
    }
}

/// Period made.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodMade {
    /// Id of the period.
    pub id: IdOf<FiscalPeriod>,
    /// Number in the year.
    pub number: Whole<1, 366>,
    /// Name of the period.
    pub name: Title,
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// True for the period of closing entries.
    pub adjustment: bool,
}

/// Periods of a fiscal year.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodsMade {
    /// Fiscal year.
    pub fiscal_year_id: IdOf<FiscalYear>,
    /// Periods of the year, in order.
    pub data: Vec<PeriodMade>,
}

impl Action for MakePeriods {
    const PATH: &'static str = "finance/fiscal-years/{id}/make-periods";
    const OPERATION_ID: &'static str = "make_fiscal_periods";
    const SUMMARY: &'static str = "Make the periods of a fiscal year";
    const DESCRIPTION: &'static str = "Periods that tile a fiscal year: months or quarters from its first day on, the last one cut at its end, all open. \
        With `adjustment` also one for closing entries on its last day. Months that begin on the first are named after the month, others by their number. A year that has periods is refused (409).";
    const PERMISSIONS: &'static [&'static str] = &["finance.fiscal_periods:create", "finance.fiscal_years:read"];
    type Query = NoQuery;
    type Body = PeriodPlan;
    type Prepared = PeriodPlan;
    type Answer = PeriodsMade;

    fn example(_: &str) -> Value {
        json!({"length": "month", "adjustment": true})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, plan: &PeriodPlan) -> Result<Outcome> {
        let id = call.id()?;
        let (_, year) = writer.reader().get_typed::<FiscalYear>(id)?;
        let own = fiscal_periods::table.filter(fiscal_periods::fiscal_year_id.eq(id));
        if select(exists(own)).get_result(writer.connection)? {
            let detail = format!("Fiscal year {} has periods already. Change those, or delete them from the last one back.", year.code.0);
            return Err(Problem::conflict("", "duplicate", detail).into());
        }
        let mut made = Vec::new();
        for row in rows(Span { starts_on: year.starts_on, ends_on: year.ends_on }, plan, &year.code) {
            made.push(make(writer, id, row)?);
        }
        let outcome = Outcome::of(201, &PeriodsMade { fiscal_year_id: id.into(), data: made })?;
        Ok(outcome.located(format!("/api/v1/{}/{id}", FiscalYear::PATH)))
    }
}

/// A period to make.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    number: i64,
    name: String,
    span: Span,
    adjustment: bool,
}

fn make(writer: &mut Writer<'_>, year: Id, row: Row) -> Result<PeriodMade> {
    let definition = writer.definition::<FiscalPeriod>()?;
    let Row { number, name, span: Span { starts_on, ends_on }, adjustment } = row;
    let members = json!({
        "fiscal_year_id": year.to_string(), "number": number, "name": name, "starts_on": starts_on.to_string(), "ends_on": ends_on.to_string(),
        "adjustment": adjustment
    });
    let members: Map<String, Value> = members.as_object().cloned().unwrap_or_default();
    let id = writer.create(definition, members)?.meta.id;
    Ok(PeriodMade { id: id.into(), number: Whole(number), name: Title::cut(&name), starts_on, ends_on, adjustment })
}

/// The periods that tile a year.
fn rows(year: Span, plan: &PeriodPlan, code: &Code) -> Vec<Row> {
    let months = if plan.length == PeriodLength::Month { 1 } else { 3 };
    let start = |at: u32| year.starts_on.0.checked_add_months(Months::new(months * at)).map(Date).filter(|day| *day <= year.ends_on);
    let mut rows: Vec<Row> = Vec::new();
    while let Some(starts_on) = start(rows.len() as u32).filter(|_| rows.len() < 365) {
        let number = rows.len() as i64 + 1;
        let next = start(rows.len() as u32 + 1).and_then(|next| next.0.pred_opt()).map(Date);
        let span = Span { starts_on, ends_on: next.unwrap_or(year.ends_on) };
        rows.push(Row { number, name: named(plan.length, starts_on, number), span, adjustment: false });
    }
    if plan.adjustment {
        let span = Span { starts_on: year.ends_on, ends_on: year.ends_on };
        rows.push(Row { number: rows.len() as i64 + 1, name: format!("Adjustments {}", code.0), span, adjustment: true });
    }
    rows
}

/// The name of a period: its month, where it begins with one.
fn named(length: PeriodLength, starts_on: Date, number: i64) -> String {
    match length {
        PeriodLength::Month if starts_on.0.day() == 1 => starts_on.0.format("%B %Y").to_string(),
        PeriodLength::Month => format!("Period {number}"),
        PeriodLength::Quarter => format!("Quarter {number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(starts_on: &str, ends_on: &str, length: PeriodLength, adjustment: bool) -> Vec<(i64, String, String, String)> {
        let year = Span { starts_on: Date::sample(starts_on), ends_on: Date::sample(ends_on) };
        let rows = rows(year, &PeriodPlan { length, adjustment }, &"FY26".into());
        rows.into_iter().map(|row| (row.number, row.name, row.span.starts_on.to_string(), row.span.ends_on.to_string())).collect()
    }

    #[test]
    fn months_tile_a_year_and_the_adjustments_lie_over_its_last_day() {
        let year = made("2026-04-01", "2027-03-31", PeriodLength::Month, true);
        assert_eq!(year.len(), 13);
        let row = |number, name: &str, first: &str, last: &str| (number, name.to_owned(), first.to_owned(), last.to_owned());
        assert_eq!(year[0], row(1, "April 2026", "2026-04-01", "2026-04-30"));
        assert_eq!(year[10], row(11, "February 2027", "2027-02-01", "2027-02-28"));
        assert_eq!(year[12], row(13, "Adjustments FY26", "2027-03-31", "2027-03-31"));
    }

    #[test]
    fn a_year_that_begins_within_a_month_has_months_of_its_own() {
        // The British tax year.
        let year = made("2026-04-06", "2027-04-05", PeriodLength::Month, false);
        assert_eq!((year.len(), year[0].3.as_str(), year[11].2.as_str(), year[11].3.as_str()), (12, "2026-05-05", "2027-03-06", "2027-04-05"));
        assert_eq!(year[1].1, "Period 2");
    }

    #[test]
    fn a_short_year_ends_with_a_short_period() {
        let year = made("2026-01-01", "2026-08-15", PeriodLength::Quarter, false);
        assert_eq!(year.iter().map(|row| row.3.as_str()).collect::<Vec<_>>(), ["2026-03-31", "2026-06-30", "2026-08-15"]);
    }

    #[test]
    fn months_from_the_end_of_a_month_meet_without_gap() {
        let year = made("2026-01-31", "2027-01-30", PeriodLength::Month, false);
        assert_eq!((year.len(), year[1].2.as_str(), year[1].3.as_str(), year[2].2.as_str()), (12, "2026-02-28", "2026-03-30", "2026-03-31"));
    }
}
