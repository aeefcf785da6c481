//! Hardware that came with a receipt: its assets go back with it while nobody has touched them.

use super::purchase::received;
use super::{go, made, qualified};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// A receipt of two servers whose order line names their model, and their assets.
async fn delivered(app: &TestApp, code: &str) -> (String, Vec<Value>) {
    let vendor = qualified(app, code).await;
    let maker = app.make("infrastructure/manufacturers", &json!({"name": format!("Maker of {code}")})).await["id"].clone();
    let kind = json!({"manufacturer_id": maker, "model": code, "height_units": 1, "full_depth": true});
    let kind = app.make("infrastructure/device-types", &kind).await["id"].clone();
    let order = made(app, "purchase-orders", json!({"code": code, "title": code, "vendor_id": vendor, "currency": "EUR"})).await;
    let line = json!({"purchase_order_id": order, "position": 1, "title": "Server", "quantity": "2", "unit": "piece",
        "unit_price": super::euros("880.00"), "device_type_id": kind});
    let line = made(app, "purchase-order-lines", line).await;
    super::walk(app, "purchase-orders", &order, &["submitted", "approved", "sent"]).await;
    let receipt = received(app, &vendor, &line, "2").await;
    (receipt, assets(app, &line).await)
}

async fn assets(app: &TestApp, line: &str) -> Vec<Value> {
    let page = app.get(&app.admin, &format!("/api/v1/infrastructure/assets?purchase_order_line_id={line}&sort=tag")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.body["data"].as_array().unwrap().clone()
}

on_both! {
    a_reversed_receipt_takes_its_assets_back(app) {
        let (receipt, made) = delivered(app, "V").await;
        assert_eq!(made.iter().map(|asset| asset["state"].as_str().unwrap()).collect::<Vec<_>>(), ["received"; 2]);
        let line = made[0]["purchase_order_line_id"].as_str().unwrap();
        let reversed = go(app, "receipts", &receipt, "reversed").await;
        assert_eq!(reversed.status, 200, "{}", reversed.text);
        assert_eq!(assets(app, line).await, Vec::<Value>::new());
    }

    a_receipt_whose_assets_are_in_use_is_not_reversed(app) {
        let (receipt, made) = delivered(app, "V").await;
        let [first, second] = [&made[0], &made[1]].map(|asset| asset["id"].as_str().unwrap());
        let path = format!("/api/v1/infrastructure/assets/{first}");
        assert_eq!(app.transition(&app.admin, &path, "in_stock").await.status, 200);
        app.make("platform/comments", &json!({"subject_id": second, "text": "The lid is scratched."})).await;
        let kept = go(app, "receipts", &receipt, "reversed").await;
        assert_eq!((kept.status, kept.broken()), (409, vec![" asset".to_owned(), " asset".to_owned()]), "{}", kept.text);
        for (asset, why) in [(first, "is in_stock"), (second, "has other records")] {
            assert!(kept.text.contains(asset) && kept.text.contains(why), "{}", kept.text);
        }
        assert_eq!(assets(app, made[0]["purchase_order_line_id"].as_str().unwrap()).await.len(), 2);
    }

    assets_of_another_receipt_stay(app) {
        let (receipt, made) = delivered(app, "V").await;
        let line = made[0]["purchase_order_line_id"].as_str().unwrap();
        let vendor = app.get(&app.admin, &format!("/api/v1/vendors/receipts/{receipt}")).await.body["vendor_id"].as_str().unwrap().to_owned();
        received(app, &vendor, line, "1").await;
        assert_eq!(assets(app, line).await.len(), 3);
        assert_eq!(go(app, "receipts", &receipt, "reversed").await.status, 200);
        assert_eq!(assets(app, line).await.len(), 1);
    }
}
