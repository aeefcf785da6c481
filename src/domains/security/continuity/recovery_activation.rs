//! Activations of recovery plans: when a plan was needed.

use super::recovery_plan::subjects_of;
use super::recovery_proof;
use super::recovery_result::seconds;
use diesel::dsl::{max, min};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::{Instant, Note, Title};
use steward_core::resource::{Check, Effect, Guard, Id, Lifecycle, Move, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::security::recovery_results;

steward_core::resource! {
    /// Activation of a recovery plan in a real disruption. It is proof as much as a test: it is closed once there is a result for each
    /// subject of the plan, the last of which came back when all was recovered; missed objectives become a finding. It is completed once its
    /// plan is approved.
    pub struct RecoveryActivation {
        /// Activated plan.
        #[field(refers_to(&["security/recovery-plans"]), fixed)]
        pub recovery_plan_id: Id,
        /// Event, in a line.
        #[field(search)]
        pub title: Title,
        /// Time at which the subjects of the plan were lost.
        #[field(happened)]
        pub disrupted_at: Instant,
        /// Time of the activation.
        #[field(happened)]
        pub activated_at: Instant,
        /// Time at which all was recovered. Required for a completed activation.
        #[field(happened)]
        pub recovered_at: Option<Instant>,
        /// Person who activated the plan.
        #[field(refers_to(&["teams/people"]))]
        pub initiator_id: Option<Id>,
        /// Security incident that made the activation necessary.
        #[field(refers_to(&["security/security-incidents"]))]
        pub security_incident_id: Option<Id>,
        /// Conclusion of the activation. Required once it is completed.
        #[field(search)]
        pub conclusion: Option<Note>,
    }
}

impl Resource for RecoveryActivation {
    const PATH: &'static str = "security/recovery-activations";
    type Table = steward_schema::security::recovery_activations::table;
    const SCOPE: Scope = Scope::Within("recovery_plan_id");
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["in_progress", "completed"];
    const GUARDS: &'static [Guard] =
        &[Guard::referred(&["completed"], "recovery_plan_id", &["approved", "active", "retired"]), Guard::set(&["completed"], &["recovered_at", "conclusion"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("in_progress→completed:complete→closed:close"))
    }

    fn sample() -> Self {
        RecoveryActivation {
            recovery_plan_id: Id::sample(),
            title: "Power of Rotterdam was out".into(),
            disrupted_at: Instant::sample("2026-03-03T04:10:00Z"),
            activated_at: Instant::sample("2026-03-03T06:20:00Z"),
            recovered_at: Instant::parse("2026-03-03T20:45:00Z"),
            initiator_id: None,
            security_incident_id: None,
            conclusion: Some("The plan held; the way to the second data centre took three hours.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.disrupted_at), Some(self.activated_at), "activated_at");
        faults.span(Some(self.activated_at), self.recovered_at, "recovered_at");
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "closed" {
            return Ok(Vec::new());
        }
        let scope = subjects_of(check, self.recovery_plan_id)?;
        let mut unmet = recovery_proof::missing_results(check, &scope)?;
        unmet.extend(recovery_proof::unmeasured(check, self.recovery_plan_id)?);
        unmet.extend(self.contradicted(check)?);
        Ok(unmet)
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "closed" { recovery_proof::findings(check, self.recovery_plan_id) } else { Ok(Vec::new()) }
    }
}

/// By how many seconds the longest result may differ from the times of its activation: these are written to the minute.
const ROUNDING: i64 = 60;

impl RecoveryActivation {
    /// What contradicts its results: the last of what came back was back when all was recovered, and nothing came back before the plan was
    /// activated.
    fn contradicted(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        use recovery_results::{measured_rto_seconds, recovered, source_id};
        let of_it = recovery_results::table.filter(source_id.eq(check.id)).filter(recovered);
        let (early, last) = (seconds(self.disrupted_at, self.activated_at), self.recovered_at.map(|back| seconds(self.disrupted_at, back)));
        let ends = of_it.select((min(measured_rto_seconds), max(measured_rto_seconds)));
        let (shortest, longest): (Option<i64>, Option<i64>) = ends.first(check.connection)?;
        let detail = match longest.zip(last) {
            _ if shortest.is_some_and(|shortest| shortest < early) => {
                format!("A result is shorter than the {early} seconds after which the plan was activated.")
            }
            Some((longest, last)) if (longest - last).abs() > ROUNDING => {
                format!("All was recovered {last} seconds after the loss, and the longest result says {longest}.")
            }
            _ => return Ok(Vec::new()),
        };
        let detail = format!("{detail} Correct the results, or the times of the activation.");
        Ok(vec![UnmetGuard::new("/recovered_at", "times", detail)])
    }
}
