//! What orders commit: less what has become cost, nothing once all is billed, and in place of requisitions and contracts.

use super::books::{amounts, stands, states};
use super::order::{budget, held_budget};
use super::purchase::{billed, center, ordered, received, wanted};
use super::{contract, euros, go, made, merge, qualified, walk};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// Blocks what a budget line of 100,000 euros lacks.
fn strict() -> Value {
    json!({"requisition": "block", "order": "block", "invoice": "block", "allocation": "ignore", "basis": "annual", "tolerance_percent": 0})
}

fn with(mut body: Value, more: &Value) -> Value {
    merge(&mut body, more.clone());
    body
}

/// An order of one line that waits for approval, and its line.
async fn submitted(app: &TestApp, code: &str, vendor: &str, of_order: Value, of_line: Value) -> (String, String) {
    let mut order = json!({"code": code, "title": code, "vendor_id": vendor, "currency": "EUR", "cost_center_id": center(app).await});
    merge(&mut order, of_order);
    let order = made(app, "purchase-orders", order).await;
    let mut line = json!({"purchase_order_id": order, "position": 1, "title": "Server", "quantity": "10", "unit": "piece", "unit_price": euros("880.00")});
    merge(&mut line, of_line);
    let line = made(app, "purchase-order-lines", line).await;
    walk(app, "purchase-orders", &order, &["submitted"]).await;
    (order, line)
}

