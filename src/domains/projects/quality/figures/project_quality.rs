//! The quality of a project: defect density and first-pass acceptance.

use crate::delivery::deliverable::Deliverable;
use crate::project::{
    project::Project,
    reach::covers,
    status::{self, Work},
    work_row::WorkRow,
};
use crate::quality::{
    defect::{Defect, DefectSeverity},
    first_pass::{density, first_pass_percent},
    quality_check::QualityCheck,
};
use crate::schedule::work_item::WorkItem;
use std::collections::HashSet;
use steward_core::database::CHUNK;
use steward_core::resource::Stored;
use steward_core::resource::value::{Number, Whole};
use steward_core::view::prelude::*;
use steward_schema::projects::{defects, deliverables, quality_checks, work_items};
use steward_schema::service::revisions;

/// Number of defects of a severity.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DefectCount {
    /// Severity of the defects.
    pub severity: DefectSeverity,
    /// Number of defects that were not rejected.
    pub found: Count,
    /// Number of these that are neither resolved nor closed.
    pub open: Count,
}

/// Quality of a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectQuality {
    /// Number of defects that were not rejected; null if you may not read all defects of the project.
    pub defects: Option<Count>,
    /// Defects by severity, the worst first; empty if you may not read all defects of the project.
    pub by_severity: Vec<DefectCount>,
    /// Effort of the work that is done, in hours; null if you may not read all work of the project.
    pub done_hours: Figure,
    /// Story points of the work that is done; null if you may not read all work of the project.
    pub done_story_points: Figure,
    /// Defects per 100 hours of work that is done; null if none is.
    pub defect_density_per_100_hours: Figure,
    /// Defects per story point of work that is done; null if none is.
    pub defect_density_per_story_point: Figure,
    /// Rework on defects in hours.
    pub rework_hours: Figure,
    /// Number of deliverables that were accepted or rejected at least once; null if you may not read all deliverables of the project.
    pub deliverables_judged: Option<Count>,
    /// Share of these that were accepted and never rejected, in percent.
    pub first_pass_acceptance_percent: Figure,
    /// Number of checks that passed or failed at least once; null if you may not read all checks of the project.
    pub checks_judged: Option<Count>,
    /// Share of these that passed and never failed, in percent.
    pub first_pass_checks_percent: Figure,
    /// True if you may not read all work, defects, deliverables and checks of the project. What would be counted over a part of them is null.
    pub partial: bool,
}

impl View for ProjectQuality {
    const PATH: &'static str = "projects/projects/{id}/quality";
    const SUMMARY: &'static str = "Get the quality of a project";
    const DESCRIPTION: &'static str = "Defect density by the size of the work that is done, and the share of deliverables and checks that were right at the first try. What you may see only in part is null, and `partial` says so. \
        Rejected defects do not count; work counts by its leaves. Earlier rejections and failures are taken from the history.";
    const FORMULA: &'static str = "defect_density_per_100_hours = defects / done_hours · 100; defect_density_per_story_point = defects / done_story_points; \
        first_pass_acceptance_percent = accepted and never rejected / deliverables_judged · 100; first_pass_checks_percent = passed and never failed / checks_judged · 100";
    const SOURCE: &'static str = "ISO/IEC/IEEE 24765:2017, defect density; ASQ, The Certified Six Sigma Black Belt Handbook, 3rd edition, first pass yield; PMBOK Guide, 7th edition, 2.7";
    type Reads = (Project, IfPermitted<WorkItem>, IfPermitted<Defect>, IfPermitted<Deliverable>, IfPermitted<QualityCheck>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, _) = cx.get_typed::<Project>(id)?;
        let found = found(cx, &stored)?;
        let (hours, points) = done(cx, &stored)?;
        let deliverables = deliverables_of(cx, &stored)?;
        let checks = checks_of(cx, &stored)?;
        let partial = found.is_none() || hours.is_none() || deliverables.is_none() || checks.is_none();
        let count = |number: usize| Whole(i64::try_from(number).unwrap_or(i64::MAX));
        let decided = |all: &Option<Vec<(bool, bool)>>| all.as_ref().map(|all| count(all.iter().filter(|(passed, failed)| *passed || *failed).count()));
        let number = found.as_ref().map(Vec::len);
        let per = |size: Option<f64>| Figure(number.zip(size).and_then(|(number, size)| density(number, size)));
        Ok(ProjectQuality {
            defects: number.map(count),
            by_severity: found.as_deref().map(by_severity).unwrap_or_default(),
            done_hours: Figure(hours),
            done_story_points: Figure(points),
            defect_density_per_100_hours: per(hours.map(|hours| hours / 100.0)),
            defect_density_per_story_point: per(points),
            rework_hours: Figure(found.as_ref().map(|found| found.iter().filter_map(|(_, _, hours)| *hours).map(|hours| hours.0).sum())),
            deliverables_judged: decided(&deliverables),
            first_pass_acceptance_percent: Figure(deliverables.and_then(first_pass_percent)),
            checks_judged: decided(&checks),
            first_pass_checks_percent: Figure(checks.and_then(first_pass_percent)),
            partial,
        })
    }
}

