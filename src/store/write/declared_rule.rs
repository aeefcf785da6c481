//! Running what resources declare: rules about other rows, what moves need, and what a move does elsewhere.

use super::writer::{IfMatch, Writer};
use crate::access::Session;
use crate::database::{Closure, Connection, SqlType, SqlValue, Statement};
use crate::error::{FieldError, Problem, Result};
use crate::resource::value::{Date, Instant};
use crate::resource::{Effect, Entity, Id, Lock, Move, Need, Placement, ResourceType, ResourceTypes, Rule, Stored, UnmetGuard};
use crate::store::index::registry;
use crate::store::schedule::due_amount;
use diesel::RunQueryDsl;
use diesel::sql_types::{Double, Uuid};
use serde_json::{Map, Value};

/// What the declared rules of a record must have locked before they run.
pub(in crate::store) fn locks(definition: &ResourceType, cells: &[SqlValue]) -> Vec<Lock> {
    let group = |same: &[&str]| Lock::Named(format!("{} {} {}", definition.table, same.join(","), values_of(definition, cells, same)));
    let of_rule = |rule: &Rule| match rule {
        Rule::Tree(field) => Some(Lock::Named(format!("{} {field}", definition.table))),
        Rule::Agrees { by, .. } => definition.compared(cells, by).and_then(|(_, cell)| cell.as_id()).map(Lock::Row),
        Rule::NoOverlap { same, .. } | Rule::AtMost { same, .. } => Some(group(same)),
        Rule::Distinct(fields) => Some(group(fields)),
        Rule::Fixed(_) => None,
    };
    definition.rules.iter().filter_map(of_rule).collect()
}

/// The records that rules are judged about when this one changes. They are locked before it is written: its row holds them too from
/// then on, and two that each held one would wait for each other.
pub(in crate::store) fn judged(definitions: &ResourceTypes, definition: &ResourceType, cells: &[SqlValue]) -> Vec<Lock> {
    let direct = definitions.watchers(definition.path).iter().filter(|watcher| watcher.watch.beside.is_none());
    direct.filter_map(|watcher| definition.compared(cells, watcher.watch.field)?.1.as_id()).map(Lock::Row).collect()
}

/// What some fields of a record hold, as one text that names the group of those that agree in them.
fn values_of(definition: &ResourceType, cells: &[SqlValue], names: &[&str]) -> String {
    let values: Vec<String> = names.iter().filter_map(|name| definition.compared(cells, name)).map(|(_, cell)| format!("{cell:?}")).collect();
    values.join(",")
}

/// Fills what is left out and can be taken from what another field refers to.
pub(in crate::store) fn derive(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    definition: &ResourceType,
    members: &mut Map<String, Value>,
) -> Result<()> {
    for rule in definition.rules {
        let Rule::Agrees { by, theirs, ours } = rule else { continue };
        let empty = members.get(*ours).is_none_or(Value::is_null) && definition.field(ours).is_some_and(|field| field.optional);
        let (Some(id), true) = (members.get(*by).and_then(Value::as_str).and_then(Id::parse), empty) else { continue };
        let Some(target) = target_of(definitions, definition, by) else { continue };
        if *theirs == "id" {
            members.insert((*ours).into(), id.to_string().into());
            continue;
        }
        let Some(field) = target.field(theirs) else { continue };
        let columns: Vec<String> = field.columns.iter().map(|column| format!("{theirs}{}", column.suffix)).collect();
        let kinds: Vec<SqlType> = field.columns.iter().map(|column| column.kind).collect();
        let query = Statement::new(format!("SELECT {} FROM {} WHERE id = ", columns.join(", "), target.table)).with(id, "");
        if let Some(row) = query.first(connection, &kinds)?
            && !row.iter().all(SqlValue::is_null)
            && let Some(value) = (field.json)(&row)
        {
            members.insert((*ours).into(), value);
        }
    }
    Ok(())
}

fn target_of(definitions: &ResourceTypes, definition: &ResourceType, by: &str) -> Option<&'static ResourceType> {
    definition.field(by).and_then(|field| field.refers_to.first()).and_then(|path| definitions.get(path))
}

