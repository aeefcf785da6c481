//! Cost entries: the ledger, line by line.

use super::posting::{self, CostSource};
use crate::budget::funds;
use rust_decimal::Decimal;
use serde_json::json;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::ports::ledger::{FundsEvent, FundsRequest};
use steward_core::resource::value::{Currency, Date, DocumentNumber, Money, Note, Number, Percent, Precise, Whole};
use steward_core::resource::{Check, Id, Lock, Resource, Scope, Unique, ValidationErrors};

steward_core::resource! {
    /// Cost entry of the ledger. Append-only, and corrected only by a reversing entry. A closed period refuses entries. People write entries of
    /// the source `manual`, and import depreciation as `depreciation`; those of the other sources are booked by the service, and taken back
    /// by it with their invoice, receipt, time entry, accrual, prepayment or allocation run.
    pub struct CostEntry {
        /// Posting date, within the period.
        pub posted_on: Date,
        /// Fiscal period of the posting.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Id,
        /// Budget line that pays, of the same fiscal year; none if no budget pays.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// Cost category, where there is no budget line; else that of the line.
        #[field(refers_to(&["finance/cost-categories"]))]
        pub cost_category_id: Option<Id>,
        /// Cost center where the cost arises, where there is no budget line; else that of the line. It must be valid on the day of posting.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// Service for which the cost arises.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Vendor to be paid.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// First day of the service period.
        pub service_starts_on: Option<Date>,
        /// Last day of the service period.
        pub service_ends_on: Option<Date>,
        /// Net cost, without tax; negative for a credit or a reversal.
        pub net: Money,
        /// Tax rate in percent.
        pub tax_rate_percent: Option<Number<0, 100>>,
        /// Tax amount, by the tax rate where that is given.
        pub tax: Option<Money>,
        /// Recoverable share of the tax, in percent.
        #[field(default(|| json!(100)))]
        pub recoverable_percent: Percent,
        /// Gross cost: net + tax, exactly.
        pub gross: Money,
        /// Exchange rate: value of one unit of the entry's currency in that of the base amount; required if they differ.
        pub exchange_rate: Option<Precise>,
        /// Base amount, in the currency of the budget: net plus the non-recoverable tax, times the exchange rate, rounded once, half away
        /// from zero. Counted against budgets.
        pub base_amount: Money,
        /// Quantity delivered, in the unit of the budget line.
        pub quantity: Option<Precise>,
        /// Source type of the cost; `manual` or `depreciation` where a person writes the entry.
        pub source: CostSource,
        /// Source record of the cost.
        #[field(refers_to(&[
            "vendors/invoice-lines", "vendors/receipt-lines", "finance/accruals", "finance/prepayments", "finance/allocation-runs",
            "finance/allocations", "infrastructure/assets", "infrastructure/cloud-resources", "teams/people", "projects/time-entries"
        ]))]
        pub source_id: Option<Id>,
        /// Document number in the source, such as the own number of an invoice.
        #[field(unique)]
        pub document: DocumentNumber,
        /// Line number in the document. A line of a document of a source and vendor is booked once.
        #[field(default(|| json!(1)))]
        pub document_line: Whole<1, 1_000_000>,
        /// Commitment relieved by the entry, made by an order, a contract or an allocation; a reversal has that of what it reverses. Set by the
        /// service.
        #[field(refers_to(&["finance/commitments"]), read_only)]
        pub commitment_id: Option<Id>,
        /// Reason for exceeding the limit of its budget line, given by a holder of the budget's override role.
        #[field(read_only)]
        pub override_reason: Option<Note>,
        /// Id of the reversed entry, whose amounts this one negates. An entry is reversed at most once.
        pub reversal_of: Option<Id>,
        /// Free-text description.
        pub description: Option<Note>,
    }
}

