//! Nobody gives what they lack, nobody touches who is stronger, and somebody is always left who may do everything.

use crate::harness::{Actor, Answer, House};
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

async fn role(house: &House, code: &str, permissions: &[&str]) -> String {
    text(&house.make("identity/roles", &json!({"code": code, "name": code, "permissions": permissions})).await["id"])
}

async fn built_in(house: &House, code: &str) -> String {
    text(&house.get(&house.admin, &format!("{ROLES}?code={code}")).await.body["data"][0]["id"])
}

async fn grant(house: &House, principal: &str, role: &str, unit: Option<&str>) -> String {
    text(&house.make("identity/grants", &json!({"principal_id": principal, "role_id": role, "unit_id": unit})).await["id"])
}

/// Somebody who may do everything in identity, and little else.
async fn clerk(house: &House) -> Actor {
    let clerk = house.stranger().await;
    let role = role(house, "clerk", &["identity.*:*", "governance.controls:read", "teams.units:read", "teams.people:read"]).await;
    grant(house, &clerk.id.unwrap().to_string(), &role, None).await;
    clerk
}

/// An administrator who can log in.
async fn who_administers(house: &House) -> Actor {
    let email = format!("{}@example.org", steward::resource::Id::new());
    let user = house.make("identity/users", &json!({"email": email, "name": "Somebody", "password": "correct-horse-battery"})).await;
    grant(house, &text(&user["id"]), &built_in(house, "administrator").await, None).await;
    house.log_in_as(&text(&user["id"]))
}

async fn bulk(house: &House, actor: &Actor, operation: Value) -> u64 {
    let answer = house.post(actor, "/api/v1/platform/bulk", &json!({"operations": [operation]})).await;
    answer.body["results"][0]["status"].as_u64().unwrap_or_else(|| panic!("{}", answer.text))
}

async fn import(house: &House, actor: &Actor, collection: &str, row: &Value) -> (u16, Value) {
    let answer = house.call(actor, "POST", &format!("/api/v1/platform/imports?collection={collection}"), &[LINES], Some(row.to_string())).await;
    (answer.status, answer.body["errors"][0]["code"].clone())
}

async fn restore(house: &House, actor: &Actor, id: &str) -> Answer {
    house.post(actor, &format!("/api/v1/platform/resources/{id}/restore"), &json!({})).await
}

async fn log_in(house: &House, email: &str, password: &str) -> u16 {
    house.form("/api/v1/auth/token", &format!("grant_type=password&username={}&password={password}", email.replace('@', "%40"))).await.status
}

