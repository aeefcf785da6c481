//! Work items: what is to be done in a project, down to the last task.

use super::finished_work::{self, Told};
use super::outside_event;
use super::progress_record::{self, ProgressRecord};
use super::schedule_circle;
use super::work_dependency::WorkDependencyKind;
pub use super::work_kind::{ProgressMethod, WorkKind, WorkStep};
use crate::project::evidence;
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Code, Date, Money, Note, Number, OutlineCode, Percent, Title, Whole};
use steward_core::resource::{Cause, Check, Effect, Guard, Id, Lifecycle, Lock, Move, Own, Resource, Rule, Scope, Unique, UnmetGuard, ValidationErrors};
use steward_schema::projects::{work_dependencies, work_items};

/// Hours of work.
pub type Hours = Number<0, 10_000_000>;

choice! {
    /// Scheduling constraint of a work item.
    pub enum Constraint {
        /// As soon as possible.
        Asap = "asap",
        /// As late as possible.
        Alap = "alap",
        /// Start no earlier than the date.
        Snet = "snet",
        /// Start no later than the date.
        Snlt = "snlt",
        /// Finish no earlier than the date.
        Fnet = "fnet",
        /// Finish no later than the date.
        Fnlt = "fnlt",
        /// Must start on the date.
        Mso = "mso",
        /// Must finish on the date.
        Mfo = "mfo",
    }
}

steward_core::resource! {
    /// Work item of a project: a node of its work breakdown structure. An item with others under it is a summary of them; effort, dates and
    /// cost are counted on the items without others under them.
    pub struct WorkItem {
        /// Project of the work item.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Parent item in the same project. The tree has no cycles, not even together with the dependencies.
        #[field(refers_to(&["projects/work-items"]))]
        pub parent_id: Option<Id>,
        /// Code in the work breakdown structure, such as 1.2.3; unique in the project. Lists are in the order of its numbers: 1.2 before
        /// 1.10.
        #[field(unique, search)]
        pub wbs_code: OutlineCode,
        /// Work item in one line.
        #[field(search)]
        pub name: Title,
        /// Description of the work.
        #[field(search)]
        pub description: Option<Note>,
        /// Kind of work item.
        #[field(default(|| json!("task")))]
        pub kind: WorkKind,
        /// Person responsible for the work.
        #[field(refers_to(&["teams/people"]))]
        pub responsible_id: Option<Id>,
        /// Sprint in which it is done, of the same project.
        #[field(refers_to(&["projects/sprints"]))]
        pub sprint_id: Option<Id>,
        /// Requirement that it serves, of the same project.
        #[field(refers_to(&["projects/scope-items"]))]
        pub scope_item_id: Option<Id>,
        /// Budget line that pays for the hours.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// Working calendar; that of the project if left out.
        #[field(refers_to(&["platform/calendars"]))]
        pub calendar_id: Option<Id>,
        /// Duration in working hours of the calendar; 0 for a milestone.
        pub duration_hours: Option<Hours>,
        /// Effort in hours of people's time; weight of its progress.
        pub effort_hours: Option<Hours>,
        /// Remaining effort in hours.
        pub remaining_hours: Option<Hours>,
        /// Optimistic duration in hours (PERT).
        pub optimistic_hours: Option<Hours>,
        /// Most likely duration in hours (PERT).
        pub most_likely_hours: Option<Hours>,
        /// Pessimistic duration in hours (PERT).
        pub pessimistic_hours: Option<Hours>,
        /// Story points.
        pub story_points: Option<Number<0, 1000>>,
        /// Scheduling constraint.
        #[field(default(|| json!("asap")))]
        pub constraint_kind: Constraint,
        /// Date of the constraint; for all but `asap` and `alap`.
        pub constraint_on: Option<Date>,
        /// Deadline; it does not move the plan, but missing it is reported.
        #[field(deadline)]
        pub deadline_on: Option<Date>,
        /// Planned first day.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Planned last day.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Budget at completion.
        pub budget_at_completion: Option<Money>,
        /// Progress method.
        #[field(default(|| json!("percent")))]
        pub progress_method: ProgressMethod,
        /// Progress in percent; counts where the method is `percent`. 100 once the work is done or its `actual_ends_on` is set, and what was stated
        /// before once it is reopened; each change is recorded in `progress-records`.
        #[field(default(|| json!(0)))]
        pub progress_percent: Percent,
        /// Steps of the work, where they measure its progress: all of them are done before it is.
        #[field(default(|| json!([])))]
        pub steps: Vec<WorkStep>,
        /// Date of the actual start.
        #[field(happened)]
        pub actual_starts_on: Option<Date>,
        /// Date of the actual finish: from then on it counts as finished in schedules and progress, in any state.
        #[field(happened)]
        pub actual_ends_on: Option<Date>,
        /// Rank among work to be done, the smallest first.
        pub rank: Option<Whole<0, 1_000_000>>,
        /// Identifier in the planning tool that it was imported from, such as a UID of Microsoft Project; unique in the project. A later
        /// import finds the item by it.
        #[field(unique)]
        pub import_key: Option<Code>,
    }
}

