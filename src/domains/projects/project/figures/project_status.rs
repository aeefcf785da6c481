//! How a project stands, over what the reader may see.

use crate::project::{
    benefit::{Benefit, BenefitPeriod},
    project::Project,
    reach::covers,
    status::{self, BaselineItem, Colour, Judgement, Work},
    tolerance::Tolerances,
    work_row::WorkRow,
};
use crate::quality::{
    defect::{Defect, DefectSeverity},
    quality_check::QualityCheck,
};
use crate::schedule::{
    baseline::Baseline,
    critical_path,
    plan::{date_of, day_number, plan_of},
    work_dependency::WorkDependency,
    work_item::WorkItem,
    work_time::WorkTime,
};
use serde_json::Value;
use steward_core::resource::Stored;
use steward_core::resource::value::{Text, Whole};
use steward_core::view::prelude::*;
use steward_schema::projects::{baselines, benefits, defects, quality_checks, work_items};
use steward_schema::service::{edges, registry};

/// Status of a project on a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProjectStatus {
    /// Project evaluated.
    pub project_id: Id,
    /// Current state of the project.
    pub state: Text<1, 64>,
    /// Reference date that counts as today.
    pub as_of: Date,
    /// Progress Σ w·% / Σ w over the items without others under them; null when no item has a weight, or if you may not see all work of the project.
    pub progress_percent: Figure,
    /// Number of such items; cancelled items do not count. Null if you may not see all work of the project.
    pub item_count: Option<Count>,
    /// Number of these items that are done; null if you may not see all work of the project.
    pub done_count: Option<Count>,
    /// Number of these items that are not done and past their deadline; null if you may not see all work of the project.
    pub overdue_count: Option<Count>,
    /// Finish by the schedule; null without work, or if you may not see all of it.
    pub ends_on: Option<Date>,
    /// Current baseline; null without one, or if you may not see it.
    pub baseline_id: Option<Id>,
    /// Latest end in the current baseline, of the items without others under them.
    pub baseline_ends_on: Option<Date>,
    /// Slip in working days against the current baseline; negative if the end is earlier; null without a baseline, or if you may not see all work.
    pub slip_days: Option<Whole<-10_000_000, 10_000_000>>,
    /// Number of items added to the scope since the current baseline; null without one, or if you may not see all work.
    pub items_added: Option<Count>,
    /// Number of items of the current baseline that are cancelled or deleted; null without one, or if you may not see all work.
    pub items_removed: Option<Count>,
    /// Scope change: (added + removed) / items of the current baseline · 100; null without one, or if you may not see all work.
    pub scope_change_percent: Figure,
    /// Time: the slip in working days.
    pub time: Judgement,
    /// Cost: the growth of the budget at completion against the current baseline, in percent.
    pub cost: Judgement,
    /// Scope: its change against the current baseline, in percent.
    pub scope: Judgement,
    /// Quality: severe defects that are open and quality checks that failed.
    pub quality: Judgement,
    /// Risk: threats that are not closed.
    pub risk: Judgement,
    /// Benefit: shortfall of realised benefits against those that are due, in percent.
    pub benefit: Judgement,
    /// Worst of the six colours; null without any, or without a current baseline.
    pub colour: Option<Colour>,
    /// True if you may not see all that the status rests on: work, dependencies, baselines, defects, quality checks, risks and benefits of the project.
    /// What would be counted over a part of them is null.
    pub partial: bool,
}

