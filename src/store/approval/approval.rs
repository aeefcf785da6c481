//! Approving moves: four eyes by person, and what the domain that knows says of separation and authority. ApprovalRequest for one
//! record in the transaction that moves it, and for all that wait for somebody.

use super::amount::worth;
use super::audit_trail::{Brought, Trail};
use crate::access::{Session, accounts_of, accounts_of_person, unit_and_above};
use crate::database::{Connection, SqlValue, Statement};
use crate::error::{Problem, Result};
use crate::ports::authority::{self, ApprovalRequest, Value, Verdict};
use crate::resource::value::Instant;
use crate::resource::{ApprovalAmount, Check, Id, Lock, Move, ResourceType, Stored};
use crate::store::Store;
use crate::store::index::place::Place;
use crate::store::index::registry;
use crate::store::read::reader::{Reader, place_of};
use crate::store::read::scope;
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use std::collections::HashMap;
use steward_schema::service::revisions;
use steward_schema::teams::units;

/// What is asked about an approving move of one record.
pub(in crate::store) struct Case {
    definition: &'static ResourceType,
    step: Move,
    unit: Option<Id>,
    units: Vec<Id>,
    person: Option<Id>,
    holder: Option<Id>,
    accounts: Vec<Id>,
    brought: Brought,
    state: String,
    value: Value,
}

impl Case {
    /// The case of a move; none if it approves nothing, or if the service makes it.
    pub fn of(
        connection: &mut Connection,
        store: &Store,
        session: &Session,
        definition: &'static ResourceType,
        stored: &Stored,
        step: &Move,
    ) -> Result<Option<Case>> {
        if !step.approving || session.is_house() {
            return Ok(None);
        }
        let id = stored.meta.id;
        let unit = match place_of(connection, store, definition, stored)? {
            Place::Unit(unit) => unit,
            _ => None,
        };
        let state = stored.meta.state.clone().unwrap_or_default();
        let mut brought = brought(connection, definition, &[id])?.remove(&id).unwrap_or_default();
        brought.hands.extend(accounts_involved(connection, definition, stored)?);
        Ok(Some(Case {
            definition,
            step: step.clone(),
            unit,
            units: units_of(connection, unit)?,
            person: session.answers,
            holder: session.person,
            accounts: accounts_of(connection, session.principal, session.answers)?,
            brought,
            state,
            value: worth(connection, &store.definitions, session, definition, &[id])?.remove(&id).unwrap_or_default(),
        }))
    }

    fn is_own(&self) -> bool {
        self.brought.hands.iter().any(|hand| self.accounts.contains(hand))
    }

    fn asked(&self) -> ApprovalRequest<'_> {
        ApprovalRequest {
            definition: self.definition,
            step: &self.step,
            unit: self.unit,
            units: &self.units,
            person: self.person,
            holder: self.holder,
            accounts: &self.accounts,
            hands: &self.brought.hands,
            own: self.is_own(),
            value: &self.value,
        }
    }

    /// What must be locked before it is judged.
    pub fn locks(&self, check: &mut Check<'_>) -> Result<Vec<Lock>> {
        authority::locks(check, &self.asked())
    }

    /// Whether the move can be made; where it cannot, what is missing says also who could make it.
    pub fn judge(&self, check: &mut Check<'_>) -> Result<Verdict> {
        let mut verdict = authority::judge(check, &self.asked())?;
        if self.is_own() {
            verdict.unmet.insert(0, authority::four_eyes(&self.state));
        }
        if let Some(who) = &verdict.who_could {
            verdict.unmet.iter_mut().for_each(|unmet| unmet.0.detail = format!("{} {who}", unmet.0.detail));
        }
        Ok(verdict)
    }
}

/// A unit and all above it; where a record stands in none, the units at the top.
fn units_of(connection: &mut Connection, unit: Option<Id>) -> Result<Vec<Id>> {
    if let Some(unit) = unit {
        return unit_and_above(connection, unit);
    }
    Ok(units::table.filter(units::parent_id.is_null()).order(units::id).select(units::id).load(connection)?)
}

/// Who brought each of some records into its state, by which moves, and who changed it since: one query.
fn brought(connection: &mut Connection, definition: &'static ResourceType, records: &[Id]) -> Result<HashMap<Id, Brought>> {
    let with_document = Trail::needs_documents(definition).into_sql::<Bool>();
    let document = case_when(with_document, revisions::document).otherwise(None::<String>);
    let past = revisions::table.order((revisions::resource_id, revisions::revision));
    let past = past.select((revisions::resource_id, revisions::action, revisions::actor_id, revisions::at, document));
    let rows: Vec<(Id, String, Id, Instant, Option<String>)> = match records {
        [only] => past.filter(revisions::resource_id.eq(only)).load(connection)?,
        _ => past.filter(revisions::resource_id.eq_any(records)).load(connection)?,
    };
    let mut trails: HashMap<Id, Trail> = HashMap::new();
    for (id, action, actor, at, document) in rows {
        trails.entry(id).or_insert_with(|| Trail::new(definition)).follow(&action, actor, at, document.as_deref());
    }
    Ok(trails.into_iter().map(|(id, trail)| (id, trail.brought())).collect())
}

