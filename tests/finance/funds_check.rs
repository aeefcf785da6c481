//! Funds checks: what a budget line has for something is told before it is asked for, by the check that refuses it.

use super::*;
use crate::on_both;

/// The answer to a funds check.
async fn ask(app: &TestApp, line: &str, period: Value, amount: &str, event: &str) -> Value {
    let body = json!({"budget_line_id": line, "period": period, "amount": euros(amount), "event": event});
    let answer = app.post(&app.admin, "/api/v1/finance/funds-checks", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

fn control(basis: &str, tolerance: u32) -> Value {
    json!({"requisition": "warn", "order": "block", "invoice": "warn", "allocation": "ignore", "basis": basis, "tolerance_percent": tolerance})
}

/// An order of one line that waits for approval.
async fn order(app: &TestApp, code: &str, line: &str, period: &str, price: &str) -> String {
    let definition = app.served.store.definitions.get("vendors/vendors").unwrap();
    let vendor = app.make("vendors/vendors", &json!({"code": format!("V-{code}"), "name": code})).await["id"].as_str().unwrap().to_owned();
    app.bring(definition, &vendor, &["qualified"]).await;
    let order = app.make("vendors/purchase-orders", &json!({"code": code, "title": code, "vendor_id": vendor, "currency": "EUR"})).await;
    let id = order["id"].as_str().unwrap();
    let body = json!({"purchase_order_id": id, "position": 1, "title": "Server", "quantity": "1", "unit": "piece", "unit_price": euros(price), "budget_line_id": line, "fiscal_period_id": period});
    app.make("vendors/purchase-order-lines", &body).await;
    let path = format!("/api/v1/vendors/purchase-orders/{id}");
    assert_eq!(app.transition(&app.admin, &path, "submitted").await.status, 200);
    path
}

on_both! {
    a_funds_check_says_what_the_line_has_and_what_the_control_does(app) {
        let books = Books::open(app).await;
        let draft = books.budget(app, 1, control("annual", 10)).await;
        let line = books.line(app, &draft, "A", "400.00").await;
        let early = ask(app, &line, json!(1), "1.00", "order").await;
        assert_eq!((&early["verdict"], &early["rule"]["condition"], &early["before"]), (&json!("block"), &json!("state"), &Value::Null), "a draft: {early}");
        walk(app, "budgets", &draft, &["submitted", "approved", "active"]).await;
        // 400 + 10 % are 440.
        for (amount, event, verdict) in [
            ("440.00", "order", "pass"), ("440.01", "order", "block"), ("440.01", "contract", "block"), ("440.01", "requisition", "warn"),
            ("440.01", "invoice", "warn"), ("440.01", "allocation", "pass"), ("440.01", "time", "pass"),
        ] {
            let told = ask(app, &line, json!(books.quarters[2]), amount, event).await;
            assert_eq!(told["verdict"], json!(verdict), "{amount} {event}: {told}");
            assert_eq!(told["before"]["available"], euros("400.00"));
            let left = if amount == "440.00" { "-40.00" } else { "-40.01" };
            assert_eq!(told["after"]["available"], euros(left));
            assert_eq!((&told["rule"]["basis"], &told["rule"]["tolerance_percent"]), (&json!("annual"), &json!(10)));
        }
        let spent = ask(app, &line, json!(3), "30.00", "invoice").await["after"].clone();
        assert_eq!((&spent["actual"], &spent["open_commitments"]), (&euros("30.00"), &euros("0.00")));
        let dollars = json!({"budget_line_id": line, "period": 1, "amount": {"amount": "1.00", "currency": "USD"}, "event": "order"});
        let unknown = app.post(&app.admin, "/api/v1/finance/funds-checks", &dollars).await.body;
        assert_eq!((&unknown["verdict"], &unknown["rule"]["condition"], &unknown["amount"]), (&json!("block"), &json!("exchange_rate"), &Value::Null));
        assert_eq!(app.get(&app.admin, "/api/v1/finance/commitments?include_total=true").await.body["total_count"], json!(0), "nothing is written");
        for (body, status, said) in [
            (json!({"budget_line_id": line, "period": 5, "amount": euros("1.00"), "event": "order"}), 422, "/period reference"),
            (json!({"budget_line_id": line, "period": "first", "amount": euros("1.00"), "event": "order"}), 422, "/period format"),
            (json!({"budget_line_id": draft, "period": 1, "amount": euros("1.00"), "event": "order"}), 422, "/budget_line_id reference"),
        ] {
            let refused = app.post(&app.admin, "/api/v1/finance/funds-checks", &body).await;
            assert_eq!((refused.status, refused.broken()), (status, vec![said.to_owned()]), "{}", refused.text);
        }
        let clerk = holder(app, "clerk", &["finance.budget_lines:read", "finance.budgets:read"]).await;
        let body = json!({"budget_line_id": line, "period": 1, "amount": euros("1.00"), "event": "order"});
        assert_eq!(app.post(&clerk, "/api/v1/finance/funds-checks", &body).await.body["verdict"], json!("pass"));
        assert_eq!(app.post(&app.stranger().await, "/api/v1/finance/funds-checks", &body).await.status, 404);
    }

    what_a_later_period_needs_is_not_taken_by_an_earlier_one(app) {
        let books = Books::open(app).await;
        let (_, lines) = books.active(app, 1, control("year_to_date", 0), &["400.00"]).await;
        let source = source(app).await;
        // 100 a quarter: the first two have 200, and the second takes them.
        commit(app, &lines[0], &books.quarters[1], &source, euros("150.00"), Value::Null).await;
        for (period, amount, verdict, through) in [(1, "50.00", "pass", 2), (1, "50.01", "block", 2), (2, "50.01", "block", 2), (3, "150.00", "pass", 3), (3, "150.01", "block", 3), (4, "250.00", "pass", 4)] {
            let told = ask(app, &lines[0], json!(period), amount, "order").await;
            assert_eq!((&told["verdict"], &told["rule"]["through_period"]), (&json!(verdict), &json!(through)), "{period} {amount}: {told}");
        }
        let path = order(app, "PO-1", &lines[0], &books.quarters[0], "50.01").await;
        let refused = app.transition(&app.second_admin().await, &path, "approved").await;
        assert!(refused.status == 409 && refused.broken()[0].ends_with(" funds"), "the order is told the same: {}", refused.text);
    }

    the_override_role_lets_through_what_is_blocked_for_a_reason_that_stays(app) {
        let books = Books::open(app).await;
        let role = app.make("identity/roles", &json!({"code": "controller", "name": "Controller", "permissions": ["vendors.*:read", "vendors.purchase_orders:approve", "finance.*:read"]})).await["id"].clone();
        let controller = app.actor("controller", None).await;
        let mut body = json!({"name": "B", "scope_id": books.center, "fiscal_year_id": books.year, "currency": "EUR", "control": control("annual", 0), "override_role_id": role});
        body["version"] = 1.into();
        let budget = made(app, "budgets", body).await;
        let line = books.line(app, &budget, "A", "100.00").await;
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let path = order(app, "PO-1", &line, &books.quarters[0], "150.00").await;
        let second = app.second_admin().await;
        let approve = async |actor: &Actor, reason: Value| {
            let body = if reason.is_null() { json!({"to": "approved"}) } else { json!({"to": "approved", "reason": reason}) }.to_string();
            app.call(actor, "POST", &format!("{path}/transitions"), &[("Content-Type", "application/json"), ("If-Match", "*")], Some(body)).await
        };
        assert_eq!(approve(&second, json!("Prices rose.")).await.status, 409, "another role");
        assert_eq!(approve(&controller, Value::Null).await.status, 409, "no reason");
        let question = json!({"budget_line_id": line, "period": 1, "amount": euros("150.00"), "event": "order"});
        let told = app.post(&controller, "/api/v1/finance/funds-checks", &question).await.body;
        assert_eq!((&told["verdict"], &told["rule"]["may_override"]), (&json!("block"), &json!(true)), "{told}");
        let passed = approve(&controller, json!("Prices rose.")).await;
        assert_eq!(passed.status, 200, "{}", passed.text);
        let commitment = app.get(&app.admin, "/api/v1/finance/commitments").await.body["data"][0].clone();
        assert_eq!((&commitment["override_reason"], &commitment["amount"]), (&json!("Prices rose."), &euros("150.00")));
        assert_eq!(position(app, &budget).await["available"], euros("-50.00"));
    }
}
