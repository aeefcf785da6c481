//! Digests by mail: what they tell and whom, when, and what becomes of them while the mail server is away.

use crate::harness::mail::{MailServer, Received};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use std::collections::HashSet;
use steward::domains::platform::mail_digest::MailDispatch;
use steward::jobs::Worker;
use steward::outgoing::Mailer;
use steward::resource::value::Instant;

const DIGESTS: &str = "/api/v1/platform/mail-digests";

/// A process that sends mails by a server.
fn sender(app: &TestApp, url: &str) -> Worker {
    let mailer = Mailer::new(url, Some("Steward <steward@example.org>"), None).unwrap();
    let mails = MailDispatch::new(app.served.store.clone(), mailer, "https://steward.example.org");
    Worker::new(app.served.store.clone(), Vec::new(), vec![Box::new(mails)])
}

/// A daily digest at seven, UTC; the clock stands at nine.
async fn digest(app: &TestApp, actor: &Actor, more: Value) -> String {
    let mut body = json!({"frequency": "daily", "hour": 7});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = app.post(actor, DIGESTS, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    format!("{DIGESTS}/{}", made.id())
}

/// Sets the clock and lets processes work one after the other.
async fn at(app: &TestApp, time: &str, workers: &[&Worker]) -> Actor {
    app.clock.set(Instant::parse(time).unwrap());
    for worker in workers {
        worker.work_off().await.unwrap();
    }
    app.log_in_as(&app.admin.id.unwrap().to_string())
}

/// A domain of the administrator that expires on a day and is renewed by hand.
async fn domain(app: &TestApp, name: &str, expires_on: &str) {
    let person = app.person_of_admin().await;
    let mut body = app.sample("infrastructure/dns-domains", name).await;
    let fields = json!({"name": format!("{name}.example.org"), "expires_on": expires_on, "owner_id": person, "auto_renew": false, "notice_days": 30});
    body.extend(fields.as_object().unwrap().clone());
    app.make("infrastructure/dns-domains", &body.into()).await;
}

/// The parts of a mail: their headings with the lines below.
fn part<'a>(mail: &'a Received, heading: &str) -> Vec<&'a str> {
    mail.body().lines().skip_while(|line| !line.starts_with(heading)).skip(1).take_while(|line| !line.is_empty()).collect()
}

async fn comment(app: &TestApp, actor: &Actor, subject: &str, text: &str) {
    let made = app.post(actor, "/api/v1/platform/comments", &json!({"subject_id": subject, "text": text})).await;
    assert_eq!(made.status, 201, "{}", made.text);
}

