//! The pieces that operations share: parameters, headers, responses, and the operations that are routes of their own.

use super::components::{Components, headers as headers_of, reference};
use crate::error::Kind;
use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Ref, Required, response::Response};

/// `BadRequest` for 400, and so on.
pub fn response_name(kind: Kind) -> String {
    kind.slug().to_upper_camel_case()
}

/// An operation's answer that is a problem document.
pub fn problem(kind: Kind) -> (String, RefOr<Response>) {
    (kind.status().to_string(), RefOr::Ref(Ref::from_response_name(response_name(kind))))
}

/// The parameters that operations share.
pub fn parameters() -> Value {
    json!({
        "Id": parameter("id", ParameterIn::Path, true, "The id of the record.", json!({"type": "string", "format": "uuid"})),
        "Limit": parameter("limit", ParameterIn::Query, false, "Maximum number of records in a page.", json!({"type": "integer", "minimum": 1, "maximum": crate::http::request::query::MOST, "default": crate::http::request::query::USUAL})),
        "Sort": parameter("sort", ParameterIn::Query, false, "Fields to sort by, at most five, with commas between them: those by which the list can be filtered, and `custom.{code}`. `-` for greatest first, nulls last. The default is `id`, the order of creation.", json!({"type": "string", "pattern": "^-?[a-z][a-z0-9_.]*(,-?[a-z][a-z0-9_.]*){0,4}$", "examples": ["id"]})),
        "Cursor": parameter("cursor", ParameterIn::Query, false, "Continues after the page whose `next_cursor` this is. It belongs to the same filters, order and user.", json!({"type": "string", "minLength": 1})),
        "IncludeTotal": parameter("include_total", ParameterIn::Query, false, "Adds `total_count`, the number of all records that match: `true` counts up to 10,000 and estimates beyond, which `total_is_estimate` says; `exact` counts all.", json!({"type": "string", "enum": ["false", "true", "exact"], "default": "false"})),
        "Filter": parameter("filter", ParameterIn::Query, false, "Filter of the list: comparisons of fields with `= != < <= > >=`, `:` (contains, case-blind), joined by `AND`, `OR`, `NOT` and parentheses; `null`; one step through a reference, such as `owner.name : \"ada\"`; and custom fields (`custom.{code}`). At most 2 KB, 8 deep, 32 comparisons.", json!({"type": "string", "minLength": 1, "maxLength": crate::http::request::filter::LONGEST})),
        "Words": parameter("q", ParameterIn::Query, false, "Full text, case-blind in every script: only those that have all these words, or words that begin so. Without `sort` the best 1,000 come, the best first.", json!({"type": "string", "minLength": 1, "maxLength": 1000})),
        "IfMatch": parameter("If-Match", ParameterIn::Header, true, "The ETag that was read, or `*` for whatever it is now.", json!({"type": "string", "minLength": 1, "examples": ["*"]})),
        "IfNoneMatch": parameter("If-None-Match", ParameterIn::Header, false, "The ETag of what the client has; 304 if that is current.", json!({"type": "string", "minLength": 1})),
        "Fields": parameter("fields", ParameterIn::Query, false, "Only these fields, with commas between them: what else the schema requires is left out. The answer carries no ETag.", json!({"type": "string", "minLength": 1})),
        "Ids": parameter("ids", ParameterIn::Query, false, "Only the records with these ids: up to 200 UUIDs with commas between them; repeated, any of them. `limit=200` gives all of them in one page.", json!({"type": "string", "minLength": 36})),
        "Facets": parameter("facets", ParameterIn::Query, false, "Adds `facets`: for each of these fields, at most ten, the number of all records that match by its value. Fields with commas between them: the state, choices, booleans and references. More than 1,000 values of one are refused.", json!({"type": "string", "pattern": "^[a-z][a-z0-9_]*(,[a-z][a-z0-9_]*)*$"})),
        "Allowed": parameter("allowed", ParameterIn::Query, false, "Adds `allowed` to each record: what you may do with it now. For a single record the conditions of its transitions are asked too, and what still refers to it; in a list permissions and the rules of its state only. The answer carries no ETag.", json!({"type": "boolean", "default": false})),
        "Expand": parameter("expand", ParameterIn::Query, false, "References whose records are given too, under `expanded`, each as far as you may read it: field names with commas between them, at most ten. `vendor_id(name,state)` gives some fields of the record, `contract_id.vendor_id` the record of a reference of the record.", json!({"type": "string", "minLength": 1})),
        "Figures": parameter("figures", ParameterIn::Query, false, "Adds what is computed of each record, under `figures`, as of today. The answer carries no ETag.", json!({"type": "boolean", "default": false})),
        "AsOf": parameter("as_of", ParameterIn::Query, false, "State at this instant, or at the end of this date. On a list with typed parameters and the default order only.", json!({"type": "string", "minLength": 1})),
        "DryRun": parameter("dry_run", ParameterIn::Query, false, "Trial run that stores nothing: the answer is that of the real call, without Location and with `Dry-Run: true`; where it would change what is available of budget lines, `effects` states the position of each before and after.", json!({"type": "boolean", "default": false})),
        "IdempotencyKey": parameter("Idempotency-Key", ParameterIn::Header, false, "A key of the client's own, best a UUID: a request that comes again with it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and done once.", json!({"type": "string", "minLength": 1, "maxLength": 255})),
        "Prefer": parameter("Prefer", ParameterIn::Header, false, "`respond-async` (RFC 7240) has it done later: the answer is 202 and the address of the operation. Bodies over 5 MB are always done later.", json!({"type": "string", "examples": ["respond-async"]})),
        "AcceptLanguage": parameter("Accept-Language", ParameterIn::Header, false, "Languages of the labels, the most wanted first: those that the organisation has translations for (platform/translations), else English.", json!({"type": "string", "examples": ["de-AT, de;q=0.8"]})),
        "ChangeReason": parameter("Change-Reason", ParameterIn::Header, false, "Reason for the change, stored in the history.", json!({"type": "string", "maxLength": 1000})),
    })
}

