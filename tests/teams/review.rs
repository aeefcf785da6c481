//! Performance reviews: weights, who judges, and what stays once it is shared; development plans, which have two sides.

use super::*;
use crate::on_both;

async fn cycle(app: &TestApp) -> String {
    made(app, "review-cycles", json!({"code": "R26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "greatest_rating": 5})).await
}

on_both! {
    the_goals_of_a_review_weigh_a_hundred_together(app) {
        let ((ann, _), (bob, bob_actor), cycle) = (colleague(app, "ann").await, colleague(app, "bob").await, cycle(app).await);
        let goal = |weight: f64| json!({"name": "Goal", "weight_percent": weight});
        let review = |goals: Value| json!({"review_cycle_id": cycle, "person_id": ann, "reviewer_id": bob, "goals": goals});
        let post = async |body: Value| app.post(&bob_actor, "/api/v1/teams/performance-reviews", &body).await;
        for goals in [json!([goal(60.0), goal(30.0)]), json!([goal(60.0), goal(40.5)]), json!([goal(0.0)])] {
            let refused = post(review(goals)).await;
            assert_eq!((refused.status, refused.broken()), (422, vec!["/goals weights".to_owned()]), "{}", refused.text);
        }
        let made = post(review(json!([goal(33.3), goal(33.3), goal(33.4)]))).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = at("performance-reviews", &made.id());
        assert_eq!(app.patch(&bob_actor, &path, "*", &json!({"goals": [goal(99.0)]})).await.broken(), ["/goals weights"]);
        assert_eq!(app.patch(&bob_actor, &path, "*", &json!({"goals": []})).await.status, 200);
        let twice = post(review(json!([]))).await;
        assert_eq!(twice.status, 409, "one review of a person in a cycle: {}", twice.text);
        assert_eq!(app.patch(&bob_actor, &path, "*", &json!({"rating": 5.5})).await.broken(), ["/rating scale"]);
        for role in ["reviewer_id", "peer_id", "second_peer_id", "calibrator_id", "second_calibrator_id"] {
            assert_eq!(app.patch(&bob_actor, &path, "*", &json!({role: ann})).await.broken(), [format!("/{role} itself")]);
        }
    }

    a_review_is_judged_by_others_and_stays_once_it_is_shared(app) {
        let ((ann, ann_actor), (bob, bob_actor), cycle) = (colleague(app, "ann").await, colleague(app, "bob").await, cycle(app).await);
        let again = account(app, &ann, "administrator", None).await;
        let body = json!({"review_cycle_id": cycle, "person_id": ann, "reviewer_id": bob});
        let path = at("performance-reviews", &app.post(&bob_actor, "/api/v1/teams/performance-reviews", &body).await.id());
        assert_eq!(app.transition(&ann_actor, &path, "peer").await.broken(), ["/self_review required"]);
        assert_eq!(app.patch(&ann_actor, &path, "*", &json!({"self_review": "It went well."})).await.status, 200);
        for own in [&ann_actor, &again] {
            for (field, value) in [("rating", json!(5)), ("calibrated_rating", json!(5)), ("manager_review", json!("Great.")), ("peer_review", json!("Great.")), ("shared_text", json!("Great."))] {
                let refused = app.patch(own, &path, "*", &json!({field: value})).await;
                assert_eq!((refused.status, refused.broken()), (422, vec![format!("/{field} unknown")]), "{}", refused.text);
            }
        }
        for state in ["peer", "manager"] {
            assert_eq!(app.transition(&ann_actor, &path, state).await.status, 200);
        }
        assert_eq!(app.transition(&bob_actor, &path, "calibration").await.broken(), ["/manager_review required", "/rating required"]);
        assert_eq!(app.patch(&bob_actor, &path, "*", &json!({"manager_review": "More than agreed.", "rating": 4})).await.status, 200);
        assert_eq!(app.transition(&again, &path, "calibration").await.broken(), ["/person_id own_review"]);
        assert_eq!(app.transition(&bob_actor, &path, "calibration").await.status, 200);
        assert_eq!(app.patch(&bob_actor, &path, "*", &json!({"calibrated_rating": 4, "shared_text": "More than agreed."})).await.status, 200);
        assert_eq!(app.transition(&ann_actor, &path, "shared").await.broken(), ["/person_id own_review"]);
        assert_eq!(app.transition(&bob_actor, &path, "shared").await.status, 200);
        for actor in [&bob_actor, &ann_actor] {
            let frozen = app.patch(actor, &path, "*", &json!({"shared_text": "Less."})).await;
            assert_eq!(frozen.status, 409, "{}", frozen.text);
        }
        assert_eq!(app.transition(&bob_actor, &path, "acknowledged").await.broken(), ["/person_id other"]);
        assert_eq!(app.transition(&again, &path, "acknowledged").await.status, 200, "the person, by whatever account");
    }

    a_draft_rating_is_for_those_who_judge_and_who_judges_is_said_by_others(app) {
        let ((ann, ann_actor), (bob, bob_actor), cycle) = (colleague(app, "ann").await, colleague(app, "bob").await, cycle(app).await);
        let ((pia, pia_actor), (friend, _)) = (colleague(app, "pia").await, colleague(app, "friend").await);
        let goals = json!([{"name": "Goal", "weight_percent": 100}]);
        let body = json!({"review_cycle_id": cycle, "person_id": ann, "reviewer_id": bob, "peer_id": pia, "goals": goals});
        let path = at("performance-reviews", &app.post(&bob_actor, "/api/v1/teams/performance-reviews", &body).await.id());
        assert_eq!(app.get(&ann_actor, &path).await.body["goals"][0]["name"], json!("Goal"));
        assert_eq!(app.patch(&bob_actor, &path, "*", &json!({"goals": [{"name": "Goal", "weight_percent": 100, "rating": 2}]})).await.broken(), ["/goals not_yet"]);
        let change = async |actor: &Actor, body: Value| app.patch(actor, &path, "*", &body).await;
        assert_eq!(change(&ann_actor, json!({"reviewer_id": friend})).await.broken(), ["/reviewer_id own_review"]);
        assert_eq!(change(&bob_actor, json!({"self_review": "It went well."})).await.broken(), ["/self_review other"]);
        assert_eq!(change(&ann_actor, json!({"self_review": "It went well."})).await.status, 200);
        assert_eq!(app.transition(&ann_actor, &path, "peer").await.status, 200);
        assert_eq!(change(&bob_actor, json!({"peer_review": "Well."})).await.broken(), ["/peer_review other"]);
        assert_eq!(change(&pia_actor, json!({"peer_review": "Zanzibar."})).await.status, 200);
        assert_eq!(app.transition(&bob_actor, &path, "manager").await.status, 200);
        let judged = json!({"goals": [{"name": "Goal", "weight_percent": 100, "rating": 2}], "rating": 2, "manager_review": "Mombasa."});
        assert_eq!(change(&bob_actor, judged).await.status, 200);
        assert_eq!(app.transition(&bob_actor, &path, "calibration").await.status, 200);
        assert_eq!(change(&bob_actor, json!({"calibrated_rating": 3, "shared_text": "Nairobi."})).await.status, 200);
        let seen = async |actor: &Actor| {
            let id = path.rsplit('/').next().unwrap();
            let mut text = String::new();
            for place in [path.clone(), "/api/v1/teams/performance-reviews".into(), format!("/api/v1/platform/resources/{id}/history"), format!("{path}?as_of=2026-06-15T09:00:00Z")] {
                text += &app.get(actor, &place).await.text;
            }
            ["Zanzibar", "Mombasa", "Nairobi", "\"rating\":2", "\"calibrated_rating\":3"].map(|word| text.contains(word))
        };
        assert_eq!(seen(&ann_actor).await, [false; 5], "nothing of a draft");
        assert_eq!(seen(&pia_actor).await, [true, false, false, false, false], "a colleague reads what they wrote");
        assert_eq!(seen(&bob_actor).await, [true; 5]);
        assert_eq!(app.transition(&bob_actor, &path, "shared").await.status, 200);
        assert_eq!(seen(&ann_actor).await, [false, false, true, true, true], "what is shared, with the ratings of the goals");
    }

    nobody_writes_the_part_of_another_into_a_new_review(app) {
        let ((ann, ann_actor), (bob, bob_actor), cycle) = (colleague(app, "ann").await, colleague(app, "bob").await, cycle(app).await);
        let (hana, hana_actor) = colleague(app, "hana").await;
        let roles = json!({"review_cycle_id": cycle, "person_id": ann, "reviewer_id": bob, "peer_id": bob, "second_peer_id": bob, "hr_partner_id": hana});
        let post = async |actor: &Actor, more: Value| {
            let mut body = roles.clone();
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            app.post(actor, "/api/v1/teams/performance-reviews", &body).await
        };
        for (field, value) in [
            ("self_review", json!("It went well.")), ("peer_review", json!("Well.")), ("second_peer_review", json!("Well.")),
            ("manager_review", json!("Well.")), ("rating", json!(4)),
        ] {
            let refused = post(&hana_actor, json!({field: value})).await;
            assert_eq!((refused.status, refused.broken()), (409, vec![format!("/{field} other")]), "{}", refused.text);
            let refused = app.call(&hana_actor, "POST", "/api/v1/platform/bulk", &[("Content-Type", "application/json")], Some(json!({"atomic": false, "operations": [
                {"op": "create", "collection": "teams/performance-reviews", "body": {"review_cycle_id": cycle, "person_id": ann, "reviewer_id": bob, field: value}}
            ]}).to_string())).await;
            assert_eq!(refused.body["results"][0]["status"], json!(409), "{}", refused.text);
        }
        let rated = json!({"goals": [{"name": "Goal", "weight_percent": 100, "rating": 2}]});
        assert_eq!(post(&bob_actor, rated).await.broken(), ["/goals not_yet"]);
        assert_eq!(post(&ann_actor, json!({"shared_text": "Great."})).await.broken(), ["/shared_text own_review"]);
        let own = post(&ann_actor, json!({"self_review": "It went well."})).await;
        assert_eq!((own.status, &own.body["self_review"]), (201, &json!("It went well.")), "{}", own.text);
        // What was deleted comes back with what its writers wrote.
        let path = at("performance-reviews", &own.id());
        assert_eq!(app.delete(&bob_actor, &path, "*").await.status, 204);
        let back = app.post(&bob_actor, &format!("/api/v1/platform/resources/{}/restore", own.id()), &json!({})).await;
        assert!(matches!(back.status, 200 | 201), "{}", back.text);
        assert_eq!(app.get(&ann_actor, &path).await.body["self_review"], json!("It went well."));
    }

    each_side_agrees_to_a_development_plan_for_itself_and_anew_once_it_changes(app) {
        let ((ann, ann_actor), (bob, bob_actor), (_, eve)) = (colleague(app, "ann").await, colleague(app, "bob").await, colleague(app, "eve").await);
        let body = json!({"person_id": ann, "lead_id": bob, "title": "To senior"});
        for side in ["person_agreed_on", "lead_agreed_on"] {
            let mut typed = body.clone();
            typed[side] = json!("1950-01-01");
            assert_eq!(app.post(&bob_actor, "/api/v1/teams/development-plans", &typed).await.broken(), [format!("/{side} server_field")]);
        }
        let id = app.post(&bob_actor, "/api/v1/teams/development-plans", &body).await.id();
        let path = at("development-plans", &id);
        let agree = async |actor: &Actor| app.post(actor, &format!("{path}/agreement"), &json!({})).await;
        let days = async || {
            let plan = app.get(&app.admin, &path).await.body;
            [plan["person_agreed_on"].clone(), plan["lead_agreed_on"].clone()]
        };
        let today = json!("2026-06-15");
        assert_eq!(app.transition(&ann_actor, &path, "agreed").await.broken(), ["/person_agreed_on required", "/lead_agreed_on required"]);
        assert_eq!(agree(&eve).await.broken(), ["/lead_id other_side"]);
        let agreed = agree(&ann_actor).await;
        assert_eq!((agreed.status, &agreed.body["person_agreed_on"], &agreed.body["lead_agreed_on"]), (200, &today, &Value::Null), "{}", agreed.text);
        assert_eq!(agree(&ann_actor).await.broken(), ["/person_agreed_on agreed"]);
        assert_eq!(agree(&bob_actor).await.status, 200);
        assert_eq!(days().await, [today.clone(), today.clone()]);
        // Another plan is none that anybody agreed to; neither is one with another goal.
        assert_eq!(app.patch(&bob_actor, &path, "*", &json!({"learning_hours": 40})).await.status, 200);
        assert_eq!(days().await, [Value::Null, Value::Null]);
        for side in [&ann_actor, &bob_actor] {
            assert_eq!(agree(side).await.status, 200);
        }
        let goal = app.post(&bob_actor, "/api/v1/teams/development-goals", &json!({"development_plan_id": id, "action": "Automate it"})).await;
        assert_eq!((goal.status, days().await), (201, [Value::Null, Value::Null]), "{}", goal.text);
        for side in [&ann_actor, &bob_actor] {
            assert_eq!(agree(side).await.status, 200);
        }
        let goal = at("development-goals", &goal.id());
        assert_eq!(app.patch(&ann_actor, &goal, "*", &json!({"progress_percent": 20})).await.status, 200);
        assert_eq!(days().await, [today.clone(), today.clone()], "how far it has come is no other goal");
        assert_eq!(app.transition(&app.admin, &path, "agreed").await.status, 200);
        assert_eq!(app.patch(&ann_actor, &goal, "*", &json!({"action": "Write a book"})).await.status, 409, "what was agreed stays");
    }
}
