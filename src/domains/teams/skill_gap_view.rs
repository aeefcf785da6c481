//! What a person has of what a role asks for.

use super::certification::Certification;
use super::course::Course;
use super::enrollment::Enrollment;
use super::person::Person;
use super::person_certification::PersonCertification;
use super::role_profile::RoleProfile;
use super::role_requirement::{RequirementKind, RoleRequirement};
use super::skill::Skill;
use super::skill_assessment::{CONFIRMED_AT, SkillAssessment};
use super::skill_gap::{self, Need};
use crate::access::unit_and_above;
use crate::database::{Cell, Kind, Statement};
use crate::error::{Problem, Result};
use crate::http::view::{Call, Parameter, Run, View};
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{Date, Figure, Many, Number, Title, Whole};
use crate::resource::{Id, Resource};
use crate::store::Reader;
use serde_json::Value;
use std::collections::HashMap;

/// `GET teams/people/{id}/skill-gap`.
pub static SKILL_GAP: View = View {
    path: "teams/people/{id}/skill-gap",
    operation_id: "get_person_skill_gap",
    summary: "Get the skill gap of a person to a role",
    description: "What a person has of what a role profile asks for: the gap in each skill, the certifications and courses that are missing, \
        and the readiness for the role, over what you may see.\n\n\
        `gap` = max(0, required level − confirmed level), where the assessment that was confirmed last counts and none counts as 0; \
        `freshness` = 2^(−months since confirmation / 24), a month being 30.436875 days. A skill is met when its gap is 0. \
        A certification is met while one of the person's is valid and has not passed its last day; \
        a course when it was passed and, where it must be passed again, not longer ago than its validity.\n\n\
        `readiness` = Σ w·min(1, confirmed / required) / Σ w over the skills; null when nothing weighs anything. \
        What you may not see of the person is null, not missing.",
    permissions: &["teams.people:read", "teams.role_profiles:read"],
    parameters: &[Parameter { name: ROLE, description: "the id of the role profile", words: &[], required: true }],
    answer: answer_schema::<SkillGap>,
    run: Run::Read(run),
};

const ROLE: &str = "role_profile_id";

crate::answer! {
    /// A skill that the role asks for.
    pub struct GapOfSkill {
        /// The skill.
        pub skill_id: Id,
        /// Its name; null if you may not see the skill.
        pub name: Option<Title>,
        /// How much it weighs.
        pub weight: Number<0, 1000>,
        /// The level that is asked for.
        pub required_level: Whole<0, 7>,
        /// The level that was confirmed last; null if none was.
        pub confirmed_level: Option<Whole<0, 7>>,
        /// The day of that confirmation.
        pub confirmed_on: Option<Date>,
        /// max(0, required − confirmed).
        pub gap: Option<Whole<0, 7>>,
        /// 2^(−months since confirmation / 24): 1 is of today, 0.5 two years old; null if none was confirmed.
        pub freshness: Figure,
        /// Whether the confirmed level is what is asked for, or more.
        pub met: Option<bool>,
    }
}

crate::answer! {
    /// A certification or a course that the role asks for.
    pub struct GapOfProof {
        /// The certification or course.
        pub required_id: Id,
        /// Its name; null if you may not see it.
        pub name: Option<Title>,
        /// Whether the person holds the certification, or has passed the course, even if it no longer counts.
        pub held: Option<bool>,
        /// The last day on which it counts; null if that never ends, or if it is not held.
        pub valid_until: Option<Date>,
        /// Whether it counts today.
        pub met: Option<bool>,
    }
}

crate::answer! {
    /// What a person has of what a role asks for.
    pub struct SkillGap {
        /// The person.
        pub person_id: Id,
        /// The role profile.
        pub role_profile_id: Id,
        /// Σ w·min(1, confirmed / required) / Σ w over the skills, from 0 to 1; null when nothing weighs anything.
        pub readiness: Figure,
        /// The skills, in the order in which the role names them.
        pub skills: Many<GapOfSkill>,
        /// The certifications.
        pub certifications: Many<GapOfProof>,
        /// The mandatory courses.
        pub courses: Many<GapOfProof>,
    }
}