fn parameter(name: &str, place: ParameterIn, required: bool, description: &str, schema: Value) -> Value {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(if required { Required::True } else { Required::False })
        .description(Some(description))
        .build();
    let mut parameter = serde_json::to_value(parameter).unwrap_or_default();
    parameter["schema"] = schema;
    parameter
}

/// The headers that answers share.
pub fn headers() -> Value {
    json!({
        "ETag": {"description": "Version of the answer, for If-None-Match; that of a single record is its revision, for If-Match.", "schema": {"type": "string"}},
        "Location": {"description": "Address of the new record.", "schema": {"type": "string"}},
        "XRequestId": {"description": "Id of the request: the client's own if it sent a UUID, else a new one. It is written to the log and to the history.", "required": true, "schema": {"type": "string", "format": "uuid"}},
        "DryRun": {"description": "`true` where nothing was kept: `dry_run=true` was sent, or the call only rehearses.", "schema": {"type": "string"}},
        "IdempotencyReplayed": {"description": "`true` where the answer is that of an earlier request with the same `Idempotency-Key`.", "schema": {"type": "string"}},
        "ContentDisposition": {"description": "Name of the file, and whether it is to be saved (`attachment`) or shown (`inline`).", "schema": {"type": "string"}},
        "Warning": {"description": "Rule of separation (governance/sod-rules) that let the transition through with a warning, one each; it is written to the history as well.", "schema": {"type": "string"}},
        "Link": {"description": "The next page: `<…>; rel=\"next\"`. Absent on the last one.", "schema": {"type": "string"}},
        "Allow": {"description": "The methods that the address answers to.", "schema": {"type": "string"}},
        "RetryAfter": {"description": "Time to wait before the next try, in seconds.", "schema": {"type": "string"}},
        "RateLimitPolicy": {"description": "Quota of requests in a window of seconds (draft-ietf-httpapi-ratelimit-headers): `\"auth\";q=600;w=60`. Present in each counted answer.", "schema": {"type": "string"}},
        "RateLimit": {"description": "Remaining requests, and seconds until the full quota, or the next request, is available again: `\"auth\";r=599;t=1`. Present in each counted answer.", "schema": {"type": "string"}},
        "WwwAuthenticate": {"description": "Authentication scheme to use (RFC 6750).", "schema": {"type": "string"}},
        "AcceptPatch": {"description": "Media types of a patch (RFC 5789).", "schema": {"type": "string"}},
        "ContentLanguage": {"description": "Languages of the labels in the answer.", "schema": {"type": "string"}},
        "ContentSecurityPolicy": {"description": "Policy that forbids what is shown to run or to fetch anything.", "schema": {"type": "string"}},
        "XFrameOptions": {"description": "Always `DENY`: no other page may frame the page.", "schema": {"type": "string"}},
        "SetCookie": {"description": "Cookie that ties the form of the login page to the browser. Absent on a page without the form.", "schema": {"type": "string"}},
        "Pragma": {"description": "Always `no-cache` (RFC 6749, section 5.1).", "schema": {"type": "string"}},
    })
}

