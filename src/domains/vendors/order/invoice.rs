//! Invoices: what a vendor asks to be paid.

use super::invoice_kind::{APPROVED, Bill, InvoiceKind};
use super::invoice_posting::Document;
use super::past_move::has_made;
use super::{open_excess, payee, payment, payment_sum, prepaid};
use chrono::Datelike;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Code, Currency, Date, Money, Note, Title, folded};
use steward_core::resource::{
    ApprovalAmount, Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, StateException, UnmetGuard, ValidationErrors,
};
use steward_schema::vendors::{invoice_lines, invoices};

steward_core::resource! {
    /// Invoice or credit note of a vendor. Its number is unique for each vendor, year and kind. It is `matched` where its lines add up and
    /// agree with the order, the receipt and the contract, else an `exception`, which an approver may approve all the same. Its approval
    /// books its lines on the budget lines or cost centers that pay, checks their funds, ends what was accrued for them and relieves what the
    /// order or the contract committed; a line without either is not booked. A credit note gives back, and while it does, the invoice
    /// that it corrects is neither held, disputed nor void. An approved one that is held, disputed or void is taken back from the books. The
    /// lines of a prepayment become cost over the months of its service instead. Payments (`vendors/payments`) make it `partially_paid` and
    /// `paid`; the transition `pay` posts the payment of the whole open amount, and its author has neither written nor approved the
    /// invoice.
    pub struct Invoice {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Kind of invoice.
        pub kind: InvoiceKind,
        /// Vendor's number, written without spaces.
        #[field(unique, search)]
        pub number: Code,
        /// Date of the invoice.
        #[field(happened)]
        pub invoiced_on: Date,
        /// Day of receipt, not in the future.
        #[field(happened)]
        pub received_on: Date,
        /// Last day of payment.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// First day of the service period.
        pub service_starts_on: Option<Date>,
        /// Last day of the service period.
        pub service_ends_on: Option<Date>,
        /// Amount before tax.
        pub net: Money,
        /// Amount of tax: what the tax rates of the lines give, but for rounding.
        pub tax: Money,
        /// Amount to pay: net and tax.
        pub gross: Money,
        /// Order, if all of the invoice belongs to one.
        #[field(refers_to(&["vendors/purchase-orders"]))]
        pub purchase_order_id: Option<Id>,
        /// Contract under which it is billed.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Invoice that a credit note corrects: the note takes back no more than the invoice has billed. Needed before the note is matched
        /// or approved, and approved itself by then.
        #[field(refers_to(&["vendors/invoices"]))]
        pub corrects_id: Option<Id>,
        /// Bank account to pay to. Only a verified one is paid, and nothing is paid without one; credit notes need none.
        #[field(refers_to(&["vendors/bank-accounts"]))]
        pub bank_account_id: Option<Id>,
        /// Required approver.
        #[field(refers_to(&["teams/people"]))]
        pub approver_id: Option<Id>,
        /// Reason for an exception, a hold or a dispute.
        #[field(search)]
        pub exception: Option<Note>,
        /// Payment reference.
        pub payment_reference: Option<Title>,
        /// Day of the payment that completed it; null until all of it is paid.
        #[field(read_only)]
        pub paid_on: Option<Date>,
        /// The document.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for Invoice {
    const PATH: &'static str = "vendors/invoices";
    type Table = steward_schema::vendors::invoices::table;
    const SCOPE: Scope = Scope::Unit;
    const EDITABLE_IN: &'static [&'static str] = &["received", "matched", "exception", "on_hold", "disputed"];
    const STATE_EXCEPTIONS: &'static [StateException] = &[StateException::editable(
        &["approved", "partially_paid"],
        &["due_on", "payment_reference", "bank_account_id", "file_id"],
        "It is paid once it is approved. Hold it and let it be received again to change more.",
    )];
    const OWNED: bool = false;
    const TITLE: &'static str = "number";
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "purchase_order_id", theirs: "vendor_id", ours: "vendor_id" },
        Rule::Agrees { by: "contract_id", theirs: "vendor_id", ours: "vendor_id" },
        Rule::Agrees { by: "bank_account_id", theirs: "vendor_id", ours: "vendor_id" },
        Rule::Agrees { by: "corrects_id", theirs: "vendor_id", ours: "vendor_id" },
    ];
    const GUARDS: &'static [Guard] = &[Guard::part(&["matched", "approved"], "vendors/invoice-lines"), Guard::set(&["exception"], &["exception"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "received→matched:match|exception:raise_exception; \
            matched|exception→approved:approve→partially_paid:pay_partly→paid:pay; approved→paid; exception→matched; \
            paid→partially_paid|approved; partially_paid→approved; \
            received|matched|exception|approved|partially_paid|disputed→on_hold:hold; \
            received|matched|exception|approved|partially_paid|on_hold→disputed:dispute; on_hold|disputed→received; \
            received|matched|exception|approved|on_hold|disputed→void";
        Some(
            Lifecycle::new(notation)
                .given_up(&["void"])
                .settled(&["paid"])
                .named("on_hold", "received", "resume")
                .named("disputed", "received", "settle")
                .named("paid", "partially_paid", "reopen")
                .named("paid", "approved", "reopen")
                .named("partially_paid", "approved", "reopen")
                .automatic(&["pay_partly", "reopen"])
                .approving(&["approve", "pay"])
                .worth(&[ApprovalAmount::Field("gross")]),
        )
    }

    fn sample() -> Self {
        let euro = |minor| Money::new(minor, Currency::sample("EUR"));
        Invoice {
            vendor_id: Id::sample(),
            kind: InvoiceKind::Invoice,
            number: "2026-118834".into(),
            invoiced_on: Date::sample("2026-03-31"),
            received_on: Date::sample("2026-04-02"),
            due_on: Date::parse("2026-04-30"),
            service_starts_on: Date::parse("2026-03-01"),
            service_ends_on: Date::parse("2026-03-31"),
            net: euro(768_000),
            tax: euro(161_280),
            gross: euro(929_280),
            purchase_order_id: None,
            contract_id: None,
            corrects_id: None,
            bank_account_id: None,
            approver_id: None,
            exception: Some("One rack was billed twice.".into()),
            payment_reference: Some("DH-88213 March".into()),
            paid_on: None,
            file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.invoiced_on), self.due_on, "due_on");
        faults.span(self.service_starts_on, self.service_ends_on, "service_ends_on");
        let one = self.net.currency == self.tax.currency && self.net.currency == self.gross.currency;
        faults.require(one, "gross", "currency", "Net, tax and gross are in one currency.");
        faults.require(!one || self.net.minor.checked_add(self.tax.minor) == Some(self.gross.minor), "gross", "sum", "Gross must be net and tax.");
        faults.require(self.net.minor >= 0, "net", "range", "Expected an amount of 0 or more; the kind says which way it goes.");
        faults.require(self.tax.minor >= 0, "tax", "range", "Expected an amount of 0 or more; the kind says which way it goes.");
        let corrects = self.corrects_id.is_none() || self.kind == InvoiceKind::CreditNote;
        faults.require(corrects, "corrects_id", "kind", "Only a credit note corrects an invoice.");
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to == "void" && payment_sum::paid(check, check.id)? > 0 {
            let detail = "A part of the invoice is paid. Reverse its payments first, or have a credit note sent for the rest.";
            return Ok(vec![UnmetGuard::new("", "paid", detail)]);
        }
        // What is held of a prepayment is taken back with its credits.
        if step.to == "void" || (matches!(step.to, "on_hold" | "disputed") && self.kind != InvoiceKind::Prepayment) {
            return self.unmet_of_credits(check);
        }
        // A payment looks at these by itself, and what came back is taken back whatever has become of the vendor.
        if !matches!(step.name, "approve" | "pay") || check.actor == Id::system() {
            return Ok(Vec::new());
        }
        let mut unmet: Vec<UnmetGuard> = payee::unmet_vendor(check, self.vendor_id, "/vendor_id")?.into_iter().collect();
        unmet.extend(payee::unmet_account(check, self.bank_account_id)?);
        if self.kind != InvoiceKind::CreditNote {
            unmet.extend(open_excess::unmet(check, check.id)?);
            if step.name == "pay" {
                unmet.extend(crate::contract::dispute::unmet(check, check.id, "")?);
            }
            if step.name == "pay" && self.bank_account_id.is_none() {
                unmet.push(payee::no_account());
            }
        }
        Ok(unmet)
    }

    fn unmet_in(&self, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let mut unmet = super::invoice_match::unmet(&self.bill(), state, check)?;
        if state == "approved" {
            unmet.extend(payment_sum::unmet_of_gross(check, self.gross)?);
            if self.kind == InvoiceKind::Prepayment {
                unmet.extend(prepaid::unmet_span(self.service_starts_on, self.service_ends_on));
            }
        }
        Ok(unmet)
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let mut effects = super::invoice_posting::effects(&self.document(), step, check)?;
        if step.to == "paid" && check.actor != Id::system() {
            effects.extend(payment::of_the_rest(check, self.bank_account_id, self.payment_reference.clone())?);
        }
        // What was paid before it was held counts again.
        if step.name == "approve" && payment_sum::paid(check, check.id)? > 0 {
            effects.extend(payment_sum::settle(check, check.id)?);
        }
        Ok(effects)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        if has_made(check, &["approve"])? {
            let detail = "The invoice was approved once and is evidence from then on. Void it instead.";
            return Err(Problem::conflict("", "not_deletable", detail).into());
        }
        Ok(())
    }

    fn locks(&self) -> Vec<Lock> {
        [Some(self.vendor_id), self.corrects_id].into_iter().flatten().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_not_future(check, "/received_on", self.received_on)?;
        if matches!(check.state, Some("approved" | "partially_paid" | "paid" | "void")) {
            return Ok(());
        }
        let other = invoice_lines::table.filter(invoice_lines::invoice_id.eq(check.id).and(invoice_lines::net_currency.ne(self.net.currency)));
        crate::contract::frozen_record::require_no_line(check, select(exists(other)), "/net/currency")?;
        self.require_no_twin(check)
    }
}

