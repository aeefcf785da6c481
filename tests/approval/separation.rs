//! Separation of duties: by person, on the same matter, blocked, warned of, or let through by an exception.

use super::*;
use crate::on_both;
use diesel::prelude::*;
use std::sync::Arc;
use steward::access::Session;
use steward::error::Problem;
use steward::store::{IfMatch, Origin, Writer};
use steward_schema::governance::sod_rules;
use steward_schema::service::revisions;

/// A requisition that waits for its approval: written by the administrator, submitted by somebody.
async fn requisition(app: &TestApp, code: &str, submitter: &Actor) -> String {
    let id = app.make("vendors/requisitions", &json!({"code": code, "name": code})).await["id"].as_str().unwrap().to_owned();
    let line = json!({"requisition_id": id, "line_number": 1, "description": "Disk", "kind": "hardware", "quantity": "1", "unit_of_measure": "piece"});
    app.make("vendors/requisition-lines", &line).await;
    assert_eq!(app.transition(submitter, &at("vendors/requisitions", &id), "submitted").await.status, 200);
    id
}

/// A rule that keeps asking for something and ordering it apart.
async fn asking(app: &TestApp, more: Value) -> String {
    let mut rule = json!({"code": "SOD-ASK", "name": "Who asks does not approve the order", "first_step": "vendors.requisitions:create", "second_step": "vendors.purchase_orders:approve"});
    rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.make("governance/sod-rules", &rule).await["id"].as_str().unwrap().to_owned()
}

