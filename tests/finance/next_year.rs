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

/// A record of another domain, by its id.
async fn other(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(collection, &body).await["id"].as_str().unwrap().to_owned()
}

/// A project under way.
async fn project(app: &TestApp, code: &str, more: Value) -> String {
    let mut body = json!({"code": code, "name": code});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let id = other(app, "projects/projects", body).await;
    let moved = app.transition(&app.admin, &format!("/api/v1/projects/projects/{id}"), "initiating").await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    id
}

/// Work with a budget.
async fn work(app: &TestApp, project: &str, code: &str, days: (&str, &str), amount: &str, more: Value) -> String {
    let mut body =
        json!({"project_id": project, "wbs_code": code, "name": code, "starts_on": days.0, "ends_on": days.1, "budget_at_completion": euros(amount)});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    other(app, "projects/work-items", body).await
}

/// A contract line of 10 a month on a budget line.
async fn monthly_ten(app: &TestApp, vendor: &str, line: &str) {
    let contract = json!({"code": "C-1", "title": "Housing", "vendor_id": vendor, "kind": "lease", "starts_on": "2025-01-01", "ends_on": "2026-12-31", "renewal": "tacit", "renewal_months": 12, "currency": "EUR"});
    let contract = other(app, "vendors/contracts", contract).await;
    let body = json!({"contract_id": contract, "position": 1, "title": "Rack", "charge": "recurring", "interval_months": 1, "quantity": "1", "unit": "rack", "unit_price": euros("10"), "budget_line_id": line});
    other(app, "vendors/contract-lines", body).await;
    app.bring(app.served.store.definitions.get("vendors/contracts").unwrap(), &contract, &["signed"]).await;
}

/// A licence of 10, of which 12 are in use, whose year ends on 31 March 2027.
async fn licence(app: &TestApp, vendor: &str) {
    let product = other(app, "infrastructure/software-products", json!({"name": "Monitor", "kind": "application"})).await;
    let body = json!({"name": "Agents", "software_product_id": product, "metric": "user", "quantity": 10, "over_assignment": "allow", "starts_on": "2026-04-01", "ends_on": "2027-03-31", "unit_cost": euros("20"), "vendor_id": vendor});
    let license = other(app, "infrastructure/licenses", body).await;
    let person = other(app, "teams/people", json!({"name": "Ann", "email": "ann@people.example.org"})).await;
    other(app, "infrastructure/license-assignments", json!({"license_id": license, "target_id": person, "quantity": 12, "starts_on": "2026-04-01"})).await;
}

