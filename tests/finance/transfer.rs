//! Budget transfers: money that moves, at most what there is.

use super::*;
use crate::on_both;

on_both! {
    a_transfer_takes_at_most_what_is_available(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let (a, b) = (books.line(app, &budget, "A", "100.00").await, books.line(app, &budget, "B", "0.00").await);
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
}
