//! Assets: what must be done before they leave.

use super::{alter, count, device, device_type, go, made, refused, told, try_to_make};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// An asset that is retired, and knows when and how it is to leave.
async fn retired(app: &TestApp, tag: &str, more: Value) -> String {
    let mut body = json!({"tag": tag, "name": tag, "disposed_on": "2026-06-15", "disposal_method": "recycled"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let id = made(app, "assets", body).await;
    for state in ["received", "in_stock", "retired"] {
        assert_eq!(go(app, "assets", &id, state).await.status, 200, "{state}");
    }
    id
}

on_both! {
    what_held_data_is_disposed_of_only_when_it_is_known_to_be_wiped(app) {
        let model = device_type(app).await;
        let node = device(app, &model, "node").await;
        let server = retired(app, "SRV", json!({"item_id": node})).await;
        assert_eq!(told(&go(app, "assets", &server, "disposed").await), refused(409, "/wiped_on wipe_evidence"));
        assert_eq!(alter(app, "assets", &server, json!({"wiped_on": "2026-06-14"})).await.status, 200);
        assert_eq!(told(&go(app, "assets", &server, "disposed").await), refused(409, "/wipe_evidence wipe_evidence"));
        assert_eq!(alter(app, "assets", &server, json!({"wiped_on": null, "wipe_evidence": "Report 117."})).await.status, 200);
        assert_eq!(told(&go(app, "assets", &server, "disposed").await), refused(409, "/wiped_on wipe_evidence"));
        assert_eq!(told(&alter(app, "assets", &server, json!({"wiped_on": "2026-06-16"})).await), refused(422, "/disposed_on before_start"));
        assert_eq!(alter(app, "assets", &server, json!({"wiped_on": "2026-06-15"})).await.status, 200);
        assert_eq!(go(app, "assets", &server, "disposed").await.status, 200);
        // A certificate is evidence too.
        let file = app.upload("text/plain", "Destroyed.").await["id"].clone();
        let disk = retired(app, "DISK", json!({"holds_data": true})).await;
        assert_eq!(told(&go(app, "assets", &disk, "disposed").await), refused(409, "/wiped_on wipe_evidence"));
        assert_eq!(alter(app, "assets", &disk, json!({"wiped_on": "2026-06-14", "wipe_file_id": file})).await.status, 200);
        assert_eq!(go(app, "assets", &disk, "disposed").await.status, 200);
    }

    who_accepts_an_asset_is_its_custodian_until_it_is_given_back(app) {
        let laptop = made(app, "assets", json!({"tag": "L-1", "name": "Laptop"})).await;
        for state in ["received", "in_stock"] {
            assert_eq!(go(app, "assets", &laptop, state).await.status, 200);
        }
        let person = app.person_of_admin().await;
        let lent = made(app, "asset-assignments", json!({"asset_id": laptop, "assignee_id": person, "starts_on": "2026-06-01"})).await;
        let asset = async || app.get(&app.admin, &format!("/api/v1/infrastructure/assets/{laptop}")).await.body;
        assert_eq!(go(app, "asset-assignments", &lent, "accepted").await.status, 200);
        let told = asset().await;
        assert_eq!((&told["state"], &told["custodian_id"]), (&json!("deployed"), &json!(person)));
        assert_eq!(alter(app, "asset-assignments", &lent, json!({"ends_on": "2026-06-14"})).await.status, 200);
        assert_eq!(go(app, "asset-assignments", &lent, "returned").await.status, 200);
        let told = asset().await;
        assert_eq!((&told["state"], &told["custodian_id"]), (&json!("in_stock"), &Value::Null));
    }

    what_holds_no_data_needs_no_wipe(app) {
        let model = device_type(app).await;
        let panel = device(app, &model, "panel").await;
        for (tag, more) in [("CHAIR", json!({})), ("PANEL", json!({"item_id": panel, "holds_data": false}))] {
            let id = retired(app, tag, more).await;
            assert_eq!(go(app, "assets", &id, "disposed").await.status, 200, "{tag}");
        }
        let vague = retired(app, "VAGUE", json!({"disposed_on": null, "disposal_method": null})).await;
        assert_eq!(go(app, "assets", &vague, "disposed").await.broken(), ["/disposed_on required", "/disposal_method required"]);
    }

    an_asset_is_in_one_pair_of_hands_and_retired_when_it_is_back(app) {
        let id = made(app, "assets", json!({"tag": "LAP", "name": "Laptop"})).await;
        for state in ["received", "in_stock"] {
            assert_eq!(go(app, "assets", &id, state).await.status, 200);
        }
        let person = app.person_of_admin().await;
        let hand_out = json!({"asset_id": id, "assignee_id": person, "starts_on": "2026-06-01"});
        let tries = futures_util::future::join_all((0..12).map(|_| try_to_make(app, "asset-assignments", hand_out.clone()))).await;
        assert_eq!((count(&tries, 201), count(&tries, 409)), (1, 11));
        let loan = tries.iter().find(|answer| answer.status == 201).unwrap().id();
        assert_eq!(told(&go(app, "assets", &id, "retired").await), refused(409, " in_use"));
        assert_eq!(go(app, "asset-assignments", &loan, "accepted").await.status, 200);
        assert_eq!(told(&go(app, "asset-assignments", &loan, "returned").await), refused(409, "/ends_on required"));
        assert_eq!(alter(app, "asset-assignments", &loan, json!({"ends_on": "2026-06-12"})).await.status, 200);
        assert_eq!(go(app, "asset-assignments", &loan, "returned").await.status, 200);
        assert_eq!(go(app, "assets", &id, "retired").await.status, 200);
        assert_eq!(told(&try_to_make(app, "assets", json!({"tag": "BAD", "name": "Bad", "cost": {"amount": "100.00", "currency": "EUR"}, "salvage": {"amount": "100.01", "currency": "EUR"}})).await), refused(422, "/salvage range"));
    }
}
