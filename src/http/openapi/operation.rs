//! The operations of a collection, and those that a domain adds.

use super::component::type_name;
use super::components::{Components, headers, reference};
use super::named::schema_name;
use super::part::{not_modified, operation, respond, schema_json, wrong_patch};
use super::state_rule;
use crate::error::Kind;
use crate::resource::schema::property;
use crate::resource::{Due, Lifecycle, ResourceType, ValidationErrors};
use crate::view::picture::SVG;
use crate::view::{EVENT_STREAM, Operation, Parameter, Run, Write};
use serde_json::{Map, Value, json};

/// What any operation with a token may answer.
const ALWAYS: &[Kind] = &[
    Kind::BadRequest,
    Kind::Unauthorized,
    Kind::NotFound,
    Kind::MethodNotAllowed,
    Kind::NotAcceptable,
    Kind::TooManyRequests,
    Kind::Internal,
    Kind::Unavailable,
];

fn with(kinds: &[Kind]) -> Vec<Kind> {
    Kind::ALL.iter().copied().filter(|kind| ALWAYS.contains(kind) || kinds.contains(kind)).collect()
}

/// Adds the operations of a collection.
pub fn of_definition(definition: &'static ResourceType, paths: &mut Map<String, Value>, components: &mut Components) {
    let words = Words::of(definition);
    let mut collection = Map::new();
    collection.insert("get".into(), list(definition, &words, components));
    if definition.operations.create {
        collection.insert("post".into(), create(definition, &words, components));
    }
    paths.insert(format!("/api/v1/{}", definition.path), collection.into());

    let mut item = Map::new();
    item.insert("parameters".into(), json!([reference("parameters", "Id")]));
    item.insert("get".into(), get(definition, &words, components));
    if definition.operations.update {
        item.insert("patch".into(), update(definition, &words, components));
    }
    if definition.operations.delete {
        item.insert("delete".into(), delete(definition, &words, components));
    }
    paths.insert(format!("/api/v1/{}/{{id}}", definition.path), item.into());

    if let Some(lifecycle) = &definition.lifecycle {
        paths.insert(
            format!("/api/v1/{}/{{id}}/transitions", definition.path),
            json!({"parameters": [reference("parameters", "Id")], "get": moves(definition, &words), "post": transition(definition, &words, lifecycle, components)}),
        );
    }
}

/// Adds the parameter `figures` to what lists and gets a collection.
pub fn add_figures(definition: &ResourceType, paths: &mut Map<String, Value>) {
    for path in [format!("/api/v1/{}", definition.path), format!("/api/v1/{}/{{id}}", definition.path)] {
        let parameters = paths.get_mut(&path).and_then(|path| path["get"]["parameters"].as_array_mut());
        parameters.into_iter().for_each(|parameters| parameters.push(reference("parameters", "Figures")));
    }
}

/// A collection in words.
struct Words {
    one: String,
    many: String,
}

impl Words {
    fn of(definition: &ResourceType) -> Self {
        Words { one: definition.singular.replace('_', " "), many: definition.collection.replace('-', " ") }
    }

    fn a(&self) -> String {
        let article = if self.one.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        format!("{article} {}", self.one)
    }
}

/// The answer that is a record.
fn record(definition: &ResourceType, components: &mut Components) -> Value {
    let name = schema_name(definition.type_name);
    components.response(&format!("{name}Record"), || {
        let schema = json!({"application/json": {"schema": reference("schemas", name)}});
        let changes = definition.operations.update || definition.lifecycle.is_some();
        let told = if changes { headers(&["ETag", "Dry-Run"]) } else { headers(&["ETag"]) };
        json!({"description": "The record.", "headers": told, "content": schema})
    })
}

/// The answer that is a page of records, or all of them as a file.
fn page(definition: &ResourceType, components: &mut Components) -> Value {
    let name = schema_name(definition.type_name);
    components.response(&format!("{name}Page"), || {
        json!({"description": "A page; or the whole filtered collection as a file, streamed.", "headers": headers(&["ETag", "Link", "Content-Disposition"]), "content": {
            "application/json": {"schema": reference("schemas", &format!("{name}Page"))},
            "text/csv": {"schema": reference("schemas", "CsvFile")},
            "application/x-ndjson": {"schema": reference("schemas", "NdjsonFile")},
        }})
    })
}