/// The operations whose answers nobody keeps, as RFC 6749, section 5.1, has it.
const OF_TOKENS: [&str; 3] = ["/api/v1/auth/token", "/api/v1/auth/revoke", "/api/v1/auth/introspect"];

/// The refusal of a patch in a form that is none.
pub fn wrong_patch() -> Value {
    let content = json!({"application/problem+json": {"schema": reference("schemas", "ProblemDetails")}});
    json!({"description": Kind::UnsupportedMediaType.meaning().trim(), "headers": headers_of(&["Accept-Patch"]), "content": content})
}

/// The client has it already.
pub fn not_modified() -> Value {
    json!({"description": "The client has the current one.", "headers": headers_of(&["ETag"])})
}

/// An operation with what all of them have; the rest of it is added to the JSON.
pub fn operation(id: &str, tag: &str, summary: &str, description: &str, permissions: Option<&[String]>, kinds: &[Kind]) -> Value {
    let mut builder = OperationBuilder::new().operation_id(Some(id)).tag(tag).summary(Some(summary)).description(Some(description));
    for kind in kinds {
        let (status, response) = problem(*kind);
        builder = builder.response(status, response);
    }
    let operation: Operation = builder.build();
    let mut operation = serde_json::to_value(operation).unwrap_or_default();
    match permissions {
        Some(permissions) => operation["x-permission"] = json!(permissions),
        None => operation["security"] = json!([]),
    }
    operation
}

/// Adds a success response in front of the problems.
pub fn respond(operation: &mut Value, status: &str, response: Value) {
    let problems = operation.get("responses").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut responses = Map::new();
    if let Some(earlier) = problems.iter().position(|(known, _)| known.as_str() > status) {
        for (at, (known, value)) in problems.iter().enumerate() {
            if at == earlier {
                responses.insert(status.into(), response.clone());
            }
            responses.insert(known.clone(), value.clone());
        }
    } else {
        responses = problems;
        responses.insert(status.into(), response);
    }
    operation["responses"] = responses.into();
}

