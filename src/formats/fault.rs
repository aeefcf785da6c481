//! Faults of documents of other services.

use crate::error::{Error, FieldError, Problem};

/// Fault of a document, to be corrected before it can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place, as a JSON pointer (RFC 6901); in a table it begins with the number of the row.
    pub pointer: String,
    /// A stable word for what is wrong, e.g. `required`, `format`, `too_many`.
    pub code: &'static str,
    /// Expected content.
    pub detail: String,
}

impl Fault {
    /// A fault of a place.
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Fault {
        Fault { pointer: pointer.into(), code, detail: detail.into() }
    }
}

/// The refusal of the document (422).
impl From<Vec<Fault>> for Error {
    fn from(faults: Vec<Fault>) -> Error {
        Problem::invalid(faults.into_iter().map(|fault| FieldError::new(fault.pointer, fault.code, fault.detail)).collect()).into()
    }
}
