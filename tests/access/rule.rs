//! The rules of access, told as sentences.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

const CONTROLS: &str = "/api/v1/governance/controls";

/// Two units side by side, and one below the first.
struct Units {
    own: String,
    sub: String,
    other: String,
}

async fn units(app: &TestApp) -> Units {
    let root = app.root_unit().await;
    let own = app.unit("OWN", &root).await;
    Units { sub: app.unit("SUB", &own).await, other: app.unit("OTHER", &root).await, own }
}

fn control(code: &str, unit: Option<&str>) -> Value {
    let mut body = json!({"code": code, "name": code, "kind": "preventive", "test_period_days": 30});
    if let Some(unit) = unit {
        body["unit_id"] = unit.into();
    }
    body
}

async fn make_control(app: &TestApp, code: &str, unit: &str) -> String {
    app.make("governance/controls", &control(code, Some(unit))).await["id"].as_str().unwrap().to_owned()
}

/// Gives somebody a role of their own with some permissions.
async fn with(app: &TestApp, code: &str, permissions: &[&str], unit: Option<&str>) -> (Actor, String) {
    let actor = app.stranger().await;
    (actor.clone(), grant(app, &actor, code, permissions, unit).await)
}

async fn grant(app: &TestApp, actor: &Actor, code: &str, permissions: &[&str], unit: Option<&str>) -> String {
    let known = app.get(&app.admin, &format!("/api/v1/identity/roles?code={code}")).await;
    let role = match known.body["data"][0]["id"].as_str() {
        Some(id) => id.to_owned(),
        None => app.make("identity/roles", &json!({"code": code, "name": code, "permissions": permissions})).await["id"].as_str().unwrap().to_owned(),
    };
    let grant = app.make("identity/grants", &json!({"principal_id": actor.id.unwrap().to_string(), "role_id": role, "unit_id": unit})).await;
    grant["id"].as_str().unwrap().to_owned()
}

fn codes(page: &Answer) -> Vec<&str> {
    assert_eq!(page.status, 200, "{}", page.text);
    page.body["data"].as_array().unwrap().iter().map(|record| record["code"].as_str().unwrap()).collect()
}

/// An answer but for the id of its request.
fn told(answer: &Answer) -> (u16, Value) {
    let mut body = answer.body.clone();
    body["instance"] = Value::Null;
    (answer.status, body)
}

