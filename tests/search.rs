//! Search over all collections: what is found, in which order, and what is not told.

use crate::harness::{Actor, Answer, House};
use crate::on_both;
use serde_json::{Value, json};

async fn search(house: &House, actor: &Actor, query: &str) -> Answer {
    house.get(actor, &format!("/api/v1/platform/search?{query}")).await
}

/// One member of each record that is found, in order.
async fn found(house: &House, actor: &Actor, query: &str, member: &str) -> Vec<String> {
    let answer = search(house, actor, query).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["data"].as_array().unwrap().iter().map(|each| each[member].as_str().unwrap().to_owned()).collect()
}

async fn titles(house: &House, actor: &Actor, query: &str) -> Vec<String> {
    found(house, actor, query, "title").await
}

async fn site(house: &House, code: &str, name: &str, more: Value) -> String {
    let mut body = json!({"code": code, "name": name});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    house.make("infrastructure/sites", &body).await["id"].as_str().unwrap().to_owned()
}

on_both! {
    the_best_comes_first_whatever_the_kind(house) {
        let (admin, root) = (&house.admin, house.root_unit().await);
        site(house, "S-1", "Elsewhere", json!({"address": "Quokka street 4, behind the old mill"})).await;
        site(house, "S-2", "Nowhere", json!({"address": "Quokka street"})).await;
        house.make("infrastructure/services", &json!({"code": "Q-1", "name": "Quokkas", "kind": "technical"})).await;
        let best = site(house, "S-3", "The Quokka, a long name", json!({})).await;
        let answer = search(house, admin, "q=quokka").await;
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
        assert_eq!(titles(house, admin, "q=quokka&limit=2").await, ["The Quokka, a long name", "Quokkas"]);
        assert_eq!(titles(house, admin, "q=quokka&kinds=infrastructure/services").await, ["Quokkas"]);
        assert_eq!(titles(house, admin, "q=quokka&kinds=infrastructure/services,infrastructure/sites&limit=1").await, ["The Quokka, a long name"]);
    }

    every_word_must_be_there_in_any_field_as_a_beginning(house) {
        let admin = &house.admin;
        site(house, "ALPHA-7", "Harbour", json!({"address": "Lighthouse road"})).await;
        assert_eq!(titles(house, admin, "q=light%20alpha%20harb").await, ["Harbour"]);
        assert_eq!(found(house, admin, "q=road%20alpha", "highlight").await, ["<mark>ALPHA</mark>-7"]);
        for query in ["q=light%20beta", "q=house", "q=lighthouses"] {
            assert_eq!(titles(house, admin, query).await.len(), 0, "{query}");
        }
    }

    case_does_not_matter_in_any_script_and_what_was_written_is_escaped(house) {
        let admin = &house.admin;
        site(house, "A", "Серверная Straße ΟΔΟΣ <b>\"x\" & 'y'</b>", json!({})).await;
        let all = ["сервер", "СЕРВЕРНАЯ", "STRASSE", "stra%C3%9Fe", "οδός".replace('ό', "ο").as_str(), "ΟΔΟΣ"].map(str::to_owned);
        for word in all {
            assert_eq!(titles(house, admin, &format!("q={}", encoded(&word))).await.len(), 1, "{word}");
        }
        let html = "<mark>Серверная</mark> Straße ΟΔΟΣ &lt;b&gt;&quot;<mark>x</mark>&quot; &amp; &#39;y&#39;&lt;/b&gt;";
        assert_eq!(found(house, admin, &format!("q={}", encoded("СЕРВ x")), "highlight").await, [html]);
        // Signs of the index's own language are no words of it.
        for query in ["server%25", "%27%22*%20OR%20x", "a_b%5C"] {
            assert_eq!(search(house, admin, &format!("q={query}")).await.status, 200, "{query}");
        }
    }

    a_highlight_is_a_short_fragment(house) {
        let address = format!("{}wombat {}", "far away & ".repeat(40), "and further ".repeat(30));
        site(house, "LONG", "Long", json!({"address": address.trim()})).await;
        let html = found(house, &house.admin, "q=wombat", "highlight").await.remove(0);
        assert!(html.starts_with('…') && html.contains("&amp; <mark>wombat</mark> and further") && html.ends_with('…'), "{html}");
        assert!(html.chars().count() <= 200, "{html}");
    }

    only_what_may_be_seen_is_found(house) {
        let root = house.root_unit().await;
        let (mine, theirs) = (house.unit("MINE", &root).await, house.unit("THEIRS", &root).await);
        site(house, "M", "Platypus mine", json!({"unit_id": mine})).await;
        site(house, "T", "Platypus theirs", json!({"unit_id": theirs})).await;
        let control = |code: &str, unit: &str| json!({"code": code, "name": format!("Platypus control {code}"), "kind": "detective", "test_period_days": 90, "unit_id": unit});
        let subject = house.make("governance/controls", &control("C", &mine)).await;
        house.make("platform/comments", &json!({"subject_id": subject["id"], "text": "Platypus comment"})).await;
        let (manager, member) = (house.actor("infrastructure_manager", Some(&mine)).await, house.actor("member", Some(&mine)).await);
        let officer = house.actor("compliance_officer", Some(&mine)).await;
        assert_eq!(titles(house, &house.admin, "q=platypus").await.len(), 4);
        assert_eq!(titles(house, &manager, "q=platypus").await, ["Platypus mine"]);
        // A member may read comments, but not the control on which this one hangs.
        assert_eq!(titles(house, &member, "q=platypus").await, ["Platypus mine"]);
        let mut seen = titles(house, &officer, "q=platypus").await;
        seen.sort();
        assert_eq!(seen, ["Platypus comment", "Platypus control C", "Platypus mine"]);
        assert_eq!(titles(house, &house.stranger().await, "q=platypus").await.len(), 0);
        assert_eq!(search(house, &Actor::nobody(), "q=platypus").await.status, 401);
        let path = format!("/api/v1/governance/controls/{}", subject["id"].as_str().unwrap());
        assert_eq!(house.delete(&house.admin, &path, "*").await.status, 204);
        assert_eq!(titles(house, &officer, "q=platypus").await, ["Platypus mine"]);
    }

    what_is_private_or_ones_own_is_found_by_whom_it_is_for(house) {
        let lead = house.person_of_admin().await;
        let person = house.make("teams/people", &json!({"name": "Ada", "email": "ada@example.org"})).await["id"].clone();
        house.make("teams/one-on-ones", &json!({"person_id": person, "lead_id": lead, "held_on": "2026-06-01", "notes": "The wallaby matter."})).await;
        let (auditor, second) = (house.actor("auditor", None).await, house.second_admin().await);
        assert_eq!(found(house, &house.admin, "q=wallaby", "highlight").await, ["The <mark>wallaby</mark> matter."]);
        assert_eq!(titles(house, &auditor, "q=wallaby").await.len() + titles(house, &second, "q=wallaby").await.len(), 0);
        let (member, other) = (house.actor("member", None).await, house.actor("member", None).await);
        let headers = [("Content-Type", "text/plain")];
        house.call(&member, "POST", "/api/v1/platform/files?name=bandicoot.txt", &headers, Some("Hello.".into())).await;
        assert_eq!(titles(house, &member, "q=bandicoot").await, ["bandicoot.txt"]);
        assert_eq!(titles(house, &house.admin, "q=bandicoot").await, ["bandicoot.txt"]);
        assert_eq!(titles(house, &other, "q=bandicoot").await.len(), 0);
    }

    a_search_without_words_is_refused(house) {
        let many = format!("q={}", ["w"; 17].join("%20"));
        for query in ["", "q=", "q=%20-%20!", "limit=3", "q=a&limit=0", "q=a&limit=201", "q=a&limit=x", "q=a&kinds=house/ghosts", "q=a&kinds=", "q=a&sort=id", &many] {
            assert_eq!(search(house, &house.admin, query).await.status, 400, "{query}");
        }
        assert_eq!(search(house, &house.admin, "q=a&limit=200").await.status, 200);
    }
}

/// Text as a query string has it.
fn encoded(text: &str) -> String {
    if text.contains('%') { text.to_owned() } else { text.bytes().map(|byte| format!("%{byte:02X}")).collect() }
}