on_both! {
    a_revised_order_commits_what_has_not_become_cost(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, held_budget(app, strict()).await);
        let payer = json!({"budget_line_id": paid_by, "fiscal_period_id": period, "unit_price": euros("1000.00")});
        let (order, line) = ordered(app, &vendor, "100", payer).await;
        received(app, &vendor, &line, "40").await;
        let part = json!({"quantity": "30", "unit_price": euros("1000.00"), "purchase_order_line_id": line});
        let invoice = billed(app, &vendor, "R-1", "30000.00", part, json!({})).await;
        walk(app, "invoices", &invoice, &["matched", "approved"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("40000.00", "60000.00"));
        walk(app, "purchase-orders", &order, &["submitted", "draft", "submitted"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("40000.00", "0.00"));
        walk(app, "purchase-orders", &order, &["approved", "sent"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("40000.00", "60000.00"), "unchanged, it costs what it did");
        assert_eq!(states(app, &line).await, [("40000.00".to_owned(), "released".to_owned()), (String::new(), "open".to_owned())]);
        received(app, &vendor, &line, "60").await;
        assert_eq!(stands(app, &paid_by).await, amounts("100000.00", "0.00"));
    }

    a_revised_order_gives_its_requisition_back_what_has_not_come(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let payer = json!({"budget_line_id": paid_by, "fiscal_period_id": period});
        let (_, wanted) = wanted(app, &payer).await;
        let (order, line) = ordered(app, &vendor, "10", with(json!({"requisition_line_id": wanted}), &payer)).await;
        received(app, &vendor, &line, "4").await;
        walk(app, "purchase-orders", &order, &["submitted"]).await;
        // Four at 880 are a cost, and six at 900 are reserved.
        assert_eq!(stands(app, &paid_by).await, amounts("3520.00", "5400.00"));
        walk(app, "purchase-orders", &order, &["approved"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("3520.00", "5280.00"));
    }

    a_line_that_is_billed_in_full_keeps_nothing_committed(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let third = json!({"budget_line_id": paid_by, "fiscal_period_id": period, "unit_price": euros("33.3333"), "matching": "none"});
        let (_, line) = ordered(app, &vendor, "3", third).await;
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "100.00"));
        let part = json!({"quantity": "1", "unit_price": euros("33.33"), "purchase_order_line_id": line});
        let mut last = String::new();
        for number in ["R-1", "R-2", "R-3"] {
            last = billed(app, &vendor, number, "33.33", part.clone(), json!({})).await;
            walk(app, "invoices", &last, &["matched", "approved"]).await;
        }
        let kept = [("100.00".to_owned(), "relieved".to_owned())];
        assert_eq!((stands(app, &paid_by).await, states(app, &line).await), (amounts("99.99", "0.00"), kept.to_vec()), "nobody asks for the last cent");
        let past = app.get(&app.admin, &format!("/api/v1/finance/budget-lines/{}/position?as_of=2026-06-15", paid_by.as_str().unwrap())).await.body;
        assert_eq!(past["open_commitments"], euros("0.00"), "{past}");
        // What is given back or void is promised again as it was.
        let note = billed(app, &vendor, "N-1", "33.33", part, json!({"kind": "credit_note", "corrects_id": last})).await;
        walk(app, "invoices", &note, &["matched", "approved"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("66.66", "33.33"));
        walk(app, "invoices", &note, &["void"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("99.99", "0.00"));
        walk(app, "invoices", &last, &["void"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("66.66", "33.34"));
    }

    a_cancelled_order_gives_back_what_the_budget_line_still_takes(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, held_budget(app, strict()).await);
        let payer = json!({"budget_line_id": paid_by, "fiscal_period_id": period});
        let (_, wanted) = wanted(app, &payer).await;
        let cheaper = json!({"requisition_line_id": wanted, "unit_price": euros("80.00")});
        let (order, _) = ordered(app, &vendor, "10", with(cheaper, &payer)).await;
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "800.00"));
        let rest = with(json!({"quantity": "1", "unit_price": euros("99200.00")}), &payer);
        let (other, _) = submitted(app, "PO-2", &vendor, json!({}), rest).await;
        walk(app, "purchase-orders", &other, &["approved"]).await;
        let cancelled = go(app, "purchase-orders", &order, "cancelled").await;
        assert_eq!(cancelled.status, 200, "{}", cancelled.text);
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "100000.00"), "800 of 9,000 are reserved again");
        let reserved = app.get(&app.admin, &format!("/api/v1/finance/commitments?source_id={wanted}&state=open")).await.body["data"].clone();
        assert_eq!((reserved.as_array().map(Vec::len), &reserved[0]["amount"]), (Some(1), &euros("800.00")), "{reserved}");
    }

    an_order_under_a_contract_line_takes_over_what_that_has_committed(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let payer = json!({"budget_line_id": paid_by, "fiscal_period_id": period});
        let contract = contract(app, "C", &vendor, json!({})).await;
        let agreed = json!({"contract_id": contract, "position": 1, "title": "Server", "unit": "piece", "unit_price": euros("880.00"), "committed_amount": euros("8800.00")});
        let agreed = made(app, "contract-lines", with(agreed, &payer)).await;
        walk(app, "contracts", &contract, &["in_review", "approved", "signed", "active"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "8800.00"));
        let under = |quantity: &str| with(json!({"quantity": quantity, "contract_line_id": agreed}), &payer);
        let open = async || {
            let page = app.get(&app.admin, &format!("/api/v1/finance/commitments?source_id={agreed}&state=open&sort=created_at")).await.body;
            page["data"].as_array().unwrap().iter().map(|each| each["amount"]["amount"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let (four, _) = submitted(app, "PO-1", &vendor, json!({"contract_id": contract}), under("4")).await;
        walk(app, "purchase-orders", &four, &["approved"]).await;
        assert_eq!((stands(app, &paid_by).await, open().await), (amounts("0.00", "8800.00"), vec!["5280.00".to_owned()]));
        walk(app, "purchase-orders", &four, &["cancelled"]).await;
        assert_eq!((stands(app, &paid_by).await, open().await), (amounts("0.00", "8800.00"), vec!["5280.00".to_owned(), "3520.00".to_owned()]));
        let (twelve, _) = submitted(app, "PO-2", &vendor, json!({"contract_id": contract}), under("12")).await;
        walk(app, "purchase-orders", &twelve, &["approved"]).await;
        assert_eq!((stands(app, &paid_by).await, open().await), (amounts("0.00", "10560.00"), vec![]), "the order is for more than the contract commits");
        walk(app, "purchase-orders", &twelve, &["cancelled"]).await;
        assert_eq!((stands(app, &paid_by).await, open().await), (amounts("0.00", "8800.00"), vec!["8800.00".to_owned()]));
    }
}
