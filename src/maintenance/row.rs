//! `steward audit verify --rows`: whether what is answered is what history says: each row against the last revision of its record.

use super::refusal::explain;
use crate::access::Session;
use crate::error::Result as Outcome;
use crate::history::{LastRevision, canonical, last_revisions};
use crate::resource::{Id, ResourceType, Stored};
use crate::store::{Reader, Store};
use std::collections::HashMap;
use std::sync::Arc;

/// Number of records that are looked at in one read.
const AT_ONCE: i64 = 200;

/// What differs, a sentence for each record.
pub async fn unlike_history(store: &Store) -> Result<Vec<String>, String> {
    let session = Arc::new(Session::system());
    let (mut after, mut unlike) = (None, Vec::new());
    loop {
        let read = store.read(&session, move |reader| some_unlike(reader, after)).await.map_err(explain)?;
        let Some((last, mut found)) = read else { return Ok(unlike) };
        after = Some(last);
        unlike.append(&mut found);
    }
}

/// The next records after one: the last of them, and what differs; none if there are no more.
fn some_unlike(reader: &mut Reader<'_>, after: Option<Id>) -> Outcome<Option<(Id, Vec<String>)>> {
    let last = last_revisions(reader.unscoped("the operator verifies all of it"), after, AT_ONCE)?;
    let Some(end) = last.last().map(|each| each.resource_id) else { return Ok(None) };
    let (definitions, mut unlike) = (reader.store.definitions.clone(), Vec::new());
    for definition in definitions.all().iter().copied() {
        let of_kind: Vec<&LastRevision> = last.iter().filter(|each| each.collection == definition.path).collect();
        if of_kind.is_empty() {
            continue;
        }
        let ids: Vec<Id> = of_kind.iter().map(|each| each.resource_id).collect();
        let rows: HashMap<Id, Stored> = reader.find_all(definition, &ids)?.into_iter().map(|row| (row.meta.id, row)).collect();
        unlike.extend(of_kind.into_iter().filter_map(|each| difference(definition, each, rows.get(&each.resource_id))));
    }
    Ok(Some((end, unlike)))
}

/// How a row differs from the last revision of its record.
fn difference(definition: &ResourceType, last: &LastRevision, row: Option<&Stored>) -> Option<String> {
    let record = format!("{} {}", definition.path, last.resource_id);
    match (&last.document, row) {
        (None, None) => None,
        (None, Some(_)) => Some(format!("{record} was deleted, and stands in its table.")),
        (Some(_), None) => Some(format!("{record} was not deleted, and stands in no table.")),
        (Some(document), Some(row)) => {
            let now = definition.to_json(row, false);
            let is_kept = |name: &str| definition.field(name).is_none_or(|field| !field.unversioned && !field.secret);
            // What a later version added to the table is in no older revision.
            let differs = |name: &str| match (document.get(name), now.get(name)) {
                (Some(then), Some(now)) => canonical(then) != canonical(now),
                _ => false,
            };
            let fields: Vec<&str> = document.keys().map(String::as_str).filter(|name| is_kept(name) && differs(name)).collect();
            (!fields.is_empty()).then(|| format!("{record} differs from its last revision in {}.", fields.join(", ")))
        }
    }
}
