//! From the requisition to the credit note in the books: what is reserved, committed, accrued, booked, relieved and given back.

use super::order::{budget, held_budget};
use super::purchase::{billed, ordered, received, wanted};
use super::{euros, made, merge, qualified, read, second, walk};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// What is booked and what is promised on the budget of a line.
pub async fn stands(app: &TestApp, line: &Value) -> (String, String) {
    let budget = app.get(&app.admin, &format!("/api/v1/finance/budget-lines/{}", line.as_str().unwrap())).await.body["budget_id"].clone();
    let position = app.get(&app.admin, &format!("/api/v1/finance/budgets/{}/position", budget.as_str().unwrap())).await;
    assert_eq!(position.status, 200, "{}", position.text);
    let amount = |name: &str| position.body[name]["amount"].as_str().unwrap_or_default().to_owned();
    (amount("actual"), amount("open_commitments"))
}

pub fn amounts(actual: &str, open: &str) -> (String, String) {
    (actual.to_owned(), open.to_owned())
}

/// The ledger, the oldest first: source, base amount.
async fn ledger(app: &TestApp) -> Vec<(String, String)> {
    let page = app.get(&app.admin, "/api/v1/finance/cost-entries?sort=created_at&limit=200").await;
    assert_eq!(page.status, 200, "{}", page.text);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    page.body["data"].as_array().unwrap().iter().map(|entry| (text(&entry["source"]), text(&entry["base_amount"]["amount"]))).collect()
}

/// What of each commitment of a source is relieved, and its state, the oldest first.
pub async fn states(app: &TestApp, source: &str) -> Vec<(String, String)> {
    let page = app.get(&app.admin, &format!("/api/v1/finance/commitments?source_id={source}&sort=created_at")).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    page.body["data"].as_array().unwrap().iter().map(|each| (text(&each["relieved"]["amount"]), text(&each["state"]))).collect()
}

fn servers(quantity: &str, line: &str) -> Value {
    json!({"quantity": quantity, "unit_price": euros("880.00"), "purchase_order_line_id": line})
}

