//! Three sites with racks, 300 devices, machines on a cluster, and 25 services that stand on them.

use super::author::Author;
use super::organisation::pick;
use crate::error::Result;
use serde_json::{Value, json};

const SITES: &[(&str, &str, f64, f64)] =
    &[("HAM-1", "Hamburg data centre", 53.5, 10.0), ("RTM-1", "Rotterdam data centre", 51.9, 4.4), ("HAM-HQ", "Hamburg head office", 53.6, 9.9)];

/// Types of devices: maker, model, units, role, how many.
const TYPES: &[(&str, &str, i64, &str, usize)] = &[
    ("Halden", "S-2400", 2, "server", 40),
    ("Halden", "A-900", 4, "storage", 8),
    ("Orvik", "N-48", 1, "switch", 24),
    ("Orvik", "F-200", 1, "firewall", 8),
    ("Orvik", "W-6", 0, "access_point", 40),
    ("Tellus", "Book 14", 0, "workplace", 180),
];

const RACKS: usize = 6;
/// The devices of one transaction.
const BATCH: usize = 50;
/// In how many parts they are made.
pub const PARTS: usize = 9;

/// Services: code, name, kind, tier, and what they need.
const SERVICES: &[(&str, &str, &str, i64, &[&str])] = &[
    ("NETWORK", "Network", "technical", 1, &[]),
    ("STORAGE", "Storage", "technical", 1, &[]),
    ("VIRT", "Virtualisation", "technical", 1, &["NETWORK", "STORAGE"]),
    ("DIRECTORY", "Directory and login", "technical", 1, &["VIRT"]),
    ("DATABASE", "Databases", "technical", 1, &["VIRT", "STORAGE"]),
    ("BACKUP", "Backup", "technical", 2, &["STORAGE"]),
    ("MONITOR", "Monitoring", "technical", 2, &["VIRT"]),
    ("MAIL", "Mail", "application", 2, &["DIRECTORY"]),
    ("ERP", "Business system", "application", 1, &["DATABASE", "DIRECTORY"]),
    ("SHOP", "Web shop", "application", 1, &["DATABASE", "VIRT"]),
    ("WMS", "Warehouse system", "application", 1, &["DATABASE", "NETWORK"]),
    ("TMS", "Transport planning", "application", 2, &["DATABASE"]),
    ("CRM", "Customer records", "application", 2, &["DIRECTORY"]),
    ("HR", "Staff records", "application", 3, &["DIRECTORY"]),
    ("WIKI", "Knowledge base", "application", 4, &["VIRT"]),
    ("PIPELINE", "Build and delivery", "application", 3, &["VIRT", "DIRECTORY"]),
    ("REPORTS", "Reports", "application", 3, &["DATABASE"]),
    ("ORDERS", "Order management", "business", 1, &["SHOP", "ERP"]),
    ("DELIVERY", "Delivery", "business", 1, &["WMS", "TMS"]),
    ("BILLING", "Billing", "business", 2, &["ERP"]),
    ("PURCHASE", "Purchasing", "business", 3, &["ERP", "MAIL"]),
    ("SUPPORT", "Customer service", "business", 2, &["CRM", "MAIL"]),
    ("WORKPLACE", "Workplace", "business", 2, &["DIRECTORY", "MAIL", "NETWORK"]),
    ("PAYROLL", "Payroll", "business", 2, &["HR"]),
    ("PLANNING", "Planning", "business", 3, &["REPORTS", "ERP"]),
];

/// Services, each with another that it uses and could do without for a while.
const USES: &[(&str, &str)] =
    &[("ORDERS", "MAIL"), ("SHOP", "REPORTS"), ("DELIVERY", "MAIL"), ("ERP", "REPORTS"), ("SUPPORT", "WIKI"), ("WMS", "MONITOR"), ("MAIL", "BACKUP")];

/// Services on two machines of which one is enough, and the first of the two.
const TWINS: &[(&str, usize)] = &[("ERP", 20), ("SHOP", 22), ("CRM", 24)];

