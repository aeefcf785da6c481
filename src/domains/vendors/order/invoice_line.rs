//! Invoice lines: what a vendor asks to be paid for.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Money, Number, Percent, Precise, PreciseMoney, Title, Whole};
use steward_core::resource::{Check, Id, PartOf, Resource, Scope, ValidationErrors};
use steward_schema::vendors::{invoices, purchase_order_lines, purchase_orders};

steward_core::resource! {
    /// Line of an invoice. It is written until the invoice is approved.
    pub struct InvoiceLine {
        /// The invoice.
        #[field(refers_to(&["vendors/invoices"]))]
        pub invoice_id: Id,
        /// Position in the invoice.
        pub position: Whole<1, 100_000>,
        /// Item billed.
        #[field(search)]
        pub title: Title,
        /// Quantity billed. A line of a credit note that only lowers a price has the quantity 0: it takes back its net amount and nothing of
        /// what was delivered or billed.
        pub quantity: Precise,
        /// Unit price before tax, with up to 12 decimals, in the currency of the invoice.
        pub unit_price: PreciseMoney,
        /// Amount of the line before tax, as the vendor wrote it.
        pub net: Money,
        /// Tax rate, in percent; null for no tax. The rates of all lines give the tax of the invoice.
        pub tax_percent: Option<Percent>,
        /// Order line that is billed.
        #[field(refers_to(&["vendors/purchase-order-lines"]))]
        pub purchase_order_line_id: Option<Id>,
        /// Contract line that is billed.
        #[field(refers_to(&["vendors/contract-lines"]))]
        pub contract_line_id: Option<Id>,
        /// Receipt line that is billed.
        #[field(refers_to(&["vendors/receipt-lines"]))]
        pub receipt_line_id: Option<Id>,
        /// Budget line that pays for it, if no order names one. A credit note gives back to the budget lines and cost centers that paid for the
        /// invoice, and no more than they paid.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// Period of the booking; left out, the period of the invoice's day, or the next one that is open.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Option<Id>,
        /// Cost center that is charged.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
    }
}

impl Resource for InvoiceLine {
    const PATH: &'static str = "vendors/invoice-lines";
    type Table = steward_schema::vendors::invoice_lines::table;
    const SCOPE: Scope = Scope::Within("invoice_id");
    const TITLE: &'static str = "title";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("invoice_id", &["received", "exception", "on_hold", "disputed"]));

    fn sample() -> Self {
        InvoiceLine {
            invoice_id: Id::sample(),
            position: Whole(10),
            title: "Racks, March 2026".into(),
            quantity: Precise(rust_decimal::Decimal::from(12)),
            unit_price: PreciseMoney::sample("640.00", "EUR"),
            net: Money::new(768_000, Currency::sample("EUR")),
            tax_percent: Some(Number(21.0)),
            purchase_order_line_id: None,
            contract_line_id: None,
            receipt_line_id: None,
            budget_line_id: None,
            fiscal_period_id: None,
            cost_center_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.unit_price.currency == self.net.currency, "net", "currency", "The price and the amount are in one currency.");
        faults.require(self.quantity.0 >= rust_decimal::Decimal::ZERO, "quantity", "range", "Expected a quantity of 0 or more.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let invoice = invoices::table.find(self.invoice_id);
        let currency: Option<Currency> = invoice.select(invoices::net_currency).first(check.connection).optional()?;
        if currency.is_some_and(|currency| currency != self.net.currency) {
            return Err(Problem::conflict("/net/currency", "currency", "The invoice is in another currency. Use that one.").into());
        }
        let Some(line) = self.purchase_order_line_id else { return Ok(()) };
        let other_vendor = purchase_orders::vendor_id.ne(invoices::vendor_id);
        let other_order = purchase_orders::id.nullable().ne(invoices::purchase_order_id);
        let foreign = purchase_order_lines::table
            .inner_join(purchase_orders::table)
            .inner_join(invoices::table.on(invoices::id.eq(self.invoice_id)))
            .filter(purchase_order_lines::id.eq(line).and(other_vendor.or(other_order)));
        if select(exists(foreign)).get_result::<bool>(check.connection)? {
            let advice = "That line is of another vendor, or of another order than the one that the invoice names.";
            return Err(Problem::conflict("/purchase_order_line_id", "other_order", advice).into());
        }
        Ok(())
    }
}
