//! Positions: the places that the organisation has for people.

use serde_json::json;
use steward_core::resource::value::{Date, Note, Ratio, Title};
use steward_core::resource::{Guard, Id, Lifecycle, Resource, Scope, ValidationErrors};

steward_core::resource! {
    /// Position in a unit, with a role and its funding, filled or vacant. It is master data: its fields follow the organisation until it is
    /// closed, and its history says what was approved.
    pub struct Position {
        /// Title as advertised.
        #[field(search)]
        pub title: Title,
        /// Role profile of the position.
        #[field(refers_to(&["teams/role-profiles"]))]
        pub role_profile_id: Id,
        /// Full-time equivalent (FTE), from 0 to 1.
        #[field(default(|| json!(1)))]
        pub fte: Ratio,
        /// Budget line that funds the position.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// Holder of the position; required for filling it.
        #[field(refers_to(&["teams/people"]))]
        pub holder_id: Option<Id>,
        /// First day on which it is needed.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day of a temporary position.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Place of work.
        pub location: Option<Title>,
        /// Justification of the position.
        pub justification: Option<Note>,
    }
}

impl Resource for Position {
    const PATH: &'static str = "teams/positions";
    type Table = steward_schema::teams::positions::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["role_profile_id"];
    const TITLE: &'static str = "title";
    const GUARDS: &'static [Guard] = &[Guard::set(&["filled"], &["holder_id"]), Guard::referred(&["filled"], "holder_id", &["invited", "active", "on_leave"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(
            Lifecycle::new("planned→approved:approve→open→filled:fill|closed:close; filled→open|closed")
                .named("filled", "open", "reopen")
                .approving(&["approve"]),
        )
    }

    fn sample() -> Self {
        Position {
            title: "Network engineer, Rotterdam".into(),
            role_profile_id: Id::sample(),
            fte: steward_core::resource::value::Number(0.9),
            budget_line_id: None,
            holder_id: None,
            starts_on: Date::parse("2026-09-01"),
            ends_on: Date::parse("2028-08-31"),
            location: Some("Rotterdam".into()),
            justification: Some("One person keeps the core networks of two sites.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
    }
}
