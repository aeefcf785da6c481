//! Scenarios: a decision is rehearsed, what it changes is told, and nothing of it stays. Today is Monday, 15 June 2026.

use crate::conflict::{discover, licensed, machine};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use crate::overview::{Books, euros, walk};
use crate::security::made;
use serde_json::{Value, json};
use steward::database::{SqlType, Statement};

const PATH: &str = "/api/v1/platform/scenarios";
const JSON: (&str, &str) = ("Content-Type", "application/json");

/// Tables in which a write leaves something.
const TABLES: [&str; 11] =
    ["registry", "revisions", "edges", "idempotency_keys", "security_events", "jobs", "operations", "conflicts", "contracts", "people", "grants"];

async fn counts(app: &TestApp) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in TABLES {
        let query = Statement::new(format!("SELECT COUNT(*) FROM {table}"));
        let count = app.served.store.database.read(move |connection| Ok(query.first(connection, &[SqlType::Integer])?.unwrap()[0].as_integer().unwrap()));
        counts.push(count.await.unwrap());
    }
    counts
}

async fn position(app: &TestApp) -> Value {
    app.get(&app.admin, "/api/v1/platform/events?limit=200").await.body["next_after"].clone()
}

async fn send(app: &TestApp, actor: &Actor, operations: &[Value], figures: &[&str]) -> Answer {
    app.post(actor, PATH, &json!({"operations": operations, "figures": figures})).await
}

/// A scenario of the administrator that is possible, and leaves everything as it is.
async fn rehearse(app: &TestApp, operations: &[Value], figures: &[&str]) -> Value {
    let before = (counts(app).await, position(app).await);
    let answer = send(app, &app.admin, operations, figures).await;
    assert_eq!((answer.status, answer.header("dry-run"), answer.header("location")), (200, Some("true"), None), "{}", answer.text);
    assert_eq!((counts(app).await, position(app).await), before, "it leaves something");
    answer.body
}

fn transition(collection: &str, id: &str, to: &str) -> Value {
    json!({"op": "transition", "collection": collection, "id": id, "if_match": "*", "body": {"to": to}})
}

fn update(collection: &str, id: &str, body: Value) -> Value {
    json!({"op": "update", "collection": collection, "id": id, "if_match": "*", "body": body})
}

fn create(collection: &str, body: Value) -> Value {
    json!({"op": "create", "collection": collection, "body": body})
}

/// The measure of a domain.
fn measure<'a>(told: &'a Value, domain: &str) -> &'a Value {
    told["measures"].as_array().unwrap().iter().find(|each| each["domain"] == json!(domain)).unwrap()
}

/// The domains whose measures differ.
fn changed(told: &Value) -> Vec<&str> {
    told["measures"].as_array().unwrap().iter().filter(|each| each["changed"] == json!(true)).map(|each| each["domain"].as_str().unwrap()).collect()
}

/// A further figure of a measure, before and after.
fn also(measure: &Value, name: &str) -> [Value; 2] {
    ["before", "after"].map(|when| {
        let found = measure[when]["also"].as_array().unwrap().iter().find(|each| each["name"] == json!(name));
        found.map_or(Value::Null, |each| each["value"].clone())
    })
}

/// The values of a figure that each scenario compares which differ, as pointer, before and after.
fn standard(told: &Value, name: &str) -> Vec<Value> {
    let found = told["standard_figures"].as_array().unwrap().iter().find(|each| each["name"] == json!(name)).unwrap();
    assert_eq!(found["reason"], Value::Null, "{found}");
    changes(found)
}

fn changes(figure: &Value) -> Vec<Value> {
    let told = figure["changes"].as_array().unwrap();
    assert_eq!((json!(told.len()), json!(!told.is_empty())), (figure["count"].clone(), figure["changed"].clone()), "{figure}");
    told.iter().map(|each| json!([each["pointer"], each["before"], each["after"]])).collect()
}

/// Records as collection, title, action, whether an operation names them, and states.
fn records(told: &Value) -> Vec<Value> {
    let of = |each: &Value| json!([each["collection"], each["title"], each["action"], each["direct"], each["state_before"], each["state_after"]]);
    told["records"].as_array().unwrap().iter().map(of).collect()
}

fn statuses(answer: &Answer) -> Vec<u64> {
    answer.body["results"].as_array().unwrap().iter().map(|result| result["status"].as_u64().unwrap()).collect()
}

