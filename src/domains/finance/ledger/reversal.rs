//! Reversals: an entry of the ledger that takes another back.

use super::cost_entry::CostEntry;
use super::posting::{self, CostSource};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::Money;
use steward_core::resource::{Check, Id};
use steward_schema::finance::cost_entries;

impl CostEntry {
    /// Refuses a reversal that is not the negation of what it reverses, or a second one (409). The caller has locked the entry.
    pub fn require_reversal(&self, check: &mut Check<'_>, entry: Id) -> Result<()> {
        let refuse = |code: &str, detail: &str| Err(Problem::conflict("/reversal_of", code, detail).into());
        let Some(reversed) = Reversed::find(check, entry)? else {
            return refuse("reference", "There is no such entry.");
        };
        let amounts = [(self.net, reversed.net), (self.gross, reversed.gross), (self.base_amount, reversed.base_amount)];
        if amounts.iter().any(|(own, theirs)| own.currency != theirs.currency || own.minor.checked_neg() != Some(theirs.minor)) {
            return refuse("negation", "A reversal has the negated net, gross and base amount of what it reverses, in the same currencies.");
        }
        if reversed.budget_line_id != self.budget_line_id && posting::is_of_one_year(check, reversed.fiscal_period_id, self.fiscal_period_id)? {
            return refuse("other_line", "A reversal in the same fiscal year is booked on the budget line of what it reverses.");
        }
        if reversed.vendor_id.is_some() && self.vendor_id.is_some_and(|own| Some(own) != reversed.vendor_id) {
            return refuse("other_vendor", "A reversal names the vendor of what it reverses.");
        }
        if check.actor != Id::system() && reversed.is_of_service() {
            let detail = "The service has booked that for its source. Hold or void the invoice, unpost the hours, or reverse the receipt, the accrual, the prepayment or the allocation run.";
            return refuse("by_service", detail);
        }
        if reversed.reversal_of.is_some() {
            return refuse("reversal", "That is itself a reversal. Book the cost anew instead.");
        }
        let another = cost_entries::table.filter(cost_entries::reversal_of.eq(entry).and(cost_entries::id.ne(check.id)));
        if select(exists(another)).get_result(check.connection)? {
            return refuse("reversed", "That entry is reversed already, and is so once at most.");
        }
        Ok(())
    }
}

/// What a reversal takes back.
#[derive(Queryable)]
struct Reversed {
    net: Money,
    gross: Money,
    base_amount: Money,
    budget_line_id: Option<Id>,
    fiscal_period_id: Id,
    vendor_id: Option<Id>,
    reversal_of: Option<Id>,
    source: CostSource,
    created_by: Id,
}

impl Reversed {
    /// True if the service has booked it and takes it back with its source.
    fn is_of_service(&self) -> bool {
        let taken_back = matches!(self.source, CostSource::Invoice | CostSource::Time | CostSource::Accrual | CostSource::Prepayment | CostSource::Allocation);
        taken_back && self.created_by == Id::system()
    }

    fn find(check: &mut Check<'_>, entry: Id) -> Result<Option<Reversed>> {
        Ok(cost_entries::table
            .find(entry)
            .select((
                (cost_entries::net_amount, cost_entries::net_currency),
                (cost_entries::gross_amount, cost_entries::gross_currency),
                (cost_entries::base_amount_amount, cost_entries::base_amount_currency),
                cost_entries::budget_line_id,
                cost_entries::fiscal_period_id,
                cost_entries::vendor_id,
                cost_entries::reversal_of,
                cost_entries::source,
                cost_entries::created_by,
            ))
            .first(check.connection)
            .optional()?)
    }
}
