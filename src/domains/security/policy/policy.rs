//! Policies: what the organisation has decided that people keep to.

use crate::choice;
use crate::resource::value::{Code, Note, Title};
use crate::resource::{Id, Own, Resource, Rule, Scope, Unique};
use serde_json::json;

choice! {
    /// How a policy binds.
    pub enum PolicyKind {
        /// Says what is wanted, and why.
        Policy = "policy",
        /// Says what must be kept to so that a policy is.
        Standard = "standard",
        /// Says how something is done.
        Procedure = "procedure",
        /// Says how something is best done.
        Guideline = "guideline",
    }
}

crate::resource! {
    /// A policy, standard, procedure or guideline. What it says stands in its versions, of which one at most is published.
    pub struct Policy {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Title as people know it.
        #[field(search)]
        pub title: Title,
        /// How it binds.
        #[field(default(|| json!("policy")))]
        pub kind: PolicyKind,
        /// What it is for, in a few lines.
        #[field(search)]
        pub summary: Option<Note>,
        /// The policy that it serves. The tree of policies has no circles.
        #[field(refers_to(&["security/policies"]))]
        pub parent_id: Option<Id>,
        /// Who approves its versions.
        #[field(refers_to(&["teams/people"]))]
        pub approver_id: Option<Id>,
        /// The body that adopts it.
        #[field(refers_to(&["governance/governance-bodies"]))]
        pub governance_body_id: Option<Id>,
    }
}

impl Resource for Policy {
    const PATH: &'static str = "security/policies";
    type Table = steward_schema::security::policies::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::behind("security/policy-versions", "policy_id")];
    const TITLE: &'static str = "title";
    const UNIQUE: &'static [Unique] = &[Unique { index: "policies_code_key", fields: &["code"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id")];

    fn sample() -> Self {
        Policy {
            code: "POL-ACCESS".into(),
            title: "Access to information and systems".into(),
            kind: PolicyKind::Policy,
            summary: Some("Who may have which rights, who grants them and who looks at them again.".into()),
            parent_id: None,
            approver_id: None,
            governance_body_id: None,
        }
    }
}