/// Runs the declared rules of a record (409).
pub(in crate::store) fn check(connection: &mut Connection, definitions: &ResourceTypes, definition: &ResourceType, id: Id, cells: &[SqlValue]) -> Result<()> {
    for rule in definition.rules {
        match rule {
            Rule::Tree(field) => no_circle(connection, definition, id, cells, field)?,
            Rule::Agrees { by, theirs, ours } => agrees(connection, definitions, definition, cells, (by, theirs, ours))?,
            Rule::NoOverlap { same, starts, ends } => no_overlap(connection, definition, id, cells, (same, starts, ends))?,
            Rule::Distinct(fields) => distinct(connection, definition, id, cells, fields)?,
            Rule::Fixed(fields) => kept(connection, definition, id, cells, fields)?,
            Rule::AtMost { sum, same, limit } => at_most(connection, definition, id, cells, (sum, same, *limit))?,
        }
    }
    Ok(())
}

/// Refuses a change that would part a record from those that must agree with it (409).
pub(in crate::store) fn check_those_that_agree(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    definition: &ResourceType,
    before: &Stored,
    cells: &[SqlValue],
) -> Result<()> {
    let known = definition.cells(before);
    for other in definitions.all() {
        for rule in other.rules {
            let Rule::Agrees { by, theirs, ours } = rule else { continue };
            if target_of(definitions, other, by).is_none_or(|target| target.path != definition.path) {
                continue;
            }
            let (Some((_, old)), Some((_, new))) = (definition.compared(&known, theirs), definition.compared(cells, theirs)) else { continue };
            if old == new || new.is_null() {
                continue;
            }
            let column = column_of(other, ours);
            let query = Statement::new(format!("SELECT 1 FROM {} WHERE {by} = ", other.table))
                .with(before.meta.id, format!(" AND {column} <> "))
                .with(new.clone(), " LIMIT 1");
            if query.finds(connection)? {
                let detail = format!("Records of {} refer to it and say the same as it does now. Change those first.", other.path);
                return Err(Problem::conflict(format!("/{theirs}"), "disagrees", detail).into());
            }
        }
    }
    Ok(())
}

fn column_of(definition: &ResourceType, name: &str) -> String {
    let keyed = definition.field(name).is_some_and(|field| field.columns.iter().any(|column| column.suffix == "_key"));
    format!("{name}{}", if keyed { "_key" } else { "" })
}

fn no_circle(connection: &mut Connection, definition: &ResourceType, id: Id, cells: &[SqlValue], field: &str) -> Result<()> {
    let Some(parent) = definition.compared(cells, field).and_then(|(_, cell)| cell.as_id()) else { return Ok(()) };
    let above = Closure::from_id(parent).along_built(Statement::new(format!("SELECT id, {field} FROM {}", definition.table)));
    if above.reaches(id).get_result(connection)? {
        return Err(Problem::conflict(format!("/{field}"), "circle", "That would make it its own ancestor. Choose another.").into());
    }
    Ok(())
}

fn agrees(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    definition: &ResourceType,
    cells: &[SqlValue],
    (by, theirs, ours): (&str, &str, &str),
) -> Result<()> {
    let (Some(target), Some((_, reference)), Some((_, own))) =
        (target_of(definitions, definition, by), definition.compared(cells, by), definition.compared(cells, ours))
    else {
        return Ok(());
    };
    let (Some(id), false) = (reference.as_id(), own.is_null()) else { return Ok(()) };
    let column = if theirs == "id" { "id".to_owned() } else { column_of(target, theirs) };
    let query = Statement::new(format!("SELECT 1 FROM {} WHERE id = ", target.table))
        .with(id, format!(" AND {column} IS NOT NULL AND {column} <> "))
        .with(own.clone(), "");
    if query.finds(connection)? {
        let detail = format!("What it refers to has another {theirs} than {ours} says. Choose one with the same, or change {ours}.");
        return Err(Problem::conflict(format!("/{by}"), "disagrees", detail).into());
    }
    Ok(())
}

/// Adds the condition that other records have the same fields; empty agrees with empty.
fn same_as<'s>(query: &'s mut Statement, definition: &ResourceType, cells: &[SqlValue], same: &[&str]) -> &'s mut Statement {
    for name in same {
        if let Some((column, cell)) = definition.compared(cells, name) {
            match cell {
                SqlValue::Null(_) => query.push(format!(" AND {column} IS NULL")),
                cell => query.push(format!(" AND {column} = ")).bind(cell.clone()),
            };
        }
    }
    query
}

