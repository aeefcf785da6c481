//! Treatments: what is done about risks.

use super::appetite_breach::unmet_appetite;
use super::retained_risk::RETAINED_ABOVE_APPETITE;
use super::risk_kind::RiskKind;
use super::stale_runs::stale_targets;
use super::tested_control;
use super::treatment_kind::TreatmentKind;
use diesel::prelude::*;
use steward_core::access::account_of;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Instant, Money, Note, Percent, Title, Whole};
use steward_core::resource::{Cause, Check, Effect, Flag, Id, Lifecycle, Lock, Move, Own, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::security::risks;
use steward_schema::service::revisions;

steward_core::resource! {
    /// Treatment of a risk. It is verified by proof that it works: a passed test of the control; for avoiding, sharing, exploiting and
    /// enhancing its evidence; for retaining the owner's acceptance, or an exception where the risk is above the appetite. A conflict is
    /// raised when a risk that is retained comes to be above the appetite without an exception.
    pub struct Treatment {
        /// The risk.
        #[field(refers_to(&["security/risks"]), fixed)]
        pub risk_id: Id,
        /// Name of the treatment, in a line.
        #[field(search)]
        pub name: Title,
        /// Treatment option: `modify` and `avoid` for threats, `exploit` and `enhance` for opportunities, `share` and `retain` for both. It is
        /// fixed once the treatment is implemented.
        pub kind: TreatmentKind,
        /// Description of the treatment, step by step.
        #[field(search)]
        pub description: Option<Note>,
        /// Accountable owner.
        #[field(refers_to(&["teams/people"]))]
        pub owner_id: Option<Id>,
        /// Control that is introduced or improved.
        #[field(refers_to(&["governance/controls"]))]
        pub control_id: Option<Id>,
        /// Project that implements the treatment.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Option<Id>,
        /// Non-recurring cost.
        pub cost: Option<Money>,
        /// Annual cost.
        pub annual_cost: Option<Money>,
        /// Years of use over which the non-recurring cost is spread; the ranking takes its own `years` if this is left out.
        pub useful_life_years: Option<Whole<1, 30>>,
        /// Estimated reduction of the annual loss, for threats; the two quantifications come before it once both have been run.
        pub expected_reduction: Option<Money>,
        /// Quantification of the risk without the treatment.
        #[field(refers_to(&["security/risk-quantifications"]))]
        pub quantification_before_id: Option<Id>,
        /// Quantification of the risk with the treatment in place.
        #[field(refers_to(&["security/risk-quantifications"]), differs_from("quantification_before_id"))]
        pub quantification_after_id: Option<Id>,
        /// Start date.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Due date.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Progress in percent.
        pub progress_percent: Option<Percent>,
        /// Contract by which others share the risk, such as an insurance; for sharing.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Date on which the activity that led to the risk ended; for avoiding.
        #[field(happened)]
        pub activity_ended_on: Option<Date>,
        /// Document that proves the treatment; for avoiding, sharing, exploiting and enhancing.
        #[field(refers_to(&["platform/files"]))]
        pub evidence_file_id: Option<Id>,
        /// Date of acceptance by the owner of the risk, through the transition to `implemented`; for retaining. Null until then, and again
        /// once the treatment is reopened.
        #[field(read_only, happened)]
        pub accepted_on: Option<Date>,
    }
}

impl Resource for Treatment {
    const PATH: &'static str = "security/treatments";
    type Table = steward_schema::security::treatments::table;
    const SCOPE: Scope = Scope::Within("risk_id");
    const OWN: &'static [Own] = &[Own::named("owner_id"), Own::of("risk_id")];
    const BASIS: &'static [&'static str] = &["control_id", "project_id"];
    const FLAGS: &'static [Flag] = &[RETAINED_ABOVE_APPETITE];
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "quantification_before_id", theirs: "risk_id", ours: "risk_id" },
        Rule::Agrees { by: "quantification_after_id", theirs: "risk_id", ours: "risk_id" },
    ];
    const EDITABLE_IN: &'static [&'static str] = &["planned", "in_progress", "implemented"];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "planned→in_progress:start→implemented:implement→verified:verify; abandoned:abandon; implemented|verified→in_progress";
        Some(
            Lifecycle::new(notation)
                .given_up(&["abandoned"])
                .settled(&["implemented", "verified"])
                .named("implemented", "in_progress", "reopen")
                .named("verified", "in_progress", "reopen")
                .approving(&["verify"])
                .involving(&["owner_id"]),
        )
    }

    fn sample() -> Self {
        let euros = |amount: &str| Some(Money::sample(amount, "EUR"));
        Treatment {
            risk_id: Id::sample(),
            name: "No more orders by mail".into(),
            kind: TreatmentKind::Avoid,
            description: Some("Customers type their orders into the portal; the mailbox is closed.".into()),
            owner_id: None,
            control_id: None,
            project_id: None,
            cost: euros("18000"),
            annual_cost: euros("2400"),
            useful_life_years: Some(Whole(5)),
            expected_reduction: euros("30000"),
            quantification_before_id: None,
            quantification_after_id: None,
            starts_on: Date::parse("2026-03-01"),
            due_on: Date::parse("2026-06-30"),
            progress_percent: Some(steward_core::resource::value::Number(60.0)),
            contract_id: None,
            activity_ended_on: Date::parse("2026-05-31"),
            evidence_file_id: None,
            accepted_on: Date::parse("2026-06-01"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.due_on, "due_on");
        let alone = self.quantification_before_id.is_some() != self.quantification_after_id.is_some();
        let missing = if self.quantification_before_id.is_none() { "quantification_before_id" } else { "quantification_after_id" };
        faults.require(!alone, missing, "required", "Name both quantifications, or neither.");
        for (money, field) in [(self.cost, "cost"), (self.annual_cost, "annual_cost"), (self.expected_reduction, "expected_reduction")] {
            faults.require(money.is_none_or(|money| money.minor >= 0), field, "range", "Expected 0 or more.");
        }
        let reduces = self.kind.suits(RiskKind::Threat);
        for (given, field) in [(self.expected_reduction.is_some(), "expected_reduction"), (self.quantification_before_id.is_some(), "quantification_before_id")]
        {
            faults.require(reduces || !given, field, "kind", "An opportunity brings no loss that a treatment could reduce. Leave it out.");
        }
    }

    fn locks(&self) -> Vec<Lock> {
        [Some(self.risk_id), self.control_id].into_iter().flatten().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let is_changed = check.before::<Self>()?.is_some_and(|before| before.kind != self.kind);
        if is_changed && matches!(check.state, Some("implemented" | "verified")) {
            let detail = "The treatment was implemented as the option that it has. Reopen it to choose another, so that what that option asks for is asked.";
            return Err(Problem::conflict("/kind", "immutable", detail).into());
        }
        let kind: Option<RiskKind> = risks::table.find(self.risk_id).select(risks::kind).first(check.connection).optional()?;
        match kind {
            Some(RiskKind::Threat) if !self.kind.suits(RiskKind::Threat) => {
                Err(Problem::conflict("/kind", "kind", "The risk is a threat. Choose modify, avoid, share or retain.").into())
            }
            Some(RiskKind::Opportunity) if !self.kind.suits(RiskKind::Opportunity) => {
                Err(Problem::conflict("/kind", "kind", "The risk is an opportunity. Choose exploit, enhance, share or retain.").into())
            }
            _ => Ok(()),
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let accepted_on = match cause {
            Cause::Move(step) if step.to == "implemented" => (self.kind == TreatmentKind::Retain).then_some(check.today),
            // What is open again is accepted anew.
            Cause::Move(step) if step.to == "in_progress" => None,
            _ => return Ok(None),
        };
        Ok(Some(Treatment { accepted_on, ..self.clone() }))
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let retained = self.kind == TreatmentKind::Retain && matches!(step.to, "implemented" | "verified");
        if step.to != "verified" && !retained {
            return Ok(Vec::new());
        }
        let since = implemented_on(check)?;
        let missing = match self.kind {
            TreatmentKind::Modify => match self.control_id {
                None => Some(("/control_id", "required", "Name the control whose passed test shows that it works.")),
                Some(control) if tested_control::is_effective_since(check, control, since)? => None,
                Some(_) => {
                    let detail = "The control must be operating, and its latest operating test must have passed after the treatment was implemented and still be valid. Test it first.";
                    Some(("/control_id", "test", detail))
                }
            },
            TreatmentKind::Avoid if self.activity_ended_on.is_none() && self.evidence_file_id.is_none() => {
                Some(("/activity_ended_on", "required", "Say when the activity ended, or attach what shows it."))
            }
            TreatmentKind::Exploit | TreatmentKind::Enhance if self.evidence_file_id.is_none() => {
                Some(("/evidence_file_id", "required", "Attach what shows that the opportunity is realised or has become more likely or greater."))
            }
            TreatmentKind::Share if self.contract_id.is_none() && self.evidence_file_id.is_none() => {
                Some(("/contract_id", "required", "Name the contract by which others bear it, or attach what shows it."))
            }
            TreatmentKind::Retain if step.to == "implemented" && !accepts(check, self.risk_id)? => {
                Some(("", "owner", "To retain a risk is to accept it: the owner of the risk makes this move."))
            }
            TreatmentKind::Retain if step.to == "verified" && self.accepted_on.is_none() => {
                Some(("/accepted_on", "required", "The owner of the risk has not accepted it. Reopen the treatment, and have the owner implement it."))
            }
            TreatmentKind::Retain => return unmet_appetite(check, self.risk_id),
            _ => None,
        };
        Ok(missing.map(|(pointer, code, detail)| UnmetGuard::new(pointer, code, detail)).into_iter().collect())
    }

    fn effects_of_creation(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if self.control_id.is_some() { stale_targets(check, self.risk_id) } else { Ok(Vec::new()) }
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let is_same = check.before::<Self>()?.is_none_or(|before| before.control_id == self.control_id);
        if is_same { Ok(Vec::new()) } else { stale_targets(check, self.risk_id) }
    }

    fn effects(&self, _: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if self.control_id.is_some() { stale_targets(check, self.risk_id) } else { Ok(Vec::new()) }
    }
}

/// Whether the mover is the owner of a risk.
fn accepts(check: &mut Check<'_>, risk: Id) -> Result<bool> {
    let owner: Option<Option<Id>> = risks::table.find(risk).select(risks::owner_id).first(check.connection).optional()?;
    let person = account_of(check.connection, check.actor)?;
    Ok(person.is_some() && owner.flatten() == person)
}

/// The day on which the treatment was last implemented.
fn implemented_on(check: &mut Check<'_>) -> Result<Option<Date>> {
    let moves = revisions::table.filter(revisions::resource_id.eq(check.id).and(revisions::action.eq("implement")));
    let at: Option<Instant> = moves.order(revisions::revision.desc()).select(revisions::at).first(check.connection).optional()?;
    Ok(at.map(|at| at.date_in(check.zone)))
}
