//! The people who can do what services or controls need.

use super::skill_assessment::confirmed_at;
use super::skill_gap::stands;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::people::Qualified;
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Id};
use steward_schema::teams::{people, person_certifications, skill_assessments, skill_needs};

/// A need: what needs it, the skill, the least level, and the certification that is asked for.
type Need = (Id, Id, i64, Option<Id>);

/// The people who are there and have a skill that some services or controls need, each once for each of these.
pub fn qualified(check: &mut Check<'_>, subjects: &[Id]) -> Result<Vec<Qualified>> {
    let mut needs: Vec<Need> = Vec::new();
    for chunk in subjects.chunks(CHUNK) {
        let columns = (skill_needs::subject_id, skill_needs::skill_id, skill_needs::minimum_level, skill_needs::certification_id);
        needs.extend(skill_needs::table.filter(skill_needs::subject_id.eq_any(chunk)).select(columns).load::<Need>(check.connection)?);
    }
    if needs.is_empty() {
        return Ok(Vec::new());
    }
    let skills: HashSet<Id> = needs.iter().map(|(_, skill, ..)| *skill).collect();
    let (levels, held) = (levels(check, &skills)?, certificates(check)?);
    let mut found: BTreeMap<(Id, Id), Id> = BTreeMap::new();
    for (subject, skill, least, certification) in needs {
        let able = levels.iter().filter(|((of, _), (level, _))| *of == skill && *level >= least);
        for ((_, person), (_, assessment)) in able {
            if certification.is_none_or(|certification| held.contains(&(*person, certification))) {
                found.entry((subject, *person)).or_insert(*assessment);
            }
        }
    }
    Ok(found.into_iter().map(|((subject, person), assessment)| Qualified { assessment, person, subject }).collect())
}

/// The level of each person in some skills, as it was confirmed last, with the assessment.
fn levels(check: &mut Check<'_>, skills: &HashSet<Id>) -> Result<BTreeMap<(Id, Id), (i64, Id)>> {
    let today = check.today;
    let stays = people::ends_on.is_null().or(people::ends_on.ge(today));
    let there = people::table.filter(people::state.eq_any(["active", "on_leave"])).filter(stays).select(people::id);
    let rows: Vec<(Id, Id, i64, Id)> = skill_assessments::table
        .filter(skill_assessments::state.eq("confirmed"))
        .filter(skill_assessments::person_id.eq_any(there))
        .order((confirmed_at(), skill_assessments::id))
        .select((skill_assessments::skill_id, skill_assessments::person_id, skill_assessments::level, skill_assessments::id))
        .load(check.connection)?;
    let needed = rows.into_iter().filter(|(skill, ..)| skills.contains(skill));
    // The last of a person stays.
    Ok(needed.map(|(skill, person, level, assessment)| ((skill, person), (level, assessment))).collect())
}

/// Who holds which certification today.
fn certificates(check: &mut Check<'_>) -> Result<HashSet<(Id, Id)>> {
    let columns = (person_certifications::person_id, person_certifications::certification_id, person_certifications::expires_on);
    let query = person_certifications::table.filter(person_certifications::state.eq("valid")).select(columns);
    let rows: Vec<(Id, Id, Option<Date>)> = query.load(check.connection)?;
    let valid: HashMap<(Id, Id), Option<Date>> = rows.into_iter().map(|(person, certification, until)| ((person, certification), until)).collect();
    Ok(valid.into_iter().filter(|(_, until)| stands(*until, check.today)).map(|(held, _)| held).collect())
}
