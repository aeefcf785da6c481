//! Versions of a budget: what hangs on one hangs on the next.

use super::*;
use crate::on_both;

on_both! {
    what_one_version_of_a_budget_has_bound_and_spent_counts_in_the_next(app) {
        let books = Books::open(app).await;
        let block = json!({"requisition": "warn", "order": "block", "invoice": "warn", "allocation": "block", "basis": "annual", "tolerance_percent": 0});
        let first = books.budget(app, 1, block.clone()).await;
        let line = books.line(app, &first, "Servers", "1000.00").await;
        walk(app, "budgets", &first, &["submitted", "approved", "active"]).await;
        let source = source(app).await;
        commit(app, &line, &books.quarters[2], &source, euros("800.00"), Value::Null).await;
        made(app, "cost-entries", books.entry(Some(&line), "1", "100.00")).await;
        let lineage = app.get(&app.admin, &at("budget-lines", &line)).await.body["lineage_id"].clone();
        assert_eq!(lineage, json!(line));

        let second = json!({"name": "Second", "scope_id": books.center, "fiscal_year_id": books.year, "currency": "EUR", "version": 2, "supersedes_id": first, "control": block});
        let second = made(app, "budgets", second).await;
        let next = books.line(app, &second, "servers", "1000.00").await;
        assert_eq!(app.get(&app.admin, &at("budget-lines", &next)).await.body["lineage_id"], lineage, "by its name");
        let mut named = books.line_body(&second, "Other", "0.00");
        named["lineage_id"] = lineage.clone();
        assert_eq!(try_to_make(app, "budget-lines", named.clone()).await.broken(), ["/lineage_id duplicate"]);
        named["lineage_id"] = steward::resource::Id::new().to_string().into();
        assert_eq!(try_to_make(app, "budget-lines", named).await.broken(), ["/lineage_id lineage"]);
        walk(app, "budgets", &second, &["submitted", "approved"]).await;
        // One move swaps them.
        walk(app, "budgets", &second, &["active"]).await;
        assert_eq!(app.get(&app.admin, &at("budgets", &first)).await.body["state"], json!("superseded"));
        let told = position(app, &second).await["total"].clone();
        assert_eq!((&told["open_commitments"], &told["actual"], &told["available"]), (&euros("800.00"), &euros("100.00"), &euros("100.00")), "{told}");
        let definition = app.served.store.definitions.get("finance/commitments").unwrap();
        let body = json!({"budget_line_id": next, "fiscal_period_id": books.quarters[2], "source_id": source, "amount": euros("100.01")});
        let make = move |writer: &mut Writer<'_>| writer.create(definition, body.as_object().unwrap().clone()).map(drop);
        assert!(app.served.store.write(&Arc::new(Session::system()), &Origin::system(), make).await.is_err(), "100 are left");
        commit(app, &next, &books.quarters[2], &source, euros("100.00"), Value::Null).await;
    }

    the_next_version_of_a_budget_is_drafted_with_its_lines(app) {
        let books = Books::open(app).await;
        let (first, lines) = books.active(app, 1, Value::Null, &["1000.00", "500.00"]).await;
        made(app, "cost-entries", books.entry(Some(&lines[0]), "1", "100.00")).await;
        let drafted = app.post(&app.admin, &format!("/api/v1/finance/budgets/{first}/new-version"), &json!({"name": "In June"})).await;
        assert_eq!(drafted.status, 201, "{}", drafted.text);
        assert_eq!((&drafted.body["version"], &drafted.body["supersedes_id"], &drafted.body["state"], &drafted.body["name"]), (&json!(2), &json!(first), &json!("draft"), &json!("In June")));
        let second = drafted.id();
        let told = position(app, &second).await;
        assert_eq!((&told["total"]["budget"], &told["total"]["actual"]), (&euros("1500.00"), &euros("100.00")), "{told}");
        walk(app, "budgets", &second, &["submitted", "approved", "active"]).await;
        assert_eq!(app.get(&app.admin, &at("budgets", &first)).await.body["state"], json!("superseded"));
    }

    a_forecast_counts_for_every_version_of_its_budget(app) {
        let books = Books::open(app).await;
        let (first, _) = books.active(app, 1, Value::Null, &["1000.00"]).await;
        let publish = async |amount: &str| {
            let amounts: Vec<Value> = (1..=4).map(|period| json!({"period": period, "amount": euros(amount)})).collect();
            let body = json!({"name": "F", "scope_id": books.center, "fiscal_year_id": books.year, "budget_id": first, "method": "manual", "currency": "EUR", "amounts": amounts});
            walk(app, "forecasts", &made(app, "forecasts", body).await, &["published"]).await;
        };
        publish("330.00").await;
        let second = app.post(&app.admin, &format!("/api/v1/finance/budgets/{first}/new-version"), &json!({"name": "In June"})).await.id();
        walk(app, "budgets", &second, &["submitted", "approved", "active"]).await;
        let outlooks = async || {
            let listed = app.get(&app.admin, "/api/v1/finance/budgets?figures=true").await.body["data"].clone();
            listed.as_array().unwrap().iter().map(|budget| budget["figures"]["full_year_outlook"]["amount"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        for _ in 0..5 {
            assert_eq!(outlooks().await, ["1320.00", "1320.00"]);
        }
        assert_eq!(position(app, &second).await["full_year_outlook"], euros("1320.00"));
        publish("100.00").await;
        assert_eq!(outlooks().await, ["400.00", "400.00"], "the last of those that know the same counts");
    }

    the_forecast_of_a_line_counts_in_the_next_version(app) {
        let books = Books::open(app).await;
        let (first, lines) = books.active(app, 1, Value::Null, &["1000.00"]).await;
        made(app, "cost-entries", books.entry(Some(&lines[0]), "1", "90.00")).await;
        walk(app, "fiscal-periods", &books.quarters[0], &["soft_closed", "closed"]).await;
        let body = json!({"name": "F", "scope_id": books.center, "fiscal_year_id": books.year, "budget_id": first, "method": "run_rate", "currency": "EUR"});
        walk(app, "forecasts", &made(app, "forecasts", body).await, &["published"]).await;
        let second = app.post(&app.admin, &format!("/api/v1/finance/budgets/{first}/new-version"), &json!({"name": "In June"})).await.id();
        walk(app, "budgets", &second, &["submitted", "approved", "active"]).await;
        // 90 were booked in the first quarter, and 90 are expected in each of the others.
        assert_eq!(position(app, &second).await["lines"][0]["figures"]["full_year_outlook"], euros("360.00"));
    }
}
