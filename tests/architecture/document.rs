//! The OpenAPI document: committed as it is served, and complete.

use crate::harness::document::{DOCUMENT, resolve};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use steward::catalogue;
use steward::http::openapi::Version;
use steward::http::openapi::named::schema_name;
use steward::http::openapi::referred::NO_RECORD;

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
fn the_committed_documents_are_those_that_are_served() {
    let api = catalogue::api();
    let of_domains = api.documents_of_domains(Version::Newer).into_iter().map(|(domain, served)| (format!("{domain}.json"), served));
    for (file, served) in of_domains.chain([("openapi.json".to_owned(), api.document(Version::Newer))]) {
        let committed = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi").join(&file)).unwrap_or_default();
        let differs = committed.lines().zip(served.lines()).position(|(old, new)| old != new);
        let shown = differs.map(|at| format!("line {}: {:?} is {:?} now", at + 1, committed.lines().nth(at), served.lines().nth(at)));
        assert!(
            committed == served,
            "openapi/{file} is out of date ({}). Run `cargo run -- openapi --into openapi`.",
            shown.unwrap_or("its length differs".into())
        );
    }
}

/// Everything that a value refers to.
fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str);
            own.into_iter().chain(members.iter().filter(|(name, _)| *name != "example").flat_map(|(_, member)| references(member))).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_document_of_a_domain_is_complete_by_itself() {
    for (domain, text) in catalogue::api().documents_of_domains(Version::Newer) {
        let document: Value = serde_json::from_str(&text).unwrap();
        assert!(document["paths"]["/api/v1/auth/token"].is_object(), "{domain} cannot log in");
        let missing: Vec<&str> = references(&document).into_iter().filter(|reference| document.pointer(&reference[1..]).is_none()).collect();
        assert!(missing.is_empty(), "{domain} refers to {missing:?}");
        let needed: BTreeSet<&str> = references(&document).into_iter().collect();
        for kind in ["schemas", "parameters", "responses"] {
            for name in document["components"][kind].as_object().unwrap().keys() {
                assert!(needed.contains(format!("#/components/{kind}/{name}").as_str()), "{domain} carries {name} for nothing");
            }
        }
    }
}

#[test]
fn the_whole_document_is_small_enough_for_a_browser() {
    let text = catalogue::api().document(Version::Newer);
    assert!(text.len() <= 9_000_000, "{} bytes", text.len());
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap().len();
    assert!(packed <= 640_000, "{packed} bytes compressed");
}

#[test]
fn a_description_begins_with_its_noun() {
    const FIRST: [&str; 18] = [
        "Who",
        "What",
        "How",
        "Where",
        "When",
        "Whether",
        "Which",
        "Every",
        "By",
        "Why",
        "Whom",
        "Whose",
        "Whoever",
        "That",
        "It",
        "They",
        "Somebody",
        "Something",
    ];
    const INSIDE: [&str; 4] = ["the house", "one should", "is told", "whoever"];
    fn walk(value: &Value, at: &str, faults: &mut BTreeMap<String, String>) {
        match value {
            Value::Object(members) => {
                for text in ["description", "summary"].iter().filter_map(|name| members.get(*name)?.as_str()) {
                    let first = text.split("\n\n").next().unwrap_or_default().split(" Left out, ").next().unwrap_or_default();
                    let begins = first.split(|letter: char| !letter.is_alphanumeric()).next().is_some_and(|word| FIRST.contains(&word));
                    let alone = first.split_whitespace().count() < 2;
                    if begins || alone || INSIDE.iter().any(|words| first.to_lowercase().contains(words)) {
                        faults.entry(first.to_owned()).or_insert_with(|| at.to_owned());
                    }
                }
                let texts = |name: &str| !matches!(name, "example" | "examples" | "default" | "enum");
                members.iter().filter(|(name, _)| texts(name)).for_each(|(name, member)| walk(member, &format!("{at}/{name}"), faults));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, at, faults)),
            _ => {}
        }
    }
    let mut faults = BTreeMap::new();
    walk(&DOCUMENT, "", &mut faults);
    assert!(faults.is_empty(), "{} texts: {:#?}", faults.len(), faults.iter().take(40).collect::<Vec<_>>());
}

