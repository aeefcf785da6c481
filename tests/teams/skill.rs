//! Skills: levels, who confirms them, and the gap to a role.

use super::*;
use crate::on_both;
use steward::resource::value::Instant;

async fn skill(app: &TestApp, code: &str) -> String {
    made(app, "skills", json!({"code": code, "name": format!("Skill {code}")})).await
}

/// What a role asks for: each a kind, an id, a level and a weight.
async fn role(app: &TestApp, code: &str, asked: &[(&str, &str, Option<u32>, f64)]) -> String {
    let role = made(app, "role-profiles", json!({"code": code, "version": "1", "name": code})).await;
    for (kind, id, level, weight) in asked {
        let body = json!({"role_profile_id": role, "kind": kind, "required_id": id, "minimum_level": level, "weight": weight});
        made(app, "role-requirements", body).await;
    }
    role
}

async fn gap(app: &TestApp, actor: &Actor, person: &str, role: &str) -> Answer {
    app.get(actor, &format!("/api/v1/teams/people/{person}/skill-gap?role_profile_id={role}")).await
}

fn column(answer: &Answer, list: &str, name: &str) -> Value {
    answer.body[list].as_array().unwrap_or_else(|| panic!("{}", answer.text)).iter().map(|each| each[name].clone()).collect()
}

