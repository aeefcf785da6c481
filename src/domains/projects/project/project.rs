//! Projects: what is to be reached, by when, for how much, and by whose order.

use super::tolerance::Tolerances;
use crate::quality::gate::ProjectPhase;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::ports::{contracts, ledger};
use steward_core::resource::value::{Code, Date, Money, Note, Text, Title};
use steward_core::resource::{Cause, Check, Guard, Id, Lifecycle, Move, Own, Resource, Scope, Unique, UnmetGuard, ValidationErrors};
use steward_schema::projects::{assignments, baselines, deliverables, gates, work_items};

choice! {
    /// Priority of a project.
    pub enum ProjectPriority {
        /// Low: it can wait.
        Low = "low",
        /// Medium: normal priority.
        Medium = "medium",
        /// High: before most projects.
        High = "high",
        /// Critical: before all other projects.
        Critical = "critical",
    }
}

choice! {
    /// Delivery approach of a project.
    pub enum DeliveryApproach {
        /// Predictive: planned at the beginning, then followed.
        Predictive = "predictive",
        /// Agile: planned anew in short cycles.
        Agile = "agile",
        /// Hybrid: partly predictive, partly agile.
        Hybrid = "hybrid",
    }
}

steward_core::value! {
    /// Success criterion of a project.
    pub struct SuccessCriterion {
        /// Metric and its unit.
        pub metric: Title,
        /// Value before the project.
        pub baseline: Option<Text<1, 100>>,
        /// Target value.
        pub target: Text<1, 100>,
        /// Date by which the target is to be met.
        pub due_on: Option<Date>,
        /// Actual value achieved.
        pub actual: Option<Text<1, 100>>,
    }
}

/// The verb of who approves the charter.
pub const APPROVE_CHARTER: &str = "approve_charter";

steward_core::resource! {
    /// Project from its charter to its end. It is executed once its charter is approved, a baseline is current and a budget funds it; it
    /// goes on to the next phase once the gates of the one before are passed or waived; it is closed once its deliverables are accepted or
    /// waived and its people are released. From execution on, the records that its closing depends on cannot be deleted.
    pub struct Project {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Subject of the project.
        #[field(search)]
        pub description: Option<Note>,
        /// Portfolio that it is part of.
        #[field(refers_to(&["projects/portfolios"]))]
        pub portfolio_id: Option<Id>,
        /// Initiative that it carries out.
        #[field(refers_to(&["strategy/initiatives"]))]
        pub initiative_id: Option<Id>,
        /// Primary objective; further ones are linked by alignments.
        #[field(refers_to(&["strategy/objectives"]))]
        pub objective_id: Option<Id>,
        /// Service that operates its product.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Sponsor, who commissions and funds it and is accountable for its benefits.
        #[field(refers_to(&["teams/people"]))]
        pub sponsor_id: Option<Id>,
        /// Project manager.
        #[field(refers_to(&["teams/people"]))]
        pub manager_id: Option<Id>,
        /// Priority of the project.
        #[field(default(|| json!("medium")))]
        pub priority: ProjectPriority,
        /// Delivery approach.
        #[field(default(|| json!("hybrid")))]
        pub approach: DeliveryApproach,
        /// Project charter: rationale, scope and exclusions, decision rights.
        #[field(search)]
        pub charter: Option<Note>,
        /// Signed charter.
        #[field(refers_to(&["platform/files"]))]
        pub charter_file_id: Option<Id>,
        /// Date of the approval of the charter (`POST …/charter-approval`); null again once the charter changes. Required for `executing`.
        #[field(read_only, happened)]
        pub charter_approved_on: Option<Date>,
        /// Person who approved the charter, other than the project manager.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub charter_approver_id: Option<Id>,
        /// Success criteria.
        #[field(default(|| json!([])))]
        pub success_criteria: Vec<SuccessCriterion>,
        /// First day of the project.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day of the project.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Budget in total.
        pub budget: Option<Money>,
        /// Budget that funds it; required for `executing`.
        #[field(refers_to(&["finance/budgets"]))]
        pub budget_id: Option<Id>,
        /// Calendar of its working days; Monday to Friday if left out.
        #[field(refers_to(&["platform/calendars"]))]
        pub calendar_id: Option<Id>,
        /// Tolerances in time, cost, scope, quality, risk and benefit.
        pub tolerances: Option<Tolerances>,
    }
}

