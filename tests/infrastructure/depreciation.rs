//! The depreciation of a fiscal period in the ledger. It is 15 June 2026, 09:00 UTC.

use super::{alter, go, made, made_in};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

async fn finance(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(&format!("finance/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

/// A year with periods of a month and two, and a cost center.
async fn books(app: &TestApp) -> (Vec<String>, String) {
    let year = finance(app, "fiscal-years", json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
    let mut periods = Vec::new();
    for (number, starts, ends) in [(1, "2026-01-01", "2026-01-31"), (2, "2026-02-01", "2026-03-31"), (3, "2026-04-01", "2026-12-31")] {
        let body = json!({"fiscal_year_id": year, "number": number, "name": format!("P{number}"), "starts_on": starts, "ends_on": ends});
        periods.push(finance(app, "fiscal-periods", body).await);
    }
    (periods, finance(app, "cost-centers", json!({"code": "CC-1", "name": "Operations"})).await)
}

async fn received(app: &TestApp, body: Value) -> String {
    made_in(app, "assets", body, &["received"]).await
}

async fn post(app: &TestApp, actor: &Actor, period: &str) -> Answer {
    app.post(actor, "/api/v1/infrastructure/depreciation-postings", &json!({"fiscal_period_id": period})).await
}

async fn posted(app: &TestApp, period: &str) -> Value {
    let answer = post(app, &app.admin, period).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

fn amounts(posted: &Value) -> Vec<&str> {
    posted["posted"].as_array().unwrap().iter().map(|each| each["amount"]["amount"].as_str().unwrap()).collect()
}

async fn entries(app: &TestApp, asset: &str) -> Vec<Value> {
    let path = format!("/api/v1/finance/cost-entries?source=depreciation&source_id={asset}&sort=id");
    let answer = app.get(&app.admin, &path).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["data"].as_array().unwrap().clone()
}

on_both! {
    the_depreciation_of_a_period_is_booked_once_for_each_asset(app) {
        let (periods, center) = books(app).await;
        // 12,000 less 0 over five years by months begun: 200 a month from 2026-01.
        let straight = json!({"tag": "S", "name": "Server", "cost": euros("12000.00"), "in_service_on": "2026-01-15", "life_months": 60,
            "depreciation_method": "straight_line", "depreciation_convention": "full_month", "cost_center_id": center});
        let server = received(app, straight.clone()).await;
        // IRS Publication 946, Table A-1: 20 percent of the first year; none before it, and all of it within the year.
        let press = json!({"tag": "P", "name": "Press", "cost": euros("10000.00"), "in_service_on": "2026-03-15", "life_months": 60,
            "depreciation_method": "double_declining", "depreciation_convention": "half_year", "cost_center_id": center});
        let press = received(app, press).await;
        let mut nowhere = straight.clone();
        (nowhere["tag"], nowhere["cost_center_id"]) = ("N".into(), Value::Null);
        received(app, nowhere).await;

        let first = posted(app, &periods[0]).await;
        assert_eq!((amounts(&first), &first["totals"][0]["amount"]), (vec!["200.00"], &json!("200.00")), "{first}");
        assert_eq!((first["skipped"].as_array().unwrap().len(), &first["skipped"][0]["asset"]["title"]), (1, &json!("Server")));
        let entry = entries(app, &server).await.remove(0);
        assert_eq!((&entry["posted_on"], &entry["base_amount"], &entry["cost_center_id"]), (&json!("2026-01-31"), &euros("200.00"), &json!(center)));
        assert_eq!((&entry["service_starts_on"], &entry["service_ends_on"]), (&json!("2026-01-01"), &json!("2026-01-31")));
        let again = posted(app, &periods[0]).await;
        assert_eq!((amounts(&again), &again["unchanged"], &again["totals"]), (vec![], &json!(1), &first["totals"]));
        let all: Vec<Value> = { posted(app, &periods[1]).await; posted(app, &periods[2]).await; entries(app, &press).await };
        let of_press: i64 = all.iter().map(|entry| entry["net"]["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap()).sum();
        assert_eq!(of_press, 200_000, "2,000.00 in the first year, however it is cut");
        let of_server: Vec<Value> = entries(app, &server).await.iter().map(|entry| entry["net"]["amount"].clone()).collect();
        assert_eq!(of_server, ["200.00", "400.00", "1800.00"]);
    }

    what_has_changed_since_is_reversed_and_booked_anew(app) {
        let (periods, center) = books(app).await;
        let asset = json!({"tag": "S", "name": "Server", "cost": euros("12000.00"), "in_service_on": "2026-01-01", "life_months": 60,
            "depreciation_method": "straight_line", "depreciation_convention": "full_month", "cost_center_id": center});
        let asset = received(app, asset).await;
        let first = posted(app, &periods[0]).await["posted"][0]["cost_entry_id"].clone();
        assert_eq!(alter(app, "assets", &asset, json!({"cost": euros("18000.00")})).await.status, 200);
        let corrected = posted(app, &periods[0]).await;
        assert_eq!((amounts(&corrected), &corrected["reversed_entry_ids"]), (vec!["300.00"], &json!([first])));
        let amounts_of = async || entries(app, &asset).await.iter().map(|entry| entry["net"]["amount"].clone()).collect::<Vec<Value>>();
        assert_eq!(amounts_of().await, ["200.00", "-200.00", "300.00"]);
        // One that was reversed by hand is booked again.
        let entry = entries(app, &asset).await.remove(2);
        let mut reversal = json!({"reversal_of": entry["id"], "net": euros("-300.00"), "gross": euros("-300.00"), "base_amount": euros("-300.00"), "document_line": 9});
        for name in ["posted_on", "fiscal_period_id", "cost_center_id", "source", "source_id", "document"] {
            reversal[name] = entry[name].clone();
        }
        app.make("finance/cost-entries", &reversal).await;
        assert_eq!(amounts(&posted(app, &periods[0]).await), ["300.00"]);
        assert_eq!(posted(app, &periods[0]).await["unchanged"], 1);
    }

    book_value_schedule_and_ledger_agree_to_the_day_and_what_is_no_property_is_left_out(app) {
        let year = finance(app, "fiscal-years", json!({"code": "FY25", "name": "2025", "starts_on": "2025-01-01", "ends_on": "2025-12-31"})).await;
        let period = json!({"fiscal_year_id": year, "number": 1, "name": "P1", "starts_on": "2025-10-01", "ends_on": "2025-11-30"});
        let (period, center) = (finance(app, "fiscal-periods", period).await, finance(app, "cost-centers", json!({"code": "CC-1", "name": "Operations"})).await);
        let body = |tag: &str, ownership: &str| json!({"tag": tag, "name": tag, "ownership": ownership, "cost": euros("1000.00"), "in_service_on": "2025-10-01", "life_months": 12,
            "depreciation_method": "straight_line", "depreciation_convention": "daily", "cost_center_id": center});
        let asset = received(app, body("OWN", "owned")).await;
        let rented = received(app, body("RENT", "rented")).await;
        let ordered = made(app, "assets", body("ORDER", "owned")).await;
        // By hand: 61 of 365 days of 1,000.00 are 167.12.
        let posted = posted(app, &period).await;
        assert_eq!((amounts(&posted), posted["skipped"].as_array().unwrap().len()), (vec!["167.12"], 2), "{posted}");
        let worth = async |id: &str| app.get(&app.admin, &format!("/api/v1/infrastructure/assets/{id}/book-value?as_of=2025-11-30")).await.body;
        assert_eq!(worth(&asset).await["accumulated_depreciation"], euros("167.12"));
        let schedule = app.get(&app.admin, &format!("/api/v1/infrastructure/assets/{asset}/depreciation-schedule?interval=month")).await.body;
        assert_eq!(schedule["data"][1]["accumulated_depreciation"], euros("167.12"));
        for id in [&rented, &ordered] {
            let told = worth(id).await;
            assert!(told["book_value"].is_null() && told["reason"].is_string(), "{told}");
        }
        let all = app.get(&app.admin, "/api/v1/infrastructure/book-values?as_of=2025-11-30").await.body;
        assert_eq!((&all["data"][0]["assets"], &all["data"][0]["book_value"], &all["unknown"]), (&json!(1), &euros("832.88"), &json!(0)));
        assert_eq!(go(app, "assets", &ordered, "received").await.status, 200);
        let ahead = alter(app, "assets", &asset, json!({"usage": [{"read_on": "2026-06-16", "units": 5}]})).await;
        assert_eq!((ahead.status, ahead.broken()), (422, vec!["/usage/0/read_on future".to_owned()]), "{}", ahead.text);
    }

    a_closed_period_takes_no_depreciation_and_who_may_not_book_posts_none(app) {
        let (periods, center) = books(app).await;
        let asset = json!({"tag": "S", "name": "Server", "cost": {"amount": "12000.00", "currency": "USD"}, "in_service_on": "2026-01-01", "life_months": 60,
            "depreciation_method": "straight_line", "depreciation_convention": "full_month", "cost_center_id": center});
        received(app, asset).await;
        let skipped = posted(app, &periods[1]).await;
        assert!(skipped["skipped"][0]["reason"].as_str().unwrap().contains("exchange rate"), "{skipped}");
        finance(app, "exchange-rates", json!({"kind": "spot", "from_currency": "USD", "to_currency": "EUR", "valid_on": "2025-12-31", "rate": "0.905", "source": "ECB"})).await;
        let entry = posted(app, &periods[1]).await["posted"][0]["cost_entry_id"].clone();
        let entry = app.get(&app.admin, &format!("/api/v1/finance/cost-entries/{}", entry.as_str().unwrap())).await.body;
        // Two months of 200 dollars at 0.905.
        assert_eq!((&entry["net"]["amount"], &entry["base_amount"]), (&json!("400.00"), &euros("362.00")));
        let closed = app.transition(&app.admin, &format!("/api/v1/finance/fiscal-periods/{}", periods[0]), "closed").await;
        assert_eq!(closed.status, 200, "{}", closed.text);
        let refused = post(app, &app.admin, &periods[0]).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/fiscal_period_id closed".to_owned()]));
        let nothing = post(app, &app.admin, &steward::resource::Id::new().to_string()).await;
        assert_eq!((nothing.status, nothing.broken()), (409, vec!["/fiscal_period_id reference".to_owned()]));
        let manager = app.actor("infrastructure_manager", None).await;
        assert!(matches!(post(app, &manager, &periods[1]).await.status, 403 | 404));
    }

    of_many_that_post_one_period_at_once_each_asset_is_booked_once(app) {
        let (periods, center) = books(app).await;
        for tag in ["A", "B", "C"] {
            let asset = json!({"tag": tag, "name": tag, "cost": euros("1200.00"), "in_service_on": "2026-01-01", "life_months": 12,
                "depreciation_method": "straight_line", "depreciation_convention": "full_month", "cost_center_id": center});
            received(app, asset).await;
        }
        let answers = futures_util::future::join_all((0..8).map(|_| post(app, &app.admin, &periods[0]))).await;
        let made: usize = answers.iter().filter(|answer| answer.status == 200).map(|answer| answer.body["posted"].as_array().unwrap().len()).sum();
        assert_eq!(made, 3, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    }
}
