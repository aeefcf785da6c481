//! Tasks of a plan as work items of a project.

use super::super::finished_work::is_finished;
use super::super::work_item::{WorkItem, WorkKind};
use super::{Import, of_task};
use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use steward_core::error::{Problem, Result};
use steward_core::formats::mspdi::Task;
use steward_core::resource::Id;
use steward_core::resource::value::{Date, FieldType, Note, Title, folded};
use steward_core::store::{IfMatch, Writer};
use steward_core::view::members_of;
use steward_schema::projects::work_items;

/// A work item that the project has.
#[derive(Debug, Clone, Queryable)]
pub struct KnownItem {
    pub id: Id,
    pub import_key: Option<String>,
    pub wbs_code: String,
    pub kind: WorkKind,
    pub state: String,
    pub actual_ends_on: Option<Date>,
}

/// The work items that the project has, and which of them each task is.
#[derive(Default)]
pub struct KnownItems {
    all: HashMap<Id, KnownItem>,
    pub of_tasks: Vec<Option<Id>>,
}

impl Import<'_> {
    /// The work that the project has, and which task of the file each is: by its UID, else by the code of one that no import has made.
    pub fn known_items(&self, writer: &mut Writer<'_>) -> Result<KnownItems> {
        let columns = (work_items::id, work_items::import_key, work_items::wbs_code, work_items::kind, work_items::state, work_items::actual_ends_on);
        let rows: Vec<KnownItem> = work_items::table.filter(work_items::project_id.eq(self.id)).select(columns).load(writer.connection)?;
        let by_key: HashMap<String, Id> = rows.iter().filter_map(|row| Some((row.import_key.clone()?, row.id))).collect();
        let by_code: HashMap<String, Id> = rows.iter().filter(|row| row.import_key.is_none()).map(|row| (folded(&row.wbs_code), row.id)).collect();
        let known = |task: &Task| by_key.get(&task.uid.to_string()).or_else(|| by_code.get(&folded(&task.code))).copied();
        let of_tasks = self.plan.tasks.iter().map(known).collect();
        Ok(KnownItems { all: rows.into_iter().map(|row| (row.id, row)).collect(), of_tasks })
    }

    /// Makes or changes the work item of each task; how far it is comes once all are there, since a summary follows from all that lies in it.
    pub fn put_items(&mut self, writer: &mut Writer<'_>, known: &KnownItems) -> Result<()> {
        let recoded = self.recode(writer, known)?;
        let definition = writer.definition::<WorkItem>()?;
        let mut before = Vec::with_capacity(self.plan.tasks.len());
        for (at, task) in self.plan.tasks.iter().enumerate() {
            let item = known.of_tasks.get(at).copied().flatten().and_then(|id| known.all.get(&id));
            let mut members = self.members(task);
            let is_milestone = item.map(|item| item.kind == WorkKind::Milestone);
            if is_milestone != Some(task.is_milestone) {
                let kind = match (task.is_milestone, task.is_summary) {
                    (true, _) => WorkKind::Milestone,
                    (_, true) => WorkKind::Epic,
                    _ => WorkKind::Task,
                };
                members.insert("kind".into(), kind.to_json());
            }
            let id = match item {
                None => {
                    members.insert("project_id".into(), self.id.to_string().into());
                    members.retain(|_, value| !value.is_null());
                    self.outcome.work_items.created += 1;
                    before.push(None);
                    of_task(task, writer.create(definition, members))?.meta.id
                }
                Some(item) => {
                    before.push(Some(writer.reader().get(definition, item.id)?.meta.revision));
                    of_task(task, writer.update(definition, item.id, &IfMatch::Any, &members))?.meta.id
                }
            };
            self.items.push(id);
        }
        let mut kept = Vec::new();
        for ((task, id), before) in self.plan.tasks.iter().zip(&self.items).zip(before) {
            let mut progress = Self::progress(task);
            let is_done = known.all.get(id).is_some_and(|item| is_finished(&item.state, item.actual_ends_on));
            if is_done && progress.shift_remove("progress_percent").is_some() {
                kept.push(format!("Line {}: {} is not finished in the file and is finished here; it stays so. Reopen it first.", task.line, task.name));
            }
            let after = of_task(task, writer.update(definition, *id, &IfMatch::Any, &progress))?.meta.revision;
            if let Some(before) = before {
                self.outcome.work_items.count(after != before || recoded.contains_key(id));
            }
        }
        self.outcome.warnings.extend(kept);
        let named: std::collections::HashSet<Id> = self.items.iter().copied().collect();
        let mut gone: Vec<&str> =
            known.all.values().filter(|item| item.import_key.is_some() && !named.contains(&item.id)).map(|item| item.wbs_code.as_str()).collect();
        gone.sort_unstable();
        if let Some(first) = gone.first() {
            let number = gone.len();
            self.warn(format!(
                "Work items of an earlier import that the file no longer names: {number}, such as {first}. They stay; cancel those that are not wanted."
            ));
        }
        Ok(())
    }

    /// What the file says of a task, by field. What it does not say, somebody may have found out.
    fn members(&self, task: &Task) -> Map<String, Value> {
        let date = |day: Option<NaiveDate>| day.map(|day| Date(day).to_json());
        let parent = task.parent.and_then(|parent| self.items.get(parent)).map(ToString::to_string);
        let calendar = self.calendar_of(task.calendar).map(|id| id.to_string());
        let duration = if task.is_milestone { Some(0.0) } else { task.duration_hours };
        let mut members = members_of(json!({
            "parent_id": parent, "wbs_code": task.code, "import_key": task.uid.to_string(), "name": Title::cut(&task.name).0, "calendar_id": calendar,
            "duration_hours": duration, "constraint_kind": task.constraint, "constraint_on": date(task.constraint_on), "deadline_on": date(task.deadline_on),
            "starts_on": date(task.starts_on), "ends_on": date(task.ends_on),
        }));
        let found = [
            ("description", task.notes.as_deref().map(|notes| Note::cut(notes).0.into())),
            ("effort_hours", task.work_hours.map(Value::from)),
            ("remaining_hours", task.remaining_hours.map(Value::from)),
            ("budget_at_completion", self.money(task.cost).map(|cost| cost.to_json())),
        ];
        members.extend(found.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        if task.is_milestone {
            members.extend(members_of(json!({"effort_hours": null, "remaining_hours": null})));
        }
        members
    }

    /// How far the file says that a task is, by field.
    fn progress(task: &Task) -> Map<String, Value> {
        let date = |day: Option<NaiveDate>| day.map(|day| Date(day).to_json());
        let found = [
            ("actual_starts_on", date(task.started_on)),
            ("actual_ends_on", date(task.finished_on)),
            // What is finished is told as of the day on which it was, by the move to done.
            ("progress_percent", (!task.is_summary && !task.is_finished()).then(|| task.percent.into())),
        ];
        found.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// Gives known items the codes of the file, so that none takes a code while another one has it; the items that got another.
    fn recode(&self, writer: &mut Writer<'_>, known: &KnownItems) -> Result<HashMap<Id, ()>> {
        let mut codes = Codes { holders: known.all.values().map(|item| (folded(&item.wbs_code), item.id)).collect(), recoded: HashMap::new() };
        let mut wanted: HashMap<String, (Id, String)> = HashMap::new();
        for (task, id) in self.plan.tasks.iter().zip(&known.of_tasks) {
            if let Some(item) = id.and_then(|id| known.all.get(&id)).filter(|item| folded(&item.wbs_code) != folded(&task.code)) {
                wanted.insert(folded(&task.code), (item.id, task.code.clone()));
            }
        }
        let mut free: Vec<String> = wanted.keys().filter(|code| !codes.holders.contains_key(*code)).cloned().collect();
        free.sort_unstable();
        loop {
            while let Some(code) = free.pop() {
                if let Some((id, code)) = wanted.remove(&code) {
                    free.extend(codes.give(writer, known, id, &code)?);
                }
            }
            // What is left waits for each other, or for a code that nobody gives up.
            let Some(code) = wanted.keys().min().cloned() else { break };
            free.extend(codes.clear(writer, known, &code)?);
        }
        let is_new = |(_, id): &(&Task, &Option<Id>)| id.is_none();
        for (task, _) in self.plan.tasks.iter().zip(&known.of_tasks).filter(is_new) {
            of_task(task, codes.clear(writer, known, &folded(&task.code)))?;
        }
        Ok(codes.recoded)
    }
}

/// Which item has which code, while they change.
struct Codes {
    holders: HashMap<String, Id>,
    recoded: HashMap<Id, ()>,
}

impl Codes {
    /// Gives an item a code; the one that becomes free.
    fn give(&mut self, writer: &mut Writer<'_>, known: &KnownItems, id: Id, code: &str) -> Result<Option<String>> {
        let definition = writer.definition::<WorkItem>()?;
        writer.update(definition, id, &IfMatch::Any, &members_of(json!({"wbs_code": code})))?;
        let before = known.all.get(&id).map(|item| folded(&item.wbs_code));
        let before =
            if self.recoded.insert(id, ()).is_none() { before } else { self.holders.iter().find(|(_, holder)| **holder == id).map(|(code, _)| code.clone()) };
        if let Some(before) = &before {
            self.holders.remove(before);
        }
        self.holders.insert(folded(code), id);
        Ok(before)
    }

    /// Takes a code from the item that has it; one that no import has made keeps it (409).
    fn clear(&mut self, writer: &mut Writer<'_>, known: &KnownItems, code: &str) -> Result<Option<String>> {
        let Some(item) = self.holders.get(code).and_then(|id| known.all.get(id)) else { return Ok(None) };
        let Some(key) = &item.import_key else {
            let detail = format!("{} is the code of a work item that no import has made. Give that one another code first.", item.wbs_code);
            return Err(Problem::conflict("/wbs_code", "duplicate", detail).into());
        };
        let other: String = item.wbs_code.chars().take(40).collect();
        self.give(writer, known, item.id, &format!("{other}~{key}"))
    }
}
