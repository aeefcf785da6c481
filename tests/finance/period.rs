//! Fiscal periods: they tile the year, and a closed one takes no postings.

use super::*;
use crate::on_both;

on_both! {
    the_periods_of_a_year_follow_each_other_without_gap_or_overlap(app) {
        let year = made(app, "fiscal-years", json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        let period = async |number: u32, starts: &str, ends: &str, adjustment: bool| {
            let body = json!({"fiscal_year_id": year, "number": number, "name": "P", "starts_on": starts, "ends_on": ends, "adjustment": adjustment});
            try_to_make(app, "fiscal-periods", body).await
        };
        let first = period(1, "2026-01-01", "2026-01-31", false).await;
        assert_eq!(first.status, 201, "{}", first.text);
        for (number, starts, ends, adjustment, said) in [
            (2, "2026-01-31", "2026-02-28", false, "/starts_on overlap"),
            (2, "2026-01-10", "2026-01-20", false, "/starts_on overlap"),
            (2, "2026-02-02", "2026-02-28", false, "/starts_on gap"),
            (2, "2025-12-01", "2025-12-31", false, "/ends_on outside"),
            (2, "2026-02-01", "2027-01-01", false, "/ends_on outside"),
            (13, "2026-11-30", "2026-11-30", true, "/ends_on not_at_the_end"),
        ] {
            let refused = period(number, starts, ends, adjustment).await;
            assert_eq!((refused.status, refused.broken()), (409, vec![said.to_owned()]), "{starts}: {}", refused.text);
        }
        assert_eq!(period(1, "2026-02-01", "2026-02-28", false).await.status, 409, "the number is taken");
        let second = period(2, "2026-02-01", "2026-02-28", false).await.id();
        let third = period(3, "2026-03-01", "2026-12-31", false).await.id();
        let closing = period(13, "2026-12-31", "2026-12-31", true).await;
        assert_eq!(closing.status, 201, "it lies over the last day: {}", closing.text);
        assert_eq!(app.delete(&app.admin, &at("fiscal-periods", &second), "*").await.broken(), [" gap"]);
        assert_eq!(app.patch(&app.admin, &at("fiscal-periods", &second), "*", &json!({"ends_on": "2026-02-27"})).await.broken(), ["/starts_on gap"]);
        assert_eq!(app.patch(&app.admin, &at("fiscal-years", &year), "*", &json!({"ends_on": "2026-11-30"})).await.broken(), ["/ends_on periods_outside"]);
        assert_eq!(app.delete(&app.admin, &at("fiscal-periods", &third), "*").await.status, 204, "from the last one back");
        assert_eq!(app.delete(&app.admin, &at("fiscal-periods", &first.id()), "*").await.status, 204, "or from the first one on");
    }

    of_many_periods_that_race_for_the_same_days_one_is_made(app) {
        let year = made(app, "fiscal-years", json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        let body = |number: u32| json!({"fiscal_year_id": year, "number": number, "name": "P", "starts_on": "2026-01-01", "ends_on": "2026-01-31"});
        let answers = futures_util::future::join_all((1..=12).map(|number| try_to_make(app, "fiscal-periods", body(number)))).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 11));
    }

    a_closed_period_takes_no_postings_until_it_is_reopened(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let (line, other) = (books.line(app, &budget, "A", "100.00").await, books.line(app, &budget, "B", "100.00").await);
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let quarter = &books.quarters[0];
        let body = json!({"from_line_id": line, "to_line_id": other, "fiscal_period_id": quarter, "amount": euros("10.00"), "reason": "Needed."});
        let moved = made(app, "budget-transfers", body).await;
        walk(app, "budget-transfers", &moved, &["submitted", "approved"]).await;
        let accrued = json!({"name": "Consulting", "fiscal_period_id": quarter, "amount": euros("10.00"), "posted_on": "2026-02-10", "reverses_on": "2026-04-01"});
        let accrual = made(app, "accruals", accrued.clone()).await;
        let post = async |document: &str| try_to_make(app, "cost-entries", books.entry(Some(&line), document, "1.00")).await;
        assert_eq!(post("open").await.status, 201);
        walk(app, "fiscal-periods", quarter, &["soft_closed"]).await;
        assert_eq!(post("soft").await.status, 201, "only closed ones refuse");
        walk(app, "fiscal-periods", quarter, &["closed"]).await;
        let refused = post("closed").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/fiscal_period_id closed".to_owned()]), "{}", refused.text);
        let bulk = json!({"atomic": false, "operations": [{"op": "create", "collection": "finance/cost-entries", "body": books.entry(Some(&line), "bulk", "1.00")}]});
        assert_eq!(app.post(&app.admin, "/api/v1/platform/bulk", &bulk).await.body["results"][0]["status"], json!(409));
        let row = books.entry(Some(&line), "import", "1.00").to_string();
        let import = app.call(&app.admin, "POST", "/api/v1/platform/imports?collection=finance/cost-entries", &[("Content-Type", "application/x-ndjson")], Some(row)).await;
        assert_eq!(import.status, 422, "{}", import.text);
        assert_eq!(go(app, "budget-transfers", &moved, "posted").await.broken(), ["/fiscal_period_id state"]);
        assert_eq!(go(app, "accruals", &accrual, "posted").await.status, 409);

        // Who closes does not yet reopen.
        let rights = ["finance.fiscal_periods:read", "finance.fiscal_periods:update", "finance.fiscal_periods:close", "finance.fiscal_periods:soft_close", "finance.fiscal_periods:open"];
        let closer = holder(app, "closer", &rights).await;
        let path = at("fiscal-periods", quarter);
        assert_eq!(app.transition(&closer, &path, "open").await.status, 403);
        let opener = holder(app, "opener", &["finance.fiscal_periods:read", "finance.fiscal_periods:reopen"]).await;
        assert_eq!(app.transition(&opener, &path, "open").await.body["state"], json!("open"));
        assert_eq!(app.transition(&opener, &path, "closed").await.status, 403);
        assert_eq!(post("again").await.status, 201);
        assert_eq!(go(app, "budget-transfers", &moved, "posted").await.status, 200);
        assert_eq!(go(app, "accruals", &accrual, "posted").await.status, 200);
        let mut outside = books.entry(Some(&line), "outside", "1.00");
        outside["posted_on"] = "2026-04-01".into();
        assert_eq!(try_to_make(app, "cost-entries", outside).await.broken(), ["/posted_on outside"]);
    }

    fiscal_years_have_no_day_in_common(app) {
        let year = async |code: &str, starts: &str, ends: &str| try_to_make(app, "fiscal-years", json!({"code": code, "name": code, "starts_on": starts, "ends_on": ends})).await;
        assert_eq!(year("FY26", "2026-01-01", "2026-12-31").await.status, 201);
        assert_eq!(year("SHORT", "2026-12-31", "2027-06-30").await.broken(), ["/starts_on overlap"]);
        let next = year("FY27", "2027-01-01", "2027-12-31").await.id();
        assert_eq!(app.patch(&app.admin, &at("fiscal-years", &next), "*", &json!({"starts_on": "2026-12-31"})).await.broken(), ["/starts_on overlap"]);
    }
}
