//! Bank accounts: sound numbers, and four eyes on each change.

use super::purchase::center;
use super::{alter, euros, go, made, merge, prospect, read, refused, second, told, try_to_make, walk};
use crate::on_both;
use serde_json::json;

on_both! {
    an_account_has_a_sound_number_or_one_of_its_own_kind(app) {
        let vendor = prospect(app, "V").await;
        let attempt = async |body: serde_json::Value| {
            let mut whole = json!({"vendor_id": vendor, "holder": "V"});
            merge(&mut whole, body);
            told(&try_to_make(app, "bank-accounts", whole).await)
        };
        // The examples of the IBAN registry, and the same with one digit changed, one left out, spaces, small letters.
        for iban in ["GB29NWBK60161331926819", "DE89370400440532013000", "NL91ABNA0417164300", "NO9386011117947", "MT84MALT011000012345MTLCAST001S"] {
            assert_eq!(attempt(json!({"iban": iban})).await, (201, vec![]), "{iban}");
        }
        for iban in ["GB29NWBK60161331926818", "DE8937040044053201300", "NL91 ABNA 0417 1643 00", "nl91abna0417164300", "NL19ABNA0417164300"] {
            assert_eq!(attempt(json!({"iban": iban})).await, refused(422, "/iban check_digits"), "{iban}");
        }
        assert_eq!(attempt(json!({})).await, refused(422, "/iban one_of"));
        assert_eq!(attempt(json!({"iban": "NL91ABNA0417164300", "account_number": "1234"})).await, refused(422, "/iban one_of"));
        assert_eq!(attempt(json!({"account_number": "021000021 1234"})).await, (201, vec![]));
        for bic in ["ABNANL2", "abnanl2a", "ABNA1L2A", "ABNANL2AX"] {
            assert_eq!(attempt(json!({"account_number": "1", "bic": bic})).await.0, 422, "{bic}");
        }
    }

    an_account_is_verified_by_a_second_person_and_pending_again_when_it_changes(app) {
        let vendor = prospect(app, "V").await;
        let account = made(app, "bank-accounts", json!({"vendor_id": vendor, "holder": "V", "iban": "NL91ABNA0417164300"})).await;
        assert_eq!(second(app, "bank-accounts", &account, "verified").await.broken(), ["/verification required", "/checked_on required"]);
        assert_eq!(alter(app, "bank-accounts", &account, json!({"verification": "Called them.", "checked_on": "2026-06-15"})).await.status, 200);
        assert!(go(app, "bank-accounts", &account, "verified").await.broken().contains(&" four_eyes".to_owned()));
        walk(app, "bank-accounts", &account, &["verified"]).await;
        let other = json!({"iban": "DE89370400440532013000"});
        assert_eq!(told(&alter(app, "bank-accounts", &account, other.clone()).await), refused(409, "/iban immutable"));
        // The second one sends it back and the first changes it: the first cannot verify it, though another made the move.
        assert_eq!(second(app, "bank-accounts", &account, "pending").await.status, 200);
        let changed = alter(app, "bank-accounts", &account, other).await;
        assert_eq!((changed.status, &changed.body["verification"], &changed.body["checked_on"]), (200, &json!(null), &json!(null)), "what showed the old account shows nothing of this one");
        assert_eq!(alter(app, "bank-accounts", &account, json!({"verification": "Called them again.", "checked_on": "2026-06-15"})).await.status, 200);
        assert!(go(app, "bank-accounts", &account, "verified").await.broken().contains(&" four_eyes".to_owned()));
        let third = app.actor("administrator", None).await;
        let verified = app.transition(&third, &format!("/api/v1/vendors/bank-accounts/{account}"), "verified").await;
        assert_eq!(verified.status, 200, "{}", verified.text);
    }

    an_invoice_is_approved_and_paid_to_a_verified_account_only(app) {
        let [vendor, other] = [prospect(app, "V").await, prospect(app, "W").await];
        let account = async |vendor: &str| {
            let body = json!({"vendor_id": vendor, "holder": "V", "iban": "NL91ABNA0417164300", "verification": "Called them.", "checked_on": "2026-06-15"});
            made(app, "bank-accounts", body).await
        };
        let [own, foreign] = [account(&vendor).await, account(&other).await];
        let mut invoice = json!({
            "vendor_id": vendor, "kind": "invoice", "number": "R-1", "invoiced_on": "2026-06-01", "received_on": "2026-06-02",
            "net": euros("100.00"), "tax": euros("21.00"), "gross": euros("121.00"), "bank_account_id": foreign,
        });
        assert_eq!(told(&try_to_make(app, "invoices", invoice.clone()).await), refused(409, "/bank_account_id disagrees"));
        invoice["bank_account_id"] = own.clone().into();
        let id = made(app, "invoices", invoice).await;
        made(app, "invoice-lines", json!({"invoice_id": id, "position": 1, "title": "Work", "quantity": "1", "unit_price": euros("100.00"), "net": euros("100.00"), "tax_percent": 21, "cost_center_id": center(app).await})).await;
        walk(app, "invoices", &id, &["matched"]).await;
        assert_eq!(told(&second(app, "invoices", &id, "approved").await), refused(409, "/bank_account_id state"));
        walk(app, "bank-accounts", &own, &["verified"]).await;
        assert_eq!(told(&go(app, "invoices", &id, "approved").await), refused(409, " four_eyes"));
        walk(app, "invoices", &id, &["approved"]).await;
        walk(app, "bank-accounts", &own, &["pending"]).await;
        let third = app.actor("administrator", None).await;
        let paid = app.transition(&third, &format!("/api/v1/vendors/invoices/{id}"), "paid").await;
        assert_eq!(told(&paid), refused(409, "/bank_account_id state"));
    }

    nothing_is_paid_without_an_account_nor_to_a_blocked_vendor(app) {
        let vendor = prospect(app, "V").await;
        let invoice = json!({
            "vendor_id": vendor, "kind": "invoice", "number": "R-1", "invoiced_on": "2026-06-01", "received_on": "2026-06-02",
            "net": euros("100.00"), "tax": euros("0.00"), "gross": euros("100.00"),
        });
        let id = made(app, "invoices", invoice).await;
        made(app, "invoice-lines", json!({"invoice_id": id, "position": 1, "title": "Work", "quantity": "1", "unit_price": euros("100.00"), "net": euros("100.00"), "cost_center_id": center(app).await})).await;
        walk(app, "invoices", &id, &["matched", "approved"]).await;
        let third = app.actor("administrator", None).await;
        let pay = async || told(&app.transition(&third, &format!("/api/v1/vendors/invoices/{id}"), "paid").await);
        assert_eq!(pay().await, refused(409, "/bank_account_id required"));
        let body = json!({"vendor_id": vendor, "holder": "V", "iban": "NL91ABNA0417164300", "verification": "Called them.", "checked_on": "2026-06-15"});
        let account = made(app, "bank-accounts", body).await;
        walk(app, "bank-accounts", &account, &["verified"]).await;
        assert_eq!(alter(app, "invoices", &id, json!({"bank_account_id": account})).await.status, 200);
        walk(app, "vendors", &vendor, &["blocked"]).await;
        assert_eq!(pay().await, refused(409, "/vendor_id state"));
        let part = made(app, "payments", json!({"invoice_id": id, "paid_on": "2026-06-14", "amount": euros("40.00")})).await;
        let post = async || told(&app.transition(&third, &format!("/api/v1/vendors/payments/{part}"), "posted").await);
        assert_eq!(post().await, refused(409, "/invoice_id state"));
        walk(app, "vendors", &vendor, &["onboarding"]).await;
        assert_eq!(post().await, (200, vec![]));
        assert_eq!(read(app, "invoices", &id).await["state"], json!("partially_paid"));
        // A part is paid: the invoice is neither void nor deleted any more, whatever state it is brought into.
        walk(app, "invoices", &id, &["on_hold", "received"]).await;
        assert_eq!(told(&go(app, "invoices", &id, "void").await), refused(409, " paid"));
        assert_eq!(told(&app.delete(&app.admin, &format!("/api/v1/vendors/invoices/{id}"), "*").await), refused(409, " not_deletable"));
    }

    the_number_of_an_account_is_read_by_who_pays(app) {
        let vendor = prospect(app, "V").await;
        let account = made(app, "bank-accounts", json!({"vendor_id": vendor, "holder": "V", "iban": "NL91ABNA0417164300"})).await;
        for (role, there) in [("finance_manager", true), ("vendor_manager", true), ("auditor", true), ("project_manager", false), ("infrastructure_manager", false)] {
            let seen = app.get(&app.actor(role, None).await, &format!("/api/v1/vendors/bank-accounts/{account}")).await;
            assert_eq!((seen.status, seen.text.contains("NL91ABNA0417164300")), (200, there), "{role}: {}", seen.text);
        }
    }
}
