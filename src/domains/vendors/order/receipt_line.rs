//! Receipt lines: how much of an order line came, and how much of it was accepted.

use diesel::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Note, Precise, Text, Title};
use steward_core::resource::{Check, Id, PartOf, Resource, Scope, ValidationErrors};
use steward_schema::vendors::{purchase_order_lines, purchase_orders, receipts};

steward_core::resource! {
    /// Line of a receipt. It may record more than was ordered.
    pub struct ReceiptLine {
        /// The receipt.
        #[field(refers_to(&["vendors/receipts"]))]
        pub receipt_id: Id,
        /// Order line that was delivered; null if it was not ordered.
        #[field(refers_to(&["vendors/purchase-order-lines"]))]
        pub purchase_order_line_id: Option<Id>,
        /// Item received.
        #[field(search)]
        pub title: Title,
        /// Quantity accepted, in the unit of the order line.
        pub accepted_quantity: Precise,
        /// Quantity rejected.
        #[field(default(|| json!("0")))]
        pub rejected_quantity: Precise,
        /// Reason for the rejection.
        #[field(search)]
        pub rejection_reason: Option<Note>,
        /// Serial numbers of the accepted items.
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

    fn rules(&self, faults: &mut ValidationErrors) {
        let (accepted, rejected) = (self.accepted_quantity.0, self.rejected_quantity.0);
        faults.require(accepted >= Decimal::ZERO, "accepted_quantity", "range", "Expected a quantity of 0 or more.");
        faults.require(rejected >= Decimal::ZERO, "rejected_quantity", "range", "Expected a quantity of 0 or more.");
        faults.require(!(accepted.is_zero() && rejected.is_zero()), "accepted_quantity", "range", "Something must have come: accepted or rejected.");
        faults.require(rejected.is_zero() || self.rejection_reason.is_some(), "rejection_reason", "required", "Say why it was rejected.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(line) = self.purchase_order_line_id else { return Ok(()) };
        let query = purchase_order_lines::table
            .inner_join(purchase_orders::table)
            .inner_join(receipts::table.on(receipts::id.eq(self.receipt_id)))
            .filter(purchase_order_lines::id.eq(line))
            .select((purchase_orders::id, purchase_orders::vendor_id, purchase_orders::state, receipts::vendor_id, receipts::purchase_order_id));
        let found: Option<(Id, Id, String, Id, Option<Id>)> = query.first(check.connection).optional()?;
        let Some((order, ordered_from, state, delivered_by, received_for)) = found else { return Ok(()) };
        let advice = if ordered_from != delivered_by {
            "That line was ordered from another vendor than the one that delivered."
        } else if received_for.is_some_and(|other| other != order) {
            "That line is of another order than the one that the receipt names."
        } else if matches!(state.as_str(), "draft" | "rejected") {
            "That line was not ordered: its order is a draft or was rejected."
        } else {
            return Ok(());
        };
        Err(Problem::conflict("/purchase_order_line_id", "other_order", advice).into())
    }
}
