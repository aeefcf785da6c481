//! The document of one domain: complete by itself, with logins and the service's own operations.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The part of a document that tells of one domain, with the components that it needs.
pub fn of_domain(document: &Value, domain: &str) -> Value {
    let own = format!("/api/v1/{domain}/");
    let is_own = |path: &str| path.starts_with(&own) || path.starts_with("/api/v1/auth/") || !path.starts_with("/api/");
    let told_paths: Vec<(&String, &Value)> = document["paths"].as_object().into_iter().flatten().filter(|(path, _)| is_own(path)).collect();
    let told: BTreeSet<&str> =
        told_paths.iter().flat_map(|(_, item)| item.as_object().into_iter().flatten()).filter_map(|(_, operation)| operation["tags"][0].as_str()).collect();
    let is_told = |tag: &Value| tag.as_str().is_some_and(|tag| told.contains(tag));
    let mut part = Map::new();
    for (name, value) in document.as_object().into_iter().flatten() {
        let value = match name.as_str() {
            "paths" => told_paths.iter().map(|(path, item)| ((*path).clone(), (*item).clone())).collect::<Map<_, _>>().into(),
            "tags" => value.as_array().into_iter().flatten().filter(|tag| is_told(&tag["name"])).cloned().collect(),
            "x-tagGroups" => groups(value, is_told),
            "components" => needed(document, value, &told_paths),
            _ => value.clone(),
        };
        part.insert(name.clone(), value);
    }
    let mut part = Value::Object(part);
    part["info"]["title"] = format!("Steward: {domain}").into();
    part
}

/// The groups of tags that have some of these tags, with those alone.
fn groups(all: &Value, is_told: impl Fn(&Value) -> bool) -> Value {
    let narrowed = all.as_array().into_iter().flatten().filter_map(|group| {
        let tags: Vec<Value> = group["tags"].as_array()?.iter().filter(|tag| is_told(tag)).cloned().collect();
        let mut group = group.clone();
        group["tags"] = tags.into();
        group["tags"].as_array().is_some_and(|tags| !tags.is_empty()).then_some(group)
    });
    narrowed.collect()
}

/// The components that some paths need, and those that they need.
fn needed(document: &Value, components: &Value, paths: &[(&String, &Value)]) -> Value {
    let (mut needed, mut open) = (BTreeSet::new(), paths.iter().map(|(_, item)| *item).collect::<Vec<_>>());
    while let Some(next) = open.pop() {
        for reference in references(next) {
            if let Some(component) = document.pointer(reference.trim_start_matches('#'))
                && needed.insert(reference)
            {
                open.push(component);
            }
        }
    }
    let kinds = components.as_object().into_iter().flatten().map(|(kind, all)| {
        let is_needed = |name: &str| kind == "securitySchemes" || needed.contains(format!("#/components/{kind}/{name}").as_str());
        let kept: Map<String, Value> =
            all.as_object().into_iter().flatten().filter(|(name, _)| is_needed(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
        (kind.clone(), Value::Object(kept))
    });
    Value::Object(kinds.collect())
}

/// All that a value refers to in the document.
fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str);
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
