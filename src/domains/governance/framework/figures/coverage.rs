//! Coverage of a framework: how much of what it requires is met by controls that are tested and work.

use crate::control::{
    conclusive_test::{is_valid, latest_operating_by},
    control::Control,
    control_requirement::{ControlRequirement, Extent},
    test_result::TestResult,
};
use crate::framework::{
    applicability_statement::ApplicabilityStatement,
    framework::Framework,
    requirement::{Requirement, top_of_each},
};
use diesel::sql_types::Uuid;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use steward_core::access::{parents_above, top_units};
use steward_core::choice;
use steward_core::view::UnitReference;
use steward_core::view::prelude::*;
use steward_schema::governance::{applicability_statements, control_requirements, control_tests, controls, requirements};

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Unit whose statements of applicability count, with those of the units above it; the top of the organisation if left out.
    #[param(inline, value_type = Option<UnitReference>)]
    pub unit_id: Option<Id>,
    /// The day that counts as today, as YYYY-MM-DD; today if left out.
    #[param(inline)]
    pub as_of: Option<Date>,
}

/// The number of requirements by status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct CoverageFigures {
    /// The number of assessable requirements, those that do not apply included.
    pub assessable: u32,
    /// The number of requirements met.
    pub met: u32,
    /// The number of requirements partly met.
    pub partly_met: u32,
    /// The number of requirements not met.
    pub not_met: u32,
    /// The number of requirements that do not apply.
    pub not_applicable: u32,
    /// The number of requirements without a conclusive test of a linked control.
    pub not_assessed: u32,
    /// met / (assessable − not applicable) · 100, rounded to 6 decimals; null when there is nothing to cover.
    pub coverage_percent: Figure,
}

/// The coverage of a top-level group.
#[derive(Debug, Serialize, ToSchema)]
pub struct SectionCoverage {
    /// Requirement that is the group.
    pub requirement_id: IdOf<Requirement>,
    /// The code of the group.
    pub code: String,
    /// The title of the group.
    pub title: String,
    /// Figures of the group.
    #[serde(flatten)]
    pub figures: CoverageFigures,
}

/// The status of a requirement, and why it has that status.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequirementCoverage {
    /// The requirement.
    pub requirement_id: IdOf<Requirement>,
    /// The code of the requirement.
    pub code: String,
    /// The title of the requirement.
    pub title: String,
    /// Status of the requirement.
    pub status: RequirementStatus,
    /// Control that decides the status; null where none does.
    #[schema(value_type = Option<IdOf<Control>>)]
    pub control_id: Option<IdOf<Control>>,
    /// Reason for the status, in a sentence.
    pub reason: String,
}

/// The coverage of a framework.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrameworkCoverage {
    /// Reference date of the figures.
    pub as_of: Date,
    /// True if the figures leave out records that you may not read.
    pub partial: bool,
    /// The figures of the whole framework.
    #[serde(flatten)]
    pub figures: CoverageFigures,
    /// The figures of each top-level group.
    pub by_section: Vec<SectionCoverage>,
    /// Status of each assessable requirement, in the order of the framework.
    pub requirements: Vec<RequirementCoverage>,
}

