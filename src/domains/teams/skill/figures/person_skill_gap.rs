//! What a person has of what a role asks for.

use crate::person::{
    person::Person,
    role_profile::RoleProfile,
    role_requirement::{RequirementKind, RoleRequirement},
};
use crate::skill::{
    certification::Certification,
    course::Course,
    enrollment::Enrollment,
    person_certification::PersonCertification,
    skill::Skill,
    skill_assessment::{SkillAssessment, confirmed_at},
    skill_gap::{self, Need},
};
use std::collections::HashMap;
use steward_core::access::unit_and_above;
use steward_core::database::Narrowed;
use steward_core::resource::value::{Number, Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::teams::{courses, enrollments, person_certifications, role_requirements, skill_assessments};

/// Parameters of the figure.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Role profile to compare with.
    #[param(inline)]
    pub role_profile_id: IdOf<RoleProfile>,
}

/// Skill required by the role.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GapOfSkill {
    /// Required skill.
    pub skill_id: Id,
    /// Name of the skill; null if it is not visible to you.
    pub name: Option<Title>,
    /// Weight in the readiness.
    pub weight: Number<0, 1000>,
    /// Required level.
    pub required_level: Whole<0, 7>,
    /// Latest confirmed level; null without a confirmation.
    pub confirmed_level: Option<Whole<0, 7>>,
    /// Date of that confirmation.
    pub confirmed_on: Option<Date>,
    /// Levels missing: max(0, required − confirmed).
    pub gap: Option<Whole<0, 7>>,
    /// Freshness of the confirmation: 2^(−months since confirmation / 24), so 1 on the day and 0.5 after two years; null without a
    /// confirmation.
    pub freshness: Figure,
    /// True if the confirmed level reaches the required level.
    pub met: Option<bool>,
}

/// Certification or course required by the role.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GapOfProof {
    /// Required certification or course.
    pub required_id: Id,
    /// Name of the certification or course; null if it is not visible to you.
    pub name: Option<Title>,
    /// True if the person holds the certification or has passed the course, even if no longer valid.
    pub held: Option<bool>,
    /// Last day of validity; null if it does not expire or is not held.
    pub valid_until: Option<Date>,
    /// True if valid today.
    pub met: Option<bool>,
}

/// Gap between a person's skills, certifications and courses and a role's requirements.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SkillGap {
    /// Person compared.
    pub person_id: Id,
    /// Role profile compared with.
    pub role_profile_id: Id,
    /// Readiness for the role: Σ w·min(1, confirmed / required) / Σ w over the skills, from 0 to 1; null if all weights are 0 or there are
    /// no skills.
    pub readiness: Figure,
    /// Required skills, in the order of the role's requirements.
    pub skills: Vec<GapOfSkill>,
    /// Required certifications.
    pub certifications: Vec<GapOfProof>,
    /// Required courses.
    pub courses: Vec<GapOfProof>,
}

