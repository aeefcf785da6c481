//! Thirty vendors with a contract each, orders and the commitments that they make, and a few invoices with their payments.

use super::author::{Author, euros};
use super::organisation::pick;
use crate::error::Result;
use serde_json::json;

const NAMES: &[(&str, &str)] = &[
    ("Delta Hosting", "Hosting"),
    ("Halden Systems", "Hardware"),
    ("Orvik Networks", "Hardware"),
    ("Tellus Workplaces", "Hardware"),
    ("Norden Telecom", "Lines"),
    ("Kontor Software", "Software"),
    ("Brightmail", "Software"),
    ("Cumulus Cloud", "Cloud"),
    ("Peoplebase", "Software"),
    ("Clientra", "Software"),
    ("Quay Consulting", "Consulting"),
    ("Redline Security", "Security"),
    ("Silo Backup", "Software"),
    ("Fleetwise", "Software"),
    ("Papyr Print", "Services"),
    ("Voltara Energy", "Energy"),
    ("Gatehouse Facilities", "Services"),
    ("Lumen Training", "Training"),
    ("Argent Audit", "Consulting"),
    ("Bluepeak Staffing", "Staff"),
    ("Cobalt Labels", "Hardware"),
    ("Docklane Scanners", "Hardware"),
    ("Ember Cooling", "Facilities"),
    ("Fjord Analytics", "Software"),
    ("Granite Legal", "Consulting"),
    ("Harbour Couriers", "Logistics"),
    ("Iris Identity", "Security"),
    ("Juniper Translations", "Services"),
    ("Krona Payments", "Finance"),
    ("Lattice Monitoring", "Software"),
];

/// How many have a contract.
const CONTRACTS: usize = 26;
const ORDERS: usize = 14;
/// Vendors, contracts, orders, an open request for proposals.
pub const PARTS: usize = 4;

/// All of it, in four parts.
pub fn write(hand: &mut Author<'_, '_>, part: usize) -> Result<()> {
    match part {
        0 => vendors(hand),
        1 => (0..CONTRACTS).try_for_each(|at| contract(hand, at)),
        3 => sourcing(hand),
        _ => {
            (0..ORDERS).try_for_each(|at| order(hand, at))?;
            BILLS.iter().try_for_each(|bill| billed(hand, bill))
        }
    }
}

fn vendors(hand: &mut Author<'_, '_>) -> Result<()> {
    for (at, (name, category)) in NAMES.iter().enumerate() {
        let host = name.to_lowercase().replace(' ', "-");
        let vendor = json!({
            "code": host.to_uppercase(), "name": name, "category": category,
            "tier": pick(&["strategic", "preferred", "standard", "occasional"], at / 4),
            "criticality": pick(&["high", "medium", "low"], at / 5), "risk_tier": pick(&["medium", "low", "high"], at), "review_interval_months": 12,
            "substitutability": pick(&["highly_complex", "medium", "easy"], at / 4),
            "relationship_manager_id": hand.book.nth("teams/people", 2 + at)?,
            "website": format!("https://{host}.example"), "unit_id": hand.book.id("teams/units", "FIN")?,
        });
        let states: &[&str] = match at {
            27 => &[],
            28 => &["onboarding"],
            29 => &["onboarding", "qualified"],
            26 => &["onboarding", "qualified", "active", "offboarding"],
            _ => &["onboarding", "qualified", "active"],
        };
        let vendor = hand.made("vendors/vendors", vendor, states)?;
        for (role, escalation) in [("Account manager", false), ("Head of support", true)] {
            let contact = json!({
                "vendor_id": vendor, "name": format!("{} of {name}", role), "role": role,
                "email": format!("{}@{host}.example", if escalation { "support" } else { "sales" }), "escalation": escalation,
            });
            hand.make("vendors/vendor-contacts", contact)?;
        }
    }
    Ok(())
}