/// What the role asks for.
struct Asked {
    kind: RequirementKind,
    id: Id,
    level: i64,
    weight: f64,
}

/// What a person has of something: none if the caller may not see it.
type Held = Option<HashMap<Id, Option<Date>>>;

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let role = call.parameter(ROLE).and_then(Id::parse);
    let role = role.ok_or_else(|| Problem::bad_request("Give role_profile_id, the id of a role profile, as a UUID."))?;
    let person_id = call.id()?;
    let (person, _) = reader.get_typed::<Person>(person_id)?;
    let profiles = reader.definition::<RoleProfile>()?;
    if reader.find(profiles, role)?.is_none() {
        return Err(Problem::bad_request("There is no role profile with that role_profile_id, or it is not visible to you.").into());
    }
    let unit = person.placement.unit_id;
    let (asked, today) = (asked(reader, role)?, reader.today());
    let levels = levels(reader, person_id, unit)?;
    let skills = skills(&asked, levels.as_ref(), &names::<Skill>(reader, &asked, RequirementKind::Skill)?, today);
    let needs: Option<Vec<Need>> = levels.as_ref().map(|levels| {
        let skills = asked.iter().filter(|each| each.kind == RequirementKind::Skill);
        skills.map(|each| Need { required: each.level, confirmed: levels.get(&each.id).map(|(level, _)| *level), weight: each.weight }).collect()
    });
    let certificates = certificates(reader, person_id, unit)?;
    let passed = passed(reader, person_id, unit)?;
    let certification_names = names::<Certification>(reader, &asked, RequirementKind::Certification)?;
    let course_names = names::<Course>(reader, &asked, RequirementKind::Course)?;
    let answer = SkillGap {
        person_id,
        role_profile_id: role,
        readiness: Figure(needs.and_then(|needs| skill_gap::readiness(&needs))),
        skills: Many(skills),
        certifications: Many(proofs(&asked, RequirementKind::Certification, &certificates, &certification_names, today)),
        courses: Many(proofs(&asked, RequirementKind::Course, &passed, &course_names, today)),
    };
    Ok(Model::to_json(&answer).into())
}

fn asked(reader: &mut Reader<'_>, role: Id) -> Result<Vec<Asked>> {
    let Some(narrowed) = reader.narrowed::<RoleRequirement>()? else { return Ok(Vec::new()) };
    let mut query = Statement::new("SELECT kind, required_id, minimum_level, weight FROM role_requirements WHERE role_profile_id = ").with(role, "");
    query.append(narrowed).push(" ORDER BY id");
    let rows = query.rows(reader.connection, &[Kind::Text, Kind::Id, Kind::Integer, Kind::Real])?;
    let read = |row: &crate::database::Row| {
        let weight = if let Some(Cell::Real(weight)) = row.get(3) { *weight } else { 0.0 };
        let kind = RequirementKind::from_word(row.first()?.as_text()?)?;
        Some(Asked { kind, id: row.get(1)?.as_id()?, level: row.get(2)?.as_integer().unwrap_or_default(), weight })
    };
    Ok(rows.iter().filter_map(read).collect())
}

/// The names of what is asked for of a kind, as far as the caller may see them.
fn names<R: Resource>(reader: &mut Reader<'_>, asked: &[Asked], kind: RequirementKind) -> Result<HashMap<Id, Title>> {
    let ids: Vec<Id> = asked.iter().filter(|each| each.kind == kind).map(|each| each.id).collect();
    reader.titles(R::PATH, &ids)
}