/// An active contract that costs 201.00 a quarter.
async fn contract(app: &TestApp) -> String {
    let vendor = made(app, "vendors/vendors", json!({"code": "V", "name": "V"})).await;
    walk(app, "vendors/vendors", &vendor, &["onboarding", "qualified"]).await;
    let body = json!({"code": "C", "title": "Hosting", "vendor_id": vendor, "kind": "services", "starts_on": "2025-09-01", "currency": "EUR"});
    let id = made(app, "vendors/contracts", body).await;
    made(app, "vendors/contract-versions", json!({"contract_id": id, "number": 1, "title": "For signature", "author": "ours"})).await;
    let line = json!({"contract_id": id, "position": 1, "title": "Rack", "unit": "rack", "unit_price": euros("100.50"), "charge": "recurring", "interval_months": 3, "quantity": "2"});
    made(app, "vendors/contract-lines", line).await;
    walk(app, "vendors/contracts", &id, &["in_review", "approved", "signed", "active"]).await;
    id
}

/// A person who is there, with 40 hours a week.
async fn person(app: &TestApp, name: &str) -> String {
    let id = made(app, "teams/people", json!({"name": name, "email": format!("{name}@people.example.org"), "weekly_hours": 40})).await;
    walk(app, "teams/people", &id, &["active"]).await;
    id
}

