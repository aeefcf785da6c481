//! Claims, wherever a provider puts them.

use serde_json::Value;

/// A claim by its name, or by a JSON Pointer where it lies deeper.
pub fn claim<'a>(claims: &'a Value, path: &str) -> Option<&'a Value> {
    if path.starts_with('/') { claims.pointer(path) } else { claims.get(path) }
}

/// A claim that is text which a database can keep.
pub fn text<'a>(claims: &'a Value, path: &str) -> Option<&'a str> {
    claim(claims, path).and_then(Value::as_str).filter(|text| !text.is_empty() && !text.contains('\0'))
}
