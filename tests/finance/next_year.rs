//! The proposal for the next year's budget, line by line, and the draft that it makes.

use super::*;
use crate::on_both;

on_both! {
    the_next_year_follows_from_contracts_positions_and_what_the_year_costs(app) {
        let books = Books::open(app).await;
        let (_, lines) = books.active(app, 1, Value::Null, &["5000.00", "800.00", "300.00", "9000.00"]).await;
        let (next, _) = books.next_year(app).await;
        // A contract line: 12 racks at 640 a month, indexed with a cap of 3 % on four fifths of the price.
        let vendor = app.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await["id"].as_str().unwrap().to_owned();
        let vendors = app.served.store.definitions.get("vendors/vendors").unwrap();
        app.bring(vendors, &vendor, &["qualified"]).await;
        let rule = json!({"index": "CPI", "base_month": "2025-01", "reference_month": 1, "cap_percent": 3, "fixed_share_percent": 20});
        let contract = json!({"code": "C-1", "title": "Housing", "vendor_id": vendor, "kind": "lease", "starts_on": "2025-01-01", "ends_on": "2026-12-31", "renewal": "tacit", "renewal_months": 12, "currency": "EUR", "index_rule": rule});
        let contract = app.make("vendors/contracts", &contract).await["id"].as_str().unwrap().to_owned();
        let body = json!({"contract_id": contract, "position": 1, "title": "Rack", "charge": "recurring", "interval_months": 1, "quantity": "12", "unit": "rack", "unit_price": {"amount": "640", "currency": "EUR"}, "indexed": true, "budget_line_id": lines[0]});
        app.make("vendors/contract-lines", &body).await;
        let contracts = app.served.store.definitions.get("vendors/contracts").unwrap();
        app.bring(contracts, &contract, &["signed"]).await;
        // The second line costs 210 of 800; the third nothing; a position is on the fourth.
        made(app, "cost-entries", books.entry(Some(&lines[1]), "1", "210.00")).await;
        let role = app.make("teams/role-profiles", &json!({"code": "RP-NET", "version": "1", "name": "Network engineer"})).await["id"].clone();
        let position = app.make("teams/positions", &json!({"title": "Engineer", "role_profile_id": role, "fte": 0.5, "budget_line_id": lines[3]})).await["id"].as_str().unwrap().to_owned();
        let positions = app.served.store.definitions.get("teams/positions").unwrap();
        app.bring(positions, &position, &["approved"]).await;
        made(app, "labor-rates", json!({"subject_id": role, "hourly_rate": {"amount": "10", "currency": "EUR"}, "starts_on": "2026-01-01"})).await;

        let told = app.get(&app.admin, &format!("/api/v1/finance/next-year-budget?fiscal_year_id={next}&index_percent=5")).await.body;
        let rows: Vec<(&str, &str, &str)> = told["data"].as_array().unwrap().iter().map(|line| {
            (line["provenance"]["kind"].as_str().unwrap(), line["amount"]["amount"].as_str().unwrap_or("null"), line["name"].as_str().unwrap())
        }).collect();
        // 640 · 12 · 12 · 1.024; 2027 has 261 working days: 2,088 hours, half of them at 10.
        assert_eq!(rows, [
            ("contract", "94371.84", "Line 0 of 1: Rack"), ("outlook", "210.00", "Line 1 of 1"), ("budget", "300.00", "Line 2 of 1"), ("position", "10440.00", "Line 3 of 1: Engineer"),
        ], "{told}");
        assert_eq!((&told["total"][0], &told["data"][0]["continues_line_id"]), (&euros("105321.84"), &json!(lines[0])));
        assert_eq!(told["previous_year_id"], json!(books.year));

        let body = json!({"fiscal_year_id": next, "scope_id": books.center, "index_percent": 5});
        let drafted = app.post(&app.admin, "/api/v1/finance/next-year-budget/draft", &body).await;
        assert_eq!(drafted.status, 201, "{}", drafted.text);
        assert_eq!((&drafted.body["state"], &drafted.body["fiscal_year_id"], &drafted.body["version"]), (&json!("draft"), &json!(next), &json!(1)));
        let total = position_total(app, &drafted.id()).await;
        assert_eq!(total, euros("105321.84"));
        let made = app.get(&app.admin, &format!("/api/v1/finance/budget-lines?budget_id={}", drafted.id())).await.body["data"].clone();
        assert_eq!((made.as_array().unwrap().len(), &made[0]["cost_category_id"]), (4, &json!(books.opex)));
        assert!(made[0]["description"].as_str().unwrap().contains("12 charges"), "{}", made[0]);
        let nothing = json!({"fiscal_year_id": books.year, "scope_id": books.center});
        assert_eq!(app.post(&app.admin, "/api/v1/finance/next-year-budget/draft", &nothing).await.broken(), ["/scope_id empty"]);
    }
}

async fn position_total(app: &TestApp, budget: &str) -> Value {
    position(app, budget).await["budget"].clone()
}