fn list(definition: &'static ResourceType, words: &Words, components: &mut Components) -> Value {
    let permission = [definition.permission("read")];
    let mut operation = operation(
        &format!("list_{}", definition.table),
        definition.collection,
        &format!("List {}", words.many),
        &definition.doc,
        Some(&permission),
        &with(&[]),
    );
    let mut parameters = vec![
        reference("parameters", "Limit"),
        reference("parameters", "Cursor"),
        reference("parameters", "Sort"),
        reference("parameters", "Filter"),
        reference("parameters", "IncludeTotal"),
    ];
    if !definition.fact && definition.fields.iter().any(|field| field.search) {
        parameters.push(reference("parameters", "Words"));
    }
    parameters.extend(["Ids", "Facets", "Fields", "Expand", "Allowed", "AsOf", "IfNoneMatch"].map(|name| reference("parameters", name)));
    parameters.extend(filters(definition, components));
    operation["parameters"] = parameters.into();
    respond(&mut operation, "304", components.response("NotModified", not_modified));
    respond(&mut operation, "200", page(definition, components));
    operation
}

/// One parameter for each field that can be compared: repeated, any of its values.
fn filters(definition: &'static ResourceType, components: &mut Components) -> Vec<Value> {
    let name = schema_name(definition.type_name);
    let mut parameters = Vec::new();
    for field in definition.listed_server_fields().chain(definition.written_fields()).filter(|field| field.is_filterable()) {
        let mut item = schema_json(&(field.schema)());
        if let (Some(lifecycle), "state") = (&definition.lifecycle, field.name) {
            debug_assert!(!lifecycle.states.is_empty());
            item = reference("schemas", &format!("{name}State"));
        }
        // What no record can have is no error here: it finds nothing.
        if let Some(members) = item.as_object_mut() {
            members.retain(|word, _| matches!(word.as_str(), "type" | "format" | "title" | "enum" | "$ref"));
        }
        let mut schema = json!({"type": "array", "items": item});
        if !field.refers_to.is_empty() {
            schema["x-references"] = json!(field.refers_to);
        }
        let parameter = json!({
            "name": field.name,
            "in": "query",
            "description": format!("Only those with this {}; repeated, any of them.", field.name),
            "schema": schema,
        });
        parameters.push(components.filter(name, field.name, parameter));
    }
    parameters
}

fn create(definition: &'static ResourceType, words: &Words, components: &mut Components) -> Value {
    let permission = [definition.permission("create")];
    let kinds = with(&[Kind::Forbidden, Kind::Conflict, Kind::TooLarge, Kind::UnsupportedMediaType, Kind::Invalid]);
    let mut operation = operation(
        &format!("create_{}", definition.singular),
        definition.collection,
        &format!("Create {}", words.a()),
        &definition.doc,
        Some(&permission),
        &kinds,
    );
    operation["parameters"] = json!([reference("parameters", "DryRun"), reference("parameters", "IdempotencyKey"), reference("parameters", "ChangeReason")]);
    let name = schema_name(definition.type_name);
    let schema = reference("schemas", &format!("{name}Create"));
    operation["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": schema, "example": example(definition)}}});
    let whole = if definition.once_fields().next().is_some() { format!("{name}Created") } else { name.to_owned() };
    let response = components.response(&format!("{name}Created"), || {
        let told = headers(&["ETag", "Location", "Dry-Run", "Idempotency-Replayed"]);
        json!({"description": "The new record.", "headers": told, "content": {"application/json": {"schema": reference("schemas", &whole)}}})
    });
    respond(&mut operation, "201", response);
    operation
}

/// The sample of a resource with the references it cannot be without, and without what the service writes.
pub fn example(definition: &'static ResourceType) -> Value {
    let mut members = (definition.sample)();
    members.retain(|name, value| {
        let field = definition.fields.iter().find(|field| field.name == name);
        !(value.is_null() && field.is_some_and(|field| field.optional))
    });
    debug_assert!(definition.read(members.clone(), &mut ValidationErrors::new()).is_some());
    if definition.operations.create {
        definition.read_only_fields().for_each(|field| drop(members.shift_remove(field.name)));
    }
    members.into()
}

