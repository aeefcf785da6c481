//! What is private to people exists for nobody else: not for those who lead, and not for administrators.

use super::*;
use crate::on_both;

/// Fails unless a record exists for some and for nobody else, through every door.
async fn exists_for(app: &TestApp, collection: &str, id: &str, word: &str, insiders: &[&Actor], outsiders: &[&Actor]) {
    let (record, resource) = (at(collection, id), format!("/api/v1/platform/resources/{id}"));
    let list = format!("/api/v1/teams/{collection}");
    let everybody = insiders.iter().map(|actor| (actor, true)).chain(outsiders.iter().map(|actor| (actor, false)));
    for (actor, there) in everybody {
        for place in [record.clone(), format!("{record}?as_of=2026-06-15"), resource.clone(), format!("{resource}/history"), format!("{record}/transitions")] {
            let answer = app.get(actor, &place).await;
            // What has no lifecycle has no moves, for whoever asks.
            let moves = place.ends_with("/transitions") && answer.status == 404;
            assert!(answer.status == if there { 200 } else { 404 } || moves, "{place}: {}", answer.text);
        }
        for query in ["?include_total=true", "?as_of=2026-06-15", "?sort=-created_at&include_total=true"] {
            let page = app.get(actor, &format!("{list}{query}")).await;
            assert_eq!(page.text.contains(id), there, "{collection}{query}: {}", page.text);
            if query.contains("total") && !there {
                assert_eq!(page.body["total_count"], json!(0), "{collection}{query}");
            }
        }
        for form in ["text/csv", "application/x-ndjson"] {
            let file = app.call(actor, "GET", &list, &[("Accept", form)], None).await;
            assert_eq!(file.text.contains(word), there, "{collection} as {form}: {}", file.text);
        }
        if !there {
            assert_eq!(app.patch(actor, &record, "*", &json!({})).await.status, 404);
            assert_eq!(app.delete(actor, &record, "*").await.status, 404);
            let remark = app.post(actor, "/api/v1/platform/comments", &json!({"subject_id": id, "text": "x"})).await;
            assert_eq!(remark.broken(), ["/subject_id reference"], "{}", remark.text);
        }
    }
}

