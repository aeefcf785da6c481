//! Requisition lines: what is needed, item by item.

use super::line_price::require_amount;
use steward_core::choice;
use steward_core::resource::value::{Date, Label, Note, Precise, PreciseMoney, Title, Whole};
use steward_core::resource::{Id, PartOf, Resource, Scope, ValidationErrors};

choice! {
    /// Kind of purchase of a line.
    pub enum PurchaseKind {
        /// Goods that are delivered.
        Hardware = "hardware",
        /// Rights to use software.
        Software = "software",
        /// Cloud service.
        Cloud = "cloud",
        /// Work of people.
        Service = "service",
        /// Anything else.
        Other = "other",
    }
}

steward_core::resource! {
    /// Item of a requisition. It can be written while the requisition is a draft.
    pub struct RequisitionLine {
        /// The requisition.
        #[field(refers_to(&["vendors/requisitions"]))]
        pub requisition_id: Id,
        /// Position among the lines.
        pub line_number: Whole<1, 10_000>,
        /// Item needed.
        #[field(search)]
        pub description: Title,
        /// Kind of purchase.
        pub kind: PurchaseKind,
        /// Hardware model, where it is known.
        #[field(refers_to(&["infrastructure/device-types"]))]
        pub device_type_id: Option<Id>,
        /// Quantity, greater than 0.
        pub quantity: Precise,
        /// Unit of measure, such as piece, user, hour or month.
        pub unit_of_measure: Label,
        /// Estimated unit price without tax.
        pub unit_price: Option<PreciseMoney>,
        /// Cost category.
        #[field(refers_to(&["finance/cost-categories"]))]
        pub cost_category_id: Option<Id>,
        /// Budget line that is to pay for it. The approved requisition reserves the estimated cost of the line.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// The period of that budget line.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Option<Id>,
        /// Day by which it is needed, where another than the requisition's.
        #[field(deadline)]
        pub needed_on: Option<Date>,
        /// Required capabilities.
        #[field(search)]
        pub specification: Option<Note>,
    }
}

impl Resource for RequisitionLine {
    const PATH: &'static str = "vendors/requisition-lines";
    type Table = steward_schema::vendors::requisition_lines::table;
    const SCOPE: Scope = Scope::Within("requisition_id");
    const TITLE: &'static str = "description";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("requisition_id", &["draft"]));

    fn sample() -> Self {
        RequisitionLine {
            requisition_id: Id::sample(),
            line_number: Whole(1),
            description: "Storage shelf with 24 disks".into(),
            kind: PurchaseKind::Hardware,
            device_type_id: None,
            quantity: Precise(2.into()),
            unit_of_measure: "piece".into(),
            unit_price: Some(PreciseMoney::sample("18250", "EUR")),
            cost_category_id: None,
            budget_line_id: None,
            fiscal_period_id: None,
            needed_on: Date::parse("2026-09-01"),
            specification: Some("At least 120 TB usable; fits the shelves that are there.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        require_positive(self.quantity, faults);
        let price = self.unit_price.is_none_or(|price| !price.amount.0.is_sign_negative());
        faults.require(price, "unit_price", "range", "Expected a price of 0 or more.");
        if let Some(price) = self.unit_price {
            require_amount(self.quantity, price, None, faults);
        }
        let paired = self.budget_line_id.is_some() == self.fiscal_period_id.is_some();
        let missing = if self.budget_line_id.is_some() { "fiscal_period_id" } else { "budget_line_id" };
        faults.require(paired, missing, "required", "A budget line and its period belong together.");
        let priced = self.budget_line_id.is_none() || self.unit_price.is_some();
        faults.require(priced, "unit_price", "required", "Say what one is thought to cost: the budget line reserves that.");
    }
}

/// A quantity that is bought is more than 0.
pub fn require_positive(quantity: Precise, faults: &mut ValidationErrors) {
    faults.require(!quantity.0.is_zero() && quantity.0.is_sign_positive(), "quantity", "range", "Expected more than 0.");
}