fn get(definition: &'static ResourceType, words: &Words, components: &mut Components) -> Value {
    let permission = [definition.permission("read")];
    let mut operation = operation(
        &format!("get_{}", definition.singular),
        definition.collection,
        &format!("Get {}", words.a()),
        &definition.doc,
        Some(&permission),
        &with(&[]),
    );
    operation["parameters"] = json!(["Fields", "Expand", "Allowed", "AsOf", "IfNoneMatch"].map(|name| reference("parameters", name)));
    respond(&mut operation, "304", components.response("NotModified", not_modified));
    respond(&mut operation, "200", record(definition, components));
    operation
}

fn update(definition: &'static ResourceType, words: &Words, components: &mut Components) -> Value {
    let permission = [definition.permission("update")];
    let kinds = with(&[Kind::Forbidden, Kind::Conflict, Kind::Stale, Kind::TooLarge, Kind::UnsupportedMediaType, Kind::Invalid, Kind::PreconditionRequired]);
    let description =
        format!("{}\n\nA merge patch (RFC 7396). One that changes nothing leaves the revision as it is.{}", definition.doc, state_rule::of_update(definition));
    let mut operation =
        operation(&format!("update_{}", definition.singular), definition.collection, &format!("Change {}", words.a()), &description, Some(&permission), &kinds);
    operation["parameters"] = json!([reference("parameters", "IfMatch"), reference("parameters", "DryRun"), reference("parameters", "ChangeReason")]);
    let schema = reference("schemas", &format!("{}Update", schema_name(definition.type_name)));
    let patch = example_patch(definition);
    operation["requestBody"] = json!({"required": true, "content": {
        "application/merge-patch+json": {"schema": schema, "example": patch},
        "application/json": {"schema": schema, "example": patch},
    }});
    respond(&mut operation, "200", record(definition, components));
    operation["responses"]["415"] = components.response("UnsupportedPatch", wrong_patch);
    operation
}

/// A patch that sets the field that people know a record by, or else its first one, to what the sample has.
fn example_patch(definition: &'static ResourceType) -> Value {
    let sample = (definition.sample)();
    let usable = |name: &str| definition.field(name).is_some_and(|field| !field.secret && !field.fixed && !field.read_only && field.refers_to.is_empty());
    let name = [definition.title]
        .into_iter()
        .chain(definition.fields.iter().map(|field| field.name))
        .find(|name| usable(name) && sample.get(*name).is_some_and(|value| !value.is_null()));
    let mut patch = Map::new();
    if let Some((name, value)) = name.and_then(|name| sample.get(name).map(|value| (name, value))) {
        patch.insert(name.into(), value.clone());
    }
    debug_assert!(property_exists(definition, &patch));
    patch.into()
}

fn property_exists(definition: &'static ResourceType, patch: &Map<String, Value>) -> bool {
    patch.keys().all(|name| definition.field(name).map(property).is_some())
}

fn delete(definition: &'static ResourceType, words: &Words, components: &mut Components) -> Value {
    let permission = [definition.permission("delete")];
    let kinds = with(&[Kind::Forbidden, Kind::Conflict, Kind::Stale, Kind::PreconditionRequired]);
    let description =
        format!("Deletes {} with its parts. Refused while anything else refers to it; its history stays.{}", words.a(), state_rule::of_delete(definition));
    let mut operation =
        operation(&format!("delete_{}", definition.singular), definition.collection, &format!("Delete {}", words.a()), &description, Some(&permission), &kinds);
    operation["parameters"] = json!([reference("parameters", "IfMatch"), reference("parameters", "DryRun"), reference("parameters", "ChangeReason")]);
    respond(&mut operation, "204", components.response("Deleted", || json!({"description": "The record is deleted.", "headers": headers(&["Dry-Run"])})));
    operation
}

fn moves(definition: &'static ResourceType, words: &Words) -> Value {
    let permission = [definition.permission("read")];
    let description = format!("The moves that {} can make from its state, whether you may make them, and what is missing.", words.a());
    let id = format!("list_{}_transitions", definition.singular);
    let mut operation = operation(&id, definition.collection, &format!("List the transitions of {}", words.a()), &description, Some(&permission), &with(&[]));
    operation["parameters"] = json!([reference("parameters", "AcceptLanguage")]);
    let schema = reference("schemas", &format!("{}Moves", schema_name(definition.type_name)));
    let told = headers(&["Content-Language"]);
    respond(&mut operation, "200", json!({"description": "The transitions.", "headers": told, "content": {"application/json": {"schema": schema}}}));
    operation
}

