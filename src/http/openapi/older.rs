//! The document as OpenAPI 3.0.3, for generators that know no 3.1: the same operations, written with the older words.

use serde_json::{Map, Value, json};
use std::ops::RangeInclusive;

/// The media types that older generators send, the first one rather than the next.
const USUAL: [&str; 2] = ["application/json", "application/octet-stream"];

/// A document in the older version, with absolute addresses.
pub fn older(mut older: Value, issuer: &str) -> Value {
    older["openapi"] = "3.0.3".into();
    older["servers"] = json!([{"url": issuer, "description": "This service."}]);
    if let Some(info) = older["info"].as_object_mut() {
        info.shift_remove("summary");
        info.insert("license".into(), json!({"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}));
    }
    older["components"]["responses"].as_object_mut().into_iter().flat_map(|responses| responses.values_mut()).for_each(only_first);
    let shared = older["components"]["responses"].clone();
    for item in older["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut()) {
        for (_, operation) in item.as_object_mut().into_iter().flatten().filter(|(name, _)| *name != "parameters") {
            only_first(&mut operation["requestBody"]);
            sent_as_bytes(&mut operation["requestBody"]);
            operation["responses"].as_object_mut().into_iter().flat_map(|responses| responses.values_mut()).for_each(only_first);
            let alike = [answers_of(operation, '2'..='2', &shared), answers_of(operation, '4'..='5', &shared)];
            if let Some(responses) = operation["responses"].as_object_mut() {
                responses.extend(alike.into_iter().flatten());
            }
            if operation["requestBody"].is_null() {
                operation.as_object_mut().map(|members| members.shift_remove("requestBody"));
            }
        }
    }
    absolute(&mut older["components"]["securitySchemes"], issuer);
    rewrite(&mut older, false);
    older
}

/// One media type for a body: the most usual one.
fn only_first(body: &mut Value) {
    let Some(content) = body.get_mut("content").and_then(Value::as_object_mut) else { return };
    let usual = USUAL.iter().find(|form| content.contains_key(**form)).map(|form| (*form).to_owned()).or_else(|| content.keys().next().cloned());
    content.retain(|form, _| Some(form) == usual.as_ref());
}

/// A file is bytes to older generators, whatever schema has its text.
fn sent_as_bytes(body: &mut Value) {
    if let Some(body) = body.get_mut("content").and_then(|content| content.get_mut("application/octet-stream")) {
        body["schema"] = json!({"type": "string", "format": "binary"});
    }
}

/// The answers of an operation whose status begins with one of these digits. Where one of them is JSON and they differ, each is described as
/// any of them, as JSON too: older generators know one type for all that succeeds, and one for all that is refused.
fn answers_of(operation: &Value, digits: RangeInclusive<char>, shared: &Value) -> Map<String, Value> {
    let resolved = |answer: &Value| match answer["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        Some(name) => shared[name].clone(),
        None => answer.clone(),
    };
    let answers = operation["responses"].as_object().into_iter().flatten().filter(|(status, _)| status.starts_with(|digit| digits.contains(&digit)));
    let mut answers: Map<String, Value> = answers.map(|(status, answer)| (status.clone(), resolved(answer))).collect();
    let contents = || answers.values().filter_map(|answer| answer["content"].as_object()).flatten();
    let mut schemas: Vec<Value> = Vec::new();
    for (_, body) in contents() {
        if !schemas.contains(&body["schema"]) {
            schemas.push(body["schema"].clone());
        }
    }
    if schemas.len() < 2 || contents().all(|(form, _)| form != "application/json") {
        return Map::new();
    }
    for content in answers.values_mut().filter_map(|answer| answer.get_mut("content")?.as_object_mut()) {
        content.values_mut().for_each(|body| body["schema"] = json!({"oneOf": schemas}));
        if let Some(body) = content.values().next().cloned() {
            content.entry("application/json").or_insert(body);
        }
    }
    answers
}

/// The addresses of the security schemes, with the service's own before them.
pub fn absolute(value: &mut Value, issuer: &str) {
    for (name, member) in value.as_object_mut().into_iter().flatten() {
        match member {
            Value::String(address) if name.ends_with("Url") && address.starts_with('/') => *address = format!("{issuer}{address}"),
            other => absolute(other, issuer),
        }
    }
}

/// Writes a value in the words of 3.0; the members of `properties` are names, not words.
fn rewrite(value: &mut Value, names: bool) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut().filter(|(name, _)| names || !matches!(name.as_str(), "example" | "examples" | "default" | "enum")) {
                rewrite(member, !names && name == "properties");
            }
            if !names {
                reword(members);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, false)),
        _ => {}
    }
}

fn reword(members: &mut Map<String, Value>) {
    for newer in ["propertyNames", "contentMediaType", "contentEncoding"] {
        members.shift_remove(newer);
    }
    if let Some(word) = members.shift_remove("const") {
        members.insert("enum".into(), json!([word]));
    }
    if let Some(examples) = members.get("examples").and_then(Value::as_array).cloned() {
        members.shift_remove("examples");
        members.extend(examples.into_iter().next().map(|example| ("example".to_owned(), example)));
    }
    if let Some(kinds) = members.get("type").and_then(Value::as_array).cloned() {
        let rest: Vec<Value> = kinds.iter().filter(|kind| *kind != "null").cloned().collect();
        match rest.as_slice() {
            [only] => drop(members.insert("type".into(), only.clone())),
            [] => drop(members.shift_remove("type")),
            several => {
                let format = members.shift_remove("format");
                let one = |kind: &Value| match &format {
                    Some(format) if kind == "integer" => json!({"type": kind, "format": format}),
                    _ => json!({"type": kind}),
                };
                let choice = several.iter().map(one).collect();
                members.shift_remove("type");
                members.insert("oneOf".into(), choice);
            }
        }
        if rest.len() < kinds.len() {
            members.insert("nullable".into(), true.into());
        }
    }
    choices(members);
    // A reference says nothing beside itself in 3.0: what is said of the field stands around it.
    if members.contains_key("$ref") && members.len() > 1 {
        let reference = members.shift_remove("$ref").unwrap_or_default();
        members.insert("allOf".into(), json!([{"$ref": reference}]));
    }
}

