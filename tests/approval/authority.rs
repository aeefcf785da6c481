//! Delegated authority: whose it is, how far it reaches, how long, and how much of it is used.

use super::*;
use crate::on_both;
use steward::resource::value::Instant;

on_both! {
    where_nothing_is_delegated_the_permission_and_another_person_are_enough(app) {
        let id = initiative(app, "I-1", euros("1000000.00"), None).await;
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        let done = approve(app, &ann.actor, &id).await;
        assert_eq!(done.status, 200, "{}", done.text);
        let written = approvals(app, &id).await;
        assert_eq!(written.len(), 1);
        assert_eq!(
            (&written[0]["step"], &written[0]["person_id"], &written[0]["delegation_id"], &written[0]["amount"]),
            (&json!("strategy.initiatives:approve"), &json!(ann.person), &Value::Null, &euros("1000000.00"))
        );
        assert_eq!(written[0]["principal_id"], json!(ann.actor.id.unwrap().to_string()));
    }

    once_it_is_delegated_only_the_holder_approves_up_to_the_limit_and_a_refusal_names_who_could(app) {
        let [ann, ben, eve] = [
            colleague(app, "Ann Lee", "administrator", None).await,
            colleague(app, "Ben Ode", "administrator", None).await,
            colleague(app, "Eve Poe", "administrator", None).await,
        ];
        let small = delegation(app, &ann.person, json!({"single_limit": euros("500.00")})).await;
        delegation(app, &ben.person, json!({"single_limit": euros("9000.00")})).await;
        let [within, beyond] = [initiative(app, "I-1", euros("500.00"), None).await, initiative(app, "I-2", euros("500.01"), None).await];
        let refused = approve(app, &eve.actor, &within).await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" delegation".to_owned()]), "{}", refused.text);
        assert!(why(&refused).contains(&format!("Ann Lee ({})", ann.person)) && why(&refused).contains("Ben Ode"), "{}", why(&refused));
        assert!(!why(&refused).contains("Eve Poe"), "{}", why(&refused));
        let refused = approve(app, &ann.actor, &beyond).await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" limit".to_owned()]), "{}", refused.text);
        let told = why(&refused);
        assert!(told.contains(&small) && told.contains("500.00 EUR for one approval") && told.contains("500.01 EUR") && told.contains("Ben Ode"), "{told}");
        // The moves that it has say the same beforehand.
        let moves = app.get(&ann.actor, &format!("{}/transitions", at("strategy/initiatives", &beyond))).await;
        let step = moves.body["data"].as_array().unwrap().iter().find(|step| step["to"] == "approved").unwrap().clone();
        assert_eq!((&step["permitted"], &step["unmet"][0]["code"], &step["unmet"][0]["detail"]), (&json!(true), &json!("limit"), &json!(told)));
        assert_eq!(approve(app, &ann.actor, &within).await.status, 200);
        assert_eq!(approvals(app, &within).await[0]["delegation_id"], json!(small));
        assert_eq!(approve(app, &ben.actor, &beyond).await.status, 200);
    }

    people_whom_the_caller_may_not_see_are_not_named(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        let permissions = ["strategy.initiatives:read", "strategy.initiatives:approve"];
        app.make("identity/roles", &json!({"code": "approver", "name": "Approver", "permissions": permissions})).await;
        let eve = colleague(app, "Eve Poe", "approver", None).await;
        delegation(app, &ann.person, json!({})).await;
        let refused = approve(app, &eve.actor, &initiative(app, "I-1", euros("1.00"), None).await).await;
        assert_eq!(refused.broken(), [" delegation"], "{}", refused.text);
        assert!(!refused.text.contains("Ann Lee") && !refused.text.contains(&ann.person), "{}", refused.text);
    }

    a_cumulative_limit_counts_each_record_once_and_what_is_stopped_later_stays_counted(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        delegation(app, &ann.person, json!({"single_limit": euros("80.00"), "cumulative_limit": euros("100.00")})).await;
        let ids = [
            initiative(app, "I-1", euros("60.00"), None).await,
            initiative(app, "I-2", euros("40.01"), None).await,
            initiative(app, "I-3", euros("40.00"), None).await,
        ];
        assert_eq!(approve(app, &ann.actor, &ids[0]).await.status, 200);
        assert_eq!(app.transition(&app.admin, &at("strategy/initiatives", &ids[0]), "stopped").await.status, 200);
        let refused = approve(app, &ann.actor, &ids[1]).await;
        assert_eq!(refused.broken(), [" limit"], "{}", refused.text);
        assert!(why(&refused).contains("100.00 EUR for all approvals until 2026-12-31, of which 60.00 EUR is used"), "{}", why(&refused));
        assert_eq!(approve(app, &ann.actor, &ids[2]).await.status, 200);
        assert_eq!(app.delete(&app.admin, &at("strategy/initiatives", &ids[2]), "*").await.broken(), [" not_deletable"], "it is stopped, not deleted");
        assert_eq!(approve(app, &ann.actor, &initiative(app, "I-4", euros("0.01"), None).await).await.broken(), [" limit"]);
        assert_eq!(approve(app, &ann.actor, &initiative(app, "I-5", euros("0.00"), None).await).await.status, 200);
    }

    of_64_approvals_at_once_no_more_pass_than_the_limit_over_all_holds(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        let deputy = colleague(app, "Dee Fox", "administrator", None).await;
        let given = delegation(app, &ann.person, json!({"cumulative_limit": euros("300.00"), "deputy_id": deputy.person})).await;
        let mut ids = Vec::new();
        for number in 0..64 {
            ids.push(initiative(app, &format!("I-{number}"), euros("11.00"), None).await);
        }
        let actors = [&ann.actor, &deputy.actor];
        let answers = futures_util::future::join_all(ids.iter().enumerate().map(|(number, id)| approve(app, actors[number % 2], id))).await;
        let told: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!((count(&answers, 200), count(&answers, 409)), (27, 37), "{told:?}");
        let page = app.get(&app.admin, &format!("/api/v1/governance/approvals?delegation_id={given}&include_total=true")).await;
        assert_eq!(page.body["total_count"], json!(27));
    }

    of_two_who_approve_the_same_at_once_one_does(app) {
        let [ann, ben] = [colleague(app, "Ann Lee", "administrator", None).await, colleague(app, "Ben Ode", "administrator", None).await];
        for number in 0..8 {
            let id = initiative(app, &format!("I-{number}"), euros("1.00"), None).await;
            let answers = futures_util::future::join_all([approve(app, &ann.actor, &id), approve(app, &ben.actor, &id)]).await;
            assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 1), "{} {}", answers[0].text, answers[1].text);
            assert_eq!(approvals(app, &id).await.len(), 1);
        }
    }

    amounts_in_another_currency_are_converted_by_the_rates_that_there_are_and_refused_without(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        delegation(app, &ann.person, json!({"single_limit": euros("100.00")})).await;
        let dollars = |amount: &str| json!({"amount": amount, "currency": "USD"});
        let [within, beyond] = [initiative(app, "I-1", dollars("125.00"), None).await, initiative(app, "I-2", dollars("125.01"), None).await];
        let refused = approve(app, &ann.actor, &within).await;
        assert_eq!(refused.broken(), [" limit"], "{}", refused.text);
        assert!(why(&refused).contains("Record an exchange rate from USD to EUR"), "{}", why(&refused));
        for (kind, rate, valid_on) in [("spot", "0.5", "2026-01-01"), ("spot", "0.8", "2026-06-15"), ("spot", "0.1", "2026-06-16")] {
            let rate = json!({"kind": kind, "from_currency": "USD", "to_currency": "EUR", "valid_on": valid_on, "rate": rate, "source": "ECB"});
            app.make("finance/exchange-rates", &rate).await;
        }
        assert_eq!(approve(app, &ann.actor, &beyond).await.broken(), [" limit"]);
        assert_eq!(approve(app, &ann.actor, &within).await.status, 200);
        assert_eq!(approvals(app, &within).await[0]["amount"], euros("100.00"));
    }

    a_limit_needs_an_amount_and_one_that_is_summed_over_lines_is_summed(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        delegation(app, &ann.person, json!({"single_limit": euros("100.00")})).await;
        let unknown = app.make("strategy/initiatives", &json!({"code": "I-1", "name": "I-1"})).await["id"].as_str().unwrap().to_owned();
        let refused = approve(app, &ann.actor, &unknown).await;
        assert_eq!(refused.broken(), [" limit"], "{}", refused.text);
        assert!(why(&refused).contains("Fill estimated_cost first"), "{}", why(&refused));
        delegation(app, &ann.person, json!({"step": "vendors.requisitions:approve", "single_limit": euros("100.00")})).await;
        for (code, prices, passes) in [("R-1", vec![("3", "33.335")], false), ("R-2", vec![("3", "33.33"), ("1", "0.01")], true), ("R-3", vec![("3", "33.33"), ("1", "0.02")], false)] {
            let id = app.make("vendors/requisitions", &json!({"code": code, "name": code})).await["id"].as_str().unwrap().to_owned();
            for (number, (quantity, price)) in prices.into_iter().enumerate() {
                let line = json!({
                    "requisition_id": id, "line_number": number + 1, "description": "Disk", "kind": "hardware", "quantity": quantity,
                    "unit_of_measure": "piece", "unit_price": euros(price),
                });
                app.make("vendors/requisition-lines", &line).await;
            }
            let path = at("vendors/requisitions", &id);
            assert_eq!(app.transition(&app.admin, &path, "submitted").await.status, 200);
            let answer = app.transition(&ann.actor, &path, "approved").await;
            assert_eq!(answer.status, if passes { 200 } else { 409 }, "{code}: {}", answer.text);
        }
    }

    a_delegation_holds_in_its_unit_and_below_and_by_its_days_and_not_by_its_state(app) {
        let root = app.root_unit().await;
        let [lab, shop] = [app.unit("LAB", &root).await, app.unit("SHOP", &root).await];
        let desk = app.unit("DESK", &lab).await;
        let [ann, ben] = [colleague(app, "Ann Lee", "administrator", None).await, colleague(app, "Ben Ode", "administrator", None).await];
        delegation(app, &ann.person, json!({"unit_id": lab, "ends_on": "2026-06-30"})).await;
        delegation(app, &ann.person, json!({"unit_id": lab, "starts_on": "2026-07-02"})).await;
        let another = initiative(app, "I-3", euros("1.00"), Some(&desk)).await;
        let [below, beside] = [initiative(app, "I-1", euros("1.00"), Some(&desk)).await, initiative(app, "I-2", euros("1.00"), Some(&shop)).await];
        assert_eq!(approve(app, &ben.actor, &below).await.broken(), [" delegation"]);
        assert_eq!(approve(app, &ben.actor, &beside).await.status, 200, "nothing is delegated there");
        app.clock.set(Instant::parse("2026-07-01T00:00:00Z").unwrap());
        let on = |day: &str| {
            app.clock.set(Instant::parse(&format!("{day}T00:00:00Z")).unwrap());
            [&ann, &ben].map(|each| app.log_in_as(&each.actor.id.unwrap().to_string()))
        };
        let [ann_then, ben_then] = on("2026-07-01");
        let refused = approve(app, &ann_then, &below).await;
        assert!(refused.broken() == [" delegation"] && why(&refused).contains("has ended"), "hers has ended, though nobody said so: {}", refused.text);
        assert_eq!(approve(app, &ben_then, &below).await.status, 200, "nothing binds him any more");
        let [ann_then, ben_then] = on("2026-07-02");
        assert_eq!(approve(app, &ben_then, &another).await.broken(), [" delegation"]);
        assert_eq!(approve(app, &ann_then, &another).await.status, 200, "it was delegated anew, and holds from its first day");
    }

    whoever_has_the_role_that_holds_a_delegation_approves_where_they_have_it(app) {
        let root = app.root_unit().await;
        let [lab, shop] = [app.unit("LAB", &root).await, app.unit("SHOP", &root).await];
        let permissions = ["strategy.initiatives:read", "strategy.initiatives:approve"];
        let role = app.make("identity/roles", &json!({"code": "cio", "name": "CIO", "permissions": permissions})).await["id"].clone();
        delegation(app, role.as_str().unwrap(), json!({"single_limit": euros("10.00")})).await;
        let ann = colleague(app, "Ann Lee", "cio", Some(&lab)).await;
        let ids = [initiative(app, "I-1", euros("10.00"), Some(&lab)).await, initiative(app, "I-2", euros("10.00"), Some(&shop)).await];
        assert_eq!(approve(app, &ann.actor, &ids[0]).await.status, 200);
        assert_eq!(approve(app, &ann.actor, &ids[1]).await.status, 404);
        assert_eq!(approve(app, &app.second_admin().await, &ids[1]).await.broken(), [" delegation"]);
    }

    a_deputy_approves_within_the_same_limit_and_only_while_standing_in(app) {
        let [ann, dee] = [colleague(app, "Ann Lee", "administrator", None).await, colleague(app, "Dee Fox", "administrator", None).await];
        let days = json!({"deputy_id": dee.person, "deputy_starts_on": "2026-06-16", "deputy_ends_on": "2026-06-17", "cumulative_limit": euros("100.00")});
        let given = delegation(app, &ann.person, days).await;
        let ids = [initiative(app, "I-1", euros("60.00"), None).await, initiative(app, "I-2", euros("60.00"), None).await];
        let on = |day: &str| {
            app.clock.set(Instant::parse(&format!("{day}T09:00:00Z")).unwrap());
            [&ann, &dee].map(|each| app.log_in_as(&each.actor.id.unwrap().to_string()))
        };
        assert_eq!(approve(app, &dee.actor, &ids[0]).await.broken(), [" delegation"]);
        let [ann_then, dee_then] = on("2026-06-17");
        assert_eq!(approve(app, &dee_then, &ids[0]).await.status, 200);
        assert_eq!(approve(app, &ann_then, &ids[1]).await.broken(), [" limit"], "the deputy used it up");
        let [_, dee_then] = on("2026-06-18");
        assert_eq!(approve(app, &dee_then, &ids[1]).await.broken(), [" delegation"]);
        app.clock.set(Instant::parse(crate::harness::START).unwrap());
        let written = approvals(app, &ids[0]).await;
        assert_eq!((&written[0]["as_deputy"], &written[0]["delegation_id"]), (&json!(true), &json!(given)));
    }
}