impl View for ProjectStatus {
    const PATH: &'static str = "projects/projects/{id}/status";
    const SUMMARY: &'static str = "Get the status of a project";
    const DESCRIPTION: &'static str = "Status of a project: progress, slip, scope change and standing against its six tolerances. \
        What you may see only in part is null, and `partial` says so.\n\n\
        `progress_percent` = Σ w·% / Σ w over the work items that are not cancelled and have no such item under them; w is `effort_hours`, or 1 where that is not recorded; a milestone has no weight. \
        % is 100 once an item is done or its `actual_ends_on` has come; before that 0 (zero_hundred), 50 once it is started (fifty_fifty), `progress_percent` (percent), \
        the weights of the steps that are done (weighted), or the share of the working days of its span that have passed (level_of_effort).\n\n\
        `ends_on` is the finish of `/schedule` with `as_of` as its data date. \
        `slip_days` counts the working days of the project's calendar from the latest end in the current baseline to it. \
        `scope_change_percent` = (items added + items removed) / items of the current baseline · 100, where items under an item of the baseline only detail it and do not count as added.\n\n\
        Time is evaluated by `slip_days`, cost by the growth in percent of the budget at completion against the current baseline, scope by `scope_change_percent`, \
        quality by the number of critical and major defects that are open plus quality checks that failed, risk by the number of threats that are not closed, \
        and benefit by the percent by which realised benefits fall short of what was planned for the periods that ended by `as_of`. \
        A measure above `red_above` is red, above `amber_above` amber, else green; null without a tolerance or a measure. `colour` is the worst of the six.\n\n\
        `as_of` moves the day that counts as today; percents, steps and states are those of now.";
    type Reads = (Project, WorkItem, IfPermitted<WorkDependency>, IfPermitted<Baseline>, IfPermitted<Defect>, IfPermitted<QualityCheck>, IfPermitted<Benefit>);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let as_of = query.or_today(cx);
        let id = cx.id()?;
        status_of(cx, id, as_of)
    }
}

/// How a project stands on a day, over what the reader may see.
pub fn status_of(reader: &mut Reader<'_>, id: Id, as_of: Date) -> Result<ProjectStatus> {
    let (stored, project) = reader.get_typed::<Project>(id)?;
    let all = Completeness::of(reader, &stored)?;
    let work = if all.work { work(reader, id)? } else { Vec::new() };
    let leaves = status::leaves(&work);
    let (baseline_id, kept) = baseline(reader, id)?.unzip();
    let planned = plan_of(reader, &stored, &project, as_of)?;
    let finish = critical_path::schedule(&planned.plan).map_err(|circle| planned.circle(&circle))?.finish.and_then(date_of);
    let ends_on = finish.filter(|_| all.work);
    let baseline_ends_on = kept.as_ref().and_then(|kept| status::kept_leaves(kept).iter().filter_map(|item| item.ends_on).max());
    let time = planned.plan.calendars.first().cloned().unwrap_or_else(WorkTime::standard);
    let slip_days = baseline_ends_on.zip(ends_on).map(|(then, now)| time.days_between(day_number(then), day_number(now)));
    // The baseline is compared with all work, or with none.
    let kept = kept.filter(|_| all.work);
    let change = kept.as_ref().map(|kept| status::scope_change(kept, &work));
    let scope_change = change.and_then(|(_, _, percent)| percent);
    let growth = kept.as_ref().and_then(|kept| {
        let then: Vec<_> = status::kept_leaves(kept).iter().map(|item| item.cost).collect();
        status::cost_growth(&then, &leaves.iter().map(|item| item.cost).collect::<Vec<_>>())
    });
    let faults = faults(reader, id, &all)?;
    let threats = if all.risks { threats(reader, id)? } else { None };
    let shortfall = if all.benefits { benefits_shortfall(reader, id, as_of)? } else { None };
    let measured = Measures { slipped: slip_days.map(|days| days as f64), growth, scope_change, faults, threats, shortfall };
    let [time, cost, scope, quality, risk, benefit] = measured.judged(project.tolerances.as_ref(), baseline_id.is_some(), all.work);
    let overdue = |item: &&&Work| !item.is_finished(as_of) && item.deadline_on.is_some_and(|deadline| deadline < as_of);
    Ok(ProjectStatus {
        project_id: id,
        state: Text(stored.meta.state.unwrap_or_default()),
        as_of,
        progress_percent: Figure(status::progress(&leaves, as_of)),
        item_count: all.work.then(|| count(leaves.len())),
        done_count: all.work.then(|| count(leaves.iter().filter(|item| item.is_finished(as_of)).count())),
        overdue_count: all.work.then(|| count(leaves.iter().filter(overdue).count())),
        ends_on,
        baseline_id,
        baseline_ends_on,
        slip_days: slip_days.map(Whole),
        items_added: change.map(|(added, ..)| count(added)),
        items_removed: change.map(|(_, removed, _)| count(removed)),
        scope_change_percent: Figure(scope_change),
        colour: status::worst([&time, &cost, &scope, &quality, &risk, &benefit].map(|judgement| judgement.colour)).filter(|_| baseline_id.is_some()),
        time,
        cost,
        scope,
        quality,
        risk,
        benefit,
        partial: planned.partial || !all.is_whole(),
    })
}

