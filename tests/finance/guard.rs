//! What keeps budgets, forecasts, periods and allocations from counting what cannot be counted.

use super::*;
use crate::on_both;

async fn person(app: &TestApp) -> String {
    let body = json!({"name": "Ann", "email": format!("{}@people.example.org", steward::resource::Id::new()), "weekly_hours": 40});
    app.make("teams/people", &body).await["id"].as_str().unwrap().to_owned()
}

fn control(allocation: &str) -> Value {
    json!({"requisition": "warn", "order": "block", "invoice": "warn", "allocation": allocation, "basis": "annual", "tolerance_percent": 0})
}

async fn rate(app: &TestApp, person: &str, hourly: &str, starts_on: &str, ends_on: Value) {
    made(app, "labor-rates", json!({"subject_id": person, "hourly_rate": euros(hourly), "starts_on": starts_on, "ends_on": ends_on})).await;
}

on_both! {
    a_manual_forecast_knows_what_was_known_on_the_day_of_its_publication(app) {
        let books = Books::open(app).await;
        let body = |known: Value| json!({"name": "F", "scope_id": books.center, "fiscal_year_id": books.year, "method": "manual", "currency": "EUR", "known_until_on": known,
            "amounts": [{"period": 1, "amount": euros("100.00")}]});
        let plain = made(app, "forecasts", body(Value::Null)).await;
        walk(app, "forecasts", &plain, &["published"]).await;
        assert_eq!(app.get(&app.admin, &at("forecasts", &plain)).await.body["known_until_on"], json!("2026-06-15"));
        let ahead = made(app, "forecasts", body(json!("2150-01-01"))).await;
        assert_eq!(go(app, "forecasts", &ahead, "published").await.broken(), ["/known_until_on future"], "nobody knows that day");
    }

    an_allocation_without_a_rate_passes_no_budget_that_blocks(app) {
        let books = Books::open(app).await;
        let (budget, blocked) = books.active(app, 1, control("block"), &["10000.00"]).await;
        let ann = person(app).await;
        let body = |line: &str| json!({"person_id": ann, "budget_line_id": line, "starts_on": "2026-07-01", "ends_on": "2026-07-31", "weekly_hours": 10, "kind": "soft"});
        let allocation = made(app, "allocations", body(&blocked[0])).await;
        let refused = go(app, "allocations", &allocation, "confirmed").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/person_id labor_rate".to_owned()]), "{}", refused.text);
        rate(app, &ann, "50.00", "2026-07-01", Value::Null).await;
        walk(app, "allocations", &allocation, &["confirmed"]).await;
        // 23 working days of two hours.
        assert_eq!(position(app, &budget).await["total"]["open_commitments"], euros("2300.00"));
    }

    each_day_of_an_allocation_costs_its_own_rate(app) {
        let books = Books::open(app).await;
        let (budget, lines) = books.active(app, 1, control("warn"), &["10000.00"]).await;
        let ann = person(app).await;
        rate(app, &ann, "50.00", "2026-01-01", json!("2026-07-15")).await;
        rate(app, &ann, "100.00", "2026-07-16", Value::Null).await;
        let body = json!({"person_id": ann, "budget_line_id": lines[0], "starts_on": "2026-07-13", "ends_on": "2026-07-17", "weekly_hours": 40, "kind": "hard"});
        walk(app, "allocations", &made(app, "allocations", body).await, &["confirmed"]).await;
        // Three days of eight hours at 50, two at 100.
        assert_eq!(position(app, &budget).await["total"]["open_commitments"], euros("2800.00"));
    }

    exactly_the_tolerated_share_of_a_persons_time_may_be_taken(app) {
        let ann = person(app).await;
        let confirm = async |percent: f64| {
            let body = json!({"person_id": ann, "starts_on": "2026-07-01", "ends_on": "2026-07-31", "percent": percent, "kind": "hard"});
            go(app, "allocations", &made(app, "allocations", body).await, "confirmed").await
        };
        // 33.1 + 33.2 + 43.7 are 110, and a hair more in binary fractions.
        for percent in [33.1, 33.2, 43.7] {
            let confirmed = confirm(percent).await;
            assert_eq!(confirmed.status, 200, "{percent}: {}", confirmed.text);
        }
        assert_eq!(confirm(0.1).await.broken(), ["/percent capacity"]);
    }

    a_prepayment_over_the_year_end_is_paid_by_the_line_of_each_year(app) {
        let books = Books::open(app).await;
        let (_, lines) = books.active(app, 1, Value::Null, &["1000.00"]).await;
        let (year, _) = books.next_year(app).await;
        let next = made(app, "budgets", json!({"name": "Next", "scope_id": books.center, "fiscal_year_id": year, "currency": "EUR"})).await;
        let continued = books.line(app, &next, "Line 0 of 1", "1000.00").await;
        walk(app, "budgets", &next, &["submitted", "approved", "active"]).await;
        let body = json!({"name": "Maintenance", "amount": euros("240.00"), "starts_on": "2026-07-01", "ends_on": "2027-06-30", "budget_line_id": lines[0], "method": "equal"});
        let paid = made(app, "prepayments", body).await;
        walk(app, "prepayments", &paid, &["active"]).await;
        assert_eq!(position(app, &next).await["total"]["open_commitments"], euros("120.00"), "six months are bound in the next year");
        app.clock.set(steward::resource::value::Instant::parse("2027-01-02T09:00:00Z").unwrap());
        app.worker.work_off().await.unwrap();
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let later = app.get(&admin, &format!("/api/v1/finance/cost-entries?source=prepayment&source_id={paid}&posted_on=2027-01-01")).await.body["data"][0].clone();
        assert_eq!((&later["budget_line_id"], &later["net"]), (&json!(continued), &euros("20.00")), "{later}");
    }
}
