//! Contract versions: the texts that went back and forth until one was signed.

use super::amended_part::WRITTEN;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::choice;
use steward_core::error::{Error, Problem, Result};
use steward_core::resource::value::{Date, Note, Title, Whole};
use steward_core::resource::{Check, Id, Model, PartOf, Resource, Scope};
use steward_schema::vendors::{contract_versions, contracts};

choice! {
    /// Party to a contract.
    pub enum Party {
        /// The organisation.
        Ours = "ours",
        /// The vendor.
        Theirs = "theirs",
    }
}

steward_core::resource! {
    /// Version of a contract's text, as one side sent it to the other. Once the contract is approved only the signature is added: `signed_on`,
    /// `signatory_id` and `vendor_signatory`.
    pub struct ContractVersion {
        /// The contract.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Id,
        /// Number of the version, from 1.
        pub number: Whole<1, 1000>,
        /// Title, such as a draft after the first meeting.
        #[field(search)]
        pub title: Title,
        /// Party that wrote the text.
        pub author: Party,
        /// Day on which it was sent to the other side.
        #[field(happened)]
        pub sent_on: Option<Date>,
        /// Day of signature by both sides; null if it was not signed. From then on the version and its clauses are fixed.
        #[field(happened)]
        pub signed_on: Option<Date>,
        /// Signatory for the organisation.
        #[field(refers_to(&["teams/people"]))]
        pub signatory_id: Option<Id>,
        /// Signatory for the vendor.
        pub vendor_signatory: Option<Title>,
        /// The document.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// Changes since the version before.
        #[field(search)]
        pub changes: Option<Note>,
    }
}

impl Resource for ContractVersion {
    const PATH: &'static str = "vendors/contract-versions";
    type Table = steward_schema::vendors::contract_versions::table;
    const SCOPE: Scope = Scope::Within("contract_id");
    const TITLE: &'static str = "title";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("contract_id", &["draft", "in_review", "approved"]));

    fn sample() -> Self {
        ContractVersion {
            contract_id: Id::sample(),
            number: Whole(3),
            title: "Text for signature".into(),
            author: Party::Ours,
            sent_on: Date::parse("2022-12-10"),
            signed_on: None,
            signatory_id: None,
            vendor_signatory: Some("Ruben Sand".into()),
            file_id: None,
            changes: Some("The liability cap is now twice the annual fee.".into()),
        }
    }

    fn rules(&self, faults: &mut steward_core::resource::ValidationErrors) {
        faults.span(self.sent_on, self.signed_on, "signed_on");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let before = check.before::<ContractVersion>()?;
        if before.is_some_and(|before| before.signed_on.is_some() && Model::to_json(self) != Model::to_json(before)) {
            return Err(signed("signed_on"));
        }
        if before.is_some_and(|before| Model::to_json(&self.signed_as(before)) == Model::to_json(before)) {
            return Ok(());
        }
        require_written(check, self.contract_id)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        if self.signed_on.is_some() {
            return Err(signed("signed_on"));
        }
        require_written(check, self.contract_id)
    }
}

impl ContractVersion {
    /// The same with the signature of another.
    fn signed_as(&self, other: &ContractVersion) -> ContractVersion {
        ContractVersion { signed_on: other.signed_on, signatory_id: other.signatory_id, vendor_signatory: other.vendor_signatory.clone(), ..self.clone() }
    }
}

/// Refuses another text than the one that was approved (409).
fn require_written(check: &mut Check<'_>, contract: Id) -> Result<()> {
    let approved = contracts::table.find(contract).filter(contracts::state.ne_all(WRITTEN));
    if !select(exists(approved)).get_result(check.connection)? {
        return Ok(());
    }
    let detail = "The contract is approved with its text as it is: only the signature is added. Return it to review to change the text.";
    Err(Problem::conflict("/contract_id", "contract_state", detail).into())
}

/// Refuses a change of a part of a text that both sides have signed, or that was approved (409).
pub fn require_unsigned(check: &mut Check<'_>, version: Id) -> Result<()> {
    let of_version = contract_versions::table.find(version).select((contract_versions::contract_id, contract_versions::signed_on.is_not_null()));
    match of_version.first::<(Id, bool)>(check.connection).optional()? {
        Some((_, true)) => Err(signed("contract_version_id")),
        Some((contract, false)) => require_written(check, contract),
        None => Ok(()),
    }
}

fn signed(field: &str) -> Error {
    Problem::conflict(format!("/{field}"), "signed", "Both sides have signed this text: it stays as it is. Write an amendment.").into()
}
