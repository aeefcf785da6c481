//! Limits that hold on every way: a new version, a transfer and its reversal, a closed period, the hours of people.

use super::*;
use crate::on_both;

fn held(basis: &str) -> Value {
    json!({"requisition": "warn", "order": "block", "invoice": "warn", "allocation": "block", "basis": basis, "tolerance_percent": 0})
}

/// A line with 300 in each quarter, another without anything bound, and the budget.
async fn lines(app: &TestApp, books: &Books, basis: &str) -> (String, Vec<String>) {
    books.active(app, 1, held(basis), &["1200.00", "1200.00"]).await
}

/// A transfer of a period, submitted.
async fn submit(app: &TestApp, (from, to): (&str, &str), period: Value, amount: &str) -> (String, Answer) {
    let body = json!({"from_line_id": from, "to_line_id": to, "fiscal_period_id": period, "amount": euros(amount), "reason": "Needed there."});
    let id = made(app, "budget-transfers", body).await;
    let answer = go(app, "budget-transfers", &id, "submitted").await;
    (id, answer)
}

on_both! {
    a_new_version_holds_what_the_one_before_has_bound(app) {
        let books = Books::open(app).await;
        let (first, lines) = books.active(app, 1, held("annual"), &["1000.00"]).await;
        commit(app, &lines[0], &books.quarters[2], &source(app).await, euros("800.00"), Value::Null).await;
        let drafted = app.post(&app.admin, &format!("/api/v1/finance/budgets/{first}/new-version"), &json!({})).await;
        assert_eq!(drafted.status, 201, "{}", drafted.text);
        let second = drafted.id();
        let copied = app.get(&app.admin, &format!("/api/v1/finance/budget-lines?budget_id={second}")).await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let lowered = app.patch(&app.admin, &at("budget-lines", &copied), "*", &json!({"amount": euros("500.00")})).await;
        assert_eq!(lowered.status, 200, "{}", lowered.text);
        walk(app, "budgets", &second, &["submitted", "approved"]).await;
        let short = go(app, "budgets", &second, "active").await;
        assert_eq!((short.status, short.broken()), (409, vec![" funds".to_owned()]), "{}", short.text);

        let another = app.post(&app.admin, &format!("/api/v1/finance/budgets/{first}/new-version"), &json!({})).await;
        let third = another.id();
        let copied = app.get(&app.admin, &format!("/api/v1/finance/budget-lines?budget_id={third}")).await.body["data"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(app.delete(&app.admin, &at("budget-lines", &copied), "*").await.status, 204);
        books.line(app, &third, "Other", "1000.00").await;
        walk(app, "budgets", &third, &["submitted", "approved"]).await;
        let lost = go(app, "budgets", &third, "active").await;
        assert_eq!((lost.status, lost.broken()), (409, vec![" lineage".to_owned()]), "{}", lost.text);
    }

    a_transfer_leaves_each_part_of_the_year_what_it_has_bound(app) {
        let books = Books::open(app).await;
        let (_, lines) = lines(app, &books, "year_to_date").await;
        let (from, to) = (lines[0].as_str(), lines[1].as_str());
        // 1,100 of the 1,200 up to the last quarter are bound there.
        commit(app, from, &books.quarters[3], &source(app).await, euros("1100.00"), Value::Null).await;
        let first = json!(books.quarters[0]);
        let beyond = submit(app, (from, to), first.clone(), "100.01").await.1;
        assert_eq!((beyond.status, beyond.broken()), (409, vec!["/from_line_id available".to_owned()]), "{}", beyond.text);
        assert_eq!(submit(app, (from, to), first, "100.00").await.1.status, 200);
    }

    what_a_period_lives_on_is_not_taken_back(app) {
        let books = Books::open(app).await;
        let (_, lines) = lines(app, &books, "period").await;
        let (to, from) = (lines[0].as_str(), lines[1].as_str());
        let (transfer, submitted) = submit(app, (from, to), Value::Null, "600.00").await;
        assert_eq!(submitted.status, 200, "{}", submitted.text);
        walk(app, "budget-transfers", &transfer, &["approved", "posted"]).await;
        commit(app, to, &books.quarters[2], &source(app).await, euros("500.00"), Value::Null).await;
        let back = go(app, "budget-transfers", &transfer, "reversed").await;
        assert_eq!((back.status, back.broken()), (409, vec!["/to_line_id available".to_owned()]), "200 of it are needed: {}", back.text);
        let own = submit(app, (to, from), json!(books.quarters[2]), "0.01").await.1;
        assert_eq!(own.status, 200, "400 of what came without a period are free: {}", own.text);
    }

    a_closed_period_takes_nothing_whatever_the_control_says(app) {
        let books = Books::open(app).await;
        let (_, lines) = books.active(app, 1, Value::Null, &["1000.00"]).await;
        walk(app, "fiscal-periods", &books.quarters[0], &["soft_closed", "closed"]).await;
        for event in ["order", "invoice", "time"] {
            let body = json!({"budget_line_id": lines[0], "period": 1, "amount": euros("1.00"), "event": event});
            let told = app.post(&app.admin, "/api/v1/finance/funds-checks", &body).await.body;
            assert_eq!((&told["verdict"], &told["rule"]["condition"]), (&json!("block"), &json!("closed_period")), "{event}: {told}");
        }
        let definition = app.served.store.definitions.get("finance/commitments").unwrap();
        let body = json!({"budget_line_id": lines[0], "fiscal_period_id": books.quarters[0], "source_id": source(app).await, "amount": euros("1.00")});
        let make = move |writer: &mut Writer<'_>| writer.create(definition, body.as_object().unwrap().clone()).map(drop);
        assert!(app.served.store.write(&Arc::new(Session::system()), &Origin::system(), make).await.is_err());
    }

    the_hours_of_people_are_committed_and_relieved(app) {
        let books = Books::open(app).await;
        let (budget, lines) = books.active(app, 1, held("annual"), &["30000.00"]).await;
        let body = json!({"name": "Ann", "email": "ann@people.example.org", "weekly_hours": 40});
        let ann = app.make("teams/people", &body).await["id"].as_str().unwrap().to_owned();
        made(app, "labor-rates", json!({"subject_id": ann, "starts_on": "2026-01-01", "hourly_rate": euros("50.00")})).await;
        let allocation = async |percent: u32| {
            let body = json!({"person_id": ann, "starts_on": "2026-06-29", "ends_on": "2026-07-10", "percent": percent, "kind": "soft", "budget_line_id": lines[0]});
            made(app, "allocations", body).await
        };
        let half = allocation(50).await;
        walk(app, "allocations", &half, &["confirmed"]).await;
        // Two days of the second quarter and eight of the third, each 4 hours at 50.
        let promised = app.get(&app.admin, &format!("/api/v1/finance/commitments?source_id={half}&sort=created_at")).await.body["data"].clone();
        let told: Vec<_> = promised.as_array().unwrap().iter().map(|each| (each["amount"]["amount"].clone(), each["fiscal_period_id"].clone())).collect();
        assert_eq!(told, [(json!("400.00"), json!(books.quarters[1])), (json!("1600.00"), json!(books.quarters[2]))]);
        assert_eq!(position(app, &budget).await["open_commitments"], euros("2000.00"));
        walk(app, "allocations", &half, &["released"]).await;
        assert_eq!(position(app, &budget).await["open_commitments"], euros("0.00"));
        let (dear, lines) = (allocation(50).await, lines.clone());
        commit(app, &lines[0], &books.quarters[2], &source(app).await, euros("28000.01"), Value::Null).await;
        let refused = go(app, "allocations", &dear, "confirmed").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/amount funds".to_owned()]), "{}", refused.text);
    }
}
