//! Assets: what must be done before they leave.

use super::{alter, count, device, device_type, go, made, made_in, refused, told, try_to_make};
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
        for (tag, more) in [("CHAIR", json!({"holds_data": false})), ("PANEL", json!({"item_id": panel, "holds_data": false}))] {
            let id = retired(app, tag, more).await;
            assert_eq!(go(app, "assets", &id, "disposed").await.status, 200, "{tag}");
        }
        let vague = retired(app, "VAGUE", json!({"disposed_on": null, "disposal_method": null, "holds_data": false})).await;
        assert_eq!(go(app, "assets", &vague, "disposed").await.broken(), ["/disposed_on required", "/disposal_method required"]);
    }

    the_wipe_of_what_held_data_is_not_walked_round(app) {
        let model = device_type(app).await;
        let node = device(app, &model, "node").await;
        let server = retired(app, "SRV", json!({"item_id": node, "in_service_on": "2026-03-01", "purchased_on": "2026-02-01"})).await;
        assert_eq!(told(&alter(app, "assets", &server, json!({"holds_data": false})).await), refused(409, "/holds_data retired"));
        assert_eq!(told(&alter(app, "assets", &server, json!({"item_id": null})).await), refused(409, "/item_id retired"));
        let wiped = async |day: &str| alter(app, "assets", &server, json!({"wiped_on": day, "wipe_evidence": "Report 117."})).await.status;
        assert_eq!(wiped("2026-02-28").await, 200);
        assert_eq!(told(&go(app, "assets", &server, "disposed").await), refused(409, "/wiped_on before_use"));
        assert_eq!(told(&alter(app, "assets", &server, json!({"wiped_on": null, "disposed_on": "2026-01-31"})).await), refused(422, "/disposed_on before_start"));
        assert_eq!(wiped("2026-03-01").await, 200);
        assert_eq!(go(app, "assets", &server, "disposed").await.status, 200);
        // Of what nobody knows whether it held data it is to be known that it is wiped.
        let unknown = retired(app, "BOX", json!({})).await;
        assert_eq!(told(&go(app, "assets", &unknown, "disposed").await), refused(409, "/wiped_on wipe_evidence"));
        // One that was lent after its wipe is wiped again.
        let laptop = made(app, "assets", json!({"tag": "LAP", "name": "LAP", "wiped_on": "2026-05-01", "wipe_evidence": "Report 9."})).await;
        for state in ["received", "in_stock"] {
            assert_eq!(go(app, "assets", &laptop, state).await.status, 200);
        }
        let person = app.person_of_admin().await;
        let lent = json!({"asset_id": laptop, "assignee_id": person, "starts_on": "2026-05-10", "ends_on": "2026-05-20"});
        let lent = made(app, "asset-assignments", lent).await;
        for state in ["accepted", "returned"] {
            assert_eq!(go(app, "asset-assignments", &lent, state).await.status, 200);
        }
        assert_eq!(go(app, "assets", &laptop, "retired").await.status, 200);
        assert_eq!(alter(app, "assets", &laptop, json!({"disposed_on": "2026-06-01", "disposal_method": "recycled"})).await.status, 200);
        assert_eq!(told(&go(app, "assets", &laptop, "disposed").await), refused(409, "/wiped_on before_use"));
    }

    an_asset_is_disposed_of_once_it_is_retired_and_its_device_out_of_use(app) {
        let euros = |amount: &str| json!({"amount": amount, "currency": "EUR"});
        let model = device_type(app).await;
        let node = made_in(app, "devices", json!({"name": "node", "device_type_id": model, "role": "server"}), &["staged", "active"]).await;
        let body = json!({"tag": "SRV", "name": "Server", "item_id": node, "holds_data": false, "cost": euros("1200.00"), "in_service_on": "2026-01-01", "life_months": 12,
            "depreciation_method": "straight_line", "depreciation_convention": "full_month"});
        let asset = made_in(app, "assets", body, &["received", "in_stock", "deployed"]).await;
        assert_eq!(told(&alter(app, "assets", &asset, json!({"disposed_on": "2026-06-01"})).await), refused(409, "/disposed_on state"));
        let worth = async || app.get(&app.admin, &format!("/api/v1/infrastructure/assets/{asset}/book-value?as_of=2026-06-15")).await.body["book_value"].clone();
        assert_eq!(worth().await, euros("600.00"));
        // A day of disposal that came with the record is of no effect before it is disposed of.
        let early = made_in(app, "assets", json!({"tag": "E", "name": "E", "cost": euros("10.00"), "disposed_on": "2026-06-01"}), &["received"]).await;
        let early = app.get(&app.admin, &format!("/api/v1/infrastructure/assets/{early}/book-value")).await.body;
        assert_eq!(early["book_value"], euros("10.00"), "{early}");
        assert_eq!(go(app, "assets", &asset, "retired").await.status, 200);
        let foreign = alter(app, "assets", &asset, json!({"disposal_proceeds": {"amount": "5.00", "currency": "USD"}})).await;
        assert_eq!(told(&foreign), refused(422, "/disposal_proceeds currency"));
        assert_eq!(alter(app, "assets", &asset, json!({"disposed_on": "2026-06-01", "disposal_method": "sold"})).await.status, 200);
        assert_eq!(told(&go(app, "assets", &asset, "disposed").await), refused(409, "/item_id in_use"));
        assert_eq!(worth().await, euros("600.00"), "it is still there");
        assert_eq!(go(app, "devices", &node, "decommissioning").await.status, 200);
        assert_eq!(go(app, "assets", &asset, "disposed").await.status, 200);
        assert_eq!(worth().await, euros("0.00"));
    }

    the_holder_of_an_asset_sees_it_and_accepts_or_declines_it(app) {
        let user = app.actor("employee", None).await;
        let person = app.person_of(user.id.unwrap()).await;
        let lend = async |tag: &str, to: &str| {
            let asset = made_in(app, "assets", json!({"tag": tag, "name": tag}), &["received", "in_stock"]).await;
            (made(app, "asset-assignments", json!({"asset_id": asset, "assignee_id": to, "starts_on": "2026-06-01"})).await, asset)
        };
        let ((first, laptop), (second, _)) = (lend("L-1", &person).await, lend("L-2", &person).await);
        let (foreign, other) = lend("L-3", &app.person_of_admin().await).await;
        let path = |id: &str| format!("/api/v1/infrastructure/asset-assignments/{id}");
        assert_eq!(app.get(&user, &path(&first)).await.status, 200);
        assert_eq!(app.get(&user, &path(&foreign)).await.status, 404);
        assert_eq!(app.get(&user, &format!("/api/v1/infrastructure/assets/{laptop}")).await.status, 200);
        assert_eq!(app.get(&user, &format!("/api/v1/infrastructure/assets/{other}")).await.status, 404);
        assert_eq!(app.transition(&user, &path(&first), "accepted").await.status, 200);
        assert_eq!(app.transition(&user, &path(&second), "declined").await.status, 200);
        assert_eq!(app.transition(&user, &path(&foreign), "accepted").await.status, 404);
        assert!(matches!(app.patch(&user, &path(&first), "*", &json!({"ends_on": "2026-06-14"})).await.status, 403 | 404));
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
