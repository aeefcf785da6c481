//! Figures by their addresses, for an operation that computes some of them inside a transaction of its own.

use super::route::{Routes, Target};
use crate::access::Session;
use crate::error::{Error, Result};
use crate::http::request::query;
use crate::store::Reader;
use crate::view::{Call, Measure, Operation, Run, require};
use actix_web::http::Method;
use serde_json::Value;

/// Figure at an address, with its parameters, for a session that may ask for it.
pub struct AddressedFigure {
    run: fn(&mut Reader<'_>, &Call) -> Result<Vec<u8>>,
    call: Call,
}

impl Routes {
    /// The figure at an address under `/api/v1/`, with its query string; none if no figure is there. Parameters and permissions are refused
    /// as its own call refuses them (400, 403, 404).
    pub fn figure(&self, session: &Session, address: &str, measures: &[(&'static str, Measure)]) -> Result<Option<AddressedFigure>> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let Some(Target::Operation(operation, id)) = self.find(path, &Method::GET) else { return Ok(None) };
        let Run::Read(run) = operation.run else { return Ok(None) };
        if operation.is_feed {
            return Ok(None);
        }
        let query = query::pairs(query)?;
        admit(operation, session, &query, &[])?;
        let call = Call { measures: measures.to_vec(), ..Call::stored(id, query, Vec::new(), String::new()) };
        Ok(Some(AddressedFigure { run, call }))
    }
}

impl AddressedFigure {
    /// Its answer.
    pub fn compute(&self, reader: &mut Reader<'_>) -> Result<Value> {
        let answer = (self.run)(reader, &self.call)?;
        serde_json::from_slice(&answer).map_err(Error::unwritable)
    }
}

/// Refuses a call of an operation whose parameters it does not have, beside some that it has in any case, or cannot read (400), and one for
/// which the session lacks a permission (403, 404).
pub fn admit(operation: &Operation, session: &Session, query: &[(String, String)], beside: &[&str]) -> Result<()> {
    let own = operation.parameters.iter().map(|parameter| parameter.name.as_str());
    let names: Vec<&str> = own.chain(beside.iter().copied()).collect();
    query::only(query, &names)?;
    (operation.check)(&operation.parameters, query)?;
    require(session, &operation.permissions)
}
