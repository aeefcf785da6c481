//! A record without alignment, as the figures tell it.

use serde_json::Value;
use steward_core::resource::value::{Text, Title};
use steward_core::view::prelude::*;

/// Record without alignment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Orphan {
    /// Id of the record.
    pub id: Id,
    /// Name of the record.
    pub name: Title,
    /// Lifecycle state, if the record has one.
    pub state: Option<Text<1, 40>>,
}

impl Orphan {
    /// A record in a state.
    pub fn of(id: Id, name: Title, state: &str) -> Self {
        Orphan { id, name, state: Some(Text::cut(state)) }
    }
}

/// Those of some records that the reader may see, in the order of their ids.
pub fn orphans_in_sight(reader: &mut Reader<'_>, collection: &str, ids: &[Id]) -> Result<Vec<Orphan>> {
    let Some(definition) = reader.store.definitions.get(collection) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for stored in reader.find_all(definition, ids)? {
        let document = reader.document(definition, &stored);
        let name = document.get(definition.title).and_then(Value::as_str).unwrap_or_default();
        found.push(Orphan { id: stored.meta.id, name: Title::cut(name), state: stored.meta.state.as_deref().map(Text::cut) });
    }
    found.sort_by_key(|orphan| orphan.id);
    Ok(found)
}
