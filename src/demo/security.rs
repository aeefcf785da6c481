//! Forty risks on one matrix, with ways in which they come about, controls, judgements and treatments, and what warns of some.

use super::author::{Author, euros};
use super::organisation::pick;
use crate::error::Result;
use serde_json::json;

const THREATS: &[(&str, &str, &str)] = &[
    ("T-PHISH", "Phishing", "deliberate"),
    ("T-RANSOM", "Ransomware", "deliberate"),
    ("T-INSIDER", "Somebody from within", "deliberate"),
    ("T-ERROR", "A mistake", "accidental"),
    ("T-FAIL", "Hardware fails", "accidental"),
    ("T-FIRE", "Fire or flood", "environmental"),
    ("T-VENDOR", "A vendor fails", "accidental"),
    ("T-POWER", "Power is away", "environmental"),
];

/// What may happen to a service: title, category, threat, control, how often in a year, likelihood and impact.
const RISKS: &[(&str, &str, &str, &str, f64, i64, i64)] = &[
    ("Ransomware stops", "security", "T-RANSOM", "CTL-011", 0.8, 3, 5),
    ("A stolen account reads data of", "privacy", "T-PHISH", "CTL-002", 2.0, 4, 4),
    ("A failed change interrupts", "operational", "T-ERROR", "CTL-003", 6.0, 4, 2),
    ("A lost site takes down", "continuity", "T-FIRE", "CTL-010", 0.05, 1, 5),
    ("The vendor of it no longer supports", "third_party", "T-VENDOR", "CTL-008", 0.3, 2, 3),
    ("Backups cannot restore", "continuity", "T-FAIL", "CTL-004", 0.4, 2, 4),
    ("Only one person knows", "people", "T-ERROR", "CTL-009", 0.5, 3, 3),
    ("Somebody takes data out of", "security", "T-INSIDER", "CTL-001", 0.2, 2, 4),
];

const SERVICES: &[(&str, &str)] =
    &[("ORDERS", "Order management"), ("ERP", "Business system"), ("WMS", "Warehouse system"), ("SHOP", "Web shop"), ("DIRECTORY", "Directory and login")];

/// The frame, then the risks of each service.
pub const PARTS: usize = 6;

/// The frame first, then eight risks for each of five services.
pub fn write(hand: &mut Author<'_, '_>, part: usize) -> Result<()> {
    if part == 0 {
        return frame(hand);
    }
    (0..RISKS.len()).try_for_each(|at| risk(hand, at, part - 1))?;
    match part {
        1 => indicators(hand),
        2 => weaknesses(hand),
        3 => incident(hand),
        4 => rights(hand),
        _ => Ok(()),
    }
}

