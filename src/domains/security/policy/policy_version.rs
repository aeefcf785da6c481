//! Versions of policies: what a policy says, for whom, and until when it is looked at again.

use super::attestation_campaign::AttestationCampaign;
use diesel::prelude::*;
use serde_json::json;
use sha2::{Digest, Sha256};
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Text, Title, Whole, hex};
use steward_core::resource::{
    Check, Due, Effect, Guard, Id, Lifecycle, Lock, Move, Own, Resource, Scope, StateException, Unique, UnmetGuard, ValidationErrors,
};
use steward_schema::security::{attestation_campaigns, policies, policy_versions};

/// A SHA-256 in lower-case hexadecimal.
pub type Sha = Text<64, 64>;
/// What a policy says.
pub type Body = Text<1, 200_000>;

choice! {
    /// Rule that selects the audience of a policy.
    pub enum AudienceKind {
        /// Everybody in the organisation.
        Everyone = "everyone",
        /// Members of a unit or of one below it.
        Unit = "unit",
        /// Members of a team.
        Team = "team",
        /// Holders of a role.
        RoleProfile = "role_profile",
    }
}

steward_core::resource! {
    /// A version of a policy. Publishing it supersedes the version that was published before. A new major version must be attested again; a minor one does not change what its audience must know.
    pub struct PolicyVersion {
        /// Policy; each version number occurs once in it.
        #[field(refers_to(&["security/policies"]), unique, fixed)]
        pub policy_id: Id,
        /// Number before the point.
        pub major: Whole<0, 10_000>,
        /// Number after the point.
        pub minor: Whole<0, 10_000>,
        /// Body of the policy, as Markdown.
        #[field(search)]
        pub body: Body,
        /// SHA-256 of the body in UTF-8, as 64 lower-case hexadecimal digits: what is attested. Required for a version in review.
        pub sha256: Option<Sha>,
        /// Document, where the body is only a summary.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// Changes since the version before.
        #[field(search)]
        pub change_summary: Option<Note>,
        /// Rule that selects the audience.
        #[field(default(|| json!("everyone")))]
        pub audience: AudienceKind,
        /// Unit, team or role profile, where the audience is not everyone.
        #[field(refers_to(&["teams/units", "teams/teams", "teams/role-profiles"]))]
        pub audience_id: Option<Id>,
        /// Review interval in months.
        #[field(default(|| json!(12)))]
        pub review_interval_months: Whole<1, 120>,
        /// First day of effect. Required for a published version.
        #[field(event)]
        pub effective_on: Option<Date>,
        /// Date of the last review without a change.
        #[field(happened)]
        pub reviewed_on: Option<Date>,
    }
}

/// The SHA-256 of a body.
pub fn digest(body: &str) -> String {
    hex(&Sha256::digest(body.as_bytes()))
}

impl Resource for PolicyVersion {
    const PATH: &'static str = "security/policy-versions";
    type Table = steward_schema::security::policy_versions::table;
    const SCOPE: Scope = Scope::Within("policy_id");
    const OWN: &'static [Own] = &[Own::everybody().in_states(&["published"])];
    const TITLE: &'static str = "id";
    const UNIQUE: &'static [Unique] = &[Unique { index: "policy_versions_number_key", fields: &["policy_id", "major", "minor"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const GUARDS: &'static [Guard] = &[Guard::set(&["in_review"], &["sha256"]), Guard::reached(&["published"], "effective_on")];
    const DUE: &'static [Due] = &[Due::on("published", "effective_on")];
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::editable(&["published"], &["reviewed_on"], "What binds is reviewed without a change, and says when.")];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft:return_to_draft↔in_review:submit_for_review; in_review→approved:approve→published:publish→superseded:supersede; \
            →withdrawn:withdraw";
        Some(Lifecycle::new(notation).given_up(&["withdrawn"]).approving(&["approve"]))
    }

    fn sample() -> Self {
        PolicyVersion {
            policy_id: Id::sample(),
            major: Whole(2),
            minor: Whole(1),
            body: SAMPLE_BODY.into(),
            sha256: Some(Text(digest(SAMPLE_BODY))),
            file_id: None,
            change_summary: Some("Rights of partner firms end with their contract.".into()),
            audience: AudienceKind::Everyone,
            audience_id: None,
            review_interval_months: Whole(12),
            effective_on: Date::parse("2026-04-01"),
            reviewed_on: Date::parse("2026-05-15"),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        use policy_versions::{major, minor, policy_id, state};
        if step.to != "published" {
            return Ok(Vec::new());
        }
        let is_newer = major.gt(self.major.0).or(major.eq(self.major.0).and(minor.gt(self.minor.0)));
        let bound = policy_versions::table.filter(policy_id.eq(self.policy_id)).filter(state.eq_any(["published", "superseded"]));
        let newer: Option<(i64, i64)> = bound.filter(is_newer).order((major.desc(), minor.desc())).select((major, minor)).first(check.connection).optional()?;
        let Some((whole, part)) = newer else { return Ok(Vec::new()) };
        let title: Option<Title> = policies::table.find(self.policy_id).select(policies::title).first(check.connection).optional()?;
        let of_policy = title.map(|title| format!(" of \"{}\"", title.0)).unwrap_or_default();
        let detail = format!("Version {whole}.{part}{of_policy} was published already, and is newer. Write a version with a greater number.");
        Ok(vec![UnmetGuard::new("/major", "older", detail)])
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.policy_id)]
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        use policy_versions::{id, policy_id, state};
        if step.to != "published" {
            return Ok(Vec::new());
        }
        // One version binds at any time: the one before ends with this one's beginning.
        let before = policy_versions::table.filter(policy_id.eq(self.policy_id).and(state.eq("published"))).filter(id.ne(check.id));
        let ids: Vec<Id> = before.order(id).select(id).load(check.connection)?;
        let superseded = ids.into_iter().map(|other| Effect::transition::<PolicyVersion>(other, "superseded"));
        // Nobody is asked any more for what another major version replaces.
        let asked = policy_versions::table.filter(policy_id.eq(self.policy_id).and(policy_versions::major.ne(self.major.0))).select(id);
        let open = attestation_campaigns::table.filter(attestation_campaigns::state.eq("open").and(attestation_campaigns::policy_version_id.eq_any(asked)));
        let open: Vec<Id> = open.order(attestation_campaigns::id).select(attestation_campaigns::id).load(check.connection)?;
        Ok(superseded.chain(open.into_iter().map(|campaign| Effect::transition::<AttestationCampaign>(campaign, "closed"))).collect())
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let right = self.sha256.as_ref().is_none_or(|sha| sha.0 == digest(&self.body));
        faults.require(right, "sha256", "hash", "That is not the SHA-256 of the body in UTF-8, in lower-case hexadecimal. Compute it again.");
        let (everyone, named) = (self.audience == AudienceKind::Everyone, self.audience_id.is_some());
        faults.require(everyone || named, "audience_id", "required", "Name the unit, team or role profile.");
        faults.require(!everyone || !named, "audience_id", "audience", "Everyone is no unit, team or role. Choose another audience, or name none.");
        faults.span(self.effective_on, self.reviewed_on, "reviewed_on");
    }
}

/// The body of the sample.
pub const SAMPLE_BODY: &str = "Every right has an owner who grants it, and ends on the last day of who has it.";
