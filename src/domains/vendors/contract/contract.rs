//! Contracts: what is agreed with a vendor, for how long, and how it can be ended.

use super::handover::{BINDING, Handover};
use super::index_rule::{CapBasis, IndexRule};
use super::notice::{NoticePeriod, NoticeTo, RenewalKind, Terms, last_day};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::ports::ledger;
use steward_core::resource::value::{Code, Currency, Date, Money, Note, Number, Precise, Title, Whole};
use steward_core::resource::{
    ApprovalAmount, Check, Due, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, StateException, Unique, UnmetGuard, ValidationErrors,
};
use steward_schema::vendors::contract_lines;

choice! {
    /// Kind of a contract.
    pub enum ContractKind {
        /// Framework: terms under which orders are placed.
        Framework = "framework",
        /// Purchase.
        Purchase = "purchase",
        /// Software or a cloud service for a limited time.
        Subscription = "subscription",
        /// Right to use software.
        Licence = "licence",
        /// Maintenance and support.
        Maintenance = "maintenance",
        /// Work by the vendor's people.
        Services = "services",
        /// Function that the vendor runs for the organisation.
        Outsourcing = "outsourcing",
        /// Lease of hardware or space.
        Lease = "lease",
        /// Confidentiality agreement.
        Confidentiality = "confidentiality",
        /// Anything else.
        Other = "other",
    }
}

choice! {
    /// Criterion for a notice to be in time.
    pub enum NoticeCounts {
        /// Receipt by the vendor by the deadline.
        ReceivedBy = "received_by",
        /// Dispatch by the deadline.
        SentBy = "sent_by",
    }
}

