//! Writes of one request, in order and across collections: read before the transaction, each run as the single call would be.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use steward_core::access::{Reach, Session, password};
use steward_core::choice;
use steward_core::error::{Error, FieldError, Kind, Problem, Result, pointer_segment};
use steward_core::http::transition;
use steward_core::resource::{Id, ResourceType};
use steward_core::store::{IfMatch, Refusal, Store, Writer};
use utoipa::ToSchema;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Ref, RefOr};

const NAMES: &[&str] = &["op", "collection", "id", "if_match", "body"];

choice! {
    /// Kind of write.
    pub enum Op {
        /// Creation of a record.
        Create = "create",
        /// Change of a record by a merge patch.
        Update = "update",
        /// Deletion of a record.
        Delete = "delete",
        /// Transition of a record to another state.
        Transition = "transition",
    }
}

/// Single write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkOperation {
    /// Kind of write.
    pub op: Op,
    /// Collection, as domain/collection.
    pub collection: String,
    /// Record, for all but create: a UUID, or "$0" for the record created by the first operation.
    #[schema(nullable = false)]
    pub id: Option<String>,
    /// ETag that was read, or "*"; for all but create.
    #[schema(nullable = false)]
    pub if_match: Option<String>,
    /// Body of the single call.
    #[schema(nullable = false)]
    pub body: Option<Map<String, Value>>,
}

/// Outcome of one operation.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct BulkResult {
    /// Status of the single call.
    #[schema(minimum = 200, maximum = 599)]
    pub status: u16,
    /// Record, where the single call would answer with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub resource: Option<Map<String, Value>>,
    /// Warnings of rules that let the write through; the header Warning of the single call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub warnings: Option<Vec<String>>,
    /// Problem document of a failed operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = problem_document)]
    pub problem: Option<Map<String, Value>>,
}

fn problem_document() -> RefOr<Schema> {
    Ref::from_schema_name("ProblemDetails").into()
}

impl BulkResult {
    fn with(status: u16, record: Map<String, Value>) -> Self {
        BulkResult { status, resource: Some(record), ..BulkResult::default() }
    }

    fn failed(problem: &Problem, writer: &Writer<'_>) -> Self {
        let document = problem.to_json(&writer.origin.request_id).as_object().cloned();
        BulkResult { status: problem.kind.status(), problem: document, ..BulkResult::default() }
    }
}

impl Op {
    /// True if a collection has the operation.
    fn is_of(self, definition: &ResourceType) -> bool {
        match self {
            Op::Create => definition.operations.create,
            Op::Update => definition.operations.update,
            Op::Delete => definition.operations.delete,
            Op::Transition => definition.lifecycle.is_some(),
        }
    }
}

/// Single write as it was read.
struct Operation {
    op: Op,
    definition: &'static ResourceType,
    id: Option<String>,
    if_match: Option<IfMatch>,
    body: Map<String, Value>,
}

/// Writes as they were read: each one, or the problem that its single call would meet before the transaction.
pub struct Batch(Vec<std::result::Result<Operation, Box<Problem>>>);

/// Outcomes of a batch.
pub struct BatchOutcome {
    /// Results, one for each operation, in order.
    pub results: Vec<BulkResult>,
    /// Record of each operation; none of one that failed.
    pub records: Vec<Option<Id>>,
    /// Pointers to what the results show this once.
    pub shown: Vec<String>,
    failed: usize,
}

impl Batch {
    /// Reads the member `operations` of a body; what is broken in its shape is added to the broken fields.
    pub fn read((store, session): (&Store, &Session), operations: Option<Value>, most: usize, broken: &mut Vec<FieldError>) -> Batch {
        let list = match operations {
            Some(Value::Array(list)) if (1..=most).contains(&list.len()) => list,
            Some(Value::Array(_)) => {
                broken.push(FieldError::new("/operations", "range", format!("Expected 1 to {most} operations.")));
                Vec::new()
            }
            Some(_) => {
                broken.push(FieldError::new("/operations", "type", "Expected an array of operations."));
                Vec::new()
            }
            None => {
                broken.push(FieldError::new("/operations", "required", "This field is required."));
                Vec::new()
            }
        };
        Batch(list.into_iter().enumerate().map(|(at, value)| read_operation((store, session), value, at, broken)).collect())
    }