on_both! {
    a_digest_tells_what_waits_overdue_near_and_said_once_at_its_time(app) {
        let server = MailServer::start();
        let sender = sender(app, &server.url);
        let path = digest(app, &app.admin, json!({})).await;
        domain(app, "late", "2026-06-14").await;
        domain(app, "near", "2026-07-25").await;
        let control = json!({"code": "MD-1", "name": "A control", "kind": "preventive", "test_period_days": 30});
        let control = app.make("governance/controls", &control).await["id"].as_str().unwrap().to_owned();
        let second = app.second_admin().await;
        comment(app, &second, &control, "See @admin@example.org, it is\r\nopen.").await;
        at(app, "2026-06-15T09:30:00Z", &[&sender]).await;
        assert!(server.mails().is_empty(), "seven o'clock of that day has passed");
        let admin = at(app, "2026-06-16T07:00:00Z", &[&sender, &sender]).await;
        let mails = server.mails();
        assert_eq!(mails.len(), 1);
        let mail = &mails[0];
        assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("steward@example.org", &["admin@example.org".to_owned()][..]));
        assert_eq!(mail.header("Subject"), "Steward: 2 overdue, 1 due, 1 comments");
        let overdue = part(mail, "Overdue (2)");
        assert!(overdue[0].starts_with("- 2026-05-15 Renewal due: late.example.org (infrastructure/dns-domains/"), "{overdue:?}");
        assert!(overdue[1].starts_with("- 2026-06-14 Expires: late.example.org"), "{overdue:?}");
        assert!(part(mail, "Within the next 14 days (1)")[0].starts_with("- 2026-06-25 Renewal due: near.example.org"), "{}", mail.text);
        assert!(part(mail, "Comments that name or answer you (1)")[0].contains("See @admin@example.org, it is  open."), "{}", mail.text);
        assert!(mail.body().contains("https://steward.example.org/api/v1/platform/home"));
        let told = app.get(&admin, &path).await.body;
        assert_eq!((&told["sent_at"], &told["next_at"], &told["failure"]), (&json!("2026-06-16T07:00:00.000000Z"), &json!("2026-06-17T07:00:00.000000Z"), &Value::Null));
        let home = app.get(&admin, "/api/v1/platform/home").await.body;
        assert_eq!((&home["due"]["overdue_count"], &home["due"]["total_count"]), (&json!(2), &json!(3)), "the page that begins a day has the same");
        at(app, "2026-06-17T07:00:00Z", &[&sender]).await;
        let mails = server.mails();
        assert_eq!((mails.len(), mails[1].header("Subject")), (2, "Steward: 2 overdue, 1 due"), "a comment is told once");
    }

    nothing_to_tell_is_no_mail_and_what_was_not_asked_for_is_left_out(app) {
        let server = MailServer::start();
        let sender = sender(app, &server.url);
        digest(app, &app.admin, json!({"topics": ["approvals", "mentions"]})).await;
        domain(app, "late", "2026-06-14").await;
        at(app, "2026-06-15T09:30:00Z", &[&sender]).await;
        at(app, "2026-06-16T07:00:00Z", &[&sender]).await;
        assert!(server.mails().is_empty());
    }

    two_processes_send_a_digest_once(app) {
        let server = MailServer::start();
        let (one, other) = (sender(app, &server.url), sender(app, &server.url));
        digest(app, &app.admin, json!({"topics": ["due"]})).await;
        domain(app, "late", "2026-06-14").await;
        at(app, "2026-06-15T09:30:00Z", &[&one, &other]).await;
        for day in 16..22 {
            app.clock.set(Instant::parse(&format!("2026-06-{day}T07:00:00Z")).unwrap());
            let (first, second) = futures_util::future::join(one.work_off(), other.work_off()).await;
            first.unwrap();
            second.unwrap();
        }
        let ids: HashSet<String> = server.mails().iter().map(|mail| mail.header("Message-ID").to_owned()).collect();
        assert_eq!((server.mails().len(), ids.len()), (6, 6));
    }

    a_mail_server_that_is_away_gets_the_digest_later_with_what_happened_meanwhile(app) {
        let server = MailServer::start();
        let (away, back) = (sender(app, "smtp://127.0.0.1:9"), sender(app, &server.url));
        let path = digest(app, &app.admin, json!({})).await;
        domain(app, "late", "2026-06-14").await;
        let control = json!({"code": "MD-2", "name": "A control", "kind": "preventive", "test_period_days": 30});
        let control = app.make("governance/controls", &control).await["id"].as_str().unwrap().to_owned();
        comment(app, &app.second_admin().await, &control, "@admin@example.org one").await;
        at(app, "2026-06-15T09:30:00Z", &[&away]).await;
        let admin = at(app, "2026-06-16T07:00:00Z", &[&away]).await;
        let told = app.get(&admin, &path).await.body;
        assert_eq!((&told["failure"], &told["sent_at"]), (&json!("The mail server could not be reached."), &Value::Null));
        server.answer(&[451]);
        at(app, "2026-06-16T07:00:59Z", &[&back]).await;
        assert!(server.mails().is_empty(), "not before its time");
        let admin = at(app, "2026-06-16T07:01:00Z", &[&back]).await;
        assert_eq!(app.get(&admin, &path).await.body["failure"], json!("The mail server answered 451."));
        at(app, "2026-06-16T07:03:00Z", &[&back]).await;
        let mails = server.mails();
        assert_eq!((mails.len(), mails[0].header("Message-ID")), (2, mails[1].header("Message-ID")), "it is the same mail");
        // A day without a server: the next digest takes the place of the one that waits, and tells what that would have told.
        let second = app.log_in_as(&app.second_admin().await.id.unwrap().to_string());
        comment(app, &second, &control, "@admin@example.org two").await;
        at(app, "2026-06-17T07:00:00Z", &[&away]).await;
        at(app, "2026-06-18T07:00:00Z", &[&back]).await;
        let mails = server.mails();
        assert_eq!(mails.len(), 3);
        assert!(mails[2].text.contains("two") && !mails[2].text.contains("one\n"), "{}", mails[2].text);
        let admin = at(app, "2026-06-18T08:00:00Z", &[&back]).await;
        let told = app.get(&admin, &path).await.body;
        assert_eq!((&told["failure"], server.mails().len()), (&Value::Null, 3));
    }

    a_digest_is_its_makers_and_ends_with_their_account(app) {
        let server = MailServer::start();
        let sender = sender(app, &server.url);
        let root = app.root_unit().await;
        let unit = app.unit("MD-U", &root).await;
        let officer = app.actor("compliance_officer", Some(&unit)).await;
        let path = digest(app, &officer, json!({"topics": ["due", "mentions"]})).await;
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"hour": 8})).await.status, 403, "nobody else says when");
        let control = json!({"code": "MD-3", "name": "A control", "kind": "preventive", "test_period_days": 30, "unit_id": root});
        let hidden = app.make("governance/controls", &control).await["id"].as_str().unwrap().to_owned();
        let email = app.get(&app.admin, &format!("/api/v1/identity/users/{}", officer.id.unwrap())).await.body["email"].as_str().unwrap().to_owned();
        comment(app, &app.admin, &hidden, &format!("@{email} cannot read this")).await;
        at(app, "2026-06-15T09:30:00Z", &[&sender]).await;
        let admin = at(app, "2026-06-16T07:00:00Z", &[&sender]).await;
        assert!(server.mails().is_empty(), "what its reader may not see is not told");
        let mut body = control;
        body["unit_id"] = json!(unit);
        body["code"] = json!("MD-4");
        let seen = app.post(&admin, "/api/v1/governance/controls", &body).await.id();
        comment(app, &admin, &seen, &format!("@{email} can")).await;
        assert_eq!(app.transition(&admin, &format!("/api/v1/identity/users/{}", officer.id.unwrap()), "disabled").await.status, 200);
        at(app, "2026-06-17T07:00:00Z", &[&sender]).await;
        assert!(server.mails().is_empty());
        let scopes = json!(["platform.mail_digests:create", "platform.mail_digests:read"]);
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let token = app.post(&admin, "/api/v1/identity/api-tokens", &json!({"name": "T", "scopes": scopes})).await.body["token"].clone();
        let program = Actor { id: admin.id, token: token.as_str().map(str::to_owned) };
        assert_eq!(app.post(&program, DIGESTS, &json!({})).await.status, 403);
    }

    a_digest_that_is_changed_or_paused_keeps_to_what_was_chosen_last(app) {
        let server = MailServer::start();
        let sender = sender(app, &server.url);
        let path = digest(app, &app.admin, json!({"topics": ["due"]})).await;
        domain(app, "late", "2026-06-14").await;
        let admin = at(app, "2026-06-15T09:30:00Z", &[&sender]).await;
        assert_eq!(app.patch(&admin, &path, "*", &json!({"hour": 22})).await.status, 200);
        assert_eq!(app.patch(&admin, &path, "*", &json!({"frequency": "weekly"})).await.status, 422, "a weekly one has a day");
        let admin = at(app, "2026-06-15T22:00:00Z", &[&sender, &sender]).await;
        assert_eq!(server.mails().len(), 0, "it was planned anew only now");
        assert_eq!(app.get(&admin, &path).await.body["next_at"], json!("2026-06-16T22:00:00.000000Z"));
        let admin = at(app, "2026-06-16T22:00:00Z", &[&sender]).await;
        assert_eq!(server.mails().len(), 1);
        assert_eq!(app.transition(&admin, &path, "paused").await.status, 200);
        let admin = at(app, "2026-06-17T22:00:00Z", &[&sender]).await;
        assert_eq!(server.mails().len(), 1);
        assert_eq!(app.delete(&admin, &path, "*").await.status, 204);
    }
}
