//! What a tool says by itself to whoever called it wrongly.

use serde_json::{Value, json};

/// A problem that a tool finds by itself.
pub fn mistake(detail: impl Into<String>) -> Value {
    json!({"title": "The tool was not called as it is described", "detail": detail.into()})
}