fn contract(hand: &mut Author<'_, '_>, at: usize) -> Result<()> {
    let days = i64::try_from(at).unwrap_or_default();
    let (name, category) = pick(NAMES, at);
    // Ends are spread over two years, so that some decision is always due.
    let ends = 25 + 31 * days;
    let contract = json!({
        "code": format!("C-{:03}", at + 1), "title": format!("{category} by {name}"), "vendor_id": hand.book.nth("vendors/vendors", at)?,
        "kind": match category { "Software" | "Cloud" => "subscription", "Hardware" => "purchase", "Hosting" => "outsourcing", _ => "services" },
        "starts_on": hand.book.day(ends - 1_095), "ends_on": hand.book.day(ends), "renewal": if at % 4 == 3 { "none" } else { "tacit" },
        "renewal_months": if at % 4 == 3 { json!(null) } else { json!(12) }, "notice_period": {"value": 1 + at % 3, "unit": "months"},
        "currency": "EUR",
        "payment_days": 30, "unit_id": hand.book.id("teams/units", "FIN")?, "owner_id": hand.book.nth("teams/people", 2 + at)?,
        "critical_function": at < 4,
    });
    let contract = hand.make("vendors/contracts", contract)?;
    hand.make("vendors/contract-versions", json!({"contract_id": contract, "number": 1, "title": "Text for signature", "author": "ours"}))?;
    for position in 1..3 {
        let line = json!({
            "contract_id": contract, "position": 10 * position, "title": format!("{category}, part {position}"), "charge": "recurring",
            "interval_months": 1,
            "quantity": (2 * position).to_string(), "unit": "piece", "unit_price": {"amount": (300 + 40 * at).to_string(), "currency": "EUR"},
        });
        hand.make("vendors/contract-lines", line)?;
    }
    let service = hand.book.nth("infrastructure/services", at)?;
    let target = json!({
        "contract_id": contract, "service_id": service, "name": "Availability", "metric": "availability", "target": 99.5, "unit": "percent",
        "credit_tiers": [{"beyond": 99.5, "credit_percent": 5}, {"beyond": 99, "credit_percent": 20}], "credit_cap_percent": 25,
        "starts_on": hand.book.day(ends - 1_095),
    });
    hand.make("vendors/sla-targets", target)?;
    let states: &[&str] = match at {
        23 => &[],
        24 => &["in_review"],
        25 => &["in_review", "approved"],
        22 => &["in_review", "approved", "signed"],
        21 => &["in_review", "approved", "signed", "active", "suspended"],
        _ => &["in_review", "approved", "signed", "active"],
    };
    hand.go("vendors/contracts", &contract, states)?;
    if at < 5 {
        let renewal = json!({
            "contract_id": contract, "title": format!("{name} after the term"), "decision_due_on": hand.book.day(ends - 60),
            "term_ends_on": hand.book.day(ends), "analyst_id": hand.book.nth("teams/people", 6)?,
            "analysis": "What was promised was held; prices rose by 3 % a year.",
            "alternatives": "Two others in reach; the move would take a year.",
        });
        hand.made("vendors/renewals", renewal, if at.is_multiple_of(2) { &["analysed"] } else { &[] })?;
    }
    Ok(())
}

