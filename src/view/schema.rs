//! Typed questions and answers as schemas of the document: values are written where they are used, flattened members stand
//! beside their own, and an answer always has all of its members.

use crate::resource::value::json::INLINE;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

const COMPONENTS: &str = "#/components/schemas/";

/// A type as the document describes it.
#[derive(Debug)]
pub struct Answered {
    /// The schema of the whole.
    pub whole: Value,
    /// The components that it names, in order.
    pub components: Vec<(String, Value)>,
}

/// The schema of an answer: every member is there, but for one that is optional and never null.
pub fn answered<T: ToSchema>() -> Answered {
    described::<T>(close)
}

impl Answered {
    /// True if it is an object of which no member is required.
    pub fn takes_nothing(&self) -> bool {
        let name = self.whole["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        let whole = name.map_or(Some(&self.whole), |name| self.components.iter().find(|(each, _)| each == name).map(|(_, schema)| schema));
        whole.is_some_and(|whole| whole["type"] == "object" && whole["required"].as_array().is_none_or(Vec::is_empty))
    }
}

/// The schema of a body.
pub fn sent<T: ToSchema>() -> Answered {
    described::<T>(|_| ())
}

fn described<T: ToSchema>(finish: fn(&mut Value)) -> Answered {
    let mut found = Vec::new();
    T::schemas(&mut found);
    let known = Known(found.iter().map(|(name, schema)| (name.as_str(), plain(schema))).collect());
    let finished = |schema: &RefOr<Schema>| {
        let mut schema = plain(schema);
        known.resolve(&mut schema);
        finish(&mut schema);
        schema
    };
    let whole = finished(&T::schema());
    // A value is written where it is used, and a resource refers to the component that its collection writes.
    let named = found.iter().filter(|(name, schema)| !name.starts_with(INLINE) && matches!(schema, RefOr::T(_)));
    let named: Vec<(String, Value)> = named.map(|(name, schema)| (name.clone(), finished(schema))).collect();
    let mut components: Vec<(String, Value)> = Vec::new();
    let mut open = vec![whole.clone()];
    while let Some(next) = open.pop() {
        for name in references(&next) {
            let Some((_, schema)) = named.iter().find(|(each, _)| *each == name) else { continue };
            if components.iter().all(|(each, _)| *each != name) {
                components.push((name, schema.clone()));
                open.push(schema.clone());
            }
        }
    }
    Answered { whole, components }
}

/// Text of several lines in one, paragraphs apart.
pub fn one_line(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.split('\n').map(str::trim).collect::<Vec<_>>().join(" "));
    paragraphs.collect::<Vec<_>>().join("\n\n").trim().to_owned()
}

pub(super) fn plain<S: serde::Serialize>(schema: &S) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

/// The schema of a query parameter: one that is left out is absent, never null.
pub(super) fn parameter(schema: &RefOr<Schema>) -> Value {
    let mut schema = plain(schema);
    if let Some([some, nothing]) = schema["oneOf"].as_array().map(Vec::as_slice)
        && nothing["type"] == "null"
    {
        schema = some.clone();
    }
    if let Some([kind, nothing]) = schema["type"].as_array().map(Vec::as_slice)
        && nothing == "null"
    {
        schema["type"] = kind.clone();
    }
    schema
}

/// The components that a schema names.
fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str).map(|place| place.trim_start_matches(COMPONENTS).to_owned());
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// The schemas that a type names, by name.
struct Known<'a>(HashMap<&'a str, Value>);

impl Known<'_> {
    /// Writes values in place of what refers to them, and what is flattened beside the members around it.
    fn resolve(&self, schema: &mut Value) {
        match schema {
            Value::Object(members) => {
                members.values_mut().for_each(|member| self.resolve(member));
                if let Some(Value::String(said)) = members.get_mut("description") {
                    *said = one_line(said);
                }
                if let Some(resolved) = self.value(members).or_else(|| self.flattened(members)).or_else(|| nullable(members)) {
                    *schema = resolved;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.resolve(item)),
            _ => {}
        }
    }

    /// A value in place of a reference to it.
    fn value(&self, members: &Map<String, Value>) -> Option<Value> {
        let name = members.get("$ref")?.as_str()?.trim_start_matches(COMPONENTS);
        let value = self.0.get(name).filter(|_| name.starts_with(INLINE))?;
        Some(with_description(value.clone(), members.get("description").cloned()))
    }

    /// One object in place of the parts that serde flattens into it.
    fn flattened(&self, members: &Map<String, Value>) -> Option<Value> {
        let parts = members.get("allOf")?.as_array()?;
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for part in parts {
            let mut part = match part.get("$ref").and_then(Value::as_str) {
                Some(place) => self.0.get(place.trim_start_matches(COMPONENTS))?.clone(),
                None => part.clone(),
            };
            self.resolve(&mut part);
            properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
            required.extend(part["required"].as_array().cloned().unwrap_or_default());
        }
        let whole = json!({"type": "object", "required": required, "properties": properties});
        Some(with_description(whole, members.get("description").cloned()))
    }
}

