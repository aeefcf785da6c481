//! Payments: what of an invoice is paid, by whom, and what comes back.

use super::purchase::billed;
use super::{alter, euros, go, made, merge, prospect, read, refused, told, try_to_make, walk};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// A verified account of a vendor.
async fn account(app: &TestApp, vendor: &str) -> String {
    let body = json!({"vendor_id": vendor, "holder": "V", "iban": "NL91ABNA0417164300", "verification": "Called them.", "checked_on": "2026-06-15"});
    let account = made(app, "bank-accounts", body).await;
    walk(app, "bank-accounts", &account, &["verified"]).await;
    account
}

/// An approved invoice of 100 euros and its vendor.
async fn approved(app: &TestApp, number: &str, more: Value) -> (String, String) {
    let vendor = prospect(app, number).await;
    let mut whole = json!({"bank_account_id": account(app, &vendor).await, "exception": "Not ordered.", "due_on": "2026-06-12"});
    merge(&mut whole, more);
    let invoice = billed(app, &vendor, number, "100.00", json!({"quantity": "1", "unit_price": euros("100.00")}), whole).await;
    walk(app, "invoices", &invoice, &["matched", "approved"]).await;
    (invoice, vendor)
}

async fn payment(app: &TestApp, invoice: &str, paid_on: &str, amount: &str) -> String {
    made(app, "payments", json!({"invoice_id": invoice, "paid_on": paid_on, "amount": euros(amount)})).await
}

/// Moves a payment as somebody who had no part in the invoice.
async fn post(app: &TestApp, who: &Actor, payment: &str, to: &str) -> (u16, Vec<String>) {
    told(&app.transition(who, &format!("/api/v1/vendors/payments/{payment}"), to).await)
}