impl Invoice {
    /// What of it its bookings follow from.
    fn document(&self) -> Document {
        Document {
            kind: self.kind,
            number: self.number.clone(),
            vendor: self.vendor_id,
            invoiced_on: self.invoiced_on,
            service_starts_on: self.service_starts_on,
            service_ends_on: self.service_ends_on,
            corrects: self.corrects_id,
        }
    }

    /// What of it is matched.
    fn bill(&self) -> Bill {
        Bill {
            kind: self.kind,
            vendor: self.vendor_id,
            purchase_order: self.purchase_order_id,
            contract: self.contract_id,
            corrects: self.corrects_id,
            net: self.net,
            tax: self.tax,
            gross: self.gross,
        }
    }

    /// Approved credit notes that would stay in the books without what they correct.
    fn unmet_of_credits(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let notes = invoices::corrects_id.eq(check.id).and(invoices::kind.eq(InvoiceKind::CreditNote)).and(invoices::state.eq_any(APPROVED));
        let notes: Vec<Code> = invoices::table.filter(notes).order(invoices::id).select(invoices::number).load(check.connection)?;
        let told = |note: Code| {
            let detail = format!("Credit note {} gives back what this invoice has booked. Hold or void the note first.", note.0);
            UnmetGuard::new("", "credited", detail)
        };
        Ok(notes.into_iter().map(told).collect())
    }

