//! Contract obligations: what a side must do under a contract, and by when.

use super::amended_part::{require_both_open, require_open, require_recordable};
use super::contract_version::Party;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Title, Whole};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Lock, PartOf, Resource, Rule, Scope};

steward_core::resource! {
    /// Obligation of a party under a contract. Once the contract is approved its terms are fixed, and what is newly agreed is written under
    /// an amendment while that is a draft; what was agreed before may still be recorded once the contract is signed; its fulfilment, its reminder and the person responsible may change while it is open.
    pub struct ContractObligation {
        /// The contract.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Id,
        /// Amendment under which it is written, once the contract is approved.
        #[field(refers_to(&["vendors/amendments"]))]
        pub amendment_id: Option<Id>,
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
    const PART_OF: Option<PartOf> =
        Some(PartOf::while_in("contract_id", &["draft", "in_review", "approved", "signed", "active", "suspended", "expired", "terminated"]));
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "amendment_id", theirs: "contract_id", ours: "contract_id" }];
    const EDITABLE_IN: &'static [&'static str] = &["open"];
    const GUARDS: &'static [Guard] = &[Guard::after(&["missed"], "due_on"), Guard::set(&["waived"], &["outcome"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("open→met:meet|missed:miss|waived:waive").given_up(&["missed", "waived"]))
    }

    fn sample() -> Self {
        ContractObligation {
            contract_id: Id::sample(),
            amendment_id: None,
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

    fn locks(&self) -> Vec<Lock> {
        [Some(self.contract_id), self.amendment_id].into_iter().flatten().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if let Some(before) = check.before::<ContractObligation>()? {
            if self.terms() == before.terms() {
                return Ok(());
            }
            return require_both_open(check, (before.contract_id, before.amendment_id), (self.contract_id, self.amendment_id));
        }
        require_recordable(check, self.contract_id, self.amendment_id)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_open(check, self.contract_id, self.amendment_id)
    }
}

impl ContractObligation {
    /// What is agreed of it.
    fn terms(&self) -> impl PartialEq + use<'_> {
        let clause = (self.contract_id, self.amendment_id, self.contract_clause_id);
        (clause, self.party, &self.title.0, self.description.as_ref().map(|text| &text.0), self.due_on, self.interval_months.map(|months| months.0))
    }
}