/// How many people must have which skill for a service.
const SKILL_NEEDS: &[(&str, &str, i64)] = &[
    ("NETWORK", "NTAS", 4),
    ("STORAGE", "ITOP", 3),
    ("VIRT", "ITOP", 4),
    ("DIRECTORY", "SCTY", 2),
    ("ERP", "PROG", 3),
    ("SHOP", "PROG", 3),
    ("ORDERS", "SLMO", 2),
    ("PIPELINE", "PROG", 2),
];

const MACHINES: usize = 30;

/// Places and types, then the devices in batches, then machines, services and what depends on what.
pub fn write(hand: &mut Author<'_, '_>, part: usize) -> Result<()> {
    match part {
        0 => places(hand),
        7 => services(hand),
        8 => events(hand),
        part => devices(hand, (part - 1) * BATCH),
    }
}

fn places(hand: &mut Author<'_, '_>) -> Result<()> {
    let ops = hand.book.id("teams/units", "OPS")?;
    for (code, name, latitude, longitude) in SITES {
        let site = json!({"code": code, "name": name, "latitude": latitude, "longitude": longitude, "unit_id": ops});
        let site = hand.made("infrastructure/sites", site, &["active"])?;
        hand.made("infrastructure/locations", json!({"site_id": site, "name": "Room 1"}), &["active"])?;
    }
    for at in 0..RACKS {
        let (site, room) = (hand.book.nth("infrastructure/sites", at % 2)?, hand.book.nth("infrastructure/locations", at % 2)?);
        let rack = json!({"site_id": site, "location_id": room, "name": format!("{}-0{}", pick(&["A", "B"], at), at / 2 + 1), "height_units": 42});
        let rack = hand.made("infrastructure/racks", rack, &["active"])?;
        // The last rack waits for its second feed.
        let feeds: &[(&str, &str)] = if at + 1 == RACKS { &[("A", "primary")] } else { &[("A", "primary"), ("B", "redundant")] };
        for (name, kind) in feeds {
            let feed = json!({"rack_id": rack, "name": name, "source": format!("Panel {name}, breaker {}", at + 1), "kind": kind, "phase": "three", "voltage": 400, "amperage": 32});
            hand.made("infrastructure/power-feeds", feed, &["active"])?;
        }
    }
    for name in ["Halden", "Orvik", "Tellus"] {
        hand.make("infrastructure/manufacturers", json!({"name": name}))?;
    }
    for (at, (maker, model, units, ..)) in TYPES.iter().enumerate() {
        let kind = json!({
            "manufacturer_id": hand.book.id("infrastructure/manufacturers", maker)?, "model": model, "height_units": units, "full_depth": *units > 1,
            "end_of_support_on": hand.book.day(if at == 3 { 120 } else { 1_500 }), "weight_kg": 4 + 10 * units, "power_draw_w": 60 + 150 * units,
            "physical_cores": if at == 0 { json!(64) } else { json!(null) },
            "replacement_cost": {"amount": format!("{}.00", 1200 + 2900 * units), "currency": "EUR"},
        });
        hand.make("infrastructure/device-types", kind)?;
    }
    Ok(())
}

fn devices(hand: &mut Author<'_, '_>, from: usize) -> Result<()> {
    // In each rack the units are taken from below.
    let mut height = [1; RACKS];
    let all = TYPES.iter().enumerate().flat_map(|(kind, each)| (0..each.4).map(move |number| (kind, each, number)));
    for (at, (kind, (_, _, units, role, _), number)) in all.enumerate() {
        let rack = at % RACKS;
        let position = height[rack];
        height[rack] += units;
        if !(from..from + BATCH).contains(&at) {
            continue;
        }
        let mut device = json!({
            "name": format!("{}-{}-{:03}", if rack.is_multiple_of(2) { "ham" } else { "rtm" }, short(role), number + 1), "role": role,
            "serial": format!("NW{kind}{number:05}"),
            "device_type_id": hand.book.nth("infrastructure/device-types", kind)?, "unit_id": hand.book.id("teams/units", "OPS")?,
            "owner_id": hand.book.nth("teams/people", 2 + at)?,
            "planned_retirement_on": hand.book.day(300 + 6 * i64::try_from(at).unwrap_or_default()),
        });
        if let Some(members) = device.as_object_mut() {
            if *units > 0 {
                members.insert("rack_id".into(), hand.book.nth("infrastructure/racks", rack)?.into());
                members.insert("position".into(), position.into());
                members.insert("face".into(), "front".into());
            } else {
                members.insert("site_id".into(), hand.book.nth("infrastructure/sites", 2)?.into());
            }
        }
        let states: &[&str] = match at % 29 {
            27 => &[],
            26 => &["staged", "active", "maintenance"],
            25 => &["staged", "active", "failed"],
            _ => &["staged", "active"],
        };
        hand.made("infrastructure/devices", device, states)?;
    }
    Ok(())
}

