//! Reversals: an entry of the ledger that takes another back.

use super::cost_entry::CostEntry;
use crate::database::{Cell, Kind, Statement};
use crate::error::{Problem, Result};
use crate::resource::{Check, Id};

impl CostEntry {
    /// Refuses a reversal that is not the negation of what it reverses, or a second one (409). The caller has locked the entry.
    pub(super) fn require_reversal(&self, check: &mut Check<'_>, entry: Id) -> Result<()> {
        let refuse = |code: &str, detail: &str| Err(Problem::conflict("/reversal_of", code, detail).into());
        let query = Statement::new("SELECT net_amount, gross_amount, base_amount_amount, net_currency, base_amount_currency, budget_line_id, reversal_of, unit_id FROM cost_entries WHERE id = ")
            .with(entry, "");
        let kinds = [Kind::Integer, Kind::Integer, Kind::Integer, Kind::Text, Kind::Text, Kind::Id, Kind::Id, Kind::Id];
        let Some(row) = query.first(check.connection, &kinds)? else {
            return refuse("reference", "There is no such entry.");
        };
        let negated = [self.net, self.gross, self.base_amount].iter().zip(&row).all(|(money, cell)| cell.as_integer() == money.minor.checked_neg());
        let currencies =
            [self.net.currency, self.base_amount.currency].iter().zip(row.iter().skip(3)).all(|(currency, cell)| cell.as_text() == Some(currency.code()));
        if !negated || !currencies {
            return refuse("negation", "A reversal has the negated net, gross and base amount of what it reverses, in the same currencies.");
        }
        if row.get(5).and_then(Cell::as_id) != self.budget_line_id {
            return refuse("other_line", "A reversal is booked on the budget line of what it reverses.");
        }
        if row.get(6).is_some_and(|cell| !cell.is_null()) {
            return refuse("reversal", "That is itself a reversal. Book the cost anew instead.");
        }
        let again = Statement::new("SELECT 1 FROM cost_entries WHERE reversal_of = ").with(entry, " AND id <> ").with(check.id, " LIMIT 1");
        if check.finds(again)? {
            return refuse("reversed", "That entry is reversed already, and is so once at most.");
        }
        Ok(())
    }
}