/// What of a project a reader may see all of.
struct Completeness {
    work: bool,
    baselines: bool,
    defects: bool,
    checks: bool,
    risks: bool,
    benefits: bool,
}

impl Completeness {
    fn of(reader: &mut Reader<'_>, project: &Stored) -> Result<Completeness> {
        let risks = reader.store.definitions.get("security/risks").is_some_and(|risks| reader.session.reach(&risks.permission("read")).beyond_own());
        Ok(Completeness {
            work: covers::<WorkItem>(reader, project)?,
            baselines: covers::<Baseline>(reader, project)?,
            defects: covers::<Defect>(reader, project)?,
            checks: covers::<QualityCheck>(reader, project)?,
            risks,
            benefits: covers::<Benefit>(reader, project)?,
        })
    }

    fn is_whole(&self) -> bool {
        self.work && self.baselines && self.defects && self.checks && self.risks && self.benefits
    }
}

/// What a project is judged by; none of what cannot be told.
struct Measures {
    slipped: Option<f64>,
    growth: Option<f64>,
    scope_change: Option<f64>,
    faults: Option<f64>,
    threats: Option<f64>,
    shortfall: Option<f64>,
}

impl Measures {
    /// Time, cost, scope, quality, risk and benefit, each told and held against its tolerance.
    fn judged(&self, tolerances: Option<&Tolerances>, has_baseline: bool, all_work: bool) -> [Judgement; 6] {
        let none = Tolerances { time: None, cost: None, scope: None, quality: None, risk: None, benefit: None };
        let limits = tolerances.unwrap_or(&none);
        let told = |measure: Option<f64>, say: &dyn Fn(f64) -> String, unknown: &str| measure.map_or(unknown.to_owned(), say);
        let no_baseline = |otherwise: &'static str| match (has_baseline, all_work) {
            (_, false) => "You may not see all work of the project.",
            (false, true) => "There is no current baseline that you may see.",
            (true, true) => otherwise,
        };
        let time = told(self.slipped, &moved, no_baseline("The end of the work or of the baseline is not told."));
        let cost = told(
            self.growth,
            &|percent| format!("It costs {:.1} % {} than in the baseline.", percent.abs(), if percent < 0.0 { "less" } else { "more" }),
            no_baseline("The baseline has no cost, or there are several currencies."),
        );
        let changed = |percent: f64| format!("The scope has changed by {percent:.1} %.");
        let scope = told(self.scope_change, &changed, no_baseline("The baseline holds no work."));
        let open = |count: f64| format!("Severe defects that are open and checks that failed: {count}.");
        let quality = told(self.faults, &open, "You may see neither its defects nor its checks.");
        let risk = told(self.threats, &|count| format!("Threats that are not closed: {count}."), "You may not see its risks.");
        let short = |percent: f64| match percent {
            more if more < 0.0 => format!("Realised benefits exceed the plan by {:.1} %.", -more),
            less => format!("Realised benefits fall short by {less:.1} %."),
        };
        let benefit = told(self.shortfall, &short, "No benefit is due, there are several currencies, or you may not see all benefits.");
        [
            status::judge(self.slipped, time, limits.time.as_ref()),
            status::judge(self.growth, cost, limits.cost.as_ref()),
            status::judge(self.scope_change, scope, limits.scope.as_ref()),
            status::judge(self.faults, quality, limits.quality.as_ref()),
            status::judge(self.threats, risk, limits.risk.as_ref()),
            status::judge(self.shortfall, benefit, limits.benefit.as_ref()),
        ]
    }
}

/// In words, by how much the end has moved.
fn moved(days: f64) -> String {
    let unit = if days.abs() == 1.0 { "working day" } else { "working days" };
    if days == 0.0 {
        "It ends as in the baseline.".into()
    } else if days < 0.0 {
        format!("It ends {} {unit} earlier than in the baseline.", -days)
    } else {
        format!("It ends {days} {unit} later than in the baseline.")
    }
}

fn count(number: usize) -> Count {
    Whole(i64::try_from(number).unwrap_or(i64::MAX))
}

/// All work of the project: one query.
fn work(reader: &mut Reader<'_>, project: Id) -> Result<Vec<Work>> {
    let seen = reader.sees::<WorkItem>()?;
    let items = work_items::table.filter(work_items::project_id.eq(project)).filter(seen.clone()).order(work_items::id);
    let rows: Vec<WorkRow> = items.select(WorkRow::as_select()).load(reader.within(&seen))?;
    Ok(rows.into_iter().map(Work::from).collect())
}

