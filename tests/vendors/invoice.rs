//! Invoices: each once.

use super::purchase::billed;
use super::{alter, contract, count, euros, go, made, prospect, qualified, refused, told, try_to_make, walk};
use crate::on_both;
use serde_json::{Value, json};

fn invoice(vendor: &str, kind: &str, number: &str, invoiced_on: &str) -> Value {
    json!({
        "vendor_id": vendor, "kind": kind, "number": number, "invoiced_on": invoiced_on, "received_on": "2026-06-15",
        "net": euros("100.00"), "tax": euros("21.00"), "gross": euros("121.00"),
    })
}

on_both! {
    an_invoice_is_there_once_by_vendor_number_year_and_kind(app) {
        let [vendor, other] = [prospect(app, "V").await, prospect(app, "W").await];
        let first = made(app, "invoices", invoice(&vendor, "invoice", "R-1", "2026-01-01")).await;
        for (number, invoiced_on) in [("R-1", "2026-01-01"), ("r-1", "2026-06-15"), ("R-1", "2026-05-01")] {
            assert_eq!(told(&try_to_make(app, "invoices", invoice(&vendor, "invoice", number, invoiced_on)).await), refused(409, "/number duplicate"), "{number}");
        }
        for body in [
            invoice(&vendor, "invoice", "R-1", "2025-12-31"),
            invoice(&vendor, "credit_note", "R-1", "2026-01-01"),
            invoice(&vendor, "prepayment", "R-1", "2026-01-01"),
            invoice(&other, "invoice", "R-1", "2026-01-01"),
            invoice(&vendor, "invoice", "R-2", "2026-01-01"),
        ] {
            assert_eq!(try_to_make(app, "invoices", body.clone()).await.status, 201, "{body}");
        }
        assert_eq!(told(&alter(app, "invoices", &first, json!({"number": "R-2"})).await), refused(409, "/number duplicate"));
        assert_eq!(told(&alter(app, "invoices", &first, json!({"invoiced_on": "2025-06-01"})).await), refused(409, "/number duplicate"));
        walk(app, "invoices", &first, &["void"]).await;
        let again = made(app, "invoices", invoice(&vendor, "invoice", "R-1", "2026-01-01")).await;
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/vendors/invoices/{again}"), "*").await.status, 204);
        made(app, "invoices", invoice(&vendor, "invoice", "R-1", "2026-01-01")).await;
        let restored = app.post(&app.admin, &format!("/api/v1/platform/resources/{again}/restore"), &json!({})).await;
        assert_eq!(told(&restored), refused(409, "/number duplicate"));
    }

    of_many_that_record_the_same_invoice_at_once_one_does(app) {
        let vendor = prospect(app, "V").await;
        let tries = futures_util::future::join_all((0..12).map(|_| try_to_make(app, "invoices", invoice(&vendor, "invoice", "R-1", "2026-06-01")))).await;
        assert_eq!((count(&tries, 201), count(&tries, 409)), (1, 11));
    }

    an_invoice_adds_up_and_only_a_credit_note_corrects(app) {
        let vendor = prospect(app, "V").await;
        let first = made(app, "invoices", invoice(&vendor, "invoice", "R-1", "2026-06-01")).await;
        let wrong = |field: &str, value: Value| {
            let mut body = invoice(&vendor, "invoice", "R-2", "2026-06-01");
            body[field] = value;
            body
        };
        for (field, value, broken) in [
            ("gross", euros("121.01"), "/gross sum"),
            ("gross", json!({"amount": "121.00", "currency": "USD"}), "/gross currency"),
            ("corrects_id", json!(first), "/corrects_id kind"),
            ("due_on", json!("2026-05-31"), "/due_on before_start"),
            ("received_on", json!("2026-06-17"), "/received_on future"),
        ] {
            assert_eq!(told(&try_to_make(app, "invoices", wrong(field, value)).await), refused(422, broken));
        }
        let mut credit = invoice(&vendor, "credit_note", "R-2", "2026-06-02");
        credit["corrects_id"] = first.clone().into();
        made(app, "invoices", credit).await;
        assert_eq!(told(&go(app, "invoices", &first, "exception").await), refused(409, "/exception required"));
        assert_eq!(told(&go(app, "invoices", &first, "matched").await), refused(409, " parts"));
    }

    a_contract_is_billed_once_it_is_signed(app) {
        let vendor = qualified(app, "V").await;
        let draft = contract(app, "C", &vendor, json!({})).await;
        let work = json!({"quantity": "1", "unit_price": euros("100.00")});
        let line = json!({"contract_id": draft, "position": 1, "title": "Work", "unit": "day", "unit_price": euros("100.00")});
        let line = made(app, "contract-lines", line).await;
        let by_head = billed(app, &vendor, "R-1", "100.00", work.clone(), json!({"contract_id": draft})).await;
        let mut of_line = work;
        of_line["contract_line_id"] = line.into();
        let by_line = billed(app, &vendor, "R-2", "100.00", of_line, json!({})).await;
        for id in [&by_head, &by_line] {
            assert_eq!(told(&go(app, "invoices", id, "matched").await), refused(409, "/contract_id state"));
        }
        walk(app, "contracts", &draft, &["in_review", "approved"]).await;
        assert_eq!(told(&go(app, "invoices", &by_head, "matched").await), refused(409, "/contract_id state"));
        walk(app, "contracts", &draft, &["signed"]).await;
        for id in [&by_head, &by_line] {
            walk(app, "invoices", id, &["matched", "approved"]).await;
        }
    }
}
