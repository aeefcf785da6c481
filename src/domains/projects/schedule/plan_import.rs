//! Importing a plan: the tasks, links, calendars, people and baseline of a file become those of a project.

mod calendars;
mod items;
mod links;
mod people;
mod progress;

use super::baseline::Baseline;
use super::frozen_item::{FrozenItem, FrozenItems};
use super::work_dependency::WorkDependency;
use super::work_item::WorkItem;
use crate::project::project::Project;
use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use steward_core::access::Session;
use steward_core::choice;
use steward_core::error::{Error, FieldError, Problem, Result};
use steward_core::formats::mspdi::{self, Frozen, Plan, Task};
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Date, FieldType, Money, Number, Title};
use steward_core::store::{IfMatch, Outcome, Store, Writer};
use steward_core::view::{Action, Call, IdOf, Prepare, members_of};
use steward_schema::projects::baselines;
use utoipa::{IntoParams, ToSchema};

choice! {
    /// Format of a plan.
    pub enum PlanFormat {
        /// XML of Microsoft Project (MSPDI).
        Mspdi = "mspdi",
    }
}

/// Parameters of the import.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Format of the file.
    #[param(inline)]
    #[expect(dead_code, reason = "there is one format, and a request must name it")]
    format: PlanFormat,
    /// Project to import into.
    #[param(inline)]
    project_id: IdOf<Project>,
}

/// Plan saved as XML from Microsoft Project.
#[derive(Debug, ToSchema)]
pub struct PlanFile(#[expect(dead_code, reason = "described here, read by the parser of the format")] String);

/// Numbers of records of a kind.
#[derive(Debug, Default, Clone, Copy, Serialize, ToSchema)]
pub struct PlanRecords {
    /// Number of records created.
    pub created: u32,
    /// Number of records changed.
    pub updated: u32,
    /// Number of records that already matched.
    pub unchanged: u32,
    /// Number of records deleted.
    pub deleted: u32,
}

impl PlanRecords {
    fn count(&mut self, changed: bool) {
        if changed { self.updated += 1 } else { self.unchanged += 1 }
    }
}

/// Result of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanImported {
    /// Numbers of work items.
    pub work_items: PlanRecords,
    /// Numbers of links between them.
    pub work_dependencies: PlanRecords,
    /// Numbers of assignments of people.
    pub assignments: PlanRecords,
    /// Baseline with the frozen plan of the file; null if the file has none.
    pub baseline_id: Option<IdOf<Baseline>>,
    /// Working calendar of the project; null if it follows that of the organisation. A calendar of the file is matched with one of the
    /// platform by its hours.
    pub calendar_id: Option<Id>,
    /// Warnings about parts of the file that were left out or converted.
    pub warnings: Vec<String>,
}

/// `POST projects/work-items/import`.
#[derive(Debug)]
pub struct ImportPlan;

