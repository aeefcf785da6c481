//! What every record has, asked by its id alone: what it is, its history, what changed, its return.

use crate::access::Session;
use crate::error::{Problem, Result};
use crate::http::view::{Call, JSON, Parameter, Prepared, Run, View};
use crate::resource::Id;
use crate::resource::value::of_type;
use crate::store::{Outcome, Reader, Revision, Store, Writer, changes};
use serde_json::{Value, json};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};

/// `GET platform/resources/{id}`.
pub static RECORD: View = View {
    path: "platform/resources/{id}",
    operation_id: "get_resource",
    summary: "Say what an id is",
    description: "The kind, title, state and place of any record that you may read, deleted ones included.",
    permissions: &[],
    parameters: &[],
    answer: record_answer,
    run: Run::Read(record),
};

/// `GET platform/resources/{id}/history`.
pub static HISTORY: View = View {
    path: "platform/resources/{id}/history",
    operation_id: "get_resource_history",
    summary: "Get the history of a record",
    description: "Every change of a record, oldest first: who, when, why, in which request, and each field before and after. What a secret field was is not told. It needs today's permission to read the record, where it stands now and where it stood then.",
    permissions: &[],
    parameters: &[],
    answer: history_answer,
    run: Run::Read(history),
};

/// `GET platform/resources/{id}/diff`.
pub static DIFF: View = View {
    path: "platform/resources/{id}/diff",
    operation_id: "get_resource_diff",
    summary: "Compare two revisions of a record",
    description: "What differs between two revisions of a record, field by field.",
    permissions: &[],
    parameters: &[
        Parameter { name: "from", description: "the number of the earlier revision", words: &[], required: true },
        Parameter { name: "to", description: "the number of the later revision", words: &[], required: true },
    ],
    answer: diff_answer,
    run: Run::Read(diff),
};

/// `POST platform/resources/{id}/restore`.
pub static RESTORE: View = View {
    path: "platform/resources/{id}/restore",
    operation_id: "restore_resource",
    summary: "Restore a deleted record",
    description: "Brings a deleted record back as it was, under the same id, with the parts that went with it. It asks for the permission to create such a record, and keeps create's rules: what must be unique and is taken by now is refused (409).",
    permissions: &[],
    parameters: &[],
    answer: any_record,
    run: Run::Write { forms: JSON, limit: 1 << 20, long: false, body: empty_body, example: |_| json!({}), prepare, apply },
};

fn record(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let id = call.id()?;
    let known = reader.known(id)?;
    Ok(json!({
        "id": id.to_string(),
        "collection": known.definition.path,
        "title": known.title,
        "state": known.state,
        "unit_id": known.unit_id.map(|unit| unit.to_string()),
        "revision": known.revision,
        "deleted_at": known.deleted_at.map(|at| at.to_string()),
    }))
}

fn history(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let id = call.id()?;
    let known = reader.known(id)?;
    let revisions = reader.revisions(&known, id)?;
    let mut data = Vec::with_capacity(revisions.len());
    let mut before = None;
    for each in &revisions {
        data.push(json!({
            "id": each.id.to_string(),
            "revision": each.revision,
            "action": each.action,
            "actor_id": each.actor_id.to_string(),
            "at": each.at.to_string(),
            "request_id": each.request_id,
            "reason": each.reason,
            "changes": changes(known.definition, reader.session, before, each.document.as_ref()),
        }));
        before = each.document.as_ref();
    }
    Ok(json!({ "data": data }))
}

fn diff(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let id = call.id()?;
    let number = |name: &str| -> Result<i64> {
        let number = call.parameter(name).and_then(|text| text.parse::<i64>().ok());
        number.ok_or_else(|| Problem::bad_request(format!("{name} is the number of a revision.")).into())
    };
    let (from, to) = (number("from")?, number("to")?);
    let known = reader.known(id)?;
    let revisions = reader.revisions(&known, id)?;
    let find = |number: i64| -> Result<&Revision> { revisions.iter().find(|each| each.revision == number).ok_or_else(|| Problem::not_found().into()) };
    let changed = changes(known.definition, reader.session, find(from)?.document.as_ref(), find(to)?.document.as_ref());
    Ok(json!({"from": from, "to": to, "changes": changed}))
}

