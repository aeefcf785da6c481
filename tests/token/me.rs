//! What a frontend learns of who is logged in.

use super::{PASSWORD, access_token, log_in, parts, user};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

async fn me(app: &TestApp, actor: &Actor) -> Value {
    app.get(actor, "/api/v1/auth/me").await.body
}

fn names(me: &Value) -> Vec<&str> {
    me["units"].as_array().unwrap().iter().map(|unit| unit["name"].as_str().unwrap()).collect()
}

on_both! {
    somebody_is_told_who_they_are_and_what_they_reach(app) {
        let root = app.root_unit().await;
        let own = app.unit("OWN", &root).await;
        app.unit("SUB", &own).await;
        app.unit("OTHER", &root).await;
        let (id, email) = user(app).await;
        let role = app.get(&app.admin, "/api/v1/identity/roles?code=member").await.body["data"][0]["id"].clone();
        app.make("identity/grants", &json!({"principal_id": id, "role_id": role, "unit_id": own})).await;
        let token = access_token(&log_in(app, &email, PASSWORD).await);
        let told = me(app, &Actor { id: None, token: Some(token.clone()) }).await;
        assert_eq!((&told["id"], &told["kind"], &told["name"], &told["email"]), (&json!(id), &json!("user"), &json!("Somebody"), &json!(email)));
        assert_eq!((&told["person_id"], &told["session"]["id"]), (&Value::Null, &parts(&token).1["sid"]));
        assert_eq!(told["session"]["started_at"], "2026-06-15T09:00:00.000000Z");
        assert_eq!(names(&told), ["OWN", "SUB"]);
        assert_eq!(told["units"][1]["parent_id"], json!(own));
        assert!(told["permissions"].as_array().unwrap().contains(&json!({"permission": "teams.units:read", "unit_id": own, "own": false})));
    }

    units_that_somebody_may_not_read_are_not_named(app) {
        let own = app.unit("OWN", &app.root_unit().await).await;
        let actor = app.stranger().await;
        assert_eq!(me(app, &actor).await["units"], json!([]));
        let role = app.make("identity/roles", &json!({"code": "blind", "name": "Blind", "permissions": ["governance.controls:read"]})).await["id"].clone();
        app.make("identity/grants", &json!({"principal_id": actor.id.unwrap().to_string(), "role_id": role, "unit_id": own})).await;
        let told = me(app, &actor).await;
        assert_eq!((told["units"].clone(), told["permissions"].as_array().map(Vec::len)), (json!([]), Some(1)));
        assert!(names(&me(app, &app.admin).await).contains(&"OWN"), "who may do everything reaches everything");
    }
}