impl View for SkillGap {
    const PATH: &'static str = "teams/people/{id}/skill-gap";
    const OPERATION_ID: &'static str = "get_person_skill_gap";
    const SUMMARY: &'static str = "Get the skill gap of a person to a role";
    const DESCRIPTION: &'static str = "Skill gap of a person to a role profile: the gap in each skill, the missing certifications and courses, \
        and the readiness for the role, over the records visible to you.\n\n\
        `gap` = max(0, required level − confirmed level), where the latest confirmed assessment counts, and 0 without one; \
        `freshness` = 2^(−months since confirmation / 24), a month being 30.436875 days. A skill is met when its gap is 0. \
        A certification is met while the person holds a valid one that has not passed its last day; \
        a course when it was passed and, where it must be passed again, within its validity.\n\n\
        `readiness` = Σ w·min(1, confirmed / required) / Σ w over the skills; null if all weights are 0 or there are no skills. \
        Data of the person that is not visible to you is null, not missing.";
    type Reads = (
        Person,
        RoleProfile,
        IfPermitted<RoleRequirement>,
        IfPermitted<Skill>,
        IfPermitted<SkillAssessment>,
        IfPermitted<Certification>,
        IfPermitted<PersonCertification>,
        IfPermitted<Course>,
        IfPermitted<Enrollment>,
    );
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let role = query.role_profile_id.id;
        let person_id = cx.id()?;
        let (person, _) = cx.get_typed::<Person>(person_id)?;
        let profiles = cx.definition::<RoleProfile>()?;
        if cx.find(profiles, role)?.is_none() {
            return Err(Problem::bad_request("There is no role profile with that role_profile_id, or it is not visible to you.").into());
        }
        let unit = person.placement.unit_id;
        let (asked, today) = (asked(cx, role)?, cx.today());
        let levels = levels(cx, person_id, unit)?;
        let skills = skills(&asked, levels.as_ref(), &names::<Skill>(cx, &asked, RequirementKind::Skill)?, today);
        let needs: Option<Vec<Need>> = levels.as_ref().map(|levels| {
            let skills = asked.iter().filter(|each| each.kind == RequirementKind::Skill);
            skills.map(|each| Need { required: each.level, confirmed: levels.get(&each.id).map(|(level, _)| *level), weight: each.weight }).collect()
        });
        let certificates = certificates(cx, person_id, unit)?;
        let passed = passed(cx, person_id, unit)?;
        let certification_names = names::<Certification>(cx, &asked, RequirementKind::Certification)?;
        let course_names = names::<Course>(cx, &asked, RequirementKind::Course)?;
        Ok(SkillGap {
            person_id,
            role_profile_id: role,
            readiness: Figure(needs.and_then(|needs| skill_gap::readiness(&needs))),
            skills,
            certifications: proofs(&asked, RequirementKind::Certification, &certificates, &certification_names, today),
            courses: proofs(&asked, RequirementKind::Course, &passed, &course_names, today),
        })
    }
}

/// What the role asks for.
struct RequiredItem {
    kind: RequirementKind,
    id: Id,
    level: i64,
    weight: f64,
}

/// What a person has of something: none if the caller may not see it.
type Held = Option<HashMap<Id, Option<Date>>>;

fn asked(reader: &mut Reader<'_>, role: Id) -> Result<Vec<RequiredItem>> {
    use role_requirements::{id, kind, minimum_level, required_id, role_profile_id, weight};
    let seen = reader.sees::<RoleRequirement>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let query = role_requirements::table.filter(role_profile_id.eq(role)).filter(seen.clone()).order(id);
    let rows: Vec<(RequirementKind, Id, Option<i64>, f64)> = query.select((kind, required_id, minimum_level, weight)).load(reader.within(&seen))?;
    let asked =
        |(of, required, least, weighed): (_, _, Option<i64>, _)| RequiredItem { kind: of, id: required, level: least.unwrap_or_default(), weight: weighed };
    Ok(rows.into_iter().map(asked).collect())
}

/// The names of what is asked for of a kind, as far as the caller may see them.
fn names<R: Resource>(reader: &mut Reader<'_>, asked: &[RequiredItem], kind: RequirementKind) -> Result<HashMap<Id, Title>> {
    let ids: Vec<Id> = asked.iter().filter(|each| each.kind == kind).map(|each| each.id).collect();
    reader.titles(R::PATH, &ids)
}

/// What a person has that the caller may see; none if the caller may not see such things of a person in this unit.
fn of_person<R: Resource>(reader: &mut Reader<'_>, person: Id, unit: Option<Id>) -> Result<Option<Narrowed<R::Table>>> {
    let reach = reader.session.reach(&reader.definition::<R>()?.permission("read"));
    let above = match unit {
        Some(unit) => unit_and_above(reader.unscoped("a permission reaches down the tree of units whether or not the units may be read"), unit)?,
        None => Vec::new(),
    };
    let is_own = reach.takes_own() && reader.session.person == Some(person);
    if !reach.covers(&above) && !is_own {
        return Ok(None);
    }
    let seen = reader.sees::<R>()?;
    Ok((!seen.is_nothing()).then_some(seen))
}

