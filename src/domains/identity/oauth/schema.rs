//! Schemas that several of these endpoints describe.

use serde_json::{Value, json};

/// A text.
pub fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

/// An id.
pub fn id(description: &str) -> Value {
    json!({"type": "string", "format": "uuid", "description": description})
}
