//! The funds check: however many orders come at once, none passes the limit.

use super::*;
use crate::on_both;

/// A vendor that may be ordered from.
async fn vendor(app: &TestApp) -> String {
    let definition = app.served.store.definitions.get("vendors/vendors").unwrap();
    let vendor = app.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await["id"].as_str().unwrap().to_owned();
    app.bring(definition, &vendor, &["qualified"]).await;
    vendor
}

/// An order of one line, submitted.
async fn order(app: &TestApp, vendor: &str, code: &str, line: &str, period: &str, price: Value) -> String {
    let id = app.make("vendors/purchase-orders", &json!({"code": code, "title": code, "vendor_id": vendor, "currency": price["currency"]})).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let body = json!({"purchase_order_id": id, "position": 1, "title": "Server", "quantity": "1", "unit": "piece", "unit_price": price, "budget_line_id": line, "fiscal_period_id": period});
    app.make("vendors/purchase-order-lines", &body).await;
    let path = format!("/api/v1/vendors/purchase-orders/{id}");
    let submitted = app.transition(&app.admin, &path, "submitted").await;
    assert_eq!(submitted.status, 200, "{}", submitted.text);
    path
}

fn control(basis: &str, tolerance: u32) -> Value {
    json!({"requisition": "warn", "order": "block", "invoice": "warn", "allocation": "ignore", "basis": basis, "tolerance_percent": tolerance})
}

