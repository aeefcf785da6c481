//! Budget transfers: money that moves, at most what there is.

use super::*;
use crate::on_both;

on_both! {
    a_transfer_takes_at_most_what_is_available(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let (a, b) = (books.line(app, &budget, "A", "100.00").await, books.line(app, &budget, "B", "0.00").await);
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        made(app, "cost-entries", books.entry(Some(&a), "1", "25.00")).await;
        let source = source(app).await;
        commit(app, &a, &books.quarters[0], &source, euros("15.00"), Value::Null).await;
        // 100 − 25 − 15 = 60.
        let too_much = transfer(app, &a, &b, "60.01").await;
        let refused = go(app, "budget-transfers", &too_much, "submitted").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/from_line_id available".to_owned()]), "{}", refused.text);
        let all = transfer(app, &a, &b, "60.00").await;
        walk(app, "budget-transfers", &all, &["submitted"]).await;
        let more = transfer(app, &a, &b, "0.01").await;
        assert_eq!(go(app, "budget-transfers", &more, "submitted").await.status, 409, "what is submitted is reserved");
        walk(app, "budget-transfers", &all, &["rejected"]).await;
        walk(app, "budget-transfers", &more, &["submitted", "approved", "posted"]).await;
        let total = position(app, &budget).await["total"].clone();
        assert_eq!((&total["budget"], &total["available"]), (&euros("100.00"), &euros("60.00")), "the total stays: {total}");
        // What was received can be given back as long as it is there.
        made(app, "cost-entries", books.entry(Some(&b), "2", "0.01")).await;
        assert_eq!(go(app, "budget-transfers", &more, "reversed").await.broken(), ["/to_line_id available"]);
        assert_eq!(app.delete(&app.admin, &at("budget-transfers", &more), "*").await.broken(), [" not_deletable"], "it is reversed, not deleted");
        // Nor is one deleted that reserves money: it is rejected.
        let gone = transfer(app, &a, &b, "50.00").await;
        walk(app, "budget-transfers", &gone, &["submitted"]).await;
        assert_eq!(app.delete(&app.admin, &at("budget-transfers", &gone), "*").await.broken(), [" not_deletable"]);
        walk(app, "budget-transfers", &gone, &["rejected"]).await;
        for amount in ["0.00", "-1.00"] {
            let body = json!({"from_line_id": a, "to_line_id": b, "amount": euros(amount), "reason": "Needed."});
            assert_eq!(try_to_make(app, "budget-transfers", body).await.broken(), ["/amount range"]);
        }
        let itself = json!({"from_line_id": a, "to_line_id": a, "amount": euros("1.00"), "reason": "Needed."});
        assert_eq!(try_to_make(app, "budget-transfers", itself).await.status, 422);
    }

    of_twelve_transfers_that_race_for_a_line_no_more_pass_than_it_has(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let (a, b) = (books.line(app, &budget, "A", "100.00").await, books.line(app, &budget, "B", "0.00").await);
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let mut ids = Vec::new();
        for _ in 0..12 {
            ids.push(transfer(app, &a, &b, "30.00").await);
        }
        let answers = futures_util::future::join_all(ids.iter().map(|id| go(app, "budget-transfers", id, "submitted"))).await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (3, 9), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        assert_eq!(position(app, &budget).await["total"]["reserved"], euros("90.00"));
    }

    a_transfer_stays_in_its_budget_and_between_capex_and_opex_it_needs_a_right(app) {
        let books = Books::open(app).await;
        let (budget, next) = (books.budget(app, 1, Value::Null).await, books.budget(app, 2, Value::Null).await);
        let (a, other) = (books.line(app, &budget, "A", "100.00").await, books.line(app, &next, "B", "0.00").await);
        let capex = made(app, "cost-categories", json!({"code": "CAPEX", "name": "Servers", "kind": "capex"})).await;
        let mut body = books.line_body(&budget, "C", "0.00");
        body["cost_category_id"] = capex.into();
        let c = made(app, "budget-lines", body).await;
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let elsewhere = transfer(app, &a, &other, "1.00").await;
        assert_eq!(go(app, "budget-transfers", &elsewhere, "submitted").await.broken(), ["/to_line_id other_budget"]);
        let across = transfer(app, &a, &c, "1.00").await;
        let rights = ["finance.budget_transfers:read", "finance.budget_transfers:submit", "finance.budget_lines:read"];
        let clerk = holder(app, "clerk", &rights).await;
        let refused = app.transition(&clerk, &at("budget-transfers", &across), "submitted").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/to_line_id cross_capex".to_owned()]), "{}", refused.text);
        let crosser = holder(app, "crosser", &[&rights[..], &["finance.budget_transfers:cross_capex"]].concat()).await;
        assert_eq!(app.transition(&crosser, &at("budget-transfers", &across), "submitted").await.status, 200);
        assert_eq!(app.transition(&crosser, &at("budget-transfers", &across), "approved").await.status, 403);
    }

    money_moves_in_an_active_budget_and_its_own_year_only(app) {
        let books = Books::open(app).await;
        let draft = books.budget(app, 1, Value::Null).await;
        let (a, b) = (books.line(app, &draft, "A", "100.00").await, books.line(app, &draft, "B", "0.00").await);
        let early = transfer(app, &a, &b, "1.00").await;
        assert_eq!(go(app, "budget-transfers", &early, "submitted").await.broken(), ["/from_line_id state"], "its budget is a draft");
        walk(app, "budgets", &draft, &["submitted", "approved", "active"]).await;
        let (year, periods) = books.next_year(app).await;
        let elsewhere = json!({"from_line_id": a, "to_line_id": b, "amount": euros("1.00"), "reason": "Needed.", "fiscal_period_id": periods[0]});
        let elsewhere = made(app, "budget-transfers", elsewhere).await;
        assert_eq!(go(app, "budget-transfers", &elsewhere, "submitted").await.broken(), ["/fiscal_period_id other_year"], "{year}");
        walk(app, "budget-transfers", &early, &["submitted", "approved"]).await;
        walk(app, "budgets", &draft, &["closed"]).await;
        assert!(go(app, "budget-transfers", &early, "posted").await.broken().contains(&"/from_line_id state".to_owned()), "it was closed meanwhile");
    }

    what_is_left_goes_on_to_a_later_year_and_the_rest_of_an_order_stays(app) {
        let books = Books::open(app).await;
        let (old, lines) = books.active(app, 1, Value::Null, &["1000.00", "1000.00"]).await;
        let (year, periods) = books.next_year(app).await;
        let capex = made(app, "cost-categories", json!({"code": "CAPEX", "name": "Servers", "kind": "capex"})).await;
        let next = made(app, "budgets", json!({"name": "Next", "scope_id": books.center, "fiscal_year_id": year, "currency": "EUR"})).await;
        let (to, bare) = (books.line(app, &next, "N", "0.00").await, books.line(app, &next, "O", "100.00").await);
        let mut body = books.line_body(&next, "C", "0.00");
        body["cost_category_id"] = capex.into();
        let servers = made(app, "budget-lines", body).await;
        let carry = async |from: &str, to: &str, more: Value| {
            let mut body = json!({"from_line_id": from, "to_line_id": to, "amount": euros("300.00"), "reason": "Late."});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            made(app, "carry-forwards", body).await
        };
        let back = carry(&bare, &lines[1], json!({"amount": euros("10.00")})).await;
        assert_eq!(go(app, "carry-forwards", &back, "submitted").await.broken(), ["/to_line_id earlier_year"]);
        let across = carry(&lines[1], &servers, json!({})).await;
        let clerk = holder(app, "clerk", &["finance.carry_forwards:read", "finance.carry_forwards:submit", "finance.budget_lines:read"]).await;
        assert_eq!(app.transition(&clerk, &at("carry-forwards", &across), "submitted").await.broken(), ["/to_line_id cross_capex"]);

        let source = source(app).await;
        let ordered = commit(app, &lines[0], &books.quarters[3], &source, euros("800.00"), Value::Null).await;
        let wrong = carry(&lines[0], &to, json!({"commitment_id": ordered, "fiscal_period_id": books.quarters[0]})).await;
        assert_eq!(go(app, "carry-forwards", &wrong, "submitted").await.broken(), ["/fiscal_period_id other_year"]);
        let carried = carry(&lines[0], &to, json!({"commitment_id": ordered, "fiscal_period_id": periods[0]})).await;
        walk(app, "carry-forwards", &carried, &["submitted", "approved"]).await;
        assert_eq!(go(app, "carry-forwards", &carried, "posted").await.broken(), ["/to_line_id state"], "the new budget is a draft");
        walk(app, "budgets", &next, &["submitted", "approved", "active"]).await;
        walk(app, "carry-forwards", &carried, &["posted"]).await;
        let figures = |position: &Value, at: usize| ["open_commitments", "available"].map(|name| position["lines"][at]["figures"][name]["amount"].clone());
        // 800 − 300 stay open; 1000 − 300 − 500 are left.
        assert_eq!(figures(&position(app, &old).await, 0), [json!("500.00"), json!("200.00")]);
        assert_eq!(figures(&position(app, &next).await, 0), [json!("300.00"), json!("0.00")]);
        assert_eq!(app.get(&app.admin, &at("commitments", &ordered)).await.body["state"], json!("open"));
        assert_eq!(app.delete(&app.admin, &at("carry-forwards", &carried), "*").await.broken(), [" not_deletable"]);
        // All that remains of it ends it.
        let rest = carry(&lines[0], &to, json!({"commitment_id": ordered, "fiscal_period_id": periods[0], "amount": euros("500.00")})).await;
        walk(app, "carry-forwards", &rest, &["submitted", "approved", "posted"]).await;
        assert_eq!(app.get(&app.admin, &at("commitments", &ordered)).await.body["state"], json!("released"));
    }
}
