//! The OpenAPI 3.1 document, written from the tables that the routes are served from.

pub mod api;
mod component;
pub mod lifecycle_diagram;
mod operation;
mod part;
mod state_rule;

pub use part::Fixed;

use crate::error::Kind;
use crate::http::openapi::api::Api;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

impl Api {
    /// The OpenAPI document as it is served and committed.
    pub fn document(&self) -> String {
        pretty(&document(self))
    }
}

/// The text of a document, as it is committed.
pub fn pretty(document: &Value) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// The whole document.
pub fn document(api: &Api) -> Value {
    let (paths, schemas) = paths_and_schemas(api);
    let tags: Vec<Value> = api
        .domains
        .iter()
        .map(|domain| json!({"name": domain.name, "description": domain.doc}))
        .chain([json!({"name": "service", "description": "The service itself: tokens, health, this document."})])
        .collect();
    let responses = problems(&paths);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Steward",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "The open IT-management backend.",
            "description": DESCRIPTION,
            "contact": {"name": "Steward maintainers"},
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This service."}],
        "tags": tags,
        "security": [{"bearer": []}, {"password": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": part::parameters(),
            "headers": part::headers(),
            "responses": responses,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token from /api/v1/auth/token."},
                "password": {"type": "oauth2", "description": "Log in with an e-mail address and a password.", "flows": {"password": {"tokenUrl": "/api/v1/auth/token", "refreshUrl": "/api/v1/auth/token", "scopes": {}}}},
            },
        },
    })
}

/// What every collection, view and route adds.
fn paths_and_schemas(api: &Api) -> (Map<String, Value>, Map<String, Value>) {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    component::shared(&mut schemas);
    for domain in &api.domains {
        for definition in &domain.collections {
            component::of_definition(definition, &mut schemas);
            operation::of_definition(definition, &mut paths);
            if let Some(figures) = domain.figures.get(definition.path) {
                component::add_figures(definition, figures, &mut schemas);
                operation::add_figures(definition, &mut paths);
            }
        }
        for (name, schema) in &domain.components {
            schemas.insert((*name).into(), part::schema_json(&schema()));
        }
        for each in &domain.operations {
            component::of_operation(each, &mut schemas);
            operation::of_domain(each, domain.name, &mut paths);
        }
    }
    for fixed in &api.fixed {
        fixed.add(&mut paths, &mut schemas);
    }
    let any: Vec<Value> = api.definitions.all().iter().filter(|definition| !definition.fact).map(|definition| definition.path.into()).collect();
    schemas.values_mut().for_each(|schema| name_all(schema, &any));
    (paths, schemas)
}

/// The part of a document that tells of one domain, with the components that it needs.
pub fn of_domain(document: &Value, domain: &str) -> Value {
    let mut part = document.clone();
    let told = |item: &Value| item.as_object().is_some_and(|operations| operations.values().any(|operation| operation["tags"][0] == domain));
    if let Some(paths) = part["paths"].as_object_mut() {
        paths.retain(|_, item| told(item));
    }
    if let Some(tags) = part["tags"].as_array_mut() {
        tags.retain(|tag| tag["name"] == domain);
    }
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
    part
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

const DESCRIPTION: &str = "One REST API over all fields of IT management: strategy, finance, infrastructure, projects, security, vendors, teams and governance.\n\n\
Every collection behaves alike: `GET` lists by cursor, `POST` creates, `PATCH` takes a merge patch, and changes need `If-Match` with the ETag that was read. \
What changes state does so by a transition. Every error is a problem document (RFC 9457) that names all broken fields at once.\n\n\
In this document `x-references` names the collections that a reference may point into, `x-unique` marks what must differ between records, `x-differs-from` names the reference beside it that must lead elsewhere, \
`x-permission` lists the permissions that an operation needs, and `x-lifecycle` draws the states of a resource and its moves; its `rules` say for each state whether the record may be deleted (`deletable`) and its fields changed (`editable`).";

/// What refers to a record of any collection names them all.
fn name_all(schema: &mut Value, any: &[Value]) {
    match schema {
        Value::Object(members) => {
            if let Some(references) = members.get_mut("x-references").filter(|references| **references == json!(crate::resource::ANY)) {
                *references = any.into();
            }
            members.values_mut().for_each(|member| name_all(member, any));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| name_all(item, any)),
        _ => {}
    }
}

/// The problems that some operation names.
fn problems(paths: &Map<String, Value>) -> Value {
    let used = Value::Object(paths.clone()).to_string();
    let mut responses = Map::new();
    for kind in Kind::ALL.iter().filter(|kind| used.contains(&format!("/responses/{}\"", part::response_name(**kind)))) {
        let mut response = json!({
            "description": kind.meaning().trim(),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
        });
        let headers = match kind {
            Kind::Unauthorized => Some(json!({"WWW-Authenticate": {"$ref": "#/components/headers/WwwAuthenticate"}})),
            Kind::MethodNotAllowed => Some(json!({"Allow": {"$ref": "#/components/headers/Allow"}})),
            Kind::Unavailable => Some(json!({"Retry-After": part::reference("headers", "RetryAfter")})),
            Kind::TooManyRequests => Some(json!({
                "Retry-After": part::reference("headers", "RetryAfter"),
                "RateLimit-Policy": part::reference("headers", "RateLimitPolicy"),
                "RateLimit": part::reference("headers", "RateLimit"),
            })),
            _ => None,
        };
        if let Some(headers) = headers {
            response["headers"] = headers;
        }
        responses.insert(part::response_name(*kind), response);
    }
    responses.into()
}
