//! The operation of what stands: software and its releases, backups and tested restores, changes that ended, exceptions, and continuity.

use super::author::{Author, euros, parsed};
use super::organisation::pick;
use crate::domains::security::quantify;
use crate::error::Result;
use serde_json::json;

/// One part for each subject.
pub const PARTS: usize = 11;
/// Virtual machines of the demo that are looked after here.
const MACHINES: usize = 24;

/// A subject of operation.
pub fn write(hand: &mut Author<'_, '_>, part: usize) -> Result<()> {
    match part {
        0 => software(hand),
        1 => backups(hand),
        2 => changes(hand),
        3 => exceptions(hand),
        4 => continuity(hand),
        5 => measurement(hand),
        6 => quantification(hand),
        7 => foundations(hand),
        8 => network(hand),
        9 => licenses(hand),
        _ => assets(hand),
    }
}

/// Product, publisher, version, approval, and days until its support ends.
const RELEASES: &[(&str, &str, &str, &str, &str, i64)] = &[
    ("Debian", "Debian Project", "operating_system", "12", "approved", 900),
    ("Debian", "Debian Project", "operating_system", "10", "approved", -400),
    ("PostgreSQL", "PostgreSQL Global Development Group", "database", "17.5", "approved", 1_000),
    ("PostgreSQL", "PostgreSQL Global Development Group", "database", "13.2", "forbidden", -20),
];

fn software(hand: &mut Author<'_, '_>) -> Result<()> {
    let mut releases = Vec::new();
    for (at, (name, publisher, kind, version, approval, days)) in RELEASES.iter().enumerate() {
        if at % 2 == 0 {
            hand.make("infrastructure/software-products", json!({"name": name, "publisher": publisher, "kind": kind}))?;
        }
        let release = json!({
            "software_product_id": hand.book.id("infrastructure/software-products", name)?, "version": version, "approval": approval,
            "end_of_support_on": hand.book.day(*days), "end_of_security_on": hand.book.day(*days),
        });
        releases.push(hand.make("infrastructure/software-releases", release)?);
    }
    for at in 0..MACHINES {
        let host = hand.book.nth("infrastructure/virtual-machines", at)?;
        let system = &releases[usize::from(at % 7 == 6)];
        let installed = |release: &str| {
            json!({"software_release_id": release, "host_id": host, "installed_on": hand.book.day(-200), "source": "agent",
                   "last_seen_at": hand.book.hour(-20)})
        };
        let (system, database) = (installed(system), installed(&releases[2 + usize::from(at % 4 == 3)]));
        hand.make("infrastructure/installations", system)?;
        if at % 3 == 0 {
            hand.make("infrastructure/installations", database)?;
        }
    }
    Ok(())
}

fn backups(hand: &mut Author<'_, '_>) -> Result<()> {
    let targets: Vec<String> = (0..MACHINES).map(|at| hand.book.nth("infrastructure/virtual-machines", at)).collect::<Result<_>>()?;
    let policy = json!({
        "name": "Machines, daily", "frequency": "daily", "method": "incremental", "retention_days": 35, "offsite": true, "immutable": true,
        "encrypted": true, "restore_test_days": 90, "recovery_point_seconds": 86_400, "recovery_time_seconds": 14_400, "target_ids": targets,
        "unit_id": hand.book.id("teams/units", "OPS")?,
    });
    let policy = hand.made("infrastructure/backup-policies", policy, &["active"])?;
    for (at, target) in targets.iter().enumerate() {
        // The copy of one of eight is too old, and of one of five the restore has not been tested.
        let hours = if at % 8 == 7 { -96 } else { -12 };
        let run = |kind: &str, hours: i64| {
            json!({"policy_id": policy, "target_id": target, "kind": kind, "result": "succeeded", "started_at": hand.book.hour(hours),
                   "ended_at": hand.book.hour(hours + 1), "size_gib": 120})
        };
        let (copy, restore) = (run("backup", hours), run("restore_test", -24 * 30));
        hand.make("infrastructure/backup-runs", copy)?;
        if at % 5 != 4 {
            hand.make("infrastructure/backup-runs", restore)?;
        }
    }
    Ok(())
}