on_both! {
    a_one_on_one_exists_for_its_two(app) {
        let ((ann, ann_actor), (bob, bob_actor), (_, eve)) = (colleague(app, "ann").await, colleague(app, "bob").await, colleague(app, "eve").await);
        let body = json!({"person_id": ann, "lead_id": bob, "held_on": "2026-06-01", "notes": "Zanzibar."});
        let id = app.post(&bob_actor, "/api/v1/teams/one-on-ones", &body).await.id();
        exists_for(app, "one-on-ones", &id, "Zanzibar", &[&ann_actor, &bob_actor], &[&eve, &app.admin]).await;
        // What is to be done of it is seen with it alone.
        let todo = app.post(&ann_actor, "/api/v1/teams/action-items", &json!({"subject_id": id, "title": "Book the boat", "due_on": "2026-07-01"})).await;
        assert_eq!(todo.status, 201, "{}", todo.text);
        for (actor, there) in [(&bob_actor, true), (&eve, false), (&app.admin, false)] {
            assert_eq!(app.get(actor, &at("action-items", &todo.id())).await.status, if there { 200 } else { 404 });
            assert_eq!(app.get(actor, "/api/v1/teams/action-items?q=boat").await.text.contains("Book"), there);
        }
        let alone = json!({"person_id": ann, "lead_id": ann, "held_on": "2026-06-01"});
        let alone = app.post(&ann_actor, "/api/v1/teams/one-on-ones", &alone).await;
        assert_eq!(alone.status, 422, "{}", alone.text);
    }

    feedback_exists_for_those_whom_it_names(app) {
        let ((ann, ann_actor), (bob, bob_actor)) = (colleague(app, "ann").await, colleague(app, "bob").await);
        let ((mia, mia_actor), (_, eve)) = (colleague(app, "mia").await, colleague(app, "eve").await);
        let body = |visibility: &str, manager: Value| {
            json!({"person_id": ann, "visibility": visibility, "manager_id": manager, "kind": "praise", "given_on": "2026-06-01", "text": "Zanzibar."})
        };
        let between = app.post(&bob_actor, "/api/v1/teams/feedback", &body("participants", Value::Null)).await.id();
        exists_for(app, "feedback", &between, "Zanzibar", &[&ann_actor, &bob_actor], &[&mia_actor, &eve, &app.admin]).await;
        // The author is who says it, and nobody else rewrites it or takes it back.
        assert_eq!(app.get(&ann_actor, &at("feedback", &between)).await.body["author_id"], json!(bob));
        let mut forged = body("participants", Value::Null);
        forged["author_id"] = mia.clone().into();
        assert_eq!(app.post(&bob_actor, "/api/v1/teams/feedback", &forged).await.broken(), ["/author_id server_field"]);
        assert_eq!(app.patch(&ann_actor, &at("feedback", &between), "*", &json!({"text": "All was well."})).await.broken(), ["/author_id other"]);
        assert_eq!(app.delete(&ann_actor, &at("feedback", &between), "*").await.broken(), ["/author_id other"]);
        assert_eq!(app.patch(&bob_actor, &at("feedback", &between), "*", &json!({"situation": "Zanzibar"})).await.status, 200);
        assert_eq!(app.delete(&bob_actor, &at("feedback", &between), "*").await.status, 204);
        let told = app.post(&bob_actor, "/api/v1/teams/feedback", &body("manager", mia.clone().into())).await.id();
        exists_for(app, "feedback", &told, "Zanzibar", &[&ann_actor, &bob_actor, &mia_actor], &[&eve, &app.admin]).await;
        for (visibility, manager, said) in [("manager", Value::Null, "/manager_id required"), ("participants", mia.into(), "/manager_id not_applicable")] {
            assert_eq!(app.post(&bob_actor, "/api/v1/teams/feedback", &body(visibility, manager)).await.broken(), [said]);
        }
    }

    a_review_exists_for_those_whom_it_names(app) {
        let ((ann, ann_actor), (bob, bob_actor), (hana, hana_actor)) = (colleague(app, "ann").await, colleague(app, "bob").await, colleague(app, "hana").await);
        let ((carl, carl_actor), (_, eve)) = (colleague(app, "carl").await, colleague(app, "eve").await);
        let cycle = made(app, "review-cycles", json!({"code": "R26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        let body = json!({"review_cycle_id": cycle, "person_id": ann, "reviewer_id": bob, "hr_partner_id": hana, "calibrator_id": carl});
        let id = app.post(&bob_actor, "/api/v1/teams/performance-reviews", &body).await.id();
        assert_eq!(app.patch(&ann_actor, &at("performance-reviews", &id), "*", &json!({"self_review": "Zanzibar."})).await.status, 200);
        exists_for(app, "performance-reviews", &id, "Zanzibar", &[&ann_actor, &bob_actor, &hana_actor, &carl_actor], &[&eve, &app.admin]).await;
        // A second account of the same person sees what the person sees.
        let again = account(app, &ann, "team_lead", None).await;
        assert_eq!(app.get(&again, &at("performance-reviews", &id)).await.body["self_review"], json!("Zanzibar."));
        // Named no longer, it is there no longer.
        assert_eq!(app.patch(&bob_actor, &at("performance-reviews", &id), "*", &json!({"calibrator_id": null})).await.status, 200);
        exists_for(app, "performance-reviews", &id, "Zanzibar", &[&ann_actor, &bob_actor, &hana_actor], &[&carl_actor, &eve, &app.admin]).await;
    }

    what_is_private_is_not_told_by_what_a_deletion_would_break(app) {
        let (bob, bob_actor) = colleague(app, "bob").await;
        let alone = app.make("teams/people", &json!({"name": "Cy", "email": "cy@example.org"})).await["id"].as_str().unwrap().to_owned();
        for (collection, body) in [
            ("one-on-ones", json!({"person_id": alone, "lead_id": bob, "held_on": "2026-06-01"})),
            ("feedback", json!({"person_id": alone, "visibility": "participants", "kind": "praise", "given_on": "2026-06-01", "text": "Well."})),
        ] {
            assert_eq!(app.post(&bob_actor, &format!("/api/v1/teams/{collection}"), &body).await.status, 201);
        }
        let refused = app.call(&app.admin, "DELETE", &format!("/api/v1/teams/people/{alone}?dry_run=true"), &[("If-Match", "*")], None).await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" in_use".to_owned()]), "{}", refused.text);
        for word in ["one-on-ones", "feedback", "lead_id"] {
            assert!(!refused.text.contains(word), "{}", refused.text);
        }
        let vendor = app.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await["id"].as_str().unwrap().to_owned();
        assert_eq!(app.post(&account(app, &bob, "vendor_manager", None).await, "/api/v1/vendors/negotiation-plans", &json!({"name": "Last", "lead_id": bob, "vendor_id": vendor})).await.status, 201);
        let refused = app.call(&app.admin, "DELETE", &format!("/api/v1/vendors/vendors/{vendor}?dry_run=true"), &[("If-Match", "*")], None).await;
        assert!(refused.status == 409 && !refused.text.contains("negotiation"), "{}", refused.text);
    }
}
