//! Plans in the XML of Microsoft Project (MSPDI): tasks, their links, calendars, people at work and the baseline.
//!
//! Durations are in working hours, as the format writes them (`PT8H0M0S`); lags in tenths of a minute; costs in hundredths of the currency.
//! A document type is not read, so that nothing outside of the file can come in.

mod calendar;
mod reading;
#[cfg(test)]
mod tests;

pub use calendar::WorkCalendar;

use super::Fault;
use calendar::working_share;
use chrono::NaiveDate;
use reading::Reading;
use roxmltree::{Document, Node, ParsingOptions};
use std::collections::HashMap;

/// Most tasks of a plan.
const MOST_TASKS: usize = 20_000;
/// Most nodes of a document, which bounds what it takes to read it.
const MOST_NODES: u32 = 4_000_000;
/// The resource of work that nobody is named for.
const UNASSIGNED: i64 = -65_535;
/// The constraints of the format, by number.
const CONSTRAINTS: [&str; 8] = ["asap", "alap", "mso", "mfo", "snet", "snlt", "fnet", "fnlt"];
/// The links of the format, by number.
const LINKS: [&str; 4] = ["ff", "fs", "sf", "ss"];

/// A plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Its currency (ISO 4217).
    pub currency: Option<String>,
    /// The day on which it was saved.
    pub saved_on: Option<NaiveDate>,
    /// The calendar of the whole, by its number.
    pub calendar: Option<i64>,
    /// The calendars that work can follow.
    pub calendars: Vec<WorkCalendar>,
    /// The tasks in the order of the outline, each after what it lies in.
    pub tasks: Vec<Task>,
    /// What waits for what.
    pub links: Vec<Link>,
    /// People at work.
    pub assignments: Vec<Assignment>,
    /// What of the file is left out or taken otherwise, in sentences.
    pub warnings: Vec<String>,
}

/// A task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Task {
    /// Its number, which stays when the plan is changed.
    pub uid: i64,
    /// Its place in the document.
    pub place: String,
    /// The line on which it begins.
    pub line: usize,
    /// Its code: the WBS where each task has one of its own, else the outline number.
    pub code: String,
    /// Index of the task that it lies in.
    pub parent: Option<usize>,
    /// True if others lie in it.
    pub is_summary: bool,
    /// True if it is a point in time.
    pub is_milestone: bool,
    /// Name.
    pub name: String,
    /// Notes.
    pub notes: Option<String>,
    /// Working hours that it lasts.
    pub duration_hours: Option<f64>,
    /// Hours of work.
    pub work_hours: Option<f64>,
    /// Hours of work that are left.
    pub remaining_hours: Option<f64>,
    /// First day, as planned.
    pub starts_on: Option<NaiveDate>,
    /// Last day, as planned.
    pub ends_on: Option<NaiveDate>,
    /// The day on which it was started.
    pub started_on: Option<NaiveDate>,
    /// The day on which it was finished.
    pub finished_on: Option<NaiveDate>,
    /// The day by which it must be done.
    pub deadline_on: Option<NaiveDate>,
    /// When it may be scheduled: a word such as `snet`.
    pub constraint: &'static str,
    /// The day of the constraint.
    pub constraint_on: Option<NaiveDate>,
    /// How much is done, in percent.
    pub percent: f64,
    /// Its cost.
    pub cost: Option<f64>,
    /// Its calendar, by its number; none if it follows that of the whole.
    pub calendar: Option<i64>,
    /// What it was in the baseline.
    pub baseline: Option<Frozen>,
}

impl Task {
    /// Whether nothing is left to do.
    pub fn is_finished(&self) -> bool {
        self.finished_on.is_some() || self.percent >= 100.0
    }
}

/// A task as it was in the baseline.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frozen {
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Hours of work.
    pub work_hours: Option<f64>,
    /// Cost.
    pub cost: Option<f64>,
}

/// A link: what waits for what.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Index of what comes first.
    pub predecessor: usize,
    /// Index of what waits.
    pub successor: usize,
    /// Which end waits for which: fs, ss, ff or sf.
    pub kind: &'static str,
    /// Working hours between them; less than 0 for as long before.
    pub lag_hours: f64,
}

/// A person at work on a task: all that the file says of both.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// Index of the task.
    pub task: usize,
    /// Name of the resource.
    pub name: String,
    /// E-mail address of the resource.
    pub email: Option<String>,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Hours of work.
    pub work_hours: Option<f64>,
}