/// The current baseline of the project and its items.
fn baseline(reader: &mut Reader<'_>, project: Id) -> Result<Option<(Id, Vec<BaselineItem>)>> {
    let seen = reader.sees::<Baseline>()?;
    let current = baselines::table.filter(baselines::project_id.eq(project)).filter(baselines::state.eq("current")).filter(seen.clone());
    let latest: Option<Id> = current.order(baselines::id.desc()).select(baselines::id).first(reader.within(&seen)).optional()?;
    let Some(id) = latest else { return Ok(None) };
    let (_, baseline) = reader.get_typed::<Baseline>(id)?;
    let money = |cost: &Money| (cost.currency, cost.minor);
    let kept = baseline.items.0.iter().map(|item| BaselineItem {
        id: item.work_item_id,
        parent: item.parent_id,
        ends_on: item.ends_on,
        cost: item.cost.as_ref().map(money),
    });
    Ok(Some((id, kept.collect())))
}

/// The number of severe defects that are open and checks that failed; none if the reader may see neither in full.
fn faults(reader: &mut Reader<'_>, project: Id, all: &Completeness) -> Result<Option<f64>> {
    let defects = if all.defects { Some(severe_defects(reader, project)?) } else { None };
    let found = [defects, if all.checks { Some(failed_checks(reader, project)?) } else { None }];
    Ok(found.iter().any(Option::is_some).then(|| found.into_iter().flatten().sum::<i64>() as f64))
}

/// The number of severe defects that are open.
fn severe_defects(reader: &mut Reader<'_>, project: Id) -> Result<i64> {
    let seen = reader.sees::<Defect>()?;
    let severe = defects::table
        .filter(defects::project_id.eq(project))
        .filter(defects::severity.eq_any([DefectSeverity::Critical, DefectSeverity::Major]))
        .filter(defects::state.ne_all(["closed", "rejected"]))
        .filter(seen.clone());
    Ok(severe.count().get_result(reader.within(&seen))?)
}

/// The number of checks that failed.
fn failed_checks(reader: &mut Reader<'_>, project: Id) -> Result<i64> {
    let seen = reader.sees::<QualityCheck>()?;
    let failed = quality_checks::table.filter(quality_checks::project_id.eq(project)).filter(quality_checks::state.eq("failed")).filter(seen.clone());
    Ok(failed.count().get_result(reader.within(&seen))?)
}

/// The number of threats to the project that are not closed. Risks are of another domain: they are found by their references.
fn threats(reader: &mut Reader<'_>, project: Id) -> Result<Option<f64>> {
    let Some(risks) = reader.store.definitions.get("security/risks") else { return Ok(None) };
    let referring = edges::table.filter(edges::to_id.eq(project)).select(edges::from_id);
    let open = registry::table
        .filter(registry::id.eq_any(referring))
        .filter(registry::collection.eq("security/risks"))
        .filter(registry::deleted_at.is_null())
        .filter(registry::state.ne("closed"));
    let ids: Vec<Id> = open.select(registry::id).load(reader.unscoped("the records are loaded by what the session sees below"))?;
    let seen = reader.find_all(risks, &ids)?;
    let is_threat = |stored: &&Stored| reader.document(risks, stored).get("kind").and_then(Value::as_str) != Some("opportunity");
    Ok(Some(seen.iter().filter(is_threat).count() as f64))
}

/// The percentage by which the benefits that are due by a day fall short.
fn benefits_shortfall(reader: &mut Reader<'_>, project: Id, as_of: Date) -> Result<Option<f64>> {
    let seen = reader.sees::<Benefit>()?;
    let expected = benefits::table.filter(benefits::subject_id.eq(project)).filter(seen.clone()).order(benefits::id);
    let rows: Vec<Vec<BenefitPeriod>> = expected.select(benefits::periods).load(reader.within(&seen))?;
    let due = rows.into_iter().flatten().filter(|period| period.ends_on <= as_of);
    let due: Vec<_> = due.map(|period| (period.planned.currency, period.planned.minor, period.realised.map(|money| money.minor))).collect();
    Ok(status::shortfall(&due))
}
