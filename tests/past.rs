//! History, time travel, restore, and answers in another shape.

use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::value::Instant;

fn pointers(changes: &Value) -> Vec<String> {
    changes.as_array().unwrap().iter().map(|change| change["pointer"].as_str().unwrap().to_owned()).collect()
}

async fn later(app: &TestApp) {
    app.clock.set(app.clock.now().plus_seconds(60));
}

on_both! {
    history_tells_who_changed_what_and_why(app) {
        let unit = app.make("teams/units", &json!({"code": "LAB", "name": "Lab"})).await["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/teams/units/{unit}");
        let headers = [("Content-Type", "application/json"), ("If-Match", "\"1\""), ("Change-Reason", "New sign on the door")];
        app.call(&app.admin, "PATCH", &path, &headers, Some(json!({"name": "Laboratory"}).to_string())).await;
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"name": "Laboratory"})).await.body["revision"], json!(2));
        let history = app.get(&app.admin, &format!("/api/v1/platform/resources/{unit}/history")).await;
        let data = history.body["data"].as_array().unwrap();
        assert_eq!(data.iter().map(|each| each["action"].as_str().unwrap()).collect::<Vec<_>>(), ["create", "update"]);
        assert_eq!(data[1]["reason"], json!("New sign on the door"));
        let first = data[0]["changes"].as_array().unwrap();
        assert!(first.iter().any(|change| change["pointer"] == "/name") && first.iter().all(|change| change["before"] != change["after"]), "{first:?}");
        assert_eq!(data[1]["changes"], json!([{"pointer": "/name", "before": "Lab", "after": "Laboratory"}]));
        let diff = app.get(&app.admin, &format!("/api/v1/platform/resources/{unit}/diff?from=1&to=2")).await;
        assert_eq!(pointers(&diff.body["changes"]), ["/name"]);
        assert_eq!(app.get(&app.admin, &format!("/api/v1/platform/resources/{unit}/diff?from=1&to=9")).await.status, 404);
        let stranger = app.stranger().await;
        for view in ["", "/history", "/diff?from=1&to=2"] {
            assert_eq!(app.get(&stranger, &format!("/api/v1/platform/resources/{unit}{view}")).await.status, 404);
        }
    }

    a_secret_is_told_to_have_changed_and_nothing_more(app) {
        let user = app.make("identity/users", &json!({"email": "u@example.org", "name": "U", "password": "canary canary canary"})).await["id"].as_str().unwrap().to_owned();
        app.patch(&app.admin, &format!("/api/v1/identity/users/{user}"), "*", &json!({"password": "another canary here"})).await;
        let history = app.get(&app.admin, &format!("/api/v1/platform/resources/{user}/history")).await;
        assert_eq!(history.body["data"][1]["changes"], json!([{"pointer": "/password", "before": null, "after": "changed"}]));
        assert!(!history.text.contains("canary") && !history.text.contains("argon2"));
        let then = app.get(&app.admin, &format!("/api/v1/identity/users/{user}?as_of=2026-06-15")).await;
        assert!(then.status == 200 && !then.text.contains("password"), "{}", then.text);
    }

    what_a_record_was_at_a_time_can_be_read(app) {
        let root = app.root_unit().await;
        let first = app.make("teams/units", &json!({"code": "A", "name": "Alpha", "parent_id": root})).await["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/teams/units/{first}");
        later(app).await;
        app.patch(&app.admin, &path, "*", &json!({"name": "Beta"})).await;
        later(app).await;
        app.delete(&app.admin, &path, "*").await;
        let name = |at: &'static str| {
            let path = format!("{path}?as_of={at}");
            async move { app.get(&app.admin, &path).await }
        };
        assert_eq!(name("2026-06-15T08:59:59Z").await.status, 404);
        assert_eq!(name("2026-06-15T09:00:00Z").await.body["name"], json!("Alpha"));
        assert_eq!(name("2026-06-15T09:01:30Z").await.body["name"], json!("Beta"));
        assert_eq!(name("2026-06-15T09:02:00Z").await.status, 404);
        assert!(name("2026-06-15T09:00:00Z").await.header("etag").is_none());
        let list = app.get(&app.admin, &format!("/api/v1/teams/units?as_of=2026-06-15T09:01:30Z&parent_id={root}")).await;
        assert_eq!(list.body["data"].as_array().unwrap().iter().map(|unit| unit["name"].as_str().unwrap()).collect::<Vec<_>>(), ["Beta"]);
        let page = app.get(&app.admin, "/api/v1/teams/units?as_of=2026-06-15T09:01:30Z&limit=1").await;
        let next = page.body["next_cursor"].as_str().unwrap();
        let rest = app.get(&app.admin, &format!("/api/v1/teams/units?as_of=2026-06-15T09:01:30Z&limit=1&cursor={next}")).await;
        assert_eq!((rest.body["data"][0]["name"].as_str(), &rest.body["next_cursor"]), (Some("Beta"), &Value::Null));
        assert_eq!(app.get(&app.admin, "/api/v1/teams/units?as_of=2026-06-15T09:01:30Z&sort=name").await.status, 400);
        assert_eq!(app.get(&app.admin, &format!("{path}?as_of=yesterday")).await.status, 400);
    }

    a_day_ends_at_midnight_of_the_organisation(app) {
        let settings = app.get(&app.admin, "/api/v1/platform/settings").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let set = app.patch(&app.admin, &format!("/api/v1/platform/settings/{settings}"), "*", &json!({"time_zone": "America/New_York"})).await;
        assert_eq!(set.status, 200, "{}", set.text);
        app.clock.set(Instant::parse("2026-06-16T01:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let root = app.get(&admin, "/api/v1/teams/units?limit=1").await.body["data"][0]["id"].clone();
        let made = app.post(&admin, "/api/v1/teams/units", &json!({"code": "EVE", "name": "Evening", "parent_id": root})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("/api/v1/teams/units/{}", made.id());
        app.clock.set(Instant::parse("2026-06-16T05:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        assert_eq!(app.patch(&admin, &path, "*", &json!({"name": "Morning"})).await.status, 200);
        let name = async |day: &str| app.get(&admin, &format!("{path}?as_of={day}")).await.body["name"].clone();
        assert_eq!((name("2026-06-15").await, name("2026-06-16").await), (json!("Evening"), json!("Morning")), "21:00 in New York is still the 15th");
        assert_eq!(app.get(&admin, &format!("{path}?as_of=2026-06-14")).await.status, 404);
        let list = app.get(&admin, "/api/v1/teams/units?as_of=2026-06-15&code=EVE").await;
        assert_eq!(list.body["data"][0]["name"], json!("Evening"), "{}", list.text);
    }

    a_deleted_record_comes_back_with_its_parts(app) {
        let framework = app.make("governance/frameworks", &json!({"name": "F", "version": "1"})).await["id"].as_str().unwrap().to_owned();
        let requirement = app.make("governance/requirements", &json!({"framework_id": framework, "code": "1", "title": "One"})).await;
        app.make("governance/requirements", &json!({"framework_id": framework, "code": "1.1", "title": "Below", "parent_id": requirement["id"]})).await;
        let path = format!("/api/v1/governance/frameworks/{framework}");
        let part = format!("/api/v1/governance/requirements/{}", requirement["id"].as_str().unwrap());
        let restore = format!("/api/v1/platform/resources/{framework}/restore");
        assert_eq!(app.post(&app.admin, &restore, &json!({})).await.status, 409);
        assert_eq!(app.delete(&app.admin, &path, "*").await.status, 204);
        assert_eq!((app.get(&app.admin, &path).await.status, app.get(&app.admin, &part).await.status), (404, 404));
        let known = app.get(&app.admin, &format!("/api/v1/platform/resources/{framework}")).await;
        assert_eq!((&known.body["collection"], known.body["deleted_at"].is_string()), (&json!("governance/frameworks"), true));
        let auditor = app.actor("auditor", None).await;
        assert_eq!(app.post(&auditor, &restore, &json!({})).await.status, 403);
        let back = app.post(&app.admin, &restore, &json!({})).await;
        assert_eq!((back.status, back.body["id"].as_str()), (200, Some(framework.as_str())), "{}", back.text);
        assert_eq!(app.get(&app.admin, &part).await.body["title"], json!("One"));
        assert_eq!(app.get(&app.admin, &format!("/api/v1/governance/requirements?framework_id={framework}&include_total=true")).await.body["total_count"], json!(2));
        let id = steward::resource::Id::parse(&framework).unwrap();
        let chain = app.served.store.database.read(move |connection| steward::history::verify(connection, id)).await.unwrap();
        assert!(chain.is_ok(), "{chain:?}");
    }

    what_is_unique_and_taken_by_now_is_not_restored(app) {
        let unit = app.make("teams/units", &json!({"code": "A", "name": "A"})).await["id"].as_str().unwrap().to_owned();
        app.delete(&app.admin, &format!("/api/v1/teams/units/{unit}"), "*").await;
        app.make("teams/units", &json!({"code": "a", "name": "Another"})).await;
        let restored = app.post(&app.admin, &format!("/api/v1/platform/resources/{unit}/restore"), &json!({})).await;
        assert_eq!((restored.status, restored.broken()), (409, vec!["/code duplicate".to_owned()]));
    }

    an_answer_takes_the_shape_that_is_asked_for(app) {
        let root = app.root_unit().await;
        let boss = app.make("teams/people", &json!({"name": "Boss", "email": "boss@example.org"})).await;
        let person = app.make("teams/people", &json!({"name": "Ann", "email": "ann@example.org", "manager_id": boss["id"]})).await;
        let path = format!("/api/v1/teams/people/{}", person["id"].as_str().unwrap());
        let few = app.get(&app.admin, &format!("{path}?fields=name,email")).await;
        assert_eq!((few.body.clone(), few.header("etag")), (json!({"name": "Ann", "email": "ann@example.org"}), None));
        let with = app.get(&app.admin, &format!("{path}?expand=manager_id,unit_id")).await;
        assert_eq!((&with.body["expanded"]["manager_id"]["name"], &with.body["expanded"]["unit_id"]["id"]), (&json!("Boss"), &json!(root)));
        let list = app.get(&app.admin, "/api/v1/teams/people?expand=manager_id&fields=name&sort=name").await;
        assert_eq!(list.body["data"], json!([{"name": "Ann", "expanded": {"manager_id": list.body["data"][0]["expanded"]["manager_id"]}}, {"name": "Boss", "expanded": {"manager_id": null}}]));
        for query in ["fields=nothing", "fields=", "expand=name", "expand=nothing_id"] {
            assert_eq!(app.get(&app.admin, &format!("{path}?{query}")).await.status, 400, "{query}");
        }
        let user = app.make("identity/users", &json!({"email": "u@example.org", "name": "U", "person_id": person["id"]})).await;
        let seen = app.get(&app.admin, &format!("/api/v1/identity/users/{}?fields=password", user["id"].as_str().unwrap())).await;
        assert_eq!(seen.status, 400);
    }

    an_expansion_shows_only_what_the_caller_may_read(app) {
        let root = app.root_unit().await;
        let (mine, other) = (app.unit("MINE", &root).await, app.unit("OTHER", &root).await);
        let hidden = app.make("teams/people", &json!({"name": "Hidden", "email": "hidden@example.org", "unit_id": other})).await;
        let seen = app.make("teams/people", &json!({"name": "Seen", "email": "seen@example.org", "unit_id": mine, "manager_id": hidden["id"]})).await;
        let lead = app.actor("team_lead", Some(&mine)).await;
        let answer = app.get(&lead, &format!("/api/v1/teams/people/{}?expand=manager_id", seen["id"].as_str().unwrap())).await;
        assert_eq!(answer.body["expanded"]["manager_id"], Value::Null);
    }
}
