//! Exit plans: how the organisation would leave a vendor, and whether that was tried.

use crate::choice;
use crate::resource::value::{Currency, Date, Money, Note, Title, Whole};
use crate::resource::{ApprovalAmount, Guard, Id, Lifecycle, Resource, Rule, Scope};
use serde_json::json;

choice! {
    /// Why a vendor is left.
    pub enum ExitScenario {
        /// In good order, at the end of the contract.
        Planned = "planned",
        /// At once, because the vendor fails or is forbidden.
        Stressed = "stressed",
    }
}

choice! {
    /// What came of a test.
    pub enum ExitTestResult {
        /// The plan works.
        Passed = "passed",
        /// It works in part.
        Partly = "partly",
        /// It does not work.
        Failed = "failed",
    }
}

crate::value! {
    /// A step of an exit.
    pub struct ExitStep {
        /// What is done.
        pub title: Title,
        /// How many days it takes.
        pub duration_days: Whole<0, 3650>,
        /// Who does it: a team, a role or the next vendor.
        pub responsible: Option<Title>,
    }
}

crate::resource! {
    /// How the organisation would leave a vendor: where to, in which steps, at which cost, and whether that was tried.
    pub struct ExitPlan {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// The contract, if only that would be left.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// What it is called.
        #[field(search)]
        pub title: Title,
        /// Why the vendor is left.
        pub scenario: ExitScenario,
        /// What sets it off.
        #[field(search)]
        pub triggers: Option<Note>,
        /// Where to: another vendor, or the organisation itself.
        #[field(search)]
        pub alternative: Note,
        /// The vendor that would follow.
        #[field(refers_to(&["vendors/vendors"]))]
        pub alternative_vendor_id: Option<Id>,
        /// The steps, in order.
        #[field(default(|| json!([])))]
        pub steps: Vec<ExitStep>,
        /// How data is taken out, in which form, and how it is deleted over there.
        pub data_return: Option<Note>,
        /// For how many months the vendor must help after the end.
        pub transition_months: Option<Whole<0, 60>>,
        /// What it would cost.
        pub estimated_cost: Option<Money>,
        /// How many days it would take.
        pub estimated_days: Option<Whole<0, 3650>>,
        /// The person who keeps it up to date.
        #[field(refers_to(&["teams/people"]))]
        pub responsible_id: Option<Id>,
        /// The day on which it was last tried.
        #[field(happened)]
        pub tested_on: Option<Date>,
        /// What came of it.
        pub test_result: Option<ExitTestResult>,
        /// What was learned.
        #[field(search)]
        pub test_notes: Option<Note>,
        /// The day by which it is looked at again.
        #[field(recurring)]
        pub review_due_on: Option<Date>,
        /// The plan in full.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for ExitPlan {
    const PATH: &'static str = "vendors/exit-plans";
    type Table = steward_schema::vendors::exit_plans::table;
    const SCOPE: Scope = Scope::Within("vendor_id");
    const TITLE: &'static str = "title";
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

    fn rules(&self, faults: &mut crate::resource::ValidationErrors) {
        let other = self.alternative_vendor_id.is_none_or(|vendor| vendor != self.vendor_id);
        faults.require(other, "alternative_vendor_id", "same", "A vendor does not follow itself. Name another one.");
        let paired = self.tested_on.is_some() == self.test_result.is_some();
        faults.require(paired, if self.tested_on.is_some() { "test_result" } else { "tested_on" }, "required", "A test has a day and a result.");
    }
}
