//! What must hold of a record in a state: what is declared for it, asked on every way into the state and of every write that could break
//! it while the record is in it.

use super::declared_rule::{ROUNDING, same_as, values_of};
use super::writer::Writer;
use crate::access::Session;
use crate::clock::Moment;
use crate::database::{Connection, SqlValue, Statement};
use crate::error::{FieldError, Kind, Problem, Result};
use crate::resource::value::Date;
use crate::resource::{Condition, Entity, Field, Id, Lock, Move, Need, ResourceType, ResourceTypes, Scope, Stored, UnmetGuard};
use crate::store::index::{edge, reference, registry};
use crate::store::read::reader::{Reader, load};
use crate::store::read::scope;
use crate::store::schedule::due_amount;
use diesel::sql_types::{Double, Uuid};

/// Who asks, about what, and when.
pub(in crate::store) struct Asked<'a> {
    /// Who asks: what they may not read is not named to them.
    pub session: &'a Session,
    /// All kinds of records.
    pub definitions: &'a ResourceTypes,
    /// When.
    pub now: Moment,
}

/// What the guards of a move must have locked before they are asked.
pub(in crate::store) fn guard_locks(definition: &ResourceType, step: &Move, cells: &[SqlValue]) -> Vec<Lock> {
    let of_guard = |need: &Need| match need {
        Need::Referred(field, _) => definition.compared(cells, field).and_then(|(_, cell)| cell.as_id()).map(Lock::Row),
        Need::Alone(same) => Some(Lock::Named(format!("{} {} {}", definition.table, step.to, values_of(definition, cells, same)))),
        _ => None,
    };
    definition.needs_of(step.to).filter_map(of_guard).collect()
}