impl View for FrameworkCoverage {
    const PATH: &'static str = "governance/frameworks/{id}/coverage";
    const SUMMARY: &'static str = "Get the coverage of a framework";
    const DESCRIPTION: &'static str = "Number of a framework's assessable requirements that are met, partly met, not met, not applicable or not assessed, in all and for each top-level group, with the status of each requirement and its reason, over the controls and statements that you may see.\n\n\
        A requirement is evaluated in this order: *not applicable* by the statement of the unit, or else of the nearest unit above it that has made one; *met* when an operating control covers it fully, and its latest operating test passed and is still valid; *not met* when the latest operating test of any linked control failed; \
        *partly met* when a linked control is operating and its latest operating test passed and is valid; else *not assessed*. An inconclusive test counts as none; the latest is by `tested_on`, then `id`; it is valid through `tested_on` + `test_period_days`.\n\n\
        `coverage_percent` = met / (assessable − not applicable) · 100; null when there is nothing to cover. \
        With `as_of` the tests up to and including that day count; controls, links and statements count as they are now.";
    type Reads = (Framework, IfPermitted<Control>, IfPermitted<ControlRequirement>, IfPermitted<Requirement>, IfPermitted<ApplicabilityStatement>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let framework = cx.id()?;
        cx.get_typed::<Framework>(framework)?;
        let as_of = cx.day_or_today(query.as_of);
        let judged = judge_all(cx, &[framework], query.unit_id, as_of)?;
        let tops = top_of_each(judged.iter().map(|(row, _)| (row.id, row.parent)));
        let mut total = Tally::default();
        let mut sections: HashMap<Id, Tally> = HashMap::new();
        for (row, standing) in &judged {
            total.count_if(standing.as_ref());
            if let Some(top) = tops.get(&row.id) {
                sections.entry(*top).or_default().count_if(standing.as_ref());
            }
        }
        let each = judged.iter().filter_map(|(row, standing)| standing.as_ref().map(|standing| of_requirement(row, standing, as_of)));
        let groups = judged.iter().map(|(row, _)| row).filter(|row| row.parent.is_none() && !row.assessable);
        let by_section = groups.map(|row| SectionCoverage {
            requirement_id: row.id.into(),
            code: row.code.clone(),
            title: row.title.clone(),
            figures: sections.get(&row.id).copied().unwrap_or_default().figures(),
        });
        let (by_section, requirements) = (by_section.collect(), each.collect());
        Ok(FrameworkCoverage { as_of, partial: partial::<Self::Reads>(cx)?, figures: total.figures(), by_section, requirements })
    }
}

/// The status of a requirement, in words.
fn of_requirement(row: &Row, standing: &RequirementStanding, as_of: Date) -> RequirementCoverage {
    let of_control = |what: &str| standing.control.as_ref().map(|control| format!("{} {what}", control.told()));
    let reason = match standing.status {
        RequirementStatus::NotApplicable => Some("A statement of applicability says that it does not apply.".to_owned()),
        RequirementStatus::Met => of_control("and covers it fully."),
        RequirementStatus::NotMet => of_control("by its latest operating test."),
        RequirementStatus::PartlyMet => of_control("and covers it in part."),
        RequirementStatus::NotAssessed => None,
    };
    RequirementCoverage {
        requirement_id: row.id.into(),
        code: row.code.clone(),
        title: row.title.clone(),
        status: standing.status,
        control_id: standing.control.as_ref().map(|control| control.id.into()),
        reason: reason.unwrap_or_else(|| format!("No linked control operates with a passed operating test that is valid on {as_of}.")),
    }
}

impl View for CoverageFigures {
    const PATH: &'static str = Framework::PATH;
    type Reads = (IfPermitted<Control>, IfPermitted<ControlRequirement>, IfPermitted<Requirement>, IfPermitted<ApplicabilityStatement>);
    type Query = Records;
    type Answer = PerRecord<Self>;

    fn run(cx: &mut Context<'_, '_>, Records(ids): Records) -> Result<PerRecord<Self>> {
        let today = cx.today();
        let judged = judge_all(cx, &ids, None, today)?;
        let mut totals: HashMap<Id, Tally> = ids.iter().map(|id| (*id, Tally::default())).collect();
        for (row, standing) in &judged {
            totals.entry(row.framework).or_default().count_if(standing.as_ref());
        }
        Ok(totals.into_iter().map(|(id, tally)| (id, tally.figures())).collect())
    }
}

choice! {
    /// Status of a requirement.
    pub enum RequirementStatus {
        /// Not applicable, by a statement.
        NotApplicable = "not_applicable",
        /// Met: covered fully by an operating, tested control.
        Met = "met",
        /// Not met: a linked control failed its latest test.
        NotMet = "not_met",
        /// Partly met: covered in part by an operating, tested control.
        PartlyMet = "partly_met",
        /// Not assessed: nothing proves anything.
        NotAssessed = "not_assessed",
    }
}

/// The status of a requirement, and the control that decides it.
struct RequirementStanding {
    status: RequirementStatus,
    control: Option<LinkedControl>,
}

