//! Every answer of every test, held against the OpenAPI document.

use super::Answer;
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use steward::catalogue;
use steward::http::openapi::Version;
use steward::resource::ResourceType;

/// The document as it would be served now.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(&catalogue::api().document(Version::Newer)).unwrap());

static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Fails unless the document knows the operation, the status, the form and the shape of an answer.
pub fn check(method: &str, uri: &str, answer: &Answer) {
    let path = uri.split('?').next().unwrap();
    let about = || format!("{method} {uri} → {} {}", answer.status, answer.text.chars().take(2000).collect::<String>());
    assert!(answer.status < 500 || answer.status == 503, "the house broke: {}", about());
    // The pages of the login are for people.
    let is_page = answer.header("content-type").is_some_and(|form| form.starts_with("text/html"));
    if answer.status >= 400 && !is_page && !matches!(path, "/api/v1/auth/token" | "/api/v1/auth/revoke" | "/api/v1/auth/introspect") {
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", about());
        validate(&json!({"$ref": "#/components/schemas/ProblemDetails"}), &answer.body, &about);
        assert_eq!(answer.body["status"], json!(answer.status), "{}", about());
    }
    // A preflight is the browser's own question, which no document tells of.
    if method == "OPTIONS" && answer.status != 405 {
        return;
    }
    let Some(template) = template(path) else {
        // The document writes no path in percent signs, as a caller may.
        assert!(matches!(answer.status, 404 | 304 | 303 | 200) || path.contains('%'), "no operation in the document: {}", about());
        return;
    };
    let method = if method == "HEAD" { "get".to_owned() } else { method.to_lowercase() };
    let Some(operation) = DOCUMENT["paths"][template].get(&method) else {
        assert_eq!(answer.status, 405, "the document has no such method: {}", about());
        return;
    };
    let response = &operation["responses"][answer.status.to_string()];
    assert!(response.is_object(), "the document does not name this status: {}", about());
    let response = resolve(response);
    let shaped = ["fields=", "expand=", "figures=", "allowed=", "as_of="].iter().any(|parameter| uri.contains(parameter));
    let sometimes = ["Link", "Warning", "Dry-Run", "Idempotency-Replayed", "RateLimit", "RateLimit-Policy", "Set-Cookie", "Content-Language"];
    let excused = |name: &str| {
        sometimes.contains(&name)
            || (name == "ETag" && (shaped || answer.body["revision"].is_null() || answer.header("content-type") != Some("application/json")))
            || (name == "Retry-After" && answer.status == 409)
            || (name == "Location" && answer.header("dry-run").is_some())
            || (matches!(name, "Content-Security-Policy" | "X-Frame-Options")
                && answer.header("content-type").is_none_or(|form| form.starts_with("application/")))
            || (name == "Pragma" && answer.header("content-type") != Some("application/json"))
            || (name == "Content-Disposition" && answer.header("content-type") == Some("application/json"))
    };
    // What is sent is told of, but for what every answer of a browser carries.
    let told = |name: &str| response["headers"].as_object().is_some_and(|headers| headers.keys().any(|known| known.eq_ignore_ascii_case(name)));
    for name in TOLD {
        assert!(answer.header(name).is_none() || told(name), "the document does not tell of the header {name}: {}", about());
    }
    for (name, _) in response["headers"].as_object().into_iter().flatten().filter(|(name, _)| !excused(name)) {
        assert!(answer.header(&name.to_lowercase()).is_some(), "the header {name} is missing: {}", about());
    }
    let sent = answer.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().to_owned();
    if matches!(sent.as_str(), "text/csv" | "application/x-ndjson" | "image/svg+xml") {
        let named = |form: &str| response["content"].get(form).is_some();
        assert!(named(&sent) || named("*/*"), "the document names no such form: {}", about());
        return;
    }
    let forms = response["content"].as_object();
    match forms.and_then(|forms| forms.get_key_value(sent.as_str()).or_else(|| forms.get_key_value("*/*")).or_else(|| forms.iter().next())) {
        // Bytes of whatever form they were uploaded in.
        Some((form, _)) if matches!(form.as_str(), "*/*" | "application/octet-stream") => {}
        Some((form, _)) if form == "text/html" => assert!(is_page, "{}", about()),
        // With a version of the format, as a parameter.
        Some((form, _)) if form == "text/plain" => assert_eq!(&sent, form, "{}", about()),
        Some((form, _)) if form == "text/calendar" => assert_eq!(answer.header("content-type"), Some(form.as_str()), "{}", about()),
        Some((form, content)) => {
            assert_eq!(answer.header("content-type"), Some(form.as_str()), "{}", about());
            // What `fields` leaves out is left out; the schema says what a whole record has.
            if uri.contains("fields=") && answer.status == 200 {
                return;
            }
            validate(&content["schema"], &answer.body, &about);
        }
        None => assert!(answer.text.is_empty(), "the document names no body: {}", about()),
    }
}