    /// Number of operations.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Runs the operations in order. One that fails is taken back by itself; an error of the database ends the request.
    pub fn run(&self, writer: &mut Writer<'_>) -> Result<BatchOutcome> {
        let many = self.0.len();
        let mut outcome = BatchOutcome { results: Vec::with_capacity(many), records: Vec::with_capacity(many), shown: Vec::new(), failed: 0 };
        let sound = || self.0.iter().flatten();
        let made_of: Vec<_> = sound().filter(|operation| operation.op == Op::Create).map(|operation| operation.definition).collect();
        let named: Vec<Id> = sound().filter_map(|operation| Id::parse(operation.id.as_deref()?)).collect();
        writer.lock_many(&made_of, &named)?;
        for operation in &self.0 {
            let done = match operation {
                Ok(operation) => one(writer, operation, &outcome.records)?,
                Err(problem) => Err(problem.clone()),
            };
            match done {
                Ok((id, result, once)) => {
                    outcome.shown.extend(once.iter().map(|name| format!("/results/{}/resource/{name}", outcome.results.len())));
                    outcome.records.push(Some(id));
                    outcome.results.push(result);
                }
                Err(problem) => {
                    note_refusal(writer, operation.as_ref().ok(), &problem);
                    outcome.failed += 1;
                    outcome.records.push(None);
                    outcome.results.push(BulkResult::failed(&problem, writer));
                }
            }
        }
        Ok(outcome)
    }
}

impl BatchOutcome {
    /// Refuses the whole request if an operation failed (409): `results` says why, and those that would have succeeded say 424.
    pub fn whole(mut self, writer: &Writer<'_>) -> Result<BatchOutcome> {
        if self.failed == 0 {
            return Ok(self);
        }
        let undone = Problem::new(Kind::FailedDependency, "It would have succeeded, but another operation of the same request failed, and nothing was kept.");
        for result in self.results.iter_mut().filter(|result| result.problem.is_none()) {
            *result = BulkResult::failed(&undone, writer);
        }
        let detail = format!("{} of {} operations failed, and nothing was kept; results says why.", self.failed, self.results.len());
        let results = serde_json::to_value(self.results).map_err(Error::unwritable)?;
        Err(Problem::new(Kind::Conflict, detail).with("results", results).into())
    }
}

/// Reads one operation. What is wrong with its shape breaks the whole request; what is wrong with its target is the
/// answer of that operation alone.
fn read_operation((store, session): (&Store, &Session), value: Value, at: usize, broken: &mut Vec<FieldError>) -> std::result::Result<Operation, Box<Problem>> {
    let mut fault = |field: &str, code: &str, detail: &str| broken.push(FieldError::new(format!("/operations/{at}{field}"), code, detail));
    let Value::Object(mut members) = value else {
        fault("", "type", "Expected an object.");
        return Err(Box::new(Problem::not_found()));
    };
    for name in members.keys().filter(|name| !NAMES.contains(&name.as_str())) {
        fault(&format!("/{}", pointer_segment(name)), "unknown", "There is no such field here. Remove it.");
    }
    let op = members.get("op").and_then(Value::as_str).and_then(Op::from_word);
    if op.is_none() {
        fault("/op", "choice", "Expected create, update, delete or transition.");
    }
    let collection = members.get("collection").and_then(Value::as_str).map(str::to_owned);
    if collection.is_none() {
        fault("/collection", "required", "Expected domain/collection, such as governance/controls.");
    }
    let id = text_of(members.get("id").filter(|id| !id.is_number())).unwrap_or_else(|()| {
        fault("/id", "type", "Expected a UUID, or \"$0\" for what the first operation made.");
        None
    });
    let if_match = text_of(members.get("if_match")).unwrap_or_else(|()| {
        fault("/if_match", "type", "Expected the ETag that was read, or \"*\".");
        None
    });
    let body = match members.shift_remove("body") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(body)) => body,
        Some(_) => {
            fault("/body", "type", "Expected an object.");
            Map::new()
        }
    };
    if matches!(op, Some(Op::Update | Op::Delete | Op::Transition)) && id.is_none() {
        fault("/id", "required", "Say which record: a UUID, or \"$0\" for what the first operation made.");
    }
    let (Some(op), Some(collection)) = (op, collection) else { return Err(Box::new(Problem::not_found())) };
    let definition = store.definitions.get(&collection).ok_or_else(|| Box::new(Problem::not_found()))?;
    if !op.is_of(definition) {
        return Err(Box::new(Problem::new(Kind::MethodNotAllowed, format!("{collection} has no such operation."))));
    }
    let mut operation = Operation { op, definition, id, if_match: if_match.map(|tag| read_tag(&tag)), body };
    // Whoever may not do it anywhere is refused when it is tried, without the work of hashing what is secret in it.
    let verb = if matches!(op, Op::Create) { "create" } else { "update" };
    if session.reach(&definition.permission(verb)) != Reach::Nothing {
        password::seal(definition, &mut operation.body).map_err(|error| Box::new(error.into_problem()))?;
    }
    Ok(operation)
}

