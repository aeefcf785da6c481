//! What a program can do that knows nothing but the document.

use crate::harness::document::DOCUMENT;
use crate::on_both;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// After the name of a collection: its second record, for a reference that must differ from one to the first.
const ANOTHER: &str = " (another)";

/// What no bulk of creates alone can make: only what is published is attested, and only people say what they think, each for themselves.
const AFTER_A_MOVE: &[&str] = &["security/attestations", "teams/feedback", "vendors/offer-scores"];

/// For every collection that has a create: the example of its body, and where each reference in it points.
fn creates() -> BTreeMap<String, (Value, Vec<(String, String)>)> {
    let mut creates = BTreeMap::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        let content = &item["post"]["requestBody"]["content"]["application/json"];
        let create = content.is_object() && item["post"]["operationId"].as_str().is_some_and(|id| id.starts_with("create_"));
        let Some(collection) = path.strip_prefix("/api/v1/").filter(|rest| create && rest.matches('/').count() == 1) else { continue };
        if AFTER_A_MOVE.contains(&collection) {
            continue;
        }
        let reference = content["schema"]["$ref"].as_str().unwrap();
        let schema = DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap();
        let example = content["example"].clone();
        let points = schema["properties"].as_object().unwrap().iter().filter_map(|(name, property)| {
            let target = property["x-references"][0].as_str()?;
            let another = if property["x-differs-from"].is_string() { ANOTHER } else { "" };
            example[name].is_string().then(|| (name.clone(), format!("{target}{another}")))
        });
        creates.insert(collection.to_owned(), (example.clone(), points.collect()));
    }
    creates
}

/// The operations that make one of each, parents first; a reference says by which operation its target is made.
/// A file is uploaded before, since its body is no JSON.
fn operations(file: &Value) -> (Vec<Value>, Vec<String>) {
    let (creates, mut operations, mut made) = (creates(), Vec::new(), BTreeMap::<String, usize>::new());
    let wanted: BTreeSet<String> = creates.values().flat_map(|(_, points)| points.iter().map(|(_, target)| target.clone())).collect();
    loop {
        let before = operations.len();
        for (collection, (example, points)) in creates.iter().filter(|(collection, _)| !made.contains_key(*collection)).collect::<Vec<_>>() {
            if !points.iter().all(|(_, target)| made.contains_key(target) || target == "platform/files") {
                continue;
            }
            let mut body = example.clone();
            points.iter().for_each(|(name, target)| body[name] = made.get(target).map_or(file.clone(), |number| format!("${number}").into()));
            made.insert(collection.clone(), operations.len());
            operations.push(json!({"op": "create", "collection": collection, "body": body}));
            if wanted.contains(&format!("{collection}{ANOTHER}")) {
                made.insert(format!("{collection}{ANOTHER}"), operations.len());
                operations.push(json!({"op": "create", "collection": collection, "body": another(collection, &body)}));
            }
        }
        if operations.len() == before {
            let left = creates.keys().filter(|collection| !made.contains_key(*collection)).cloned().collect();
            return (operations, left);
        }
    }
}

/// The same body with another text in what must differ.
fn another(collection: &str, body: &Value) -> Value {
    let content = &DOCUMENT["paths"][format!("/api/v1/{collection}")]["post"]["requestBody"]["content"]["application/json"];
    let schema = DOCUMENT.pointer(content["schema"]["$ref"].as_str().unwrap().trim_start_matches('#')).unwrap();
    let mut body = body.clone();
    for (name, property) in schema["properties"].as_object().unwrap() {
        if property["x-unique"] == json!(true) && !property["x-references"].is_array() {
            body[name] = format!("another-{}", body[name].as_str().unwrap()).into();
        }
    }
    body
}

on_both! {
    every_kind_is_made_with_its_parents_in_one_bulk_by_a_program_that_reads_only_the_document(app) {
        let (operations, left) = operations(&app.upload("text/plain", "Hello.").await["id"]);
        assert!(left.is_empty(), "nothing says how to make what these refer to: {left:?}");
        assert!(operations.len() > 30, "{}", operations.len());
        let answer = app.post(&app.admin, "/api/v1/platform/bulk", &json!({"atomic": true, "operations": operations})).await;
        let refused: Vec<String> = answer.body["results"].as_array().into_iter().flatten().zip(&operations).filter(|(result, _)| !matches!(result["status"].as_u64(), Some(201 | 424))).map(|(result, operation)| format!("{}: {}", operation["collection"], result["problem"])).collect();
        assert_eq!((answer.status, refused), (200, vec![]), "{}", answer.text.chars().take(3000).collect::<String>());
    }
}
