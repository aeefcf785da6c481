//! Bank accounts: where a vendor is paid.

use super::iban;
use diesel::prelude::*;
use steward_core::access::person_of;
use steward_core::error::Result;
use steward_core::resource::value::{Currency, Date, Note, Text, Title};
use steward_core::resource::{Cause, Check, Guard, Id, Lifecycle, Move, PartOf, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::service::revisions;

steward_core::resource! {
    /// Bank account on which a vendor is paid. Payments go to a verified account only; its verifier must differ from the person who entered
    /// or changed it (four-eyes), and a change begins by sending it back to pending.
    pub struct BankAccount {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Account holder, as the bank has the name.
        #[field(search)]
        pub holder: Title,
        /// International bank account number (ISO 13616), without spaces; its check digits must fit.
        #[field(restricted)]
        pub iban: Option<Text<15, 34>>,
        /// Account number in a country without IBANs, with the bank's own code where one is needed.
        #[field(restricted)]
        pub account_number: Option<Text<1, 60>>,
        /// Business identifier code of the bank (ISO 9362): 8 or 11 capital letters or digits.
        #[field(restricted)]
        pub bic: Option<Text<8, 11>>,
        /// Name of the bank.
        pub bank_name: Option<Title>,
        /// Currency of the account.
        pub currency: Option<Currency>,
        /// Method by which the account was verified as the vendor's, best a call to a number known from before. Cleared by another holder,
        /// number or bank.
        pub verification: Option<Note>,
        /// Day of the verification.
        #[field(happened)]
        pub checked_on: Option<Date>,
    }
}

impl Resource for BankAccount {
    const PATH: &'static str = "vendors/bank-accounts";
    type Table = steward_schema::vendors::bank_accounts::table;
    const SCOPE: Scope = Scope::Within("vendor_id");
    const TITLE: &'static str = "holder";
    const PART_OF: Option<PartOf> = Some(PartOf::of("vendor_id"));
    const EDITABLE_IN: &'static [&'static str] = &["pending"];
    const GUARDS: &'static [Guard] = &[Guard::set(&["verified"], &["verification", "checked_on"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("pending→verified:verify→retired:retire; verified→pending:return_to_pending").approving(&["verify"]))
    }

    fn sample() -> Self {
        BankAccount {
            vendor_id: Id::sample(),
            holder: "Delta Hosting B.V.".into(),
            iban: Some("NL91ABNA0417164300".into()),
            account_number: None,
            bic: Some("ABNANL2A".into()),
            bank_name: Some("ABN AMRO".into()),
            currency: Some(Currency::sample("EUR")),
            verification: Some("Called the controller on the number in the contract of 2024.".into()),
            checked_on: Date::parse("2026-05-04"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let sound = self.iban.as_ref().is_none_or(|iban| iban::is_valid(iban));
        faults.require(sound, "iban", "check_digits", "That is no international bank account number: its length or check digits do not fit.");
        let one = self.iban.is_some() != self.account_number.is_some();
        faults.require(one, "iban", "one_of", "Give either an IBAN or an account number.");
        faults.require(self.bic.as_ref().is_none_or(|bic| is_bic(bic)), "bic", "format", "Expected 8 or 11 capital letters or digits, such as ABNANL2A.");
    }

    /// What showed that the old account is the vendor's shows nothing of another one.
    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let Some(before) = check.before::<BankAccount>()?.filter(|_| matches!(cause, Cause::Update)) else { return Ok(None) };
        let account = |of: &BankAccount| (of.holder.clone(), of.iban.clone(), of.account_number.clone(), of.bic.clone());
        if account(self) == account(before) {
            return Ok(None);
        }
        let mut changed = self.clone();
        changed.verification = changed.verification.filter(|new| before.verification.as_ref() != Some(new));
        changed.checked_on = changed.checked_on.filter(|_| changed.verification.is_some());
        Ok(Some(changed))
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "verified" {
            return Ok(Vec::new());
        }
        let changer: Option<Id> = revisions::table
            .filter(revisions::resource_id.eq(check.id).and(revisions::action.eq("update")))
            .order(revisions::revision.desc())
            .select(revisions::actor_id)
            .first(check.connection)
            .optional()?;
        let Some(changer) = changer else { return Ok(Vec::new()) };
        let own = person_of(check.connection, check.actor)?;
        let same = changer == check.actor || (own.is_some() && person_of(check.connection, changer)? == own);
        Ok(if same { vec![UnmetGuard::new("", "four_eyes", "Somebody else must verify it: you changed it last.")] } else { Vec::new() })
    }
}

/// Whether a text has the form of a business identifier code: four signs for the bank, two letters for the country, two signs for
/// the place and three, or none, for the branch.
fn is_bic(text: &str) -> bool {
    let country = text.get(4..6).is_some_and(|country| country.bytes().all(|byte| byte.is_ascii_uppercase()));
    matches!(text.len(), 8 | 11) && country && super::check_digits::is_plain(text)
}
