//! Status reports: how a project stands, for those who steer it.

use super::status::Colour;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Number, Percent, Whole};
use steward_core::resource::{Check, Id, Lifecycle, Resource, Scope, Unique, UnmetGuard, ValidationErrors};

steward_core::value! {
    /// Facts from the data on the day of the report.
    pub struct ReportFacts {
        /// Progress in percent of the work.
        pub progress_percent: Option<Percent>,
        /// Slip in working days against the baseline; negative if the end was earlier.
        pub slip_days: Option<Whole<-1_000_000, 1_000_000>>,
        /// Scope change in percent against the baseline.
        pub scope_change_percent: Option<Number<0, 1_000_000_000>>,
        /// Colour of time.
        pub time: Option<Colour>,
        /// Colour of cost.
        pub cost: Option<Colour>,
        /// Colour of scope.
        pub scope: Option<Colour>,
        /// Colour of quality.
        pub quality: Option<Colour>,
        /// Colour of risk.
        pub risk: Option<Colour>,
        /// Colour of benefit.
        pub benefit: Option<Colour>,
        /// Worst of the six colours.
        pub overall: Option<Colour>,
    }
}

steward_core::resource! {
    /// Status report of a project on a day: facts from the data, taken by `/facts`, and the comments of its manager. Once published it is
    /// immutable.
    pub struct StatusReport {
        /// Project of the report.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Date of the report; a project has one a day.
        #[field(unique, happened)]
        pub reported_on: Date,
        /// First day of the reporting period.
        pub starts_on: Option<Date>,
        /// Last day of the reporting period.
        pub ends_on: Option<Date>,
        /// Facts from the data, taken by `/facts`; required for a published report.
        #[field(read_only)]
        pub facts: Option<ReportFacts>,
        /// Comment of the project manager.
        #[field(search)]
        pub comment: Option<Note>,
        /// Achievements in the period.
        #[field(search)]
        pub achievements: Option<Note>,
        /// Next steps.
        #[field(search)]
        pub next_steps: Option<Note>,
        /// Decisions needed from the steering committee.
        #[field(search)]
        pub decisions_needed: Option<Note>,
        /// Author of the report.
        #[field(refers_to(&["teams/people"]))]
        pub reporter_id: Option<Id>,
    }
}

impl Resource for StatusReport {
    const PATH: &'static str = "projects/status-reports";
    type Table = steward_schema::projects::status_reports::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const BEGINS_AT_ONCE: bool = true;
    const TITLE: &'static str = "reported_on";
    const UNIQUE: &'static [Unique] = &[Unique { index: "status_reports_reported_on_key", fields: &["project_id", "reported_on"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→published:publish"))
    }

    fn sample() -> Self {
        StatusReport {
            project_id: Id::sample(),
            reported_on: Date::sample("2026-05-29"),
            starts_on: Date::parse("2026-05-01"),
            ends_on: Date::parse("2026-05-29"),
            facts: Some(ReportFacts {
                progress_percent: Some(Number(42.5)),
                slip_days: Some(Whole(6)),
                scope_change_percent: Some(Number(4.0)),
                time: Some(Colour::Amber),
                cost: Some(Colour::Green),
                scope: Some(Colour::Green),
                quality: Some(Colour::Amber),
                risk: Some(Colour::Green),
                benefit: None,
                overall: Some(Colour::Amber),
            }),
            comment: Some("The late power costs a week; the plan absorbs it.".into()),
            achievements: Some("The core network stands and was tested.".into()),
            next_steps: Some("The first service moves on 12 June.".into()),
            decisions_needed: Some("Whether the generator is rented for six weeks.".into()),
            reporter_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
    }

    fn unmet_in(&self, state: &str, _: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let missing = state == "published" && self.facts.is_none();
        let unmet = || UnmetGuard::new("/facts", "required", "The report has no facts: take them from the data first (POST status-reports/{id}/facts).");
        Ok(missing.then(unmet).into_iter().collect())
    }
}
