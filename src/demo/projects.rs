//! Twelve projects of a portfolio with their work, what it waits for, and the plan as it was agreed.

use super::author::{Author, euros};
use super::organisation::pick;
use crate::error::Result;
use serde_json::{Value, json};

/// Code, name, initiative, service, and how far it is.
const PROJECTS: &[(&str, &str, &str, &str, &[&str])] = &[
    ("EDI", "Orders of the ten largest customers", "INI-001", "ORDERS", EXECUTING),
    ("SHOP-2", "Web shop on the new platform", "INI-001", "SHOP", EXECUTING),
    ("DC-2", "Second data centre", "INI-002", "VIRT", EXECUTING),
    ("BACKUP-2", "Backups that cannot be changed", "INI-002", "BACKUP", EXECUTING),
    ("PIPE", "One pipeline", "INI-003", "PIPELINE", EXECUTING),
    ("MFA", "Login without passwords", "INI-004", "DIRECTORY", &["initiating", "planning", "executing", "on_hold"]),
    ("PAM", "Administrators' access", "INI-004", "DIRECTORY", &["initiating", "planning"]),
    ("SCAN", "Scanners in the warehouse", "INI-005", "WMS", &["initiating", "planning"]),
    ("ROUTE", "Better routes", "INI-005", "TMS", &["initiating"]),
    ("DATA", "Data for everybody", "INI-006", "REPORTS", &["cancelled"]),
    ("CRM-UP", "Customer records in the cloud", "INI-001", "CRM", &["initiating", "planning", "executing", "closing"]),
    ("LAPTOP", "New workplaces", "INI-003", "WORKPLACE", &[]),
];

const EXECUTING: &[&str] = &["initiating", "planning", "executing"];

const WORK: &[(&str, i64)] = &[
    ("Understand what is needed", 40),
    ("Design", 60),
    ("Choose and order", 30),
    ("Build", 160),
    ("Move the data", 80),
    ("Test", 60),
    ("Train", 24),
    ("Go live", 16),
    ("Hand over", 16),
];

/// Working hours of the 23 days that each work item takes.
const DURATION_HOURS: i64 = 128;

/// One part for each project.
pub const PARTS: usize = 12;

/// A project with all that belongs to it.
pub fn write(hand: &mut Author<'_, '_>, part: usize) -> Result<()> {
    if part == 0 {
        let portfolio = json!({
            "code": "IT", "name": "IT change", "theme_id": hand.book.nth("strategy/themes", 0)?, "funding_limit": euros(2_400_000),
            "capacity_hours": 18_000,
            "unit_id": hand.book.id("teams/units", "PMO")?});
        hand.make("projects/portfolios", portfolio)?;
    }
    let (code, name, initiative, service, states) = pick(PROJECTS, part);
    let year = hand.book.year();
    let lag = i64::try_from(part).unwrap_or_default() * 9;
    let project = json!({
        "code": code, "name": name, "portfolio_id": hand.book.nth("projects/portfolios", 0)?,
        "initiative_id": hand.book.id("strategy/initiatives", initiative)?,
        "service_id": hand.book.id("infrastructure/services", service)?, "sponsor_id": hand.book.nth("teams/people", part)?,
        "manager_id": hand.book.nth("teams/people", 6 + 6 * (part % 5))?,
        "objective_id": hand.book.nth("strategy/objectives", 4 + part % 4)?, "priority": pick(&["high", "medium", "critical", "low"], part),
        "approach": pick(&["hybrid", "predictive", "agile"], part),
        "charter": format!("{name}: what is promised, to whom, and what is left out."),
        "starts_on": hand.book.day(-120 + lag), "ends_on": hand.book.day(110 + lag),
        "budget": euros(180_000 + 20_000 * i64::try_from(part).unwrap_or_default()),
        "budget_id": hand.book.id("finance/budgets", &format!("Projects {year}"))?, "unit_id": hand.book.id("teams/units", "PMO")?,
        "tolerances": {
            "time": {"amber_above": 5, "red_above": 15}, "cost": {"amber_above": 5, "red_above": 10}, "scope": {"amber_above": 10, "red_above": 25},
            "quality": {"amber_above": 0, "red_above": 3}, "risk": {"amber_above": 5, "red_above": 10}, "benefit": {"amber_above": 10, "red_above": 25},
        },
        "success_criteria": [{"metric": "Hours saved a week", "baseline": "0", "target": "40", "due_on": hand.book.day(200), "actual": null}],
    });
    let project = hand.make("projects/projects", project)?;
    let approval = json!({"charter_approved_on": hand.book.day(-130), "charter_approver_id": hand.book.nth("teams/people", 0)?});
    hand.noted("projects/projects", &project, "approve_charter", approval)?;
    work(hand, &project, (code, states), part)?;
    let planned = euros(60_000 + 35_000 * i64::try_from((part * 5) % 7).unwrap_or_default());
    let realised = euros(9_000 + 1_500 * i64::try_from(part % 4).unwrap_or_default());
    let periods = json!([
        {"starts_on": hand.book.day(-150), "ends_on": hand.book.day(-61), "planned": euros(12_000), "realised": realised},
        {"starts_on": hand.book.day(-60), "ends_on": hand.book.day(300), "planned": planned, "realised": null}]);
    let goes_on = states.iter().all(|state| !matches!(*state, "cancelled" | "closed"));
    for (title, severity) in [("The report rounds twice", "minor"), ("A label is cut off", "trivial")].into_iter().filter(|_| goes_on) {
        hand.make("projects/defects", json!({"project_id": project, "title": title, "severity": severity, "found_on": hand.book.day(-20), "rework_hours": 4}))?;
    }
    hand.make("projects/benefits", json!({"subject_id": project, "name": format!("Less work by {name}"), "kind": "productivity", "periods": periods}))?;
    let objective = hand.book.nth("strategy/objectives", 4 + part % 4)?;
    hand.make("strategy/alignments", json!({"from_id": project, "to_id": objective, "contribution_weight": 20 + part})).map(drop)
}

