//! Reading: one record, or a page of them, narrowed to what the session may see.

pub(in crate::store) use super::row::load;

use super::naming::{self, Naming};
use super::own::Claim;
use super::scope;
use crate::access::Session;
use crate::clock::Moment;
use crate::database::{CHUNK, Connection, Narrowed, SqlValue, Statement};
use crate::error::{Error, Problem, Result};
use crate::resource::value::{Date, Title};
use crate::resource::{Id, Resource, ResourceType, Scope, Stored};
use crate::store::FieldVisibility;
use crate::store::Store;
use crate::store::index::place::Place;
use crate::store::index::registry::{self, Entry};
use diesel::query_source::{Alias, AliasSource};
use serde_json::{Map, Value};
use std::collections::HashMap;
use steward_schema::Described;

/// A session's view of the data, in one read.
pub struct Reader<'a> {
    /// The service.
    pub store: &'a Store,
    /// Who reads.
    pub session: &'a Session,
    /// The open connection: whoever wants it says what narrows the query ([`Reader::within`]), or why nothing does
    /// ([`Reader::unscoped`]).
    pub(in crate::store) connection: &'a mut Connection,
    today: Date,
    declared: Option<Declared>,
}

/// The collections of its own domain that a figure declares to read: the domain and the paths.
pub type Declared = (&'static str, &'static [&'static str]);

impl<'a> Reader<'a> {
    /// A view for a session.
    pub fn new(store: &'a Store, session: &'a Session, connection: &'a mut Connection) -> Self {
        let today = store.moment(connection, store.now()).today;
        Reader { store, session, connection, today, declared: None }
    }

    /// One record; 404 if it is absent or out of sight.
    pub fn get(&mut self, definition: &'static ResourceType, id: Id) -> Result<Stored> {
        self.find(definition, id)?.ok_or_else(|| Problem::not_found().into())
    }

    /// One record, if it is there and in sight.
    pub fn find(&mut self, definition: &'static ResourceType, id: Id) -> Result<Option<Stored>> {
        let Ok(narrowed) = scope::condition(&self.store.definitions, definition, self.session, "read") else { return Ok(None) };
        load(self.connection, definition, id, narrowed, false)
    }

    /// What some records of a collection are called, of those that are in sight.
    pub fn titles(&mut self, collection: &str, ids: &[Id]) -> Result<HashMap<Id, Title>> {
        let Some(definition) = self.store.definitions.get(collection) else { return Ok(HashMap::new()) };
        let found = self.find_all(definition, ids)?;
        let sight = FieldVisibility::of(definition, self.session);
        let titled = found.iter().filter_map(|stored| {
            let document = sight.document(definition, stored);
            Some((stored.meta.id, Title::cut(document.get(definition.title)?.as_str()?)))
        });
        Ok(titled.collect())
    }

    /// Those of some records that are there and in sight, in no order: one query for every few thousand.
    pub fn find_all(&mut self, definition: &'static ResourceType, ids: &[Id]) -> Result<Vec<Stored>> {
        let Ok(narrowed) = scope::condition(&self.store.definitions, definition, self.session, "read") else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for chunk in ids.chunks(CHUNK) {
            let mut query = Statement::new(format!("SELECT {} FROM {} WHERE id IN (", definition.columns, definition.table));
            query.bind_all(chunk.iter().map(|id| SqlValue::Id(*id))).push(")");
            if let Some(narrowed) = &narrowed {
                query.push(" AND ").append(narrowed.clone());
            }
            found.extend((definition.rows.load)(&query.once(), self.connection)?);
        }
        Ok(found)
    }

    /// The record with its type; 404 if it is absent or out of sight.
    pub fn get_typed<R: Resource>(&mut self, id: Id) -> Result<(Stored, R)> {
        let definition = self.definition::<R>()?;
        let stored = self.get(definition, id)?;
        let record: &R = stored.own.as_any().downcast_ref().ok_or_else(|| Error::broken(format!("a record that is none of {}", R::PATH)))?;
        let record = record.clone();
        Ok((stored, record))
    }

    /// The definition of a resource type.
    pub fn definition<R: Resource>(&self) -> Result<&'static ResourceType> {
        self.store.definitions.get(R::PATH).ok_or_else(|| Problem::not_found().into())
    }

    /// How what names a record of a collection stands to the session.
    pub fn naming(&mut self, collection: &str, id: Id) -> Result<Naming> {
        naming::of(self.connection, &self.store.definitions, self.session, collection, id)
    }

    /// What the session may read of a collection, as a condition on its table:
    /// `budgets::table.filter(reader.sees::<Budget>()?)`.
    pub fn sees<R: Resource>(&self) -> Result<Narrowed<R::Table>> {
        self.sees_as::<R, R::Table>(R::Table::NAME)
    }

    /// The same on an alias of the table: `reader.sees_through::<Budget, _>(&parents)?`.
    pub fn sees_through<R: Resource, S: AliasSource<Target = R::Table>>(&self, _: &Alias<S>) -> Result<Narrowed<Alias<S>>> {
        self.sees_as::<R, Alias<S>>(S::NAME)
    }

    /// Limits what is read of a domain to what a figure declares, and says what was declared before.
    pub fn declare(&mut self, declared: Option<Declared>) -> Option<Declared> {
        std::mem::replace(&mut self.declared, declared)
    }

    fn sees_as<R: Resource, T>(&self, name: &str) -> Result<Narrowed<T>> {
        if let Some((domain, paths)) = &self.declared
            && R::PATH.split_once('/').is_some_and(|(own, _)| own == *domain)
            && !paths.contains(&R::PATH)
        {
            return Err(Error::broken(format!("a figure of {domain} reads {} without declaring it", R::PATH)));
        }
        let definition = self.definition::<R>()?;
        Ok(match scope::condition_on(&format!("{name}."), &self.store.definitions, definition, self.session, "read") {
            Err(scope::Nowhere) => Narrowed::nothing(),
            Ok(None) => Narrowed::everything(),
            Ok(Some(condition)) => Narrowed::to(condition),
        })
    }

    /// The connection, for a query that is narrowed to what the session sees.
    pub fn within<T>(&mut self, _: &Narrowed<T>) -> &mut Connection {
        self.connection
    }

    /// The connection, for a query that is not narrowed: whoever reads past the session's permissions says why.
    pub fn unscoped(&mut self, _why: &'static str) -> &mut Connection {
        self.connection
    }

    /// A record as the session sees it.
    pub fn document(&self, definition: &'static ResourceType, stored: &Stored) -> Map<String, Value> {
        seen(self.session, definition, stored)
    }

    /// The current day, in the time zone of the organisation.
    pub fn today(&self) -> Date {
        self.today
    }

    /// The current time, with the current day.
    pub fn moment(&self) -> Moment {
        Moment { at: self.store.now(), today: self.today }
    }

    /// Whether the session holds a permission where a record stands.
    pub fn holds(&mut self, definition: &'static ResourceType, stored: &Stored, verb: &str) -> Result<bool> {
        holds(self.connection, self.store, self.session, (definition, stored), verb)
    }

    /// The registry's entry of a record.
    pub fn entry(&mut self, id: Id) -> Result<Option<Entry>> {
        registry::find_one(self.connection, id)
    }
}

/// A record as a session sees it.
pub(in crate::store) fn seen(session: &Session, definition: &'static ResourceType, stored: &Stored) -> Map<String, Value> {
    FieldVisibility::of(definition, session).document(definition, stored)
}

/// Whether a session holds a verb on a stored record: where it stands, or because it is its own.
pub(in crate::store) fn holds(
    connection: &mut Connection,
    store: &Store,
    session: &Session,
    (definition, stored): (&'static ResourceType, &Stored),
    verb: &str,
) -> Result<bool> {
    let place = place_of(connection, store, definition, stored)?;
    Ok(scope::holds(connection, session, &definition.permission(verb), place)?
        || Claim::of_record(definition, stored).is_held(connection, &store.definitions, session, definition, verb)?)
}

/// The same as a refusal (403).
pub(in crate::store) fn require_held(
    connection: &mut Connection,
    store: &Store,
    session: &Session,
    record: (&'static ResourceType, &Stored),
    verb: &str,
) -> Result<()> {
    if holds(connection, store, session, record, verb)? { Ok(()) } else { Err(Problem::forbidden(&record.0.permission(verb)).into()) }
}

/// Where a stored record stands.
pub(in crate::store) fn place_of(connection: &mut Connection, store: &Store, definition: &'static ResourceType, stored: &Stored) -> Result<Place> {
    Ok(match definition.scope {
        Scope::Shared => Place::Shared,
        Scope::Own => Place::Own(stored.meta.created_by),
        Scope::Unit => Place::Unit(stored.placement.unit_id),
        Scope::Tree => Place::Unit(Some(stored.meta.id)),
        Scope::Within(field) => {
            let target = crate::store::index::reference::of_record(definition, stored).into_iter().find(|(each, _)| each.name == field);
            match target {
                Some((_, id)) => registry::find_one(connection, id)?.map_or(Place::Unit(None), |entry| entry.place(&store.definitions)),
                None => Place::Unit(None),
            }
        }
    })
}