/// A control that is linked to a requirement, with its latest conclusive operating test.
#[derive(Debug, Clone)]
pub struct LinkedControl {
    /// The control.
    pub id: Id,
    /// Its code.
    pub code: String,
    /// Whether it is in the state operating.
    pub operating: bool,
    /// Whether it covers the requirement fully.
    pub full: bool,
    /// Whether that test passed, and was on that day; none if there was none.
    pub latest: Option<(bool, Date)>,
    /// For how many days a test is valid.
    pub test_period_days: i64,
}

impl LinkedControl {
    /// It with its latest test, as a sentence begins.
    fn told(&self) -> String {
        match self.latest {
            Some((passed, on)) => format!("Control {} {} on {on}", self.code, if passed { "passed its test" } else { "failed" }),
            None => format!("Control {} was not tested", self.code),
        }
    }
}

/// Judges a requirement by the order that the description gives; the control is the one that decides.
pub fn judge(not_applicable: bool, linked: &[LinkedControl], today: Date) -> (RequirementStatus, Option<&LinkedControl>) {
    let proven =
        |control: &&LinkedControl| control.operating && control.latest.is_some_and(|(passed, on)| passed && is_valid(on, control.test_period_days, today));
    if not_applicable {
        return (RequirementStatus::NotApplicable, None);
    }
    if let Some(full) = linked.iter().filter(proven).find(|control| control.full) {
        return (RequirementStatus::Met, Some(full));
    }
    if let Some(failed) = linked.iter().find(|control| control.latest.is_some_and(|(passed, _)| !passed)) {
        return (RequirementStatus::NotMet, Some(failed));
    }
    match linked.iter().find(proven) {
        Some(part) => (RequirementStatus::PartlyMet, Some(part)),
        None => (RequirementStatus::NotAssessed, None),
    }
}

/// The seven figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    assessable: u32,
    met: u32,
    partly_met: u32,
    not_met: u32,
    not_applicable: u32,
    not_assessed: u32,
}

impl Tally {
    /// Counts one requirement.
    pub fn count(&mut self, standing: RequirementStatus) {
        self.assessable += 1;
        match standing {
            RequirementStatus::NotApplicable => self.not_applicable += 1,
            RequirementStatus::Met => self.met += 1,
            RequirementStatus::NotMet => self.not_met += 1,
            RequirementStatus::PartlyMet => self.partly_met += 1,
            RequirementStatus::NotAssessed => self.not_assessed += 1,
        }
    }

    /// met / (assessable − not applicable) · 100.
    pub fn coverage_percent(&self) -> Option<f64> {
        let to_cover = self.assessable - self.not_applicable;
        (to_cover > 0).then(|| f64::from(self.met) / f64::from(to_cover) * 100.0)
    }

    /// How many are met, of how many that are to be.
    pub fn covered(&self) -> (usize, usize) {
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        (count(self.met), count(self.assessable - self.not_applicable))
    }

    /// Counts a requirement if it is assessable.
    fn count_if(&mut self, standing: Option<&RequirementStanding>) {
        standing.into_iter().for_each(|standing| self.count(standing.status));
    }

    fn figures(&self) -> CoverageFigures {
        let Tally { assessable, met, partly_met, not_met, not_applicable, not_assessed } = *self;
        CoverageFigures { assessable, met, partly_met, not_met, not_applicable, not_assessed, coverage_percent: Figure(self.coverage_percent()) }
    }
}

#[derive(Queryable)]
struct Row {
    id: Id,
    framework: Id,
    parent: Option<Id>,
    code: String,
    title: String,
    assessable: bool,
}

/// Whether the reader may see controls and what they are linked to: without them nothing is known of any coverage.
pub fn may_see(reader: &Reader<'_>) -> Result<bool> {
    Ok(!reader.sees::<Control>()?.is_nothing() && !reader.sees::<ControlRequirement>()?.is_nothing())
}

/// The figures of some frameworks together.
pub fn tally(reader: &mut Reader<'_>, frameworks: &[Id]) -> Result<Tally> {
    let mut total = Tally::default();
    let today = reader.today();
    judge_all(reader, frameworks, None, today)?.iter().for_each(|(_, standing)| total.count_if(standing.as_ref()));
    Ok(total)
}

