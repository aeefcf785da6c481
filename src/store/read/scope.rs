//! Which records a session reaches: a condition in the query, never a filter over its rows.

use crate::access::{Reach, Session, unit_and_above, units_above, units_within};
use crate::database::{Connection, SqlValue, Statement};
use crate::error::Result;
use crate::resource::{Field, Id, ResourceType, ResourceTypes, Scope};
use crate::store::index::edge;
use crate::store::index::place::Place;
use crate::store::index::registry::{self, Entry};
use crate::store::read::own;

/// How deep what hangs on a record may itself carry what hangs on it, as a tag on a comment does, and still be found.
const HANGING: usize = 3;

/// The session reaches nothing of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nowhere;

/// The condition that narrows a query on a definition's table to what a permission reaches. `None`: no narrowing;
/// `Err`: nothing is reached at all.
pub fn condition(
    definitions: &ResourceTypes,
    definition: &'static ResourceType,
    session: &Session,
    verb: &str,
) -> std::result::Result<Option<Statement>, Nowhere> {
    condition_on("", definitions, definition, session, verb)
}

/// The same in a query over several tables: `of` names the one that is meant, as `budgets.`.
pub fn condition_on(
    of: &str,
    definitions: &ResourceTypes,
    definition: &'static ResourceType,
    session: &Session,
    verb: &str,
) -> std::result::Result<Option<Statement>, Nowhere> {
    let reach = session.reach(&definition.permission(verb));
    if definition.scope == Scope::Own {
        if reach != Reach::Everything && !session.owns(&definition.permission(verb)) {
            return Err(Nowhere);
        }
        return Ok((reach != Reach::Everything).then(|| own_or_shared(of, definition, session, verb)));
    }
    if reach == Reach::Nothing || (definition.anonymous && !session.is_house()) {
        return Err(Nowhere);
    }
    if let (Scope::Within(field), true) = (definition.scope, definitions.hangs_on_any(definition)) {
        let mut narrowed = on_visible_subject(of, definitions, session, field, &reach);
        if let Some(end) = definition.far_end().filter(|_| !session.is_house()) {
            narrowed.push(format!(" AND EXISTS (SELECT 1 FROM registry r{} WHERE r.id = {of}{end} AND r.deleted_at IS NULL AND ", around(0)));
            narrowed.append(seen(definitions, session)).push(")");
        }
        return Ok(Some(narrowed));
    }
    let root = definitions.root_of(definition);
    let mut clauses = Vec::new();
    if !(reach == Reach::Everything || (root.scope == Scope::Shared && reach.beyond_own())) {
        let owned = session.person.filter(|_| reach.takes_own()).and_then(|person| own::condition(of, definitions, definition, verb, person));
        let in_units = (!reach.units().is_empty()).then(|| units_clause(of, definition, reach.units()));
        clauses.push(match (in_units, owned) {
            (None, None) => return Err(Nowhere),
            (Some(only), None) | (None, Some(only)) => only,
            (Some(in_units), Some(owned)) => either(in_units, owned),
        });
    }
    if !root.private_to.is_empty() && !session.is_house() {
        clauses.push(private_clause(of, definition, root, session));
    }
    let mut all = clauses.into_iter();
    let Some(mut narrowed) = all.next() else { return Ok(None) };
    for clause in all {
        narrowed.push(" AND ").append(clause);
    }
    Ok(Some(narrowed))
}

/// What stands in some units, or below them.
fn units_clause(of: &str, definition: &ResourceType, units: &[Id]) -> Statement {
    let mut clause = match definition.scope {
        Scope::Tree => Statement::new(format!("{of}id IN (")),
        Scope::Within(field) => Statement::new(format!("{of}{field} IN (SELECT r.id FROM registry r JOIN registry o ON o.id = r.root_id WHERE o.unit_id IN (")),
        _ => Statement::new(format!("{of}unit_id IN (")),
    };
    clause.append(units_within(units));
    clause.push(if matches!(definition.scope, Scope::Within(_)) { "))" } else { ")" });
    clause
}

fn either(one: Statement, other: Statement) -> Statement {
    let mut either = Statement::new("(");
    either.append(one).push(" OR ").append(other).push(")");
    either
}

/// What a session has made, and, to read, what others share with it.
fn own_or_shared(of: &str, definition: &ResourceType, session: &Session, verb: &str) -> Statement {
    let own = Statement::new(format!("{of}created_by = ")).with(session.principal, "");
    match shared(of, definition, session).filter(|_| verb == "read") {
        Some(shared) => either(own, shared),
        None => own,
    }
}

