//! How the year of a budget runs, worked by hand: variance to date, burn, runway and outlook.

use super::*;
use crate::on_both;

on_both! {
    the_year_of_a_budget_runs_as_its_periods_say(app) {
        let books = Books::open(app).await;
        // 400 and 800 a year are 100 and 200 a quarter.
        let (budget, lines) = books.active(app, 1, Value::Null, &["400.00", "800.00"]).await;
        for (line, document, amount, quarter, day) in [(0, "1", "90.00", 0, "2026-02-10"), (1, "2", "230.00", 0, "2026-02-10"), (0, "3", "60.00", 1, "2026-05-04")] {
            let mut entry = books.entry(Some(&lines[line]), document, amount);
            (entry["fiscal_period_id"], entry["posted_on"]) = (json!(books.quarters[quarter]), day.into());
            made(app, "cost-entries", entry).await;
        }
        let source = source(app).await;
        commit(app, &lines[1], &books.quarters[2], &source, euros("250.00"), Value::Null).await;
        walk(app, "fiscal-periods", &books.quarters[0], &["soft_closed", "closed"]).await;
        let amounts: Vec<Value> = [(2, "280.00"), (3, "240.00"), (4, "310.00")].iter().map(|(period, amount)| json!({"period": period, "amount": euros(amount)})).collect();
        let forecast = json!({"name": "F", "scope_id": books.center, "fiscal_year_id": books.year, "budget_id": budget, "method": "manual", "currency": "EUR", "amounts": amounts});
        let forecast = made(app, "forecasts", forecast).await;
        let before = position(app, &budget).await;
        walk(app, "forecasts", &forecast, &["published"]).await;
        let told = position(app, &budget).await;
        // Today is 2026-06-15: the first quarter has ended, 300 − 320.
        assert_eq!((&told["variance_to_date"], &told["variance_percent"]), (&euros("-20.00"), &json!(-6.666667)), "{told}");
        // One quarter is closed: 320. Available: 1200 − 380 − 250 = 570; 570 ÷ 320.
        assert_eq!((&told["available"], &told["burn_per_period"], &told["runway_periods"]), (&euros("570.00"), &euros("320.00"), &json!(1.78125)));
        // Without a forecast 320 + 60 + 250 + 0; with it 320 + max(60, 280) + max(250, 240) + max(0, 310).
        assert_eq!((&before["full_year_outlook"], &told["full_year_outlook"]), (&euros("630.00"), &euros("1160.00")));
        assert_eq!(told["total"]["available"], told["available"]);
        let line = app.get(&app.admin, &format!("/api/v1/finance/budget-lines/{}/position?as_of=2026-06-30", lines[0])).await.body;
        // By the end of June 200 − 150; without a forecast by line 90 + 60.
        assert_eq!((&line["variance_to_date"], &line["variance_percent"], &line["full_year_outlook"]), (&euros("50.00"), &json!(25), &euros("150.00")), "{line}");
        assert_eq!((&line["budget_line"]["id"], &line["available"], &line["consumption_percent"]), (&json!(lines[0]), &euros("250.00"), &json!(37.5)));
        assert_eq!(told["lines"][0]["figures"]["burn_per_period"], euros("90.00"));
    }

    lists_of_budgets_and_of_their_lines_have_the_same_figures(app) {
        let books = Books::open(app).await;
        let (budget, lines) = books.active(app, 1, Value::Null, &["400.00", "800.00"]).await;
        made(app, "cost-entries", books.entry(Some(&lines[0]), "1", "90.00")).await;
        let empty = books.budget(app, 2, Value::Null).await;
        let told = position(app, &budget).await;
        let listed = app.get(&app.admin, "/api/v1/finance/budgets?figures=true").await.body["data"].clone();
        for name in ["budget", "transfers_in", "transfers_out", "reserved", "actual", "open_commitments", "available", "consumption_percent", "variance_to_date", "variance_percent", "burn_per_period", "runway_periods", "full_year_outlook"] {
            assert_eq!(listed[0]["figures"][name], told[name], "{name}");
        }
        assert_eq!((&listed[1]["id"], &listed[1]["figures"]["available"]), (&json!(empty), &euros("0.00")));
        let of_lines = app.get(&app.admin, "/api/v1/finance/budget-lines?figures=true").await.body["data"].clone();
        assert_eq!((&of_lines[0]["figures"], &of_lines[1]["figures"]["available"]), (&told["lines"][0]["figures"], &euros("800.00")));
    }
}
