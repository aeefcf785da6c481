//! Contract clauses: what a text says, and what a side wants it to say instead.

use super::contract_version::{Party, require_unsigned};
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Note, Text, Title};
use steward_core::resource::{Check, Id, PartOf, Resource, Scope, ValidationErrors};

choice! {
    /// Status of the negotiation of a clause.
    pub enum ClauseStatus {
        /// Not yet commented on.
        Unread = "unread",
        /// Change requested by a side.
        Open = "open",
        /// Accepted by both sides as it reads, or as it is proposed.
        Agreed = "agreed",
        /// Proposal turned down; the text remains.
        Rejected = "rejected",
    }
}

steward_core::resource! {
    /// Clause of a version of a contract, with its redline.
    pub struct ContractClause {
        /// Contract version that contains the clause.
        #[field(refers_to(&["vendors/contract-versions"]))]
        pub contract_version_id: Id,
        /// Number in the text, such as 12.3.
        pub number: Text<1, 40>,
        /// Heading of the clause.
        #[field(search)]
        pub title: Title,
        /// Text of the clause.
        #[field(search)]
        pub text: Note,
        /// Proposed replacement text.
        #[field(search)]
        pub proposed_text: Option<Note>,
        /// Party that proposes the change.
        pub proposing_party: Option<Party>,
        /// Reason for the proposal.
        pub reason: Option<Note>,
        /// Status of the negotiation.
        #[field(default(|| json!("unread")))]
        pub status: ClauseStatus,
        /// True if the clause deviates from the organisation's usual terms.
        #[field(default(|| json!(false)))]
        pub deviates: bool,
        /// Reviewer who must agree for the organisation, such as a lawyer.
        #[field(refers_to(&["teams/people"]))]
        pub reviewer_id: Option<Id>,
    }
}

impl Resource for ContractClause {
    const PATH: &'static str = "vendors/contract-clauses";
    type Table = steward_schema::vendors::contract_clauses::table;
    const SCOPE: Scope = Scope::Within("contract_version_id");
    const TITLE: &'static str = "title";
    const PART_OF: Option<PartOf> = Some(PartOf::of("contract_version_id"));

    fn sample() -> Self {
        ContractClause {
            contract_version_id: Id::sample(),
            number: "12.3".into(),
            title: "Liability".into(),
            text: "The vendor is liable up to the fee of one year.".into(),
            proposed_text: Some("The vendor is liable up to twice the fee of one year.".into()),
            proposing_party: Some(Party::Ours),
            reason: Some("A loss of both sites costs more than a year's fee.".into()),
            status: ClauseStatus::Agreed,
            deviates: true,
            reviewer_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let (proposed, side) = (self.proposed_text.is_some(), self.proposing_party.is_some());
        faults.require(proposed == side, if side { "proposed_text" } else { "proposing_party" }, "required", "A proposal and whose it is belong together.");
        faults.require(proposed || self.status != ClauseStatus::Rejected, "proposed_text", "required", "Say what was turned down.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_unsigned(check, self.contract_version_id)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_unsigned(check, self.contract_version_id)
    }
}
