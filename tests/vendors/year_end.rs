//! Orders over the end of a fiscal year, and invoices in another currency: each is booked in the year of its day and at the rate of its day.

use super::purchase::{billed, ordered};
use super::{euros, made, merge, qualified, walk};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// A year of one period, and an active budget of it with lines of 10,000 euros.
async fn year(app: &TestApp, year: u32, category: &Value, names: &[&str]) -> (Vec<String>, String) {
    let (first, last) = (format!("{year}-01-01"), format!("{year}-12-31"));
    let fiscal = app.make("finance/fiscal-years", &json!({"code": format!("FY{year}"), "name": format!("{year}"), "starts_on": first, "ends_on": last})).await
        ["id"]
        .clone();
    let period = json!({"fiscal_year_id": fiscal, "number": 1, "name": format!("All of {year}"), "starts_on": first, "ends_on": last});
    let period = app.make("finance/fiscal-periods", &period).await["id"].as_str().unwrap().to_owned();
    let budget = json!({"name": format!("B {year}"), "scope_id": app.root_unit().await, "fiscal_year_id": fiscal, "currency": "EUR"});
    let budget = app.make("finance/budgets", &budget).await["id"].clone();
    let mut lines = Vec::new();
    for name in names {
        let body = json!({"budget_id": budget, "name": name, "cost_category_id": category, "amount": euros("10000.00")});
        lines.push(app.make("finance/budget-lines", &body).await["id"].as_str().unwrap().to_owned());
    }
    let path = format!("/api/v1/finance/budgets/{}", budget.as_str().unwrap());
    for (actor, to) in [(app.admin.clone(), "submitted"), (app.second_admin().await, "approved"), (app.admin.clone(), "active")] {
        assert_eq!(app.transition(&actor, &path, to).await.status, 200, "{to}");
    }
    (lines, period)
}

async fn category(app: &TestApp) -> Value {
    app.make("finance/cost-categories", &json!({"code": "HW", "name": "Hardware", "kind": "opex"})).await["id"].clone()
}

/// A posted receipt of a day.
async fn came(app: &TestApp, vendor: &str, line: &str, quantity: &str, day: &str) {
    let receipt = made(app, "receipts", json!({"vendor_id": vendor, "number": format!("DN-{quantity}"), "received_on": day})).await;
    made(app, "receipt-lines", json!({"receipt_id": receipt, "purchase_order_line_id": line, "title": "Server", "accepted_quantity": quantity})).await;
    walk(app, "receipts", &receipt, &["posted"]).await;
}

/// What is booked and promised on a budget line.
async fn stands(app: &TestApp, line: &str) -> (String, String) {
    let told = app.get(&app.admin, &format!("/api/v1/finance/budget-lines/{line}/position")).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let amount = |name: &str| told.body[name]["amount"].as_str().unwrap_or_default().to_owned();
    (amount("actual"), amount("open_commitments"))
}

fn amounts(actual: &str, open: &str) -> (String, String) {
    (actual.to_owned(), open.to_owned())
}

/// Moves a record of finance; the second administrator approves.
async fn moved(app: &TestApp, collection: &str, id: &str, states: &[&str]) {
    for state in states {
        let actor = if *state == "approved" { app.second_admin().await } else { app.admin.clone() };
        let answer = app.transition(&actor, &format!("/api/v1/finance/{collection}/{id}"), state).await;
        assert_eq!(answer.status, 200, "{state}: {}", answer.text);
    }
}

