//! From the feed to deliveries: each webhook's part of it, from where it stands, in order, each event once however many processes do it.

use super::delivery::{Queued, queue};
use super::pattern::{ChangedField, covers, has_changed};
use super::webhook::Webhook;
use diesel::prelude::*;
use std::sync::Arc;
use steward_core::access::Session;
use steward_core::database::Connection;
use steward_core::error::{Error, Kind, Result};
use steward_core::http::filter_of_list;
use steward_core::resource::Id;
use steward_core::resource::value::Text;
use steward_core::store::{Event, Feed, Filter, IfMatch, Origin, Reader, Store};
use steward_schema::platform::webhooks;
use steward_schema::service::revisions;

/// Number of events that are looked at for one webhook at once.
const EVENTS: usize = 100;

/// What a webhook wants, and how far it is.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhooks, check_for_backend(steward_core::database::Dialect))]
struct Wanted {
    id: Id,
    created_by: Id,
    position: Option<i64>,
    events: Vec<Text<1, 200>>,
    collection: Option<String>,
    filter: Option<String>,
    changed: Option<ChangedField>,
}

/// What was found for a webhook, and from where to read on.
struct Found {
    deliveries: Vec<Queued>,
    position: i64,
    is_end: bool,
}

/// Why a webhook is disabled by the service.
pub const MAKER_IS_GONE: &str = "Its maker may not log in any more";
const FILTER_IS_BROKEN: &str = "Its filter or its collection cannot be read any more";

/// Queues what the feed has for each webhook; true if there may be more.
pub async fn fan_out(store: &Store) -> Result<bool> {
    let last = store.number_events().await?;
    let behind = store.unauthenticated(move |connection| behind(connection, last)).await?;
    let mut more = false;
    for wanted in behind {
        let id = wanted.id;
        match advance(store, wanted, last).await {
            Ok(again) => more |= again,
            Err(error) => tracing::warn!(webhook = %id, problem = %error.into_problem().detail, "the events of a webhook could not be read; trying again"),
        }
    }
    Ok(more)
}

/// The active webhooks that have not looked at all events up to a position.
fn behind(connection: &mut Connection, last: i64) -> Result<Vec<Wanted>> {
    let active = webhooks::table.filter(webhooks::state.eq("active")).filter(webhooks::position.is_null().or(webhooks::position.lt(last)));
    Ok(active.order(webhooks::id).select(Wanted::as_select()).load(connection)?)
}

/// Reads on for one webhook. What was found and how far that is are written together, and only where no other process was faster.
async fn advance(store: &Store, wanted: Wanted, last: i64) -> Result<bool> {
    let (id, maker, before) = (wanted.id, wanted.created_by, wanted.position);
    let Some(session) = store.unauthenticated(move |connection| Session::load(connection, maker)).await? else {
        disable(store, id, MAKER_IS_GONE).await?;
        return Ok(false);
    };
    let found = store.read(&Arc::new(session), move |reader| find(reader, &wanted)).await;
    let found = match found {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(false),
        Err(Error::Problem(problem)) if problem.kind == Kind::BadRequest => {
            disable(store, id, FILTER_IS_BROKEN).await?;
            return Ok(false);
        }
        Err(error) => return Err(error),
    };
    // Where nothing more comes, all that there was before the feed was read has been looked at.
    let position = if found.is_end { found.position.max(last) } else { found.position };
    let (more, now) = (!found.is_end, store.now());
    let write = move |connection: &mut Connection| {
        let active = webhooks::table.filter(webhooks::id.eq(id).and(webhooks::state.eq("active")));
        let moved = webhooks::position.eq(position);
        let count = match before {
            None => diesel::update(active.filter(webhooks::position.is_null())).set(moved).execute(connection)?,
            Some(before) => diesel::update(active.filter(webhooks::position.eq(before))).set(moved).execute(connection)?,
        };
        if count == 1 {
            queue(connection, (id, maker), &found.deliveries, now)?;
        }
        Ok(())
    };
    store.by_itself(write).await?;
    Ok(more)
}

/// The next events of a webhook, as its maker sees them; none while its beginning has no place in the feed yet.
fn find(reader: &mut Reader<'_>, wanted: &Wanted) -> Result<Option<Found>> {
    let connection = reader.unscoped("where a webhook begins is its own history");
    let Some(after) = wanted.position.map_or_else(|| beginning(connection, wanted.id), |position| Ok(Some(position)))? else { return Ok(None) };
    let collection = match &wanted.collection {
        None => None,
        Some(path) => Some(reader.store.definitions.get(path).ok_or_else(|| steward_core::error::Problem::bad_request(FILTER_IS_BROKEN))?),
    };
    let filter = match (collection, &wanted.filter) {
        (Some(definition), Some(text)) => {
            let customs = reader.custom_kinds(definition)?;
            filter_of_list(&reader.store.definitions, (definition, &customs), reader.session, text)?
        }
        _ => None,
    };
    let (events, position) = reader.events(&Feed { after, collection, subject: None, limit: EVENTS })?;
    let is_end = position == after;
    let mut deliveries = Vec::new();
    for event in events {
        if wants(reader, wanted, filter.as_ref(), &event)? {
            deliveries.push(Queued { event: event.name, position: Some(event.position), subject_id: event.subject_id });
        }
    }
    Ok(Some(Found { deliveries, position, is_end }))
}

fn wants(reader: &mut Reader<'_>, wanted: &Wanted, filter: Option<&Filter>, event: &Event) -> Result<bool> {
    let named = wanted.events.is_empty() || wanted.events.iter().any(|pattern| covers(pattern, &event.name));
    if !named || !wanted.changed.as_ref().is_none_or(|changed| has_changed(changed, &event.changes)) {
        return Ok(false);
    }
    let Some((filter, definition)) = filter.zip(reader.store.definitions.get(event.collection)) else { return Ok(true) };
    reader.satisfies(definition, &event.record, filter)
}

/// The position of a webhook's creation, or of the last time it was enabled.
fn beginning(connection: &mut Connection, webhook: Id) -> Result<Option<i64>> {
    let begins = revisions::table.filter(revisions::resource_id.eq(webhook).and(revisions::action.eq_any(["create", "activate", "restore"])));
    let last: Option<Option<i64>> = begins.order(revisions::revision.desc()).select(revisions::position).first(connection).optional()?;
    Ok(last.flatten())
}

/// Disables a webhook that cannot go on.
pub async fn disable(store: &Store, id: Id, why: &str) -> Result<()> {
    let origin = Origin { reason: Some(why.to_owned()), ..Origin::system() };
    let disable = move |writer: &mut steward_core::store::Writer<'_>| {
        let definition = writer.definition::<Webhook>()?;
        let state: Option<String> = webhooks::table.find(id).select(webhooks::state).get_result(writer.connection).optional()?;
        if state.as_deref() == Some("active") {
            writer.transition(definition, id, &IfMatch::Any, "disabled")?;
        }
        Ok(())
    };
    store.write(&Arc::new(Session::system()), &origin, disable).await?;
    tracing::info!(webhook = %id, why, "a webhook was disabled");
    Ok(())
}