/// A choice between something and null, as that something that may be null, with its description on the outside.
fn nullable(members: &Map<String, Value>) -> Option<Value> {
    let [some, nothing] = members.get("oneOf")?.as_array()?.as_slice() else { return None };
    if nothing["type"] != "null" {
        return None;
    }
    let mut some = some.clone();
    let said = some.as_object_mut()?.shift_remove("description").or_else(|| members.get("description").cloned());
    let schema = match some["type"].clone() {
        Value::Null => {
            some.as_object_mut()?.shift_remove("type");
            json!({"oneOf": [some, nothing]})
        }
        kind => {
            let mut kinds: Vec<Value> = kind.as_array().cloned().unwrap_or_else(|| vec![kind.clone()]);
            kinds.push("null".into());
            some["type"] = kinds.into();
            if let Some(words) = some.get_mut("enum").and_then(Value::as_array_mut) {
                words.push(Value::Null);
            }
            some
        }
    };
    Some(with_description(schema, said))
}

fn with_description(mut schema: Value, said: Option<Value>) -> Value {
    if let Some(said) = said {
        schema["description"] = said;
    }
    schema
}

/// Says of every object in an answer that its members are there, null where they are nothing, and no others are.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            let Some(properties) = members.get("properties").and_then(Value::as_object) else { return };
            let required = members.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
            let is_there = |(name, property): &(&String, &Value)| required.iter().any(|each| each == *name) || is_nullable(property);
            let names: Vec<Value> = properties.iter().filter(is_there).map(|(name, _)| name.as_str().into()).collect();
            members.insert("required".into(), names.into());
            members.entry("additionalProperties").or_insert(false.into());
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn is_nullable(schema: &Value) -> bool {
    let null = Value::from("null");
    let says = |schema: &Value| schema["type"] == null || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&null));
    says(schema) || schema["oneOf"].as_array().is_some_and(|each| each.iter().any(says))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::value::{Date, Figure, Money, Text};
    use crate::view::Listed;

    /// A part.
    #[derive(serde::Serialize, ToSchema)]
    struct Part {
        /// A day.
        day: Date,
    }

    /// A whole.
    #[derive(serde::Serialize, ToSchema)]
    struct Whole {
        /// The part
        /// in two lines.
        part: Part,
        /// Another one; null if there is none.
        other: Option<Part>,
        /// Days.
        days: Vec<Date>,
        /// An amount; null if unknown.
        amount: Option<Money>,
        /// A figure.
        figure: Figure,
        /// A name.
        name: Text<1, 64>,
        #[serde(flatten)]
        more: More,
        /// Left out where there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        note: Option<String>,
    }

    /// More.
    #[derive(serde::Serialize, ToSchema)]
    struct More {
        /// A number.
        number: u32,
    }

    #[test]
    fn values_are_written_where_they_are_used_and_parts_are_components() {
        let Answered { whole, components } = answered::<Whole>();
        let names: Vec<&str> = components.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Part"]);
        let property = |name: &str| &whole["properties"][name];
        assert_eq!(property("part"), &json!({"$ref": "#/components/schemas/Part", "description": "The part in two lines."}));
        assert_eq!(property("other")["oneOf"][1]["type"], "null");
        assert_eq!(property("other")["description"], "Another one; null if there is none.");
        assert_eq!(property("days")["items"], json!({"type": "string", "format": "date"}));
        assert_eq!(property("amount")["type"], json!(["object", "null"]));
        assert_eq!(property("figure")["type"], json!(["number", "null"]));
        assert_eq!(property("name")["maxLength"], 64);
        assert_eq!(property("number")["type"], "integer");
    }

    #[test]
    fn an_answer_has_all_of_its_members_and_no_others() {
        let whole = answered::<Whole>().whole;
        let mut required: Vec<&str> = whole["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        required.sort_unstable();
        assert_eq!(required, ["amount", "days", "figure", "name", "number", "other", "part"]);
        assert_eq!(whole["additionalProperties"], false);
    }

    #[test]
    fn a_list_names_its_entries() {
        let Answered { whole, components } = answered::<Listed<Part>>();
        assert_eq!((whole["properties"]["data"]["items"]["$ref"].as_str(), components.len()), (Some("#/components/schemas/Part"), 1));
        assert_eq!(whole["required"], json!(["data"]));
    }
}
