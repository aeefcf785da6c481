//! The body of a transition.

use crate::error::{FieldError, Problem, Result};
use crate::resource::ResourceType;
use serde_json::{Map, Value, json};

/// The state that a body asks for, as far as it can be read.
pub fn wanted(body: &[u8]) -> Option<String> {
    let mut members: Map<String, Value> = serde_json::from_slice(body).ok()?;
    match members.shift_remove("to") {
        Some(Value::String(to)) => Some(to),
        _ => None,
    }
}

/// Reads `{"to", "reason"}` (422).
pub fn read(definition: &ResourceType, members: Map<String, Value>) -> Result<(String, Option<String>)> {
    let mut broken = Vec::new();
    let states = definition.lifecycle.as_ref().map(|lifecycle| lifecycle.states.clone()).unwrap_or_default();
    for name in members.keys().filter(|name| !matches!(name.as_str(), "to" | "reason")) {
        broken.push(FieldError::unknown(name));
    }
    let to = members.get("to").and_then(Value::as_str).filter(|to| states.contains(to));
    if to.is_none() {
        let code = if members.contains_key("to") { "choice" } else { "required" };
        broken.push(FieldError::new("/to", code, format!("Expected one of {}.", states.join(", "))).with_params(json!({"allowed": states})));
    }
    let reason = match members.get("reason") {
        None | Some(Value::Null) => None,
        Some(Value::String(reason)) if reason.chars().count() <= 1000 && !reason.contains('\0') => Some(reason.clone()),
        Some(_) => {
            broken.push(FieldError::new("/reason", "type", "Expected text of at most 1,000 characters."));
            None
        }
    };
    match to {
        Some(to) if broken.is_empty() => Ok((to.to_owned(), reason.filter(|reason| !reason.trim().is_empty()))),
        _ => Err(Problem::invalid(broken).into()),
    }
}