steward_core::resource! {
    /// Agreement with a vendor. Once it is approved only a signed amendment changes it.
    pub struct Contract {
        /// Number under which it is filed, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Title as both parties know it.
        #[field(search)]
        pub title: Title,
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Kind of contract.
        pub kind: ContractKind,
        /// Project that concludes it. The project is closed once its contracts that run on name a service.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Option<Id>,
        /// Service that it supports in operation; it may be named until the contract has ended.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Parent contract whose terms apply, such as a framework. The tree of contracts has no circles.
        #[field(refers_to(&["vendors/contracts"]))]
        pub parent_id: Option<Id>,
        /// Vendor's number of the contract.
        #[field(search)]
        pub vendor_reference: Option<Title>,
        /// First day.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the first term; null if it is evergreen.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// First day to which the contract can be ended at all.
        #[field(deadline)]
        pub minimum_ends_on: Option<Date>,
        /// Last day by a notice that was given, as its renewal says; null if none was. The contract expires after it, whatever its renewal.
        #[field(read_only, event)]
        pub exit_on: Option<Date>,
        /// Renewal at the end of the term.
        #[field(default(|| json!("none")))]
        pub renewal: RenewalKind,
        /// Length of a further term in months; needed for a tacit renewal.
        pub renewal_months: Option<Whole<1, 240>>,
        /// Notice period before the end.
        pub notice_period: Option<NoticePeriod>,
        /// Days to which the contract can be ended.
        #[field(default(|| json!("end_of_term")))]
        pub notice_to: NoticeTo,
        /// Criterion for a notice to be in time: receipt by the vendor, or dispatch.
        #[field(default(|| json!("received_by")))]
        pub notice_counts: NoticeCounts,
        /// Form and address of a notice.
        pub notice_form: Option<Title>,
        /// Currency of its prices and orders.
        pub currency: Currency,
        /// Maximum value of orders under the contract, in its currency.
        pub ceiling: Option<Money>,
        /// Payment term in days from the invoice.
        pub payment_days: Option<Whole<0, 365>>,
        /// Payment terms in words, such as a discount for early payment.
        pub payment_terms: Option<Note>,
        /// Rule by which prices follow an index.
        pub index_rule: Option<IndexRule>,
        /// Maximum liability of the vendor.
        pub liability_cap: Option<Money>,
        /// Governing law.
        pub governing_law: Option<Title>,
        /// Countries or regions where data may be stored.
        pub data_location: Option<Title>,
        /// True if the vendor handles personal data under the contract.
        #[field(default(|| json!(false)))]
        pub personal_data: bool,
        /// Day on which the data processing agreement was signed.
        #[field(happened)]
        pub dpa_signed_on: Option<Date>,
        /// True if the organisation and its supervisors may audit the vendor.
        #[field(default(|| json!(false)))]
        pub audit_right: bool,
        /// True if the contract supports a critical or important function (DORA).
        #[field(default(|| json!(false)))]
        pub critical_function: bool,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Contract {
    const PATH: &'static str = "vendors/contracts";
    type Table = steward_schema::vendors::contracts::table;
    const SCOPE: Scope = Scope::Unit;
    const TITLE: &'static str = "title";
    const UNIQUE: &'static [Unique] = &[Unique { index: "contracts_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft", "in_review"];
    const STATE_EXCEPTIONS: &'static [StateException] = &[
        StateException::by_service(
            &["approved", "signed", "active", "suspended"],
            "Before it is signed it goes back into review; once it is signed only a signed amendment changes it. Write one.",
        ),
        StateException::editable(
            &["approved", "signed", "active", "suspended"],
            &["service_id"],
            "Which service has it is the organisation's own affair, and told once its project hands it over.",
        ),
    ];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id")];
    const GUARDS: &'static [Guard] = &[
        Guard::part(&["signed"], "vendors/contract-versions"),
        Guard::referred(&["active"], "vendor_id", &["qualified", "active"]),
        Guard::reached(&["active"], "starts_on"),
    ];
    const DUE: &'static [Due] = &[
        Due::on("active", "starts_on").from(&["signed"]),
        Due::after("expired", "ends_on").only("renewal", &["none", "express"]),
        Due::after("expired", "exit_on"),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft:return_to_draft↔in_review:submit_for_review→approved:approve→signed:sign→active:activate↔suspended:suspend; \
            approved→in_review; active→expired:expire|terminated:terminate|renewed:renew; suspended→terminated; \
            expired|terminated→closed:close";
        Some(
            Lifecycle::new(notation)
                .settled(&["expired", "terminated"])
                .named("suspended", "active", "resume")
                .approving(&["approve"])
                .worth(&[ApprovalAmount::Field("ceiling")]),
        )
    }

    fn sample() -> Self {
        let euro = Currency::sample("EUR");
        Contract {
            code: "C-2023-017".into(),
            title: "Hosting of both data centres".into(),
            vendor_id: Id::sample(),
            kind: ContractKind::Outsourcing,
            project_id: None,
            service_id: None,
            parent_id: None,
            vendor_reference: Some("DH-88213".into()),
            starts_on: Date::sample("2023-01-01"),
            ends_on: Date::parse("2025-12-31"),
            minimum_ends_on: Date::parse("2024-12-31"),
            exit_on: None,
            renewal: RenewalKind::Tacit,
            renewal_months: Some(Whole(12)),
            notice_period: Some(NoticePeriod { value: Whole(3), unit: super::notice::NoticeUnit::Months }),
            notice_to: NoticeTo::EndOfTerm,
            notice_counts: NoticeCounts::ReceivedBy,
            notice_form: Some("In writing, to the address of the contract".into()),
            currency: euro,
            ceiling: Some(Money::new(120_000_000, euro)),
            payment_days: Some(Whole(30)),
            payment_terms: Some("2 % discount within ten days.".into()),
            index_rule: Some(IndexRule {
                index: "Consumer price index, Statistics Netherlands".into(),
                base_month: "2022-12".into(),
                base_value: Precise::parse("125.41"),
                reference_month: Whole(9),
                cap_percent: Some(Number(4.0)),
                floor_percent: Some(Number(0.0)),
                cap_basis: CapBasis::Annual,
                fixed_share_percent: Number(20.0),
            }),
            liability_cap: Some(Money::new(200_000_000, euro)),
            governing_law: Some("Netherlands".into()),
            data_location: Some("European Union".into()),
            personal_data: true,
            dpa_signed_on: Date::parse("2022-12-15"),
            audit_right: true,
            critical_function: true,
            description: Some("Space, power and hands for both sites.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), self.ends_on, "ends_on");
        faults.span(Some(self.starts_on), self.minimum_ends_on, "minimum_ends_on");
        faults.require(
            self.minimum_ends_on.is_none_or(|least| self.ends_on.is_none_or(|end| least <= end)),
            "minimum_ends_on",
            "after_end",
            "It ends before that day already.",
        );
        let tacit = self.renewal == RenewalKind::Tacit;
        faults.require(!tacit || self.renewal_months.is_some(), "renewal_months", "required", "Say how many months a tacit renewal adds.");
        faults.require(
            self.renewal == RenewalKind::None || self.ends_on.is_some(),
            "ends_on",
            "required",
            "Only what has an end can be renewed. Say when it ends.",
        );
        let term = self.ends_on.filter(|_| self.notice_to == NoticeTo::EndOfTerm).zip(self.notice_period.as_ref());
        let within = term.is_none_or(|(end, period)| last_day(end, period).is_some_and(|last| last >= self.starts_on));
        faults.require(within, "notice_period", "longer_than_term", "Notice would have to be given before the contract starts. Shorten the period.");
        let in_currency = |money: Option<Money>| money.is_none_or(|money| money.currency == self.currency && money.minor >= 0);
        faults.require(in_currency(self.ceiling), "ceiling", "currency", "Expected an amount of 0 or more in the currency of the contract.");
        if let Some(rule) = &self.index_rule {
            faults.within("index_rule", |faults| rule.judge(faults));
        }
    }

    fn locks(&self) -> Vec<Lock> {
        // The project is not closed meanwhile.
        self.project_id.into_iter().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        // The service itself writes what a signed amendment changes.
        if check.actor == Id::system() {
            return Ok(());
        }
        self.require_handover(check)?;
        if matches!(check.state, None | Some("draft" | "in_review")) {
            let other = contract_lines::table.filter(contract_lines::contract_id.eq(check.id).and(contract_lines::unit_price_currency.ne(self.currency)));
            return super::frozen_record::require_no_line(check, select(exists(other)), "/currency");
        }
        Ok(())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let mut unmet = if BINDING.contains(&step.to) { self.handover().unmet(check)?.into_iter().collect() } else { Vec::new() };
        if step.to == "active" && self.personal_data && self.dpa_signed_on.is_none() {
            let detail = "The vendor handles personal data: a data processing agreement must be signed first. Sign an amendment that names its day.";
            unmet.push(UnmetGuard::new("/dpa_signed_on", "required", detail));
        }
        if step.to == "expired" {
            unmet.extend(self.unmet_end(check.today));
        }
        Ok(unmet)
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        match (step.from, step.to) {
            ("signed", "active") => super::promise::commit(check, check.id),
            (_, "expired" | "terminated" | "renewed") => {
                let lines = contract_lines::table.filter(contract_lines::contract_id.eq(check.id)).select(contract_lines::id);
                let lines: Vec<Id> = lines.load(check.connection)?;
                ledger::release(check, &lines)
            }
            _ => Ok(Vec::new()),
        }
    }
}

impl Contract {
    /// What is missing before it expires: the end that a notice gives it, else that of its term, must have passed.
    fn unmet_end(&self, today: Date) -> Option<UnmetGuard> {
        let (pointer, last) = if self.exit_on.is_some() { ("/exit_on", self.exit_on) } else { ("/ends_on", self.ends_on) };
        match last {
            None => Some(UnmetGuard::new(pointer, "required", "Set ends_on first.")),
            Some(last) if today <= last => {
                Some(UnmetGuard::new(pointer, "not_yet", format!("Not until the end of {} ({last}).", pointer.trim_start_matches('/'))))
            }
            Some(_) => None,
        }
    }

    fn handover(&self) -> Handover {
        Handover { project: self.project_id, service: self.service_id, ends_on: self.ends_on, renewal: self.renewal, exit_on: self.exit_on }
    }

    /// Refuses to take the service away that its closed project has handed it over to (409).
    fn require_handover(&self, check: &mut Check<'_>) -> Result<()> {
        let binds = check.state.is_some_and(|state| BINDING.contains(&state));
        if !binds || check.before::<Contract>()?.is_none_or(|before| before.service_id.is_none()) {
            return Ok(());
        }
        match self.handover().unmet(check)? {
            Some(UnmetGuard(error)) => Err(Problem::conflict(error.pointer, "handover", error.detail).into()),
            None => Ok(()),
        }
    }

    /// What decides when it can end.
    pub fn terms(&self) -> Terms {
        Terms {
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            minimum_ends_on: self.minimum_ends_on,
            renewal: self.renewal,
            renewal_months: self.renewal_months.map(|months| months.0),
            notice: self.notice_period.clone(),
            notice_to: self.notice_to,
        }
    }
}