on_both! {
    a_carried_forward_order_is_received_and_billed_in_the_year_into_which_it_was_carried(app) {
        let (vendor, category) = (qualified(app, "V").await, category(app).await);
        let (old, before) = year(app, 2025, &category, &["Servers"]).await;
        let (new, after) = year(app, 2026, &category, &["Servers", "Carried servers"]).await;
        let (_, line) = ordered(app, &vendor, "10", json!({"budget_line_id": old[0], "fiscal_period_id": before})).await;
        came(app, &vendor, &line, "2", "2025-12-10").await;
        assert_eq!(stands(app, &old[0]).await, amounts("1760.00", "7040.00"));
        let commitment = app.get(&app.admin, &format!("/api/v1/finance/commitments?source_id={line}")).await.body["data"][0]["id"].clone();
        let carried = json!({"from_line_id": old[0], "to_line_id": new[1], "commitment_id": commitment, "fiscal_period_id": after, "amount": euros("7040.00"), "reason": "They come in June."});
        let carried = app.make("finance/carry-forwards", &carried).await["id"].as_str().unwrap().to_owned();
        moved(app, "carry-forwards", &carried, &["submitted", "approved", "posted"]).await;
        came(app, &vendor, &line, "8", "2026-06-10").await;
        assert_eq!((stands(app, &old[0]).await, stands(app, &new[1]).await), (amounts("1760.00", "0.00"), amounts("7040.00", "0.00")));
        let latest = app.get(&app.admin, "/api/v1/finance/cost-entries?source=accrual&sort=-created_at&limit=1").await.body["data"][0].clone();
        assert_eq!((&latest["posted_on"], &latest["budget_line_id"]), (&json!("2026-06-10"), &json!(new[1])));
        // The invoice for all of it ends both accruals in its own year: what the old year has cost stays there.
        let all = json!({"quantity": "10", "unit_price": euros("880.00"), "purchase_order_line_id": line});
        let invoice = billed(app, &vendor, "R-1", "8800.00", all, json!({})).await;
        walk(app, "invoices", &invoice, &["matched", "approved"]).await;
        let told = [stands(app, &old[0]).await, stands(app, &new[0]).await, stands(app, &new[1]).await];
        assert_eq!(told, [amounts("1760.00", "0.00"), amounts("0.00", "0.00"), amounts("7040.00", "0.00")]);
    }

    a_carry_forward_goes_back_as_long_as_nothing_of_it_has_become_cost(app) {
        let (vendor, category) = (qualified(app, "V").await, category(app).await);
        let (old, before) = year(app, 2025, &category, &["Servers"]).await;
        let (new, after) = year(app, 2026, &category, &["Servers"]).await;
        let (_, line) = ordered(app, &vendor, "10", json!({"budget_line_id": old[0], "fiscal_period_id": before})).await;
        let carry = async || {
            let open = app.get(&app.admin, &format!("/api/v1/finance/commitments?source_id={line}&state=open")).await.body["data"][0]["id"].clone();
            let carried = json!({"from_line_id": old[0], "to_line_id": new[0], "commitment_id": open, "fiscal_period_id": after, "amount": euros("8800.00"), "reason": "They come in June."});
            let carried = app.make("finance/carry-forwards", &carried).await["id"].as_str().unwrap().to_owned();
            moved(app, "carry-forwards", &carried, &["submitted", "approved", "posted"]).await;
            carried
        };
        let first = carry().await;
        assert_eq!((stands(app, &old[0]).await, stands(app, &new[0]).await), (amounts("0.00", "0.00"), amounts("0.00", "8800.00")));
        moved(app, "carry-forwards", &first, &["reversed"]).await;
        assert_eq!((stands(app, &old[0]).await, stands(app, &new[0]).await), (amounts("0.00", "8800.00"), amounts("0.00", "0.00")));
        let left = app.get(&app.admin, &format!("/api/v1/finance/budget-lines/{}/position", new[0])).await.body["available"].clone();
        assert_eq!(left, euros("10000.00"), "its budget went back, too");
        let second = carry().await;
        came(app, &vendor, &line, "1", "2026-06-10").await;
        let refused = app.transition(&app.admin, &format!("/api/v1/finance/carry-forwards/{second}"), "reversed").await;
        assert!(refused.status == 409 && refused.broken().contains(&"/commitment_id relieved".to_owned()), "{}", refused.text);
    }

    what_comes_after_a_closed_year_is_booked_in_its_own_year(app) {
        let (vendor, category) = (qualified(app, "V").await, category(app).await);
        let (old, before) = year(app, 2025, &category, &["Servers", "Racks"]).await;
        let (new, _) = year(app, 2026, &category, &["Servers"]).await;
        let (_, line) = ordered(app, &vendor, "10", json!({"budget_line_id": old[0], "fiscal_period_id": before})).await;
        let racks = made(app, "purchase-orders", json!({"code": "PO-2", "title": "Racks", "vendor_id": vendor, "currency": "EUR"})).await;
        let mut rack = json!({"purchase_order_id": racks, "position": 1, "title": "Rack", "quantity": "1", "unit": "piece", "unit_price": euros("500.00")});
        merge(&mut rack, json!({"budget_line_id": old[1], "fiscal_period_id": before}));
        let rack = made(app, "purchase-order-lines", rack).await;
        walk(app, "purchase-orders", &racks, &["submitted", "approved", "sent"]).await;
        came(app, &vendor, &line, "4", "2025-12-10").await;
        moved(app, "fiscal-periods", &before, &["soft_closed", "closed"]).await;
        came(app, &vendor, &line, "6", "2026-06-10").await;
        assert_eq!((stands(app, &old[0]).await, stands(app, &new[0]).await), (amounts("3520.00", "0.00"), amounts("5280.00", "0.00")), "on the line of the same name");
        // No line of the new year goes on with the racks: they are a cost of their category.
        came(app, &vendor, &rack, "1", "2026-06-10").await;
        let latest = app.get(&app.admin, "/api/v1/finance/cost-entries?source=accrual&sort=-created_at&limit=1").await.body["data"][0].clone();
        assert_eq!((&latest["posted_on"], &latest["budget_line_id"], &latest["cost_category_id"]), (&json!("2026-06-10"), &Value::Null, &category));
        let all = json!({"quantity": "10", "unit_price": euros("880.00"), "purchase_order_line_id": line});
        let invoice = billed(app, &vendor, "R-1", "8800.00", all, json!({})).await;
        walk(app, "invoices", &invoice, &["matched", "approved"]).await;
        assert_eq!((stands(app, &old[0]).await, stands(app, &new[0]).await), (amounts("3520.00", "0.00"), amounts("5280.00", "0.00")));
        walk(app, "invoices", &invoice, &["on_hold"]).await;
        assert_eq!((stands(app, &old[0]).await.0, stands(app, &new[0]).await.0), ("3520.00".to_owned(), "5280.00".to_owned()), "held: accrued again");
    }

    a_foreign_invoice_is_booked_at_the_rate_of_its_day(app) {
        let (vendor, category) = (qualified(app, "V").await, category(app).await);
        let (lines, _) = year(app, 2026, &category, &["Servers"]).await;
        for (kind, valid_on, rate) in [("budget", "2026-01-01", "0.90"), ("spot", "2026-06-01", "0.95"), ("spot", "2026-06-11", "0.99")] {
            app.make("finance/exchange-rates", &json!({"kind": kind, "from_currency": "USD", "to_currency": "EUR", "valid_on": valid_on, "rate": rate, "source": "ECB"})).await;
        }
        let dollars = |amount: &str| json!({"amount": amount, "currency": "USD"});
        let more = json!({"net": dollars("100.00"), "tax": dollars("0.00"), "gross": dollars("100.00")});
        let work = json!({"quantity": "1", "unit_price": dollars("100.00"), "net": dollars("100.00"), "budget_line_id": lines[0]});
        let invoice = billed(app, &vendor, "R-1", "100.00", work, more).await;
        walk(app, "invoices", &invoice, &["matched", "approved"]).await;
        let entry = app.get(&app.admin, "/api/v1/finance/cost-entries?source=invoice").await.body["data"][0].clone();
        assert_eq!((&entry["base_amount"], &entry["exchange_rate"]), (&euros("95.00"), &json!("0.95")), "{entry}");
    }

    a_document_of_a_day_without_a_fiscal_year_is_booked_in_the_next_open_period(app) {
        let (vendor, category) = (qualified(app, "V").await, category(app).await);
        let (old, before) = year(app, 2025, &category, &["Servers"]).await;
        let (new, _) = year(app, 2026, &category, &["Servers"]).await;
        let book = async |number: &str| {
            let work = json!({"quantity": "1", "unit_price": euros("100.00"), "budget_line_id": new[0]});
            let invoice = billed(app, &vendor, number, "100.00", work, json!({"invoiced_on": "2024-05-05"})).await;
            walk(app, "invoices", &invoice, &["matched", "approved"]).await;
            let entry = app.get(&app.admin, "/api/v1/finance/cost-entries?source=invoice&sort=-created_at&limit=1").await.body["data"][0].clone();
            (entry["posted_on"].clone(), entry["budget_line_id"].clone())
        };
        assert_eq!(book("R-1").await, (json!("2025-01-01"), json!(old[0])));
        moved(app, "fiscal-periods", &before, &["soft_closed", "closed"]).await;
        assert_eq!(book("R-2").await, (json!("2026-01-01"), json!(new[0])));
    }
}