/// State, day of payment, and the figures of an invoice.
async fn stands(app: &TestApp, invoice: &str) -> [Value; 6] {
    let page = app.get(&app.admin, &format!("/api/v1/vendors/invoices?id={invoice}&figures=true")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let one = page.body["data"][0].clone();
    let figures = &one["figures"];
    let amount = |name: &str| figures[name]["amount"].clone();
    [one["state"].clone(), one["paid_on"].clone(), amount("paid"), amount("open"), figures["overdue_days"].clone(), figures["payment_days"].clone()]
}

on_both! {
    an_invoice_is_paid_by_the_payment_that_completes_it_and_never_beyond(app) {
        let (invoice, vendor) = approved(app, "R-1", json!({})).await;
        let third = app.actor("administrator", None).await;
        // Received on the 11th, due on the 12th; it is the 15th of June.
        assert_eq!(stands(app, &invoice).await, [json!("approved"), Value::Null, json!("0.00"), json!("100.00"), json!(3), Value::Null]);
        let first = payment(app, &invoice, "2026-06-13", "40.00").await;
        assert_eq!(read(app, "payments", &first).await["bank_account_id"], read(app, "invoices", &invoice).await["bank_account_id"], "that of the invoice");
        assert_eq!(post(app, &app.admin, &first, "posted").await.1, [" four_eyes", " separation_of_duties"], "who entered both");
        assert_eq!(post(app, &app.second_admin().await, &first, "posted").await, refused(409, " separation_of_duties"), "who approved the invoice");
        assert_eq!(post(app, &third, &first, "posted").await, (200, vec![]));
        assert_eq!(stands(app, &invoice).await, [json!("partially_paid"), Value::Null, json!("40.00"), json!("60.00"), json!(3), Value::Null]);

        let beyond = payment(app, &invoice, "2026-06-14", "60.01").await;
        assert_eq!(post(app, &third, &beyond, "posted").await, refused(409, "/amount open"));
        let rest = payment(app, &invoice, "2026-06-14", "60.00").await;
        assert_eq!(post(app, &third, &rest, "posted").await, (200, vec![]));
        let paid = [json!("paid"), json!("2026-06-14"), json!("100.00"), json!("0.00"), Value::Null, json!(3)];
        assert_eq!(stands(app, &invoice).await, paid);
        let more = payment(app, &invoice, "2026-06-14", "0.01").await;
        assert_eq!(post(app, &third, &more, "posted").await, refused(409, "/amount open"));
        assert_eq!(told(&app.delete(&app.admin, &format!("/api/v1/vendors/payments/{rest}"), "*").await), refused(409, " not_deletable"));

        // It took three days, two more than it had.
        let days = app.get(&app.admin, "/api/v1/vendors/payment-days").await.body;
        let own = &days["data"][0];
        assert_eq!([&own["vendor"]["id"], &own["invoices"], &own["mean_days"], &own["mean_days_late"], &own["on_time_percent"], &own["within_30_days_percent"]],
            [&json!(vendor), &json!(1), &json!(3), &json!(2), &json!(0), &json!(100)], "{days}");

        // What comes back is open again; what was paid before stays so.
        assert_eq!(post(app, &third, &rest, "reversed").await, (200, vec![]));
        assert_eq!(stands(app, &invoice).await, [json!("partially_paid"), Value::Null, json!("40.00"), json!("60.00"), json!(3), Value::Null]);
        assert_eq!(post(app, &third, &first, "reversed").await, (200, vec![]));
        assert_eq!(stands(app, &invoice).await[0], json!("approved"));
        walk(app, "invoices", &invoice, &["void"]).await;
        assert!(post(app, &third, &more, "posted").await.1.contains(&"/invoice_id state".to_owned()), "a void invoice is not paid");
    }

    nobody_types_that_an_invoice_is_paid(app) {
        let (invoice, _) = approved(app, "R-1", json!({})).await;
        assert_eq!(told(&alter(app, "invoices", &invoice, json!({"paid_on": "2026-06-14"})).await), refused(422, "/paid_on server_field"));
        let path = format!("/api/v1/vendors/invoices/{invoice}");
        let third = app.actor("administrator", None).await;
        assert_eq!(app.transition(&third, &path, "partially_paid").await.status, 409, "a payment does that");
        // The move itself posts the payment of all that is open, by somebody who neither entered nor approved the invoice.
        for who in [&app.admin, &app.second_admin().await] {
            assert!(app.transition(who, &path, "paid").await.broken().contains(&" four_eyes".to_owned()));
        }
        assert_eq!(app.transition(&third, &path, "paid").await.status, 200);
        assert_eq!(stands(app, &invoice).await, [json!("paid"), json!("2026-06-15"), json!("100.00"), json!("0.00"), Value::Null, json!(4)]);
        let payments = app.get(&app.admin, &format!("/api/v1/vendors/payments?invoice_id={invoice}")).await.body["data"].clone();
        let told = [&payments[0]["state"], &payments[0]["amount"], &payments[0]["method"], &payments[0]["paid_on"]];
        assert_eq!((payments.as_array().map(Vec::len), told), (Some(1), [&json!("posted"), &euros("100.00"), &json!("bank_transfer"), &json!("2026-06-15")]));
        assert_eq!(app.transition(&third, &path, "approved").await.status, 409, "only what came back opens it again");
    }

    a_payment_is_of_its_invoice_in_all_that_it_names(app) {
        let (invoice, vendor) = approved(app, "R-1", json!({})).await;
        let third = app.actor("administrator", None).await;
        let other = prospect(app, "W").await;
        let foreign = account(app, &other).await;
        let body = |more: Value| {
            let mut body = json!({"invoice_id": invoice, "paid_on": "2026-06-14", "amount": euros("10.00")});
            merge(&mut body, more);
            body
        };
        for (more, said) in [
            (json!({"bank_account_id": foreign}), refused(409, "/bank_account_id other_vendor")),
            (json!({"amount": euros("0.00")}), refused(422, "/amount range")),
            (json!({"amount": euros("-1.00")}), refused(422, "/amount range")),
            (json!({"method": "offset"}), refused(422, "/credit_note_id required")),
            (json!({"paid_on": "2026-06-20"}), refused(422, "/paid_on future")),
            (json!({"paid_on": "2026-06-09"}), refused(409, "/paid_on before_invoice")),
        ] {
            assert_eq!(told(&try_to_make(app, "payments", body(more)).await), said);
        }
        let advance = billed(app, &vendor, "P-1", "10.00", json!({"quantity": "1", "unit_price": euros("10.00")}), json!({"kind": "prepayment"})).await;
        made(app, "payments", body(json!({"invoice_id": advance, "paid_on": "2026-06-09"}))).await;
        let dollars = made(app, "payments", body(json!({"amount": {"amount": "10.00", "currency": "USD"}}))).await;
        assert_eq!(post(app, &third, &dollars, "posted").await, refused(409, "/amount/currency currency"));
        // Paid by card, nothing goes to an account.
        let card = made(app, "payments", body(json!({"method": "card"}))).await;
        assert_eq!(post(app, &third, &card, "posted").await, (200, vec![]));

        // An approved credit note settles a part, and is settled by it.
        let note = json!({"kind": "credit_note", "corrects_id": invoice});
        let note = billed(app, &vendor, "N-1", "30.00", json!({"quantity": "1", "unit_price": euros("30.00")}), note).await;
        let offset = made(app, "payments", body(json!({"amount": euros("30.00"), "method": "offset", "credit_note_id": note}))).await;
        assert_eq!(post(app, &third, &offset, "posted").await, refused(409, "/credit_note_id state"));
        walk(app, "invoices", &note, &["matched", "approved"]).await;
        let swapped = json!({"invoice_id": note, "paid_on": "2026-06-14", "amount": euros("30.00"), "method": "offset", "credit_note_id": invoice});
        let swapped = made(app, "payments", swapped).await;
        assert_eq!(post(app, &third, &swapped, "posted").await, refused(409, "/credit_note_id kind"));
        assert_eq!(post(app, &third, &offset, "posted").await, (200, vec![]));
        assert_eq!(stands(app, &invoice).await[2..4], [json!("40.00"), json!("60.00")]);
        assert_eq!(stands(app, &note).await[..4], [json!("paid"), json!("2026-06-14"), json!("30.00"), json!("0.00")]);
        assert_eq!(post(app, &third, &offset, "reversed").await, (200, vec![]));
        assert_eq!((stands(app, &invoice).await[2].clone(), stands(app, &note).await[0].clone()), (json!("10.00"), json!("approved")));
    }

    what_was_paid_counts_again_when_a_held_invoice_is_approved_anew(app) {
        let (invoice, _) = approved(app, "R-1", json!({})).await;
        let third = app.actor("administrator", None).await;
        let part = payment(app, &invoice, "2026-06-14", "40.00").await;
        assert_eq!(post(app, &third, &part, "posted").await, (200, vec![]));
        walk(app, "invoices", &invoice, &["on_hold"]).await;
        let more = payment(app, &invoice, "2026-06-14", "10.00").await;
        assert_eq!(post(app, &third, &more, "posted").await, refused(409, "/invoice_id state"));
        walk(app, "invoices", &invoice, &["received"]).await;
        let less = json!({"net": euros("30.00"), "gross": euros("30.00")});
        assert_eq!(alter(app, "invoices", &invoice, less).await.status, 200);
        let line = app.get(&app.admin, &format!("/api/v1/vendors/invoice-lines?invoice_id={invoice}")).await.body["data"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(alter(app, "invoice-lines", &line, json!({"unit_price": euros("30.00"), "net": euros("30.00")})).await.status, 200);
        walk(app, "invoices", &invoice, &["matched"]).await;
        let second = app.second_admin().await;
        let path = format!("/api/v1/vendors/invoices/{invoice}");
        assert_eq!(told(&app.transition(&second, &path, "approved").await), refused(409, "/gross paid"), "40 of 30 are paid");
        walk(app, "invoices", &invoice, &["on_hold", "received"]).await;
        assert_eq!(alter(app, "invoices", &invoice, json!({"net": euros("50.00"), "gross": euros("50.00")})).await.status, 200);
        assert_eq!(alter(app, "invoice-lines", &line, json!({"unit_price": euros("50.00"), "net": euros("50.00")})).await.status, 200);
        walk(app, "invoices", &invoice, &["matched"]).await;
        let again = app.transition(&second, &path, "approved").await;
        assert_eq!((again.status, &again.body["state"]), (200, &json!("partially_paid")), "{}", again.text);
        assert_eq!(go(app, "payments", &more, "posted").await.status, 409);
        assert_eq!(post(app, &third, &more, "posted").await, (200, vec![]));
        assert_eq!(stands(app, &invoice).await[0], json!("paid"));
    }

    of_many_payments_at_once_none_passes_the_invoice(app) {
        let (invoice, _) = approved(app, "R-1", json!({})).await;
        let third = app.actor("administrator", None).await;
        let mut parts = Vec::new();
        for _ in 0..8 {
            parts.push(payment(app, &invoice, "2026-06-14", "30.00").await);
        }
        let posted = futures_util::future::join_all(parts.iter().map(|part| post(app, &third, part, "posted"))).await;
        assert_eq!(posted.iter().filter(|(status, _)| *status == 200).count(), 3, "{posted:?}");
        assert_eq!(stands(app, &invoice).await[..4], [json!("partially_paid"), Value::Null, json!("90.00"), json!("10.00")]);
    }
}