/// Changes of the last weeks: most of them deploy software, one of six fails.
fn changes(hand: &mut Author<'_, '_>) -> Result<()> {
    for at in 0..12 {
        let hours = -24 * (3 * i64::try_from(at).unwrap_or_default() + 2);
        let failed = at % 6 == 4;
        let change = json!({
            "title": format!("Release {} of {}", 40 - at, pick(&["the web shop", "order management", "the warehouse system"], at)),
            "kind": "normal", "service_id": hand.book.id("infrastructure/services", pick(&["SHOP", "ORDERS", "WMS"], at))?,
            "risk": pick(&["low", "medium"], at), "impact": "medium", "implementation_plan": "Deploy to one node, look at the errors, deploy to the others.",
            "test_plan": "An order goes through.", "rollback_plan": "Deploy the release before.",
            "starts_at": hand.book.hour(hours), "ends_at": hand.book.hour(hours + 2), "implementation_starts_at": hand.book.hour(hours),
            "implementation_ends_at": hand.book.hour(hours + 1), "is_deployment": at % 4 != 3, "committed_at": hand.book.hour(hours - 30),
            "review": if failed { "The migration of the database took too long." } else { "Went as planned." },
            "unit_id": hand.book.id("teams/units", "APP")?, "implementer_id": hand.book.nth("teams/people", 9 + at)?,
        });
        let change = hand.make("infrastructure/changes", change)?;
        let way: &[&str] = &["submitted", "assessed", "approved", "scheduled", "implementing"];
        hand.go("infrastructure/changes", &change, way)?;
        hand.go("infrastructure/changes", &change, if failed { &["failed", "rolled_back", "reviewed"] } else { &["implemented", "reviewed", "closed"] })?;
    }
    Ok(())
}

/// Exceptions in force: what a rule demands and cannot be had yet.
fn exceptions(hand: &mut Author<'_, '_>) -> Result<()> {
    let subjects = [
        ("infrastructure/virtual-machines", 6, "Debian 10 stays until the label printers can be moved"),
        ("infrastructure/services", 4, "No second factor for the scanners"),
        ("infrastructure/devices", 26, "No patches for the old firewall"),
    ];
    for (at, (collection, number, title)) in subjects.into_iter().enumerate() {
        let exception = json!({
            "title": title, "kind": "policy_waiver", "subject_id": hand.book.nth(collection, number)?, "level": pick(&["low", "moderate"], at),
            "justification": "What replaces it is ordered.", "compensating_controls": "It stands in a network of its own, and its log is read daily.",
            "exit_plan": "It is replaced with the next refresh.", "starts_on": hand.book.day(-60), "expires_on": hand.book.day(120),
            "unit_id": hand.book.id("teams/units", "SEC")?, "owner_id": hand.book.nth("teams/people", 4 + at)?,
        });
        let exception = hand.make("governance/exceptions", exception)?;
        hand.go("governance/exceptions", &exception, &["submitted", "approved", "active"])?;
    }
    Ok(())
}

/// Services in the order in which the plan brings them back, each with its step and the seconds that it takes.
const RECOVERED: &[(&str, &str, i64)] = &[
    ("NETWORK", "Switch the lines to the second data centre", 900),
    ("STORAGE", "Mount the mirrored storage", 900),
    ("VIRT", "Start the second cluster", 900),
    ("DIRECTORY", "Start the directory", 600),
    ("DATABASE", "Start the copy of the database", 3_600),
    ("ERP", "Start the business system", 1_200),
    ("SHOP", "Start the web shop", 1_200),
    ("WMS", "Start the warehouse system", 1_200),
    ("TMS", "Start transport planning", 600),
    ("ORDERS", "Start order management", 1_800),
];