fn short(role: &str) -> &str {
    match role {
        "server" => "srv",
        "storage" => "sto",
        "switch" => "sw",
        "firewall" => "fw",
        "access_point" => "ap",
        _ => "pc",
    }
}

fn services(hand: &mut Author<'_, '_>) -> Result<()> {
    let ops = hand.book.id("teams/units", "OPS")?;
    let cluster = json!({
        "name": "ham-virt-1", "kind": "virtualisation", "platform": "Proxmox VE", "site_id": hand.book.nth("infrastructure/sites", 0)?,
        "physical_cores": 640, "memory_gib": 10_240, "max_vcpu_ratio": 4, "tolerated_failures": 1, "unit_id": ops});
    let cluster = hand.made("infrastructure/clusters", cluster, &["active"])?;
    for at in 0..10 {
        let server = hand.book.nth("infrastructure/devices", at)?;
        hand.make(
            "infrastructure/dependencies",
            json!({
                "from_id": cluster, "to_id": server, "kind": "requires", "redundancy_group": "nodes", "min_up": 8,
            }),
        )?;
    }
    for at in 0..MACHINES {
        let machine = json!({
            "name": format!("ham-vm-{:03}", at + 1), "cluster_id": cluster, "vcpus": 4 + 4 * (at % 3), "memory_gib": 16 << (at % 3),
            "disk_gib": 200,
            "operating_system": "Debian 12", "unit_id": ops});
        let machine = hand.made("infrastructure/virtual-machines", machine, if at % 10 == 9 { &["staged"] } else { &["staged", "active"] })?;
        hand.make("infrastructure/dependencies", json!({"from_id": cluster, "to_id": machine, "kind": "hosts"}))?;
    }
    for (at, (code, name, kind, tier, needs)) in SERVICES.iter().enumerate() {
        let service = json!({
            "code": code, "name": name, "kind": kind, "criticality_tier": tier,
            "hosting": if *code == "CRM" || *code == "HR" { "saas" } else { "on_premises" },
            "user_count": 40 + 25 * at, "disposition": pick(&["invest", "tolerate", "migrate"], at),
            "owner_id": hand.book.nth("teams/people", 2 + at)?,
            "downtime_cost_per_hour": (*kind == "business").then(|| json!({"amount": format!("{}.00", 9600 / tier), "currency": "EUR"})),
            "resolution_targets": [{"priority": 1, "minutes": 120 * tier}, {"priority": 2, "minutes": 240 * tier}],
            "unit_id": hand.book.id("teams/units", if *kind == "technical" { "OPS" } else { "APP" })?,
        });
        let service = hand.made("infrastructure/services", service, if *code == "REPORTS" { &["live", "retiring"] } else { &["live"] })?;
        for need in *needs {
            needs_it(hand, &service, hand.book.id("infrastructure/services", need)?)?;
        }
        match *code {
            "NETWORK" => (48..52).try_for_each(|at| needs_it(hand, &service, hand.book.nth("infrastructure/devices", at)?))?,
            "STORAGE" => (40..44).try_for_each(|at| needs_it(hand, &service, hand.book.nth("infrastructure/devices", at)?))?,
            "VIRT" => needs_it(hand, &service, cluster.clone())?,
            _ => needs_it(hand, &service, hand.book.nth("infrastructure/virtual-machines", at)?)?,
        }
    }
    beside(hand)?;
    for (code, skill, people) in SKILL_NEEDS {
        let (subject, skill) = (hand.book.id("infrastructure/services", code)?, hand.book.id("teams/skills", skill)?);
        hand.make("teams/skill-needs", json!({"subject_id": subject, "skill_id": skill, "minimum_level": 3, "needed_count": people, "unit_id": ops}))?;
    }
    let planned = json!({"code": "TWIN", "name": "Digital twin of the warehouse", "kind": "application", "criticality_tier": 3, "unit_id": ops});
    hand.make("infrastructure/services", planned).map(drop)
}

