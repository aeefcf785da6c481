//! Values that have a name: choices, money, documents. Each is one component of the document, however many fields hold it.
//!
//! A value type writes its own name into `title`, where nothing else of the service's stands; here the title goes, the type becomes a
//! component, and what is said of the field alone stays with the field.

use crate::resource::label::labels;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The start of a reference to a value whose component has no name yet.
const OPEN: &str = "value:";

/// The value types that were found, by the path of their type in the source.
#[derive(Default)]
struct Found(BTreeMap<String, Value>);

/// Writes every named value once, as a component.
pub fn share(document: &mut Value) {
    let mut found = Found::default();
    for part in ["paths", "components"] {
        found.walk(&mut document[part]);
    }
    let taken: HashSet<String> = document["components"]["schemas"].as_object().into_iter().flat_map(Map::keys).cloned().collect();
    let names = names(found.0.keys(), &taken);
    let mut components: Vec<(String, Value)> = found.0.into_iter().filter_map(|(path, schema)| Some((names.get(&path)?.clone(), schema))).collect();
    components.sort_by(|(one, _), (other, _)| one.cmp(other));
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.extend(components);
    }
    refer(document, &names);
}

impl Found {
    fn walk(&mut self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.iter_mut().filter(|(name, _)| !matches!(name.as_str(), "example" | "examples" | "default")).for_each(|(_, member)| self.walk(member));
                if let Some(shared) = self.take(members) {
                    *value = shared;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item)),
            _ => {}
        }
    }

    /// What stands in place of a named value: a reference, null beside it where the field may be null, and what is said of the field.
    fn take(&mut self, members: &mut Map<String, Value>) -> Option<Value> {
        let (path, said) = members.get("title")?.as_str()?.split_once('\n').map(|(path, said)| (path.to_owned(), said.to_owned()))?;
        let of_field = |name: &str| matches!(name, "description" | "readOnly" | "writeOnly" | "default") || name.starts_with("x-") && name != "x-labels";
        let (mut outside, mut own) = (Map::new(), Map::new());
        for (name, value) in std::mem::take(members).into_iter().filter(|(name, _)| name != "title") {
            if of_field(&name) {
                outside.insert(name, value)
            } else {
                own.insert(name, value)
            };
        }
        let nullable = without_null(&mut own);
        label(&mut own);
        let described = if said.is_empty() { outside.get("description").cloned() } else { Some(said.into()) };
        own.extend(described.map(|described| ("description".to_owned(), described)));
        self.0.entry(path.clone()).or_insert(own.into());
        let mut shared = Map::new();
        let reference = json!({"$ref": format!("{OPEN}{path}")});
        match (nullable, reference) {
            (true, reference) => drop(shared.insert("oneOf".into(), json!([reference, {"type": "null"}]))),
            (false, Value::Object(reference)) => shared.extend(reference),
            _ => {}
        }
        shared.extend(outside);
        Some(shared.into())
    }
}

/// Labels the words of a closed set; codes, which are written in capitals, are their own labels.
fn label(own: &mut Map<String, Value>) {
    let words: Vec<&str> = own.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    if words.iter().any(|word| word.contains(|letter: char| letter.is_ascii_lowercase())) {
        let labels = labels(words);
        own.insert("x-labels".into(), labels.into());
    }
}

/// Takes null out of a type; true if it was there.
fn without_null(own: &mut Map<String, Value>) -> bool {
    if let Some(words) = own.get_mut("enum").and_then(Value::as_array_mut) {
        words.retain(|word| !word.is_null());
    }
    let Some(kinds) = own.get("type").and_then(Value::as_array).cloned() else { return false };
    let rest: Vec<Value> = kinds.iter().filter(|kind| *kind != "null").cloned().collect();
    let nullable = rest.len() < kinds.len();
    own.insert("type".into(), if let [only] = rest.as_slice() { only.clone() } else { rest.into() });
    nullable
}

/// A name for each type: its own, after its file's where another one has that.
fn names<'a>(paths: impl Iterator<Item = &'a String> + Clone, taken: &HashSet<String>) -> HashMap<String, String> {
    let last = |path: &str| path.rsplit("::").next().unwrap_or_default().to_owned();
    let mut count: HashMap<String, usize> = HashMap::new();
    paths.clone().for_each(|path| *count.entry(last(path)).or_default() += 1);
    let mut given: HashMap<String, String> = HashMap::new();
    for path in paths {
        let mut name = last(path);
        let mut files = path.rsplit("::").skip(1);
        while taken.contains(&name) || count.get(&name).is_some_and(|count| *count > 1) || given.values().any(|other| *other == name) {
            let Some(file) = files.next() else { break };
            name = format!("{}{name}", heck::ToUpperCamelCase::to_upper_camel_case(file));
        }
        given.insert(path.clone(), name);
    }
    given
}

