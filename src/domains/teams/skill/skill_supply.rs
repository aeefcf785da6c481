//! Who can do what, of the skills and certifications that services and controls need.

use super::person_certification::PersonCertification;
use super::skill_assessment::{SkillAssessment, confirmed_at};
use super::skill_gap::stands;
use crate::person::person::Person;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::Date;
use steward_core::store::Reader;
use steward_schema::teams::{people, person_certifications, skill_assessments, skill_needs};

/// The level of each person in each skill, as it was confirmed last; none if the reader may not see it.
pub fn levels(reader: &mut Reader<'_>) -> Result<Option<HashMap<Id, HashMap<Id, i64>>>> {
    let (seen_people, seen_assessments) = (reader.sees::<Person>()?, reader.sees::<SkillAssessment>()?);
    if seen_people.is_nothing() || seen_assessments.is_nothing() {
        return Ok(None);
    }
    let stays = people::ends_on.is_null().or(people::ends_on.ge(reader.today()));
    let there = people::table.filter(people::state.eq_any(["active", "on_leave"])).filter(stays).filter(seen_people).select(people::id);
    let needed = skill_needs::table.select(skill_needs::skill_id).into_boxed::<Dialect>();
    let rows: Vec<(Id, Id, i64)> = skill_assessments::table
        .filter(skill_assessments::state.eq("confirmed"))
        .filter(skill_assessments::skill_id.eq_any(needed))
        .filter(skill_assessments::person_id.eq_any(there))
        .filter(seen_assessments.clone())
        .order((confirmed_at(), skill_assessments::id))
        .select((skill_assessments::skill_id, skill_assessments::person_id, skill_assessments::level))
        .load(reader.within(&seen_assessments))?;
    let mut found: HashMap<Id, HashMap<Id, i64>> = HashMap::new();
    for (skill, person, level) in rows {
        // The last of a person stays.
        found.entry(skill).or_default().insert(person, level);
    }
    Ok(Some(found))
}

/// Who holds which certification on a day; none if the reader may not see it.
pub fn certificates(reader: &mut Reader<'_>, today: Date) -> Result<Option<HashSet<(Id, Id)>>> {
    use person_certifications::{certification_id, expires_on, person_id, state};
    let seen = reader.sees::<PersonCertification>()?;
    if seen.is_nothing() {
        return Ok(None);
    }
    let needed = skill_needs::table.select(skill_needs::certification_id).into_boxed::<Dialect>();
    let valid = person_certifications::table.filter(state.eq("valid")).filter(certification_id.nullable().eq_any(needed)).filter(seen.clone());
    let rows: Vec<((Id, Id), Option<Date>)> = valid.select(((person_id, certification_id), expires_on)).load(reader.within(&seen))?;
    Ok(Some(rows.into_iter().filter(|(_, until)| stands(*until, today)).map(|(held, _)| held).collect()))
}