on_both! {
    what_is_bought_moves_the_budget_from_reserved_to_booked(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let payer = json!({"budget_line_id": paid_by, "fiscal_period_id": period});
        let (_, wanted) = wanted(app, &payer).await;
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "9000.00"), "reserved");

        let mut of = json!({"requisition_line_id": wanted});
        merge(&mut of, payer.clone());
        let (order, line) = ordered(app, &vendor, "10", of).await;
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "8800.00"), "the order commits in place of the requisition");
        assert_eq!(states(app, &wanted).await, [(String::new(), "released".to_owned())]);

        let receipt = received(app, &vendor, &line, "6").await;
        assert_eq!(stands(app, &paid_by).await, amounts("5280.00", "3520.00"), "what came is a cost");
        walk(app, "receipts", &receipt, &["reversed"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "8800.00"), "and none when it goes back");
        received(app, &vendor, &line, "6").await;
        received(app, &vendor, &line, "4").await;
        assert_eq!((stands(app, &paid_by).await, states(app, &line).await), (amounts("8800.00", "0.00"), vec![("8800.00".to_owned(), "relieved".to_owned())]));

        let invoice = billed(app, &vendor, "R-1", "7040.00", servers("8", &line), json!({})).await;
        walk(app, "invoices", &invoice, &["matched", "approved"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("8800.00", "0.00"), "billed instead of accrued");
        let booked = ledger(app).await;
        let sum = |source: &str| booked.iter().filter(|(of, _)| of == source).map(|(_, amount)| amount.parse::<f64>().unwrap()).sum::<f64>();
        assert_eq!((sum("invoice"), sum("accrual")), (7040.0, 1760.0), "two servers are still to be billed: {booked:?}");
        walk(app, "invoices", &invoice, &["on_hold"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("8800.00", "0.00"), "held: accrued again");
        walk(app, "invoices", &invoice, &["received", "matched", "approved"]).await;

        let note = billed(app, &vendor, "N-1", "1760.00", servers("2", &line), json!({"kind": "credit_note", "corrects_id": invoice})).await;
        walk(app, "invoices", &note, &["matched", "approved"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("7040.00", "1760.00"), "what is given back is promised again");
        walk(app, "purchase-orders", &order, &["closed"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("7040.00", "0.00"));
    }

    a_past_day_is_relieved_by_what_was_booked_by_then(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let (order, line) = ordered(app, &vendor, "10", json!({"budget_line_id": paid_by, "fiscal_period_id": period, "matching": "none"})).await;
        let of_line = app.get(&app.admin, &format!("/api/v1/finance/budget-lines/{}", paid_by.as_str().unwrap())).await.body;
        let on = async |day: &str| {
            let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
            let position = app.get(&admin, &format!("/api/v1/finance/budgets/{}/position?as_of={day}", of_line["budget_id"].as_str().unwrap())).await.body;
            let amount = |name: &str| position[name]["amount"].as_str().unwrap_or_default().to_owned();
            (amount("actual"), amount("open_commitments"))
        };
        assert_eq!(on("2026-06-15").await, amounts("0.00", "8800.00"));
        app.clock.set(steward::resource::value::Instant::parse("2026-06-18T09:00:00Z").unwrap());
        let [admin, other] = [app.admin.id, app.second_admin().await.id].map(|id| app.log_in_as(&id.unwrap().to_string()));
        let body = json!({"vendor_id": vendor, "kind": "invoice", "number": "R-1", "invoiced_on": "2026-06-17", "received_on": "2026-06-17",
            "net": euros("2640.00"), "tax": euros("0.00"), "gross": euros("2640.00")});
        let invoice = app.post(&admin, "/api/v1/vendors/invoices", &body).await.id();
        let mut part = servers("3", &line);
        merge(&mut part, json!({"invoice_id": invoice, "position": 1, "title": "Server", "net": euros("2640.00")}));
        assert_eq!(app.post(&admin, "/api/v1/vendors/invoice-lines", &part).await.status, 201);
        for (who, to) in [(&admin, "matched"), (&other, "approved")] {
            assert_eq!(app.transition(who, &format!("/api/v1/vendors/invoices/{invoice}"), to).await.status, 200, "{to}");
        }
        assert_eq!(app.transition(&admin, &format!("/api/v1/vendors/purchase-orders/{order}"), "closed").await.status, 200);
        // Booked on the 17th; closed, and what is left released, on the 18th.
        let days = [on("2026-06-15").await, on("2026-06-16").await, on("2026-06-17").await, on("2026-06-18").await];
        assert_eq!(days, [amounts("0.00", "8800.00"), amounts("0.00", "8800.00"), amounts("2640.00", "6160.00"), amounts("2640.00", "0.00")]);
    }

    an_invoice_takes_no_more_than_the_line_has(app) {
        let control = json!({"requisition": "warn", "order": "block", "invoice": "block", "allocation": "ignore", "basis": "annual", "tolerance_percent": 0});
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, held_budget(app, control).await);
        let payer = json!({"budget_line_id": paid_by, "fiscal_period_id": period});
        let mut of = json!({"matching": "none"});
        merge(&mut of, payer.clone());
        let (_, line) = ordered(app, &vendor, "100", of).await;
        // 100 · 880 of 100,000: 12,000 are left, and the order's own invoice needs none of it.
        let own = billed(app, &vendor, "R-1", "88000.00", servers("100", &line), json!({})).await;
        walk(app, "invoices", &own, &["matched", "approved"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("88000.00", "0.00"));
        let loose = async |number: &str, net: &str| {
            let line = json!({"quantity": "1", "unit_price": euros(net), "budget_line_id": paid_by});
            billed(app, &vendor, number, net, line, json!({"exception": "Not ordered."})).await
        };
        let dear = loose("R-2", "12000.01").await;
        walk(app, "invoices", &dear, &["exception"]).await;
        let refused = second(app, "invoices", &dear, "approved").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/amount funds".to_owned()]), "{}", refused.text);
        assert_eq!(read(app, "invoices", &dear).await["state"], json!("exception"));
        let fits = loose("R-3", "12000.00").await;
        walk(app, "invoices", &fits, &["exception"]).await;
        let approved = second(app, "invoices", &fits, "approved").await;
        assert_eq!(approved.status, 200, "{}", approved.text);
        assert_eq!(stands(app, &paid_by).await, amounts("100000.00", "0.00"));
    }

    an_approved_order_that_nobody_pays_raises_a_conflict(app) {
        let vendor = qualified(app, "V").await;
        let order = made(app, "purchase-orders", json!({"code": "PO-0", "title": "PO-0", "vendor_id": vendor, "currency": "EUR"})).await;
        made(app, "purchase-order-lines", json!({"purchase_order_id": order, "position": 1, "title": "Server", "quantity": "1", "unit": "piece", "unit_price": euros("5000000.00")})).await;
        walk(app, "purchase-orders", &order, &["submitted", "approved", "sent"]).await;
        let open = app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={order}")).await.body["data"].clone();
        assert_eq!((&open[0]["rule"], &open[0]["state"]), (&json!("vendors.purchase_orders:no_payer"), &json!("open")), "{open}");
        let (paid, _) = ordered(app, &vendor, "1", json!({})).await;
        let none = app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={paid}")).await.body["data"].clone();
        assert_eq!(none, json!([]), "a cost center pays for it");
    }

    a_rehearsed_approval_tells_what_it_would_take_from_the_budget(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let order = made(app, "purchase-orders", json!({"code": "PO", "title": "PO", "vendor_id": vendor, "currency": "EUR"})).await;
        let line = json!({"purchase_order_id": order, "position": 1, "title": "Server", "quantity": "10", "unit": "piece", "unit_price": euros("880.00"),
            "budget_line_id": paid_by, "fiscal_period_id": period});
        made(app, "purchase-order-lines", line).await;
        walk(app, "purchase-orders", &order, &["submitted"]).await;
        let path = format!("/api/v1/vendors/purchase-orders/{order}/transitions?dry_run=true");
        let second = app.second_admin().await;
        let told = app.call(&second, "POST", &path, &[("If-Match", "*"), ("Content-Type", "application/json")], Some(json!({"to": "approved"}).to_string())).await;
        assert_eq!((told.status, told.header("dry-run")), (200, Some("true")), "{}", told.text);
        let effects = told.body["effects"].as_array().unwrap();
        assert_eq!(effects.len(), 1, "{}", told.text);
        let figures = |when: &str| (effects[0][when]["open_commitments"]["amount"].clone(), effects[0][when]["available"]["amount"].clone());
        assert_eq!((figures("before"), figures("after")), ((json!("0.00"), json!("100000.00")), (json!("8800.00"), json!("91200.00"))));
        assert_eq!((&effects[0]["budget_line_id"], &effects[0]["name"]), (&paid_by, &json!("Servers")));
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "0.00"), "nothing is kept");
    }
}
