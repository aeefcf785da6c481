//! Payments: what was paid of an invoice, in full or in part.

use super::payment_sum::{self, Payable};
use super::{open_excess, payee};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::record::Placement;
use steward_core::resource::value::{Currency, Date, Money, Title};
use steward_core::resource::{ApprovalAmount, Cause, Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::vendors::bank_accounts;

choice! {
    /// Means of payment.
    pub enum PaymentMethod {
        /// Transfer to an account of the vendor.
        BankTransfer = "bank_transfer",
        /// Amount that the vendor collects by itself.
        DirectDebit = "direct_debit",
        /// Payment by card.
        Card = "card",
        /// Payment in cash.
        Cash = "cash",
        /// Settlement against a credit note, without money.
        Offset = "offset",
    }
}

steward_core::resource! {
    /// Payment of an invoice, in full or in part; for a credit note, the refund. Posting it brings the invoice to `partially_paid`, or to
    /// `paid` where it completes the gross amount, never beyond that; a reversal, such as of a transfer that came back, takes that back.
    /// The poster must differ from the author, and by the rules of separation from those who entered or approved the invoice.
    pub struct Payment {
        /// Invoice or credit note that is paid.
        #[field(refers_to(&["vendors/invoices"]), fixed)]
        pub invoice_id: Id,
        /// Day of the payment, not in the future, and not before the invoice unless that is a prepayment.
        #[field(happened)]
        pub paid_on: Date,
        /// Amount paid, in the currency of the invoice; more than 0, and at most what is open of it.
        pub amount: Money,
        /// Means of payment.
        #[field(default(|| json!("bank_transfer")))]
        pub method: PaymentMethod,
        /// Account of the vendor that gets the money; that of the invoice if left out. An invoice is paid by transfer to a verified account
        /// only; other means need none.
        #[field(refers_to(&["vendors/bank-accounts"]))]
        pub bank_account_id: Option<Id>,
        /// Approved credit note that settles the amount; needed for the method `offset`, and for no other.
        #[field(refers_to(&["vendors/invoices"]), differs_from("invoice_id"))]
        pub credit_note_id: Option<Id>,
        /// Reference of the payment, such as the one on the bank statement.
        #[field(search)]
        pub reference: Option<Title>,
        /// Proof of the payment.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for Payment {
    const PATH: &'static str = "vendors/payments";
    type Table = steward_schema::vendors::payments::table;
    const SCOPE: Scope = Scope::Within("invoice_id");
    const TITLE: &'static str = "id";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const GUARDS: &'static [Guard] = &[Guard::referred(&["posted"], "bank_account_id", &["verified"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→posted:post→reversed:reverse").approving(&["post"]).worth(&[ApprovalAmount::Field("amount")]))
    }

    fn sample() -> Self {
        Payment {
            invoice_id: Id::sample(),
            paid_on: Date::sample("2026-04-28"),
            amount: Money::new(929_280, Currency::sample("EUR")),
            method: PaymentMethod::BankTransfer,
            bank_account_id: None,
            credit_note_id: None,
            reference: Some("DH-88213 March".into()),
            file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.amount.minor > 0, "amount", "range", "Expected an amount of more than 0; a refund is a payment of the credit note.");
        let offset = self.method == PaymentMethod::Offset;
        faults.require(!offset || self.credit_note_id.is_some(), "credit_note_id", "required", "Name the credit note that settles the amount.");
        faults.require(offset || self.credit_note_id.is_none(), "credit_note_id", "method", "Only a payment of the method offset names a credit note.");
    }

    fn locks(&self) -> Vec<Lock> {
        [Some(self.invoice_id), self.credit_note_id].into_iter().flatten().map(Lock::Row).collect()
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let named = self.bank_account_id.is_some() || self.method != PaymentMethod::BankTransfer;
        if named || !matches!(cause, Cause::Create) {
            return Ok(None);
        }
        let account = Payable::find(check, self.invoice_id)?.and_then(|invoice| invoice.bank_account);
        Ok(account.map(|account| Payment { bank_account_id: Some(account), ..self.clone() }))
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "posted" {
            return Ok(Vec::new());
        }
        let Some(invoice) = Payable::find(check, self.invoice_id)? else { return Ok(Vec::new()) };
        let mut unmet: Vec<UnmetGuard> = payee::unmet_vendor(check, invoice.vendor, "/invoice_id")?.into_iter().collect();
        unmet.extend(invoice.unmet("/invoice_id", self.amount));
        if invoice.needs_account() {
            unmet.extend(open_excess::unmet(check, self.invoice_id)?);
            unmet.extend(crate::contract::dispute::unmet(check, self.invoice_id, "/invoice_id")?);
        }
        if self.method == PaymentMethod::BankTransfer && invoice.needs_account() && self.bank_account_id.is_none() {
            unmet.push(payee::no_account());
        }
        let note = match self.credit_note_id {
            Some(note) => Payable::find(check, note)?,
            None => None,
        };
        if let Some(note) = note {
            unmet.extend(note.unmet("/credit_note_id", self.amount));
            if note.needs_account() || !invoice.needs_account() {
                let detail = "An offset settles an invoice against a credit note: invoice_id names the invoice, credit_note_id the note.";
                unmet.push(UnmetGuard::new("/credit_note_id", "kind", detail));
            }
        }
        Ok(unmet)
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let mut effects = Vec::new();
        if matches!(step.to, "posted" | "reversed") {
            for document in [Some(self.invoice_id), self.credit_note_id].into_iter().flatten() {
                effects.extend(payment_sum::settle(check, document)?);
            }
        }
        Ok(effects)
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(invoice) = Payable::find(check, self.invoice_id)? else { return Ok(()) };
        if check.actor != Id::system() && matches!(check.state, None | Some("draft")) {
            invoice.require_invoiced(self.paid_on)?;
        }
        if let Some(account) = self.bank_account_id {
            let vendor: Option<Id> = bank_accounts::table.find(account).select(bank_accounts::vendor_id).first(check.connection).optional()?;
            if vendor.is_some_and(|vendor| vendor != invoice.vendor) {
                return Err(
                    Problem::conflict("/bank_account_id", "other_vendor", "The account is of another vendor than the invoice. Choose one of its own.").into()
                );
            }
        }
        if let Some(note) = self.credit_note_id
            && Payable::find(check, note)?.is_some_and(|note| note.vendor != invoice.vendor)
        {
            return Err(Problem::conflict("/credit_note_id", "other_vendor", "The credit note is of another vendor than the invoice.").into());
        }
        Ok(())
    }
}

/// The payment by transfer of all that is open of an invoice, posted at once; none where nothing is open.
pub fn of_the_rest(check: &mut Check<'_>, bank_account_id: Option<Id>, reference: Option<Title>) -> Result<Option<Effect>> {
    let open = Payable::find(check, check.id)?.map(|payable| payable.open()).filter(|open| open.minor > 0);
    Ok(open.map(|amount| {
        let payment = Payment {
            invoice_id: check.id,
            paid_on: check.today,
            amount,
            method: PaymentMethod::BankTransfer,
            bank_account_id,
            credit_note_id: None,
            reference,
            file_id: None,
        };
        Effect::create_in(Placement::default(), payment, "posted")
    }))
}
