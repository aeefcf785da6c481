//! Attestations: that a person knows what a version of a policy says.

use super::policy_version::{SAMPLE_BODY, Sha, digest};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Instant, Text};
use steward_core::resource::{Check, Id, Lock, Own, Resource, Scope};
use steward_schema::security::{attestation_campaigns, attestations, policy_versions};

steward_core::resource! {
    /// Attestation by a person of having read a version of a policy and of complying with it. It names the version and the hash of what was
    /// read, and is a fact of the published version. It counts while no later major version is published.
    pub struct Attestation {
        /// Policy version that was read; must be published.
        #[field(refers_to(&["security/policy-versions"]))]
        pub policy_version_id: Id,
        /// Attesting person: the caller, once for each version.
        #[field(refers_to(&["teams/people"]), caller)]
        pub person_id: Id,
        /// SHA-256 of the text read: that of the body of the version.
        pub sha256: Sha,
        /// Time of the attestation.
        #[field(read_only, assumed(|_, now| json!(now.to_string())), happened)]
        pub attested_at: Instant,
        /// Campaign that asked for the attestation: of the same version, or of an earlier one with the same major number.
        #[field(refers_to(&["security/attestation-campaigns"]))]
        pub campaign_id: Option<Id>,
    }
}

impl Resource for Attestation {
    const PATH: &'static str = "security/attestations";
    type Table = steward_schema::security::attestations::table;
    const SCOPE: Scope = Scope::Within("policy_version_id");
    const OWN: &'static [Own] = &[Own::named("person_id")];
    const TITLE: &'static str = "attested_at";
    const FACT: bool = true;

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
        let version = policy_versions::table.find(self.policy_version_id).select((policy_versions::state, policy_versions::body));
        let Some((state, body)) = version.first::<(String, String)>(check.connection).optional()? else { return Ok(()) };
        if state != "published" {
            let detail = format!("That version is {state}. Attest the one that is published.");
            return Err(Problem::conflict("/policy_version_id", "state", detail).into());
        }
        let mine = attestations::table.filter(attestations::policy_version_id.eq(self.policy_version_id)).filter(attestations::person_id.eq(self.person_id));
        if select(exists(mine)).get_result(check.connection)? {
            return Err(Problem::conflict("/policy_version_id", "duplicate", "You have attested this version already.").into());
        }
        self.require_campaign(check)?;
        if digest(&body) == self.sha256.0 {
            return Ok(());
        }
        let detail = "That is not the hash of what this version says. Read the version again, and attest that.";
        Err(Problem::conflict("/sha256", "hash", detail).into())
    }
}

impl Attestation {
    /// Refuses a campaign for something else (409): a minor version that was published meanwhile says what the campaign asks for.
    fn require_campaign(&self, check: &mut Check<'_>) -> Result<()> {
        use policy_versions::{id, major, minor, policy_id};
        let Some(campaign) = self.campaign_id else { return Ok(()) };
        let number = |version: Id, check: &mut Check<'_>| -> Result<Option<(Id, i64, i64)>> {
            Ok(policy_versions::table.filter(id.eq(version)).select((policy_id, major, minor)).first(check.connection).optional()?)
        };
        let asked = attestation_campaigns::table.find(campaign).select(attestation_campaigns::policy_version_id);
        let Some(asked) = asked.first::<Id>(check.connection).optional()? else { return Ok(()) };
        let (asked, read) = (number(asked, check)?, number(self.policy_version_id, check)?);
        let is_same = asked.zip(read).is_none_or(|((policy, whole, part), read)| (policy, whole) == (read.0, read.1) && part <= read.2);
        let detail = "The campaign asks for another policy, or for a version with another major number. Name one for this version.";
        if is_same { Ok(()) } else { Err(Problem::conflict("/campaign_id", "other_version", detail).into()) }
    }
}
