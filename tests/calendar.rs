//! The calendar of everything that has a date, and the feeds of it.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use std::sync::Arc;
use steward::access::Session;
use steward::access::secret::digest;
use steward::database::{SqlType, Statement, statements_run};
use steward::resource::Id;
use steward::resource::value::{Date, Instant};
use steward::store::{Reader, Span};

const CALENDAR: &str = "/api/v1/platform/calendar";

async fn dates(app: &TestApp, actor: &Actor, query: &str) -> Vec<(String, String, String)> {
    let answer = app.get(actor, &format!("{CALENDAR}?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    answer.body["data"].as_array().unwrap().iter().map(|entry| (text(entry, "on"), text(entry, "title"), text(entry, "label"))).collect()
}

/// A domain that expires on a day.
async fn domain(app: &TestApp, name: &str, expires_on: &str, unit: Option<&str>, owner: Option<&str>) -> String {
    let mut body = app.sample("infrastructure/dns-domains", name).await;
    body.insert("name".into(), format!("{name}.example.org").into());
    body.insert("expires_on".into(), expires_on.into());
    body.insert("owner_id".into(), owner.into());
    if let Some(unit) = unit {
        body.insert("unit_id".into(), unit.into());
    }
    app.make("infrastructure/dns-domains", &body.into()).await["id"].as_str().unwrap().to_owned()
}

async fn feed(app: &TestApp, actor: &Actor, body: &Value) -> String {
    let made = app.post(actor, "/api/v1/platform/calendar-feeds", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    format!("/api/v1/platform/calendar-feeds/{}", made.id())
}

async fn address(app: &TestApp, actor: &Actor, feed: &str) -> Answer {
    app.post(actor, &format!("{feed}/renew-token"), &json!({})).await
}

async fn read(app: &TestApp, path: &str) -> Answer {
    app.get(&Actor::nobody(), path).await
}

/// A body with other fields.
fn merged(mut body: Value, fields: Value) -> Value {
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

const DOMAINS: &str = "kinds=infrastructure/dns-domains";

on_both! {
    the_calendar_has_the_first_day_and_not_the_last_one_in_order(app) {
        for (name, day) in [("last", "2026-07-31"), ("first", "2026-07-01"), ("after", "2026-08-01"), ("before", "2026-06-30")] {
            domain(app, name, day, None, None).await;
        }
        let found = dates(app, &app.admin, &format!("from=2026-07-01&to=2026-08-01&{DOMAINS}")).await;
        let told: Vec<_> = found.iter().map(|(on, title, label)| (on.as_str(), title.as_str(), label.as_str())).collect();
        assert_eq!(told, [("2026-07-01", "first.example.org", "Expires"), ("2026-07-31", "last.example.org", "Expires")]);
    }

    an_entry_says_what_it_is_where_it_is_whose_it_is_and_whether_it_is_late(app) {
        let person = app.person_of_admin().await;
        let id = domain(app, "late", "2026-06-14", None, Some(&person)).await;
        let answer = app.get(&app.admin, &format!("{CALENDAR}?from=2026-06-01&to=2026-07-01&{DOMAINS}")).await;
        let expected = json!({
            "on": "2026-06-14", "at": null, "all_day": true, "kind": "infrastructure/dns-domains", "id": id, "title": "late.example.org", "what": "expires_on",
            "label": "Expires", "state": null, "unit_id": app.root_unit().await, "person_id": person, "overdue": true, "ends_on": null, "ends_at": null,
            "person_name": app.get(&app.admin, &format!("/api/v1/teams/people/{person}")).await.body["name"],
        });
        assert_eq!(answer.body["data"], json!([expected]), "{}", answer.text);
        domain(app, "today", "2026-06-15", None, None).await;
        let today = app.get(&app.admin, &format!("{CALENDAR}?from=2026-06-15&to=2026-06-16&{DOMAINS}")).await;
        assert_eq!(today.body["data"][0]["overdue"], json!(false), "the last day is still a day: {}", today.text);
    }

    what_lasts_several_days_is_one_entry_with_the_name_of_its_person(app) {
        let person = app.make("teams/people", &json!({"name": "Ida Holm", "email": "ida@example.org", "unit_id": app.root_unit().await})).await;
        let person = person["id"].as_str().unwrap();
        let away = json!({"person_id": person, "kind": "holiday", "starts_on": "2026-07-06", "ends_on": "2026-07-12"});
        app.make("teams/absences", &away).await;
        let window = merged(app.sample("infrastructure/maintenance-windows", "night").await.into(), json!({"starts_at": "2026-07-31T22:00:00Z", "ends_at": "2026-08-01T02:00:00Z"}));
        app.make("infrastructure/maintenance-windows", &window).await;
        let told = async |from: &str, to: &str| {
            let kinds = "kinds=teams/absences,infrastructure/maintenance-windows";
            let answer = app.get(&app.admin, &format!("{CALENDAR}?from={from}&to={to}&{kinds}")).await;
            let shown = |entry: &Value| ["label", "on", "at", "ends_on", "ends_at", "person_name"].map(|name| entry[name].as_str().unwrap_or("-").to_owned());
            answer.body["data"].as_array().unwrap().iter().map(shown).collect::<Vec<_>>()
        };
        let absence = ["Absence", "2026-07-06", "-", "2026-07-12", "-", "Ida Holm"].map(str::to_owned);
        let night = ["Maintenance window", "2026-07-31", "2026-07-31T22:00:00.000000Z", "2026-08-01", "2026-08-01T02:00:00.000000Z", "-"].map(str::to_owned);
        assert_eq!(told("2026-07-01", "2026-08-01").await, [absence.clone(), night.clone()]);
        assert_eq!(told("2026-07-12", "2026-07-13").await, [absence], "its last day is a day of it");
        assert_eq!(told("2026-08-01", "2026-08-02").await, [night], "it is not over yet");
        assert!(told("2026-07-13", "2026-07-31").await.is_empty() && told("2026-07-01", "2026-07-06").await.is_empty());
        let feed = feed(app, &app.admin, &json!({"name": "Away", "kinds": ["teams/absences"]})).await;
        let address = address(app, &app.admin, &feed).await;
        let calendar = read(app, address.body["path"].as_str().unwrap()).await.text;
        for line in ["DTSTART;VALUE=DATE:20260706", "DTEND;VALUE=DATE:20260713", "SUMMARY:Absence (Ida Holm)"] {
            assert!(calendar.contains(&format!("\r\n{line}\r\n")), "{line} in {calendar}");
        }
    }

    it_is_narrowed_by_unit_person_and_kind(app) {
        let (person, root) = (app.person_of_admin().await, app.root_unit().await);
        let lab = app.unit("LAB", &root).await;
        let bench = app.unit("BENCH", &lab).await;
        domain(app, "root", "2026-07-01", Some(&root), None).await;
        domain(app, "bench", "2026-07-02", Some(&bench), Some(&person)).await;
        let titles = async |query: &str| -> Vec<String> {
            let found = dates(app, &app.admin, &format!("from=2026-07-01&to=2026-07-10&{DOMAINS}{query}")).await;
            found.into_iter().map(|(_, title, _)| title).collect()
        };
        assert_eq!(titles("").await, ["root.example.org", "bench.example.org"]);
        assert_eq!(titles(&format!("&unit_id={lab}")).await, ["bench.example.org"], "with the units below it");
        assert_eq!(titles(&format!("&person_id={person}")).await, ["bench.example.org"]);
        assert_eq!(titles(",vendors/contracts").await.len(), 2);
    }

    nobody_finds_in_it_what_they_may_not_read(app) {
        let root = app.root_unit().await;
        let (mine, other) = (app.unit("MINE", &root).await, app.unit("OTHER", &root).await);
        domain(app, "mine", "2026-07-01", Some(&mine), None).await;
        domain(app, "other", "2026-07-02", Some(&other), None).await;
        let actor = app.actor("infrastructure_manager", Some(&mine)).await;
        let found = dates(app, &actor, "from=2026-07-01&to=2026-07-10").await;
        assert_eq!(found.iter().map(|(_, title, _)| title.as_str()).collect::<Vec<_>>(), ["mine.example.org"]);
        assert!(dates(app, &app.stranger().await, "from=2026-01-01&to=2026-12-31").await.is_empty());
        assert_eq!(app.get(&Actor::nobody(), &format!("{CALENDAR}?from=2026-01-01&to=2026-02-01")).await.status, 401);
    }

    a_meeting_of_two_is_in_the_calendar_of_those_two_alone(app) {
        let body = app.sample("teams/one-on-ones", "private").await;
        let made = app.make("teams/one-on-ones", &body.into()).await;
        let query = "from=2026-01-01&to=2026-12-31&kinds=teams/one-on-ones";
        assert!(!dates(app, &app.admin, query).await.is_empty(), "{made}");
        assert!(dates(app, &app.second_admin().await, query).await.is_empty());
    }

    what_is_settled_is_left_out_and_what_takes_place_stays(app) {
        let definitions = &app.served.store.definitions;
        let actions = definitions.get("teams/action-items").unwrap();
        let action = app.make_ready(actions, "settled").await;
        let query = "from=2026-06-01&to=2026-07-31&kinds=teams/action-items";
        assert_eq!(dates(app, &app.admin, query).await.len(), 1, "{action}");
        app.walk(actions, action["id"].as_str().unwrap(), &["done"]).await;
        assert!(dates(app, &app.admin, query).await.is_empty(), "what is done is due no more");

        let windows = definitions.get("infrastructure/maintenance-windows").unwrap();
        let window = app.make_ready(windows, "window").await;
        let day = window["starts_at"].as_str().unwrap()[..10].to_owned();
        let query = format!("from={day}&to={}-12-31&kinds=infrastructure/maintenance-windows", &day[..4]);
        let before = dates(app, &app.admin, &query).await.len();
        app.walk(windows, window["id"].as_str().unwrap(), &["approved", "in_progress", "done"]).await;
        assert_eq!(dates(app, &app.admin, &query).await.len(), before, "what took place stays where it was");
        let other = app.make_ready(windows, "off").await;
        app.walk(windows, other["id"].as_str().unwrap(), &["cancelled"]).await;
        assert_eq!(dates(app, &app.admin, &query).await.len(), before, "what was called off does not");
    }

    an_instant_stands_at_its_time_and_a_counted_day_where_it_falls(app) {
        let windows = app.served.store.definitions.get("infrastructure/maintenance-windows").unwrap();
        let window = app.make_ready(windows, "at").await;
        let starts = window["starts_at"].as_str().unwrap();
        let answer = app.get(&app.admin, &format!("{CALENDAR}?from={}&to={}-12-31&kinds=infrastructure/maintenance-windows", &starts[..10], &starts[..4])).await;
        let first = &answer.body["data"][0];
        assert_eq!((&first["at"], &first["all_day"], &first["what"]), (&window["starts_at"], &json!(false), &json!("starts_at")), "{}", answer.text);

        // Valid for 60 days from 31 March.
        let evidence = app.served.store.definitions.get("governance/evidence").unwrap();
        let made = app.make_ready(evidence, "counted").await;
        let found = dates(app, &app.admin, "from=2026-05-30&to=2026-05-31&kinds=governance/evidence").await;
        assert_eq!(found.iter().map(|(on, _, label)| (on.as_str(), label.as_str())).collect::<Vec<_>>(), [("2026-05-30", "Expires")], "{made}");
    }

    a_day_that_no_field_holds_stands_where_it_follows(app) {
        let person = app.person_of_admin().await;
        let body = app.sample("infrastructure/certificates", "renewed").await;
        let by_hand = json!({"expires_on": "2026-09-30", "notice_days": 30, "auto_renew": false, "owner_id": person});
        let certificate = app.make("infrastructure/certificates", &merged(body.clone().into(), by_hand)).await;
        app.make("infrastructure/certificates", &merged(body.into(), json!({"expires_on": "2026-09-30", "notice_days": 30, "auto_renew": true}))).await;
        let found = app.get(&app.admin, &format!("{CALENDAR}?from=2026-08-01&to=2026-09-01&kinds=infrastructure/certificates&person_id={person}")).await;
        let entry = &found.body["data"][0];
        assert_eq!((&entry["on"], &entry["label"], &entry["what"]), (&json!("2026-08-31"), &json!("Renewal due"), &json!("notice_days")), "{}", found.text);
        assert_eq!((&entry["id"], found.body["data"].as_array().unwrap().len()), (&certificate["id"], 1), "a machine renews the other one");

        let contract = app.sample("vendors/contracts", "notice").await;
        let terms = json!({"starts_on": "2025-01-01", "ends_on": "2026-12-31", "minimum_ends_on": null, "renewal": "tacit", "renewal_months": 12,
            "notice_period": {"value": 3, "unit": "months"}, "notice_to": "end_of_term", "owner_id": person});
        let contract = app.make("vendors/contracts", &merged(contract.into(), terms)).await;
        let query = format!("from=2026-09-01&to=2026-10-01&kinds=vendors/contracts&person_id={person}");
        assert!(dates(app, &app.admin, &query).await.is_empty(), "a draft has no deadline");
        app.served.store.by_itself({
            let id = contract["id"].as_str().unwrap().to_owned();
            move |connection| Ok(Statement::new("UPDATE contracts SET state = 'active' WHERE id = ").with(Id::parse(&id).unwrap(), "").execute(connection).map(drop)?)
        }).await.unwrap();
        let title = contract["title"].as_str().unwrap().to_owned();
        assert_eq!(dates(app, &app.admin, &query).await, [("2026-09-30".to_owned(), title, "Notice due".to_owned())]);
        assert!(dates(app, &app.stranger().await, &query).await.is_empty());
        let feed = feed(app, &app.admin, &json!({"name": "Notice", "kinds": ["vendors/contracts"], "for_person_id": person})).await;
        let path = address(app, &app.admin, &feed).await.body["path"].as_str().unwrap().to_owned();
        let calendar = read(app, &path).await.text;
        assert!(calendar.contains(&format!("UID:{}-notice_period@steward", contract["id"].as_str().unwrap())) && calendar.contains("DTSTART;VALUE=DATE:20260930"), "{calendar}");
    }

    what_a_law_a_policy_a_plan_and_a_control_ask_for_is_due_by_what_they_rest_on(app) {
        let day = "from=2026-01-01&to=2026-12-31";
        let control = json!({"code": "DD-1", "name": "Backups are restored", "kind": "preventive", "test_period_days": 30});
        let control = app.make("governance/controls", &control).await["id"].as_str().unwrap().to_owned();
        let test = json!({"control_id": control, "kind": "operating", "result": "passed", "tested_on": "2026-06-01", "tester_id": app.person_of_second().await});
        let test = merged(Value::Object(app.sample("governance/control-tests", "test").await), test);
        app.make("governance/control-tests", &test).await;
        for state in ["implemented", "operating"] {
            let moved = app.transition(&app.admin, &format!("/api/v1/governance/controls/{control}"), state).await;
            assert_eq!(moved.status, 200, "{}", moved.text);
        }
        let found = dates(app, &app.admin, &format!("{day}&kinds=governance/controls")).await;
        assert_eq!(found, [("2026-07-01".to_owned(), "Backups are restored".to_owned(), "Test due".to_owned())]);

        let found = app.sample("security/vulnerabilities", "due").await;
        let found = merged(found.into(), json!({"severity": "high", "detected_on": "2026-06-01", "last_seen_on": "2026-06-01", "advisory_id": null}));
        app.make("security/vulnerabilities", &found).await;
        let due = dates(app, &app.admin, &format!("{day}&kinds=security/vulnerabilities")).await;
        assert_eq!(due.iter().map(|(on, _, label)| (on.as_str(), label.as_str())).collect::<Vec<_>>(), [("2026-07-01", "Remediation due")]);

        let incident = app.sample("security/security-incidents", "told").await;
        let incident = app.make("security/security-incidents", &incident.into()).await;
        let due_at = Instant::parse(incident["aware_at"].as_str().unwrap()).unwrap().plus_seconds(72 * 3600).to_string();
        let notice = json!({"security_incident_id": incident["id"], "regime": "gdpr", "stage": "authority", "authority": "Autoriteit"});
        app.make("security/incident-notifications", &notice).await;
        let told = app.get(&app.admin, &format!("{CALENDAR}?{day}&kinds=security/incident-notifications")).await.body["data"][0].clone();
        assert_eq!((&told["at"], &told["label"], &told["person_id"]), (&json!(due_at), &json!("Due"), &incident["owner_id"]));
    }

    a_question_that_cannot_be_answered_is_refused_with_what_to_ask(app) {
        for query in ["", "from=2026-01-01", "from=2026-01-01&to=2026-01-01", "from=2026-02-30&to=2026-03-01", "from=2025-01-01&to=2026-06-01",
            "from=2026-01-01&to=2026-02-01&unit_id=x", "from=2026-01-01&to=2026-02-01&kinds=no/such", "from=2026-01-01&to=2026-02-01&more=1"] {
            let answer = app.get(&app.admin, &format!("{CALENDAR}?{query}")).await;
            assert_eq!(answer.status, 400, "{query}: {}", answer.text);
        }
    }

    every_collection_is_asked_once_however_many_records_it_has(app) {
        let span = Span { from: Date::sample("2026-07-01"), to: Date::sample("2026-08-01"), unit: None, person: None, kinds: None };
        let count = async || {
            let span = span.clone();
            let counted = move |reader: &mut Reader<'_>| {
                let before = statements_run();
                reader.dates(&span, 5000)?;
                Ok(statements_run() - before)
            };
            app.served.store.read(&Arc::new(Session::system()), counted).await.unwrap()
        };
        domain(app, "one", "2026-07-01", None, None).await;
        let one = count().await;
        for number in 0..20 {
            domain(app, &format!("more{number}"), "2026-07-02", None, None).await;
        }
        assert_eq!(count().await, one);
        assert!(one < 300, "{one}");
    }

    a_feed_is_read_by_its_address_alone_which_is_shown_once(app) {
        let id = domain(app, "feed", "2026-07-01", None, None).await;
        domain(app, "far", "2027-06-16", None, None).await;
        let feed = feed(app, &app.admin, &json!({"name": "Domains; all, of them", "kinds": ["infrastructure/dns-domains"]})).await;
        let shown = address(app, &app.admin, &feed).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        let (token, path) = (shown.body["token"].as_str().unwrap(), shown.body["path"].as_str().unwrap());
        assert!(token.len() >= 40 && path.ends_with(&format!("/{token}/calendar.ics")));
        assert!(!app.get(&app.admin, &feed).await.text.contains(token), "it is not shown again");

        let calendar = read(app, path).await;
        assert_eq!((calendar.status, calendar.header("content-type"), calendar.header("cache-control")), (200, Some("text/calendar"), Some("private, no-cache")));
        for line in ["BEGIN:VCALENDAR", "NAME:Domains\\; all\\, of them", &format!("UID:{id}-expires_on@steward"), "DTSTART;VALUE=DATE:20260701", "SUMMARY:Expires: feed.example.org", "END:VCALENDAR"] {
            assert!(calendar.text.contains(&format!("{line}\r\n")), "{line}: {}", calendar.text);
        }
        assert!(!calendar.text.contains("far.example.org"), "a year ahead and no further");
        assert_eq!(read(app, path).await.text, calendar.text, "it is the same until something changes");
        assert_eq!(app.call(&Actor::nobody(), "POST", path, &[], None).await.status, 405);
    }

    a_new_feed_shows_its_secret_and_what_follows_from_it_opens_the_calendar(app) {
        let made = app.post(&app.admin, "/api/v1/platform/calendar-feeds", &json!({"name": "Mine"})).await;
        let path = format!("/api/v1/platform/calendar-feeds/{}/calendar.ics", made.body["token"].as_str().unwrap());
        assert_eq!(read(app, &path).await.status, 200);
        assert!(made.headers["cache-control"].contains("no-store"), "{:?}", made.headers);
        let mine = format!("/api/v1/platform/calendar-feeds/{}", made.id());
        assert_eq!(app.get(&app.admin, &mine).await.body.get("token"), None);
    }

    an_api_token_makes_no_feed_that_would_show_more_than_it_may_see(app) {
        let owner = app.actor("infrastructure_manager", None).await;
        let mine = feed(app, &owner, &json!({"name": "Mine"})).await;
        let scopes = ["platform.calendar_feeds:create", "platform.calendar_feeds:read", "platform.calendar_feeds:update"];
        let made = app.post(&owner, "/api/v1/identity/api-tokens", &json!({"name": "Narrow", "scopes": scopes})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let narrow = Actor { id: owner.id, token: made.body["token"].as_str().map(str::to_owned) };
        let refused = app.post(&narrow, "/api/v1/platform/calendar-feeds", &json!({"name": "More"})).await;
        assert_eq!(refused.status, 403, "{}", refused.text);
        assert_eq!(app.get(&narrow, &mine).await.status, 200);
        assert_eq!(address(app, &narrow, &mine).await.status, 403);
    }

    an_address_ends_with_the_next_one_with_the_feed_and_with_the_account(app) {
        let owner = app.actor("infrastructure_manager", None).await;
        let body = json!({"name": "Mine"});
        let mine = feed(app, &owner, &body).await;
        let first = address(app, &owner, &mine).await.body["path"].as_str().unwrap().to_owned();
        let second = address(app, &owner, &mine).await.body["path"].as_str().unwrap().to_owned();
        assert_eq!((read(app, &first).await.status, read(app, &second).await.status), (404, 200));
        assert_eq!(app.transition(&owner, &mine, "revoked").await.status, 200);
        assert_eq!((read(app, &second).await.status, address(app, &owner, &mine).await.status), (404, 409));

        let other = feed(app, &owner, &body).await;
        let path = address(app, &owner, &other).await.body["path"].as_str().unwrap().to_owned();
        assert_eq!(read(app, &path).await.status, 200);
        app.transition(&app.admin, &format!("/api/v1/identity/users/{}", owner.id.unwrap()), "disabled").await;
        assert_eq!(read(app, &path).await.status, 404);
        app.transition(&app.admin, &format!("/api/v1/identity/users/{}", owner.id.unwrap()), "active").await;
        assert_eq!(read(app, &path).await.status, 200);
        let owner = app.log_in_as(&owner.id.unwrap().to_string());
        assert_eq!(app.delete(&owner, &other, "*").await.status, 204);
        assert_eq!(read(app, &path).await.status, 404);
    }

    a_feed_shows_what_its_owner_may_see_now_and_to_nobody_else(app) {
        domain(app, "secret", "2026-07-01", None, None).await;
        let owner = app.actor("infrastructure_manager", None).await;
        let mine = feed(app, &owner, &json!({"name": "Mine"})).await;
        let path = address(app, &owner, &mine).await.body["path"].as_str().unwrap().to_owned();
        assert!(read(app, &path).await.text.contains("secret.example.org"));
        assert_eq!(address(app, &app.admin, &mine).await.status, 403, "who sees all feeds does not see with the eyes of another");
        assert_eq!(app.get(&app.stranger().await, &mine).await.status, 404);
        let grant = app.get(&app.admin, &format!("/api/v1/identity/grants?principal_id={}", owner.id.unwrap())).await.body["data"][0]["id"].clone();
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/identity/grants/{}", grant.as_str().unwrap()), "*").await.status, 204);
        assert!(!read(app, &path).await.text.contains("secret.example.org"));
    }

    the_secret_of_a_feed_is_kept_nowhere(app) {
        let mine = feed(app, &app.admin, &json!({"name": "Mine"})).await;
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "once")];
        let renew = format!("{mine}/renew-token");
        let shown = app.call(&app.admin, "POST", &renew, &headers, Some("{}".into())).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        let again = app.call(&app.admin, "POST", &renew, &headers, Some("{}".into())).await;
        assert_eq!((again.status, &again.body), (200, &json!({"token": null, "path": null})), "{}", again.text);
        let token = shown.body["token"].as_str().unwrap().to_owned();
        let kept = app.served.store.unauthenticated(|connection| {
            let mut all = Vec::new();
            for query in ["SELECT token FROM calendar_feeds", "SELECT COALESCE(body, '') FROM idempotency_keys", "SELECT document FROM revisions"] {
                let rows = Statement::new(query).rows(connection, &[SqlType::Text])?;
                assert!(!rows.is_empty(), "{query}");
                all.extend(rows.iter().filter_map(|row| row[0].as_text().map(str::to_owned)));
            }
            Ok(all)
        });
        assert!(kept.await.unwrap().iter().all(|text| !text.contains(&token)));
        let history = app.get(&app.admin, &format!("/api/v1/platform/resources/{}/history", mine.rsplit('/').next().unwrap())).await;
        assert!(history.status == 200 && history.text.contains("renew_token") && !history.text.contains(&digest(&token)), "{}", history.text);
        assert_eq!(read(app, shown.body["path"].as_str().unwrap()).await.status, 200);
    }

    a_revoked_secret_opens_nothing_on_any_replica(app) {
        if !app.database_url.starts_with("postgres") {
            return;
        }
        let replica = app.replica().await;
        let mine = feed(app, &app.admin, &json!({"name": "Mine"})).await;
        let path = address(app, &app.admin, &mine).await.body["path"].as_str().unwrap().to_owned();
        assert_eq!((read(app, &path).await.status, read(&replica, &path).await.status), (200, 200));
        assert_eq!(app.transition(&app.admin, &mine, "revoked").await.status, 200);
        assert_eq!((read(&replica, &path).await.status, read(app, &path).await.status), (404, 404));
    }

    a_feed_names_collections_that_there_are(app) {
        let answer = app.post(&app.admin, "/api/v1/platform/calendar-feeds", &json!({"name": "No", "kinds": ["no/such"]})).await;
        assert_eq!((answer.status, answer.broken()), (409, vec!["/kinds/0 unknown".to_owned()]), "{}", answer.text);
    }
}