/// A process, what it needs, the plan that brings it back, and the test of that plan.
fn continuity(hand: &mut Author<'_, '_>) -> Result<()> {
    let (orders, warehouse) = (hand.book.id("infrastructure/services", "ORDERS")?, hand.book.id("infrastructure/services", "WMS")?);
    let process = json!({
        "code": "BP-DELIVER", "name": "Delivering orders", "description": "From the order of a customer to its delivery.",
        "mtpd_seconds": 172_800, "rto_seconds": 28_800, "rpo_seconds": 3_600, "catch_up_seconds": 86_400, "mbco_percent": 40,
        "depends_on": [{"subject_id": orders}, {"subject_id": warehouse}], "unit_id": hand.book.id("teams/units", "APP")?,
        "owner_id": hand.book.nth("teams/people", 3)?,
    });
    hand.make("security/business-processes", process)?;
    let of = |code: &str| hand.book.id("infrastructure/services", code);
    let subjects: Vec<String> = RECOVERED.iter().map(|(code, ..)| of(code)).collect::<Result<_>>()?;
    let scope: Vec<_> = subjects.iter().map(|subject| json!({"subject_id": subject, "rto_seconds": 21_600, "rpo_seconds": 1_800})).collect();
    let plan = json!({
        "code": "RP-DELIVER", "name": "Orders in the second data centre", "trigger": "The first data centre is out for longer than two hours.",
        "scope": scope, "test_interval_months": 12, "unit_id": hand.book.id("teams/units", "OPS")?,
    });
    let plan = hand.make("security/recovery-plans", plan)?;
    for (number, (subject, (_, name, seconds))) in (1..).zip(subjects.iter().zip(RECOVERED)) {
        let before: Vec<i64> = (number > 1).then_some(10 * (number - 1)).into_iter().collect();
        let step = json!({
            "recovery_plan_id": plan, "number": 10 * number, "name": name, "duration_seconds": seconds, "subject_id": subject, "depends_on": before});
        hand.make("security/recovery-steps", step)?;
    }
    hand.go("security/recovery-plans", &plan, &["approved", "active"])?;
    let test = json!({
        "recovery_plan_id": plan, "name": "Autumn test of the second data centre", "kind": "parallel", "planned_on": hand.book.day(-40),
        "tested_on": hand.book.day(-40), "scenario": "A fire closes the first data centre at nine in the morning.",
        "conclusion": "Orders were back after five hours; the key of the safe was missing.",
    });
    let test = hand.made("security/recovery-tests", test, &["in_progress"])?;
    let mut elapsed = 0;
    for (subject, (.., seconds)) in subjects.iter().zip(RECOVERED) {
        elapsed += seconds;
        let measured = (elapsed * 7 / 5).min(18_000);
        let result = json!({"source_id": test, "subject_id": subject, "recovered": true, "measured_rto_seconds": measured, "measured_rpo_seconds": 1_200});
        hand.make("security/recovery-results", result)?;
    }
    hand.go("security/recovery-tests", &test, &["completed", "closed"])
}

/// Measurements and forecasts: a disk that fills, and the cost of the year that is over.
fn measurement(hand: &mut Author<'_, '_>) -> Result<()> {
    let series = json!({
        "subject_id": hand.book.nth("infrastructure/virtual-machines", 0)?, "name": "Used space", "measured_in": "GiB", "kind": "gauge",
        "interval_seconds": 86_400, "source": "Monitoring",
    });
    let series = hand.make("infrastructure/metric-series", series)?;
    for day in 0..60 {
        let sample = json!({"series_id": series, "measured_at": hand.book.hour(24 * (day - 60)), "value": 800 + 5 * day + 12 * (day % 3)});
        hand.make("infrastructure/metric-samples", sample)?;
    }
    let target = json!({"series_id": series, "name": "Space of the order database", "capacity": 2_000, "threshold": 1_600, "lead_time_days": 45});
    hand.make("infrastructure/capacity-targets", target)?;
    let year = hand.book.year() - 1;
    let amounts: Vec<_> = (1..=12).map(|period| json!({"period": period, "amount": {"amount": "62000.00", "currency": "EUR"}})).collect();
    let forecast = json!({
        "name": format!("IT operations {year}, as the year began"), "scope_id": hand.book.nth("finance/cost-centers", 0)?,
        "fiscal_year_id": hand.book.id("finance/fiscal-years", &format!("FY{year}"))?, "method": "manual",
        "known_until_on": format!("{}-12-31", year - 1), "currency": "EUR", "amounts": amounts,
        "unit_id": hand.book.id("teams/units", "FIN")?,
    });
    hand.made("finance/forecasts", forecast, &["published"]).map(drop)
}

