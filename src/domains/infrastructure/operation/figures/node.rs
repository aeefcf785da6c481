//! The nodes of the dependency graph as figures tell them, and what is left out for who may not read it.

use crate::access::Reach;
use crate::domains::infrastructure::operation::dependency::{BESIDE, NODES};
use crate::resource::value::Text;
use crate::view::prelude::*;
use serde_json::Value;
use std::collections::HashMap;

/// Node of the dependency graph.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImpactNode {
    /// Identifier of the node.
    pub id: Id,
    /// Collection of the node, as domain/collection.
    pub collection: &'static str,
    /// Title of the node.
    pub title: String,
    /// State of the node; null if it has no lifecycle.
    pub state: Option<String>,
    /// Criticality tier of a service, 1 to 4; null for other nodes.
    pub criticality_tier: Option<i64>,
    /// Owner of the node; null if it has none.
    #[serde(skip)]
    pub owner_id: Option<Id>,
}

/// So many.
pub fn counted(many: usize) -> Count {
    crate::resource::value::Whole(i64::try_from(many).unwrap_or(i64::MAX))
}

/// The collections that the caller may not read, as they come up.
#[derive(Debug, Default)]
pub struct Partial(Vec<&'static str>);

impl Partial {
    /// Whether the caller may read some of a collection; noted if not.
    pub fn readable(&mut self, reader: &Reader<'_>, collection: &'static str) -> bool {
        let readable =
            reader.store.definitions.get(collection).is_some_and(|definition| reader.session.reach(&definition.permission("read")) != Reach::Nothing);
        if !readable && !self.0.contains(&collection) {
            self.0.push(collection);
        }
        readable
    }

    /// Their names, in order.
    pub fn told(mut self) -> Vec<Text<1, 100>> {
        self.0.sort_unstable();
        self.0.into_iter().map(Text::cut).collect()
    }
}

/// The nodes that the session may see, of these.
pub fn nodes(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, ImpactNode>> {
    let mut seen = HashMap::new();
    // A record is in one collection: what is found in it is not looked for in the others.
    let mut rest = ids.to_vec();
    for definition in NODES.iter().chain(BESIDE).filter_map(|path| reader.store.definitions.get(path)) {
        for stored in reader.find_all(definition, &rest)? {
            let document = reader.document(definition, &stored);
            let node = ImpactNode {
                id: stored.meta.id,
                collection: definition.path,
                title: document.get(definition.title).and_then(Value::as_str).unwrap_or_default().to_owned(),
                state: stored.meta.state.clone(),
                criticality_tier: document.get("criticality_tier").and_then(Value::as_i64),
                owner_id: document.get("owner_id").and_then(Value::as_str).and_then(Id::parse),
            };
            seen.insert(stored.meta.id, node);
        }
        rest.retain(|id| !seen.contains_key(id));
    }
    Ok(seen)
}
