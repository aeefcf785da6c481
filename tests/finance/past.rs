//! The position of a past day: it is what it was, whatever comes after.

use super::*;
use crate::on_both;
use steward::resource::value::Instant;

/// The position of a budget, as of a day or now.
async fn position_on(app: &TestApp, budget: &str, day: Option<&str>) -> Value {
    let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
    let query = day.map(|day| format!("?as_of={day}")).unwrap_or_default();
    let answer = app.get(&admin, &format!("/api/v1/finance/budgets/{budget}/position{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

fn amounts(position: &Value) -> Vec<Value> {
    ["transfers_in", "transfers_out", "reserved", "actual", "open_commitments", "available"]
        .iter()
        .map(|name| position["total"][*name]["amount"].clone())
        .collect()
}

/// Moves a record as one of two administrators, who log in again when days have passed.
async fn moved(app: &TestApp, collection: &str, id: &str, states: &[&str]) {
    let [admin, second] = [app.admin.id, app.second_admin().await.id].map(|id| app.log_in_as(&id.unwrap().to_string()));
    for state in states {
        let who = if *state == "approved" { &second } else { &admin };
        let moved = app.transition(who, &at(collection, id), state).await;
        assert_eq!(moved.status, 200, "{collection} {state}: {}", moved.text);
    }
}

on_both! {
    the_position_of_a_past_day_does_not_change_when_today_does(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let (a, b) = (books.line(app, &budget, "A", "1000.00").await, books.line(app, &budget, "B", "500.00").await);
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let (next, quarters) = books.next_year(app).await;
        let later = json!({"name": "Next", "scope_id": books.center, "fiscal_year_id": next, "currency": "EUR", "version": 1});
        let later = made(app, "budgets", later).await;
        let c = books.line(app, &later, "C", "100.00").await;
        walk(app, "budgets", &later, &["submitted", "approved", "active"]).await;
        let mut transfers = Vec::new();
        for (amount, states) in [("10.00", &["submitted"] as &[&str]), ("20.00", &["submitted", "approved"]), ("40.00", &["submitted", "approved", "posted"]), ("80.00", &["submitted"]), ("160.00", &[])] {
            let id = transfer(app, &a, &b, amount).await;
            walk(app, "budget-transfers", &id, states).await;
            transfers.push(id);
        }
        let source = source(app).await;
        let kept = commit(app, &b, &books.quarters[1], &source, euros("100.00"), Value::Null).await;
        let released = commit(app, &b, &books.quarters[1], &source, euros("50.00"), Value::Null).await;
        made(app, "cost-entries", books.entry(Some(&b), "1", "5.00")).await;
        // Posted 40; reserved 10, 20 and 80; booked 5; promised 100 and 50.
        let expected: Vec<Value> = ["40.00", "40.00", "110.00", "5.00", "150.00", "1235.00"].iter().map(|text| json!(text)).collect();
        let (now, that_day) = (position_on(app, &budget, None).await, position_on(app, &budget, Some("2026-06-15")).await);
        assert_eq!((amounts(&now), amounts(&that_day)), (expected.clone(), expected.clone()));

        app.clock.set(Instant::parse("2026-06-18T09:00:00Z").unwrap());
        moved(app, "budget-transfers", &transfers[0], &["rejected"]).await;
        moved(app, "budget-transfers", &transfers[1], &["posted"]).await;
        moved(app, "budget-transfers", &transfers[2], &["reversed"]).await;
        moved(app, "budget-transfers", &transfers[3], &["approved", "posted"]).await;
        moved(app, "budget-transfers", &transfers[4], &["submitted"]).await;
        release(app, &released).await;
        // A part of the other promise goes on to the next year, without its budget.
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let carried = json!({"from_line_id": b, "to_line_id": c, "commitment_id": kept, "fiscal_period_id": quarters[0], "amount": euros("30.00"), "with_budget": false, "reason": "It comes late."});
        let carried = app.post(&admin, "/api/v1/finance/carry-forwards", &carried).await.id();
        moved(app, "carry-forwards", &carried, &["submitted", "approved", "posted"]).await;
        // Posted 20 and 80; reserved 160; promised 100 less the 30 that went on.
        let after: Vec<Value> = ["100.00", "100.00", "160.00", "5.00", "70.00", "1265.00"].iter().map(|text| json!(text)).collect();
        let today = amounts(&position_on(app, &budget, None).await);
        assert_eq!(today, after);
        for (day, then) in [("2026-06-15", &expected), ("2026-06-17", &expected), ("2026-06-18", &after)] {
            assert_eq!(&amounts(&position_on(app, &budget, Some(day)).await), then, "{day}");
        }
        // Before any of it: what the ledger had booked by then.
        let before: Vec<Value> = ["0.00", "0.00", "0.00", "5.00", "0.00", "1495.00"].iter().map(|text| json!(text)).collect();
        assert_eq!(amounts(&position_on(app, &budget, Some("2026-06-14")).await), before);
        let whole = position_on(app, &budget, Some("2026-06-15")).await;
        assert_eq!(whole, that_day, "each figure of that day, by line and by period");
    }

    a_period_that_is_closed_later_was_open_on_a_past_day(app) {
        let books = Books::open(app).await;
        let (budget, lines) = books.active(app, 1, Value::Null, &["1000.00"]).await;
        made(app, "cost-entries", books.entry(Some(&lines[0]), "1", "90.00")).await;
        let that_day = position_on(app, &budget, None).await;
        assert_eq!((&that_day["burn_per_period"], &that_day["periods"][0]["closed"]), (&Value::Null, &json!(false)));
        app.clock.set(Instant::parse("2026-06-18T09:00:00Z").unwrap());
        moved(app, "fiscal-periods", &books.quarters[0], &["soft_closed", "closed"]).await;
        let now = position_on(app, &budget, None).await;
        assert_eq!((&now["burn_per_period"], &now["periods"][0]["closed"]), (&euros("90.00"), &json!(true)));
        assert_eq!(position_on(app, &budget, Some("2026-06-15")).await, that_day);
    }
}
