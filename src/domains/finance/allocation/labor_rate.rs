//! Labor rates: what an hour of a person, or of anybody in a role, costs.

use steward_core::resource::value::{Date, PreciseMoney};
use steward_core::resource::{Id, Resource, Rule, Scope, ValidationErrors};

steward_core::resource! {
    /// Labour rate: cost per hour of a person, or of any person in a role, over a period. Periods of the same subject do not overlap.
    pub struct LaborRate {
        /// Person, or role profile for any person in that role.
        #[field(refers_to(&["teams/people", "teams/role-profiles"]), fixed)]
        pub subject_id: Id,
        /// Cost per hour, with up to 12 decimals.
        #[field(restricted)]
        pub hourly_rate: PreciseMoney,
        /// First day of validity.
        pub starts_on: Date,
        /// Last day of validity; none while the rate is current.
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
