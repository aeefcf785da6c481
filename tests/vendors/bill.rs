//! The match of an invoice with its lines, its order and what came; what is billed stays evidence.

use super::purchase::{billed, ordered, received};
use super::{alter, euros, go, made, qualified, read, refused, second, told, walk};
use crate::on_both;
use serde_json::{Value, json};

fn servers(quantity: &str, price: &str, net: &str, line: &str) -> Value {
    json!({"quantity": quantity, "unit_price": euros(price), "net": euros(net), "purchase_order_line_id": line})
}

on_both! {
    an_invoice_matches_where_its_lines_the_order_and_the_receipt_agree(app) {
        let vendor = qualified(app, "V").await;
        let (order, line) = ordered(app, &vendor, "10", json!({})).await;
        let of_order = json!({"purchase_order_id": order});
        let refused_as = async |number: &str, net: &str, own: Value, broken: &[&str]| {
            let invoice = billed(app, &vendor, number, net, own, of_order.clone()).await;
            let refused = go(app, "invoices", &invoice, "matched").await;
            assert_eq!((refused.status, refused.broken()), (409, broken.iter().map(|each| (*each).to_owned()).collect()), "{number}: {}", refused.text);
            walk(app, "invoices", &invoice, &["void"]).await;
        };
        refused_as("SUM", "88000.00", servers("1", "1.00", "1.00", &line), &["/net lines_sum", "/purchase_order_id no_receipt"]).await;
        refused_as("LINE", "999.00", servers("1", "880.00", "999.00", &line), &["/net line_sum", "/net price", "/purchase_order_id no_receipt"]).await;
        refused_as("ORDER", "1.00", json!({"quantity": "1", "unit_price": euros("1.00"), "net": euros("1.00")}), &["/purchase_order_id no_order"]).await;
        refused_as("CAME", "880.00", servers("1", "880.00", "880.00", &line), &["/purchase_order_id no_receipt"]).await;
        received(app, &vendor, &line, "2").await;
        refused_as("MORE", "2640.00", servers("3", "880.00", "2640.00", &line), &["/purchase_order_id quantity"]).await;
        refused_as("DEAR", "1762.00", servers("2", "881.00", "1762.00", &line), &["/net price"]).await;
        let fits = billed(app, &vendor, "R-1", "1760.00", servers("2", "880.00", "1760.00", &line), of_order.clone()).await;
        walk(app, "invoices", &fits, &["matched"]).await;
        // What holds in the state holds for each write in it.
        let net = json!({"net": euros("10.00"), "gross": euros("10.00")});
        assert_eq!(told(&alter(app, "invoices", &fits, net).await), refused(409, "/net lines_sum"));
        walk(app, "invoices", &fits, &["approved"]).await;
        // An exception is approved with its reason, but not with a sum that is none.
        let wrong = billed(app, &vendor, "R-2", "88000.00", servers("1", "1.00", "1.00", &line), json!({"exception": "So be it."})).await;
        walk(app, "invoices", &wrong, &["exception"]).await;
        assert_eq!(told(&second(app, "invoices", &wrong, "approved").await), refused(409, "/net lines_sum"));
    }

    more_money_than_was_ordered_holds_the_invoice(app) {
        let vendor = qualified(app, "V").await;
        let (_, line) = ordered(app, &vendor, "10", json!({})).await;
        let invoice = billed(app, &vendor, "R-1", "88000.00", servers("10", "8800.00", "88000.00", &line), json!({"exception": "So be it."})).await;
        assert_eq!(read(app, "invoices", &invoice).await["state"], json!("on_hold"), "the prices are ten times as high");
        walk(app, "invoices", &invoice, &["received", "exception"]).await;
        assert_eq!(told(&second(app, "invoices", &invoice, "approved").await), refused(409, " conflict"));
    }

    what_is_not_ordered_is_neither_billed_nor_received(app) {
        let vendor = qualified(app, "V").await;
        for (code, states) in [("draft", &[][..]), ("submitted", &["submitted"][..]), ("cancelled", &["submitted", "cancelled"][..])] {
            let order = made(app, "purchase-orders", json!({"code": code, "title": code, "vendor_id": vendor, "currency": "EUR"})).await;
            let line = json!({"purchase_order_id": order, "position": 1, "title": "Server", "quantity": "1", "unit": "piece", "unit_price": euros("1.00"), "matching": "none"});
            let line = made(app, "purchase-order-lines", line).await;
            walk(app, "purchase-orders", &order, states).await;
            for (at, named) in [("H", json!({"purchase_order_id": order})), ("L", json!({}))] {
                let own = servers("1", "1.00", "1.00", &line);
                let invoice = billed(app, &vendor, &format!("{code}-{at}"), "1.00", own, named).await;
                assert_eq!(told(&go(app, "invoices", &invoice, "matched").await), refused(409, "/purchase_order_id state"), "{code} {at}");
                walk(app, "invoices", &invoice, &["void"]).await;
            }
            let receipt = made(app, "receipts", json!({"vendor_id": vendor, "purchase_order_id": order, "number": code, "received_on": "2026-06-10"})).await;
            made(app, "receipt-lines", json!({"receipt_id": receipt, "title": "Server", "accepted_quantity": "1"})).await;
            assert_eq!(told(&go(app, "receipts", &receipt, "posted").await), refused(409, "/purchase_order_id state"), "{code}");
        }
    }

    a_credit_note_names_what_it_corrects_and_takes_back_no_more(app) {
        let vendor = qualified(app, "V").await;
        let (_, line) = ordered(app, &vendor, "10", json!({})).await;
        received(app, &vendor, &line, "10").await;
        let invoice = billed(app, &vendor, "R-1", "8800.00", servers("10", "880.00", "8800.00", &line), json!({})).await;
        walk(app, "invoices", &invoice, &["matched", "approved"]).await;
        let note = async |number: &str, corrects: Option<&str>, quantity: &str, price: &str, net: &str| {
            let more = json!({"kind": "credit_note", "corrects_id": corrects});
            let id = billed(app, &vendor, number, net, servers(quantity, price, net, &line), more).await;
            (go(app, "invoices", &id, "matched").await, id)
        };
        assert_eq!(told(&note("N-1", None, "1", "880.00", "880.00").await.0), refused(409, "/corrects_id required"));
        assert_eq!(told(&note("N-2", Some(&invoice), "500", "0.002", "1.00").await.0), refused(409, "/corrects_id beyond_invoice"), "500 pieces for a euro");
        let (taken, first) = note("N-3", Some(&invoice), "6", "880.00", "5280.00").await;
        assert_eq!(taken.status, 200, "{}", taken.text);
        walk(app, "invoices", &first, &["approved"]).await;
        let both = note("N-4", Some(&invoice), "5", "880.00", "4400.00").await.0;
        assert_eq!(both.broken(), ["/net beyond_invoice", "/gross beyond_invoice", "/corrects_id beyond_invoice"], "with the first it is more than was billed: {}", both.text);
        assert_eq!(note("N-5", Some(&first), "1", "880.00", "880.00").await.0.broken(), ["/corrects_id state"], "a credit note corrects no other");
    }
}
