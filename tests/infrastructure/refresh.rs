//! Plans for what is replaced under a budget. It is 15 June 2026, 09:00 UTC.

use super::{alter, depend, made, made_in, service};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

async fn plan(app: &TestApp, actor: &Actor, more: Value) -> Answer {
    let mut body = json!({"budget": euros("10000.00"), "horizon": "2027-01-01"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post(actor, "/api/v1/infrastructure/refresh-plans", &body).await
}

fn titles<'a>(plan: &'a Value, part: &str) -> Vec<&'a str> {
    plan[part].as_array().unwrap_or_else(|| panic!("{plan}")).iter().map(|row| row["device"]["title"].as_str().unwrap()).collect()
}

/// Devices: two servers of 6,000 euros each that lose their support, one of them under the shop; a switch that cost 3,000 euros, loses its warranty and is
/// written off; and a telephone that nobody knows the price of.
async fn estate(app: &TestApp) {
    let maker = made(app, "manufacturers", json!({"name": "Acme"})).await;
    let kind = async |model: &str, more: Value| {
        let mut body = json!({"manufacturer_id": maker, "model": model});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        made(app, "device-types", body).await
    };
    let server = kind("S-1", json!({"end_of_support_on": "2026-09-30", "replacement_cost": euros("6000.00")})).await;
    let (switch, phone) = (kind("X-1", json!({})).await, kind("T-1", json!({"end_of_security_on": "2026-03-31"})).await);
    let device =
        async |name: &str, kind: &str| made_in(app, "devices", json!({"name": name, "device_type_id": kind, "role": "server"}), &["staged", "active"]).await;
    let (critical, switch) = (device("srv-critical", &server).await, device("switch", &switch).await);
    device("srv-other", &server).await;
    device("phone", &phone).await;
    let asset = json!({"tag": "A-1", "name": "Switch", "item_id": switch, "cost": euros("3000.00"), "in_service_on": "2021-01-01", "life_months": 60,
        "depreciation_method": "straight_line", "depreciation_convention": "full_month", "warranty_ends_on": "2026-12-31"});
    made_in(app, "assets", asset, &["received"]).await;
    let shop = service(app, "SHOP").await;
    super::alter(app, "services", &shop, json!({"criticality_tier": 1})).await;
    depend(app, &shop, "requires", &critical, None).await;
}