on_both! {
    a_gap_is_what_is_missing_and_readiness_weighs_it(app) {
        let ann = person(app, "ann").await;
        let (network, cloud, german) = (skill(app, "NET").await, skill(app, "CLOUD").await, skill(app, "DE").await);
        let asked = [("skill", network.as_str(), Some(4), 3.0), ("skill", &cloud, Some(2), 2.0), ("skill", &german, Some(5), 1.0)];
        let role = role(app, "ENG", &asked).await;
        confirmed(app, &ann, &network, 4).await;
        confirmed(app, &ann, &cloud, 5).await;
        // What is proposed or disputed does not count.
        for end in [None, Some("disputed")] {
            let body = json!({"person_id": ann, "skill_id": german, "level": 5, "source": "self", "assessed_on": "2026-06-01"});
            let id = made(app, "skill-assessments", body).await;
            if let Some(end) = end {
                walk(app, "skill-assessments", &id, &[end]).await;
            }
        }
        let first = gap(app, &app.admin, &ann, &role).await;
        // By hand: (3 · 4/4 + 2 · min(1, 5/2) + 1 · 0/5) / 6 = 5/6.
        assert_eq!((first.status, &first.body["readiness"]), (200, &json!(0.833333)), "{}", first.text);
        assert_eq!(column(&first, "skills", "gap"), json!([0, 0, 5]));
        assert_eq!(column(&first, "skills", "confirmed_on"), json!(["2026-06-15", "2026-06-15", null]));
        assert_eq!(column(&first, "skills", "freshness"), json!([1, 1, null]), "confirmed at the hour at which the clock stands");

        // The level that was confirmed last counts, though it is lower.
        app.clock.set(Instant::parse("2026-06-15T09:05:00Z").unwrap());
        confirmed(app, &ann, &network, 2).await;
        let later = gap(app, &app.admin, &ann, &role).await;
        // By hand: (3 · 2/4 + 2 · 1 + 1 · 0) / 6 = 3.5/6.
        assert_eq!(later.body["readiness"], json!(0.583333), "{}", later.text);
        assert_eq!((column(&later, "skills", "confirmed_level"), column(&later, "skills", "gap")), (json!([2, 5, null]), json!([2, 0, 5])));
        assert_eq!(column(&later, "skills", "met"), json!([false, true, false]));
        assert_eq!(column(&later, "skills", "name"), json!(["Skill NET", "Skill CLOUD", "Skill DE"]));

        // By hand: 731 days are 24.016920 months of 30.436875 days, and 2^(−24.016920/24) is 0.499756. Readiness does not age.
        app.clock.set(Instant::parse("2028-06-15T09:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let aged = gap(app, &admin, &ann, &role).await;
        assert_eq!((column(&aged, "skills", "freshness"), &aged.body["readiness"]), (json!([0.499756, 0.499756, null]), &json!(0.583333)), "{}", aged.text);
    }

    readiness_is_unknown_where_nothing_weighs_anything(app) {
        let (ann, network) = (person(app, "ann").await, skill(app, "NET").await);
        let (weightless, empty) = (role(app, "LIGHT", &[("skill", &network, Some(4), 0.0)]).await, role(app, "EMPTY", &[]).await);
        let answer = gap(app, &app.admin, &ann, &weightless).await;
        assert_eq!((&answer.body["readiness"], column(&answer, "skills", "gap")), (&Value::Null, json!([4])), "{}", answer.text);
        let answer = gap(app, &app.admin, &ann, &empty).await;
        assert_eq!((&answer.body["readiness"], &answer.body["skills"]), (&Value::Null, &json!([])), "{}", answer.text);
    }

    a_certificate_and_a_course_count_through_their_last_day(app) {
        let ann = person(app, "ann").await;
        let certification = async |code: &str, expires: Option<&str>| {
            let certification = made(app, "certifications", json!({"code": code, "name": code, "issuer": "ISC2"})).await;
            if let Some(expires) = expires {
                let body = json!({"person_id": ann, "certification_id": certification, "issued_on": "2023-06-15", "expires_on": expires});
                let held = made(app, "person-certifications", body).await;
                walk(app, "person-certifications", &held, &["valid"]).await;
            }
            certification
        };
        let course = async |code: &str, months: Option<u32>, passed: Option<&str>| {
            let course = made(app, "courses", json!({"code": code, "name": code, "validity_months": months})).await;
            if let Some(passed) = passed {
                let part = made(app, "enrollments", json!({"person_id": ann, "course_id": course, "completed_on": passed})).await;
                walk(app, "enrollments", &part, &["in_progress", "passed"]).await;
            }
            course
        };
        let certifications = [certification("TODAY", Some("2026-06-15")).await, certification("OVER", Some("2026-06-14")).await, certification("NONE", None).await];
        let courses = [course("YEAR", Some(12), Some("2025-06-15")).await, course("LATE", Some(12), Some("2025-06-14")).await, course("ONCE", None, Some("2020-01-01")).await];
        let asked: Vec<_> = certifications.iter().map(|id| ("certification", id.as_str(), None, 1.0)).chain(courses.iter().map(|id| ("course", id.as_str(), None, 1.0))).collect();
        let answer = gap(app, &app.admin, &ann, &role(app, "ENG", &asked).await).await;
        assert_eq!(column(&answer, "certifications", "met"), json!([true, false, false]), "{}", answer.text);
        assert_eq!(column(&answer, "certifications", "held"), json!([true, true, false]));
        assert_eq!(column(&answer, "certifications", "valid_until"), json!(["2026-06-15", "2026-06-14", null]));
        assert_eq!(column(&answer, "courses", "met"), json!([true, false, true]));
        assert_eq!(column(&answer, "courses", "valid_until"), json!(["2026-06-15", "2026-06-14", null]));
        assert_eq!(answer.body["readiness"], Value::Null, "what is no skill weighs nothing");
    }

    a_gap_tells_no_more_than_the_caller_may_see(app) {
        let root = app.root_unit().await;
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let ann = made(app, "people", json!({"name": "Ann", "email": "ann@people.example.org", "unit_id": ours})).await;
        let network = skill(app, "NET").await;
        let role = role(app, "ENG", &[("skill", &network, Some(4), 1.0)]).await;
        confirmed(app, &ann, &network, 3).await;
        let lead = app.actor("team_lead", Some(&ours)).await;
        let seen = gap(app, &lead, &ann, &role).await;
        assert_eq!((&seen.body["readiness"], column(&seen, "skills", "gap")), (&json!(0.75), json!([1])), "{}", seen.text);
        let bare = ["teams.people:read", "teams.role_profiles:read", "teams.role_requirements:read"];
        let narrow = gap(app, &holder(app, "narrow", &bare, None).await, &ann, &role).await;
        assert_eq!(narrow.status, 200, "{}", narrow.text);
        for name in ["name", "confirmed_level", "confirmed_on", "gap", "freshness", "met"] {
            assert_eq!(column(&narrow, "skills", name), json!([null]), "{name}");
        }
        assert_eq!((&narrow.body["readiness"], column(&narrow, "skills", "required_level")), (&Value::Null, json!([4])), "unknown, and not 0");
        // Who may see assessments elsewhere sees none here.
        let elsewhere = holder(app, "elsewhere", &bare, None).await;
        let lead_role = app.get(&app.admin, "/api/v1/identity/roles?code=team_lead").await.body["data"][0]["id"].clone();
        app.make("identity/grants", &json!({"principal_id": elsewhere.id.unwrap().to_string(), "role_id": lead_role, "unit_id": theirs})).await;
        assert_eq!(gap(app, &elsewhere, &ann, &role).await.body["readiness"], Value::Null);
        for absent in [app.actor("team_lead", Some(&theirs)).await, app.stranger().await] {
            assert_eq!(gap(app, &absent, &ann, &role).await.status, 404);
        }
    }

    a_gap_asks_for_a_role_that_is_there(app) {
        let ann = person(app, "ann").await;
        let path = format!("/api/v1/teams/people/{ann}/skill-gap");
        for query in ["", "?role_profile_id=", "?role_profile_id=nonsense", "?role=x"] {
            let answer = app.get(&app.admin, &format!("{path}{query}")).await;
            assert_eq!(answer.status, 400, "{query}: {}", answer.text);
        }
        let nowhere = steward::resource::Id::new().to_string();
        assert_eq!(gap(app, &app.admin, &ann, &nowhere).await.status, 400, "it is no role profile, or none that one sees");
        let role = role(app, "ENG", &[]).await;
        let blind = holder(app, "blind", &["teams.people:read"], None).await;
        assert_eq!(gap(app, &blind, &ann, &role).await.status, 404, "who reads no role profiles has no such view");
        assert_eq!(gap(app, &app.admin, &nowhere, &role).await.status, 404);
    }

    nobody_confirms_their_own_skill_whatever_the_account(app) {
        let ((ann, ann_actor), (_, bob)) = (colleague(app, "ann").await, colleague(app, "bob").await);
        let again = account(app, &ann, "administrator", None).await;
        let network = skill(app, "NET").await;
        let body = json!({"person_id": ann, "skill_id": network, "level": 3, "source": "self", "assessed_on": "2026-06-01"});
        let id = made(app, "skill-assessments", body.clone()).await;
        let path = at("skill-assessments", &id);
        for own in [&ann_actor, &again] {
            let refused = app.transition(own, &path, "confirmed").await;
            assert_eq!((refused.status, refused.broken()), (409, vec!["/person_id own".to_owned()]), "{}", refused.text);
            let bulk = json!({"atomic": false, "operations": [{"op": "transition", "collection": "teams/skill-assessments", "id": id, "if_match": "*", "body": {"to": "confirmed"}}]});
            assert_eq!(app.post(own, "/api/v1/platform/bulk", &bulk).await.body["results"][0]["status"], json!(409));
        }
        assert_eq!(app.transition(&bob, &path, "confirmed").await.status, 200);
        // Nor does who proposed it, with another account of theirs.
        let proposed = app.post(&bob, "/api/v1/teams/skill-assessments", &body).await.id();
        let bob_person = app.get(&app.admin, &format!("/api/v1/identity/users/{}", bob.id.unwrap())).await.body["person_id"].as_str().unwrap().to_owned();
        for same in [bob.clone(), account(app, &bob_person, "team_lead", None).await] {
            let refused = app.transition(&same, &at("skill-assessments", &proposed), "confirmed").await;
            assert_eq!((refused.status, refused.broken()), (409, vec![" four_eyes".to_owned()]), "{}", refused.text);
        }
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"level": 5})).await.status, 409, "what was confirmed stays");
    }

    a_skill_has_the_levels_that_it_has(app) {
        let ann = person(app, "ann").await;
        let level = |level: u32| json!({"level": level, "name": format!("Level {level}")});
        let network = made(app, "skills", json!({"code": "NET", "name": "Networks", "levels": [level(2), level(4)]})).await;
        let assessment = |level: u32| json!({"person_id": ann, "skill_id": network, "level": level, "source": "test", "assessed_on": "2026-06-01"});
        let odd = try_to_make(app, "skill-assessments", assessment(3)).await;
        assert_eq!((odd.status, odd.broken()), (409, vec!["/level undefined_level".to_owned()]), "{}", odd.text);
        for known in [0, 2, 4] {
            assert_eq!(try_to_make(app, "skill-assessments", assessment(known)).await.status, 201, "{known}");
        }
        let profile = role(app, "ENG", &[]).await;
        let asked = json!({"role_profile_id": profile, "kind": "skill", "required_id": network, "minimum_level": 3});
        assert_eq!(try_to_make(app, "role-requirements", asked).await.broken(), ["/minimum_level undefined_level"]);
        let wrong = json!({"role_profile_id": profile, "kind": "course", "required_id": network});
        assert_eq!(try_to_make(app, "role-requirements", wrong).await.broken(), ["/required_id other_kind"]);
        let path = at("skills", &network);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"levels": [level(2)]})).await.broken(), ["/levels in_use"]);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"levels": [level(2), level(3), level(4)]})).await.status, 200);
        let twice = json!({"levels": [level(2), level(4), level(4)]});
        assert_eq!(app.patch(&app.admin, &path, "*", &twice).await.broken(), ["/levels duplicate"]);
    }

    what_a_published_role_asks_for_stays(app) {
        let network = skill(app, "NET").await;
        let role = role(app, "ENG", &[]).await;
        let asked = json!({"role_profile_id": role, "kind": "skill", "required_id": network, "minimum_level": 3});
        let requirement = made(app, "role-requirements", asked.clone()).await;
        assert_eq!(try_to_make(app, "role-requirements", asked.clone()).await.status, 409, "each once");
        walk(app, "role-profiles", &role, &["published"]).await;
        assert_eq!(app.patch(&app.admin, &at("role-requirements", &requirement), "*", &json!({"minimum_level": 1})).await.broken(), ["/role_profile_id parent_state"]);
        assert_eq!(app.delete(&app.admin, &at("role-requirements", &requirement), "*").await.status, 409);
        assert_eq!(app.patch(&app.admin, &at("role-profiles", &role), "*", &json!({"name": "Other"})).await.status, 409);
    }

    who_judges_a_skill_is_the_caller_and_an_examination_names_its_examiner(app) {
        let network = skill(app, "NET").await;
        let ((ann, _), (bob, bob_actor), (eve, _)) = (colleague(app, "ann").await, colleague(app, "bob").await, colleague(app, "eve").await);
        let judge = async |more: Value| {
            let mut body = json!({"person_id": ann, "skill_id": network, "level": 3, "source": "manager", "assessed_on": "2026-06-01"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            app.post(&bob_actor, "/api/v1/teams/skill-assessments", &body).await
        };
        for source in ["manager", "peer"] {
            assert_eq!(judge(json!({"source": source, "assessor_id": eve})).await.broken(), ["/assessor_id assessor"], "{source}");
            let own = judge(json!({"source": source})).await;
            assert_eq!((own.status, &own.body["assessor_id"]), (201, &json!(bob)), "{}", own.text);
            let path = at("skill-assessments", &own.id());
            assert_eq!(app.patch(&bob_actor, &path, "*", &json!({"assessor_id": eve})).await.broken(), ["/assessor_id assessor"]);
        }
        let examined = judge(json!({"source": "test", "assessor_id": eve})).await;
        assert_eq!((examined.status, &examined.body["assessor_id"]), (201, &json!(eve)), "{}", examined.text);
    }

    the_next_version_of_a_role_takes_its_requirements_along_and_retires_the_one_before(app) {
        let network = skill(app, "NET").await;
        let role = role(app, "ENG", &[]).await;
        made(app, "role-requirements", json!({"role_profile_id": role, "kind": "skill", "required_id": network, "minimum_level": 3})).await;
        walk(app, "role-profiles", &role, &["published"]).await;
        let next = async |version: &str| app.post(&app.admin, &format!("{}/new-version", at("role-profiles", &role)), &json!({"version": version})).await;
        let first = app.get(&app.admin, &at("role-profiles", &role)).await.body;
        assert_eq!(next(first["version"].as_str().unwrap()).await.status, 409, "that version is there");
        let draft = next("2026-06").await;
        assert_eq!((draft.status, &draft.body["state"], &draft.body["supersedes_id"], &draft.body["code"]), (201, &json!("draft"), &json!(role), &first["code"]), "{}", draft.text);
        let asked = app.get(&app.admin, &format!("/api/v1/teams/role-requirements?role_profile_id={}", draft.id())).await.body["data"].clone();
        assert_eq!((asked.as_array().unwrap().len(), &asked[0]["required_id"], &asked[0]["minimum_level"]), (1, &json!(network), &json!(3)));
        let position = made(app, "positions", json!({"title": "Engineer", "role_profile_id": role})).await;
        walk(app, "role-profiles", &draft.id(), &["published"]).await;
        assert_eq!(app.get(&app.admin, &at("role-profiles", &role)).await.body["state"], json!("retired"));
        assert_eq!(app.get(&app.admin, &at("positions", &position)).await.body["role_profile_id"], json!(draft.id()), "the position follows its role");
    }
}