fn no_overlap(connection: &mut Connection, definition: &ResourceType, id: Id, cells: &[SqlValue], (same, starts, ends): (&[&str], &str, &str)) -> Result<()> {
    let (Some((_, start)), Some((_, end))) = (definition.compared(cells, starts), definition.compared(cells, ends)) else { return Ok(()) };
    if start.is_null() {
        return Ok(());
    }
    let mut query = Statement::new(format!("SELECT 1 FROM {} WHERE id <> ", definition.table)).with(id, "");
    same_as(&mut query, definition, cells, same);
    query.push(format!(" AND ({ends} IS NULL OR {ends} >= ")).bind(start.clone()).push(")");
    if !end.is_null() {
        query.push(format!(" AND {starts} <= ")).bind(end.clone());
    }
    query.push(" LIMIT 1");
    if query.finds(connection)? {
        return Err(Problem::conflict(
            format!("/{starts}"),
            "overlap",
            "Another record covers some of this span already. End that one before this one starts.",
        )
        .into());
    }
    Ok(())
}

fn distinct(connection: &mut Connection, definition: &ResourceType, id: Id, cells: &[SqlValue], fields: &[&str]) -> Result<()> {
    let mut query = Statement::new(format!("SELECT 1 FROM {} WHERE id <> ", definition.table)).with(id, "");
    same_as(&mut query, definition, cells, fields).push(" LIMIT 1");
    if query.finds(connection)? {
        let last = fields.last().copied().unwrap_or_default();
        return Err(Problem::conflict(format!("/{last}"), "duplicate", format!("Another record has the same {}. Choose another.", fields.join(" and "))).into());
    }
    Ok(())
}

/// The row as it is written is not there yet: what stands there is what must be kept.
fn kept(connection: &mut Connection, definition: &ResourceType, id: Id, cells: &[SqlValue], fields: &[&str]) -> Result<()> {
    let first = definition.lifecycle.as_ref().map_or("", |lifecycle| lifecycle.first());
    for name in fields {
        let Some((column, cell)) = definition.compared(cells, name) else { continue };
        let mut query = Statement::new(format!("SELECT 1 FROM {} WHERE id = ", definition.table)).with(id, " AND state <> ").with(first, "");
        match cell {
            SqlValue::Null(_) => query.push(format!(" AND {column} IS NOT NULL")),
            cell => query.push(format!(" AND ({column} IS NULL OR {column} <> ")).bind(cell.clone()).push(")"),
        };
        if query.finds(connection)? {
            let detail = format!("It is not {first} any more, and {name} stays as it was. Make another record instead.");
            return Err(Problem::conflict(format!("/{name}"), "frozen", detail).into());
        }
    }
    Ok(())
}

fn number(cell: &SqlValue) -> f64 {
    match cell {
        SqlValue::Real(number) => *number,
        SqlValue::Integer(number) => *number as f64,
        _ => 0.0,
    }
}

/// Sums of weights are compared with room for the rounding of binary fractions.
const ROUNDING: f64 = 1e-6;

fn at_most(connection: &mut Connection, definition: &ResourceType, id: Id, cells: &[SqlValue], (sum, same, limit): (&str, &[&str], f64)) -> Result<()> {
    let Some((column, own)) = definition.compared(cells, sum) else { return Ok(()) };
    let mut query = Statement::new(format!("SELECT CAST(COALESCE(SUM({column}), 0) AS double precision) FROM {} WHERE id <> ", definition.table)).with(id, "");
    same_as(&mut query, definition, cells, same);
    let others = query.load::<Double, f64>(connection)?.pop().unwrap_or_default();
    if others + number(own) > limit + ROUNDING {
        let detail = format!("Together with the others it would be {}, and at most {limit} may be. The others have {others}.", others + number(own));
        return Err(Problem::conflict(format!("/{sum}"), "sum", detail).into());
    }
    Ok(())
}

/// What the guards of a move must have locked before they are asked.
pub(in crate::store) fn guard_locks(definition: &ResourceType, step: &Move, cells: &[SqlValue]) -> Vec<Lock> {
    let of_guard = |need: &Need| match need {
        Need::Referred(field, _) => definition.compared(cells, field).and_then(|(_, cell)| cell.as_id()).map(Lock::Row),
        Need::Alone(same) => Some(Lock::Named(format!("{} {} {}", definition.table, step.to, values_of(definition, cells, same)))),
        _ => None,
    };
    definition.needs_of(step).filter_map(of_guard).collect()
}

