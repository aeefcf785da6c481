//! Mentorships and memberships: who teaches whom, and how much of a person teams have.

use super::*;
use crate::on_both;

async fn mentor(app: &TestApp, name: &str, capacity: u32) -> String {
    made(app, "people", json!({"name": name, "email": format!("{name}@people.example.org"), "mentoring_capacity": capacity})).await
}

async fn asked(app: &TestApp, mentee: &str, mentor: &str, skill: Option<&str>) -> String {
    made(app, "mentorships", json!({"mentee_id": mentee, "mentor_id": mentor, "skill_id": skill, "focus": "Networks"})).await
}

async fn go(app: &TestApp, id: &str, to: &str) -> Answer {
    app.transition(&app.admin, &at("mentorships", id), to).await
}

on_both! {
    a_mentor_is_another_person_who_knows_more(app) {
        let (ann, bob) = (person(app, "ann").await, person(app, "bob").await);
        let itself = try_to_make(app, "mentorships", json!({"mentee_id": ann, "mentor_id": ann})).await;
        assert_eq!((itself.status, itself.broken()), (422, vec!["/mentor_id itself".to_owned()]), "{}", itself.text);
        let skill = made(app, "skills", json!({"code": "NET", "name": "Networks"})).await;
        let id = asked(app, &ann, &bob, Some(&skill)).await;
        assert_eq!(go(app, &id, "matched").await.broken(), ["/skill_id level"], "nothing was confirmed of either");
        confirmed(app, &bob, &skill, 3).await;
        confirmed(app, &ann, &skill, 3).await;
        assert_eq!(go(app, &id, "matched").await.broken(), ["/skill_id level"], "as much is not more");
        app.clock.set(steward::resource::value::Instant::parse("2026-06-15T09:05:00Z").unwrap());
        confirmed(app, &bob, &skill, 4).await;
        assert_eq!(go(app, &id, "matched").await.status, 200);
        let nobody = made(app, "mentorships", json!({"mentee_id": ann})).await;
        assert_eq!(go(app, &nobody, "matched").await.broken(), ["/mentor_id required"]);
    }

    a_match_stays_within_the_rules_when_its_mentor_is_changed(app) {
        let (ann, bob, full, less) = (person(app, "ann").await, mentor(app, "bob", 2).await, mentor(app, "full", 0).await, person(app, "less").await);
        let skill = made(app, "skills", json!({"code": "NET", "name": "Networks"})).await;
        confirmed(app, &bob, &skill, 4).await;
        confirmed(app, &full, &skill, 5).await;
        let id = asked(app, &ann, &bob, Some(&skill)).await;
        assert_eq!(go(app, &id, "matched").await.status, 200);
        for (mentor, said) in [(json!(less), "/skill_id level"), (json!(full), "/mentor_id capacity"), (Value::Null, "/mentor_id required")] {
            let refused = app.patch(&app.admin, &at("mentorships", &id), "*", &json!({"mentor_id": mentor})).await;
            assert_eq!((refused.status, refused.broken()), (409, vec![said.to_owned()]), "{}", refused.text);
        }
        assert_eq!(app.patch(&app.admin, &at("mentorships", &id), "*", &json!({"outcome": "Runs the pipeline alone."})).await.status, 200);
    }

    a_mentor_has_no_more_mentees_than_they_can_take(app) {
        let bob = mentor(app, "bob", 3).await;
        let mut ids = Vec::new();
        for number in 0..12 {
            let mentee = person(app, &format!("m{number}")).await;
            ids.push(asked(app, &mentee, &bob, None).await);
        }
        let answers = futures_util::future::join_all(ids.iter().map(|id| go(app, id, "matched"))).await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (3, 9), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        let refused = answers.iter().position(|answer| answer.status == 409).unwrap();
        assert_eq!(answers[refused].broken(), ["/mentor_id capacity"]);
        let matched: Vec<&String> = ids.iter().zip(&answers).filter(|(_, answer)| answer.status == 200).map(|(id, _)| id).collect();
        // A pause keeps the place, an end gives it back.
        for state in ["active", "paused"] {
            assert_eq!(go(app, matched[0], state).await.status, 200);
        }
        assert_eq!(go(app, &ids[refused], "matched").await.status, 409);
        assert_eq!(go(app, matched[1], "ended").await.status, 200);
        assert_eq!(go(app, &ids[refused], "matched").await.status, 200);
        assert_eq!(go(app, matched[0], "active").await.status, 200, "it comes back from its pause");
    }

    a_person_is_in_a_team_once_at_a_time_and_may_be_in_several(app) {
        let ann = person(app, "ann").await;
        let (net, ops) = (made(app, "teams", json!({"code": "NET", "name": "NET"})).await, made(app, "teams", json!({"code": "OPS", "name": "OPS"})).await);
        let body = |team: &str, percent: Value, starts: &str, ends: Value| json!({"team_id": team, "person_id": ann, "fte_percent": percent, "starts_on": starts, "ends_on": ends});
        let figures = async || {
            let page = app.get(&app.admin, "/api/v1/teams/people?figures=true&email=ann%40people.example.org").await;
            page.body["data"][0]["figures"].clone()
        };
        assert_eq!(figures().await, json!({"membership_percent": 0, "over_committed": false}));
        made(app, "memberships", body(&net, json!(60), "2026-01-01", json!("2026-06-15"))).await;
        for (starts, ends, status) in [("2026-06-15", Value::Null, 409), ("2025-01-01", json!("2026-01-01"), 409), ("2026-06-16", Value::Null, 201), ("2025-01-01", json!("2025-12-31"), 201)] {
            let answer = try_to_make(app, "memberships", body(&net, json!(90), starts, ends)).await;
            assert_eq!(answer.status, status, "{starts}: {}", answer.text);
        }
        // Today, 2026-06-15, only the first of these lasts; more than 100 percent is flagged and not refused.
        assert_eq!(figures().await, json!({"membership_percent": 60, "over_committed": false}));
        let other = made(app, "memberships", body(&ops, json!(40), "2026-06-15", Value::Null)).await;
        assert_eq!(figures().await, json!({"membership_percent": 100, "over_committed": false}));
        assert_eq!(app.patch(&app.admin, &at("memberships", &other), "*", &json!({"fte_percent": 50})).await.status, 200);
        assert_eq!(figures().await, json!({"membership_percent": 110, "over_committed": true}));
        assert_eq!(app.patch(&app.admin, &at("memberships", &other), "*", &json!({"fte_percent": null})).await.status, 200);
        assert_eq!(figures().await, json!({"membership_percent": null, "over_committed": false}), "what is not settled is unknown, not 0");
    }

    managers_form_a_tree(app) {
        let (ann, bob, cleo) = (person(app, "ann").await, person(app, "bob").await, person(app, "cleo").await);
        let reports = async |who: &str, to: &str| app.patch(&app.admin, &at("people", who), "*", &json!({"manager_id": to})).await;
        assert_eq!((reports(&bob, &ann).await.status, reports(&cleo, &bob).await.status), (200, 200));
        for to in [&ann, &bob, &cleo] {
            assert_eq!(reports(&ann, to).await.broken(), ["/manager_id circle"]);
        }
    }

    of_many_that_race_for_a_shift_one_is_called_first(app) {
        let (ann, net) = (person(app, "ann").await, made(app, "teams", json!({"code": "NET", "name": "NET"})).await);
        let shift = |tier: &str, starts: &str, ends: &str| json!({"team_id": net, "person_id": ann, "tier": tier, "starts_at": format!("2026-07-{starts}T08:00:00Z"), "ends_at": format!("2026-07-{ends}T08:00:00Z")});
        let answers = futures_util::future::join_all((0..12).map(|_| try_to_make(app, "on-call-shifts", shift("primary", "06", "13")))).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 11));
        for (tier, starts, ends, status) in [("primary", "12", "14", 409), ("primary", "13", "20", 201), ("secondary", "06", "13", 201)] {
            let answer = try_to_make(app, "on-call-shifts", shift(tier, starts, ends)).await;
            assert_eq!(answer.status, status, "{tier} {starts}: {}", answer.text);
        }
    }

    of_many_that_join_a_team_at_once_with_one_name_one_does(app) {
        let (ann, net) = (person(app, "ann").await, made(app, "teams", json!({"code": "NET", "name": "NET"})).await);
        let body = json!({"team_id": net, "person_id": ann, "starts_on": "2026-01-01"});
        let answers = futures_util::future::join_all((0..12).map(|_| try_to_make(app, "memberships", body.clone()))).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 11));
    }

    a_retrospective_is_recorded_once_it_was_held(app) {
        let net = made(app, "teams", json!({"code": "NET", "name": "NET"})).await;
        let body = |on: &str| json!({"team_id": net, "title": "The move", "held_on": on});
        assert_eq!(try_to_make(app, "retrospectives", body("2026-06-30")).await.broken(), ["/held_on future"]);
        assert_eq!(try_to_make(app, "retrospectives", body("2026-06-15")).await.status, 201);
    }
}
