//! Fiscal years: the years for which money is planned and counted.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Currency, Date, Money, Note, Title, Whole};
use steward_core::resource::{Check, Lock, Resource, Rule, Scope, Unique, ValidationErrors};
use steward_schema::finance::fiscal_periods;

/// What is locked while a year or one of its periods is written.
pub const CALENDAR: &str = "finance.fiscal_years";

steward_core::resource! {
    /// Fiscal year of the organisation, not necessarily a calendar year. Its periods tile it, and fiscal years do not overlap.
    pub struct FiscalYear {
        /// Short code, unique, such as FY2026.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the fiscal year.
        #[field(search)]
        pub name: Title,
        /// First day of the year.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the year.
        #[field(event)]
        pub ends_on: Date,
        /// Revenue of the organisation in the year, for spending as a percentage of it.
        pub revenue: Option<Money>,
        /// Employees of the organisation in the year, for spending per employee.
        pub headcount: Option<Whole<0, 1_000_000_000>>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for FiscalYear {
    const PATH: &'static str = "finance/fiscal-years";
    type Table = steward_schema::finance::fiscal_years::table;
    const SCOPE: Scope = Scope::Shared;
    const UNIQUE: &'static [Unique] = &[Unique { index: "fiscal_years_code_key", fields: &["code"] }];
    const RULES: &'static [Rule] = &[Rule::NoOverlap { same: &[], starts: "starts_on", ends: "ends_on" }];

    fn sample() -> Self {
        FiscalYear {
            code: "FY2026".into(),
            name: "Fiscal year 2026".into(),
            starts_on: Date::sample("2026-01-01"),
            ends_on: Date::sample("2026-12-31"),
            revenue: Some(Money::new(125_000_000_000, Currency::sample("EUR"))),
            headcount: Some(Whole(3_200)),
            description: Some("Follows the calendar, with twelve months and a period for the closing entries.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Named(CALENDAR.into())]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let outside = fiscal_periods::table
            .filter(fiscal_periods::fiscal_year_id.eq(check.id))
            .filter(fiscal_periods::starts_on.lt(self.starts_on).or(fiscal_periods::ends_on.gt(self.ends_on)));
        if select(exists(outside)).get_result(check.connection)? {
            return Err(Problem::conflict("/ends_on", "periods_outside", "Some of its periods would lie outside the year. Change those first.").into());
        }
        Ok(())
    }
}