    /// Refuses a number that another invoice of the kind, the vendor and the year has (409).
    fn require_no_twin(&self, check: &mut Check<'_>) -> Result<()> {
        let year = self.invoiced_on.0.year();
        let first = Date::parse(&format!("{year:04}-01-01")).unwrap_or(self.invoiced_on);
        let last = Date::parse(&format!("{year:04}-12-31")).unwrap_or(self.invoiced_on);
        let twin = invoices::table
            .filter(invoices::id.ne(check.id).and(invoices::state.ne("void")))
            .filter(invoices::vendor_id.eq(self.vendor_id).and(invoices::kind.eq(self.kind)))
            .filter(invoices::number_key.eq(folded(&self.number.0)))
            .filter(invoices::invoiced_on.between(first, last));
        if select(exists(twin)).get_result::<bool>(check.connection)? {
            let advice = "An invoice of this kind with this number of this vendor is here for that year. Void one of the two.";
            return Err(Problem::conflict("/number", "duplicate", advice).into());
        }
        Ok(())
    }
}

/// Refuses a day of something that happened which has not come (422).
pub fn require_not_future(check: &Check<'_>, pointer: &str, day: Date) -> Result<()> {
    // Somebody east of Greenwich may be a day ahead.
    if day > check.today.plus_days(1) {
        return Err(Problem::invalid(vec![FieldError::new(pointer, "future", "It is recorded after it happened: the day cannot be in the future.")]).into());
    }
    Ok(())
}
