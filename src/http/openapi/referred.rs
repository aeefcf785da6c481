//! Where references lead: what the collections say of a field holds for answers and parameters of its name, too.

use crate::resource::{ANY, ResourceTypes};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Ids that name no record of a collection.
pub const NO_RECORD: &[&str] = &["client_id", "history_id", "lineage_id"];

/// Says of every reference in the document that does not say it yet into which collections it points.
pub fn tell(document: &mut Value, definitions: &ResourceTypes) {
    let schemas = document["components"]["schemas"].as_object();
    let shared =
        schemas.into_iter().flatten().filter(|(_, schema)| schema["format"] == "uuid").map(|(name, _)| format!("#/components/schemas/{name}")).collect();
    let any: Vec<&'static str> = definitions.all().iter().filter(|definition| !definition.fact).map(|definition| definition.path).collect();
    let known = Known { names: names(definitions, &any), shared };
    for part in ["paths", "components"] {
        known.walk(&mut document[part]);
    }
}

/// What is known of references.
struct Known {
    /// The collections into which those of a name point.
    names: BTreeMap<String, Vec<&'static str>>,
    /// The components that are ids.
    shared: BTreeSet<String>,
}

/// The collections by the names of references: what the fields of a name may point to, or the one kind of record that the name says.
fn names(definitions: &ResourceTypes, any: &[&'static str]) -> BTreeMap<String, Vec<&'static str>> {
    let mut targets: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for field in definitions.all().iter().flat_map(|definition| definition.references()) {
        targets.entry(field.name.to_owned()).or_default().extend(field.refers_to);
    }
    let mut kinds: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for definition in definitions.all() {
        kinds.entry(format!("{}_id", definition.singular)).or_default().insert(definition.path);
    }
    kinds.retain(|name, paths| paths.len() == 1 && !targets.contains_key(name));
    targets.append(&mut kinds);
    let whole = |collections: BTreeSet<&'static str>| if collections.contains(ANY[0]) { any.to_vec() } else { collections.into_iter().collect() };
    targets.into_iter().map(|(name, collections)| (name, whole(collections))).collect()
}

impl Known {
    fn walk(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, property) in members.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
                    self.fill(name, property);
                }
                if members.get("in").is_some_and(|place| place == "query")
                    && let Some(name) = members.get("name").and_then(Value::as_str).map(str::to_owned)
                    && let Some(schema) = members.get_mut("schema")
                {
                    self.fill(&name, schema);
                }
                members.iter_mut().filter(|(name, _)| !matches!(name.as_str(), "example" | "examples" | "default")).for_each(|(_, each)| self.walk(each));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item)),
            _ => {}
        }
    }

    /// Says of an id where it leads, if it does not say that itself.
    fn fill(&self, name: &str, schema: &mut Value) {
        if NO_RECORD.contains(&name) || !self.is_id(schema) || says(schema) {
            return;
        }
        if let (Some(collections), Some(members)) = (self.collections(name), schema.as_object_mut()) {
            members.insert("x-references".into(), collections);
        }
    }

    fn collections(&self, name: &str) -> Option<Value> {
        let one = name.strip_suffix("_ids").map(|stem| format!("{stem}_id"));
        self.names.get(one.as_deref().unwrap_or(name)).map(|collections| json!(collections))
    }

    /// Whether a schema is that of an id or of several.
    fn is_id(&self, schema: &Value) -> bool {
        schema["format"] == "uuid"
            || schema["$ref"].as_str().is_some_and(|path| self.shared.contains(path))
            || schema.get("items").is_some_and(|items| self.is_id(items))
            || schema["oneOf"].as_array().is_some_and(|each| each.iter().any(|each| self.is_id(each)))
    }
}

/// Whether a schema, or the one of its entries, says into which collections it points.
fn says(schema: &Value) -> bool {
    let told = |schema: &Map<String, Value>| schema.contains_key("x-references");
    schema.as_object().is_some_and(told)
        || schema["items"].as_object().is_some_and(told)
        || schema["oneOf"].as_array().is_some_and(|each| each.iter().any(says))
}
