//! Work that is finished: it is done to 100 percent, and stays so until it is reopened.

use super::work_kind::{ProgressMethod, WorkStep};
use diesel::prelude::*;
use serde_json::{Map, Value};
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Number, Percent};
use steward_core::resource::{Check, UnmetGuard};
use steward_schema::service::revisions;

/// Progress of what is finished.
const ALL: f64 = 100.0;
/// How many revisions of reopened work are looked through for the progress that it had.
const LOOKED_AT: i64 = 100;

/// What a work item says of its progress.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    /// Code in the work breakdown structure.
    pub wbs_code: &'a str,
    /// Date of the actual finish.
    pub actual_ends_on: Option<Date>,
    /// Progress method.
    pub progress_method: ProgressMethod,
    /// Progress in percent.
    pub progress_percent: Percent,
    /// Steps of the work.
    pub steps: &'a [WorkStep],
}

/// Whether work is finished: done, or with an actual end whatever its state.
pub fn is_finished(state: &str, actual_ends_on: Option<Date>) -> bool {
    state == "done" || actual_ends_on.is_some()
}

/// The progress of an item as it is written: all of it once it is finished, and what was told before once it is finished no more.
pub fn progress_of(item: &Told<'_>, before: Option<&Told<'_>>, to: Option<&'static str>, check: &mut Check<'_>) -> Result<Percent> {
    let state = check.state.unwrap_or_default();
    let was_finished = before.is_some_and(|before| is_finished(state, before.actual_ends_on));
    let told_now = before.is_some_and(|before| before.progress_percent != item.progress_percent);
    Ok(match (was_finished, is_finished(to.unwrap_or(state), item.actual_ends_on)) {
        (false, true) => Number(ALL),
        (true, false) if !told_now => last_unfinished(check)?,
        _ => item.progress_percent,
    })
}

/// The progress that was told last before an item was finished; none at all where nothing was.
fn last_unfinished(check: &mut Check<'_>) -> Result<Percent> {
    let past = revisions::table.filter(revisions::resource_id.eq(check.id)).order(revisions::revision.desc()).limit(LOOKED_AT);
    let documents: Vec<Option<String>> = past.select(revisions::document).load(check.connection)?;
    let told = documents.into_iter().flatten().filter_map(|text| unfinished_percent(&serde_json::from_str(&text).ok()?)).next();
    Ok(Number(told.unwrap_or(0.0)))
}

/// The progress in a document of work that was not finished.
fn unfinished_percent(document: &Map<String, Value>) -> Option<f64> {
    let finished = document.get("state").and_then(Value::as_str) == Some("done") || document.get("actual_ends_on").is_some_and(|day| !day.is_null());
    document.get("progress_percent").and_then(Value::as_f64).filter(|_| !finished)
}

/// Refuses to tell less than all of what is finished and stays so (409).
pub fn require_kept(item: &Told<'_>, before: &Told<'_>, state: &str) -> Result<()> {
    if !is_finished(state, item.actual_ends_on) || !is_finished(state, before.actual_ends_on) {
        return Ok(());
    }
    let less = |now: f64, then: f64| now < ALL && now != then;
    let pointer = if less(item.progress_percent.0, before.progress_percent.0) {
        "/progress_percent"
    } else if item.progress_method == ProgressMethod::Weighted && less(done_weight(item.steps), done_weight(before.steps)) {
        "/steps"
    } else {
        return Ok(());
    };
    let again = if state == "done" { "Reopen it first." } else { "Take its actual_ends_on away first." };
    let detail = format!("The work item {} is finished, and its progress is 100 percent. {again}", item.wbs_code);
    Err(Problem::conflict(pointer, "finished", detail).into())
}

/// The weight of the steps that are done, in percent.
pub fn done_weight(steps: &[WorkStep]) -> f64 {
    steps.iter().filter(|step| step.done).map(|step| step.weight_percent.0).sum()
}

/// What is missing of work that is measured by its steps before it is done.
pub fn open_steps(item: &Told<'_>) -> Option<UnmetGuard> {
    let open: Vec<&str> = item.steps.iter().filter(|step| !step.done).map(|step| &*step.name.0).collect();
    let waits = item.progress_method == ProgressMethod::Weighted && !open.is_empty();
    waits.then(|| UnmetGuard::new("/steps", "steps", format!("Steps that are not done: {}. Mark them as done, or take them out.", open.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::work_item::WorkItem;
    use steward_core::resource::Resource;

    fn half_done() -> WorkItem {
        let mut item = WorkItem { actual_ends_on: None, progress_percent: Number(50.0), ..WorkItem::sample() };
        item.steps[1].done = false;
        item
    }

    #[test]
    fn finished_work_is_not_told_to_be_less() {
        let done = WorkItem::sample();
        assert!(is_finished("in_progress", done.actual_ends_on), "by its actual end");
        for less in [WorkItem { progress_percent: Number(99.0), ..done.clone() }, WorkItem { steps: half_done().steps, ..done.clone() }] {
            assert!(require_kept(&less.told(), &done.told(), "done").is_err());
            let open = WorkItem { actual_ends_on: None, ..less };
            assert!(require_kept(&open.told(), &done.told(), "in_progress").is_ok(), "what is reopened by its end");
        }
        let renamed = WorkItem { actual_ends_on: Date::parse("2026-05-08"), ..done.clone() };
        assert!(require_kept(&renamed.told(), &done.told(), "done").is_ok());
    }

    #[test]
    fn weighted_work_waits_for_its_steps() {
        assert!(open_steps(&WorkItem::sample().told()).is_none());
        assert!(open_steps(&half_done().told()).is_some_and(|unmet| unmet.0.detail.contains("Cables measured")));
        assert!(open_steps(&WorkItem { progress_method: ProgressMethod::Percent, ..half_done() }.told()).is_none());
    }

    #[test]
    fn only_a_document_of_unfinished_work_tells_its_progress() {
        let told = |text: &str| unfinished_percent(&serde_json::from_str(text).unwrap());
        assert_eq!(told(r#"{"state": "in_progress", "actual_ends_on": null, "progress_percent": 40}"#), Some(40.0));
        assert_eq!(told(r#"{"state": "done", "actual_ends_on": "2026-05-07", "progress_percent": 100}"#), None);
        assert_eq!(told(r#"{"state": "todo", "actual_ends_on": "2026-05-07", "progress_percent": 100}"#), None);
    }
}
