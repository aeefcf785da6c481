//! What a reader sees of the flows of budget lines.

use super::{budget_transfer::BudgetTransfer, carry_forward::CarryForward, line_flow::Counted};
use crate::ledger::{commitment::Commitment, cost_entry::CostEntry};
use steward_core::error::Result;
use steward_core::resource::value::Date;
use steward_core::store::Reader;

/// The flows that a reader sees, up to a day; of all days without one.
pub fn in_sight(reader: &Reader<'_>, as_of: Option<Date>) -> Result<Counted> {
    Ok(Counted {
        transfers: reader.sees::<BudgetTransfer>()?,
        carried: reader.sees::<CarryForward>()?,
        entries: reader.sees::<CostEntry>()?,
        commitments: reader.sees::<Commitment>()?,
        as_of,
    })
}
