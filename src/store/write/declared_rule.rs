//! Running what resources declare: rules about other rows, and what a move does elsewhere.

use super::writer::{IfMatch, Writer};
use crate::access::Session;
use crate::database::{Closure, Connection, SqlType, SqlValue, Statement};
use crate::error::{FieldError, Kind, Problem, Result};
use crate::resource::value::{figure, folded, letters, letters_in_sql};
use crate::resource::{Effect, Entity, Id, Lock, Placement, ResourceType, ResourceTypes, Rule, Stored};
use diesel::RunQueryDsl;
use diesel::sql_types::Double;
use serde_json::{Map, Value};

/// What the declared rules of a record must have locked before they run.
pub(in crate::store) fn locks(definition: &ResourceType, cells: &[SqlValue]) -> Vec<Lock> {
    let group = |same: &[&str]| Lock::Named(format!("{} {} {}", definition.table, same.join(","), values_of(definition, cells, same)));
    let of_rule = |rule: &Rule| match rule {
        // What stands below nothing closes no circle.
        Rule::Tree(field) => definition.compared(cells, field)?.1.as_id().map(|_| Lock::Named(format!("{} {field}", definition.table))),
        Rule::Agrees { by, .. } => definition.compared(cells, by).and_then(|(_, cell)| cell.as_id()).map(Lock::Row),
        Rule::NoOverlap { same, .. } | Rule::AtMost { same, .. } => Some(group(same)),
        Rule::Distinct(fields) => Some(group(fields)),
        Rule::Unlike(fields) => Some(Lock::Named(format!("{} {}", definition.table, folded(&values_of(definition, cells, fields))))),
        Rule::Fixed(_) => None,
    };
    definition.rules.iter().filter_map(of_rule).collect()
}

/// The records that rules are judged about when this one changes. They are locked before it is written: its row holds them too from
/// then on, and two that each held one would wait for each other.
pub(in crate::store) fn judged(definitions: &ResourceTypes, definition: &ResourceType, cells: &[SqlValue]) -> Vec<Lock> {
    let direct = definitions.watchers(definition.path).iter().filter(|watcher| watcher.watch.beside.is_none() && watcher.watch.looked_up.is_none());
    direct.filter_map(|watcher| definition.compared(cells, watcher.watch.field)?.1.as_id()).map(Lock::Row).collect()
}

/// What some fields of a record hold, as one text that names the group of those that agree in them.
pub(super) fn values_of(definition: &ResourceType, cells: &[SqlValue], names: &[&str]) -> String {
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
            Rule::Unlike(fields) => unlike(connection, definition, id, cells, fields)?,
            Rule::Fixed(fields) => kept(connection, definition, id, cells, fields)?,
            Rule::AtMost { sum, same, limit, unless_in } => at_most(connection, definition, id, cells, (sum, same, *limit, unless_in))?,
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
pub(super) fn same_as<'s>(query: &'s mut Statement, definition: &ResourceType, cells: &[SqlValue], same: &[&str]) -> &'s mut Statement {
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

fn unlike(connection: &mut Connection, definition: &ResourceType, id: Id, cells: &[SqlValue], fields: &[&str]) -> Result<()> {
    let mut query = Statement::new(format!("SELECT 1 FROM {} WHERE id <> ", definition.table)).with(id, "");
    for name in fields {
        match definition.compared(cells, name) {
            // Of a key its own column is folded already.
            Some((column, SqlValue::Text(text))) if column == *name => {
                query.push(format!(" AND {} = ", letters_in_sql(&column, connection.is_postgres()))).bind(letters(text));
            }
            _ => drop(same_as(&mut query, definition, cells, &[name])),
        }
    }
    query.push(" LIMIT 1");
    if !query.finds(connection)? {
        return Ok(());
    }
    let detail = format!("Another record has the same {}. Choose another.", fields.join(" and "));
    let errors = fields.iter().map(|field| FieldError::new(format!("/{field}"), "duplicate", detail.clone())).collect();
    Err(Problem { errors, ..Problem::new(Kind::Conflict, detail) }.into())
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
pub(super) const ROUNDING: f64 = 1e-6;

/// What is summed, over which records, how much that may be, and in which states a record does not count.
type Sum<'a> = (&'a str, &'a [&'a str], f64, &'a [&'static str]);

fn at_most(connection: &mut Connection, definition: &ResourceType, id: Id, cells: &[SqlValue], (sum, same, limit, unless_in): Sum<'_>) -> Result<()> {
    let Some((column, own)) = definition.compared(cells, sum) else { return Ok(()) };
    let mut query = Statement::new(format!("SELECT CAST(COALESCE(SUM({column}), 0) AS double precision) FROM {} WHERE id <> ", definition.table)).with(id, "");
    same_as(&mut query, definition, cells, same);
    for state in unless_in {
        query.push(" AND state <> ").bind(*state);
    }
    let others = query.load::<Double, f64>(connection)?.pop().unwrap_or_default();
    if others + number(own) > limit + ROUNDING {
        let (all, others) = (figure(Some(others + number(own))), figure(Some(others)));
        let detail = format!("Together with the others it would be {all}, and at most {limit} may be. The others have {others}.");
        return Err(Problem::conflict(format!("/{sum}"), "sum", detail).into());
    }
    Ok(())
}

/// A record that the service makes, as the members of one that a client sends.
fn members_of(definition: &ResourceType, placement: Placement, own: &dyn Entity) -> Map<String, Value> {
    let mut members = own.to_json();
    let made = definition.read_only_fields().filter(|field| field.once.is_some() || field.unversioned);
    made.for_each(|field| drop(members.shift_remove(field.name)));
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
            lookups: std::mem::take(&mut self.lookups),
            once: std::mem::take(&mut self.once),
            unseen: false,
            gathers: false,
            warnings: Vec::new(),
            refusals: Vec::new(),
        };
        let outcome = effects.into_iter().try_for_each(|effect| {
            let definition =
                |collection: &str| -> Result<&'static ResourceType> { writer.store.definitions.get(collection).ok_or_else(|| Problem::not_found().into()) };
            match effect {
                Effect::Create { collection, placement, own, then } => {
                    let definition = definition(collection)?;
                    let made = writer.create(definition, members_of(definition, placement, &*own))?;
                    then.map_or(Ok(()), |to| writer.transition(definition, made.meta.id, &IfMatch::Any, to).map(drop))
                }
                Effect::Transition { collection, id, to } => {
                    let definition = definition(collection)?;
                    writer.transition(definition, id, &IfMatch::Any, to).map(drop)
                }
                Effect::Update { collection, id, change } => {
                    let definition = definition(collection)?;
                    writer.update_by(definition, id, &IfMatch::Any, |before| change.of(&*before.own)).map(drop)
                }
                Effect::Remove { collection, id } => {
                    let definition = definition(collection)?;
                    writer.take_back(definition, id)
                }
            }
        });
        let (touched, lookups, once) = (writer.touched, writer.lookups, writer.once);
        (self.touched, self.lookups, self.once) = (touched, lookups, once);
        outcome
    }
}