/// The first day of a work item of a project, counted from today.
fn first_day(part: usize, at: usize) -> i64 {
    -120 + 25 * i64::try_from(at + part / 3).unwrap_or_default()
}

fn work(hand: &mut Author<'_, '_>, project: &str, (code, states): (&str, &[&str]), part: usize) -> Result<()> {
    let (mut before, mut frozen) = (None, Vec::new());
    // What is done is followed by one that has begun.
    let begun = (0..WORK.len()).filter(|at| first_day(part, *at) <= 0).count();
    let done = if states.contains(&"executing") { (2 + part % 4).min(begun.saturating_sub(1)) } else { 0 };
    let (mut made, mut sprints) = (Vec::new(), Vec::new());
    for (at, (name, hours)) in WORK.iter().enumerate() {
        let from = first_day(part, at);
        let (starts, ends) = (hand.book.day(from), hand.book.day(from + 22));
        let progress = if at < done {
            100
        } else if at == done && done > 0 {
            40
        } else {
            0
        };
        let mut item = json!({
            "project_id": project, "wbs_code": format!("{}.{}", part + 1, at + 1), "name": name, "kind": "task", "duration_hours": DURATION_HOURS,
            "effort_hours": hours, "starts_on": starts, "ends_on": ends,
            "optimistic_hours": DURATION_HOURS * 3 / 4, "most_likely_hours": DURATION_HOURS, "pessimistic_hours": DURATION_HOURS * 2,
            "responsible_id": hand.book.nth("teams/people", 3 + part + at)?, "budget_at_completion": euros(90 * hours),
            "progress_method": "percent", "progress_percent": progress,
            "remaining_hours": hours * (100 - progress) / 100, "rank": 10 * (at + 1),
        });
        if let (true, Some(members)) = (progress > 0, item.as_object_mut()) {
            members.insert("actual_starts_on".into(), starts.clone().into());
            if progress == 100 {
                members.insert("actual_ends_on".into(), hand.book.day((from + 22).min(0)).into());
            }
        }
        if part % 3 == 2 {
            let sprint = sprint(hand, project, at, (&starts, &ends))?;
            item["sprint_id"] = sprint.as_str().into();
            item["story_points"] = (hours / 8).into();
            sprints.push(sprint);
        }
        let item = hand.make("projects/work-items", item)?;
        frozen.push(json!({
            "work_item_id": item, "parent_id": null, "name": name, "starts_on": starts, "ends_on": ends, "effort_hours": hours,
            "cost": euros(90 * hours),
        }));
        if let Some(before) = before {
            hand.make("projects/work-dependencies", json!({"predecessor_id": before, "successor_id": item, "kind": "fs"}))?;
        }
        before = Some(item.clone());
        made.push(item);
    }
    if states.contains(&"executing") {
        let baseline = json!({"project_id": project, "name": format!("{code} as agreed"), "baselined_on": hand.book.day(-118), "items": frozen});
        hand.made("projects/baselines", baseline, &["approved", "current"])?;
    }
    hand.go("projects/projects", project, states)?;
    progress(hand, project, &made, part, done)?;
    sprints.iter().take(done).try_for_each(|sprint| hand.go("projects/sprints", sprint, &["active", "completed"]))
}