fn order(hand: &mut Author<'_, '_>, at: usize) -> Result<()> {
    let (name, category) = pick(NAMES, 1 + at % 4);
    let year = hand.book.year();
    let order = json!({
        "code": format!("PO-{year}-{:04}", at + 1), "title": format!("{category} from {name}"),
        "vendor_id": hand.book.nth("vendors/vendors", 1 + at % 4)?, "currency": "EUR",
        "buyer_id": hand.book.nth("teams/people", 7)?, "requester_id": hand.book.nth("teams/people", 4 + at)?,
        "delivery_due_on": hand.book.day(20 + i64::try_from(at).unwrap_or_default()),
        "cost_center_id": hand.book.id("finance/cost-centers", "CC-OPS")?, "site_id": hand.book.nth("infrastructure/sites", at)?,
        "unit_id": hand.book.id("teams/units", "FIN")?,
    });
    let order = hand.make("vendors/purchase-orders", order)?;
    let line = pick(&["Servers and storage", "Lines between the sites", "Workplaces"], at);
    let line = json!({
        "purchase_order_id": order, "position": 10, "title": pick(&["Server, two units", "Switch, 48 ports", "Laptop, 14 inch"], at),
        "quantity": (2 + at % 5).to_string(), "unit": "piece",
        "unit_price": {"amount": (900 + 150 * at).to_string(), "currency": "EUR"},
        "device_type_id": hand.book.nth("infrastructure/device-types", pick(&[0, 2, 5], at))?,
        "budget_line_id": hand.book.id("finance/budget-lines", &format!("{line} {year}"))?,
        "fiscal_period_id": hand.book.id("finance/fiscal-periods", &format!("{year}-12"))?,
    });
    let line = hand.make("vendors/purchase-order-lines", line)?;
    let states: &[&str] = match at {
        12 => &[],
        13 => &["submitted"],
        11 => &["submitted", "rejected"],
        10 => &["submitted", "approved"],
        8 | 9 => &["submitted", "approved", "sent"],
        0 | 1 => &["submitted", "approved", "sent", "acknowledged", "closed"],
        _ => &["submitted", "approved", "sent", "acknowledged"],
    };
    hand.go("vendors/purchase-orders", &order, states)?;
    if at < 8 {
        let asset = json!({
            "tag": format!("NW-{:05}", at + 1), "name": format!("{category} {}", at + 1),
            "item_id": hand.book.nth("infrastructure/devices", 3 * at)?, "purchase_order_line_id": line,
            "cost": euros(1_800), "in_service_on": hand.book.day(-90), "purchased_on": hand.book.day(-120), "life_months": 48,
            "depreciation_method": "straight_line", "depreciation_convention": "full_month", "cost_center_id": hand.book.nth("finance/cost-centers", 0)?,
            "cost_category_id": hand.book.id("finance/cost-categories", pick(&["HW-SRV", "HW-SRV", "HW-WORK"], at))?,
            "contract_id": if at.is_multiple_of(4) { json!(hand.book.nth("vendors/contracts", at)?) } else { json!(null) }});
        hand.made("infrastructure/assets", asset, if at % 3 == 2 { &["received"] } else { &["received", "in_stock", "deployed"] })?;
    }
    Ok(())
}

/// An invoice, and what was paid of it: the day and the amount; today's is not posted yet.
struct Bill {
    vendor: usize,
    kind: &'static str,
    title: &'static str,
    net: i64,
    received: i64,
    paid: &'static [(i64, i64)],
}

/// Invoices: two that are paid, one in part; and a year of support that is paid in advance.
const BILLS: &[Bill] = &[
    Bill { vendor: 0, kind: "invoice", title: "Hosting, last month", net: 3_200, received: -40, paid: &[(-12, 3_872)] },
    Bill { vendor: 4, kind: "invoice", title: "Lines, last month", net: 1_500, received: -55, paid: &[(-30, 815), (-4, 1_000)] },
    Bill { vendor: 5, kind: "invoice", title: "Licences for the new team", net: 900, received: -20, paid: &[(-2, 500), (0, 589)] },
    Bill { vendor: 12, kind: "prepayment", title: "Support of the backup software for a year", net: 2_400, received: -25, paid: &[] },
];