/// An order that waits for its approval, of what an administrator asked for: written and submitted by somebody else.
async fn ordered(app: &TestApp, code: &str, admin: &Actor, buyer: &Actor) -> String {
    let made = async |actor: &Actor, collection: &str, body: Value| {
        let answer = app.post(actor, &format!("/api/v1/{collection}"), &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.id()
    };
    let asked = made(admin, "vendors/requisitions", json!({"code": code, "name": code})).await;
    let vendor = made(admin, "vendors/vendors", json!({"code": code, "name": code})).await;
    for to in ["onboarding", "qualified"] {
        assert_eq!(app.transition(admin, &at("vendors/vendors", &vendor), to).await.status, 200);
    }
    let order = json!({"code": code, "title": code, "vendor_id": vendor, "currency": "EUR", "requisition_id": asked});
    let order = made(buyer, "vendors/purchase-orders", order).await;
    let line = json!({"purchase_order_id": order, "position": 1, "title": "Disk", "quantity": "1", "unit": "piece", "unit_price": euros("1.00")});
    made(buyer, "vendors/purchase-order-lines", line).await;
    assert_eq!(app.transition(buyer, &at("vendors/purchase-orders", &order), "submitted").await.status, 200);
    order
}

/// The last reason in the history of a record.
async fn last_reason(app: &TestApp, id: &str) -> String {
    let history = app.get(&app.admin, &format!("/api/v1/platform/resources/{id}/history")).await;
    let all = history.body["data"].as_array().unwrap().clone();
    all.iter().max_by_key(|each| each["revision"].as_i64()).unwrap()["reason"].as_str().unwrap_or_default().to_owned()
}

on_both! {
    another_account_of_the_same_person_is_no_second_pair_of_eyes(app) {
        let person = app.person_of_admin().await;
        let other = account(app, &person, "administrator", None).await;
        let id = initiative(app, "I-1", euros("1.00"), None).await;
        let refused = approve(app, &other, &id).await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" four_eyes".to_owned()]), "{}", refused.text);
        // An account without a person could: it is not said that nobody can.
        assert!(why(&refused).contains("None of the people whom you see could do it now."), "{}", why(&refused));
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        let refused = approve(app, &other, &id).await;
        assert!(why(&refused).contains(&format!("Ann Lee ({})", ann.person)), "{}", why(&refused));
        // Who changed it since has had a hand in it as well.
        let touch = json!({"description": "More."});
        assert_eq!(app.patch(&ann.actor, &at("strategy/initiatives", &id), "*", &touch).await.status, 200);
        assert_eq!(approve(app, &ann.actor, &id).await.broken(), [" four_eyes"]);
        let stranger = app.actor("administrator", None).await;
        assert_eq!(approve(app, &stranger, &id).await.status, 200, "an account without a person is a person of its own");
    }

    who_writes_a_requisition_does_not_approve_it_though_another_submitted_it(app) {
        let person = app.person_of_admin().await;
        let other = account(app, &person, "administrator", None).await;
        let [ann, eve] = [colleague(app, "Ann Lee", "administrator", None).await, colleague(app, "Eve Poe", "administrator", None).await];
        let id = requisition(app, "R-1", &ann.actor).await;
        let path = at("vendors/requisitions", &id);
        for writer in [&app.admin, &other] {
            let refused = app.transition(writer, &path, "approved").await;
            assert_eq!((refused.status, refused.broken()), (409, vec![" four_eyes".to_owned(), " separation_of_duties".to_owned()]), "{}", refused.text);
            let told = refused.body["errors"][1]["detail"].as_str().unwrap_or_default();
            assert!(told.contains("SOD-REQUISITION") && !told.contains("Ann Lee"), "{told}");
            assert!(why(&refused).contains("Eve Poe"), "{}", why(&refused));
        }
        let done = app.transition(&eve.actor, &path, "approved").await;
        assert_eq!((done.status, done.header("warning")), (200, None), "{}", done.text);
    }

    what_was_taken_back_warns_of_nothing(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        asking(app, json!({"effect": "warn"})).await;
        let id = Id::parse(&ordered(app, "R-1", &app.admin, &ann.actor).await).unwrap();
        let principal = app.admin.id.unwrap();
        let session = Arc::new(app.served.store.unauthenticated(move |connection| Session::load(connection, principal)).await.unwrap().unwrap());
        let told = move |writer: &mut Writer<'_>| {
            let orders = writer.store.definitions.get("vendors/purchase-orders").unwrap();
            let mut told = Vec::new();
            for fails in [true, false] {
                let outcome = writer.attempt(|writer| {
                    writer.transition(orders, id, &IfMatch::Any, "approved")?;
                    if fails { Err(Problem::not_found().into()) } else { Ok(()) }
                })?;
                assert_eq!(outcome.is_err(), fails);
                told.push(writer.take_warnings().len());
            }
            Ok(told)
        };
        assert_eq!(app.served.store.write(&session, &Origin::system(), told).await.unwrap(), [0, 1]);
    }

    a_rule_that_only_warns_tells_the_answer_the_history_and_the_approval(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        let id = asking(app, json!({"effect": "warn"})).await;
        let first = ordered(app, "R-1", &app.admin, &ann.actor).await;
        let headers = [("Content-Type", "application/json"), ("If-Match", "*"), ("Idempotency-Key", "once")];
        let path = format!("{}/transitions", at("vendors/purchase-orders", &first));
        let body = json!({"to": "approved", "reason": "It is urgent."}).to_string();
        for replayed in [None, Some("true")] {
            let done = app.call(&app.admin, "POST", &path, &headers, Some(body.clone())).await;
            assert_eq!((done.status, done.header("idempotency-replayed")), (200, replayed), "{}", done.text);
            let warning = done.header("warning").unwrap();
            assert!(warning.starts_with("299 - \"SOD-ASK keeps") && warning.ends_with('"'), "{warning}");
        }
        let reason = last_reason(app, &first).await;
        assert!(reason.starts_with("It is urgent. SOD-ASK keeps"), "{reason}");
        assert!(approvals(app, &first).await[0]["warning"].as_str().unwrap().starts_with("SOD-ASK"));
        let second = ordered(app, "R-2", &app.admin, &ann.actor).await;
        let operation = json!({"op": "transition", "collection": "vendors/purchase-orders", "id": second, "if_match": "*", "body": {"to": "approved"}});
        let bulk = app.post(&app.admin, "/api/v1/platform/bulk", &json!({"operations": [operation]})).await;
        assert!(bulk.body["results"][0]["warnings"][0].as_str().unwrap().starts_with("SOD-ASK"), "{}", bulk.text);
        assert_eq!(app.patch(&app.admin, &at("governance/sod-rules", &id), "*", &json!({"enabled": false})).await.status, 200);
        let third = ordered(app, "R-3", &app.admin, &ann.actor).await;
        let done = app.transition(&app.admin, &at("vendors/purchase-orders", &third), "approved").await;
        assert_eq!((done.status, done.header("warning")), (200, None));
    }

    an_exception_in_force_lets_one_person_do_both_and_is_named(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        let rule = asking(app, json!({})).await;
        let body = json!({
            "title": "One buyer in summer", "kind": "control_gap", "subject_id": rule, "level": "low", "justification": "Nobody else is there.",
            "starts_on": "2026-06-01", "expires_on": "2026-07-31",
        });
        let exception = app.make("governance/exceptions", &body).await["id"].as_str().unwrap().to_owned();
        let id = ordered(app, "R-1", &app.admin, &ann.actor).await;
        let path = at("vendors/purchase-orders", &id);
        assert_eq!(app.transition(&app.admin, &path, "approved").await.broken(), [" separation_of_duties"], "a draft covers nothing");
        app.bring(app.served.store.definitions.get("governance/exceptions").unwrap(), &exception, &["approved"]).await;
        let done = app.transition(&app.admin, &path, "approved").await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert!(done.header("warning").unwrap().contains(&exception), "{:?}", done.header("warning"));
        app.clock.set(steward::resource::value::Instant::parse("2026-08-01T00:00:00Z").unwrap());
        let [admin, ann] = [&app.admin, &ann.actor].map(|actor| app.log_in_as(&actor.id.unwrap().to_string()));
        let path = at("vendors/purchase-orders", &ordered(app, "R-2", &admin, &ann).await);
        assert_eq!(app.transition(&admin, &path, "approved").await.broken(), [" separation_of_duties"], "it has expired, though nobody said so");
    }

    steps_of_one_kind_belong_together_through_a_third_where_the_rule_says_so(app) {
        let [ann, ben] = [colleague(app, "Ann Lee", "administrator", None).await, colleague(app, "Ben Ode", "administrator", None).await];
        let theme = app.make_ready(app.served.store.definitions.get("strategy/themes").unwrap(), "shared").await;
        let made = async |actor: &Actor, code: &str| {
            let body = json!({"code": code, "name": code, "estimated_cost": euros("1.00"), "theme_id": theme["id"], "plan_id": theme["plan_id"]});
            let made = app.post(actor, "/api/v1/strategy/initiatives", &body).await;
            assert_eq!(made.status, 201, "{}", made.text);
            made.id()
        };
        let (_, other) = (made(&ann.actor, "I-1").await, made(&ben.actor, "I-2").await);
        let steps = json!({"code": "SOD-THEME", "name": "One theme", "first_step": "strategy.initiatives:create", "second_step": "strategy.initiatives:approve",
            "effect": "block", "through": "strategy/themes"});
        let rule = app.make("governance/sod-rules", &steps).await["id"].as_str().unwrap().to_owned();
        assert_eq!(approve(app, &ann.actor, &other).await.broken(), [" separation_of_duties"]);
        let narrower = app.patch(&app.admin, &at("governance/sod-rules", &rule), "*", &json!({"through": null})).await;
        assert_eq!(narrower.status, 200, "{}", narrower.text);
        assert_eq!(approve(app, &ann.actor, &other).await.status, 200);
    }

    steps_on_different_records_belong_together_by_reference_or_through_a_third(app) {
        let [ann, ben, eve] = [
            colleague(app, "Ann Lee", "administrator", None).await,
            colleague(app, "Ben Ode", "administrator", None).await,
            colleague(app, "Eve Poe", "administrator", None).await,
        ];
        let made = async |actor: &Actor, collection: &str, body: Value| {
            let answer = app.post(actor, &format!("/api/v1/{collection}"), &body).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
            answer.id()
        };
        let go = async |actor: &Actor, collection: &str, id: &str, to: &str| app.transition(actor, &at(collection, id), to).await;
        let vendor = made(&app.admin, "vendors/vendors", json!({"code": "V", "name": "V"})).await;
        for to in ["onboarding", "qualified"] {
            assert_eq!(go(&app.admin, "vendors/vendors", &vendor, to).await.status, 200);
        }
        let center = made(&app.admin, "finance/cost-centers", json!({"code": "CC-BUY", "name": "Purchases"})).await;
        let ordered = async |code: &str| {
            let order = made(&ann.actor, "vendors/purchase-orders", json!({"code": code, "title": code, "vendor_id": vendor, "currency": "EUR", "cost_center_id": center})).await;
            let line = json!({"purchase_order_id": order, "position": 1, "title": "Server", "quantity": "2", "unit": "piece", "unit_price": euros("1.00"), "matching": "two_way"});
            let line = made(&ann.actor, "vendors/purchase-order-lines", line).await;
            for (actor, to) in [(&ann.actor, "submitted"), (&eve.actor, "approved"), (&eve.actor, "sent")] {
                let moved = go(actor, "vendors/purchase-orders", &order, to).await;
                assert_eq!(moved.status, 200, "{}", moved.text);
            }
            (order, line)
        };
        let [(order, line), (other, other_line)] = [ordered("PO-1").await, ordered("PO-2").await];
        let receipt = async |order: &str, line: &str, number: &str| {
            let body = json!({"vendor_id": vendor, "purchase_order_id": order, "number": number, "received_on": "2026-06-10"});
            let receipt = made(&ben.actor, "vendors/receipts", body).await;
            let line = json!({"receipt_id": receipt, "purchase_order_line_id": line, "title": "Server", "accepted_quantity": "1", "rejected_quantity": "0"});
            made(&ben.actor, "vendors/receipt-lines", line).await;
            let posted = go(&ben.actor, "vendors/receipts", &receipt, "posted").await;
            assert_eq!(posted.status, 200, "{}", posted.text);
        };
        receipt(&order, &line, "GR-1").await;
        let invoice = async |number: &str, order: Option<&str>, line: Option<&str>| {
            let body = json!({
                "vendor_id": vendor, "kind": "invoice", "number": number, "invoiced_on": "2026-06-01", "received_on": "2026-06-02",
                "net": euros("1.00"), "tax": euros("0.00"), "gross": euros("1.00"), "purchase_order_id": order,
            });
            let id = made(&app.admin, "vendors/invoices", body).await;
            let mut part = json!({"invoice_id": id, "position": 1, "title": "Server", "quantity": "1", "unit_price": euros("1.00"), "net": euros("1.00")});
            if let Some(line) = line {
                part["purchase_order_line_id"] = line.into();
            }
            made(&app.admin, "vendors/invoice-lines", part).await;
            let matched = go(&app.admin, "vendors/invoices", &id, "matched").await;
            assert_eq!(matched.status, 200, "{}", matched.text);
            id
        };
        // By the order that the invoice names, and by the order line that its line names.
        for (number, order, line) in [("R-1", Some(order.as_str()), Some(line.as_str())), ("R-2", None, Some(line.as_str()))] {
            let id = invoice(number, order, line).await;
            for (who, rule) in [(&ann, "SOD-ORDER"), (&ben, "SOD-RECEIPT")] {
                let refused = go(&who.actor, "vendors/invoices", &id, "approved").await;
                assert_eq!(refused.broken(), [" separation_of_duties"], "{number} {rule} {}", refused.text);
                assert!(why(&refused).contains(rule), "{}", why(&refused));
            }
            let done = go(&eve.actor, "vendors/invoices", &id, "approved").await;
            assert_eq!(done.status, 200, "{}", done.text);
        }
        // Another order of the same vendor is another matter.
        let apart = invoice("R-3", Some(&other), Some(&other_line)).await;
        assert_eq!(go(&ann.actor, "vendors/invoices", &apart, "approved").await.broken(), [" separation_of_duties"], "she ordered that one too");
        let done = go(&ben.actor, "vendors/invoices", &apart, "approved").await;
        assert_eq!(done.status, 200, "{}", done.text);
    }

    of_two_approvals_that_a_rule_keeps_apart_one_person_makes_one_though_at_once(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        let rule = json!({"code": "SOD-X", "name": "X", "first_step": "vendors.requisitions:approve", "second_step": "vendors.purchase_orders:approve"});
        app.make("governance/sod-rules", &rule).await;
        let vendor = app.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await["id"].as_str().unwrap().to_owned();
        for to in ["onboarding", "qualified"] {
            assert_eq!(app.transition(&app.admin, &at("vendors/vendors", &vendor), to).await.status, 200);
        }
        for number in 0..8 {
            let code = format!("R-{number}");
            let asked = requisition(app, &code, &app.admin).await;
            let order = json!({"code": code, "title": code, "vendor_id": vendor, "currency": "EUR", "requisition_id": asked});
            let order = app.make("vendors/purchase-orders", &order).await["id"].as_str().unwrap().to_owned();
            let line = json!({"purchase_order_id": order, "position": 1, "title": "Disk", "quantity": "1", "unit": "piece", "unit_price": euros("1.00")});
            app.make("vendors/purchase-order-lines", &line).await;
            let [asked, order] = [at("vendors/requisitions", &asked), at("vendors/purchase-orders", &order)];
            assert_eq!(app.transition(&app.admin, &order, "submitted").await.status, 200);
            let answers = futures_util::future::join_all([&asked, &order].map(|path| app.transition(&ann.actor, path, "approved"))).await;
            assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 1), "{} {}", answers[0].text, answers[1].text);
        }
    }

    a_rule_names_steps_that_there_are_and_one_that_approves(app) {
        let rule = |first: &str, second: &str, through: Value| json!({"code": "X", "name": "X", "first_step": first, "second_step": second, "through": through});
        let tried = async |body: Value| app.post(&app.admin, "/api/v1/governance/sod-rules", &body).await.broken();
        assert_eq!(tried(rule("vendors.receipts:post", "vendors.receipts:reverse", Value::Null)).await, ["/second_step step"]);
        assert_eq!(tried(rule("vendors.receipts:post", "vendors.invoices:approve", json!("vendors/nothing"))).await, ["/through collection"]);
    }

    a_start_makes_the_rules_that_were_never_there_and_leaves_the_others(app) {
        let rules = async || {
            let page = app.get(&app.admin, "/api/v1/governance/sod-rules?limit=200").await.body["data"].clone();
            let of = |rule: &Value| (rule["code"].as_str().unwrap().to_owned(), rule["enabled"] == json!(true), rule["id"].as_str().unwrap().to_owned());
            page.as_array().unwrap().iter().map(of).collect::<Vec<_>>()
        };
        let all = rules().await;
        let id = |code: &str| all.iter().find(|(own, ..)| own == code).map(|(.., id)| id.clone()).unwrap();
        assert_eq!(app.delete(&app.admin, &at("governance/sod-rules", &id("SOD-BANK")), "*").await.status, 204);
        assert_eq!(app.patch(&app.admin, &at("governance/sod-rules", &id("SOD-PAY")), "*", &json!({"enabled": false})).await.status, 200);
        // As if it had been made by an earlier version, under another code.
        let old = steward::resource::Id::parse(&id("SOD-ORDER")).unwrap();
        let older = move |connection: &mut steward::database::Connection| {
            diesel::update(sod_rules::table.find(old)).set((sod_rules::code.eq("OLD"), sod_rules::code_key.eq("old"))).execute(connection)?;
            Ok(diesel::update(revisions::table.filter(revisions::resource_id.eq(old))).set(revisions::document.eq(r#"{"code":"OLD"}"#)).execute(connection)?)
        };
        app.served.store.by_itself(older).await.unwrap();
        for _ in 0..2 {
            assert!(steward::domains::identity::bootstrap::bootstrap(&app.served.store, None, None).await.unwrap().is_none());
            let found = rules().await;
            let has = |code: &str, enabled: bool| found.iter().filter(|(own, is_on, _)| own == code && *is_on == enabled).count();
            assert_eq!([has("SOD-ORDER", true), has("OLD", true), has("SOD-BANK", true), has("SOD-PAY", false), has("SOD-PAY", true)], [1, 1, 0, 1, 0]);
        }
    }
}
