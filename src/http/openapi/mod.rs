//! The OpenAPI 3.1 document, written from the tables that the routes are served from.

pub mod api;
pub mod component;
pub mod components;
pub mod lifecycle_diagram;
pub mod named;
mod older;
pub mod operation;
pub mod part;
mod print;
pub mod referred;
mod share;
mod state_rule;

pub use older::{absolute, older};
pub use part::Fixed;
pub use print::pretty;
pub use share::of_domain;

use crate::error::Kind;
use crate::http::openapi::api::Api;
use components::Components;
use serde_json::{Map, Value, json};

/// A version of OpenAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 3.1, which is committed.
    Newer,
    /// 3.0, for generators that know no 3.1.
    Older,
}

/// Address of the service in a document that no service sends.
const NOWHERE: &str = "http://127.0.0.1:8080";

impl Version {
    fn of(self, document: Value) -> Value {
        match self {
            Version::Newer => document,
            Version::Older => older(document, NOWHERE),
        }
    }
}

impl Api {
    /// The OpenAPI document as it is committed.
    pub fn document(&self, version: Version) -> String {
        pretty(&version.of(document(self)))
    }

    /// The same by domain: the name of each and its document.
    pub fn documents_of_domains(&self, version: Version) -> Vec<(&'static str, String)> {
        let whole = version.of(document(self));
        self.domains.iter().map(|domain| (domain.name, pretty(&of_domain(&whole, domain.name)))).collect()
    }
}

/// The whole document.
pub fn document(api: &Api) -> Value {
    let (paths, components) = paths_and_components(api);
    let Components { schemas, parameters, mut responses } = components;
    let (tags, groups) = tags(api, &paths);
    if let Value::Object(problems) = problems(&paths) {
        responses.extend(problems);
    }
    let mut shared = part::parameters();
    shared.as_object_mut().into_iter().for_each(|shared| shared.extend(parameters.clone()));
    let mut document = json!({
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
        "x-tagGroups": groups,
        "security": [{"bearer": []}, {"login": []}, {"password": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": shared,
            "headers": part::headers(),
            "responses": responses,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token from /api/v1/auth/token."},
                "login": {"type": "oauth2", "description": "Log in on the login page: authorization code with PKCE (S256). The `client_id` of this page is `docs`.", "flows": {"authorizationCode": {"authorizationUrl": "/api/v1/auth/authorize", "tokenUrl": "/api/v1/auth/token", "refreshUrl": "/api/v1/auth/token", "scopes": {}}}},
                "password": {"type": "oauth2", "description": "Log in with an e-mail address and a password.", "flows": {"password": {"tokenUrl": "/api/v1/auth/token", "refreshUrl": "/api/v1/auth/token", "scopes": {}}}},
            },
        },
    });
    named::share(&mut document);
    named::rename(&mut document);
    named::widen(&mut document);
    referred::tell(&mut document, &api.definitions);
    components::tell_all(&mut document);
    document
}

/// One tag for each collection, and one for what stands beside the collections of a domain; a group for each domain.
fn tags(api: &Api, paths: &Map<String, Value>) -> (Vec<Value>, Vec<Value>) {
    let named = |tag: &str| paths.values().any(|item| item.as_object().is_some_and(|item| item.values().any(|operation| operation["tags"][0] == tag)));
    let (mut tags, mut groups) = (Vec::new(), Vec::new());
    let mut group = |name: &str, members: Vec<(&str, &str)>| {
        let members: Vec<(&str, &str)> = members.into_iter().filter(|(tag, _)| named(tag)).collect();
        tags.extend(members.iter().map(|(tag, doc)| json!({"name": tag, "description": doc})));
        groups.push(json!({"name": name, "tags": members.iter().map(|(tag, _)| tag).collect::<Vec<_>>()}));
    };
    for domain in &api.domains {
        // A collection that is called as its domain shares its tag.
        let others = domain.collections.iter().filter(|definition| definition.collection != domain.name);
        let collections = others.map(|definition| (definition.collection, definition.doc.as_str()));
        group(domain.name, [(domain.name, domain.doc)].into_iter().chain(collections).collect());
    }
    group("service", vec![("auth", "Logins and tokens."), ("service", "The service itself: health, kinds of problems, this document.")]);
    (tags, groups)
}

/// What every collection, view and route adds.
fn paths_and_components(api: &Api) -> (Map<String, Value>, Components) {
    let (mut paths, mut components) = (Map::new(), Components::default());
    component::shared(&mut components.schemas);
    for domain in &api.domains {
        for definition in &domain.collections {
            component::of_definition(definition, &mut components);
            operation::of_definition(definition, &mut paths, &mut components);
            if let Some(figures) = domain.figures.get(definition.path) {
                component::add_figures(definition, figures, &mut components);
                operation::add_figures(definition, &mut paths);
            }
        }
        for (name, schema) in &domain.components {
            components.schemas.insert((*name).into(), part::schema_json(&schema()));
        }
        for each in &domain.operations {
            component::of_operation(each, &mut components);
            let collection = domain
                .collections
                .iter()
                .find(|definition| each.path.strip_prefix(definition.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
            operation::of_domain(each, collection.map_or(domain.name, |definition| definition.collection), &mut paths);
        }
    }
    for fixed in &api.fixed {
        fixed.add(&mut paths, &mut components);
    }
    let any: Vec<Value> = api.definitions.all().iter().filter(|definition| !definition.fact).map(|definition| definition.path.into()).collect();
    components.schemas.values_mut().chain(components.parameters.values_mut()).for_each(|schema| name_all(schema, &any));
    (paths, components)
}

const DESCRIPTION: &str = "REST API for all fields of IT management: strategy, finance, infrastructure, projects, security, vendors, teams and governance.\n\n\
Every collection behaves alike: `GET` lists by cursor, `POST` creates, `PATCH` takes a merge patch, and changes need `If-Match` with the ETag that was read. A list holds what you may see, and is empty without any grant; \
with `Accept: text/csv` or `application/x-ndjson` the whole filtered collection is streamed as a file instead of a page. \
What changes state does so by a transition. Every error is a problem document (RFC 9457) that names all broken fields at once.\n\n\
In this document `x-references` names the collections that a reference may point into, `x-unique` marks what must differ between records, `x-fixed` what cannot change once the record exists, `x-differs-from` names the reference beside it that must lead elsewhere, \
`x-permission` lists the permissions that an operation needs, `x-labels` gives the words of `enum` as people write them, in its order, and `x-lifecycle` draws the states of a resource and its moves; its `rules` say for each state whether the record may be deleted (`deletable`) and its fields changed (`editable`). \
`x-own` says whose own a record is: what is granted on one's own (`own` of a grant, and the role `employee` of everybody who is linked to a person) reaches those records alone.\n\n\
**Four eyes**: a move that approves (`four_eyes` in `x-lifecycle`) is made by another person than whoever asked for the record (`involved`), wrote it or a part of it, or moved it on its way there, \
by one whom no rule of separation stops (governance/sod-rules), and, where authority for it is delegated (governance/delegations), within that. \
A refusal (`four_eyes`, `separation_of_duties`, `delegation`, `limit`) names the rule, the limit and who could.";

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
            Kind::Unavailable | Kind::Conflict => Some(json!({"Retry-After": components::reference("headers", "RetryAfter")})),
            Kind::TooManyRequests => Some(json!({
                "Retry-After": components::reference("headers", "RetryAfter"),
                "RateLimit-Policy": components::reference("headers", "RateLimitPolicy"),
                "RateLimit": components::reference("headers", "RateLimit"),
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