/// What others share with a session; none if records of the kind are not shared.
fn shared(of: &str, definition: &ResourceType, session: &Session) -> Option<Statement> {
    let sharing = definition.sharing?;
    let mut clause = Statement::new(format!("({of}{} IN (SELECT role_id FROM grants WHERE principal_id = ", sharing.role));
    clause.bind(session.principal).push(")");
    match session.reach_of_any() {
        Reach::Everything => drop(clause.push(format!(" OR {of}{} IS NOT NULL", sharing.unit))),
        // A unit is shared with those who work in it, below it or above it.
        Reach::Part { units, .. } if !units.is_empty() => {
            clause.push(format!(" OR {of}{} IN (", sharing.unit)).append(units_within(&units));
            clause.push(format!(") OR {of}{} IN (", sharing.unit)).append(units_above(&units)).push(")");
        }
        Reach::Part { .. } | Reach::Nothing => {}
    }
    clause.push(")");
    Some(clause)
}

/// A private record exists for the people it names; so do its parts.
fn private_clause(of: &str, definition: &'static ResourceType, root: &'static ResourceType, session: &Session) -> Statement {
    let Some(person) = session.person else { return Statement::new("1 = 0") };
    if let Scope::Within(field) = definition.scope {
        let mut clause = Statement::new(format!("{of}{field} IN (SELECT r.id FROM registry r JOIN registry o ON o.id = r.root_id WHERE "));
        clause.append(root_names(person)).push(")");
        return clause;
    }
    let mut clause = Statement::new("(");
    for (at, name) in root.private_to.iter().enumerate() {
        clause.push(format!("{}{of}{name} = ", if at == 0 { "" } else { " OR " })).bind(person);
    }
    clause.push(")");
    clause
}

/// What hangs on a record is seen by who sees that record, and holds the permission there. It is asked for each row by its key: the records
/// that hang on others are mostly fewer than all there are.
fn on_visible_subject(of: &str, definitions: &ResourceTypes, session: &Session, field: &'static str, reach: &Reach) -> Statement {
    let mut narrowed =
        Statement::new(format!("EXISTS (SELECT 1 FROM registry r JOIN registry o ON o.id = r.root_id WHERE r.id = {of}{field} AND r.deleted_at IS NULL AND "));
    narrowed.append(visible(definitions, session));
    if let Some(there) = on_subject(definitions, session, "r", reach) {
        narrowed.push(" AND ").append(there);
    }
    narrowed.push(")");
    narrowed
}

/// The condition on the root `o` of a subject, and on that under its name, that a permission reaches what hangs on it; none for everywhere.
pub fn on_subject(definitions: &ResourceTypes, session: &Session, subject: &str, reach: &Reach) -> Option<Statement> {
    if *reach == Reach::Everything {
        return None;
    }
    let mut in_units = Statement::new("(1 = 0)");
    if !reach.units().is_empty() {
        in_units = Statement::new("(o.unit_id IS NULL OR o.unit_id IN (");
        in_units.append(units_within(reach.units())).push("))");
    }
    Some(match own::registered(definitions, session, subject).filter(|_| reach.takes_own()) {
        Some(owned) => either(in_units, owned),
        None => in_units,
    })
}