/// The requirements of some frameworks, those that are assessable with their standing in a unit, or for the whole organisation: a query
/// each, however many.
fn judge_all(reader: &mut Reader<'_>, frameworks: &[Id], unit: Option<Id>, day: Date) -> Result<Vec<(Row, Option<RequirementStanding>)>> {
    if frameworks.is_empty() {
        return Ok(Vec::new());
    }
    let rows = requirements(reader, frameworks)?;
    let units = deciding(reader, unit)?;
    let excluded = not_applicable(reader, frameworks, &units)?;
    let linked = linked_controls(reader, frameworks, day)?;
    let judged = |row: &Row| {
        let (status, control) = judge(excluded.contains(&row.id), linked.get(&row.id).map_or(&[], Vec::as_slice), day);
        RequirementStanding { status, control: control.cloned() }
    };
    Ok(rows
        .into_iter()
        .map(|row| {
            let standing = row.assessable.then(|| judged(&row));
            (row, standing)
        })
        .collect())
}

/// The ids of the requirements of some frameworks, as a sub-select.
fn of_frameworks(frameworks: &[Id]) -> requirements::BoxedQuery<'_, Dialect, Uuid> {
    requirements::table.filter(requirements::framework_id.eq_any(frameworks)).select(requirements::id).into_boxed()
}

fn requirements(reader: &mut Reader<'_>, frameworks: &[Id]) -> Result<Vec<Row>> {
    let seen = reader.sees::<Requirement>()?;
    let rows = requirements::table
        .filter(requirements::framework_id.eq_any(frameworks))
        .filter(seen.clone())
        .order(requirements::id)
        .select((requirements::id, requirements::framework_id, requirements::parent_id, requirements::code, requirements::title, requirements::assessable))
        .load(reader.within(&seen))?;
    Ok(rows)
}

/// The units whose statements count for a unit, the nearest first: itself and those above it. For the whole organisation it is the top.
fn deciding(reader: &mut Reader<'_>, unit: Option<Id>) -> Result<Vec<Id>> {
    let Some(unit) = unit else {
        return top_units(reader.unscoped("what holds for all follows from the top of the organisation, whether or not it may be read"));
    };
    let definition = reader.store.definitions.get("teams/units").ok_or_else(Problem::not_found)?;
    reader.get(definition, unit)?;
    let above = parents_above(reader.unscoped("what a unit above has stated holds below it, whether or not that unit may be read"), unit)?;
    let mut chain = vec![unit];
    while let Some(Some(parent)) = chain.last().and_then(|last| above.get(last)) {
        chain.push(*parent);
    }
    Ok(chain)
}

/// The requirements of which the first of some units that has stated anything says that they do not apply.
fn not_applicable(reader: &mut Reader<'_>, frameworks: &[Id], units: &[Id]) -> Result<HashSet<Id>> {
    let seen = reader.sees::<ApplicabilityStatement>()?;
    let mut statements: Vec<(Id, Id, bool)> = applicability_statements::table
        .filter(applicability_statements::requirement_id.eq_any(of_frameworks(frameworks)))
        .filter(applicability_statements::unit_id.eq_any(units.to_vec()))
        .filter(seen.clone())
        .select((applicability_statements::requirement_id, applicability_statements::unit_id, applicability_statements::applicable))
        .load(reader.within(&seen))?;
    // The nearest unit comes last and has the last word.
    statements.sort_by_key(|(_, unit, _)| Reverse(units.iter().position(|each| each == unit)));
    let decided: HashMap<Id, bool> = statements.into_iter().map(|(id, _, applicable)| (id, applicable)).collect();
    Ok(decided.into_iter().filter(|(_, applicable)| !applicable).map(|(id, _)| id).collect())
}

/// A link in sight: requirement, extent, the control with its code, whether it operates, its test period, and the latest conclusive
/// operating test.
type Link = (Id, Extent, (Id, String), bool, i64, Option<(TestResult, Date)>);

