//! Contract lines: what is bought under a contract, and at which price.

use crate::choice;
use crate::error::{Problem, Result};
use crate::resource::value::{Code, Currency, Date, Money, Note, Precise, PreciseMoney, Text, Title, Whole};
use crate::resource::{Check, Id, Lock, PartOf, Resource, Rule, Scope, ValidationErrors};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_schema::vendors::{amendments, contracts};

choice! {
    /// How a line is charged.
    pub enum ChargeKind {
        /// Once.
        OneTime = "one_time",
        /// Again and again, the same each time.
        Recurring = "recurring",
        /// By what is used.
        Usage = "usage",
    }
}

crate::resource! {
    /// A line of a contract with its price. It is written while the contract is a draft or in review, and later under an
    /// amendment.
    pub struct ContractLine {
        /// The contract.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Id,
        /// The amendment under which it is written, once the contract is approved.
        #[field(refers_to(&["vendors/amendments"]))]
        pub amendment_id: Option<Id>,
        /// Its place in the contract.
        pub position: Whole<1, 100_000>,
        /// The vendor's number for what is bought.
        #[field(search)]
        pub article: Option<Code>,
        /// What is bought.
        #[field(search)]
        pub title: Title,
        /// What belongs to it and what does not.
        #[field(search)]
        pub description: Option<Note>,
        /// How it is charged.
        #[field(default(|| json!("one_time")))]
        pub charge: ChargeKind,
        /// Every how many months it is charged; only if it recurs.
        pub interval_months: Option<Whole<1, 120>>,
        /// How much is agreed; none if it is called off as needed.
        pub quantity: Option<Precise>,
        /// What the quantity counts, such as piece, hour or user.
        pub unit: Text<1, 40>,
        /// The price of one, with up to 12 decimals, in the currency of the contract.
        pub unit_price: PreciseMoney,
        /// The first day on which it is charged, if not that of the contract.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// The last day on which it is charged, if not that of the contract.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Whether its price follows the index rule of the contract.
        #[field(default(|| json!(false)))]
        pub indexed: bool,
        /// The software that it is for.
        #[field(refers_to(&["infrastructure/software-products"]))]
        pub software_product_id: Option<Id>,
        /// The model of hardware that it is for.
        #[field(refers_to(&["infrastructure/device-types"]))]
        pub device_type_id: Option<Id>,
        /// The budget line that pays for it.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// The period of that budget line; none for the periods in which it is charged.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Option<Id>,
        /// What the contract commits of that budget line when it becomes active: in that period, or where none is named with each charge in
        /// the period of its day, also on the lines of active budgets of other years that name the contract. Only for what is paid without
        /// orders, since orders commit for themselves.
        pub committed_amount: Option<Money>,
    }
}

impl Resource for ContractLine {
    const PATH: &'static str = "vendors/contract-lines";
    type Table = steward_schema::vendors::contract_lines::table;
    const SCOPE: Scope = Scope::Within("contract_id");
    const TITLE: &'static str = "title";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("contract_id", &["draft", "in_review", "approved", "signed", "active", "suspended"]));
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "amendment_id", theirs: "contract_id", ours: "contract_id" }];

    fn sample() -> Self {
        ContractLine {
            contract_id: Id::sample(),
            amendment_id: None,
            position: Whole(10),
            article: Some("RACK-42U".into()),
            title: "Rack with 42 units".into(),
            description: Some("Power up to 7 kW is included.".into()),
            charge: ChargeKind::Recurring,
            interval_months: Some(Whole(1)),
            quantity: Precise::parse("12"),
            unit: "rack".into(),
            unit_price: PreciseMoney::sample("640.00", "EUR"),
            starts_on: Date::parse("2023-01-01"),
            ends_on: Date::parse("2025-12-31"),
            indexed: true,
            software_product_id: None,
            device_type_id: None,
            budget_line_id: None,
            fiscal_period_id: None,
            committed_amount: Some(Money::new(768_000, Currency::sample("EUR"))),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
        let recurs = self.charge == ChargeKind::Recurring;
        faults.require(recurs == self.interval_months.is_some(), "interval_months", "recurring", "An interval belongs to what recurs, and only to that.");
        faults.require(self.quantity.is_none_or(|quantity| quantity.0.is_sign_positive()), "quantity", "range", "Expected a quantity of 0 or more.");
        let same = self.committed_amount.is_none_or(|amount| amount.currency == self.unit_price.currency && amount.minor >= 0);
        faults.require(same, "committed_amount", "currency", "Expected an amount of 0 or more in the currency of the price.");
    }

    fn locks(&self) -> Vec<Lock> {
        [Some(self.contract_id), self.amendment_id].into_iter().flatten().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let contract = contracts::table.find(self.contract_id);
        let currency: Option<Currency> = contract.select(contracts::currency).first(check.connection).optional()?;
        if currency.is_some_and(|currency| currency != self.unit_price.currency) {
            return Err(Problem::conflict("/unit_price/currency", "currency", "The contract is in another currency. Use that one.").into());
        }
        self.require_open(check)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        self.require_open(check)
    }
}

impl ContractLine {
    /// Refuses a line of an approved contract that no amendment of it allows (409).
    fn require_open(&self, check: &mut Check<'_>) -> Result<()> {
        let amended = amendments::table
            .filter(amendments::contract_id.eq(contracts::id).and(amendments::state.eq_any(["approved", "signed"])))
            .filter(amendments::id.nullable().eq(self.amendment_id));
        let open = contracts::table.find(self.contract_id).filter(contracts::state.eq_any(["draft", "in_review"]).or(exists(amended)));
        if select(exists(open)).get_result(check.connection)? {
            return Ok(());
        }
        let advice = "The contract is approved. Name the approved or signed amendment of it under which this line is written.";
        Err(Problem::conflict("/amendment_id", "contract_state", advice).into())
    }
}
