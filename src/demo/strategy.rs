//! A plan, its themes and initiatives, objectives for two cycles, a radar with two editions, figures.

use super::author::{Author, euros};
use super::organisation::pick;
use crate::error::Result;
use serde_json::json;

const THEMES: &[(&str, &str, i64)] = &[
    ("Simpler platforms", "One platform for orders in all countries.", 40),
    ("Safer data", "No incident reaches the data of customers.", 35),
    ("Faster delivery", "A change is live within a week.", 25),
];

const INITIATIVES: &[(&str, &str, usize, &[&str])] = &[
    ("INI-001", "Orders by interface", 0, &["approved", "in_progress"]),
    ("INI-002", "Second data centre", 1, &["approved", "in_progress"]),
    ("INI-003", "One pipeline for all teams", 2, &["approved", "in_progress"]),
    ("INI-004", "Zero trust access", 1, &["approved"]),
    ("INI-005", "Paperless warehouse", 0, &[]),
    ("INI-006", "Self-service data", 2, &["stopped"]),
];

/// A key result: what is counted, in what, its baseline, its target, and what was measured last.
type Measured = (&'static str, &'static str, i64, i64, i64);

/// What is to be reached: objective, theme, and key results with baseline, target and what was measured last.
const OBJECTIVES: &[(&str, usize, [Measured; 2])] = &[
    (
        "Orders reach the warehouse without typing",
        0,
        [("Orders that come by interface", "percent", 35, 80, 62), ("Mistyped orders a week", "orders", 40, 5, 18)],
    ),
    (
        "Services recover before customers notice",
        1,
        [("Time to restore", "minutes", 120, 30, 55), ("Services with a tested recovery plan", "services", 4, 12, 9)],
    ),
    ("Changes go live in days", 2, [("Lead time of a change", "days", 21, 5, 11), ("Changes that fail", "percent", 14, 5, 8)]),
    (
        "Everybody works with rights that fit",
        1,
        [("Rights reviewed in the quarter", "percent", 40, 100, 85), ("Accounts without an owner", "accounts", 60, 0, 12)],
    ),
];

const TECHNOLOGIES: &[(&str, &str, &str, &str, &str)] = &[
    ("PostgreSQL", "data", "Platforms", "Trial", "Adopt"),
    ("Kubernetes", "platform", "Platforms", "Assess", "Trial"),
    ("Rust", "language_or_framework", "Languages and frameworks", "Assess", "Trial"),
    ("Java", "language_or_framework", "Languages and frameworks", "Adopt", "Adopt"),
    ("Visual Basic", "language_or_framework", "Languages and frameworks", "Hold", "Hold"),
    ("Infrastructure as code", "technique", "Techniques", "Trial", "Adopt"),
    ("Threat modelling", "technique", "Techniques", "Assess", "Trial"),
    ("Passkeys", "security", "Tools", "Assess", "Adopt"),
    ("OpenTelemetry", "tool", "Tools", "Trial", "Adopt"),
    ("Shared admin accounts", "security", "Techniques", "Hold", "Hold"),
];

/// The plan with its objectives first, the radar and the figures second.
pub fn write(hand: &mut Author<'_, '_>, part: usize) -> Result<()> {
    if part == 0 { plan(hand) } else { radar(hand) }
}

fn plan(hand: &mut Author<'_, '_>) -> Result<()> {
    let (year, head) = (hand.book.year(), hand.book.nth("teams/people", 0)?);
    let plan = json!({
        "name": format!("IT strategy {year}–{}", year + 2), "starts_on": format!("{year}-01-01"), "ends_on": format!("{}-12-31", year + 2),
        "sponsor_id": head,
        "vision": "Every order is followed from click to door without paper.", "mission": "We make the tools that people here like to work with.",
    });
    let plan = hand.make("strategy/strategic-plans", plan)?;
    for (name, outcome, weight) in THEMES {
        hand.make("strategy/themes", json!({"plan_id": plan, "name": name, "outcome": outcome, "weight": weight, "sponsor_id": head}))?;
    }
    hand.go("strategy/strategic-plans", &plan, &["in_review", "approved", "active"])?;
    for (at, (code, name, theme, states)) in INITIATIVES.iter().enumerate() {
        let initiative = json!({
            "code": code, "name": name, "theme_id": hand.book.nth("strategy/themes", *theme)?, "sponsor_id": hand.book.nth("teams/people", at)?,
            "starts_on": hand.book.day(-200), "ends_on": hand.book.day(300), "expected_value": euros(420_000), "estimated_cost": euros(180_000),
        });
        hand.made("strategy/initiatives", initiative, states)?;
    }
    let before = json!({"name": "Last quarter", "kind": "quarter", "starts_on": hand.book.day(-150), "ends_on": hand.book.day(-61)});
    let before = hand.made("strategy/planning-cycles", before, &["active"])?;
    objectives(hand, &before, true)?;
    hand.go("strategy/planning-cycles", &before, &["closing", "closed"])?;
    let now = json!({"name": "This quarter", "kind": "quarter", "starts_on": hand.book.day(-60), "ends_on": hand.book.day(30)});
    let now = hand.made("strategy/planning-cycles", now, &["active"])?;
    objectives(hand, &now, false)
}