/// The plan in a document.
pub fn parse(text: &str) -> Result<Plan, Vec<Fault>> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let detail = format!("The file is no XML: line {}: {error}. Save it as XML from Microsoft Project again.", error.pos().row);
        vec![Fault::new("", "xml", detail)]
    })?;
    let root = document.root_element();
    let mut reading = Reading::new(text);
    if root.tag_name().name() != "Project" {
        reading.fault(root, "", "format", "expected Project as the outermost element");
        return Err(reading.faults);
    }
    let plan = plan(&mut reading, root);
    if reading.faults.is_empty() { Ok(Plan { warnings: reading.warnings, ..plan }) } else { Err(reading.faults) }
}

fn plan(reading: &mut Reading, root: Node<'_, '_>) -> Plan {
    let mut plan = Plan {
        currency: reading.text(root, "CurrencyCode").map(str::to_owned),
        saved_on: reading.day(root, "", "LastSaved"),
        calendar: reading.whole(root, "", "CalendarUID").filter(|uid| *uid >= 0),
        calendars: calendar::read(reading, root),
        ..Plan::default()
    };
    let tasks = reading.listed(root, "Tasks", "Task");
    if tasks.len() > MOST_TASKS {
        reading.fault(root, "/Tasks", "too_many", "more than 20,000 tasks; send the plan in parts");
        return plan;
    }
    let outline = Outline::read(reading, &tasks, &mut plan);
    for (at, node) in &tasks {
        links(reading, (node, at), &outline, &mut plan);
    }
    assignments(reading, root, &outline, &mut plan);
    plan
}

/// Where the tasks of a document stand in the plan, by their numbers; none for one that is left out.
struct Outline(HashMap<i64, Option<usize>>);

impl Outline {
    fn read(reading: &mut Reading, tasks: &[(String, Node<'_, '_>)], plan: &mut Plan) -> Outline {
        let mut outline = Outline(HashMap::new());
        // What the next task may lie in: level, index, and how many lie in it so far.
        let mut above: Vec<(i64, usize, usize)> = Vec::new();
        let mut first = 0;
        let mut codes = Vec::new();
        for (place, node) in tasks {
            let Some(uid) = reading.whole(*node, place, "UID") else {
                reading.fault(*node, place, "required", "expected UID, a whole number");
                continue;
            };
            let is_left_out = uid == 0 || left_out(reading, *node);
            let stands = (!is_left_out).then_some(plan.tasks.len());
            if outline.0.insert(uid, stands).is_some() {
                reading.fault(*node, place, "duplicate", &format!("another task has the UID {uid}"));
                continue;
            }
            if is_left_out {
                continue;
            }
            let level = reading.whole(*node, place, "OutlineLevel").unwrap_or(1).max(1);
            while above.last().is_some_and(|(other, ..)| *other >= level) {
                above.pop();
            }
            let number = match above.last_mut() {
                Some((_, _, count)) => {
                    *count += 1;
                    *count
                }
                None => {
                    first += 1;
                    first
                }
            };
            let parent = above.last().map(|(_, at, _)| *at);
            let outer = parent.and_then(|at| plan.tasks.get_mut(at)).map(|parent: &mut Task| {
                parent.is_summary = true;
                format!("{}.", parent.code)
            });
            let mut task = task(reading, *node, place, plan);
            (task.uid, task.parent, task.code) = (uid, parent, format!("{}{number}", outer.unwrap_or_default()));
            above.push((level, plan.tasks.len(), 0));
            codes.push(reading.text(*node, "WBS").filter(|code| code.len() <= 64 && !code.contains(char::is_whitespace)).map(str::to_owned));
            plan.tasks.push(task);
        }
        coded(&mut plan.tasks, codes);
        settle_summaries(&mut plan.tasks);
        outline
    }

    /// The index of a task in the plan; none if it is left out, or not there at all.
    fn of(&self, uid: i64) -> Option<Option<usize>> {
        self.0.get(&uid).copied()
    }
}

/// Gives the tasks the codes of the file, if each has one of its own.
fn coded(tasks: &mut [Task], codes: Vec<Option<String>>) {
    let distinct: std::collections::HashSet<String> = codes.iter().flatten().map(|code| code.to_lowercase()).collect();
    if distinct.len() == tasks.len() {
        tasks.iter_mut().zip(codes).for_each(|(task, code)| task.code = code.unwrap_or_default());
    }
}

/// What a summary lasts, takes and costs is that of what lies in it.
fn settle_summaries(tasks: &mut [Task]) {
    for task in tasks.iter_mut().filter(|task| task.is_summary) {
        (task.is_milestone, task.percent) = (false, 0.0);
        (task.duration_hours, task.work_hours, task.remaining_hours, task.cost) = (None, None, None, None);
        (task.starts_on, task.ends_on, task.started_on, task.finished_on) = (None, None, None, None);
    }
}

