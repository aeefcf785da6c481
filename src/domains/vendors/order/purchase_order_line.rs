//! Purchase order lines: what exactly is ordered, how much of it and at which price.

use super::line_price;
use super::matching::Matching;
use super::{order_excess, unreceived};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Currency, Date, Note, Number, Percent, Precise, PreciseMoney, Text, Title, Whole};
use steward_core::resource::{Check, Flag, Id, Lock, PartOf, Resource, Scope, ValidationErrors};
use steward_schema::vendors::{contract_lines, purchase_orders};

steward_core::resource! {
    /// Line of an order. It is written while the order is a draft.
    pub struct PurchaseOrderLine {
        /// The order.
        #[field(refers_to(&["vendors/purchase-orders"]))]
        pub purchase_order_id: Id,
        /// Position in the order.
        pub position: Whole<1, 100_000>,
        /// Vendor's article number.
        #[field(search)]
        pub article: Option<Code>,
        /// Item ordered.
        #[field(search)]
        pub title: Title,
        /// Description for the vendor.
        #[field(search)]
        pub description: Option<Note>,
        /// Quantity ordered, greater than 0.
        pub quantity: Precise,
        /// Unit of the quantity, such as piece, hour or user.
        pub unit: Text<1, 40>,
        /// Unit price before tax, with up to 12 decimals, in the currency of the order.
        pub unit_price: PreciseMoney,
        /// Discount on the price, in percent.
        pub discount_percent: Option<Percent>,
        /// Tax rate, in percent.
        pub tax_percent: Option<Percent>,
        /// Required day of delivery, if not that of the order.
        #[field(deadline)]
        pub delivery_due_on: Option<Date>,
        /// Documents that its invoice is matched with: the order (`two_way`), also the receipt (`three_way`), or none.
        #[field(default(|| json!("three_way")))]
        pub matching: Matching,
        /// Tolerance of quantities delivered or billed, above or below, in percent.
        #[field(default(|| json!(0)))]
        pub tolerance_percent: Percent,
        /// Contract line that sets the price.
        #[field(refers_to(&["vendors/contract-lines"]))]
        pub contract_line_id: Option<Id>,
        /// Requisition line that requested the item.
        #[field(refers_to(&["vendors/requisition-lines"]))]
        pub requisition_line_id: Option<Id>,
        /// Hardware model.
        #[field(refers_to(&["infrastructure/device-types"]))]
        pub device_type_id: Option<Id>,
        /// Software product.
        #[field(refers_to(&["infrastructure/software-products"]))]
        pub software_product_id: Option<Id>,
        /// Budget line that pays for it. The approved order commits the cost of the line.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// Period of that budget line.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Option<Id>,
    }
}

impl Resource for PurchaseOrderLine {
    const PATH: &'static str = "vendors/purchase-order-lines";
    type Table = steward_schema::vendors::purchase_order_lines::table;
    const SCOPE: Scope = Scope::Within("purchase_order_id");
    const TITLE: &'static str = "title";
    const FLAGS: &'static [Flag] = &[order_excess::OVER_RECEIPT, order_excess::OVER_BILLING, unreceived::UNDER_RECEIPT];
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("purchase_order_id", &["draft"]));

    fn sample() -> Self {
        PurchaseOrderLine {
            purchase_order_id: Id::sample(),
            position: Whole(10),
            article: Some("SRV-2U-64".into()),
            title: "Server, two units, 64 cores".into(),
            description: Some("With rails and two power supplies.".into()),
            quantity: Precise(rust_decimal::Decimal::from(12)),
            unit: "piece".into(),
            unit_price: PreciseMoney::sample("7450.00", "EUR"),
            discount_percent: Some(Number(12.5)),
            tax_percent: Some(Number(21.0)),
            delivery_due_on: Date::parse("2026-08-31"),
            matching: Matching::ThreeWay,
            tolerance_percent: Number(0.0),
            contract_line_id: None,
            requisition_line_id: None,
            device_type_id: None,
            software_product_id: None,
            budget_line_id: None,
            fiscal_period_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.quantity.0 > rust_decimal::Decimal::ZERO, "quantity", "range", "Expected a quantity of more than 0.");
        faults.require(
            !self.unit_price.amount.0.is_sign_negative() || self.unit_price.amount.0.is_zero(),
            "unit_price",
            "range",
            "Expected a price of 0 or more.",
        );
        line_price::require_amount(self.quantity, self.unit_price, self.discount_percent, faults);
        let paired = self.budget_line_id.is_some() == self.fiscal_period_id.is_some();
        let missing = if self.budget_line_id.is_some() { "fiscal_period_id" } else { "budget_line_id" };
        faults.require(paired, missing, "required", "A budget line and its period belong together.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.purchase_order_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let order = purchase_orders::table.find(self.purchase_order_id);
        let currency: Option<Currency> = order.select(purchase_orders::currency).first(check.connection).optional()?;
        if currency.is_some_and(|currency| currency != self.unit_price.currency) {
            return Err(Problem::conflict("/unit_price/currency", "currency", "The order is in another currency. Use that one.").into());
        }
        let Some(line) = self.contract_line_id else { return Ok(()) };
        let same_contract = purchase_orders::contract_id.eq(contract_lines::contract_id.nullable());
        let agreed = contract_lines::table
            .inner_join(purchase_orders::table.on(same_contract))
            .filter(contract_lines::id.eq(line).and(purchase_orders::id.eq(self.purchase_order_id)));
        if !select(exists(agreed)).get_result::<bool>(check.connection)? {
            return Err(Problem::conflict("/contract_line_id", "other_contract", "That line is not of the contract that the order names.").into());
        }
        crate::contract::agreed::require_signed(check, line)?;
        self.require_agreed_price(check, line)
    }
}

impl PurchaseOrderLine {
    /// Refuses a price above that of the contract line (409).
    fn require_agreed_price(&self, check: &mut Check<'_>, line: Id) -> Result<()> {
        let query = contract_lines::table.find(line).select((contract_lines::unit_price_units, contract_lines::unit_price_pico));
        let agreed: Option<Precise> = query.first(check.connection).optional()?;
        if agreed.is_some_and(|agreed| agreed.0 < self.unit_price.amount.0) {
            return Err(Problem::conflict("/unit_price", "above_contract", "The contract has a lower price for it. Use that, or amend the contract.").into());
        }
        Ok(())
    }
}
