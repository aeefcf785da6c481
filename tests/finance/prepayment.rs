//! Prepayments: the months on which they fall, and what the ledger has booked of them.

use super::{Books, euros, holder, made};
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
}
