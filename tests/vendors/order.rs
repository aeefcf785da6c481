//! Purchase orders: from whom, in which currency, within which ceiling, and what they bind in the budget.

use super::purchase::center;
use super::{active, alter, contract, count, euros, go, made, merge, prospect, qualified, read, refused, second, told, try_to_make, walk};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn order(app: &TestApp, code: &str, vendor: &str, more: Value) -> String {
    let mut body = json!({"code": code, "title": code, "vendor_id": vendor, "currency": "EUR"});
    merge(&mut body, more);
    made(app, "purchase-orders", body).await
}

fn line(order: &str, quantity: &str, price: &str, more: Value) -> Value {
    let mut body = json!({"purchase_order_id": order, "position": 1, "title": "Server", "quantity": quantity, "unit": "piece", "unit_price": euros(price)});
    merge(&mut body, more);
    body
}

/// A budget line without control, and a period.
pub(super) async fn budget(app: &TestApp) -> (Value, Value) {
    held_budget(app, Value::Null).await
}

/// A budget line of 100,000 euros under a control, and a period.
pub(super) async fn held_budget(app: &TestApp, control: Value) -> (Value, Value) {
    let year = app.make("finance/fiscal-years", &json!({"code": "FY", "name": "FY", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await["id"].clone();
    let period = json!({"fiscal_year_id": year, "number": 1, "name": "All", "starts_on": "2026-01-01", "ends_on": "2026-12-31"});
    let period = app.make("finance/fiscal-periods", &period).await["id"].clone();
    let category = app.make("finance/cost-categories", &json!({"code": "HW", "name": "Hardware", "kind": "opex"})).await["id"].clone();
    let budget = json!({"name": "B", "scope_id": app.root_unit().await, "fiscal_year_id": year, "currency": "EUR", "control": control});
    let budget = app.make("finance/budgets", &budget).await["id"].clone();
    let body = json!({"budget_id": budget, "name": "Servers", "cost_category_id": category, "amount": euros("100000.00")});
    let line = app.make("finance/budget-lines", &body).await["id"].clone();
    let path = format!("/api/v1/finance/budgets/{}", budget.as_str().unwrap());
    for (actor, to) in [(app.admin.clone(), "submitted"), (app.second_admin().await, "approved"), (app.admin.clone(), "active")] {
        assert_eq!(app.transition(&actor, &path, to).await.status, 200, "{to}");
    }
    (line, period)
}

/// The amounts and states of the commitments of an order line, the oldest first.
async fn commitments(app: &TestApp, line: &str) -> Vec<(String, String)> {
    let page = app.get(&app.admin, &format!("/api/v1/finance/commitments?source_id={line}&sort=created_at")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    page.body["data"].as_array().unwrap().iter().map(|each| (text(&each["amount"]["amount"]), text(&each["state"]))).collect()
}

on_both! {
    a_requester_cancels_after_the_approval_as_long_as_nothing_was_asked_or_ordered_for_it(app) {
        let ann = app.actor("employee", None).await;
        app.person_of(ann.id.unwrap()).await;
        let requisition = async |code: &str| {
            let made = app.post(&ann, "/api/v1/vendors/requisitions", &json!({"code": code, "name": "A monitor"})).await;
            assert_eq!(made.status, 201, "{}", made.text);
            let line = json!({"requisition_id": made.id(), "line_number": 1, "description": "A monitor", "kind": "hardware", "quantity": "1", "unit_of_measure": "piece"});
            let line = app.post(&ann, "/api/v1/vendors/requisition-lines", &line).await;
            assert_eq!(line.status, 201, "{}", line.text);
            let path = format!("/api/v1/vendors/requisitions/{}", made.id());
            assert_eq!(app.transition(&ann, &path, "submitted").await.status, 200);
            let approved = second(app, "requisitions", &made.id(), "approved").await;
            assert_eq!(approved.status, 200, "{}", approved.text);
            (made.id(), path)
        };
        let (_, free) = requisition("FREE").await;
        let cancelled = app.transition(&ann, &free, "cancelled").await;
        assert_eq!((cancelled.status, &cancelled.body["state"]), (200, &json!("cancelled")), "{}", cancelled.text);
        let (id, ordered) = requisition("ORDERED").await;
        let order = order(app, "PO", &qualified(app, "V").await, json!({"requisition_id": id})).await;
        made(app, "purchase-order-lines", line(&order, "1", "1.00", json!({}))).await;
        walk(app, "purchase-orders", &order, &["submitted"]).await;
        assert_eq!(app.transition(&ann, &ordered, "cancelled").await.status, 409);
        walk(app, "purchase-orders", &order, &["cancelled"]).await;
        assert_eq!(app.transition(&ann, &ordered, "cancelled").await.status, 200);
    }

    a_requisition_tells_who_decided_and_who_was_meant_to(app) {
        let meant = app.make("teams/people", &json!({"name": "Ann", "email": "ann@people.example.org"})).await["id"].clone();
        let id = made(app, "requisitions", json!({"code": "REQ", "name": "A monitor", "approver_id": meant})).await;
        let typed = json!({"code": "REQ-2", "name": "A monitor", "decider_id": meant, "decided_on": "2026-06-01"});
        let known = ["/decider_id", "/decided_on"].map(|field| format!("{field} server_field"));
        assert_eq!(told(&try_to_make(app, "requisitions", typed).await), (422, known.to_vec()));
        made(app, "requisition-lines", json!({"requisition_id": id, "line_number": 1, "description": "A monitor", "kind": "hardware", "quantity": "1", "unit_of_measure": "piece"})).await;
        let decider = app.person_of_second().await;
        walk(app, "requisitions", &id, &["submitted", "approved"]).await;
        let seen = read(app, "requisitions", &id).await;
        assert_eq!((&seen["approver_id"], &seen["decider_id"], &seen["decided_on"]), (&meant, &json!(decider), &json!("2026-06-15")));
    }

    an_order_is_in_the_currency_of_its_contract_and_its_lines_in_its_own(app) {
        let [vendor, other] = [qualified(app, "V").await, qualified(app, "W").await];
        let contract = active(app, "C", &vendor, json!({})).await;
        let body = |vendor: &str, currency: &str| json!({"code": "PO", "title": "PO", "vendor_id": vendor, "currency": currency, "contract_id": contract});
        assert_eq!(told(&try_to_make(app, "purchase-orders", body(&vendor, "USD")).await), refused(409, "/contract_id disagrees"));
        assert_eq!(told(&try_to_make(app, "purchase-orders", body(&other, "EUR")).await), refused(409, "/contract_id disagrees"));
        let id = order(app, "PO", &vendor, json!({"contract_id": contract})).await;
        assert_eq!(told(&alter(app, "purchase-orders", &id, json!({"currency": "USD"})).await), refused(409, "/contract_id disagrees"));
        let dollars = line(&id, "1", "1.00", json!({"unit_price": {"amount": "1.00", "currency": "USD"}}));
        assert_eq!(told(&try_to_make(app, "purchase-order-lines", dollars).await), refused(409, "/unit_price/currency currency"));
        let loose = order(app, "LOOSE", &vendor, json!({})).await;
        made(app, "purchase-order-lines", line(&loose, "1", "1.00", json!({}))).await;
        assert_eq!(told(&alter(app, "purchase-orders", &loose, json!({"currency": "USD"})).await), refused(409, "/currency currency"));
    }

    an_order_takes_no_higher_price_than_its_contract_has(app) {
        let vendor = qualified(app, "V").await;
        let contract = contract(app, "C", &vendor, json!({})).await;
        let agreed = json!({"contract_id": contract, "position": 1, "title": "Hour", "unit": "hour", "unit_price": euros("99.999999999999")});
        let agreed = made(app, "contract-lines", agreed).await;
        walk(app, "contracts", &contract, &["in_review", "approved", "signed", "active"]).await;
        let id = order(app, "PO", &vendor, json!({"contract_id": contract})).await;
        let priced = |price: &str| line(&id, "1", price, json!({"contract_line_id": agreed}));
        assert_eq!(told(&try_to_make(app, "purchase-order-lines", priced("100.00")).await), refused(409, "/unit_price above_contract"));
        made(app, "purchase-order-lines", priced("99.999999999999")).await;
        let loose = order(app, "LOOSE", &vendor, json!({})).await;
        let foreign = line(&loose, "1", "1.00", json!({"contract_line_id": agreed}));
        assert_eq!(told(&try_to_make(app, "purchase-order-lines", foreign).await), refused(409, "/contract_line_id other_contract"));
    }

    only_a_qualified_vendor_is_ordered_from_and_another_person_approves(app) {
        let vendor = prospect(app, "V").await;
        let id = order(app, "PO", &vendor, json!({})).await;
        assert_eq!(go(app, "purchase-orders", &id, "submitted").await.broken(), [" parts", "/vendor_id state"]);
        made(app, "purchase-order-lines", line(&id, "1", "1.00", json!({}))).await;
        walk(app, "vendors", &vendor, &["onboarding", "qualified"]).await;
        walk(app, "purchase-orders", &id, &["submitted"]).await;
        assert_eq!(told(&go(app, "purchase-orders", &id, "approved").await), refused(409, " four_eyes"));
        assert_eq!(told(&alter(app, "purchase-orders", &id, json!({"title": "Another"})).await), refused(409, "/title immutable"));
        assert_eq!(told(&try_to_make(app, "purchase-order-lines", line(&id, "1", "1.00", json!({}))).await), refused(409, "/purchase_order_id parent_state"));
        walk(app, "vendors", &vendor, &["active", "on_hold"]).await;
        assert_eq!(told(&second(app, "purchase-orders", &id, "approved").await), refused(409, "/vendor_id state"));
        walk(app, "vendors", &vendor, &["active"]).await;
        walk(app, "purchase-orders", &id, &["approved", "sent", "acknowledged", "closed"]).await;
    }

    an_approved_order_binds_the_budget_and_its_cancellation_lets_it_go(app) {
        let vendor = qualified(app, "V").await;
        let (budget_line, period) = budget(app).await;
        let id = order(app, "PO", &vendor, json!({})).await;
        let paid = json!({"budget_line_id": budget_line, "fiscal_period_id": period});
        let alone = line(&id, "1", "1.00", json!({"budget_line_id": budget_line}));
        assert_eq!(told(&try_to_make(app, "purchase-order-lines", alone).await), refused(422, "/fiscal_period_id required"));
        let mut dear = line(&id, "12", "7450.00", paid.clone());
        dear["discount_percent"] = json!(12.5);
        let dear = made(app, "purchase-order-lines", dear).await;
        let cheap = made(app, "purchase-order-lines", line(&id, "1000", "0.000125", paid)).await;
        let free = made(app, "purchase-order-lines", line(&id, "1", "5.00", json!({}))).await;
        // 12 · 7450.00 less an eighth is 78,225.00; 1000 · 0.000125 is 0.125, rounded to 0.13; with the 5.00 that no budget pays 78,230.13.
        let figures = app.get(&app.admin, "/api/v1/vendors/purchase-orders?figures=true").await.body["data"][0]["figures"].clone();
        assert_eq!(figures, json!({"value": euros("78230.13"), "receipt": "none", "billing": "none"}));
        let told = |amount: &str, state: &str| (amount.to_owned(), state.to_owned());
        walk(app, "purchase-orders", &id, &["submitted"]).await;
        assert_eq!(commitments(app, &dear).await, []);
        walk(app, "purchase-orders", &id, &["approved"]).await;
        assert_eq!(commitments(app, &dear).await, [told("78225.00", "open")]);
        assert_eq!(commitments(app, &cheap).await, [told("0.13", "open")]);
        assert_eq!(commitments(app, &free).await, []);
        // A revision lets go what was bound, and its approval binds it anew.
        walk(app, "purchase-orders", &id, &["sent", "submitted"]).await;
        assert_eq!(commitments(app, &dear).await, [told("78225.00", "released")]);
        walk(app, "purchase-orders", &id, &["approved"]).await;
        assert_eq!(commitments(app, &dear).await, [told("78225.00", "released"), told("78225.00", "open")]);
        walk(app, "purchase-orders", &id, &["cancelled"]).await;
        for line in [&dear, &cheap] {
            assert!(commitments(app, line).await.iter().all(|(_, state)| state == "released"));
        }
    }

    what_a_budget_blocks_is_not_ordered(app) {
        let vendor = qualified(app, "V").await;
        let (free, period) = budget(app).await;
        let of = app.get(&app.admin, &format!("/api/v1/finance/budget-lines/{}", free.as_str().unwrap())).await.body;
        let year = app.get(&app.admin, "/api/v1/finance/fiscal-years").await.body["data"][0]["id"].clone();
        let scope = app.unit("S", &app.root_unit().await).await;
        let strict = json!({"name": "S", "scope_id": scope, "fiscal_year_id": year, "currency": "EUR", "version": 2, "control": {"order": "block"}});
        let strict = app.make("finance/budgets", &strict).await["id"].clone();
        let body = json!({"budget_id": strict, "name": "Few", "cost_category_id": of["cost_category_id"], "amount": euros("100.00")});
        let few = app.make("finance/budget-lines", &body).await["id"].clone();
        for state in ["submitted", "approved", "active"] {
            let actor = if state == "approved" { app.second_admin().await } else { app.admin.clone() };
            assert_eq!(app.transition(&actor, &format!("/api/v1/finance/budgets/{}", strict.as_str().unwrap()), state).await.status, 200);
        }
        let ordered = async |code: &str, price: &str| {
            let id = order(app, code, &vendor, json!({})).await;
            made(app, "purchase-order-lines", line(&id, "1", price, json!({"budget_line_id": few, "fiscal_period_id": period}))).await;
            walk(app, "purchase-orders", &id, &["submitted"]).await;
            (second(app, "purchase-orders", &id, "approved").await, id)
        };
        let (dear, id) = ordered("DEAR", "100.01").await;
        assert_eq!((dear.status, dear.body["errors"][0]["code"].clone()), (409, json!("funds")), "{}", dear.text);
        assert_eq!(read(app, "purchase-orders", &id).await["state"], json!("submitted"));
        assert_eq!(ordered("EXACT", "100.00").await.0.status, 200);
        assert_eq!(ordered("MORE", "0.01").await.0.status, 409);
    }

    no_more_is_ordered_under_a_contract_than_its_ceiling(app) {
        let vendor = qualified(app, "V").await;
        let contract = active(app, "C", &vendor, json!({"ceiling": euros("500.00")})).await;
        let ready = async |code: &str, price: &str| {
            let id = order(app, code, &vendor, json!({"contract_id": contract})).await;
            made(app, "purchase-order-lines", line(&id, "1", price, json!({}))).await;
            id
        };
        let [first, over, fits] = [ready("A", "300.00").await, ready("B", "200.01").await, ready("C", "200.00").await];
        walk(app, "purchase-orders", &first, &["submitted"]).await;
        assert_eq!(told(&go(app, "purchase-orders", &over, "submitted").await), refused(409, "/contract_id ceiling"));
        walk(app, "purchase-orders", &fits, &["submitted", "approved"]).await;
        walk(app, "purchase-orders", &first, &["cancelled"]).await;
        walk(app, "purchase-orders", &over, &["submitted"]).await;
        walk(app, "purchase-orders", &over, &["cancelled"]).await;
        walk(app, "purchase-orders", &fits, &["cancelled"]).await;
        let mut orders = Vec::new();
        for number in 0..12 {
            orders.push(ready(&format!("R{number}"), "100.00").await);
        }
        let answers = futures_util::future::join_all(orders.iter().map(|id| go(app, "purchase-orders", id, "submitted"))).await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (5, 7));
    }

    what_came_and_what_was_billed_is_told_by_how_much_of_each_line_it_is(app) {
        let vendor = qualified(app, "V").await;
        let id = order(app, "PO", &vendor, json!({"cost_center_id": center(app).await})).await;
        let ordered = made(app, "purchase-order-lines", line(&id, "10", "5.00", json!({"tolerance_percent": 10}))).await;
        walk(app, "purchase-orders", &id, &["submitted", "approved", "sent"]).await;
        let progress = async || {
            let figures = app.get(&app.admin, "/api/v1/vendors/purchase-orders?figures=true").await.body["data"][0]["figures"].clone();
            [figures["receipt"].as_str().unwrap().to_owned(), figures["billing"].as_str().unwrap().to_owned()]
        };
        let receive = async |number: &str, quantity: &str| {
            let id = made(app, "receipts", json!({"vendor_id": vendor, "purchase_order_id": id, "number": number, "received_on": "2026-06-10"})).await;
            made(app, "receipt-lines", json!({"receipt_id": id, "purchase_order_line_id": ordered, "title": "Server", "accepted_quantity": quantity})).await;
            id
        };
        let bill = async |number: &str, corrects: Option<&str>, quantity: &str, net: &str| {
            let kind = if corrects.is_some() { "credit_note" } else { "invoice" };
            let body = json!({"vendor_id": vendor, "purchase_order_id": id, "kind": kind, "number": number, "invoiced_on": "2026-06-10", "received_on": "2026-06-11", "corrects_id": corrects, "net": euros(net), "tax": euros("0.00"), "gross": euros(net)});
            let invoice = made(app, "invoices", body).await;
            made(app, "invoice-lines", json!({"invoice_id": invoice, "position": 1, "title": "Server", "quantity": quantity, "unit_price": euros("5.00"), "net": euros(net), "purchase_order_line_id": ordered})).await;
            invoice
        };
        let first = receive("DN-1", "8.9").await;
        assert_eq!(progress().await, ["none", "none"], "a draft counts nothing");
        walk(app, "receipts", &first, &["posted"]).await;
        assert_eq!(progress().await, ["partial", "none"]);
        let second = receive("DN-2", "0.1").await;
        walk(app, "receipts", &second, &["posted"]).await;
        assert_eq!(progress().await, ["full", "none"], "nine of ten are within a tenth");
        let billed = bill("R-1", None, "11", "55.00").await;
        assert_eq!(progress().await, ["full", "full"]);
        assert_eq!(alter(app, "invoices", &billed, json!({"exception": "The rest comes."})).await.status, 200);
        walk(app, "invoices", &billed, &["exception", "approved"]).await;
        bill("R-2", None, "0.01", "0.05").await;
        assert_eq!(progress().await, ["full", "over"]);
        let note = bill("R-3", Some(&billed), "2.02", "10.10").await;
        assert_eq!(progress().await, ["full", "over"], "a credit note counts once it is approved");
        walk(app, "invoices", &note, &["matched", "approved"]).await;
        assert_eq!(progress().await, ["full", "partial"], "8.99 of ten are left");
        walk(app, "receipts", &second, &["reversed"]).await;
        assert_eq!(progress().await[0], "partial");
    }

    a_qualification_that_is_gone_stops_an_order_at_each_of_its_moves(app) {
        let vendor = qualified(app, "V").await;
        let qualification = async || {
            let id = made(app, "qualifications", json!({"vendor_id": vendor, "kind": "certificate", "name": "ISO 27001", "expires_on": "2029-01-01"})).await;
            walk(app, "qualifications", &id, &["valid"]).await;
            id
        };
        let first = qualification().await;
        let id = order(app, "PO", &vendor, json!({})).await;
        made(app, "purchase-order-lines", line(&id, "1", "1.00", json!({}))).await;
        walk(app, "purchase-orders", &id, &["submitted"]).await;
        walk(app, "qualifications", &first, &["revoked"]).await;
        assert_eq!(told(&second(app, "purchase-orders", &id, "approved").await), refused(409, "/vendor_id qualification"));
        let renewed = qualification().await;
        walk(app, "purchase-orders", &id, &["approved"]).await;
        walk(app, "qualifications", &renewed, &["revoked"]).await;
        assert_eq!(told(&go(app, "purchase-orders", &id, "sent").await), refused(409, "/vendor_id qualification"));
        // What it rests on stays.
        for gone in [&first, &renewed] {
            assert_eq!(told(&app.delete(&app.admin, &format!("/api/v1/vendors/qualifications/{gone}"), "*").await), refused(409, " not_deletable"));
        }
        let valid = qualification().await;
        assert_eq!(told(&alter(app, "qualifications", &valid, json!({"expires_on": "2030-01-01"})).await), refused(409, "/expires_on immutable"));
        assert_eq!(alter(app, "qualifications", &valid, json!({"notes": "Seen."})).await.status, 200);
        walk(app, "purchase-orders", &id, &["sent"]).await;
    }

    a_sent_order_is_revised_and_is_evidence_all_the_same(app) {
        let vendor = qualified(app, "V").await;
        let id = order(app, "PO", &vendor, json!({})).await;
        let own = made(app, "purchase-order-lines", line(&id, "1", "1.00", json!({}))).await;
        walk(app, "purchase-orders", &id, &["submitted", "approved", "sent", "submitted", "draft"]).await;
        assert_eq!(alter(app, "purchase-order-lines", &own, json!({"quantity": "2"})).await.status, 200);
        assert_eq!(told(&app.delete(&app.admin, &format!("/api/v1/vendors/purchase-orders/{id}"), "*").await), refused(409, " not_deletable"));
        walk(app, "purchase-orders", &id, &["submitted", "approved", "sent"]).await;
        let receipt = made(app, "receipts", json!({"vendor_id": vendor, "purchase_order_id": id, "number": "DN", "received_on": "2026-06-10"})).await;
        made(app, "receipt-lines", json!({"receipt_id": receipt, "purchase_order_line_id": own, "title": "Server", "accepted_quantity": "2"})).await;
        walk(app, "receipts", &receipt, &["posted"]).await;
        assert_eq!(told(&go(app, "purchase-orders", &id, "cancelled").await), refused(409, " in_use"), "something came of it");
        walk(app, "receipts", &receipt, &["reversed"]).await;
        walk(app, "purchase-orders", &id, &["cancelled"]).await;
    }
}
