//! How the amount of a line falls on its periods, and costs on those who bear them: to the cent.

use super::*;
use crate::on_both;

async fn spread(app: &TestApp, line: &str) -> Vec<(i64, String)> {
    let answer = app.get(&app.admin, &format!("/api/v1/finance/budget-lines/{line}/spread")).await;
    let periods = answer.body["periods"].as_array().unwrap_or_else(|| panic!("{}", answer.text));
    periods.iter().map(|each| (each["period"].as_i64().unwrap(), each["amount"]["amount"].as_str().unwrap().to_owned())).collect()
}

fn told(amounts: &[&str]) -> Vec<(i64, String)> {
    amounts.iter().enumerate().map(|(at, amount)| (at as i64 + 1, (*amount).to_owned())).collect()
}

on_both! {
    an_amount_falls_on_the_periods_by_the_largest_remainders(app) {
        let books = Books::open(app).await;
        let closing = json!({"fiscal_year_id": books.year, "number": 13, "name": "Closing", "starts_on": "2026-12-31", "ends_on": "2026-12-31", "adjustment": true});
        made(app, "fiscal-periods", closing).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let line = async |more: Value| {
            let mut body = books.line_body(&budget, "A", "1000.00");
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            made(app, "budget-lines", body).await
        };
        // 1000.01 over four: 250.0025 each; the cent goes to the first.
        let equal = line(json!({"amount": euros("1000.01")})).await;
        assert_eq!(spread(app, &equal).await, told(&["250.01", "250.00", "250.00", "250.00"]), "nothing falls on the adjustment period");
        // 90, 91, 92 and 92 days of 365: 246.57|53, 249.31|51, 252.05|48, 252.05|48; two cents are left, for the first two.
        let days = line(json!({"distribution": "by_days"})).await;
        assert_eq!(spread(app, &days).await, told(&["246.58", "249.32", "252.05", "252.05"]));
        // 1 : 2 : 4 of 100.00: 14.28|57, 28.57|14, 57.14|28; a cent is left, for the first.
        let weights = json!([{"period": 3, "weight": 4}, {"period": 1, "weight": 1}, {"period": 2, "weight": 2}]);
        let weighed = line(json!({"amount": euros("100.00"), "distribution": "weights", "weights": weights})).await;
        assert_eq!(spread(app, &weighed).await, told(&["14.29", "28.57", "57.14", "0.00"]));
        // A credit is split as a cost is.
        let credit = line(json!({"amount": euros("-100.00"), "distribution": "weights", "weights": weights})).await;
        assert_eq!(spread(app, &credit).await, told(&["-14.29", "-28.57", "-57.14", "0.00"]));
        let given = json!([{"period": 1, "amount": euros("0.01")}, {"period": 4, "amount": euros("999.99")}]);
        let manual = line(json!({"distribution": "manual", "amounts": given})).await;
        assert_eq!(spread(app, &manual).await, [(1, "0.01".to_owned()), (4, "999.99".to_owned())]);
        // 0.01 : 999.99 of 500.00: 0.005 and 499.995; the cent is left, and the earlier of two equal remainders gets it.
        let copy = line(json!({"amount": euros("500.00"), "distribution": "copy", "copied_from_id": manual})).await;
        assert_eq!(spread(app, &copy).await, told(&["0.01", "0.00", "0.00", "499.99"]));
        // Who copies what is split by days or by weights follows the days or weights, also at second hand: 14.29 : 28.57 : 57.14.
        let seasons = line(json!({"amount": euros("200.00"), "distribution": "copy", "copied_from_id": weighed})).await;
        assert_eq!(spread(app, &seasons).await, told(&["28.58", "57.14", "114.28", "0.00"]));
        let again = line(json!({"amount": euros("100.00"), "distribution": "copy", "copied_from_id": seasons})).await;
        assert_eq!(spread(app, &again).await, told(&["14.29", "28.57", "57.14", "0.00"]));
    }

    given_amounts_add_up_to_the_line_exactly(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let each = |period: u32, amount: &str| json!({"period": period, "amount": euros(amount)});
        for (more, said) in [
            (json!({"amounts": [each(1, "60.00"), each(2, "39.99")]}), "/amounts sum"),
            (json!({"amounts": [each(1, "60.00"), each(1, "40.00")]}), "/amounts duplicate"),
            (json!({"amounts": [each(1, "60.00"), {"period": 2, "amount": {"amount": "40.00", "currency": "USD"}}]}), "/amounts currency"),
            (json!({"distribution": "manual"}), "/amounts required"),
            (json!({"distribution": "weights"}), "/weights required"),
            (json!({"distribution": "copy"}), "/copied_from_id required"),
        ] {
            let mut body = books.line_body(&budget, "A", "100.00");
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let refused = try_to_make(app, "budget-lines", body).await;
            assert_eq!((refused.status, refused.broken()), (422, vec![said.to_owned()]), "{}", refused.text);
        }
        let mut foreign = books.line_body(&budget, "A", "100.00");
        foreign["amount"]["currency"] = "USD".into();
        assert_eq!(try_to_make(app, "budget-lines", foreign).await.broken(), ["/amount/currency currency"]);
    }

    what_leaves_a_pool_comes_in_exactly_at_those_who_bear_it(app) {
        let books = Books::open(app).await;
        for code in ["CC-A", "CC-B", "CC-C"] {
            made(app, "cost-centers", json!({"code": code, "name": code})).await;
        }
        let rule = |code: &str, pool: &str, shares: &[(&str, f64)]| {
            let targets: Vec<Value> = shares.iter().map(|(center, share)| json!({"cost_center": center, "share_percent": share})).collect();
            json!({"code": code, "name": code, "pool_id": pool, "driver": "fixed", "targets": targets})
        };
        for shares in [[("CC-A", 60.0), ("CC-B", 40.5)], [("CC-A", 60.0), ("CC-B", 39.9)]] {
            let refused = try_to_make(app, "allocation-rules", rule("R", &books.center, &shares)).await;
            assert_eq!((refused.status, refused.broken()), (422, vec!["/targets sum".to_owned()]), "{}", refused.text);
        }
        let thirds = [("CC-A", 33.33), ("CC-B", 33.33), ("CC-C", 33.34)];
        let id = made(app, "allocation-rules", rule("R", &books.center, &thirds)).await;
        let a = app.get(&app.admin, "/api/v1/finance/cost-centers?code=CC-A").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let back = try_to_make(app, "allocation-rules", rule("BACK", &a, &[("CC-1", 100.0)])).await;
        assert_eq!((back.status, back.broken()), (409, vec!["/targets circle".to_owned()]), "{}", back.text);
        let run = async |amount: Value| made(app, "allocation-runs", json!({"allocation_rule_id": id, "fiscal_period_id": books.quarters[0], "amount": amount})).await;
        let first = run(Value::Null).await;
        assert_eq!(go(app, "allocation-runs", &first, "computed").await.broken(), ["/amount empty"], "nothing is booked there");
        made(app, "cost-entries", books.entry(None, "POOL", "0.05")).await;
        let other = run(euros("0.06")).await;
        assert_eq!(go(app, "allocation-runs", &other, "computed").await.broken(), ["/amount balance"]);
        walk(app, "allocation-runs", &first, &["computed"]).await;
        // What was computed stays, whatever becomes of the rule.
        let changed = json!({"targets": [{"cost_center": "CC-A", "share_percent": 100}]});
        assert_eq!(app.patch(&app.admin, &at("allocation-rules", &id), "*", &changed).await.status, 200);
        let run = first;
        walk(app, "allocation-runs", &run, &["posted"]).await;
        let booked = async || {
            let entries = app.get(&app.admin, &format!("/api/v1/finance/cost-entries?source=allocation&source_id={run}&sort=document_line")).await;
            entries.body["data"].as_array().unwrap().iter().map(|entry| entry["base_amount"]["amount"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        // 5 cents: 1.6665, 1.6665 and 1.667: one each, and the two that are left to the largest remainder and then the first.
        assert_eq!(booked().await, ["-0.05", "0.02", "0.01", "0.02"]);
        let stored = app.get(&app.admin, &at("allocation-rules", &id)).await.body["targets"].clone();
        assert_eq!((&stored[0]["cost_center_id"], &stored[0]["cost_center"]), (&json!(a), &Value::Null), "by id, however it was written");
        let shares = app.get(&app.admin, &format!("/api/v1/finance/allocation-runs/{run}/shares")).await.body;
        assert_eq!((&shares["amount"], shares["shares"].as_array().map(Vec::len)), (&euros("0.05"), Some(3)), "{shares}");
        made(app, "cost-entries", books.entry(None, "MORE", "1.00")).await;
        let again = made(app, "allocation-runs", json!({"allocation_rule_id": id, "fiscal_period_id": books.quarters[0]})).await;
        walk(app, "allocation-runs", &again, &["computed"]).await;
        assert_eq!(app.get(&app.admin, &at("allocation-runs", &again)).await.body["amount"], euros("1.00"), "what the pool holds");
        assert_eq!(go(app, "allocation-runs", &again, "posted").await.broken(), [" another"]);
        walk(app, "allocation-runs", &run, &["reversed"]).await;
        assert_eq!(booked().await, ["-0.05", "0.02", "0.01", "0.02", "0.05", "-0.02", "-0.01", "-0.02"]);
        walk(app, "allocation-runs", &again, &["posted"]).await;
    }

    what_is_allocated_keeps_the_category_of_its_pool(app) {
        let books = Books::open(app).await;
        let lines = made(app, "cost-categories", json!({"code": "LINES", "name": "Lines", "kind": "opex"})).await;
        let mut centers = Vec::new();
        for code in ["CC-A", "CC-B"] {
            centers.push(made(app, "cost-centers", json!({"code": code, "name": code})).await);
        }
        for (document, category, amount) in [("1", &books.opex, "70.00"), ("2", &lines, "30.01")] {
            let mut entry = books.entry(None, document, amount);
            entry["cost_category_id"] = json!(category);
            made(app, "cost-entries", entry).await;
        }
        let target = |center: &String| json!({"cost_center_id": center});
        let rule = json!({"code": "R", "name": "R", "pool_id": books.center, "driver": "even", "targets": centers.iter().map(target).collect::<Vec<_>>()});
        let rule = made(app, "allocation-rules", rule).await;
        let run = made(app, "allocation-runs", json!({"allocation_rule_id": rule, "fiscal_period_id": books.quarters[0]})).await;
        walk(app, "allocation-runs", &run, &["computed"]).await;
        assert_eq!(app.get(&app.admin, &at("allocation-runs", &run)).await.body["amount"], euros("100.01"));
        walk(app, "allocation-runs", &run, &["posted"]).await;
        let page = app.get(&app.admin, &format!("/api/v1/finance/cost-entries?source=allocation&source_id={run}")).await.body["data"].clone();
        let of = |category: &str, center: &str| {
            let own = page.as_array().unwrap().iter().filter(|entry| entry["cost_category_id"] == *category && entry["cost_center_id"] == *center);
            own.map(|entry| entry["net"]["amount"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        for (category, amounts) in [(&books.opex, ["-70.00", "35.00", "35.00"]), (&lines, ["-30.01", "15.01", "15.00"])] {
            let found = [of(category, &books.center), of(category, &centers[0]), of(category, &centers[1])];
            assert_eq!(found, amounts.map(|amount| vec![amount.to_owned()]), "{page}");
        }
        let shares = app.get(&app.admin, &format!("/api/v1/finance/allocation-runs/{run}/shares")).await.body["shares"].clone();
        let told: Vec<_> = shares.as_array().unwrap().iter().map(|share| (&share["cost_center_id"], &share["cost_center"], &share["amount"])).collect();
        assert_eq!(told, [(&json!(centers[0]), &json!("CC-A"), &euros("50.01")), (&json!(centers[1]), &json!("CC-B"), &euros("50.00"))]);
        // Nothing is left of either, so that nothing is allocated twice.
        let again = made(app, "allocation-runs", json!({"allocation_rule_id": rule, "fiscal_period_id": books.quarters[0]})).await;
        assert_eq!(go(app, "allocation-runs", &again, "computed").await.broken(), ["/amount empty"]);
    }

    the_targets_of_a_rule_are_cost_centers_that_the_caller_sees(app) {
        let books = Books::open(app).await;
        let root = app.root_unit().await;
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let own = made(app, "cost-centers", json!({"code": "CC-OURS", "name": "Ours", "unit_id": ours})).await;
        let foreign = made(app, "cost-centers", json!({"code": "CC-THEIRS", "name": "Theirs", "unit_id": theirs})).await;
        let manager = app.actor("finance_manager", Some(&ours)).await;
        let pool = made(app, "cost-centers", json!({"code": "CC-POOL", "name": "Pool", "unit_id": ours})).await;
        let attempt = async |targets: Value| {
            let body = json!({"code": format!("R-{}", steward::resource::Id::new()), "name": "R", "pool_id": pool, "driver": "even", "targets": targets, "unit_id": ours});
            let answer = app.post(&manager, "/api/v1/finance/allocation-rules", &body).await;
            (answer.status, answer.broken())
        };
        let refused = |said: &str| (422, vec![said.to_owned()]);
        assert_eq!(attempt(json!([{"cost_center": "cc-ours"}])).await, (201, vec![]));
        assert_eq!(attempt(json!([{"cost_center_id": own}])).await, (201, vec![]));
        for (targets, said) in [
            (json!([{"cost_center": "CC-THEIRS"}]), "/targets/0/cost_center reference"),
            (json!([{"cost_center": "CC-NONE"}]), "/targets/0/cost_center reference"),
            (json!([{"cost_center_id": foreign}]), "/targets/0/cost_center_id reference"),
            (json!([{"cost_center_id": books.opex}]), "/targets/0/cost_center_id reference"),
            (json!([{"cost_center_id": own}, {"cost_center": "CC-OURS"}]), "/targets/1 duplicate"),
            (json!([{"cost_center_id": own, "cost_center": "CC-OURS"}]), "/targets one_of"),
        ] {
            assert_eq!(attempt(targets.clone()).await, refused(said), "{targets}");
        }
        // A file names cost centers by their codes.
        let file = "code,name,pool,driver,targets\nR-FILE,R,CC-POOL,even,\"[{\"\"cost_center\"\": \"\"CC-OURS\"\"}]\"\n";
        let headers = [("Content-Type", "text/csv")];
        let path = "/api/v1/platform/imports?collection=finance/allocation-rules";
        let imported = app.call(&app.admin, "POST", path, &headers, Some(file.to_owned())).await;
        assert_eq!((imported.status, &imported.body["created"]), (200, &json!(1)), "{}", imported.text);
        let rule = app.get(&app.admin, "/api/v1/finance/allocation-rules?code=R-FILE").await.body["data"][0].clone();
        assert_eq!(rule["targets"][0]["cost_center_id"], json!(own));
    }

    services_and_units_bear_shares_too_and_heads_are_counted(app) {
        let books = Books::open(app).await;
        let root = app.root_unit().await;
        let (sales, factory) = (app.unit("SALES", &root).await, app.unit("FACTORY", &root).await);
        for (name, unit) in [("Ann", &sales), ("Ben", &factory), ("Cid", &factory)] {
            app.make("teams/people", &json!({"name": name, "email": format!("{name}@people.example.org"), "unit_id": unit})).await;
        }
        let service = app.make("infrastructure/services", &json!({"code": "SHOP", "name": "Shop", "kind": "business", "user_count": 7})).await["id"].clone();
        let rule = |code: &str, targets: Value| json!({"code": code, "name": code, "pool_id": books.center, "driver": "headcount", "targets": targets});
        for targets in [json!([{"unit_id": sales, "service_id": service}]), json!([{}]), json!([{"unit_id": sales}, {"unit_id": sales}])] {
            assert_eq!(try_to_make(app, "allocation-rules", rule("R", targets)).await.status, 422);
        }
        let rule = made(app, "allocation-rules", rule("R", json!([{"unit_id": sales}, {"unit_id": factory}, {"service_id": service}]))).await;
        made(app, "cost-entries", books.entry(None, "POOL", "100.00")).await;
        let run = made(app, "allocation-runs", json!({"allocation_rule_id": rule, "fiscal_period_id": books.quarters[0]})).await;
        walk(app, "allocation-runs", &run, &["computed", "posted"]).await;
        // One, two and seven of ten.
        let shares = app.get(&app.admin, &format!("/api/v1/finance/allocation-runs/{run}/shares")).await.body["shares"].clone();
        let told: Vec<(&Value, &Value, &str)> = shares.as_array().unwrap().iter().map(|share| (&share["unit_id"], &share["service_id"], share["amount"]["amount"].as_str().unwrap())).collect();
        assert_eq!(told, [(&json!(sales), &Value::Null, "10.00"), (&json!(factory), &Value::Null, "20.00"), (&Value::Null, &service, "70.00")]);
        let entries = app.get(&app.admin, &format!("/api/v1/finance/cost-entries?source=allocation&source_id={run}&sort=document_line")).await.body["data"].clone();
        assert_eq!((&entries[2]["unit_id"], &entries[3]["service_id"], &entries[3]["base_amount"], &entries[3]["cost_center_id"]), (&json!(factory), &service, &euros("70.00"), &json!(books.center)));
        walk(app, "allocation-runs", &run, &["reversed"]).await;
        let back = app.get(&app.admin, &format!("/api/v1/finance/cost-entries?source=allocation&source_id={run}&service_id={}&sort=document_line", service.as_str().unwrap())).await.body["data"].clone();
        assert_eq!((back.as_array().unwrap().len(), &back[1]["base_amount"]), (2, &euros("-70.00")));
    }

    amounts_and_weights_fall_on_periods_that_the_year_has(app) {
        let books = Books::open(app).await;
        let budget = books.budget(app, 1, Value::Null).await;
        for (more, said) in [
            (json!({"distribution": "weights", "weights": [{"period": 1, "weight": 1}, {"period": 99, "weight": 1}]}), "/weights/1/period period"),
            (json!({"distribution": "manual", "amounts": [{"period": 99, "amount": euros("100.00")}]}), "/amounts/0/period period"),
        ] {
            let mut body = books.line_body(&budget, "A", "100.00");
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let refused = try_to_make(app, "budget-lines", body).await;
            assert_eq!((refused.status, refused.broken()), (422, vec![said.to_owned()]), "{}", refused.text);
        }
        let forecast = json!({"name": "F", "scope_id": books.center, "fiscal_year_id": books.year, "method": "manual", "currency": "EUR", "amounts": [{"period": 99, "amount": euros("1.00")}]});
        assert_eq!(try_to_make(app, "forecasts", forecast).await.broken(), ["/amounts/0/period period"]);
    }
}