/// A choice between something and null is that something, which may be null.
fn choices(members: &mut Map<String, Value>) {
    let Some(each) = members.get("oneOf").and_then(Value::as_array).cloned() else { return };
    let is_null = |schema: &Value| schema.as_object().is_some_and(|schema| schema.len() == 1 && (schema.get("type") == Some(&json!("null"))));
    // Null alone has been read as `nullable` already.
    let is_nothing = |schema: &Value| is_null(schema) || *schema == json!({"nullable": true});
    let rest: Vec<Value> = each.iter().filter(|schema| !is_nothing(schema)).cloned().collect();
    if rest.len() == each.len() {
        return;
    }
    members.shift_remove("oneOf");
    members.insert(if rest.len() == 1 { "allOf" } else { "oneOf" }.into(), rest.into());
    members.insert("nullable".into(), true.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_examples_are_written_in_the_older_words() {
        let mut schema = json!({"type": ["string", "null"], "examples": ["a", "b"], "enum": ["a", null]});
        rewrite(&mut schema, false);
        assert_eq!(schema, json!({"type": "string", "enum": ["a", null], "example": "a", "nullable": true}));
        let mut schema = json!({"oneOf": [{"$ref": "#/a"}, {"type": "null"}], "description": "It."});
        rewrite(&mut schema, false);
        assert_eq!(schema, json!({"description": "It.", "allOf": [{"$ref": "#/a"}], "nullable": true}));
        let mut schema = json!({"properties": {"type": {"type": ["integer", "null"]}, "const": {"$ref": "#/a", "description": "It."}}});
        rewrite(&mut schema, false);
        assert_eq!(schema["properties"], json!({"type": {"type": "integer", "nullable": true}, "const": {"description": "It.", "allOf": [{"$ref": "#/a"}]}}));
    }

    #[test]
    fn a_body_has_one_media_type_and_an_address_is_absolute() {
        let document = json!({"openapi": "3.1.0", "info": {}, "paths": {"/a": {"patch": {
            "requestBody": {"content": {"application/merge-patch+json": {}, "application/json": {}}}, "responses": {"200": {"content": {"text/csv": {}, "text/plain": {}}}},
        }}}, "components": {"responses": {}, "securitySchemes": {"password": {"flows": {"password": {"tokenUrl": "/token"}}}}}});
        let older = older(document, "https://it.example.org");
        let patch = &older["paths"]["/a"]["patch"];
        assert_eq!(patch["requestBody"]["content"], json!({"application/json": {}}));
        assert_eq!(patch["responses"]["200"]["content"], json!({"text/csv": {}}));
        assert_eq!(older["components"]["securitySchemes"]["password"]["flows"]["password"]["tokenUrl"], "https://it.example.org/token");
    }

    #[test]
    fn what_may_be_of_several_types_is_a_choice_and_a_file_is_sent_as_bytes() {
        let mut schema = json!({"type": ["integer", "string", "null"], "format": "int64"});
        rewrite(&mut schema, false);
        assert_eq!(schema, json!({"nullable": true, "oneOf": [{"type": "integer", "format": "int64"}, {"type": "string"}]}));
        let mut file = json!({"content": {"text/csv": {}, "application/octet-stream": {}}});
        only_first(&mut file);
        sent_as_bytes(&mut file);
        assert_eq!(file, json!({"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}));
    }

    #[test]
    fn all_that_succeeds_has_one_type_and_all_that_is_refused_another() {
        let json = |name: &str| json!({"content": {"application/json": {"schema": {"$ref": name}}}});
        let problem = json!({"content": {"application/problem+json": {"schema": {"$ref": "Problem"}}}});
        let shared = json!({"405": problem, "429": problem});
        let responses = json!({"200": json("Done"), "202": json("Later"), "204": {}, "400": json("Refusal"), "405": {"$ref": "#/components/responses/405"}});
        let operation = json!({"responses": responses});
        let done = json!({"content": {"application/json": {"schema": {"oneOf": [{"$ref": "Done"}, {"$ref": "Later"}]}}}});
        assert_eq!(Value::Object(answers_of(&operation, '2'..='2', &shared)), json!({"200": done, "202": done, "204": {}}));
        let any = json!({"schema": {"oneOf": [{"$ref": "Refusal"}, {"$ref": "Problem"}]}});
        let refused = json!({"400": {"content": {"application/json": any}}, "405": {"content": {"application/problem+json": any, "application/json": any}}});
        assert_eq!(Value::Object(answers_of(&operation, '4'..='5', &shared)), refused);
        let alike = json!({"responses": {"405": {"$ref": "#/components/responses/405"}, "429": {"$ref": "#/components/responses/429"}}});
        assert!(answers_of(&alike, '4'..='5', &shared).is_empty(), "what is alike stays as it is");
    }
}
