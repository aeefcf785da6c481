//! Labor rates: what an hour of a person, or of anybody in a role, costs.

use crate::resource::value::{Date, PreciseMoney};
use crate::resource::{Id, Resource, Rule, Scope, ValidationErrors};

crate::resource! {
    /// What an hour costs, of a person or of anybody in a role, over a span of days. Spans of the same do not overlap.
    pub struct LaborRate {
        /// Whose rate it is: a person, or a role profile for anybody in that role.
        #[field(refers_to(&["teams/people", "teams/role-profiles"]), fixed)]
        pub subject_id: Id,
        /// What one hour costs, with up to 12 decimals.
        #[field(restricted)]
        pub hourly_rate: PreciseMoney,
        /// First day.
        pub starts_on: Date,
        /// Last day; none while it lasts.
        pub ends_on: Option<Date>,
    }
}

impl Resource for LaborRate {
    const PATH: &'static str = "finance/labor-rates";
    type Table = steward_schema::finance::labor_rates::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "starts_on";
    const RULES: &'static [Rule] = &[Rule::NoOverlap { same: &["subject_id"], starts: "starts_on", ends: "ends_on" }];

    fn sample() -> Self {
        LaborRate {
            subject_id: Id::sample(),
            hourly_rate: PreciseMoney::sample("87.50", "EUR"),
            starts_on: Date::sample("2026-01-01"),
            ends_on: Date::parse("2026-12-31"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), self.ends_on, "ends_on");
    }
}
