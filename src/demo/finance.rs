//! Two fiscal years: cost centers, budgets with their lines, and the ledger month by month.

use super::author::{Author, euros};
use crate::error::Result;
use crate::resource::value::Date;
use chrono::{Datelike, NaiveDate};
use serde_json::json;

const CENTERS: &[(&str, &str, &str)] = &[
    ("CC-OPS", "Operations", "OPS"),
    ("CC-APP", "Applications", "APP"),
    ("CC-SEC", "Information security", "SEC"),
    ("CC-PMO", "Projects", "PMO"),
    ("CC-SALES", "Sales", "FIN"),
    ("CC-FACTORY", "Warehouses", "LOG"),
];

const CATEGORIES: &[(&str, &str, &str, &str, &str)] = &[
    ("HW-SRV", "Servers", "capex", "hardware", "compute"),
    ("HW-WORK", "Workplaces", "capex", "hardware", "end_user"),
    ("SW-LIC", "Licences", "opex", "software", "application"),
    ("CLOUD", "Cloud", "opex", "cloud", "compute"),
    ("HOSTING", "Data centre space and power", "opex", "facilities_and_power", "data_center"),
    ("TELECOM", "Lines", "opex", "telecom", "network"),
    ("CONSULT", "Outside services", "opex", "outside_services", "delivery"),
    ("STAFF", "Own staff", "opex", "internal_labor", "it_management"),
];

/// Budget lines of each cost center: its number, category, service, profile and what a year costs.
const LINES: &[(usize, &str, &str, &str, &str, i64)] = &[
    (0, "Servers and storage", "HW-SRV", "STORAGE", "run", 240_000),
    (0, "Space and power", "HOSTING", "VIRT", "run", 180_000),
    (0, "Lines between the sites", "TELECOM", "NETWORK", "run", 96_000),
    (0, "Workplaces", "HW-WORK", "WORKPLACE", "run", 150_000),
    (1, "Business system licences", "SW-LIC", "ERP", "run", 320_000),
    (1, "Order platform", "CONSULT", "ORDERS", "transform", 260_000),
    (1, "Cloud of the web shop", "CLOUD", "SHOP", "grow", 120_000),
    (2, "Security tools", "SW-LIC", "DIRECTORY", "run", 84_000),
    (2, "Penetration tests", "CONSULT", "SHOP", "run", 36_000),
    (3, "Change office", "STAFF", "PIPELINE", "transform", 210_000),
    (3, "Second data centre", "CONSULT", "VIRT", "transform", 300_000),
];

/// How many cost centers have a budget.
const BUDGETS: usize = 4;
/// Years, and two parts of the ledger for each.
pub const PARTS: usize = 5;

/// The frame and the budgets first, then the ledger by half years, then what was closed.
pub fn write(hand: &mut Author<'_, '_>, part: usize) -> Result<()> {
    if part == 0 { frame(hand) } else { ledger(hand, part - 1) }
}

fn frame(hand: &mut Author<'_, '_>) -> Result<()> {
    for (at, (code, name, unit)) in CENTERS.iter().enumerate() {
        let center = json!({
            "code": code, "name": name, "unit_id": hand.book.id("teams/units", unit)?, "manager_id": hand.book.nth("teams/people", 2 + at)?,
            "starts_on": "2020-01-01",
        });
        hand.make("finance/cost-centers", center)?;
    }
    for (code, name, kind, pool, tower) in CATEGORIES {
        let life = if *kind == "capex" { json!(60) } else { json!(null) };
        hand.make(
            "finance/cost-categories",
            json!({"code": code, "name": name, "kind": kind, "cost_pool": pool, "it_tower": tower, "useful_life_months": life}),
        )?;
    }
    let rule = json!({
        "code": "AR-OPS", "name": "Operations to those who use it", "pool_id": hand.book.id("finance/cost-centers", "CC-OPS")?,
        "driver": "fixed",
        "targets": [
            {"cost_center_id": hand.book.id("finance/cost-centers", "CC-SALES")?, "share_percent": 60},
            {"cost_center_id": hand.book.id("finance/cost-centers", "CC-FACTORY")?, "share_percent": 40},
        ],
    });
    hand.make("finance/allocation-rules", rule)?;
    for back in [1, 0] {
        let year = hand.book.year() - back;
        year_of(hand, year)?;
        for (at, (center, name, unit)) in CENTERS.iter().enumerate().take(BUDGETS) {
            let budget = json!({
                "name": format!("{name} {year}"), "scope_id": hand.book.id("finance/cost-centers", center)?, "currency": "EUR",
                "fiscal_year_id": hand.book.id("finance/fiscal-years", &format!("FY{year}"))?, "unit_id": hand.book.id("teams/units", unit)?,
                "owner_id": hand.book.nth("teams/people", 2 + at)?,
            });
            let budget = hand.make("finance/budgets", budget)?;
            for (_, name, category, service, profile, amount) in LINES.iter().filter(|line| line.0 == at) {
                let line = json!({
                    "budget_id": budget, "name": format!("{name} {year}"), "cost_category_id": hand.book.id("finance/cost-categories", category)?,
                    "service_id": hand.book.id("infrastructure/services", service)?, "spend_profile": profile, "amount": euros(*amount),
                    "distribution": "equal",
                    "cost_center_id": hand.book.id("finance/cost-centers", center)?,
                });
                hand.make("finance/budget-lines", line)?;
            }
            hand.go("finance/budgets", &budget, &["submitted", "approved", "active"])?;
        }
    }
    let next = hand.book.year();
    let transfer = |from: &str, to: &str| (format!("{from} {next}"), format!("{to} {next}"));
    for ((from, to), states) in
        [(transfer("Servers and storage", "Workplaces"), &["submitted", "approved"] as &[&str]), (transfer("Space and power", "Workplaces"), &[])]
    {
        let (from, to) = (hand.book.id("finance/budget-lines", &from)?, hand.book.id("finance/budget-lines", &to)?);
        let reason = "Two servers fewer are needed; their money pays for the laptops of the new team.";
        hand.made("finance/budget-transfers", json!({"from_line_id": from, "to_line_id": to, "amount": euros(5_000), "reason": reason}), states)?;
    }
    carry_on(hand, next)
}

