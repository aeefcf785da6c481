//! Contract clauses: what a text says, and what a side wants it to say instead.

use super::contract_version::{Party, require_unsigned};
use crate::choice;
use crate::error::Result;
use crate::resource::value::{Note, Text, Title};
use crate::resource::{Check, Id, PartOf, Resource, Scope, ValidationErrors};
use serde_json::json;

choice! {
    /// How far the two sides are.
    pub enum ClauseStatus {
        /// Nobody has said anything about it.
        Unread = "unread",
        /// A side wants it changed.
        Open = "open",
        /// Both accept it as it reads, or as it is proposed.
        Agreed = "agreed",
        /// The proposal was turned down; the text stays.
        Rejected = "rejected",
    }
}

crate::resource! {
    /// A clause of a version of a contract, with the redline of it.
    pub struct ContractClause {
        /// The version that it is part of.
        #[field(refers_to(&["vendors/contract-versions"]))]
        pub contract_version_id: Id,
        /// Its number in the text, such as 12.3.
        pub number: Text<1, 40>,
        /// Its heading.
        #[field(search)]
        pub title: Title,
        /// What it says.
        #[field(search)]
        pub text: Note,
        /// What a side wants it to say instead.
        #[field(search)]
        pub proposed_text: Option<Note>,
        /// Which side wants that.
        pub proposing_party: Option<Party>,
        /// Why.
        pub reason: Option<Note>,
        /// How far the two sides are.
        #[field(default(|| json!("unread")))]
        pub status: ClauseStatus,
        /// Whether it departs from what the organisation usually agrees to.
        #[field(default(|| json!(false)))]
        pub deviates: bool,
        /// Who must agree to it for the organisation, such as a lawyer.
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
