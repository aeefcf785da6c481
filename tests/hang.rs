//! What hangs on records of any kind: tags, comments, links, files, attachments, custom fields.

use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use steward::database::{Connection, Statement};
use steward::resource::Id;

async fn control(app: &TestApp, code: &str, unit: &str) -> String {
    let body = json!({"code": code, "name": code, "kind": "detective", "test_period_days": 90, "unit_id": unit});
    app.make("governance/controls", &body).await["id"].as_str().unwrap().to_owned()
}

async fn count(app: &TestApp, actor: &Actor, path: &str) -> usize {
    app.get(actor, &format!("/api/v1/{path}")).await.body["data"].as_array().unwrap().len()
}

async fn define(app: &TestApp, body: Value) -> Value {
    let mut whole = json!({"collection": "governance/controls", "name": body["code"]});
    whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    app.make("platform/custom-fields", &whole).await
}

on_both! {
    what_hangs_on_a_record_is_seen_with_it_goes_with_it_and_comes_back_with_it(app) {
        let root = app.root_unit().await;
        let (mine, theirs) = (app.unit("MINE", &root).await, app.unit("THEIRS", &root).await);
        let (seen, unseen) = (control(app, "SEEN", &mine).await, control(app, "UNSEEN", &theirs).await);
        let officer = app.actor("compliance_officer", Some(&mine)).await;
        let member = app.actor("member", Some(&mine)).await;
        for (subject, label) in [(&seen, "payment"), (&unseen, "secret")] {
            app.make("platform/tags", &json!({"subject_id": subject, "label": label})).await;
            app.make("platform/comments", &json!({"subject_id": subject, "text": format!("About {label}.")})).await;
        }
        app.make("platform/links", &json!({"subject_id": seen, "target_id": unseen, "kind": "relates_to"})).await;
        assert_eq!(count(app, &officer, "platform/tags").await, 1);
        assert_eq!(count(app, &officer, "platform/comments?q=about").await, 1);
        // A member may read tags and comments, but not controls: so there is nothing.
        assert_eq!(count(app, &member, "platform/tags").await, 0);
        let comment = app.get(&officer, "/api/v1/platform/comments").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        for path in ["comments", "resources"] {
            assert_eq!(app.get(&member, &format!("/api/v1/platform/{path}/{comment}")).await.status, 404);
        }
        assert_eq!(app.get(&member, &format!("/api/v1/platform/resources/{comment}/history")).await.status, 404);
        assert_eq!(app.post(&officer, "/api/v1/platform/tags", &json!({"subject_id": unseen, "label": "x"})).await.broken(), ["/subject_id reference"]);
        let again = app.post(&app.admin, "/api/v1/platform/tags", &json!({"subject_id": seen, "label": "PAYMENT"})).await;
        assert_eq!(again.status, 409, "{}", again.text);
        // It only hangs there: the record's revision is what it was.
        let path = format!("/api/v1/governance/controls/{seen}");
        assert_eq!(app.get(&app.admin, &path).await.etag(), "\"1\"");
        assert_eq!(app.delete(&app.admin, &path, "\"1\"").await.status, 204);
        assert_eq!((count(app, &app.admin, "platform/tags").await, count(app, &app.admin, "platform/links").await), (1, 0));
        assert_eq!(app.post(&app.admin, &format!("/api/v1/platform/resources/{seen}/restore"), &json!({})).await.status, 200);
        assert_eq!((count(app, &officer, "platform/tags").await, count(app, &app.admin, "platform/links").await), (1, 1));
    }

    a_link_exists_for_those_who_see_both_of_its_ends(app) {
        let root = app.root_unit().await;
        let (mine, theirs) = (app.unit("MINE", &root).await, app.unit("THEIRS", &root).await);
        let (seen, unseen) = (control(app, "SEEN", &mine).await, control(app, "UNSEEN", &theirs).await);
        let officer = app.actor("compliance_officer", Some(&mine)).await;
        let link = app.make("platform/links", &json!({"subject_id": seen, "target_id": unseen, "kind": "relates_to", "note": "Zanzibar."})).await;
        let back = app.make("platform/links", &json!({"subject_id": unseen, "target_id": seen, "kind": "caused_by", "note": "Zanzibar."})).await;
        let both = control(app, "BOTH", &mine).await;
        let shown = app.make("platform/links", &json!({"subject_id": seen, "target_id": both, "kind": "relates_to"})).await["id"].as_str().unwrap().to_owned();
        let hidden = [link["id"].as_str().unwrap(), back["id"].as_str().unwrap()];
        let places = [
            "/api/v1/platform/links".to_owned(), format!("/api/v1/platform/links?target_id={unseen}"), format!("/api/v1/platform/links?subject_id={seen}"),
            format!("/api/v1/platform/resources/{seen}/links"), "/api/v1/platform/events?after=0&collection=platform/links&limit=200".into(),
            "/api/v1/platform/links?as_of=2026-06-15T23:00:00Z".into(),
        ];
        for place in &places {
            let answer = app.get(&officer, place).await;
            assert_eq!(answer.status, 200, "{place}: {}", answer.text);
            assert!(hidden.iter().all(|id| !answer.text.contains(id)) && !answer.text.contains("Zanzibar"), "{place}: {}", answer.text);
            assert!(app.get(&app.admin, place).await.text.contains(hidden[0]), "{place}");
        }
        assert!(app.get(&officer, &places[3]).await.text.contains(&shown), "what joins two that are seen is there");
        for id in hidden {
            for place in ["links/", "resources/"] {
                assert_eq!(app.get(&officer, &format!("/api/v1/platform/{place}{id}")).await.status, 404, "{place}");
            }
            assert_eq!(app.get(&officer, &format!("/api/v1/platform/resources/{id}/history")).await.status, 404);
            assert_eq!(app.delete(&officer, &format!("/api/v1/platform/links/{id}"), "*").await.status, 404);
        }
        let refused = app.post(&officer, "/api/v1/platform/links", &json!({"subject_id": both, "target_id": unseen, "kind": "relates_to"})).await;
        assert_eq!(refused.broken(), ["/target_id reference"]);
        // Taken away, it is told to nobody else either.
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/platform/links/{}", hidden[0]), "*").await.status, 204);
        let told = app.get(&officer, &places[4]).await;
        assert!(!told.text.contains(hidden[0]), "{}", told.text);
        assert_eq!(app.get(&officer, &format!("/api/v1/platform/resources/{}/history", hidden[0])).await.status, 404);
    }

    links_are_listed_however_many_records_there_are(app) {
        let root = app.root_unit().await;
        let mine = app.unit("MINE", &root).await;
        let (one, other) = (control(app, "ONE", &mine).await, control(app, "OTHER", &mine).await);
        let officer = app.actor("compliance_officer", Some(&mine)).await;
        app.make("platform/links", &json!({"subject_id": one, "target_id": other, "kind": "relates_to"})).await;
        let id = Id::parse(&one).unwrap();
        let many = move |connection: &mut Connection| {
            let fresh = if connection.is_postgres() { "gen_random_uuid()" } else { "randomblob(16)" };
            let columns = "collection, title, state, unit_id, root_id, parent_id, revision, hash, private_to, principal_id, deleted_at";
            let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)";
            let text = format!("INSERT INTO registry (id, {columns}) {numbers} SELECT {fresh}, {columns} FROM registry, n WHERE id = ");
            Statement::new(text).with(id, "").execute(connection)?;
            Ok(())
        };
        app.served.store.by_itself(many).await.unwrap();
        for actor in [&app.admin, &officer] {
            for path in [
                "platform/links?include_total=true", "platform/links?facets=kind", "platform/links?kind=relates_to", &format!("platform/links?subject_id={one}"),
                &format!("platform/resources/{one}/links"), &format!("platform/resources/{other}/links"),
            ] {
                let answer = app.get(actor, &format!("/api/v1/{path}")).await;
                assert_eq!((answer.status, answer.body["data"].as_array().map(Vec::len)), (200, Some(1)), "{path}: {}", answer.text);
            }
        }
    }

    a_comment_is_changed_by_its_author_only_and_answers_one_on_the_same_record(app) {
        let root = app.root_unit().await;
        let (first, second) = (control(app, "A", &root).await, control(app, "B", &root).await);
        let said = app.make("platform/comments", &json!({"subject_id": first, "text": "Mine."})).await;
        let path = format!("/api/v1/platform/comments/{}", said["id"].as_str().unwrap());
        let officer = app.actor("compliance_officer", None).await;
        assert_eq!(app.patch(&officer, &path, "*", &json!({"text": "Theirs."})).await.status, 403);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"text": "Still mine."})).await.status, 200);
        let answer = json!({"subject_id": second, "text": "Where?", "reply_to_id": said["id"]});
        assert_eq!(app.post(&app.admin, "/api/v1/platform/comments", &answer).await.broken(), ["/reply_to_id other_subject"]);
    }

    a_file_is_kept_by_its_content_and_downloaded_by_who_sees_what_refers_to_it(app) {
        let root = app.root_unit().await;
        let (mine, theirs) = (app.unit("MINE", &root).await, app.unit("THEIRS", &root).await);
        let subject = control(app, "C", &mine).await;
        let headers = [("Content-Type", "text/html")];
        let upload = async |actor: &Actor, name: &str| {
            app.call(actor, "POST", &format!("/api/v1/platform/files?name={name}"), &headers, Some("<script>".into())).await
        };
        let file = upload(&app.admin, "..%2F..%2Fetc%2Fpasswd").await;
        assert_eq!((file.status, &file.body["name"], &file.body["size"]), (201, &json!("passwd"), &json!(8)), "{}", file.text);
        let (officer, other) = (app.actor("compliance_officer", Some(&mine)).await, app.actor("compliance_officer", Some(&theirs)).await);
        let content = format!("/api/v1/platform/files/{}/content", file.id());
        assert_eq!(app.get(&officer, &content).await.status, 404);
        // Nobody attaches what they cannot see.
        let attach = json!({"subject_id": subject, "file_id": file.id(), "title": "Page"});
        assert_eq!(app.post(&officer, "/api/v1/platform/attachments", &attach).await.broken(), ["/file_id reference"]);
        app.make("platform/attachments", &attach).await;
        let read = app.get(&officer, &content).await;
        assert_eq!((read.status, read.text.as_str(), read.header("content-type")), (200, "<script>", Some("text/html")));
        assert!(read.header("content-disposition").unwrap().starts_with("attachment;"));
        assert!(read.header("content-security-policy").unwrap().contains("sandbox"));
        assert_eq!(app.get(&other, &content).await.status, 404);
        let again = upload(&officer, "again.html").await;
        assert_eq!((again.status, &again.body["sha256"]), (201, &file.body["sha256"]));
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/platform/files/{}", file.id()), "*").await.status, 409);
        assert_eq!(app.delete(&officer, &format!("/api/v1/platform/files/{}", again.id()), "*").await.status, 204);
    }

    a_file_of_a_private_record_is_kept_from_who_may_read_all_files(app) {
        let lead = app.person_of_admin().await;
        let person = app.make("teams/people", &json!({"name": "Ada", "email": "ada@example.org"})).await["id"].clone();
        let talk = app.make("teams/one-on-ones", &json!({"person_id": person, "lead_id": lead, "held_on": "2026-06-01"})).await;
        let file = app.upload("text/plain", "Between the two of us.").await["id"].as_str().unwrap().to_owned();
        let (auditor, second) = (app.actor("auditor", None).await, app.second_admin().await);
        let path = format!("/api/v1/platform/files/{file}");
        assert_eq!(app.get(&second, &format!("{path}/content")).await.status, 200, "nothing refers to it yet");
        app.make("platform/attachments", &json!({"subject_id": talk["id"], "file_id": file, "title": "Notes"})).await;
        for other in [&auditor, &second] {
            let content = app.get(other, &format!("{path}/content")).await;
            assert_eq!(content.status, 403, "{}", content.text);
            assert_eq!(app.post(other, &format!("{path}/link"), &json!({})).await.status, 403);
        }
        assert_eq!(app.get(&app.admin, &format!("{path}/content")).await.status, 200);
        // Nobody comes to read it by naming it elsewhere.
        let subject = control(app, "C", &app.root_unit().await).await;
        let attach = json!({"subject_id": subject, "file_id": file, "title": "Notes"});
        assert_eq!(app.post(&second, "/api/v1/platform/attachments", &attach).await.broken(), ["/file_id reference"]);
        let refused = app.get(&auditor, "/api/v1/identity/security-events?kind=permission_refused").await;
        assert!(refused.text.contains(&format!("GET {path}/content")), "the attempt is logged: {}", refused.text);
    }

    custom_values_keep_their_definition_through_every_door(app) {
        let root = app.root_unit().await;
        let before = control(app, "OLD", &root).await;
        define(app, json!({"code": "badge", "kind": "text", "pattern": "[A-Z]{2}[0-9]{2}", "is_unique": true})).await;
        define(app, json!({"code": "score", "kind": "number", "required": true, "minimum": 1, "maximum": 5})).await;
        define(app, json!({"code": "since", "kind": "date"})).await;
        define(app, json!({"code": "colour", "kind": "choice", "choices": ["red", "green"]})).await;
        define(app, json!({"code": "home", "kind": "reference", "refers_to": "teams/units"})).await;
        let body = |code: &str, custom: Value| json!({"code": code, "name": code, "kind": "detective", "test_period_days": 90, "custom": custom});
        let wrong = body("W", json!({"badge": "no", "score": 9, "since": "yesterday", "colour": "blue", "home": before, "nonsense": 1}));
        let mut broken = app.post(&app.admin, "/api/v1/governance/controls", &wrong).await.broken();
        broken.sort();
        let expected = ["/custom/badge pattern", "/custom/colour choice", "/custom/home reference", "/custom/nonsense unknown", "/custom/score range", "/custom/since format"];
        assert_eq!(broken, expected);
        assert_eq!(app.post(&app.admin, "/api/v1/governance/controls", &body("W", Value::Null)).await.broken(), ["/custom required"]);
        let good = json!({"badge": "AB12", "score": 3, "since": "2026-01-31", "colour": "red", "home": root});
        let made = app.make("governance/controls", &body("GOOD", good.clone())).await;
        assert_eq!(made["custom"], good);
        let path = format!("/api/v1/governance/controls/{}", made["id"].as_str().unwrap());
        let twin = app.post(&app.admin, "/api/v1/governance/controls", &body("TWIN", json!({"badge": "AB12", "score": 1}))).await;
        assert_eq!((twin.status, twin.broken()), (409, vec!["/custom/badge duplicate".to_owned()]));
        let patched = app.patch(&app.admin, &path, "*", &json!({"custom": {"colour": null, "score": 5}})).await;
        assert_eq!(patched.body["custom"], json!({"badge": "AB12", "score": 5, "since": "2026-01-31", "home": root}), "{}", patched.text);
        let line = json!({"code": "GOOD", "custom": {"badge": "AB12", "score": 7}}).to_string();
        let imported = app.call(&app.admin, "POST", "/api/v1/platform/imports?collection=governance/controls", &[("Content-Type", "application/x-ndjson")], Some(line)).await;
        assert_eq!((imported.status, &imported.body["errors"][0]["pointer"]), (422, &json!("/custom/score")));
        // The definition stays while there are values, and a restored record takes back what must differ.
        let badge = app.get(&app.admin, "/api/v1/platform/custom-fields?code=badge").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/platform/custom-fields/{badge}"), "*").await.status, 409);
        assert_eq!(app.delete(&app.admin, &path, "*").await.status, 204);
        app.make("governance/controls", &body("NEXT", json!({"badge": "AB12", "score": 1}))).await;
        let back = app.post(&app.admin, &format!("/api/v1/platform/resources/{}/restore", made["id"].as_str().unwrap()), &json!({})).await;
        assert_eq!((back.status, back.broken()), (409, vec!["/custom/badge duplicate".to_owned()]), "{}", back.text);
    }

    what_a_custom_value_refers_to_stays(app) {
        let root = app.root_unit().await;
        let unit = app.unit("HOME", &root).await;
        define(app, json!({"code": "home", "kind": "reference", "refers_to": "teams/units"})).await;
        let body = json!({"code": "C", "name": "C", "kind": "detective", "test_period_days": 90, "unit_id": root, "custom": {"home": unit}});
        let made = app.make("governance/controls", &body).await;
        let path = format!("/api/v1/teams/units/{unit}");
        let refused = app.delete(&app.admin, &path, "*").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" in_use".to_owned()]), "{}", refused.text);
        let control = format!("/api/v1/governance/controls/{}", made["id"].as_str().unwrap());
        assert_eq!(app.patch(&app.admin, &control, "*", &json!({"custom": null, "owner_id": null})).await.status, 200);
        assert_eq!(app.delete(&app.admin, &path, "*").await.status, 204);
    }
}