/// What the declared guards of a move miss.
pub(in crate::store) fn unmet(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    definition: &'static ResourceType,
    stored: &Stored,
    step: &Move,
    now: Instant,
) -> Result<Vec<UnmetGuard>> {
    let mut missing = Vec::new();
    for need in definition.needs_of(step) {
        missing.extend(missing_for(connection, definitions, definition, stored, step, need, now)?);
    }
    Ok(missing)
}

/// Refuses to bring back a record into a state in which another one stands that must be alone in it (409).
pub(in crate::store) fn require_alone(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    definition: &'static ResourceType,
    stored: &Stored,
    now: Instant,
) -> Result<()> {
    let Some(state) = stored.meta.state.as_deref() else { return Ok(()) };
    let Some(step) = definition.moves().find(|step| step.to == state) else { return Ok(()) };
    for need in definition.needs_of(step).filter(|need| matches!(need, Need::Alone(_))) {
        if let Some(unmet) = missing_for(connection, definitions, definition, stored, step, need, now)?.pop() {
            return Err(Problem::conflict("", "another", unmet.0.detail).into());
        }
    }
    Ok(())
}

fn missing_for(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    definition: &'static ResourceType,
    stored: &Stored,
    step: &Move,
    need: &Need,
    now: Instant,
) -> Result<Vec<UnmetGuard>> {
    let id = stored.meta.id;
    let cells = definition.cells(stored);
    let compared = |name: &str| definition.compared(&cells, name).map(|(_, cell)| cell);
    let table = |path: &str| definitions.get(path).map(|other| other.table.as_str()).unwrap_or_default();
    let one = |found: bool, pointer: &str, code: &str, detail: String| if found { vec![UnmetGuard::new(pointer, code, detail)] } else { Vec::new() };
    Ok(match need {
        Need::Set(fields) => {
            let empty = fields.iter().filter(|name| compared(name).is_none_or(SqlValue::is_null));
            empty.map(|name| UnmetGuard::new(&format!("/{name}"), "required", format!("Set {name} first."))).collect()
        }
        Need::Part(of) => {
            let by = definitions.parts_of(definition.path).find(|(part, _)| part.path == *of).map(|(_, field)| field).unwrap_or("id");
            let query = Statement::new(format!("SELECT 1 FROM {} WHERE {by} = ", table(of))).with(id, " LIMIT 1");
            one(!query.finds(connection)?, "", "parts", format!("It needs at least one of {of}. Add that first."))
        }
        Need::Referred(field, states) => match compared(field).and_then(SqlValue::as_id) {
            None => Vec::new(),
            Some(other) => {
                let state = match registry::find_one(connection, other)? {
                    Some(entry) => due_amount::standing_of(connection, definitions, &entry.collection, other, entry.state.as_deref().unwrap_or_default(), now)?,
                    None => String::new(),
                };
                let detail = format!("What {field} refers to is {state}, and must be {}.", states.join(" or "));
                one(!states.contains(&state.as_str()), &format!("/{field}"), "state", detail)
            }
        },
        Need::Alone(same) => {
            let mut query = Statement::new(format!("SELECT 1 FROM {} WHERE state = ", definition.table)).with(step.to, " AND id <> ").with(id, "");
            query.append(due_amount::still(definition, step.to, now, connection.is_postgres()));
            same_as(&mut query, definition, &cells, same).push(" LIMIT 1");
            let of = if same.is_empty() { String::new() } else { format!(" with the same {}", same.join(" and ")) };
            one(query.finds(connection)?, "", "another", format!("Another one{of} is {} already. Move that on first.", step.to))
        }
        Need::Sum { of, by, field, total } => {
            let query = Statement::new(format!("SELECT CAST(COALESCE(SUM({field}), 0) AS double precision) FROM {} WHERE {by} = ", table(of))).with(id, "");
            let sum = query.load::<Double, f64>(connection)?.pop().unwrap_or_default();
            one((sum - total).abs() > ROUNDING, "", "sum", format!("The {field} of its {of} is {sum} together, and must be {total}."))
        }
        Need::NoneIn { of, by, states } => {
            let mut query = Statement::new(format!("SELECT id FROM {} WHERE {by} = ", table(of))).with(id, "");
            if !states.is_empty() {
                query.push(" AND state IN (").bind_all(states.iter().map(|state| SqlValue::from(*state))).push(")");
            }
            named(connection, query, |other| format!("{of}/{other} still refers to it. Move that on or take it away first."))?
        }
        Need::AllIn { of, by, states } => {
            let mut query = Statement::new(format!("SELECT id FROM {} WHERE {by} = ", table(of))).with(id, " AND state NOT IN (");
            query.bind_all(states.iter().map(|state| SqlValue::from(*state))).push(")");
            named(connection, query, |other| format!("{of}/{other} must be {} first.", states.join(" or ")))?
        }
        Need::After(field) => match compared(field).and_then(|cell| time_since(cell, now)) {
            Some(since) => one(since <= 0, &format!("/{field}"), "not_yet", format!("That is possible once {field} has passed.")),
            None => vec![UnmetGuard::new(&format!("/{field}"), "required", format!("Set {field} first."))],
        },
        Need::Reached(field) => match compared(field).and_then(|cell| time_since(cell, now)) {
            Some(since) => one(since < 0, &format!("/{field}"), "not_yet", format!("That is possible from {field} on.")),
            None => vec![UnmetGuard::new(&format!("/{field}"), "required", format!("Set {field} first."))],
        },
    })
}