/// Runs of all quantifications, for the loss of the portfolio; one whose frequency is not known cannot be run and is left as it is.
fn quantification(hand: &mut Author<'_, '_>) -> Result<()> {
    for id in hand.book.all("security/risk-quantifications") {
        let id = parsed(&id)?;
        hand.attempt(|hand| quantify(hand.writer, id))?.ok();
    }
    Ok(())
}

/// Foundations of services beside machines: a contract with a vendor, a person, space, a line; a control that a service carries out; and a
/// process that is back later than it may be.
fn foundations(hand: &mut Author<'_, '_>) -> Result<()> {
    let ops = hand.book.id("teams/units", "OPS")?;
    let pool = json!({
        "name": "ham-nvme-1", "kind": "block", "media": "nvme", "node_id": hand.book.nth("infrastructure/devices", 40)?, "redundancy": "RAID 6",
        "capacity_gib": 50_000, "used_gib": 31_000, "max_overcommit_ratio": 2, "encrypted": true, "unit_id": ops,
    });
    let pool = hand.made("infrastructure/storage-pools", pool, &["active"])?;
    // Under the databases, the business system and the warehouse system.
    for (number, at) in (1..).zip([4, 8, 10]) {
        let volume = json!({
            "name": format!("ham-vol-{number:02}"), "storage_pool_id": pool, "attached_to_id": hand.book.nth("infrastructure/virtual-machines", at)?,
            "size_gib": 8_000, "used_gib": 5_200, "thin": true, "encrypted": true, "unit_id": ops,
        });
        hand.made("infrastructure/volumes", volume, &["active"])?;
    }
    let circuit = json!({
        "provider_id": hand.book.nth("vendors/vendors", 4)?, "contract_id": hand.book.nth("vendors/contracts", 4)?, "number": "HAM-RTM-0001", "kind": "internet",
        "bandwidth_mbps": 10_000, "a_site_id": hand.book.nth("infrastructure/sites", 0)?, "z_site_id": hand.book.nth("infrastructure/sites", 1)?,
        "installed_on": hand.book.day(-900), "restore_hours": 4, "unit_id": ops,
    });
    let circuit = hand.made("infrastructure/circuits", circuit, &["provisioning", "active"])?;
    let records = json!({
        "name": "staff-records", "native_name": "eu-central-1/staff-records", "kind": "databases", "provider_id": hand.book.nth("vendors/vendors", 2)?,
        "region": "eu-central-1", "launched_on": hand.book.day(-700), "unit_id": ops,
    });
    let records = hand.made("infrastructure/cloud-resources", records, &["active"])?;
    let stands = [("WMS", circuit), ("HR", records), ("CRM", hand.book.nth("vendors/contracts", 0)?), ("PAYROLL", hand.book.nth("teams/people", 12)?)];
    for (code, support) in stands {
        let service = hand.book.id("infrastructure/services", code)?;
        hand.make("infrastructure/dependencies", json!({"from_id": service, "to_id": support, "kind": "requires"}))?;
    }
    let (control, monitoring) = (hand.book.nth("governance/controls", 0)?, hand.book.id("infrastructure/services", "MONITOR")?);
    hand.make("infrastructure/dependencies", json!({"from_id": control, "to_id": monitoring, "kind": "requires"}))?;
    // Its recovery plan brings orders back after more than three hours.
    let process = json!({
        "code": "BP-SELL", "name": "Taking orders", "description": "From the visit of a customer to the confirmed order.",
        "mtpd_seconds": 28_800, "rto_seconds": 7_200, "rpo_seconds": 900, "catch_up_seconds": 14_400, "mbco_percent": 60,
        "depends_on": [{"subject_id": hand.book.id("infrastructure/services", "ORDERS")?}], "unit_id": hand.book.id("teams/units", "APP")?,
        "owner_id": hand.book.nth("teams/people", 4)?,
    });
    hand.make("security/business-processes", process).map(drop)
}

