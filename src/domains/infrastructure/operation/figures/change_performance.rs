//! How well changes go, and the four measures of DORA.

use crate::operation::change::Change;
use crate::operation::change_kind::ChangeOutcome;
use crate::operation::incident::Incident;
use std::collections::{HashMap, HashSet};
use steward_core::resource::value::Whole;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{changes, incidents};

/// Performance of changes over a span of days.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangePerformance {
    /// First day evaluated.
    pub from: Date,
    /// Day after the last.
    pub to: Date,
    /// Number of changes that ended in these days: completed, failed, or rolled back.
    pub changes: Count,
    /// Number of changes completed as planned that caused no incident.
    pub successful: Count,
    /// Number of changes that failed and were not rolled back.
    pub failed: Count,
    /// Number of changes that were rolled back.
    pub rolled_back: Count,
    /// Number of completed changes that caused an incident.
    pub caused_incidents: Count,
    /// Number of completed changes that caused a major incident.
    pub caused_major_incidents: Count,
    /// Share of the changes that were successful, in percent; null without a change.
    pub success_percent: Figure,
    /// Number of completed deployments among them.
    pub deployments: Count,
    /// Deployments a day, over the days of the period that have gone by; null where none has begun.
    pub deployment_frequency_per_day: Figure,
    /// Median lead time from the commit to the end of a deployment, in seconds; null where no deployment has its commit recorded.
    pub lead_time_seconds: Figure,
    /// Share of the deployments, rolled back and failed ones included, that failed, were rolled back, or caused an incident, in percent;
    /// null without any.
    pub change_failure_percent: Figure,
    /// Median time to restore after incidents caused by these deployments, in seconds; null without any.
    pub time_to_restore_seconds: Figure,
}

/// A change that ended.
struct Ended {
    id: Id,
    outcome: ChangeOutcome,
    is_deployment: bool,
    committed_at: Option<Instant>,
    ended_at: Instant,
}

/// An incident that a change caused.
struct Caused {
    is_major: bool,
    /// The seconds until the service was restored.
    restored_after: Option<f64>,
}

impl View for ChangePerformance {
    const PATH: &'static str = "infrastructure/change-performance";
    const SUMMARY: &'static str = "Get the performance of changes";
    const DESCRIPTION: &'static str = "Performance of the changes that you may see and that ended between two days (UTC), and the four DORA measures over those that deploy software. Incidents are attributed by the change that they name as their cause.";
    const FORMULA: &'static str = "success_percent = successful ÷ changes · 100; deployment_frequency_per_day = deployments ÷ days gone by; lead time = implementation_ends_at − committed_at; change_failure_percent = (failed, undone, or with an incident) ÷ all · 100; time to restore = restored_at − started_at, or detected_at where that is not known";
    const SOURCE: &'static str = "Forsgren, Humble, Kim, Accelerate; DORA, the four keys; ITIL 4, change enablement";
    type Reads = (Change, IfPermitted<Incident>);
    type Query = Period;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Period) -> Result<Self> {
        let (from, to, span) = query.span(cx)?;
        let ended = ended_within(cx, span)?;
        let incidents = incidents_of(cx, &ended)?;
        let has_incident = |change: &Ended| incidents.contains_key(&change.id);
        let count = |is: &dyn Fn(&Ended) -> bool| ended.iter().filter(|change| is(change)).count();
        let done = |change: &Ended| change.outcome == ChangeOutcome::Successful;
        let successful = count(&|change| done(change) && !has_incident(change));
        let (deployed, tried) = (count(&|change| done(change) && change.is_deployment), count(&|change| change.is_deployment));
        let broken = count(&|change| change.is_deployment && (!done(change) || has_incident(change)));
        // Of a period that lasts, the days that have gone by count.
        let days = seconds(span.0, span.1) / 86_400.0;
        let deployments = || ended.iter().filter(|change| change.is_deployment);
        let lead = deployments().filter(|change| done(change)).filter_map(|change| Some(seconds(change.committed_at?, change.ended_at)));
        // Records from before that was refused may be the wrong way round.
        let lead = lead.filter(|seconds| *seconds >= 0.0).collect();
        let restore = deployments().filter_map(|change| incidents.get(&change.id)).flatten().filter_map(|incident| incident.restored_after).collect();
        let share = |part: usize, whole: usize| Figure((whole > 0).then(|| part as f64 / whole as f64 * 100.0));
        let number = |count: usize| Whole(i64::try_from(count).unwrap_or_default());
        Ok(ChangePerformance {
            from,
            to,
            changes: number(ended.len()),
            successful: number(successful),
            failed: number(count(&|change| change.outcome == ChangeOutcome::Failed)),
            rolled_back: number(count(&|change| change.outcome == ChangeOutcome::RolledBack)),
            caused_incidents: number(count(&|change| done(change) && has_incident(change))),
            caused_major_incidents: number(count(&|change| done(change) && incidents.get(&change.id).into_iter().flatten().any(|incident| incident.is_major))),
            success_percent: share(successful, ended.len()),
            deployments: number(deployed),
            deployment_frequency_per_day: Figure((days > 0.0).then(|| deployed as f64 / days)),
            lead_time_seconds: Figure(median(lead)),
            change_failure_percent: share(broken, tried),
            time_to_restore_seconds: Figure(median(restore)),
        })
    }
}

