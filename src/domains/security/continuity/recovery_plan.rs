//! Recovery plans: how services and information are brought back.

use super::business_process::{RECOVERABLE, Seconds};
use super::recovery_step;
use crate::risk::repetition;
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::Result;
use steward_core::resource::value::{Code, Date, Email, Note, Text, Title, Whole};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Move, Resource, Rule, Scope, Unique, UnmetGuard, ValidationErrors};
use steward_schema::security::recovery_plans;

steward_core::value! {
    /// Subject in the scope of a recovery plan.
    pub struct PlanScope {
        /// Service, information asset, device or virtual machine to recover.
        #[field(refers_to(RECOVERABLE))]
        pub subject_id: Id,
        /// Recovery time objective (RTO), in seconds; the steps that name the subject, and those that name none, keep it.
        pub rto_seconds: Option<Seconds>,
        /// Recovery point objective (RPO): tolerable loss of work, in seconds.
        pub rpo_seconds: Option<Seconds>,
    }
}

steward_core::value! {
    /// A role in a recovery.
    pub struct PlanRole {
        /// Name of the role, such as head of recovery.
        pub name: Title,
        /// Person in the role.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Option<Id>,
        /// Deputy who takes the role when that person is away.
        #[field(refers_to(&["teams/people"]))]
        pub deputy_id: Option<Id>,
        /// Duties of the role.
        pub duties: Option<Note>,
    }
}

steward_core::value! {
    /// Contact to call in a recovery.
    pub struct PlanContact {
        /// Name of the contact.
        pub name: Title,
        /// Telephone number.
        pub phone: Option<Text<3, 40>>,
        /// E-mail address.
        pub email: Option<Email>,
        /// Purpose and occasion of the call.
        pub note: Option<Note>,
    }
}

steward_core::resource! {
    /// Plan for the recovery of services and information after a disaster (ISO/IEC 27031, ISO 22301). It can be changed while it is a draft
    /// and stays as approved; a further plan replaces it.
    pub struct RecoveryPlan {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Purpose of the plan.
        #[field(search)]
        pub description: Option<Note>,
        /// Scope: subjects to recover, each once. Tests and activations measure each of them.
        #[field(default(|| json!([])))]
        pub scope: Vec<PlanScope>,
        /// Trigger for the activation, and who decides on it.
        #[field(search)]
        pub trigger: Note,
        /// Roles of the plan and their duties.
        #[field(default(|| json!([])))]
        pub roles: Vec<PlanRole>,
        /// Contacts to call.
        #[field(default(|| json!([])))]
        pub contacts: Vec<PlanContact>,
        /// Site where the plan is carried out.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub recovery_site_id: Option<Id>,
        /// Plan that this one replaces.
        #[field(refers_to(&["security/recovery-plans"]))]
        pub replaces_id: Option<Id>,
        /// Test interval in months.
        #[field(default(|| json!(12)))]
        pub test_interval_months: Whole<1, 60>,
        /// Date of the next review.
        #[field(recurring)]
        pub review_due_on: Option<Date>,
        /// Document of the plan, as kept in the safe.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for RecoveryPlan {
    const PATH: &'static str = "security/recovery-plans";
    type Table = steward_schema::security::recovery_plans::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "recovery_plans_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[Rule::Tree("replaces_id")];
    const GUARDS: &'static [Guard] = &[Guard::part(&["approved"], "security/recovery-steps")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→approved:approve→active:activate→retired:retire").approving(&["approve"]))
    }

    fn sample() -> Self {
        RecoveryPlan {
            code: "RP-ORDERS".into(),
            name: "Order management in the second data centre".into(),
            description: Some("Brings orders back when Rotterdam is lost.".into()),
            scope: Vec::new(),
            trigger: "Rotterdam is out for longer than two hours. The head of operations decides.".into(),
            roles: vec![PlanRole {
                name: "Head of recovery".into(),
                person_id: None,
                deputy_id: None,
                duties: Some("Decides what is done next, and tells the board every two hours.".into()),
            }],
            contacts: vec![PlanContact {
                name: "Delta Hosting, duty desk".into(),
                phone: Some("+31 10 555 0199".into()),
                email: Some("duty@delta-hosting.example.org".into()),
                note: Some("Opens the second data centre at any hour.".into()),
            }],
            recovery_site_id: None,
            replaces_id: None,
            test_interval_months: Whole(12),
            review_due_on: Date::parse("2027-03-31"),
            file_id: None,
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to == "approved" { self.broken_promises(check) } else { Ok(Vec::new()) }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(repetition::twice(&self.subjects()).is_none(), "scope", "duplicate", "Name each once.");
        let deputy = self.roles.iter().all(|role| role.deputy_id.is_none() || role.deputy_id != role.person_id);
        faults.require(deputy, "roles", "deputy", "A deputy is another person.");
    }
}

impl RecoveryPlan {
    /// What it promises to bring back sooner than its steps can: those that name it or nothing, or all of them where none names it.
    fn broken_promises(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let ends = recovery_step::ends(check, check.id)?;
        let mut unmet = Vec::new();
        for (at, promised) in self.scope.iter().enumerate().filter_map(|(at, each)| Some((at, (each.subject_id, each.rto_seconds?.0)))) {
            let (subject, rto) = promised;
            let end = recovery_step::end_of(&ends, subject).unwrap_or_default();
            if end > rto {
                let detail = format!("The plan promises it within {rto} seconds, and its steps take {end}. Shorten them, or promise what they can keep.");
                unmet.push(UnmetGuard::new(&format!("/scope/{at}/rto_seconds"), "promise", detail));
            }
        }
        Ok(unmet)
    }

    fn subjects(&self) -> Vec<Id> {
        self.scope.iter().map(|each| each.subject_id).collect()
    }
}

/// What a plan brings back.
pub fn scope_of(check: &mut Check<'_>, plan: Id) -> Result<Vec<PlanScope>> {
    let scope: Option<Vec<PlanScope>> = recovery_plans::table.find(plan).select(recovery_plans::scope).first(check.connection).optional()?;
    Ok(scope.unwrap_or_default())
}

/// The subjects that a plan brings back.
pub fn subjects_of(check: &mut Check<'_>, plan: Id) -> Result<Vec<Id>> {
    Ok(scope_of(check, plan)?.into_iter().map(|each| each.subject_id).collect())
}