/// What holds for moves that approve.
const APPROVING: &str = "\n\nA move that approves needs another person: see four eyes in the description of the document.";

/// A move by date in words.
fn by_date(due: &Due, lifecycle: &Lifecycle) -> String {
    let later = due.days.map(|days| format!(" and `{days}`")).unwrap_or_default();
    let only = due.only.map(|(field, words)| format!(", where `{field}` is {}", words.join(" or "))).unwrap_or_default();
    let when = if due.ends { "has passed; from then on it does not count as that any more" } else { "has come" };
    format!("\nThe service moves it from {} to `{}` when `{}`{later} {when}{only}.", due.states(lifecycle).join(" or "), due.to, due.field)
}

fn transition(definition: &'static ResourceType, words: &Words, lifecycle: &Lifecycle, components: &mut Components) -> Value {
    let permissions: Vec<String> = lifecycle.move_names().into_iter().map(|name| definition.permission(name)).collect();
    let kinds = with(&[Kind::Forbidden, Kind::Conflict, Kind::Stale, Kind::TooLarge, Kind::UnsupportedMediaType, Kind::Invalid, Kind::PreconditionRequired]);
    let approving = if lifecycle.moves.iter().any(|step| step.approving) { APPROVING } else { "" };
    let mut drawing: Vec<String> = lifecycle.moves.iter().map(|step| format!("- `{}` → `{}`: {}", step.from, step.to, step.name)).collect();
    drawing.extend(definition.due.iter().map(|due| by_date(due, lifecycle)));
    let description = format!(
        "Moves {} to another state. The permission of the chosen move is needed. A move that is not possible is refused with those that are.{approving}\n\n![The lifecycle as a picture](/docs/lifecycles/{}.svg)\n\n{}",
        words.a(),
        definition.path,
        drawing.join("\n")
    );
    let id = format!("transition_{}", definition.singular);
    let mut operation = operation(&id, definition.collection, &format!("Move {} to another state", words.a()), &description, Some(&permissions), &kinds);
    operation["parameters"] = json!([
        reference("parameters", "IfMatch"),
        reference("parameters", "DryRun"),
        reference("parameters", "IdempotencyKey"),
        reference("parameters", "ChangeReason")
    ]);
    let to = lifecycle.moves.first().map_or(lifecycle.first(), |step| step.to);
    let name = schema_name(definition.type_name);
    let schema = reference("schemas", &format!("{name}Transition"));
    operation["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": schema, "example": {"to": to, "reason": "As agreed."}}}});
    let moved = components.response(&format!("{name}Moved"), || {
        let warns = lifecycle.moves.iter().any(|step| step.approving);
        let told = ["ETag", "Dry-Run", "Idempotency-Replayed", "Warning"];
        let told = headers(if warns { &told } else { &told[..3] });
        json!({"description": "The record in its new state.", "headers": told, "content": {"application/json": {"schema": reference("schemas", name)}}})
    });
    respond(&mut operation, "200", moved);
    operation
}

/// The forms in which a figure or an action answers.
fn forms_of(view: &Operation, name: &str) -> Value {
    let mut forms = json!({"application/json": {"schema": reference("schemas", &format!("{name}Answer"))}});
    if view.picture.is_some() {
        forms[SVG] = json!({"schema": {"type": "string", "description": "The answer as a picture."}});
    }
    forms
}

/// The headers with which a figure or an action answers.
fn headers_of(view: &Operation) -> Vec<&'static str> {
    let mut told = vec!["ETag"];
    if matches!(view.run, Run::Write(_)) {
        told.extend(["Dry-Run", "Idempotency-Replayed"]);
    }
    told.extend(view.language.map(|_| "Content-Language"));
    told.extend(view.picture.map(|_| "Content-Security-Policy"));
    told
}

/// Says that an answer can stay open.
fn stay_open(answer: &mut Value, parameters: &mut Vec<Value>) {
    answer[EVENT_STREAM] = json!({"schema": {"type": "string", "description": "Server-sent events, as they happen."}});
    let description = "The position of the last event that came, where a feed that stays open was interrupted; it counts before `after`.";
    let schema = json!({"type": "integer", "format": "int64", "minimum": 0});
    parameters.push(json!({"name": "Last-Event-ID", "in": "header", "description": description, "schema": schema}));
}