/// A text, or a number as one; an error for anything else.
fn text_of(value: Option<&Value>) -> std::result::Result<Option<String>, ()> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(()),
    }
}

/// A permission that an operation lacks is a security event, as it is of the single call.
fn note_refusal(writer: &mut Writer<'_>, operation: Option<&Operation>, problem: &Problem) {
    let Some(operation) = operation.filter(|_| problem.kind == Kind::Forbidden) else { return };
    let (method, rest) = match operation.op {
        Op::Create => ("POST", ""),
        Op::Update => ("PATCH", ""),
        Op::Delete => ("DELETE", ""),
        Op::Transition => ("POST", "/transitions"),
    };
    let id = operation.id.as_ref().map(|id| format!("/{id}")).filter(|_| operation.op != Op::Create).unwrap_or_default();
    writer.refuse(Refusal { subject: format!("{method} /api/v1/{}{id}{rest}", operation.definition.path), detail: problem.detail.clone() });
}

fn read_tag(tag: &str) -> IfMatch {
    let tag = tag.trim();
    if tag == "*" { IfMatch::Any } else { IfMatch::OneOf(tag.trim_matches('"').parse().into_iter().collect()) }
}

/// The record, the answer, and the fields in it that are shown this once.
type Done = (Id, BulkResult, Vec<&'static str>);

/// Runs one operation by itself. A problem is its answer; an error of the database ends the request.
fn one(writer: &mut Writer<'_>, operation: &Operation, made: &[Option<Id>]) -> Result<std::result::Result<Done, Box<Problem>>> {
    writer.attempt(|writer| run(writer, operation, made))
}

fn run(writer: &mut Writer<'_>, operation: &Operation, made: &[Option<Id>]) -> Result<Done> {
    let definition = operation.definition;
    let mut body = operation.body.clone();
    for field in definition.references() {
        if let Some(value) = body.get_mut(field.name)
            && let Some(id) = value.as_str().and_then(|text| placeholder(text, made))
        {
            *value = id?.to_string().into();
        }
    }
    if operation.op == Op::Create {
        let stored = writer.create(definition, body)?;
        let (document, once) = writer.document_made(definition, &stored);
        return Ok((stored.meta.id, BulkResult::with(201, document), once));
    }
    let text = operation.id.as_deref().unwrap_or_default();
    let id = match placeholder(text, made) {
        Some(id) => id?,
        None => Id::parse(text).ok_or_else(Problem::not_found)?,
    };
    writer.reader().get(definition, id)?;
    let if_match = operation
        .if_match
        .clone()
        .ok_or_else(|| Problem::new(Kind::PreconditionRequired, "Send if_match with the ETag that you read, or \"*\" for whatever it is now."))?;
    Ok(match operation.op {
        Op::Update => {
            let stored = writer.update(definition, id, &if_match, &body)?;
            (id, BulkResult::with(200, writer.document(definition, &stored)), Vec::new())
        }
        Op::Transition => {
            let (to, reason) = transition::read(definition, body)?;
            let stored = writer.because(reason, |writer| writer.transition(definition, id, &if_match, &to))?;
            let mut result = BulkResult::with(200, writer.document(definition, &stored));
            let warnings = writer.take_warnings();
            if !warnings.is_empty() {
                result.warnings = Some(warnings);
            }
            (id, result, Vec::new())
        }
        _ => {
            writer.delete(definition, id, &if_match)?;
            (id, BulkResult { status: 204, ..BulkResult::default() }, Vec::new())
        }
    })
}

/// `"$7"` as the id that operation 7 made; 424 if it made none.
pub fn placeholder(text: &str, made: &[Option<Id>]) -> Option<Result<Id>> {
    let digits = text.strip_prefix('$')?;
    let number: usize =
        Some(digits).filter(|digits| digits.len() <= 3 && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
    let missing = || Problem::new(Kind::FailedDependency, format!("Operation {number} comes later or made nothing, so {text} names no record."));
    Some(made.get(number).copied().flatten().ok_or_else(|| missing().into()))
}
