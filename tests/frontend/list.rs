//! Lists: counts by value, records by id, what may be done with each, the records beside them, the limits of a broken rule.

use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn vendor(app: &TestApp, code: &str, unit: Option<&str>) -> String {
    app.make("vendors/vendors", &json!({"code": code, "name": code, "unit_id": unit})).await["id"].as_str().unwrap().to_owned()
}

async fn contract(app: &TestApp, vendor: &str, number: &str) -> String {
    let mut body = app.sample("vendors/contracts", number).await;
    body.insert("vendor_id".into(), vendor.into());
    app.make("vendors/contracts", &Value::Object(body)).await["id"].as_str().unwrap().to_owned()
}

async fn refused(app: &TestApp, path: &str) -> String {
    let answer = app.get(&app.admin, path).await;
    assert_eq!(answer.status, 400, "{path}: {}", answer.text);
    answer.body["detail"].as_str().unwrap().to_owned()
}

on_both! {
    facets_count_the_whole_filtered_collection_by_value(app) {
        let root = app.root_unit().await;
        let lab = app.unit("LAB", &root).await;
        for (code, unit) in [("A1", &root), ("A2", &root), ("B1", &lab)] {
            vendor(app, code, Some(unit)).await;
        }
        let blocked = vendor(app, "B2", Some(&lab)).await;
        assert_eq!(app.transition(&app.admin, &format!("/api/v1/vendors/vendors/{blocked}"), "onboarding").await.status, 200);
        let page = app.get(&app.admin, "/api/v1/vendors/vendors?facets=state,unit_id,parent_id&limit=1").await;
        assert_eq!(page.status, 200, "{}", page.text);
        let first = page.body["facets"]["state"].as_object().unwrap().values().next().unwrap().clone();
        assert_eq!((first, &page.body["facets"]["state"]["onboarding"]), (json!(3), &json!(1)));
        assert_eq!(page.body["facets"]["unit_id"], json!({root.as_str(): 2, lab.as_str(): 2}));
        assert_eq!(page.body["facets"]["parent_id"], json!({"null": 4}));
        // The cursor narrows no count, and a filter does.
        let next = page.body["next_cursor"].as_str().unwrap();
        let second = app.get(&app.admin, &format!("/api/v1/vendors/vendors?facets=state&limit=1&cursor={next}")).await;
        assert_eq!(second.body["facets"]["state"], page.body["facets"]["state"]);
        let filtered = app.get(&app.admin, "/api/v1/vendors/vendors?facets=unit_id&state=onboarding").await;
        assert_eq!(filtered.body["facets"]["unit_id"], json!({lab.as_str(): 1}));
    }

    facets_count_only_what_the_caller_may_read(app) {
        let root = app.root_unit().await;
        let lab = app.unit("LAB", &root).await;
        vendor(app, "A1", Some(&root)).await;
        vendor(app, "B1", Some(&lab)).await;
        let manager = app.actor("vendor_manager", Some(&lab)).await;
        let page = app.get(&manager, "/api/v1/vendors/vendors?facets=unit_id").await;
        assert_eq!(page.body["facets"]["unit_id"], json!({lab.as_str(): 1}));
        let stranger = app.stranger().await;
        assert_eq!(app.get(&stranger, "/api/v1/vendors/vendors?facets=unit_id").await.body["facets"], json!({"unit_id": {}}));
    }

    a_facet_of_free_text_of_nothing_or_of_a_file_is_refused(app) {
        for facets in ["name", "nothing", "", "state,name"] {
            let told = refused(app, &format!("/api/v1/vendors/vendors?facets={facets}")).await;
            assert!(told.starts_with("facets names"), "{told}");
        }
        let secret = refused(app, "/api/v1/identity/users?facets=password").await;
        assert_eq!(secret.replace("password", "nothing"), refused(app, "/api/v1/identity/users?facets=nothing").await);
        let file = app.call(&app.admin, "GET", "/api/v1/vendors/vendors?facets=state", &[("Accept", "text/csv")], None).await;
        assert_eq!(file.status, 400);
        refused(app, "/api/v1/vendors/vendors?facets=state&as_of=2026-01-01").await;
    }

    ids_narrow_a_list_to_the_records_named(app) {
        let (a, b, c) = (vendor(app, "A1", None).await, vendor(app, "B1", None).await, vendor(app, "C1", None).await);
        let codes = |query: String| async move {
            let page = app.get(&app.admin, &format!("/api/v1/vendors/vendors?{query}&sort=code")).await;
            assert_eq!(page.status, 200, "{}", page.text);
            page.body["data"].as_array().unwrap().iter().map(|each| each["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(codes(format!("ids={a},{c}")).await, ["A1", "C1"]);
        assert_eq!(codes(format!("ids={a}&ids={b},{a}")).await, ["A1", "B1"]);
        assert_eq!(codes(format!("ids={a},{b}&code=B1")).await, ["B1"]);
        let then = app.get(&app.admin, &format!("/api/v1/vendors/vendors?ids={b}&as_of=2100-01-01")).await;
        assert_eq!(then.body["data"].as_array().unwrap().len(), 1);
        for ids in ["", "abc", &format!("{a},"), &vec![a.as_str(); 201].join(",")] {
            refused(app, &format!("/api/v1/vendors/vendors?ids={ids}")).await;
        }
        // A cursor belongs to the ids.
        let first = app.get(&app.admin, &format!("/api/v1/vendors/vendors?ids={a},{b}&limit=1")).await;
        let next = first.body["next_cursor"].as_str().unwrap();
        refused(app, &format!("/api/v1/vendors/vendors?ids={a},{c}&limit=1&cursor={next}")).await;
    }

    allowed_says_what_would_be_answered_now(app) {
        let root = app.root_unit().await;
        let lab = app.unit("LAB", &root).await;
        let (mine, other) = (vendor(app, "A1", Some(&lab)).await, vendor(app, "B1", Some(&root)).await);
        let path = format!("/api/v1/vendors/vendors/{mine}");
        let one = app.get(&app.admin, &format!("{path}?allowed=true")).await;
        assert_eq!((&one.body["allowed"]["update"], &one.body["allowed"]["delete"], one.header("etag")), (&json!(true), &json!(true), None));
        // The moves are those that `transitions` permits and finds nothing missing for.
        let moves = app.get(&app.admin, &format!("{path}/transitions")).await.body["data"].clone();
        let open: Vec<&Value> = moves.as_array().unwrap().iter().filter(|each| each["permitted"] == true && each["unmet"] == json!([])).map(|each| &each["name"]).collect();
        assert_eq!(json!(open), one.body["allowed"]["transitions"]);
        // What refers to a record keeps it: a single record says so, and deleting it is refused.
        contract(app, &mine, "C-1").await;
        assert_eq!(app.get(&app.admin, &format!("{path}?allowed=true")).await.body["allowed"]["delete"], json!(false));
        assert_eq!(app.delete(&app.admin, &path, "*").await.status, 409);
        // A reader may do nothing, wherever the record stands.
        let auditor = app.actor("auditor", None).await;
        let page = app.get(&auditor, &format!("/api/v1/vendors/vendors?allowed=true&ids={mine},{other}")).await;
        assert_eq!(page.body["data"][0]["allowed"], json!({"update": false, "delete": false, "transitions": []}));
        assert_eq!(page.body["data"][1]["allowed"], page.body["data"][0]["allowed"]);
        let bare = app.get(&app.admin, &path).await;
        assert!(bare.body.get("allowed").is_none() && bare.header("etag").is_some());
    }

    allowed_follows_the_state_of_the_record_and_of_its_parent(app) {
        let vendor = vendor(app, "A1", None).await;
        let path = format!("/api/v1/vendors/vendors/{vendor}");
        assert_eq!(app.transition(&app.admin, &path, "onboarding").await.status, 200);
        let listed = app.get(&app.admin, &format!("/api/v1/vendors/vendors?allowed=true&ids={vendor}")).await;
        assert_eq!(listed.body["data"][0]["allowed"]["delete"], json!(false));
        assert_eq!(app.delete(&app.admin, &path, "*").await.status, 409);
        let answer = app.get(&app.admin, &format!("{path}?allowed=true&as_of=2100-01-01")).await;
        assert_eq!(answer.status, 400);
    }

    expand_is_lean_and_goes_two_steps(app) {
        let vendor = vendor(app, "A1", None).await;
        let contract = contract(app, &vendor, "C-1").await;
        let mut obligation = app.sample("vendors/contract-obligations", "1").await;
        obligation.insert("contract_id".into(), contract.as_str().into());
        let obligation = app.make("vendors/contract-obligations", &Value::Object(obligation)).await["id"].as_str().unwrap().to_owned();
        let get = |expand: &'static str| {
            let path = format!("/api/v1/vendors/contract-obligations/{obligation}?expand={expand}");
            async move { app.get(&app.admin, &path).await }
        };
        let lean = get("contract_id(state)").await;
        assert_eq!(lean.body["expanded"]["contract_id"].as_object().unwrap().keys().collect::<Vec<_>>(), ["state"], "{}", lean.text);
        let two = get("contract_id(state).vendor_id(name,code)").await;
        assert_eq!(two.body["expanded"]["contract_id"]["expanded"]["vendor_id"], json!({"name": "A1", "code": "A1"}));
        assert_eq!(two.body["expanded"]["contract_id"].as_object().unwrap().len(), 2);
        let whole = get("contract_id.vendor_id").await;
        assert_eq!((&whole.body["expanded"]["contract_id"]["id"], &whole.body["expanded"]["contract_id"]["expanded"]["vendor_id"]["id"]), (&json!(contract), &json!(vendor)));
        let both = get("contract_id(state),contract_id.vendor_id(name)").await;
        assert_eq!(both.body["expanded"]["contract_id"].as_object().unwrap().keys().collect::<Vec<_>>(), ["state", "expanded"]);
        for bad in ["contract_id(", "contract_id()", "contract_id(nothing)", "contract_id.nothing_id", "contract_id.vendor_id.owner_id", "state", "contract_id.name"] {
            assert_eq!(get(bad).await.status, 400, "{bad}");
        }
        // What the caller may not read stays null, whole or lean.
        let team = app.actor("team_lead", None).await;
        let hidden = app.get(&team, &format!("/api/v1/vendors/contract-obligations/{obligation}?expand=contract_id(state)")).await;
        assert!(hidden.status == 404 || hidden.body["expanded"]["contract_id"].is_null());
    }

    a_broken_field_comes_with_the_limits_of_its_rule(app) {
        let body = json!({"name": "", "email": "x", "weekly_hours": 500, "starts_on": "1800-01-01"});
        let answer = app.post(&app.admin, "/api/v1/teams/people", &body).await;
        assert_eq!(answer.status, 422);
        let params = |pointer: &str| {
            let errors = answer.body["errors"].as_array().unwrap();
            errors.iter().find(|error| error["pointer"] == pointer).unwrap_or_else(|| panic!("{pointer}: {}", answer.text))["params"].clone()
        };
        assert_eq!(params("/name"), json!({"min": 1, "max": 200}));
        assert_eq!(params("/weekly_hours")["min"], json!(0));
        assert_eq!(params("/starts_on"), json!({"min": "1900-01-01", "max": "2200-12-31"}));
        let choice = app.post(&app.admin, "/api/v1/vendors/vendors", &json!({"code": "A", "name": "A", "tier": "nothing"})).await;
        assert!(choice.body["errors"][0]["params"]["allowed"].as_array().is_some_and(|words| words.contains(&json!("preferred"))), "{}", choice.text);
        let vendor = vendor(app, "A1", None).await;
        let moved = app.transition(&app.admin, &format!("/api/v1/vendors/vendors/{vendor}"), "nowhere").await;
        assert!(moved.body["errors"][0]["params"]["allowed"].as_array().is_some_and(|states| states.contains(&json!("onboarding"))), "{}", moved.text);
    }
}
