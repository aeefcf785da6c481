//! Policies: what the organisation has decided that people keep to.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Code, Note, Title};
use steward_core::resource::{Id, Own, Resource, Rule, Scope, Unique};

choice! {
    /// Type of policy, by its binding force.
    pub enum PolicyKind {
        /// Intent of the organisation, and its reasons.
        Policy = "policy",
        /// Mandatory requirements that implement a policy.
        Standard = "standard",
        /// Instructions for an activity.
        Procedure = "procedure",
        /// Recommended practice for an activity.
        Guideline = "guideline",
    }
}

steward_core::resource! {
    /// Policy, standard, procedure or guideline. Its text is in its versions, of which at most one is published.
    pub struct Policy {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Title as people know it.
        #[field(search)]
        pub title: Title,
        /// Type of policy, by its binding force.
        #[field(default(|| json!("policy")))]
        pub kind: PolicyKind,
        /// Purpose of the policy, in a few lines.
        #[field(search)]
        pub summary: Option<Note>,
        /// Policy that this one supports. The tree of policies has no cycles.
        #[field(refers_to(&["security/policies"]))]
        pub parent_id: Option<Id>,
        /// Person who approves the versions.
        #[field(refers_to(&["teams/people"]))]
        pub approver_id: Option<Id>,
        /// Governance body that adopts the policy.
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
