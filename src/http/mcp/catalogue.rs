//! What there is: collections, what their records have, and figures, from the same catalogue as the routes and the document.

use super::mistake::mistake;
use crate::http::openapi::api::Api;
use crate::http::openapi::component;
use crate::http::openapi::components::Components;
use crate::http::openapi::operation::example;
use crate::http::openapi::part::schema_json;
use crate::resource::{Lifecycle, ResourceType};
use crate::view::{Domain, Run};
use serde_json::{Map, Value, json};

/// The domains that are asked for: one, or all.
fn domains<'a>(api: &'a Api, only: Option<&str>) -> Result<Vec<&'a Domain>, Value> {
    let found: Vec<&Domain> = api.domains.iter().filter(|domain| only.is_none_or(|name| name == domain.name)).collect();
    if found.is_empty() {
        let known: Vec<&str> = api.domains.iter().map(|domain| domain.name).collect();
        return Err(mistake(format!("There is no such domain. There are {}.", known.join(", "))));
    }
    Ok(found)
}

/// The first sentence of a text.
fn sentence(text: &str) -> &str {
    text.split_inclusive(". ").next().unwrap_or(text).trim()
}

/// Every collection, with a sentence.
pub fn collections(api: &Api, domain: Option<&str>) -> Result<Value, Value> {
    let told = |definition: &&'static ResourceType| json!({"collection": definition.path, "description": sentence(&definition.doc)});
    let of =
        |domain: &Domain| json!({"domain": domain.name, "description": domain.doc, "collections": domain.collections.iter().map(told).collect::<Vec<_>>()});
    Ok(json!({"domains": domains(api, domain)?.into_iter().map(of).collect::<Vec<_>>()}))
}

/// Every figure, with its meaning and parameters.
pub fn figures(api: &Api, domain: Option<&str>) -> Result<Value, Value> {
    let mut found = Vec::new();
    for domain in domains(api, domain)? {
        for figure in domain.operations.iter().filter(|operation| matches!(operation.run, Run::Read(_)) && !operation.is_feed) {
            let parameters = figure
                .parameters
                .iter()
                .map(|each| json!({"name": each.name, "description": each.description, "required": each.required, "schema": each.schema}));
            found.push(json!({
                "path": figure.path,
                "summary": figure.summary,
                "description": figure.description,
                "parameters": parameters.collect::<Vec<_>>(),
            }));
        }
    }
    Ok(json!({"figures": found}))
}

/// What records of a collection have.
pub fn describe(api: &Api, path: &str) -> Result<Value, Value> {
    let path = path.trim_start_matches("/api/v1/");
    let Some(definition) = api.definitions.get(path) else {
        return Err(mistake(format!("There is no collection {path}. Ask list_collections for those that there are.")));
    };
    let mut components = Components::default();
    component::of_definition(definition, &mut components);
    let mut schemas = components.schemas;
    // What is for pages of a list is told by the tools.
    schemas.retain(|name, _| !name.ends_with("Page") && !name.ends_with("Moves") && !name.ends_with("MoveOption"));
    add_named(api, &mut schemas);
    let permissions = ["read", "create", "update", "delete"].map(|verb| definition.permission(verb));
    Ok(json!({
        "collection": definition.path,
        "description": definition.doc,
        "permissions": permissions,
        "lifecycle": definition.lifecycle.as_ref().map(lifecycle),
        "example": example(definition),
        "schemas": schemas,
    }))
}

fn lifecycle(lifecycle: &Lifecycle) -> Value {
    let moves = lifecycle.moves.iter().filter(|each| !each.automatic).map(|each| json!({"name": each.name, "from": each.from, "to": each.to}));
    json!({"states": lifecycle.states, "transitions": moves.collect::<Vec<_>>()})
}

/// Adds the schemas that others name, from those of the domains.
fn add_named(api: &Api, schemas: &mut Map<String, Value>) {
    loop {
        let mut named = Vec::new();
        schemas.values().for_each(|schema| names_in(schema, &mut named));
        let missing = named.into_iter().filter(|name| !schemas.contains_key(name)).find_map(|name| {
            let (_, make) = api.domains.iter().flat_map(|domain| &domain.components).find(|(known, _)| *known == name)?;
            Some((name, schema_json(&make())))
        });
        match missing {
            Some((name, schema)) => drop(schemas.insert(name, schema)),
            None => return,
        }
    }
}

fn names_in(schema: &Value, named: &mut Vec<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| names_in(item, named)),
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            named.extend(reference.and_then(|text| text.strip_prefix("#/components/schemas/")).map(str::to_owned));
            members.values().for_each(|member| names_in(member, named));
        }
        _ => {}
    }
}
