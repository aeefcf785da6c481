//! Impairments of assets, in their book value and in the ledger. It is 15 June 2026, 09:00 UTC.

use super::{alter, approve, device_type, figure, go, made, made_in, refused, told, try_to_make};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// A machine of 24,000 with a life of eight years, by months from January 2021 on: 250 a month.
async fn machine(app: &TestApp, tag: &str) -> String {
    let body = json!({"tag": tag, "name": "Machine", "cost": euros("24000.00"), "in_service_on": "2021-01-01", "life_months": 96,
        "depreciation_method": "straight_line", "depreciation_convention": "full_month"});
    made_in(app, "assets", body, &["received"]).await
}

fn impairment(asset: &str, on: &str, recoverable: Value) -> Value {
    json!({"asset_id": asset, "impaired_on": on, "recoverable_amount": recoverable, "reason": "Nobody wants what it makes any more."})
}

async fn recognized(app: &TestApp, body: Value) -> String {
    let id = made(app, "asset-impairments", body).await;
    let moved = approve(app, "asset-impairments", &id, "recognized").await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    id
}

/// What a move to `recognized` of a new one misses.
async fn unmet(app: &TestApp, body: Value) -> (u16, Vec<String>) {
    let id = made(app, "asset-impairments", body).await;
    told(&approve(app, "asset-impairments", &id, "recognized").await)
}