/// A vulnerability: title, service, advisory, severity, day of detection and moves.
type Weakness<'a> = (&'a str, &'a str, Option<&'a str>, Option<&'a str>, i64, &'a [&'a str]);

/// Vulnerabilities of services: fixed in time, open and overdue, open, and found to be none; with advisories, and without.
fn weaknesses(hand: &mut Author<'_, '_>) -> Result<()> {
    let critical = hand.make(
        "security/advisories",
        json!({
            "code": "CVE-2021-44228", "title": "Log4Shell", "cvss3_vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
            "epss": 0.94358, "epss_on": hand.book.day(-3), "known_exploited": true, "known_exploited_on": "2021-12-10", "known_exploited_due_on": "2021-12-24"}),
    )?;
    let reset = hand.make(
        "security/advisories",
        json!({
            "code": "CVE-2023-44487", "title": "HTTP/2 Rapid Reset", "cvss3_vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
            "epss": 0.94423, "epss_on": hand.book.day(-3), "known_exploited": true, "known_exploited_on": "2023-10-10", "known_exploited_due_on": "2023-10-31"}),
    )?;
    let cookie = hand.make(
        "security/advisories",
        json!({
            "code": "CVE-2024-47764", "title": "cookie accepts characters out of bounds", "cvss3_vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N",
            "epss": 0.00134, "epss_on": hand.book.day(-3)}),
    )?;
    let found: [Weakness<'_>; 6] = [
        ("Log4Shell in the order service", "ORDERS", Some(&critical), None, -9, &["triaged", "in_remediation", "fixed"]),
        ("HTTP/2 Rapid Reset at the web shop", "SHOP", Some(&reset), None, -20, &["triaged", "in_remediation"]),
        ("Cookies of the web shop", "SHOP", Some(&cookie), None, -15, &["triaged"]),
        ("Weak ciphers at the web shop", "SHOP", None, Some("high"), -55, &["triaged", "in_remediation"]),
        ("Directory listing of the warehouse", "WMS", None, Some("low"), -100, &["triaged"]),
        ("Certificate of a test system", "ERP", None, Some("medium"), -40, &["triaged", "false_positive"]),
    ];
    for (title, service, advisory, severity, detected, states) in found {
        let vulnerability = json!({
            "title": title, "subject_id": hand.book.id("infrastructure/services", service)?, "advisory_id": advisory, "severity": severity,
            "detected_on": hand.book.day(detected), "detected_with": "Weekly scan", "decision_reason": "The test system is not reachable.",
            "unit_id": hand.book.id("teams/units", "SEC")?});
        hand.made("security/vulnerabilities", vulnerability, states)?;
    }
    Ok(())
}

/// Rights in services: granted, asked for and not granted yet, revoked, and held by somebody who has left; and the reviews of two services.
fn rights(hand: &mut Author<'_, '_>) -> Result<()> {
    let rights: [(usize, &str, &str, bool, &[&str]); 7] = [
        (8, "ORDERS", "Administrator", true, &["granted"]),
        (9, "ORDERS", "Clerk", false, &["granted"]),
        (10, "ERP", "Accountant", false, &["granted"]),
        (11, "WMS", "Shift leader", false, &["granted"]),
        (12, "DIRECTORY", "Domain administrator", true, &[]),
        (13, "SHOP", "Editor", false, &["granted", "revoked"]),
        // The one who has left since.
        (37, "WMS", "Picker", false, &[]),
    ];
    let mut made = Vec::new();
    for (person, service, entitlement, privileged, states) in rights {
        let right = json!({
            "person_id": hand.book.nth("teams/people", person)?, "service_id": hand.book.id("infrastructure/services", service)?, "entitlement": entitlement,
            "privileged": privileged, "granted_on": hand.book.day(-120), "expires_on": privileged.then(|| hand.book.day(240)), "last_used_on": hand.book.day(-2),
            "justification": "For the daily work.", "unit_id": hand.book.id("teams/units", "SEC")?});
        made.push(hand.made("security/access-rights", right, states)?);
    }
    reviews(hand, &made)
}

/// A review that is under way and one that is completed, each with decisions on rights of its service.
fn reviews(hand: &mut Author<'_, '_>, rights: &[String]) -> Result<()> {
    let reviews: [(&str, &str, usize, i64, &[&str]); 2] = [
        ("Order management, this half year", "ORDERS", 1, 20, &["in_progress"]),
        ("Business system, this half year", "ERP", 2, 5, &["in_progress", "completed"]),
    ];
    for (name, service, decided, due, states) in reviews {
        let decision = json!({"access_right_id": rights.get(decided), "outcome": "kept", "reason": "Still needed for the daily work."});
        let review = json!({
            "name": name, "service_id": hand.book.id("infrastructure/services", service)?, "reviewer_id": hand.book.nth("teams/people", 3)?,
            "starts_on": hand.book.day(-10), "due_on": hand.book.day(due), "decisions": [decision], "review_interval_months": 6,
            "unit_id": hand.book.id("teams/units", "SEC")?});
        hand.made("security/access-reviews", review, states)?;
    }
    Ok(())
}

/// An incident with personal data, of which the authority is to be told, and a service that was hit too little to tell the CSIRT.
fn incident(hand: &mut Author<'_, '_>) -> Result<()> {
    let incident = json!({
        "code": "SI-001", "title": "A mailbox is used by strangers", "category": "intrusion", "severity": "high", "aware_at": hand.book.hour(-20),
        "occurred_at": hand.book.hour(-40), "personal_data": true, "significant": true, "service_id": hand.book.id("infrastructure/services", "DIRECTORY")?,
        "unit_id": hand.book.id("teams/units", "SEC")?});
    let incident = hand.made("security/security-incidents", incident, &["triaged", "contained"])?;
    hand.change("security/security-incidents", &incident, json!({"significant": false}))
}

/// Key risk indicators of the first risks, month by month: one gets worse, one is critical, one is where it is to be.
fn indicators(hand: &mut Author<'_, '_>) -> Result<()> {
    let indicators = [
        (0, "KRI-PATCH", "Servers without the patches of a month", "decrease", [5, 10, 20], [8, 9, 12, 14]),
        (1, "KRI-PHISH", "People who open a test mail", "decrease", [4, 8, 15], [19, 18, 17, 16]),
        (5, "KRI-RESTORE", "Restores that succeed", "increase", [98, 95, 90], [95, 97, 98, 99]),
    ];
    for (risk, code, name, direction, [target, warning, critical], values) in indicators {
        let kpi = json!({
            "code": code, "name": name, "perspective": "process", "direction": direction, "unit_of_measure": "percent", "frequency": "monthly",
            "target": target, "warning_threshold": warning, "critical_threshold": critical, "risk_id": hand.book.nth("security/risks", risk)?});
        let kpi = hand.make("strategy/kpis", kpi)?;
        for (month, value) in (1_i64..).zip(values) {
            let at = hand.book.hour(-24 * 30 * (5 - month));
            hand.make("strategy/kpi-samples", json!({"kpi_id": kpi, "measured_at": at, "value": value}))?;
        }
    }
    Ok(())
}

fn frame(hand: &mut Author<'_, '_>) -> Result<()> {
    let definition = hand.definition("security/risk-matrices")?;
    let matrix = hand.make_from(definition, (definition.sample)())?;
    hand.go("security/risk-matrices", &matrix, &["published"])?;
    let appetite = json!({
        "name": "Security", "category": "security", "risk_matrix_id": matrix, "max_level": 2, "max_expected_annual_loss": euros(50_000),
        "starts_on": hand.book.day(-300),
        "statement": "No risk above moderate is run without the board knowing it.", "unit_id": hand.book.id("teams/units", "SEC")?});
    hand.make("security/risk-appetites", appetite)?;
    for (code, name, source) in THREATS {
        hand.make("security/threats", json!({"code": code, "name": name, "source": source}))?;
    }
    for (at, (code, name)) in SERVICES.iter().enumerate() {
        let asset = json!({
            "code": format!("IA-{code}"), "name": format!("Data of {name}"), "classification": pick(&["confidential", "internal"], at),
            "confidentiality": 3, "integrity": 4, "availability": 4 - at % 2,
            "service_id": hand.book.id("infrastructure/services", code)?, "personal_data": at % 2 == 0,
            "unit_id": hand.book.id("teams/units", "APP")?, "owner_id": hand.book.nth("teams/people", 5 + at)?,
        });
        hand.make("security/information-assets", asset)?;
    }
    Ok(())
}

fn risk(hand: &mut Author<'_, '_>, at: usize, service: usize) -> Result<()> {
    let (title, category, threat, control, frequency, likelihood, impact) = pick(RISKS, at);
    let (code, name) = pick(SERVICES, service);
    let number = RISKS.len() * service + at;
    let service = hand.book.id("infrastructure/services", code)?;
    let risk = json!({
        "code": format!("R-{:03}", number + 1), "title": format!("{title} {}", name.to_lowercase()), "category": category,
        "cause": "See the ways in which it comes about.", "event": format!("{title} {}.", name.to_lowercase()),
        "consequence": "Orders wait, and customers hear of it.", "risk_matrix_id": hand.book.nth("security/risk-matrices", 0)?,
        "identified_on": hand.book.day(-250 + i64::try_from(number).unwrap_or_default()),
        "next_review_on": hand.book.day(i64::try_from(number * 7).unwrap_or_default() - 20), "review_interval_months": 6,
        "service_id": service, "information_asset_id": hand.book.id("security/information-assets", &format!("IA-{code}"))?,
        "unit_id": hand.book.id("teams/units", "SEC")?, "owner_id": hand.book.nth("teams/people", 2 + number)?,
        "closure_reason": "Nothing is left of it.",
    });
    let risk = hand.make("security/risks", risk)?;
    let control = hand.book.id("governance/controls", control)?;
    let scenario = json!({
        "risk_id": risk, "name": format!("By {}", threat.trim_start_matches("T-").to_lowercase()),
        "threat_id": hand.book.id("security/threats", threat)?, "target_id": service, "inherent_frequency": frequency,
        "controls": [{"control_id": control, "acts_on": if at % 3 == 2 { "both" } else { "likelihood" }}]});
    hand.make("security/risk-scenarios", scenario)?;
    assessments(hand, &risk, number, (likelihood, impact))?;
    let (mut before, mut after) = (None, None);
    if number.is_multiple_of(4) {
        let mut quantified = |name: &str, stage: &str, frequency: f64| {
            let range = json!({"low": euros(20_000), "high": euros(400_000)});
            hand.make(
                "security/risk-quantifications",
                json!({
                    "risk_id": risk, "name": name, "stage": stage, "frequency": frequency, "loss_interval": range,
                    "trials": 10_000, "seed": 20_261_125,
                }),
            )
        };
        before = Some(quantified("As of today", "current", frequency / 2.0)?);
        after = Some(quantified("With the control made stronger", "target", frequency / 8.0)?);
    }
    if at.is_multiple_of(2) {
        let treatment = json!({
            "risk_id": risk, "name": "Make the control stronger", "kind": "modify", "control_id": control, "cost": euros(12_000),
            "expected_reduction": euros(30_000), "starts_on": hand.book.day(-90),
            "quantification_before_id": before, "quantification_after_id": after,
            "due_on": hand.book.day(60), "progress_percent": 40, "project_id": hand.book.nth("projects/projects", number)?});
        hand.made("security/treatments", treatment, pick(&[&["in_progress"] as &[&str], &["in_progress", "implemented"], &[]], number / 2))?;
    }
    let states: &[&str] = match number % 8 {
        1 => &[],
        3 => &["analysed"],
        5 => &["analysed", "treating", "monitored", "closed"],
        6 => &["analysed", "treating", "monitored"],
        _ => &["analysed", "treating"],
    };
    hand.go("security/risks", &risk, states)
}

/// The risk whose current level somebody judges otherwise than computed.
const OVERRIDDEN: usize = 1;

/// A risk before its controls, and as it shall be; of one also as it is. The others are as their tested controls leave them.
fn assessments(hand: &mut Author<'_, '_>, risk: &str, number: usize, (likelihood, impact): (i64, i64)) -> Result<()> {
    for (stage, likelihood, impact, days) in
        [("inherent", likelihood, impact, -200), ("current", (likelihood - 1).max(1), impact, -40), ("target", 1, (impact - 1).max(1), -40)]
    {
        if stage == "current" && number != OVERRIDDEN {
            continue;
        }
        let mut assessment = json!({
            "risk_id": risk, "stage": stage, "likelihood": likelihood, "impact": impact, "assessed_on": hand.book.day(days),
            "rationale": "By what happened here and elsewhere.",
        });
        if let (true, Some(members)) = (stage == "current", assessment.as_object_mut()) {
            members.insert("override_reason".into(), "Whoever runs the service knows more than what can be computed.".into());
        }
        hand.made("security/risk-assessments", assessment, if number % 9 == 8 { &[] } else { &["confirmed"] })?;
    }
    Ok(())
}
