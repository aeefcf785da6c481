//! Who of today's audience of a policy has attested it.

use crate::policy::{
    attestation::Attestation,
    attestation_campaign::AttestationCampaign,
    policy::Policy,
    policy_version::{AudienceKind, PolicyVersion},
    review_date::review_due,
};
use std::collections::HashSet;
use steward_core::ports::people::{self, Group};
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::security::{attestation_campaigns, attestations, policy_versions};

/// A person who has not attested.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingAttestation {
    /// The person.
    pub person_id: Id,
    /// Name of the person; null where it is not visible to you.
    pub name: Option<Title>,
}

/// The attestation of a policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttestationStatus {
    /// The policy.
    pub policy: Ref<Policy>,
    /// Day of the answer.
    pub as_of: Date,
    /// The published version; null where none is published.
    pub policy_version_id: Option<Id>,
    /// Number of that version, as major.minor.
    pub version: Option<String>,
    /// Kind of its audience.
    pub audience: Option<AudienceKind>,
    /// Number of people in its audience today.
    pub audience_count: Count,
    /// Number of people in the audience who attested this major version.
    pub attested_count: Count,
    /// attested_count / audience_count · 100; null without an audience.
    pub attested_percent: Figure,
    /// Number of people in the audience who did not.
    pub missing_count: Count,
    /// People without an attestation, at most 200.
    pub missing: Vec<MissingAttestation>,
    /// Due date of the open campaign.
    pub due_on: Option<Date>,
    /// True if the due date has passed while attestations are missing.
    pub overdue: bool,
    /// Due date of the review of the version.
    pub review_due_on: Option<Date>,
    /// True if the due date of the review has passed.
    pub review_overdue: bool,
}

/// The published version: its id, number, audience, review interval and days.
type Published = (Id, (i64, i64), (AudienceKind, Option<Id>), i64, (Option<Date>, Option<Date>));

/// How many people an answer names.
const NAMED: usize = 200;

impl View for AttestationStatus {
    const PATH: &'static str = "security/policies/{id}/attestation-status";
    const OPERATION_ID: &'static str = "get_policy_attestation_status";
    const SUMMARY: &'static str = "Get the attestation status of a policy";
    const DESCRIPTION: &'static str =
        "Share of the people in today's audience of the published version who attested it or an earlier version with the same major number.";
    const FORMULA: &'static str =
        "attested_percent = attested_count / audience_count · 100; review_due_on = max(effective_on, reviewed_on) + review_interval_months";
    const SOURCE: &'static str = "ISO/IEC 27001:2022, 7.3 and A.5.1";
    type Reads = (Policy, PolicyVersion, Attestation, IfPermitted<AttestationCampaign>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, policy) = cx.get_typed::<Policy>(id)?;
        let today = cx.today();
        let published = published(cx, id)?;
        let audience: Vec<Id> = match &published {
            Some((_, _, (kind, named), ..)) => cx.ask(|check| group(*kind, *named).map_or(Ok(Vec::new()), |group| people::working(check, group)))?,
            None => Vec::new(),
        };
        let attested = match &published {
            Some((_, (major, _), ..)) => attested(cx, id, *major)?,
            None => HashSet::new(),
        };
        let missing: Vec<Id> = audience.iter().copied().filter(|person| !attested.contains(person)).collect();
        let named: Vec<Id> = missing.iter().copied().take(NAMED).collect();
        let names = cx.titles("teams/people", &named)?;
        let due_on = published.as_ref().map(|(version, ..)| campaign(cx, *version)).transpose()?.flatten();
        let review_due_on = published.as_ref().and_then(|(_, _, _, months, (effective, reviewed))| review_due(*effective, *reviewed, *months));
        let count = |number: usize| Whole(i64::try_from(number).unwrap_or(i64::MAX));
        let done = audience.len() - missing.len();
        Ok(AttestationStatus {
            policy: Ref::new(id, &policy.title, stored.meta.state.as_deref()),
            as_of: today,
            policy_version_id: published.as_ref().map(|(version, ..)| *version),
            version: published.as_ref().map(|(_, (major, minor), ..)| format!("{major}.{minor}")),
            audience: published.as_ref().map(|(_, _, (kind, _), ..)| *kind),
            audience_count: count(audience.len()),
            attested_count: count(done),
            attested_percent: Figure((!audience.is_empty()).then(|| done as f64 / audience.len() as f64 * 100.0)),
            missing_count: count(missing.len()),
            overdue: !missing.is_empty() && due_on.is_some_and(|due| due < today),
            missing: named.into_iter().map(|person_id| MissingAttestation { person_id, name: names.get(&person_id).cloned() }).collect(),
            due_on,
            review_due_on,
            review_overdue: review_due_on.is_some_and(|due| due < today),
        })
    }
}

fn group(kind: AudienceKind, named: Option<Id>) -> Option<Group> {
    match kind {
        AudienceKind::Everyone => Some(Group::Everyone),
        AudienceKind::Unit => named.map(Group::Unit),
        AudienceKind::Team => named.map(Group::Team),
        AudienceKind::RoleProfile => named.map(Group::Role),
    }
}

fn published(reader: &mut Reader<'_>, policy: Id) -> Result<Option<Published>> {
    use policy_versions::{audience, audience_id, effective_on, id, major, minor, policy_id, review_interval_months, reviewed_on, state};
    let seen = reader.sees::<PolicyVersion>()?;
    let query = policy_versions::table.filter(policy_id.eq(policy).and(state.eq("published"))).filter(seen.clone());
    let columns = (id, (major, minor), (audience, audience_id), review_interval_months, (effective_on, reviewed_on));
    Ok(query.select(columns).first(reader.within(&seen)).optional()?)
}

/// The people who attested a version of a policy with a major number.
fn attested(reader: &mut Reader<'_>, policy: Id, wanted: i64) -> Result<HashSet<Id>> {
    use policy_versions::{major, policy_id};
    let seen = reader.sees::<Attestation>()?;
    let query = attestations::table.inner_join(policy_versions::table).filter(policy_id.eq(policy).and(major.eq(wanted))).filter(seen.clone());
    Ok(query.select(attestations::person_id).load(reader.within(&seen))?.into_iter().collect())
}

/// The day of the open campaign for a version.
fn campaign(reader: &mut Reader<'_>, version: Id) -> Result<Option<Date>> {
    use attestation_campaigns::{due_on, policy_version_id, state};
    let seen = reader.sees::<AttestationCampaign>()?;
    if seen.is_nothing() {
        return Ok(None);
    }
    let query = attestation_campaigns::table.filter(policy_version_id.eq(version).and(state.eq("open"))).filter(seen.clone());
    Ok(query.order(due_on.desc()).select(due_on).first(reader.within(&seen)).optional()?)
}
