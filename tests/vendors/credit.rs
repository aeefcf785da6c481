//! Credit notes and what keeps an invoice from approval and payment: they give back what was booked, to those who paid for it.

use super::books::{amounts, stands};
use super::order::budget;
use super::purchase::{billed, center, ordered, received, wanted};
use super::{euros, go, made, merge, qualified, read, refused, told, try_to_make, walk};
use crate::on_both;
use serde_json::{Value, json};

fn servers(quantity: &str, line: &str) -> Value {
    json!({"quantity": quantity, "unit_price": euros("880.00"), "purchase_order_line_id": line})
}

fn corrects(invoice: &str) -> Value {
    json!({"kind": "credit_note", "corrects_id": invoice})
}

on_both! {
    a_credit_note_waits_until_its_invoice_is_approved_and_keeps_it_there(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let payer = json!({"budget_line_id": paid_by, "fiscal_period_id": period});
        let (_, line) = ordered(app, &vendor, "10", payer).await;
        received(app, &vendor, &line, "10").await;
        let invoice = billed(app, &vendor, "R-1", "8800.00", servers("10", &line), json!({})).await;
        let note = billed(app, &vendor, "N-1", "880.00", servers("1", &line), corrects(&invoice)).await;
        walk(app, "invoices", &invoice, &["matched"]).await;
        assert_eq!(told(&go(app, "invoices", &note, "matched").await), refused(409, "/corrects_id state"));
        walk(app, "invoices", &invoice, &["approved"]).await;
        walk(app, "invoices", &note, &["matched", "approved"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("7920.00", "880.00"));
        for state in ["void", "on_hold", "disputed"] {
            let answer = go(app, "invoices", &invoice, state).await;
            assert_eq!(told(&answer), refused(409, " credited"), "{state}");
            assert!(answer.text.contains("N-1"), "{}", answer.text);
        }
        walk(app, "invoices", &note, &["on_hold"]).await;
        walk(app, "invoices", &invoice, &["on_hold", "void"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("8800.00", "0.00"), "all of it came, and nothing of it is billed");
    }

    a_credit_note_gives_back_only_to_those_who_paid_for_its_invoice(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let payer = json!({"budget_line_id": paid_by, "fiscal_period_id": period, "matching": "none"});
        let (_, line) = ordered(app, &vendor, "10", payer).await;
        let sum = json!({"net": euros("9800.00"), "gross": euros("9800.00")});
        let invoice = billed(app, &vendor, "R-1", "8800.00", servers("10", &line), sum).await;
        let freight = json!({"invoice_id": invoice, "position": 2, "title": "Freight", "quantity": "1", "unit_price": euros("1000.00"), "net": euros("1000.00"), "cost_center_id": center(app).await});
        made(app, "invoice-lines", freight).await;
        walk(app, "invoices", &invoice, &["matched", "approved"]).await;
        let other = app.make("finance/cost-centers", &json!({"code": "CC-OTHER", "name": "Other"})).await["id"].clone();
        let elsewhere = json!({"quantity": "1", "unit_price": euros("880.00"), "cost_center_id": other});
        let foreign = billed(app, &vendor, "N-1", "880.00", elsewhere, corrects(&invoice)).await;
        assert_eq!(told(&go(app, "invoices", &foreign, "matched").await), refused(409, "/corrects_id other_payer"));
        // The cost center has paid 1,000 of it.
        let dear = json!({"quantity": "1", "unit_price": euros("1000.01")});
        let dear = billed(app, &vendor, "N-2", "1000.01", dear, corrects(&invoice)).await;
        assert_eq!(told(&go(app, "invoices", &dear, "matched").await), refused(409, "/corrects_id beyond_payer"));
        let own = billed(app, &vendor, "N-3", "880.00", servers("1", &line), corrects(&invoice)).await;
        walk(app, "invoices", &own, &["matched", "approved"]).await;
    }

    a_credit_line_of_value_alone_takes_back_money_and_no_quantity(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let (order, line) = ordered(app, &vendor, "10", json!({"budget_line_id": paid_by, "fiscal_period_id": period})).await;
        received(app, &vendor, &line, "10").await;
        let invoice = billed(app, &vendor, "R-1", "8800.00", servers("10", &line), json!({})).await;
        walk(app, "invoices", &invoice, &["matched", "approved"]).await;
        let cheaper = json!({"quantity": "0", "unit_price": euros("0.00"), "purchase_order_line_id": line});
        let note = billed(app, &vendor, "N-1", "50.00", cheaper.clone(), corrects(&invoice)).await;
        walk(app, "invoices", &note, &["matched", "approved"]).await;
        let figures = app.get(&app.admin, &format!("/api/v1/vendors/purchase-orders?ids={order}&figures=true")).await.body["data"][0]["figures"].clone();
        assert_eq!((&figures["receipt"], &figures["billing"]), (&json!("full"), &json!("full")), "{figures}");
        assert_eq!(stands(app, &paid_by).await, amounts("8750.00", "50.00"));
        // An invoice asks for quantities.
        let invoice = billed(app, &vendor, "R-2", "50.00", cheaper, json!({})).await;
        assert!(go(app, "invoices", &invoice, "matched").await.broken().contains(&"/net line_sum".to_owned()));
    }

    the_tax_of_an_invoice_is_what_the_rates_of_its_lines_give(app) {
        let vendor = qualified(app, "V").await;
        let work = |percent: Value| json!({"quantity": "1", "unit_price": euros("100.00"), "tax_percent": percent});
        let gross = |tax: &str, gross: &str| json!({"tax": euros(tax), "gross": euros(gross)});
        for (number, percent, tax, sum) in [("R-1", json!(21), "99.00", "199.00"), ("R-2", json!(0), "21.00", "121.00")] {
            let wrong = billed(app, &vendor, number, "100.00", work(percent), gross(tax, sum)).await;
            assert_eq!(told(&go(app, "invoices", &wrong, "matched").await), refused(409, "/tax lines_tax"), "{number}");
        }
        let rounded = billed(app, &vendor, "R-3", "100.00", work(json!(21)), gross("21.01", "121.01")).await;
        walk(app, "invoices", &rounded, &["matched", "approved"]).await;
    }

    a_receipt_that_goes_back_under_an_approved_invoice_holds_it(app) {
        let vendor = qualified(app, "V").await;
        let (_, line) = ordered(app, &vendor, "10", json!({})).await;
        let receipt = received(app, &vendor, &line, "10").await;
        let invoice = billed(app, &vendor, "R-1", "8800.00", servers("10", &line), json!({})).await;
        walk(app, "invoices", &invoice, &["matched", "approved"]).await;
        walk(app, "receipts", &receipt, &["reversed"]).await;
        let conflicts = async || app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={line}")).await.body["data"][0].clone();
        let open = conflicts().await;
        assert_eq!(open["rule"], json!("vendors.purchase_order_lines:under_receipt"), "{open}");
        assert_eq!(read(app, "invoices", &invoice).await["state"], json!("on_hold"));
        received(app, &vendor, &line, "10").await;
        assert_eq!(conflicts().await["state"], json!("resolved"), "it came after all");
        walk(app, "invoices", &invoice, &["received", "matched", "approved"]).await;
    }

    an_invoice_in_dispute_is_not_paid(app) {
        let vendor = qualified(app, "V").await;
        let account = json!({"vendor_id": vendor, "holder": "V", "iban": "NL91ABNA0417164300", "verification": "Called them.", "checked_on": "2026-06-15"});
        let account = made(app, "bank-accounts", account).await;
        walk(app, "bank-accounts", &account, &["verified"]).await;
        let work = json!({"quantity": "1", "unit_price": euros("100.00")});
        let invoice = billed(app, &vendor, "R-1", "100.00", work, json!({"bank_account_id": account})).await;
        walk(app, "invoices", &invoice, &["matched", "approved"]).await;
        let dispute = json!({"vendor_id": vendor, "subject_id": invoice, "title": "Half the work", "kind": "billing", "raising_party": "ours", "raised_on": "2026-06-12", "description": "It was half a day."});
        let dispute = made(app, "disputes", dispute).await;
        let payment = made(app, "payments", json!({"invoice_id": invoice, "paid_on": "2026-06-14", "amount": euros("100.00")})).await;
        let third = app.actor("administrator", None).await;
        let post = async || app.transition(&third, &format!("/api/v1/vendors/payments/{payment}"), "posted").await;
        assert_eq!(told(&post().await), refused(409, "/invoice_id disputed"));
        let paid = app.transition(&third, &format!("/api/v1/vendors/invoices/{invoice}"), "paid").await;
        assert_eq!(told(&paid), refused(409, " disputed"));
        walk(app, "disputes", &dispute, &["withdrawn"]).await;
        assert_eq!(post().await.status, 200);
    }

    a_quantity_and_a_price_beyond_any_amount_are_refused(app) {
        let vendor = qualified(app, "V").await;
        let order = made(app, "purchase-orders", json!({"code": "PO", "title": "PO", "vendor_id": vendor, "currency": "EUR"})).await;
        let huge = json!({"purchase_order_id": order, "position": 1, "title": "Server", "quantity": "1000000000000", "unit": "piece", "unit_price": euros("100000000000")});
        assert_eq!(told(&try_to_make(app, "purchase-order-lines", huge).await), refused(422, "/quantity range"));
        let requisition = made(app, "requisitions", json!({"code": "REQ", "name": "Servers"})).await;
        let huge = json!({"requisition_id": requisition, "line_number": 1, "description": "Servers", "kind": "hardware", "quantity": "1000000000000", "unit_of_measure": "piece", "unit_price": euros("100000000000")});
        assert_eq!(told(&try_to_make(app, "requisition-lines", huge).await), refused(422, "/quantity range"));
    }

    an_order_takes_over_its_share_of_a_reservation_and_gives_it_back_when_it_is_cancelled(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let payer = json!({"budget_line_id": paid_by, "fiscal_period_id": period});
        let (requisition, wanted) = wanted(app, &payer).await;
        let mut of = json!({"requisition_line_id": wanted});
        merge(&mut of, payer);
        let (order, _) = ordered(app, &vendor, "4", of).await;
        // Four at 880 are ordered, and six at 900 are still reserved.
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "8920.00"));
        walk(app, "purchase-orders", &order, &["cancelled"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "9000.00"), "all ten are reserved again");
        walk(app, "requisitions", &requisition, &["cancelled"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "0.00"));
    }

    what_comes_in_parts_costs_what_the_whole_does(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let one = json!({"budget_line_id": paid_by, "fiscal_period_id": period, "unit_price": euros("1.00")});
        let (_, line) = ordered(app, &vendor, "1", one).await;
        for _ in 0..3 {
            received(app, &vendor, &line, "0.333333").await;
        }
        assert_eq!(stands(app, &paid_by).await, amounts("1.00", "0.00"));
    }

    an_approver_is_told_of_what_is_not_booked_when_the_period_closes(app) {
        let vendor = qualified(app, "V").await;
        // Approved before there were books: no period had its day.
        let invoice = billed(app, &vendor, "R-1", "10.00", json!({"quantity": "1", "unit_price": euros("10.00")}), json!({})).await;
        walk(app, "invoices", &invoice, &["matched", "approved"]).await;
        let (_, period) = budget(app).await;
        let told = app.get(&app.admin, &format!("/api/v1/finance/fiscal-periods/{}/closing", period.as_str().unwrap())).await.body;
        assert_eq!((&told["data"][0]["check"], &told["data"][0]["records"][0]["title"]), (&json!("unbooked_invoices"), &json!("R-1")), "{told}");
        walk(app, "invoices", &invoice, &["on_hold", "received", "matched", "approved"]).await;
        let told = app.get(&app.admin, &format!("/api/v1/finance/fiscal-periods/{}/closing", period.as_str().unwrap())).await.body;
        assert_eq!(told["data"], json!([]), "{told}");
    }
}
