//! What is wrong with an OSCAL document, and the readers that find it out.

use crate::formats::Fault;
use serde_json::{Map, Value};
use std::fmt;

/// Faults beyond these are not told.
const MAX_FAULTS: usize = 1_000;

/// An object of the document.
pub type Object = Map<String, Value>;

/// A place in the document; it is written out as a JSON pointer only when there is a fault to tell.
pub enum At<'p> {
    /// The document itself.
    Top,
    /// A member of an object.
    Key(&'p At<'p>, &'static str),
    /// An element of an array.
    Index(&'p At<'p>, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::Top => Ok(()),
            At::Key(outer, key) => write!(f, "{outer}/{key}"),
            At::Index(outer, index) => write!(f, "{outer}/{index}"),
        }
    }
}

/// What is wrong so far, and the readers that find it out.
#[derive(Default)]
pub struct ValidationErrors(pub Vec<Fault>);

impl ValidationErrors {
    /// Notes a fault.
    pub fn add(&mut self, at: impl fmt::Display, code: &'static str, detail: impl Into<String>) {
        if self.0.len() < MAX_FAULTS {
            self.0.push(Fault::new(at.to_string(), code, detail));
        }
    }

    /// Notes that something is not there.
    pub fn required(&mut self, at: &At, what: &str) {
        self.add(at, "required", format!("Missing or empty. Give {what}."));
    }

    fn wrong_type(&mut self, at: &At, expected: &str, found: &Value) {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "text",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        self.add(at, "type", format!("Expected {expected}, found {found}."));
    }

    /// Notes text of more than `max` characters.
    pub fn limit<P: fmt::Display>(&mut self, text: Option<&str>, max: usize, at: impl FnOnce() -> P) {
        if text.is_some_and(|text| text.len() > max && text.chars().nth(max).is_some()) {
            self.add(at(), "too_long", format!("Longer than {max} characters. Shorten it, or what it inserts."));
        }
    }

    /// The value as an object.
    pub fn object<'a>(&mut self, value: &'a Value, at: &At) -> Option<&'a Object> {
        if !value.is_object() {
            self.wrong_type(at, "an object", value);
        }
        value.as_object()
    }

    /// The objects in an array that may be absent, each with its index.
    pub fn objects<'a>(&mut self, object: &'a Object, at: &At, key: &'static str) -> Vec<(usize, &'a Object)> {
        let at = At::Key(at, key);
        let values = self.array(object, &at, key).iter().enumerate();
        values.filter_map(|(index, value)| Some((index, self.object(value, &At::Index(&at, index))?))).collect()
    }

    /// The texts in an array that may be absent, without the empty ones.
    pub fn texts<'a>(&mut self, object: &'a Object, at: &At, key: &'static str) -> Vec<&'a str> {
        let at = At::Key(at, key);
        let values = self.array(object, &at, key).iter().enumerate();
        values.filter_map(|(index, value)| self.string(value, &At::Index(&at, index))).collect()
    }

    fn array<'a>(&mut self, object: &'a Object, at: &At, key: &str) -> &'a [Value] {
        match object.get(key) {
            Some(Value::Array(values)) => values,
            Some(other) => {
                self.wrong_type(at, "an array", other);
                &[]
            }
            None => &[],
        }
    }

    /// Trimmed text that must be there.
    pub fn required_text<'a>(&mut self, object: &'a Object, at: &At, key: &'static str) -> Option<&'a str> {
        let text = self.text(object, at, key);
        if text.is_none() && object.get(key).is_none_or(Value::is_string) {
            self.required(&At::Key(at, key), &format!("`{key}` as text"));
        }
        text
    }

    /// Trimmed text; none when it is absent or empty.
    pub fn text<'a>(&mut self, object: &'a Object, at: &At, key: &'static str) -> Option<&'a str> {
        object.get(key).and_then(|value| self.string(value, &At::Key(at, key)))
    }

    fn string<'a>(&mut self, value: &'a Value, at: &At) -> Option<&'a str> {
        let Value::String(text) = value else {
            self.wrong_type(at, "text", value);
            return None;
        };
        if text.contains('\0') {
            self.add(at, "nul", "The character U+0000 is not allowed. Remove it.");
        }
        Some(text.trim()).filter(|text| !text.is_empty())
    }
}