on_both! {
    what_may_not_be_seen_is_absent_before_it_is_forbidden(app) {
        let units = units(app).await;
        let (hidden, seen) = (make_control(app, "C-1", &units.other).await, make_control(app, "C-2", &units.own).await);
        let reader = app.actor("auditor", Some(&units.own)).await;
        let absent = format!("{CONTROLS}/{}", steward::resource::Id::new());
        for (path, patched) in [(format!("{CONTROLS}/{hidden}"), 404), (format!("{CONTROLS}/{seen}"), 403)] {
            assert_eq!(app.patch(&reader, &path, "*", &json!({"name": "Mine"})).await.status, patched);
            assert_eq!(app.delete(&reader, &path, "*").await.status, patched);
            assert_eq!(app.transition(&reader, &path, "implemented").await.status, patched);
        }
        // The refusal of a move names its permission; without a move that can be read, that of any.
        let moved = app.transition(&reader, &format!("{CONTROLS}/{seen}"), "retired").await;
        assert!(moved.text.contains("governance.controls:retire"), "{}", moved.text);
        let broken = app.call(&reader, "POST", &format!("{CONTROLS}/{seen}/transitions"), &[("Content-Type", "application/json")], Some("{".into())).await;
        assert_eq!(broken.status, 403, "{}", broken.text);
        let hidden = format!("{CONTROLS}/{hidden}");
        for path in [&hidden, &absent, &format!("{CONTROLS}/nonsense")] {
            assert_eq!(told(&app.get(&reader, path).await), told(&app.get(&reader, &absent).await));
        }
        // Neither a missing If-Match nor a broken body tells the two apart.
        let bare = async |path: &str| told(&app.call(&reader, "PATCH", path, &[("Content-Type", "application/json")], Some("{".into())).await);
        assert_eq!(bare(&hidden).await, bare(&absent).await);
        assert_eq!(bare(&hidden).await.0, 404);
        let moves = async |path: &str| told(&app.get(&reader, &format!("{path}/transitions")).await);
        assert_eq!(moves(&hidden).await, moves(&absent).await);
        let create = app.post(&reader, CONTROLS, &control("C-3", Some(&units.own))).await;
        assert_eq!(create.status, 403, "something of the kind is readable");
    }

    without_a_grant_there_is_nothing(app) {
        let units = units(app).await;
        let id = make_control(app, "C-1", &units.own).await;
        let stranger = app.stranger().await;
        for definition in app.served.store.definitions.all() {
            let page = app.get(&stranger, &format!("/api/v1/{}?include_total=true", definition.path)).await;
            assert_eq!((page.status, &page.body["data"], &page.body["total_count"]), (200, &json!([]), &json!(0)), "{}", definition.path);
            if definition.operations.create && !definition.anonymous {
                assert_eq!(app.post(&stranger, &format!("/api/v1/{}", definition.path), &json!({})).await.status, 404, "{}", definition.path);
            }
        }
        assert_eq!(app.get(&stranger, &format!("{CONTROLS}/{id}")).await.status, 404);
        let me = app.get(&stranger, "/api/v1/auth/me").await;
        assert_eq!((&me.body["permissions"], &me.body["id"]), (&json!([]), &json!(stranger.id.unwrap().to_string())));
    }

    a_grant_covers_its_unit_and_all_below_and_nothing_else(app) {
        let units = units(app).await;
        let leaf = app.unit("LEAF", &units.sub).await;
        for (code, unit) in [("A", &units.own), ("B", &units.sub), ("C", &leaf), ("D", &units.other), ("E", &app.root_unit().await)] {
            make_control(app, code, unit).await;
        }
        let officer = app.actor("compliance_officer", Some(&units.own)).await;
        assert_eq!(codes(&app.get(&officer, CONTROLS).await), ["A", "B", "C"]);
        assert_eq!(codes(&app.get(&officer, &format!("{CONTROLS}?sort=-code")).await), ["C", "B", "A"]);
        let page = app.get(&officer, &format!("{CONTROLS}?include_total=true&limit=2&sort=code")).await;
        assert_eq!((codes(&page), &page.body["total_count"]), (vec!["A", "B"], &json!(3)));
        let next = page.body["next_cursor"].as_str().unwrap();
        assert_eq!(codes(&app.get(&officer, &format!("{CONTROLS}?include_total=true&limit=2&sort=code&cursor={next}")).await), ["C"]);
        assert_eq!(codes(&app.get(&officer, &format!("{CONTROLS}?code=D")).await), Vec::<&str>::new());
        assert_eq!(codes(&app.get(&officer, &format!("{CONTROLS}?unit_id={}", units.other)).await), Vec::<&str>::new());
        assert_eq!(codes(&app.get(&officer, "/api/v1/teams/units?sort=code").await), ["LEAF", "OWN", "SUB"]);
        // A cursor is bound to who got it.
        let another = app.actor("compliance_officer", Some(&units.other)).await;
        assert_eq!(app.get(&another, &format!("{CONTROLS}?include_total=true&limit=2&sort=code&cursor={next}")).await.status, 400);
    }

    several_grants_add_up(app) {
        let units = units(app).await;
        let (a, b) = (make_control(app, "A", &units.own).await, make_control(app, "B", &units.other).await);
        let (actor, _) = with(app, "reads_controls", &["governance.controls:read", "teams.units:read"], Some(&units.own)).await;
        grant(app, &actor, "writes_controls", &["governance.controls:read", "governance.controls:update"], Some(&units.other)).await;
        assert_eq!(codes(&app.get(&actor, CONTROLS).await), ["A", "B"]);
        assert_eq!(app.patch(&actor, &format!("{CONTROLS}/{a}"), "*", &json!({"name": "New"})).await.status, 403, "what it holds there it does not hold here");
        assert_eq!(app.patch(&actor, &format!("{CONTROLS}/{b}"), "*", &json!({"name": "New"})).await.status, 200);
    }

    a_reference_out_of_sight_is_refused_like_one_that_is_absent(app) {
        let units = units(app).await;
        let person = json!({"name": "Ada", "email": "ada@example.org", "unit_id": units.other});
        let hidden = app.make("teams/people", &person).await["id"].as_str().unwrap().to_owned();
        let officer = app.actor("compliance_officer", Some(&units.own)).await;
        let absent = steward::resource::Id::new().to_string();
        let mut answers = Vec::new();
        for owner in [&hidden, &absent, &units.own] {
            let mut body = control("C-1", Some(&units.own));
            body["owner_id"] = owner.as_str().into();
            let answer = app.post(&officer, CONTROLS, &body).await;
            assert_eq!((answer.status, answer.broken()), (422, vec!["/owner_id reference".to_owned()]), "a person it does not see, none, and a unit");
            answers.push(told(&answer));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        let unit = async |unit: &str| told(&app.post(&officer, CONTROLS, &control("C-1", Some(unit))).await);
        assert_eq!(unit(&units.other).await, unit(&absent).await);
        assert_eq!(unit(&units.other).await.0, 422);
        let own = make_control(app, "C-2", &units.own).await;
        let patched = app.patch(&officer, &format!("{CONTROLS}/{own}"), "*", &json!({"owner_id": hidden})).await;
        assert_eq!(told(&patched), answers[0]);
        // One that was set by somebody else stays and stands in nobody's way.
        assert_eq!(app.patch(&app.admin, &format!("{CONTROLS}/{own}"), "*", &json!({"owner_id": hidden})).await.status, 200);
        assert_eq!(app.patch(&officer, &format!("{CONTROLS}/{own}"), "*", &json!({"name": "Renamed"})).await.status, 200);
    }

    moving_a_record_needs_the_permission_on_both_units(app) {
        let units = units(app).await;
        let writes = ["governance.controls:*", "teams.units:read"];
        let id = make_control(app, "C-1", &units.own).await;
        let path = format!("{CONTROLS}/{id}");
        let (actor, _) = with(app, "writer", &writes, Some(&units.own)).await;
        assert_eq!(app.patch(&actor, &path, "*", &json!({"unit_id": units.other})).await.status, 422, "it does not see the other unit");
        grant(app, &actor, "reader", &["governance.controls:read", "teams.units:read"], Some(&units.other)).await;
        assert_eq!(app.patch(&actor, &path, "*", &json!({"unit_id": units.other})).await.status, 403, "it sees it, and that is all");
        let there = make_control(app, "C-2", &units.other).await;
        assert_eq!(app.patch(&actor, &format!("{CONTROLS}/{there}"), "*", &json!({"unit_id": units.own})).await.status, 403, "nor can it take from there");
        assert_eq!(app.patch(&actor, &path, "*", &json!({"unit_id": units.sub})).await.status, 200, "below its own it is at home");
        grant(app, &actor, "writer", &writes, Some(&units.other)).await;
        assert_eq!(app.patch(&actor, &path, "*", &json!({"unit_id": units.other})).await.status, 200);
    }

    a_unit_moves_only_where_both_parents_are_in_reach(app) {
        let units = units(app).await;
        let lead = app.actor("team_lead", Some(&units.own)).await;
        let path = |unit: &str| format!("/api/v1/teams/units/{unit}");
        assert_eq!(app.patch(&lead, &path(&units.own), "*", &json!({"name": "Ours"})).await.status, 200);
        assert_eq!(app.patch(&lead, &path(&units.own), "*", &json!({"parent_id": units.other})).await.status, 422);
        assert_eq!(app.patch(&lead, &path(&units.own), "*", &json!({"parent_id": null})).await.status, 403, "the top belongs to nobody's unit");
        assert_eq!(app.post(&lead, "/api/v1/teams/units", &json!({"code": "TOP", "name": "Top"})).await.status, 403);
        assert_eq!(app.post(&lead, "/api/v1/teams/units", &json!({"code": "BELOW", "name": "Below", "parent_id": units.sub})).await.status, 201);
    }

    what_hangs_on_a_record_stands_where_it_stands(app) {
        let units = units(app).await;
        let control = make_control(app, "C-1", &units.own).await;
        let mut link = app.sample("governance/control-requirements", "1").await;
        link.insert("control_id".into(), control.clone().into());
        let link = app.make("governance/control-requirements", &link.into()).await["id"].as_str().unwrap().to_owned();
        let test = json!({"control_id": control, "kind": "operating", "tested_on": "2026-06-01", "result": "passed"});
        let test = app.make("governance/control-tests", &test).await["id"].as_str().unwrap().to_owned();
        let paths = [format!("/api/v1/governance/control-requirements/{link}"), format!("/api/v1/governance/control-tests/{test}")];
        let (own, other) = (app.actor("compliance_officer", Some(&units.own)).await, app.actor("compliance_officer", Some(&units.other)).await);
        let seen = async |actor: &Actor| -> Vec<(u16, usize)> {
            let mut seen = Vec::new();
            for path in &paths {
                let collection = path.rsplit_once('/').unwrap().0;
                let listed = app.get(actor, collection).await.body["data"].as_array().unwrap().len();
                seen.push((app.get(actor, path).await.status, listed));
            }
            seen
        };
        assert_eq!((seen(&own).await, seen(&other).await), (vec![(200, 1); 2], vec![(404, 0); 2]));
        let moved = app.patch(&app.admin, &format!("{CONTROLS}/{control}"), "*", &json!({"unit_id": units.other})).await;
        assert_eq!(moved.status, 200);
        assert_eq!((seen(&own).await, seen(&other).await), (vec![(404, 0); 2], vec![(200, 1); 2]));
        assert_eq!(app.delete(&own, &paths[0], "*").await.status, 404);
        assert_eq!(app.delete(&other, &paths[0], "*").await.status, 204);
    }

    a_shared_catalogue_is_read_with_any_grant_and_written_with_one_on_everything(app) {
        let units = units(app).await;
        let made = app.make("governance/frameworks", &json!({"name": "Rules", "version": "1"})).await;
        let path = format!("/api/v1/governance/frameworks/{}", made["id"].as_str().unwrap());
        let (local, global) = (app.actor("compliance_officer", Some(&units.own)).await, app.actor("compliance_officer", None).await);
        for actor in [&local, &global] {
            assert_eq!(app.get(actor, &path).await.status, 200);
        }
        let body = json!({"name": "Rules", "version": "2"});
        assert_eq!(app.post(&local, "/api/v1/governance/frameworks", &body).await.status, 403);
        assert_eq!(app.patch(&local, &path, "*", &json!({"publisher": "Us"})).await.status, 403);
        assert_eq!(app.transition(&local, &path, "published").await.status, 403);
        assert_eq!(app.delete(&local, &path, "*").await.status, 403);
        let requirement = json!({"framework_id": made["id"], "code": "R-1", "title": "A requirement"});
        assert_eq!(app.post(&local, "/api/v1/governance/requirements", &requirement).await.status, 403, "its parts too");
        assert_eq!(app.post(&global, "/api/v1/governance/requirements", &requirement).await.status, 201);
        assert_eq!(app.post(&global, "/api/v1/governance/frameworks", &body).await.status, 201);
        assert_eq!(app.transition(&global, &path, "published").await.status, 200);
    }

    the_unit_of_a_new_record_is_the_only_one_that_is_possible(app) {
        let units = units(app).await;
        let only = app.actor("compliance_officer", Some(&units.own)).await;
        let made = app.post(&only, CONTROLS, &control("C-1", None)).await;
        assert_eq!((made.status, &made.body["unit_id"]), (201, &json!(units.own)));
        let everywhere = app.actor("compliance_officer", None).await;
        let made = app.post(&everywhere, CONTROLS, &control("C-2", None)).await;
        assert_eq!((made.status, &made.body["unit_id"]), (201, &json!(app.root_unit().await)));
        let (several, _) = with(app, "several", &["governance.controls:*", "teams.units:read"], Some(&units.own)).await;
        grant(app, &several, "several", &[], Some(&units.other)).await;
        let refused = app.post(&several, CONTROLS, &control("C-3", None)).await;
        assert_eq!((refused.status, refused.broken()), (422, vec!["/unit_id required".to_owned()]));
        assert_eq!(app.post(&several, CONTROLS, &control("C-3", Some(&units.other))).await.status, 201);
    }

    what_takes_a_right_away_takes_it_at_once(app) {
        let units = units(app).await;
        let id = make_control(app, "C-1", &units.own).await;
        let path = format!("{CONTROLS}/{id}");
        let (actor, grant) = with(app, "tester", &["governance.controls:read", "governance.controls:update"], Some(&units.own)).await;
        assert_eq!(app.patch(&actor, &path, "*", &json!({"name": "One"})).await.status, 200);
        let role = app.get(&app.admin, "/api/v1/identity/roles?code=tester").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let role = format!("/api/v1/identity/roles/{role}");
        assert_eq!(app.patch(&app.admin, &role, "*", &json!({"permissions": ["governance.controls:read"]})).await.status, 200);
        assert_eq!(app.patch(&actor, &path, "*", &json!({"name": "Two"})).await.status, 403);
        assert_eq!(app.delete(&app.admin, &role, "*").await.status, 409, "a role that somebody has stays");
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/identity/grants/{grant}"), "*").await.status, 204);
        assert_eq!(app.get(&actor, &path).await.status, 404);
        assert_eq!(app.get(&actor, CONTROLS).await.body["data"], json!([]));
        assert_eq!(app.delete(&app.admin, &role, "*").await.status, 204);
        let user = format!("/api/v1/identity/users/{}", actor.id.unwrap());
        assert_eq!(app.transition(&app.admin, &user, "disabled").await.status, 200);
        assert_eq!(app.get(&actor, CONTROLS).await.status, 401);
        assert_eq!(app.transition(&app.admin, &user, "active").await.status, 200);
        assert_eq!(app.get(&actor, CONTROLS).await.status, 401, "who was disabled logs in anew");
        let again = app.log_in_as(&actor.id.unwrap().to_string());
        assert_eq!(app.get(&again, CONTROLS).await.status, 200);
    }

    an_auditor_reads_everything_and_writes_nothing(app) {
        let auditor = app.actor("auditor", None).await;
        for (number, definition) in app.served.store.definitions.all().iter().enumerate() {
            let mut record = app.get(&app.admin, &format!("/api/v1/{}?limit=1", definition.path)).await.body["data"][0].clone();
            if (record.is_null() && !definition.operations.create) || !definition.private_to.is_empty() || definition.anonymous {
                continue;
            }
            if record.is_null() {
                let sample = app.sample(definition.path, &format!("audit-{number}")).await;
                record = app.make(definition.path, &sample.into()).await;
            }
            let path = format!("/api/v1/{}/{}", definition.path, record["id"].as_str().unwrap());
            assert_eq!(app.get(&auditor, &path).await.status, 200, "{path}");
            assert_ne!(app.get(&auditor, &format!("/api/v1/{}", definition.path)).await.body["data"], json!([]), "{}", definition.path);
            if definition.operations.create && !definition.anonymous {
                assert_eq!(app.post(&auditor, &format!("/api/v1/{}", definition.path), &json!({})).await.status, 403, "{}", definition.path);
            }
            if definition.operations.update {
                assert_eq!(app.patch(&auditor, &path, "*", &json!({})).await.status, 403, "{path}");
            }
            if definition.operations.delete {
                assert_eq!(app.delete(&auditor, &path, "*").await.status, 403, "{path}");
            }
            if let Some(lifecycle) = &definition.lifecycle {
                assert_eq!(app.transition(&auditor, &path, lifecycle.states[1]).await.status, 403, "{path}");
            }
        }
    }

    a_role_of_ones_own_gives_what_it_names_and_no_more(app) {
        let id = make_control(app, "C-1", &app.root_unit().await).await;
        let path = format!("{CONTROLS}/{id}");
        let (mover, _) = with(app, "mover", &["governance.controls:read", "governance.controls:implement"], None).await;
        assert_eq!(app.patch(&mover, &path, "*", &json!({"name": "New"})).await.status, 403);
        assert_eq!(app.transition(&mover, &path, "retired").await.status, 403);
        let moves = app.get(&mover, &format!("{path}/transitions")).await;
        let permitted: Vec<(&str, bool)> = moves.body["data"].as_array().unwrap().iter().map(|each| (each["name"].as_str().unwrap(), each["permitted"].as_bool().unwrap())).collect();
        assert_eq!(permitted, [("implement", true), ("retire", false)]);
        assert_eq!(app.transition(&mover, &path, "implemented").await.status, 200);
        let (blind, _) = with(app, "blind", &["governance.controls:update", "governance.controls:create"], None).await;
        assert_eq!(app.patch(&blind, &path, "*", &json!({"name": "New"})).await.status, 404, "what cannot be read cannot be changed");
        for wrong in ["governance.controls", "governance.controls:", "Governance.controls:read", "*", "a.b.c:read", ""] {
            let role = app.post(&app.admin, "/api/v1/identity/roles", &json!({"code": "wrong", "name": "Wrong", "permissions": [wrong]})).await;
            assert_eq!(role.status, 422, "{wrong}");
        }
    }

    a_built_in_role_stays_as_it_is(app) {
        for built_in in steward::access::role::BUILT_IN {
            let role = app.get(&app.admin, &format!("/api/v1/identity/roles?code={}", built_in.code)).await.body["data"][0].clone();
            assert_eq!(role["permissions"], json!(built_in.permissions));
            let path = format!("/api/v1/identity/roles/{}", role["id"].as_str().unwrap());
            for patch in [json!({"permissions": ["*.*:*"]}), json!({"name": "Mine"}), json!({"code": "mine"})] {
                let unchanged = patch["permissions"] == role["permissions"];
                assert_eq!(app.patch(&app.admin, &path, "*", &patch).await.status, if unchanged { 200 } else { 409 }, "{} {patch}", built_in.code);
            }
            assert_eq!(app.delete(&app.admin, &path, "*").await.status, 409, "{}", built_in.code);
            let twin = json!({"code": built_in.code.to_uppercase(), "name": "Twin", "permissions": []});
            assert_eq!(app.post(&app.admin, "/api/v1/identity/roles", &twin).await.status, 409, "codes differ in more than their case");
        }
    }
}

on_both! {
    nobody_gives_what_they_lack(app) {
        let clerk_role = json!({"code": "clerk", "name": "Clerk", "permissions": ["identity.*:*", "governance.controls:read", "teams.units:read"]});
        app.make("identity/roles", &clerk_role).await;
        let root = app.root_unit().await;
        let clerk = app.actor("clerk", None).await;
        let friend = app.stranger().await.id.unwrap().to_string();
        let role_id = |code: &'static str| async move { app.get(&app.admin, &format!("/api/v1/identity/roles?code={code}")).await.body["data"][0]["id"].clone() };
        for (role, unit, expected) in [("administrator", None, 403), ("auditor", None, 403), ("compliance_officer", Some(&root), 403), ("clerk", None, 201), ("clerk", Some(&root), 201)] {
            let grant = json!({"principal_id": friend, "role_id": role_id(role).await, "unit_id": unit});
            assert_eq!(app.post(&clerk, "/api/v1/identity/grants", &grant).await.status, expected, "{role}");
        }
        let mine = app.post(&clerk, "/api/v1/identity/roles", &json!({"code": "mine", "name": "Mine", "permissions": ["governance.controls:read"]})).await;
        assert_eq!(mine.status, 201, "{}", mine.text);
        let path = format!("/api/v1/identity/roles/{}", mine.id());
        assert_eq!(app.patch(&clerk, &path, "*", &json!({"permissions": ["governance.controls:read", "governance.controls:*"]})).await.status, 403);
        assert_eq!(app.post(&clerk, "/api/v1/identity/roles", &json!({"code": "all", "name": "All", "permissions": ["*.*:*"]})).await.status, 403);
    }
}