/// The changes in sight that ended between two times.
fn ended_within(cx: &mut Context<'_, '_>, (from, to): (Instant, Instant)) -> Result<Vec<Ended>> {
    let seen = cx.sees::<Change>()?;
    let ended = changes::implementation_ends_at.assume_not_null();
    let rows: Vec<(Id, Option<ChangeOutcome>, bool, Option<Instant>, Instant)> = changes::table
        .filter(changes::outcome.is_not_null())
        .filter(changes::implementation_ends_at.ge(from).and(changes::implementation_ends_at.lt(to)))
        .filter(seen.clone())
        .order(changes::id)
        .select((changes::id, changes::outcome, changes::is_deployment, changes::committed_at, ended))
        .load(cx.within(&seen))?;
    let told = |(id, outcome, is_deployment, committed_at, ended_at): (Id, Option<ChangeOutcome>, bool, Option<Instant>, Instant)| {
        Some(Ended { id, outcome: outcome?, is_deployment, committed_at, ended_at })
    };
    Ok(rows.into_iter().filter_map(told).collect())
}

/// The incidents in sight that changes caused.
fn incidents_of(cx: &mut Context<'_, '_>, changes: &[Ended]) -> Result<HashMap<Id, Vec<Caused>>> {
    let seen = cx.sees::<Incident>()?;
    let wanted: HashSet<Id> = changes.iter().map(|change| change.id).collect();
    type Row = (Id, bool, (Option<Instant>, Option<Instant>, Option<Instant>));
    let times = (incidents::started_at, incidents::detected_at, incidents::restored_at);
    let rows: Vec<Row> = incidents::table
        .filter(incidents::causing_change_id.is_not_null())
        .filter(seen.clone())
        .select((incidents::causing_change_id.assume_not_null(), incidents::is_major, times))
        .load(cx.within(&seen))?;
    let caused = rows.into_iter().filter(|(change, ..)| wanted.contains(change));
    Ok(grouped(caused.map(|(change, is_major, (started, detected, restored))| {
        (change, Caused { is_major, restored_after: started.or(detected).zip(restored).map(|(from, to)| seconds(from, to)) })
    })))
}

fn seconds(from: Instant, to: Instant) -> f64 {
    crate::monitoring::outage_time::seconds_between(from, to)
}

/// The middle of some numbers, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get(values.len().saturating_sub(1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!([median(vec![3.0, 1.0, 2.0]), median(vec![4.0, 1.0, 2.0, 3.0]), median(vec![])], [Some(2.0), Some(2.5), None]);
    }
}