/// The headers of which the document tells where they are sent.
const TOLD: [&str; 16] = [
    "etag",
    "location",
    "link",
    "dry-run",
    "idempotency-replayed",
    "content-disposition",
    "warning",
    "retry-after",
    "x-request-id",
    "ratelimit",
    "accept-patch",
    "content-language",
    "content-security-policy",
    "x-frame-options",
    "set-cookie",
    "pragma",
];

/// The paths of the document, taken apart once, by how many segments they have and what the first of them are.
static TEMPLATES: LazyLock<HashMap<(usize, String), Vec<Template>>> = LazyLock::new(|| {
    let mut templates: HashMap<_, Vec<Template>> = HashMap::new();
    for path in DOCUMENT["paths"].as_object().unwrap().keys() {
        let parts: Vec<&str> = path.split('/').collect();
        let first = parts.iter().take(FIXED).any(|part| part.starts_with('{'));
        templates.entry((parts.len(), if first { String::new() } else { beginning(&parts) })).or_default().push((parts, path));
    }
    templates
});

/// A path of the document: its segments, and the whole.
type Template = (Vec<&'static str>, &'static str);

/// The number of first segments that are mostly fixed: nothing, `api`, `v1`, the domain, the collection.
const FIXED: usize = 5;

fn beginning(segments: &[&str]) -> String {
    segments[..segments.len().min(FIXED)].join("/")
}

/// The path of the document that an address belongs to: the one with the most fixed segments.
fn template(path: &str) -> Option<&'static str> {
    let segments: Vec<&str> = path.split('/').collect();
    let near = [beginning(&segments), String::new()].into_iter().filter_map(|first| TEMPLATES.get(&(segments.len(), first))).flatten();
    let matching = near.filter(|(parts, _)| parts.iter().zip(&segments).all(|(part, segment)| part == segment || part.starts_with('{')));
    matching.min_by_key(|(_, template)| template.matches('{').count()).map(|(_, template)| *template)
}

/// The components that a schema names, and those that they name.
fn components_of(schema: &Value) -> Value {
    let (mut found, mut open) = (json!({}), vec![schema.clone()]);
    while let Some(next) = open.pop() {
        match &next {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    let path: Vec<&str> = reference.trim_start_matches("#/components/").split('/').collect();
                    let [kind, name] = path[..] else { panic!("{reference} is no component") };
                    if found[kind][name].is_null() {
                        found[kind][name] = DOCUMENT["components"][kind][name].clone();
                        open.push(found[kind][name].clone());
                    }
                }
                open.extend(members.values().filter(|value| value.is_object() || value.is_array()).cloned());
            }
            Value::Array(items) => open.extend(items.iter().filter(|value| value.is_object() || value.is_array()).cloned()),
            _ => {}
        }
    }
    found
}

/// A component where a value refers to one, else the value itself.
pub fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} is not in the document")),
        None => value,
    }
}

/// Fails unless a value has a schema of the document.
pub fn validate(schema: &Value, value: &Value, about: &dyn Fn() -> String) {
    let key = schema.to_string();
    let known = VALIDATORS.lock().unwrap().get(&key).cloned();
    let validator = known.unwrap_or_else(|| {
        let whole = json!({"allOf": [schema], "components": components_of(schema)});
        let validator = Arc::new(jsonschema::options().should_validate_formats(true).build(&whole).unwrap_or_else(|error| panic!("{key}: {error}")));
        VALIDATORS.lock().unwrap().insert(key, validator.clone());
        validator
    });
    let errors: Vec<String> = validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{}", about());
}

/// The request example of a collection's create operation.
pub fn example_of(definition: &ResourceType) -> Map<String, Value> {
    let operation = &DOCUMENT["paths"][format!("/api/v1/{}", definition.path)]["post"];
    operation["requestBody"]["content"]["application/json"]["example"].as_object().cloned().unwrap_or_else(|| (definition.sample)())
}