fn refer(value: &mut Value, names: &HashMap<String, String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(name) = reference.strip_prefix(OPEN).and_then(|path| names.get(path))
            {
                *reference = format!("#/components/schemas/{name}");
            }
            members.values_mut().for_each(|member| refer(member, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, names)),
        _ => {}
    }
}

/// Names that a language or the document itself has already, and the schemas' own.
const OWN: [(&str, &str); 7] = [
    ("Comment", "RecordComment"),
    ("Exception", "GovernanceException"),
    ("File", "StoredFile"),
    ("Interface", "NetworkInterface"),
    ("Link", "RecordLink"),
    ("Location", "SiteLocation"),
    ("Problem", "ProblemRecord"),
];

/// The name under which the document has a type: another one where its own would be taken for something else.
pub fn schema_name(type_name: &str) -> &str {
    OWN.iter().find(|(name, _)| *name == type_name).map_or(type_name, |(_, own)| own)
}

/// Refers to the types by the names of the document.
pub fn rename(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(name) = reference.strip_prefix("#/components/schemas/")
            {
                *reference = format!("#/components/schemas/{}", schema_name(name));
            }
            members.values_mut().for_each(rename);
        }
        Value::Array(items) => items.iter_mut().for_each(rename),
        _ => {}
    }
}

/// Says of integers that may be greater than 32 bits that they are: clients of typed languages choose their type by it.
pub fn widen(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let integer = members.get("type").is_some_and(|kind| kind == "integer" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("integer"))));
            if integer && members.get("enum").is_none() {
                let most = members.get("maximum").and_then(Value::as_i64);
                // The greatest of all says nothing, and is no number of JavaScript.
                if most == Some(i64::MAX) {
                    members.shift_remove("maximum");
                }
                let wide = most.is_none_or(|most| most > i64::from(i32::MAX));
                members.insert("format".into(), if wide { "int64" } else { "int32" }.into());
            }
            members.iter_mut().filter(|(name, _)| !matches!(name.as_str(), "example" | "examples" | "default")).for_each(|(_, member)| widen(member));
        }
        Value::Array(items) => items.iter_mut().for_each(widen),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(path: &str, words: &[&str], nullable: bool) -> Value {
        let mut words: Vec<Value> = words.iter().map(|word| json!(word)).collect();
        let kind = if nullable { json!(["string", "null"]) } else { json!("string") };
        if nullable {
            words.push(Value::Null);
        }
        json!({"type": kind, "title": format!("{path}\nA choice."), "enum": words, "description": "Of the field.", "x-unique": true})
    }

    #[test]
    fn a_value_is_one_component_and_null_stands_beside_it() {
        let mut document = json!({"paths": {}, "components": {"schemas": {"Thing": {"properties": {
            "one": choice("steward::thing::Level", &["low"], false), "two": choice("steward::thing::Level", &["low"], true),
        }}}}});
        share(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Level"], json!({"type": "string", "enum": ["low"], "x-labels": ["Low"], "description": "A choice."}));
        let reference = json!({"$ref": "#/components/schemas/Level"});
        assert_eq!(schemas["Thing"]["properties"]["one"], json!({"$ref": reference["$ref"], "description": "Of the field.", "x-unique": true}));
        assert_eq!(schemas["Thing"]["properties"]["two"]["oneOf"], json!([reference, {"type": "null"}]));
    }

    #[test]
    fn two_types_of_one_name_are_called_after_their_files() {
        let mut document = json!({"paths": {}, "components": {"schemas": {"Thing": {"properties": {
            "one": choice("steward::cable::Kind", &["a"], false), "two": choice("steward::site::rack::Kind", &["b"], false), "three": choice("steward::x::Thing", &["c"], false),
        }}}}});
        share(&mut document);
        let names: Vec<&String> = document["components"]["schemas"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["Thing", "CableKind", "RackKind", "XThing"]);
    }

    #[test]
    fn integers_say_how_wide_they_are() {
        let mut schema = json!({"type": "object", "properties": {
            "small": {"type": "integer", "maximum": 10}, "large": {"type": ["integer", "null"]}, "greatest": {"type": "integer", "maximum": i64::MAX},
        }});
        widen(&mut schema);
        let property = |name: &str| schema["properties"][name].clone();
        assert_eq!((property("small")["format"].clone(), property("large")["format"].clone()), (json!("int32"), json!("int64")));
        assert_eq!(property("greatest"), json!({"type": "integer", "format": "int64"}));
    }
}