/// The condition on `registry r JOIN registry o ON o.id = r.root_id` that leaves what a session may read.
pub fn visible(definitions: &ResourceTypes, session: &Session) -> Statement {
    let mut groups: Vec<(Reach, Vec<&'static str>)> = Vec::new();
    for definition in definitions.all().iter().filter(|definition| !definition.fact) {
        let reach = match session.reach(&definition.permission("read")) {
            reach if definitions.root_of(definition).scope == Scope::Own && reach != Reach::Everything => continue,
            reach if !reach.beyond_own() => continue,
            _ if definitions.root_of(definition).scope == Scope::Shared => Reach::Everything,
            Reach::Part { units, .. } => Reach::Part { units, own: false },
            reach => reach,
        };
        match groups.iter_mut().find(|(known, _)| *known == reach) {
            Some((_, paths)) => paths.push(definition.path),
            None => groups.push((reach, vec![definition.path])),
        }
    }
    let mut condition = Statement::new("(1 = 0");
    for (reach, paths) in groups {
        condition.push(" OR (r.collection IN (").bind_all(paths.into_iter().map(SqlValue::from)).push(")");
        if let Reach::Part { units, .. } = reach {
            condition.push(" AND o.unit_id IN (").append(units_within(&units)).push(")");
        }
        condition.push(")");
    }
    if let Some(owned) = own::registered(definitions, session, "r") {
        condition.push(" OR ").append(owned);
    }
    condition.append(ones_own(definitions, session)).append(what_others_share(definitions, session)).push(")");
    condition.append(but_private(session));
    condition
}

/// The condition that the root `o` of a record names a person. The pattern is put together in the statement: SQLite prepares a statement
/// anew for each pattern that is bound as such.
fn root_names(person: Id) -> Statement {
    Statement::new("o.private_to LIKE ('%' || ").with(person.to_string(), " || '%')")
}

/// Leaves out what exists only for other people: more of a condition on the root `o` of a record.
fn but_private(session: &Session) -> Statement {
    let mut condition = Statement::new("");
    if !session.is_house() {
        condition.push(" AND (o.private_to IS NULL");
        if let Some(person) = session.person {
            condition.push(" OR ").append(root_names(person));
        }
        condition.push(")");
    }
    condition
}

/// What others share with the session. An API token reaches of that what its scopes name.
fn what_others_share(definitions: &ResourceTypes, session: &Session) -> Statement {
    let mut condition = Statement::new("");
    for definition in definitions.all().iter().filter(|definition| definition.sharing.is_some() && session.owns(&definition.permission("read"))) {
        let Some(shared) = shared("", definition, session) else { continue };
        condition.push(" OR (r.collection = ").bind(definition.path);
        condition.push(format!(" AND r.id IN (SELECT id FROM {} WHERE ", definition.table)).append(shared).push("))");
    }
    condition
}

/// Whether others share a record with the session.
fn is_shared(connection: &mut Connection, session: &Session, definition: &ResourceType, id: Id) -> Result<bool> {
    let Some(shared) = shared("", definition, session).filter(|_| session.owns(&definition.permission("read"))) else { return Ok(false) };
    let mut query = Statement::new(format!("SELECT 1 FROM {} WHERE id = ", definition.table)).with(id, " AND ");
    query.append(shared);
    Ok(query.finds(connection)?)
}

/// What belongs to who made it. An API token reaches of that what its scopes name.
fn ones_own(definitions: &ResourceTypes, session: &Session) -> Statement {
    let mut own = Statement::new(" OR (o.principal_id = ").with(session.principal, "");
    if session.token().is_some() {
        let owned = definitions.all().iter().filter(|definition| definitions.root_of(definition).scope == Scope::Own);
        let named: Vec<SqlValue> =
            owned.filter(|definition| session.owns(&definition.permission("read"))).map(|definition| SqlValue::from(definition.path)).collect();
        if named.is_empty() {
            own.push(" AND 1 = 0");
        } else {
            own.push(" AND r.collection IN (").bind_all(named).push(")");
        }
    }
    own.push(")");
    own
}

/// Whether a session holds a permission at a place.
pub fn holds(connection: &mut Connection, session: &Session, permission: &str, place: Place) -> Result<bool> {
    Ok(match (session.reach(permission), place) {
        (Reach::Everything, _) => true,
        (_, Place::Own(principal)) => principal == session.principal && session.owns(permission),
        (Reach::Nothing, _) | (_, Place::Shared | Place::Unit(None)) => false,
        (reach, _) if reach.units().is_empty() => false,
        (reach, Place::Unit(Some(unit))) => reach.covers(&unit_and_above(connection, unit)?),
    })
}

/// Whether a session may read what stands at a place, its privacy aside.
pub fn may_read(connection: &mut Connection, session: &Session, definition: &ResourceType, place: Place) -> Result<bool> {
    let permission = definition.permission("read");
    if place == Place::Shared {
        return Ok(session.reach(&permission).beyond_own());
    }
    holds(connection, session, &permission, place)
}

/// Whether a session may read a record: by its place, by the people it names, and, where it hangs on another record, by that.
pub fn may_read_entry(
    connection: &mut Connection,
    session: &Session,
    definitions: &ResourceTypes,
    definition: &'static ResourceType,
    entry: &Entry,
) -> Result<bool> {
    if !names(entry.private_to.as_deref(), session) {
        return Ok(false);
    }
    let subject = entry.parent_id.filter(|_| definitions.hangs_on_any(definition));
    let stands_in_sight = may_read(connection, session, definition, entry.place(definitions))?
        || (subject.is_some() && hangs_in_sight(session, definition, entry))
        || is_own_entry(connection, session, definitions, definition, entry)?
        || is_shared(connection, session, definition, entry.id)?;
    if !stands_in_sight {
        return Ok(false);
    }
    let Some(subject) = subject else { return Ok(true) };
    let sees_subject = match registry::find_one(connection, subject)? {
        Some(above) => match definitions.get(&above.collection) {
            Some(target) => may_read_entry(connection, session, definitions, target, &above)?,
            None => false,
        },
        // The subject is deleted and this with it: what is left is its past, and the place decides.
        None => true,
    };
    Ok(sees_subject && sees_far_end(connection, session, definitions, definition, entry.id)?)
}

/// A record by its kind and its title; none if it has no title of its own, or none that the session may read.
pub fn named(connection: &mut Connection, session: &Session, definitions: &ResourceTypes, id: Id) -> Result<Option<(&'static ResourceType, String)>> {
    let Some(entry) = registry::find_one(connection, id)? else { return Ok(None) };
    let Some(definition) = definitions.get(&entry.collection) else { return Ok(None) };
    let has_title = definition.title != "id" && definition.field(definition.title).is_none_or(Field::is_open);
    Ok((has_title && may_read_entry(connection, session, definitions, definition, &entry)?).then_some((definition, entry.title)))
}

/// Whether a session sees the other end of what joins two records.
fn sees_far_end(connection: &mut Connection, session: &Session, definitions: &ResourceTypes, definition: &ResourceType, id: Id) -> Result<bool> {
    let Some(field) = definition.far_end().filter(|_| !session.is_house()) else { return Ok(true) };
    let end = edge::target(connection, id, field)?.map(|end| registry::find_one(connection, end)).transpose()?.flatten();
    match end.and_then(|end| Some((definitions.get(&end.collection)?, end))) {
        Some((target, end)) => may_read_entry(connection, session, definitions, target, &end),
        None => Ok(false),
    }
}

/// Whether a permission that is held in some unit reaches what hangs on a record that stands in none, as [`on_subject`] says of many.
fn hangs_in_sight(session: &Session, definition: &ResourceType, entry: &Entry) -> bool {
    entry.unit_id.is_none() && !session.reach(&definition.permission("read")).units().is_empty()
}

/// Whether a record may be read as the session's own; what hangs on another one, where that is.
fn is_own_entry(connection: &mut Connection, session: &Session, definitions: &ResourceTypes, definition: &'static ResourceType, entry: &Entry) -> Result<bool> {
    if !definitions.hangs_on_any(definition) {
        return own::is_own(connection, definitions, session, definition, entry.id);
    }
    match entry.parent_id.filter(|_| session.reach(&definition.permission("read")).takes_own()) {
        Some(subject) => own::is_own_record(connection, definitions, session, subject),
        None => Ok(false),
    }
}

/// Whether a record that exists only for some people exists for a session.
pub fn names(private_to: Option<&str>, session: &Session) -> bool {
    private_to.is_none_or(|people| session.is_house() || session.person.is_some_and(|person| people.contains(&person.to_string())))
}

/// What [`seen`] needs beside `registry r`: the record `o` whose scope decides for it, and the one that it hangs on.
pub(in crate::store) fn around(level: usize) -> String {
    format!(" JOIN registry o ON o.id = r.root_id LEFT JOIN registry s{level} ON s{level}.id = r.parent_id")
}

/// The condition on `registry r` with [`around`] it that leaves what a session may read of all collections. What hangs on a record is seen by
/// who holds the permission for it there and sees that record.
pub(in crate::store) fn seen(definitions: &ResourceTypes, session: &Session) -> Statement {
    let mut kinds = definitions.all().iter().filter(|definition| !definition.fact);
    if kinds.all(|definition| session.reach(&definition.permission("read")) == Reach::Everything) {
        let mut condition = Statement::new("(1 = 1");
        condition.append(but_private(session)).push(")");
        return condition;
    }
    seen_at(definitions, session, 0)
}

fn seen_at(definitions: &ResourceTypes, session: &Session, level: usize) -> Statement {
    let hanging: Vec<_> = definitions.all().iter().copied().filter(|definition| !definition.fact && definitions.hangs_on_any(definition)).collect();
    let mut condition = Statement::new("((");
    condition.append(visible(definitions, session)).push(")");
    if !hanging.is_empty() {
        condition.push(" AND r.collection NOT IN (").bind_all(hanging.iter().map(|definition| SqlValue::from(definition.path))).push(")");
    }
    let permitted: Vec<_> = hanging.into_iter().map(|definition| (definition, session.reach(&definition.permission("read")))).collect();
    if level < HANGING && permitted.iter().any(|(_, reach)| *reach != Reach::Nothing) {
        condition.push(" OR ((1 = 0");
        for (definition, reach) in permitted.into_iter().filter(|(_, reach)| *reach != Reach::Nothing) {
            condition.push(" OR (r.collection = ").bind(definition.path);
            if let Some(there) = on_subject(definitions, session, &format!("s{level}"), &reach) {
                condition.push(" AND ").append(there);
            }
            condition.push(")");
        }
        condition.push(format!(") AND EXISTS (SELECT 1 FROM registry r{} WHERE r.id = s{level}.id AND r.deleted_at IS NULL AND ", around(level + 1)));
        condition.append(seen_at(definitions, session, level + 1)).push("))");
    }
    condition.push(")");
    condition
}
