//! What waits for somebody: everything that they could approve now, and nothing else.

use super::*;
use crate::on_both;
use steward::resource::value::Instant;

async fn pending(app: &TestApp, actor: &Actor, query: &str) -> Value {
    let answer = app.get(actor, &format!("/api/v1/governance/approvals/pending{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

/// The ids of what waits, and the codes of what stands against it.
fn told(page: &Value) -> Vec<(String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let codes = |each: &Value| each["blocked"].as_array().unwrap().iter().map(|reason| text(&reason["code"])).collect();
    page["data"].as_array().unwrap().iter().map(|each| (text(&each["id"]), codes(each))).collect()
}

on_both! {
    what_waits_is_what_i_could_approve_now_the_newest_first(app) {
        let root = app.root_unit().await;
        let [lab, shop] = [app.unit("LAB", &root).await, app.unit("SHOP", &root).await];
        let permissions = ["strategy.initiatives:*", "vendors.requisitions:*", "vendors.requisition_lines:*", "teams.people:read", "teams.units:read"];
        app.make("identity/roles", &json!({"code": "chief", "name": "Chief", "permissions": permissions})).await;
        let (ann, stranger) = (colleague(app, "Ann Lee", "chief", Some(&lab)).await, app.stranger().await);
        let given = delegation(app, &ann.person, json!({"unit_id": lab, "cumulative_limit": euros("100.00")})).await;
        let mut ids = Vec::new();
        for (minute, (code, cost, unit)) in [("I-1", "10.00", &lab), ("I-2", "100.01", &lab), ("I-3", "10.00", &shop), ("I-4", "20.00", &lab)].into_iter().enumerate() {
            app.clock.set(Instant::parse(&format!("2026-06-15T09:0{minute}:00Z")).unwrap());
            ids.push(initiative(app, code, euros(cost), Some(unit)).await);
        }
        let own = app.post(&ann.actor, "/api/v1/strategy/initiatives", &json!({"code": "I-5", "name": "I-5", "estimated_cost": euros("1.00")})).await.id();
        let page = pending(app, &ann.actor, "").await;
        assert_eq!(told(&page), [(ids[3].clone(), vec![]), (ids[0].clone(), vec![])], "{page}");
        let first = &page["data"][0];
        let expected = json!({
            "collection": "strategy/initiatives", "id": ids[3], "title": "I-4", "state": "proposed", "name": "approve", "to": "approved",
            "amount": euros("20.00"), "waiting_since": first["waiting_since"], "requested_by": app.admin.id.unwrap().to_string(), "unit_id": lab,
            "delegation_id": given, "blocked": [], "warnings": [],
        });
        assert_eq!((first, &page["total_count"], &page["capped"]), (&expected, &json!(2), &json!(false)));
        assert!(first["waiting_since"].as_str().unwrap().starts_with("2026-06-15T09:03:00"));
        let all = pending(app, &ann.actor, "?include_blocked=true").await;
        let codes: std::collections::HashMap<String, Vec<String>> = told(&all).into_iter().collect();
        assert_eq!((codes.len(), &codes[&ids[1]], &codes[&own]), (4, &vec!["limit".to_owned()], &vec!["four_eyes".to_owned()]), "{all}");
        let one = pending(app, &ann.actor, "?limit=1").await;
        assert_eq!((told(&one).len(), &one["total_count"]), (1, &json!(2)));
        assert_eq!(pending(app, &ann.actor, "?kind=vendors/requisitions").await["total_count"], json!(0));
        assert_eq!(app.get(&ann.actor, "/api/v1/governance/approvals/pending?kind=nothing/there").await.status, 400);
        assert_eq!(told(&pending(app, &stranger, "").await), []);
        // What it says can be done can be done, and then it waits no more; what the limit no longer holds is not named either.
        assert_eq!(approve(app, &ann.actor, &ids[3]).await.status, 200);
        let eighty = initiative(app, "I-6", euros("80.00"), Some(&lab)).await;
        let more = initiative(app, "I-7", euros("80.01"), Some(&lab)).await;
        let page = pending(app, &ann.actor, "").await;
        let waiting: Vec<String> = told(&page).into_iter().map(|(id, _)| id).collect();
        assert!(waiting.contains(&eighty) && waiting.contains(&ids[0]) && !waiting.contains(&more) && !waiting.contains(&ids[3]), "{page}");
    }

    it_agrees_with_the_moves_of_each_record_where_rules_of_separation_hold(app) {
        let [ann, ben] = [colleague(app, "Ann Lee", "administrator", None).await, colleague(app, "Ben Ode", "administrator", None).await];
        let requisition = async |code: &str, writer: &Actor| {
            let id = app.post(writer, "/api/v1/vendors/requisitions", &json!({"code": code, "name": code})).await.id();
            let line = json!({"requisition_id": id, "line_number": 1, "description": "Disk", "kind": "hardware", "quantity": "1", "unit_of_measure": "piece"});
            assert_eq!(app.post(writer, "/api/v1/vendors/requisition-lines", &line).await.status, 201);
            assert_eq!(app.transition(&ben.actor, &at("vendors/requisitions", &id), "submitted").await.status, 200);
            id
        };
        let [hers, his] = [requisition("R-1", &ann.actor).await, requisition("R-2", &app.admin).await];
        let query = "?kind=vendors/requisitions&include_blocked=true";
        let codes: std::collections::HashMap<String, Vec<String>> = told(&pending(app, &ann.actor, query).await).into_iter().collect();
        assert_eq!((&codes[&hers], &codes[&his]), (&vec!["four_eyes".to_owned(), "separation_of_duties".to_owned()], &vec![]));
        for id in [&hers, &his] {
            let moves = app.get(&ann.actor, &format!("{}/transitions", at("vendors/requisitions", id))).await.body["data"].clone();
            let step = moves.as_array().unwrap().iter().find(|step| step["to"] == "approved").unwrap().clone();
            let unmet: Vec<&str> = step["unmet"].as_array().unwrap().iter().map(|unmet| unmet["code"].as_str().unwrap()).collect();
            assert_eq!(unmet, codes[id].iter().map(String::as_str).collect::<Vec<_>>());
        }
    }

    its_cost_is_bounded_by_the_kinds_and_not_by_the_records(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        delegation(app, &ann.person, json!({"cumulative_limit": euros("1000000.00")})).await;
        let cost = async || {
            let (principal, id) = (ann.actor.id.unwrap(), "list_pending_approvals");
            let view = app.served.routes.by_operation(id).unwrap();
            let count = move |reader: &mut steward::store::Reader<'_>| {
                let steward::view::Run::Read(run) = &view.run else { panic!("it reads") };
                let call = steward::view::Call::stored(None, Vec::new(), Vec::new(), String::new());
                let before = steward::database::statements_run();
                let page: Value = serde_json::from_slice(&run(reader, &call)?).unwrap();
                Ok((page["total_count"].as_i64().unwrap(), steward::database::statements_run() - before))
            };
            let session = app.served.store.unauthenticated(move |connection| steward::access::Session::load(connection, principal)).await.unwrap().unwrap();
            app.served.store.read(&std::sync::Arc::new(session), count).await.unwrap()
        };
        for number in 0..2 {
            initiative(app, &format!("A-{number}"), euros("1.00"), None).await;
        }
        let (few, cheap) = cost().await;
        for number in 0..40 {
            initiative(app, &format!("B-{number}"), euros("1.00"), None).await;
        }
        let (many, dear) = cost().await;
        assert_eq!((many - few, dear), (40, cheap), "{cheap} statements for {few}, {dear} for {many}");
    }
}
