//! Teams: people who work together, and communities of those who learn from each other.

use crate::choice;
use crate::resource::value::{Code, Email, Note, Title, Url};
use crate::resource::{Id, Resource, Scope, Unique};
use serde_json::json;

choice! {
    /// What holds a team together.
    pub enum TeamKind {
        /// Common work.
        Team = "team",
        /// Common interest, across teams.
        Community = "community",
    }
}

crate::resource! {
    /// People who work together, or who learn from each other. Who belongs to it are its memberships.
    pub struct Team {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Whether common work holds it together, or a common interest.
        #[field(default(|| json!("team")))]
        pub kind: TeamKind,
        /// The person who leads it.
        #[field(refers_to(&["teams/people"]))]
        pub lead_id: Option<Id>,
        /// What it is there for.
        #[field(search)]
        pub purpose: Option<Note>,
        /// What its people have agreed on how they work together.
        pub working_agreement: Option<Note>,
        /// The address that reaches all of it.
        pub email: Option<Email>,
        /// Where it talks.
        pub url: Option<Url>,
    }
}

impl Resource for Team {
    const PATH: &'static str = "teams/teams";
    type Table = steward_schema::teams::teams::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const UNIQUE: &'static [Unique] = &[Unique { index: "teams_code_key", fields: &["code"] }];

    fn sample() -> Self {
        Team {
            code: "NET".into(),
            name: "Networks".into(),
            kind: TeamKind::Team,
            lead_id: None,
            purpose: Some("Connects all sites, day and night.".into()),
            working_agreement: Some("No change on a Friday. Whoever is on call starts at noon.".into()),
            email: Some("networks@example.org".into()),
            url: Some(Url("https://chat.example.org/networks".into())),
        }
    }
}
