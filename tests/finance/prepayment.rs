//! Prepayments: the months on which they fall, and what the ledger has booked of them.

use super::{Books, euros, holder, made, position, walk};
use crate::on_both;
use serde_json::{Value, json};

/// First day, last day and amount of each month.
fn months(schedule: &Value) -> Vec<[&str; 3]> {
    let months = schedule["months"].as_array().unwrap().iter();
    months.map(|month| [&month["starts_on"], &month["ends_on"], &month["amount"]["amount"]].map(|value| value.as_str().unwrap())).collect()
}

on_both! {
    a_prepayment_falls_on_its_months_and_shows_what_is_booked(app) {
        let books = Books::open(app).await;
        let paid = async |name: &str, amount: &str, method: &str| {
            let body = json!({"name": name, "amount": euros(amount), "starts_on": "2026-01-16", "ends_on": "2026-03-10", "method": method});
            made(app, "prepayments", body).await
        };
        let (by_days, equal) = (paid("Licences", "54.00", "by_days").await, paid("Maintenance", "1.00", "equal").await);
        let mut entry = books.entry(None, "PP-1", "16.00");
        entry["source_id"] = json!(by_days);
        made(app, "cost-entries", entry).await;
        made(app, "cost-entries", books.entry(None, "OTHER", "7.00")).await;

        let path = |id: &str| format!("/api/v1/finance/prepayments/{id}/schedule");
        let schedule = app.get(&app.admin, &path(&by_days)).await.body;
        // 16, 28 and 10 of 54 days.
        let expected = [["2026-01-16", "2026-01-31", "16.00"], ["2026-02-01", "2026-02-28", "28.00"], ["2026-03-01", "2026-03-10", "10.00"]];
        assert_eq!(months(&schedule), expected, "{schedule}");
        assert_eq!([&schedule["amount"], &schedule["booked"], &schedule["remaining"]], [&euros("54.00"), &euros("16.00"), &euros("38.00")]);

        // A third of an euro each; the cent that is left goes to the first month.
        let schedule = app.get(&app.admin, &path(&equal)).await.body;
        assert_eq!(months(&schedule).iter().map(|month| month[2]).collect::<Vec<_>>(), ["0.34", "0.33", "0.33"]);
        assert_eq!([&schedule["booked"], &schedule["remaining"]], [&euros("0.00"), &euros("1.00")]);

        // Without the ledger the schedule is the same, and nothing of it is told to who may not see prepayments.
        assert_eq!(app.get(&holder(app, "ledger_only", &["finance.cost_entries:read"]).await, &path(&by_days)).await.status, 404);
    }

    each_month_of_a_prepayment_books_itself_when_it_has_come(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let line = books.line(app, &budget, "A", "1000.00").await;
        let body = json!({"name": "Maintenance", "amount": euros("240.00"), "starts_on": "2026-02-01", "ends_on": "2028-01-31", "budget_line_id": line, "method": "equal"});
        let paid = made(app, "prepayments", body).await;
        walk(app, "prepayments", &paid, &["active"]).await;
        let counted = async |state: &str| {
            let page = app.get(&app.log_in_as(&app.admin.id.unwrap().to_string()), &format!("/api/v1/finance/prepayment-months?prepayment_id={paid}&state={state}&include_total=true")).await;
            page.body["total_count"].as_i64().unwrap_or_else(|| panic!("{}", page.text))
        };
        assert_eq!((counted("planned").await, counted("posted").await), (24, 0));
        app.worker.work_off().await.unwrap();
        // It is 15 June: February to June have come.
        assert_eq!((counted("planned").await, counted("posted").await), (19, 5));
        assert_eq!(position(app, &budget).await["total"]["actual"], euros("50.00"));
        let entries = app.get(&app.admin, &format!("/api/v1/finance/cost-entries?source=prepayment&source_id={paid}&sort=posted_on")).await;
        let told: Vec<_> = entries.body["data"].as_array().unwrap().iter().map(|entry| (entry["posted_on"].clone(), entry["net"]["amount"].clone(), entry["budget_line_id"].clone())).collect();
        assert_eq!((told.len(), &told[0]), (5, &(json!("2026-02-01"), json!("10.00"), json!(line))));
        let schedule = app.get(&app.admin, &format!("/api/v1/finance/prepayments/{paid}/schedule")).await.body;
        assert_eq!((&schedule["booked"], &schedule["remaining"]), (&euros("50.00"), &euros("190.00")));

        // In the next year it is booked on the category of the line.
        let next = made(app, "fiscal-years", json!({"code": "FY27", "name": "2027", "starts_on": "2027-01-01", "ends_on": "2027-12-31"})).await;
        made(app, "fiscal-periods", json!({"fiscal_year_id": next, "number": 1, "name": "All", "starts_on": "2027-01-01", "ends_on": "2027-12-31"})).await;
        app.clock.set(steward::resource::value::Instant::parse("2027-01-02T09:00:00Z").unwrap());
        app.worker.work_off().await.unwrap();
        assert_eq!((counted("planned").await, counted("posted").await), (12, 12));
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let later = app.get(&admin, &format!("/api/v1/finance/cost-entries?source=prepayment&source_id={paid}&posted_on=2027-01-01")).await.body["data"][0].clone();
        assert_eq!((&later["budget_line_id"], &later["cost_category_id"]), (&Value::Null, &json!(books.opex)));
        assert_eq!(app.transition(&admin, &format!("/api/v1/finance/prepayments/{paid}"), "cancelled").await.status, 200);
        assert_eq!((counted("planned").await, counted("posted").await, counted("cancelled").await), (0, 12, 12));
    }
}
