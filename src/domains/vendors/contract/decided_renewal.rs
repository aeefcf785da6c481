//! The renewals of contracts about which it was decided, as somebody sees them.

use super::decision::{Decided, Renewed, Row, last_new_end};
use super::renewal::Renewal;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::store::Reader;
use steward_core::view::grouped;
use steward_schema::vendors::renewals;

/// The renewals of some contracts about which it was decided, as far as the session sees them.
pub fn decisions(reader: &mut Reader<'_>, contracts: &[Id]) -> Result<HashMap<Id, Vec<Decided>>> {
    let seen = reader.sees::<Renewal>()?;
    if seen.is_nothing() || contracts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = renewals::table
        .filter(renewals::contract_id.eq_any(contracts))
        .filter(renewals::state.ne_all(["opened", "analysed"]))
        .filter(seen.clone())
        .order(renewals::id)
        .select((Renewed::as_select(), last_new_end()))
        .load(reader.within(&seen))?;
    Ok(grouped(rows.into_iter().map(Decided::by_contract)))
}
