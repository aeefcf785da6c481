//! Receipts: what a vendor delivered, as it was counted.

use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::estate;
use steward_core::ports::purchase::{self, Posting};
use steward_core::resource::value::{Code, Date, Note, Text};
use steward_core::resource::{Check, Effect, Guard, Id, Lifecycle, Move, Resource, Rule, Scope, UnmetGuard};
use steward_schema::vendors::{purchase_order_lines, purchase_orders, receipt_lines, receipts};

steward_core::resource! {
    /// Delivery of goods or services. Once it is posted only a reversal takes it back. Posting it accrues what was accepted and is not
    /// billed, at the price of the order, on the budget line of the order line, and relieves what the order committed of it. For hardware
    /// whose order line names its model it creates an asset for each whole piece, as received and at the price of the order. A reversal
    /// deletes these assets, and is refused with their list once one of them is in use or other records refer to it. Where approved invoices
    /// have billed what goes back, it raises a conflict that holds them.
    pub struct Receipt {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Order, if all of the receipt belongs to one.
        #[field(refers_to(&["vendors/purchase-orders"]))]
        pub purchase_order_id: Option<Id>,
        /// Number of the vendor's delivery note, or of the record of the work.
        #[field(search)]
        pub number: Text<1, 60>,
        /// Day of the delivery or of the work, not in the future.
        #[field(happened)]
        pub received_on: Date,
        /// Person who took delivery.
        #[field(refers_to(&["teams/people"]))]
        pub receiver_id: Option<Id>,
        /// Site of the delivery.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Option<Id>,
        /// Carrier, with the tracking number.
        pub carrier: Option<Text<1, 200>>,
        /// Free-text notes, such as damage.
        #[field(search)]
        pub notes: Option<Note>,
        /// Delivery note or signed record of the work.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for Receipt {
    const PATH: &'static str = "vendors/receipts";
    type Table = steward_schema::vendors::receipts::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "number";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "purchase_order_id", theirs: "vendor_id", ours: "vendor_id" }];
    const GUARDS: &'static [Guard] = &[
        Guard::part(&["posted"], "vendors/receipt-lines"),
        Guard::referred(&["posted"], "purchase_order_id", &["approved", "sent", "acknowledged", "closed"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→posted:post→reversed:reverse"))
    }

    fn sample() -> Self {
        Receipt {
            vendor_id: Id::sample(),
            purchase_order_id: None,
            number: "DN-55102".into(),
            received_on: Date::sample("2026-03-12"),
            receiver_id: None,
            site_id: None,
            carrier: Some("Rijn Transport, 3SABC1234567".into()),
            notes: Some("One box was dented.".into()),
            file_id: None,
        }
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if !matches!(step.to, "posted" | "reversed") {
            return Ok(Vec::new());
        }
        let unit: Option<Id> = receipts::table.find(check.id).select(receipts::unit_id).first(check.connection).optional()?;
        let Some(unit) = unit else { return Ok(Vec::new()) };
        let own = receipt_lines::receipt_id.eq(check.id).and(receipt_lines::purchase_order_line_id.is_not_null());
        let lines = receipt_lines::table.filter(own).select(receipt_lines::purchase_order_line_id.assume_not_null()).distinct();
        let lines: Vec<Id> = lines.load(check.connection)?;
        let accrued = super::delivery::unbilled(check, &lines)?;
        let posting = Posting {
            unit,
            day: self.received_on,
            number: None,
            vendor: Some(self.vendor_id),
            service_starts_on: None,
            service_ends_on: None,
            taken_back: Vec::new(),
            accrued,
            billed: Vec::new(),
            prepaid: Vec::new(),
        };
        let mut effects = purchase::post(check, &posting)?;
        if step.to == "posted" {
            let goods = super::delivery::hardware(check, check.id, unit, self.received_on)?;
            effects.extend(estate::receive(check, &goods));
        } else {
            let lines = lines_of(check)?;
            effects.extend(estate::take_back(check, &lines)?);
        }
        Ok(effects)
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "reversed" {
            return Ok(Vec::new());
        }
        let lines = lines_of(check)?;
        estate::kept(check, &lines)
    }

    fn unmet_in(&self, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if state == "posted" { unordered(check) } else { Ok(Vec::new()) }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        super::invoice::require_not_future(check, "/received_on", self.received_on)
    }
}

/// The lines of the receipt.
fn lines_of(check: &mut Check<'_>) -> Result<Vec<Id>> {
    let own = receipt_lines::table.filter(receipt_lines::receipt_id.eq(check.id)).order(receipt_lines::id);
    Ok(own.select(receipt_lines::id).load(check.connection)?)
}

/// The orders of its lines that do not stand.
fn unordered(check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let orders: Vec<Id> = receipt_lines::table
        .inner_join(purchase_order_lines::table)
        .filter(receipt_lines::receipt_id.eq(check.id))
        .select(purchase_order_lines::purchase_order_id)
        .load(check.connection)?;
    let found: Vec<(Code, String)> = purchase_orders::table
        .filter(purchase_orders::id.eq_any(orders))
        .filter(purchase_orders::state.ne_all(["approved", "sent", "acknowledged", "closed"]))
        .order(purchase_orders::code)
        .select((purchase_orders::code, purchase_orders::state))
        .load(check.connection)?;
    let told = |(code, state): (Code, String)| UnmetGuard::new("", "state", format!("The purchase order {} is {state}; nothing is received for it.", code.0));
    Ok(found.into_iter().map(told).collect())
}