fn prepare(_: &Store, _: &Session, call: &Call) -> Result<Prepared> {
    let members = if call.body.is_empty() { serde_json::Map::new() } else { crate::http::view::object(&call.body)? };
    match members.keys().next() {
        None => Ok(Box::new(())),
        Some(name) => Err(Problem::invalid(vec![crate::error::Broken::unknown(name)]).into()),
    }
}

fn apply(writer: &mut Writer<'_>, call: &Call, _: &Prepared) -> Result<Outcome> {
    writer.restore(call.id()?)
}

fn text(description: &str) -> ObjectBuilder {
    of_type(Type::String).description(Some(description))
}

fn nullable(description: &str) -> ObjectBuilder {
    text(description).schema_type(SchemaType::from_iter([Type::String, Type::Null]))
}

fn all_required(mut object: ObjectBuilder, names: &[&str]) -> ObjectBuilder {
    for name in names {
        object = object.required(*name);
    }
    object
}

fn record_answer() -> Schema {
    let object = of_type(Type::Object)
        .description(Some("A record as the registry knows it."))
        .property("id", Id::described("The record."))
        .property("collection", text("Its collection, as domain/collection."))
        .property("title", text("What people call it."))
        .property("state", nullable("Its state, where it has a lifecycle."))
        .property("unit_id", nullable("The unit that decides who may see it; null for catalogues."))
        .property("revision", of_type(Type::Integer).description(Some("Its revision.")))
        .property("deleted_at", nullable("When it was deleted; null if it is there."));
    all_required(object, &["id", "collection", "title", "state", "unit_id", "revision", "deleted_at"]).into()
}

fn change_list() -> ArrayBuilder {
    let anything = |description: &str| ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some(description));
    let change = of_type(Type::Object)
        .description(Some("A field that changed."))
        .property("pointer", text("The field, as a JSON pointer (RFC 6901)."))
        .property("before", anything("What it was; null if it was not there."))
        .property("after", anything("What it became; null if it is not there."));
    ArrayBuilder::new().items(all_required(change, &["pointer", "before", "after"])).description(Some("Every field that changed."))
}

fn history_answer() -> Schema {
    let revision = of_type(Type::Object)
        .description(Some("One change."))
        .property("id", Id::described("The revision's own id."))
        .property("revision", of_type(Type::Integer).description(Some("The record's revision after it.")))
        .property("action", text("create, update, delete, restore, change_parts, or the name of a move."))
        .property("actor_id", Id::described("The principal that made it."))
        .property("at", text("When.").format(Some(utoipa::openapi::schema::SchemaFormat::Custom("date-time".into()))))
        .property("request_id", text("In which request."))
        .property("reason", nullable("Why, if it was said."))
        .property("changes", change_list());
    let revision = all_required(revision, &["id", "revision", "action", "actor_id", "at", "request_id", "reason", "changes"]);
    let data = ArrayBuilder::new().items(revision).description(Some("The changes, oldest first."));
    of_type(Type::Object).description(Some("The history of a record.")).property("data", data).required("data").into()
}

fn diff_answer() -> Schema {
    let number = |description: &str| of_type(Type::Integer).description(Some(description));
    let object = of_type(Type::Object)
        .description(Some("What differs between two revisions."))
        .property("from", number("The earlier revision."))
        .property("to", number("The later revision."))
        .property("changes", change_list());
    all_required(object, &["from", "to", "changes"]).into()
}

fn any_record() -> Schema {
    let free = utoipa::openapi::schema::AdditionalProperties::FreeForm(true);
    of_type(Type::Object).description(Some("The record, as its collection answers with it.")).additional_properties(Some(free)).into()
}

fn empty_body() -> Schema {
    let closed = utoipa::openapi::schema::AdditionalProperties::FreeForm(false);
    of_type(Type::Object).description(Some("Nothing needs to be said.")).additional_properties(Some(closed)).into()
}
