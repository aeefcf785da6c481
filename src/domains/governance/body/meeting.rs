//! Meetings of governance bodies, management reviews among them.

use super::frozen_record::require_kept;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Instant, Note, Title};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Move, Resource, Scope, UnmetGuard, ValidationErrors};

choice! {
    /// Type of meeting.
    pub enum MeetingKind {
        /// Regular meeting.
        Regular = "regular",
        /// Meeting between the regular ones.
        Extraordinary = "extraordinary",
        /// A review of the management system by top management (clause 9.3 of the ISO standards).
        ManagementReview = "management_review",
    }
}

choice! {
    /// Attendance status of a person.
    pub enum Presence {
        /// Attended in person.
        Present = "present",
        /// Represented by a deputy.
        Represented = "represented",
        /// Absent with notice.
        Excused = "excused",
        /// Did not attend.
        Absent = "absent",
    }
}

steward_core::value! {
    /// Attendance of a person at a meeting.
    pub struct Attendance {
        /// The person.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Id,
        /// Attendance status of the person.
        pub presence: Presence,
    }
}

steward_core::value! {
    /// Inputs of a management review (ISO/IEC 27001:2022, 9.3.2 a to g; ISO 9001 and 22301 ask for the same).
    pub struct ReviewInputs {
        /// Outcome of the decisions of earlier reviews (a).
        pub earlier_actions: Note,
        /// Relevant external and internal changes (b).
        pub context_changes: Note,
        /// Changes in the needs and expectations of interested parties (c).
        pub interested_parties: Note,
        /// Nonconformities and corrective actions (d 1).
        pub nonconformities: Note,
        /// Results of monitoring and measurement (d 2).
        pub measurements: Note,
        /// Results of audits (d 3).
        pub audit_results: Note,
        /// Fulfilment of objectives (d 4).
        pub objectives: Note,
        /// Feedback of interested parties (e).
        pub feedback: Note,
        /// Results of risk assessment, and status of treatment (f).
        pub risks: Note,
        /// Opportunities for improvement (g).
        pub improvements: Note,
    }
}

steward_core::resource! {
    /// A meeting of a governance body. The inputs of a management review stay as they were once the meeting was held.
    pub struct Meeting {
        /// Title of the meeting.
        #[field(search)]
        pub title: Title,
        /// Type of meeting.
        #[field(default(|| json!("regular")))]
        pub kind: MeetingKind,
        /// The body that meets.
        #[field(refers_to(&["governance/governance-bodies"]))]
        pub governance_body_id: Id,
        /// Start of the meeting.
        #[field(event, lasts_until("ends_at"))]
        pub starts_at: Instant,
        /// End of the meeting.
        pub ends_at: Option<Instant>,
        /// Place of the meeting, in words.
        pub place: Option<Title>,
        /// Agenda of the meeting.
        #[field(search)]
        pub agenda: Option<Note>,
        /// Inputs of a management review. Required before such a meeting is held.
        pub review_inputs: Option<ReviewInputs>,
        /// Attendance of persons at the meeting.
        #[field(default(|| json!([])))]
        pub attendance: Vec<Attendance>,
        /// Minutes of the meeting. Approved minutes do not change.
        #[field(search)]
        pub minutes: Option<Note>,
    }
}

impl Resource for Meeting {
    const PATH: &'static str = "governance/meetings";
    type Table = steward_schema::governance::meetings::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["governance_body_id"];
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["planned", "held"];
    const GUARDS: &'static [Guard] = &[Guard::reached(&["held"], "starts_at"), Guard::set(&["approved"], &["minutes"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→held:hold_meeting→approved:approve; planned→cancelled:cancel").given_up(&["cancelled"]).approving(&["approve"]))
    }

    fn sample() -> Self {
        Meeting {
            title: "Management review, first half of 2026".into(),
            kind: MeetingKind::ManagementReview,
            governance_body_id: Id::sample(),
            starts_at: Instant::sample("2026-06-08T07:00:00Z"),
            ends_at: Instant::parse("2026-06-08T09:00:00Z"),
            place: Some("Board room".into()),
            agenda: Some("Audits, risks, objectives, what to improve.".into()),
            review_inputs: Some(ReviewInputs {
                earlier_actions: "Four of five are done; the list of partner staff is late.".into(),
                context_changes: "A new law on cybersecurity binds the organisation.".into(),
                interested_parties: "Two customers ask for a yearly report on controls.".into(),
                nonconformities: "Two minor ones are open, none is overdue.".into(),
                measurements: "Controls passed 96 % of their tests.".into(),
                audit_results: "One internal audit, with three observations.".into(),
                objectives: "Three of four objectives are on track.".into(),
                feedback: "Users are content with the service desk.".into(),
                risks: "One risk is above the appetite and is being treated.".into(),
                improvements: "Tests of access reviews can be automated.".into(),
            }),
            attendance: Vec::new(),
            minutes: Some("All inputs were looked at. The list of partner staff is to be done by July.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_at), self.ends_at, "ends_at");
        let review = self.review_inputs.is_none() || self.kind == MeetingKind::ManagementReview;
        faults.require(review, "review_inputs", "kind", "Only a management review has them.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.state != Some("held") {
            return Ok(());
        }
        require_kept(check, self, &["kind", "governance_body_id", "review_inputs"], "The meeting was held: what it looked at stays as it was.")
    }

    fn guard(&self, step: &Move, _check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "held" || self.kind != MeetingKind::ManagementReview || self.review_inputs.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![UnmetGuard::new("/review_inputs", "required", "A management review needs what it looks at. Set review_inputs first.")])
    }
}