/// ` AND …`, which narrows a query over what a person has; none if the caller may not see such things of a person in this unit.
fn of_person<R: Resource>(reader: &mut Reader<'_>, unit: Option<Id>) -> Result<Option<Statement>> {
    let reach = reader.session.reach(&reader.definition::<R>()?.permission("read"));
    let above = match unit {
        Some(unit) => unit_and_above(reader.connection, unit)?,
        None => Vec::new(),
    };
    if reach.covers(&above) { reader.narrowed::<R>() } else { Ok(None) }
}

/// The level of each skill that was confirmed last, and the day; none if the caller may not see it.
fn levels(reader: &mut Reader<'_>, person: Id, unit: Option<Id>) -> Result<Option<HashMap<Id, (i64, Date)>>> {
    let Some(narrowed) = of_person::<SkillAssessment>(reader, unit)? else { return Ok(None) };
    let mut query = Statement::new("SELECT skill_id, level, ");
    query.push(CONFIRMED_AT).push(" AS confirmed_at FROM skill_assessments WHERE state = 'confirmed' AND person_id = ").bind(person);
    query.append(narrowed).push(" ORDER BY confirmed_at, id");
    let rows = query.rows(reader.connection, &[Kind::Id, Kind::Integer, Kind::Instant])?;
    // The last of a skill stays.
    Ok(Some(rows.iter().filter_map(|row| Some((row.first()?.as_id()?, (row.get(1)?.as_integer()?, row.get(2)?.as_instant()?.date())))).collect()))
}

/// The certifications that the person holds, with the last day of the one that lasts longest.
fn certificates(reader: &mut Reader<'_>, person: Id, unit: Option<Id>) -> Result<Held> {
    let Some(narrowed) = of_person::<PersonCertification>(reader, unit)? else { return Ok(None) };
    let mut query = Statement::new("SELECT certification_id, expires_on FROM person_certifications WHERE state = 'valid' AND person_id = ").with(person, "");
    query.append(narrowed);
    let rows = query.rows(reader.connection, &[Kind::Id, Kind::Date])?;
    Ok(Some(longest(rows.iter().filter_map(|row| Some((row.first()?.as_id()?, row.get(1)?.as_date()))))))
}

/// The courses that the person has passed, with the last day on which that counts.
fn passed(reader: &mut Reader<'_>, person: Id, unit: Option<Id>) -> Result<Held> {
    let Some(narrowed) = of_person::<Enrollment>(reader, unit)? else { return Ok(None) };
    let mut query = Statement::new(
        "SELECT e.course_id, e.completed_on, c.validity_months FROM (SELECT course_id, completed_on \
         FROM enrollments WHERE state = 'passed' AND completed_on IS NOT NULL AND person_id = ",
    )
    .with(person, "");
    query.append(narrowed).push(") e JOIN courses c ON c.id = e.course_id");
    let rows = query.rows(reader.connection, &[Kind::Id, Kind::Date, Kind::Integer])?;
    let until = |row: &crate::database::Row| Some((row.first()?.as_id()?, skill_gap::counts_until(row.get(1)?.as_date()?, row.get(2)?.as_integer())));
    Ok(Some(longest(rows.iter().filter_map(until))))
}

/// The latest end of each; no end is later than any.
fn longest(each: impl Iterator<Item = (Id, Option<Date>)>) -> HashMap<Id, Option<Date>> {
    let mut ends: HashMap<Id, Option<Date>> = HashMap::new();
    for (id, end) in each {
        ends.entry(id).and_modify(|known| *known = known.zip(end).map(|(known, end)| known.max(end))).or_insert(end);
    }
    ends
}

fn skills(asked: &[Asked], levels: Option<&HashMap<Id, (i64, Date)>>, names: &HashMap<Id, Title>, today: Date) -> Vec<GapOfSkill> {
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

fn proofs(asked: &[Asked], kind: RequirementKind, held: &Held, names: &HashMap<Id, Title>, today: Date) -> Vec<GapOfProof> {
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
