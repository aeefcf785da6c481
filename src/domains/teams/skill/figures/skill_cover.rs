//! The measure of teams: how many people are needed for what services and controls need, and how many of them are there.

use crate::person::person::Person;
use crate::skill::{
    person_certification::PersonCertification,
    skill_assessment::SkillAssessment,
    skill_need::SkillNeed,
    skill_supply::{certificates, levels},
};
use steward_core::view::measure::{Basis, Measured, Sense, so_many};
use steward_core::view::prelude::*;
use steward_schema::teams::skill_needs;

const UNIT: &str = "people";

/// The measure.
#[derive(Debug)]
pub struct Skills;

impl View for Skills {
    const PATH: &'static str = "teams/skill_coverage";
    const FORMULA: &'static str = "Over the skill needs of services and controls: the plan is Σ needed; actual Σ min(qualified, needed). \
        A person is qualified who is active or on leave, has the needed level or above by the latest confirmed assessment, and holds the required certification. \
        A person counts for each need.";
    type Reads = (IfPermitted<SkillNeed>, IfPermitted<Person>, IfPermitted<SkillAssessment>, IfPermitted<PersonCertification>);
    type Query = Basis;
    type Answer = Measured;

    fn run(cx: &mut Context<'_, '_>, basis: Basis) -> Result<Measured> {
        let seen = cx.sees::<SkillNeed>()?;
        if seen.is_nothing() {
            return Ok(Measured::unknown(UNIT, "You may not see what skills are needed."));
        }
        let columns = (skill_needs::skill_id, skill_needs::minimum_level, skill_needs::needed_count, skill_needs::certification_id);
        let rows: Vec<(Id, i64, i64, Option<Id>)> = skill_needs::table.filter(seen.clone()).select(columns).load(cx.within(&seen))?;
        let need = |(skill, level, count, certification)| Need { skill, level, count: usize::try_from(count).unwrap_or_default(), certification };
        let needs: Vec<Need> = rows.into_iter().map(need).collect();
        if needs.is_empty() {
            return Ok(Measured::unknown(UNIT, "No skill that you may see is needed by a service or control."));
        }
        let plan: usize = needs.iter().map(|need| need.count).sum();
        let (Some(levels), Some(held)) = (levels(cx)?, certificates(cx, basis.today)?) else {
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
}

/// A need.
struct Need {
    skill: Id,
    level: i64,
    count: usize,
    certification: Option<Id>,
}