impl Asked<'_> {
    /// What the declared conditions of a state miss.
    pub fn unmet(&self, connection: &mut Connection, definition: &'static ResourceType, stored: &Stored, state: &str) -> Result<Vec<UnmetGuard>> {
        let mut missing = Vec::new();
        for need in definition.needs_of(state) {
            missing.extend(self.missing_for(connection, definition, stored, state, need)?);
        }
        Ok(missing)
    }

    /// What one of them misses.
    pub fn missing_for(
        &self,
        connection: &mut Connection,
        definition: &'static ResourceType,
        stored: &Stored,
        state: &str,
        need: &Need,
    ) -> Result<Vec<UnmetGuard>> {
        let id = stored.meta.id;
        let cells = definition.cells(stored);
        let compared = |name: &str| definition.compared(&cells, name).map(|(_, cell)| cell);
        let table = |path: &str| self.definitions.get(path).map(|other| other.table.as_str()).unwrap_or_default();
        Ok(match need {
            Need::Set(fields) => {
                let empty = fields.iter().filter(|name| compared(name).is_none_or(SqlValue::is_null));
                empty.map(|name| UnmetGuard::new(&format!("/{name}"), "required", format!("Set {name} first."))).collect()
            }
            Need::Part(of) => {
                let by = self.definitions.parts_of(definition.path).find(|(part, _)| part.path == *of).map(|(_, field)| field).unwrap_or("id");
                let query = Statement::new(format!("SELECT 1 FROM {} WHERE {by} = ", table(of))).with(id, " LIMIT 1");
                one(!query.finds(connection)?, "", "parts", || format!("It has no {}: add at least one of {of} first.", words(of)))
            }
            Need::Referred(field, states) => match compared(field).and_then(SqlValue::as_id) {
                None => Vec::new(),
                Some(other) => self.referred(connection, definition, (field, other), states)?,
            },
            Need::Alone(same) => self.alone(connection, definition, (id, &cells), same, state)?,
            Need::Sum { of, by, field, total } => {
                let query = Statement::new(format!("SELECT CAST(COALESCE(SUM({field}), 0) AS double precision) FROM {} WHERE {by} = ", table(of))).with(id, "");
                let sum = query.load::<Double, f64>(connection)?.pop().unwrap_or_default();
                one((sum - total).abs() > ROUNDING, "", "sum", || format!("The {field} of its {} is {sum} together; it must be {total}.", words(of)))
            }
            Need::NoneIn { of, by, states } => {
                let mut query = Statement::new(format!("SELECT id FROM {} WHERE {by} = ", table(of))).with(id, "");
                if !states.is_empty() {
                    query.push(" AND state IN (").bind_all(states.iter().map(|state| SqlValue::from(*state))).push(")");
                }
                self.named(connection, query, of, "still refers to it. Move that on or take it away first.")?
            }
            Need::AllIn { of, by, states } => {
                let mut query = Statement::new(format!("SELECT id FROM {} WHERE {by} = ", table(of))).with(id, " AND state NOT IN (");
                query.bind_all(states.iter().map(|state| SqlValue::from(*state))).push(")");
                self.named(connection, query, of, &format!("must be {} first.", states.join(" or ")))?
            }
            Need::After(field) => self.reached(compared(field), field, 1),
            Need::Reached(field) => self.reached(compared(field), field, 0),
        })
    }

    /// The day or the instant in a field has come so many days or seconds ago.
    fn reached(&self, cell: Option<&SqlValue>, field: &str, least: i64) -> Vec<UnmetGuard> {
        let pointer = format!("/{field}");
        match cell.and_then(|cell| Some((time_since(cell, self.now)?, shown(cell)))) {
            Some((since, shown)) => {
                one(since < least, &pointer, "not_yet", || format!("{} {field} ({shown}).", if least > 0 { "Not until the end of" } else { "Not before" }))
            }
            None => vec![UnmetGuard::new(&pointer, "required", format!("Set {field} first."))],
        }
    }

    fn referred(&self, connection: &mut Connection, definition: &ResourceType, (field, other): (&str, Id), states: &[&str]) -> Result<Vec<UnmetGuard>> {
        let Some(entry) = registry::find_one(connection, other)? else {
            let kind = definition.kind_name();
            return Ok(vec![UnmetGuard::new(&format!("/{field}"), "state", format!("{kind}: the record in {field} is deleted. Choose another."))]);
        };
        let stored = entry.state.as_deref().unwrap_or_default();
        let state = due_amount::standing_of(connection, self.definitions, &entry.collection, other, stored, self.now)?;
        if states.contains(&state.as_str()) {
            return Ok(Vec::new());
        }
        let name = self.name_of(connection, &entry)?;
        let detail = format!("{name}, which {field} names, is {state}; it must be {}.", states.join(" or "));
        Ok(vec![UnmetGuard::new(&format!("/{field}"), "state", detail)])
    }

    fn alone(
        &self,
        connection: &mut Connection,
        definition: &'static ResourceType,
        (id, cells): (Id, &[SqlValue]),
        same: &[&str],
        state: &str,
    ) -> Result<Vec<UnmetGuard>> {
        let mut query = Statement::new(format!("SELECT id FROM {} WHERE state = ", definition.table)).with(state, " AND id <> ").with(id, "");
        query.append(due_amount::still(definition, state, self.now, connection.is_postgres()));
        same_as(&mut query, definition, cells, same).push(" LIMIT 1");
        let Some(other) = query.load::<Uuid, Id>(connection)?.pop() else { return Ok(Vec::new()) };
        let of = if same.is_empty() { String::new() } else { format!(" with the same {}", same.join(" and ")) };
        let name = match registry::find_one(connection, other)? {
            Some(entry) => self.name_of(connection, &entry)?,
            None => "Another one".to_owned(),
        };
        Ok(vec![UnmetGuard::new("", "another", format!("{name}{of} is {state} already. Move that on first."))])
    }

    fn named(&self, connection: &mut Connection, mut query: Statement, of: &str, what: &str) -> Result<Vec<UnmetGuard>> {
        query.push(format!(" ORDER BY id LIMIT {NAMED}"));
        let ids = query.load::<Uuid, Id>(connection)?;
        let mut unmet = Vec::new();
        for other in ids {
            let name = match registry::find_one(connection, other)? {
                Some(entry) => self.name_of(connection, &entry)?,
                None => format!("{of}/{other}"),
            };
            unmet.push(UnmetGuard(FieldError::new("", "in_use", format!("{name} {what}"))));
        }
        Ok(unmet)
    }

    /// A record by its kind, title, address and state; only its kind to whom may not read it.
    pub fn name_of(&self, connection: &mut Connection, entry: &registry::Entry) -> Result<String> {
        let Some(definition) = self.definitions.get(&entry.collection) else { return Ok("A record".into()) };
        let visible = scope::may_read_entry(connection, self.session, self.definitions, definition, entry)?;
        let open = definition.field(definition.title).is_none_or(Field::is_open);
        Ok(match (visible, open) {
            (true, true) if definition.title == "id" => self.name_within(connection, definition, entry)?,
            (true, true) => format!("{} \"{}\" ({}/{})", definition.kind_name(), entry.title, entry.collection, entry.id),
            (true, false) => format!("{} {}/{}", definition.kind_name(), entry.collection, entry.id),
            (false, _) if definition.private_to.is_empty() => format!("A record of {} that is not visible to you", entry.collection),
            (false, _) => "A record that is not visible to you".to_owned(),
        })
    }

    /// What has no name of its own, by what it lies within, as far as that may be read: a version of a policy by the policy.
    fn name_within(&self, connection: &mut Connection, definition: &'static ResourceType, entry: &registry::Entry) -> Result<String> {
        let (kind, address) = (definition.kind_name(), format!("{}/{}", entry.collection, entry.id));
        let above = if let Scope::Within(field) = definition.scope { edge::target(connection, entry.id, field)? } else { None };
        let above = above.map(|id| scope::named(connection, self.session, self.definitions, id)).transpose()?.flatten();
        Ok(match above {
            Some((of, title)) => format!("{kind} of {} \"{title}\" ({address})", of.kind_name().to_lowercase()),
            None => format!("{kind} {address}"),
        })
    }
}

