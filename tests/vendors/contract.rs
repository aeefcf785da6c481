//! Contracts: what is signed changes by amendments alone.

use super::{active, alter, contract, euros, go, made, merge, prospect, qualified, read, refused, told, try_to_make, walk};
use crate::on_both;
use serde_json::{Value, json};

on_both! {
    only_a_signed_amendment_changes_a_signed_contract(app) {
        let vendor = qualified(app, "V").await;
        let id = contract(app, "C", &vendor, json!({"ends_on": "2026-12-31", "ceiling": euros("1000.00")})).await;
        assert_eq!(alter(app, "contracts", &id, json!({"title": "Hosting"})).await.status, 200);
        walk(app, "contracts", &id, &["in_review"]).await;
        assert_eq!(alter(app, "contracts", &id, json!({"title": "Hosting of both sites"})).await.status, 200);
        assert_eq!(told(&go(app, "contracts", &id, "approved").await), refused(409, " four_eyes"));
        walk(app, "contracts", &id, &["approved"]).await;
        let closed = async || {
            for (field, value) in [("title", json!("Another")), ("ends_on", json!("2029-12-31")), ("ceiling", euros("3000.00")), ("vendor_id", json!(qualified(app, &format!("V{}", steward::resource::Id::new())).await))] {
                assert_eq!(told(&alter(app, "contracts", &id, json!({ field: value })).await), refused(409, &format!("/{field} immutable")), "{field}");
            }
        };
        closed().await;
        let amendment = |number: u32, more: Value| {
            let mut body = json!({"contract_id": id, "number": number, "title": "Longer", "effective_on": "2026-06-01"});
            merge(&mut body, more);
            body
        };
        let change = json!({"new_ends_on": "2027-12-31", "new_ceiling": euros("2000.00"), "new_notice_period": {"value": 3, "unit": "months"}});
        let first = made(app, "amendments", amendment(1, change)).await;
        walk(app, "contracts", &id, &["signed", "active"]).await;
        closed().await;
        assert_eq!(told(&go(app, "amendments", &first, "approved").await), refused(409, " four_eyes"));
        walk(app, "amendments", &first, &["approved"]).await;
        assert_eq!(told(&alter(app, "amendments", &first, json!({"new_ends_on": "2030-12-31"})).await), refused(409, "/new_ends_on immutable"));
        assert_eq!(read(app, "contracts", &id).await["ends_on"], json!("2026-12-31"), "it is not signed yet");
        walk(app, "amendments", &first, &["signed"]).await;
        let changed = read(app, "contracts", &id).await;
        assert_eq!(
            (&changed["ends_on"], &changed["ceiling"], &changed["notice_period"], &changed["title"], &changed["state"]),
            (&json!("2027-12-31"), &euros("2000.00"), &json!({"value": 3, "unit": "months"}), &json!("Hosting of both sites"), &json!("active"))
        );
        closed().await;
        // What would break the contract's own rules is not signed, and nothing of it is done.
        let broken = made(app, "amendments", amendment(2, json!({"new_ends_on": "2025-12-31", "new_data_location": "Mars"}))).await;
        walk(app, "amendments", &broken, &["approved"]).await;
        let refusal = go(app, "amendments", &broken, "signed").await;
        assert!(matches!(refusal.status, 409 | 422), "{}", refusal.text);
        assert_eq!(read(app, "amendments", &broken).await["state"], json!("approved"));
        assert_eq!(read(app, "contracts", &id).await["data_location"], Value::Null);
        let endless = made(app, "amendments", amendment(3, json!({"new_evergreen": true}))).await;
        walk(app, "amendments", &endless, &["approved", "signed"]).await;
        let changed = read(app, "contracts", &id).await;
        assert_eq!((&changed["ends_on"], &changed["renewal"]), (&Value::Null, &json!("none")));
    }

    the_lines_of_a_signed_contract_change_under_a_draft_amendment_of_it_alone(app) {
        let vendor = qualified(app, "V").await;
        let id = contract(app, "C", &vendor, json!({})).await;
        let line = |contract: &str, amendment: Value| json!({"contract_id": contract, "amendment_id": amendment, "position": 1, "title": "Rack", "unit": "rack", "unit_price": euros("640.00")});
        let early = made(app, "contract-lines", line(&id, Value::Null)).await;
        let dollars = json!({"unit_price": {"amount": "640.00", "currency": "USD"}});
        assert_eq!(told(&alter(app, "contract-lines", &early, dollars).await), refused(409, "/unit_price/currency currency"));
        assert_eq!(told(&alter(app, "contracts", &id, json!({"currency": "USD"})).await), refused(409, "/currency currency"));
        walk(app, "contracts", &id, &["in_review", "approved", "signed", "active"]).await;
        let open = refused(409, "/amendment_id contract_state");
        let alone = try_to_make(app, "contract-lines", line(&id, Value::Null)).await;
        assert_eq!(told(&alone), open);
        assert!(alone.text.contains("The contract C is active") && alone.text.contains("Make an amendment"), "{}", alone.text);
        let other = active(app, "OTHER", &vendor, json!({})).await;
        let amended = async |contract: &str, number: u32, states: &[&str]| {
            let id = made(app, "amendments", json!({"contract_id": contract, "number": number, "title": "More", "effective_on": "2026-07-01"})).await;
            walk(app, "amendments", &id, states).await;
            json!(id)
        };
        let (foreign, draft) = (amended(&other, 1, &[]).await, amended(&id, 2, &[]).await);
        assert!(try_to_make(app, "contract-lines", line(&id, Value::Null)).await.text.contains("under amendment 2"));
        assert_eq!(told(&try_to_make(app, "contract-lines", line(&id, foreign)).await), refused(409, "/amendment_id disagrees"));
        // A line of the contract itself is neither changed nor taken into an amendment.
        for change in [json!({"unit_price": euros("1.00")}), json!({"ends_on": "2026-06-30"}), json!({"amendment_id": draft, "unit_price": euros("1.00")})] {
            assert_eq!(told(&alter(app, "contract-lines", &early, change).await), open);
        }
        assert_eq!(told(&app.delete(&app.admin, &format!("/api/v1/vendors/contract-lines/{early}"), "*").await), open);
        let new = made(app, "contract-lines", line(&id, draft.clone())).await;
        assert_eq!(alter(app, "contract-lines", &new, json!({"unit_price": euros("600.00"), "replaces_id": early})).await.status, 200);
        let too_early = alter(app, "contract-lines", &new, json!({"starts_on": "2026-01-01"})).await;
        assert_eq!(told(&too_early), refused(409, "/replaces_id before_start"));
        for (number, states) in [(3, &["approved"] as &[&str]), (4, &["approved", "signed"])] {
            let fixed = amended(&id, number, states).await;
            assert_eq!(told(&try_to_make(app, "contract-lines", line(&id, fixed)).await), open, "{states:?}");
        }
        walk(app, "amendments", draft.as_str().unwrap(), &["approved"]).await;
        assert_eq!(told(&alter(app, "contract-lines", &new, json!({"unit_price": euros("9000.00")})).await), open, "it was approved as it is");
        walk(app, "amendments", draft.as_str().unwrap(), &["signed"]).await;
        assert_eq!(told(&app.delete(&app.admin, &format!("/api/v1/vendors/contract-lines/{new}"), "*").await), open);
    }

    who_writes_a_part_of_an_amendment_does_not_approve_it(app) {
        let vendor = qualified(app, "V").await;
        let id = active(app, "C", &vendor, json!({})).await;
        let amendment = made(app, "amendments", json!({"contract_id": id, "number": 1, "title": "More", "effective_on": "2026-07-01"})).await;
        let line = json!({"contract_id": id, "amendment_id": amendment, "position": 1, "title": "Rack", "unit": "rack", "unit_price": euros("640.00")});
        let written = app.post(&app.second_admin().await, "/api/v1/vendors/contract-lines", &line).await;
        assert_eq!(written.status, 201, "{}", written.text);
        for actor in [app.admin.clone(), app.second_admin().await] {
            let own = app.transition(&actor, &format!("/api/v1/vendors/amendments/{amendment}"), "approved").await;
            assert_eq!(told(&own), refused(409, " four_eyes"));
        }
        let third = app.actor("administrator", None).await;
        let approved = app.transition(&third, &format!("/api/v1/vendors/amendments/{amendment}"), "approved").await;
        assert_eq!(approved.status, 200, "{}", approved.text);
    }

    an_obligation_of_a_signed_contract_is_fulfilled_and_keeps_its_terms(app) {
        let vendor = qualified(app, "V").await;
        let id = contract(app, "C", &vendor, json!({})).await;
        let obligation = |amendment: Value| json!({"contract_id": id, "amendment_id": amendment, "party": "theirs", "title": "Report", "due_on": "2026-06-30"});
        let written = app.post(&app.second_admin().await, "/api/v1/vendors/contract-obligations", &obligation(Value::Null)).await.id();
        walk(app, "contracts", &id, &["in_review"]).await;
        let own = app.transition(&app.second_admin().await, &format!("/api/v1/vendors/contracts/{id}"), "approved").await;
        assert_eq!(told(&own), refused(409, " four_eyes"), "who wrote a part of it");
        let third = app.actor("administrator", None).await;
        assert_eq!(app.transition(&third, &format!("/api/v1/vendors/contracts/{id}"), "approved").await.status, 200);
        let open = refused(409, "/amendment_id contract_state");
        assert_eq!(told(&try_to_make(app, "contract-obligations", obligation(Value::Null)).await), open);
        walk(app, "contracts", &id, &["signed", "active"]).await;
        assert_eq!(try_to_make(app, "contract-obligations", obligation(Value::Null)).await.status, 201, "what was agreed may be recorded later");
        for change in [json!({"due_on": "2100-01-01"}), json!({"title": "Nothing"}), json!({"party": "ours"})] {
            assert_eq!(told(&alter(app, "contract-obligations", &written, change).await), open);
        }
        assert_eq!(told(&app.delete(&app.admin, &format!("/api/v1/vendors/contract-obligations/{written}"), "*").await), open);
        assert_eq!(alter(app, "contract-obligations", &written, json!({"outcome": "It came.", "reminder_days": 7})).await.status, 200);
        walk(app, "contract-obligations", &written, &["met"]).await;
        let amendment = made(app, "amendments", json!({"contract_id": id, "number": 1, "title": "More", "effective_on": "2026-07-01"})).await;
        assert_eq!(try_to_make(app, "contract-obligations", obligation(json!(amendment))).await.status, 201);
    }

    an_approved_exit_plan_goes_back_to_draft_to_change(app) {
        let vendor = qualified(app, "V").await;
        let plan = json!({"vendor_id": vendor, "title": "Leaving", "scenario": "planned", "triggers": "Notice.", "alternative": "Another.", "data_return": "On disks.",
            "transition_months": 6, "steps": [{"title": "Move", "duration_days": 30}]});
        let plan = made(app, "exit-plans", plan).await;
        walk(app, "exit-plans", &plan, &["approved"]).await;
        for (field, value) in [("triggers", json!("Never.")), ("alternative", json!("None.")), ("transition_months", json!(0))] {
            assert_eq!(told(&alter(app, "exit-plans", &plan, json!({ field: value })).await), refused(409, &format!("/{field} immutable")));
        }
        let tested = json!({"tested_on": "2026-06-10", "test_result": "passed", "review_due_on": "2027-06-10"});
        assert_eq!(alter(app, "exit-plans", &plan, tested).await.status, 200);
        walk(app, "exit-plans", &plan, &["draft"]).await;
        assert_eq!(alter(app, "exit-plans", &plan, json!({"triggers": "Two missed quarters."})).await.status, 200);
    }

    a_contract_starts_with_a_qualified_vendor_a_signed_text_and_what_data_protection_asks_for(app) {
        let vendor = prospect(app, "V").await;
        let bare = made(app, "contracts", json!({"code": "B", "title": "B", "vendor_id": vendor, "kind": "services", "starts_on": "2026-06-16", "currency": "EUR", "personal_data": true})).await;
        walk(app, "contracts", &bare, &["in_review", "approved"]).await;
        assert_eq!(told(&go(app, "contracts", &bare, "signed").await), refused(409, " parts"));
        let text = json!({"contract_id": bare, "number": 1, "title": "Text", "author": "ours"});
        assert_eq!(told(&try_to_make(app, "contract-versions", text.clone()).await), refused(409, "/contract_id contract_state"), "nobody has approved that text");
        walk(app, "contracts", &bare, &["in_review"]).await;
        made(app, "contract-versions", text).await;
        walk(app, "contracts", &bare, &["approved", "signed"]).await;
        let mut broken = go(app, "contracts", &bare, "active").await.broken();
        broken.sort();
        assert_eq!(broken, ["/dpa_signed_on required", "/starts_on not_yet", "/vendor_id state"]);
    }

    a_contract_is_sound_in_its_dates(app) {
        let vendor = prospect(app, "V").await;
        let wrong = async |more: Value| {
            let mut body = json!({"code": "C", "title": "C", "vendor_id": vendor, "kind": "services", "starts_on": "2026-01-01", "currency": "EUR"});
            merge(&mut body, more);
            told(&try_to_make(app, "contracts", body).await)
        };
        assert_eq!(wrong(json!({"ends_on": "2025-12-31"})).await, refused(422, "/ends_on before_start"));
        assert_eq!(wrong(json!({"ends_on": "2026-02-28", "notice_period": {"value": 3, "unit": "months"}})).await, refused(422, "/notice_period longer_than_term"));
        assert_eq!(wrong(json!({"renewal": "tacit", "ends_on": "2026-12-31"})).await, refused(422, "/renewal_months required"));
        assert_eq!(wrong(json!({"renewal": "express"})).await, refused(422, "/ends_on required"));
        assert_eq!(wrong(json!({"ceiling": {"amount": "1.00", "currency": "USD"}})).await, refused(422, "/ceiling currency"));
    }

    an_amendment_changes_the_contract_on_its_day(app) {
        let vendor = qualified(app, "V").await;
        let id = active(app, "C", &vendor, json!({"ends_on": "2026-12-31"})).await;
        let amendment = async |number: u32, effective_on: &str, ends_on: &str| {
            let body = json!({"contract_id": id, "number": number, "title": "Longer", "effective_on": effective_on, "new_ends_on": ends_on});
            let amendment = made(app, "amendments", body).await;
            walk(app, "amendments", &amendment, &["approved", "signed"]).await;
            amendment
        };
        let later = amendment(1, "2026-07-01", "2028-12-31").await;
        assert_eq!(read(app, "contracts", &id).await["ends_on"], json!("2026-12-31"), "its day has not come");
        assert_eq!(told(&go(app, "amendments", &later, "in_effect").await), refused(409, "/effective_on not_yet"));
        let now = amendment(2, "2026-06-15", "2027-06-30").await;
        assert_eq!((read(app, "contracts", &id).await["ends_on"].clone(), read(app, "amendments", &now).await["applied_on"].clone()), (json!("2027-06-30"), json!("2026-06-15")));
        app.clock.set(steward::resource::value::Instant::parse("2026-07-01T09:00:00Z").unwrap());
        // Tokens have aged.
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let takes_effect = async |id: &str| app.transition(&admin, &format!("/api/v1/vendors/amendments/{id}"), "in_effect").await.status;
        let ends_on = async || app.get(&admin, &format!("/api/v1/vendors/contracts/{id}")).await.body["ends_on"].clone();
        assert_eq!((takes_effect(&now).await, ends_on().await), (200, json!("2027-06-30")), "it is not applied twice");
        assert_eq!((takes_effect(&later).await, ends_on().await), (200, json!("2028-12-31")));
        let at = format!("/api/v1/vendors/amendments/{later}");
        assert_eq!(app.patch(&admin, &at, "*", &json!({"new_ends_on": "2030-12-31"})).await.broken(), ["/new_ends_on immutable"]);
        assert_eq!(app.delete(&admin, &at, "*").await.broken(), [" not_deletable"]);
    }

    what_both_sides_signed_stays_and_a_typo_goes_back_into_review(app) {
        let vendor = qualified(app, "V").await;
        let id = contract(app, "C", &vendor, json!({})).await;
        let text = made(app, "contract-versions", json!({"contract_id": id, "number": 2, "title": "Final", "author": "ours", "signed_on": "2026-06-14"})).await;
        let draft = made(app, "contract-versions", json!({"contract_id": id, "number": 3, "title": "Draft", "author": "ours"})).await;
        walk(app, "contracts", &id, &["in_review", "approved"]).await;
        assert_eq!(told(&alter(app, "contract-versions", &text, json!({"title": "Other"})).await), refused(409, "/signed_on signed"));
        assert_eq!(told(&alter(app, "contract-versions", &text, json!({"signed_on": null})).await), refused(409, "/signed_on signed"));
        assert_eq!(told(&app.delete(&app.admin, &format!("/api/v1/vendors/contract-versions/{text}"), "*").await), refused(409, "/signed_on signed"));
        let clause = json!({"contract_version_id": text, "number": "1", "title": "Liability", "text": "None."});
        assert_eq!(told(&try_to_make(app, "contract-clauses", clause).await), refused(409, "/contract_version_id signed"));
        // The text that is approved is the one that is signed.
        let fixed = refused(409, "/contract_id contract_state");
        assert_eq!(told(&alter(app, "contract-versions", &draft, json!({"title": "Other"})).await), fixed);
        assert_eq!(told(&app.delete(&app.admin, &format!("/api/v1/vendors/contract-versions/{draft}"), "*").await), fixed);
        let clause = json!({"contract_version_id": draft, "number": "1", "title": "Liability", "text": "None."});
        assert_eq!(told(&try_to_make(app, "contract-clauses", clause.clone()).await), fixed);
        walk(app, "contracts", &id, &["in_review"]).await;
        assert_eq!(alter(app, "contract-versions", &draft, json!({"title": "Other"})).await.status, 200);
        made(app, "contract-clauses", clause).await;
        assert_eq!(alter(app, "contracts", &id, json!({"title": "Without the typo"})).await.status, 200);
        walk(app, "contracts", &id, &["approved"]).await;
        assert_eq!(alter(app, "contract-versions", &draft, json!({"signed_on": "2026-06-15", "vendor_signatory": "Ruben Sand"})).await.status, 200);
        walk(app, "contracts", &id, &["signed", "active"]).await;
        assert_eq!(told(&alter(app, "contract-versions", &draft, json!({"title": "More"})).await), refused(409, "/contract_id parent_state"));
    }

    a_vendor_does_not_go_inactive_with_contracts_in_force(app) {
        let vendor = qualified(app, "V").await;
        let id = active(app, "C", &vendor, json!({})).await;
        walk(app, "vendors", &vendor, &["active", "offboarding"]).await;
        assert_eq!(told(&go(app, "vendors", &vendor, "inactive").await), refused(409, " in_use"));
        walk(app, "contracts", &id, &["terminated"]).await;
        walk(app, "vendors", &vendor, &["inactive"]).await;
    }
}
