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
    /// Name of the person.
    pub name: Title,
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
    /// Number of people in the audience who attested this major version; null where you may not read all attestations.
    pub attested_count: Option<Count>,
    /// attested_count / audience_count · 100; null without an audience, and where you may not read all attestations.
    pub attested_percent: Figure,
    /// Number of people in the audience who did not; null where you may not read all attestations.
    pub missing_count: Option<Count>,
    /// People without an attestation whom you may read, at most 200; none where you may not read all attestations.
    pub missing: Vec<MissingAttestation>,
    /// Due date of the open campaign for this version, or an earlier one with the same major number.
    pub due_on: Option<Date>,
    /// True if the due date has passed while attestations are missing; null where you may not read all attestations.
    pub overdue: Option<bool>,
    /// Due date of the review of the version.
    pub review_due_on: Option<Date>,
    /// True if the due date of the review has passed.
    pub review_overdue: bool,
    /// True if there are attestations or missing people that you may not read.
    pub partial: bool,
}

/// The published version: its id, number, audience, review interval and days.
type Published = (Id, (i64, i64), (AudienceKind, Option<Id>), i64, (Option<Date>, Option<Date>));

/// How many people an answer names.
const NAMED: usize = 200;

impl View for AttestationStatus {
    const PATH: &'static str = "security/policies/{id}/attestation-status";
    const OPERATION_ID: &'static str = "get_policy_attestation_status";
    const SUMMARY: &'static str = "Get the attestation status of a policy";
    const DESCRIPTION: &'static str = "Share of the people in today's audience of the published version who attested it or an earlier version with the same major number. Where you may not read all attestations of it, the numbers that follow from them are null (`partial`).";
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
        let (attested, is_hidden) = match &published {
            Some((_, (major, _), ..)) => attested(cx, id, *major)?,
            None => (HashSet::new(), false),
        };
        let missing: Vec<Id> = audience.iter().copied().filter(|person| !attested.contains(person)).collect();
        // Who is missing is not known to who does not see all that there is.
        let known: &[Id] = if is_hidden { &[] } else { &missing };
        let mut names = cx.titles("teams/people", known)?;
        let is_partial = is_hidden || names.len() < missing.len();
        let named =
            known.iter().filter_map(|person_id| Some(MissingAttestation { person_id: *person_id, name: names.remove(person_id)? })).take(NAMED).collect();
        let due_on = published.as_ref().map(|(_, (major, _), ..)| campaign(cx, id, *major)).transpose()?.flatten();
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
            attested_count: (!is_hidden).then(|| count(done)),
            attested_percent: Figure((!audience.is_empty() && !is_hidden).then(|| done as f64 / audience.len() as f64 * 100.0)),
            missing_count: (!is_hidden).then(|| count(missing.len())),
            overdue: (!is_hidden).then(|| !missing.is_empty() && due_on.is_some_and(|due| due < today)),
            missing: named,
            due_on,
            review_due_on,
            review_overdue: review_due_on.is_some_and(|due| due < today),
            partial: is_partial,
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

/// The people who attested a version of a policy with a major number, as far as that is in sight, and whether there are others.
fn attested(reader: &mut Reader<'_>, policy: Id, wanted: i64) -> Result<(HashSet<Id>, bool)> {
    use policy_versions::{major, policy_id};
    let seen = reader.sees::<Attestation>()?;
    let of_version = || attestations::table.inner_join(policy_versions::table).filter(policy_id.eq(policy).and(major.eq(wanted)));
    let people: Vec<Id> = of_version().filter(seen.clone()).select(attestations::person_id).load(reader.within(&seen))?;
    let all: i64 = of_version().count().get_result(reader.unscoped("only whether something is left out"))?;
    let is_hidden = usize::try_from(all).is_ok_and(|all| all > people.len());
    Ok((people.into_iter().collect(), is_hidden))
}

/// The day of the open campaign for a version of a policy with a major number.
fn campaign(reader: &mut Reader<'_>, policy: Id, wanted: i64) -> Result<Option<Date>> {
    use attestation_campaigns::{due_on, policy_version_id, state};
    use policy_versions::{major, policy_id};
    let seen = reader.sees::<AttestationCampaign>()?;
    if seen.is_nothing() {
        return Ok(None);
    }
    let versions = policy_versions::table.filter(policy_id.eq(policy).and(major.eq(wanted))).select(policy_versions::id);
    let query = attestation_campaigns::table.filter(policy_version_id.eq_any(versions).and(state.eq("open"))).filter(seen.clone());
    Ok(query.order(due_on.desc()).select(due_on).first(reader.within(&seen)).optional()?)
}