/// Servers with a cable into the first switch.
const CABLED: usize = 8;

/// A network: its prefixes, the interfaces of servers and machines with their addresses, and the cables into a switch.
fn network(hand: &mut Author<'_, '_>) -> Result<()> {
    let ops = hand.book.id("teams/units", "OPS")?;
    let vrf = hand.make("infrastructure/vrfs", json!({"name": "Nordwerk", "description": "All that the company runs itself.", "unit_id": ops}))?;
    let prefixes: [(&str, &str, &str, &[&str]); 4] = [
        ("10.20.0.0/16", "container", "Hamburg", &["active"]),
        ("10.20.1.0/27", "network", "Servers in Hamburg", &["active"]),
        ("10.20.2.0/24", "network", "Machines in Hamburg", &["active"]),
        ("10.20.3.0/24", "network", "Second cluster", &[]),
    ];
    for (prefix, kind, name, states) in prefixes {
        let site = hand.book.nth("infrastructure/sites", 0)?;
        hand.made("infrastructure/prefixes", json!({"vrf_id": vrf, "prefix": prefix, "kind": kind, "name": name, "site_id": site, "unit_id": ops}), states)?;
    }
    let switch = hand.book.nth("infrastructure/devices", 48)?;
    for at in 0..CABLED {
        let own = json!({"node_id": hand.book.nth("infrastructure/devices", at)?, "name": "eth0", "kind": "copper", "speed_mbps": 10_000});
        let port = json!({"node_id": switch, "name": format!("port {}", at + 1), "kind": "copper", "speed_mbps": 10_000});
        let (own, port) = (hand.make("infrastructure/interfaces", own)?, hand.make("infrastructure/interfaces", port)?);
        hand.make("infrastructure/cables", json!({"from_id": own, "to_id": port, "label": format!("H-{:03}", at + 1), "length_m": 3}))?;
        let address = json!({"vrf_id": vrf, "address": format!("10.20.1.{}/27", at + 10), "assigned_to_id": own, "unit_id": ops});
        hand.make("infrastructure/ip-addresses", address)?;
    }
    for at in 0..MACHINES {
        let own = json!({"node_id": hand.book.nth("infrastructure/virtual-machines", at)?, "name": "eth0", "kind": "virtual"});
        let own = hand.make("infrastructure/interfaces", own)?;
        let address = json!({"vrf_id": vrf, "address": format!("10.20.2.{}/24", at + 10), "assigned_to_id": own, "unit_id": ops});
        hand.make("infrastructure/ip-addresses", address)?;
    }
    Ok(())
}

