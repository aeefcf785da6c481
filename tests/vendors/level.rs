//! Service levels: shares, windows, and the credits that are claimed for them.

use super::{active, alter, euros, go, made, merge, qualified, refused, told, try_to_make, walk};
use crate::on_both;
use serde_json::{Value, json};

on_both! {
    a_credit_is_claimed_for_a_window_of_its_target_in_the_currency_of_the_contract(app) {
        let vendor = qualified(app, "V").await;
        let contract = active(app, "C", &vendor, json!({})).await;
        let target = |more: Value| {
            let mut body = json!({"contract_id": contract, "name": "Power", "metric": "availability", "target": 99.9, "unit": "percent", "starts_on": "2026-01-15", "claim_days": 60});
            merge(&mut body, more);
            body
        };
        for more in [json!({"target": 9950}), json!({"metric": "quality", "unit": "%", "target": 100.5})] {
            assert_eq!(told(&try_to_make(app, "sla-targets", target(more)).await), refused(422, "/target range"));
        }
        assert_eq!(told(&try_to_make(app, "sla-targets", target(json!({"metric": "response_time", "unit": "minutes", "target": 9950}))).await), (201, vec![]));
        let target = made(app, "sla-targets", target(json!({}))).await;
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
}
