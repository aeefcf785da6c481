//! Programs and tokens: whoever answers for them is one person with them, and what was delegated is not theirs.

use super::*;
use crate::on_both;

on_both! {
    a_program_is_one_person_with_its_owner_before_four_eyes_and_rules_of_separation(house) {
        let [ann, eve] = [colleague(house, "Ann Lee", "administrator", None).await, colleague(house, "Eve Poe", "administrator", None).await];
        let [robot, other] = [program(house, &ann.person, "administrator").await, program(house, &ann.person, "administrator").await];
        let made = house.post(&robot, "/api/v1/strategy/initiatives", &json!({"code": "I-1", "name": "I-1", "estimated_cost": euros("1.00")})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        for face in [&robot, &other, &ann.actor] {
            let refused = approve(house, face, &made.id()).await;
            assert_eq!((refused.status, refused.broken()), (409, vec![" four_eyes".to_owned()]), "{}", refused.text);
            assert!(why(&refused).contains("Eve Poe") && !why(&refused).contains("Ann Lee"), "{}", why(&refused));
            let waits = house.get(face, "/api/v1/governance/approvals/pending?kind=strategy/initiatives").await;
            assert_eq!(waits.body["data"], json!([]), "{}", waits.text);
        }
        // Who owns the program may not approve what it wrote, though somebody else submitted it.
        let requisition = house.post(&robot, "/api/v1/vendors/requisitions", &json!({"code": "R-1", "name": "R-1"})).await.id();
        let line = json!({"requisition_id": requisition, "line_number": 1, "description": "Disk", "kind": "hardware", "quantity": "1", "unit_of_measure": "piece"});
        assert_eq!(house.post(&robot, "/api/v1/vendors/requisition-lines", &line).await.status, 201);
        let path = at("vendors/requisitions", &requisition);
        assert_eq!(house.transition(&house.admin, &path, "submitted").await.status, 200);
        for face in [&robot, &other, &ann.actor] {
            let refused = house.transition(face, &path, "approved").await;
            assert_eq!(refused.broken(), [" separation_of_duties"], "{}", refused.text);
            assert!(why(&refused).contains("Eve Poe") && !why(&refused).contains("Ann Lee"), "{}", why(&refused));
        }
        assert_eq!(house.transition(&eve.actor, &path, "approved").await.status, 200);
        assert_eq!(approve(house, &eve.actor, &made.id()).await.status, 200);
    }

    what_is_delegated_to_a_person_their_program_does_not_use_and_what_a_role_has_it_does(house) {
        let ann = colleague(house, "Ann Lee", "administrator", None).await;
        let permissions = ["strategy.initiatives:read", "strategy.initiatives:approve"];
        let role = house.make("identity/roles", &json!({"code": "approver", "name": "Approver", "permissions": permissions})).await["id"].clone();
        let [plain, appointed] = [program(house, &ann.person, "administrator").await, program(house, &ann.person, "approver").await];
        delegation(house, &ann.person, json!({})).await;
        let ids = [initiative(house, "I-1", euros("1.00"), None).await, initiative(house, "I-2", euros("1.00"), None).await];
        for program in [&plain, &appointed] {
            assert_eq!(approve(house, program, &ids[0]).await.broken(), [" delegation"], "whoever names her its owner would approve in her name");
        }
        assert_eq!(approve(house, &ann.actor, &ids[0]).await.status, 200);
        let given = delegation(house, role.as_str().unwrap(), json!({})).await;
        let done = approve(house, &appointed, &ids[1]).await;
        assert_eq!(done.status, 200, "{}", done.text);
        let written = &approvals(house, &ids[1]).await[0];
        let program = appointed.id.unwrap().to_string();
        assert_eq!((&written["delegation_id"], &written["principal_id"], &written["person_id"]), (&json!(given), &json!(program), &json!(ann.person)));
        // Nor does she give herself authority by a program.
        let own = draft(house, &ann.person, json!({"decision_id": decision(house).await})).await;
        let refused = house.transition(&plain, &at("governance/delegations", &own), "active").await;
        assert_eq!(refused.broken(), ["/holder_id itself"], "{}", refused.text);
    }

    a_token_is_its_owner_and_approves_what_its_scopes_name_within_their_limits(house) {
        let ann = colleague(house, "Ann Lee", "administrator", None).await;
        let [wide, narrow] = [
            token(house, &ann.actor, &["strategy.initiatives:*", "teams.units:read"]).await,
            token(house, &ann.actor, &["strategy.initiatives:read", "strategy.initiatives:update"]).await,
        ];
        delegation(house, &ann.person, json!({"cumulative_limit": euros("100.00")})).await;
        let made = house.post(&wide, "/api/v1/strategy/initiatives", &json!({"code": "I-1", "name": "I-1", "estimated_cost": euros("1.00")})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        for face in [&wide, &ann.actor] {
            assert_eq!(approve(house, face, &made.id()).await.broken(), [" four_eyes"]);
        }
        let [first, second] = [initiative(house, "I-2", euros("60.00"), None).await, initiative(house, "I-3", euros("60.00"), None).await];
        assert_eq!(approve(house, &narrow, &first).await.status, 403);
        let done = approve(house, &wide, &first).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(approve(house, &ann.actor, &second).await.broken(), [" limit"], "what the token used up is used up");
    }
}