/// The level of each skill that was confirmed last, and the day; none if the caller may not see it.
fn levels(reader: &mut Reader<'_>, person: Id, unit: Option<Id>) -> Result<Option<HashMap<Id, (i64, Date)>>> {
    use skill_assessments::{id, level, person_id, skill_id, state};
    let Some(seen) = of_person::<SkillAssessment>(reader, person, unit)? else { return Ok(None) };
    let confirmed = skill_assessments::table.filter(state.eq("confirmed").and(person_id.eq(person))).filter(seen.clone());
    let rows: Vec<(Id, i64, Instant)> = confirmed.order((confirmed_at(), id)).select((skill_id, level, confirmed_at())).load(reader.within(&seen))?;
    // The last of a skill stays.
    Ok(Some(rows.into_iter().map(|(skill, confirmed, at)| (skill, (confirmed, at.date()))).collect()))
}

/// The certifications that the person holds, with the last day of the one that lasts longest.
fn certificates(reader: &mut Reader<'_>, person: Id, unit: Option<Id>) -> Result<Held> {
    use person_certifications::{certification_id, expires_on, person_id, state};
    let Some(seen) = of_person::<PersonCertification>(reader, person, unit)? else { return Ok(None) };
    let valid = person_certifications::table.filter(state.eq("valid").and(person_id.eq(person))).filter(seen.clone());
    let rows: Vec<(Id, Option<Date>)> = valid.select((certification_id, expires_on)).load(reader.within(&seen))?;
    Ok(Some(longest(rows.into_iter())))
}

/// The courses that the person has passed, with the last day on which that counts.
fn passed(reader: &mut Reader<'_>, person: Id, unit: Option<Id>) -> Result<Held> {
    use enrollments::{completed_on, course_id, person_id, state};
    let Some(seen) = of_person::<Enrollment>(reader, person, unit)? else { return Ok(None) };
    let rows: Vec<(Id, Date, Option<i64>)> = enrollments::table
        .inner_join(courses::table)
        .filter(state.eq("passed").and(completed_on.is_not_null()).and(person_id.eq(person)))
        .filter(seen)
        .select((course_id, completed_on.assume_not_null(), courses::validity_months))
        .load(reader.unscoped("a course passed in sight counts as long as the course says, whether or not that may be read"))?;
    Ok(Some(longest(rows.into_iter().map(|(course, on, months)| (course, skill_gap::counts_until(on, months))))))
}

/// The latest end of each; no end is later than any.
fn longest(each: impl Iterator<Item = (Id, Option<Date>)>) -> HashMap<Id, Option<Date>> {
    let mut ends: HashMap<Id, Option<Date>> = HashMap::new();
    for (id, end) in each {
        ends.entry(id).and_modify(|known| *known = known.zip(end).map(|(known, end)| known.max(end))).or_insert(end);
    }
    ends
}

fn skills(asked: &[RequiredItem], levels: Option<&HashMap<Id, (i64, Date)>>, names: &HashMap<Id, Title>, today: Date) -> Vec<GapOfSkill> {
    let skills = asked.iter().filter(|each| each.kind == RequirementKind::Skill);
    skills
        .map(|each| {
            let confirmed = levels.and_then(|levels| levels.get(&each.id)).copied();
            let gap = levels.map(|_| skill_gap::gap(each.level, confirmed.map(|(level, _)| level)));
            GapOfSkill {
                skill_id: each.id,
                name: names.get(&each.id).cloned(),
                weight: Number(each.weight),
                required_level: Whole(each.level),
                confirmed_level: confirmed.map(|(level, _)| Whole(level)),
                confirmed_on: confirmed.map(|(_, on)| on),
                gap: gap.map(Whole),
                freshness: Figure(confirmed.map(|(_, on)| skill_gap::freshness(on, today))),
                met: gap.map(|gap| gap == 0),
            }
        })
        .collect()
}

fn proofs(asked: &[RequiredItem], kind: RequirementKind, held: &Held, names: &HashMap<Id, Title>, today: Date) -> Vec<GapOfProof> {
    let of_kind = asked.iter().filter(|each| each.kind == kind);
    of_kind
        .map(|each| {
            let mine = held.as_ref().map(|held| held.get(&each.id).copied());
            GapOfProof {
                required_id: each.id,
                name: names.get(&each.id).cloned(),
                held: mine.map(|mine| mine.is_some()),
                valid_until: mine.flatten().flatten(),
                met: mine.map(|mine| mine.is_some_and(|until| skill_gap::stands(until, today))),
            }
        })
        .collect()
}
