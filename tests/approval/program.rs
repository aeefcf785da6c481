//! Programs and tokens: whoever answers for them is one person with them, and what was delegated is not theirs.

use super::*;
use crate::on_both;

on_both! {
    a_program_is_one_person_with_its_owner_before_four_eyes_and_rules_of_separation(app) {
        let [ann, eve] = [colleague(app, "Ann Lee", "administrator", None).await, colleague(app, "Eve Poe", "administrator", None).await];
        let [robot, other] = [program(app, &ann.person, "administrator").await, program(app, &ann.person, "administrator").await];
        let made = app.post(&robot, "/api/v1/strategy/initiatives", &json!({"code": "I-1", "name": "I-1", "estimated_cost": euros("1.00")})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        for face in [&robot, &other, &ann.actor] {
            let refused = approve(app, face, &made.id()).await;
            assert_eq!((refused.status, refused.broken()), (409, vec![" four_eyes".to_owned()]), "{}", refused.text);
            assert!(why(&refused).contains("Eve Poe") && !why(&refused).contains("Ann Lee"), "{}", why(&refused));
            let waits = app.get(face, "/api/v1/governance/approvals/pending?kind=strategy/initiatives").await;
            assert_eq!(waits.body["data"], json!([]), "{}", waits.text);
        }
        // Who owns the program may not approve what it wrote, though somebody else submitted it.
        let requisition = app.post(&robot, "/api/v1/vendors/requisitions", &json!({"code": "R-1", "name": "R-1"})).await.id();
        let line = json!({"requisition_id": requisition, "line_number": 1, "description": "Disk", "kind": "hardware", "quantity": "1", "unit_of_measure": "piece"});
        assert_eq!(app.post(&robot, "/api/v1/vendors/requisition-lines", &line).await.status, 201);
        let path = at("vendors/requisitions", &requisition);
        assert_eq!(app.transition(&app.admin, &path, "submitted").await.status, 200);
        for face in [&robot, &other, &ann.actor] {
            let refused = app.transition(face, &path, "approved").await;
            assert_eq!(refused.broken(), [" four_eyes", " separation_of_duties"], "{}", refused.text);
            assert!(why(&refused).contains("Eve Poe") && !why(&refused).contains("Ann Lee"), "{}", why(&refused));
        }
        assert_eq!(app.transition(&eve.actor, &path, "approved").await.status, 200);
        assert_eq!(approve(app, &eve.actor, &made.id()).await.status, 200);
    }

    what_is_delegated_to_a_person_their_program_does_not_use_and_what_a_role_has_it_does(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        let permissions = ["strategy.initiatives:read", "strategy.initiatives:approve"];
        let role = app.make("identity/roles", &json!({"code": "approver", "name": "Approver", "permissions": permissions})).await["id"].clone();
        let [plain, appointed] = [program(app, &ann.person, "administrator").await, program(app, &ann.person, "approver").await];
        delegation(app, &ann.person, json!({})).await;
        let ids = [initiative(app, "I-1", euros("1.00"), None).await, initiative(app, "I-2", euros("1.00"), None).await];
        for program in [&plain, &appointed] {
            assert_eq!(approve(app, program, &ids[0]).await.broken(), [" delegation"], "whoever names her its owner would approve in her name");
        }
        assert_eq!(approve(app, &ann.actor, &ids[0]).await.status, 200);
        let given = delegation(app, role.as_str().unwrap(), json!({})).await;
        let done = approve(app, &appointed, &ids[1]).await;
        assert_eq!(done.status, 200, "{}", done.text);
        let written = &approvals(app, &ids[1]).await[0];
        let program = appointed.id.unwrap().to_string();
        assert_eq!((&written["delegation_id"], &written["principal_id"], &written["person_id"]), (&json!(given), &json!(program), &json!(ann.person)));
        // Nor does she give herself authority by a program.
        let decision = decision(app).await;
        let own = draft(app, &ann.person, json!({"decision_id": decision})).await;
        decided(app, &decision, &own).await;
        let refused = app.transition(&plain, &at("governance/delegations", &own), "active").await;
        assert_eq!(refused.broken(), ["/holder_id itself"], "{}", refused.text);
    }

    a_token_is_its_owner_and_approves_what_its_scopes_name_within_their_limits(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        let [wide, narrow] = [
            token(app, &ann.actor, &["strategy.initiatives:*", "teams.units:read"]).await,
            token(app, &ann.actor, &["strategy.initiatives:read", "strategy.initiatives:update"]).await,
        ];
        delegation(app, &ann.person, json!({"cumulative_limit": euros("100.00")})).await;
        let made = app.post(&wide, "/api/v1/strategy/initiatives", &json!({"code": "I-1", "name": "I-1", "estimated_cost": euros("1.00")})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        for face in [&wide, &ann.actor] {
            assert_eq!(approve(app, face, &made.id()).await.broken(), [" four_eyes"]);
        }
        let [first, second] = [initiative(app, "I-2", euros("60.00"), None).await, initiative(app, "I-3", euros("60.00"), None).await];
        assert_eq!(approve(app, &narrow, &first).await.status, 403);
        let done = approve(app, &wide, &first).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(approve(app, &ann.actor, &second).await.broken(), [" limit"], "what the token used up is used up");
    }
}