/// What last year did not spend goes on to this one.
fn carry_on(hand: &mut Author<'_, '_>, year: i32) -> Result<()> {
    let before = year - 1;
    for (name, states) in [("Servers and storage", &["submitted", "approved", "posted"] as &[&str]), ("Workplaces", &[])] {
        let line = |of: i32| hand.book.id("finance/budget-lines", &format!("{name} {of}"));
        let (from, to) = (line(before)?, line(year)?);
        let carried = json!({"from_line_id": from, "to_line_id": to, "amount": euros(8_000), "reason": "The second lot is delivered in January."});
        hand.made("finance/carry-forwards", carried, states)?;
    }
    Ok(())
}

fn year_of(hand: &mut Author<'_, '_>, year: i32) -> Result<()> {
    let fiscal = json!({
        "code": format!("FY{year}"), "name": format!("Fiscal year {year}"), "starts_on": format!("{year}-01-01"),
        "ends_on": format!("{year}-12-31"), "revenue": euros(48_000_000), "headcount": 260,
    });
    let fiscal = hand.make("finance/fiscal-years", fiscal)?;
    for month in 1..=12 {
        let name = format!("{year}-{month:02}");
        let period = json!({
            "fiscal_year_id": fiscal, "number": month, "name": name, "starts_on": format!("{name}-01"), "ends_on": last_day(year, month),
        });
        hand.make("finance/fiscal-periods", period)?;
    }
    Ok(())
}

/// The last day of a month.
fn last_day(year: i32, month: u32) -> String {
    let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).and_then(|first| first.pred_opt()).map(|day| Date(day).to_string()).unwrap_or_default()
}

/// One entry a month for each line: about a twelfth of the year, a little more or less.
fn ledger(hand: &mut Author<'_, '_>, half: usize) -> Result<()> {
    let year = hand.book.year() - if half < 2 { 1 } else { 0 };
    let months = if half.is_multiple_of(2) { 1..=6 } else { 7..=12 };
    let today = hand.book.today.0;
    for month in months.filter(|month| year < today.year() || *month < today.month()) {
        let period = hand.book.id("finance/fiscal-periods", &format!("{year}-{month:02}"))?;
        for (at, (_, name, _, _, _, amount)) in LINES.iter().enumerate() {
            let net = amount / 12 * i64::try_from(88 + hand.book.throw(20)).unwrap_or(100) / 100;
            let entry = json!({
                "posted_on": format!("{year}-{month:02}-20"), "fiscal_period_id": period,
                "budget_line_id": hand.book.id("finance/budget-lines", &format!("{name} {year}"))?,
                "service_starts_on": format!("{year}-{month:02}-01"), "service_ends_on": last_day(year, month), "net": euros(net),
                "gross": euros(net), "base_amount": euros(net),
                "recoverable_percent": 100, "source": "manual",
                "document": format!("NW-{year}-{month:02}{at:02}"), "document_line": 1,
                "description": *name,
            });
            hand.make("finance/cost-entries", entry)?;
        }
        if month == 12 && half == 1 {
            let line = |year: i32| hand.book.id("finance/budget-lines", &format!("Order platform {year}"));
            let accrual = json!({
                "name": "Consulting in December", "fiscal_period_id": period, "budget_line_id": line(year)?, "reversal_line_id": line(year + 1)?,
                "amount": euros(12_500), "posted_on": format!("{year}-12-30"), "reverses_on": format!("{}-01-01", year + 1),
            });
            for states in [&["posted"] as &[&str], &[]] {
                hand.made("finance/accruals", accrual.clone(), states)?;
            }
        }
        if month == 11 && half == 1 {
            let rule = hand.book.id("finance/allocation-rules", "AR-OPS")?;
            for states in [&["computed", "posted"] as &[&str], &[]] {
                hand.made("finance/allocation-runs", json!({"allocation_rule_id": rule, "fiscal_period_id": period}), states)?;
            }
        }
        if year < today.year() {
            hand.go("finance/fiscal-periods", &period, &["soft_closed", "closed"])?;
        }
    }
    Ok(())
}
