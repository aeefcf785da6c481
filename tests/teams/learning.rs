//! Courses: seats, and what passing brings.

use super::*;
use crate::on_both;

async fn course(app: &TestApp, code: &str) -> String {
    made(app, "courses", json!({"code": code, "name": code})).await
}

async fn session(app: &TestApp, course: &str, seats: u32) -> String {
    let body = json!({"course_id": course, "name": "September", "starts_at": "2026-09-14T07:00:00Z", "ends_at": "2026-09-14T09:30:00Z", "seats": seats});
    made(app, "course-sessions", body).await
}

on_both! {
    of_twelve_that_race_for_five_seats_five_get_one(app) {
        let course = course(app, "SEC").await;
        let session = session(app, &course, 5).await;
        let mut people = Vec::new();
        for number in 0..12 {
            people.push(person(app, &format!("p{number}")).await);
        }
        let body = |person: &String| json!({"person_id": person, "course_id": course, "course_session_id": session});
        let answers = futures_util::future::join_all(people.iter().map(|person| try_to_make(app, "enrollments", body(person)))).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (5, 7), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        for refused in answers.iter().filter(|answer| answer.status == 409) {
            assert_eq!(refused.broken(), ["/course_session_id full"]);
        }
        let seated = answers.iter().find(|answer| answer.status == 201).unwrap();
        let waiting = answers.iter().position(|answer| answer.status == 409).unwrap();
        // Neither by moving to the session, nor by taking seats away, nor through bulk.
        let outside = made(app, "enrollments", json!({"person_id": people[waiting], "course_id": course})).await;
        let path = at("enrollments", &outside);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"course_session_id": session})).await.broken(), ["/course_session_id full"]);
        assert_eq!(app.patch(&app.admin, &at("course-sessions", &session), "*", &json!({"seats": 4})).await.broken(), ["/seats taken"]);
        let bulk = json!({"atomic": true, "operations": [{"op": "create", "collection": "teams/enrollments", "body": body(&people[waiting])}]});
        assert_eq!(app.post(&app.admin, "/api/v1/platform/bulk", &bulk).await.status, 409);
        // A seat that is given back is taken by the next, and is then not there for who comes back.
        let given = seated.id();
        walk(app, "enrollments", &given, &["withdrawn"]).await;
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"course_session_id": session})).await.status, 200);
        let back = try_to_make(app, "enrollments", body(&seated.body["person_id"].as_str().unwrap().to_owned())).await;
        assert_eq!(back.broken(), ["/course_session_id full"]);
        let another = answers.iter().filter(|answer| answer.status == 201).nth(1).unwrap().id();
        assert_eq!(app.delete(&app.admin, &at("enrollments", &another), "*").await.status, 204);
        assert_eq!(try_to_make(app, "enrollments", body(&seated.body["person_id"].as_str().unwrap().to_owned())).await.status, 201);
        let restored = app.post(&app.admin, &format!("/api/v1/platform/resources/{another}/restore"), &json!({})).await;
        assert_eq!((restored.status, restored.broken()), (409, vec!["/course_session_id full".to_owned()]), "{}", restored.text);
    }

    a_person_has_one_seat_in_a_session_of_the_course(app) {
        let (ann, sec, net) = (person(app, "ann").await, course(app, "SEC").await, course(app, "NET").await);
        let session = session(app, &sec, 5).await;
        let body = |course: &str| json!({"person_id": ann, "course_id": course, "course_session_id": session});
        assert_eq!(try_to_make(app, "enrollments", body(&net)).await.broken(), ["/course_session_id disagrees"]);
        assert_eq!(try_to_make(app, "enrollments", body(&sec)).await.status, 201);
        assert_eq!(try_to_make(app, "enrollments", body(&sec)).await.broken(), ["/person_id enrolled"]);
    }

    passing_proposes_the_skill_and_plans_the_certification_once(app) {
        let ann = person(app, "ann").await;
        let skill = made(app, "skills", json!({"code": "SEC", "name": "Security"})).await;
        let certification = made(app, "certifications", json!({"code": "CISSP", "name": "CISSP", "issuer": "ISC2"})).await;
        let body = json!({"code": "SEC", "name": "Security", "skill_id": skill, "skill_level": 3, "certification_id": certification});
        let course = made(app, "courses", body).await;
        for _ in 0..2 {
            let part = made(app, "enrollments", json!({"person_id": ann, "course_id": course})).await;
            walk(app, "enrollments", &part, &["in_progress"]).await;
            let early = app.transition(&app.admin, &at("enrollments", &part), "passed").await;
            assert_eq!(early.broken(), ["/completed_on required"]);
            app.patch(&app.admin, &at("enrollments", &part), "*", &json!({"completed_on": "2026-06-12"})).await;
            walk(app, "enrollments", &part, &["passed"]).await;
        }
        let proposed = app.get(&app.admin, &format!("/api/v1/teams/skill-assessments?person_id={ann}")).await;
        let told: Vec<_> = proposed.body["data"].as_array().unwrap().iter().map(|each| (each["level"].clone(), each["state"].clone(), each["source"].clone(), each["assessed_on"].clone())).collect();
        assert_eq!(told, vec![(json!(3), json!("proposed"), json!("test"), json!("2026-06-12")); 2], "to be confirmed, each time");
        let planned = app.get(&app.admin, &format!("/api/v1/teams/person-certifications?person_id={ann}")).await;
        assert_eq!(planned.body["data"].as_array().unwrap().len(), 1, "{}", planned.text);
        assert_eq!(planned.body["data"][0]["state"], json!("planned"));
    }
}
