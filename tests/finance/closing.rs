//! The controller's month: periods in one step, what is open in one, and closing in order.

use super::*;
use crate::on_both;

on_both! {
    the_periods_of_a_year_are_made_in_one_step(app) {
        let year = made(app, "fiscal-years", json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        let path = format!("{}/make-periods", at("fiscal-years", &year));
        let answer = app.post(&app.admin, &path, &json!({"length": "month", "adjustment": true})).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let periods = answer.body["data"].as_array().unwrap();
        assert_eq!((periods.len(), &periods[1]["name"], &periods[1]["ends_on"]), (13, &json!("February 2026"), &json!("2026-02-28")));
        assert_eq!((&periods[12]["number"], &periods[12]["adjustment"], &periods[12]["starts_on"]), (&json!(13), &json!(true), &json!("2026-12-31")));
        let listed = app.get(&app.admin, &format!("/api/v1/finance/fiscal-periods?fiscal_year_id={year}&include_total=true")).await;
        assert_eq!((&listed.body["total_count"], &listed.body["data"][0]["state"]), (&json!(13), &json!("open")));
        assert_eq!(app.post(&app.admin, &path, &json!({})).await.broken(), [" duplicate"]);
        let reader = holder(app, "reader", &["finance.fiscal_years:read", "finance.fiscal_periods:read"]).await;
        assert_eq!(app.post(&reader, &path, &json!({})).await.status, 403);
    }

    a_period_says_what_is_open_in_it_and_where(app) {
        let books = Books::open(app).await;
        let quarter = &books.quarters[0];
        let (_, lines) = books.active(app, 1, Value::Null, &["1000.00", "0.00"]).await;
        let path = format!("{}/closing", at("fiscal-periods", quarter));
        let clear = app.get(&app.admin, &path).await.body;
        assert_eq!((&clear["ready"], &clear["open"], &clear["data"]), (&json!(true), &json!(0), &json!([])), "{clear}");
        let accrual = json!({"name": "Consulting", "fiscal_period_id": quarter, "amount": euros("10.00"), "posted_on": "2026-02-10", "reverses_on": "2026-03-01"});
        made(app, "accruals", accrual.clone()).await;
        let posted = made(app, "accruals", accrual).await;
        walk(app, "accruals", &posted, &["posted"]).await;
        let body = json!({"from_line_id": lines[0], "to_line_id": lines[1], "fiscal_period_id": quarter, "amount": euros("10.00"), "reason": "Needed."});
        let moved = made(app, "budget-transfers", body).await;
        walk(app, "budget-transfers", &moved, &["submitted"]).await;
        commit(app, &lines[0], quarter, &source(app).await, euros("5.00"), Value::Null).await;
        let vendor = app.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await["id"].clone();
        let invoice = json!({"vendor_id": vendor, "kind": "invoice", "number": "R-1", "invoiced_on": "2026-03-30", "received_on": "2026-04-02", "net": euros("100.00"), "tax": euros("0.00"), "gross": euros("100.00")});
        app.make("vendors/invoices", &invoice).await;
        let told = app.get(&app.admin, &path).await.body;
        let found: Vec<(&str, &str, i64)> = told["data"].as_array().unwrap().iter().map(|each| {
            (each["check"].as_str().unwrap(), each["collection"].as_str().unwrap(), each["count"].as_i64().unwrap())
        }).collect();
        assert_eq!(found, [
            ("draft_accruals", "finance/accruals", 1), ("unreversed_accruals", "finance/accruals", 1), ("pending_transfers", "finance/budget-transfers", 1),
            ("open_commitments", "finance/commitments", 1), ("unapproved_invoices", "vendors/invoices", 1),
        ]);
        assert_eq!((&told["ready"], &told["open"], &told["data"][4]["records"][0]["title"]), (&json!(false), &json!(5), &json!("R-1")));
        // Of others' records it tells how many, and not which.
        let closer = holder(app, "closer", &["finance.fiscal_periods:read", "finance.fiscal_periods:close"]).await;
        let blind = app.get(&closer, &path).await.body;
        assert_eq!((&blind["open"], &blind["data"][4]["records"]), (&json!(5), &json!([])));
    }

    periods_are_closed_in_order(app) {
        let books = Books::open(app).await;
        let closing = json!({"fiscal_year_id": books.year, "number": 13, "name": "Closing", "starts_on": "2026-12-31", "ends_on": "2026-12-31", "adjustment": true});
        let closing = made(app, "fiscal-periods", closing).await;
        walk(app, "fiscal-periods", &books.quarters[1], &["soft_closed"]).await;
        let refused = go(app, "fiscal-periods", &books.quarters[1], "closed").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" order".to_owned()]), "{}", refused.text);
        let told = app.get(&app.admin, &format!("{}/closing", at("fiscal-periods", &books.quarters[1]))).await.body;
        assert_eq!((&told["closed_after_period"], &told["ended"]), (&json!(1), &json!(false)), "today is 2026-06-15");
        for quarter in &books.quarters {
            assert_eq!(go(app, "fiscal-periods", &closing, "closed").await.status, 409, "it is open, and the others are not closed");
            let state = app.get(&app.admin, &at("fiscal-periods", quarter)).await.body["state"].clone();
            walk(app, "fiscal-periods", quarter, if state == json!("open") { &["soft_closed", "closed"] } else { &["closed"] }).await;
        }
        walk(app, "fiscal-periods", &closing, &["soft_closed", "closed"]).await;
    }
}
