//! Whose hands a record has gone through: who moved it towards its approval, and who only looked at it.

use super::*;
use crate::on_both;

async fn go(app: &TestApp, actor: &Actor, path: &str, to: &str) -> Answer {
    app.transition(actor, path, to).await
}

async fn three(app: &TestApp) -> [Colleague; 3] {
    [
        colleague(app, "Ann Lee", "administrator", None).await,
        colleague(app, "Ben Ode", "administrator", None).await,
        colleague(app, "Eve Poe", "administrator", None).await,
    ]
}

on_both! {
    who_submitted_does_not_approve_although_somebody_else_has_assessed_it_since(app) {
        let [ann, ben, eve] = three(app).await;
        let change = json!({"title": "Patch the gateway", "risk": "low", "impact": "low"});
        let path = at("infrastructure/changes", &app.post(&ann.actor, "/api/v1/infrastructure/changes", &change).await.id());
        assert_eq!(go(app, &ann.actor, &path, "submitted").await.status, 200);
        assert_eq!(go(app, &ben.actor, &path, "assessed").await.status, 200);
        for hand in [&ann, &ben] {
            assert_eq!(go(app, &hand.actor, &path, "approved").await.broken(), [" four_eyes"]);
        }
        let pending = app.get(&ann.actor, "/api/v1/governance/approvals/pending?kind=infrastructure/changes").await.body;
        assert_eq!(pending["total_count"], json!(0), "{pending}");
        assert_eq!(go(app, &eve.actor, &path, "approved").await.status, 200);
    }

    who_sends_back_has_submitted_nothing(app) {
        let [ann, ben, _] = three(app).await;
        let evidence = app.served.store.definitions.get("governance/evidence").unwrap();
        let made = app.make_ready(evidence, "sent-back").await;
        let path = at("governance/evidence", made["id"].as_str().unwrap());
        for (actor, to) in [(&ann, "submitted"), (&ben, "rejected"), (&ann, "submitted")] {
            let moved = go(app, &actor.actor, &path, to).await;
            assert_eq!(moved.status, 200, "{to}: {}", moved.text);
        }
        assert_eq!(go(app, &ann.actor, &path, "accepted").await.broken(), [" four_eyes"]);
        let accepted = go(app, &ben.actor, &path, "accepted").await;
        assert_eq!(accepted.status, 200, "{}", accepted.text);
    }

    who_fills_what_the_move_asks_for_may_make_it_and_who_changes_more_may_not(app) {
        let [ann, ben, eve] = three(app).await;
        let finding = app.make_ready(app.served.store.definitions.get("governance/findings").unwrap(), "filled").await;
        let made = async |code: &str| {
            let body = json!({"title": code, "finding_id": finding["id"], "due_on": "2026-12-31", "completed_on": "2026-06-14"});
            let made = app.post(&ann.actor, "/api/v1/governance/corrective-actions", &body).await;
            assert_eq!(made.status, 201, "{}", made.text);
            let path = at("governance/corrective-actions", &made.id());
            for to in ["in_progress", "done"] {
                let moved = go(app, &ann.actor, &path, to).await;
                assert_eq!(moved.status, 200, "{to}: {}", moved.text);
            }
            path
        };
        let verified = json!({"verification": "Looked at the configuration."});
        let (filled, changed) = (made("Filled").await, made("Changed").await);
        assert_eq!(app.patch(&ben.actor, &filled, "*", &verified).await.status, 200);
        assert_eq!(go(app, &ben.actor, &filled, "verified").await.status, 200);
        assert_eq!(app.patch(&eve.actor, &changed, "*", &json!({"title": "Another"})).await.status, 200);
        assert_eq!(app.patch(&eve.actor, &changed, "*", &verified).await.status, 200);
        assert_eq!(go(app, &eve.actor, &changed, "verified").await.broken(), [" four_eyes"]);
    }

    what_was_approved_is_not_made_dearer_afterwards(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        let id = initiative(app, "I-1", euros("10.00"), None).await;
        let path = at("strategy/initiatives", &id);
        let dearer = json!({"estimated_cost": euros("10.01")});
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"estimated_cost": euros("9.00")})).await.status, 200);
        assert_eq!(approve(app, &ann.actor, &id).await.status, 200);
        let refused = app.patch(&app.admin, &path, "*", &dearer).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/estimated_cost frozen".to_owned()]), "{}", refused.text);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"description": "Said better."})).await.status, 200);
    }

    nobody_approves_their_own_hours_whoever_wrote_them_down(app) {
        let [ann, ben, eve] = three(app).await;
        let mut body = app.sample("projects/time-entries", "hours").await;
        body.insert("person_id".into(), ann.person.clone().into());
        let made = app.post(&ben.actor, "/api/v1/projects/time-entries", &Value::Object(body)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = at("projects/time-entries", &made.id());
        assert_eq!(go(app, &ben.actor, &path, "submitted").await.status, 200);
        assert_eq!(go(app, &ann.actor, &path, "approved").await.broken(), ["/person_id own"]);
        assert_eq!(go(app, &eve.actor, &path, "approved").await.status, 200);
    }
}