/// Services that others use, and machines of which these need one of two.
fn beside(hand: &mut Author<'_, '_>) -> Result<()> {
    for (code, used) in USES {
        let (service, used) = (hand.book.id("infrastructure/services", code)?, hand.book.id("infrastructure/services", used)?);
        hand.make("infrastructure/dependencies", json!({"from_id": service, "to_id": used, "kind": "uses"}))?;
    }
    for (code, first) in TWINS {
        let service = hand.book.id("infrastructure/services", code)?;
        for at in *first..first + 2 {
            let machine = hand.book.nth("infrastructure/virtual-machines", at)?;
            let edge = json!({"from_id": service, "to_id": machine, "kind": "requires", "redundancy_group": "application servers", "min_up": 1});
            hand.make("infrastructure/dependencies", edge)?;
        }
    }
    Ok(())
}

fn needs_it(hand: &mut Author<'_, '_>, from: &str, to: String) -> Result<()> {
    hand.make("infrastructure/dependencies", json!({"from_id": from, "to_id": to, "kind": "requires"})).map(drop)
}

fn events(hand: &mut Author<'_, '_>) -> Result<()> {
    for at in 0..12 {
        let service = hand.book.nth("infrastructure/services", 3 + at * 2)?;
        let hours = -24 * (9 * i64::try_from(at).unwrap_or_default() + 2);
        let incident = json!({
            "title": format!("{} is slow or away", pick(SERVICES, 3 + at * 2).1), "impact": pick(&["high", "medium", "low"], at),
            "urgency": pick(&["high", "medium"], at),
            "is_major": at == 0, "service_id": service, "started_at": hand.book.hour(hours), "detected_at": hand.book.hour(hours + 1),
            "restored_at": if at == 0 { Value::Null } else { hand.book.hour(hours + 3).into() }, "resolution": "Moved to the other node.",
            "reporter_id": hand.book.nth("teams/people", 5 + at)?, "team_id": hand.book.nth("teams/teams", at)?,
        });
        let states: &[&str] = match at {
            0 => &["acknowledged"],
            1 => &[],
            _ => &["acknowledged", "mitigated", "resolved", "closed"],
        };
        let incident = hand.made("infrastructure/incidents", incident, states)?;
        let ended = if at == 0 { Value::Null } else { hand.book.hour(hours + 3).into() };
        let outage = json!({
            "service_id": service, "started_at": hand.book.hour(hours), "ended_at": ended,
            "degraded_percent": if at % 2 == 0 { 100 } else { 40 }, "incident_id": incident,
        });
        hand.made("infrastructure/outages", outage, if at == 0 { &[] } else { &["ended"] })?;
    }
    // An application server of the shop failed, and a disk of it later; its twin was updated, and is slow since yesterday.
    for (at, hours, lasted, lost) in [(22, -24 * 20, Some(3), 100), (22, -24 * 6, Some(5), 40), (23, -24 * 11, Some(1), 100), (23, -20, None, 30)] {
        let machine = hand.book.nth("infrastructure/virtual-machines", at)?;
        let outage = json!({
            "target_id": machine, "started_at": hand.book.hour(hours), "ended_at": lasted.map(|lasted| hand.book.hour(hours + lasted)),
            "degraded_percent": lost, "planned": lasted == Some(1),
        });
        hand.made("infrastructure/component-outages", outage, if lasted.is_some() { &["ended"] } else { &[] })?;
    }
    for (at, (code, ..)) in SERVICES.iter().enumerate().filter(|(_, each)| each.3 == 1) {
        let service = hand.book.id("infrastructure/services", code)?;
        let slo = json!({
            "service_id": service, "name": "Availability", "indicator": "availability",
            "target_percent": if at % 2 == 0 { 99.9 } else { 99.5 }, "window_days": 30,
        });
        hand.make("infrastructure/slos", slo)?;
    }
    Ok(())
}
