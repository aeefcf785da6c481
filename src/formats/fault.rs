//! What is wrong with a document of another service.

use crate::error::{Error, FieldError, Problem};

/// Something in a document that has to be put right before it can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place, as a JSON pointer (RFC 6901); in a table it begins with the number of the row.
    pub pointer: String,
    /// A stable word for what is wrong, e.g. `required`, `format`, `too_many`.
    pub code: &'static str,
    /// What is expected instead.
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
