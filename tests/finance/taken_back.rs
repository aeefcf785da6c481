//! Steps that are gone back the way they came: what they booked, committed or reserved is as it was before. Today is Monday, 15 June 2026.

use super::*;
use crate::on_both;

/// The entries of a source: line of the document, day and amount.
async fn booked(app: &TestApp, source: &str, id: &str) -> Vec<(i64, String, String)> {
    let page = app.get(&app.admin, &format!("/api/v1/finance/cost-entries?source={source}&source_id={id}&sort=document_line")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = |each: &Value| (each["document_line"].as_i64().unwrap(), text(&each["posted_on"]), text(&each["net"]["amount"]));
    page.body["data"].as_array().unwrap().iter().map(told).collect()
}

fn line(number: i64, day: &str, amount: &str) -> (i64, String, String) {
    (number, day.to_owned(), amount.to_owned())
}

on_both! {
    an_accrual_posted_by_mistake_returns_to_draft_and_is_posted_anew(app) {
        let books = Books::open(app).await;
        let (budget, lines) = books.active(app, 1, Value::Null, &["100.00"]).await;
        let body = json!({"name": "Consulting", "fiscal_period_id": books.quarters[0], "budget_line_id": lines[0], "amount": euros("30.00"), "posted_on": "2026-03-30", "reverses_on": "2026-06-15"});
        let accrual = made(app, "accruals", body).await;
        let before = position(app, &budget).await;
        walk(app, "accruals", &accrual, &["posted"]).await;
        let answers = futures_util::future::join_all((0..4).map(|_| go(app, "accruals", &accrual, "draft"))).await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 3));
        assert_eq!(position(app, &budget).await, before);
        let corrected = app.patch(&app.admin, &at("accruals", &accrual), "*", &json!({"amount": euros("40.00")})).await;
        assert_eq!(corrected.status, 200, "{}", corrected.text);
        walk(app, "accruals", &accrual, &["posted"]).await;
        assert_eq!(position(app, &budget).await["total"]["actual"], euros("40.00"));
        walk(app, "accruals", &accrual, &["reversed"]).await;
        assert_eq!(position(app, &budget).await["total"]["actual"], euros("0.00"));
        let expected = [line(1, "2026-03-30", "30.00"), line(2, "2026-03-30", "-30.00"), line(3, "2026-03-30", "40.00"), line(4, "2026-06-15", "-40.00")];
        assert_eq!(booked(app, "accrual", &accrual).await, expected);
    }

    an_accrual_of_a_closed_period_is_taken_back_in_the_next_open_one(app) {
        let books = Books::open(app).await;
        let (budget, lines) = books.active(app, 1, Value::Null, &["100.00"]).await;
        let body = json!({"name": "Consulting", "fiscal_period_id": books.quarters[0], "budget_line_id": lines[0], "amount": euros("30.00"), "posted_on": "2026-03-30", "reverses_on": "2026-07-01"});
        let accrual = made(app, "accruals", body).await;
        walk(app, "accruals", &accrual, &["posted"]).await;
        walk(app, "fiscal-periods", &books.quarters[0], &["soft_closed", "closed"]).await;
        walk(app, "accruals", &accrual, &["draft"]).await;
        assert_eq!(booked(app, "accrual", &accrual).await, [line(1, "2026-03-30", "30.00"), line(2, "2026-04-01", "-30.00")]);
        assert_eq!(position(app, &budget).await["total"]["actual"], euros("0.00"));
    }

    an_accrual_of_a_year_that_is_closed_is_taken_back_on_the_line_of_its_reversal(app) {
        let books = Books::open(app).await;
        let old = made(app, "fiscal-years", json!({"code": "FY25", "name": "2025", "starts_on": "2025-01-01", "ends_on": "2025-12-31"})).await;
        let period = json!({"fiscal_year_id": old, "number": 1, "name": "All", "starts_on": "2025-01-01", "ends_on": "2025-12-31"});
        let period = made(app, "fiscal-periods", period).await;
        let before = made(app, "budgets", json!({"name": "2025", "scope_id": books.center, "fiscal_year_id": old, "currency": "EUR"})).await;
        let paying = books.line(app, &before, "A", "100.00").await;
        let now = books.budget(app, 1, Value::Null).await;
        let reversing = books.line(app, &now, "B", "100.00").await;
        let body = json!({"name": "Consulting", "fiscal_period_id": period, "budget_line_id": paying, "reversal_line_id": reversing, "amount": euros("30.00"), "posted_on": "2025-12-31", "reverses_on": "2026-01-01"});
        let accrual = made(app, "accruals", body).await;
        walk(app, "accruals", &accrual, &["posted"]).await;
        walk(app, "fiscal-periods", &period, &["soft_closed", "closed"]).await;
        walk(app, "accruals", &accrual, &["draft"]).await;
        assert_eq!(booked(app, "accrual", &accrual).await, [line(1, "2025-12-31", "30.00"), line(2, "2026-01-01", "-30.00")]);
        assert_eq!(position(app, &now).await["total"]["actual"], euros("-30.00"));
    }

    an_accrual_that_was_posted_once_stays_on_record_and_moves_to_a_later_period(app) {
        let books = Books::open(app).await;
        let body = json!({"name": "Consulting", "fiscal_period_id": books.quarters[0], "amount": euros("30.00"), "posted_on": "2026-03-30", "reverses_on": "2026-07-01"});
        let accrual = made(app, "accruals", body).await;
        walk(app, "accruals", &accrual, &["posted", "draft"]).await;
        let closing = format!("{}/closing", at("fiscal-periods", &books.quarters[0]));
        let open = async || app.get(&app.admin, &closing).await.body["open"].clone();
        assert_eq!(open().await, json!(1));
        assert_eq!(app.delete(&app.admin, &at("accruals", &accrual), "*").await.status, 409);
        let later = json!({"fiscal_period_id": books.quarters[1], "posted_on": "2026-04-01"});
        let moved = app.patch(&app.admin, &at("accruals", &accrual), "*", &later).await;
        assert_eq!(moved.status, 200, "{}", moved.text);
        assert_eq!(open().await, json!(0));
    }

    a_prepayment_made_by_hand_is_reversed_with_its_months(app) {
        let books = Books::open(app).await;
        let (budget, lines) = books.active(app, 1, Value::Null, &["1000.00"]).await;
        let body = json!({"name": "Maintenance", "amount": euros("110.00"), "starts_on": "2026-02-01", "ends_on": "2026-12-31", "budget_line_id": lines[0], "method": "equal"});
        let paid = made(app, "prepayments", body).await;
        let before = position(app, &budget).await;
        walk(app, "prepayments", &paid, &["active"]).await;
        app.worker.work_off().await.unwrap();
        // It is June: five of eleven months have come.
        let total = position(app, &budget).await["total"].clone();
        assert_eq!((&total["actual"], &total["open_commitments"]), (&euros("50.00"), &euros("60.00")));
        walk(app, "prepayments", &paid, &["reversed"]).await;
        assert_eq!(position(app, &budget).await, before);
        let months = app.get(&app.admin, &format!("/api/v1/finance/prepayment-months?prepayment_id={paid}&state=reversed&include_total=true")).await;
        assert_eq!(months.body["total_count"], json!(11), "{}", months.text);
        assert_eq!(booked(app, "prepayment", &paid).await.len(), 10);
    }

    a_computed_run_returns_to_draft_and_takes_the_costs_of_the_pool_anew(app) {
        let books = Books::open(app).await;
        let target = made(app, "cost-centers", json!({"code": "CC-A", "name": "A"})).await;
        let rule = json!({"code": "R", "name": "R", "pool_id": books.center, "driver": "even", "targets": [{"cost_center_id": target}]});
        let rule = made(app, "allocation-rules", rule).await;
        let pooled = async |document: &str, amount: &str| {
            let mut entry = books.entry(None, document, amount);
            entry["cost_category_id"] = json!(books.opex);
            made(app, "cost-entries", entry).await;
        };
        pooled("1", "70.00").await;
        let run = made(app, "allocation-runs", json!({"allocation_rule_id": rule, "fiscal_period_id": books.quarters[0]})).await;
        walk(app, "allocation-runs", &run, &["computed"]).await;
        pooled("2", "30.00").await;
        walk(app, "allocation-runs", &run, &["draft"]).await;
        let drafted = app.get(&app.admin, &at("allocation-runs", &run)).await.body;
        assert_eq!((&drafted["amount"], &drafted["basis"]), (&Value::Null, &Value::Null), "{drafted}");
        walk(app, "allocation-runs", &run, &["computed"]).await;
        assert_eq!(app.get(&app.admin, &at("allocation-runs", &run)).await.body["amount"], euros("100.00"));
        walk(app, "allocation-runs", &run, &["draft"]).await;
        assert_eq!(app.delete(&app.admin, &at("allocation-runs", &run), "*").await.status, 204);
    }

    an_approved_transfer_is_revoked_and_reserves_nothing_more(app) {
        let books = Books::open(app).await;
        let (budget, lines) = books.active(app, 1, Value::Null, &["100.00", "0.00"]).await;
        let before = position(app, &budget).await;
        let body = json!({"from_line_id": lines[0], "to_line_id": lines[1], "fiscal_period_id": books.quarters[0], "amount": euros("10.00"), "reason": "Needed."});
        let moved = made(app, "budget-transfers", body).await;
        walk(app, "budget-transfers", &moved, &["submitted", "approved"]).await;
        assert_eq!(position(app, &budget).await["total"]["reserved"], euros("10.00"));
        walk(app, "fiscal-periods", &books.quarters[0], &["soft_closed", "closed"]).await;
        assert_eq!(go(app, "budget-transfers", &moved, "posted").await.broken(), ["/fiscal_period_id state"], "its period has been closed");
        let rejecter = holder(app, "rejecter", &["finance.budget_transfers:read", "finance.budget_transfers:reject"]).await;
        assert_eq!(app.transition(&rejecter, &at("budget-transfers", &moved), "rejected").await.status, 403, "revoking has its own permission");
        walk(app, "budget-transfers", &moved, &["rejected"]).await;
        let after = position(app, &budget).await["total"].clone();
        for figure in ["reserved", "transfers_out", "available"] {
            assert_eq!(after[figure], before["total"][figure], "{figure}");
        }
    }

    an_approved_carry_forward_is_revoked(app) {
        let books = Books::open(app).await;
        let (_, lines) = books.active(app, 1, Value::Null, &["100.00"]).await;
        let (next, _) = books.next_year(app).await;
        let later = json!({"name": "Next", "scope_id": books.center, "fiscal_year_id": next, "currency": "EUR", "version": 1});
        let later = made(app, "budgets", later).await;
        let to = books.line(app, &later, "C", "100.00").await;
        let carried = made(app, "carry-forwards", json!({"from_line_id": lines[0], "to_line_id": to, "amount": euros("30.00"), "reason": "It comes late."})).await;
        walk(app, "carry-forwards", &carried, &["submitted", "approved", "rejected"]).await;
        assert_eq!(go(app, "carry-forwards", &carried, "posted").await.status, 409);
    }
}
