//! Teams: people who work together, and communities of those who learn from each other.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Code, Email, Note, Title, Url};
use steward_core::resource::{Id, Resource, Scope, Unique};

choice! {
    /// Type of team.
    pub enum TeamKind {
        /// Team with common work.
        Team = "team",
        /// Community of common interest, across teams.
        Community = "community",
    }
}

steward_core::resource! {
    /// Team with common work or a community of practice. Its members are its memberships.
    pub struct Team {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the team.
        #[field(search)]
        pub name: Title,
        /// Type of team: common work or common interest.
        #[field(default(|| json!("team")))]
        pub kind: TeamKind,
        /// Team lead.
        #[field(refers_to(&["teams/people"]))]
        pub lead_id: Option<Id>,
        /// Purpose of the team.
        #[field(search)]
        pub purpose: Option<Note>,
        /// Working agreement of the team.
        pub working_agreement: Option<Note>,
        /// E-mail address of the whole team.
        pub email: Option<Email>,
        /// Web address of the team's communication channel.
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
