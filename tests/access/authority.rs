//! Nobody gives what they lack, nobody touches who is stronger, and somebody is always left who may do everything.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

const USERS: &str = "/api/v1/identity/users";
const ROLES: &str = "/api/v1/identity/roles";
const GRANTS: &str = "/api/v1/identity/grants";
const ACCOUNTS: &str = "/api/v1/identity/service-accounts";
const LINES: (&str, &str) = ("Content-Type", "application/x-ndjson");

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

async fn role(app: &TestApp, code: &str, permissions: &[&str]) -> String {
    text(&app.make("identity/roles", &json!({"code": code, "name": code, "permissions": permissions})).await["id"])
}

async fn built_in(app: &TestApp, code: &str) -> String {
    text(&app.get(&app.admin, &format!("{ROLES}?code={code}")).await.body["data"][0]["id"])
}

async fn grant(app: &TestApp, principal: &str, role: &str, unit: Option<&str>) -> String {
    text(&app.make("identity/grants", &json!({"principal_id": principal, "role_id": role, "unit_id": unit})).await["id"])
}

/// Somebody who may do everything in identity, and little else.
async fn clerk(app: &TestApp) -> Actor {
    let clerk = app.stranger().await;
    let role = role(app, "clerk", &["identity.*:*", "governance.controls:read", "teams.units:read", "teams.people:read"]).await;
    grant(app, &clerk.id.unwrap().to_string(), &role, None).await;
    clerk
}

/// An administrator who can log in.
async fn who_administers(app: &TestApp) -> Actor {
    let email = format!("{}@example.org", steward::resource::Id::new());
    let user = app.make("identity/users", &json!({"email": email, "name": "Somebody", "password": "correct-horse-battery"})).await;
    grant(app, &text(&user["id"]), &built_in(app, "administrator").await, None).await;
    app.log_in_as(&text(&user["id"]))
}

async fn bulk(app: &TestApp, actor: &Actor, operation: Value) -> u64 {
    let answer = app.post(actor, "/api/v1/platform/bulk", &json!({"operations": [operation]})).await;
    answer.body["results"][0]["status"].as_u64().unwrap_or_else(|| panic!("{}", answer.text))
}

async fn import(app: &TestApp, actor: &Actor, collection: &str, row: &Value) -> (u16, Value) {
    let answer = app.call(actor, "POST", &format!("/api/v1/platform/imports?collection={collection}"), &[LINES], Some(row.to_string())).await;
    (answer.status, answer.body["errors"][0]["code"].clone())
}

async fn restore(app: &TestApp, actor: &Actor, id: &str) -> Answer {
    app.post(actor, &format!("/api/v1/platform/resources/{id}/restore"), &json!({})).await
}

async fn log_in(app: &TestApp, email: &str, password: &str) -> u16 {
    app.form("/api/v1/auth/token", &format!("grant_type=password&username={}&password={password}", email.replace('@', "%40"))).await.status
}

