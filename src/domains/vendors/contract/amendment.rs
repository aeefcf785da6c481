//! Amendments: what changes a contract that is signed.

use super::amended_part::wrote_only_a_part;
use super::contract::Contract;
use super::contract_line::ContractLine;
use super::notice::{NoticePeriod, NoticeTo, RenewalKind};
use super::promise;
use crate::performance::sla_target::SlaTarget;
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::Result;
use steward_core::ports::authority::four_eyes;
use steward_core::resource::value::{Currency, Date, Money, Note, Title, Whole};
use steward_core::resource::{ApprovalAmount, Cause, Check, Due, Effect, Guard, Id, Lifecycle, Move, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::vendors::{contract_lines, sla_targets};

steward_core::resource! {
    /// Approved change of a contract. Its new terms are written into the contract once it is signed and its effective day has come; terms
    /// left out remain as they are. New lines, service level targets and obligations are written under it while it is a draft, and are fixed
    /// once it is approved; a line or a target that one of them replaces ends the day before.
    pub struct Amendment {
        /// The contract.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Id,
        /// Number of the amendment, from 1.
        pub number: Whole<1, 1000>,
        /// Title of the amendment.
        #[field(search)]
        pub title: Title,
        /// Description of the change, with its reason.
        #[field(search)]
        pub description: Option<Note>,
        /// Effective day. Until then the contract remains as it is.
        #[field(event)]
        pub effective_on: Date,
        /// Change of the contract value; negative for a reduction.
        pub value_change: Option<Money>,
        /// New last day of the contract.
        pub new_ends_on: Option<Date>,
        /// True if the contract has no end from now on.
        #[field(default(|| json!(false)))]
        pub new_evergreen: bool,
        /// New first day to which the contract can be ended.
        pub new_minimum_ends_on: Option<Date>,
        /// New renewal at the end of the term.
        pub new_renewal: Option<RenewalKind>,
        /// New length of a further term, in months.
        pub new_renewal_months: Option<Whole<1, 240>>,
        /// New notice period.
        pub new_notice_period: Option<NoticePeriod>,
        /// New days to which the contract can be ended.
        pub new_notice_to: Option<NoticeTo>,
        /// New maximum value of orders, in the currency of the contract.
        pub new_ceiling: Option<Money>,
        /// New payment term in days from the invoice.
        pub new_payment_days: Option<Whole<0, 365>>,
        /// New permitted locations of data.
        pub new_data_location: Option<Title>,
        /// Day on which a data processing agreement was signed with the amendment.
        pub new_dpa_signed_on: Option<Date>,
        /// Day on which the changes were written into the contract; null until then.
        #[field(read_only, happened)]
        pub applied_on: Option<Date>,
        /// The document.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for Amendment {
    const PATH: &'static str = "vendors/amendments";
    type Table = steward_schema::vendors::amendments::table;
    const SCOPE: Scope = Scope::Within("contract_id");
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const GUARDS: &'static [Guard] =
        &[Guard::referred(&["signed", "in_effect"], "contract_id", &["signed", "active", "suspended"]), Guard::reached(&["in_effect"], "effective_on")];
    const DUE: &'static [Due] = &[Due::on("in_effect", "effective_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(
            Lifecycle::new("draft→approved:approve→signed:sign→in_effect:take_effect")
                .approving(&["approve"])
                .worth(&[ApprovalAmount::Field("value_change"), ApprovalAmount::Field("new_ceiling")]),
        )
    }

    fn sample() -> Self {
        Amendment {
            contract_id: Id::sample(),
            number: Whole(1),
            title: "Four further racks".into(),
            description: Some("The second site grows; the term is longer in return.".into()),
            effective_on: Date::sample("2025-07-01"),
            value_change: Some(Money::new(9_216_000, Currency::sample("EUR"))),
            new_ends_on: Date::parse("2027-12-31"),
            new_evergreen: false,
            new_minimum_ends_on: Date::parse("2026-12-31"),
            new_renewal: Some(RenewalKind::Tacit),
            new_renewal_months: Some(Whole(12)),
            new_notice_period: Some(NoticePeriod { value: Whole(6), unit: super::notice::NoticeUnit::Months }),
            new_notice_to: Some(NoticeTo::EndOfTerm),
            new_ceiling: Some(Money::new(140_000_000, Currency::sample("EUR"))),
            new_payment_days: Some(Whole(30)),
            new_data_location: Some("European Union".into()),
            new_dpa_signed_on: Date::parse("2025-06-20"),
            applied_on: None,
            file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(
            !self.new_evergreen || self.new_ends_on.is_none(),
            "new_ends_on",
            "contradiction",
            "What is evergreen has no end. Leave one of the two out.",
        );
        let keeps = !self.new_evergreen || self.new_renewal.is_none_or(|renewal| renewal == RenewalKind::None);
        faults.require(keeps, "new_renewal", "contradiction", "What is evergreen is not renewed. Leave it out.");
    }

    /// What holds already when it is signed changes the contract at once.
    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let applies = match cause.to() {
            Some("signed") => self.effective_on <= check.today,
            Some("in_effect") => self.applied_on.is_none(),
            _ => false,
        };
        Ok(applies.then(|| Amendment { applied_on: Some(check.today), ..self.clone() }))
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let own = step.to == "approved" && wrote_only_a_part(check, check.id)?;
        Ok(if own { vec![four_eyes(step.from)] } else { Vec::new() })
    }

    /// What it promises is committed once it is signed, whenever its day comes.
    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let applies = match step.to {
            "signed" => self.effective_on <= check.today,
            "in_effect" => check.before::<Amendment>()?.is_some_and(|before| before.applied_on.is_none()),
            _ => false,
        };
        let mut effects = Vec::new();
        if step.to == "signed" && promise::is_committed(check, self.contract_id)? {
            effects.extend(promise::amend(check, self.contract_id, check.id)?);
        }
        if applies {
            effects.extend(self.ends_of_replaced(check)?);
        }
        if applies && self.has_new_terms() {
            let amendment = self.clone();
            effects.push(Effect::update(self.contract_id, move |contract: &mut Contract| amendment.change(contract)));
        }
        Ok(effects)
    }
}