/// The accounts of the people whom a record names as involved, such as who asked for it.
fn accounts_involved(connection: &mut Connection, definition: &'static ResourceType, stored: &Stored) -> Result<Vec<Id>> {
    let names = definition.lifecycle.as_ref().map(|lifecycle| lifecycle.involved).unwrap_or_default();
    let mut accounts = Vec::new();
    for person in names.iter().flat_map(|name| definition.cells_of_field(stored, name)).filter_map(|cell| cell.as_id()) {
        accounts.extend(accounts_of_person(connection, person)?);
    }
    Ok(accounts)
}

/// What an approval is compared with stays as it was approved (409): limits would mean nothing else.
pub(in crate::store) fn require_worth_kept(definition: &'static ResourceType, session: &Session, before: &Stored, cells: &[SqlValue]) -> Result<()> {
    let Some(lifecycle) = definition.lifecycle.as_ref().filter(|lifecycle| !lifecycle.worth.is_empty() && !session.is_house()) else { return Ok(()) };
    if !lifecycle.is_approved(before.meta.state.as_deref().unwrap_or_default()) {
        return Ok(());
    }
    let known = definition.cells(before);
    for worth in lifecycle.worth {
        let (ApprovalAmount::Field(name) | ApprovalAmount::Listed(name)) = worth else { continue };
        let Some(span) = definition.span_of(name) else { continue };
        if known.get(span.clone()) != cells.get(span) {
            let detail = "It was approved with this amount. Have another record approved with the new one.";
            return Err(Problem::conflict(format!("/{name}"), "frozen", detail).into());
        }
    }
    Ok(())
}

/// A record that waits for an approving move that a session holds the permission for.
pub struct Waiting {
    /// The record.
    pub stored: Stored,
    /// What people call it.
    pub title: String,
    /// The unit in which it stands.
    pub unit: Option<Id>,
    /// Since when it is in its state.
    pub since: Instant,
    /// Who brought it there.
    pub by: Id,
    /// Whether the session's person had a hand in it: moved it on its way, or changed it since.
    pub own: bool,
    /// What it is worth.
    pub value: Value,
}

impl Reader<'_> {
    /// The records of a collection that wait for an approving move, where the session may make it as far as its permissions
    /// go: the latest changed first, and whether there are more. A few queries, however many records there are.
    pub fn waiting(&mut self, definition: &'static ResourceType, (step, to): (&str, &str), accounts: &[Id], most: usize) -> Result<(Vec<Waiting>, bool)> {
        let moves = definition.moves();
        let wanted = moves.filter(|each| each.name == step && each.to == to && each.approving && !each.automatic);
        let from: Vec<SqlValue> = wanted.map(|each| each.from.into()).collect();
        let definitions = &self.store.definitions;
        let narrowed = |verb: &str| scope::condition(definitions, definition, self.session, verb);
        let (Ok(read), Ok(may)) = (narrowed("read"), narrowed(step)) else { return Ok((Vec::new(), false)) };
        let mut query = Statement::new(format!("SELECT {} FROM {} WHERE state IN (", definition.columns, definition.table));
        query.bind_all(from).push(")");
        for condition in [read, may].into_iter().flatten() {
            query.push(" AND ").append(condition);
        }
        query.push(format!(" ORDER BY updated_at DESC, id DESC LIMIT {}", most + 1));
        let rows = (definition.rows.load)(&query, self.connection)?;
        let more = rows.len() > most;
        let found: Vec<Stored> = rows.into_iter().take(most).collect();
        Ok((self.known_of_waiting(definition, found, accounts)?, more))
    }

    fn known_of_waiting(&mut self, definition: &'static ResourceType, found: Vec<Stored>, accounts: &[Id]) -> Result<Vec<Waiting>> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Id> = found.iter().map(|stored| stored.meta.id).collect();
        let mut hands = brought(self.connection, definition, &ids)?;
        let mut involved = HashMap::new();
        for stored in &found {
            involved.insert(stored.meta.id, accounts_involved(self.connection, definition, stored)?);
        }
        let mut values = worth(self.connection, &self.store.definitions, self.session, definition, &ids)?;
        let mut entries: HashMap<Id, registry::Entry> = registry::find(self.connection, &ids)?.into_iter().map(|entry| (entry.id, entry)).collect();
        let known = found.into_iter().filter_map(|stored| {
            let id = stored.meta.id;
            let (entry, mut brought) = (entries.remove(&id)?, hands.remove(&id)?);
            brought.hands.extend(involved.remove(&id).unwrap_or_default());
            Some(Waiting {
                title: entry.title,
                unit: entry.unit_id,
                since: brought.since.unwrap_or(stored.meta.updated_at),
                by: brought.by.unwrap_or(stored.meta.updated_by),
                own: brought.hands.iter().any(|hand| accounts.contains(hand)),
                value: values.remove(&id).unwrap_or_default(),
                stored,
            })
        });
        Ok(known.collect())
    }
}