on_both! {
    a_contract_that_is_ended_costs_no_more_and_goes_on(app) {
        let contract = contract(app).await;
        let path = format!("/api/v1/vendors/contracts/{contract}");
        let before = app.get(&app.admin, &path).await;
        let end = json!({"op": "transition", "collection": "vendors/contracts", "id": contract, "if_match": before.etag(), "body": {"to": "terminated", "reason": "Too dear."}});
        let told = rehearse(app, &[end], &[]).await;
        // Two racks at 100.50, four times a year.
        assert_eq!(also(measure(&told, "vendors"), "contracted_spend"), [json!(804), json!(0)], "{told}");
        assert_eq!((changed(&told), &told["as_of"], &told["currency"]), (vec!["vendors"], &json!("2026-06-15"), &json!("EUR")));
        assert_eq!(measure(&told, "teams")["before"], measure(&told, "teams")["after"]);
        assert_eq!(records(&told)[0], json!(["vendors/contracts", "Hosting", "transition", true, "active", "terminated"]), "{told}");
        let after = app.get(&app.admin, &path).await;
        assert_eq!((after.etag(), &after.body), (before.etag(), &before.body));
        let history = app.get(&app.admin, &format!("/api/v1/platform/resources/{contract}/history")).await.body;
        assert_eq!(history["data"].as_array().unwrap().last().unwrap()["action"], json!("activate"));
    }

    a_decision_that_is_refused_says_which_operation_and_why(app) {
        let contract = contract(app).await;
        let unit = create("teams/units", json!({"code": "LAB", "name": "Laboratory"}));
        let before = (counts(app).await, position(app).await);
        let refused = send(app, &app.admin, &[unit, transition("vendors/contracts", &contract, "draft")], &[]).await;
        assert_eq!((refused.status, statuses(&refused)), (409, vec![424, 409]), "{}", refused.text);
        assert!(refused.body["results"][1]["problem"]["detail"].as_str().unwrap().contains("It is active"), "{}", refused.text);
        assert_eq!((counts(app).await, position(app).await), before);
        // What is wrong with the request itself is told at once.
        for (body, broken) in [
            (json!({}), vec!["/operations required"]),
            (json!({"operations": []}), vec!["/operations range"]),
            (json!({"operations": vec![json!({}); 101]}), vec!["/operations range"]),
            (json!({"operations": [{"op": "create"}], "atomic": true}), vec!["/operations/0/collection required", "/atomic unknown"]),
            (json!({"operations": [create("teams/units", json!({}))], "figures": "overview"}), vec!["/figures type"]),
            (json!({"operations": [create("teams/units", json!({}))], "figures": [1]}), vec!["/figures/0 type"]),
            (json!({"operations": [create("teams/units", json!({}))], "figures": vec!["platform/overview"; 11]}), vec!["/figures range"]),
        ] {
            let answer = app.post(&app.admin, PATH, &body).await;
            assert_eq!((answer.status, answer.broken()), (422, broken.into_iter().map(str::to_owned).collect()), "{body}: {}", answer.text);
        }
    }

    somebody_who_leaves_is_missed_by_skills_and_work(app) {
        let ann = person(app, "ann").await;
        let service = made(app, "infrastructure/services", json!({"code": "S", "name": "S", "kind": "business"})).await;
        let skill = made(app, "teams/skills", json!({"code": "NET", "name": "Networks"})).await;
        made(app, "teams/skill-needs", json!({"subject_id": service, "skill_id": skill, "minimum_level": 3, "needed_count": 1})).await;
        let assessed = made(app, "teams/skill-assessments", json!({"person_id": ann, "skill_id": skill, "level": 4, "source": "manager", "assessed_on": "2026-06-01"})).await;
        walk(app, "teams/skill-assessments", &assessed, &["confirmed"]).await;
        let project = made(app, "projects/projects", json!({"code": "P", "name": "P"})).await;
        let work = made(app, "projects/work-items", json!({"project_id": project, "wbs_code": "1", "name": "Work"})).await;
        let booked = json!({"work_item_id": work, "person_id": ann, "starts_on": "2026-06-15", "ends_on": "2026-06-26", "planned_hours": 40});
        made(app, "projects/assignments", booked).await;
        let told = rehearse(app, &[transition("teams/people", &ann, "left")], &[]).await;
        let skills = measure(&told, "teams");
        assert_eq!((changed(&told), &skills["before"]["actual"], &skills["after"]["actual"]), (vec!["teams"], &json!(1), &json!(0)), "{told}");
        assert_eq!(also(skills, "needs_without_anybody"), [json!(0), json!(1)]);
        let workload = standard(&told, "workload");
        let capacity = workload.iter().find(|change| change[0] == json!("/data/0/capacity_hours")).unwrap_or_else(|| panic!("{workload:?}"));
        assert!(capacity[1].as_f64().unwrap() > 0.0 && capacity[2] == json!(0), "{capacity}");
        assert_eq!(standard(&told, "recovery_gaps"), [Value::Null; 0]);
        assert_eq!(app.get(&app.admin, &format!("/api/v1/teams/people/{ann}")).await.body["state"], json!("active"));
    }

    a_recovery_plan_that_is_retired_leaves_a_gap(app) {
        let service = made(app, "infrastructure/services", json!({"code": "ORDERS", "name": "ORDERS", "kind": "business"})).await;
        let scope = json!([{"subject_id": service, "rto_seconds": null, "rpo_seconds": null}]);
        let plan = made(app, "security/recovery-plans", json!({"code": "P", "name": "P", "trigger": "It is out.", "scope": scope})).await;
        let step = json!({"recovery_plan_id": plan, "number": 1, "name": "A step", "duration_seconds": 3600, "subject_id": service});
        made(app, "security/recovery-steps", step).await;
        walk(app, "security/recovery-plans", &plan, &["approved", "active"]).await;
        let process = json!({"code": "BP", "name": "BP", "rto_seconds": 7200, "rpo_seconds": 3600, "depends_on": [{"subject_id": service}]});
        made(app, "security/business-processes", process).await;
        let told = rehearse(app, &[transition("security/recovery-plans", &plan, "retired")], &[]).await;
        let gaps = standard(&told, "recovery_gaps");
        for change in [json!(["/uncovered", 0, 1]), json!(["/data/0/covered", true, false]), json!(["/data/0/rto/effective_seconds", 3600, null])] {
            assert!(gaps.contains(&change), "{change}: {gaps:?}");
        }
        assert_eq!(told["standard_figures"][0]["address"], json!("security/recovery-readiness"));
        assert_eq!(records(&told)[0], json!(["security/recovery-plans", "P", "transition", true, "active", "retired"]));
    }

    figures_are_compared_value_by_value(app) {
        let (books, root) = (Books::open(app).await, app.root_unit().await);
        let (budget, line) = books.budget(app, &root, "EUR", "1000.00").await;
        let path = format!("finance/budgets/{budget}/position");
        let cut = update("finance/budget-lines", &line, json!({"amount": euros("700.00")}));
        let told = rehearse(app, &[cut], &[&path, "platform/overview"]).await;
        let figure = &told["figures"][0];
        assert_eq!((&figure["address"], &figure["before"]), (&json!(path), &app.get(&app.admin, &format!("/api/v1/{path}")).await.body));
        let found = changes(figure);
        assert!(found.contains(&json!(["/total/available/amount", "1000.00", "700.00"])), "{found:?}");
        for change in &found {
            let at = |when: &str| figure[when].pointer(change[0].as_str().unwrap()).cloned().unwrap_or_default();
            assert_eq!((&at("before"), &at("after")), (&change[1], &change[2]), "{change}");
            assert_ne!(change[1], change[2]);
        }
        assert_eq!((&told["figures"][1]["changed"], changed(&told).len()), (&json!(false), 0), "a draft is no plan yet");
        let effect = &told["effects"][0];
        assert_eq!((&effect["budget_line_id"], &effect["before"]["available"]["amount"], &effect["after"]["available"]["amount"]), (&json!(line), &json!("1000.00"), &json!("700.00")), "{effect}");
        // A record that is only made is asked by its number; one that goes has no answer after.
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let budget = |name: &str, unit: &str| json!({"name": name, "scope_id": unit, "fiscal_year_id": books.year, "currency": "EUR", "unit_id": unit});
        let bare = made(app, "finance/budgets", budget("Bare", &theirs)).await;
        let gone = json!({"op": "delete", "collection": "finance/budgets", "id": bare, "if_match": "*"});
        let told = rehearse(app, &[create("finance/budgets", budget("Other", &ours)), gone], &["finance/budgets/$0/position", &format!("finance/budgets/{bare}/position")]).await;
        let [new, old] = [0, 1].map(|at| &told["figures"][at]);
        assert_eq!((&new["address"], &new["before"], &new["after"]["currency"]), (&json!("finance/budgets/$0/position"), &Value::Null, &json!("EUR")), "{new}");
        assert_eq!((&old["before"]["currency"], &old["after"], &old["count"]), (&json!("EUR"), &Value::Null, &json!(1)), "{old}");
        assert_eq!(records(&told), [json!(["finance/budgets", "Other", "create", true, null, "draft"]), json!(["finance/budgets", "Bare", "delete", true, "draft", null])]);
    }

    a_figure_that_is_unknown_or_not_to_be_asked_is_refused_by_its_place(app) {
        let unit = create("teams/units", json!({"code": "LAB", "name": "Laboratory"}));
        let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
        for (figure, status, detail) in [
            ("finance/nothing", 422, "There is no figure"),
            ("finance/budgets", 422, "There is no figure"),
            ("platform/bulk", 422, "There is no figure"),
            ("platform/events", 422, "There is no figure"),
            ("/api/v1/platform/overview", 422, "without /api/v1/"),
            ("finance/budgets/$1/position", 422, "Operation 1"),
            ("platform/overview?colour=red", 400, "colour"),
            ("projects/utilization", 400, "from"),
            (&format!("finance/budgets/{nobody}/position"), 404, "no such resource"),
        ] {
            let answer = send(app, &app.admin, std::slice::from_ref(&unit), &["platform/overview", figure]).await;
            assert_eq!((answer.status, answer.broken()), (status, vec!["/figures/1 figure".to_owned()]), "{figure}: {}", answer.text);
            assert!(answer.body["errors"][0]["detail"].as_str().unwrap().contains(detail), "{figure}: {}", answer.text);
        }
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": ["teams.units:*"]})).await;
        let narrow = app.actor("narrow", None).await;
        let refused = send(app, &narrow, std::slice::from_ref(&unit), &["security/recovery-readiness"]).await;
        let alone = app.get(&narrow, "/api/v1/security/recovery-readiness").await;
        assert_eq!((refused.status, &refused.body["detail"]), (alone.status, &alone.body["detail"]), "{}", refused.text);
        assert_eq!(refused.broken(), ["/figures/0 figure"]);
        // What may not be seen is told as such where nobody asked for it.
        let told = send(app, &narrow, &[unit], &[]).await;
        assert_eq!(told.status, 200, "{}", told.text);
        assert!(told.body["standard_figures"].as_array().unwrap().iter().all(|each| each["reason"].is_string() && each["changes"] == json!([])), "{}", told.text);
        assert_eq!(measure(&told.body, "finance")["after"]["plan"], Value::Null);
    }

    each_operation_needs_its_own_permission(app) {
        let contract = contract(app).await;
        let member = app.actor("member", None).await;
        let unit = create("teams/units", json!({"code": "LAB", "name": "Laboratory"}));
        let refused = send(app, &member, std::slice::from_ref(&unit), &[]).await;
        assert_eq!((refused.status, statuses(&refused)), (409, vec![403]), "{}", refused.text);
        let unseen = send(app, &member, &[transition("vendors/contracts", &contract, "terminated")], &[]).await;
        assert_eq!((unseen.status, statuses(&unseen)), (409, vec![404]), "{}", unseen.text);
        assert_eq!(statuses(&send(app, &app.stranger().await, &[unit], &[]).await), [404]);
        assert_eq!(app.post(&Actor::nobody(), PATH, &json!({})).await.status, 401);
    }

    what_follows_elsewhere_is_told_to_who_may_see_it(app) {
        let (release, license) = licensed(app, 1).await;
        discover(app, &release, &license, &machine(app, "one").await).await;
        let told = rehearse(app, &[update("infrastructure/licenses", &license, json!({"quantity": 0}))], &[]).await;
        let conflicts = |told: &Value, what: &str| -> Vec<Value> {
            told["conflicts"][what].as_array().unwrap().iter().map(|each| json!([each["subject_id"], each["rule"]])).collect()
        };
        let over = vec![json!([license, "infrastructure.licenses:quantity"])];
        assert_eq!((conflicts(&told, "raised"), conflicts(&told, "ended")), (over.clone(), vec![]), "{told}");
        assert_eq!(records(&told).len(), 1, "a conflict is told apart from the records: {told}");
        assert_eq!(told["records"][0]["changes"], json!([{"pointer": "/quantity", "before": 1, "after": 0}]));
        discover(app, &release, &license, &machine(app, "two").await).await;
        let more = [update("infrastructure/licenses", &license, json!({"quantity": 2}))];
        let told = rehearse(app, &more, &[]).await;
        assert_eq!((conflicts(&told, "raised"), conflicts(&told, "ended")), (vec![], over), "{told}");
        let permissions = ["infrastructure.licenses:read", "infrastructure.licenses:update"];
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": permissions})).await;
        let narrow = send(app, &app.actor("narrow", None).await, &more, &[]).await;
        assert_eq!((narrow.status, conflicts(&narrow.body, "ended")), (200, vec![]), "{}", narrow.text);
    }

    access_that_is_only_rehearsed_opens_nothing_and_closes_nothing(app) {
        let (member, stranger) = (app.actor("member", None).await, app.stranger().await);
        let units = async |actor: &Actor| app.get(actor, "/api/v1/teams/units").await.body["data"].as_array().unwrap().len();
        assert_eq!((units(&member).await, units(&stranger).await), (1, 0));
        let grant = app.get(&app.admin, &format!("/api/v1/identity/grants?principal_id={}", member.id.unwrap())).await.body["data"][0].clone();
        let (id, role) = (grant["id"].as_str().unwrap(), &grant["role_id"]);
        let take = json!({"op": "delete", "collection": "identity/grants", "id": id, "if_match": "*"});
        let give = create("identity/grants", json!({"principal_id": stranger.id.unwrap().to_string(), "role_id": role, "unit_id": null}));
        let disable = transition("identity/users", &member.id.unwrap().to_string(), "disabled");
        let token = create("identity/api-tokens", json!({"name": "Void", "scopes": ["teams.units:read"]}));
        let told = rehearse(app, &[take, give, disable, token], &[]).await;
        assert!(!told.to_string().contains("stw_"), "a token that does not exist is not shown: {told}");
        assert_eq!((units(&member).await, units(&stranger).await), (1, 0));
        // Nor is it another day for anybody in a time zone that is only rehearsed.
        let settings = app.get(&app.admin, "/api/v1/platform/settings").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let told = rehearse(app, &[update("platform/settings", &settings, json!({"time_zone": "Pacific/Pago_Pago"}))], &["platform/overview"]).await;
        assert_eq!((told["records"][0]["changes"][0]["after"].as_str(), changes(&told["figures"][0])), (Some("Pacific/Pago_Pago"), vec![]), "{told}");
        assert_eq!((&told["as_of"], &app.get(&app.admin, "/api/v1/platform/overview").await.body["as_of"]), (&json!("2026-06-15"), &json!("2026-06-15")));
    }

    a_scenario_is_a_rehearsal_however_it_is_asked_for(app) {
        let contract = contract(app).await;
        let body = json!({"operations": [transition("vendors/contracts", &contract, "terminated")]}).to_string();
        let ask = async |query: &str, headers: &[(&str, &str)]| {
            app.call(&app.admin, "POST", &format!("{PATH}{query}"), &[&[JSON][..], headers].concat(), Some(body.clone())).await
        };
        let before = counts(app).await;
        let plain = ask("", &[]).await;
        for (query, headers) in [("?dry_run=true", &[][..]), ("", &[("Idempotency-Key", "k")][..]), ("", &[("Idempotency-Key", "k")][..]), ("", &[("Prefer", "respond-async")][..])] {
            let answer = ask(query, headers).await;
            assert_eq!((answer.status, &answer.body, answer.header("idempotency-replayed")), (200, &plain.body, None), "{query} {headers:?}: {}", answer.text);
        }
        assert_eq!(counts(app).await, before);
        assert_eq!([ask("?dry_run=maybe", &[]).await.status, ask("?figures=x", &[]).await.status, ask("", &[("Idempotency-Key", "")]).await.status], [400, 400, 400]);
        // The same key with the data as it is by then.
        walk(app, "vendors/contracts", &contract, &["suspended"]).await;
        assert_eq!(ask("", &[("Idempotency-Key", "k")]).await.body["records"][0]["state_before"], json!("suspended"));
    }
}
