//! Budgets: one is active, its baseline stays, and what is promised comes from its source alone.

use super::*;
use crate::on_both;

on_both! {
    one_version_of_a_budget_is_active_for_a_scope_and_year(app) {
        let books = Books::open(app).await;
        let mut versions = Vec::new();
        for version in 1..=6 {
            let budget = books.budget(app, version, Value::Null).await;
            books.line(app, &budget, "A", "100.00").await;
            walk(app, "budgets", &budget, &["submitted", "approved"]).await;
            versions.push(budget);
        }
        let answers = futures_util::future::join_all(versions.iter().map(|id| go(app, "budgets", id, "active"))).await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 5), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        let (active, other) = (answers.iter().position(|answer| answer.status == 200).unwrap(), answers.iter().position(|answer| answer.status == 409).unwrap());
        assert_eq!(answers[other].broken(), [" another"]);
        walk(app, "budgets", &versions[active], &["superseded"]).await;
        walk(app, "budgets", &versions[other], &["active"]).await;
        let twice = json!({"name": "Twice", "scope_id": books.center, "fiscal_year_id": books.year, "currency": "EUR", "version": 1});
        assert_eq!(try_to_make(app, "budgets", twice).await.status, 409, "a version is there once");
        // An active one is superseded, not deleted.
        walk(app, "budgets", &versions[other], &["superseded"]).await;
        let third = versions.iter().enumerate().find(|(place, _)| ![active, other].contains(place)).map(|(_, id)| id).unwrap();
        walk(app, "budgets", third, &["active"]).await;
        assert_eq!(app.delete(&app.admin, &at("budgets", third), "*").await.broken(), [" not_deletable"]);
        // Another year or another scope has its own.
        let center = made(app, "cost-centers", json!({"code": "CC-2", "name": "Other"})).await;
        let elsewhere = made(app, "budgets", json!({"name": "Other", "scope_id": center, "fiscal_year_id": books.year, "currency": "EUR"})).await;
        books.line(app, &elsewhere, "A", "1.00").await;
        walk(app, "budgets", &elsewhere, &["submitted", "approved", "active"]).await;
    }

    approval_freezes_the_lines_of_a_budget(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        assert_eq!(go(app, "budgets", &budget, "submitted").await.broken(), [" parts"], "a budget of nothing");
        let line = books.line(app, &budget, "A", "100.00").await;
        walk(app, "budgets", &budget, &["submitted"]).await;
        assert_eq!(go(app, "budgets", &budget, "approved").await.broken(), [" four_eyes"]);
        walk(app, "budgets", &budget, &["approved"]).await;
        assert_eq!(app.patch(&app.admin, &at("budget-lines", &line), "*", &json!({"amount": euros("200.00")})).await.broken(), ["/budget_id parent_state"]);
        assert_eq!(app.delete(&app.admin, &at("budget-lines", &line), "*").await.status, 409);
        assert_eq!(try_to_make(app, "budget-lines", books.line_body(&budget, "B", "1.00")).await.broken(), ["/budget_id parent_state"]);
        assert_eq!(app.patch(&app.admin, &at("budgets", &budget), "*", &json!({"control": null, "name": "Other"})).await.status, 409);
    }

    no_client_makes_or_changes_a_commitment(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let line = books.line(app, &budget, "A", "100.00").await;
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let source = source(app).await;
        let id = commit(app, &line, &books.quarters[0], &source, euros("10.00"), Value::Null).await;
        let body = json!({"budget_line_id": line, "fiscal_period_id": books.quarters[0], "source_id": source, "amount": euros("1.00")});
        assert_eq!(try_to_make(app, "commitments", body.clone()).await.status, 405);
        assert_eq!(app.patch(&app.admin, &at("commitments", &id), "*", &json!({"relieved": euros("10.00")})).await.status, 405);
        assert_eq!(app.delete(&app.admin, &at("commitments", &id), "*").await.status, 405);
        let bulk = json!({"atomic": false, "operations": [
            {"op": "create", "collection": "finance/commitments", "body": body},
            {"op": "update", "collection": "finance/commitments", "id": id, "if_match": "*", "body": {"relieved": euros("10.00")}},
            {"op": "delete", "collection": "finance/commitments", "id": id, "if_match": "*"},
        ]});
        let results = app.post(&app.admin, "/api/v1/platform/bulk", &bulk).await;
        for result in results.body["results"].as_array().unwrap() {
            assert!(result["status"].as_i64().unwrap() >= 400, "{}", results.text);
        }
        let import = app.call(&app.admin, "POST", "/api/v1/platform/imports?collection=finance/commitments", &[("Content-Type", "application/x-ndjson")], Some(body.to_string())).await;
        assert!(import.status >= 400, "{}", import.text);
        let there = app.get(&app.admin, "/api/v1/finance/commitments?include_total=true").await;
        assert_eq!((&there.body["total_count"], &there.body["data"][0]["relieved"]), (&json!(1), &Value::Null));
        // Nor is it moved by anybody but its source.
        for state in ["relieved", "partially_relieved", "released"] {
            assert_eq!(go(app, "commitments", &id, state).await.status, 409, "{state}");
            let bulk = json!({"atomic": false, "operations": [{"op": "transition", "collection": "finance/commitments", "id": id, "if_match": "*", "body": {"to": state}}]});
            assert_eq!(app.post(&app.admin, "/api/v1/platform/bulk", &bulk).await.body["results"][0]["status"], json!(409), "{state}");
        }
    }

    a_cost_center_does_not_end_while_commitments_on_it_are_open(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let line = books.line(app, &budget, "A", "100.00").await;
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let source = source(app).await;
        let id = commit(app, &line, &books.quarters[2], &source, euros("10.00"), Value::Null).await;
        let end = async |on: &str| app.patch(&app.admin, &at("cost-centers", &books.center), "*", &json!({"ends_on": on})).await;
        for on in ["2026-06-14", "2026-06-15", "2026-09-29"] {
            assert_eq!(end(on).await.broken(), ["/ends_on open_commitments"], "{on}");
        }
        assert_eq!(end("2026-09-30").await.status, 200, "with the period in which it is expected");
        release(app, &id).await;
        assert_eq!(end("2026-06-14").await.status, 200);
    }
}