on_both! {
    a_budget_replaces_what_is_most_urgent_under_what_is_most_critical(app) {
        estate(app).await;
        let told = plan(app, &app.admin, json!({})).await;
        assert_eq!(told.status, 200, "{}", told.text);
        // By hand: end of support 4 · (5 − 1) = 16; end of security 5; end of support 4; warranty and written off 2 + 1.
        let told = told.body;
        assert_eq!((titles(&told, "selected"), titles(&told, "rejected")), (vec!["srv-critical", "switch"], vec!["phone", "srv-other"]));
        let column = |part: &str, name: &str| told[part].as_array().unwrap().iter().map(|row| row[name].clone()).collect::<Vec<Value>>();
        assert_eq!((column("selected", "priority"), column("rejected", "priority")), (vec![json!(16), json!(3)], vec![json!(5), json!(4)]));
        assert_eq!(column("selected", "price_source"), [json!("replacement_cost"), json!("asset_cost")]);
        assert_eq!((&told["total"], &told["left"], &told["drafts"]), (&euros("9000.00"), &euros("1000.00"), &Value::Null));
        let reasons = column("rejected", "reason");
        assert!(reasons[0].as_str().unwrap().contains("replacement_cost") && reasons[1].as_str().unwrap().contains("budget"), "{reasons:?}");
        let all = plan(app, &app.admin, json!({"budget": euros("15000.00")})).await.body;
        assert_eq!((titles(&all, "selected"), &all["left"]), (vec!["srv-critical", "srv-other", "switch"], &euros("0.00")));
        // Dollars are counted at the rate of today, and nothing fits without one.
        let dollars = json!({"budget": {"amount": "10000.00", "currency": "USD"}});
        assert_eq!(titles(&plan(app, &app.admin, dollars.clone()).await.body, "selected"), Vec::<&str>::new());
        app.make("finance/exchange-rates", &json!({"kind": "spot", "from_currency": "EUR", "to_currency": "USD", "valid_on": "2026-06-01", "rate": "1.10", "source": "ECB"})).await;
        assert_eq!(plan(app, &app.admin, dollars).await.body["total"], json!({"amount": "9900.00", "currency": "USD"}));
        for (wrong, said) in [(json!({"budget": euros("0.00")}), "/budget range"), (json!({"budget_id": steward::resource::Id::new().to_string()}), "/cost_category_id required")] {
            let refused = plan(app, &app.admin, wrong).await;
            assert_eq!((refused.status, refused.broken()), (409, vec![said.to_owned()]));
        }
    }

    a_plan_becomes_drafts_as_far_as_the_caller_may_make_them(app) {
        estate(app).await;
        let finance = async |collection: &str, body: Value| app.make(&format!("finance/{collection}"), &body).await["id"].as_str().unwrap().to_owned();
        let year = finance("fiscal-years", json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        finance("fiscal-periods", json!({"fiscal_year_id": year, "number": 1, "name": "All", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        let (center, capex) = (finance("cost-centers", json!({"code": "CC-1", "name": "Operations"})).await, finance("cost-categories", json!({"code": "CAPEX", "name": "Hardware", "kind": "capex"})).await);
        let budget = finance("budgets", json!({"name": "Refresh", "scope_id": center, "fiscal_year_id": year, "currency": "EUR", "version": 1})).await;
        let project = app.make("projects/projects", &json!({"code": "REF", "name": "Refresh"})).await["id"].as_str().unwrap().to_owned();
        app.make("projects/work-items", &json!({"project_id": project, "wbs_code": "4.2", "name": "There already"})).await;
        let wanted = json!({"budget": euros("15000.00"), "budget_id": budget, "cost_category_id": capex, "requisition_code": "REQ-1", "project_id": project});
        let manager = app.actor("infrastructure_manager", None).await;
        assert!(matches!(plan(app, &manager, wanted.clone()).await.status, 403 | 404), "who may not make budget lines makes none");
        let told = plan(app, &app.admin, wanted.clone()).await;
        assert_eq!(told.status, 200, "{}", told.text);
        let drafts = &told.body["drafts"];
        let read = async |collection: &str, id: &Value| app.get(&app.admin, &format!("/api/v1/{collection}/{}", id.as_str().unwrap())).await.body;
        let lines = [read("finance/budget-lines", &drafts["budget_line_ids"][0]).await, read("finance/budget-lines", &drafts["budget_line_ids"][1]).await];
        assert_eq!([&lines[0]["name"], &lines[0]["amount"]], [&json!("Refresh of S-1"), &euros("12000.00")]);
        assert_eq!([&lines[1]["name"], &lines[1]["amount"]], [&json!("Refresh of X-1"), &euros("3000.00")]);
        let requisition = read("vendors/requisitions", &drafts["requisition_id"]).await;
        assert_eq!((&requisition["code"], &requisition["state"], &requisition["needed_on"]), (&json!("REQ-1"), &json!("draft"), &json!("2027-01-01")));
        let line = read("vendors/requisition-lines", &drafts["requisition_line_ids"][0]).await;
        assert_eq!((&line["quantity"], &line["unit_price"]["amount"]), (&json!("2"), &json!("6000")), "{line}");
        let mut tasks = Vec::new();
        for id in drafts["work_item_ids"].as_array().unwrap() {
            let task = read("projects/work-items", id).await;
            tasks.push((task["wbs_code"].clone(), task["name"].clone(), task["deadline_on"].clone()));
        }
        assert_eq!(tasks[0], (json!("5"), json!("Refresh before 2027-01-01"), Value::Null));
        assert_eq!(tasks[1], (json!("5.1"), json!("Replace srv-critical"), json!("2026-09-30")));
        assert_eq!(tasks.len(), 4);
        // The code of the requisition is taken, and nothing of a second plan is left behind.
        let twice = plan(app, &app.admin, wanted).await;
        assert_eq!((twice.status, twice.broken()), (409, vec!["/requisition_code duplicate".to_owned()]), "{}", twice.text);
        let count = app.get(&app.admin, &format!("/api/v1/projects/work-items?project_id={project}&include_total=true")).await;
        assert_eq!(count.body["total_count"], 5, "{}", count.text);
    }

    a_contract_that_ends_and_a_serious_vulnerability_are_reasons(app) {
        let maker = made(app, "manufacturers", json!({"name": "Acme"})).await;
        let kind = made(app, "device-types", json!({"manufacturer_id": maker, "model": "S-1", "replacement_cost": euros("6000.00")})).await;
        let device = async |name: &str| made_in(app, "devices", json!({"name": name, "device_type_id": kind, "role": "server"}), &["staged", "active"]).await;
        let [leased, weak, hosting, fair] = [device("leased").await, device("weak").await, device("hosting").await, device("fair").await];
        let vendor = app.make("vendors/vendors", &json!({"code": "LESSOR", "name": "Lessor"})).await["id"].clone();
        let contract = json!({"code": "C-1", "title": "Lease", "vendor_id": vendor, "kind": "lease", "starts_on": "2024-01-01", "ends_on": "2026-12-31", "currency": "EUR"});
        let contract = app.make("vendors/contracts", &contract).await["id"].clone();
        made(app, "assets", json!({"tag": "A-1", "name": "Leased", "item_id": leased, "contract_id": contract, "ownership": "leased"})).await;
        let product = made(app, "software-products", json!({"name": "Server", "kind": "application"})).await;
        let release = made(app, "software-releases", json!({"software_product_id": product, "version": "1"})).await;
        let installation = made(app, "installations", json!({"software_release_id": release, "host_id": hosting})).await;
        let mut found = Vec::new();
        for (subject, severity, day) in [(&weak, "critical", "2026-06-01"), (&weak, "high", "2026-06-02"), (&installation, "high", "2026-06-10"), (&fair, "medium", "2026-06-01")] {
            let body = json!({"title": severity, "subject_id": subject, "severity": severity, "detected_on": day});
            found.push(app.make("security/vulnerabilities", &body).await["id"].as_str().unwrap().to_owned());
        }
        let candidates = async |actor: &Actor| app.get(actor, "/api/v1/infrastructure/refresh-candidates?before=2027-01-01").await.body;
        let told = |answer: &Value| -> Vec<Value> {
            let row = |row: &Value| json!([row["device"]["title"], row["reasons"][0]["reason"], row["due_on"], row["open_vulnerabilities"]]);
            answer["data"].as_array().unwrap_or_else(|| panic!("{answer}")).iter().map(row).collect()
        };
        // Critical in 15 days, high in 30. A contract that nobody has signed binds nobody.
        let (first, second) = (json!(["weak", "open_vulnerabilities", "2026-06-16", 2]), json!(["hosting", "open_vulnerabilities", "2026-07-10", 1]));
        assert_eq!(told(&candidates(&app.admin).await), [first.clone(), second.clone()]);
        app.bring(app.served.store.definitions.get("vendors/contracts").unwrap(), contract.as_str().unwrap(), &["active"]).await;
        let all = candidates(&app.admin).await;
        assert_eq!((told(&all), &all["partial"]), (vec![first.clone(), second.clone(), json!(["leased", "contract_end", "2026-12-31", 0])], &json!([])));
        // By hand: open vulnerabilities 4, end of contract 3.
        let planned = plan(app, &app.admin, json!({"budget": euros("12000.00")})).await.body;
        assert_eq!((titles(&planned, "selected"), titles(&planned, "rejected")), (vec!["weak", "hosting"], vec!["leased"]), "{planned}");
        assert_eq!([&planned["selected"][0]["priority"], &planned["rejected"][0]["priority"]], [&json!(4), &json!(3)]);
        // What is no weakness is no reason, and who may not read of weaknesses and contracts is told of neither.
        for state in ["triaged", "false_positive"] {
            assert_eq!(app.patch(&app.admin, &format!("/api/v1/security/vulnerabilities/{}", found[2]), "*", &json!({"decision_reason": "Not built in."})).await.status, 200);
            assert_eq!(app.transition(&app.admin, &format!("/api/v1/security/vulnerabilities/{}", found[2]), state).await.status, 200, "{state}");
        }
        assert_eq!(told(&candidates(&app.admin).await)[..2], [first, json!(["leased", "contract_end", "2026-12-31", 0])]);
        let narrow = ["devices", "device_types", "assets", "incidents", "component_outages", "installations"].map(|name| format!("infrastructure.{name}:read"));
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        let seen = candidates(&app.actor("narrow", None).await).await;
        assert_eq!((told(&seen), &seen["partial"]), (Vec::new(), &json!(["security/vulnerabilities", "vendors/contracts"])));
    }

    what_a_critical_service_rests_on_by_a_volume_is_as_critical_and_every_target_of_an_incident_failed(app) {
        let maker = made(app, "manufacturers", json!({"name": "Acme"})).await;
        let kind = made(app, "device-types", json!({"manufacturer_id": maker, "model": "A-1", "end_of_support_on": "2026-09-30", "replacement_cost": euros("6000.00")})).await;
        let device = async |name: &str| made_in(app, "devices", json!({"name": name, "device_type_id": kind, "role": "storage"}), &["staged", "active"]).await;
        let (plain, array) = (device("plain").await, device("array").await);
        let pool = made(app, "storage-pools", json!({"name": "pool", "kind": "block", "node_id": array})).await;
        let machine = made(app, "virtual-machines", json!({"name": "vm"})).await;
        made(app, "volumes", json!({"name": "volume", "storage_pool_id": pool, "attached_to_id": machine})).await;
        let shop = service(app, "SHOP").await;
        alter(app, "services", &shop, json!({"criticality_tier": 1})).await;
        depend(app, &shop, "requires", &machine, None).await;
        let told = plan(app, &app.admin, json!({})).await.body;
        assert_eq!((titles(&told, "selected"), &told["selected"][0]["criticality_tier"]), (vec!["array"], &json!(1)), "{told}");
        for title in ["one", "two", "three"] {
            made(app, "incidents", json!({"title": title, "target_id": array, "target_ids": [plain]})).await;
        }
        let candidates = app.get(&app.admin, "/api/v1/infrastructure/refresh-candidates?before=2027-01-01").await.body;
        let failures: Vec<&Value> = candidates["data"].as_array().unwrap().iter().map(|row| &row["failures"]).collect();
        assert_eq!(failures, [&json!(3), &json!(3)], "{candidates}");
    }
}
