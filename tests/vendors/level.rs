//! Service levels: shares, windows, and the credits that are claimed for them.

use super::{alter, contract, euros, go, made, merge, qualified, read, refused, told, try_to_make, walk};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// Brings a draft of a contract into force.
async fn in_force(app: &TestApp, contract: &str) {
    walk(app, "contracts", contract, &["in_review", "approved", "signed", "active"]).await;
}

on_both! {
    a_credit_is_claimed_for_a_window_of_its_target_in_the_currency_of_the_contract(app) {
        let vendor = qualified(app, "V").await;
        let contract = contract(app, "C", &vendor, json!({})).await;
        let target = |more: Value| {
            let mut body = json!({"contract_id": contract, "name": "Power", "metric": "availability", "target": 99.9, "unit": "percent", "starts_on": "2026-01-15", "claim_days": 60});
            merge(&mut body, more);
            body
        };
        for more in [json!({"target": 9950}), json!({"metric": "quality", "unit": "%", "target": 100.5})] {
            assert_eq!(told(&try_to_make(app, "sla-targets", target(more)).await), refused(422, "/target range"));
        }
        assert_eq!(told(&try_to_make(app, "sla-targets", target(json!({"metric": "response_time", "unit": "minutes", "target": 9950}))).await), (201, vec![]));
        let tiers = json!([{"beyond": 99.9, "credit_percent": 5}]);
        let target = made(app, "sla-targets", target(json!({"credit_tiers": tiers}))).await;
        in_force(app, &contract).await;
        let credit = async |more: Value| {
            let mut body = json!({"sla_target_id": target, "starts_on": "2026-04-01", "ends_on": "2026-04-30", "amount": euros("100.00"), "claimed_on": "2026-05-10", "measured_value": 99.5, "accepted_amount": euros("100.00"), "applied_on": "2026-06-01"});
            merge(&mut body, more);
            try_to_make(app, "service-credits", body).await
        };
        for (more, broken) in [
            (json!({"amount": {"amount": "1000000.00", "currency": "USD"}, "accepted_amount": null}), "/amount/currency currency"),
            (json!({"starts_on": "2020-01-01", "ends_on": "2020-01-31"}), "/starts_on outside"),
            (json!({"starts_on": "2026-04-02", "ends_on": "2026-04-30"}), "/ends_on window"),
            (json!({"starts_on": "2026-04-01", "ends_on": "2026-05-05"}), "/ends_on window"),
            (json!({"starts_on": "2026-05-01", "ends_on": "2026-05-31"}), "/claimed_on before_end"),
            (json!({"starts_on": "2026-02-01", "ends_on": "2026-02-28"}), "/claimed_on late"),
            (json!({"measured_value": 99.9}), "/measured_value met"),
        ] {
            assert_eq!(told(&credit(more.clone()).await), refused(409, broken), "{more}");
        }
        // The first window begins with the target.
        let first = json!({"starts_on": "2026-01-15", "ends_on": "2026-01-31", "claimed_on": "2026-02-10"});
        assert_eq!(credit(first).await.status, 201);
        let [one, other] = [credit(json!({})).await.id(), credit(json!({})).await.id()];
        made(app, "sla-measurements", json!({"sla_target_id": target, "starts_on": "2026-04-01", "ends_on": "2026-04-30", "value": 99.5, "source": "vendor"})).await;
        walk(app, "service-credits", &one, &["accepted"]).await;
        assert_eq!(told(&go(app, "service-credits", &other, "accepted").await), refused(409, "/starts_on another"));
        walk(app, "service-credits", &one, &["applied"]).await;
        assert_eq!(told(&alter(app, "service-credits", &one, json!({"reason": "Another."})).await), refused(409, "/reason immutable"));
        assert_eq!(told(&app.delete(&app.admin, &format!("/api/v1/vendors/service-credits/{one}"), "*").await), refused(409, " not_deletable"));
        for (more, broken) in [(json!({"value": 100.5}), "/value range"), (json!({"ends_on": "2026-04-29"}), "/ends_on window")] {
            let mut body = json!({"sla_target_id": target, "starts_on": "2026-04-01", "ends_on": "2026-04-30", "value": 99.5, "source": "vendor"});
            merge(&mut body, more);
            assert_eq!(told(&try_to_make(app, "sla-measurements", body).await), refused(409, broken));
        }
    }

    a_credit_is_accepted_for_a_measured_miss_and_at_most_as_the_tiers_say(app) {
        let vendor = qualified(app, "V").await;
        let contract = contract(app, "C", &vendor, json!({})).await;
        let line = json!({"contract_id": contract, "position": 1, "title": "Fee", "charge": "recurring", "interval_months": 1, "quantity": "1", "unit": "month", "unit_price": euros("1000.00")});
        made(app, "contract-lines", line).await;
        let target = json!({"contract_id": contract, "name": "Power", "metric": "availability", "target": 99.9, "unit": "percent", "starts_on": "2026-01-01",
            "credit_tiers": [{"beyond": 99.9, "credit_percent": 5}, {"beyond": 95, "credit_percent": 50}], "credit_cap_percent": 10});
        let target = made(app, "sla-targets", target).await;
        in_force(app, &contract).await;
        let credit = async |month: &str, last: &str, value: f64, amount: &str| {
            let body = json!({"sla_target_id": target, "starts_on": format!("{month}-01"), "ends_on": last, "amount": euros(amount), "accepted_amount": euros(amount), "claimed_on": "2026-06-10", "measured_value": value});
            made(app, "service-credits", body).await
        };
        let measured = async |month: &str, last: &str, value: f64, source: &str| {
            made(app, "sla-measurements", json!({"sla_target_id": target, "starts_on": format!("{month}-01"), "ends_on": last, "value": value, "source": source})).await;
        };
        let accept = async |id: &str| told(&go(app, "service-credits", id, "accepted").await);
        let march = credit("2026-03", "2026-03-31", 99.0, "50.00").await;
        assert_eq!(accept(&march).await, refused(409, "/measured_value not_measured"));
        measured("2026-03", "2026-03-31", 99.95, "vendor").await;
        assert_eq!(accept(&march).await, refused(409, "/measured_value met"));
        // A later measurement of the same source corrects the one before.
        measured("2026-03", "2026-03-31", 99.5, "vendor").await;
        assert_eq!(accept(&march).await, refused(409, "/measured_value measured"));
        assert_eq!(alter(app, "service-credits", &march, json!({"measured_value": 99.5})).await.status, 200);
        walk(app, "service-credits", &march, &["accepted"]).await;
        assert_eq!(told(&alter(app, "service-credits", &march, json!({"accepted_amount": euros("49.00")})).await), refused(409, "/accepted_amount immutable"));
        // 50 % of 1,000 are owed, and the cap is a tenth.
        measured("2026-04", "2026-04-30", 90.0, "own").await;
        let dear = credit("2026-04", "2026-04-30", 90.0, "900.00").await;
        let beyond = go(app, "service-credits", &dear, "accepted").await;
        assert_eq!(told(&beyond), refused(409, "/accepted_amount above_owed"));
        assert!(beyond.text.contains("10 % of the fee for this value: 100.00 EUR"), "{}", beyond.text);
        let body = json!({"to": "accepted", "reason": "The vendor gives more as a favour."}).to_string();
        let headers = [("Content-Type", "application/json"), ("If-Match", "*")];
        let favour = app.call(&app.admin, "POST", &format!("/api/v1/vendors/service-credits/{dear}/transitions"), &headers, Some(body)).await;
        assert_eq!(favour.status, 200, "{}", favour.text);
        measured("2026-05", "2026-05-31", 90.0, "third_party").await;
        let capped = credit("2026-05", "2026-05-31", 90.0, "100.00").await;
        walk(app, "service-credits", &capped, &["accepted"]).await;
    }

    a_promised_level_of_a_signed_contract_changes_by_a_new_target_under_an_amendment(app) {
        let vendor = qualified(app, "V").await;
        let contract = contract(app, "C", &vendor, json!({})).await;
        let target = |more: Value| {
            let mut body = json!({"contract_id": contract, "name": "Power", "metric": "availability", "target": 99.99, "unit": "percent", "starts_on": "2026-01-01", "credit_tiers": [{"beyond": 99.99, "credit_percent": 5}]});
            merge(&mut body, more);
            body
        };
        let old = made(app, "sla-targets", target(json!({}))).await;
        walk(app, "contracts", &contract, &["in_review", "approved"]).await;
        let open = refused(409, "/amendment_id contract_state");
        assert_eq!(told(&try_to_make(app, "sla-targets", target(json!({}))).await), open);
        walk(app, "contracts", &contract, &["signed", "active"]).await;
        assert_eq!(told(&try_to_make(app, "sla-targets", target(json!({}))).await), open, "another level of the same metric");
        let unrecorded = json!({"metric": "response_time", "target": 30, "unit": "minutes", "direction": "at_most", "credit_tiers": []});
        assert_eq!(try_to_make(app, "sla-targets", target(unrecorded)).await.status, 201, "what was agreed may be recorded later");
        for change in [json!({"target": 99.991}), json!({"credit_tiers": []}), json!({"ends_on": "2026-06-30"})] {
            assert_eq!(told(&alter(app, "sla-targets", &old, change).await), open);
        }
        assert_eq!(told(&app.delete(&app.admin, &format!("/api/v1/vendors/sla-targets/{old}"), "*").await), open);
        let service = app.make("infrastructure/services", &json!({"code": "S", "name": "S", "kind": "business"})).await["id"].clone();
        assert_eq!(alter(app, "sla-targets", &old, json!({"service_id": service})).await.status, 200, "which own service depends on it is no term");
        let amendment = made(app, "amendments", json!({"contract_id": contract, "number": 1, "title": "Less", "effective_on": "2026-06-15"})).await;
        let replaces = |starts_on: &str| target(json!({"amendment_id": amendment, "replaces_id": old, "target": 99.9, "credit_tiers": [], "starts_on": starts_on}));
        assert_eq!(told(&try_to_make(app, "sla-targets", replaces("2026-01-01")).await), refused(409, "/replaces_id before_start"));
        let new = made(app, "sla-targets", replaces("2026-07-01")).await;
        walk(app, "amendments", &amendment, &["approved"]).await;
        assert_eq!(told(&alter(app, "sla-targets", &new, json!({"target": 90})).await), open);
        assert_eq!(read(app, "sla-targets", &old).await["ends_on"], Value::Null);
        walk(app, "amendments", &amendment, &["signed"]).await;
        assert_eq!(read(app, "sla-targets", &old).await["ends_on"], json!("2026-06-30"));
    }
}
