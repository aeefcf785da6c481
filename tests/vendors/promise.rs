//! What contracts commit without orders, from their start to their end, and what the next year's budget follows from them.

use super::{active, alter, contract, euros, made, merge, qualified, read, second, walk};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// A fiscal year with its twelve periods.
async fn year(app: &TestApp, number: u32) -> Value {
    let body =
        json!({"code": format!("FY{number}"), "name": format!("{number}"), "starts_on": format!("{number}-01-01"), "ends_on": format!("{number}-12-31")});
    let id = app.make("finance/fiscal-years", &body).await["id"].clone();
    let made = app.post(&app.admin, &format!("/api/v1/finance/fiscal-years/{}/make-periods", id.as_str().unwrap()), &json!({})).await;
    assert!(matches!(made.status, 200 | 201), "{}", made.text);
    id
}

/// An active budget of a year, without control; the ids of its lines, each of which may name a contract.
async fn budget(app: &TestApp, year: &Value, contracts: &[Option<&str>]) -> Vec<String> {
    let code = format!("CC{}", app.next_number());
    let scope = app.make("finance/cost-centers", &json!({"code": code, "name": code})).await["id"].clone();
    let category = app.make("finance/cost-categories", &json!({"code": code, "name": code, "kind": "opex"})).await["id"].clone();
    let budget = app.make("finance/budgets", &json!({"name": code, "scope_id": scope, "fiscal_year_id": year, "currency": "EUR"})).await["id"].clone();
    let mut lines = Vec::new();
    for (number, contract) in contracts.iter().enumerate() {
        let body =
            json!({"budget_id": budget, "name": format!("Line {number}"), "cost_category_id": category, "amount": euros("10000.00"), "contract_id": contract});
        lines.push(app.make("finance/budget-lines", &body).await["id"].as_str().unwrap().to_owned());
    }
    let path = format!("/api/v1/finance/budgets/{}", budget.as_str().unwrap());
    for (actor, to) in [(app.admin.clone(), "submitted"), (app.second_admin().await, "approved"), (app.admin.clone(), "active")] {
        let moved = app.transition(&actor, &path, to).await;
        assert_eq!(moved.status, 200, "{to}: {}", moved.text);
    }
    lines
}

/// A line of a contract that is charged by the month, of 100 euros unless it says another amount.
fn monthly(contract: &str, paid_by: &str, more: Value) -> Value {
    let mut body = json!({"contract_id": contract, "position": 1, "title": "Rack", "charge": "recurring", "interval_months": 1, "quantity": "1", "unit": "rack",
        "unit_price": euros("100.00"), "budget_line_id": paid_by, "committed_amount": euros("100.00")});
    merge(&mut body, more);
    body
}

/// A contract in force with a line that is charged by the month.
async fn charged(app: &TestApp, code: &str, vendor: &str, paid_by: &str, terms: Value) -> (String, String) {
    let id = contract(app, code, vendor, terms).await;
    let line = made(app, "contract-lines", monthly(&id, paid_by, json!({}))).await;
    walk(app, "contracts", &id, &["in_review", "approved", "signed", "active"]).await;
    (id, line)
}

/// An amendment in a state.
async fn amended(app: &TestApp, contract: &str, number: u32, terms: Value) -> String {
    let mut body = json!({"contract_id": contract, "number": number, "title": "Change", "effective_on": "2026-06-15"});
    merge(&mut body, terms);
    made(app, "amendments", body).await
}

/// How many commitments of a line are open, and what they bind together.
async fn open(app: &TestApp, line: &str) -> (usize, f64) {
    let page = app.get(&app.admin, &format!("/api/v1/finance/commitments?source_id={line}&state=open&limit=100")).await;
    let amounts = page.body["data"].as_array().unwrap_or_else(|| panic!("{}", page.text)).iter();
    let amounts: Vec<f64> = amounts.map(|each| each["amount"]["amount"].as_str().unwrap().parse().unwrap()).collect();
    (amounts.len(), amounts.iter().sum())
}

/// A renewal of a contract that is decided.
async fn decided(app: &TestApp, contract: &str, term_ends_on: &str, to: &str, more: Value) -> String {
    let mut body = json!({"contract_id": contract, "title": "After the term", "decision_due_on": "2026-06-10", "term_ends_on": term_ends_on, "analysis": "Done.", "rationale": "So."});
    merge(&mut body, more);
    let id = made(app, "renewals", body).await;
    walk(app, "renewals", &id, &["analysed", to]).await;
    id
}

fn tacit(starts_on: &str, ends_on: &str, months: u32) -> Value {
    json!({"starts_on": starts_on, "ends_on": ends_on, "renewal": "tacit", "renewal_months": 12, "notice_period": {"value": months, "unit": "months"}})
}