fn billed(hand: &mut Author<'_, '_>, bill: &Bill) -> Result<()> {
    let (name, _) = pick(NAMES, bill.vendor);
    let (vendor, unit) = (hand.book.nth("vendors/vendors", bill.vendor)?, hand.book.id("teams/units", "FIN")?);
    let account = json!({
        "vendor_id": vendor, "holder": name, "account_number": format!("30-{:04}", bill.vendor + 1), "bank_name": "Harbour Bank",
        "verification": "Called the number in the contract.", "checked_on": hand.book.day(-60),
    });
    let account = hand.made("vendors/bank-accounts", account, &["verified"])?;
    let tax = bill.net * 21 / 100;
    let invoice = json!({
        "vendor_id": vendor, "kind": bill.kind, "number": format!("{}-{}", hand.book.year(), 1_000 + bill.vendor), "bank_account_id": account,
        "invoiced_on": hand.book.day(bill.received - 2), "received_on": hand.book.day(bill.received), "due_on": hand.book.day(bill.received + 30),
        "service_starts_on": hand.book.day(bill.received), "service_ends_on": hand.book.day(bill.received + 364),
        "net": euros(bill.net), "tax": euros(tax), "gross": euros(bill.net + tax), "unit_id": unit,
    });
    let invoice = hand.make("vendors/invoices", invoice)?;
    let line = json!({
        "invoice_id": invoice, "position": 1, "title": bill.title, "quantity": "1", "unit_price": euros(bill.net), "net": euros(bill.net),
        "tax_percent": 21, "cost_center_id": hand.book.id("finance/cost-centers", "CC-OPS")?,
    });
    hand.make("vendors/invoice-lines", line)?;
    hand.go("vendors/invoices", &invoice, &["matched", "approved"])?;
    for (day, amount) in bill.paid {
        let payment = json!({"invoice_id": invoice, "paid_on": hand.book.day(*day), "amount": euros(*amount), "reference": bill.title});
        let payment = hand.make("vendors/payments", payment)?;
        // The one administrator has entered the invoice, the other has approved it.
        if *day < 0 {
            hand.go_by_service("vendors/payments", &payment, "posted")?;
        }
    }
    Ok(())
}

fn sourcing(hand: &mut Author<'_, '_>) -> Result<()> {
    let event = json!({
        "code": "RFP-001", "name": "Storage for the second data centre", "kind": "rfp",
        "description": "250 TB usable in two rooms, delivered, installed and supported for five years.",
        "deadline_at": hand.book.hour(240), "binding_until_at": hand.book.hour(2_400), "currency": "EUR", "sealed": true,
        "baseline_price": euros(182_000),
        "unit_id": hand.book.id("teams/units", "FIN")?,
    });
    let event = hand.make("vendors/sourcing-events", event)?;
    hand.make(
        "vendors/criteria",
        json!({
            "sourcing_event_id": event, "name": "Support and fit", "kind": "scored", "source": "evaluator", "weight": 100, "max_points": 10,
            "min_points": 4, "position": 1,
        }),
    )?;
    hand.go("vendors/sourcing-events", &event, &["published", "open"])?;
    for (at, price) in [(0, 164_500), (1, 171_200), (12, 158_000)] {
        let vendor = hand.book.nth("vendors/vendors", at)?;
        let invitation = hand.made(
            "vendors/invitations",
            json!({"sourcing_event_id": event, "vendor_id": vendor}),
            if at == 12 { &["sent"] } else { &["sent", "accepted"] },
        )?;
        let offer = json!({
            "sourcing_event_id": event, "vendor_id": vendor, "invitation_id": invitation,
            "reference": format!("Offer of {}", pick(NAMES, at).0), "received_at": hand.book.hour(-30),
            "sealed_price": euros(price), "valid_until_on": hand.book.day(120), "delivery_days": 42, "payment_days": 30,
        });
        hand.made("vendors/offers", offer, if at == 12 { &[] } else { &["submitted"] })?;
    }
    let next = json!({
        "code": "RFI-002", "name": "What passkeys cost", "kind": "rfi", "description": "An overview before the budget of next year.",
        "currency": "EUR",
    });
    hand.make("vendors/sourcing-events", next).map(drop)
}
