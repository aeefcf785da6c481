//! Computed forecasts, and how accurate they were in the end.

use super::*;
use crate::on_both;

async fn forecast(app: &TestApp, books: &Books, method: &str, amounts: Value) -> Answer {
    let body = json!({"name": method, "scope_id": books.center, "fiscal_year_id": books.year, "method": method, "currency": "EUR", "amounts": amounts});
    try_to_make(app, "forecasts", body).await
}

fn amounts(of: &Value) -> Vec<(i64, String)> {
    of.as_array().unwrap().iter().map(|each| (each["period"].as_i64().unwrap(), each["amount"]["amount"].as_str().unwrap().to_owned())).collect()
}

fn listed(amounts: [&str; 4]) -> Vec<(i64, String)> {
    amounts.iter().enumerate().map(|(at, amount)| (at as i64 + 1, (*amount).to_owned())).collect()
}

async fn book(app: &TestApp, books: &Books, line: &str, document: &str, quarter: usize, amount: &str) {
    let mut entry = books.entry(Some(line), document, amount);
    (entry["fiscal_period_id"], entry["posted_on"]) = (json!(books.quarters[quarter]), QUARTERS[quarter].0.into());
    made(app, "cost-entries", entry).await;
}

on_both! {
    a_forecast_is_computed_line_by_line_from_what_is_booked_and_promised(app) {
        let books = Books::open(app).await;
        let (_, lines) = books.active(app, 1, Value::Null, &["400.00", "800.00"]).await;
        assert_eq!(forecast(app, &books, "manual", Value::Null).await.broken(), ["/amounts required"]);
        let early = forecast(app, &books, "run_rate", Value::Null).await;
        assert_eq!((early.status, &early.body["amounts"]), (201, &Value::Null), "no quarter is closed: {}", early.text);
        assert_eq!(go(app, "forecasts", &early.id(), "published").await.broken(), ["/amounts required"]);
        for (line, document, quarter, amount) in [(0, "1", 0, "90.00"), (1, "2", 0, "200.00"), (0, "3", 1, "110.01"), (1, "4", 1, "260.00")] {
            book(app, &books, &lines[line], document, quarter, amount).await;
        }
        commit(app, &lines[1], &books.quarters[2], &source(app).await, euros("70.00"), Value::Null).await;
        for quarter in &books.quarters[..2] {
            walk(app, "fiscal-periods", quarter, &["soft_closed", "closed"]).await;
        }
        // 90 and 110.01 are 100.005 each on: 100.01 and 100.00; 200 and 260 are 230. The line rises by 20.01 and 60 a quarter.
        for (method, total) in [
            ("run_rate", ["290.00", "370.01", "330.01", "330.00"]),
            ("linear", ["290.00", "370.01", "450.02", "530.03"]),
            ("commitment", ["290.00", "370.01", "70.00", "0.00"]),
        ] {
            let computed = forecast(app, &books, method, Value::Null).await;
            assert_eq!(amounts(&computed.body["amounts"]), listed(total), "{method}: {}", computed.text);
            assert_eq!((&computed.body["known_until_on"], computed.body["line_amounts"].as_array().unwrap().len()), (&json!("2026-06-30"), 8));
            walk(app, "forecasts", &computed.id(), &["published", "locked"]).await;
        }
    }

    the_accuracy_of_a_forecast_is_told_when_its_periods_are_closed(app) {
        let books = Books::open(app).await;
        let (_, lines) = books.active(app, 1, Value::Null, &["400.00"]).await;
        let expected: Vec<Value> = [(1, "110.00"), (2, "180.00"), (3, "65.00"), (4, "1.00")].iter().map(|(period, amount)| json!({"period": period, "amount": euros(amount)})).collect();
        let forecast = forecast(app, &books, "manual", json!(expected)).await.id();
        let path = format!("{}/accuracy", at("forecasts", &forecast));
        let none = app.get(&app.admin, &path).await.body;
        assert_eq!((&none["mape_percent"], &none["bias"], none["reason"].is_string()), (&Value::Null, &Value::Null, true));
        for (quarter, amount) in [(0, "100.00"), (1, "200.00"), (2, "50.00")] {
            book(app, &books, &lines[0], &format!("D-{quarter}"), quarter, amount).await;
            walk(app, "fiscal-periods", &books.quarters[quarter], &["soft_closed", "closed"]).await;
        }
        let told = app.get(&app.admin, &path).await.body;
        // 10 %, 10 % and 30 %; +10 − 20 + 15 = 5, over three quarters and 350.
        assert_eq!((&told["mape_percent"], &told["bias"], &told["bias_percent"]), (&json!(16.666667), &euros("1.67"), &json!(1.428571)), "{told}");
        assert_eq!((told["periods"].as_array().unwrap().len(), &told["periods"][1]["error"]), (3, &euros("-20.00")));
    }

    a_variance_is_split_without_residual(app) {
        let books = Books::open(app).await;
        made(app, "exchange-rates", json!({"kind": "budget", "from_currency": "USD", "to_currency": "EUR", "valid_on": "2026-01-01", "rate": "0.90", "source": "Treasury"})).await;
        let budget = books.budget(app, 1, Value::Null).await;
        // 10 at $100 at 0.90.
        let mut body = books.line_body(&budget, "Licences", "900.00");
        let members = [("quantity", json!("10")), ("unit", json!("user")), ("unit_price", json!({"amount": "100", "currency": "USD"}))];
        body.as_object_mut().unwrap().extend(members.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let line = made(app, "budget-lines", body.clone()).await;
        let plain = books.line(app, &budget, "Travel", "500.00").await;
        body["unit_price"]["currency"] = "EUR".into();
        body["name"] = "Wrong".into();
        assert_eq!(try_to_make(app, "budget-lines", body).await.broken(), ["/amount product"], "10 · 100 is not 900");
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        // 12 at $110 at 0.95 are 1,254.
        let mut entry = books.entry(Some(&line), "1", "0.00");
        let dollars = json!({"amount": "1320.00", "currency": "USD"});
        for (name, value) in [("net", dollars.clone()), ("gross", dollars), ("exchange_rate", json!("0.95")), ("base_amount", euros("1254.00")), ("quantity", json!("12"))] {
            entry[name] = value;
        }
        made(app, "cost-entries", entry).await;
        made(app, "cost-entries", books.entry(Some(&plain), "2", "450.00")).await;
        let told = app.get(&app.admin, &format!("/api/v1/finance/variance-analysis?budget_id={budget}")).await.body;
        let parts = |of: &Value| ["price", "volume", "currency", "residual", "total"].map(|name| of[name]["amount"].as_str().unwrap_or("null").to_owned());
        // Price 10 · 12 · 0.90, volume 2 · 100 · 0.90, currency 1,320 · 0.05.
        assert_eq!(parts(&told["data"][0]), ["108.00", "180.00", "66.00", "0.00", "354.00"], "{told}");
        assert_eq!((&told["data"][0]["budget"], &told["data"][0]["actual"]), (&euros("900.00"), &euros("1254.00")));
        assert_eq!(parts(&told["data"][1]), ["-50.00", "0.00", "0.00", "0.00", "-50.00"], "without a price it is one piece");
        assert_eq!((parts(&told), &told["sign"]), (["58.00", "180.00", "66.00", "0.00", "304.00"].map(str::to_owned), &json!("positive_is_adverse")));
        // In the first quarter a quarter of the plan is due: 2.5 licences, and 125.
        let first = app.get(&app.admin, &format!("/api/v1/finance/variance-analysis?budget_id={budget}&to_period=1")).await.body;
        assert_eq!(parts(&first["data"][0]), ["108.00", "855.00", "66.00", "0.00", "1029.00"], "{first}");
        assert_eq!(parts(&first["data"][1])[4], "325.00");
        assert_eq!(app.get(&app.admin, "/api/v1/finance/variance-analysis").await.status, 400);
    }
}
