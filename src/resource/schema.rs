//! How a field looks in the API document: its type, its limits, its documentation, and what it refers to.

use super::field::{Field, READ_RESTRICTED};
use serde_json::{Value, json};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{Schema, SchemaType, Type};

/// The property that describes a field.
pub fn property(field: &Field) -> Schema {
    let mut schema = (field.schema)();
    let mut text = field.description();
    if field.restricted {
        text.push_str(&format!(" Visible only with `{READ_RESTRICTED}` on this collection."));
    }
    if !field.private.is_empty() {
        text.push_str(&format!(" Visible only to the people named by {}.", field.private.join(" and ")));
    }
    let description = Some(text).filter(|text| !text.is_empty());
    let extensions = extensions(field);
    let default = field.default.map(|default| default());
    match &mut schema {
        Schema::Object(object) => {
            object.description = description;
            object.extensions = extensions;
            object.default = default;
            if field.secret && field.once.is_none() {
                object.write_only = Some(true);
            }
            if field.nullable {
                nullable(&mut object.schema_type);
                if let Some(words) = &mut object.enum_values {
                    words.push(Value::Null);
                }
            }
        }
        Schema::Array(array) => {
            array.description = description;
            array.extensions = extensions;
            array.default = default;
            if field.nullable {
                nullable(&mut array.schema_type);
            }
        }
        _ => {}
    }
    schema
}

fn nullable(schema_type: &mut SchemaType) {
    if let SchemaType::Type(single) = schema_type {
        *schema_type = SchemaType::from_iter([single.clone(), Type::Null]);
    }
}

fn extensions(field: &Field) -> Option<Extensions> {
    let mut extra = Extensions::default();
    let mut any = false;
    if !field.refers_to.is_empty() {
        extra.insert("x-references".into(), json!(field.refers_to));
        any = true;
    }
    if !field.lists.is_empty() {
        extra.insert("x-references".into(), json!(field.lists));
        any = true;
    }
    if field.unique {
        extra.insert("x-unique".into(), json!(true));
        any = true;
    }
    if let Some(other) = field.differs_from {
        extra.insert("x-differs-from".into(), json!(other));
        any = true;
    }
    any.then_some(extra)
}
