//! What a year spends on what: the spend profile, the cost of services, and how well resources are used.

use super::*;
use crate::on_both;

on_both! {
    the_spend_profile_tells_what_money_does_and_on_what(app) {
        let books = Books::open(app).await;
        app.patch(&app.admin, &at("fiscal-years", &books.year), "*", &json!({"revenue": euros("100000.00"), "headcount": 40})).await;
        let servers = made(app, "cost-categories", json!({"code": "SRV", "name": "Servers", "kind": "capex", "cost_pool": "hardware", "it_tower": "compute"})).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let mut lines = Vec::new();
        for (name, category, profile, amount) in [("A", &servers, json!("run"), "600.00"), ("B", &books.opex, json!("grow"), "300.00"), ("C", &books.opex, Value::Null, "100.00")] {
            let mut body = books.line_body(&budget, name, amount);
            (body["cost_category_id"], body["spend_profile"]) = (json!(category), profile);
            lines.push(made(app, "budget-lines", body).await);
        }
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        made(app, "cost-entries", books.entry(Some(&lines[0]), "1", "750.00")).await;
        made(app, "cost-entries", books.entry(Some(&lines[1]), "2", "150.00")).await;
        let mut own = books.entry(None, "3", "100.00");
        own["cost_category_id"] = json!(servers);
        made(app, "cost-entries", own).await;
        let told = app.get(&app.admin, &format!("/api/v1/finance/spend-profile?fiscal_year_id={}", books.year)).await.body;
        let parts = |name: &str| -> Vec<(String, String, String, Value)> {
            let part = |part: &Value| (part["key"].as_str().unwrap_or("null").to_owned(), part["budget"]["amount"].as_str().unwrap().to_owned(), part["actual"]["amount"].as_str().unwrap().to_owned(), part["actual_share_percent"].clone());
            told[name].as_array().unwrap().iter().map(part).collect()
        };
        let row = |key: &str, budget: &str, actual: &str, share: i64| (key.to_owned(), budget.to_owned(), actual.to_owned(), json!(share));
        assert_eq!(parts("by_profile"), [row("grow", "300.00", "150.00", 15), row("run", "600.00", "750.00", 75), row("null", "100.00", "100.00", 10)], "{told}");
        assert_eq!(parts("by_kind"), [row("capex", "600.00", "850.00", 85), row("opex", "400.00", "150.00", 15)]);
        assert_eq!(parts("by_cost_pool"), [row("hardware", "600.00", "850.00", 85), row("null", "400.00", "150.00", 15)]);
        assert_eq!(parts("by_it_tower")[0], row("compute", "600.00", "850.00", 85));
        // 1,000 over 40 people, of 100,000.
        assert_eq!((&told["cost_per_employee"], &told["percent_of_revenue"], &told["actual"]), (&euros("25.00"), &json!(1), &euros("1000.00")));
    }

    spend_over_the_year_is_told_by_pool_and_tower(app) {
        let books = Books::open(app).await;
        let category = async |code: &str, pool: &str, tower: Value| made(app, "cost-categories", json!({"code": code, "name": code, "kind": "opex", "cost_pool": pool, "it_tower": tower})).await;
        let (cloud, lines) = (category("CLD", "cloud", json!("compute")).await, category("TEL", "telecom", Value::Null).await);
        for (document, category, quarter, day, amount) in [("1", &cloud, 0, "2026-02-10", "100.00"), ("2", &lines, 1, "2026-05-10", "30.00"), ("3", &cloud, 1, "2026-05-10", "50.00"), ("4", &lines, 0, "2026-02-10", "0.50")] {
            let mut entry = books.entry(None, document, amount);
            (entry["cost_category_id"], entry["fiscal_period_id"], entry["posted_on"]) = (json!(category), json!(books.quarters[quarter]), json!(day));
            made(app, "cost-entries", entry).await;
        }
        let path = format!("/api/v1/finance/spend-series?fiscal_year_id={}", books.year);
        let told = app.get(&app.admin, &path).await.body;
        let row = |part: &Value| (part["key"].clone(), part["amounts"].as_array().unwrap().iter().map(|amount| amount["amount"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" "));
        let rows = |told: &Value| told["data"].as_array().unwrap().iter().map(row).collect::<Vec<_>>();
        assert_eq!(rows(&told), [(json!("cloud"), "100.00 50.00 0.00 0.00".to_owned()), (json!("telecom"), "0.50 30.00 0.00 0.00".to_owned())], "{told}");
        assert_eq!((&told["totals"][1], &told["periods"], &told["data"][0]["total"]), (&euros("80.00"), &json!([1, 2, 3, 4]), &euros("150.00")));
        let by_tower = app.get(&app.admin, &format!("{path}&group_by=it_tower")).await.body;
        assert_eq!(rows(&by_tower)[1], (Value::Null, "0.50 30.00 0.00 0.00".to_owned()));
        let picture = app.call(&app.admin, "GET", &path, &[("Accept", "image/svg+xml")], None).await;
        assert!(picture.status == 200 && picture.text.contains("telecom") && picture.text.starts_with("<svg"), "{}", picture.text);
    }

    a_figure_that_the_client_has_is_not_sent_again_as_json_or_drawn(app) {
        let books = Books::open(app).await;
        let path = format!("/api/v1/finance/spend-series?fiscal_year_id={}", books.year);
        let asked = async |form: &str, known: &str| app.call(&app.admin, "GET", &path, &[("Accept", form), ("If-None-Match", known)], None).await;
        let mut tags = Vec::new();
        for form in ["application/json", "image/svg+xml"] {
            let first = asked(form, "\"other\"").await;
            assert_eq!((first.status, first.header("content-type")), (200, Some(form)), "{}", first.text);
            let again = asked(form, &first.etag()).await;
            assert_eq!((again.status, again.sent, again.etag()), (304, 0, first.etag()), "{form}");
            tags.push(first.etag());
        }
        assert_eq!(asked("application/json", &tags[1]).await.status, 200, "the tag of the one is not that of the other");
    }

    a_service_costs_what_is_booked_for_it_by_source(app) {
        let books = Books::open(app).await;
        let service = app.make("infrastructure/services", &json!({"code": "SHOP", "name": "Shop", "kind": "business", "user_count": 50})).await["id"].clone();
        let budget = books.budget(app, 1, Value::Null).await;
        let mut body = books.line_body(&budget, "A", "600.00");
        body["service_id"] = service.clone();
        let line = made(app, "budget-lines", body).await;
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        for (document, source, on_line, amount) in [("1", "invoice", true, "100.00"), ("2", "time", true, "60.00"), ("3", "depreciation", false, "30.00"), ("4", "allocation", false, "10.00"), ("5", "manual", false, "7.00")] {
            let mut entry = books.entry(on_line.then_some(line.as_str()), document, amount);
            entry["source"] = source.into();
            if !on_line && document != "5" {
                entry["service_id"] = service.clone();
            }
            let definition = app.served.store.definitions.get("finance/cost-entries").unwrap();
            app.make_as_house(definition, entry.as_object().unwrap().clone()).await;
        }
        let told = app.get(&app.admin, &format!("/api/v1/finance/service-costs?fiscal_year_id={}", books.year)).await.body;
        let amounts = |row: &Value| ["direct", "allocated", "people", "depreciation", "total"].map(|name| row[name]["amount"].as_str().unwrap().to_owned());
        assert_eq!(amounts(&told["data"][0]), ["100.00", "10.00", "60.00", "30.00", "200.00"], "{told}");
        assert_eq!((&told["data"][0]["title"], &told["data"][0]["users"], &told["data"][0]["cost_per_user"]), (&json!("Shop"), &json!(50), &euros("4.00")));
        assert_eq!((&told["data"][1]["service_id"], amounts(&told["data"][1])[4].as_str()), (&Value::Null, "7.00"));
    }

    what_is_idle_has_a_cost(app) {
        let books = Books::open(app).await;
        let product = app.make("infrastructure/software-products", &json!({"name": "Monitor", "kind": "application"})).await["id"].clone();
        let license = json!({"name": "Agents", "software_product_id": product, "metric": "device", "quantity": 120, "unit_cost": {"amount": "50", "currency": "EUR"}});
        app.make("infrastructure/licenses", &license).await;
        let told = app.get(&app.admin, &format!("/api/v1/finance/resource-utilization?fiscal_year_id={}", books.year)).await.body;
        let of = |kind: &str| told["data"].as_array().unwrap().iter().find(|row| row["resource"] == kind).unwrap().clone();
        // None of 120 is assigned: 6,000.
        assert_eq!((&of("licences")["idle"], &of("licences")["idle_cost"], &of("licences")["utilization_percent"]), (&json!(120), &euros("6000.00"), &json!(0)), "{told}");
        assert_eq!((&of("racks")["capacity"], &of("racks")["idle_cost"], &of("racks")["utilization_percent"]), (&json!(0), &Value::Null, &Value::Null));
        assert!(of("people")["capacity"].is_number() && of("cloud_commitments")["idle_cost"] == euros("0.00"));
    }
}