/// Licences: one that is used beyond what was bought, and in a version that it does not cover, one with some to spare, one for a cluster; and
/// software that nobody bought.
fn licenses(hand: &mut Author<'_, '_>) -> Result<()> {
    let ops = hand.book.id("teams/units", "OPS")?;
    let kinds = [
        ("Halden Backup Agent", "tool", "device", 10, "36.00"),
        ("Tellus Office", "application", "user", 120, "90.00"),
        ("Orvik Warehouse", "database", "core", 64, "410.00"),
    ];
    for (at, (name, kind, metric, quantity, cost)) in kinds.into_iter().enumerate() {
        let product = hand.make("infrastructure/software-products", json!({"name": name, "kind": kind}))?;
        let license = json!({
            "name": format!("{name}, {metric}s"), "software_product_id": product, "metric": metric, "quantity": quantity, "over_assignment": "allow",
            "starts_on": hand.book.day(-200), "ends_on": hand.book.day(165), "vendor_id": hand.book.nth("vendors/vendors", 6 + at)?,
            "unit_cost": {"amount": cost, "currency": "EUR"}, "unit_id": ops, "version_range": (metric == "device").then_some("vers:generic/>=8.0|<9.0"),
        });
        let license = hand.make("infrastructure/licenses", license)?;
        let assigned =
            |target: String, quantity: i64| json!({"license_id": license, "target_id": target, "quantity": quantity, "starts_on": hand.book.day(-180)});
        let assignments: Vec<_> = match metric {
            "user" => (2..30).map(|at| hand.book.nth("teams/people", at).map(|person| assigned(person, 1))).collect::<Result<_>>()?,
            "core" => vec![assigned(hand.book.nth("infrastructure/clusters", 0)?, 48)],
            _ => Vec::new(),
        };
        assignments.into_iter().try_for_each(|assignment| hand.make("infrastructure/license-assignments", assignment).map(drop))?;
        if metric == "device" {
            let release = |version: &str| json!({"software_product_id": product, "version": version, "approval": "approved"});
            let releases = [hand.make("infrastructure/software-releases", release("8.1"))?, hand.make("infrastructure/software-releases", release("9.0"))?];
            for machine in 0..13 {
                let host = hand.book.nth("infrastructure/virtual-machines", machine)?;
                let release = &releases[usize::from(machine == 12)];
                let installed =
                    json!({"software_release_id": release, "host_id": host, "license_id": license, "installed_on": hand.book.day(-150), "source": "agent"});
                hand.make("infrastructure/installations", installed)?;
            }
        }
    }
    let product = hand.make("infrastructure/software-products", json!({"name": "Quick Archiver", "kind": "tool"}))?;
    let release = hand.make("infrastructure/software-releases", json!({"software_product_id": product, "version": "3.2"}))?;
    let host = hand.book.nth("infrastructure/virtual-machines", 14)?;
    hand.make("infrastructure/installations", json!({"software_release_id": release, "host_id": host, "source": "scan", "discovered_at": hand.book.hour(-70)}))
        .map(drop)
}

/// Assets: name, method, convention, months of life, cost. Straight lines are bought with the orders.
const ASSETS: &[(&str, &str, &str, i64, i64)] = &[
    ("Backup library", "double_declining", "half_year", 60, 24_000),
    ("Core switch", "sum_of_years_digits", "full_month", 48, 18_000),
    ("Label printer", "units_of_use", "daily", 60, 3_600),
    ("Battery of the first hall", "straight_line", "daily", 96, 42_000),
    ("Picture in the hall", "none", "daily", 12, 900),
];

/// Assets of each method of depreciation, one of them impaired and one to be, and one that is rented.
fn assets(hand: &mut Author<'_, '_>) -> Result<()> {
    for (at, (name, method, convention, months, cost)) in ASSETS.iter().enumerate() {
        let read = |days: i64, units: i64| json!({"read_on": hand.book.day(days), "units": units});
        let by_use = *method == "units_of_use";
        let asset = json!({
            "tag": format!("NW-{:05}", 901 + at), "name": name, "holds_data": false, "cost": euros(*cost), "salvage": euros(cost / 20),
            "purchased_on": hand.book.day(-520), "in_service_on": hand.book.day(-500), "life_months": months, "depreciation_method": method,
            "depreciation_convention": convention, "cost_center_id": hand.book.nth("finance/cost-centers", 0)?,
            "cost_category_id": hand.book.id("finance/cost-categories", "HW-SRV")?,
            "life_units": by_use.then_some(400_000), "usage": if by_use { json!([read(-300, 60_000), read(-20, 148_000)]) } else { json!([]) },
        });
        let asset = hand.made("infrastructure/assets", asset, &["received", "in_stock", "deployed"])?;
        let states: &[&str] = match *method {
            "straight_line" => &["recognized"],
            "double_declining" => &[],
            _ => continue,
        };
        let impairment = json!({
            "asset_id": asset, "impaired_on": hand.book.day(-90), "recoverable_amount": euros(cost * 2 / 5),
            "reason": "It does less than half of what it did; the appraisal of its maker says what the rest is worth.",
        });
        hand.made("infrastructure/asset-impairments", impairment, states)?;
    }
    let rented = json!({
        "tag": "NW-00990", "name": "Crane truck", "ownership": "rented", "holds_data": false, "in_service_on": hand.book.day(-60),
        "cost": euros(12_000), "contract_id": hand.book.nth("vendors/contracts", 1)?,
    });
    hand.made("infrastructure/assets", rented, &["received", "in_stock", "deployed"]).map(drop)
}
