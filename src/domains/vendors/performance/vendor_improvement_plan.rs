//! Vendor improvement plans: what a vendor does to become better, and how one will see it.

use crate::contract::contract_version::Party;
use crate::order::invoice::require_not_future;
use serde_json::json;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Resource, Rule, Scope, ValidationErrors};

steward_core::value! {
    /// Step of an improvement plan.
    pub struct ImprovementStep {
        /// Work to be done.
        pub title: Title,
        /// Party that does the work.
        pub party: Party,
        /// Due day.
        pub due_on: Date,
        /// Day of completion, not in the future; null while it is not done.
        pub done_on: Option<Date>,
    }
}

steward_core::resource! {
    /// Improvement plan of a vendor, with steps, due day and success criteria.
    pub struct VendorImprovementPlan {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Contract concerned.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Scorecard that led to the plan.
        #[field(refers_to(&["vendors/scorecards"]))]
        pub scorecard_id: Option<Id>,
        /// Title of the plan.
        #[field(search)]
        pub title: Title,
        /// Problem to be solved.
        #[field(search)]
        pub problem: Note,
        /// Cause of the problem.
        #[field(search)]
        pub cause: Option<Note>,
        /// Success criteria, best with a number.
        pub success_criteria: Note,
        /// Steps of the plan.
        #[field(default(|| json!([])))]
        pub steps: Vec<ImprovementStep>,
        /// Person who follows up the plan.
        #[field(refers_to(&["teams/people"]))]
        pub responsible_id: Option<Id>,
        /// First day of the plan.
        #[field(event)]
        pub starts_on: Date,
        /// Day by which the problem must be solved.
        #[field(deadline)]
        pub due_on: Date,
        /// Consequence of a failure, such as a reduction of the volume or the exit.
        pub consequence: Option<Note>,
        /// Outcome of the plan.
        #[field(search)]
        pub outcome: Option<Note>,
    }
}

impl Resource for VendorImprovementPlan {
    const PATH: &'static str = "vendors/vendor-improvement-plans";
    type Table = steward_schema::vendors::vendor_improvement_plans::table;
    const SCOPE: Scope = Scope::Within("vendor_id");
    const TITLE: &'static str = "title";
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "contract_id", theirs: "vendor_id", ours: "vendor_id" },
        Rule::Agrees { by: "scorecard_id", theirs: "vendor_id", ours: "vendor_id" },
    ];
    const GUARDS: &'static [Guard] = &[Guard::set(&["agreed"], &["steps"]), Guard::set(&["completed", "failed"], &["outcome"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→agreed:agree→in_progress:start→completed:complete|failed:fail; cancelled:cancel";
        Some(Lifecycle::new(notation).given_up(&["cancelled"]))
    }

    fn sample() -> Self {
        VendorImprovementPlan {
            vendor_id: Id::sample(),
            contract_id: None,
            scorecard_id: None,
            title: "Power of the second feed".into(),
            problem: "The second feed failed twice in the first quarter.".into(),
            cause: Some("The switchgear is past its age.".into()),
            success_criteria: "No failure of the feed in six months.".into(),
            steps: vec![ImprovementStep {
                title: "Replace the switchgear".into(),
                party: Party::Theirs,
                due_on: Date::sample("2026-05-31"),
                done_on: Date::parse("2026-05-28"),
            }],
            responsible_id: None,
            starts_on: Date::sample("2026-04-15"),
            due_on: Date::sample("2026-11-30"),
            consequence: Some("Half of the racks move to another site.".into()),
            outcome: Some("No failure since 28 May.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.due_on), "due_on");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        for (at, step) in self.steps.iter().enumerate() {
            if let Some(done_on) = step.done_on {
                require_not_future(check, &format!("/steps/{at}/done_on"), done_on)?;
            }
        }
        Ok(())
    }
}
