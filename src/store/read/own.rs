//! Whose a record is: the one reading of what kinds declare ([`Own`]), as a condition for sets and as an answer for one record.

use crate::access::{Session, unit_and_above};
use crate::database::{Connection, SqlValue, Statement};
use crate::error::Result;
use crate::resource::{Field, Id, Own, ResourceType, ResourceTypes, Stored, Whose};
use crate::store::index::registry;
use diesel::sql_types::{BigInt, Nullable, Uuid};
use serde_json::{Map, Value};

/// The verb by which something is read.
const READ: &str = "read";

/// The condition on a definition's table that leaves what is a person's own as far as a verb goes; none if nothing of it can be.
pub fn condition(of: &str, definitions: &ResourceTypes, definition: &ResourceType, verb: &str, person: Id) -> Option<Statement> {
    any_of(definition, verb, |own| clause(of, definitions, definition, own, verb, person))
}

/// The same of what is read, by what the record itself says and by no other record, or by one that refers to it too.
fn plain(definitions: &ResourceTypes, definition: &ResourceType, person: Id, by_others: bool) -> Option<Statement> {
    let leads_on = |own: &Own| match own.whose {
        Whose::Of(_) | Whose::Beside(_) | Whose::Beyond(..) => true,
        Whose::Behind(..) => !by_others,
        Whose::Named(_) | Whose::Everybody | Whose::Unit => false,
    };
    any_of(definition, READ, |own| if leads_on(own) { None } else { clause("", definitions, definition, own, READ, person) })
}

/// The condition on a collection that leaves what makes the records their own to which it refers.
fn before(definitions: &ResourceTypes, other: &ResourceType, own: &Own, person: Id) -> Option<Statement> {
    plain(definitions, other, person, matches!(own.whose, Whose::Beyond(..)))
}

fn any_of(definition: &ResourceType, verb: &str, clause: impl Fn(&Own) -> Option<Statement>) -> Option<Statement> {
    let mut all = definition.owns().into_iter().filter(|own| own.allows(verb)).filter_map(|own| clause(&own));
    let mut condition = Statement::new("(");
    condition.append(all.next()?);
    for each in all {
        condition.push(" OR ").append(each);
    }
    condition.push(")");
    Some(condition)
}

fn clause(of: &str, definitions: &ResourceTypes, definition: &ResourceType, own: &Own, verb: &str, person: Id) -> Option<Statement> {
    let mut clause = match own.whose {
        Whose::Named(field) => Statement::new(format!("{of}{field} = ")).with(person, ""),
        Whose::Everybody => Statement::new("1 = 1"),
        Whose::Unit => {
            let unit = if definition.placement.is_empty() { "id" } else { "unit_id" };
            let mut clause = Statement::new(format!("{of}{unit} IN (WITH RECURSIVE above(id) AS (SELECT unit_id FROM people WHERE id = "));
            clause.bind(person);
            clause.push(" UNION SELECT u.parent_id FROM units u JOIN above ON u.id = above.id WHERE u.parent_id IS NOT NULL) SELECT id FROM above)");
            clause
        }
        Whose::Of(field) => named(of, definitions, definition, field, verb, person)?,
        Whose::Beside(field) => named(of, definitions, definition, field, READ, person)?,
        Whose::Behind(path, by) | Whose::Beyond(path, by) => {
            let other = definitions.get(path)?;
            let mut clause = Statement::new(format!("{of}id IN (SELECT {by} FROM {} WHERE {by} IS NOT NULL AND ", other.table));
            clause.append(before(definitions, other, own, person)?).push(")");
            clause
        }
    };
    if !own.states.is_empty() {
        clause.push(format!(" AND {of}state IN (")).bind_all(own.states.iter().map(|state| SqlValue::from(*state))).push(")");
    }
    let mut whole = Statement::new("(");
    whole.append(clause).push(")");
    Some(whole)
}

fn named(of: &str, definitions: &ResourceTypes, definition: &ResourceType, field: &str, verb: &str, person: Id) -> Option<Statement> {
    let target = target_of(definitions, definition, field)?;
    let mut clause = Statement::new(format!("{of}{field} IN (SELECT id FROM {} WHERE ", target.table));
    clause.append(condition("", definitions, target, verb, person)?).push(")");
    Some(clause)
}

fn target_of(definitions: &ResourceTypes, definition: &ResourceType, field: &str) -> Option<&'static ResourceType> {
    definition.field(field)?.refers_to.first().and_then(|path| definitions.get(path))
}

/// The condition on `registry` under a name that leaves the records that a session reads as its own.
pub fn registered(definitions: &ResourceTypes, session: &Session, name: &str) -> Option<Statement> {
    let person = session.person?;
    let mut condition = Statement::new("(");
    let mut any = false;
    for definition in definitions.all().iter().filter(|definition| !definition.fact && session.reach(&definition.permission(READ)).takes_own()) {
        let Some(own) = self::condition("", definitions, definition, READ, person) else { continue };
        condition.push(format!("{}({name}.collection = ", if any { " OR " } else { "" })).bind(definition.path);
        condition.push(format!(" AND {name}.id IN (SELECT id FROM {} WHERE ", definition.table)).append(own).push("))");
        any = true;
    }
    condition.push(")");
    any.then_some(condition)
}

/// What of a record decides whose it is, as it is or as it would be.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    id: Option<Id>,
    state: Option<String>,
    references: Vec<(&'static str, Id)>,
}

