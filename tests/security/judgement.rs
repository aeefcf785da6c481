//! What a judgement is worth: as long as it says, and only to who sees what it rests on.

use super::{assessed, made, moved, place, position, published, ransomware};
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::value::Instant;

on_both! {
    who_does_not_see_the_controls_of_a_risk_is_told_that_what_they_leave_is_unknown(app) {
        let id = ransomware(app, &published(app, "RM").await).await;
        assessed(app, &id, "inherent", 3, 2).await;
        let role = json!({"code": "r", "name": "R", "permissions": ["security.*:read"]});
        let role = made(app, "identity/roles", role).await;
        let reader = app.stranger().await;
        app.make("identity/grants", &json!({"principal_id": reader.id.unwrap().to_string(), "role_id": role, "unit_id": null})).await;
        let (all, some) = (position(app, &app.admin, &id).await, position(app, &reader, &id).await);
        assert_eq!((place(&all, "current"), &all["partial"]), (json!([2, 2, 2, true]), &json!(false)));
        assert_eq!((place(&some, "current"), &some["partial"]), (Value::Null, &json!(true)), "another level would be a wrong one: {some}");
        assert_eq!((&some["current_frequency"], &some["inherent_frequency"]), (&Value::Null, &json!(2.2)));
    }

    that_a_risk_is_judged_otherwise_than_computed_ends_with_its_day_or_when_it_is_withdrawn(app) {
        let id = ransomware(app, &published(app, "RM").await).await;
        assessed(app, &id, "inherent", 3, 2).await;
        let otherwise = json!({"risk_id": id, "stage": "current", "likelihood": 1, "impact": 1, "assessed_on": "2026-06-01", "override_reason": "The service is off.", "expires_on": "2026-06-30"});
        let first = made(app, "security/risk-assessments", otherwise.clone()).await;
        moved(app, &app.second_admin().await, "security/risk-assessments", &first, "confirmed").await;
        assert_eq!(place(&position(app, &app.admin, &id).await, "current"), json!([1, 1, 1, false]));
        moved(app, &app.admin, "security/risk-assessments", &first, "withdrawn").await;
        assert_eq!(place(&position(app, &app.admin, &id).await, "current"), json!([2, 2, 2, true]), "withdrawn, it counts no more");
        let second = made(app, "security/risk-assessments", otherwise.clone()).await;
        moved(app, &app.second_admin().await, "security/risk-assessments", &second, "confirmed").await;
        app.clock.set(Instant::parse("2026-07-01T09:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        assert_eq!(position(app, &admin, &id).await["current"]["computed"], json!(true), "its day has passed");
        let mut long = otherwise;
        long["expires_on"] = "2028-06-01".into();
        let refused = app.post(&admin, "/api/v1/security/risk-assessments", &long).await;
        assert_eq!((refused.status, refused.broken()), (422, vec!["/expires_on too_long".to_owned()]));
    }
}
