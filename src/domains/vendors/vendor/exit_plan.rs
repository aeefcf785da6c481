//! Exit plans: how the organisation would leave a vendor, and whether that was tried.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Currency, Date, Money, Note, Title, Whole};
use steward_core::resource::{ApprovalAmount, Guard, Id, Lifecycle, Resource, Rule, Scope, StateException};

choice! {
    /// Scenario of an exit.
    pub enum ExitScenario {
        /// Orderly exit at the end of the contract.
        Planned = "planned",
        /// Immediate exit, because the vendor fails or is forbidden.
        Stressed = "stressed",
    }
}

choice! {
    /// Result of a test of an exit plan.
    pub enum ExitTestResult {
        /// The plan works.
        Passed = "passed",
        /// The plan works in part.
        Partly = "partly",
        /// The plan does not work.
        Failed = "failed",
    }
}

steward_core::value! {
    /// Step of an exit.
    pub struct ExitStep {
        /// Work to be done.
        pub title: Title,
        /// Duration in days.
        pub duration_days: Whole<0, 3650>,
        /// Responsible team, role or next vendor.
        pub responsible: Option<Title>,
    }
}

steward_core::resource! {
    /// Plan for leaving a vendor: the alternative, the steps, the cost and the result of the last test. An approved plan stays as it was
    /// approved, except for its tests, its review and the person responsible; it goes back to draft to change.
    pub struct ExitPlan {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Contract, if only that would be left.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Title of the plan.
        #[field(search)]
        pub title: Title,
        /// Scenario of the exit.
        pub scenario: ExitScenario,
        /// Events that trigger the exit.
        #[field(search)]
        pub triggers: Option<Note>,
        /// Alternative source: another vendor, or the organisation itself.
        #[field(search)]
        pub alternative: Note,
        /// Successor vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub alternative_vendor_id: Option<Id>,
        /// The steps, in order.
        #[field(default(|| json!([])))]
        pub steps: Vec<ExitStep>,
        /// Return of the data: procedure, format and deletion at the vendor.
        pub data_return: Option<Note>,
        /// Months for which the vendor must help after the end.
        pub transition_months: Option<Whole<0, 60>>,
        /// Estimated cost of the exit.
        pub estimated_cost: Option<Money>,
        /// Estimated duration in days.
        pub estimated_days: Option<Whole<0, 3650>>,
        /// Person who keeps the plan up to date.
        #[field(refers_to(&["teams/people"]))]
        pub responsible_id: Option<Id>,
        /// Day of the last test.
        #[field(happened)]
        pub tested_on: Option<Date>,
        /// Result of the last test.
        pub test_result: Option<ExitTestResult>,
        /// Lessons of the last test.
        #[field(search)]
        pub test_notes: Option<Note>,
        /// Due day of the next review.
        #[field(recurring)]
        pub review_due_on: Option<Date>,
        /// Full plan as a file.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for ExitPlan {
    const PATH: &'static str = "vendors/exit-plans";
    type Table = steward_schema::vendors::exit_plans::table;
    const SCOPE: Scope = Scope::Within("vendor_id");
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const STATE_EXCEPTIONS: &'static [StateException] = &[StateException::editable(
        &["approved"],
        &["responsible_id", "tested_on", "test_result", "test_notes", "review_due_on"],
        "An approved plan is tested and reviewed. Return it to draft to change it.",
    )];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "contract_id", theirs: "vendor_id", ours: "vendor_id" }];
    const GUARDS: &'static [Guard] = &[Guard::set(&["approved"], &["steps", "data_return"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(
            Lifecycle::new("draft→approved:approve→draft:return_to_draft; retired:retire")
                .given_up(&["retired"])
                .approving(&["approve"])
                .worth(&[ApprovalAmount::Field("estimated_cost")]),
        )
    }

    fn sample() -> Self {
        let step = |title: &str, days, whom: &str| ExitStep { title: title.into(), duration_days: Whole(days), responsible: Some(whom.into()) };
        ExitPlan {
            vendor_id: Id::sample(),
            contract_id: None,
            title: "Leaving both data centres".into(),
            scenario: ExitScenario::Planned,
            triggers: Some("Notice by either side, or two missed quarters of availability.".into()),
            alternative: "Two sites of another vendor within 50 km.".into(),
            alternative_vendor_id: None,
            steps: vec![step("Order lines to the new sites", 90, "Network team"), step("Move the racks, a row a weekend", 120, "Hosting team")],
            data_return: Some("Disks are ours and leave with us; the vendor confirms that nothing stays.".into()),
            transition_months: Some(Whole(6)),
            estimated_cost: Some(Money::new(42_000_000, Currency::sample("EUR"))),
            estimated_days: Some(Whole(300)),
            responsible_id: None,
            tested_on: Date::parse("2026-02-10"),
            test_result: Some(ExitTestResult::Partly),
            test_notes: Some("The lines took longer to order than planned.".into()),
            review_due_on: Date::parse("2027-02-10"),
            file_id: None,
        }
    }

    fn rules(&self, faults: &mut steward_core::resource::ValidationErrors) {
        let other = self.alternative_vendor_id.is_none_or(|vendor| vendor != self.vendor_id);
        faults.require(other, "alternative_vendor_id", "same", "A vendor does not follow itself. Name another one.");
        let paired = self.tested_on.is_some() == self.test_result.is_some();
        faults.require(paired, if self.tested_on.is_some() { "test_result" } else { "tested_on" }, "required", "A test has a day and a result.");
    }
}
