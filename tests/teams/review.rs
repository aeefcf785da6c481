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

    a_development_plan_is_agreed_by_both_sides(app) {
        let ((ann, ann_actor), (bob, bob_actor)) = (colleague(app, "ann").await, colleague(app, "bob").await);
        let body = json!({"person_id": ann, "lead_id": bob, "title": "To senior"});
        let path = at("development-plans", &app.post(&bob_actor, "/api/v1/teams/development-plans", &body).await.id());
        let set = async |actor: &Actor, field: &str| app.patch(actor, &path, "*", &json!({field: "2026-06-15"})).await;
        assert_eq!(app.transition(&ann_actor, &path, "agreed").await.broken(), ["/person_agreed_on required", "/lead_agreed_on required"]);
        assert_eq!(set(&bob_actor, "person_agreed_on").await.broken(), ["/person_agreed_on other_side"]);
        assert_eq!(set(&ann_actor, "lead_agreed_on").await.broken(), ["/lead_agreed_on other_side"]);
        assert_eq!((set(&ann_actor, "person_agreed_on").await.status, set(&bob_actor, "lead_agreed_on").await.status), (200, 200));
        assert_eq!(app.transition(&bob_actor, &path, "agreed").await.broken(), [" four_eyes"], "bob changed it last");
        assert_eq!(app.patch(&ann_actor, &path, "*", &json!({"person_agreed_on": null})).await.status, 200);
        assert_eq!(app.transition(&app.admin, &path, "agreed").await.broken(), ["/person_agreed_on required"]);
        assert_eq!(set(&ann_actor, "person_agreed_on").await.status, 200);
        assert_eq!(app.transition(&app.admin, &path, "agreed").await.status, 200);
        // Written down by the lead for both, it is the word of one.
        let both = json!({"person_id": ann, "title": "To lead", "person_agreed_on": "2026-06-15", "lead_agreed_on": "2026-06-15"});
        let path = at("development-plans", &app.post(&bob_actor, "/api/v1/teams/development-plans", &both).await.id());
        assert_eq!(app.transition(&app.admin, &path, "agreed").await.broken(), ["/person_agreed_on other_side"]);
    }
}
