//! Attestation campaigns: the time in which an audience is asked to attest that it knows a version of a policy.

use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Due, Guard, Id, Lifecycle, Own, Resource, Scope, ValidationErrors};

steward_core::resource! {
    /// Call on the audience of a policy version to attest that they know it. It goes on for later versions with the same major number, and
    /// is closed when a version with another one is published.
    pub struct AttestationCampaign {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Policy version. It is published before the campaign opens.
        #[field(refers_to(&["security/policy-versions"]), fixed)]
        pub policy_version_id: Id,
        /// First day.
        #[field(event)]
        pub starts_on: Date,
        /// Date by which all are to have attested.
        #[field(deadline)]
        pub due_on: Date,
        /// Message to the audience.
        pub message: Option<Note>,
    }
}

impl Resource for AttestationCampaign {
    const PATH: &'static str = "security/attestation-campaigns";
    type Table = steward_schema::security::attestation_campaigns::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::unit().in_states(&["open", "closed"])];
    const BASIS: &'static [&'static str] = &["policy_version_id"];
    const GUARDS: &'static [Guard] = &[Guard::referred(&["open"], "policy_version_id", &["published"]), Guard::reached(&["open"], "starts_on")];
    const DUE: &'static [Due] = &[Due::on("open", "starts_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→open→closed:close"))
    }

    fn sample() -> Self {
        AttestationCampaign {
            name: "Access policy 2.1".into(),
            policy_version_id: Id::sample(),
            starts_on: Date::sample("2026-05-01"),
            due_on: Date::sample("2026-05-31"),
            message: Some("New: rights of partner firms end with their contract.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.due_on), "due_on");
    }
}