/// Whether a task is an empty row, switched off, or of another plan.
fn left_out(reading: &mut Reading, node: Node<'_, '_>) -> bool {
    if reading.flag(node, "IsNull") {
        return true;
    }
    let why = match (reading.text(node, "Active"), reading.flag(node, "ExternalTask")) {
        (Some("0" | "false"), _) => "is inactive",
        (_, true) => "belongs to another plan",
        _ => return false,
    };
    let name = reading.text(node, "Name").unwrap_or("A task").to_owned();
    reading.warn(node, &format!("{name} {why} and is left out."));
    true
}

fn task(reading: &mut Reading, node: Node<'_, '_>, place: &str, plan: &Plan) -> Task {
    let name = reading.text(node, "Name").unwrap_or_default().to_owned();
    if name.is_empty() {
        reading.fault(node, &format!("{place}/Name"), "required", "expected a name");
    }
    let calendar = reading.whole(node, place, "CalendarUID").filter(|uid| *uid >= 0);
    let share = working_share(&plan.calendars, calendar.or(plan.calendar));
    let duration = reading.hours(node, place, "Duration").map(|hours| hours * if is_elapsed(reading, node, "DurationFormat") { share } else { 1.0 });
    let work = reading.hours(node, place, "Work");
    let (starts, ends) = reading.span(node, place, ("Start", "Finish"));
    let (started, finished) = reading.span(node, place, ("ActualStart", "ActualFinish"));
    let kind = reading.whole(node, place, "ConstraintType").unwrap_or(0);
    let constraint = usize::try_from(kind).ok().and_then(|kind| CONSTRAINTS.get(kind)).copied();
    if constraint.is_none() {
        reading.fault(node, &format!("{place}/ConstraintType"), "range", "expected a constraint from 0 to 7");
    }
    let dated = !matches!(constraint, None | Some("asap" | "alap"));
    let constraint_on = reading.day(node, place, "ConstraintDate").filter(|_| dated);
    if dated && constraint_on.is_none() {
        reading.fault(node, &format!("{place}/ConstraintDate"), "required", "expected the date of the constraint");
    }
    let takes_time = duration.unwrap_or(0.0) > 0.0 || work.unwrap_or(0.0) > 0.0;
    Task {
        place: place.to_owned(),
        line: reading.line(node),
        is_milestone: !takes_time && (reading.flag(node, "Milestone") || duration == Some(0.0)),
        name,
        notes: reading.text(node, "Notes").map(str::to_owned),
        duration_hours: duration,
        work_hours: work.filter(|work| *work > 0.0),
        remaining_hours: reading.hours(node, place, "RemainingWork").filter(|_| work.unwrap_or(0.0) > 0.0),
        starts_on: starts,
        ends_on: ends,
        started_on: started,
        finished_on: finished,
        deadline_on: reading.day(node, place, "Deadline"),
        constraint: constraint.unwrap_or("asap"),
        constraint_on,
        percent: reading.number(node, place, "PercentComplete", 0.0..=100.0).unwrap_or(0.0),
        cost: cost(reading, node, place),
        calendar,
        baseline: baseline(reading, node, place),
        ..Task::default()
    }
}

/// A cost, which the format has in hundredths; none if it is 0.
fn cost(reading: &mut Reading, node: Node<'_, '_>, place: &str) -> Option<f64> {
    reading.number(node, place, "Cost", 0.0..=1e15).map(|hundredths| hundredths / 100.0).filter(|cost| *cost > 0.0)
}

/// What a task was in baseline 0.
fn baseline(reading: &mut Reading, node: Node<'_, '_>, place: &str) -> Option<Frozen> {
    let place = format!("{place}/Baseline");
    let taken = node.children().filter(|child| child.tag_name().name() == "Baseline");
    let node = taken.into_iter().find(|child| reading.text(*child, "Number").is_none_or(|number| number == "0"))?;
    let (starts_on, ends_on) = reading.span(node, &place, ("Start", "Finish"));
    let work_hours = reading.hours(node, &place, "Work");
    Some(Frozen { starts_on, ends_on, work_hours, cost: cost(reading, node, &place) })
}

/// Whether a length of time in a format counts nights and weekends.
fn is_elapsed(reading: &mut Reading, node: Node<'_, '_>, name: &str) -> bool {
    matches!(format_of(reading, node, name), 4 | 6 | 8 | 10 | 12 | 20)
}

/// The format of a length of time, without whether it is an estimate.
fn format_of(reading: &mut Reading, node: Node<'_, '_>, name: &str) -> i64 {
    let format = reading.text(node, name).and_then(|text| text.parse().ok()).unwrap_or(7);
    if format >= 35 { format - 32 } else { format }
}