impl Resource for WorkItem {
    const PATH: &'static str = "projects/work-items";
    type Table = steward_schema::projects::work_items::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const BEGINS_AT_ONCE: bool = true;
    const OWN: &'static [Own] = &[Own::named("responsible_id").only(&["read"]), Own::behind("projects/assignments", "work_item_id")];
    const BASIS: &'static [&'static str] = &["parent_id"];
    const UNIQUE: &'static [Unique] = &[
        Unique { index: "work_items_wbs_code_key", fields: &["project_id", "wbs_code"] },
        Unique { index: "work_items_import_key_key", fields: &["project_id", "import_key"] },
    ];
    const RULES: &'static [Rule] = &[
        Rule::Tree("parent_id"),
        Rule::Agrees { by: "parent_id", theirs: "project_id", ours: "project_id" },
        Rule::Agrees { by: "sprint_id", theirs: "project_id", ours: "project_id" },
        Rule::Agrees { by: "scope_item_id", theirs: "project_id", ours: "project_id" },
    ];
    const GUARDS: &'static [Guard] = &[
        Guard::all_in(&["done"], "projects/work-items", "parent_id", &["done", "cancelled"]),
        Guard::all_in(&["done"], "projects/quality-checks", "work_item_id", &["passed", "waived"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "todo→ready:make_ready→in_progress:start↔review:submit_for_review; review→done:finish; in_progress→done; \
            in_progress↔blocked:block; done→in_progress; cancelled:cancel";
        let lifecycle = Lifecycle::new(notation).given_up(&["cancelled"]).settled(&["done"]).named("review", "in_progress", "rework").named(
            "blocked",
            "in_progress",
            "unblock",
        );
        Some(lifecycle.named("done", "in_progress", "reopen"))
    }

    fn sample() -> Self {
        WorkItem {
            project_id: Id::sample(),
            parent_id: None,
            wbs_code: "1.2.3".into(),
            name: "Cable the core switches".into(),
            description: Some("Both switches to both firewalls, and to each other.".into()),
            kind: WorkKind::Task,
            responsible_id: None,
            sprint_id: None,
            scope_item_id: None,
            budget_line_id: None,
            calendar_id: None,
            duration_hours: Some(Number(16.0)),
            effort_hours: Some(Number(24.0)),
            remaining_hours: Some(Number(0.0)),
            optimistic_hours: Some(Number(12.0)),
            most_likely_hours: Some(Number(16.0)),
            pessimistic_hours: Some(Number(32.0)),
            story_points: Some(Number(5.0)),
            constraint_kind: Constraint::Snet,
            constraint_on: Date::parse("2026-05-04"),
            deadline_on: Date::parse("2026-05-15"),
            starts_on: Date::parse("2026-05-04"),
            ends_on: Date::parse("2026-05-06"),
            budget_at_completion: Some(Money::sample("2100.00", "EUR")),
            progress_method: ProgressMethod::Weighted,
            progress_percent: Number(100.0),
            steps: vec![
                WorkStep { name: "Cables laid".into(), weight_percent: Number(60.0), done: true },
                WorkStep { name: "Cables measured".into(), weight_percent: Number(40.0), done: true },
            ],
            actual_starts_on: Date::parse("2026-05-04"),
            actual_ends_on: Date::parse("2026-05-07"),
            rank: Some(Whole(10)),
            import_key: Some("12".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let takes_time = |hours: Option<Hours>| hours.is_some_and(|hours| hours.0 > 0.0);
        let milestone = self.kind == WorkKind::Milestone;
        faults.require(!milestone || !takes_time(self.duration_hours), "duration_hours", "milestone", "A milestone takes no time: its duration is 0.");
        faults.require(!milestone || !takes_time(self.effort_hours), "effort_hours", "milestone", "A milestone is no work: its effort is 0.");
        let dated = !matches!(self.constraint_kind, Constraint::Asap | Constraint::Alap);
        faults.require(!dated || self.constraint_on.is_some(), "constraint_on", "required", "Give the date of the constraint.");
        faults.require(dated || self.constraint_on.is_none(), "constraint_on", "contradiction", "Such a constraint has no date. Leave it out.");
        let ordered = |less: Option<Hours>, more: Option<Hours>| less.zip(more).is_none_or(|(less, more)| less <= more);
        let estimated = ordered(self.optimistic_hours, self.most_likely_hours)
            && ordered(self.most_likely_hours, self.pessimistic_hours)
            && ordered(self.optimistic_hours, self.pessimistic_hours);
        faults.require(estimated, "pessimistic_hours", "range", "The optimistic estimate is the least and the pessimistic one the greatest.");
        faults.span(self.starts_on, self.ends_on, "ends_on");
        faults.span(self.actual_starts_on, self.actual_ends_on, "actual_ends_on");
        let weights: f64 = self.steps.iter().map(|step| step.weight_percent.0).sum();
        faults.require(self.steps.is_empty() || (weights - 100.0).abs() < 1e-6, "steps", "weights", "The weights of all steps are 100 together.");
        let has_steps = self.progress_method != ProgressMethod::Weighted || !self.steps.is_empty();
        faults.require(has_steps, "steps", "required", "Progress is told by steps: name them.");
    }

    /// Starting and finishing happen today where no day is given; what is reopened is not finished. What is finished is done to 100 percent.
    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let today = Some(check.today);
        let mut item = self.clone();
        match cause.to() {
            Some("in_progress") => {
                item.actual_ends_on = self.actual_ends_on.filter(|_| check.state != Some("done"));
                item.actual_starts_on = self.actual_starts_on.or(item.actual_ends_on.min(today)).or(today);
            }
            Some("done") => {
                item.actual_ends_on = self.actual_ends_on.or(today);
                item.actual_starts_on = self.actual_starts_on.or(item.actual_ends_on);
            }
            _ => {}
        }
        item.progress_percent = finished_work::progress_of(&item.told(), check.before::<Self>()?.map(Self::told).as_ref(), cause.to(), check)?;
        Ok(Some(item))
    }

    fn effects_of_creation(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let day = self.actual_ends_on.or(self.actual_starts_on.filter(|_| self.progress_method == ProgressMethod::FiftyFifty));
        let own = self.recorded("todo", day.unwrap_or(check.today), check)?;
        match self.parent_id.filter(|_| own.is_empty()) {
            // Nothing has been done in what has no record yet, and new work that is not begun does not change that.
            Some(parent) if progress_record::latest(check.connection, parent)?.is_some() => progress_record::of_summary(check, Some(parent), check.today),
            _ => Ok(own),
        }
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let state = check.state.unwrap_or_default().to_owned();
        let before = check.before::<WorkItem>()?;
        // What was started or finished on a day that is told only now was so since then.
        let told = |now: Option<Date>, then: Option<Date>| now.filter(|_| then.is_none());
        let ended = told(self.actual_ends_on, before.and_then(|before| before.actual_ends_on));
        let begun = told(self.actual_starts_on, before.and_then(|before| before.actual_starts_on));
        let begun = begun.filter(|_| self.progress_method == ProgressMethod::FiftyFifty);
        let mut effects = self.recorded(&state, ended.or(begun).unwrap_or(check.today), check)?;
        let Some(before) = before else { return Ok(effects) };
        if before.parent_id != self.parent_id {
            effects.extend(progress_record::of_summary(check, before.parent_id, check.today)?);
        }
        // A record of its own brings that of its summary about.
        if effects.is_empty() && (before.parent_id != self.parent_id || before.effort_hours != self.effort_hours || before.kind != self.kind) {
            effects.extend(progress_record::of_summary(check, self.parent_id, check.today)?);
        }
        Ok(effects)
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let day = match (step.from, step.to) {
            (_, "cancelled") => return progress_record::of_summary(check, self.parent_id, check.today),
            (_, "done") => self.actual_ends_on,
            ("todo" | "ready", "in_progress") => self.actual_ends_on.or(self.actual_starts_on),
            _ => None,
        };
        self.recorded(step.to, day.unwrap_or(check.today), check)
    }

    fn locks(&self) -> Vec<Lock> {
        if self.parent_id.is_some() { vec![schedule_circle::lock()] } else { Vec::new() }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let before = check.before::<WorkItem>()?;
        evidence::require_unchanged_once_over(check, self, self.project_id, "project_id")?;
        if let Some(before) = before {
            finished_work::require_kept(&self.told(), &before.told(), check.state.unwrap_or_default())?;
        }
        match (self.parent_id, before.map(|before| before.parent_id)) {
            // On what is new nothing depends yet.
            (Some(parent), Some(before)) if before != Some(parent) => {
                schedule_circle::require_none(check, (check.id, true), (parent, true), "/parent_id")?;
                schedule_circle::require_none(check, (parent, false), (check.id, false), "/parent_id")
            }
            _ => Ok(()),
        }
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        evidence::require_work_deletable(check, self.project_id)
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "done" {
            return Ok(Vec::new());
        }
        let query = work_dependencies::table
            .inner_join(work_items::table.on(work_items::id.eq(work_dependencies::predecessor_id)))
            .filter(work_dependencies::successor_id.eq(check.id))
            .filter(work_dependencies::kind.eq(WorkDependencyKind::Fs))
            .filter(work_items::state.ne_all(["done", "cancelled"]))
            .order(work_items::id)
            .limit(20);
        let open: Vec<String> = query.select(work_items::wbs_code).load(check.connection)?;
        let mut unmet: Vec<UnmetGuard> =
            open.iter().map(|code| UnmetGuard::new("", "predecessor", format!("{code} must be done or cancelled before."))).collect();
        unmet.extend(outside_event::awaited(check, check.id)?);
        unmet.extend(finished_work::open_steps(&self.told()));
        Ok(unmet)
    }
}

impl WorkItem {
    /// What it says of its progress.
    pub fn told(&self) -> Told<'_> {
        Told {
            wbs_code: &self.wbs_code.0,
            actual_ends_on: self.actual_ends_on,
            progress_method: self.progress_method,
            progress_percent: self.progress_percent,
            steps: &self.steps,
        }
    }

    /// Percent complete by its method; none where time alone tells it.
    fn percent_complete(&self, state: &str) -> Option<f64> {
        let begun = matches!(state, "in_progress" | "review" | "blocked") || self.actual_starts_on.is_some();
        match self.progress_method {
            _ if finished_work::is_finished(state, self.actual_ends_on) => Some(100.0),
            ProgressMethod::ZeroHundred => Some(0.0),
            ProgressMethod::FiftyFifty => Some(if begun { 50.0 } else { 0.0 }),
            ProgressMethod::Percent => Some(self.progress_percent.0),
            ProgressMethod::Weighted => Some(finished_work::done_weight(&self.steps).min(100.0)),
            ProgressMethod::LevelOfEffort => None,
        }
    }

    /// The record of its progress as of a day, where it differs from the last; of the day of the last where that is later. None of a summary,
    /// whose progress follows from the work in it.
    fn recorded(&self, state: &str, day: Date, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if progress_record::holds_work(check, check.id)? {
            return Ok(Vec::new());
        }
        let Some(percent) = self.percent_complete(state) else { return Ok(Vec::new()) };
        let last = progress_record::latest(check.connection, check.id)?;
        if last.map_or(0.0, |(_, _, percent)| percent) == percent {
            return Ok(Vec::new());
        }
        let recorded_on = last.map_or(day, |(_, last, _)| last.max(day));
        let record = ProgressRecord { work_item_id: check.id, recorded_on, progress_percent: Number(percent), description: None };
        Ok(vec![progress_record::stated(check, record)?])
    }
}