on_both! {
    nobody_gives_what_they_lack_through_any_door(app) {
        let clerk = clerk(app).await;
        let (friend, all) = (app.stranger().await.id.unwrap().to_string(), built_in(app, "administrator").await);
        let stolen = json!({"principal_id": friend, "role_id": all, "unit_id": null});
        let wide = json!({"code": "wide", "name": "Wide", "permissions": ["security.risks:read"]});
        for (collection, body) in [("identity/grants", &stolen), ("identity/roles", &wide)] {
            assert_eq!(app.post(&clerk, &format!("/api/v1/{collection}"), body).await.status, 403, "{collection}");
            assert_eq!(app.post(&clerk, &format!("/api/v1/{collection}?dry_run=true"), body).await.status, 403, "{collection}");
            assert_eq!(bulk(app, &clerk, json!({"op": "create", "collection": collection, "body": body})).await, 403, "{collection}");
            assert_eq!(import(app, &clerk, collection, body).await, (422, json!("forbidden")), "{collection}");
            let gone = app.make(collection, body).await;
            let path = format!("/api/v1/{collection}/{}", text(&gone["id"]));
            assert_eq!(app.delete(&clerk, &path, "*").await.status, 403, "nor takes it: {collection}");
            assert_eq!(app.delete(&app.admin, &path, "*").await.status, 204);
            assert_eq!(restore(app, &clerk, &text(&gone["id"])).await.status, 403, "{collection}");
            assert_eq!(restore(app, &app.admin, &text(&gone["id"])).await.status, 200, "{collection}");
        }
        let account = app.sample("identity/service-accounts", "robot").await;
        let robot = app.make("identity/service-accounts", &account.into()).await;
        let to_robot = json!({"principal_id": robot["id"], "role_id": all, "unit_id": null});
        assert_eq!(app.post(&clerk, GRANTS, &to_robot).await.status, 403, "nor to a program");
        let own = built_in(app, "member").await;
        assert_eq!(app.post(&app.admin, GRANTS, &json!({"principal_id": robot["id"], "role_id": own, "unit_id": null})).await.status, 201);
        assert_eq!(app.post(&clerk, GRANTS, &json!({"principal_id": own, "role_id": own, "unit_id": null})).await.broken(), ["/principal_id reference"]);
    }

    a_role_beyond_ones_own_is_neither_widened_nor_narrowed_nor_renamed(app) {
        let clerk = clerk(app).await;
        let (mine, theirs) = (role(app, "mine", &["governance.controls:read"]).await, role(app, "theirs", &["governance.controls:read", "security.risks:read"]).await);
        let patch = async |id: &str, body: Value| app.patch(&clerk, &format!("{ROLES}/{id}"), "*", &body).await.status;
        assert_eq!(patch(&mine, json!({"permissions": ["governance.controls:read", "governance.controls:update"]})).await, 403);
        assert_eq!(patch(&mine, json!({"permissions": ["governance.controls:read", "teams.units:read"]})).await, 200);
        assert_eq!(patch(&mine, json!({"permissions": []})).await, 200);
        assert_eq!(patch(&theirs, json!({"permissions": ["governance.controls:read"]})).await, 403);
        assert_eq!(patch(&theirs, json!({"name": "Ours"})).await, 403);
        assert_eq!(bulk(app, &clerk, json!({"op": "update", "collection": "identity/roles", "id": theirs, "if_match": "*", "body": {"permissions": []}})).await, 403);
        assert_eq!(import(app, &clerk, "identity/roles", &json!({"code": "theirs", "permissions": []})).await, (422, json!("forbidden")));
        assert_eq!(app.delete(&clerk, &format!("{ROLES}/{theirs}"), "*").await.status, 403);
    }

    nobody_changes_an_account_that_may_do_what_they_may_not(app) {
        let clerk = clerk(app).await;
        let strong = app.actor("auditor", Some(&app.root_unit().await)).await.id.unwrap().to_string();
        let weak = app.stranger().await.id.unwrap().to_string();
        grant(app, &weak, &role(app, "reads", &["governance.controls:read"]).await, None).await;
        let owner = text(&app.make("teams/people", &json!({"name": "Owner", "email": "owner@example.org"})).await["id"]);
        let robot = text(&app.make("identity/service-accounts", &json!({"name": "Robot", "owner_id": owner})).await["id"]);
        grant(app, &robot, &built_in(app, "auditor").await, None).await;
        for (id, status) in [(&strong, 403), (&weak, 200)] {
            let path = format!("{USERS}/{id}");
            for patch in [json!({"password": "a password of the clerk"}), json!({"email": format!("{id}@clerk.example.org")}), json!({"name": "Renamed"})] {
                assert_eq!(app.patch(&clerk, &path, "*", &patch).await.status, status, "{patch}");
                let operation = json!({"op": "update", "collection": "identity/users", "id": id, "if_match": "*", "body": patch});
                assert_eq!(bulk(app, &clerk, operation).await, u64::from(status), "{patch}");
                let mut row = patch.clone();
                row["id"] = id.as_str().into();
                assert_eq!(import(app, &clerk, "identity/users", &row).await.0, if status == 200 { 200 } else { 422 }, "{patch}");
            }
            assert_eq!(app.delete(&clerk, &path, "*").await.status, if status == 200 { 409 } else { status }, "who may not does not learn what it is used by");
            assert_eq!(app.transition(&clerk, &path, "disabled").await.status, status);
            assert_eq!(app.transition(&app.admin, &path, "disabled").await.status, if status == 200 { 409 } else { 200 });
            assert_eq!(app.transition(&clerk, &path, "active").await.status, status, "what a disabled account may do it may do again");
        }
        let path = format!("{ACCOUNTS}/{robot}");
        assert_eq!(app.patch(&clerk, &path, "*", &json!({"name": "Mine"})).await.status, 403);
        assert_eq!(app.transition(&clerk, &path, "disabled").await.status, 403);
        assert_eq!(app.post(&clerk, &format!("{path}/renew-secret"), &json!({})).await.status, 403);
        assert_eq!(app.post(&app.admin, &format!("{path}/renew-secret"), &json!({})).await.status, 200);
        // One is as strong as oneself; a token that one made is not.
        let own = format!("{USERS}/{}", clerk.id.unwrap());
        assert_eq!(app.patch(&clerk, &own, "*", &json!({"name": "Clerk", "password": "a password of the clerk"})).await.status, 200);
        let token = app.post(&clerk, "/api/v1/identity/api-tokens", &json!({"name": "Users", "scopes": ["identity.users:*"]})).await;
        let narrow = Actor { id: clerk.id, token: Some(text(&token.body["token"])) };
        assert_eq!(app.patch(&narrow, &own, "*", &json!({"password": "a password of the thief"})).await.status, 403);
    }

    only_an_administrator_says_whose_account_it_is(app) {
        let clerk = clerk(app).await;
        let person = text(&app.make("teams/people", &json!({"name": "Ann", "email": "ann@example.org"})).await["id"]);
        let user = json!({"email": "ann@example.org", "name": "Ann", "person_id": person});
        assert_eq!(app.post(&clerk, USERS, &user).await.status, 403);
        assert_eq!(app.patch(&clerk, &format!("{USERS}/{}", clerk.id.unwrap()), "*", &json!({"person_id": person})).await.status, 403);
        let made = app.make("identity/users", &user).await;
        let path = format!("{USERS}/{}", text(&made["id"]));
        assert_eq!(app.patch(&clerk, &path, "*", &json!({"person_id": null})).await.status, 403);
        assert_eq!(app.patch(&clerk, &path, "*", &json!({"name": "Anne"})).await.status, 200);
        assert_eq!(app.delete(&clerk, &path, "*").await.status, 204);
        assert_eq!(restore(app, &clerk, &text(&made["id"])).await.status, 403);
        assert_eq!(restore(app, &app.admin, &text(&made["id"])).await.status, 200);
    }

    only_an_administrator_sets_what_a_person_logs_in_with(app) {
        let clerk = clerk(app).await;
        let person = text(&app.make("teams/people", &json!({"name": "Ann", "email": "ann@example.org"})).await["id"]);
        let ann = text(&app.make("identity/users", &json!({"email": "ann@example.org", "name": "Ann", "person_id": person})).await["id"]);
        grant(app, &ann, &role(app, "users", &["identity.users:*"]).await, None).await;
        let (path, own) = (format!("{USERS}/{ann}"), app.log_in_as(&ann));
        for (number, patch) in [json!({"password": "a password of the clerk"}), json!({"password": null}), json!({"email": "ann@clerk.example.org"})].iter().enumerate() {
            if number == 1 {
                assert_eq!(app.patch(&own, &path, "*", &json!({"password": "a password of Ann's own"})).await.status, 200, "one's own");
            }
            let refused = app.patch(&clerk, &path, "*", patch).await;
            assert_eq!(refused.status, 403, "{patch}: {}", refused.text);
            let operation = json!({"op": "update", "collection": "identity/users", "id": ann, "if_match": "*", "body": patch});
            assert_eq!(bulk(app, &clerk, operation).await, 403, "{patch}");
        }
        assert_eq!(app.patch(&clerk, &path, "*", &json!({"name": "Anne"})).await.status, 200);
        assert_eq!(app.patch(&own, &path, "*", &json!({"email": "anne@example.org"})).await.status, 200);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"password": "a password of the house"})).await.status, 200);
        assert!(steward::domains::identity::bootstrap::reset_password(&app.served.store, "anne@example.org").await.is_ok());
    }

    a_user_who_comes_back_has_no_password(app) {
        let made = app.make("identity/users", &json!({"email": "back@example.org", "name": "Back", "password": "correct-horse-battery"})).await;
        assert_eq!(log_in(app, "back@example.org", "correct-horse-battery").await, 200);
        assert_eq!(app.delete(&app.admin, &format!("{USERS}/{}", text(&made["id"])), "*").await.status, 204);
        assert_eq!(restore(app, &app.admin, &text(&made["id"])).await.status, 200);
        assert_eq!(log_in(app, "back@example.org", "correct-horse-battery").await, 400);
        let again = json!({"password": "another-horse-battery"});
        assert_eq!(app.patch(&app.admin, &format!("{USERS}/{}", text(&made["id"])), "*", &again).await.status, 200);
        assert_eq!(log_in(app, "back@example.org", "another-horse-battery").await, 200);
    }

    the_last_administrator_stays(app) {
        let admin = app.admin.id.unwrap().to_string();
        let administrator = built_in(app, "administrator").await;
        let own_grant = text(&app.get(&app.admin, &format!("{GRANTS}?principal_id={admin}")).await.body["data"][0]["id"]);
        let (user, first) = (format!("{USERS}/{admin}"), format!("{GRANTS}/{own_grant}"));
        let refused = async || {
            let deleted = app.delete(&app.admin, &first, "*").await;
            assert_eq!((deleted.status, deleted.broken()), (409, vec![" last_administrator".to_owned()]), "{}", deleted.text);
            let disabled = app.transition(&app.admin, &user, "disabled").await;
            assert_eq!((disabled.status, disabled.broken()), (409, vec![" last_administrator".to_owned()]), "{}", disabled.text);
            let moves = app.get(&app.admin, &format!("{user}/transitions")).await;
            assert_eq!(moves.body["data"][0]["unmet"][0]["code"], json!("last_administrator"));
            assert_eq!(bulk(app, &app.admin, json!({"op": "delete", "collection": "identity/grants", "id": own_grant, "if_match": "*"})).await, 409);
            assert_eq!(app.delete(&app.admin, &user, "*").await.broken(), [" last_administrator"]);
        };
        refused().await;
        // Neither a program, nor a disabled user, nor one who may do everything in one unit, nor one who cannot log in takes the place.
        let robot = app.sample("identity/service-accounts", "robot").await;
        let robot = text(&app.make("identity/service-accounts", &robot.into()).await["id"]);
        grant(app, &robot, &administrator, None).await;
        let disabled = who_administers(app).await.id.unwrap();
        assert_eq!(app.transition(&app.admin, &format!("{USERS}/{disabled}"), "disabled").await.status, 200);
        app.actor("administrator", Some(&app.root_unit().await)).await;
        app.actor("administrator", None).await;
        refused().await;
        let password = app.patch(&app.admin, &user, "*", &json!({"password": null})).await;
        assert_eq!((password.status, password.broken()), (409, vec![" last_administrator".to_owned()]), "{}", password.text);
        // A role of one's own with everything does, until it loses that.
        let root = role(app, "root", &["*.*:*", "teams.units:read"]).await;
        let second = app.make("identity/users", &json!({"email": "second@example.org", "name": "Second", "password": "correct-horse-battery"})).await;
        let second = app.log_in_as(&text(&second["id"]));
        let second_grant = grant(app, &second.id.unwrap().to_string(), &root, None).await;
        assert_eq!(app.delete(&second, &first, "*").await.status, 204);
        let role_path = format!("{ROLES}/{root}");
        let narrowed = app.patch(&second, &role_path, "*", &json!({"permissions": ["identity.*:*"]})).await;
        assert_eq!((narrowed.status, narrowed.broken()), (409, vec![" last_administrator".to_owned()]), "{}", narrowed.text);
        assert_eq!(app.patch(&second, &role_path, "*", &json!({"permissions": ["*.*:*"]})).await.status, 200, "that takes nothing of it");
        assert_eq!(app.delete(&second, &format!("{GRANTS}/{second_grant}"), "*").await.status, 409);
        assert_eq!(app.transition(&second, &format!("{USERS}/{}", second.id.unwrap()), "disabled").await.status, 409);
        let own = json!({"principal_id": admin, "role_id": administrator, "unit_id": null});
        assert_eq!(app.post(&second, GRANTS, &own).await.status, 201);
        assert_eq!(app.patch(&second, &role_path, "*", &json!({"permissions": ["identity.*:*"]})).await.status, 200);
    }

    who_comes_through_an_active_provider_can_log_in_without_a_password(app) {
        let admin = app.admin.id.unwrap().to_string();
        let user = format!("{USERS}/{admin}");
        let second = app.actor("administrator", None).await;
        let entry = json!({"code": "P", "name": "P", "issuer": "https://id.example.org", "audiences": ["steward"]});
        let provider = text(&app.make("identity/identity-providers", &entry).await["id"]);
        let path = format!("/api/v1/identity/identity-providers/{provider}");
        let without = async || app.patch(&app.admin, &user, "*", &json!({"password": null})).await.status;
        assert_eq!(without().await, 409, "the other one has nothing to log in with");
        app.make("identity/external-identities", &json!({"provider_id": provider, "subject": "second", "user_id": second.id.unwrap().to_string()})).await;
        assert_eq!(app.transition(&app.admin, &path, "disabled").await.status, 200);
        assert_eq!(without().await, 409, "the provider lets nobody in");
        assert_eq!(app.transition(&app.admin, &path, "active").await.status, 200);
        assert_eq!(without().await, 200);
        // The same where it is one's own account that is linked.
        let again = json!({"password": "correct-horse-battery"});
        assert_eq!(app.patch(&second, &user, "*", &again).await.status, 200);
        let linked = app.get(&second, "/api/v1/identity/external-identities?subject=second").await.body["data"][0]["id"].clone();
        assert_eq!(app.delete(&second, &format!("/api/v1/identity/external-identities/{}", text(&linked)), "*").await.status, 204);
        app.post(&second, "/api/v1/identity/external-identities", &json!({"provider_id": provider, "subject": "first", "user_id": admin})).await;
        assert_eq!(app.patch(&second, &user, "*", &json!({"password": null})).await.status, 200);
    }

    of_two_administrators_who_remove_each_other_at_once_one_stays(app) {
        let all = built_in(app, "administrator").await;
        for round in 0..6 {
            let (ann, bob) = (who_administers(app).await, who_administers(app).await);
            let find = async |actor: &Actor| text(&app.get(&app.admin, &format!("{GRANTS}?principal_id={}", actor.id.unwrap())).await.body["data"][0]["id"]);
            let (anns, bobs) = (find(&ann).await, find(&bob).await);
            let admin = app.admin.id.unwrap();
            let own = text(&app.get(&ann, &format!("{GRANTS}?principal_id={admin}")).await.body["data"][0]["id"]);
            assert_eq!(app.delete(&ann, &format!("{GRANTS}/{own}"), "*").await.status, 204);
            let (first, second) = match round % 3 {
                0 => {
                    let (anns, bobs) = (format!("{GRANTS}/{anns}"), format!("{GRANTS}/{bobs}"));
                    futures_util::future::join(app.delete(&bob, &anns, "*"), app.delete(&ann, &bobs, "*")).await
                }
                1 => {
                    let (ann_user, bob_user) = (format!("{USERS}/{}", ann.id.unwrap()), format!("{USERS}/{}", bob.id.unwrap()));
                    futures_util::future::join(app.transition(&bob, &ann_user, "disabled"), app.transition(&ann, &bob_user, "disabled")).await
                }
                _ => {
                    let (anns, bob_user) = (format!("{GRANTS}/{anns}"), format!("{USERS}/{}", bob.id.unwrap()));
                    futures_util::future::join(app.delete(&bob, &anns, "*"), app.transition(&ann, &bob_user, "disabled")).await
                }
            };
            let done = [first.status, second.status].iter().filter(|status| matches!(**status, 200 | 204)).count();
            assert_eq!(done, 1, "{} {}", first.text, second.text);
            // Whoever is left brings the first one back, and goes.
            let mut left = None;
            for actor in [&ann, &bob] {
                if app.post(actor, GRANTS, &json!({"principal_id": admin.to_string(), "role_id": all, "unit_id": null})).await.status == 201 {
                    left = Some(actor.clone());
                }
            }
            let left = left.expect("somebody may do everything");
            assert_eq!(app.transition(&app.admin, &format!("{USERS}/{}", left.id.unwrap()), "disabled").await.status, 200);
        }
    }

    who_has_grants_is_disabled_and_not_deleted(app) {
        let owner = app.sample("identity/service-accounts", "robot").await;
        let robot = text(&app.make("identity/service-accounts", &owner.into()).await["id"]);
        let user = app.stranger().await.id.unwrap().to_string();
        for (collection, id) in [(ACCOUNTS, &robot), (USERS, &user)] {
            let path = format!("{collection}/{id}");
            let given = grant(app, id, &built_in(app, "member").await, None).await;
            assert_eq!(app.delete(&app.admin, &path, "*").await.broken(), [" in_use"]);
            assert_eq!(app.transition(&app.admin, &path, "disabled").await.status, 200);
            assert_eq!(app.delete(&app.admin, &format!("{GRANTS}/{given}"), "*").await.status, 204);
            assert_eq!(app.delete(&app.admin, &path, "*").await.status, 204);
        }
    }

    a_unit_moves_only_to_where_nobody_holds_more_on_it_than_who_moves_it(app) {
        let root = app.root_unit().await;
        let (own, other) = (app.unit("OWN", &root).await, app.unit("OTHER", &root).await);
        let mover = app.stranger().await;
        let id = mover.id.unwrap().to_string();
        grant(app, &id, &role(app, "moves", &["teams.units:*"]).await, None).await;
        let mut risk: Value = app.sample("security/risks", "hidden").await.into();
        risk["unit_id"] = other.clone().into();
        let risk = format!("/api/v1/security/risks/{}", text(&app.make("security/risks", &risk).await["id"]));
        let path = format!("/api/v1/teams/units/{other}");
        assert_eq!(app.patch(&mover, &path, "*", &json!({"parent_id": own})).await.status, 200, "nobody holds anything there");
        assert_eq!(app.patch(&mover, &path, "*", &json!({"parent_id": root})).await.status, 200);
        let reads = role(app, "reads_risks", &["security.risks:read"]).await;
        let friend = app.stranger().await;
        for (principal, actor) in [(id.clone(), &mover), (friend.id.unwrap().to_string(), &friend)] {
            let given = grant(app, &principal, &reads, Some(&own)).await;
            let moved = json!({"parent_id": own});
            assert_eq!(app.patch(&mover, &path, "*", &moved).await.status, 403, "it would open what stands in it");
            assert_eq!(bulk(app, &mover, json!({"op": "update", "collection": "teams/units", "id": other, "if_match": "*", "body": moved})).await, 403);
            assert_eq!(app.get(actor, &risk).await.status, 404);
            assert_eq!(app.patch(&app.admin, &path, "*", &moved).await.status, 200);
            assert_eq!(app.get(actor, &risk).await.status, 200);
            assert_eq!(app.patch(&app.admin, &path, "*", &json!({"parent_id": root})).await.status, 200);
            app.delete(&app.admin, &format!("{GRANTS}/{given}"), "*").await;
        }
    }
}
