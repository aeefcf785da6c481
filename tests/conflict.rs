//! Conflicts: facts are not refused; what speaks against them is told once, and ends with its cause.

use crate::harness::{Actor, TestApp};
use crate::on_both;
use crate::security::{made, moved};
use futures_util::future::join_all;
use serde_json::{Value, json};
use steward::resource::value::Instant;

/// The conflicts about a record, as rule and state, the oldest first.
async fn about(app: &TestApp, subject: &str) -> Vec<(String, String)> {
    let page = app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={subject}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    page.body["data"].as_array().unwrap().iter().map(|each| (text(&each["rule"]), text(&each["state"]))).collect()
}

fn told(rule: &str, state: &str) -> (String, String) {
    (rule.to_owned(), state.to_owned())
}

/// The latest conflict about a record.
async fn latest(app: &TestApp, subject: &str) -> Value {
    app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={subject}&sort=-id")).await.body["data"][0].clone()
}

async fn change(app: &TestApp, collection: &str, id: &str, body: Value) {
    let answer = app.patch(&app.admin, &format!("/api/v1/{collection}/{id}"), "*", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

pub async fn machine(app: &TestApp, name: &str) -> String {
    made(app, "infrastructure/virtual-machines", json!({"name": name})).await
}

/// A release of a product, and a licence for so many devices.
pub async fn licensed(app: &TestApp, quantity: u32) -> (String, String) {
    let product = made(app, "infrastructure/software-products", json!({"name": "Agent", "kind": "tool"})).await;
    let release = made(app, "infrastructure/software-releases", json!({"software_product_id": product, "version": "1"})).await;
    let license = json!({"name": "Agents", "software_product_id": product, "metric": "device", "quantity": quantity});
    (release, made(app, "infrastructure/licenses", license).await)
}

pub async fn discover(app: &TestApp, release: &str, license: &str, host: &str) -> String {
    let body = json!({"software_release_id": release, "host_id": host, "license_id": license, "source": "scan"});
    made(app, "infrastructure/installations", body).await
}

async fn person(app: &TestApp, name: &str) -> String {
    made(app, "teams/people", json!({"name": name, "email": format!("{name}@example.org")})).await
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// An order of so many servers that was sent, and its line.
async fn sent(app: &TestApp, quantity: &str, tolerance: u32) -> (String, String, String) {
    let vendor = made(app, "vendors/vendors", json!({"code": "V", "name": "V"})).await;
    for state in ["onboarding", "qualified"] {
        moved(app, &app.admin, "vendors/vendors", &vendor, state).await;
    }
    let center = made(app, "finance/cost-centers", json!({"code": "CC-BUY", "name": "Purchases"})).await;
    let order =
        made(app, "vendors/purchase-orders", json!({"code": "PO", "title": "PO", "vendor_id": vendor, "currency": "EUR", "cost_center_id": center})).await;
    let line = json!({"purchase_order_id": order, "position": 1, "title": "Server", "quantity": quantity, "unit": "piece", "unit_price": euros("10.00"), "tolerance_percent": tolerance});
    let line = made(app, "vendors/purchase-order-lines", line).await;
    moved(app, &app.admin, "vendors/purchase-orders", &order, "submitted").await;
    moved(app, &app.second_admin().await, "vendors/purchase-orders", &order, "approved").await;
    moved(app, &app.admin, "vendors/purchase-orders", &order, "sent").await;
    (vendor, order, line)
}

/// An invoice for so many servers at 10 euros, or a credit note for one.
async fn bill(app: &TestApp, vendor: &str, corrects: Option<&str>, number: &str, line: &str, quantity: u32) -> String {
    let (kind, net) = (if corrects.is_some() { "credit_note" } else { "invoice" }, euros(&format!("{quantity}0.00")));
    let body = json!({"vendor_id": vendor, "kind": kind, "number": number, "invoiced_on": "2026-06-01", "received_on": "2026-06-15",
        "corrects_id": corrects, "net": net, "tax": euros("0.00"), "gross": net});
    let invoice = made(app, "vendors/invoices", body).await;
    let body = json!({"invoice_id": invoice, "position": 1, "title": "Server", "quantity": quantity.to_string(), "unit_price": euros("10.00"), "net": net, "purchase_order_line_id": line});
    made(app, "vendors/invoice-lines", body).await;
    invoice
}

async fn state(app: &TestApp, path: &str) -> Value {
    app.get(&app.admin, &format!("/api/v1/{path}")).await.body["state"].clone()
}

on_both! {
    what_is_discovered_beyond_a_licence_is_heard_and_told_once(app) {
        const RULE: &str = "infrastructure.licenses:quantity";
        let (release, license) = licensed(app, 1).await;
        let [one, two, three] = [machine(app, "one").await, machine(app, "two").await, machine(app, "three").await];
        discover(app, &release, &license, &one).await;
        assert_eq!(about(app, &license).await, []);
        let second = discover(app, &release, &license, &two).await;
        assert_eq!(about(app, &license).await, [told(RULE, "open")]);
        let third = discover(app, &release, &license, &three).await;
        let open = latest(app, &license).await;
        assert_eq!(about(app, &license).await.len(), 1, "it is told once");
        assert_eq!(open["detail"], json!("3 are in use (0 assigned, 3 found installed without an assignment), and 1 are licensed."));
        for id in [&second, &third] {
            assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/installations/{id}"), "*").await.status, 204);
        }
        let ended = latest(app, &license).await;
        assert_eq!([&ended["state"], &ended["resolution"]], [&json!("resolved"), &json!("cause_gone")]);
        assert_eq!(ended["ended_at"], json!("2026-06-15T09:00:00.000000Z"));
        // It comes back by another door, in bulk, and ends by a larger licence.
        let operations = [&two, &three].map(|host| json!({"op": "create", "collection": "infrastructure/installations",
            "body": {"software_release_id": release, "host_id": host, "license_id": license, "source": "scan"}}));
        let bulk = app.post(&app.admin, "/api/v1/platform/bulk", &json!({"atomic": true, "operations": operations})).await;
        assert_eq!(bulk.status, 200, "{}", bulk.text);
        assert_eq!(about(app, &license).await, [told(RULE, "resolved"), told(RULE, "open")]);
        change(app, "infrastructure/licenses", &license, json!({"quantity": 3})).await;
        assert_eq!(about(app, &license).await, [told(RULE, "resolved"), told(RULE, "resolved")]);
        // A rehearsal raises nothing.
        let path = format!("/api/v1/infrastructure/licenses/{license}?dry_run=true");
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"quantity": 2})).await.status, 200);
        assert_eq!(about(app, &license).await.len(), 2);
    }

    of_many_discoveries_at_once_one_conflict_is_raised(app) {
        let (release, license) = licensed(app, 2).await;
        let mut hosts = Vec::new();
        for number in 0..12 {
            hosts.push(machine(app, &format!("m{number}")).await);
        }
        join_all(hosts.iter().map(|host| discover(app, &release, &license, host))).await;
        assert_eq!(about(app, &license).await, [told("infrastructure.licenses:quantity", "open")]);
        assert!(latest(app, &license).await["detail"].as_str().unwrap().starts_with("12 are in use"));
    }

    who_accepts_a_conflict_says_why_and_is_asked_again_only_when_it_changes(app) {
        let (release, license) = licensed(app, 0).await;
        let one = discover(app, &release, &license, &machine(app, "one").await).await;
        let open = latest(app, &license).await;
        let path = format!("/api/v1/platform/conflicts/{}", open["id"].as_str().unwrap());
        for (body, broken) in [(json!({"detail": "Nothing."}), "/detail server_field"), (json!({"ended_at": "2026-06-15T09:00:00Z"}), "/ended_at server_field"),
            (json!({"resolution": "cause_gone"}), "/resolution server_field"), (json!({"rule": "a.b:c"}), "/rule fixed")] {
            let refused = app.patch(&app.admin, &path, "*", &body).await;
            assert_eq!((refused.status, refused.broken()), (422, vec![broken.to_owned()]), "{}", refused.text);
        }
        assert_eq!(app.post(&app.admin, "/api/v1/platform/conflicts", &json!({"subject_id": license, "rule": "a.b:c", "detail": "It."})).await.status, 405);
        assert_eq!(app.transition(&app.admin, &path, "resolved").await.broken(), ["/resolution_note reason"]);
        let headers = [("Content-Type", "application/json"), ("If-Match", "*")];
        let accepted = app.call(&app.admin, "POST", &format!("{path}/transitions"), &headers, Some(json!({"to": "resolved", "reason": "More are ordered."}).to_string())).await;
        assert_eq!((accepted.status, &accepted.body["resolution"], &accepted.body["ended_at"]), (200, &json!("accepted"), &Value::Null), "{}", accepted.text);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"resolution": "dismissed"})).await.broken(), ["/resolution immutable"]);
        // The same again is not told again; more of it is.
        change(app, "infrastructure/installations", &one, json!({"notes": "Seen again."})).await;
        assert_eq!(about(app, &license).await.len(), 1);
        let two = discover(app, &release, &license, &machine(app, "two").await).await;
        assert_eq!(about(app, &license).await.len(), 2);
        for id in [&one, &two] {
            assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/installations/{id}"), "*").await.status, 204);
        }
        assert!(about(app, &license).await.iter().all(|(_, state)| state == "resolved"));
    }

    a_conflict_is_seen_and_resolved_by_who_may_see_its_subject(app) {
        let (ours, theirs) = (app.unit("OURS", &app.root_unit().await).await, app.unit("THEIRS", &app.root_unit().await).await);
        let (release, license) = licensed(app, 0).await;
        change(app, "infrastructure/licenses", &license, json!({"unit_id": ours})).await;
        discover(app, &release, &license, &machine(app, "one").await).await;
        let id = latest(app, &license).await["id"].as_str().unwrap().to_owned();
        let [own, other] = [app.actor("infrastructure_manager", Some(&ours)).await, app.actor("infrastructure_manager", Some(&theirs)).await];
        let seen = async |actor: &Actor| app.get(actor, &format!("/api/v1/platform/conflicts/{id}")).await.status;
        assert_eq!((seen(&own).await, seen(&other).await), (200, 404));
        let judge = async |actor: &Actor, subject: &str| app.post(actor, "/api/v1/platform/conflicts/judgements", &json!({"subject_id": subject})).await;
        let refused = judge(&other, &license).await;
        assert_eq!((refused.status, refused.broken()), (422, vec!["/subject_id reference".to_owned()]), "{}", refused.text);
        let judged = judge(&own, &license).await;
        assert_eq!((judged.status, &judged.body), (200, &json!({"judged": 1, "open_before": 1, "open_after": 1})), "{}", judged.text);
    }

    what_the_days_end_is_seen_on_demand_and_every_hour(app) {
        let ann = person(app, "ann").await;
        for (name, ends_on) in [("one", Some("2026-06-20")), ("two", None)] {
            let team = made(app, "teams/teams", json!({"code": name, "name": name})).await;
            made(app, "teams/memberships", json!({"team_id": team, "person_id": ann, "fte_percent": 65, "starts_on": "2026-01-01", "ends_on": ends_on})).await;
        }
        assert_eq!(about(app, &ann).await, [told("teams.memberships:fte_percent", "open")]);
        assert_eq!(latest(app, &ann).await["detail"], json!("From 2026-06-15 on, memberships take 130 % of the person's time."));
        app.clock.set(Instant::parse("2026-06-21T09:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let judged = app.call(&admin, "POST", "/api/v1/platform/conflicts/judgements?dry_run=true", &[("Content-Type", "application/json")], Some("{}".into())).await;
        assert_eq!((judged.status, &judged.body["open_before"], &judged.body["open_after"]), (200, &json!(1), &json!(0)), "{}", judged.text);
        app.worker.work_off().await.unwrap();
        let page = app.get(&admin, &format!("/api/v1/platform/conflicts?subject_id={ann}")).await;
        assert_eq!(page.body["data"][0]["resolution"], json!("cause_gone"), "{}", page.text);
    }

    a_delivery_or_a_bill_beyond_the_order_is_kept_and_holds_the_invoices(app) {
        let (vendor, order, line) = sent(app, "10", 10).await;
        let good = bill(app, &vendor, None, "R-1", &line, 6).await;
        let receive = async |number: &str, quantity: &str| {
            let receipt = made(app, "vendors/receipts", json!({"vendor_id": vendor, "purchase_order_id": order, "number": number, "received_on": "2026-06-10"})).await;
            made(app, "vendors/receipt-lines", json!({"receipt_id": receipt, "purchase_order_line_id": line, "title": "Server", "accepted_quantity": quantity})).await;
            moved(app, &app.admin, "vendors/receipts", &receipt, "posted").await;
            receipt
        };
        receive("DN-1", "11").await;
        assert_eq!(about(app, &line).await, [], "ten percent more is tolerated");
        let more = receive("DN-2", "1").await;
        assert_eq!(about(app, &line).await, [told("vendors.purchase_order_lines:over_receipt", "open")]);
        assert_eq!(latest(app, &line).await["detail"], json!("12 piece are received, and 10 are ordered with a tolerance of 10 %."));
        assert_eq!(state(app, &format!("vendors/invoices/{good}")).await, json!("on_hold"));
        moved(app, &app.admin, "vendors/receipts", &more, "reversed").await;
        assert_eq!(about(app, &line).await, [told("vendors.purchase_order_lines:over_receipt", "resolved")]);
        // The bill for too many comes in all the same.
        let excess = bill(app, &vendor, None, "R-2", &line, 6).await;
        assert_eq!(state(app, &format!("vendors/invoices/{excess}")).await, json!("on_hold"));
        assert_eq!(about(app, &line).await[1], told("vendors.purchase_order_lines:over_billing", "open"));
        moved(app, &app.admin, "vendors/invoices", &excess, "received").await;
        let matched = async || app.transition(&app.admin, &format!("/api/v1/vendors/invoices/{excess}"), "matched").await;
        assert_eq!(matched().await.broken(), ["/purchase_order_id quantity"]);
        change(app, "vendors/invoices", &excess, json!({"exception": "One too many."})).await;
        moved(app, &app.admin, "vendors/invoices", &excess, "exception").await;
        let second = app.second_admin().await;
        let refused = app.transition(&second, &format!("/api/v1/vendors/invoices/{excess}"), "approved").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" conflict".to_owned()]), "{}", refused.text);
        // Nothing of it is booked yet that a credit note could give back: who accepts the conflict approves it, and the note follows.
        let note = bill(app, &vendor, Some(&excess), "R-3", &line, 1).await;
        let early = app.transition(&app.admin, &format!("/api/v1/vendors/invoices/{note}"), "matched").await;
        assert_eq!((early.status, early.broken()), (409, vec!["/corrects_id state".to_owned()]), "{}", early.text);
        let conflict = format!("/api/v1/platform/conflicts/{}", latest(app, &line).await["id"].as_str().unwrap());
        let headers = [("If-Match", "*"), ("Content-Type", "application/json")];
        let accepted = app.call(&app.admin, "POST", &format!("{conflict}/transitions"), &headers, Some(json!({"to": "resolved", "reason": "A note follows."}).to_string())).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text);
        assert_eq!(app.transition(&second, &format!("/api/v1/vendors/invoices/{excess}"), "approved").await.status, 200);
        moved(app, &app.admin, "vendors/invoices", &note, "matched").await;
        moved(app, &second, "vendors/invoices", &note, "approved").await;
        let beyond = bill(app, &vendor, Some(&excess), "R-4", &line, 6).await;
        let refused = app.transition(&app.admin, &format!("/api/v1/vendors/invoices/{beyond}"), "matched").await;
        assert_eq!(refused.broken(), ["/net beyond_invoice", "/gross beyond_invoice", "/corrects_id beyond_invoice"], "{}", refused.text);
    }

    what_was_spent_beyond_a_budget_is_booked_and_told_unless_an_exception_covers_it(app) {
        const RULE: &str = "finance.budget_lines:overdrawn";
        let year = made(app, "finance/fiscal-years", json!({"code": "FY", "name": "FY", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        let period = made(app, "finance/fiscal-periods", json!({"fiscal_year_id": year, "number": 1, "name": "All", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        let category = made(app, "finance/cost-categories", json!({"code": "HW", "name": "Hardware", "kind": "opex"})).await;
        let budget = made(app, "finance/budgets", json!({"name": "B", "scope_id": app.root_unit().await, "fiscal_year_id": year, "currency": "EUR"})).await;
        let line = made(app, "finance/budget-lines", json!({"budget_id": budget, "name": "Servers", "cost_category_id": category, "amount": euros("100.00")})).await;
        moved(app, &app.admin, "finance/budgets", &budget, "submitted").await;
        moved(app, &app.second_admin().await, "finance/budgets", &budget, "approved").await;
        moved(app, &app.admin, "finance/budgets", &budget, "active").await;
        let entry = |document: &str, amount: &str| json!({"posted_on": "2026-02-10", "fiscal_period_id": period, "budget_line_id": line, "net": euros(amount), "gross": euros(amount),
            "base_amount": euros(amount), "source": "manual", "document": document});
        made(app, "finance/cost-entries", entry("A", "100.00")).await;
        assert_eq!(about(app, &line).await, []);
        let over = made(app, "finance/cost-entries", entry("B", "0.01")).await;
        assert_eq!(about(app, &line).await, [told(RULE, "open")]);
        assert_eq!(latest(app, &line).await["detail"], json!("Outflows exceed the amount of the line by 0.01 EUR."));
        // An exception for the whole budget covers its lines, from its approval until it is revoked.
        let body = json!({"title": "Overrun", "kind": "budget_overrun", "subject_id": budget, "level": "low", "justification": "Prices rose.", "starts_on": "2026-06-01", "expires_on": "2026-12-31"});
        let exception = made(app, "governance/exceptions", body).await;
        moved(app, &app.admin, "governance/exceptions", &exception, "submitted").await;
        assert_eq!(about(app, &line).await, [told(RULE, "open")]);
        moved(app, &app.second_admin().await, "governance/exceptions", &exception, "approved").await;
        assert_eq!(about(app, &line).await, [told(RULE, "resolved")]);
        moved(app, &app.admin, "governance/exceptions", &exception, "active").await;
        moved(app, &app.admin, "governance/exceptions", &exception, "revoked").await;
        assert_eq!(about(app, &line).await, [told(RULE, "resolved"), told(RULE, "open")]);
        let mut back = entry("B-R", "-0.01");
        back["reversal_of"] = over.into();
        made(app, "finance/cost-entries", back).await;
        assert_eq!(about(app, &line).await, [told(RULE, "resolved"), told(RULE, "resolved")]);
    }

    who_is_absent_or_leaves_is_missed_where_others_rely_on_them(app) {
        const CAPACITY: &str = "finance.allocations:capacity";
        const SHIFT: &str = "teams.on_call_shifts:absence";
        let ann = person(app, "ann").await;
        let team = made(app, "teams/teams", json!({"code": "OPS", "name": "Operations", "lead_id": ann})).await;
        let shift = made(app, "teams/on-call-shifts", json!({"team_id": team, "person_id": ann, "starts_at": "2026-07-06T08:00:00Z", "ends_at": "2026-07-13T08:00:00Z"})).await;
        let allocation = made(app, "finance/allocations", json!({"person_id": ann, "starts_on": "2026-07-01", "ends_on": "2026-07-31", "percent": 50, "kind": "hard"})).await;
        moved(app, &app.admin, "finance/allocations", &allocation, "confirmed").await;
        let absence = made(app, "teams/absences", json!({"person_id": ann, "starts_on": "2026-07-07", "ends_on": "2026-07-08", "kind": "sickness"})).await;
        assert_eq!((about(app, &ann).await, about(app, &shift).await), (vec![], vec![]), "it is only asked for");
        moved(app, &app.second_admin().await, "teams/absences", &absence, "approved").await;
        assert_eq!((about(app, &ann).await, about(app, &shift).await), (vec![told(CAPACITY, "open")], vec![told(SHIFT, "open")]));
        let why = latest(app, &ann).await["detail"].as_str().unwrap().to_owned();
        assert!(why.contains("2026-07-07 to 2026-07-08") && !why.contains("sick"), "{why}");
        moved(app, &app.admin, "teams/absences", &absence, "cancelled").await;
        assert_eq!((about(app, &ann).await, about(app, &shift).await), (vec![told(CAPACITY, "resolved")], vec![told(SHIFT, "resolved")]));
        moved(app, &app.admin, "teams/people", &ann, "left").await;
        let mut left = about(app, &ann).await;
        left.sort();
        assert_eq!(left, [told(CAPACITY, "open"), told(CAPACITY, "resolved"), told("teams.people:handover", "open")]);
        assert_eq!(about(app, &shift).await, [told(SHIFT, "resolved"), told(SHIFT, "open")]);
        let bob = person(app, "bob").await;
        change(app, "teams/teams", &team, json!({"lead_id": bob})).await;
        change(app, "teams/on-call-shifts", &shift, json!({"person_id": bob})).await;
        moved(app, &app.admin, "finance/allocations", &allocation, "released").await;
        assert!(about(app, &ann).await.iter().chain(&about(app, &shift).await).all(|(_, state)| state == "resolved"));
    }

    forbidden_software_is_told_where_it_is_found_unless_a_waiver_is_in_force(app) {
        const RULE: &str = "infrastructure.software_releases:forbidden";
        let (release, license) = licensed(app, 10).await;
        discover(app, &release, &license, &machine(app, "one").await).await;
        change(app, "infrastructure/software-releases", &release, json!({"approval": "forbidden"})).await;
        assert_eq!(about(app, &release).await, [told(RULE, "open")]);
        change(app, "infrastructure/software-releases", &release, json!({"approval": "tolerated"})).await;
        assert_eq!(about(app, &release).await, [told(RULE, "resolved")]);
    }

    what_is_imported_or_restored_is_judged_as_what_is_written(app) {
        const RULE: &str = "infrastructure.licenses:quantity";
        let (release, license) = licensed(app, 1).await;
        let hosts = [machine(app, "one").await, machine(app, "two").await];
        let rows: Vec<String> =
            hosts.iter().map(|host| json!({"software_release_id": release, "host_id": host, "license_id": license, "source": "scan"}).to_string()).collect();
        let path = "/api/v1/platform/imports?collection=infrastructure/installations";
        let import = async |dry: &str| app.call(&app.admin, "POST", &format!("{path}{dry}"), &[("Content-Type", "application/x-ndjson")], Some(rows.join("\n"))).await.status;
        assert_eq!((import("&dry_run=true").await, about(app, &license).await), (200, vec![]));
        assert_eq!((import("").await, about(app, &license).await), (200, vec![told(RULE, "open")]));
        let found = app.get(&app.admin, &format!("/api/v1/infrastructure/installations?license_id={license}&limit=1")).await.body["data"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/installations/{found}"), "*").await.status, 204);
        assert_eq!(about(app, &license).await, [told(RULE, "resolved")]);
        assert_eq!(app.post(&app.admin, &format!("/api/v1/platform/resources/{found}/restore"), &json!({})).await.status, 200);
        assert_eq!(about(app, &license).await, [told(RULE, "resolved"), told(RULE, "open")]);
    }
}
