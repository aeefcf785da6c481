//! Earned value of a project as of a day.

use crate::project::performance::Performance;
use crate::project::project::Project;
use crate::schedule::baseline::Baseline;
use crate::schedule::earned_value::{Values, indices};
use crate::schedule::plan::day_number;
use crate::schedule::progress_record::ProgressRecord;
use crate::schedule::work_item::WorkItem;
use steward_core::resource::value::Note;
use steward_core::view::prelude::*;

/// Estimate at completion by the three usual formulas, with its lower limit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EstimateAtCompletion {
    /// Typical estimate, BAC / CPI: the variance is expected to continue.
    pub typical: Option<Money>,
    /// Atypical estimate, AC + (BAC − EV): the variance does not recur.
    pub atypical: Option<Money>,
    /// AC + (BAC − EV) / (CPI · SPI).
    pub cpi_spi: Option<Money>,
    /// Floor of the estimate, AC + open commitments; null for a past day.
    pub floor: Option<Money>,
    /// True if `typical` is below the floor: `etc`, `vac` and `tcpi_eac` are then based on the floor.
    pub floor_applied: bool,
}

/// Earned value of a project. Figures that cannot be computed are null.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EarnedValue {
    /// Project evaluated.
    pub project_id: IdOf<Project>,
    /// Date at whose end it is computed.
    pub as_of: Date,
    /// Baseline in force on that day; null if the current plan is used in its place.
    pub baseline_id: Option<IdOf<Baseline>>,
    /// Budget at completion.
    pub bac: Option<Money>,
    /// Planned value.
    pub pv: Option<Money>,
    /// Earned value.
    pub ev: Option<Money>,
    /// Actual cost.
    pub ac: Option<Money>,
    /// Cost variance.
    pub cv: Option<Money>,
    /// Schedule variance.
    pub sv: Option<Money>,
    /// Cost performance index.
    pub cpi: Figure,
    /// Schedule performance index.
    pub spi: Figure,
    /// Estimate at completion.
    pub eac: EstimateAtCompletion,
    /// Estimate to complete, by the typical estimate or the floor where that is higher.
    pub etc: Option<Money>,
    /// Variance at completion, by the same.
    pub vac: Option<Money>,
    /// To-complete performance index to meet the budget.
    pub tcpi_bac: Figure,
    /// To-complete performance index to meet the typical estimate, or the floor where that is higher.
    pub tcpi_eac: Figure,
    /// Earned schedule in working days.
    pub earned_schedule: Figure,
    /// Actual time in working days.
    pub actual_time: Figure,
    /// Schedule performance index by time.
    pub spi_t: Figure,
    /// Cause of missing figures.
    pub reason: Option<Note>,
    /// True if cost entries, work or progress records of the project that the caller may not see are left out.
    pub partial: bool,
}

impl View for EarnedValue {
    const PATH: &'static str = "projects/projects/{id}/earned-value";
    const SUMMARY: &'static str = "Get the earned value of a project";
    const DESCRIPTION: &'static str = "Earned value of a project. PV spreads each budget of the baseline over the working time between its first and last day. EV is budget × percent complete by the progress records until `as_of`. \
        AC is what the ledger booked until then: on budget lines of the project, and for hours on its work. Commitments count for today alone. \
        Tree, budgets, dates and progress methods are those of the baseline in force on the day; before the first baseline, the current plan is used in its place, and `reason` says so. \
        The figures of a past day do not change when work progresses or is rescheduled.";
    const FORMULA: &'static str = "cv = ev − ac; sv = ev − pv; cpi = ev / ac; spi = ev / pv; eac = the higher of typical and floor; etc = eac − ac; vac = bac − eac; tcpi_bac = (bac − ev) / (bac − ac); \
        tcpi_eac = (bac − ev) / (eac − ac); earned_schedule = N + (ev − PV(N)) / (PV(N + 1) − PV(N)) in working days; spi_t = earned_schedule / actual_time";
    const SOURCE: &'static str = "PMI, The Standard for Earned Value Management (ANSI/PMI 19-006-2019); Lipke 2003, Schedule is different";
    type Reads = (Project, WorkItem, ProgressRecord, IfPermitted<Baseline>);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let (id, as_of) = (cx.id()?, query.or_today(cx));
        let today = cx.today();
        let performance = Performance::of(cx, id, as_of)?;
        Ok(earned_value(id, as_of, &performance, as_of >= today))
    }
}