on_both! {
    of_twelve_orders_that_race_for_a_line_no_more_pass_than_it_has(app) {
        let (books, vendor) = (Books::open(app).await, vendor(app).await);
        let budget = books.budget(app, 1, control("annual", 0)).await;
        let line = books.line(app, &budget, "A", "500.00").await;
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let mut orders = Vec::new();
        for number in 0..12 {
            orders.push(order(app, &vendor, &format!("PO-{number}"), &line, &books.quarters[2], euros("90.00")).await);
        }
        let second = app.second_admin().await;
        let answers = futures_util::future::join_all(orders.iter().map(|path| app.transition(&second, path, "approved"))).await;
        // 5 · 90 = 450; a sixth would make 540.
        assert_eq!((count(&answers, 200), count(&answers, 409)), (5, 7), "{:?}", answers.iter().map(|answer| (answer.status, answer.broken())).collect::<Vec<_>>());
        let refused = answers.iter().position(|answer| answer.status == 409).unwrap();
        assert!(answers[refused].broken()[0].ends_with(" funds"), "{}", answers[refused].text);
        let total = position(app, &budget).await["total"].clone();
        assert_eq!((&total["open_commitments"], &total["available"]), (&euros("450.00"), &euros("50.00")), "{total}");
        let made = app.get(&app.admin, "/api/v1/finance/commitments?include_total=true").await;
        assert_eq!(made.body["total_count"], json!(5), "what was refused left nothing");
        assert_eq!(app.get(&app.admin, &orders[refused]).await.body["state"], json!("submitted"));
        // What is cancelled is free for the next.
        let passed = answers.iter().position(|answer| answer.status == 200).unwrap();
        assert_eq!(app.transition(&second, &orders[refused], "approved").await.status, 409);
        assert_eq!(app.transition(&app.admin, &orders[passed], "cancelled").await.status, 200);
        assert_eq!(app.transition(&second, &orders[refused], "approved").await.status, 200);
    }

    an_approved_overrun_lets_a_line_be_exceeded_on_its_days(app) {
        let (books, vendor) = (Books::open(app).await, vendor(app).await);
        let budget = books.budget(app, 1, control("annual", 0)).await;
        let line = books.line(app, &budget, "A", "50.00").await;
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let order = order(app, &vendor, "PO", &line, &books.quarters[2], euros("90.00")).await;
        let second = app.second_admin().await;
        assert!(app.transition(&second, &order, "approved").await.broken()[0].ends_with(" funds"));
        for (starts_on, status) in [("2026-06-16", 409), ("2026-06-15", 200)] {
            let body = json!({"title": "Overrun", "kind": "budget_overrun", "subject_id": line, "level": "low", "justification": "Prices rose.", "starts_on": starts_on, "expires_on": "2026-12-31"});
            let exception = app.make("governance/exceptions", &body).await;
            let path = format!("/api/v1/governance/exceptions/{}", exception["id"].as_str().unwrap());
            assert_eq!(app.transition(&app.admin, &path, "submitted").await.status, 200);
            assert_eq!(app.transition(&second, &path, "approved").await.status, 200);
            assert_eq!(app.transition(&second, &order, "approved").await.status, status, "{starts_on}");
            assert_eq!(app.delete(&app.admin, &path, "*").await.broken(), [" not_deletable"]);
        }
        let told = app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={line}")).await;
        assert_eq!(told.body["data"], json!([]), "what an exception covers is no conflict");
    }

    orders_and_transfers_that_race_for_a_line_never_pass_it_together(app) {
        let (books, vendor) = (Books::open(app).await, vendor(app).await);
        let budget = books.budget(app, 1, control("annual", 0)).await;
        let (line, other) = (books.line(app, &budget, "A", "100.00").await, books.line(app, &budget, "B", "0.00").await);
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let (mut orders, mut transfers) = (Vec::new(), Vec::new());
        for number in 0..6 {
            orders.push(order(app, &vendor, &format!("PO-{number}"), &line, &books.quarters[2], euros("30.00")).await);
            transfers.push(at("budget-transfers", &transfer(app, &line, &other, "30.00").await));
        }
        let second = app.second_admin().await;
        let moves = orders.iter().map(|path| (path, "approved")).chain(transfers.iter().map(|path| (path, "submitted")));
        let second = &second;
        let answers = futures_util::future::join_all(moves.map(|(path, to)| async move { app.transition(second, path, to).await })).await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (3, 9), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        assert_eq!(position(app, &budget).await["total"]["available"], euros("10.00"));
    }

    the_limit_is_that_of_the_basis_and_its_tolerance(app) {
        let (books, vendor) = (Books::open(app).await, vendor(app).await);
        let second = app.second_admin().await;
        // 400 a year, 100 a quarter. The second quarter has 100, and 200 up to its end; 10 % more pass.
        for (version, basis, tolerance, limit, above) in [(1, "period", 0, "100.00", "100.01"), (2, "year_to_date", 0, "200.00", "200.01"), (3, "annual", 10, "440.00", "440.01")] {
            let budget = books.budget(app, version, control(basis, tolerance)).await;
            let line = books.line(app, &budget, &format!("A {version}"), "400.00").await;
            let early = order(app, &vendor, &format!("E-{version}"), &line, &books.quarters[1], euros("1.00")).await;
            let refused = app.transition(&second, &early, "approved").await;
            assert!(refused.status == 409 && refused.broken()[0].ends_with(" state"), "its budget is a draft: {}", refused.text);
            walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
            for (code, price, status) in [("A", above, 409), ("B", limit, 200), ("C", "0.01", 409)] {
                let path = order(app, &vendor, &format!("{code}-{version}"), &line, &books.quarters[1], euros(price)).await;
                let answer = app.transition(&second, &path, "approved").await;
                assert_eq!(answer.status, status, "{basis} {price}: {}", answer.text);
            }
            walk(app, "budgets", &budget, &["superseded"]).await;
        }
    }

    an_order_in_another_currency_counts_at_the_budget_rate(app) {
        let (books, vendor) = (Books::open(app).await, vendor(app).await);
        let second = app.second_admin().await;
        let budget = books.budget(app, 1, control("annual", 0)).await;
        let line = books.line(app, &budget, "A", "90.00").await;
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let dollars = |amount: &str| json!({"amount": amount, "currency": "USD"});
        let dear = order(app, &vendor, "PO-1", &line, &books.quarters[2], dollars("100.01")).await;
        let unknown = app.transition(&second, &dear, "approved").await;
        assert!(unknown.status == 409 && unknown.broken()[0].ends_with(" exchange_rate"), "{}", unknown.text);
        made(app, "exchange-rates", json!({"kind": "budget", "from_currency": "USD", "to_currency": "EUR", "valid_on": "2026-01-01", "rate": "0.90", "source": "Treasury"})).await;
        // 100.01 · 0.90 = 90.009, which is 90.01; 100.00 · 0.90 = 90.00.
        assert_eq!(app.transition(&second, &dear, "approved").await.status, 409);
        let fair = order(app, &vendor, "PO-2", &line, &books.quarters[2], dollars("100.00")).await;
        assert_eq!(app.transition(&second, &fair, "approved").await.status, 200);
        assert_eq!(position(app, &budget).await["total"]["available"], euros("0.00"));
    }

    a_budget_takes_commitments_only_while_it_is_active_whatever_its_control_says(app) {
        let (books, vendor) = (Books::open(app).await, vendor(app).await);
        let second = app.second_admin().await;
        let mut lax = control("annual", 0);
        lax["order"] = "warn".into();
        for (version, control) in [(1, lax), (2, Value::Null)] {
            let budget = books.budget(app, version, control).await;
            let line = books.line(app, &budget, &format!("A {version}"), "1.00").await;
            let order = order(app, &vendor, &format!("PO-{version}"), &line, &books.quarters[2], euros("999.00")).await;
            let refused = app.transition(&second, &order, "approved").await;
            assert!(refused.status == 409 && refused.broken()[0].ends_with(" state"), "{}", refused.text);
            walk(app, "budgets", &budget, &["submitted", "approved", "active", "closed"]).await;
            let refused = app.transition(&second, &order, "approved").await;
            assert!(refused.status == 409 && refused.broken()[0].ends_with(" state"), "{}", refused.text);
        }
    }

    what_a_transfer_brings_without_a_period_is_taken_once(app) {
        let (books, vendor) = (Books::open(app).await, vendor(app).await);
        let second = app.second_admin().await;
        let (_, lines) = books.active(app, 1, control("period", 0), &["1200.00", "600.00"]).await;
        let moved = transfer(app, &lines[1], &lines[0], "600.00").await;
        walk(app, "budget-transfers", &moved, &["submitted", "approved", "posted"]).await;
        // 300 a quarter, and 600 for whichever needs them: 1,800 in all.
        for (code, quarter, price, status) in [("A", 0, "900.01", 409), ("B", 0, "700.00", 200), ("C", 1, "700.00", 409), ("D", 1, "500.00", 200), ("E", 2, "300.01", 409), ("F", 2, "300.00", 200), ("G", 3, "300.00", 200), ("H", 3, "0.01", 409)] {
            let path = order(app, &vendor, code, &lines[0], &books.quarters[quarter], euros(price)).await;
            let answer = app.transition(&second, &path, "approved").await;
            assert_eq!(answer.status, status, "{code}: {}", answer.text);
        }
    }

    the_tolerance_is_that_of_the_current_budget(app) {
        let (books, vendor) = (Books::open(app).await, vendor(app).await);
        let second = app.second_admin().await;
        let (_, lines) = books.active(app, 1, control("annual", 10), &["1000.00", "0.00"]).await;
        let moved = transfer(app, &lines[0], &lines[1], "1000.00").await;
        walk(app, "budget-transfers", &moved, &["submitted", "approved", "posted"]).await;
        for (line, price, status) in [(0, "0.01", 409), (1, "1100.01", 409), (1, "1100.00", 200)] {
            let path = order(app, &vendor, &format!("PO-{price}"), &lines[line], &books.quarters[0], euros(price)).await;
            assert_eq!(app.transition(&second, &path, "approved").await.status, status, "{line} {price}");
        }
    }

    a_commitment_is_in_a_period_of_the_year_of_its_budget(app) {
        let (books, vendor) = (Books::open(app).await, vendor(app).await);
        let (_, lines) = books.active(app, 1, Value::Null, &["1000.00"]).await;
        let (_, periods) = books.next_year(app).await;
        let path = order(app, &vendor, "PO", &lines[0], &periods[0], euros("1.00")).await;
        let refused = app.transition(&app.second_admin().await, &path, "approved").await;
        assert!(refused.status == 409 && refused.broken()[0].ends_with(" other_year"), "{}", refused.text);
    }

    a_later_budget_rate_does_not_change_what_a_year_has_bound(app) {
        let books = Books::open(app).await;
        let (budget, lines) = books.active(app, 1, Value::Null, &["1000.00"]).await;
        let rate = async |valid_on: &str, rate: &str| {
            made(app, "exchange-rates", json!({"kind": "budget", "from_currency": "USD", "to_currency": "EUR", "valid_on": valid_on, "rate": rate, "source": "Treasury"})).await
        };
        rate("2025-12-01", "0.90").await;
        let source = source(app).await;
        commit(app, &lines[0], &books.quarters[0], &source, json!({"amount": "1000.00", "currency": "USD"}), Value::Null).await;
        assert_eq!(position(app, &budget).await["total"]["available"], euros("100.00"));
        rate("2026-03-01", "1.80").await;
        assert_eq!(position(app, &budget).await["total"]["available"], euros("100.00"));
    }

    an_accrual_of_a_person_passes_the_funds_check_and_a_manual_entry_is_a_fact(app) {
        let books = Books::open(app).await;
        let control = json!({"requisition": "warn", "order": "block", "invoice": "block", "allocation": "ignore", "basis": "annual", "tolerance_percent": 0});
        let (budget, lines) = books.active(app, 1, control, &["100.00"]).await;
        let accrue = async |amount: &str, source: Value| {
            let body = json!({"name": "Consulting", "fiscal_period_id": books.quarters[0], "budget_line_id": lines[0], "source_id": source, "amount": euros(amount), "posted_on": "2026-03-30", "reverses_on": "2026-07-01"});
            go(app, "accruals", &made(app, "accruals", body).await, "posted").await
        };
        let refused = accrue("100.01", Value::Null).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/amount funds".to_owned()]), "{}", refused.text);
        assert_eq!(accrue("60.00", Value::Null).await.status, 200);
        assert_eq!(accrue("40.01", Value::Null).await.broken(), ["/amount funds"], "40 are left");
        // What was booked has happened.
        assert_eq!(try_to_make(app, "cost-entries", books.entry(Some(&lines[0]), "1", "5000.00")).await.status, 201);
        assert_eq!(position(app, &budget).await["available"], euros("-4960.00"));
    }
}