fn objectives(hand: &mut Author<'_, '_>, cycle: &str, over: bool) -> Result<()> {
    for (at, (name, theme, results)) in OBJECTIVES.iter().enumerate() {
        let mut objective = json!({
            "planning_cycle_id": cycle, "name": name, "theme_id": hand.book.nth("strategy/themes", *theme)?, "level": "it",
            "owner_id": hand.book.nth("teams/people", 2 + at)?,
        });
        if let (true, Some(members)) = (over, objective.as_object_mut()) {
            members.insert("score".into(), json!(if at == 3 { 1.0 } else { 0.6 }));
            members.insert("score_reason".into(), json!("Half of the last result came in after the end of the quarter."));
            members.insert("reflection".into(), json!("Half of the way; the rest goes into the next quarter."));
        }
        let objective = hand.make("strategy/objectives", objective)?;
        for (name, unit, baseline, target, last) in results {
            let direction = if target > baseline { "increase" } else { "decrease" };
            let result = json!({
                "objective_id": objective, "name": name, "direction": direction, "baseline": baseline, "target": target, "unit_of_measure": unit,
                "owner_id": hand.book.nth("teams/people", 3 + at)?, "due_on": hand.book.day(if over { -61 } else { 30 }),
            });
            let result = hand.make("strategy/key-results", result)?;
            for step in 1..4 {
                let value = baseline + (last - baseline) * step / if over { 4 } else { 3 };
                let at = hand.book.hour(-24 * (if over { 60 } else { 0 } + 56 - 18 * step));
                hand.make("strategy/check-ins", json!({"key_result_id": result, "checked_in_at": at, "value": value, "confidence": 4 + step}))?;
            }
        }
        let states: &[&str] = match (over, at) {
            (true, 3) => &["proposed", "committed", "achieved"],
            (true, _) => &["proposed", "committed", "missed"],
            (false, _) => &["proposed", "committed"],
        };
        hand.go("strategy/objectives", &objective, states)?;
        if !over {
            let initiative = hand.book.nth("strategy/initiatives", *theme)?;
            hand.make("strategy/alignments", json!({"from_id": initiative, "to_id": objective, "contribution_weight": 60}))?;
        }
    }
    Ok(())
}

fn radar(hand: &mut Author<'_, '_>) -> Result<()> {
    let quadrants = ["Techniques", "Platforms", "Tools", "Languages and frameworks"].map(|name| json!({"name": name, "description": null}));
    let rings = ["Adopt", "Trial", "Assess", "Hold"].map(|name| json!({"name": name, "description": null, "discouraged": name == "Hold"}));
    let radar = json!({"name": "Technology radar", "description": "For all who build or choose software.", "quadrants": quadrants, "rings": rings});
    let radar = hand.make("strategy/radars", radar)?;
    for (at, (name, category, ..)) in TECHNOLOGIES.iter().enumerate() {
        let states: &[&str] = if at == 4 { &["in_use", "retiring"] } else { pick(&[&["in_use"] as &[&str], &[]], at) };
        hand.made("strategy/technologies", json!({"name": name, "category": category}), states)?;
    }
    for (edition, days) in [("Spring", -240), ("Autumn", -50)] {
        let edition_on = hand.book.day(days);
        let id = hand.make("strategy/radar-editions", json!({"radar_id": radar, "name": edition, "edition_on": edition_on}))?;
        for (at, (name, _, quadrant, first, second)) in TECHNOLOGIES.iter().enumerate().filter(|(at, _)| edition == "Autumn" || *at != 7) {
            let blip = json!({
                "radar_edition_id": id, "technology_id": hand.book.id("strategy/technologies", name)?, "quadrant": quadrant,
                "ring": if edition == "Spring" { first } else { second }, "owner_id": hand.book.nth("teams/people", 4 + at)?,
            });
            hand.make("strategy/blips", blip)?;
        }
        hand.go("strategy/radar-editions", &id, &["published"])?;
    }
    let draft = json!({"radar_id": radar, "name": "Next", "edition_on": hand.book.day(130)});
    hand.make("strategy/radar-editions", draft)?;
    let kpis = [
        ("CHANGE-FAIL", "Changes that fail", "percent", "decrease", 5, 9),
        ("AVAIL", "Availability of tier 1", "percent", "increase", 99, 98),
        ("FIRST-FIX", "Solved at the first call", "percent", "increase", 75, 64),
    ];
    for (at, (code, name, unit, direction, target, first)) in kpis.into_iter().enumerate() {
        let kpi = json!({
            "code": code, "name": name, "perspective": "process", "direction": direction, "unit_of_measure": unit, "frequency": "monthly",
            "target": target,
            "theme_id": hand.book.nth("strategy/themes", at)?});
        let kpi = hand.make("strategy/kpis", kpi)?;
        for month in 0..8 {
            let at = hand.book.hour(-24 * 30 * (8 - month));
            let value = first + (target - first) * month / 8;
            hand.make("strategy/kpi-samples", json!({"kpi_id": kpi, "measured_at": at, "value": value}))?;
        }
    }
    Ok(())
}
