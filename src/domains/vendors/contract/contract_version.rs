//! Contract versions: the texts that went back and forth until one was signed.

use crate::choice;
use crate::resource::value::{Date, Note, Title, Whole};
use crate::resource::{Id, PartOf, Resource, Scope};

choice! {
    /// A side of a contract.
    pub enum Party {
        /// The organisation.
        Ours = "ours",
        /// The vendor.
        Theirs = "theirs",
    }
}

crate::resource! {
    /// A text of a contract, as one side sent it to the other.
    pub struct ContractVersion {
        /// The contract.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Id,
        /// Its number, counted from 1.
        pub number: Whole<1, 1000>,
        /// What it is called, such as a draft after the first meeting.
        #[field(search)]
        pub title: Title,
        /// Whose text it is.
        pub author: Party,
        /// The day on which it was sent to the other side.
        pub sent_on: Option<Date>,
        /// The day on which both sides signed it; none if it was not signed.
        pub signed_on: Option<Date>,
        /// Who signed it for the organisation.
        #[field(refers_to(&["teams/people"]))]
        pub signatory_id: Option<Id>,
        /// Who signed it for the vendor.
        pub vendor_signatory: Option<Title>,
        /// The document.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// What changed since the version before.
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
            signed_on: Date::parse("2022-12-15"),
            signatory_id: None,
            vendor_signatory: Some("Ruben Sand".into()),
            file_id: None,
            changes: Some("The liability cap is now twice the annual fee.".into()),
        }
    }

    fn rules(&self, faults: &mut crate::resource::ValidationErrors) {
        faults.span(self.sent_on, self.signed_on, "signed_on");
    }
}