impl Action for ImportPlan {
    const PATH: &'static str = "projects/work-items/import";
    const OPERATION_ID: &'static str = "import_plan";
    const SUMMARY: &'static str = "Import a plan";
    const DESCRIPTION: &'static str = "Creates the work items of a project from a plan in the XML of Microsoft Project, or updates those of an earlier import from the file. \
        A task is matched by its UID (`import_key`), else by its WBS code with an item that no import has created. Links between the tasks of the file are set as in the file; all other records that the file no longer names are left unchanged. \
        Durations and lags are working hours; constraints 0 to 7 are asap, alap, mso, mfo, snet, snlt, fnet, fnlt; links 0 to 3 are ff, fs, sf, ss. Work that the file reports as started or finished is moved to that state, never back. \
        A calendar is matched by its hours with one of the platform, or created where you may. Work resources are matched with people by e-mail address or name; those without a match are named under `warnings`. Baseline 0 becomes a draft. \
        A file with errors is refused with the line of each and changes nothing.";
    const PERMISSIONS: &'static [&'static str] = &[
        "projects.work_items:create",
        "projects.work_items:update",
        "projects.work_dependencies:create",
        "projects.work_dependencies:update",
        "projects.work_dependencies:delete",
        "projects.assignments:create",
        "projects.assignments:update",
        "projects.baselines:create",
        "projects.baselines:update",
        "projects.projects:read",
    ];
    const FORMS: &'static [&'static str] = &["application/xml", "text/xml", "application/octet-stream"];
    const LIMIT: usize = 32 << 20;
    const LONG: bool = true;
    type Query = Query;
    type Body = PlanFile;
    type Prepared = PreparedPlan;
    type Answer = PlanImported;

    fn example(_: &str) -> Value {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Project xmlns=\"http://schemas.microsoft.com/project\">\n<Tasks>\n\
        <Task><UID>1</UID><Name>Cable the core switches</Name><OutlineLevel>1</OutlineLevel><Duration>PT16H0M0S</Duration></Task>\n\
        <Task><UID>2</UID><Name>Live</Name><OutlineLevel>1</OutlineLevel><Milestone>1</Milestone><Duration>PT0H0M0S</Duration>\
        <PredecessorLink><PredecessorUID>1</PredecessorUID><Type>1</Type><LinkLag>0</LinkLag></PredecessorLink></Task>\n</Tasks>\n</Project>\n"
            .into()
    }

    fn apply(writer: &mut Writer<'_>, _: &Call, prepared: &PreparedPlan) -> Result<Outcome> {
        let mut import = Import::begin(writer, prepared)?;
        import.take_calendars(writer)?;
        let known = import.known_items(writer)?;
        import.remove_links(writer, &known)?;
        import.put_items(writer, &known)?;
        import.put_links(writer)?;
        import.put_people(writer)?;
        import.put_baseline(writer)?;
        import.advance(writer)?;
        Outcome::of(200, &import.outcome)
    }
}

/// A plan that was read.
pub struct PreparedPlan {
    plan: Plan,
    project: Id,
}

impl Prepare for PreparedPlan {
    fn prepare(_: &Store, _: &Session, call: &Call) -> Result<PreparedPlan> {
        let project = call.query::<Query>()?.project_id.id;
        let plan = mspdi::parse(call.text()?.trim_start_matches('\u{feff}'))?;
        Ok(PreparedPlan { plan, project })
    }
}

/// An import on its way.
struct Import<'p> {
    plan: &'p Plan,
    id: Id,
    project: Project,
    /// The calendars of the file that stand for calendars of the platform.
    calendars: Vec<(i64, Option<Id>)>,
    /// The work item of each task, in order.
    items: Vec<Id>,
    currency: Option<Currency>,
    outcome: PlanImported,
}

