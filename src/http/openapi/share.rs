//! The document of one domain: complete by itself, with logins and the service's own operations.

use serde_json::Value;
use std::collections::BTreeSet;

/// The part of a document that tells of one domain, with the components that it needs.
pub fn of_domain(document: &Value, domain: &str) -> Value {
    let mut part = document.clone();
    part["info"]["title"] = format!("Steward: {domain}").into();
    let own = format!("/api/v1/{domain}/");
    if let Some(paths) = part["paths"].as_object_mut() {
        paths.retain(|path, _| path.starts_with(&own) || path.starts_with("/api/v1/auth/") || !path.starts_with("/api/"));
    }
    let told: BTreeSet<String> = part["paths"]
        .as_object()
        .into_iter()
        .flat_map(|paths| paths.values().flat_map(|item| item.as_object().into_iter().flatten()))
        .filter_map(|(_, operation)| operation["tags"][0].as_str().map(str::to_owned))
        .collect();
    let is_told = |tag: &Value| tag.as_str().is_some_and(|tag| told.contains(tag));
    if let Some(tags) = part["tags"].as_array_mut() {
        tags.retain(|tag| is_told(&tag["name"]));
    }
    if let Some(groups) = part["x-tagGroups"].as_array_mut() {
        for group in groups.iter_mut() {
            group["tags"].as_array_mut().into_iter().for_each(|tags| tags.retain(is_told));
        }
        groups.retain(|group| group["tags"].as_array().is_some_and(|tags| !tags.is_empty()));
    }
    keep_needed(document, &mut part);
    part
}

/// Keeps the components that the paths need, and those that they need.
fn keep_needed(document: &Value, part: &mut Value) {
    let (mut needed, mut open) = (BTreeSet::new(), vec![part["paths"].clone()]);
    while let Some(next) = open.pop() {
        for reference in references(&next) {
            if let Some(component) = document.pointer(reference.trim_start_matches('#'))
                && needed.insert(reference)
            {
                open.push(component.clone());
            }
        }
    }
    for (kind, components) in part["components"].as_object_mut().into_iter().flatten().filter(|(kind, _)| *kind != "securitySchemes") {
        if let Some(components) = components.as_object_mut() {
            components.retain(|name, _| needed.contains(&format!("#/components/{kind}/{name}")));
        }
    }
}

/// All that a value refers to in the document.
fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
