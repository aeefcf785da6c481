//! Giving authority: an approval of its own, never of more than one holds, and never to oneself.

use super::*;
use crate::on_both;

async fn give(app: &TestApp, actor: &Actor, id: &str) -> Answer {
    app.transition(actor, &at("governance/delegations", id), "active").await
}

on_both! {
    a_delegation_is_put_into_force_by_a_second_person_who_does_not_get_it(app) {
        let [ann, ben] = [colleague(app, "Ann Lee", "administrator", None).await, colleague(app, "Ben Ode", "administrator", None).await];
        let id = draft(app, &ann.person, json!({"deputy_id": ben.person})).await;
        assert_eq!(give(app, &app.admin, &id).await.broken(), [" four_eyes"]);
        for taker in [&ann, &ben] {
            assert_eq!(give(app, &taker.actor, &id).await.broken(), ["/holder_id itself"]);
        }
        let other = account(app, &ann.person, "administrator", None).await;
        assert_eq!(give(app, &other, &id).await.broken(), ["/holder_id itself"], "another account is the same person");
        assert_eq!(give(app, &app.second_admin().await, &id).await.status, 200);
        let mine = json!({"holder_id": ann.person, "delegator_id": ann.person, "step": "strategy.initiatives:approve", "starts_on": "2026-01-01", "ends_on": "2026-12-31"});
        assert_eq!(app.post(&app.admin, "/api/v1/governance/delegations", &mine).await.broken(), ["/delegator_id itself"]);
        let role = app.get(&app.admin, "/api/v1/identity/roles?code=administrator").await.body["data"][0]["id"].clone();
        let id = draft(app, role.as_str().unwrap(), json!({})).await;
        assert_eq!(give(app, &app.second_admin().await, &id).await.broken()[0], "/holder_id itself", "nor to a role that one has");
    }

    nobody_gives_more_than_they_hold_unless_a_body_has_decided_it(app) {
        let [ann, ben, eve] = [
            colleague(app, "Ann Lee", "administrator", None).await,
            colleague(app, "Ben Ode", "administrator", None).await,
            colleague(app, "Eve Poe", "administrator", None).await,
        ];
        let body = json!({"single_limit": euros("100.00"), "cumulative_limit": euros("1000.00"), "ends_on": "2026-09-30"});
        delegation(app, &ann.person, body).await;
        let tries = [
            (json!({"single_limit": euros("100.01"), "cumulative_limit": euros("200.00"), "ends_on": "2026-09-30"}), false),
            (json!({"single_limit": euros("100.00"), "cumulative_limit": euros("1000.01"), "ends_on": "2026-09-30"}), false),
            (json!({"single_limit": euros("100.00"), "ends_on": "2026-09-30"}), false),
            (json!({"single_limit": euros("100.00"), "cumulative_limit": euros("1000.00"), "ends_on": "2026-10-01"}), false),
            (json!({"single_limit": euros("100.00"), "cumulative_limit": euros("1000.00"), "ends_on": "2026-09-30"}), true),
        ];
        for (limits, passes) in tries {
            let id = draft(app, &ben.person, limits.clone()).await;
            let stranger = give(app, &eve.actor, &id).await;
            assert_eq!(stranger.broken(), ["/single_limit exceeds"], "{limits} {}", stranger.text);
            let given = give(app, &ann.actor, &id).await;
            assert_eq!(given.status, if passes { 200 } else { 409 }, "{limits} {}", given.text);
        }
        let more = draft(app, &ben.person, json!({"single_limit": euros("5000.00"), "decision_id": decision(app).await})).await;
        assert_eq!(give(app, &eve.actor, &more).await.status, 200, "an approved decision is bound by nobody's own limits");
        // Nor without the permission itself.
        let permissions = ["governance.delegations:read", "governance.delegations:activate"];
        app.make("identity/roles", &json!({"code": "registrar", "name": "Registrar", "permissions": permissions})).await;
        let registrar = colleague(app, "Rea Orr", "registrar", None).await;
        let id = draft(app, &ben.person, json!({"step": "vendors.requisitions:approve"})).await;
        assert_eq!(give(app, &registrar.actor, &id).await.broken(), ["/step exceeds"]);
        let named = draft(app, &ben.person, json!({"step": "vendors.requisitions:approve", "delegator_id": ann.person})).await;
        assert_eq!(give(app, &eve.actor, &named).await.broken(), ["/delegator_id delegator"]);
        assert_eq!(give(app, &ann.actor, &named).await.status, 200);
    }

    what_is_delegated_stays_and_only_the_deputy_changes_named_by_somebody_else(app) {
        let [ann, dee] = [colleague(app, "Ann Lee", "administrator", None).await, colleague(app, "Dee Fox", "administrator", None).await];
        let id = delegation(app, &ann.person, json!({"unit_id": app.unit("LAB", &app.root_unit().await).await})).await;
        let path = at("governance/delegations", &id);
        let change = async |actor: &Actor, body: Value| app.patch(actor, &path, "*", &body).await;
        assert_eq!(change(&app.admin, json!({"unit_id": app.root_unit().await})).await.broken(), ["/unit_id frozen"]);
        assert_eq!(change(&app.admin, json!({"single_limit": euros("1.00")})).await.broken(), ["/single_limit frozen"]);
        assert_eq!(change(&dee.actor, json!({"deputy_id": dee.person})).await.broken(), ["/deputy_id itself"]);
        assert_eq!(change(&ann.actor, json!({"deputy_id": dee.person, "deputy_ends_on": "2026-06-20"})).await.status, 200);
        assert_eq!(change(&dee.actor, json!({"deputy_ends_on": "2026-06-30"})).await.broken(), ["/deputy_id itself"], "nor stands in for longer");
        assert_eq!(change(&ann.actor, json!({"deputy_ends_on": "2027-01-01"})).await.broken(), ["/deputy_ends_on range"]);
        assert_eq!(app.delete(&app.admin, &path, "*").await.broken(), [" not_deletable"]);
        let useless = json!({"holder_id": ann.person, "step": "strategy.initiatives:start", "starts_on": "2026-01-01", "ends_on": "2026-12-31"});
        assert_eq!(app.post(&app.admin, "/api/v1/governance/delegations", &useless).await.broken(), ["/step step"], "that move approves nothing");
    }
}
