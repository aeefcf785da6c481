//! The measure of teams: how many people are needed for what services and controls need, and how many of them are there.

use super::person::Person;
use super::person_certification::PersonCertification;
use super::skill_assessment::{CONFIRMED_AT, SkillAssessment};
use super::skill_gap::stands;
use super::skill_need::SkillNeed;
use crate::database::{Kind, Row, Statement};
use crate::error::Result;
use crate::http::measure::{Basis, Measure, Measured, Sense, so_many};
use crate::resource::Id;
use crate::store::Reader;
use std::collections::{HashMap, HashSet};

const UNIT: &str = "people";

/// The measure.
pub static SKILLS: Measure = Measure {
    name: "skill_coverage",
    description: "Over the skill needs of services and controls: the plan is Σ the people needed; actual Σ min(qualified, needed). \
        Qualified is who is active or on leave, has the skill at the level needed or above by the assessment that was confirmed last, and holds the certification that is asked for. \
        A person counts for each need.",
    compute,
};

/// A need.
struct Need {
    skill: Id,
    level: i64,
    count: usize,
    certification: Option<Id>,
}

fn compute(reader: &mut Reader<'_>, basis: &Basis) -> Result<Measured> {
    let Some(narrowed) = reader.narrowed::<SkillNeed>()? else { return Ok(Measured::unknown(UNIT, "You may not see what skills are needed.")) };
    let mut query = Statement::new("SELECT skill_id, minimum_level, needed_count, certification_id FROM skill_needs WHERE 1 = 1");
    query.append(narrowed);
    let read = |row: &Row| {
        let count = usize::try_from(row.get(2)?.as_integer()?).ok()?;
        Some(Need { skill: row.first()?.as_id()?, level: row.get(1)?.as_integer()?, count, certification: row.get(3)?.as_id() })
    };
    let needs: Vec<Need> = query.rows(reader.connection, &[Kind::Id, Kind::Integer, Kind::Integer, Kind::Id])?.iter().filter_map(read).collect();
    if needs.is_empty() {
        return Ok(Measured::unknown(UNIT, "No skill that you may see is needed by a service or control."));
    }
    let plan: usize = needs.iter().map(|need| need.count).sum();
    let (Some(levels), Some(held)) = (levels(reader)?, certificates(reader, basis)?) else {
        let mut told = Measured::unknown(UNIT, "You may not see who can do what.");
        told.plan = Some(plan as f64);
        return Ok(told);
    };
    let qualified = |need: &Need| {
        let able = levels.get(&need.skill).into_iter().flatten().filter(|(_, level)| **level >= need.level);
        able.filter(|(person, _)| need.certification.is_none_or(|certification| held.contains(&(**person, certification)))).count()
    };
    let found: Vec<(usize, usize)> = needs.iter().map(|need| (qualified(need), need.count)).collect();
    let actual: usize = found.iter().map(|(have, need)| have.min(need)).sum();
    let count = |holds: fn(usize) -> bool| found.iter().filter(|(have, _)| holds(*have)).count();
    let (gaps, single) = (count(|have| have == 0), count(|have| have == 1));
    let reason = format!(
        "{actual} of {} there; nobody is qualified for {}, and one person alone for {}.",
        so_many(plan, "person needed is", "people needed are"),
        so_many(gaps, "need", "needs"),
        so_many(single, "need", "needs")
    );
    let told = Measured::of(UNIT, Sense::More, (Some(plan as f64), Some(actual as f64)), None, reason);
    Ok(told.and("needs_without_anybody", "needs", Some(gaps as f64)).and("key_person_risks", "needs", Some(single as f64)))
}

/// The level of each person in each skill, as it was confirmed last; none if the reader may not see it.
fn levels(reader: &mut Reader<'_>) -> Result<Option<HashMap<Id, HashMap<Id, i64>>>> {
    let (Some(people), Some(assessments)) = (reader.narrowed::<Person>()?, reader.narrowed::<SkillAssessment>()?) else { return Ok(None) };
    let today = reader.today();
    let mut query = Statement::new("SELECT skill_id, person_id, level, ");
    query.push(CONFIRMED_AT).push(" AS confirmed_at FROM skill_assessments WHERE state = 'confirmed' AND skill_id IN (SELECT skill_id FROM skill_needs)");
    query
        .push(" AND person_id IN (SELECT id FROM people WHERE state IN ('active', 'on_leave') AND (ends_on IS NULL OR ends_on >= ")
        .bind(today)
        .push(")")
        .append(people)
        .push(")");
    query.append(assessments).push(" ORDER BY confirmed_at, id");
    let mut found: HashMap<Id, HashMap<Id, i64>> = HashMap::new();
    for row in query.rows(reader.connection, &[Kind::Id, Kind::Id, Kind::Integer, Kind::Instant])? {
        if let [skill, person, level, _] = row.as_slice()
            && let (Some(skill), Some(person), Some(level)) = (skill.as_id(), person.as_id(), level.as_integer())
        {
            // The last of a person stays.
            found.entry(skill).or_default().insert(person, level);
        }
    }
    Ok(Some(found))
}

/// Who holds which certification today; none if the reader may not see it.
fn certificates(reader: &mut Reader<'_>, basis: &Basis) -> Result<Option<HashSet<(Id, Id)>>> {
    let Some(narrowed) = reader.narrowed::<PersonCertification>()? else { return Ok(None) };
    let mut query = Statement::new("SELECT person_id, certification_id, expires_on FROM person_certifications WHERE state = 'valid'");
    query.push(" AND certification_id IN (SELECT certification_id FROM skill_needs)").append(narrowed);
    let read = |row: &Row| {
        let held = (row.first()?.as_id()?, row.get(1)?.as_id()?);
        stands(row.get(2)?.as_date(), basis.today).then_some(held)
    };
    Ok(Some(query.rows(reader.connection, &[Kind::Id, Kind::Id, Kind::Date])?.iter().filter_map(read).collect()))
}