on_both! {
    nobody_gives_what_they_lack_through_any_door(house) {
        let clerk = clerk(house).await;
        let (friend, all) = (house.stranger().await.id.unwrap().to_string(), built_in(house, "administrator").await);
        let stolen = json!({"principal_id": friend, "role_id": all, "unit_id": null});
        let wide = json!({"code": "wide", "name": "Wide", "permissions": ["security.risks:read"]});
        for (collection, body) in [("identity/grants", &stolen), ("identity/roles", &wide)] {
            assert_eq!(house.post(&clerk, &format!("/api/v1/{collection}"), body).await.status, 403, "{collection}");
            assert_eq!(house.post(&clerk, &format!("/api/v1/{collection}?dry_run=true"), body).await.status, 403, "{collection}");
            assert_eq!(bulk(house, &clerk, json!({"op": "create", "collection": collection, "body": body})).await, 403, "{collection}");
            assert_eq!(import(house, &clerk, collection, body).await, (422, json!("forbidden")), "{collection}");
            let gone = house.make(collection, body).await;
            let path = format!("/api/v1/{collection}/{}", text(&gone["id"]));
            assert_eq!(house.delete(&clerk, &path, "*").await.status, 403, "nor takes it: {collection}");
            assert_eq!(house.delete(&house.admin, &path, "*").await.status, 204);
            assert_eq!(restore(house, &clerk, &text(&gone["id"])).await.status, 403, "{collection}");
            assert_eq!(restore(house, &house.admin, &text(&gone["id"])).await.status, 200, "{collection}");
        }
        let account = house.sample("identity/service-accounts", "robot").await;
        let robot = house.make("identity/service-accounts", &account.into()).await;
        let to_robot = json!({"principal_id": robot["id"], "role_id": all, "unit_id": null});
        assert_eq!(house.post(&clerk, GRANTS, &to_robot).await.status, 403, "nor to a program");
        let own = built_in(house, "member").await;
        assert_eq!(house.post(&house.admin, GRANTS, &json!({"principal_id": robot["id"], "role_id": own, "unit_id": null})).await.status, 201);
        assert_eq!(house.post(&clerk, GRANTS, &json!({"principal_id": own, "role_id": own, "unit_id": null})).await.broken(), ["/principal_id reference"]);
    }

    a_role_beyond_ones_own_is_neither_widened_nor_narrowed_nor_renamed(house) {
        let clerk = clerk(house).await;
        let (mine, theirs) = (role(house, "mine", &["governance.controls:read"]).await, role(house, "theirs", &["governance.controls:read", "security.risks:read"]).await);
        let patch = async |id: &str, body: Value| house.patch(&clerk, &format!("{ROLES}/{id}"), "*", &body).await.status;
        assert_eq!(patch(&mine, json!({"permissions": ["governance.controls:read", "governance.controls:update"]})).await, 403);
        assert_eq!(patch(&mine, json!({"permissions": ["governance.controls:read", "teams.units:read"]})).await, 200);
        assert_eq!(patch(&mine, json!({"permissions": []})).await, 200);
        assert_eq!(patch(&theirs, json!({"permissions": ["governance.controls:read"]})).await, 403);
        assert_eq!(patch(&theirs, json!({"name": "Ours"})).await, 403);
        assert_eq!(bulk(house, &clerk, json!({"op": "update", "collection": "identity/roles", "id": theirs, "if_match": "*", "body": {"permissions": []}})).await, 403);
        assert_eq!(import(house, &clerk, "identity/roles", &json!({"code": "theirs", "permissions": []})).await, (422, json!("forbidden")));
        assert_eq!(house.delete(&clerk, &format!("{ROLES}/{theirs}"), "*").await.status, 403);
    }

    nobody_changes_an_account_that_may_do_what_they_may_not(house) {
        let clerk = clerk(house).await;
        let strong = house.actor("auditor", Some(&house.root_unit().await)).await.id.unwrap().to_string();
        let weak = house.stranger().await.id.unwrap().to_string();
        grant(house, &weak, &role(house, "reads", &["governance.controls:read"]).await, None).await;
        let owner = text(&house.make("teams/people", &json!({"name": "Owner", "email": "owner@example.org"})).await["id"]);
        let robot = text(&house.make("identity/service-accounts", &json!({"name": "Robot", "owner_id": owner})).await["id"]);
        grant(house, &robot, &built_in(house, "auditor").await, None).await;
        for (id, status) in [(&strong, 403), (&weak, 200)] {
            let path = format!("{USERS}/{id}");
            for patch in [json!({"password": "a password of the clerk"}), json!({"email": format!("{id}@clerk.example.org")}), json!({"name": "Renamed"})] {
                assert_eq!(house.patch(&clerk, &path, "*", &patch).await.status, status, "{patch}");
                let operation = json!({"op": "update", "collection": "identity/users", "id": id, "if_match": "*", "body": patch});
                assert_eq!(bulk(house, &clerk, operation).await, u64::from(status), "{patch}");
                let mut row = patch.clone();
                row["id"] = id.as_str().into();
                assert_eq!(import(house, &clerk, "identity/users", &row).await.0, if status == 200 { 200 } else { 422 }, "{patch}");
            }
            assert_eq!(house.delete(&clerk, &path, "*").await.status, if status == 200 { 409 } else { status }, "who may not does not learn what it is used by");
            assert_eq!(house.transition(&clerk, &path, "disabled").await.status, status);
            assert_eq!(house.transition(&house.admin, &path, "disabled").await.status, if status == 200 { 409 } else { 200 });
            assert_eq!(house.transition(&clerk, &path, "active").await.status, status, "what a disabled account may do it may do again");
        }
        let path = format!("{ACCOUNTS}/{robot}");
        assert_eq!(house.patch(&clerk, &path, "*", &json!({"name": "Mine"})).await.status, 403);
        assert_eq!(house.transition(&clerk, &path, "disabled").await.status, 403);
        assert_eq!(house.post(&clerk, &format!("{path}/renew-secret"), &json!({})).await.status, 403);
        assert_eq!(house.post(&house.admin, &format!("{path}/renew-secret"), &json!({})).await.status, 200);
        // One is as strong as oneself; a token that one made is not.
        let own = format!("{USERS}/{}", clerk.id.unwrap());
        assert_eq!(house.patch(&clerk, &own, "*", &json!({"name": "Clerk", "password": "a password of the clerk"})).await.status, 200);
        let token = house.post(&clerk, "/api/v1/identity/api-tokens", &json!({"name": "Users", "scopes": ["identity.users:*"]})).await;
        let narrow = Actor { id: clerk.id, token: Some(text(&token.body["token"])) };
        assert_eq!(house.patch(&narrow, &own, "*", &json!({"password": "a password of the thief"})).await.status, 403);
    }

    only_an_administrator_says_whose_account_it_is(house) {
        let clerk = clerk(house).await;
        let person = text(&house.make("teams/people", &json!({"name": "Ann", "email": "ann@example.org"})).await["id"]);
        let user = json!({"email": "ann@example.org", "name": "Ann", "person_id": person});
        assert_eq!(house.post(&clerk, USERS, &user).await.status, 403);
        assert_eq!(house.patch(&clerk, &format!("{USERS}/{}", clerk.id.unwrap()), "*", &json!({"person_id": person})).await.status, 403);
        let made = house.make("identity/users", &user).await;
        let path = format!("{USERS}/{}", text(&made["id"]));
        assert_eq!(house.patch(&clerk, &path, "*", &json!({"person_id": null})).await.status, 403);
        assert_eq!(house.patch(&clerk, &path, "*", &json!({"name": "Anne"})).await.status, 200);
        assert_eq!(house.delete(&clerk, &path, "*").await.status, 204);
        assert_eq!(restore(house, &clerk, &text(&made["id"])).await.status, 403);
        assert_eq!(restore(house, &house.admin, &text(&made["id"])).await.status, 200);
    }

    only_an_administrator_sets_what_a_person_logs_in_with(house) {
        let clerk = clerk(house).await;
        let person = text(&house.make("teams/people", &json!({"name": "Ann", "email": "ann@example.org"})).await["id"]);
        let ann = text(&house.make("identity/users", &json!({"email": "ann@example.org", "name": "Ann", "person_id": person})).await["id"]);
        grant(house, &ann, &role(house, "users", &["identity.users:*"]).await, None).await;
        let (path, own) = (format!("{USERS}/{ann}"), house.log_in_as(&ann));
        for (number, patch) in [json!({"password": "a password of the clerk"}), json!({"password": null}), json!({"email": "ann@clerk.example.org"})].iter().enumerate() {
            if number == 1 {
                assert_eq!(house.patch(&own, &path, "*", &json!({"password": "a password of Ann's own"})).await.status, 200, "one's own");
            }
            let refused = house.patch(&clerk, &path, "*", patch).await;
            assert_eq!(refused.status, 403, "{patch}: {}", refused.text);
            let operation = json!({"op": "update", "collection": "identity/users", "id": ann, "if_match": "*", "body": patch});
            assert_eq!(bulk(house, &clerk, operation).await, 403, "{patch}");
        }
        assert_eq!(house.patch(&clerk, &path, "*", &json!({"name": "Anne"})).await.status, 200);
        assert_eq!(house.patch(&own, &path, "*", &json!({"email": "anne@example.org"})).await.status, 200);
        assert_eq!(house.patch(&house.admin, &path, "*", &json!({"password": "a password of the house"})).await.status, 200);
        assert!(steward::domains::identity::house::reset_password(&house.served.store, "anne@example.org").await.is_ok());
    }

    a_user_who_comes_back_has_no_password(house) {
        let made = house.make("identity/users", &json!({"email": "back@example.org", "name": "Back", "password": "correct-horse-battery"})).await;
        assert_eq!(log_in(house, "back@example.org", "correct-horse-battery").await, 200);
        assert_eq!(house.delete(&house.admin, &format!("{USERS}/{}", text(&made["id"])), "*").await.status, 204);
        assert_eq!(restore(house, &house.admin, &text(&made["id"])).await.status, 200);
        assert_eq!(log_in(house, "back@example.org", "correct-horse-battery").await, 400);
        let again = json!({"password": "another-horse-battery"});
        assert_eq!(house.patch(&house.admin, &format!("{USERS}/{}", text(&made["id"])), "*", &again).await.status, 200);
        assert_eq!(log_in(house, "back@example.org", "another-horse-battery").await, 200);
    }

    the_last_administrator_stays(house) {
        let admin = house.admin.id.unwrap().to_string();
        let administrator = built_in(house, "administrator").await;
        let own_grant = text(&house.get(&house.admin, &format!("{GRANTS}?principal_id={admin}")).await.body["data"][0]["id"]);
        let (user, first) = (format!("{USERS}/{admin}"), format!("{GRANTS}/{own_grant}"));
        let refused = async || {
            let deleted = house.delete(&house.admin, &first, "*").await;
            assert_eq!((deleted.status, deleted.broken()), (409, vec![" last_administrator".to_owned()]), "{}", deleted.text);
            let disabled = house.transition(&house.admin, &user, "disabled").await;
            assert_eq!((disabled.status, disabled.broken()), (409, vec![" last_administrator".to_owned()]), "{}", disabled.text);
            let moves = house.get(&house.admin, &format!("{user}/transitions")).await;
            assert_eq!(moves.body["data"][0]["unmet"][0]["code"], json!("last_administrator"));
            assert_eq!(bulk(house, &house.admin, json!({"op": "delete", "collection": "identity/grants", "id": own_grant, "if_match": "*"})).await, 409);
            assert_eq!(house.delete(&house.admin, &user, "*").await.broken(), [" last_administrator"]);
        };
        refused().await;
        // Neither a program, nor a disabled user, nor one who may do everything in one unit, nor one who cannot log in takes the place.
        let robot = house.sample("identity/service-accounts", "robot").await;
        let robot = text(&house.make("identity/service-accounts", &robot.into()).await["id"]);
        grant(house, &robot, &administrator, None).await;
        let disabled = who_administers(house).await.id.unwrap();
        assert_eq!(house.transition(&house.admin, &format!("{USERS}/{disabled}"), "disabled").await.status, 200);
        house.actor("administrator", Some(&house.root_unit().await)).await;
        house.actor("administrator", None).await;
        refused().await;
        let password = house.patch(&house.admin, &user, "*", &json!({"password": null})).await;
        assert_eq!((password.status, password.broken()), (409, vec![" last_administrator".to_owned()]), "{}", password.text);
        // A role of one's own with everything does, until it loses that.
        let root = role(house, "root", &["*.*:*", "teams.units:read"]).await;
        let second = house.make("identity/users", &json!({"email": "second@example.org", "name": "Second", "password": "correct-horse-battery"})).await;
        let second = house.log_in_as(&text(&second["id"]));
        let second_grant = grant(house, &second.id.unwrap().to_string(), &root, None).await;
        assert_eq!(house.delete(&second, &first, "*").await.status, 204);
        let role_path = format!("{ROLES}/{root}");
        let narrowed = house.patch(&second, &role_path, "*", &json!({"permissions": ["identity.*:*"]})).await;
        assert_eq!((narrowed.status, narrowed.broken()), (409, vec![" last_administrator".to_owned()]), "{}", narrowed.text);
        assert_eq!(house.patch(&second, &role_path, "*", &json!({"permissions": ["*.*:*"]})).await.status, 200, "that takes nothing of it");
        assert_eq!(house.delete(&second, &format!("{GRANTS}/{second_grant}"), "*").await.status, 409);
        assert_eq!(house.transition(&second, &format!("{USERS}/{}", second.id.unwrap()), "disabled").await.status, 409);
        let own = json!({"principal_id": admin, "role_id": administrator, "unit_id": null});
        assert_eq!(house.post(&second, GRANTS, &own).await.status, 201);
        assert_eq!(house.patch(&second, &role_path, "*", &json!({"permissions": ["identity.*:*"]})).await.status, 200);
    }

    who_comes_through_an_active_provider_can_log_in_without_a_password(house) {
        let admin = house.admin.id.unwrap().to_string();
        let user = format!("{USERS}/{admin}");
        let second = house.actor("administrator", None).await;
        let entry = json!({"code": "P", "name": "P", "issuer": "https://id.example.org", "audiences": ["steward"]});
        let provider = text(&house.make("identity/identity-providers", &entry).await["id"]);
        let path = format!("/api/v1/identity/identity-providers/{provider}");
        let without = async || house.patch(&house.admin, &user, "*", &json!({"password": null})).await.status;
        assert_eq!(without().await, 409, "the other one has nothing to log in with");
        house.make("identity/external-identities", &json!({"provider_id": provider, "subject": "second", "user_id": second.id.unwrap().to_string()})).await;
        assert_eq!(house.transition(&house.admin, &path, "disabled").await.status, 200);
        assert_eq!(without().await, 409, "the provider lets nobody in");
        assert_eq!(house.transition(&house.admin, &path, "active").await.status, 200);
        assert_eq!(without().await, 200);
        // The same where it is one's own account that is linked.
        let again = json!({"password": "correct-horse-battery"});
        assert_eq!(house.patch(&second, &user, "*", &again).await.status, 200);
        let linked = house.get(&second, "/api/v1/identity/external-identities?subject=second").await.body["data"][0]["id"].clone();
        assert_eq!(house.delete(&second, &format!("/api/v1/identity/external-identities/{}", text(&linked)), "*").await.status, 204);
        house.post(&second, "/api/v1/identity/external-identities", &json!({"provider_id": provider, "subject": "first", "user_id": admin})).await;
        assert_eq!(house.patch(&second, &user, "*", &json!({"password": null})).await.status, 200);
    }

    of_two_administrators_who_remove_each_other_at_once_one_stays(house) {
        let all = built_in(house, "administrator").await;
        for round in 0..6 {
            let (ann, bob) = (who_administers(house).await, who_administers(house).await);
            let find = async |actor: &Actor| text(&house.get(&house.admin, &format!("{GRANTS}?principal_id={}", actor.id.unwrap())).await.body["data"][0]["id"]);
            let (anns, bobs) = (find(&ann).await, find(&bob).await);
            let admin = house.admin.id.unwrap();
            let own = text(&house.get(&ann, &format!("{GRANTS}?principal_id={admin}")).await.body["data"][0]["id"]);
            assert_eq!(house.delete(&ann, &format!("{GRANTS}/{own}"), "*").await.status, 204);
            let (first, second) = match round % 3 {
                0 => {
                    let (anns, bobs) = (format!("{GRANTS}/{anns}"), format!("{GRANTS}/{bobs}"));
                    futures_util::future::join(house.delete(&bob, &anns, "*"), house.delete(&ann, &bobs, "*")).await
                }
                1 => {
                    let (ann_user, bob_user) = (format!("{USERS}/{}", ann.id.unwrap()), format!("{USERS}/{}", bob.id.unwrap()));
                    futures_util::future::join(house.transition(&bob, &ann_user, "disabled"), house.transition(&ann, &bob_user, "disabled")).await
                }
                _ => {
                    let (anns, bob_user) = (format!("{GRANTS}/{anns}"), format!("{USERS}/{}", bob.id.unwrap()));
                    futures_util::future::join(house.delete(&bob, &anns, "*"), house.transition(&ann, &bob_user, "disabled")).await
                }
            };
            let done = [first.status, second.status].iter().filter(|status| matches!(**status, 200 | 204)).count();
            assert_eq!(done, 1, "{} {}", first.text, second.text);
            // Whoever is left brings the first one back, and goes.
            let mut left = None;
            for actor in [&ann, &bob] {
                if house.post(actor, GRANTS, &json!({"principal_id": admin.to_string(), "role_id": all, "unit_id": null})).await.status == 201 {
                    left = Some(actor.clone());
                }
            }
            let left = left.expect("somebody may do everything");
            assert_eq!(house.transition(&house.admin, &format!("{USERS}/{}", left.id.unwrap()), "disabled").await.status, 200);
        }
    }

    who_has_grants_is_disabled_and_not_deleted(house) {
        let owner = house.sample("identity/service-accounts", "robot").await;
        let robot = text(&house.make("identity/service-accounts", &owner.into()).await["id"]);
        let user = house.stranger().await.id.unwrap().to_string();
        for (collection, id) in [(ACCOUNTS, &robot), (USERS, &user)] {
            let path = format!("{collection}/{id}");
            let given = grant(house, id, &built_in(house, "member").await, None).await;
            assert_eq!(house.delete(&house.admin, &path, "*").await.broken(), [" in_use"]);
            assert_eq!(house.transition(&house.admin, &path, "disabled").await.status, 200);
            assert_eq!(house.delete(&house.admin, &format!("{GRANTS}/{given}"), "*").await.status, 204);
            assert_eq!(house.delete(&house.admin, &path, "*").await.status, 204);
        }
    }

    a_unit_moves_only_to_where_nobody_holds_more_on_it_than_who_moves_it(house) {
        let root = house.root_unit().await;
        let (own, other) = (house.unit("OWN", &root).await, house.unit("OTHER", &root).await);
        let mover = house.stranger().await;
        let id = mover.id.unwrap().to_string();
        grant(house, &id, &role(house, "moves", &["teams.units:*"]).await, None).await;
        let mut risk: Value = house.sample("security/risks", "hidden").await.into();
        risk["unit_id"] = other.clone().into();
        let risk = format!("/api/v1/security/risks/{}", text(&house.make("security/risks", &risk).await["id"]));
        let path = format!("/api/v1/teams/units/{other}");
        assert_eq!(house.patch(&mover, &path, "*", &json!({"parent_id": own})).await.status, 200, "nobody holds anything there");
        assert_eq!(house.patch(&mover, &path, "*", &json!({"parent_id": root})).await.status, 200);
        let reads = role(house, "reads_risks", &["security.risks:read"]).await;
        let friend = house.stranger().await;
        for (principal, actor) in [(id.clone(), &mover), (friend.id.unwrap().to_string(), &friend)] {
            let given = grant(house, &principal, &reads, Some(&own)).await;
            let moved = json!({"parent_id": own});
            assert_eq!(house.patch(&mover, &path, "*", &moved).await.status, 403, "it would open what stands in it");
            assert_eq!(bulk(house, &mover, json!({"op": "update", "collection": "teams/units", "id": other, "if_match": "*", "body": moved})).await, 403);
            assert_eq!(house.get(actor, &risk).await.status, 404);
            assert_eq!(house.patch(&house.admin, &path, "*", &moved).await.status, 200);
            assert_eq!(house.get(actor, &risk).await.status, 200);
            assert_eq!(house.patch(&house.admin, &path, "*", &json!({"parent_id": root})).await.status, 200);
            house.delete(&house.admin, &format!("{GRANTS}/{given}"), "*").await;
        }
    }
}