/// How many records an answer names.
const NAMED: usize = 20;

fn one(found: bool, pointer: &str, code: &str, detail: impl FnOnce() -> String) -> Vec<UnmetGuard> {
    if found { vec![UnmetGuard::new(pointer, code, detail())] } else { Vec::new() }
}

/// `vendors/purchase-order-lines` in words.
fn words(path: &str) -> String {
    path.split_once('/').map_or(path, |(_, collection)| collection).replace('-', " ")
}

fn shown(cell: &SqlValue) -> String {
    cell.as_date().map(|date| date.to_string()).or_else(|| cell.as_instant().map(|at| at.to_string())).unwrap_or_default()
}

/// The days since a day, or the seconds since an instant; less than 0 before it.
fn time_since(cell: &SqlValue, now: Moment) -> Option<i64> {
    let days = |on: Date| (now.today.0 - on.0).num_days();
    cell.as_date().map(days).or_else(|| cell.as_instant().map(|at| (now.at.0 - at.0).num_seconds()))
}

/// The fields of a condition on the record itself: what a change of other fields cannot break.
fn fields_of(need: &Need) -> &'static [&'static str] {
    match need {
        Need::Set(fields) | Need::Alone(fields) => fields,
        _ => &[],
    }
}

fn concerns(need: &Need, changed: &[&str]) -> bool {
    match need {
        Need::Referred(field, _) | Need::After(field) | Need::Reached(field) => changed.contains(field),
        need => fields_of(need).iter().any(|field| changed.contains(field)),
    }
}

/// True if a write to a record can break what another one needs of it.
fn can_break(definition: &ResourceType, condition: &Condition, before: Option<&Stored>, after: Option<&Stored>) -> bool {
    let differs = |name: &str| {
        let cell = |stored: Option<&Stored>| stored.map(|stored| definition.cells_of_field(stored, name)).unwrap_or_default();
        cell(before) != cell(after)
    };
    let state = |stored: Option<&Stored>| stored.and_then(|stored| stored.meta.state.clone());
    let (old, new) = (state(before), state(after));
    let moved = before.is_some() && after.is_some() && old != new;
    let placed = before.is_some() && after.is_some() && differs(condition.by);
    let into = new.unwrap_or_default();
    match condition.guard.need {
        Need::Part(_) => placed || after.is_none(),
        Need::Sum { field, .. } => differs(field) || differs(condition.by),
        Need::NoneIn { states, .. } => placed || (moved && states.contains(&into.as_str())),
        Need::AllIn { states, .. } => placed || (moved && !states.contains(&into.as_str())),
        _ => false,
    }
}

impl<'r> Reader<'r> {
    /// Who asks about conditions here.
    pub(in crate::store) fn asked(&self) -> Asked<'r> {
        Asked { session: self.session, definitions: &self.store.definitions, now: self.moment() }
    }
}