impl Claim {
    /// Of a record as it would be.
    pub fn of_cells(definition: &ResourceType, id: Id, state: Option<&str>, cells: &[SqlValue]) -> Claim {
        let named = |field: &'static Field| Some((field.name, cells.get(definition.span_of(field.name)?)?.first()?.as_id()?));
        let references = definition.references().filter_map(named).collect();
        Claim { id: Some(id), state: state.map(str::to_owned), references }
    }

    /// Of a record as it is.
    pub fn of_record(definition: &ResourceType, stored: &Stored) -> Claim {
        Claim::of_cells(definition, stored.meta.id, stored.meta.state.as_deref(), &definition.cells(stored))
    }

    /// Of a record as an answer or its history has it.
    pub fn of_document(definition: &ResourceType, document: &Map<String, Value>) -> Claim {
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let references = definition.references().filter_map(|field: &Field| Some((field.name, Id::parse(text(field.name)?)?))).collect();
        Claim { id: text("id").and_then(Id::parse), state: text("state").map(str::to_owned), references }
    }

    /// What one of its references names.
    pub fn reference(&self, name: &str) -> Option<Id> {
        self.references.iter().find(|(field, _)| *field == name).map(|(_, id)| *id)
    }

    /// Whether the record is the session's own, as far as the session holds a verb on what is.
    pub fn is_held(&self, connection: &mut Connection, definitions: &ResourceTypes, session: &Session, definition: &ResourceType, verb: &str) -> Result<bool> {
        let Some(person) = session.person.filter(|_| session.reach(&definition.permission(verb)).takes_own()) else { return Ok(false) };
        if let (crate::resource::Scope::Within(field), true) = (definition.scope, definitions.hangs_on_any(definition)) {
            return match self.reference(field) {
                Some(subject) => is_own_record(connection, definitions, session, subject),
                None => Ok(false),
            };
        }
        for own in definition.owns().iter().filter(|own| own.allows(verb)) {
            if self.meets(connection, definitions, (definition, own, verb), person)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn meets(
        &self,
        connection: &mut Connection,
        definitions: &ResourceTypes,
        (definition, own, verb): (&ResourceType, &Own, &str),
        person: Id,
    ) -> Result<bool> {
        if !own.states.is_empty() && self.state.as_deref().is_none_or(|state| !own.states.contains(&state)) {
            return Ok(false);
        }
        let found = |connection: &mut Connection, field: &str, verb: &str| match (target_of(definitions, definition, field), self.reference(field)) {
            (Some(target), Some(id)) => exists(connection, target, id, condition("", definitions, target, verb, person)),
            _ => Ok(false),
        };
        Ok(match own.whose {
            Whose::Named("id") => self.id == Some(person),
            Whose::Named(field) => self.reference(field) == Some(person),
            Whose::Everybody => true,
            Whose::Unit => {
                let unit = if definition.placement.is_empty() { self.id } else { self.reference("unit_id") };
                match unit_of(connection, person)?.zip(unit) {
                    Some((of_person, unit)) => unit_and_above(connection, of_person)?.contains(&unit),
                    None => false,
                }
            }
            Whose::Of(field) => found(connection, field, verb)?,
            Whose::Beside(field) => found(connection, field, READ)?,
            Whose::Behind(path, by) | Whose::Beyond(path, by) => {
                let (Some(other), Some(id)) = (definitions.get(path), self.id) else { return Ok(false) };
                let Some(own) = before(definitions, other, own, person) else { return Ok(false) };
                let mut query = Statement::new(format!("SELECT COUNT(*) FROM {} WHERE {by} = ", other.table)).with(id, " AND ");
                query.append(own);
                count(connection, &query)?
            }
        })
    }
}

/// Whether a record of any kind may be read as the session's own.
pub fn is_own_record(connection: &mut Connection, definitions: &ResourceTypes, session: &Session, id: Id) -> Result<bool> {
    let Some(definition) = registry::find_one(connection, id)?.and_then(|entry| definitions.get(&entry.collection)) else { return Ok(false) };
    is_own(connection, definitions, session, definition, id)
}

/// Whether a record of a kind, as it stands, may be read as the session's own.
pub fn is_own(connection: &mut Connection, definitions: &ResourceTypes, session: &Session, definition: &ResourceType, id: Id) -> Result<bool> {
    let Some(person) = session.person.filter(|_| session.reach(&definition.permission(READ)).takes_own()) else { return Ok(false) };
    exists(connection, definition, id, condition("", definitions, definition, READ, person))
}

fn exists(connection: &mut Connection, definition: &ResourceType, id: Id, own: Option<Statement>) -> Result<bool> {
    let Some(own) = own else { return Ok(false) };
    let mut query = Statement::new(format!("SELECT COUNT(*) FROM {} WHERE id = ", definition.table)).with(id, " AND ");
    query.append(own);
    count(connection, &query)
}

fn count(connection: &mut Connection, query: &Statement) -> Result<bool> {
    Ok(query.load::<BigInt, i64>(connection)?.pop().unwrap_or_default() > 0)
}

/// The unit in which a person works.
pub fn unit_of(connection: &mut Connection, person: Id) -> Result<Option<Id>> {
    let query = Statement::new("SELECT unit_id FROM people WHERE id = ").with(person, "");
    Ok(query.load::<Nullable<Uuid>, Option<Id>>(connection)?.pop().flatten())
}
