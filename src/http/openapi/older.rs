//! The document as OpenAPI 3.0.3, for generators that know no 3.1: the same operations, written with the older words.

use serde_json::{Map, Value, json};

/// A document in the older version, with absolute addresses.
pub fn older(mut older: Value, issuer: &str) -> Value {
    older["openapi"] = "3.0.3".into();
    older["servers"] = json!([{"url": issuer, "description": "This service."}]);
    if let Some(info) = older["info"].as_object_mut() {
        info.shift_remove("summary");
        info.insert("license".into(), json!({"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}));
    }
    for item in older["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut()) {
        for (_, operation) in item.as_object_mut().into_iter().flatten().filter(|(name, _)| *name != "parameters") {
            only_first(&mut operation["requestBody"]);
            operation["responses"].as_object_mut().into_iter().flat_map(|responses| responses.values_mut()).for_each(only_first);
            if operation["requestBody"].is_null() {
                operation.as_object_mut().map(|members| members.shift_remove("requestBody"));
            }
        }
    }
    older["components"]["responses"].as_object_mut().into_iter().flat_map(|responses| responses.values_mut()).for_each(only_first);
    absolute(&mut older["components"]["securitySchemes"], issuer);
    rewrite(&mut older, false);
    older
}

/// One media type for a body: JSON where it is one of them, else the first.
fn only_first(body: &mut Value) {
    let Some(content) = body.get_mut("content").and_then(Value::as_object_mut) else { return };
    let usual = content.keys().find(|form| *form == "application/json").or_else(|| content.keys().next()).cloned();
    content.retain(|form, _| Some(form) == usual.as_ref());
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
            _ => drop(members.shift_remove("type")),
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
}
