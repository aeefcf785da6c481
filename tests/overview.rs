//! The overview: one measure of each domain, worked by hand.

use crate::harness::{Actor, TestApp};
use crate::on_both;
use crate::security::{assessed, made, published, risk};
use serde_json::{Value, json};
use std::sync::Arc;
use steward::access::Session;
use steward::database::{SqlValue, Statement};
use steward::resource::value::Instant;
use steward::store::{Origin, Writer};

async fn overview(app: &TestApp, actor: &Actor) -> Value {
    let answer = app.get(actor, "/api/v1/platform/overview").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

/// The measure of a domain.
async fn measure(app: &TestApp, actor: &Actor, domain: &str) -> Value {
    let body = overview(app, actor).await;
    body["measures"].as_array().unwrap().iter().find(|each| each["domain"] == json!(domain)).unwrap().clone()
}

/// Plan, actual, forecast and status.
fn figures(measure: &Value) -> Value {
    json!([measure["plan"], measure["actual"], measure["forecast"], measure["status"]])
}

/// A further figure.
fn also(measure: &Value, name: &str) -> Value {
    measure["also"].as_array().unwrap().iter().find(|each| each["name"] == json!(name)).map_or(Value::Null, |each| each["value"].clone())
}

/// Moves a record through states; the second administrator approves and confirms.
pub async fn walk(app: &TestApp, collection: &str, id: &str, states: &[&str]) {
    for state in states {
        let actor = if matches!(*state, "approved" | "confirmed") { app.second_admin().await } else { app.admin.clone() };
        let moved = app.transition(&actor, &format!("/api/v1/{collection}/{id}"), state).await;
        assert_eq!(moved.status, 200, "{collection} {state}: {}", moved.text);
    }
}

pub fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// A record with more fields.
fn with(mut body: Value, more: Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// The books of 2026.
pub struct Books {
    pub year: String,
    quarters: Vec<String>,
    opex: String,
}

impl Books {
    pub async fn open(app: &TestApp) -> Books {
        let year = made(app, "finance/fiscal-years", json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        let mut quarters = Vec::new();
        for (number, starts, ends) in
            [(1, "2026-01-01", "2026-03-31"), (2, "2026-04-01", "2026-06-30"), (3, "2026-07-01", "2026-09-30"), (4, "2026-10-01", "2026-12-31")]
        {
            let body = json!({"fiscal_year_id": year, "number": number, "name": format!("Q{number}"), "starts_on": starts, "ends_on": ends});
            quarters.push(made(app, "finance/fiscal-periods", body).await);
        }
        let opex = made(app, "finance/cost-categories", json!({"code": "OPEX", "name": "Hosting", "kind": "opex"})).await;
        Books { year, quarters, opex }
    }

    /// A draft of a budget of a unit with one line; the two.
    pub async fn budget(&self, app: &TestApp, unit: &str, currency: &str, amount: &str) -> (String, String) {
        let body = json!({"name": "Budget", "scope_id": unit, "fiscal_year_id": self.year, "currency": currency, "unit_id": unit});
        let budget = made(app, "finance/budgets", body).await;
        let body = json!({"budget_id": budget, "name": "Line", "cost_category_id": self.opex, "amount": {"amount": amount, "currency": currency}});
        let line = made(app, "finance/budget-lines", body).await;
        (budget, line)
    }

    async fn spend(&self, app: &TestApp, line: &str, unit: &str, posted_on: &str, amount: &str) {
        let quarter = if posted_on < "2026-04-01" { &self.quarters[0] } else { &self.quarters[1] };
        let body = json!({
            "posted_on": posted_on, "fiscal_period_id": quarter, "budget_line_id": line, "net": euros(amount), "gross": euros(amount),
            "base_amount": euros(amount), "source": "manual", "document": format!("{posted_on} {amount}"), "unit_id": unit
        });
        made(app, "finance/cost-entries", body).await;
    }
}

on_both! {
    an_empty_house_says_why_nothing_is_known(app) {
        let body = overview(app, &app.admin).await;
        assert_eq!((&body["as_of"], &body["currency"]), (&json!("2026-06-15"), &json!("EUR")));
        let measures = body["measures"].as_array().unwrap();
        let domains: Vec<&str> = measures.iter().map(|each| each["domain"].as_str().unwrap()).collect();
        assert_eq!(domains, ["teams", "strategy", "finance", "infrastructure", "projects", "security", "vendors", "governance"]);
        for each in measures {
            assert_eq!(figures(each), json!([null, null, null, null]), "{each}");
            assert!(each["reason"].as_str().unwrap().starts_with("No"), "{each}");
        }
        // Who may see nothing is told that, and no more.
        for each in overview(app, &app.stranger().await).await["measures"].as_array().unwrap() {
            assert_eq!(figures(each), json!([null, null, null, null]), "{each}");
            assert!(each["reason"].as_str().unwrap().starts_with("You may not see"), "{each}");
        }
        assert_eq!(app.get(&Actor::nobody(), "/api/v1/platform/overview").await.status, 401);
    }

    objectives_are_held_against_the_time_that_has_passed(app) {
        let root = app.root_unit().await;
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let cycle = made(app, "strategy/planning-cycles", json!({"name": "Q2", "kind": "quarter", "starts_on": "2026-04-01", "ends_on": "2026-06-30"})).await;
        let objective = async |unit: &str, weight: f64, parent: Option<&str>, reported: &[(&str, f64)]| {
            let body = json!({"planning_cycle_id": cycle, "name": "O", "weight": weight, "parent_id": parent, "unit_id": unit});
            let id = made(app, "strategy/objectives", body).await;
            let gauge = json!({"objective_id": id, "name": "K", "unit_of_measure": "percent", "baseline": 35, "target": 80});
            let result = made(app, "strategy/key-results", gauge).await;
            for (at, value) in reported {
                made(app, "strategy/check-ins", json!({"key_result_id": result, "checked_in_at": at, "value": value})).await;
            }
            id
        };
        let first = objective(&ours, 3.0, None, &[("2026-04-16T00:00:00Z", 44.0), ("2026-05-31T00:00:00Z", 62.0)]).await;
        let second = objective(&theirs, 1.0, None, &[("2026-06-01T08:00:00Z", 35.0)]).await;
        let under = objective(&ours, 1.0, Some(&first), &[("2026-06-01T08:00:00Z", 80.0)]).await;
        objective(&ours, 50.0, None, &[]).await;
        for id in [&first, &second, &under] {
            walk(app, "strategy/objectives", id, &["committed"]).await;
        }
        assert_eq!(measure(app, &app.admin, "strategy").await["actual"], Value::Null, "the cycle is not active");
        walk(app, "strategy/planning-cycles", &cycle, &["active"]).await;
        let told = measure(app, &app.admin, "strategy").await;
        // The first: (0.6 + 1)/2 with the one under it; (3 · 0.8 + 1 · 0)/4 = 60 % when 76 of 91 days have passed.
        // At the end of June: 74.4, so (0.875556 + 1)/2 and (3 · 0.937778)/4.
        assert_eq!(figures(&told), json!([83.516484, 60, 70.333333, "off_track"]), "{told}");
        assert_eq!((&told["unit"], &told["reason"]), (&json!("percent"), &json!("2 objectives are at 60.0 % when 83.5 % of the time has passed.")));
        let strategist = measure(app, &app.actor("strategist", Some(&ours)).await, "strategy").await;
        // 80 of 83.5 is 0.958.
        assert_eq!(figures(&strategist), json!([83.516484, 80, 93.777778, "on_track"]));
        assert_eq!(figures(&measure(app, &app.actor("member", None).await, "strategy").await), json!([null, null, null, null]));
    }

    spending_is_held_against_the_budgets_of_the_running_year(app) {
        let (books, root) = (Books::open(app).await, app.root_unit().await);
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let (budget, line) = books.budget(app, &ours, "EUR", "1000.00").await;
        let (other, other_line) = books.budget(app, &theirs, "EUR", "500.00").await;
        let (dollars, _) = books.budget(app, &root, "USD", "9000.00").await;
        for id in [&budget, &other, &dollars] {
            walk(app, "finance/budgets", id, &["submitted", "approved", "active"]).await;
        }
        books.spend(app, &line, &ours, "2026-02-10", "300.00").await;
        books.spend(app, &other_line, &theirs, "2026-02-10", "100.00").await;
        // What is booked for tomorrow is not of today.
        books.spend(app, &line, &ours, "2026-06-16", "77.00").await;
        let told = measure(app, &app.admin, "finance").await;
        // 166 of 365 days have passed: 400 · 365/166 = 879.518072, which is more than 400 and nothing promised.
        assert_eq!(figures(&told), json!([1500, 400, 879.518072, "on_track"]), "{told}");
        assert_eq!((&told["unit"], also(&told, "budgets_left_out"), also(&told, "open_commitments")), (&json!("EUR"), json!(1), json!(0)));
        assert_eq!(told["reason"], json!("The year will cost 879.52 EUR of 1500.00 EUR, at the pace of the spending so far. 1 budget in USD is left out."));
        // With 1300 promised it is 400 + 1300 = 1700 of 1500: 0.882 of the plan is kept.
        let person = made(app, "teams/people", json!({"name": "Ann", "email": "ann@people.example.org"})).await;
        let source = made(app, "finance/allocations", json!({"person_id": person, "starts_on": "2026-01-01", "ends_on": "2026-12-31", "percent": 10})).await;
        let promise = json!({"budget_line_id": other_line, "fiscal_period_id": books.quarters[2], "source_id": source, "amount": euros("1300.00")});
        let definition = app.served.store.definitions.get("finance/commitments").unwrap();
        app.make_as_house(definition, promise.as_object().unwrap().clone()).await;
        let told = measure(app, &app.admin, "finance").await;
        assert_eq!(figures(&told), json!([1500, 400, 1700, "at_risk"]), "{told}");
        assert!(told["reason"].as_str().unwrap().contains("by what is spent and promised"), "{told}");
        // Who works in one unit sees its own: 300 · 365/166.
        let manager = app.actor("finance_manager", Some(&ours)).await;
        assert_eq!(figures(&measure(app, &manager, "finance").await), json!([1000, 300, 659.638554, "on_track"]));
        // Who sees budgets, but not the ledger, sees the plan.
        let narrow = ["finance.budgets:read", "finance.budget_lines:read"];
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        let told = measure(app, &app.actor("narrow", None).await, "finance").await;
        assert_eq!((figures(&told), told["reason"].as_str().unwrap().starts_with("You may not see the ledger.")), (json!([1500, null, null, null]), true), "{told}");
    }

    availability_is_held_against_what_was_agreed(app) {
        let service = async |code: &str| made(app, "infrastructure/services", json!({"code": code, "name": code, "kind": "business"})).await;
        let (shop, bare, planned) = (service("SHOP").await, service("BARE").await, service("PLANNED").await);
        for id in [&shop, &bare] {
            walk(app, "infrastructure/services", id, &["live"]).await;
        }
        let slo = async |service: &str, name: &str, target: f64, excludes: bool| {
            let body = json!({"service_id": service, "name": name, "target_percent": target, "excludes_maintenance": excludes});
            made(app, "infrastructure/slos", body).await;
        };
        slo(&shop, "Always", 99.9, false).await;
        slo(&shop, "But for maintenance", 98.0, true).await;
        slo(&planned, "Later", 50.0, false).await;
        made(app, "infrastructure/slos", json!({"service_id": shop, "name": "Fast", "indicator": "latency", "target_percent": 10, "threshold": 300})).await;
        let down = async |from: &str, to: &str, more: Value| {
            made(app, "infrastructure/outages", with(json!({"service_id": shop, "started_at": from, "ended_at": to}), more)).await;
        };
        // 7.2 hours by half; 20 hours of maintenance; and one that was over before the 30 days began.
        down("2026-06-10T00:00:00Z", "2026-06-10T07:12:00Z", json!({"degraded_percent": 50})).await;
        let window = json!({"name": "W", "starts_at": "2026-06-01T00:00:00Z", "ends_at": "2026-06-01T20:00:00Z"});
        let window = made(app, "infrastructure/maintenance-windows", window).await;
        walk(app, "infrastructure/maintenance-windows", &window, &["approved"]).await;
        // As if it had been approved before it began.
        let write = move |writer: &mut Writer<'_>| {
            let before = SqlValue::Instant(Instant::parse("2026-05-20T00:00:00Z").unwrap());
            Statement::new("UPDATE maintenance_windows SET approved_at = ").with(before, "").execute(writer.connection)?;
            Ok(())
        };
        app.served.store.write(&Arc::new(Session::system()), &Origin::system(), write).await.unwrap();
        down("2026-06-01T00:00:00Z", "2026-06-01T20:00:00Z", json!({"planned": true, "maintenance_window_id": window})).await;
        down("2026-05-01T00:00:00Z", "2026-05-16T09:00:00Z", json!({})).await;
        let told = measure(app, &app.admin, "infrastructure").await;
        // 100 · (1 − 23.6/720) = 96.722222 and 100 · (1 − 3.6/700) = 99.485714; 1.05 of the 1.896032 that is missing may be.
        assert_eq!(figures(&told), json!([98.95, 98.103968, null, "off_track"]), "{told}");
        assert_eq!((also(&told, "objectives_missed"), also(&told, "live_services_without_objective")), (json!(1), json!(1)));
        assert_eq!(told["reason"], json!("In 30 days 1 of 2 agreed availabilities were missed. For 1 live service none is agreed."));
        let narrow = ["infrastructure.services:read", "infrastructure.slos:read"];
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        assert_eq!(figures(&measure(app, &app.actor("narrow", None).await, "infrastructure").await), json!([98.95, null, null, null]));
    }

    projects_are_held_against_their_baselines(app) {
        let (books, root) = (Books::open(app).await, app.root_unit().await);
        let (budget, _) = books.budget(app, &root, "EUR", "1000.00").await;
        walk(app, "finance/budgets", &budget, &["submitted", "approved", "active"]).await;
        let chartered = json!({"code": "P", "name": "P", "charter": "What is in and what is out.", "budget_id": budget});
        let project = made(app, "projects/projects", chartered).await;
        app.person_of_admin().await;
        assert_eq!(app.post(&app.admin, &format!("/api/v1/projects/projects/{project}/charter-approval"), &json!({})).await.status, 200);
        let work = async |code: &str, more: Value| made(app, "projects/work-items", with(json!({"project_id": project, "wbs_code": code, "name": code}), more)).await;
        work("1", json!({"effort_hours": 20, "starts_on": "2026-06-08", "ends_on": "2026-06-19", "progress_percent": 50})).await;
        let late = work("2", json!({"effort_hours": 10, "ends_on": "2026-06-12"})).await;
        let baseline = made(app, "projects/baselines", json!({"project_id": project, "name": "Agreed"})).await;
        assert_eq!(app.post(&app.admin, &format!("/api/v1/projects/baselines/{baseline}/snapshot"), &json!({})).await.status, 200);
        walk(app, "projects/baselines", &baseline, &["approved", "current"]).await;
        walk(app, "projects/projects", &project, &["initiating", "planning"]).await;
        assert_eq!(measure(app, &app.admin, "projects").await["plan"], Value::Null, "it is not carried out yet");
        walk(app, "projects/projects", &project, &["executing"]).await;
        // The plan is moved; the baseline is not.
        assert_eq!(app.patch(&app.admin, &format!("/api/v1/projects/work-items/{late}"), "*", &json!({"ends_on": "2026-07-31"})).await.status, 200);
        let told = measure(app, &app.admin, "projects").await;
        // Six of ten working days: (20 · 60 + 10 · 100)/30; done (20 · 50 + 0)/30; so 5/11 in the end.
        assert_eq!(figures(&told), json!([73.333333, 33.333333, 45.454545, "off_track"]), "{told}");
        assert_eq!(told["reason"], json!("33.3 % of the work is done, 73.3 % was planned; 1 of 1 project is behind."));
        // Who does not see the baseline compares with the plan as it is: (20 · 60 + 0)/30 = 40.
        let narrow = ["projects.projects:read", "projects.work_items:read"];
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        assert_eq!(figures(&measure(app, &app.actor("narrow", None).await, "projects").await), json!([40, 33.333333, 83.333333, "off_track"]));
    }

    risks_are_held_against_the_appetite(app) {
        let (matrix, root) = (published(app, "RM").await, app.root_unit().await);
        let ours = app.unit("OURS", &root).await;
        let (first, second) = (risk(app, "R1", &matrix, None).await, risk(app, "R2", &matrix, Some(&ours)).await);
        risk(app, "R3", &matrix, None).await;
        assert_eq!(measure(app, &app.admin, "security").await["plan"], Value::Null, "there is no appetite");
        made(app, "security/risk-appetites", json!({"name": "General", "risk_matrix_id": matrix, "max_level": 2, "starts_on": "2026-01-01", "unit_id": root})).await;
        assessed(app, &first, "current", 3, 3).await;
        assessed(app, &first, "target", 1, 1).await;
        assessed(app, &second, "current", 2, 2).await;
        let pert = json!({"min": euros("1000.00"), "mode": euros("2000.00"), "max": euros("9000.00")});
        let quantified = made(app, "security/risk-quantifications", json!({"risk_id": second, "name": "Now", "frequency": 0.5, "loss_pert": pert})).await;
        assert_eq!(app.post(&app.admin, &format!("/api/v1/security/risk-quantifications/{quantified}/run"), &json!({})).await.status, 200);
        let told = measure(app, &app.admin, "security").await;
        assert_eq!(figures(&told), json!([2, 1, 2, "off_track"]), "{told}");
        assert_eq!((also(&told, "risks_above_appetite"), also(&told, "expected_annual_loss")), (json!(1), json!(1500)));
        assert_eq!(told["reason"], json!("1 of 2 risks are above the appetite. 1 other risk cannot be judged."));
        // A unit with an appetite of its own; and one category that has less.
        made(app, "security/risk-appetites", json!({"name": "Own", "risk_matrix_id": matrix, "max_level": 1, "starts_on": "2026-01-01", "unit_id": ours})).await;
        made(app, "security/risk-appetites", json!({"name": "Bold", "category": "security", "risk_matrix_id": matrix, "max_level": 3, "starts_on": "2026-01-01", "unit_id": root})).await;
        let told = measure(app, &app.admin, "security").await;
        assert_eq!((figures(&told), also(&told, "risks_above_appetite")), (json!([2, 1, 1, "off_track"]), json!(1)), "{told}");
        let officer = app.actor("security_officer", Some(&ours)).await;
        assert_eq!(figures(&measure(app, &officer, "security").await), json!([1, 0, 0, "off_track"]));
    }

    contracts_are_decided_in_time(app) {
        let vendor = made(app, "vendors/vendors", json!({"code": "V", "name": "V"})).await;
        walk(app, "vendors/vendors", &vendor, &["onboarding", "qualified"]).await;
        let contract = async |code: &str, more: Value| {
            let body = json!({"code": code, "title": code, "vendor_id": vendor, "kind": "services", "starts_on": "2025-09-01", "currency": "EUR"});
            let id = made(app, "vendors/contracts", with(body, more)).await;
            made(app, "vendors/contract-versions", json!({"contract_id": id, "number": 1, "title": "For signature", "author": "ours"})).await;
            id
        };
        let line = async |contract: &str, position: u32, more: Value| {
            let price = json!({"amount": "100.50", "currency": "EUR"});
            made(app, "vendors/contract-lines", with(json!({"contract_id": contract, "position": position, "title": "Rack", "unit": "rack", "unit_price": price}), more)).await;
        };
        let free = contract("FREE", json!({})).await;
        // Three months before 31 August is Sunday 31 May, so Friday 29 May: that has passed.
        let tacit = json!({"ends_on": "2026-08-31", "renewal": "tacit", "renewal_months": 12, "notice_period": {"value": 3, "unit": "months"}});
        let late = contract("LATE", tacit).await;
        line(&free, 1, json!({"charge": "recurring", "interval_months": 3, "quantity": "2"})).await;
        line(&free, 2, json!({"charge": "one_time", "quantity": "7"})).await;
        line(&late, 1, json!({"charge": "recurring", "interval_months": 1, "quantity": "1", "ends_on": "2026-06-14"})).await;
        contract("DRAFT", json!({})).await;
        for id in [&free, &late] {
            walk(app, "vendors/contracts", id, &["in_review", "approved", "signed", "active"]).await;
        }
        let told = measure(app, &app.admin, "vendors").await;
        assert_eq!(figures(&told), json!([100, 50, null, "off_track"]), "{told}");
        // 2 · 100.50 four times a year; the other one is over since yesterday.
        assert_eq!((also(&told, "contracted_spend"), also(&told, "deadlines_missed")), (json!(804), json!(1)));
        let renewal = json!({"contract_id": late, "title": "On", "decision_due_on": "2026-05-29", "term_ends_on": "2026-08-31", "analysis": "Good.", "rationale": "Cheap."});
        let renewal = made(app, "vendors/renewals", renewal).await;
        walk(app, "vendors/renewals", &renewal, &["analysed"]).await;
        assert_eq!(measure(app, &app.admin, "vendors").await["actual"], json!(50));
        walk(app, "vendors/renewals", &renewal, &["decided_renew"]).await;
        assert_eq!(figures(&measure(app, &app.admin, "vendors").await), json!([100, 100, null, "on_track"]));
    }

    people_with_the_skills_that_are_needed_are_counted(app) {
        let service = made(app, "infrastructure/services", json!({"code": "S", "name": "S", "kind": "business"})).await;
        let skill = async |code: &str| made(app, "teams/skills", json!({"code": code, "name": code})).await;
        let (network, cloud) = (skill("NET").await, skill("CLOUD").await);
        let certification = made(app, "teams/certifications", json!({"code": "CC", "name": "CC", "issuer": "Body"})).await;
        let need = async |skill: &str, count: u32, more: Value| {
            made(app, "teams/skill-needs", with(json!({"subject_id": service, "skill_id": skill, "minimum_level": 3, "needed_count": count}), more)).await;
        };
        need(&network, 2, json!({})).await;
        need(&cloud, 1, json!({"certification_id": certification})).await;
        let person = async |name: &str| {
            let id = made(app, "teams/people", json!({"name": name, "email": format!("{name}@people.example.org")})).await;
            walk(app, "teams/people", &id, &["active"]).await;
            id
        };
        let (ann, bob, eve) = (person("ann").await, person("bob").await, person("eve").await);
        for (person, skill, level) in [(&ann, &network, 3), (&bob, &network, 2), (&eve, &network, 5), (&ann, &cloud, 4)] {
            let body = json!({"person_id": person, "skill_id": skill, "level": level, "source": "manager", "assessed_on": "2026-06-01"});
            let id = made(app, "teams/skill-assessments", body).await;
            walk(app, "teams/skill-assessments", &id, &["confirmed"]).await;
        }
        walk(app, "teams/people", &eve, &["left"]).await;
        let told = measure(app, &app.admin, "teams").await;
        // Ann for the network; bob can too little, eve has left, and ann has no certificate for the cloud.
        assert_eq!(figures(&told), json!([3, 1, null, "off_track"]), "{told}");
        assert_eq!((also(&told, "needs_without_anybody"), also(&told, "key_person_risks")), (json!(1), json!(1)));
        for (expires_on, actual) in [("2026-06-14", 1), ("2026-06-15", 2)] {
            let body = json!({"person_id": ann, "certification_id": certification, "issued_on": "2024-01-01", "expires_on": expires_on});
            let id = made(app, "teams/person-certifications", body).await;
            walk(app, "teams/person-certifications", &id, &["valid"]).await;
            assert_eq!(measure(app, &app.admin, "teams").await["actual"], json!(actual), "{expires_on}");
        }
        let narrow = ["teams.skill_needs:read", "teams.skills:read"];
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        assert_eq!(figures(&measure(app, &app.actor("narrow", None).await, "teams").await), json!([3, null, null, null]));
    }

    published_frameworks_are_covered(app) {
        let mut requirements = Vec::new();
        for (name, publish) in [("Law", true), ("Draft", false)] {
            let framework = made(app, "governance/frameworks", json!({"name": name, "version": "1"})).await;
            for code in ["R1", "R2", "R3"] {
                requirements.push(made(app, "governance/requirements", json!({"framework_id": framework, "code": code, "title": code})).await);
            }
            if publish {
                walk(app, "governance/frameworks", &framework, &["published"]).await;
            }
        }
        let control = made(app, "governance/controls", json!({"code": "C", "name": "C", "kind": "detective", "test_period_days": 30})).await;
        made(app, "governance/control-tests", json!({"control_id": control, "kind": "operating", "tested_on": "2026-06-01", "result": "passed"})).await;
        walk(app, "governance/controls", &control, &["implemented", "operating"]).await;
        made(app, "governance/control-requirements", json!({"control_id": control, "requirement_id": requirements[0], "extent": "full"})).await;
        made(app, "governance/applicability-statements", json!({"requirement_id": requirements[2], "applicable": false, "reason": "None."})).await;
        let told = measure(app, &app.admin, "governance").await;
        assert_eq!(figures(&told), json!([100, 50, null, "off_track"]), "{told}");
        assert_eq!(told["reason"], json!("1 of 2 requirements of 1 published framework are met by controls that are tested and work."));
        let member = measure(app, &app.actor("member", None).await, "governance").await;
        assert_eq!((figures(&member), &member["reason"]), (json!([null, null, null, null]), &json!("You may not see controls and what they cover.")));
    }
}
