//! Receipt lines: how much of an order line came, and how much of it was accepted.

use crate::database::{Cell, Kind, Statement};
use crate::error::{Problem, Result};
use crate::resource::value::{Note, Precise, Text, Title};
use crate::resource::{Check, Faults, Id, PartOf, Resource, Scope};
use rust_decimal::Decimal;
use serde_json::json;

crate::resource! {
    /// A line of a receipt. More than was ordered may be recorded: what came is what came.
    pub struct ReceiptLine {
        /// The receipt.
        #[field(refers_to(&["vendors/receipts"]))]
        pub receipt_id: Id,
        /// The order line that it belongs to; none if it was not ordered.
        #[field(refers_to(&["vendors/purchase-order-lines"]))]
        pub purchase_order_line_id: Option<Id>,
        /// What came.
        #[field(search)]
        pub title: Title,
        /// How much was accepted, in the unit of the order line.
        pub accepted_quantity: Precise,
        /// How much was rejected.
        #[field(default(|| json!("0")))]
        pub rejected_quantity: Precise,
        /// Why it was rejected.
        #[field(search)]
        pub rejection_reason: Option<Note>,
        /// Serial numbers of what was accepted.
        #[field(default(|| json!([])))]
        pub serials: Vec<Text<1, 100>>,
    }
}

impl Resource for ReceiptLine {
    const PATH: &'static str = "vendors/receipt-lines";
    type Table = steward_schema::vendors::receipt_lines::table;
    const SCOPE: Scope = Scope::Within("receipt_id");
    const TITLE: &'static str = "title";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("receipt_id", &["draft"]));

    fn sample() -> Self {
        ReceiptLine {
            receipt_id: Id::sample(),
            purchase_order_line_id: None,
            title: "Server, two units, 64 cores".into(),
            accepted_quantity: Precise(Decimal::from(11)),
            rejected_quantity: Precise(Decimal::ONE),
            rejection_reason: Some("The case is bent.".into()),
            serials: vec!["4CE0460D0G".into(), "4CE0460D0H".into()],
        }
    }

    fn rules(&self, faults: &mut Faults) {
        let (accepted, rejected) = (self.accepted_quantity.0, self.rejected_quantity.0);
        faults.require(accepted >= Decimal::ZERO, "accepted_quantity", "range", "Expected a quantity of 0 or more.");
        faults.require(rejected >= Decimal::ZERO, "rejected_quantity", "range", "Expected a quantity of 0 or more.");
        faults.require(!(accepted.is_zero() && rejected.is_zero()), "accepted_quantity", "range", "Something must have come: accepted or rejected.");
        faults.require(rejected.is_zero() || self.rejection_reason.is_some(), "rejection_reason", "required", "Say why it was rejected.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(line) = self.purchase_order_line_id else { return Ok(()) };
        let query = Statement::new("SELECT CASE WHEN o.vendor_id <> r.vendor_id THEN 'other_vendor' WHEN r.purchase_order_id <> o.id THEN 'other_order' WHEN o.state IN ('draft', 'rejected') THEN 'not_ordered' ELSE '' END FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.purchase_order_id JOIN receipts r ON r.id = ")
            .with(self.receipt_id, " WHERE l.id = ")
            .with(line, "");
        let found = check.value(query, Kind::Text)?;
        let advice = match found.as_ref().and_then(Cell::as_text) {
            Some("other_vendor") => "That line was ordered from another vendor than the one that delivered.",
            Some("other_order") => "That line is of another order than the one that the receipt names.",
            Some("not_ordered") => "That line was not ordered: its order is a draft or was rejected.",
            _ => return Ok(()),
        };
        Err(Problem::conflict("/purchase_order_line_id", "other_order", advice).into())
    }
}
