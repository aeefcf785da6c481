//! Contract versions: the texts that went back and forth until one was signed.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::choice;
use steward_core::error::{Error, Problem, Result};
use steward_core::resource::value::{Date, Note, Title, Whole};
use steward_core::resource::{Check, Id, Model, PartOf, Resource, Scope};
use steward_schema::vendors::contract_versions;

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
    /// Version of a contract's text, as one side sent it to the other.
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
        match check.before::<ContractVersion>()? {
            Some(before) if before.signed_on.is_some() && Model::to_json(self) != Model::to_json(before) => Err(signed("signed_on")),
            _ => Ok(()),
        }
    }

    fn check_removal(&self, _: &mut Check<'_>) -> Result<()> {
        if self.signed_on.is_some() { Err(signed("signed_on")) } else { Ok(()) }
    }
}

/// Refuses a change of what both sides have signed, or of a part of it (409).
pub fn require_unsigned(check: &mut Check<'_>, version: Id) -> Result<()> {
    let is_signed = contract_versions::table.find(version).filter(contract_versions::signed_on.is_not_null());
    if select(exists(is_signed)).get_result(check.connection)? { Err(signed("contract_version_id")) } else { Ok(()) }
}

fn signed(field: &str) -> Error {
    Problem::conflict(format!("/{field}"), "signed", "Both sides have signed this text: it stays as it is. Write an amendment.").into()
}