impl Resource for Project {
    const PATH: &'static str = "projects/projects";
    type Table = steward_schema::projects::projects::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[
        Own::named("manager_id").only(&["read"]),
        Own::named("sponsor_id").only(&["read", APPROVE_CHARTER]),
        Own::behind("projects/project-roles", "project_id"),
        Own::beyond("projects/work-items", "project_id"),
    ];
    const BASIS: &'static [&'static str] = &["initiative_id"];
    const OWNED: bool = false;
    const UNIQUE: &'static [Unique] = &[Unique { index: "projects_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["proposed", "initiating", "planning", "executing", "on_hold", "closing"];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["executing"], &["charter", "budget_id"]),
        Guard::referred(&["executing"], "budget_id", &["approved", "active"]),
        Guard::all_in(&["closed"], "projects/work-items", "project_id", &["done", "cancelled"]),
        Guard::all_in(&["closed"], "projects/gates", "project_id", &["passed", "waived"]),
        Guard::none_in(&["closed"], "finance/allocations", "work_id", &["proposed", "confirmed", "active"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "proposed→initiating:initiate→planning:start_planning→executing:execute↔on_hold:hold; \
            executing→closing:start_closing→closed:close; cancelled:cancel";
        Some(Lifecycle::new(notation).given_up(&["cancelled"]).named("on_hold", "executing", "resume"))
    }

    fn sample() -> Self {
        Project {
            code: "DC-MOVE".into(),
            name: "Move to the second data centre".into(),
            description: Some("All production moves to the new site without an outage of more than an hour.".into()),
            portfolio_id: None,
            initiative_id: None,
            objective_id: None,
            service_id: None,
            sponsor_id: None,
            manager_id: None,
            priority: ProjectPriority::High,
            approach: DeliveryApproach::Hybrid,
            charter: Some("The lease of the old site ends in a year. The office network stays where it is.".into()),
            charter_file_id: None,
            charter_approved_on: Date::parse("2026-01-20"),
            charter_approver_id: None,
            success_criteria: vec![SuccessCriterion {
                metric: "Hours of unplanned outage a quarter".into(),
                baseline: Some("6".into()),
                target: "1".into(),
                due_on: Date::parse("2027-03-31"),
                actual: Some("2".into()),
            }],
            starts_on: Date::parse("2026-02-02"),
            ends_on: Date::parse("2026-12-18"),
            budget: Some(Money::sample("480000.00", "EUR")),
            budget_id: None,
            calendar_id: None,
            tolerances: Some(Tolerances::sample()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
        let other = self.charter_approver_id.is_none() || self.charter_approver_id != self.manager_id;
        faults.require(other, "manager_id", "approver", "That person has approved the charter and does not run the project as well. Name another.");
        if let Some(tolerances) = &self.tolerances {
            faults.within("tolerances", |faults| tolerances.judge(faults));
        }
    }

    /// An approval is of the charter as it was.
    fn stamped(&self, _: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let rewritten = self.charter.is_some() && check.before::<Project>()?.is_some_and(|before| before.charter != self.charter);
        Ok(rewritten.then(|| Project { charter_approved_on: None, charter_approver_id: None, ..self.clone() }))
    }

    fn unmet_in(&self, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if state != "executing" {
            return Ok(Vec::new());
        }
        let mut unmet = Vec::new();
        let current = baselines::table.filter(baselines::project_id.eq(check.id)).filter(baselines::state.eq("current"));
        if !select(exists(current)).get_result::<bool>(check.connection)? {
            unmet.push(UnmetGuard::new("", "baseline", "It has no current baseline. Approve one and make it current first."));
        }
        let approved = self.charter.is_none() || self.charter_approved_on.is_some();
        let detail = "The charter as it stands is not approved. Its sponsor, or somebody else who does not run the project, approves it (charter-approval); \
            put the project on hold to change the charter.";
        if !approved {
            unmet.push(UnmetGuard::new("/charter_approved_on", "required", detail));
        }
        Ok(unmet)
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let mut unmet = undecided_gates(step, check)?;
        if step.to == "closed" {
            let open = deliverables::table.filter(deliverables::project_id.eq(check.id)).filter(deliverables::state.ne_all(["accepted", "waived"]));
            if select(exists(open)).get_result(check.connection)? {
                unmet.push(UnmetGuard::new("", "deliverables", "Some deliverables are neither accepted nor waived. Have that decided first."));
            }
            let items = work_items::table.filter(work_items::project_id.eq(check.id)).select(work_items::id);
            let allocations: Vec<Id> = assignments::table
                .filter(assignments::work_item_id.eq_any(items.into_boxed::<Dialect>()))
                .filter(assignments::allocation_id.is_not_null())
                .select(assignments::allocation_id.assume_not_null())
                .distinct()
                .load(check.connection)?;
            if ledger::any_unfinished(check, &allocations)? {
                unmet.push(UnmetGuard::new("", "allocations", "People are still allocated to it. Complete or release those allocations first."));
            }
            let kept = contracts::not_handed_over(check, check.id)?;
            unmet.extend(kept.into_iter().map(|(id, code)| {
                let detail =
                    format!("The contract {code} (vendors/contracts/{id}) runs on and is not handed over. Name the service that has it in its service_id.");
                UnmetGuard::new("", "contracts", detail)
            }));
        }
        Ok(unmet)
    }
}

/// The gates of the phase that a move ends at which it is not decided that the project goes on.
fn undecided_gates(step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let goes_on = [("initiating", "planning"), ("planning", "executing"), ("executing", "closing")].contains(&(step.from, step.to));
    let Some(phase) = ProjectPhase::from_word(step.from).filter(|_| goes_on) else { return Ok(Vec::new()) };
    let open = gates::table
        .filter(gates::project_id.eq(check.id))
        .filter(gates::phase.eq(phase))
        .filter(gates::state.ne_all(["passed", "conditional", "waived"]))
        .order((gates::sequence, gates::id))
        .limit(20);
    let open: Vec<(Title, String)> = open.select((gates::name, gates::state)).load(check.connection)?;
    let told = |(name, state): (Title, String)| {
        let detail = format!("The gate \"{}\" ends the phase {} and is {state}. It must be passed, passed conditionally or waived first.", name.0, step.from);
        UnmetGuard::new("", "gate", detail)
    };
    Ok(open.into_iter().map(told).collect())
}
