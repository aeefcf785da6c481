//! Labels of states, transitions, choices and fields, and their translations.

use crate::harness::Answer;
use crate::harness::document::DOCUMENT;
use crate::on_both;
use serde_json::{Value, json};

#[test]
fn the_document_labels_states_and_choices() {
    let schemas = &DOCUMENT["components"]["schemas"];
    let label = |schema: &Value, word: &str| {
        let at = schema["enum"].as_array().unwrap().iter().position(|each| each == word).unwrap();
        assert_eq!(schema["enum"].as_array().unwrap().len(), schema["x-labels"].as_array().unwrap().len());
        schema["x-labels"][at].clone()
    };
    assert_eq!(label(&schemas["VendorState"], "on_hold"), json!("On hold"));
    assert_eq!(label(&schemas["Substitutability"], "highly_complex"), json!("Highly complex"));
}

on_both! {
    transitions_are_labelled_in_the_language_that_is_asked_for(app) {
        let vendor = app.make("vendors/vendors", &json!({"code": "A", "name": "A"})).await["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/vendors/vendors/{vendor}/transitions");
        let label = |accept: &'static str| {
            let path = path.clone();
            async move {
                let moves = app.call(&app.admin, "GET", &path, &[("Accept-Language", accept)], None).await.body["data"].clone();
                moves.as_array().unwrap().iter().find(|step| step["to"] == "onboarding").unwrap()["label"].as_str().unwrap().to_owned()
            }
        };
        assert_eq!(label("de").await, "Start onboarding");
        let translation = |language: &str, collection: &str, text: &str| json!({"language": language, "collection": collection, "kind": "transition", "word": "start_onboarding", "label": text});
        app.make("platform/translations", &translation("de", "*", "Aufnehmen")).await;
        app.make("platform/translations", &translation("fr", "vendors/vendors", "Intégrer")).await;
        assert_eq!((label("de-AT, fr;q=0.5").await, label("fr").await, label("en, de;q=0.5").await), ("Aufnehmen".into(), "Intégrer".into(), "Start onboarding".into()));
        // A collection's own label goes before the one for all.
        app.make("platform/translations", &translation("de", "vendors/vendors", "Onboarding beginnen")).await;
        assert_eq!(label("de").await, "Onboarding beginnen");
    }

    the_labels_of_a_collection_come_in_one_answer(app) {
        app.make("platform/translations", &json!({"language": "nl", "collection": "vendors/vendors", "kind": "choice", "word": "strategic", "label": "Strategisch"})).await;
        let answer = app.get(&app.admin, "/api/v1/platform/labels?collection=vendors/vendors&language=nl").await;
        let entry = |kind: &str, word: &str| -> Value {
            let all = answer.body["data"].as_array().unwrap();
            all.iter().find(|each| each["kind"] == kind && each["word"] == word).unwrap_or_else(|| panic!("{kind} {word}: {}", answer.text)).clone()
        };
        assert_eq!(entry("choice", "strategic"), json!({"kind": "choice", "field": "tier", "word": "strategic", "label": "Strategisch", "language": "nl", "translated": true}));
        assert_eq!(entry("state", "on_hold"), json!({"kind": "state", "field": null, "word": "on_hold", "label": "On hold", "language": "en", "translated": false}));
        assert_eq!(entry("field", "legal_name")["label"], json!("Legal name"));
        assert_eq!(app.get(&app.admin, "/api/v1/platform/labels?collection=vendors/nothing").await.status, 400);
    }

    labels_come_in_the_language_that_the_request_accepts_and_say_which(app) {
        let vendor = app.make("vendors/vendors", &json!({"code": "A", "name": "A"})).await["id"].as_str().unwrap().to_owned();
        for (kind, word, label) in [("choice", "strategic", "Strategisch"), ("transition", "start_onboarding", "Aufnehmen")] {
            app.make("platform/translations", &json!({"language": "de", "collection": "vendors/vendors", "kind": kind, "word": word, "label": label})).await;
        }
        let labels = "/api/v1/platform/labels?collection=vendors/vendors";
        let moves = format!("/api/v1/vendors/vendors/{vendor}/transitions");
        let varies = |answer: &Answer| answer.header("vary").unwrap_or_default().to_ascii_lowercase().contains("accept-language");
        for (path, accept, languages) in [
            (labels.to_owned(), "de-AT", vec!["de", "en"]),
            (labels.to_owned(), "fr", vec!["en"]),
            (format!("{labels}&language=en"), "de", vec!["en"]),
            (moves.clone(), "de", vec!["de", "en"]),
            (moves, "en", vec!["en"]),
        ] {
            let answer = app.call(&app.admin, "GET", &path, &[("Accept-Language", accept)], None).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            let mut told: Vec<&str> = answer.header("content-language").unwrap_or_default().split(", ").collect();
            told.sort_unstable();
            assert!(varies(&answer), "{path}");
            // The moves of a new vendor may all be translated.
            assert!(told == languages || (told == ["de"] && languages[0] == "de"), "{path} for {accept}: {told:?}");
        }
    }

    a_translation_names_a_word_that_there_is(app) {
        let sent = |collection: &str, word: &str, language: &str| json!({"language": language, "collection": collection, "kind": "state", "word": word, "label": "X"});
        for (body, pointer) in [
            (sent("vendors/vendors", "flying", "de"), "/word unknown"),
            (sent("vendors/nothing", "active", "de"), "/collection collection"),
            (sent("*", "active", "German"), "/language format"),
        ] {
            assert_eq!(app.post(&app.admin, "/api/v1/platform/translations", &body).await.broken(), [pointer]);
        }
        app.make("platform/translations", &sent("vendors/vendors", "active", "de")).await;
        assert_eq!(app.post(&app.admin, "/api/v1/platform/translations", &sent("vendors/vendors", "active", "de")).await.status, 409);
    }
}