/// An operation that is a route of its own, such as the token endpoint.
pub struct Fixed {
    /// Its path.
    pub path: &'static str,
    /// Its method, in lower case.
    pub method: &'static str,
    /// Its operation id.
    pub operation_id: &'static str,
    /// What it is, in a few words.
    pub summary: &'static str,
    /// What it does.
    pub description: &'static str,
    /// True if it needs no token.
    pub public: bool,
    /// The permissions that it needs beside a valid token.
    pub permissions: &'static [&'static str],
    /// Its path parameter, if it has one: name and description.
    pub path_parameter: Option<(&'static str, &'static str)>,
    /// Its query parameters: name, whether it must be sent, and description.
    pub query: &'static [(&'static str, bool, &'static str)],
    /// Its body: media type, schema and example.
    pub request: Option<(&'static str, Value, Value)>,
    /// Its answers: status, description, media type and schema; no media type where the answer is empty.
    pub answers: Vec<(u16, &'static str, &'static str, Value)>,
    /// The problems it may answer with.
    pub problems: &'static [Kind],
    /// The schemas that it names.
    pub schemas: Vec<(&'static str, Value)>,
}

impl Fixed {
    /// The tag of its group: the collection that it stands in, tokens, or the service.
    fn tag(&self) -> &'static str {
        match self.path.strip_prefix("/api/v1/").map(|path| path.split('/').collect::<Vec<_>>()).as_deref() {
            Some(["auth", ..]) => "auth",
            Some([_, collection, ..]) => collection,
            _ if self.path.starts_with("/.well-known/") => "auth",
            _ => "service",
        }
    }

    /// The headers of an answer in a form, beside those of every answer.
    fn headers(&self, status: u16, form: &str, cached: bool) -> Vec<&'static str> {
        let is_file = matches!(form, "text/calendar" | "*/*");
        let mut told = match status {
            200 if cached && is_file => vec!["ETag", "Content-Disposition", "Content-Security-Policy"],
            200 if cached => vec!["ETag"],
            303 => vec!["Location"],
            401 => vec!["WWW-Authenticate"],
            429 | 503 => vec!["Retry-After"],
            _ => Vec::new(),
        };
        // The pages of the login, and where they lead to.
        if form == "text/html" || status == 303 && self.path.starts_with("/api/v1/auth/") {
            told.extend(["Content-Security-Policy", "X-Frame-Options"]);
            told.extend(self.path.ends_with("/authorize").then_some("Set-Cookie"));
        }
        told.extend((form == "application/json" && OF_TOKENS.contains(&self.path)).then_some("Pragma"));
        told
    }

    pub(super) fn add(&self, paths: &mut Map<String, Value>, components: &mut Components) {
        // What has a tag, and is not sent again to who has it.
        let cached = self.path.starts_with("/openapi") || self.answers.iter().any(|(_, _, form, _)| matches!(*form, "text/calendar" | "*/*"));
        let permissions: Vec<String> = self.permissions.iter().map(ToString::to_string).collect();
        let permissions = (!self.public).then_some(permissions.as_slice());
        let mut operation = operation(self.operation_id, self.tag(), self.summary, self.description, permissions, self.problems);
        for (status, description, form, schema) in self.answers.iter().rev() {
            let mut response = json!({"description": description});
            if !form.is_empty() {
                response["content"][*form] = json!({"schema": schema});
            }
            if self.problems.iter().any(|kind| kind.status() == *status) {
                response["content"]["application/problem+json"] = json!({"schema": reference("schemas", "ProblemDetails")});
            }
            let told = self.headers(*status, form, cached);
            if !told.is_empty() {
                response["headers"] = headers_of(&told);
            }
            respond(&mut operation, &status.to_string(), response);
        }
        if cached {
            respond(&mut operation, "304", components.response("NotModified", not_modified));
        }
        let in_path = self.path_parameter.iter().map(|(name, description)| parameter(name, ParameterIn::Path, true, description, json!({"type": "string"})));
        let in_query =
            self.query.iter().map(|(name, required, description)| parameter(name, ParameterIn::Query, *required, description, json!({"type": "string"})));
        let parameters: Vec<Value> = in_path.chain(in_query).collect();
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        if let Some((form, schema, example)) = &self.request {
            let mut content = Map::new();
            content.insert((*form).into(), json!({"schema": schema, "example": example}));
            operation["requestBody"] = json!({"required": true, "content": content});
        }
        let path = paths.entry(self.path).or_insert_with(|| json!({}));
        path[self.method] = operation;
        for (name, schema) in &self.schemas {
            components.schemas.insert((*name).into(), schema.clone());
        }
    }
}

/// A schema of utoipa as JSON. A reference that utoipa had to wrap comes out bare, and extensions, which it keeps in no
/// order, come last and sorted: the document is the same every time it is written.
pub fn schema_json(schema: &Schema) -> Value {
    let mut json = serde_json::to_value(schema).unwrap_or_default();
    tidy(&mut json);
    json
}

fn tidy(schema: &mut Value) {
    if let Some([only]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        *schema = only.clone();
    }
    match schema {
        Value::Object(members) => {
            let mut extensions: Vec<String> = members.keys().filter(|name| name.starts_with("x-")).cloned().collect();
            extensions.sort();
            for name in extensions {
                let value = members.shift_remove(&name).unwrap_or_default();
                members.insert(name, value);
            }
            members.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}
