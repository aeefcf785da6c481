//! Entries of a security incident: its timeline.

use crate::choice;
use crate::resource::value::{Instant, Note};
use crate::resource::{Id, Resource, Scope};
use serde_json::json;

choice! {
    /// What an entry records.
    pub enum EntryKind {
        /// What was seen.
        Observation = "observation",
        /// What was done.
        Action = "action",
        /// What was decided.
        Decision = "decision",
        /// Who was told what.
        Communication = "communication",
        /// What was secured as evidence.
        Evidence = "evidence",
    }
}

crate::resource! {
    /// Something that was seen, done, decided or said in the course of a security incident. It is a fact: it stays as it was
    /// recorded.
    pub struct IncidentEntry {
        /// The incident.
        #[field(refers_to(&["security/security-incidents"]))]
        pub security_incident_id: Id,
        /// When that was.
        #[field(happened)]
        pub happened_at: Instant,
        /// What it records.
        #[field(default(|| json!("observation")))]
        pub kind: EntryKind,
        /// What was seen, done, decided or said.
        #[field(search)]
        pub text: Note,
        /// Who saw, did, decided or said it.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Option<Id>,
        /// What was secured.
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
