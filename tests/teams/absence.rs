//! Absences: that somebody is not there is seen by who plans, why by the person alone.

use super::*;
use crate::on_both;

async fn count_of(app: &TestApp, actor: &Actor, query: &str) -> usize {
    let answer = app.get(actor, &format!("/api/v1/teams/absences{query}")).await;
    answer.body["data"].as_array().unwrap_or_else(|| panic!("{query}: {}", answer.text)).len()
}

/// An answer without what differs from call to call, and with the name of the field taken out.
fn faceless(answer: &Answer, field: &str) -> (u16, String) {
    let mut body = answer.body.clone();
    body["instance"] = Value::Null;
    (answer.status, body.to_string().replace(field, "FIELD"))
}

on_both! {
    why_somebody_is_absent_is_told_to_that_person_alone(app) {
        let ((ann, ann_actor), (_, bob)) = (colleague(app, "ann").await, colleague(app, "bob").await);
        let body = json!({"person_id": ann, "kind": "sickness", "starts_on": "2026-06-15", "ends_on": "2026-06-16", "notes": "Zanzibar fever", "reported": true});
        let made = app.post(&ann_actor, "/api/v1/teams/absences", &body).await;
        assert_eq!((made.status, &made.body["kind"]), (201, &json!("sickness")), "{}", made.text);
        let (id, path) = (made.id(), at("absences", &made.id()));
        assert_eq!(app.patch(&ann_actor, &path, "*", &json!({"kind": "care"})).await.body["kind"], json!("care"));
        let places = [
            "/api/v1/teams/absences".to_owned(), path.clone(), format!("{path}?as_of=2026-06-15"), "/api/v1/teams/absences?as_of=2026-06-15".into(),
            format!("/api/v1/platform/resources/{id}/history"), format!("/api/v1/platform/resources/{id}/diff?from=1&to=2"),
        ];
        for place in &places {
            for other in [&bob, &app.admin, &app.actor("auditor", None).await] {
                let hidden = app.get(other, place).await;
                assert_eq!(hidden.status, 200, "{place}: {}", hidden.text);
                for word in ["\"kind\"", "/kind", "sickness", "\"care\"", "Zanzibar", "\"notes\""] {
                    assert!(!hidden.text.contains(word), "{place} tells {word}: {}", hidden.text);
                }
            }
            let own = app.get(&ann_actor, place).await;
            assert!(own.status == 200 && own.text.contains("care"), "{place}: {}", own.text);
        }
        for form in ["text/csv", "application/x-ndjson"] {
            for other in [&bob, &app.admin] {
                let file = app.call(other, "GET", "/api/v1/teams/absences", &[("Accept", form)], None).await;
                assert!(file.status == 200 && file.text.contains("2026-06-16"), "{}", file.text);
                assert!(!file.text.contains("care") && !file.text.contains("sickness") && !file.text.contains("Zanzibar"), "{}", file.text);
            }
        }
        for query in ["?q=zanzibar", "?q=sickness"] {
            let found = app.get(&bob, &format!("/api/v1/teams/absences{query}")).await;
            assert!(!found.text.contains(&id), "{}", found.text);
        }
    }

    a_kind_that_is_private_is_filtered_as_if_there_were_none(app) {
        let ((ann, ann_actor), (_, bob)) = (colleague(app, "ann").await, colleague(app, "bob").await);
        let body = json!({"person_id": ann, "kind": "sickness", "starts_on": "2026-06-15", "ends_on": "2026-06-16"});
        let id = app.post(&ann_actor, "/api/v1/teams/absences", &body).await.id();
        let queries = ["KIND=sickness", "filter=KIND%20%3D%20%22sickness%22", "filter=NOT%20KIND%20%3D%20null", "sort=KIND", "fields=KIND", "filter=KIND%20%3A%20sick"];
        for query in queries {
            for actor in [&bob, &app.admin, &ann_actor] {
                for form in ["application/json", "text/csv"] {
                    let ask = async |name: &str| app.call(actor, "GET", &format!("/api/v1/teams/absences?{}", query.replace("KIND", name)), &[("Accept", form)], None).await;
                    let (real, none) = (ask("kind").await, ask("mood").await);
                    assert_eq!(real.status, 400, "{query}: {}", real.text);
                    assert_eq!(faceless(&real, "kind"), faceless(&none, "mood"), "{query}");
                }
            }
        }
        // To others it cannot be written either, as a field that is not there.
        let change = async |name: &str| app.patch(&bob, &at("absences", &id), "*", &json!({name: "holiday"})).await;
        let (real, none) = (change("kind").await, change("mood").await);
        assert_eq!((real.status, faceless(&real, "kind")), (422, faceless(&none, "mood")));
        assert_eq!(app.get(&ann_actor, &at("absences", &id)).await.body["kind"], json!("sickness"));
    }

    an_absence_is_approved_by_others_and_what_is_reported_needs_none(app) {
        let ((ann, ann_actor), (_, bob)) = (colleague(app, "ann").await, colleague(app, "bob").await);
        let again = account(app, &ann, "administrator", None).await;
        let absence = async |actor: &Actor, starts: &str, reported: bool| {
            let kind = if reported { "sickness" } else { "holiday" };
            let body = json!({"person_id": ann, "kind": kind, "starts_on": starts, "ends_on": "2026-07-31", "reported": reported});
            at("absences", &app.post(actor, "/api/v1/teams/absences", &body).await.id())
        };
        let asked = absence(&bob, "2026-07-01", false).await;
        for own in [&ann_actor, &again] {
            let refused = app.transition(own, &asked, "approved").await;
            assert_eq!((refused.status, refused.broken()), (409, vec!["/person_id own".to_owned()]), "{}", refused.text);
        }
        assert_eq!(app.transition(&bob, &asked, "approved").await.broken(), [" four_eyes"], "who asked for it");
        assert_eq!(app.transition(&app.admin, &asked, "approved").await.status, 200);
        assert_eq!(app.transition(&bob, &asked, "taken").await.broken(), ["/starts_on not_yet"]);
        let begun = absence(&ann_actor, "2026-06-15", false).await;
        assert_eq!(app.transition(&ann_actor, &begun, "taken").await.broken(), ["/reported approval"]);
        let ill = absence(&ann_actor, "2026-06-15", true).await;
        assert_eq!(app.transition(&ann_actor, &ill, "taken").await.body["state"], json!("taken"));
        assert_eq!(count_of(app, &bob, "?state=taken").await, 1);
        // What was approved becomes shorter, and no longer; an illness lasts as long as it does.
        let change = async |path: &str, body: Value| app.patch(&ann_actor, path, "*", &body).await;
        assert_eq!(change(&asked, json!({"ends_on": "2026-08-01"})).await.broken(), ["/ends_on approved"]);
        assert_eq!(change(&asked, json!({"reported": true})).await.broken(), ["/reported fixed"]);
        assert_eq!(change(&asked, json!({"starts_on": "2026-06-30"})).await.broken(), ["/starts_on approved"]);
        assert_eq!(change(&asked, json!({"ends_on": "2026-07-15"})).await.status, 200);
        assert_eq!(change(&ill, json!({"ends_on": "2026-08-31"})).await.status, 200);
        let stand_in = json!({"person_id": ann, "deputy_id": ann, "starts_on": "2026-07-01", "ends_on": "2026-07-02"});
        assert_eq!(try_to_make(app, "absences", stand_in).await.broken(), ["/deputy_id itself"]);
    }

    the_same_days_are_granted_once(app) {
        let (ann, _) = colleague(app, "ann").await;
        let absence = async |starts: &str, ends: &str, more: Value| {
            let mut body = json!({"person_id": ann, "starts_on": starts, "ends_on": ends});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            try_to_make(app, "absences", body).await
        };
        assert_eq!(absence("2026-07-01", "2026-07-01", json!({"absent_hours": 100})).await.broken(), ["/absent_hours range"]);
        let second = app.second_admin().await;
        let grant = async |made: Answer| app.transition(&second, &at("absences", &made.id()), "approved").await;
        assert_eq!(grant(absence("2026-07-06", "2026-07-10", json!({})).await).await.status, 200);
        for (starts, ends) in [("2026-07-06", "2026-07-10"), ("2026-07-10", "2026-07-12")] {
            assert_eq!(grant(absence(starts, ends, json!({})).await).await.broken(), ["/starts_on overlap"], "{starts}");
        }
        assert_eq!(grant(absence("2026-07-11", "2026-07-12", json!({})).await).await.status, 200);
        // Who falls ill on holiday is ill.
        assert_eq!(grant(absence("2026-06-10", "2026-06-14", json!({})).await).await.status, 200);
        let ill = absence("2026-06-11", "2026-06-12", json!({"reported": true, "kind": "sickness"})).await;
        assert_eq!(app.transition(&second, &at("absences", &ill.id()), "taken").await.status, 200);
    }

    only_an_illness_or_a_care_that_nobody_could_foresee_is_taken_without_approval(app) {
        let (ann, actor) = colleague(app, "ann").await;
        let report = async |kind: Value, starts: &str| {
            let body = json!({"person_id": ann, "kind": kind, "starts_on": starts, "ends_on": "2026-07-31", "reported": true});
            app.post(&actor, "/api/v1/teams/absences", &body).await
        };
        for kind in [json!("holiday"), json!("parental"), json!("training"), json!("compensation"), json!("unpaid"), json!("other"), Value::Null] {
            let refused = report(kind.clone(), "2026-06-15").await;
            assert_eq!((refused.status, refused.broken()), (422, vec!["/kind reported".to_owned()]), "{kind}: {}", refused.text);
        }
        assert_eq!(report(json!("sickness"), "2026-06-17").await.broken(), ["/starts_on reported"], "a stay that is planned is asked for");
        let ill = report(json!("care"), "2026-06-16").await;
        assert_eq!(ill.status, 201, "{}", ill.text);
        let path = at("absences", &ill.id());
        let change = async |body: Value| app.patch(&actor, &path, "*", &body).await;
        assert_eq!(change(json!({"kind": "holiday"})).await.broken(), ["/kind reported"]);
        assert_eq!(change(json!({"starts_on": "2026-07-01"})).await.broken(), ["/starts_on reported"]);
        assert_eq!(change(json!({"reported": false})).await.broken(), ["/reported fixed"]);
        assert_eq!(change(json!({"starts_on": "2026-06-15", "kind": "sickness"})).await.status, 200);
        assert_eq!(app.transition(&actor, &path, "taken").await.status, 200);
    }

    absences_that_were_taken_on_the_same_days_are_told_of_until_one_is_shorter(app) {
        let (ann, actor) = colleague(app, "ann").await;
        let taken = async |kind: &str, days: [&str; 2], hours: Value| {
            let body = json!({"person_id": ann, "kind": kind, "starts_on": days[0], "ends_on": days[1], "reported": true, "absent_hours": hours});
            let id = app.post(&actor, "/api/v1/teams/absences", &body).await.id();
            assert_eq!(app.transition(&actor, &at("absences", &id), "taken").await.status, 200);
            id
        };
        let told = async |id: &str| {
            let page = app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={id}")).await.body;
            page["data"].as_array().unwrap().iter().map(|each| format!("{} {}", each["rule"].as_str().unwrap(), each["state"].as_str().unwrap())).collect::<Vec<_>>()
        };
        let first = taken("sickness", ["2026-06-08", "2026-06-12"], Value::Null).await;
        let second = taken("care", ["2026-06-11", "2026-06-14"], Value::Null).await;
        assert_eq!((told(&first).await, told(&second).await), (vec![], vec!["teams.absences:overlap open".to_owned()]));
        assert_eq!(app.patch(&actor, &at("absences", &first), "*", &json!({"ends_on": "2026-06-10"})).await.status, 200);
        assert_eq!(told(&second).await, ["teams.absences:overlap resolved"]);
        // Some hours of a day leave room for others.
        taken("care", ["2026-06-02", "2026-06-02"], json!(2)).await;
        let more = taken("sickness", ["2026-06-02", "2026-06-02"], json!(3)).await;
        assert!(told(&more).await.is_empty());
    }

    an_absence_is_ones_own_and_who_reported_ill_is_not_listed(app) {
        let ((ann, _), (bob, _)) = (colleague(app, "ann").await, colleague(app, "bob").await);
        let member = account(app, &ann, "member", None).await;
        let other = account(app, &bob, "member", None).await;
        let body = json!({"person_id": ann, "kind": "sickness", "starts_on": "2026-06-15", "ends_on": "2026-06-16", "reported": true});
        assert_eq!(app.post(&other, "/api/v1/teams/absences", &body).await.status, 403, "nobody is absent for another");
        let own = app.post(&member, "/api/v1/teams/absences", &body).await;
        assert_eq!((own.status, &own.body["reported"]), (201, &json!(true)), "{}", own.text);
        let path = at("absences", &own.id());
        for query in ["?filter=reported%20%3D%20true", "?reported=true", "?sort=reported"] {
            assert_eq!(app.get(&other, &format!("/api/v1/teams/absences{query}")).await.status, 400, "{query}");
        }
        assert!(!app.get(&app.admin, &path).await.text.contains("reported"));
        assert_eq!(app.transition(&app.admin, &path, "approved").await.status, 200);
        assert_eq!(app.transition(&other, &path, "cancelled").await.broken(), ["/person_id other"]);
        assert_eq!(app.transition(&member, &path, "cancelled").await.status, 200);
        let course = made(app, "courses", json!({"code": "C", "name": "C"})).await;
        let seat = |person: &str| json!({"person_id": person, "course_id": course});
        assert_eq!(app.post(&other, "/api/v1/teams/enrollments", &seat(&ann)).await.status, 403);
        let taken = app.post(&member, "/api/v1/teams/enrollments", &seat(&ann)).await;
        assert_eq!(taken.status, 201, "{}", taken.text);
        let path = at("enrollments", &taken.id());
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"score_percent": 12, "notes": "Slept."})).await.status, 200);
        assert_eq!(app.patch(&member, &path, "*", &json!({"score_percent": 100})).await.broken(), ["/score_percent own_score"]);
        assert_eq!(app.patch(&member, &path, "*", &json!({"notes": "Listened."})).await.status, 200);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"notes": "Slept."})).await.status, 200);
        let seen = app.get(&other, &path).await;
        assert!(seen.status == 200 && !seen.text.contains("score_percent") && !seen.text.contains("Slept"), "{}", seen.text);
        assert_eq!(app.patch(&app.admin, &format!("/api/v1/teams/people/{ann}"), "*", &json!({"leaving_reason": "Zanzibar"})).await.status, 200);
        assert!(!app.get(&other, &format!("/api/v1/teams/people/{ann}")).await.text.contains("Zanzibar"));
    }
}
