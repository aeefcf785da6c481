//! Links of a plan as work dependencies.

use super::super::work_dependency::{WorkDependency, WorkDependencyKind};
use super::items::KnownItems;
use super::{Import, of_task};
use diesel::prelude::*;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::FieldType;
use steward_core::store::{IfMatch, Writer};
use steward_core::view::members_of;
use steward_schema::projects::{work_dependencies, work_items};

/// What waits for what, and which ends.
type Key = (Id, Id, String);

impl Import<'_> {
    /// The links between items of the project.
    fn known_links(&self, writer: &mut Writer<'_>) -> Result<HashMap<Key, Id>> {
        let query = work_dependencies::table
            .inner_join(work_items::table.on(work_items::id.eq(work_dependencies::successor_id)))
            .filter(work_items::project_id.eq(self.id));
        let columns = (work_dependencies::predecessor_id, work_dependencies::successor_id, work_dependencies::kind, work_dependencies::id);
        let rows: Vec<(Id, Id, WorkDependencyKind, Id)> = query.select(columns).load(writer.connection)?;
        Ok(rows.into_iter().map(|(predecessor, successor, kind, id)| ((predecessor, successor, word(kind)), id)).collect())
    }

    /// Deletes the links between tasks of the file that the file no longer has, before the outline changes.
    pub fn remove_links(&mut self, writer: &mut Writer<'_>, known: &KnownItems) -> Result<()> {
        let of_task = |at: usize| known.of_tasks.get(at).copied().flatten();
        let kept: HashSet<Key> =
            self.plan.links.iter().filter_map(|link| Some((of_task(link.predecessor)?, of_task(link.successor)?, link.kind.to_owned()))).collect();
        let named: HashSet<Id> = known.of_tasks.iter().copied().flatten().collect();
        let definition = writer.definition::<WorkDependency>()?;
        let mut gone: Vec<Id> = Vec::new();
        for (key, id) in self.known_links(writer)? {
            if named.contains(&key.0) && named.contains(&key.1) && !kept.contains(&key) {
                gone.push(id);
            }
        }
        gone.sort_unstable();
        for id in gone {
            writer.delete(definition, id, &IfMatch::Any)?;
            self.outcome.work_dependencies.deleted += 1;
        }
        Ok(())
    }

    /// Makes the links of the file, or brings them to what it says.
    pub fn put_links(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        let known = self.known_links(writer)?;
        let definition = writer.definition::<WorkDependency>()?;
        for link in &self.plan.links {
            let ids = self.items.get(link.predecessor).copied().zip(self.items.get(link.successor).copied());
            let Some(((predecessor, successor), task)) = ids.zip(self.plan.tasks.get(link.successor)) else { continue };
            let lag = members_of(json!({"lag_hours": link.lag_hours}));
            match known.get(&(predecessor, successor, link.kind.to_owned())) {
                Some(id) => {
                    let before = writer.reader().get(definition, *id)?.meta.revision;
                    let after = of_task(task, writer.update(definition, *id, &IfMatch::Any, &lag))?.meta.revision;
                    self.outcome.work_dependencies.count(after != before);
                }
                None => {
                    let mut members = members_of(json!({"predecessor_id": predecessor.to_string(), "successor_id": successor.to_string(), "kind": link.kind}));
                    members.extend(lag);
                    of_task(task, writer.create(definition, members))?;
                    self.outcome.work_dependencies.created += 1;
                }
            }
        }
        Ok(())
    }
}

fn word(kind: WorkDependencyKind) -> String {
    kind.to_json().as_str().unwrap_or_default().to_owned()
}
