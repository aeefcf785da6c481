//! Judging rules that facts may break: when a record is written that can break or mend one, and when somebody asks.

use super::writer::Writer;
use crate::database::{SqlValue, Statement};
use crate::error::{Problem, Result};
use crate::ports::conflict;
use crate::resource::flag::Watcher;
use crate::resource::{Flag, Id, ResourceType, Stored, Watch};
use crate::store::index::registry::{self, Entry};
use diesel::sql_types::Uuid;
use std::collections::HashMap;

impl Writer<'_> {
    /// Judges anew the rules that the change of a record can break or mend; true if that moved something beside conflicts.
    pub(in crate::store) fn judge_flags(
        &mut self,
        definition: &'static ResourceType,
        id: Id,
        before: Option<&[SqlValue]>,
        after: Option<&[SqlValue]>,
    ) -> Result<bool> {
        self.judge_watched(definition, id, [before, after], None)
    }

    fn judge_watched(&mut self, definition: &'static ResourceType, id: Id, cells: [Option<&[SqlValue]>; 2], new: Option<&Stored>) -> Result<bool> {
        let definitions = self.store.definitions.clone();
        let (mut moved, mut standings) = (false, HashMap::new());
        for Watcher { rule, flag, watch } in definitions.watchers(definition.path) {
            if new.is_some() && (watch.unless_new || (watch.field == "id" && watch.beside.is_some())) {
                // Nothing refers to it yet.
                continue;
            }
            for subject in self.concerned(definition, watch, id, cells)? {
                let held = match new.filter(|new| new.meta.id == subject && flag.about == definition.path) {
                    Some(new) => self.judge_new(rule, flag, new)?,
                    None => {
                        let standing = match standings.get(&subject) {
                            Some(known) => known,
                            None => standings.entry(subject).or_insert(self.standing(subject)?),
                        };
                        let Some(entry) = standing.as_ref().filter(|entry: &&Entry| entry.collection == flag.about) else { continue };
                        self.judge_flag(rule, flag, entry)?
                    }
                };
                if held {
                    // What is held may be in another state now.
                    standings.clear();
                    moved = true;
                }
            }
        }
        Ok(moved)
    }

    /// The records in question when a record changes, before and after, in one order, so that two writers do not wait for each other.
    fn concerned(&mut self, definition: &ResourceType, watch: &Watch, id: Id, cells: [Option<&[SqlValue]>; 2]) -> Result<Vec<Id>> {
        let mut subjects = Vec::new();
        if let Some(find) = watch.looked_up {
            subjects = self.with_check(id, None, None, |check| find(check, id))?;
        } else {
            let own = SqlValue::Id(id);
            let value = |cells| if watch.field == "id" { Some(&own) } else { definition.compared(cells, watch.field).map(|(_, cell)| cell) };
            let [before, after] = cells.map(|cells| cells.and_then(value).filter(|value| !value.is_null()));
            for value in before.into_iter().chain(after.filter(|after| before != Some(after))) {
                subjects.extend(self.subjects(watch, value)?);
            }
        }
        subjects.sort_unstable();
        subjects.dedup();
        Ok(subjects)
    }

    /// The record as it stands once its rules are judged, which may have moved it.
    pub(in crate::store) fn judged(&mut self, definition: &'static ResourceType, before: Option<&Stored>, after: Stored) -> Result<Stored> {
        // What is restored has a past, and may have been told of.
        let (known, cells) = (before.map(|before| definition.cells(before)), definition.cells(&after));
        let new = (before.is_none() && after.meta.revision == 1).then_some(&after);
        if !self.judge_watched(definition, after.meta.id, [known.as_deref(), Some(&cells)], new)? {
            return Ok(after);
        }
        crate::store::read::reader::load(self.connection, definition, after.meta.id, None, false)?.ok_or_else(|| Problem::not_found().into())
    }

    /// Judges all rules about a record, or one of them by its name; the number of rules judged.
    pub fn judge_rules(&mut self, subject: Id, rule: Option<&str>) -> Result<usize> {
        let definitions = self.store.definitions.clone();
        let Some(mut entry) = self.standing(subject)? else { return Ok(0) };
        let (about, mut judged) = (entry.collection.clone(), 0);
        for declaring in definitions.all() {
            for flag in declaring.flags.iter().filter(|flag| flag.about == about) {
                let named = declaring.permission(flag.code);
                if rule.is_none_or(|rule| rule == named) {
                    if self.judge_flag(&named, flag, &entry)? {
                        let Some(moved) = self.standing(subject)? else { return Ok(judged + 1) };
                        entry = moved;
                    }
                    judged += 1;
                }
            }
        }
        Ok(judged)
    }

    /// The records in question when the watched field holds a value.
    fn subjects(&mut self, watch: &Watch, value: &SqlValue) -> Result<Vec<Id>> {
        let Some((collection, by, named)) = watch.beside else { return Ok(value.as_id().into_iter().collect()) };
        let Some(other) = self.store.definitions.get(collection) else { return Ok(Vec::new()) };
        let query =
            Statement::new(format!("SELECT DISTINCT {named} FROM {} WHERE {by} = ", other.table)).with(value.clone(), format!(" AND {named} IS NOT NULL"));
        Ok(query.load::<Uuid, Id>(self.connection)?)
    }

    /// A record in question as it stands, locked: who judges next sees what this transaction wrote, and this one what the last wrote, so that
    /// nothing is raised twice or missed.
    fn standing(&mut self, subject: Id) -> Result<Option<Entry>> {
        registry::lock(self.connection, subject)?;
        registry::find_one(self.connection, subject)
    }

    fn judge_flag(&mut self, rule: &str, flag: &Flag, entry: &Entry) -> Result<bool> {
        let (subject, state) = (entry.id, entry.state.as_deref());
        let detail = self.with_check(subject, None, state, |check| (flag.judge)(check, subject))?;
        self.settle(rule, flag, (subject, state), detail)
    }

    /// The same of a record that was made just now: nobody else sees it, and nothing was told about it yet.
    fn judge_new(&mut self, rule: &str, flag: &Flag, new: &Stored) -> Result<bool> {
        let (subject, state) = (new.meta.id, new.meta.state.as_deref());
        let detail = self.with_check(subject, None, state, |check| (flag.judge)(check, subject))?;
        if detail.is_none() { Ok(false) } else { self.settle(rule, flag, (subject, state), detail) }
    }

    fn settle(&mut self, rule: &str, flag: &Flag, (subject, state): (Id, Option<&str>), detail: Option<String>) -> Result<bool> {
        let settled = self.with_check(subject, None, state, |check| conflict::settle(check, subject, rule, detail.as_deref()))?;
        self.apply_effects(settled.effects)?;
        let Some(hold) = flag.hold.filter(|_| settled.raised) else { return Ok(false) };
        let effects = self.with_check(subject, None, state, |check| hold(check, subject))?;
        let moves = !effects.is_empty();
        self.apply_effects(effects)?;
        Ok(moves)
    }
}
