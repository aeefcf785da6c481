//! Attestations: that a person knows what a version of a policy says.

use super::policy_version::{SAMPLE_BODY, Sha, digest};
use crate::error::{Problem, Result};
use crate::resource::value::{Instant, Text};
use crate::resource::{Check, Id, Lock, Resource, Rule, Scope};
use diesel::prelude::*;
use steward_schema::security::policy_versions;

crate::resource! {
    /// That a person has read a version of a policy and keeps to it. It names the version and the hash of what was read, and is a
    /// fact. It counts while no later major version is published.
    pub struct Attestation {
        /// The version that was read.
        #[field(refers_to(&["security/policy-versions"]))]
        pub policy_version_id: Id,
        /// Who attests.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Id,
        /// The SHA-256 of what was read: that of the body of the version.
        pub sha256: Sha,
        /// When.
        pub attested_at: Instant,
        /// The campaign that asked for it; of the same version.
        #[field(refers_to(&["security/attestation-campaigns"]))]
        pub campaign_id: Option<Id>,
    }
}

impl Resource for Attestation {
    const PATH: &'static str = "security/attestations";
    type Table = steward_schema::security::attestations::table;
    const SCOPE: Scope = Scope::Within("policy_version_id");
    const TITLE: &'static str = "attested_at";
    const FACT: bool = true;
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "campaign_id", theirs: "policy_version_id", ours: "policy_version_id" }];

    fn sample() -> Self {
        Attestation {
            policy_version_id: Id::sample(),
            person_id: Id::sample(),
            sha256: Text(digest(SAMPLE_BODY)),
            attested_at: Instant::sample("2026-05-04T08:12:00Z"),
            campaign_id: None,
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.policy_version_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let body: Option<String> = policy_versions::table.find(self.policy_version_id).select(policy_versions::body).first(check.connection).optional()?;
        if body.is_some_and(|body| digest(&body) == self.sha256.0) {
            return Ok(());
        }
        let detail = "That is not the hash of what this version says. Read the version again, and attest that.";
        Err(Problem::conflict("/sha256", "hash", detail).into())
    }
}