/// The proposal for a year, line by line: kind, amount, name, and whether it continues a line.
async fn proposal(app: &TestApp, actor: &Actor, year: &str, more: &str) -> Vec<(String, String, String, bool)> {
    let answer = app.get(actor, &format!("/api/v1/finance/next-year-budget?fiscal_year_id={year}{more}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let text = |value: &Value| value.as_str().unwrap_or("null").to_owned();
    let row = |line: &Value| (text(&line["provenance"]["kind"]), text(&line["amount"]["amount"]), text(&line["name"]), !line["continues_line_id"].is_null());
    answer.body["data"].as_array().unwrap().iter().map(row).collect()
}

on_both! {
    each_cost_of_projects_licences_and_assets_is_proposed_once(app) {
        let books = Books::open(app).await;
        let (next, _) = books.next_year(app).await;
        let vendor = other(app, "vendors/vendors", json!({"code": "V", "name": "V"})).await;
        app.bring(app.served.store.definitions.get("vendors/vendors").unwrap(), &vendor, &["qualified"]).await;
        let write_offs = made(app, "cost-categories", json!({"code": "DEP", "name": "Write-offs", "kind": "opex"})).await;
        let servers = made(app, "cost-categories", json!({"code": "SRV", "name": "Servers", "kind": "capex"})).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let (move_it, old) = (project(app, "MOVE", json!({})).await, project(app, "OLD", json!({})).await);
        let refit = project(app, "REFIT", json!({"budget_id": budget})).await;
        let mut lines = Vec::new();
        for (name, amount, more) in [
            ("Move", "6000.00", json!({"project_id": move_it})), ("Hardware", "2000.00", json!({"project_id": move_it})),
            ("Services A", "1000.00", json!({"project_id": move_it})), ("Services B", "3000.00", json!({"project_id": move_it})),
            ("Software", "3000.00", json!({"vendor_id": vendor})), ("Write-offs", "900.00", json!({"cost_category_id": write_offs})),
            ("Old", "400.00", json!({"project_id": old})),
        ] {
            let mut body = books.line_body(&budget, name, amount);
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            lines.push(made(app, "budget-lines", body).await);
        }
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        assert_eq!(app.transition(&app.admin, &format!("/api/v1/projects/projects/{old}"), "cancelled").await.status, 200);
        // Ten working days, six of them in 2027: 600 of 1,000. Three fifths of 500 are left, on the line that it names. The rest is over by then.
        work(app, &move_it, "1", ("2026-12-28", "2027-01-08"), "1000.00", json!({})).await;
        work(app, &move_it, "2", ("2027-02-01", "2027-02-26"), "500.00", json!({"progress_percent": 40, "budget_line_id": lines[0]})).await;
        work(app, &move_it, "3", ("2026-07-01", "2026-07-31"), "200.00", json!({})).await;
        work(app, &refit, "1", ("2027-03-01", "2027-03-31"), "250.00", json!({})).await;
        monthly_ten(app, &vendor, &lines[1]).await;
        licence(app, &vendor).await;
        made(app, "cost-entries", books.entry(Some(&lines[4]), "1", "500.00")).await;
        for (tag, category, starts_on, months) in [("A-1", &write_offs, "2026-07-01", 12), ("A-2", &servers, "2026-01-01", 24)] {
            let asset = json!({"tag": tag, "name": tag, "cost": euros(if months == 12 { "1200.00" } else { "2400.00" }), "in_service_on": starts_on,
                "depreciation_method": "straight_line", "depreciation_convention": "full_month", "life_months": months, "cost_category_id": category, "cost_center_id": books.center});
            other(app, "infrastructure/assets", asset).await;
        }
        let row = |kind: &str, amount: &str, name: &str, continues: bool| (kind.to_owned(), amount.to_owned(), name.to_owned(), continues);
        let told = proposal(app, &app.admin, &next, "").await;
        assert_eq!(told, [
            row("project", "300.00", "Move: MOVE", true),
            row("contract", "120.00", "Hardware: Rack", true),
            // 600 less the 120 of the contract, by 1,000 and 3,000.
            row("project", "120.00", "Services A: MOVE", true),
            row("project", "360.00", "Services B: MOVE", true),
            // 500 were spent, of which 10 · 20 are renewed on 1 April; 2 · 20 are to be bought.
            row("outlook", "300.00", "Software", true),
            row("license_renewal", "200.00", "Software: Agents", true),
            row("license_purchase", "40.00", "Software: Agents, additional", false),
            row("depreciation", "600.00", "Write-offs", true),
            row("project", "0.00", "Old: OLD", true),
            row("depreciation", "1200.00", "Depreciation: Servers", false),
            row("project", "250.00", "REFIT", false),
        ]);
        assert_eq!(proposal(app, &app.admin, &next, &format!("&scope_id={}", books.center)).await, told, "all of it is for this cost center");
        let whole = app.get(&app.admin, &format!("/api/v1/finance/next-year-budget?fiscal_year_id={next}")).await.body;
        assert_eq!((&whole["total"][0], &whole["data"][0]["amounts"]), (&euros("3490.00"), &json!([{"period": 1, "amount": euros("300.00")}])));
        let formula = whole["data"][2]["provenance"]["formula"].as_str().unwrap();
        assert!(formula.contains("− 120.00 of contracts and positions on its lines"), "{formula}");

        let draft = json!({"fiscal_year_id": next, "scope_id": books.center});
        let refused = app.post(&app.admin, "/api/v1/finance/next-year-budget/draft", &draft).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/cost_category_id required".to_owned()]), "REFIT has none: {}", refused.text);
        let draft = json!({"fiscal_year_id": next, "scope_id": books.center, "cost_category_id": books.opex});
        let drafted = app.post(&app.admin, "/api/v1/finance/next-year-budget/draft", &draft).await;
        assert_eq!(drafted.status, 201, "{}", drafted.text);
        assert_eq!(position_total(app, &drafted.id()).await, euros("3490.00"));
        let made = app.get(&app.admin, &format!("/api/v1/finance/budget-lines?budget_id={}", drafted.id())).await.body["data"].clone();
        assert_eq!([&made[0]["distribution"], &made[9]["cost_category_id"], &made[10]["project_id"]], [&json!("manual"), &json!(servers), &json!(refit)]);
        assert_eq!(proposal(app, &app.admin, &next, "").await, told, "what is drafted is no line of the year before");
    }

    what_a_planner_may_not_see_of_other_fields_is_not_proposed(app) {
        let books = Books::open(app).await;
        let (next, _) = books.next_year(app).await;
        let hidden = project(app, "HIDDEN", json!({})).await;
        let budget = books.budget(app, 1, Value::Null).await;
        let mut body = books.line_body(&budget, "Line", "6000.00");
        body["project_id"] = json!(hidden);
        made(app, "budget-lines", body).await;
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        work(app, &hidden, "1", ("2027-03-01", "2027-03-31"), "250.00", json!({})).await;
        let asset = json!({"tag": "A-1", "name": "A", "cost": euros("1200.00"), "in_service_on": "2026-07-01", "depreciation_method": "straight_line", "life_months": 12, "cost_center_id": books.center});
        other(app, "infrastructure/assets", asset).await;
        let reading = ["fiscal_years", "budgets", "budget_lines", "cost_entries", "commitments", "budget_transfers"].map(|name| format!("finance.{name}:read"));
        let planner = holder(app, "planner", &reading.each_ref().map(String::as_str)).await;
        let told = proposal(app, &planner, &next, "").await;
        assert_eq!(told, [("budget".to_owned(), "6000.00".to_owned(), "Line".to_owned(), true)]);
        assert_eq!(proposal(app, &app.admin, &next, "").await.len(), 2, "the project and the asset");
    }
}

async fn position_total(app: &TestApp, budget: &str) -> Value {
    position(app, budget).await["budget"].clone()
}

on_both! {
    what_a_contract_that_has_ended_cost_is_planned_no_more(app) {
        let books = Books::open(app).await;
        let (_, lines) = books.active(app, 1, Value::Null, &["1000.00"]).await;
        let (next, _) = books.next_year(app).await;
        let vendor = other(app, "vendors/vendors", json!({"code": "V", "name": "V"})).await;
        app.bring(app.served.store.definitions.get("vendors/vendors").unwrap(), &vendor, &["qualified"]).await;
        monthly_ten(app, &vendor, &lines[0]).await;
        let contract = app.get(&app.admin, "/api/v1/vendors/contracts").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        app.bring(app.served.store.definitions.get("vendors/contracts").unwrap(), &contract, &["terminated"]).await;
        let told = app.get(&app.admin, &format!("/api/v1/finance/next-year-budget?fiscal_year_id={next}")).await.body;
        let rows: Vec<_> = told["data"].as_array().unwrap().iter().map(|line| (line["provenance"]["kind"].clone(), line["amount"].clone())).collect();
        assert_eq!(rows, [(json!("contract"), euros("0.00"))], "{told}");
    }
}
