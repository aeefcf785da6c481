//! The ledger: facts that are corrected by reversal alone, and the rates at which they are counted.

use super::*;
use crate::on_both;

on_both! {
    an_entry_is_reversed_by_its_negation_and_once(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let (line, other) = (books.line(app, &budget, "A", "100.00").await, books.line(app, &budget, "B", "100.00").await);
        let entry = made(app, "cost-entries", books.entry(Some(&line), "INV-1", "40.00")).await;
        let reversal = |of: &str, line: &str, document: &str, amount: &str| {
            let mut body = books.entry(Some(line), document, amount);
            body["reversal_of"] = of.into();
            body
        };
        let nothing = steward::resource::Id::new().to_string();
        for (of, line, amount, said) in [
            (&entry, &line, "40.00", "/reversal_of negation"),
            (&entry, &line, "-39.99", "/reversal_of negation"),
            (&entry, &other, "-40.00", "/reversal_of other_line"),
            (&nothing, &line, "-40.00", "/reversal_of reference"),
        ] {
            let refused = try_to_make(app, "cost-entries", reversal(of, line, "INV-1-R", amount)).await;
            assert_eq!((refused.status, refused.broken()), (409, vec![said.to_owned()]), "{amount}: {}", refused.text);
        }
        let tries = (0..8).map(|number| try_to_make(app, "cost-entries", reversal(&entry, &line, &format!("INV-1-R{number}"), "-40.00")));
        let answers = futures_util::future::join_all(tries).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 7));
        let reversed = answers.iter().find(|answer| answer.status == 201).unwrap().id();
        assert_eq!(answers.iter().find(|answer| answer.status == 409).unwrap().broken(), ["/reversal_of reversed"]);
        assert_eq!(try_to_make(app, "cost-entries", reversal(&reversed, &line, "INV-1-RR", "40.00")).await.broken(), ["/reversal_of reversal"]);
        assert_eq!(position(app, &budget).await["total"]["actual"], euros("0.00"));
        // It is a fact: neither it nor what reverses it is changed or deleted.
        for id in [&entry, &reversed] {
            assert_eq!(app.patch(&app.admin, &at("cost-entries", id), "*", &json!({"description": "Other"})).await.status, 405);
            assert_eq!(app.delete(&app.admin, &at("cost-entries", id), "*").await.status, 405);
        }
    }

    a_line_of_a_document_is_booked_once_per_source(app) {
        let books = Books::open(app).await;
        let entry = |source: &str, document: &str, line: u32| {
            let mut body = books.entry(None, document, "1.00");
            (body["source"], body["document_line"]) = (source.into(), line.into());
            body
        };
        let same = entry("manual", "INV-1", 1);
        let answers = futures_util::future::join_all((0..12).map(|_| try_to_make(app, "cost-entries", same.clone()))).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 11));
        assert!(answers.iter().filter(|answer| answer.status == 409).all(|answer| answer.broken()[0].ends_with(" duplicate")));
        for (source, document, line) in [("manual", "INV-1", 2), ("manual", "INV-2", 1), ("depreciation", "INV-1", 1)] {
            assert_eq!(try_to_make(app, "cost-entries", entry(source, document, line)).await.status, 201, "{source} {document} {line}");
        }
        assert!(try_to_make(app, "cost-entries", entry("manual", "inv-1", 1)).await.broken()[0].ends_with(" duplicate"), "whatever its case");
        assert_eq!(try_to_make(app, "cost-entries", entry("manual", "INV-1 ", 1)).await.status, 422, "without blanks at its ends");
        // Each vendor has its own numbers.
        for (code, status) in [("V", 201), ("W", 201)] {
            let vendor = app.make("vendors/vendors", &json!({"code": code, "name": code})).await["id"].clone();
            let mut body = entry("manual", "INV-1", 1);
            body["vendor_id"] = vendor;
            assert_eq!(try_to_make(app, "cost-entries", body.clone()).await.status, status, "{code}");
            body["document"] = "inv-1".into();
            assert!(try_to_make(app, "cost-entries", body).await.broken()[0].ends_with(" duplicate"), "{code}");
        }
    }

    an_entry_adds_up_to_the_cent(app) {
        let books = Books::open(app).await;
        let dollars = |amount: &str| json!({"amount": amount, "currency": "USD"});
        let entry = |document: &str, base: Value, rate: Value| {
            let mut body = books.entry(None, document, "0.00");
            for (name, value) in [("net", dollars("33.33")), ("tax", dollars("0.33")), ("gross", dollars("33.66")), ("base_amount", base), ("exchange_rate", rate), ("recoverable_percent", json!(50))] {
                body[name] = value;
            }
            body
        };
        // By hand: (33.33 + 0.33 · 50 %) · 0.9217 = 33.495 · 0.9217 = 30.8723415, rounded once: 30.87.
        assert_eq!(try_to_make(app, "cost-entries", entry("1", euros("30.87"), json!("0.9217"))).await.status, 201);
        for (base, rate, said) in [
            (euros("30.88"), json!("0.9217"), "/base_amount sum"),
            (euros("30.87"), Value::Null, "/exchange_rate required"),
            (euros("0.00"), json!("0"), "/exchange_rate range"),
        ] {
            let refused = try_to_make(app, "cost-entries", entry("2", base, rate)).await;
            assert!(refused.status == 422 && refused.broken().contains(&said.to_owned()), "{}", refused.text);
        }
        let mut gross = books.entry(None, "3", "10.00");
        gross["tax"] = euros("2.10");
        assert_eq!(try_to_make(app, "cost-entries", gross).await.broken(), ["/gross sum"]);
    }

    what_is_accrued_reverses_itself_when_its_day_has_come(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let line = books.line(app, &budget, "A", "100.00").await;
        let body = |reverses: &str| json!({"name": "Consulting", "fiscal_period_id": books.quarters[0], "budget_line_id": line, "amount": euros("30.00"), "posted_on": "2026-03-30", "reverses_on": reverses});
        let (due, later) = (made(app, "accruals", body("2026-06-15")).await, made(app, "accruals", body("2026-06-16")).await);
        for id in [&due, &later] {
            walk(app, "accruals", id, &["posted"]).await;
        }
        assert_eq!(position(app, &budget).await["total"]["actual"], euros("60.00"));
        assert_eq!(go(app, "accruals", &later, "reversed").await.broken(), ["/reverses_on not_yet"]);
        walk(app, "accruals", &due, &["reversed"]).await;
        assert_eq!(position(app, &budget).await["total"]["actual"], euros("30.00"));
        let entries = app.get(&app.admin, &format!("/api/v1/finance/cost-entries?source=accrual&source_id={due}&sort=posted_on")).await;
        let told: Vec<_> = entries.body["data"].as_array().unwrap().iter().map(|entry| (entry["posted_on"].clone(), entry["net"]["amount"].clone(), entry["fiscal_period_id"].clone())).collect();
        assert_eq!(told, [(json!("2026-03-30"), json!("30.00"), json!(books.quarters[0])), (json!("2026-06-15"), json!("-30.00"), json!(books.quarters[1]))]);
    }

    people_write_manual_entries_and_take_back_nothing_that_the_service_books(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let line = books.line(app, &budget, "A", "100.00").await;
        for source in ["invoice", "time", "cloud", "allocation", "accrual", "prepayment"] {
            let mut body = books.entry(Some(&line), "1", "5.00");
            body["source"] = source.into();
            let refused = try_to_make(app, "cost-entries", body).await;
            assert_eq!((refused.status, refused.broken()), (422, vec!["/source by_service".to_owned()]), "{source}: {}", refused.text);
        }
        let accrual = json!({"name": "Consulting", "fiscal_period_id": books.quarters[0], "budget_line_id": line, "amount": euros("30.00"), "posted_on": "2026-03-30", "reverses_on": "2026-07-01"});
        let accrual = made(app, "accruals", accrual).await;
        walk(app, "accruals", &accrual, &["posted"]).await;
        let entry = app.get(&app.admin, &format!("/api/v1/finance/cost-entries?source=accrual&source_id={accrual}")).await.body["data"][0]["id"].clone();
        let mut reversal = books.entry(Some(&line), "2", "-30.00");
        (reversal["reversal_of"], reversal["cost_center_id"]) = (entry, Value::Null);
        let refused = try_to_make(app, "cost-entries", reversal).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/reversal_of by_service".to_owned()]), "{}", refused.text);
    }

    a_look_up_takes_the_last_rate_on_or_before_the_day(app) {
        for (kind, valid_on, rate) in [("spot", "2026-01-02", "0.9"), ("spot", "2026-03-01", "0.91"), ("spot", "2026-06-16", "0.99"), ("budget", "2026-01-01", "0.885000000001")] {
            made(app, "exchange-rates", json!({"kind": kind, "from_currency": "USD", "to_currency": "EUR", "valid_on": valid_on, "rate": rate, "source": "ECB"})).await;
        }
        let look_up = async |query: &str| app.get(&app.admin, &format!("/api/v1/finance/rate-lookup?{query}")).await;
        let pair = "from_currency=USD&to_currency=EUR";
        for (query, rate, valid_on) in [
            ("&on=2026-01-01", Value::Null, Value::Null),
            ("&on=2026-01-02", json!("0.9"), json!("2026-01-02")),
            ("&on=2026-02-28", json!("0.9"), json!("2026-01-02")),
            ("&on=2026-03-01", json!("0.91"), json!("2026-03-01")),
            ("", json!("0.91"), json!("2026-03-01")),
            ("&kind=budget&on=2026-12-31", json!("0.885000000001"), json!("2026-01-01")),
            ("&kind=closing", Value::Null, Value::Null),
        ] {
            let answer = look_up(&format!("{pair}{query}")).await;
            assert_eq!((answer.status, &answer.body["rate"], &answer.body["valid_on"]), (200, &rate, &valid_on), "{query}: {}", answer.text);
        }
        assert_eq!(look_up("from_currency=EUR&to_currency=USD").await.body["rate"], Value::Null, "the inverse is not taken");
        assert_eq!(look_up("from_currency=EUR&to_currency=EUR").await.body["rate"], json!("1"), "a currency is worth itself");
        for wrong in ["", "from_currency=USD", "from_currency=dollars&to_currency=EUR", &format!("{pair}&on=today"), &format!("{pair}&kind=guess"), &format!("{pair}&day=2026-01-01")] {
            assert_eq!(look_up(wrong).await.status, 400, "{wrong}");
        }
        let rate = |rate: &str, to: &str| json!({"kind": "spot", "from_currency": "USD", "to_currency": to, "valid_on": "2026-01-02", "rate": rate, "source": "Treasury"});
        for (rate, said) in [(rate("0", "EUR"), "/rate range"), (rate("-0.9", "EUR"), "/rate range"), (rate("1", "USD"), "/to_currency same")] {
            assert_eq!(try_to_make(app, "exchange-rates", rate).await.broken(), [said]);
        }
    }

    only_a_budget_rate_begins_in_the_future(app) {
        for (kind, valid_on, status) in [("spot", "2026-06-17", 422), ("closing", "2199-12-31", 422), ("average", "2026-06-17", 422), ("spot", "2026-06-15", 201), ("budget", "2027-01-01", 201)] {
            let body = json!({"kind": kind, "from_currency": "USD", "to_currency": "EUR", "valid_on": valid_on, "rate": "0.9", "source": "ECB"});
            let answer = try_to_make(app, "exchange-rates", body).await;
            assert_eq!(answer.status, status, "{kind} {valid_on}: {}", answer.text);
            assert!(status == 201 || answer.broken() == ["/valid_on future"], "{}", answer.text);
        }
    }

    hours_are_taken_back_by_their_time_entry_and_not_by_hand(app) {
        let books = Books::open(app).await;
        let (budget, lines) = books.active(app, 1, Value::Null, &["1000.00"]).await;
        let promise = commit(app, &lines[0], &books.quarters[0], &source(app).await, euros("100.00"), euros("60.00")).await;
        let mut worked = books.entry(Some(&lines[0]), "T-1", "60.00");
        (worked["source"], worked["commitment_id"]) = (json!("time"), json!(promise));
        let definition = app.served.store.definitions.get("finance/cost-entries").unwrap();
        let worked = app.make_as_house(definition, worked.as_object().unwrap().clone()).await;
        let mut reversal = books.entry(Some(&lines[0]), "T-1 back", "-60.00");
        reversal["reversal_of"] = worked["id"].clone();
        let refused = try_to_make(app, "cost-entries", reversal).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/reversal_of by_service".to_owned()]), "{}", refused.text);
        let total = position(app, &budget).await["total"].clone();
        assert_eq!((&total["actual"], &total["open_commitments"]), (&euros("60.00"), &euros("40.00")));
    }

    an_entry_arises_where_its_line_says_at_a_center_in_force_and_in_the_currency_of_the_books(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let line = books.line(app, &budget, "A", "100.00").await;
        let other = made(app, "cost-centers", json!({"code": "CC-2", "name": "Other"})).await;
        let ended = made(app, "cost-centers", json!({"code": "CC-3", "name": "Ended", "ends_on": "2026-01-31"})).await;
        let capex = made(app, "cost-categories", json!({"code": "CAPEX", "name": "Servers", "kind": "capex"})).await;
        let with = |line: Option<&str>, more: Value| {
            let mut body = books.entry(line, "D", "10.00");
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let yen = json!({"amount": "10", "currency": "JPY"});
        for (body, status, said) in [
            (with(Some(&line), json!({"cost_center_id": other})), 409, "/cost_center_id other_than_line"),
            (with(Some(&line), json!({"cost_category_id": capex})), 409, "/cost_category_id other_than_line"),
            (with(None, json!({"cost_center_id": ended})), 409, "/cost_center_id not_in_force"),
            (with(None, json!({"cost_center_id": null})), 422, "/cost_center_id required"),
            (with(None, json!({"base_amount": yen, "exchange_rate": "1"})), 409, "/base_amount/currency currency"),
            (with(None, json!({"tax": euros("-50.00"), "gross": euros("-40.00")})), 422, "/tax range"),
            (with(None, json!({"tax_rate_percent": 21, "tax": euros("1.00"), "gross": euros("11.00")})), 422, "/tax rate"),
            (with(None, json!({"tax_rate_percent": 21})), 422, "/tax rate"),
        ] {
            let refused = try_to_make(app, "cost-entries", body).await;
            assert_eq!((refused.status, refused.broken()), (status, vec![said.to_owned()]), "{}", refused.text);
        }
        // 10.00 · 21 % = 2.10.
        let taxed = with(None, json!({"tax_rate_percent": 21, "tax": euros("2.10"), "gross": euros("12.10")}));
        assert_eq!(try_to_make(app, "cost-entries", taxed).await.status, 201);
    }

    what_is_accrued_in_december_reverses_in_the_new_year(app) {
        let books = Books::open(app).await;
        let old = json!({"code": "FY25", "name": "2025", "starts_on": "2025-01-01", "ends_on": "2025-12-31"});
        let old = made(app, "fiscal-years", old).await;
        let december = json!({"fiscal_year_id": old, "number": 1, "name": "All", "starts_on": "2025-01-01", "ends_on": "2025-12-31"});
        let december = made(app, "fiscal-periods", december).await;
        let before = made(app, "budgets", json!({"name": "2025", "scope_id": books.center, "fiscal_year_id": old, "currency": "EUR"})).await;
        let line = books.line(app, &before, "A", "100.00").await;
        let now = books.budget(app, 1, Value::Null).await;
        let next = books.line(app, &now, "A", "100.00").await;
        let body = |reversal: Value| json!({"name": "Consulting", "fiscal_period_id": december, "budget_line_id": line, "reversal_line_id": reversal, "amount": euros("30.00"), "posted_on": "2025-12-31", "reverses_on": "2026-01-01"});
        assert_eq!(try_to_make(app, "accruals", body(json!(line))).await.broken(), ["/reversal_line_id other_year"]);
        for (reversal, total) in [(json!(next), "-30.00"), (Value::Null, "-30.00")] {
            let accrual = made(app, "accruals", body(reversal)).await;
            walk(app, "accruals", &accrual, &["posted", "reversed"]).await;
            assert_eq!(position(app, &now).await["total"]["actual"], euros(total));
        }
        assert_eq!(position(app, &before).await["total"]["actual"], euros("60.00"), "the old year keeps its cost");
    }
}
