//! What records are called, as far as a reader may see them.

use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::Title;
use crate::store::Reader;
use serde_json::Value;
use std::collections::HashMap;

/// How many ids one statement names at most.
const CHUNK: usize = 5_000;

/// The titles of some records of a collection.
pub fn titles(reader: &mut Reader<'_>, collection: &str, ids: &[Id]) -> Result<HashMap<Id, Title>> {
    let mut titles = HashMap::new();
    let Some(definition) = reader.store.definitions.get(collection) else { return Ok(titles) };
    for chunk in ids.chunks(CHUNK) {
        for stored in reader.find_all(definition, chunk)? {
            let document = reader.document(definition, &stored);
            titles.extend(document.get(definition.title).and_then(Value::as_str).map(|title| (stored.meta.id, Title::cut(title))));
        }
    }
    Ok(titles)
}