impl<'w> Writer<'w> {
    /// Who asks about conditions here.
    pub(in crate::store) fn asked(&mut self) -> Asked<'w> {
        let now = self.store.moment(self.connection, self.now);
        Asked { session: self.session, definitions: &self.store.definitions, now }
    }

    /// Refuses a change to a record after which what its state asks for would not hold any more (409).
    pub(in crate::store) fn require_state_kept(&mut self, definition: &'static ResourceType, before: &Stored, after: &Stored) -> Result<()> {
        let Some(state) = after.meta.state.clone() else { return Ok(()) };
        let differing = definition.changed_fields(&definition.cells(before), &definition.cells(after));
        let changed: Vec<&str> = differing.into_iter().map(|field| field.name).collect();
        let asked = self.asked();
        let mut broken = Vec::new();
        for guard in definition.guards.iter().filter(|guard| concerns(&guard.need, &changed)) {
            // What a state needed to be set stays set in those that are reached only through it.
            let lasts = matches!(guard.need, Need::Set(_)) && guard.to.iter().any(|to| definition.states_behind(to).contains(&state.as_str()));
            if lasts || guard.to.contains(&state.as_str()) {
                let missing = asked.missing_for(self.connection, definition, after, &state, &guard.need)?;
                broken.extend(missing.into_iter().filter(|unmet| unmet.0.pointer.is_empty() || changed.contains(&&unmet.0.pointer[1..])));
            }
        }
        let known = self.unmet_in(definition, before, &*before.own, &state)?;
        let new = self.unmet_in(definition, before, &*after.own, &state)?;
        broken.extend(new.into_iter().filter(|unmet| !known.iter().any(|old| old.0.pointer == unmet.0.pointer && old.0.code == unmet.0.code)));
        refuse_broken(&definition.title_of(after), &state, broken)
    }

    /// What a resource says itself that does not hold in a state.
    pub(in crate::store) fn unmet_in(
        &mut self,
        definition: &'static ResourceType,
        before: &Stored,
        entity: &dyn Entity,
        state: &str,
    ) -> Result<Vec<UnmetGuard>> {
        self.with_check(before.meta.id, Some(&*before.own), Some(state), |check| definition.unmet_in(entity, state, check))
    }

    /// Refuses a record in a state whose conditions do not hold, such as one that is brought back (409).
    pub(in crate::store) fn require_conditions(&mut self, definition: &'static ResourceType, stored: &Stored) -> Result<()> {
        let Some(state) = stored.meta.state.clone() else { return Ok(()) };
        let asked = self.asked();
        let mut broken = Vec::new();
        // Its parts come back after it.
        for need in definition.needs_of(&state).filter(|need| !matches!(need, Need::Part(_) | Need::Sum { .. })) {
            broken.extend(asked.missing_for(self.connection, definition, stored, &state, need)?);
        }
        broken.extend(self.unmet_in(definition, stored, &*stored.own, &state)?);
        refuse_broken(&definition.title_of(stored), &state, broken)
    }

    /// Refuses a write to a record after which what the state of another one asks of it would not hold any more (409).
    pub(in crate::store) fn require_conditions_above(
        &mut self,
        definition: &'static ResourceType,
        before: Option<&Stored>,
        after: Option<&Stored>,
    ) -> Result<()> {
        let asked = self.asked();
        for condition in asked.definitions.conditions_on(definition.path).iter().filter(|condition| can_break(definition, condition, before, after)) {
            let mut above: Vec<Id> = [before, after]
                .into_iter()
                .flatten()
                .filter_map(|stored| reference::of_record(definition, stored).into_iter().find(|(field, _)| field.name == condition.by).map(|(_, id)| id))
                .collect();
            above.dedup();
            for id in above {
                registry::lock(self.connection, id)?;
                let there = registry::find_one(self.connection, id)?.filter(|entry| entry.collection == condition.of.path);
                let Some((state, entry)) = there.and_then(|entry| Some((entry.state.clone()?, entry))) else { continue };
                if !condition.guard.to.contains(&state.as_str()) {
                    continue;
                }
                let Some(of) = load(self.connection, condition.of, id, None, false)? else { continue };
                let broken = asked.missing_for(self.connection, condition.of, &of, &state, &condition.guard.need)?;
                refuse_broken(&asked.name_of(self.connection, &entry)?, &state, broken)?;
            }
        }
        Ok(())
    }
}

fn refuse_broken(name: &str, state: &str, broken: Vec<UnmetGuard>) -> Result<()> {
    let Some(first) = broken.first() else { return Ok(()) };
    let detail = format!("{name} is {state}, and what that state asks for must hold on: {}", first.0.detail);
    let errors = broken.into_iter().map(|unmet| unmet.0).collect();
    Err(Problem { errors, ..Problem::new(Kind::Conflict, detail) }.into())
}
