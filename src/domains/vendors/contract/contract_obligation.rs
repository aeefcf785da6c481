//! Contract obligations: what a side must do under a contract, and by when.

use super::contract_version::Party;
use steward_core::resource::value::{Date, Note, Title, Whole};
use steward_core::resource::{Guard, Id, Lifecycle, Resource, Scope};

steward_core::resource! {
    /// Obligation of a party under a contract.
    pub struct ContractObligation {
        /// The contract.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Id,
        /// Obliged party.
        pub party: Party,
        /// Title of the obligation.
        #[field(search)]
        pub title: Title,
        /// Wording of the contract.
        #[field(search)]
        pub description: Option<Note>,
        /// Clause that contains the obligation.
        #[field(refers_to(&["vendors/contract-clauses"]))]
        pub contract_clause_id: Option<Id>,
        /// Due day.
        #[field(deadline)]
        pub due_on: Date,
        /// Interval in months after which it is due again; null if it is due once.
        pub interval_months: Option<Whole<1, 120>>,
        /// Lead time of the reminder, in days before it is due.
        pub reminder_days: Option<Whole<0, 365>>,
        /// Person responsible in the organisation.
        #[field(refers_to(&["teams/people"]))]
        pub responsible_id: Option<Id>,
        /// Evidence of the fulfilment, or reason why it was not or need not be fulfilled.
        pub outcome: Option<Note>,
        /// Document that proves it.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for ContractObligation {
    const PATH: &'static str = "vendors/contract-obligations";
    type Table = steward_schema::vendors::contract_obligations::table;
    const SCOPE: Scope = Scope::Within("contract_id");
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["open"];
    const GUARDS: &'static [Guard] = &[Guard::after(&["missed"], "due_on"), Guard::set(&["waived"], &["outcome"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("open→met:meet|missed:miss|waived:waive").given_up(&["missed", "waived"]))
    }

    fn sample() -> Self {
        ContractObligation {
            contract_id: Id::sample(),
            party: Party::Theirs,
            title: "Report of the yearly penetration test".into(),
            description: Some("With the findings and what is done about them.".into()),
            contract_clause_id: None,
            due_on: Date::sample("2026-03-31"),
            interval_months: Some(Whole(12)),
            reminder_days: Some(Whole(30)),
            responsible_id: None,
            outcome: Some("The report came on 20 March.".into()),
            file_id: None,
        }
    }
}