impl Amendment {
    /// What its lines and service level targets replace ends the day before they begin.
    fn ends_of_replaced(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let mut effects = Vec::new();
        let lines = contract_lines::table.filter(contract_lines::amendment_id.eq(check.id).and(contract_lines::replaces_id.is_not_null()));
        let lines = lines.order(contract_lines::id).select((contract_lines::replaces_id.assume_not_null(), contract_lines::starts_on));
        for (line, starts_on) in lines.load::<(Id, Option<Date>)>(check.connection)? {
            let last = starts_on.unwrap_or(self.effective_on).earlier(1);
            effects.push(Effect::update(line, move |line: &mut ContractLine| line.ends_on = Some(line.ends_on.map_or(last, |known| known.min(last)))));
        }
        let targets = sla_targets::table.filter(sla_targets::amendment_id.eq(check.id).and(sla_targets::replaces_id.is_not_null()));
        let targets = targets.order(sla_targets::id).select((sla_targets::replaces_id.assume_not_null(), sla_targets::starts_on));
        for (target, starts_on) in targets.load::<(Id, Date)>(check.connection)? {
            let last = starts_on.earlier(1);
            effects.push(Effect::update(target, move |target: &mut SlaTarget| target.ends_on = Some(target.ends_on.map_or(last, |known| known.min(last)))));
        }
        Ok(effects)
    }

    /// True if it changes any term of its contract.
    fn has_new_terms(&self) -> bool {
        let dates = [self.new_ends_on, self.new_minimum_ends_on, self.new_dpa_signed_on];
        let renewal = self.new_renewal.is_some() || self.new_renewal_months.is_some();
        let notice = self.new_notice_period.is_some() || self.new_notice_to.is_some();
        let payment = self.new_ceiling.is_some() || self.new_payment_days.is_some();
        self.new_evergreen || dates.iter().any(Option::is_some) || renewal || notice || payment || self.new_data_location.is_some()
    }

    /// Changes the terms of its contract; what it leaves out stays.
    fn change(&self, contract: &mut Contract) {
        contract.ends_on = self.new_ends_on.or(contract.ends_on);
        // What is agreed about the end takes the place of a notice that was given before.
        contract.exit_on = contract.exit_on.filter(|_| self.new_ends_on.is_none());
        contract.minimum_ends_on = self.new_minimum_ends_on.or(contract.minimum_ends_on);
        contract.renewal = self.new_renewal.unwrap_or(contract.renewal);
        contract.renewal_months = self.new_renewal_months.or(contract.renewal_months);
        contract.notice_period = self.new_notice_period.clone().or_else(|| contract.notice_period.take());
        contract.notice_to = self.new_notice_to.unwrap_or(contract.notice_to);
        contract.ceiling = self.new_ceiling.or(contract.ceiling);
        contract.payment_days = self.new_payment_days.or(contract.payment_days);
        contract.data_location = self.new_data_location.clone().or_else(|| contract.data_location.take());
        contract.dpa_signed_on = self.new_dpa_signed_on.or(contract.dpa_signed_on);
        if self.new_evergreen {
            contract.ends_on = None;
            contract.exit_on = None;
            contract.renewal = RenewalKind::None;
            contract.renewal_months = None;
        }
    }
}