on_both! {
    a_notice_releases_the_charges_after_the_end_that_it_reaches_and_the_contract_expires_then(app) {
        let vendor = qualified(app, "V").await;
        let paid_by = budget(app, &year(app, 2026).await, &[None]).await.remove(0);
        let (id, line) = charged(app, "C", &vendor, &paid_by, tacit("2026-01-01", "2026-08-31", 1)).await;
        assert_eq!(open(app, &line).await, (12, 1200.0), "it renews itself");
        let notice = json!({"notice_sent_on": "2026-06-09", "notice_received_on": "2026-06-10"});
        let renewal = decided(app, &id, "2026-08-31", "decided_exit", notice.clone()).await;
        assert_eq!((open(app, &line).await, read(app, "contracts", &id).await["exit_on"].clone()), ((8, 800.0), json!("2026-08-31")));
        // A notice that was recorded in error is taken back.
        assert_eq!(alter(app, "renewals", &renewal, json!({"notice_sent_on": null, "notice_received_on": null})).await.status, 200);
        assert_eq!((open(app, &line).await, read(app, "contracts", &id).await["exit_on"].clone()), ((12, 1200.0), Value::Null));
        assert_eq!(alter(app, "renewals", &renewal, notice).await.status, 200);
        assert_eq!(open(app, &line).await, (8, 800.0));
        let typed = alter(app, "contracts", &id, json!({"exit_on": "2026-07-31"})).await;
        assert!(matches!(typed.status, 409 | 422), "{}", typed.text);
        app.clock.set(steward::resource::value::Instant::parse("2026-09-01T09:00:00Z").unwrap());
        app.worker.work_off().await.unwrap();
        // Tokens have aged.
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let at = format!("/api/v1/vendors/contracts/{id}");
        assert_eq!(app.get(&admin, &at).await.body["state"], json!("expired"));
        let told = app.get(&admin, &format!("{at}/deadlines")).await.body;
        assert_eq!(told["next_renewal_on"], Value::Null, "{told}");
    }

    an_amendment_commits_its_own_lines_and_the_charges_of_a_longer_term_once(app) {
        let vendor = qualified(app, "V").await;
        let paid_by = budget(app, &year(app, 2026).await, &[None]).await.remove(0);
        let (id, line) = charged(app, "C", &vendor, &paid_by, json!({"ends_on": "2026-09-30"})).await;
        assert_eq!(open(app, &line).await.0, 9);
        let longer = amended(app, &id, 1, json!({"new_ends_on": "2026-12-31"})).await;
        let more = made(app, "contract-lines", monthly(&id, &paid_by, json!({"amendment_id": longer, "committed_amount": euros("50.00")}))).await;
        walk(app, "amendments", &longer, &["approved"]).await;
        assert_eq!((open(app, &line).await.0, open(app, &more).await.0), (9, 0), "it is not signed yet");
        walk(app, "amendments", &longer, &["signed"]).await;
        // From 15 June to 15 December.
        assert_eq!((open(app, &line).await, open(app, &more).await), ((12, 1200.0), (7, 350.0)));
        // A dearer line from July on takes the place of the first.
        let dearer = amended(app, &id, 2, json!({"effective_on": "2026-07-01"})).await;
        let body = json!({"amendment_id": dearer, "replaces_id": line, "committed_amount": euros("120.00")});
        let dear = made(app, "contract-lines", monthly(&id, &paid_by, body)).await;
        walk(app, "amendments", &dearer, &["approved", "signed"]).await;
        assert_eq!((open(app, &line).await, open(app, &dear).await), ((6, 600.0), (6, 720.0)));
        assert_eq!(read(app, "contract-lines", &line).await["ends_on"], Value::Null, "its day has not come");
        app.clock.set(steward::resource::value::Instant::parse("2026-07-01T09:00:00Z").unwrap());
        app.worker.work_off().await.unwrap();
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        assert_eq!(app.get(&admin, &format!("/api/v1/vendors/contract-lines/{line}")).await.body["ends_on"], json!("2026-06-30"));
    }

    a_contract_that_renews_itself_commits_no_charge_twice_when_it_is_extended(app) {
        let vendor = qualified(app, "V").await;
        let paid_by = budget(app, &year(app, 2026).await, &[None]).await.remove(0);
        let (id, line) = charged(app, "C", &vendor, &paid_by, tacit("2026-01-01", "2026-11-30", 3)).await;
        let longer = amended(app, &id, 1, json!({"new_ends_on": "2026-12-31"})).await;
        walk(app, "amendments", &longer, &["approved", "signed"]).await;
        assert_eq!(open(app, &line).await, (12, 1200.0));
    }

    an_earlier_end_releases_the_charges_after_it(app) {
        let vendor = qualified(app, "V").await;
        let paid_by = budget(app, &year(app, 2026).await, &[None]).await.remove(0);
        let (evergreen, line) = charged(app, "E", &vendor, &paid_by, json!({})).await;
        let (fixed, other) = charged(app, "F", &vendor, &paid_by, json!({"ends_on": "2026-12-31"})).await;
        for (id, line, ends_on, left) in [(&evergreen, &line, "2026-07-31", 7), (&fixed, &other, "2026-10-31", 10)] {
            assert_eq!(open(app, line).await.0, 12);
            let shorter = amended(app, id, 1, json!({"new_ends_on": ends_on})).await;
            walk(app, "amendments", &shorter, &["approved", "signed"]).await;
            assert_eq!(open(app, line).await.0, left, "{ends_on}");
        }
    }

    a_budget_that_becomes_active_commits_what_its_contracts_charge_in_its_year(app) {
        let vendor = qualified(app, "V").await;
        let (first, next) = (year(app, 2026).await, year(app, 2027).await);
        let paid_by = budget(app, &first, &[None]).await.remove(0);
        let (id, line) = charged(app, "C", &vendor, &paid_by, json!({"ends_on": "2027-09-30"})).await;
        assert_eq!(open(app, &line).await.0, 12);
        let later = budget(app, &next, &[None, Some(&id)]).await.remove(1);
        assert_eq!(open(app, &line).await, (21, 2100.0));
        let of_line = app.get(&app.admin, &format!("/api/v1/finance/commitments?budget_line_id={later}&include_total=true")).await.body;
        assert_eq!(of_line["total_count"], json!(9));
        // Another budget of the year finds all of it committed.
        budget(app, &next, &[Some(&id)]).await;
        assert_eq!(open(app, &line).await.0, 21);
    }

    the_next_budget_counts_what_is_decided_about_contracts(app) {
        let vendor = qualified(app, "V").await;
        let (first, next) = (year(app, 2026).await, year(app, 2027).await);
        let unpaid = |contract: &str, more: Value| {
            let mut body = json!({"contract_id": contract, "position": 1, "title": "Rack", "charge": "recurring", "interval_months": 1, "quantity": "1", "unit": "rack", "unit_price": euros("10.00")});
            merge(&mut body, more);
            body
        };
        let of = async |code: &str, terms: Value, line: Value| {
            let id = contract(app, code, &vendor, terms).await;
            made(app, "contract-lines", unpaid(&id, line)).await;
            walk(app, "contracts", &id, &["in_review", "approved", "signed", "active"]).await;
            id
        };
        let exit = of("EXIT", tacit("2025-07-01", "2026-06-30", 3), json!({})).await;
        let express = json!({"ends_on": "2026-12-31", "renewal": "express", "renewal_months": 12});
        let express = of("ON", express, json!({})).await;
        let shorter = of("SHORT", json!({}), json!({})).await;
        let usage = of("USAGE", json!({}), json!({"charge": "usage", "interval_months": null, "quantity": "500"})).await;
        budget(app, &first, &[Some(&exit), Some(&express), Some(&shorter), Some(&usage)]).await;
        // Received in June, it is too late for this year's end of the term.
        decided(app, &exit, "2026-06-30", "decided_exit", json!({"notice_received_on": "2026-06-10"})).await;
        assert_eq!(read(app, "contracts", &exit).await["exit_on"], json!("2027-06-30"));
        decided(app, &express, "2026-12-31", "decided_renew", json!({"offered_price": euros("132.00"), "current_price": euros("120.00")})).await;
        // It is signed, and its day is still to come.
        let amendment = amended(app, &shorter, 1, json!({"effective_on": "2026-12-01", "new_ends_on": "2027-03-31"})).await;
        walk(app, "amendments", &amendment, &["approved", "signed"]).await;
        let told = app.get(&app.admin, &format!("/api/v1/finance/next-year-budget?fiscal_year_id={}", next.as_str().unwrap())).await.body;
        let rows = told["data"].as_array().unwrap_or_else(|| panic!("{told}")).iter().filter(|row| row["provenance"]["kind"] == "contract");
        let amounts: Vec<&str> = rows.filter_map(|row| row["amount"]["amount"].as_str()).collect();
        // 6 · 10, 12 · 11 and 3 · 10; what is charged by usage is told by the outlook alone.
        assert_eq!(amounts, ["60.00", "132.00", "30.00"], "{told}");
    }

    a_line_of_an_amendment_that_is_not_signed_is_not_ordered_by(app) {
        let vendor = qualified(app, "V").await;
        let id = active(app, "C", &vendor, json!({})).await;
        let amendment = amended(app, &id, 1, json!({})).await;
        let body = json!({"contract_id": id, "amendment_id": amendment, "position": 1, "title": "Hour", "unit": "hour", "unit_price": euros("90.00")});
        let line = made(app, "contract-lines", body).await;
        let order = made(app, "purchase-orders", json!({"code": "PO", "title": "PO", "vendor_id": vendor, "currency": "EUR", "contract_id": id})).await;
        let body = json!({"purchase_order_id": order, "position": 1, "title": "Hour", "quantity": "1", "unit": "hour", "unit_price": euros("90.00"), "contract_line_id": line});
        let refused = app.post(&app.admin, "/api/v1/vendors/purchase-order-lines", &body).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/contract_line_id not_signed".to_owned()]));
        assert_eq!(second(app, "amendments", &amendment, "approved").await.status, 200);
        walk(app, "amendments", &amendment, &["signed"]).await;
        made(app, "purchase-order-lines", body).await;
    }
}