#[test]
fn a_choice_is_one_named_schema_and_null_is_none_of_its_words() {
    fn walk(value: &Value, at: &str, faults: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                if members.get("enum").and_then(Value::as_array).is_some_and(|words| words.iter().any(Value::is_null)) {
                    faults.push(at.to_owned());
                }
                members.iter().for_each(|(name, member)| walk(member, &format!("{at}/{name}"), faults));
            }
            Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| walk(item, &format!("{at}/{index}"), faults)),
            _ => {}
        }
    }
    let mut faults = Vec::new();
    walk(&DOCUMENT, "", &mut faults);
    assert!(faults.is_empty(), "null is a word of {faults:#?}");
    for definition in catalogue::api().definitions.all() {
        let name = schema_name(definition.type_name);
        for (property, schema) in DOCUMENT["components"]["schemas"][name]["properties"].as_object().unwrap() {
            assert!(schema["enum"].is_null(), "{name}.{property} has words of its own");
            assert!(schema["properties"].is_null(), "{name}.{property} has no name of its own");
        }
    }
}

#[test]
fn the_older_document_has_no_newer_words() {
    fn walk(value: &Value, at: &str, names: bool, faults: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                if !names {
                    let newer = ["const", "examples", "propertyNames", "prefixItems", "$defs", "if", "patternProperties", "unevaluatedProperties"];
                    faults.extend(members.keys().filter(|word| newer.contains(&word.as_str())).map(|word| format!("{at}: {word}")));
                    if members.get("type").is_some_and(|kind| kind.is_array() || kind == "null") {
                        faults.push(format!("{at}: type {}", members["type"]));
                    }
                    if members.contains_key("$ref") && members.len() > 1 {
                        faults.push(format!("{at}: something beside a reference"));
                    }
                    // A refusal of the token endpoint is JSON or a problem document.
                    let refusal = ["application/problem+json", "application/json"];
                    let several = |content: &&Map<String, Value>| content.len() != 1 && !content.keys().eq(refusal);
                    if let Some(content) = members.get("content").and_then(Value::as_object).filter(several) {
                        faults.push(format!("{at}: {} media types", content.len()));
                    }
                }
                let plain = |name: &str| !names && matches!(name, "example" | "default" | "enum" | "x-lifecycle");
                members
                    .iter()
                    .filter(|(name, _)| !plain(name))
                    .for_each(|(name, member)| walk(member, &format!("{at}/{name}"), !names && name == "properties", faults));
            }
            Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| walk(item, &format!("{at}/{index}"), false, faults)),
            _ => {}
        }
    }
    let older = steward::http::openapi::older(DOCUMENT.clone(), "https://it.example.org");
    let mut faults = Vec::new();
    walk(&older, "", false, &mut faults);
    assert!(faults.is_empty(), "{:#?}", faults.iter().take(20).collect::<Vec<_>>());
    assert_eq!(older["openapi"], "3.0.3");
    assert_eq!(older["components"]["securitySchemes"]["password"]["flows"]["password"]["tokenUrl"], "https://it.example.org/api/v1/auth/token");
}

