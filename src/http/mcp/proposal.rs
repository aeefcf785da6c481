//! Writes in two steps: proposed, which keeps nothing, and applied, once.
//!
//! A proposal is a number at random and what it was about. It is no permission: that is asked when it is applied, as of any write. It keeps an
//! assistant from doing what it has not shown, and from doing it twice: the number is the `Idempotency-Key`.

use super::client::Client;
use super::mistake::mistake;
use crate::history::canonical;
use crate::resource::Id;
use crate::resource::value::hex;
use actix_web::http::Method;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The schema of the writes, as of `platform/bulk`.
pub fn operations() -> Value {
    json!({
        "type": "array",
        "minItems": 1,
        "maxItems": 100,
        "description": "The writes, in order. `\"$0\"` as a reference means the record that the first of them makes, `\"$1\"` the second, and so on.",
        "items": {
            "type": "object",
            "required": ["op", "collection"],
            "additionalProperties": false,
            "properties": {
                "op": {"type": "string", "enum": ["create", "update", "delete", "transition"], "description": "Kind of write."},
                "collection": {"type": "string", "description": "The collection as domain/collection."},
                "id": {"type": "string", "description": "The record's id; not for a create."},
                "if_match": {"type": "string", "description": "The record's `revision` as it was read, such as `3`; not for a create, nor for a record of this proposal."},
                "body": {"type": "object", "additionalProperties": true, "description": "Of a create the fields, of an update those that change (merge patch), of a transition {\"to\": state, \"reason\": text}."},
            },
        },
    })
}

/// Tries the writes and keeps nothing.
pub async fn propose(client: &Client, arguments: &Map<String, Value>) -> Result<Value, Value> {
    let operations = read(arguments)?;
    let body = json!({"atomic": true, "operations": operations});
    let mut answer = client.ask(Method::POST, "/api/v1/platform/bulk?dry_run=true".into(), Vec::new(), Some(&body)).await?;
    answer["proposal"] = named(&Id::random().to_string(), &operations).into();
    Ok(answer)
}

/// Does what was proposed.
pub async fn apply(client: &Client, arguments: &Map<String, Value>) -> Result<Value, Value> {
    let operations = read(arguments)?;
    let proposal = arguments.get("proposal").and_then(Value::as_str).unwrap_or_default();
    let number = proposal.split('.').next().unwrap_or_default();
    if Id::parse(number).is_none() || named(number, &operations) != proposal {
        return Err(mistake(
            "These are not the operations of that proposal. Call propose with these operations, show its answer to the user, and apply what it gives.",
        ));
    }
    let mut headers = vec![("Idempotency-Key", number.to_owned())];
    headers.extend(arguments.get("reason").and_then(Value::as_str).map(|reason| ("Change-Reason", reason.to_owned())));
    let body = json!({"atomic": true, "operations": operations});
    client.ask(Method::POST, "/api/v1/platform/bulk".into(), headers, Some(&body)).await
}

/// A proposal: its number, and a digest of that and what it is about.
fn named(number: &str, operations: &[Value]) -> String {
    let digest = Sha256::new().chain_update(number).chain_update(canonical(&json!(operations))).finalize();
    format!("{number}.{}", &hex(&digest)[..32])
}

/// The writes, each of which says which version it is about.
fn read(arguments: &Map<String, Value>) -> Result<Vec<Value>, Value> {
    let Some(operations) = arguments.get("operations").and_then(Value::as_array).filter(|all| !all.is_empty()) else {
        return Err(mistake("operations is missing: expected an array of writes."));
    };
    operations.iter().enumerate().map(|(at, operation)| versioned(at, operation.clone())).collect()
}

/// A write with its version as the API takes it.
fn versioned(at: usize, mut operation: Value) -> Result<Value, Value> {
    let is_new = |id: &Value| id.as_str().is_some_and(|id| id.starts_with('$'));
    if operation["op"] == "create" {
        return Ok(operation);
    }
    let given = match &operation["if_match"] {
        Value::String(text) => text.trim_matches('"').to_owned(),
        Value::Number(number) => number.to_string(),
        _ if is_new(&operation["id"]) => "*".to_owned(),
        _ => String::new(),
    };
    match given.as_str() {
        "*" if is_new(&operation["id"]) => operation["if_match"] = "*".into(),
        revision if revision.parse::<u64>().is_ok() => operation["if_match"] = format!("\"{revision}\"").into(),
        _ => {
            return Err(mistake(format!(
                "operations/{at}: if_match is missing. Read the record, and give its revision: what changed since is then not overwritten."
            )));
        }
    }
    Ok(operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_is_about_its_operations_only() {
        let (one, other) = ([json!({"op": "delete", "id": "a"})], [json!({"op": "delete", "id": "b"})]);
        assert_eq!(named("n", &one), named("n", &[json!({"id": "a", "op": "delete"})]));
        assert!(named("n", &one) != named("n", &other) && named("n", &one) != named("m", &one));
    }

    #[test]
    fn a_write_says_which_version_it_is_about() {
        let written = |operation: Value| versioned(0, operation).map(|read| read["if_match"].clone()).map_err(|_| ());
        assert_eq!(written(json!({"op": "update", "id": "x", "if_match": 3})), Ok(json!("\"3\"")));
        assert_eq!(written(json!({"op": "update", "id": "x", "if_match": "\"3\""})), Ok(json!("\"3\"")));
        assert_eq!(written(json!({"op": "transition", "id": "$0"})), Ok(json!("*")));
        for refused in
            [json!({"op": "update", "id": "x"}), json!({"op": "delete", "id": "x", "if_match": "*"}), json!({"op": "update", "id": "x", "if_match": "three"})]
        {
            assert_eq!(written(refused), Err(()));
        }
    }
}
