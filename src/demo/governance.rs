//! Two frameworks with their requirements, controls that meet them, tests, and an assessment.

use super::author::Author;
use crate::error::Result;
use serde_json::json;

const RULES: &[(&str, &str)] = &[
    ("HR-1", "Accounts have an owner"),
    ("HR-2", "Rights are reviewed every quarter"),
    ("HR-3", "Changes are approved by a second person"),
    ("HR-4", "Backups are restored to see that they work"),
    ("HR-5", "Workplaces are patched within two weeks"),
    ("HR-6", "Data leaves the house encrypted"),
    ("HR-7", "Incidents are told within a day"),
    ("HR-8", "Vendors that see data have an agreement"),
    ("HR-9", "Everybody learns what to look out for once a year"),
    ("HR-10", "Services have a recovery plan that was tested"),
];

const CUSTOMER: &[(&str, &str)] = &[
    ("CA-1", "Access to customers' data is named and limited"),
    ("CA-2", "Changes to the order platform are announced"),
    ("CA-3", "Orders are kept for seven years and then erased"),
    ("CA-4", "Outages are told within an hour"),
    ("CA-5", "Data stays in the European Union"),
    ("CA-6", "A second site takes over within four hours"),
];

/// Controls, the requirements they meet, and whether they work: all do but those said otherwise.
const CONTROLS: &[(&str, &str, &str, &[&str])] = &[
    ("CTL-001", "Joiner, mover, leaver", "preventive", &["HR-1", "CA-1"]),
    ("CTL-002", "Quarterly review of access", "detective", &["HR-2", "CA-1"]),
    ("CTL-003", "Change approval", "preventive", &["HR-3", "CA-2"]),
    ("CTL-004", "Restore test", "detective", &["HR-4"]),
    ("CTL-005", "Patching of workplaces", "preventive", &["HR-5"]),
    ("CTL-006", "Encryption in transit", "preventive", &["HR-6", "CA-5"]),
    ("CTL-007", "Incident response on call", "corrective", &["HR-7", "CA-4"]),
    ("CTL-008", "Onboarding of vendors", "preventive", &["HR-8"]),
    ("CTL-009", "Training of all staff", "directive", &["HR-9"]),
    ("CTL-010", "Recovery exercise", "corrective", &["HR-10", "CA-6"]),
    ("CTL-011", "Mail filter", "preventive", &["HR-5"]),
    ("CTL-012", "Erasure by schedule", "corrective", &["CA-3"]),
];

/// All of it.
pub fn write(hand: &mut Author<'_, '_>, _: usize) -> Result<()> {
    framework(hand, "House rules for information security", RULES)?;
    framework(hand, "Customer agreement on data and availability", CUSTOMER)?;
    for (at, (code, name, kind, meets)) in CONTROLS.iter().enumerate() {
        let control = json!({
            "code": code, "name": name, "kind": kind, "automation": if at % 3 == 0 { "automated" } else { "manual" }, "test_period_days": 120,
            "design_effectiveness": 0.8, "unit_id": hand.book.id("teams/units", "SEC")?, "owner_id": hand.book.nth("teams/people", 3 + at)?,
        });
        let control = hand.make("governance/controls", control)?;
        for requirement in *meets {
            let requirement = hand.book.id("governance/requirements", requirement)?;
            let extent = if at % 4 == 3 { "partial" } else { "full" };
            hand.make("governance/control-requirements", json!({"control_id": control, "requirement_id": requirement, "extent": extent}))?;
        }
        for (kind, days, result) in [("design", -200, "passed"), ("operating", -30, if at == 4 { "failed" } else { "passed" })] {
            let test = json!({
                "control_id": control, "kind": kind, "tested_on": hand.book.day(days - i64::try_from(at).unwrap_or_default()),
                "result": result,
                "population": 200, "sample_size": 25, "deviations": if result == "passed" { 0 } else { 6 },
                "tester_id": hand.book.nth("teams/people", 20 + at)?,
            });
            hand.make("governance/control-tests", test)?;
        }
        let states: &[&str] = match at {
            11 => &[],
            4 => &["implemented"],
            _ => &["implemented", "operating"],
        };
        hand.go("governance/controls", &control, states)?;
    }
    let not_ours = hand.book.id("governance/requirements", "HR-9")?;
    hand.make(
        "governance/applicability-statements",
        json!({
            "requirement_id": not_ours, "applicable": true, "reason": "Everybody works with data.",
        }),
    )?;
    assessment(hand)
}

fn framework(hand: &mut Author<'_, '_>, name: &str, requirements: &[(&str, &str)]) -> Result<()> {
    let version = format!("{}.1", hand.book.year());
    let framework = hand.make("governance/frameworks", json!({"name": name, "version": version, "publisher": "Nordwerk"}))?;
    for (code, title) in requirements {
        hand.make("governance/requirements", json!({"framework_id": framework, "code": code, "title": title, "weight": 1}))?;
    }
    hand.go("governance/frameworks", &framework, &["published"])
}

fn assessment(hand: &mut Author<'_, '_>) -> Result<()> {
    let assessment = json!({
        "name": "Self-assessment of the house rules", "framework_id": hand.book.nth("governance/frameworks", 0)?, "kind": "self",
        "scope": "All services of tier 1 and 2.", "conclusion": "Access and change are in order; patching is not.",
        "starts_on": hand.book.day(-40), "ends_on": hand.book.day(20), "assessor_id": hand.book.nth("teams/people", 1)?, "target_maturity": 3,
    });
    let assessment = hand.made("governance/assessments", assessment, &["in_progress"])?;
    for (at, (code, _)) in RULES.iter().enumerate() {
        let result = if at == 4 {
            "not"
        } else if at % 3 == 0 {
            "partly"
        } else {
            "compliant"
        };
        let result = json!({
            "assessment_id": assessment, "requirement_id": hand.book.id("governance/requirements", code)?, "result": result, "maturity": 2 + at % 3,
            "rationale": "Talked with the owner and looked at the last test.", "gap": "Contractors are not covered yet.",
            "assessed_on": hand.book.day(-12),
        });
        hand.make("governance/requirement-results", result)?;
    }
    hand.go("governance/assessments", &assessment, &["in_review", "approved"])?;
    let next = json!({
        "name": "Self-assessment of the customer agreement", "framework_id": hand.book.nth("governance/frameworks", 1)?, "kind": "self",
        "scope": "The order platform.", "starts_on": hand.book.day(30), "ends_on": hand.book.day(60), "assessor_id": hand.book.nth("teams/people", 1)?,
    });
    hand.make("governance/assessments", next).map(drop)
}