impl Resource for CostEntry {
    const PATH: &'static str = "finance/cost-entries";
    type Table = steward_schema::finance::cost_entries::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const FACT: bool = true;
    const TITLE: &'static str = "document";
    const UNIQUE: &'static [Unique] = &[
        Unique { index: "cost_entries_vendor_document_key", fields: &["source", "vendor_id", "document", "document_line"] },
        Unique { index: "cost_entries_document_key", fields: &["source", "document", "document_line"] },
    ];

    fn sample() -> Self {
        let euros = |minor: i64| Money::new(minor, Currency::sample("EUR"));
        CostEntry {
            posted_on: Date::sample("2026-01-20"),
            fiscal_period_id: Id::sample(),
            budget_line_id: None,
            cost_category_id: None,
            cost_center_id: None,
            service_id: None,
            vendor_id: None,
            service_starts_on: Date::parse("2026-01-01"),
            service_ends_on: Date::parse("2026-01-31"),
            net: euros(250_000),
            tax_rate_percent: Some(Number(0.0)),
            tax: Some(euros(0)),
            recoverable_percent: Number(100.0),
            gross: euros(250_000),
            exchange_rate: Precise::parse("1"),
            base_amount: euros(250_000),
            quantity: Precise::parse("2"),
            source: CostSource::Depreciation,
            source_id: None,
            document: "DEP-2026-00071".into(),
            document_line: Whole(1),
            commitment_id: None,
            override_reason: None,
            reversal_of: None,
            description: Some("Depreciation of the server room in January, from the asset register.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.service_starts_on, self.service_ends_on, "service_ends_on");
        let tax = self.tax.map_or(0, |tax| tax.minor);
        let one_currency = self.gross.currency == self.net.currency && self.tax.is_none_or(|tax| tax.currency == self.net.currency);
        faults.require(one_currency, "gross", "currency", "Net, tax and gross have one currency.");
        self.require_tax(faults, tax);
        let placed = self.budget_line_id.is_some() || self.cost_center_id.is_some() || self.cost_category_id.is_some();
        let elsewhere = matches!(self.source, CostSource::Time | CostSource::Accrual | CostSource::Prepayment | CostSource::Depreciation);
        faults.require(placed || elsewhere, "cost_center_id", "required", "Say where the cost arises: name a budget line, or a cost center and its category.");
        faults.require(self.net.minor.checked_add(tax) == Some(self.gross.minor), "gross", "sum", "Gross is net plus tax, exactly.");
        let foreign = self.base_amount.currency != self.net.currency;
        let rate = self.exchange_rate.map(|rate| rate.0);
        faults.require(!foreign || rate.is_some(), "exchange_rate", "required", "Say what its currency is worth in that of the base amount.");
        faults.require(rate.is_none_or(|rate| rate > Decimal::ZERO), "exchange_rate", "range", "A rate is more than 0.");
        faults.require(foreign || rate.is_none_or(|rate| rate == Decimal::ONE), "exchange_rate", "range", "Within one currency the rate is 1. Leave it out.");
        let cost = posting::base_cost(self.net, tax, self.recoverable_percent.0, rate.unwrap_or(Decimal::ONE), self.base_amount.currency);
        faults.require(
            cost == Some(self.base_amount.minor),
            "base_amount",
            "sum",
            "The base amount is net plus the tax that does not come back, times the exchange rate, rounded once, half away from zero.",
        );
    }

    fn locks(&self) -> Vec<Lock> {
        let reversed = self.reversal_of.map(|entry| Lock::Named(format!("finance.cost_entries {entry}")));
        // Many at once pass no limit of a line: each waits for the one before.
        let line = self.budget_line_id.filter(|_| self.event().is_some()).map(Lock::Row);
        [Lock::Row(self.fiscal_period_id)].into_iter().chain(reversed).chain(line).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        posting::require_open(check, self.fiscal_period_id, self.posted_on)?;
        self.require_author(check)?;
        self.require_place(check)?;
        if let Some(line) = self.budget_line_id {
            posting::require_line(check, line, self.fiscal_period_id, self.base_amount.currency)?;
            self.require_funds(check, line)?;
        }
        match self.reversal_of {
            Some(entry) => self.require_reversal(check, entry),
            None => Ok(()),
        }
    }
}

impl CostEntry {
    /// The event by which the service books it against a budget; none for what others book, and for what takes back or gives back.
    fn event(&self) -> Option<FundsEvent> {
        let spends = self.reversal_of.is_none() && self.base_amount.minor > 0;
        match self.source {
            CostSource::Invoice if spends => Some(FundsEvent::Invoice),
            CostSource::Time if spends => Some(FundsEvent::Time),
            _ => None,
        }
    }

    /// Refuses an entry of a person that names a source by which only the service books (422): it would pass the control of the budget.
    fn require_author(&self, check: &Check<'_>) -> Result<()> {
        if check.actor == Id::system() || matches!(self.source, CostSource::Manual | CostSource::Depreciation) {
            return Ok(());
        }
        let detail = format!("Entries of the source {} are booked by the service. Write a manual entry, or book its source.", self.source.word());
        Err(Problem::invalid(vec![FieldError::new("/source", "by_service", detail)]).into())
    }

    /// Refuses what the budget line lacks, where the service books it for an invoice or for hours (409). What was promised is free for it by
    /// now. A person who books by hand is held by the permission to do so.
    fn require_funds(&self, check: &mut Check<'_>, budget_line: Id) -> Result<()> {
        let Some(event) = self.event().filter(|_| check.actor == Id::system()) else { return Ok(()) };
        let request = FundsRequest { budget_line, fiscal_period: self.fiscal_period_id, amount: self.base_amount, event };
        funds::require_spent(check, &request, self.override_reason.is_some(), self.commitment_id.is_some())
    }

    /// Refuses a tax that its rate does not give, or that has another sign than the cost (422). Documents round tax by line or in all,
    /// so that it may be off by a unit, or by a thousandth of the cost.
    fn require_tax(&self, faults: &mut ValidationErrors, tax: i64) {
        let sign = tax == 0 || self.net.minor == 0 || (tax > 0) == (self.net.minor > 0);
        faults.require(sign, "tax", "range", "The tax of a cost is not less than 0, and that of a credit not more.");
        let Some(rate) = self.tax_rate_percent.and_then(|rate| rate.0.to_string().parse::<Decimal>().ok()) else { return };
        let expected = Decimal::from(self.net.minor) * rate / Decimal::ONE_HUNDRED;
        let off = (Decimal::from(tax) - expected).abs();
        let allowed = (Decimal::from(self.net.minor).abs() / Decimal::ONE_THOUSAND).max(Decimal::ONE);
        faults.require(off <= allowed, "tax", "rate", "The tax is not what its rate gives: net · tax_rate_percent ÷ 100. Correct the one or the other.");
    }
}