/// The earned value of a day; commitments count for a day that is not past.
pub fn earned_value(id: Id, as_of: Date, performance: &Performance, with_commitments: bool) -> EarnedValue {
    let known = performance.currency;
    let values = Values {
        bac: performance.budget(),
        pv: performance.planned(day_number(as_of)),
        ev: performance.earned(as_of),
        ac: performance.cost(as_of),
        commitments: performance.committed.filter(|_| with_commitments).map(|minor| minor as f64),
    };
    let found = indices(values);
    let money = |minor: Option<f64>| known.zip(minor.filter(|minor| minor.is_finite())).map(|(currency, minor)| Money::new(minor.round() as i64, currency));
    let figure = |ratio: Option<f64>| Figure(ratio.filter(|_| known.is_some()));
    let schedule = performance.earned_schedule(as_of).filter(|_| known.is_some());
    let spi_t = schedule.filter(|(_, actual)| *actual > 0).map(|(earned, actual)| earned / actual as f64);
    EarnedValue {
        project_id: id.into(),
        as_of,
        baseline_id: performance.baseline.map(IdOf::from),
        bac: money(Some(values.bac)),
        pv: money(Some(values.pv)),
        ev: money(Some(values.ev)),
        ac: money(values.ac),
        cv: money(found.cv),
        sv: money(found.sv),
        cpi: figure(found.cpi),
        spi: figure(found.spi),
        eac: EstimateAtCompletion {
            typical: money(found.eac_typical),
            atypical: money(found.eac_atypical),
            cpi_spi: money(found.eac_cpi_spi),
            floor: money(found.floor),
            floor_applied: found.floor_applied,
        },
        etc: money(found.etc),
        vac: money(found.vac),
        tcpi_bac: figure(found.tcpi_bac),
        tcpi_eac: figure(found.tcpi_eac),
        earned_schedule: Figure(schedule.map(|(earned, _)| earned)),
        actual_time: Figure(schedule.map(|(_, actual)| actual as f64)),
        spi_t: Figure(spi_t),
        reason: reason(performance, &values).map(|reason| Note::cut(&reason)),
        partial: performance.partial,
    }
}

/// Reason for the figures that are missing, or that rest on a plan instead of a baseline.
fn reason(performance: &Performance, values: &Values) -> Option<String> {
    let unknown = if performance.currency.is_none() || performance.costs.is_none() {
        None
    } else if values.ac == Some(0.0) {
        Some("No cost is booked until that day: the figures that divide by it are missing.")
    } else if values.pv == 0.0 {
        Some("No work was planned until that day: the figures that divide by it are missing.")
    } else {
        None
    };
    let reasons: Vec<&str> = lacking(performance).chain(unknown).collect();
    (!reasons.is_empty()).then(|| reasons.join(" "))
}

/// What a project lacks for its earned value on any day.
pub fn lacking(performance: &Performance) -> impl Iterator<Item = &'static str> {
    let planned = "No baseline that you may see was in force on that day: the plan as it is now stands for it.";
    let unknown = if performance.currency.is_none() {
        Some("The work has no budget, or budgets in several currencies.")
    } else if performance.costs.is_none() {
        Some("The actual cost is in another currency than the budgets, or you may not read cost entries.")
    } else {
        None
    };
    performance.baseline.is_none().then_some(planned).into_iter().chain(unknown)
}
