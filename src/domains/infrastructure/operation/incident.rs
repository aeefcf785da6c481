//! Incidents: what broke or is about to, until it works again.

use super::dependency::NODES;
use super::incident_due::{self, Clock};
use super::risk_level::RiskLevel;
use serde_json::json;
use steward_core::error::Result;
use steward_core::resource::value::{Instant, Note, Title, Whole};
use steward_core::resource::{Cause, Check, Guard, Id, Lifecycle, Own, Resource, Scope, ValidationErrors};

steward_core::resource! {
    /// Unplanned interruption of a service, or a reduction of its quality.
    pub struct Incident {
        /// Symptom in one line.
        #[field(search)]
        pub title: Title,
        /// Description of the observation, its observer and place.
        #[field(search)]
        pub description: Option<Note>,
        /// Impact: extent of the harm.
        #[field(default(|| json!("medium")))]
        pub impact: RiskLevel,
        /// Urgency of the restoration.
        #[field(default(|| json!("medium")))]
        pub urgency: RiskLevel,
        /// Priority from 1 (first) to 5 (last), derived from impact and urgency: both high is 1, and each step down of either one more.
        #[field(read_only)]
        pub priority: Option<Whole<1, 5>>,
        /// True if it is handled as a major incident.
        #[field(default(|| json!(false)))]
        pub is_major: bool,
        /// Affected service.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Affected configuration item: a device, a virtual machine, a service, a place.
        #[field(refers_to(NODES))]
        pub target_id: Option<Id>,
        /// Further affected configuration items.
        #[field(default(|| json!([])), lists(NODES))]
        pub target_ids: Vec<Id>,
        /// Time of start.
        #[field(happened)]
        pub started_at: Option<Instant>,
        /// Time of detection; that of the record if left out.
        #[field(happened)]
        pub detected_at: Option<Instant>,
        /// Time of restoration of the service, not before the detection; that of the move to `mitigated` or `resolved` if left out; null again once it is reopened.
        #[field(happened)]
        pub restored_at: Option<Instant>,
        /// Deadline for the restoration: the target of the service for this priority, in its service hours from the detection, later by the
        /// service hours on hold; null without a target.
        #[field(read_only, deadline)]
        pub due_at: Option<Instant>,
        /// Time since which it is on hold.
        #[field(read_only)]
        pub held_at: Option<Instant>,
        /// Seconds of service hours that it was on hold before.
        #[field(read_only, default(|| json!(0)))]
        pub held_seconds: Whole<0, 1_000_000_000>,
        /// Person who reported it.
        #[field(refers_to(&["teams/people"]))]
        pub reporter_id: Option<Id>,
        /// Team that works on it.
        #[field(refers_to(&["teams/teams"]))]
        pub team_id: Option<Id>,
        /// Change that caused it.
        #[field(refers_to(&["infrastructure/changes"]))]
        pub causing_change_id: Option<Id>,
        /// Underlying problem.
        #[field(refers_to(&["infrastructure/problems"]))]
        pub problem_id: Option<Id>,
        /// Vendor at fault.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Reason for the hold; required for `on_hold`.
        pub hold_reason: Option<Note>,
        /// Resolution of the incident; required for `resolved`.
        #[field(search)]
        pub resolution: Option<Note>,
    }
}

impl Incident {
    /// The matrix of ITIL: 1 where impact and urgency are high, one more for each step down.
    pub fn priority_of(impact: RiskLevel, urgency: RiskLevel) -> i64 {
        1 + impact.below_high() + urgency.below_high()
    }

    /// Counts the service hours on hold.
    fn end_hold(&mut self, check: &mut Check<'_>) -> Result<()> {
        if let Some(since) = self.held_at.take() {
            let held = incident_due::service_seconds(self.service_id, since, check)?;
            self.held_seconds = Whole(self.held_seconds.0.saturating_add(held).min(1_000_000_000));
        }
        Ok(())
    }
}

impl Resource for Incident {
    const PATH: &'static str = "infrastructure/incidents";
    type Table = steward_schema::infrastructure::incidents::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::named("reporter_id").only(&["read", "create", "reopen"]), Own::named("reporter_id").in_states(&["detected"])];
    const TITLE: &'static str = "title";
    const GUARDS: &'static [Guard] = &[Guard::set(&["on_hold"], &["hold_reason"]), Guard::set(&["resolved"], &["resolution"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "detected→acknowledged:acknowledge→mitigated:mitigate→resolved:resolve→closed:close; resolved→acknowledged; \
            on_hold:hold; on_hold→acknowledged";
        Some(Lifecycle::new(notation).named("resolved", "acknowledged", "reopen").named("on_hold", "acknowledged", "resume"))
    }

    fn sample() -> Self {
        Incident {
            title: "Orders are not confirmed".into(),
            description: Some("Since 09:12 customers see the page of the order for a minute and then an error.".into()),
            impact: RiskLevel::High,
            urgency: RiskLevel::High,
            priority: Some(Whole(1)),
            is_major: true,
            service_id: None,
            target_id: None,
            target_ids: Vec::new(),
            started_at: Instant::parse("2026-05-11T09:12:00Z"),
            detected_at: Instant::parse("2026-05-11T09:20:00Z"),
            restored_at: Instant::parse("2026-05-11T10:02:00Z"),
            due_at: None,
            held_at: None,
            held_seconds: Whole(0),
            reporter_id: None,
            team_id: None,
            causing_change_id: None,
            problem_id: None,
            vendor_id: None,
            hold_reason: Some("Waits for the maker of the storage.".into()),
            resolution: Some("Moved the database to the other node.".into()),
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let priority = Some(Whole(Incident::priority_of(self.impact, self.urgency)));
        let mut stamped = Incident { priority, ..self.clone() };
        match cause {
            Cause::Create if self.restored_at.is_none() => drop(stamped.detected_at.get_or_insert(check.now)),
            Cause::Move(step) if matches!(step.to, "mitigated" | "resolved") => drop(stamped.restored_at.get_or_insert(check.now)),
            Cause::Move(step) if (step.from, step.to) == ("resolved", "acknowledged") => stamped.restored_at = None,
            Cause::Move(step) if step.to == "on_hold" => stamped.held_at = Some(check.now),
            Cause::Move(step) if step.from == "on_hold" => stamped.end_hold(check)?,
            _ => {}
        }
        let priority = Incident::priority_of(stamped.impact, stamped.urgency);
        let clock = Clock { service: stamped.service_id, detected_at: stamped.detected_at, priority, held_seconds: stamped.held_seconds.0 };
        stamped.due_at = incident_due::due_at(clock, check)?;
        Ok(Some(stamped))
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.started_at, self.detected_at, "detected_at");
        faults.span(self.started_at, self.restored_at, "restored_at");
        faults.span(self.detected_at, self.restored_at, "restored_at");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_is_that_of_itil() {
        use RiskLevel::{High, Low, Medium};
        let rows = [High, Medium, Low].map(|impact| [High, Medium, Low].map(|urgency| Incident::priority_of(impact, urgency)));
        assert_eq!(rows, [[1, 2, 3], [2, 3, 4], [3, 4, 5]]);
    }
}
