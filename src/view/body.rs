//! Bodies as JSON.

use crate::error::{FieldError, Problem, Result};
use serde_json::{Map, Value};

/// Reads JSON (400).
pub fn json(body: &[u8]) -> Result<Value> {
    serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Problem::bad_request(format!("The body is not JSON: it breaks at {place}. Correct it there.")).into()
    })
}

/// Reads a JSON object (400 for no JSON, 422 for another kind of value).
pub fn object(body: &[u8]) -> Result<Map<String, Value>> {
    match json(body)? {
        Value::Object(members) => Ok(members),
        _ => Err(Problem::invalid(vec![FieldError::new("", "type", "Expected a JSON object.")]).into()),
    }
}