/// A defect: its severity, its state, and the hours of rework.
type Found = (DefectSeverity, String, Option<Number<0, 100_000>>);

/// The defects of a project that were not rejected; none if the reader may not see all of them.
fn found(cx: &mut Context<'_, '_>, project: &Stored) -> Result<Option<Vec<Found>>> {
    if !covers::<Defect>(cx, project)? {
        return Ok(None);
    }
    let (project, seen) = (project.meta.id, cx.sees::<Defect>()?);
    let query = defects::table.filter(defects::project_id.eq(project)).filter(defects::state.ne("rejected")).filter(seen.clone()).order(defects::id);
    Ok(Some(query.select((defects::severity, defects::state, defects::rework_hours)).load(cx.within(&seen))?))
}

fn by_severity(found: &[Found]) -> Vec<DefectCount> {
    let of = |severity: DefectSeverity| {
        let (mut all, mut open) = (0, 0);
        for (_, state, _) in found.iter().filter(|(other, ..)| *other == severity) {
            all += 1;
            open += i64::from(!matches!(state.as_str(), "resolved" | "closed"));
        }
        (all > 0).then_some(DefectCount { severity, found: Whole(all), open: Whole(open) })
    };
    [DefectSeverity::Critical, DefectSeverity::Major, DefectSeverity::Minor, DefectSeverity::Trivial].into_iter().filter_map(of).collect()
}

/// Hours of effort and story points of the work of a project that is done; none if the reader may not see all of it.
fn done(cx: &mut Context<'_, '_>, project: &Stored) -> Result<(Option<f64>, Option<f64>)> {
    if !covers::<WorkItem>(cx, project)? {
        return Ok((None, None));
    }
    let (project, seen) = (project.meta.id, cx.sees::<WorkItem>()?);
    let pending = || work_items::table.filter(work_items::project_id.eq(project)).filter(work_items::state.ne("cancelled"));
    let rows: Vec<WorkRow> = pending().filter(seen.clone()).select(WorkRow::as_select()).load(cx.within(&seen))?;
    let work: Vec<Work> = rows.into_iter().map(Work::from).collect();
    let points: Vec<(Id, Option<f64>)> = pending().filter(seen.clone()).select((work_items::id, work_items::story_points)).load(cx.within(&seen))?;
    let done: Vec<&Work> = status::leaves(&work).into_iter().filter(|item| item.state == "done").collect();
    let ids: HashSet<Id> = done.iter().map(|item| item.id).collect();
    let hours = done.iter().filter_map(|item| item.effort_hours).sum();
    Ok((Some(hours), Some(points.into_iter().filter(|(id, _)| ids.contains(id)).filter_map(|(_, points)| points).sum())))
}

/// Whether each deliverable is accepted, and whether it was ever rejected; none if the reader may not see all of them.
fn deliverables_of(cx: &mut Context<'_, '_>, project: &Stored) -> Result<Option<Vec<(bool, bool)>>> {
    if !covers::<Deliverable>(cx, project)? {
        return Ok(None);
    }
    let (project, seen) = (project.meta.id, cx.sees::<Deliverable>()?);
    let of_project = deliverables::table.filter(deliverables::project_id.eq(project)).filter(seen.clone());
    let rows: Vec<(Id, String)> = of_project.select((deliverables::id, deliverables::state)).load(cx.within(&seen))?;
    judged(cx, rows, "accepted", "reject").map(Some)
}

/// The same of quality checks.
fn checks_of(cx: &mut Context<'_, '_>, project: &Stored) -> Result<Option<Vec<(bool, bool)>>> {
    if !covers::<QualityCheck>(cx, project)? {
        return Ok(None);
    }
    let (project, seen) = (project.meta.id, cx.sees::<QualityCheck>()?);
    let of_project = quality_checks::table.filter(quality_checks::project_id.eq(project)).filter(seen.clone());
    let rows: Vec<(Id, String)> = of_project.select((quality_checks::id, quality_checks::state)).load(cx.within(&seen))?;
    judged(cx, rows, "passed", "fail").map(Some)
}

/// Whether each of some records is in a state, and whether it was ever moved by a verb.
fn judged(cx: &mut Context<'_, '_>, rows: Vec<(Id, String)>, passed: &str, verb: &str) -> Result<Vec<(bool, bool)>> {
    let ids: Vec<Id> = rows.iter().map(|(id, _)| *id).collect();
    let mut failed: HashSet<Id> = HashSet::new();
    for chunk in ids.chunks(CHUNK) {
        let query = revisions::table.filter(revisions::action.eq(verb).and(revisions::resource_id.eq_any(chunk))).select(revisions::resource_id);
        failed.extend(query.distinct().load::<Id>(cx.unscoped("the records are those in sight"))?);
    }
    Ok(rows.into_iter().map(|(id, state)| (state == passed, failed.contains(&id))).collect())
}
