//! Contract lines: what is bought under a contract, and at which price.

use super::amended_part::{require_both_open, require_open};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Currency, Date, Money, Note, Precise, PreciseMoney, Text, Title, Whole};
use steward_core::resource::{Check, Id, Lock, PartOf, Resource, Rule, Scope, ValidationErrors};
use steward_schema::vendors::{amendments, contract_lines, contracts};

choice! {
    /// Kind of charge of a line.
    pub enum ChargeKind {
        /// One-time charge.
        OneTime = "one_time",
        /// Recurring charge, the same each time.
        Recurring = "recurring",
        /// Charge by usage.
        Usage = "usage",
    }
}

steward_core::resource! {
    /// Line of a contract with its price. It is written while the contract is a draft or in review, and later under an amendment while that
    /// is a draft. A line of a signed contract changes by a new line that replaces it.
    pub struct ContractLine {
        /// The contract.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Id,
        /// Amendment under which the line is written, once the contract is approved. The line binds once the amendment is signed.
        #[field(refers_to(&["vendors/amendments"]))]
        pub amendment_id: Option<Id>,
        /// Line of the same contract that this one replaces: it ends the day before this one begins, once the amendment takes effect. With a
        /// quantity of 0 it ends without a replacement.
        #[field(refers_to(&["vendors/contract-lines"]))]
        pub replaces_id: Option<Id>,
        /// Position in the contract.
        pub position: Whole<1, 100_000>,
        /// Vendor's article number.
        #[field(search)]
        pub article: Option<Code>,
        /// Title of the line.
        #[field(search)]
        pub title: Title,
        /// Scope of the line, with exclusions.
        #[field(search)]
        pub description: Option<Note>,
        /// Kind of charge.
        #[field(default(|| json!("one_time")))]
        pub charge: ChargeKind,
        /// Charging interval in months; only for a recurring charge.
        pub interval_months: Option<Whole<1, 120>>,
        /// Agreed quantity; null if it is called off as needed.
        pub quantity: Option<Precise>,
        /// Unit of the quantity, such as piece, hour or user.
        pub unit: Text<1, 40>,
        /// Unit price, with up to 12 decimals, in the currency of the contract.
        pub unit_price: PreciseMoney,
        /// First day of the charge, if not that of the contract or of the amendment.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day of the charge, if not that of the contract.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// True if the price follows the index rule of the contract.
        #[field(default(|| json!(false)))]
        pub indexed: bool,
        /// Software product that the line covers.
        #[field(refers_to(&["infrastructure/software-products"]))]
        pub software_product_id: Option<Id>,
        /// Hardware model that the line covers.
        #[field(refers_to(&["infrastructure/device-types"]))]
        pub device_type_id: Option<Id>,
        /// Budget line that pays for it.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// Period of that budget line; null for the periods in which the line is charged.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Option<Id>,
        /// Amount that the contract commits on the budget line when it becomes active, or when the amendment of the line is signed: in the
        /// given period, or without one with each charge in the period of its day, also on the lines of budgets of other years that name the
        /// contract, once they are active. Charges after the known end of the contract are released. Orders for the line take over
        /// what they commit themselves.
        pub committed_amount: Option<Money>,
    }
}

impl Resource for ContractLine {
    const PATH: &'static str = "vendors/contract-lines";
    type Table = steward_schema::vendors::contract_lines::table;
    const SCOPE: Scope = Scope::Within("contract_id");
    const TITLE: &'static str = "title";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("contract_id", &["draft", "in_review", "approved", "signed", "active", "suspended"]));
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "amendment_id", theirs: "contract_id", ours: "contract_id" },
        Rule::Agrees { by: "replaces_id", theirs: "contract_id", ours: "contract_id" },
    ];

    fn sample() -> Self {
        ContractLine {
            contract_id: Id::sample(),
            amendment_id: None,
            replaces_id: None,
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
        let amends = self.replaces_id.is_none() || self.amendment_id.is_some();
        faults.require(amends, "amendment_id", "required", "A line is replaced under an amendment. Name it, or change the line itself.");
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
        let now = (self.contract_id, self.amendment_id);
        let before = check.before::<ContractLine>()?.map_or(now, |before| (before.contract_id, before.amendment_id));
        require_both_open(check, before, now)?;
        self.require_replaceable(check)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_open(check, self.contract_id, self.amendment_id)
    }
}

impl ContractLine {
    /// Refuses to replace a line that begins no earlier (409): it would never have been charged.
    fn require_replaceable(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(replaced) = self.replaces_id else { return Ok(()) };
        let begins = match (self.starts_on, self.amendment_id) {
            (Some(starts_on), _) => Some(starts_on),
            (None, Some(amendment)) => amendments::table.find(amendment).select(amendments::effective_on).first(check.connection).optional()?,
            (None, None) => None,
        };
        let of_replaced = contract_lines::table.inner_join(contracts::table).filter(contract_lines::id.eq(replaced));
        let found: Option<(Option<Date>, Date)> = of_replaced.select((contract_lines::starts_on, contracts::starts_on)).first(check.connection).optional()?;
        let Some((starts_on, first)) = found else { return Ok(()) };
        let began = starts_on.unwrap_or(first);
        if replaced == check.id || begins.is_none_or(|begins| begins <= began) {
            let detail = format!("The line that it replaces begins on {began}: a replacement begins later. Set starts_on.");
            return Err(Problem::conflict("/replaces_id", "before_start", detail).into());
        }
        Ok(())
    }
}
