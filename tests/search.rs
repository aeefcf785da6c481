//! Search over all collections: what is found, in which order, and what is not told.

use crate::harness::document::DOCUMENT;
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

async fn search(app: &TestApp, actor: &Actor, query: &str) -> Answer {
    app.get(actor, &format!("/api/v1/platform/search?{query}")).await
}

/// One member of each record that is found, in order.
async fn found(app: &TestApp, actor: &Actor, query: &str, member: &str) -> Vec<String> {
    let answer = search(app, actor, query).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["data"].as_array().unwrap().iter().map(|each| each[member].as_str().unwrap().to_owned()).collect()
}

async fn titles(app: &TestApp, actor: &Actor, query: &str) -> Vec<String> {
    found(app, actor, query, "title").await
}

async fn site(app: &TestApp, code: &str, name: &str, more: Value) -> String {
    let mut body = json!({"code": code, "name": name});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.make("infrastructure/sites", &body).await["id"].as_str().unwrap().to_owned()
}

on_both! {
    the_best_comes_first_whatever_the_kind(app) {
        let (admin, root) = (&app.admin, app.root_unit().await);
        site(app, "S-1", "Elsewhere", json!({"address": "Quokka street 4, behind the old mill"})).await;
        site(app, "S-2", "Nowhere", json!({"address": "Quokka street"})).await;
        app.make("infrastructure/services", &json!({"code": "Q-1", "name": "Quokkas", "kind": "technical"})).await;
        let best = site(app, "S-3", "The Quokka, a long name", json!({})).await;
        let answer = search(app, admin, "q=quokka").await;
        let order: Vec<&str> = answer.body["data"].as_array().unwrap().iter().map(|each| each["title"].as_str().unwrap()).collect();
        // The whole word in the title, its beginning in the title, and of the others the one with less beside it.
        assert_eq!(order, ["The Quokka, a long name", "Quokkas", "Nowhere", "Elsewhere"]);
        let first = json!({
            "id": best, "kind": "infrastructure/sites", "title": "The Quokka, a long name", "state": "planned", "unit_id": root,
            "highlight": "The <mark>Quokka</mark>, a long name",
        });
        assert_eq!(answer.body["data"][0], first);
        assert_eq!(answer.body["data"][1]["highlight"], "<mark>Quokkas</mark>");
        assert_eq!(answer.body["data"][3]["highlight"], "<mark>Quokka</mark> street 4, behind the old mill");
        assert_eq!(titles(app, admin, "q=quokka&limit=2").await, ["The Quokka, a long name", "Quokkas"]);
        assert_eq!(titles(app, admin, "q=quokka&kinds=infrastructure/services").await, ["Quokkas"]);
        assert_eq!(titles(app, admin, "q=quokka&kinds=infrastructure/services,infrastructure/sites&limit=1").await, ["The Quokka, a long name"]);
    }

    every_word_must_be_there_in_any_field_as_a_beginning(app) {
        let admin = &app.admin;
        site(app, "ALPHA-7", "Harbour", json!({"address": "Lighthouse road"})).await;
        assert_eq!(titles(app, admin, "q=light%20alpha%20harb").await, ["Harbour"]);
        assert_eq!(found(app, admin, "q=road%20alpha", "highlight").await, ["<mark>ALPHA</mark>-7"]);
        for query in ["q=light%20beta", "q=house", "q=lighthouses"] {
            assert_eq!(titles(app, admin, query).await.len(), 0, "{query}");
        }
    }

    case_does_not_matter_in_any_script_and_what_was_written_is_escaped(app) {
        let admin = &app.admin;
        site(app, "A", "Серверная Straße ΟΔΟΣ <b>\"x\" & 'y'</b>", json!({})).await;
        let all = ["сервер", "СЕРВЕРНАЯ", "STRASSE", "stra%C3%9Fe", "οδός".replace('ό', "ο").as_str(), "ΟΔΟΣ"].map(str::to_owned);
        for word in all {
            assert_eq!(titles(app, admin, &format!("q={}", encoded(&word))).await.len(), 1, "{word}");
        }
        let html = "<mark>Серверная</mark> Straße ΟΔΟΣ &lt;b&gt;&quot;<mark>x</mark>&quot; &amp; &#39;y&#39;&lt;/b&gt;";
        assert_eq!(found(app, admin, &format!("q={}", encoded("СЕРВ x")), "highlight").await, [html]);
        // Signs of the index's own language are no words of it.
        for query in ["server%25", "%27%22*%20OR%20x", "a_b%5C"] {
            assert_eq!(search(app, admin, &format!("q={query}")).await.status, 200, "{query}");
        }
    }

    a_highlight_is_a_short_fragment(app) {
        let address = format!("{}wombat {}", "far away & ".repeat(40), "and further ".repeat(30));
        site(app, "LONG", "Long", json!({"address": address.trim()})).await;
        let html = found(app, &app.admin, "q=wombat", "highlight").await.remove(0);
        assert!(html.starts_with('…') && html.contains("&amp; <mark>wombat</mark> and further") && html.ends_with('…'), "{html}");
        assert!(html.chars().count() <= 200, "{html}");
    }

    only_what_may_be_seen_is_found(app) {
        let root = app.root_unit().await;
        let (mine, theirs) = (app.unit("MINE", &root).await, app.unit("THEIRS", &root).await);
        site(app, "M", "Platypus mine", json!({"unit_id": mine})).await;
        site(app, "T", "Platypus theirs", json!({"unit_id": theirs})).await;
        let control = |code: &str, unit: &str| json!({"code": code, "name": format!("Platypus control {code}"), "kind": "detective", "test_period_days": 90, "unit_id": unit});
        let subject = app.make("governance/controls", &control("C", &mine)).await;
        app.make("platform/comments", &json!({"subject_id": subject["id"], "text": "Platypus comment"})).await;
        let (manager, member) = (app.actor("infrastructure_manager", Some(&mine)).await, app.actor("member", Some(&mine)).await);
        let officer = app.actor("compliance_officer", Some(&mine)).await;
        assert_eq!(titles(app, &app.admin, "q=platypus").await.len(), 4);
        assert_eq!(titles(app, &manager, "q=platypus").await, ["Platypus mine"]);
        // A member may read comments, but not the control on which this one hangs.
        assert_eq!(titles(app, &member, "q=platypus").await, ["Platypus mine"]);
        let mut seen = titles(app, &officer, "q=platypus").await;
        seen.sort();
        assert_eq!(seen, ["Platypus comment", "Platypus control C", "Platypus mine"]);
        assert_eq!(titles(app, &app.stranger().await, "q=platypus").await.len(), 0);
        assert_eq!(search(app, &Actor::nobody(), "q=platypus").await.status, 401);
        let path = format!("/api/v1/governance/controls/{}", subject["id"].as_str().unwrap());
        assert_eq!(app.delete(&app.admin, &path, "*").await.status, 204);
        assert_eq!(titles(app, &officer, "q=platypus").await, ["Platypus mine"]);
    }

    what_is_private_or_ones_own_is_found_by_whom_it_is_for(app) {
        let lead = app.person_of_admin().await;
        let person = app.make("teams/people", &json!({"name": "Ada", "email": "ada@example.org"})).await["id"].clone();
        app.make("teams/one-on-ones", &json!({"person_id": person, "lead_id": lead, "held_on": "2026-06-01", "notes": "The wallaby matter."})).await;
        let (auditor, second) = (app.actor("auditor", None).await, app.second_admin().await);
        assert_eq!(found(app, &app.admin, "q=wallaby", "highlight").await, ["The <mark>wallaby</mark> matter."]);
        assert_eq!(titles(app, &auditor, "q=wallaby").await.len() + titles(app, &second, "q=wallaby").await.len(), 0);
        let (member, other) = (app.actor("member", None).await, app.actor("member", None).await);
        let headers = [("Content-Type", "text/plain")];
        app.call(&member, "POST", "/api/v1/platform/files?name=bandicoot.txt", &headers, Some("Hello.".into())).await;
        assert_eq!(titles(app, &member, "q=bandicoot").await, ["bandicoot.txt"]);
        assert_eq!(titles(app, &app.admin, "q=bandicoot").await, ["bandicoot.txt"]);
        assert_eq!(titles(app, &other, "q=bandicoot").await.len(), 0);
    }

    a_search_takes_as_many_words_as_the_document_says(app) {
        let parameters = DOCUMENT["paths"]["/api/v1/platform/search"]["get"]["parameters"].as_array().unwrap();
        let said = parameters.iter().find(|parameter| parameter["name"] == "q").unwrap()["description"].as_str().unwrap();
        assert!(said.contains(&format!("1 to {}", steward::search::WORDS)), "{said}");
        let most = format!("q={}", vec!["w"; steward::search::WORDS].join("%20"));
        assert_eq!(search(app, &app.admin, &most).await.status, 200);
        assert_eq!(search(app, &app.admin, &format!("{most}%20w")).await.status, 400);
    }

    a_search_without_words_is_refused(app) {
        let many = format!("q={}", ["w"; 33].join("%20"));
        for query in ["", "q=", "q=%20-%20!", "limit=3", "q=a&limit=0", "q=a&limit=201", "q=a&limit=x", "q=a&kinds=house/ghosts", "q=a&kinds=", "q=a&sort=id", &many] {
            assert_eq!(search(app, &app.admin, query).await.status, 400, "{query}");
        }
        assert_eq!(search(app, &app.admin, "q=a&limit=200").await.status, 200);
    }
}

/// Text as a query string has it.
fn encoded(text: &str) -> String {
    if text.contains('%') { text.to_owned() } else { text.bytes().map(|byte| format!("%{byte:02X}")).collect() }
}
