//! What a loss means beside what goes down: money, credits, recovery, repair, work and controls. It is 15 June 2026, 09:00 UTC.

use super::{depend, device_type, go, made, service, titles, try_to_make};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

async fn impact(app: &TestApp, actor: &Actor, path: &str) -> Value {
    let answer = app.get(actor, &format!("/api/v1/infrastructure/impact/{path}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

/// Makes a record of another domain as the administrator and returns its id.
async fn beyond(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(collection, &body).await["id"].as_str().unwrap().to_owned()
}

/// Moves a record of another domain through states, where it needs four eyes by the second administrator.
async fn walk(app: &TestApp, collection: &str, id: &str, states: &[&str]) {
    for state in states {
        let actor = if matches!(*state, "approved" | "confirmed") { app.second_admin().await } else { app.admin.clone() };
        let moved = app.transition(&actor, &format!("/api/v1/{collection}/{id}"), state).await;
        assert_eq!(moved.status, 200, "{collection} {state}: {}", moved.text);
    }
}

/// A contract in force with a vendor that is charged by the month and the year.
async fn contract(app: &TestApp, vendor: &str) -> String {
    let contract = drafted(app, vendor).await;
    bring_into_force(app, &contract).await;
    contract
}

async fn bring_into_force(app: &TestApp, contract: &str) {
    walk(app, "vendors/contracts", contract, &["in_review", "approved", "signed", "active"]).await;
}

/// The draft of such a contract.
async fn drafted(app: &TestApp, vendor: &str) -> String {
    let body = json!({"code": "HOST", "title": "Hosting", "vendor_id": vendor, "kind": "services", "starts_on": "2026-01-01", "currency": "EUR"});
    let contract = beyond(app, "vendors/contracts", body).await;
    beyond(app, "vendors/contract-versions", json!({"contract_id": contract, "number": 1, "title": "For signature", "author": "ours"})).await;
    for (position, months, quantity, price) in [(1, 1, "12", "640.00"), (2, 12, "1", "1200.00")] {
        let price = json!({"amount": price, "currency": "EUR"});
        let line = json!({"contract_id": contract, "position": position, "title": "Line", "charge": "recurring", "interval_months": months, "quantity": quantity, "unit": "piece", "unit_price": price});
        beyond(app, "vendors/contract-lines", line).await;
    }
    contract
}

async fn vendor(app: &TestApp) -> String {
    let vendor = beyond(app, "vendors/vendors", json!({"code": "DELTA", "name": "Delta"})).await;
    walk(app, "vendors/vendors", &vendor, &["onboarding", "qualified"]).await;
    vendor
}

fn column(rows: &Value, name: &str) -> Value {
    rows.as_array().unwrap_or_else(|| panic!("{rows}")).iter().map(|row| row[name].clone()).collect()
}

on_both! {
    what_is_failed_or_retired_does_not_stand(app) {
        let model = device_type(app).await;
        let device = async |name: &str| made(app, "devices", json!({"name": name, "device_type_id": model, "role": "server"})).await;
        let (first, second, third) = (device("one").await, device("two").await, device("three").await);
        let (database, shop) = (service(app, "DB").await, service(app, "SHOP").await);
        for node in [&first, &second, &third] {
            depend(app, &database, "requires", node, Some(("nodes", 1))).await;
        }
        depend(app, &shop, "requires", &database, None).await;
        assert_eq!(titles(&impact(app, &app.admin, &first).await), (vec![], vec!["DB"]));
        for (node, states) in [(&second, ["staged", "active", "failed"].as_slice()), (&third, ["staged", "active", "offline"].as_slice())] {
            for state in states {
                assert_eq!(go(app, "devices", node, state).await.status, 200);
            }
        }
        let lost = impact(app, &app.admin, &first).await;
        assert_eq!((titles(&lost), &lost["down_before"]), ((vec!["DB", "SHOP"], vec![]), &json!(2)));
        // Of what is down already it is asked what its loss means beside the others.
        assert_eq!(impact(app, &app.admin, &second).await["down_before"], 1);
        assert_eq!(go(app, "devices", &third, "active").await.status, 200);
        assert_eq!(titles(&impact(app, &app.admin, &first).await), (vec![], vec!["DB"]));
    }

    what_a_node_rests_on_is_told_with_its_path_and_the_weakest_link(app) {
        let model = device_type(app).await;
        let host = made(app, "devices", json!({"name": "host", "device_type_id": model, "role": "server"})).await;
        let machine = made(app, "virtual-machines", json!({"name": "vm", "device_id": host})).await;
        let (shop, first, second, report) = (service(app, "SHOP").await, service(app, "N1").await, service(app, "N2").await, service(app, "REPORT").await);
        depend(app, &shop, "requires", &machine, None).await;
        depend(app, &shop, "requires", &first, Some(("nodes", 1))).await;
        depend(app, &shop, "requires", &second, Some(("nodes", 1))).await;
        depend(app, &shop, "uses", &report, None).await;
        let up = impact(app, &app.admin, &format!("{shop}?direction=up")).await;
        assert_eq!(column(&up["rests_on"], "title"), json!(["vm", "host", "N1", "N2", "REPORT"]));
        assert_eq!(column(&up["rests_on"], "need"), json!(["required", "required", "alternative", "alternative", "used"]));
        assert_eq!(up["rests_on"][1]["path"], json!([shop, machine, host]));
        assert_eq!((&up["lost"]["title"], &up["down"], &up["repair"], &up["cost_per_hour"]), (&json!("SHOP"), &json!([]), &Value::Null, &Value::Null));
        assert_eq!(impact(app, &app.admin, &format!("{host}?direction=up")).await["rests_on"], json!([]));
        for wrong in ["direction=sideways", "hours=-1", "hours=NaN", "hours=8785"] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/infrastructure/impact/{shop}?{wrong}")).await.status, 400, "{wrong}");
        }
    }

    downtime_costs_by_the_hour_and_vendors_owe_credits(app) {
        let vendor = vendor(app).await;
        let contract = drafted(app, &vendor).await;
        let priced = async |code: &str, amount: &str, currency: &str| {
            made(app, "services", json!({"code": code, "name": code, "kind": "business", "downtime_cost_per_hour": {"amount": amount, "currency": currency}})).await
        };
        let (orders, shop, wiki) = (priced("ORDERS", "4800.00", "EUR").await, priced("SHOP", "200.00", "USD").await, service(app, "WIKI").await);
        let negative = json!({"code": "NO", "name": "No", "kind": "business", "downtime_cost_per_hour": {"amount": "-1.00", "currency": "EUR"}});
        assert_eq!(try_to_make(app, "services", negative).await.broken(), ["/downtime_cost_per_hour range"]);
        depend(app, &orders, "requires", &contract, None).await;
        depend(app, &shop, "requires", &orders, None).await;
        depend(app, &wiki, "requires", &orders, None).await;
        let tiers = json!([{"beyond": 99.9, "credit_percent": 5}, {"beyond": 99.5, "credit_percent": 20}, {"beyond": 95, "credit_percent": 60}]);
        let target = json!({"contract_id": contract, "service_id": orders, "name": "Up", "metric": "availability", "target": 99.9, "unit": "percent",
            "measurement_window": "month", "credit_tiers": tiers, "credit_cap_percent": 50, "starts_on": "2026-01-01"});
        let target = beyond(app, "vendors/sla-targets", target).await;
        bring_into_force(app, &contract).await;
        beyond(app, "finance/exchange-rates", json!({"kind": "spot", "from_currency": "USD", "to_currency": "EUR", "valid_on": "2026-06-01", "rate": "0.90", "source": "ECB"})).await;

        let lost = impact(app, &app.admin, &orders).await;
        // By hand: 4,800 EUR, and 200 USD at 0.90.
        let cost = &lost["cost_per_hour"];
        assert_eq!((&cost["known"], &cost["unknown"], &cost["total"]), (&json!(2), &json!(1), &json!({"amount": "4980.00", "currency": "EUR"})), "{cost}");
        assert_eq!(column(&cost["amounts"], "amount"), json!(["4800.00", "200.00"]));
        // One hour of the 720 of June is 99.861 %: 5 % of 12 · 640 + 1,200 ÷ 12 = 7,780.
        let credit = &lost["service_credits"][0];
        assert_eq!((&credit["sla_target_id"], &credit["attained_percent"], &credit["credit_percent"], &credit["at_fault"]), (&json!(target), &json!(99.861_111), &json!(5), &json!(false)));
        assert_eq!((&credit["fee"]["amount"], &credit["amount"]["amount"], &credit["ends_on"]), (&json!("7780.00"), &json!("389.00"), &json!("2026-06-30")));
        // Without the vendor its contract is lost, and what stands on that; 72 hours are 90 %, and the cap is a half.
        let lost = impact(app, &app.admin, &format!("{vendor}?hours=72")).await;
        assert_eq!(titles(&lost), (vec!["Hosting", "ORDERS", "SHOP", "WIKI"], vec![]));
        let credit = &lost["service_credits"][0];
        assert_eq!((&credit["credit_percent"], &credit["amount"]["amount"], &credit["at_fault"]), (&json!(50), &json!("3890.00"), &json!(true)));
        assert_eq!(impact(app, &app.admin, &format!("{vendor}?hours=0.5")).await["service_credits"], json!([]), "half an hour is within 99.9 %");
        let calm = impact(app, &app.admin, &wiki).await;
        assert_eq!((&calm["cost_per_hour"]["total"], &calm["cost_per_hour"]["amounts"]), (&Value::Null, &json!([])));
        assert!(calm["cost_per_hour"]["reason"].as_str().unwrap().contains("downtime_cost_per_hour"));
    }

    a_loss_names_who_can_repair_it_and_what_waits_for_it(app) {
        let (ann, vendor) = (app.person_of_admin().await, vendor(app).await);
        let (bob, contract) = (app.person_of_second().await, contract(app, &vendor).await);
        let model = device_type(app).await;
        let device = made(app, "devices", json!({"name": "db-1", "device_type_id": model, "role": "server", "owner_id": ann})).await;
        made(app, "assets", json!({"tag": "A-1", "name": "A-1", "item_id": device, "custodian_id": bob, "contract_id": contract})).await;
        let orders = service(app, "ORDERS").await;
        depend(app, &orders, "requires", &device, None).await;
        let team = beyond(app, "teams/teams", json!({"code": "OPS", "name": "Operation"})).await;
        let shift = json!({"team_id": team, "person_id": bob, "service_id": orders, "starts_at": "2026-06-15T08:00:00Z", "ends_at": "2026-06-22T08:00:00Z"});
        beyond(app, "teams/on-call-shifts", shift).await;
        let skill = beyond(app, "teams/skills", json!({"code": "PG", "name": "PostgreSQL"})).await;
        beyond(app, "teams/skill-needs", json!({"subject_id": orders, "skill_id": skill, "minimum_level": 3})).await;
        let level = async |person: &str, level: u32, source: &str| {
            let body = json!({"person_id": person, "skill_id": skill, "level": level, "source": source, "assessed_on": "2026-06-01"});
            beyond(app, "teams/skill-assessments", body).await
        };
        walk(app, "teams/people", &ann, &["active"]).await;
        // What is proposed does not count.
        level(&bob, 5, "test").await;
        let of_ann = level(&ann, 4, "self").await;
        walk(app, "teams/skill-assessments", &of_ann, &["confirmed"]).await;
        let control = beyond(app, "governance/controls", json!({"code": "CTL-1", "name": "Log review", "kind": "detective", "test_period_days": 90})).await;
        depend(app, &control, "requires", &orders, None).await;
        let refused = try_to_make(app, "dependencies", json!({"from_id": control, "to_id": device, "kind": "hosts"})).await;
        assert_eq!((refused.status, refused.broken()), (422, vec!["/kind kind".to_owned()]), "{}", refused.text);

        let lost = impact(app, &app.admin, &device).await;
        assert_eq!(column(&lost["repair"]["people"], "role"), json!(["owner", "custodian", "on_call", "qualified"]), "{}", lost["repair"]);
        assert_eq!(column(&lost["repair"]["people"], "person_id"), json!([ann, bob, bob, ann]));
        assert_eq!(column(&lost["repair"]["people"], "node_id"), json!([device, device, orders, orders]));
        assert_eq!((column(&lost["repair"]["contracts"], "title"), &lost["repair"]["contracts"][0]["vendor_id"]), (json!(["Hosting"]), &json!(vendor)));
        assert_eq!((column(&lost["controls_lost"], "title"), &lost["partial"]), (json!(["Log review"]), &json!([])));
    }

    a_loss_misses_recovery_objectives_and_delays_work(app) {
        let (orders, model) = (service(app, "ORDERS").await, device_type(app).await);
        let device = made(app, "devices", json!({"name": "db-1", "device_type_id": model, "role": "server"})).await;
        depend(app, &orders, "requires", &device, None).await;
        let plan = json!({"code": "P", "name": "P", "trigger": "It is out.", "scope": [{"subject_id": orders, "rto_seconds": 360_000, "rpo_seconds": 3600}]});
        let plan = beyond(app, "security/recovery-plans", plan).await;
        beyond(app, "security/recovery-steps", json!({"recovery_plan_id": plan, "number": 1, "name": "Restore", "duration_seconds": 14_400, "subject_id": orders})).await;
        walk(app, "security/recovery-plans", &plan, &["approved", "active"]).await;
        let process = async |code: &str, rto: u32, need: &str| {
            beyond(app, "security/business-processes", json!({"code": code, "name": code, "rto_seconds": rto, "depends_on": [{"subject_id": need}]})).await
        };
        let strict = process("STRICT", 7200, &orders).await;
        process("LAX", 86_400, &strict).await;
        process("OTHER", 60, &service(app, "WIKI").await).await;
        let lost = impact(app, &app.admin, &device).await;
        // Four hours of the plan: two more than the strict one has, and 20 fewer than the other that needs it.
        assert_eq!((column(&lost["processes"], "title"), column(&lost["processes"], "gap_seconds")), (json!(["STRICT", "LAX"]), json!([7200, -72_000])), "{}", lost["processes"]);
        assert_eq!((&lost["recovery_objectives_missed"], &lost["processes"][0]["needs"]), (&json!(1), &json!([orders])));

        let project = beyond(app, "projects/projects", json!({"code": "MOVE", "name": "Move"})).await;
        let work = async |code: &str| beyond(app, "projects/work-items", json!({"project_id": project, "wbs_code": code, "name": format!("Work {code}")})).await;
        let (first, second) = (work("1").await, work("2").await);
        let third = work("3").await;
        let change = json!({"title": "New disks", "kind": "normal", "target_id": device, "starts_at": "2026-07-01T08:00:00Z", "ends_at": "2026-07-01T10:00:00Z"});
        let change = made(app, "changes", change).await;
        for (predecessor, successor) in [(&change, &first), (&first, &second)] {
            beyond(app, "projects/work-dependencies", json!({"predecessor_id": predecessor, "successor_id": successor})).await;
        }
        let lost = impact(app, &app.admin, &device).await;
        assert_eq!((column(&lost["work_delayed"], "title"), column(&lost["work_delayed"], "because_id")), (json!(["Work 1", "Work 2"]), json!([change, first])));
        // A person may be lost as well: who is assigned does not do it, and what waits for that waits longer.
        let bob = app.person_of_second().await;
        beyond(app, "projects/assignments", json!({"work_item_id": second, "person_id": bob, "starts_on": "2026-06-01"})).await;
        depend(app, &orders, "uses", &bob, None).await;
        let lost = impact(app, &app.admin, &bob).await;
        assert_eq!((titles(&lost), column(&lost["work_delayed"], "because_id")), ((vec![], vec!["ORDERS"]), json!([bob])));
        // So does what the person answers for, and each is told once.
        for item in [&second, &third] {
            let named = app.patch(&app.admin, &format!("/api/v1/projects/work-items/{item}"), "*", &json!({"responsible_id": bob})).await;
            assert_eq!(named.status, 200, "{}", named.text);
        }
        let lost = impact(app, &app.admin, &bob).await;
        assert_eq!((column(&lost["work_delayed"], "title"), column(&lost["work_delayed"], "because_id")), (json!(["Work 2", "Work 3"]), json!([bob, bob])));
    }

    what_may_not_be_read_is_left_out_and_named(app) {
        let (orders, wiki) = (service(app, "ORDERS").await, service(app, "WIKI").await);
        depend(app, &wiki, "requires", &orders, None).await;
        app.make("identity/roles", &json!({"code": "graph", "name": "Graph", "permissions": ["infrastructure.services:read", "infrastructure.dependencies:read"]})).await;
        let reader = app.actor("graph", None).await;
        let lost = impact(app, &reader, &orders).await;
        assert_eq!(titles(&lost), (vec!["WIKI"], vec![]));
        for part in ["service_credits", "processes", "recovery_objectives_missed", "work_delayed", "controls_lost"] {
            assert!(lost[part].is_null(), "{part}");
        }
        let partial = ["governance/controls", "projects/work-items", "security/business-processes", "teams/people", "vendors/contracts", "vendors/sla-targets"];
        assert_eq!(lost["partial"], json!(partial));
        assert_eq!(lost["repair"], json!({"people": [], "contracts": [], "restore_hours": null}));
    }

    losing_a_circuit_is_credited_by_its_contract(app) {
        let vendor = vendor(app).await;
        let contract = drafted(app, &vendor).await;
        let target = json!({"contract_id": contract, "name": "Up", "metric": "availability", "target": 99.9, "unit": "percent", "measurement_window": "month",
            "credit_tiers": [{"beyond": 99.9, "credit_percent": 5}], "starts_on": "2026-01-01"});
        beyond(app, "vendors/sla-targets", target).await;
        bring_into_force(app, &contract).await;
        let site = made(app, "sites", json!({"code": "RTM", "name": "Rotterdam"})).await;
        let circuit = json!({"provider_id": vendor, "contract_id": contract, "number": "C-1", "kind": "internet", "a_site_id": site, "restore_hours": 4});
        let circuit = made(app, "circuits", circuit).await;
        let lost = impact(app, &app.admin, &format!("{circuit}?hours=72")).await;
        // 5 % of the 7,780 euros of June.
        let credit = &lost["service_credits"][0];
        assert_eq!((&credit["at_fault"], &credit["credit_percent"], &credit["amount"]["amount"]), (&json!(true), &json!(5), &json!("389.00")), "{lost}");
        assert_eq!(lost["repair"]["restore_hours"], json!(4));
        // With its site it is down as well, and not by its provider.
        let with_site = impact(app, &app.admin, &format!("{site}?hours=72")).await;
        assert_eq!((column(&with_site["service_credits"], "at_fault"), &with_site["repair"]["restore_hours"]), (json!([false]), &Value::Null));
        let model = device_type(app).await;
        let device = made(app, "devices", json!({"name": "leased", "device_type_id": model, "role": "server"})).await;
        assert_eq!(impact(app, &app.admin, &format!("{device}?hours=72")).await["service_credits"], json!([]));
        made(app, "assets", json!({"tag": "A-1", "name": "A-1", "item_id": device, "contract_id": contract})).await;
        let lost = impact(app, &app.admin, &format!("{device}?hours=72")).await;
        assert_eq!(column(&lost["service_credits"], "at_fault"), json!([false]), "only if the vendor is at fault");
    }

    who_has_left_repairs_nothing(app) {
        let gone = beyond(app, "teams/people", json!({"name": "Gone", "email": "gone@example.org"})).await;
        let model = device_type(app).await;
        let device = made(app, "devices", json!({"name": "db-1", "device_type_id": model, "role": "server", "owner_id": gone})).await;
        let people = async || column(&impact(app, &app.admin, &device).await["repair"]["people"], "person_id");
        assert_eq!(people().await, json!([gone]));
        app.bring(app.served.store.definitions.get("teams/people").unwrap(), &gone, &["left"]).await;
        assert_eq!(people().await, json!([]));
    }

    work_waits_for_a_change_of_a_further_target(app) {
        let model = device_type(app).await;
        let device = made(app, "devices", json!({"name": "db-1", "device_type_id": model, "role": "server"})).await;
        let change = made(app, "changes", json!({"title": "New disks", "target_ids": [device]})).await;
        let project = beyond(app, "projects/projects", json!({"code": "MOVE", "name": "Move"})).await;
        let item = beyond(app, "projects/work-items", json!({"project_id": project, "wbs_code": "1", "name": "Copy"})).await;
        beyond(app, "projects/work-dependencies", json!({"predecessor_id": change, "successor_id": item})).await;
        assert_eq!(column(&impact(app, &app.admin, &device).await["work_delayed"], "because_id"), json!([change]));
    }
}
