//! What every write has: rehearsals, keys that make it happen once, and many in one request.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use steward::database::{SqlType, Statement};

const JSON: (&str, &str) = ("Content-Type", "application/json");

async fn count(app: &TestApp, table: &'static str) -> i64 {
    let query = Statement::new(format!("SELECT COUNT(*) FROM {table}"));
    app.served.store.database.read(move |connection| Ok(query.first(connection, &[SqlType::Integer])?.unwrap()[0].as_integer().unwrap())).await.unwrap()
}

async fn everything(app: &TestApp) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["units", "people", "users", "revisions", "registry", "edges", "idempotency_keys"] {
        counts.push(count(app, table).await);
    }
    counts
}

async fn bulk(app: &TestApp, actor: &Actor, body: &Value) -> Answer {
    app.post(actor, "/api/v1/platform/bulk", body).await
}

fn statuses(answer: &Answer) -> Vec<u64> {
    answer.body["results"].as_array().unwrap().iter().map(|result| result["status"].as_u64().unwrap()).collect()
}

fn unit(code: &str) -> Value {
    json!({"code": code, "name": code})
}

on_both! {
    a_rehearsal_answers_as_the_real_call_and_leaves_nothing(app) {
        let before = everything(app).await;
        let rehearsed = app.post(&app.admin, "/api/v1/teams/units?dry_run=true", &unit("LAB")).await;
        assert_eq!((rehearsed.status, rehearsed.header("dry-run"), rehearsed.header("location")), (201, Some("true"), None));
        assert_eq!(everything(app).await, before);
        let made = app.make("teams/units", &unit("LAB")).await;
        let path = format!("/api/v1/teams/units/{}", made["id"].as_str().unwrap());
        let refused = app.post(&app.admin, "/api/v1/teams/units?dry_run=true", &unit("lab")).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/code duplicate".to_owned()]));
        let before = everything(app).await;
        assert_eq!(app.patch(&app.admin, &format!("{path}?dry_run=true"), "*", &json!({"name": "Other"})).await.body["revision"], json!(2));
        assert_eq!(app.delete(&app.admin, &format!("{path}?dry_run=true"), "*").await.status, 204);
        assert_eq!(everything(app).await, before);
        assert_eq!(app.get(&app.admin, &path).await.body["name"], json!("LAB"));
        assert_eq!(app.delete(&app.admin, &format!("{path}?dry_run=maybe"), "*").await.status, 400);
    }

    the_rows_of_a_file_that_are_written_together_are_told_apart(app) {
        let row = |number: usize| match number {
            50 => "Copy,p10@example.org,".to_owned(),
            150 => "Another,p11@example.org,".to_owned(),
            120 => "Last,p120@example.org,p3@example.org".to_owned(),
            number => format!("Person {number},p{number}@example.org,"),
        };
        let file = (0..200).fold("name,email,manager\n".to_owned(), |text, number| text + &row(number) + "\n");
        let import = |query: &'static str| app.call(&app.admin, "POST", query, &[("Content-Type", "text/csv")], Some(file.clone()));
        let before = everything(app).await;
        let imported = import("/api/v1/platform/imports?collection=teams/people").await;
        let told = (imported.status, &imported.body["created"], &imported.body["updated"]);
        assert_eq!(told, (200, &json!(198), &json!(2)), "a row with the key of an earlier one means that record: {}", imported.text);
        let after = everything(app).await;
        let grown: Vec<i64> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
        assert_eq!((grown[1], grown[3], grown[4]), (198, 200, 198), "people, revisions, registry");
        let last = app.get(&app.admin, "/api/v1/teams/people?email=p120@example.org").await;
        let boss = app.get(&app.admin, "/api/v1/teams/people?email=p3@example.org").await;
        assert_eq!(last.body["data"][0]["manager_id"], boss.body["data"][0]["id"]);
        let below = app.get(&app.admin, &format!("/api/v1/platform/resources/{}/trace?direction=down&depth=1", boss.body["data"][0]["id"].as_str().unwrap())).await;
        assert!(below.text.contains("\"Last\""), "{}", below.text);
        assert_eq!(app.get(&app.admin, "/api/v1/teams/people?q=copy").await.body["data"].as_array().map(Vec::len), Some(1));
    }

    a_patch_is_told_all_that_is_wrong_with_it_at_once(app) {
        let made = app.make("teams/units", &unit("LAB")).await;
        let path = format!("/api/v1/teams/units/{}", made["id"].as_str().unwrap());
        let refused = app.patch(&app.admin, &path, "*", &json!({"revision": 7, "created_at": null, "name": "", "colour": "red"})).await;
        let mut broken = refused.broken();
        broken.sort();
        assert_eq!((refused.status, broken), (422, ["/colour unknown", "/created_at server_field", "/name too_short", "/revision server_field"].map(str::to_owned).to_vec()), "{}", refused.text);
        assert_eq!(app.get(&app.admin, &path).await.body["revision"], json!(1));
    }

    text_is_kept_composed_and_without_blanks_at_its_ends(app) {
        app.make("platform/custom-fields", &json!({"collection": "teams/units", "code": "motto", "name": "Motto", "kind": "text"})).await;
        let sent = json!({"code": "LAB", "name": " \u{a0}Cafe\u{301}\u{2003}\n", "custom": {"motto": " Slow "}});
        let made = app.make("teams/units", &sent).await;
        assert_eq!((&made["name"], &made["custom"]["motto"]), (&json!("Café"), &json!("Slow")));
        let found = app.get(&app.admin, "/api/v1/teams/units?name=Cafe%CC%81%20").await;
        assert_eq!(found.body["data"][0]["id"], made["id"], "a query says it in either form: {}", found.text);
        let path = format!("/api/v1/teams/units/{}", made["id"].as_str().unwrap());
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"name": "Café  "})).await.body["revision"], json!(1), "nothing has changed");
        let framework = |name: &str| json!({"name": name, "version": "1"});
        app.make("governance/frameworks", &framework("Law")).await;
        for same in [" Law ", "LAW", "L\u{200e}aw"] {
            let twice = app.post(&app.admin, "/api/v1/governance/frameworks", &framework(same)).await;
            assert_eq!((twice.status, twice.broken()), (409, vec!["/name duplicate".to_owned(), "/version duplicate".to_owned()]), "{same:?}: {}", twice.text);
        }
    }

    what_nobody_sees_makes_no_other_key_and_no_name(app) {
        app.make("infrastructure/manufacturers", &json!({"name": "Delta"})).await;
        for unseen in ["\u{200e}", "\u{2800}", "\u{3164}", "\u{fe0f}", "\u{e0041}", "\u{34f}", "\u{180e}", "\u{202e}"] {
            let same = app.post(&app.admin, "/api/v1/infrastructure/manufacturers", &json!({"name": format!("DE{unseen}LTA")})).await;
            assert_eq!((same.status, same.broken()), (409, vec!["/name duplicate".to_owned()]), "{unseen:?}: {}", same.text);
            for (collection, body, field) in [
                ("infrastructure/manufacturers", json!({"name": unseen}), "/name"),
                ("teams/units", json!({"code": "LAB", "name": unseen}), "/name"),
                ("teams/units", json!({"code": unseen, "name": "Lab"}), "/code"),
            ] {
                let blank = app.post(&app.admin, &format!("/api/v1/{collection}"), &body).await;
                assert!(blank.status == 422 && blank.broken()[0].starts_with(field), "{collection} {unseen:?}: {}", blank.text);
            }
            let asked: String = format!("name : \"de{unseen}lt\"").bytes().map(|byte| format!("%{byte:02X}")).collect();
            let found = app.get(&app.admin, &format!("/api/v1/infrastructure/manufacturers?filter={asked}")).await;
            assert_eq!(found.body["data"].as_array().map(Vec::len), Some(1), "{unseen:?}: {}", found.text);
        }
    }

    a_reference_that_leads_nowhere_is_told_beside_what_cannot_be_read(app) {
        let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
        let sent = json!({"name": "Ann", "email": "ann@example.org", "unit_id": nobody, "manager_id": nobody, "starts_on": "1800-01-01"});
        let mut broken = app.post(&app.admin, "/api/v1/teams/people", &sent).await.broken();
        broken.sort();
        let pointers: Vec<&str> = broken.iter().map(|each| each.split(' ').next().unwrap()).collect();
        assert_eq!(pointers, ["/manager_id", "/starts_on", "/unit_id"], "{broken:?}");
        assert!(broken.contains(&"/manager_id reference".to_owned()), "{broken:?}");
        let person = app.make("teams/people", &json!({"name": "Bo", "email": "bo@example.org"})).await;
        let patch = json!({"manager_id": nobody, "starts_on": "1800-01-01"});
        let refused = app.patch(&app.admin, &format!("/api/v1/teams/people/{}", person["id"].as_str().unwrap()), "*", &patch).await;
        assert_eq!((refused.status, refused.broken().len()), (422, 2), "{}", refused.text);
    }

    an_action_that_needs_nothing_takes_a_request_without_a_body(app) {
        let made = app.make("teams/units", &unit("LAB")).await;
        let path = format!("/api/v1/teams/units/{}", made["id"].as_str().unwrap());
        let restore = format!("/api/v1/platform/resources/{}/restore", made["id"].as_str().unwrap());
        for (headers, body) in [(&[][..], None), (&[JSON][..], None), (&[JSON][..], Some(String::new())), (&[JSON][..], Some("{}".to_owned()))] {
            assert_eq!(app.delete(&app.admin, &path, "*").await.status, 204);
            let restored = app.call(&app.admin, "POST", &restore, headers, body.clone()).await;
            assert_eq!(restored.status, 200, "{headers:?} {body:?}: {}", restored.text);
        }
        for (headers, body) in [(&[][..], "{}"), (&[("Content-Type", "text/plain")][..], "{}"), (&[("Content-Type", "text/plain")][..], "")] {
            assert_eq!(app.call(&app.admin, "POST", &restore, headers, Some(body.to_owned())).await.status, 415, "{headers:?} {body:?}");
        }
        assert_eq!(app.call(&app.admin, "POST", "/api/v1/platform/bulk", &[], None).await.status, 415, "what is required is said in a body");
        let document = &app.get(&Actor::nobody(), "/openapi/platform.json").await.body["paths"];
        let required = |path: &str| document[path]["post"]["requestBody"]["required"].clone();
        assert_eq!((required("/api/v1/platform/resources/{id}/restore"), required("/api/v1/platform/bulk")), (json!(false), json!(true)));
    }

    a_refusal_says_a_day_as_a_day_and_a_sum_as_it_is_counted(app) {
        let future = app.post(&app.admin, "/api/v1/infrastructure/dns-domains", &json!({"name": "later.example", "registered_on": "2027-01-01"})).await;
        assert_eq!(future.broken(), ["/registered_on future"]);
        assert!(future.body["detail"].as_str().is_some_and(|detail| detail.ends_with("at the latest 2026-06-15.")), "{}", future.text);
        let mut entry = app.sample("projects/time-entries", "DAY").await;
        entry.insert("hours".into(), json!(12));
        app.make("projects/time-entries", &entry.clone().into()).await;
        entry.insert("hours".into(), json!(12.01));
        let much = app.post(&app.admin, "/api/v1/projects/time-entries", &entry.into()).await;
        assert!(much.status == 409 && much.text.contains("it would be 24.01, and at most 24 may be. The others have 12."), "{}", much.text);
        let list = app.post(&app.admin, "/api/v1/teams/units", &json!([])).await;
        assert_eq!((list.status, &list.body["detail"]), (422, &json!("Expected a JSON object.")));
    }

    a_request_that_comes_again_with_its_key_is_done_once(app) {
        let send = |actor: &Actor, key: &'static str, body: Value| {
            let actor = actor.clone();
            async move { app.call(&actor, "POST", "/api/v1/teams/units", &[JSON, ("Idempotency-Key", key)], Some(body.to_string())).await }
        };
        let first = send(&app.admin, "k-1", unit("ONE")).await;
        assert_eq!((first.status, first.header("idempotency-replayed")), (201, None));
        let before = everything(app).await;
        let again = send(&app.admin, "k-1", unit("ONE")).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, Some("true")));
        assert_eq!((&again.body, again.header("location"), again.header("etag")), (&first.body, first.header("location"), first.header("etag")));
        assert_eq!(everything(app).await, before);
        assert_eq!(send(&app.admin, "k-1", unit("TWO")).await.status, 422);
        // A refusal is not kept: the same key may try again.
        assert_eq!(send(&app.admin, "k-2", unit("ONE")).await.status, 409);
        assert_eq!(send(&app.admin, "k-2", unit("TWO")).await.status, 201);
        // Another principal's key is another key, and what may not be done is not replayed.
        let lead = app.actor("team_lead", None).await;
        assert_eq!(send(&lead, "k-1", unit("THREE")).await.status, 201);
        let member = app.actor("member", None).await;
        assert_eq!(send(&member, "k-9", unit("FOUR")).await.status, 403);
        app.clock.set(app.clock.now().plus_seconds(24 * 3600));
        let next_day = app.log_in_as(&app.admin.id.unwrap().to_string());
        assert_eq!(send(&next_day, "k-1", unit("FIVE")).await.status, 201);
    }

    many_requests_with_one_key_have_one_effect(app) {
        let calls = (0..20).map(|_| app.call(&app.admin, "POST", "/api/v1/teams/units", &[JSON, ("Idempotency-Key", "same")], Some(unit("SAME").to_string())));
        let answers = futures_util::future::join_all(calls).await;
        assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 409)), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        assert_eq!(app.get(&app.admin, "/api/v1/teams/units?code=SAME&include_total=true").await.body["total_count"], json!(1));
    }

    a_bulk_answers_each_operation_as_the_single_call_would(app) {
        let made = app.make("teams/units", &unit("OLD")).await;
        let answer = bulk(app, &app.admin, &json!({"operations": [
            {"op": "create", "collection": "teams/units", "body": unit("LAB")},
            {"op": "create", "collection": "teams/people", "body": {"name": "Grace", "email": "grace@example.org", "unit_id": "$0"}},
            {"op": "transition", "collection": "teams/people", "id": "$1", "if_match": "*", "body": {"to": "active", "reason": "First day"}},
            {"op": "update", "collection": "teams/units", "id": made["id"], "if_match": "\"7\"", "body": {"name": "New"}},
            {"op": "update", "collection": "teams/units", "id": made["id"], "if_match": "\"1\"", "body": {"name": "New"}},
            {"op": "update", "collection": "teams/units", "id": made["id"], "body": {"name": "Newer"}},
            {"op": "create", "collection": "teams/units", "body": unit("lab")},
            {"op": "create", "collection": "teams/units", "body": {"code": "X", "name": "X", "parent_id": "$6"}},
            {"op": "create", "collection": "teams/nothing", "body": {}},
            {"op": "delete", "collection": "teams/units", "id": made["id"], "if_match": "*"},
        ]})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(statuses(&answer), [201, 201, 200, 412, 200, 428, 409, 424, 404, 204]);
        assert_eq!(answer.body["results"][2]["resource"]["state"], json!("active"));
        assert_eq!(answer.body["results"][1]["resource"]["unit_id"], answer.body["results"][0]["resource"]["id"]);
    }

    an_atomic_bulk_keeps_all_or_nothing(app) {
        let before = everything(app).await;
        let good = json!({"op": "create", "collection": "teams/units", "body": unit("A")});
        let bad = json!({"op": "create", "collection": "teams/units", "body": {"code": "a b"}});
        let refused = bulk(app, &app.admin, &json!({"atomic": true, "operations": [good, bad]})).await;
        assert_eq!((refused.status, statuses(&refused)), (409, vec![424, 422]));
        assert_eq!(everything(app).await, before);
        assert_eq!(bulk(app, &app.admin, &json!({"atomic": true, "operations": [good]})).await.status, 200);
    }

    a_bulk_gives_nobody_more_than_single_calls_do(app) {
        let made = app.make("teams/units", &unit("OLD")).await;
        let member = app.actor("member", None).await;
        let stranger = app.stranger().await;
        let operations = json!({"operations": [
            {"op": "create", "collection": "teams/units", "body": unit("LAB")},
            {"op": "update", "collection": "teams/units", "id": made["id"], "if_match": "*", "body": {"name": "Mine"}},
            {"op": "delete", "collection": "teams/units", "id": made["id"], "if_match": "*"},
            {"op": "create", "collection": "identity/users", "body": {"email": "a@example.org", "name": "A"}},
        ]});
        assert_eq!(statuses(&bulk(app, &member, &operations).await), [403, 403, 403, 404]);
        assert_eq!(statuses(&bulk(app, &stranger, &operations).await), [404, 404, 404, 404]);
        assert_eq!(bulk(app, &Actor::nobody(), &operations).await.status, 401);
    }

    a_bulk_whose_shape_is_broken_is_refused_as_a_whole(app) {
        let answer = bulk(app, &app.admin, &json!({"atomic": 1, "more": 2, "operations": [{"op": "make", "collection": 3, "body": []}, 7, {"op": "update", "collection": "teams/units"}]})).await;
        assert_eq!(answer.status, 422);
        let broken = answer.broken();
        for expected in ["/more unknown", "/atomic type", "/operations/0/op choice", "/operations/0/collection required", "/operations/0/body type", "/operations/1 type", "/operations/2/id required"] {
            assert!(broken.iter().any(|each| each == expected), "{expected} is not in {broken:?}");
        }
        assert_eq!(bulk(app, &app.admin, &json!({"operations": []})).await.status, 422);
    }
}
