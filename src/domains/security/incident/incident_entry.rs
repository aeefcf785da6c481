//! Entries of a security incident: its timeline.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Instant, Note};
use steward_core::resource::{Id, Resource, Scope};

choice! {
    /// Type of an incident log entry.
    pub enum EntryKind {
        /// Observation made.
        Observation = "observation",
        /// Action taken.
        Action = "action",
        /// Decision made.
        Decision = "decision",
        /// Communication with others.
        Communication = "communication",
        /// Evidence secured.
        Evidence = "evidence",
    }
}

steward_core::resource! {
    /// Log entry of a security incident: something observed, done, decided or said. It is a fact: it stays as recorded.
    pub struct IncidentEntry {
        /// The incident.
        #[field(refers_to(&["security/security-incidents"]))]
        pub security_incident_id: Id,
        /// Time of the observation, action, decision or communication.
        #[field(happened)]
        pub happened_at: Instant,
        /// Type of the entry.
        #[field(default(|| json!("observation")))]
        pub kind: EntryKind,
        /// Text of the entry: what was observed, done, decided or said.
        #[field(search)]
        pub text: Note,
        /// Person who observed, did, decided or said it.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Option<Id>,
        /// File secured as evidence.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for IncidentEntry {
    const PATH: &'static str = "security/incident-entries";
    type Table = steward_schema::security::incident_entries::table;
    const SCOPE: Scope = Scope::Within("security_incident_id");
    const TITLE: &'static str = "happened_at";
    const FACT: bool = true;

    fn sample() -> Self {
        IncidentEntry {
            security_incident_id: Id::sample(),
            happened_at: Instant::sample("2026-05-12T10:30:00Z"),
            kind: EntryKind::Action,
            text: "All sessions of the mailbox were ended, and its password was changed.".into(),
            person_id: None,
            file_id: None,
        }
    }
}
