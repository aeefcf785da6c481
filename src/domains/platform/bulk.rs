//! Many writes in one request, across collections, each as the single call would answer.

use crate::batch::{Batch, BulkOperation, BulkResult};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use steward_core::access::Session;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::store::{Outcome, Store, Writer};
use steward_core::view::{Action, Call, NoQuery, Prepare};
use utoipa::ToSchema;

/// How many operations one request may have.
const MOST: usize = 1000;

/// `POST platform/bulk`.
#[derive(Debug)]
pub struct RunBulk;

impl Action for RunBulk {
    const PATH: &'static str = "platform/bulk";
    const OPERATION_ID: &'static str = "run_bulk";
    const SUMMARY: &'static str = "Write many records";
    const DESCRIPTION: &'static str = "Up to 1,000 creates, updates, deletes and transitions on any collections, in order, each answered as the single call would answer. \
        `\"$0\"` … `\"$999\"` in place of a reference or an id means the record that the operation with that number created. \
        With `atomic` all of it is kept or nothing: if any fails, the answer is 409 with the `results`, and those that would have succeeded say 424. Each operation needs its own permission.";
    const PERMISSIONS: &'static [&'static str] = &[];
    const LIMIT: usize = 8 << 20;
    const LONG: bool = true;
    type Query = NoQuery;
    type Body = BulkRequest;
    type Prepared = Bulk;
    type Answer = BulkResults;

    fn example(_: &str) -> Value {
        json!({"atomic": true, "operations": [
            {"op": "create", "collection": "teams/units", "body": {"code": "LAB", "name": "Laboratory"}},
            {"op": "create", "collection": "teams/people", "body": {"name": "Grace Lee", "email": "grace@example.org", "unit_id": "$0"}},
            {"op": "transition", "collection": "teams/people", "id": "$1", "if_match": "*", "body": {"to": "active"}},
        ]})
    }

    fn apply(writer: &mut Writer<'_>, _: &Call, bulk: &Bulk) -> Result<Outcome> {
        let outcome = bulk.operations.run(writer)?;
        let outcome = if bulk.atomic { outcome.whole(writer)? } else { outcome };
        Ok(Outcome::of(200, &BulkResults { results: outcome.results })?.showing_once(outcome.shown))
    }
}

impl Prepare for Bulk {
    fn prepare(store: &Store, session: &Session, call: &Call) -> Result<Bulk> {
        read(store, session, call)
    }
}

/// Request with many writes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "described here; read member by member, so that one broken operation is answered by itself")]
pub struct BulkRequest {
    /// True to keep all of it or nothing.
    #[schema(required = false, default = false)]
    pub atomic: bool,
    /// Writes, in order.
    #[schema(min_items = 1, max_items = 1000)]
    pub operations: Vec<BulkOperation>,
}

/// Outcomes of all operations.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkResults {
    /// Results, one for each operation, in order.
    pub results: Vec<BulkResult>,
}

/// A request as it was read.
pub struct Bulk {
    atomic: bool,
    operations: Batch,
}

fn read(store: &Store, session: &Session, call: &Call) -> Result<Bulk> {
    let Value::Object(mut members) = call.json()? else { return Err(Problem::invalid(vec![FieldError::new("", "type", "Expected a JSON object.")]).into()) };
    let mut broken = Vec::new();
    let atomic = members.shift_remove("atomic");
    let operations = members.shift_remove("operations");
    broken.extend(members.keys().map(|name| FieldError::unknown(name)));
    let atomic = match atomic {
        None => false,
        Some(Value::Bool(atomic)) => atomic,
        Some(_) => {
            broken.push(FieldError::new("/atomic", "type", "Expected true or false."));
            false
        }
    };
    let operations = Batch::read((store, session), operations, MOST, &mut broken);
    if broken.is_empty() { Ok(Bulk { atomic, operations }) } else { Err(Problem::invalid(broken).into()) }
}