/// The controls linked to each requirement, with the latest conclusive operating test of each: one query for all. Of a test that the
/// session may not read, no more is told than the standing of the requirement.
fn linked_controls(reader: &mut Reader<'_>, frameworks: &[Id], day: Date) -> Result<HashMap<Id, Vec<LinkedControl>>> {
    let (links, seen_controls) = (reader.sees::<ControlRequirement>()?, reader.sees::<Control>()?);
    if links.is_nothing() || seen_controls.is_nothing() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Link> = control_requirements::table
        .inner_join(controls::table)
        .left_join(control_tests::table.on(control_tests::id.nullable().eq(latest_operating_by(day))))
        .filter(control_requirements::requirement_id.eq_any(of_frameworks(frameworks)))
        .filter(links)
        .filter(seen_controls)
        .select((
            control_requirements::requirement_id,
            control_requirements::extent,
            (controls::id, controls::code),
            controls::state.eq("operating"),
            controls::test_period_days,
            (control_tests::result, control_tests::tested_on).nullable(),
        ))
        .load(reader.unscoped("links and controls are narrowed; their tests count for everybody, or coverage would differ by reader"))?;
    let mut linked: HashMap<Id, Vec<LinkedControl>> = HashMap::new();
    for (requirement, extent, (id, code), operating, test_period_days, latest) in rows {
        linked.entry(requirement).or_default().push(LinkedControl {
            id,
            code,
            full: extent == Extent::Full,
            operating,
            test_period_days,
            latest: latest.map(|(result, on)| (result == TestResult::Passed, on)),
        });
    }
    Ok(linked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn control(operating: bool, full: bool, latest: Option<(bool, &str)>) -> LinkedControl {
        LinkedControl { id: Id::sample(), code: "C".into(), operating, full, latest: latest.map(|(passed, on)| (passed, day(on))), test_period_days: 30 }
    }

    fn standing(linked: &[LinkedControl]) -> RequirementStatus {
        judge(false, linked, day("2026-03-31")).0
    }

    #[test]
    fn a_test_is_valid_through_its_last_day_and_not_after() {
        let tested = [control(true, true, Some((true, "2026-03-01")))];
        assert_eq!(judge(false, &tested, day("2026-03-31")).0, RequirementStatus::Met);
        assert_eq!(judge(false, &tested, day("2026-04-01")).0, RequirementStatus::NotAssessed);
    }

    #[test]
    fn a_statement_outweighs_every_test() {
        assert_eq!(judge(true, &[control(true, true, Some((true, "2026-03-30")))], day("2026-03-31")).0, RequirementStatus::NotApplicable);
    }

    #[test]
    fn one_full_proven_control_outweighs_another_that_failed() {
        let (good, bad) = (control(true, true, Some((true, "2026-03-30"))), control(true, true, Some((false, "2026-03-30"))));
        assert_eq!(standing(&[good, bad]), RequirementStatus::Met);
    }

    #[test]
    fn a_failed_control_outweighs_a_partial_proven_one() {
        let (part, bad) = (control(true, false, Some((true, "2026-03-30"))), control(false, false, Some((false, "2020-01-01"))));
        assert_eq!(standing(std::slice::from_ref(&part)), RequirementStatus::PartlyMet);
        assert_eq!(standing(&[part, bad]), RequirementStatus::NotMet);
    }

    #[test]
    fn a_control_that_does_not_operate_proves_nothing() {
        assert_eq!(standing(&[control(false, true, Some((true, "2026-03-30")))]), RequirementStatus::NotAssessed);
        assert_eq!(standing(&[control(true, true, None)]), RequirementStatus::NotAssessed);
        assert_eq!(standing(&[]), RequirementStatus::NotAssessed);
    }

    #[test]
    fn coverage_leaves_out_what_does_not_apply_and_is_null_when_nothing_is_left() {
        let mut tally = Tally::default();
        assert_eq!(tally.coverage_percent(), None);
        tally.count(RequirementStatus::NotApplicable);
        assert_eq!(tally.coverage_percent(), None);
        tally.count(RequirementStatus::Met);
        tally.count(RequirementStatus::NotAssessed);
        tally.count(RequirementStatus::NotMet);
        assert_eq!(json!(tally.figures().coverage_percent), json!(33.333333));
    }
}
