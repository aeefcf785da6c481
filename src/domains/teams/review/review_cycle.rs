//! Review cycles: when performance is reviewed, and on which scale.

use serde_json::json;
use steward_core::resource::value::{Code, Date, Note, Title, Whole};
use steward_core::resource::{Lifecycle, Own, Resource, Scope, Unique, ValidationErrors};

steward_core::resource! {
    /// Cycle of performance reviews over a period of work, with the due dates of its steps.
    pub struct ReviewCycle {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the cycle.
        #[field(search)]
        pub name: Title,
        /// First day of the period reviewed.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the period reviewed.
        #[field(event)]
        pub ends_on: Date,
        /// Due date of the self-reviews.
        #[field(deadline)]
        pub self_due_on: Option<Date>,
        /// Due date of the peer reviews.
        #[field(deadline)]
        pub peer_due_on: Option<Date>,
        /// Due date of the manager reviews.
        #[field(deadline)]
        pub manager_due_on: Option<Date>,
        /// Due date of the calibration.
        #[field(deadline)]
        pub calibration_due_on: Option<Date>,
        /// Best rating of the scale; the worst is 1.
        #[field(default(|| json!(5)))]
        pub greatest_rating: Whole<2, 10>,
        /// Meaning of the ratings, and criteria of the reviews.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for ReviewCycle {
    const PATH: &'static str = "teams/review-cycles";
    type Table = steward_schema::teams::review_cycles::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::unit()];
    const UNIQUE: &'static [Unique] = &[Unique { index: "review_cycles_code_key", fields: &["code"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→open→closed:close"))
    }

    fn sample() -> Self {
        ReviewCycle {
            code: "REVIEW-2026".into(),
            name: "Performance review 2026".into(),
            starts_on: Date::sample("2026-01-01"),
            ends_on: Date::sample("2026-12-31"),
            self_due_on: Date::parse("2027-01-15"),
            peer_due_on: Date::parse("2027-01-31"),
            manager_due_on: Date::parse("2027-02-15"),
            calibration_due_on: Date::parse("2027-02-28"),
            greatest_rating: Whole(5),
            description: Some("3 is what was agreed; 5 is far more.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
        faults.span(self.self_due_on, self.peer_due_on, "peer_due_on");
        faults.span(self.peer_due_on, self.manager_due_on, "manager_due_on");
        faults.span(self.manager_due_on, self.calibration_due_on, "calibration_due_on");
    }
}