on_both! {
    an_impaired_asset_is_worth_what_can_be_recovered_and_that_is_spread_over_the_rest_of_its_life(app) {
        // Kaplan, ACCA F7 Integrated Workbook, chapter 4, example 2: 24,000 over eight years, impaired by 4,500 after two of them.
        let asset = machine(app, "M-1").await;
        app.person_of_second().await;
        let id = made(app, "asset-impairments", impairment(&asset, "2022-12-31", euros("13500.00"))).await;
        assert_eq!(told(&go(app, "asset-impairments", &id, "recognized").await), refused(409, " four_eyes"));
        let moved = approve(app, "asset-impairments", &id, "recognized").await;
        assert_eq!((moved.status, &moved.body["loss"]), (200, &euros("4500.00")), "{}", moved.text);
        assert!(moved.body["approver_id"].is_string(), "{}", moved.text);
        let worth = async |day: &str| figure(app, &format!("assets/{asset}/book-value?as_of={day}")).await;
        assert_eq!(worth("2022-11-30").await["book_value"], euros("18250.00"), "23 months before the loss");
        let then = worth("2022-12-31").await;
        assert_eq!([&then["book_value"], &then["accumulated_depreciation"], &then["accumulated_impairment"]], [&euros("13500.00"), &euros("10500.00"), &euros("4500.00")]);
        assert_eq!(worth("2024-12-31").await["book_value"], euros("9000.00"));
        let schedule = figure(app, &format!("assets/{asset}/depreciation-schedule")).await;
        let column = |name: &str| schedule["data"].as_array().unwrap().iter().map(|year| year[name]["amount"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(column("depreciation"), ["3000.00", "7500.00", "2250.00", "2250.00", "2250.00", "2250.00", "2250.00", "2250.00"]);
        assert_eq!(column("impairment")[..3], ["0.00", "4500.00", "0.00"]);
        assert_eq!(column("book_value")[7], "0.00");
        assert_eq!(figure(app, "book-values?as_of=2024-12-31").await["data"][0]["book_value"], euros("9000.00"));
        // It is evidence: frozen, and voided instead of deleted.
        assert_eq!(alter(app, "asset-impairments", &id, json!({"recoverable_amount": euros("1.00")})).await.status, 409);
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/asset-impairments/{id}"), "*").await.status, 409);
        assert_eq!(told(&alter(app, "assets", &asset, json!({"cost": {"amount": "24000.00", "currency": "USD"}})).await), refused(409, "/cost/currency impaired"));
        assert_eq!(told(&go(app, "asset-impairments", &id, "voided").await), refused(409, "/void_reason required"));
        assert_eq!(alter(app, "asset-impairments", &id, json!({"void_reason": "It was the machine beside it."})).await.status, 200);
        assert_eq!(go(app, "asset-impairments", &id, "voided").await.status, 200);
        assert_eq!(worth("2022-12-31").await["book_value"], euros("18000.00"));
    }

    an_impairment_is_recognized_of_an_asset_in_service_for_a_loss_and_in_order(app) {
        let asset = machine(app, "M-1").await;
        let of = |on: &str, recoverable: Value| impairment(&asset, on, recoverable);
        assert_eq!(told(&try_to_make(app, "asset-impairments", of("2022-12-31", euros("-1.00"))).await), refused(422, "/recoverable_amount range"));
        assert_eq!(told(&try_to_make(app, "asset-impairments", of("2026-06-18", euros("1.00"))).await), refused(422, "/impaired_on future"));
        let ordered = made(app, "assets", json!({"tag": "O-1", "name": "Ordered", "cost": euros("100.00")})).await;
        assert_eq!(unmet(app, impairment(&ordered, "2022-12-31", euros("1.00"))).await, refused(409, "/asset_id no_book_value"));
        assert_eq!(unmet(app, of("2020-12-31", euros("1.00"))).await, refused(409, "/impaired_on before_service"));
        let dollars = json!({"amount": "1.00", "currency": "USD"});
        assert_eq!(unmet(app, of("2022-12-31", dollars)).await, refused(409, "/recoverable_amount/currency currency"));
        let mut silent = of("2022-12-31", euros("1.00"));
        silent["reason"] = Value::Null;
        assert_eq!(unmet(app, silent).await, refused(409, "/reason required"));
        let none = made(app, "asset-impairments", of("2022-12-31", euros("18000.00"))).await;
        let none = approve(app, "asset-impairments", &none, "recognized").await;
        assert_eq!(told(&none), refused(409, "/recoverable_amount no_loss"));
        assert!(none.text.contains("The book value at the end of 2022-12-31 is 18000.00 EUR"), "{}", none.text);

        let first = recognized(app, of("2022-12-31", euros("13500.00"))).await;
        // By hand: 13,500 less 2,250 are 11,250 a year later; 1,250 of them are lost, and 10,000 are spread over five years.
        let second = recognized(app, of("2023-12-31", euros("10000.00"))).await;
        let read = app.get(&app.admin, &format!("/api/v1/infrastructure/asset-impairments/{second}")).await.body;
        assert_eq!(read["loss"], euros("1250.00"));
        assert_eq!(figure(app, &format!("assets/{asset}/book-value?as_of=2024-12-31")).await["book_value"], euros("8000.00"));
        assert_eq!(unmet(app, of("2023-06-30", euros("1.00"))).await, refused(409, "/impaired_on order"));
        for id in [&first, &second] {
            assert_eq!(alter(app, "asset-impairments", id, json!({"void_reason": "Wrong."})).await.status, 200);
        }
        assert_eq!(told(&go(app, "asset-impairments", &first, "voided").await), refused(409, "/impaired_on order"), "the later loss rests on it");
        for id in [&second, &first] {
            assert_eq!(go(app, "asset-impairments", id, "voided").await.status, 200);
        }
        assert_eq!(figure(app, &format!("assets/{asset}/book-value?as_of=2024-12-31")).await["book_value"], euros("12000.00"));
    }

    of_two_losses_of_a_day_the_second_rests_on_the_first(app) {
        let asset = machine(app, "M-1").await;
        let first = recognized(app, impairment(&asset, "2022-12-31", euros("13500.00"))).await;
        let second = recognized(app, impairment(&asset, "2022-12-31", euros("10000.00"))).await;
        for id in [&first, &second] {
            assert_eq!(alter(app, "asset-impairments", id, json!({"void_reason": "Wrong."})).await.status, 200);
        }
        assert_eq!(told(&go(app, "asset-impairments", &first, "voided").await), refused(409, "/impaired_on order"));
        for (id, left) in [(&second, "13500.00"), (&first, "18000.00")] {
            assert_eq!(go(app, "asset-impairments", id, "voided").await.status, 200);
            assert_eq!(figure(app, &format!("assets/{asset}/book-value?as_of=2022-12-31")).await["book_value"], euros(left));
        }
    }

    an_impaired_asset_went_into_service_no_later_than_its_first_loss(app) {
        let asset = machine(app, "M-1").await;
        let id = recognized(app, impairment(&asset, "2022-12-31", euros("13500.00"))).await;
        recognized(app, impairment(&asset, "2023-12-31", euros("10000.00"))).await;
        for later in [json!("2023-01-01"), Value::Null] {
            assert_eq!(told(&alter(app, "assets", &asset, json!({"in_service_on": later})).await), refused(409, "/in_service_on impaired"));
        }
        assert_eq!(alter(app, "assets", &asset, json!({"in_service_on": "2022-12-31"})).await.status, 200);
        assert_eq!(app.get(&app.admin, &format!("/api/v1/infrastructure/asset-impairments/{id}")).await.body["loss"], euros("4500.00"));
    }

    a_device_whose_whole_value_was_lost_is_written_off(app) {
        let model = device_type(app).await;
        let device = made_in(app, "devices", json!({"name": "burnt", "device_type_id": model, "role": "server"}), &["staged", "active"]).await;
        let asset = json!({"tag": "M-1", "name": "Machine", "item_id": device, "cost": euros("24000.00"), "in_service_on": "2021-01-01", "life_months": 96,
            "depreciation_method": "straight_line", "depreciation_convention": "full_month"});
        let asset = made_in(app, "assets", asset, &["received"]).await;
        let candidates = async || figure(app, "refresh-candidates").await["data"].clone();
        assert_eq!(candidates().await, json!([]), "its life ends in 2028");
        recognized(app, impairment(&asset, "2026-05-31", euros("0.00"))).await;
        let told_of = candidates().await;
        assert_eq!((&told_of[0]["reasons"], &told_of[0]["book_value"]), (&json!([{"reason": "written_off", "on": "2026-05-31"}]), &euros("0.00")), "{told_of}");
    }

    a_loss_is_booked_with_its_period_and_taken_back_when_it_is_void(app) {
        let finance = async |collection: &str, body: Value| app.make(&format!("finance/{collection}"), &body).await["id"].as_str().unwrap().to_owned();
        let year = finance("fiscal-years", json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        let period = async |number: u32, starts: &str, ends: &str| {
            finance("fiscal-periods", json!({"fiscal_year_id": year, "number": number, "name": format!("P{number}"), "starts_on": starts, "ends_on": ends})).await
        };
        let (spring, rest) = (period(1, "2026-01-01", "2026-03-31").await, period(2, "2026-04-01", "2026-12-31").await);
        let center = finance("cost-centers", json!({"code": "CC-1", "name": "Operations"})).await;
        // 12,000 over five years: 200 a month. At the end of March 11,400 are left; 5,700 are lost, and 5,700 spread over 57 months.
        let asset = json!({"tag": "S", "name": "Server", "cost": euros("12000.00"), "in_service_on": "2026-01-01", "life_months": 60,
            "depreciation_method": "straight_line", "depreciation_convention": "full_month", "cost_center_id": center});
        let asset = made_in(app, "assets", asset, &["received"]).await;
        let post = async |period: &str| {
            let answer = app.post(&app.admin, "/api/v1/infrastructure/depreciation-postings", &json!({"fiscal_period_id": period})).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            let amounts: Vec<String> = answer.body["posted"].as_array().unwrap().iter().map(|each| each["amount"]["amount"].as_str().unwrap().to_owned()).collect();
            (amounts, answer.body["reversed_entry_ids"].as_array().unwrap().len())
        };
        assert_eq!(post(&spring).await, (vec!["600.00".to_owned()], 0));
        let id = recognized(app, impairment(&asset, "2026-03-31", euros("5700.00"))).await;
        assert_eq!(post(&spring).await, (vec!["6300.00".to_owned()], 1));
        assert_eq!(post(&rest).await, (vec!["900.00".to_owned()], 0));
        assert_eq!(post(&spring).await, (vec![], 0), "once");
        assert_eq!(alter(app, "asset-impairments", &id, json!({"void_reason": "It is wanted again."})).await.status, 200);
        assert_eq!(go(app, "asset-impairments", &id, "voided").await.status, 200);
        assert_eq!((post(&spring).await, post(&rest).await), ((vec!["600.00".to_owned()], 1), (vec!["1800.00".to_owned()], 1)));
    }
}