#[test]
fn every_tag_is_told_of_and_stands_in_one_group() {
    let told: Vec<&str> = DOCUMENT["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut grouped: Vec<&str> =
        DOCUMENT["x-tagGroups"].as_array().unwrap().iter().flat_map(|group| group["tags"].as_array().unwrap()).map(|tag| tag.as_str().unwrap()).collect();
    let used: BTreeSet<&str> = operations().iter().map(|(_, _, operation)| operation["tags"][0].as_str().unwrap()).collect();
    assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), used);
    assert_eq!(told, grouped);
    grouped.sort_unstable();
    grouped.dedup();
    assert_eq!(grouped.len(), told.len(), "a tag stands in two groups");
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
    fn walk(value: &'static Value, at: &str, faults: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, property) in members.get("properties").and_then(Value::as_object).into_iter().flatten() {
                    if property["description"].as_str().or(resolve(property)["description"].as_str()).is_none_or(|text| text.trim().is_empty()) {
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

/// Whether a schema is that of an id or of several, and what it says into which collections it points.
fn id_of(schema: &'static Value) -> Option<bool> {
    let told = schema["x-references"].as_array().is_some_and(|paths| !paths.is_empty());
    if schema["$ref"].is_string() {
        return id_of(resolve(schema)).map(|inside| told || inside);
    }
    let parts = schema["oneOf"].as_array().into_iter().flatten().chain(schema.get("items"));
    parts.filter_map(id_of).next().or((schema["format"] == "uuid").then_some(false)).map(|inside| told || inside)
}

#[test]
fn every_id_in_an_answer_or_a_parameter_says_into_which_collections_it_points() {
    fn walk(value: &'static Value, at: &str, silent: &mut Vec<String>) {
        let is_reference = |name: &str| (name.ends_with("_id") || name.ends_with("_ids")) && !NO_RECORD.contains(&name);
        match value {
            Value::Object(members) => {
                let properties = members.get("properties").and_then(Value::as_object);
                for (name, schema) in properties.into_iter().flatten().filter(|(name, _)| is_reference(name)) {
                    silent.extend((id_of(schema) == Some(false)).then(|| format!("{at}.{name}")));
                }
                if members.get("in").is_some_and(|place| place == "query") {
                    let name = members["name"].as_str().unwrap();
                    silent.extend((is_reference(name) && id_of(&members["schema"]) == Some(false)).then(|| format!("{at}?{name}")));
                }
                members.iter().filter(|(name, _)| *name != "example").for_each(|(name, member)| walk(member, &format!("{at}/{name}"), silent));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, at, silent)),
            _ => {}
        }
    }
    let mut silent = Vec::new();
    for part in ["paths", "components"] {
        walk(&DOCUMENT[part], "", &mut silent);
    }
    assert!(silent.is_empty(), "{} ids do not say to what they lead: {silent:#?}", silent.len());
    let schemas = &DOCUMENT["components"]["schemas"];
    assert_eq!(schemas["PendingApproval"]["properties"]["unit_id"]["x-references"], serde_json::json!(["teams/units"]));
    assert_eq!(schemas["MyUnit"]["properties"]["parent_id"]["x-references"], serde_json::json!(["teams/units"]));
    assert_eq!(DOCUMENT["components"]["parameters"]["UnitIdFilter"]["schema"]["x-references"], serde_json::json!(["teams/units"]));
}

#[test]
fn every_reference_says_into_which_collections_it_points() {
    let api = catalogue::api();
    let known: BTreeSet<&str> = api.definitions.all().iter().map(|definition| definition.path).collect();
    for definition in api.definitions.all() {
        for suffix in ["", "Create", "Update"] {
            let name = format!("{}{suffix}", schema_name(definition.type_name));
            for (property, schema) in DOCUMENT["components"]["schemas"][&name]["properties"].as_object().into_iter().flatten() {
                let any: Vec<&str> = api.definitions.all().iter().filter(|each| !each.fact).map(|each| each.path).collect();
                let field = definition.field(property);
                let declared = field.map(|field| if field.refers_to_any() { any.clone() } else { [field.refers_to, field.lists].concat() }).unwrap_or_default();
                let says: Vec<&str> = schema["x-references"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                assert_eq!(says, declared, "{name}.{property}");
                // A lineage outlives the record that it began with.
                assert!(
                    !property.ends_with("_id") || property == "lineage_id" || !says.is_empty(),
                    "{name}.{property} is a reference and does not say to what"
                );
                assert!(says.iter().all(|target| known.contains(target)), "{name}.{property} points to {says:?}");
            }
        }
    }
}