/// The days since a day, or the seconds since an instant; less than 0 before it.
fn time_since(cell: &SqlValue, now: Instant) -> Option<i64> {
    let days = |on: Date| (now.date().0 - on.0).num_days();
    cell.as_date().map(days).or_else(|| cell.as_instant().map(|at| (now.0 - at.0).num_seconds()))
}

/// How many records an answer names.
const NAMED: usize = 20;

fn named(connection: &mut Connection, mut query: Statement, tell: impl Fn(Id) -> String) -> Result<Vec<UnmetGuard>> {
    query.push(format!(" ORDER BY id LIMIT {NAMED}"));
    let ids = query.load::<Uuid, Id>(connection)?;
    Ok(ids.into_iter().map(|other| UnmetGuard(FieldError::new("", "in_use", tell(other)))).collect())
}

/// A record that the service makes, as the members of one that a client sends.
fn members_of(definition: &ResourceType, placement: Placement, own: &dyn Entity) -> Map<String, Value> {
    let mut members = own.to_json();
    definition.read_only_fields().for_each(|field| drop(members.shift_remove(field.name)));
    for (name, id) in [("unit_id", placement.unit_id), ("owner_id", placement.owner_id)] {
        if let Some(id) = id {
            members.insert(name.into(), id.to_string().into());
        }
    }
    members
}

impl Writer<'_> {
    /// Does what a move makes elsewhere, as the service.
    pub(in crate::store) fn apply_effects(&mut self, effects: Vec<Effect>) -> Result<()> {
        if effects.is_empty() {
            return Ok(());
        }
        let state = Session::system();
        let mut writer = Writer {
            store: self.store,
            session: &state,
            origin: self.origin,
            connection: self.connection,
            now: self.now,
            touched: std::mem::take(&mut self.touched),
            once: std::mem::take(&mut self.once),
            unseen: false,
            warnings: Vec::new(),
        };
        let outcome = effects.into_iter().try_for_each(|effect| {
            let definition =
                |collection: &str| -> Result<&'static ResourceType> { writer.store.definitions.get(collection).ok_or_else(|| Problem::not_found().into()) };
            match effect {
                Effect::Create { collection, placement, own } => {
                    let definition = definition(collection)?;
                    writer.create(definition, members_of(definition, placement, &*own)).map(drop)
                }
                Effect::Transition { collection, id, to } => {
                    let definition = definition(collection)?;
                    writer.transition(definition, id, &IfMatch::Any, to).map(drop)
                }
                Effect::Update { collection, id, change } => {
                    let definition = definition(collection)?;
                    writer.update_by(definition, id, &IfMatch::Any, |before| change.of(&*before.own)).map(drop)
                }
            }
        });
        let (touched, once) = (writer.touched, writer.once);
        (self.touched, self.once) = (touched, once);
        outcome
    }
}
