//! Saved views: private, or shared with a unit or a role.

use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

const VIEWS: &str = "/api/v1/platform/saved-views";

fn body(name: &str, query: &Value) -> Value {
    json!({"name": name, "collection": "vendors/vendors", "query": query})
}

async fn names(app: &TestApp, actor: &Actor) -> Vec<String> {
    let page = app.get(actor, &format!("{VIEWS}?sort=name")).await;
    page.body["data"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    a_view_is_its_makers_until_it_is_shared(app) {
        let root = app.root_unit().await;
        let (lab, other) = (app.unit("LAB", &root).await, app.unit("OTHER", &root).await);
        let bench = app.unit("BENCH", &lab).await;
        let maker = app.actor("team_lead", Some(&lab)).await;
        let (below, beside) = (app.actor("team_lead", Some(&bench)).await, app.actor("auditor", Some(&other)).await);
        let made = app.post(&maker, VIEWS, &body("Mine", &json!({"filter": "state = active"}))).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!((names(app, &maker).await, names(app, &below).await), (vec!["Mine".to_owned()], vec![]));
        let path = format!("{VIEWS}/{}", made.id());
        assert_eq!(app.get(&below, &path).await.status, 404);
        let shared = app.patch(&maker, &path, "*", &json!({"shared_unit_id": lab})).await;
        assert_eq!(shared.status, 200, "{}", shared.text);
        assert_eq!((names(app, &below).await, names(app, &beside).await), (vec!["Mine".to_owned()], vec![]));
        // By its id it is seen by those who see it in the list.
        let id = made.id();
        for part in ["", "/history", "/comments", "/tags", "/trace"] {
            let place = format!("/api/v1/platform/resources/{id}{part}");
            for (actor, status) in [(&maker, 200), (&below, 200), (&beside, 404)] {
                let answer = app.get(actor, &place).await;
                assert_eq!(answer.status, status, "{place}: {}", answer.text);
            }
        }
        assert_eq!(app.post(&maker, "/api/v1/platform/comments", &json!({"subject_id": id, "text": "Look at the third one."})).await.status, 201);
        for path in [format!("/api/v1/platform/resources/{id}/comments"), format!("/api/v1/platform/comments?subject_id={id}")] {
            assert_eq!(app.get(&below, &path).await.body["data"].as_array().map(Vec::len), Some(1), "{path}");
        }
        // Shared is read, and changed by its maker only.
        assert_eq!(app.get(&below, &path).await.status, 200);
        assert_eq!(app.patch(&below, &path, "*", &json!({"name": "Theirs"})).await.status, 403);
        assert_eq!(app.delete(&below, &path, "*").await.status, 403);
        assert_eq!(app.get(&below, &format!("{path}?allowed=true")).await.body["allowed"], json!({"update": false, "delete": false, "transitions": []}));
        assert_eq!(app.delete(&maker, &path, "*").await.status, 204);
    }

    a_view_shared_with_a_role_is_seen_by_who_holds_it(app) {
        let root = app.root_unit().await;
        let role = app.get(&app.admin, "/api/v1/identity/roles?code=vendor_manager").await.body["data"][0]["id"].clone();
        let mut sent = body("For buyers", &json!({"sort": "-name"}));
        sent["shared_role_id"] = role;
        app.make("platform/saved-views", &sent).await;
        let (buyer, lead) = (app.actor("vendor_manager", Some(&root)).await, app.actor("team_lead", Some(&root)).await);
        assert_eq!((names(app, &buyer).await, names(app, &lead).await), (vec!["For buyers".to_owned()], vec![]));
    }

    a_query_that_its_collection_does_not_take_is_refused_when_it_is_saved(app) {
        for (query, pointer) in [
            (json!({"filter": "nothing = 1"}), "/query/filter"),
            (json!({"filter": "name = "}), "/query/filter"),
            (json!({"sort": "nothing"}), "/query/sort"),
            (json!({"fields": "id,nothing"}), "/query/fields"),
            (json!({"expand": "name"}), "/query/expand"),
            (json!({"facets": "name"}), "/query/facets"),
        ] {
            let answer = app.post(&app.admin, VIEWS, &body("Bad", &query)).await;
            assert_eq!((answer.status, answer.broken()), (422, vec![format!("{pointer} query")]), "{}", answer.text);
        }
        let two = app.post(&app.admin, VIEWS, &body("Bad", &json!({"sort": "nothing", "fields": "nothing"}))).await;
        assert_eq!(two.broken().len(), 2);
        let mut nowhere = body("Bad", &json!({}));
        nowhere["collection"] = "vendors/nothing".into();
        assert_eq!(app.post(&app.admin, VIEWS, &nowhere).await.broken(), ["/collection collection"]);
        let good = app.post(&app.admin, VIEWS, &body("Good", &json!({"q": "host", "facets": "state,tier", "expand": "parent_id(name)"}))).await;
        assert_eq!(good.status, 201, "{}", good.text);
    }
}
