//! Recovery plans: how services and information are brought back.

use super::business_process::{RECOVERABLE, Seconds};
use super::recovery_step;
use crate::domains::security::risk::repetition;
use crate::error::Result;
use crate::resource::value::{Code, Date, Email, Note, Text, Title, Whole};
use crate::resource::{Check, Guard, Id, Lifecycle, Move, Resource, Rule, Scope, Unique, UnmetGuard, ValidationErrors};
use diesel::prelude::*;
use serde_json::json;
use steward_schema::security::recovery_plans;

crate::value! {
    /// What a plan brings back.
    pub struct PlanScope {
        /// A service, an information asset, a device or a virtual machine.
        #[field(refers_to(RECOVERABLE))]
        pub subject_id: Id,
        /// After how many seconds it is to be back (RTO).
        pub rto_seconds: Option<Seconds>,
        /// The work of how many seconds may be lost (RPO).
        pub rpo_seconds: Option<Seconds>,
    }
}

crate::value! {
    /// A role in a recovery.
    pub struct PlanRole {
        /// What it is called, such as head of recovery.
        pub name: Title,
        /// Who has it.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Option<Id>,
        /// Who has it when that person is away.
        #[field(refers_to(&["teams/people"]))]
        pub deputy_id: Option<Id>,
        /// What is done in it.
        pub duties: Option<Note>,
    }
}

crate::value! {
    /// Somebody who is called in a recovery.
    pub struct PlanContact {
        /// Who.
        pub name: Title,
        /// By telephone.
        pub phone: Option<Text<3, 40>>,
        /// By e-mail.
        pub email: Option<Email>,
        /// For what, and when.
        pub note: Option<Note>,
    }
}

crate::resource! {
    /// How services and information are brought back after a disaster (ISO/IEC 27031, ISO 22301). It is written while it is a
    /// draft and stays as it was approved; a further plan replaces it.
    pub struct RecoveryPlan {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What it is for.
        #[field(search)]
        pub description: Option<Note>,
        /// What it brings back, each once. Tests and activations measure each of it.
        #[field(default(|| json!([])))]
        pub scope: Vec<PlanScope>,
        /// What sets it off, and who decides so.
        #[field(search)]
        pub trigger: Note,
        /// Who does what.
        #[field(default(|| json!([])))]
        pub roles: Vec<PlanRole>,
        /// Who is called.
        #[field(default(|| json!([])))]
        pub contacts: Vec<PlanContact>,
        /// Where it is carried out.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub recovery_site_id: Option<Id>,
        /// The plan that it replaces.
        #[field(refers_to(&["security/recovery-plans"]))]
        pub replaces_id: Option<Id>,
        /// Every how many months it is tested.
        #[field(default(|| json!(12)))]
        pub test_interval_months: Whole<1, 60>,
        /// The day on which it is looked at again.
        #[field(recurring)]
        pub review_due_on: Option<Date>,
        /// The document, as it lies in the safe.
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
    /// What it promises to bring back sooner than its steps can: those that name it, or all of them where none does.
    fn broken_promises(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let ends = recovery_step::ends(check, check.id)?;
        let whole = ends.iter().map(|(_, end)| *end).max().unwrap_or_default();
        let mut unmet = Vec::new();
        for (at, promised) in self.scope.iter().enumerate().filter_map(|(at, each)| Some((at, (each.subject_id, each.rto_seconds?.0)))) {
            let (subject, rto) = promised;
            let end = ends.iter().filter(|(named, _)| *named == Some(subject)).map(|(_, end)| *end).max().unwrap_or(whole);
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