fn links(reading: &mut Reading, (node, place): (&Node<'_, '_>, &str), outline: &Outline, plan: &mut Plan) {
    let Some(Some(successor)) = reading.text(*node, "UID").and_then(|uid| outline.of(uid.parse().ok()?)) else { return };
    for (at, link) in node.children().filter(|child| child.tag_name().name() == "PredecessorLink").enumerate() {
        let place = format!("{place}/PredecessorLink/{at}");
        let Some(uid) = reading.whole(link, &place, "PredecessorUID") else {
            reading.fault(link, &place, "required", "expected PredecessorUID, a whole number");
            continue;
        };
        let kind = reading.whole(link, &place, "Type").unwrap_or(1);
        let Some(kind) = usize::try_from(kind).ok().and_then(|kind| LINKS.get(kind)).copied() else {
            reading.fault(link, &format!("{place}/Type"), "range", "expected a kind of link from 0 to 3");
            continue;
        };
        let predecessor = match outline.of(uid) {
            _ if reading.flag(link, "CrossProject") => None,
            Some(stands) => stands,
            None => {
                reading.fault(link, &format!("{place}/PredecessorUID"), "reference", &format!("no task has the UID {uid}"));
                continue;
            }
        };
        let Some(predecessor) = predecessor else {
            reading.warn(link, "A link leads from a task that is left out, or of another plan; it is left out too.");
            continue;
        };
        let lag_hours = lag(reading, link, &place, (predecessor, successor), plan);
        let of_them = |other: &Link| (other.predecessor, other.successor, other.kind) == (predecessor, successor, kind);
        if plan.links.iter().rev().take(64).any(of_them) {
            reading.fault(link, &place, "duplicate", "the same link stands twice");
            continue;
        }
        plan.links.push(Link { predecessor, successor, kind, lag_hours });
    }
}

/// The lag of a link in working hours: tenths of a minute, or percent of what its predecessor lasts.
fn lag(reading: &mut Reading, link: Node<'_, '_>, place: &str, (predecessor, successor): (usize, usize), plan: &Plan) -> f64 {
    let lag = reading.number(link, place, "LinkLag", -6e7..=6e7).unwrap_or(0.0);
    let elapsed = is_elapsed(reading, link, "LagFormat");
    let share = || working_share(&plan.calendars, plan.tasks.get(successor).and_then(|task| task.calendar).or(plan.calendar));
    let hours = match format_of(reading, link, "LagFormat") {
        19 | 20 => plan.tasks.get(predecessor).and_then(|task| task.duration_hours).unwrap_or(0.0) * lag / 100.0,
        _ if elapsed => lag / 600.0 * share(),
        _ => lag / 600.0,
    };
    if elapsed && lag != 0.0 {
        reading.warn(link, "A lag counts nights and weekends; it is taken as its share of working time.");
    }
    (hours * 100.0).round() / 100.0
}

fn assignments(reading: &mut Reading, root: Node<'_, '_>, outline: &Outline, plan: &mut Plan) {
    let mut resources: HashMap<i64, Option<(String, Option<String>)>> = HashMap::new();
    for (place, node) in reading.listed(root, "Resources", "Resource") {
        let Some(uid) = reading.whole(node, &place, "UID") else {
            reading.fault(node, &place, "required", "expected UID, a whole number");
            continue;
        };
        let name = reading.text(node, "Name").map(str::to_owned);
        // Material and cost are not people.
        let works = reading.whole(node, &place, "Type").unwrap_or(1) == 1;
        let email = reading.text(node, "EmailAddress").map(str::to_owned);
        resources.insert(uid, name.filter(|_| works).map(|name| (name, email)));
    }
    for (place, node) in reading.listed(root, "Assignments", "Assignment") {
        let (task, resource) = (reading.whole(node, &place, "TaskUID"), reading.whole(node, &place, "ResourceUID").unwrap_or(UNASSIGNED));
        let Some(task) = task.and_then(|uid| outline.of(uid)) else {
            reading.fault(node, &format!("{place}/TaskUID"), "reference", "expected the UID of a task");
            continue;
        };
        if resource == UNASSIGNED {
            continue;
        }
        let Some(person) = resources.get(&resource) else {
            reading.fault(node, &format!("{place}/ResourceUID"), "reference", &format!("no resource has the UID {resource}"));
            continue;
        };
        let Some(((name, email), task)) = person.clone().zip(task) else { continue };
        let (starts_on, ends_on) = reading.span(node, &place, ("Start", "Finish"));
        let work_hours = reading.hours(node, &place, "Work");
        plan.assignments.push(Assignment { task, name, email, starts_on, ends_on, work_hours });
    }
}
