//! Bodies as JSON: every member once, so that no two readers of a body find different things in it.

use crate::error::{FieldError, Problem, Result};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Reads JSON (400).
pub fn json(body: &[u8]) -> Result<Value> {
    let mut from = serde_json::Deserializer::from_slice(body);
    let read = Once.deserialize(&mut from).and_then(|value| from.end().map(|()| value));
    read.map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let detail = if error.is_data() {
            format!("The body names a member twice at {place}. Name it once.")
        } else {
            format!("The body is not JSON: it breaks at {place}. Correct it there.")
        };
        Problem::bad_request(detail).into()
    })
}

/// Reads a JSON object (400 for no JSON, 422 for another kind of value).
pub fn object(body: &[u8]) -> Result<Map<String, Value>> {
    match json(body)? {
        Value::Object(members) => Ok(members),
        _ => Err(Problem::invalid(vec![FieldError::new("", "type", "Expected a JSON object.")]).into()),
    }
}

/// The members of an object; none of another value.
pub fn members_of(value: Value) -> Map<String, Value> {
    if let Value::Object(members) = value { members } else { Map::new() }
}

/// A value in which no object names a member twice.
struct Once;

impl<'de> DeserializeSeed<'de> for Once {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = Value;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element_seed(Once)? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = from.next_key::<String>()? {
            let value = from.next_value_seed(Once)?;
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member twice"));
            }
        }
        Ok(members.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_stands_there() {
        let text = r#"{"a": [1, -2, 2.5, 18446744073709551615, 1e300, "ä\n", true, null], "b": {}, "": {"a": {}}}"#;
        assert_eq!(json(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn a_member_that_stands_twice_is_refused_at_any_depth() {
        for text in [r#"{"a": 1, "a": 1}"#, r#"[{"b": {"a": 1, "\u0061": 2}}]"#] {
            let problem = json(text.as_bytes()).unwrap_err().into_problem();
            assert!(problem.detail.contains("twice"), "{}", problem.detail);
        }
        for text in ["", "{", "[1] 2", "nul", "{\"a\" 1}", &"[".repeat(100_000)] {
            let problem = json(text.as_bytes()).unwrap_err().into_problem();
            assert!(problem.detail.contains("not JSON"), "{}", problem.detail);
        }
    }
}
