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
        let decision = decision(app).await;
        let more = draft(app, &ben.person, json!({"single_limit": euros("5000.00"), "decision_id": decision})).await;
        assert_eq!(give(app, &eve.actor, &more).await.broken(), ["/decision_id decision"], "it is only proposed");
        decided(app, &decision, &more).await;
        let other = draft(app, &ben.person, json!({"single_limit": euros("9000.00"), "decision_id": decision})).await;
        assert_eq!(give(app, &eve.actor, &other).await.broken(), ["/decision_id decision"], "it is about another delegation");
        assert_eq!(give(app, &eve.actor, &more).await.status, 200, "what a body has decided is bound by nobody's own limits");
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

    a_decision_of_one_person_gives_no_authority_nor_one_from_before_a_change(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        let alone = json!({"title": "Alone", "rationale": "I say so."});
        let alone = app.make("governance/decisions", &alone).await["id"].as_str().unwrap().to_owned();
        let id = draft(app, &ann.person, json!({"decision_id": alone})).await;
        assert_eq!(app.patch(&app.admin, &at("governance/decisions", &alone), "*", &json!({"subject_id": id})).await.status, 200);
        let second = app.second_admin().await;
        assert_eq!(app.transition(&second, &at("governance/decisions", &alone), "approved").await.status, 200);
        assert_eq!(give(app, &second, &id).await.broken(), ["/decision_id decision"]);

        let decision = decision(app).await;
        let id = draft(app, &ann.person, json!({"decision_id": decision, "single_limit": euros("10.00")})).await;
        decided(app, &decision, &id).await;
        app.clock.set(app.clock.now().plus_seconds(1));
        assert_eq!(app.patch(&app.admin, &at("governance/delegations", &id), "*", &json!({"single_limit": euros("1000.00")})).await.status, 200);
        assert_eq!(give(app, &second, &id).await.broken(), ["/decision_id decision"], "it was changed since");
    }

    authority_is_given_to_who_can_use_it(app) {
        let reader = colleague(app, "Rea Orr", "auditor", None).await;
        let id = draft(app, &reader.person, json!({})).await;
        assert_eq!(give(app, &app.second_admin().await, &id).await.broken()[0], "/holder_id cannot_act");
    }

    members_cast_their_own_votes_and_the_service_says_when(app) {
        let decision = decision(app).await;
        let path = at("governance/decisions", &decision);
        let vote = |cast_on: Value, person: &str| json!({"votes": [{"person_id": person, "ballot": "for", "cast_on": cast_on}]});
        let second = app.person_of_second().await;
        assert_eq!(app.patch(&app.admin, &path, "*", &vote(Value::Null, &second)).await.broken(), ["/votes/0 own"]);
        let cast = app.patch(&app.second_admin().await, &path, "*", &vote(json!("2020-01-01"), &second)).await;
        assert_eq!((cast.status, &cast.body["votes"][0]["cast_on"]), (200, &json!("2026-06-15")), "{}", cast.text);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"votes": []})).await.broken(), ["/votes own"], "nor takes back another's");
    }
}
