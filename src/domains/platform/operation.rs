//! Operations: long work that was asked for, how far it is and what came of it.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use steward_core::access::Session;
use steward_core::error::{Kind, Problem, Result};
use steward_core::http::Routes;
use steward_core::jobs::{self, Report, Work};
use steward_core::resource::value::{Json, Text, Whole};
use steward_core::resource::{Check, Id, Lifecycle, Move, Operations, Resource, Scope, UnmetGuard};
use steward_core::store::{IfMatch, Outcome, Store, Writer};
use steward_core::view::{self, Call, Run, members_of};
use steward_schema::service::jobs as job_rows;

/// The kind of the jobs.
const CALL: &str = "call";

steward_core::resource! {
    /// Long-running work requested by a call. Its requester can follow it and cancel it while it waits.
    pub struct Operation {
        /// Call: the operationId of the document.
        pub kind: Text<1, 100>,
        /// Progress in percent.
        #[field(default(|| json!(0)))]
        pub percent: Whole<0, 100>,
        /// Counts of the work, by name.
        pub counts: Option<Json>,
        /// Answer of the call, once it has succeeded.
        pub result: Option<Json>,
        /// Problem document of the call, once it has failed.
        pub problem: Option<Json>,
    }
}

impl Resource for Operation {
    const PATH: &'static str = "platform/operations";
    type Table = steward_schema::platform::operations::table;
    const SCOPE: Scope = Scope::Own;
    const TITLE: &'static str = "kind";
    const OPERATIONS: Operations = Operations { create: false, update: false, delete: false };

    fn lifecycle() -> Option<Lifecycle> {
        Some(
            Lifecycle::new("queued→running:run→succeeded:succeed|failed:fail; cancelled:cancel")
                .given_up(&["cancelled"])
                .automatic(&["run", "succeed", "fail"]),
        )
    }

    fn sample() -> Self {
        Operation { kind: "import_records".into(), percent: Whole(0), counts: None, result: None, problem: None }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let running = job_rows::table.filter(job_rows::operation_id.eq(check.id).and(job_rows::leased_until.is_not_null()));
        let too_late = step.to == "cancelled" && select(exists(running)).get_result(check.connection)?;
        Ok(if too_late { vec![UnmetGuard::new("", "running", "It is being done at this moment. Wait for it to end.")] } else { Vec::new() })
    }
}

/// Keeps a call as an operation and a job.
pub fn ask(writer: &mut Writer<'_>, operation: &'static view::Operation, call: &Call) -> Result<Outcome> {
    let definition = writer.definition::<Operation>()?;
    let mut members = Map::new();
    members.insert("kind".into(), operation.operation_id.as_str().into());
    let stored = writer.create(definition, members)?;
    let arguments =
        json!({"operation_id": operation.operation_id, "id": call.id.map(|id| id.to_string()), "query": call.query, "form": call.form, "name": call.name});
    jobs::ask(writer, CALL, stored.meta.id, arguments, &call.body)?;
    Ok(Outcome::new(202, writer.document(definition, &stored).into()).located(format!("/api/v1/{}/{}", Operation::PATH, stored.meta.id)))
}

/// The work of doing calls that were kept.
pub fn work(routes: Routes) -> Work {
    let prepare = move |store: &Store, session: &Session, task: &jobs::Task| -> Result<jobs::Apply> {
        let text = |name: &str| task.arguments.get(name).and_then(Value::as_str);
        let operation = text("operation_id").and_then(|operation| routes.by_operation(operation));
        let Some(write) = operation.and_then(|operation| if let Run::Write(write) = operation.run { Some(write) } else { None }) else {
            return Err(Problem::new(Kind::NotFound, "This version of the service has no such call any more.").into());
        };
        let query = task.arguments.get("query").cloned().and_then(|query| serde_json::from_value(query).ok()).unwrap_or_default();
        let form = text("form").unwrap_or_default().to_owned();
        let name = text("name").map(str::to_owned);
        let call = Call { name, ..Call::stored(text("id").and_then(Id::parse), query, task.payload.clone(), form) };
        let prepared = (write.prepare)(store, session, &call)?;
        Ok(Box::new(move |writer| {
            writer.unseen();
            Ok((write.apply)(writer, &call, &prepared)?.body.unwrap_or(Value::Null))
        }))
    };
    Work { kind: CALL, period_seconds: None, prepare: Arc::new(prepare), report: Some(report) }
}

/// Writes into the operation what has become of it.
fn report(writer: &mut Writer<'_>, id: Id, report: Report<'_>) -> Result<bool> {
    let definition = writer.definition::<Operation>()?;
    let state = writer.reader().get(definition, id)?.meta.state.unwrap_or_default();
    if state == "cancelled" {
        return Ok(false);
    }
    let (to, patch) = match report {
        Report::Running => ("running", Map::new()),
        Report::Succeeded(answer) => {
            let counts: Map<String, Value> =
                answer.as_object().into_iter().flatten().filter(|(_, value)| value.is_u64()).map(|(name, value)| (name.clone(), value.clone())).collect();
            ("succeeded", members_of(json!({"percent": 100, "result": answer, "counts": counts})))
        }
        Report::Failed(problem) => ("failed", members_of(json!({"problem": problem}))),
    };
    if !patch.is_empty() {
        writer.update(definition, id, &IfMatch::Any, &patch)?;
    }
    if state != to {
        writer.transition(definition, id, &IfMatch::Any, to)?;
    }
    Ok(true)
}
