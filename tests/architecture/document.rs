//! The OpenAPI document: committed as it is served, and complete.

use crate::harness::document::DOCUMENT;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use steward::catalogue;

/// `(method, path, operation)` for every operation.
fn operations() -> Vec<(&'static str, &'static str, &'static Value)> {
    let mut all = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(method, _)| matches!(method.as_str(), "get" | "post" | "put" | "patch" | "delete"))
        {
            all.push((method.as_str(), path.as_str(), operation));
        }
    }
    all
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let committed = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json")).unwrap();
    let served = catalogue::api().document();
    let differs = committed.lines().zip(served.lines()).position(|(old, new)| old != new);
    let shown = differs.map(|at| format!("line {}: {:?} is {:?} now", at + 1, committed.lines().nth(at), served.lines().nth(at)));
    assert!(
        committed == served,
        "openapi/openapi.json is out of date ({}). Run `cargo run -- openapi > openapi/openapi.json`.",
        shown.unwrap_or("its length differs".into())
    );
}

#[test]
fn every_operation_has_an_id_of_its_own_and_says_what_it_does() {
    let mut seen = BTreeMap::new();
    for (method, path, operation) in operations() {
        let about = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{about} has no operationId"));
        if let Some(other) = seen.insert(id, about.clone()) {
            panic!("{about} and {other} are both called {id}");
        }
        for word in ["summary", "description"] {
            assert!(operation[word].as_str().is_some_and(|text| !text.trim().is_empty()), "{about} has no {word}");
        }
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{about} has not one tag");
    }
}

#[test]
fn every_operation_says_which_permission_it_needs_unless_it_is_public() {
    for (method, path, operation) in operations() {
        let public = operation["security"].as_array().is_some_and(Vec::is_empty);
        let says = operation["x-permission"].as_array();
        assert_eq!(says.is_none(), public, "{method} {path}: x-permission is for operations that need a token, and only those");
        for permission in says.into_iter().flatten() {
            let permission = permission.as_str().unwrap();
            assert!(steward::access::Pattern::parse(permission).is_some(), "{method} {path}: {permission} is no permission");
        }
    }
}

#[test]
fn every_body_has_an_example() {
    for (method, path, operation) in operations() {
        for (form, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            assert!(!content["example"].is_null(), "{method} {path} has no example as {form}");
        }
    }
}

#[test]
fn every_property_is_described() {
    fn walk(value: &Value, at: &str, faults: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, property) in members.get("properties").and_then(Value::as_object).into_iter().flatten() {
                    if property["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
                        faults.push(format!("{at}.{name}"));
                    }
                }
                members
                    .iter()
                    .filter(|(name, _)| !matches!(name.as_str(), "example" | "examples"))
                    .for_each(|(name, value)| walk(value, &format!("{at}/{name}"), faults));
            }
            Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| walk(item, &format!("{at}/{index}"), faults)),
            _ => {}
        }
    }
    let mut faults = Vec::new();
    walk(&DOCUMENT["components"]["schemas"], "", &mut faults);
    assert!(faults.is_empty(), "{faults:#?} have no description: write /// on the field");
}

#[test]
fn every_reference_says_into_which_collections_it_points() {
    let api = catalogue::api();
    let known: BTreeSet<&str> = api.definitions.all().iter().map(|definition| definition.path).collect();
    for definition in api.definitions.all() {
        for suffix in ["", "Create", "Update"] {
            let name = format!("{}{suffix}", definition.type_name);
            for (property, schema) in DOCUMENT["components"]["schemas"][&name]["properties"].as_object().into_iter().flatten() {
                let any: Vec<&str> = api.definitions.all().iter().filter(|each| !each.fact).map(|each| each.path).collect();
                let field = definition.field(property);
                let declared = field.map(|field| if field.refers_to_any() { any.clone() } else { field.refers_to.to_vec() }).unwrap_or_default();
                let says: Vec<&str> = schema["x-references"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                assert_eq!(says, declared, "{name}.{property}");
                assert!(!property.ends_with("_id") || !says.is_empty(), "{name}.{property} is a reference and does not say to what");
                assert!(says.iter().all(|target| known.contains(target)), "{name}.{property} points to {says:?}");
            }
        }
    }
}