/// The sprint of a work item, in a project that works in sprints.
fn sprint(hand: &mut Author<'_, '_>, project: &str, at: usize, (starts, ends): (&str, &str)) -> Result<String> {
    let (name, hours) = pick(WORK, at);
    let sprint = json!({
        "project_id": project, "name": format!("Sprint {}", at + 1), "goal": name, "starts_on": starts, "ends_on": ends, "capacity_hours": hours,
        "committed_points": hours / 8 + 1,
    });
    hand.make("projects/sprints", sprint)
}

/// A day's work on an item.
fn hours_on(hand: &Author<'_, '_>, item: &str, person: usize, day: i64) -> Result<Value> {
    Ok(json!({
        "work_item_id": item, "person_id": hand.book.nth("teams/people", 3 + person)?, "worked_on": hand.book.day(day), "hours": 8,
        "description": "Work on it.", "hourly_rate": {"amount": "85", "currency": "EUR"},
    }))
}

/// The days of an item that is done, booked in the month of the work: its effort, and a day more on some.
fn worked(hand: &mut Author<'_, '_>, item: &str, (person, first): (usize, i64), hours: i64) -> Result<()> {
    for number in 0..hours / 8 + i64::from(person.is_multiple_of(2)) {
        let mut entry = hours_on(hand, item, person, first + number)?;
        let month: String = entry["worked_on"].as_str().unwrap_or_default().chars().take(7).collect();
        let mut states = vec!["submitted", "approved"];
        // The year before is closed.
        if month.starts_with(&hand.book.year().to_string()) {
            entry["fiscal_period_id"] = hand.book.id("finance/fiscal-periods", &month)?.into();
            states.push("posted");
        }
        let made = hand.made("projects/time-entries", entry.clone(), &states)?;
        // The first was posted too early, taken back and posted again.
        if number == 0 && states.contains(&"posted") {
            hand.go("projects/time-entries", &made, &["approved"])?;
            hand.change("projects/time-entries", &made, json!({"fiscal_period_id": entry["fiscal_period_id"]}))?;
            hand.go("projects/time-entries", &made, &["posted"])?;
        }
    }
    Ok(())
}

/// Work that is done or being done, the hours that were spent on it, and an issue that came up.
fn progress(hand: &mut Author<'_, '_>, project: &str, made: &[String], part: usize, done: usize) -> Result<()> {
    for (at, item) in made.iter().enumerate().take(if done > 0 { done + 1 } else { 0 }) {
        hand.go("projects/work-items", item, if at < done { &["ready", "in_progress", "done"] } else { &["ready", "in_progress"] })?;
        if at < done {
            worked(hand, item, (part + at, first_day(part, at)), pick(WORK, at).1)?;
        } else {
            let entry = hours_on(hand, item, part + at, -3)?;
            hand.made("projects/time-entries", entry, pick(&[&["submitted"] as &[&str], &[]], part))?;
        }
    }
    if done > 0 {
        let issue = json!({
            "project_id": project, "title": "A supplier answers late", "severity": pick(&["high", "medium"], part),
            "raised_on": hand.book.day(-20), "assignee_id": hand.book.nth("teams/people", 8 + part)?,
            "resolution": "Escalated to their head of support."});
        hand.made("projects/project-issues", issue, pick(&[&["in_progress"] as &[&str], &[], &["in_progress", "resolved"]], part))?;
    }
    Ok(())
}
