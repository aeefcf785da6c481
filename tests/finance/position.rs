//! The position of a budget, worked by hand.

use super::*;
use crate::on_both;

fn figures(position: &Value, names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| position[*name].get("amount").unwrap_or(&position[*name]).clone()).collect()
}

const ALL: [&str; 9] = ["budget", "transfers_in", "transfers_out", "reserved", "actual", "open_commitments", "available", "consumption_percent", "status"];

on_both! {
    what_is_available_is_what_is_left_of_all_that_flowed(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let (a, b, c) = (books.line(app, &budget, "A", "1000.00").await, books.line(app, &budget, "B", "500.00").await, books.line(app, &budget, "C", "0.00").await);
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        // Of these, one of 200 is posted out of A and one of 50 into it; 30 + 20 are reserved; three do not count.
        for (from, to, amount, states) in [
            (&a, &b, "200.00", &["submitted", "approved", "posted"] as &[&str]),
            (&b, &a, "50.00", &["submitted", "approved", "posted"]),
            (&a, &b, "30.00", &["submitted"]),
            (&a, &b, "20.00", &["submitted", "approved"]),
            (&a, &b, "10.00", &[]),
            (&a, &b, "5.00", &["submitted", "rejected"]),
            (&a, &b, "7.00", &["submitted", "approved", "posted", "reversed"]),
        ] {
            let id = transfer(app, from, to, amount).await;
            walk(app, "budget-transfers", &id, states).await;
        }
        // A: 121 with tax that does not come back, 300 with tax that does, 40 and its reversal. B: 700.
        let mut taxed = books.entry(Some(&a), "1", "100.00");
        for (name, value) in [("tax", euros("21.00")), ("gross", euros("121.00")), ("recoverable_percent", json!(0)), ("base_amount", euros("121.00"))] {
            taxed[name] = value;
        }
        let mut recovered = books.entry(Some(&a), "2", "300.00");
        for (name, value) in [("tax", euros("63.00")), ("gross", euros("363.00"))] {
            recovered[name] = value;
        }
        recovered["posted_on"] = "2026-03-31".into();
        let mistaken = books.entry(Some(&a), "3", "40.00");
        for body in [taxed, recovered, books.entry(Some(&b), "4", "700.00"), books.entry(None, "5", "999.00")] {
            made(app, "cost-entries", body).await;
        }
        let mut reversal = books.entry(Some(&a), "3-R", "-40.00");
        reversal["reversal_of"] = made(app, "cost-entries", mistaken).await.into();
        made(app, "cost-entries", reversal).await;
        // A: 250 of which 100 are relieved, 80 that are released, and 100 dollars.
        let source = source(app).await;
        commit(app, &a, &books.quarters[1], &source, euros("250.00"), euros("100.00")).await;
        let released = commit(app, &a, &books.quarters[1], &source, euros("80.00"), Value::Null).await;
        release(app, &released).await;
        commit(app, &a, &books.quarters[1], &source, json!({"amount": "100.00", "currency": "USD"}), Value::Null).await;

        let unknown = position(app, &budget).await;
        let line = |position: &Value, at: usize| figures(&position["lines"][at]["figures"], &ALL);
        assert_eq!(line(&unknown, 0)[4..], [json!("421.00"), Value::Null, Value::Null, Value::Null, json!("unknown")], "no rate of the dollar is known");
        assert_eq!(figures(&unknown["total"], &ALL)[5..], [Value::Null, Value::Null, Value::Null, json!("unknown")]);
        for (kind, valid_on, rate) in [("spot", "2026-06-15", "0.95"), ("budget", "2026-01-01", "0.90"), ("budget", "2026-06-16", "0.80")] {
            made(app, "exchange-rates", json!({"kind": kind, "from_currency": "USD", "to_currency": "EUR", "valid_on": valid_on, "rate": rate, "source": "ECB"})).await;
        }
        let told = position(app, &budget).await;
        // Open: 150 + 100 · 0.90 = 240. Available: 1000 + 50 − 200 − 50 − 421 − 240 = 139. Consumption: 661 / 850.
        let texts = |texts: [&str; 7]| texts.map(|text| json!(text)).to_vec();
        assert_eq!(line(&told, 0)[..7], texts(["1000.00", "50.00", "200.00", "50.00", "421.00", "240.00", "139.00"]), "{told}");
        assert_eq!(line(&told, 0)[7..], [json!(77.764706), json!("available")]);
        // 500 + 200 − 50 − 0 − 700 − 0 = −50. Consumption: 700 / 650.
        assert_eq!(line(&told, 1)[..7], texts(["500.00", "200.00", "50.00", "0.00", "700.00", "0.00", "-50.00"]));
        assert_eq!(line(&told, 1)[7..], [json!(107.692308), json!("overdrawn")]);
        assert_eq!(line(&told, 2), [texts(["0.00"; 7]), vec![Value::Null, json!("exhausted")]].concat(), "nothing of nothing is no percentage: {c}");
        // The transfers between its lines cancel in the total. Consumption: (1121 + 240) / 1500.
        assert_eq!(figures(&told["total"], &ALL)[..7], texts(["1500.00", "250.00", "250.00", "50.00", "1121.00", "240.00", "89.00"]));
        assert_eq!(figures(&told["total"], &ALL)[7..], [json!(90.733333), json!("available")]);
        assert_eq!((&told["as_of"], &told["currency"]), (&json!("2026-06-15"), &json!("EUR")));

        // By then the 300 were not booked, and no transfer or commitment had been made.
        let past = app.get(&app.admin, &format!("/api/v1/finance/budgets/{budget}/position?as_of=2026-03-30")).await.body;
        assert_eq!(line(&past, 0)[..7], texts(["1000.00", "0.00", "0.00", "0.00", "121.00", "0.00", "879.00"]), "{past}");
        assert_eq!(line(&past, 0)[7], json!(12.1));
        for wrong in ["yesterday", "", "2026-02-30"] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/finance/budgets/{budget}/position?as_of={wrong}")).await.status, 400, "{wrong}");
        }
    }

    a_position_is_of_what_the_caller_may_see(app) {
        let books = Books::open(app).await;
        let root = app.root_unit().await;
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let body = json!({"name": "Ours", "scope_id": ours, "fiscal_year_id": books.year, "currency": "EUR", "unit_id": ours});
        let budget = made(app, "budgets", body).await;
        let line = books.line(app, &budget, "A", "100.00").await;
        for (document, unit, amount) in [("1", &ours, "10.00"), ("2", &theirs, "20.00")] {
            let mut entry = books.entry(Some(&line), document, amount);
            entry["unit_id"] = unit.as_str().into();
            made(app, "cost-entries", entry).await;
        }
        let path = format!("/api/v1/finance/budgets/{budget}/position");
        let manager = app.actor("finance_manager", Some(&ours)).await;
        assert_eq!(app.get(&manager, &path).await.body["total"]["actual"], euros("10.00"));
        assert_eq!(app.get(&app.admin, &path).await.body["total"]["actual"], euros("30.00"));
        for absent in [app.actor("finance_manager", Some(&theirs)).await, app.stranger().await] {
            assert_eq!(app.get(&absent, &path).await.status, 404);
        }
    }
}
