//! Renewals: the decision whether a contract goes on, made before its notice deadline.

use super::contract::{Contract, NoticeCounts};
use super::decision::{decisions_of, given};
use super::notice::Terms;
use super::promise;
use diesel::prelude::*;
use steward_core::access::person_of;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Money, Note, Title};
use steward_core::resource::{Cause, Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, StateException, ValidationErrors};
use steward_schema::vendors::contracts;

/// The states in which it is decided.
const DECIDED: [&str; 4] = ["decided_renew", "decided_renegotiate", "decided_replace", "decided_exit"];

steward_core::resource! {
    /// Renewal case of a contract: arguments for and against going on, and the decision.
    pub struct Renewal {
        /// The contract.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Id,
        /// Title of the case.
        #[field(search)]
        pub title: Title,
        /// Due day of the decision.
        #[field(deadline)]
        pub decision_due_on: Date,
        /// Last day of the term in question; null if the contract is evergreen.
        #[field(deadline)]
        pub term_ends_on: Option<Date>,
        /// Analyst who prepares the decision.
        #[field(refers_to(&["teams/people"]))]
        pub analyst_id: Option<Id>,
        /// Person who is to decide; fixed once the case is analysed.
        #[field(refers_to(&["teams/people"]))]
        pub approver_id: Option<Id>,
        /// Person who decided, written by the move to the decision; null before, and where the decider's account is linked to no person.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub decider_id: Option<Id>,
        /// Date of the decision, written by the same move; null before.
        #[field(read_only, happened)]
        pub decided_on: Option<Date>,
        /// Review of the contract: use, service levels, incidents, prices.
        #[field(search)]
        pub analysis: Option<Note>,
        /// Alternatives, with the cost of changing.
        pub alternatives: Option<Note>,
        /// Price that the vendor asks for a further term.
        pub offered_price: Option<Money>,
        /// Price of the term that ends.
        pub current_price: Option<Money>,
        /// Rationale of the decision.
        #[field(search)]
        pub rationale: Option<Note>,
        /// Day on which notice was sent.
        #[field(happened)]
        pub notice_sent_on: Option<Date>,
        /// Day on which the vendor received the notice.
        #[field(happened)]
        pub notice_received_on: Option<Date>,
        /// Successor contract.
        #[field(refers_to(&["vendors/contracts"]))]
        pub successor_id: Option<Id>,
        /// Document that proves the notice or the extension of the term.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for Renewal {
    const PATH: &'static str = "vendors/renewals";
    type Table = steward_schema::vendors::renewals::table;
    const SCOPE: Scope = Scope::Within("contract_id");
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["opened"];
    const STATE_EXCEPTIONS: &'static [StateException] = &[
        StateException::editable(
            &["analysed"],
            &[
                "title",
                "decision_due_on",
                "term_ends_on",
                "analyst_id",
                "analysis",
                "alternatives",
                "offered_price",
                "current_price",
                "rationale",
                "notice_sent_on",
                "notice_received_on",
                "successor_id",
                "file_id",
            ],
            "The case goes to the person who is to decide once it is analysed.",
        ),
        StateException::editable(
            &DECIDED,
            &["notice_sent_on", "notice_received_on", "successor_id", "file_id"],
            "A decision stays as it was made. What follows from it becomes known later.",
        ),
    ];
    const GUARDS: &'static [Guard] = &[Guard::set(&["analysed"], &["analysis"]), Guard::set(&DECIDED, &["rationale"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "opened→analysed:analyse\
            →decided_renew:decide_renew|decided_renegotiate:decide_renegotiate|decided_replace:decide_replace|decided_exit:decide_exit\
            →done:finish";
        Some(Lifecycle::new(notation))
    }

    fn sample() -> Self {
        let euro = steward_core::resource::value::Currency::sample("EUR");
        Renewal {
            contract_id: Id::sample(),
            title: "Hosting after 2026".into(),
            decision_due_on: Date::sample("2026-09-30"),
            term_ends_on: Date::parse("2026-12-31"),
            analyst_id: None,
            approver_id: None,
            decider_id: None,
            decided_on: None,
            analysis: Some("Both sites held what was promised; prices rose by 3 % a year.".into()),
            alternatives: Some("Two other sites in reach; the move would take a year.".into()),
            offered_price: Some(Money::new(9_400_000, euro)),
            current_price: Some(Money::new(9_216_000, euro)),
            rationale: Some("The price is fair and a move would cost more than it saves.".into()),
            notice_sent_on: Date::parse("2026-05-20"),
            notice_received_on: Date::parse("2026-05-22"),
            successor_id: None,
            file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.notice_sent_on, self.notice_received_on, "notice_received_on");
        faults.span(Some(self.decision_due_on), self.term_ends_on, "term_ends_on");
        let differ = self.successor_id.is_none_or(|successor| successor != self.contract_id);
        faults.require(differ, "successor_id", "same", "A contract does not come after itself. Name another one.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.contract_id)]
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if !cause.to().is_some_and(|to| DECIDED.contains(&to)) {
            return Ok(None);
        }
        Ok(Some(Renewal { decider_id: person_of(check.connection, check.actor)?, decided_on: Some(check.today), ..self.clone() }))
    }

    fn effects(&self, _: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        self.exit(check)
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        self.exit(check)
    }
}

impl Renewal {
    /// The end that a notice gives the contract, and what is not committed any more after it.
    fn exit(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let binding = contracts::table.find(self.contract_id).filter(contracts::state.eq_any(["approved", "signed", "active", "suspended"]));
        let found: Option<(Terms, NoticeCounts, Option<Date>)> =
            binding.select((Terms::as_select(), contracts::notice_counts, contracts::exit_on)).first(check.connection).optional()?;
        let Some((terms, counts, known)) = found else { return Ok(Vec::new()) };
        let decided = decisions_of(check, self.contract_id)?;
        let exit_on = given(&decided, &terms, counts, check.today).map(|notice| notice.ends_on);
        if exit_on == known {
            return Ok(Vec::new());
        }
        let mut effects = Vec::new();
        if promise::is_committed(check, self.contract_id)? {
            effects.extend(promise::end(check, self.contract_id, exit_on)?);
        }
        effects.push(Effect::update(self.contract_id, move |contract: &mut Contract| contract.exit_on = exit_on));
        Ok(effects)
    }
}