impl<'p> Import<'p> {
    fn begin(writer: &mut Writer<'_>, prepared: &'p PreparedPlan) -> Result<Import<'p>> {
        let definitions = [writer.definition::<WorkItem>()?, writer.definition::<WorkDependency>()?];
        writer.lock_many(&definitions, &[])?;
        let id = prepared.project;
        let definition = writer.definition::<Project>()?;
        if writer.reader().find(definition, id)?.is_none() {
            return Err(Problem::bad_request("project_id names no project that you may see. Give the id of the project that the plan is of.").into());
        }
        let (_, project) = writer.reader().get_typed::<Project>(id)?;
        let plan = &prepared.plan;
        let currency = plan.currency.as_deref().and_then(Currency::parse).or(project.budget.as_ref().map(|budget| budget.currency));
        let outcome = PlanImported {
            work_items: PlanRecords::default(),
            work_dependencies: PlanRecords::default(),
            assignments: PlanRecords::default(),
            baseline_id: None,
            calendar_id: project.calendar_id,
            warnings: plan.warnings.clone(),
        };
        let mut import = Import { plan, id, project, calendars: Vec::new(), items: Vec::new(), currency, outcome };
        if currency.is_none() && plan.tasks.iter().any(|task| task.cost.is_some()) {
            import.warn("The file and the project name no currency; costs are left out.".into());
        }
        Ok(import)
    }

    fn warn(&mut self, what: String) {
        self.outcome.warnings.push(what);
    }

    /// A cost in the currency of the plan.
    fn money(&self, cost: Option<f64>) -> Option<Money> {
        let (cost, currency) = cost.zip(self.currency)?;
        let minor = (cost * 10_f64.powi(i32::try_from(currency.scale()).ok()?)).round();
        (minor.abs() < 1e15).then(|| Money::new(minor as i64, currency))
    }

    /// Takes what the file has frozen into a draft: that of an earlier import, or a new one.
    fn put_baseline(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        let frozen: Vec<FrozenItem> = self.plan.tasks.iter().enumerate().filter_map(|(at, task)| self.frozen(at, task, task.baseline.as_ref()?)).collect();
        if frozen.is_empty() {
            return Ok(());
        }
        const NAME: &str = "Baseline 0 of the imported plan";
        let definition = writer.definition::<Baseline>()?;
        let earlier = baselines::table.filter(baselines::project_id.eq(self.id)).filter(baselines::name.eq(NAME)).order(baselines::id.desc());
        let earlier: Option<Id> = earlier.select(baselines::id).first(writer.connection).optional()?;
        let items = FrozenItems(frozen).to_json();
        if let Some(id) = earlier {
            let (stored, baseline) = writer.reader().get_typed::<Baseline>(id)?;
            let is_same = FieldType::to_json(&baseline.items) == items;
            if is_same || stored.meta.state.as_deref() == Some("draft") {
                writer.update(definition, id, &IfMatch::Any, &Map::from_iter([("items".to_owned(), items)]))?;
                self.outcome.baseline_id = Some(id.into());
                return Ok(());
            }
        }
        let today = writer.reader().today();
        let day = self.plan.saved_on.map(Date).filter(|saved| *saved <= today).unwrap_or(today);
        let members = members_of(json!({"project_id": self.id.to_string(), "name": NAME, "baselined_on": day.to_json(), "items": items}));
        self.outcome.baseline_id = Some(writer.create(definition, members)?.meta.id.into());
        Ok(())
    }

    /// A task as it was in the baseline. What a summary holds is that of what lies in it.
    fn frozen(&self, at: usize, task: &Task, frozen: &Frozen) -> Option<FrozenItem> {
        let own = !task.is_summary;
        let date = |day: Option<NaiveDate>| day.filter(|_| own).map(Date);
        Some(FrozenItem {
            work_item_id: *self.items.get(at)?,
            parent_id: task.parent.and_then(|parent| self.items.get(parent)).copied(),
            // A plan keeps dates, work and cost of its baseline: what else was planned is told by the items.
            wbs_code: None,
            name: Title::cut(&task.name),
            kind: None,
            progress_method: None,
            duration_hours: None,
            starts_on: date(frozen.starts_on),
            ends_on: date(frozen.ends_on),
            effort_hours: frozen.work_hours.filter(|_| own).map(Number),
            cost: self.money(frozen.cost.filter(|_| own)),
        })
    }
}

/// Tells of which task in the file a refusal is.
fn of_task<T>(task: &Task, outcome: Result<T>) -> Result<T> {
    outcome.map_err(|error| match error {
        Error::Problem(problem) => {
            let place = |error: FieldError| FieldError {
                pointer: format!("{}{}", task.place, error.pointer),
                detail: format!("Line {}: {}: {}", task.line, task.name, error.detail),
                ..error
            };
            let (detail, errors) = (format!("Line {}: {}: {}", task.line, task.name, problem.detail), problem.errors);
            Problem { detail, errors: errors.into_iter().map(place).collect(), ..*problem }.into()
        }
        other => other,
    })
}