/// Adds an operation that a domain adds, under the tag of its collection or of the domain.
pub fn of_domain(view: &'static Operation, tag: &str, paths: &mut Map<String, Value>) {
    let kinds = match view.run {
        Run::Read(_) | Run::Download(_) => with(&[Kind::Forbidden]),
        Run::Write(_) => with(&[Kind::Forbidden, Kind::Conflict, Kind::TooLarge, Kind::UnsupportedMediaType, Kind::Invalid]),
    };
    let mut operation = operation(&view.operation_id, tag, view.summary, &view.description, Some(&view.permissions), &kinds);
    let name = type_name(&view.operation_id);
    let mut answer = forms_of(view, &name);
    let mut parameters: Vec<Value> = view.parameters.iter().map(view_parameter).collect();
    if view.is_feed {
        stay_open(&mut answer, &mut parameters);
    }
    if view.language.is_some() {
        parameters.push(reference("parameters", "AcceptLanguage"));
    }
    respond(&mut operation, "200", json!({"description": "The answer.", "headers": headers(&headers_of(view)), "content": answer}));
    let method = match view.run {
        Run::Read(_) => {
            parameters.push(reference("parameters", "IfNoneMatch"));
            respond(&mut operation, "304", reference("responses", "NotModified"));
            "get"
        }
        Run::Download(_) => {
            let bytes = json!({"schema": {"type": "string", "format": "binary", "description": "The bytes."}});
            let content = json!({"application/octet-stream": bytes, "*/*": bytes});
            respond(&mut operation, "304", reference("responses", "NotModified"));
            respond(
                &mut operation,
                "200",
                json!({"description": "The bytes, in the media type of the upload.", "headers": headers(&["Content-Disposition", "Content-Security-Policy", "ETag"]), "content": content}),
            );
            "get"
        }
        Run::Write(write) => {
            tell_of_write(&mut operation, &mut parameters, view, write, answer);
            "post"
        }
    };
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    let path = paths.entry(format!("/api/v1/{}", view.path)).or_insert_with(|| json!({}));
    if view.path.contains("{id}") {
        path["parameters"] = json!([reference("parameters", "Id")]);
    }
    path[method] = operation;
}

/// Says what an action takes and what it makes.
fn tell_of_write(operation: &mut Value, parameters: &mut Vec<Value>, view: &Operation, Write { forms, long, example, .. }: Write, answer: Value) {
    if long {
        parameters.push(reference("parameters", "Prefer"));
        let operation_schema = json!({"application/json": {"schema": reference("schemas", "Operation")}});
        respond(
            operation,
            "202",
            json!({"description": "The work is accepted; follow the operation.", "headers": headers(&["Location", "Dry-Run", "Idempotency-Replayed"]), "content": operation_schema}),
        );
    }
    parameters.extend(["DryRun", "IdempotencyKey", "ChangeReason"].map(|name| reference("parameters", name)));
    let schema = reference("schemas", &format!("{}Request", type_name(&view.operation_id)));
    let content: Map<String, Value> = forms.iter().map(|form| ((*form).to_owned(), body(form, &schema, example(form)))).collect();
    operation["requestBody"] = json!({"required": !view.takes_nothing, "content": content});
    respond(
        operation,
        "201",
        json!({"description": "Created: the result of the action.", "headers": headers(&["ETag", "Location", "Dry-Run", "Idempotency-Replayed"]), "content": answer}),
    );
}

/// A body in a media type: a form with a file in it is described by its one part.
fn body(form: &str, schema: &Value, example: Value) -> Value {
    match form {
        "multipart/form-data" => {
            let file = json!({"type": "string", "format": "binary", "description": "The file; its name and media type are those of the part."});
            json!({"schema": {"type": "object", "description": "A form with one file.", "required": ["file"], "properties": {"file": file}}, "example": {"file": example}})
        }
        _ => json!({"schema": schema, "example": example}),
    }
}

fn view_parameter(parameter: &Parameter) -> Value {
    json!({"name": parameter.name, "in": "query", "required": parameter.required, "description": parameter.description, "schema": parameter.schema})
}
