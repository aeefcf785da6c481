//! People at work in a plan as assignments.

use super::super::assignment::Assignment;
use super::{Import, of_task};
use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Map, json};
use std::collections::{BTreeMap, HashMap};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Date, FieldType};
use steward_core::store::{IfMatch, Writer};
use steward_core::view::members_of;
use steward_schema::projects::{assignments, work_items};

/// How long a person works on a task, and how much.
#[derive(Default)]
struct Share {
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    hours: Option<f64>,
}

impl Import<'_> {
    /// Makes the assignments of the file, or brings them to what it says.
    pub fn put_people(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        let shares = self.shares(writer)?;
        let definition = writer.definition::<Assignment>()?;
        let query = assignments::table.inner_join(work_items::table).filter(work_items::project_id.eq(self.id));
        let rows: Vec<(Id, Id, Id)> = query.select((assignments::work_item_id, assignments::person_id, assignments::id)).load(writer.connection)?;
        let known: HashMap<(Id, Id), Id> = rows.into_iter().map(|(item, person, id)| ((item, person), id)).collect();
        for ((at, person), share) in shares {
            let Some((item, task)) = self.items.get(at).copied().zip(self.plan.tasks.get(at)) else { continue };
            let Some(starts) = share.starts_on.or(task.starts_on).map(Date).or(self.project.starts_on) else {
                self.warn(format!("Line {}: {} has no day on which it starts, and nobody is assigned to it.", task.line, task.name));
                continue;
            };
            let ends = share.ends_on.or(task.ends_on).map(Date);
            let mut members = members_of(json!({"starts_on": starts.to_json(), "ends_on": ends.map(|day| day.to_json()), "planned_hours": share.hours}));
            match known.get(&(item, person)) {
                Some(id) => {
                    let before = writer.reader().get(definition, *id)?.meta.revision;
                    let after = of_task(task, writer.update(definition, *id, &IfMatch::Any, &members))?.meta.revision;
                    self.outcome.assignments.count(after != before);
                }
                None => {
                    members.extend(members_of(json!({"work_item_id": item.to_string(), "person_id": person.to_string()})));
                    of_task(task, writer.create(definition, members))?;
                    self.outcome.assignments.created += 1;
                }
            }
        }
        Ok(())
    }

    /// What each person has to do with each task, several assignments taken together.
    fn shares(&mut self, writer: &mut Writer<'_>) -> Result<BTreeMap<(usize, Id), Share>> {
        let mut people: HashMap<(&str, Option<&str>), Option<Id>> = HashMap::new();
        let mut shares: BTreeMap<(usize, Id), Share> = BTreeMap::new();
        for assignment in &self.plan.assignments {
            let named = (assignment.name.as_str(), assignment.email.as_deref());
            let person = match people.get(&named) {
                Some(person) => *person,
                None => {
                    let person = self.person(writer, named)?;
                    people.insert(named, person);
                    person
                }
            };
            let Some(person) = person else { continue };
            let share = shares.entry((assignment.task, person)).or_default();
            share.starts_on = share.starts_on.into_iter().chain(assignment.starts_on).min();
            share.ends_on = share.ends_on.into_iter().chain(assignment.ends_on).max();
            share.hours = assignment.work_hours.map(|hours| share.hours.unwrap_or(0.0) + hours).or(share.hours);
        }
        Ok(shares)
    }

    /// The person that a resource is: the one with its e-mail address, else the only one with its name.
    fn person(&mut self, writer: &mut Writer<'_>, (name, email): (&str, Option<&str>)) -> Result<Option<Id>> {
        let Some(field) = writer.definition::<Assignment>()?.field("person_id") else { return Ok(None) };
        for key in email.into_iter().chain([name]) {
            match writer.reader().find_by_name(field, key, &Map::new())?.as_slice() {
                [] => {}
                [only] => return Ok(Some(*only)),
                _ => {
                    self.warn(format!("Several people are called {key}; what the file gives them is not assigned. Add the e-mail address to the resource."));
                    return Ok(None);
                }
            }
        }
        self.warn(format!("Nobody is known as {name}; what the file gives them is not assigned."));
        Ok(None)
    }
}
