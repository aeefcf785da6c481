//! What a purchase is made of: an order that is sent, what came, and what is billed.

use super::{euros, made, merge, walk};
use crate::harness::TestApp;
use serde_json::{Value, json};

/// The cost center that pays where no budget line does.
pub async fn center(app: &TestApp) -> Value {
    let there = app.get(&app.admin, "/api/v1/finance/cost-centers?code=CC-BUY").await.body["data"][0]["id"].clone();
    if there.is_null() { app.make("finance/cost-centers", &json!({"code": "CC-BUY", "name": "Purchases"})).await["id"].clone() } else { there }
}

/// An approved requisition of ten servers for 900.00 each, whose line names who pays; it and its line.
pub async fn wanted(app: &TestApp, payer: &Value) -> (String, String) {
    let requisition = made(app, "requisitions", json!({"code": "REQ", "name": "Servers"})).await;
    let mut line = json!({"requisition_id": requisition, "line_number": 1, "description": "Servers", "kind": "hardware", "quantity": "10",
        "unit_of_measure": "piece", "unit_price": euros("900.00")});
    merge(&mut line, payer.clone());
    let line = made(app, "requisition-lines", line).await;
    walk(app, "requisitions", &requisition, &["submitted", "approved"]).await;
    (requisition, line)
}

/// An order of servers at 880 euros that is sent, and its line.
pub async fn ordered(app: &TestApp, vendor: &str, quantity: &str, more: Value) -> (String, String) {
    let order =
        made(app, "purchase-orders", json!({"code": "PO", "title": "PO", "vendor_id": vendor, "currency": "EUR", "cost_center_id": center(app).await})).await;
    let mut line = json!({"purchase_order_id": order, "position": 1, "title": "Server", "quantity": quantity, "unit": "piece", "unit_price": euros("880.00")});
    merge(&mut line, more);
    let line = made(app, "purchase-order-lines", line).await;
    walk(app, "purchase-orders", &order, &["submitted", "approved", "sent"]).await;
    (order, line)
}

/// A receipt of a quantity of a line.
pub async fn received(app: &TestApp, vendor: &str, line: &str, quantity: &str) -> String {
    let receipt = made(app, "receipts", json!({"vendor_id": vendor, "number": format!("DN-{quantity}"), "received_on": "2026-06-10"})).await;
    made(app, "receipt-lines", json!({"receipt_id": receipt, "purchase_order_line_id": line, "title": "Server", "accepted_quantity": quantity})).await;
    walk(app, "receipts", &receipt, &["posted"]).await;
    receipt
}

/// An invoice with one line, of the same net where the line says none.
pub async fn billed(app: &TestApp, vendor: &str, number: &str, net: &str, line: Value, more: Value) -> String {
    let mut body = json!({
        "vendor_id": vendor, "kind": "invoice", "number": number, "invoiced_on": "2026-06-10", "received_on": "2026-06-11",
        "net": euros(net), "tax": euros("0.00"), "gross": euros(net),
    });
    merge(&mut body, more);
    let invoice = made(app, "invoices", body).await;
    let mut part = json!({"invoice_id": invoice, "position": 1, "title": "Server", "net": euros(net), "cost_center_id": center(app).await});
    merge(&mut part, line);
    made(app, "invoice-lines", part).await;
    invoice
}
