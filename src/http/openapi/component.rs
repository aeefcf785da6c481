//! The schemas of a collection: the resource, what creates it, what changes it, a page of it, its moves.

use super::components::{Components, reference};
use super::named::schema_name;
use super::part::schema_json;
use crate::resource::label::labels;
use crate::resource::schema::property;
use crate::resource::{ApprovalAmount, Editable, Field, Lifecycle, ResourceType};
use crate::view::{Answered, Figures, Operation, Run};
use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};

/// The schemas that every operation shares.
pub fn shared(schemas: &mut Map<String, Value>) {
    let text = |description: &str| json!({"type": "string", "description": description});
    pages(schemas);
    schemas.insert(
        "BrokenField".into(),
        json!({"type": "object", "description": "Invalid field of a request.", "required": ["pointer", "code", "detail"], "properties": {
            "pointer": text("JSON pointer (RFC 6901) into the request body; empty for the record as a whole."),
            "code": text("Stable name of the rule."),
            "detail": text("Expected value, in words."),
            "params": {"type": "object", "description": "Limits of the rule: `min` and `max` of a range or length, `allowed` values, `pattern`, `decimals`.", "additionalProperties": true, "properties": {
                "min": {"type": ["number", "string", "null"], "description": "Smallest value or length."},
                "max": {"type": ["number", "string", "null"], "description": "Greatest value or length."},
                "allowed": {"type": "array", "description": "The allowed values.", "items": {"type": "string"}},
                "pattern": text("The regular expression that the text must match."),
                "decimals": {"type": "integer", "description": "Greatest number of decimals.", "minimum": 0},
            }},
            "row": {"type": "integer", "description": "Number of the row of an import: 1 is the first record.", "minimum": 1},
            "column": text("Column of the row of an import."),
        }}),
    );
    schemas.insert(
        "ProblemDetails".into(),
        json!({"type": "object", "description": "A problem document (RFC 9457).", "required": ["type", "title", "status", "detail", "instance", "errors"], "additionalProperties": true, "properties": {
            "type": text("The kind of problem: a path under /problems/ that explains itself."),
            "title": text("The kind of problem in a few words."),
            "status": {"type": "integer", "description": "The HTTP status.", "minimum": 400, "maximum": 599},
            "detail": text("Cause of the problem, with the next step."),
            "instance": text("The id of the request, as urn:uuid:…"),
            "errors": {"type": "array", "description": "Invalid fields, all at once.", "items": reference("schemas", "BrokenField")},
            "allowed": {"type": "array", "description": "Transitions that the record can make, where one was refused.", "items": reference("schemas", "MoveOption")},
            "results": {"type": "array", "description": "Outcome of each operation, where an atomic bulk request failed.", "items": reference("schemas", "BulkResult")},
            "count": {"type": "integer", "description": "Number of broken cells and rows, where an import failed; `errors` names the first 1,000.", "minimum": 1},
        }}),
    );
    schemas.insert(
        "MoveOption".into(),
        json!({"type": "object", "description": "Transition that a record can make from its state.", "required": ["to", "name", "label", "permitted", "unmet"], "properties": {
            "to": text("State after the transition."),
            "name": text("Name of the transition; the verb of its permission."),
            "label": text("Label of the transition for people."),
            "permitted": {"type": "boolean", "description": "True if the caller may make the transition."},
            "unmet": {"type": "array", "description": "Conditions that are not met yet.", "items": reference("schemas", "BrokenField")},
        }}),
    );
}

/// What pages and their records have in common.
fn pages(schemas: &mut Map<String, Value>) {
    let mut add = |name: &str, schema: Value| drop(schemas.insert(name.into(), schema));
    add("NextCursor", json!({"type": ["string", "null"], "description": "Cursor of the next page, to be sent as `cursor`; null on the last one."}));
    add("TotalCount", json!({"type": "integer", "minimum": 0, "description": "Number of all records that match; present with `include_total`."}));
    let estimate = "True where `total_count` is an estimate: with `include_total=true`, beyond 10,000 records.";
    add("TotalIsEstimate", json!({"type": "boolean", "description": estimate}));
    let counts = json!({"type": "object", "description": "Number of records by value; `null` counts those without one.", "additionalProperties": {"type": "integer", "minimum": 0}});
    let facets = "Number of all records that match by the values of each field that `facets` names; present with `facets`.";
    add("Facets", json!({"type": "object", "description": facets, "additionalProperties": counts}));
    add("Allowed", allowed());
    add("CsvFile", json!({"type": "string", "description": "The filtered collection as CSV (RFC 4180), with a header."}));
    add("NdjsonFile", json!({"type": "string", "description": "The filtered collection, one JSON object in each line."}));
    let record = json!({"type": ["object", "null"], "description": "The record, or null where you may not read it.", "additionalProperties": true});
    add(
        "Expanded",
        json!({"type": "object", "description": "The records that `expand` asked for, by the name of the reference.", "readOnly": true, "additionalProperties": record}),
    );
}

/// What the caller may do with a record.
fn allowed() -> Value {
    json!({"type": "object", "description": "Changes that you may make to the record in its current state; included with `allowed`.", "readOnly": true, "required": ["update", "delete", "transitions"], "properties": {
        "update": {"type": "boolean", "description": "True if fields can be changed; `x-lifecycle` names them."},
        "delete": {"type": "boolean", "description": "True if the record can be deleted."},
        "transitions": {"type": "array", "description": "Names of the transitions that you can make.", "items": {"type": "string"}},
    }})
}

/// The properties that most resources have, and the name of the component that each is.
const COMMON: [(&str, &str); 8] = [
    ("id", "RecordId"),
    ("revision", "Revision"),
    ("created_at", "CreatedAt"),
    ("created_by", "CreatedBy"),
    ("updated_at", "UpdatedAt"),
    ("updated_by", "UpdatedBy"),
    ("unit_id", "UnitReference"),
    ("owner_id", "OwnerReference"),
];

/// A property, as a reference to its component where most resources have the same; what it refers to stays in sight.
fn common(name: &str, property: Value, schemas: &mut Map<String, Value>) -> Value {
    let Some((_, component)) = COMMON.iter().find(|(common, _)| *common == name) else { return property };
    let (outside, own): (Map<String, Value>, Map<String, Value>) =
        property.as_object().cloned().unwrap_or_default().into_iter().partition(|(name, _)| name.starts_with("x-"));
    if *schemas.entry(*component).or_insert_with(|| own.clone().into()) != Value::Object(own) {
        return property;
    }
    let mut shared = reference("schemas", component);
    outside.into_iter().for_each(|(name, value)| shared[name] = value);
    shared
}

/// The schemas of a collection.
pub fn of_definition(definition: &'static ResourceType, components: &mut Components) {
    let (name, schemas) = (schema_name(definition.type_name), &mut components.schemas);
    let whole = resource(definition, schemas);
    schemas.insert(name.into(), whole);
    if definition.operations.create {
        let body = create(definition, schemas);
        schemas.insert(format!("{name}Create"), body);
        if definition.once_fields().next().is_some() {
            let answer = created_answer(definition, schemas);
            schemas.insert(format!("{name}Created"), answer);
        }
    }
    if definition.operations.update {
        let patch = update(definition, schemas);
        schemas.insert(format!("{name}Update"), patch);
    }
    schemas.insert(
        format!("{name}Page"),
        json!({"type": "object", "description": format!("A page of {}.", definition.collection), "required": ["data", "next_cursor"], "properties": {
            "data": {"type": "array", "description": "The records.", "items": reference("schemas", name)},
            "next_cursor": reference("schemas", "NextCursor"),
            "total_count": reference("schemas", "TotalCount"),
            "total_is_estimate": reference("schemas", "TotalIsEstimate"),
            "facets": reference("schemas", "Facets"),
        }}),
    );
    if let Some(lifecycle) = &definition.lifecycle {
        let state = json!({"type": "string", "description": format!("State of {} in its lifecycle.", definition.singular.replace('_', " ")), "enum": lifecycle.states, "x-labels": labels(lifecycle.states.iter().copied())});
        schemas.insert(format!("{name}State"), state);
        schemas.insert(format!("{name}Transition"), transition(name));
        schemas.insert(format!("{name}MoveOption"), move_option(name, lifecycle));
        schemas.insert(format!("{name}Moves"), moves(name));
    }
}

/// A transition that a record can make.
fn move_option(name: &str, lifecycle: &Lifecycle) -> Value {
    json!({"type": "object", "description": "A transition that leaves the state of the record.", "required": ["to", "name", "label", "permitted", "unmet"], "properties": {
        "to": with(reference("schemas", &format!("{name}State")), "State after the transition."),
        "name": {"type": "string", "description": "Name of the transition; the verb of its permission.", "enum": lifecycle.move_names()},
        "label": {"type": "string", "description": "Label of the transition for people."},
        "permitted": {"type": "boolean", "description": "True if the caller may make the transition."},
        "unmet": {"type": "array", "description": "Conditions that are not met yet.", "items": reference("schemas", "BrokenField")},
    }})
}

fn moves(name: &str) -> Value {
    json!({"type": "object", "description": "The state of a record and the transitions that leave it.", "required": ["state", "data"], "properties": {
        "state": with(reference("schemas", &format!("{name}State")), "Current state."),
        "data": {"type": "array", "description": "The transitions.", "items": reference("schemas", &format!("{name}MoveOption"))},
    }})
}

/// A reference with a description of its own.
fn with(mut reference: Value, description: &str) -> Value {
    reference["description"] = description.into();
    reference
}

/// The schemas that an operation of a domain names.
pub fn of_operation(operation: &Operation, components: &mut Components) {
    let schemas = &mut components.schemas;
    let name = type_name(&operation.operation_id);
    if !matches!(operation.run, Run::Download(_)) {
        add(&format!("{name}Answer"), (operation.answer)(), schemas);
    }
    if let Run::Write(write) = operation.run {
        add(&format!("{name}Request"), (write.body)(), schemas);
    }
}

/// Adds a schema under a name, and the components that it names.
fn add(name: &str, answered: Answered, schemas: &mut Map<String, Value>) {
    schemas.insert(name.to_owned(), answered.whole);
    for (name, schema) in answered.components {
        schemas.insert(name, schema);
    }
}

/// `get_framework_coverage` as `GetFrameworkCoverage`.
pub fn type_name(operation_id: &str) -> String {
    operation_id.to_upper_camel_case()
}

/// A field as a property, without its default: an answer always says what it is.
fn answered(field: &Field) -> Value {
    let mut schema = schema_json(&property(field));
    if let Some(members) = schema.as_object_mut() {
        members.remove("default");
    }
    schema
}

/// A field as a property of what creates a record. Its default stands in words: generated clients take a field with
/// `default` for one that must be sent.
fn created(field: &Field) -> Value {
    let mut schema = schema_json(&property(field));
    if let Some(default) = schema.as_object_mut().and_then(|members| members.remove("default")) {
        let said = schema["description"].as_str().unwrap_or_default().to_owned();
        schema["description"] = format!("{said} Left out, it is `{default}`.").trim().into();
    }
    schema
}

fn resource(definition: &'static ResourceType, schemas: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut add = |name: &str, mut schema: Value| {
        if let (true, Some(members)) =
            (definition.server_fields().contains(&name) || definition.read_only_fields().any(|field| field.name == name), schema.as_object_mut())
        {
            members.insert("readOnly".into(), true.into());
        }
        properties.insert(name.into(), common(name, schema, schemas));
        // What does not exist for everybody is not in every answer.
        if definition.field(name).is_none_or(Field::is_open) {
            required.push(name.to_owned());
        }
    };
    let server: Vec<&Field> = definition.listed_server_fields().collect();
    for field in server.iter().filter(|field| matches!(field.name, "id" | "revision")) {
        add(field.name, answered(field));
    }
    if definition.lifecycle.is_some() {
        let state = reference("schemas", &format!("{}State", schema_name(definition.type_name)));
        add("state", with(state, "State in the lifecycle; it changes by transitions only."));
    }
    for field in definition.written_fields().filter(|field| !field.secret) {
        add(field.name, answered(field));
    }
    for field in server.iter().filter(|field| field.name.starts_with("created") || field.name.starts_with("updated")) {
        add(field.name, answered(field));
    }
    if definition.references().next().is_some() {
        properties.insert("expanded".into(), reference("schemas", "Expanded"));
    }
    properties.insert("allowed".into(), reference("schemas", "Allowed"));
    let mut schema = json!({"type": "object", "description": definition.doc, "required": required, "properties": properties});
    if let Some(lifecycle) = &definition.lifecycle {
        schema["x-lifecycle"] = drawn(definition, lifecycle);
    }
    let owns = definition.owns();
    if !owns.is_empty() {
        schema["x-own"] = owns.iter().map(|own| own.told()).collect();
    }
    schema
}

/// A resource in the answer that made it: with what is shown this once.
fn created_answer(definition: &'static ResourceType, schemas: &mut Map<String, Value>) -> Value {
    let mut schema = resource(definition, schemas);
    let description = format!("A new {}, with what is shown this once and never again.", definition.singular.replace('_', " "));
    schema["description"] = description.into();
    for field in definition.once_fields() {
        let mut property = answered(field);
        let said = property["description"].as_str().unwrap_or_default().to_owned();
        property["description"] = format!("{said} It is shown this once; null in an answer replayed by an `Idempotency-Key`.").into();
        property["readOnly"] = true.into();
        schema["properties"][field.name] = property;
        if let Some(required) = schema["required"].as_array_mut() {
            required.push(field.name.into());
        }
    }
    schema
}

/// Adds the figures that `figures=true` asks for to the schema of a resource.
pub fn add_figures(definition: &ResourceType, figures: &Figures, components: &mut Components) {
    let schemas = &mut components.schemas;
    let Answered { whole: mut schema, components } = (figures.answer)();
    schema["readOnly"] = true.into();
    if !figures.description.is_empty() {
        let said = schema["description"].as_str().unwrap_or_default();
        schema["description"] = format!("{said}\n\n{}", figures.description).trim().into();
    }
    let name = format!("{}Figures", schema_name(definition.type_name));
    if let Some(resource) = schemas.get_mut(schema_name(definition.type_name)) {
        resource["properties"]["figures"] = reference("schemas", &name);
    }
    schemas.insert(name, schema);
    schemas.extend(components);
}

fn drawn(definition: &ResourceType, lifecycle: &Lifecycle) -> Value {
    let moves: Vec<Value> = lifecycle
        .moves
        .iter()
        .map(|step| {
            let mut drawn =
                json!({"from": step.from, "to": step.to, "name": step.name, "permission": definition.permission(step.name), "four_eyes": step.approving});
            if step.approving {
                drawn["delegation"] = definition.permission(step.name).into();
            }
            if step.automatic {
                drawn["automatic"] = true.into();
            }
            drawn
        })
        .collect();
    let worth: Vec<String> = lifecycle.worth.iter().map(ApprovalAmount::told).collect();
    let mut drawn = json!({"initial": lifecycle.first(), "states": lifecycle.states, "rules": rules_of_states(definition, lifecycle), "moves": moves});
    if !worth.is_empty() {
        drawn["worth"] = worth.into();
    }
    if !lifecycle.involved.is_empty() {
        drawn["involved"] = json!(lifecycle.involved);
    }
    drawn
}

/// What may be done with a record in each of its states.
fn rules_of_states(definition: &ResourceType, lifecycle: &Lifecycle) -> Value {
    let mut rules = Map::new();
    for state in &lifecycle.states {
        let editable = definition.editable_fields_in(state);
        let mut rule = json!({"editable": editable == Editable::All, "deletable": definition.is_deletable_in(state)});
        if definition.is_final(state) {
            rule["final"] = true.into();
        }
        if let Editable::Fields(fields) = editable {
            rule["editable_fields"] = json!(fields);
        }
        let reasons: Vec<&str> = definition.exceptions_in(state).map(|exception| exception.reason).collect();
        if !reasons.is_empty() {
            rule["reason"] = reasons.join(" ").into();
        }
        rules.insert((*state).to_owned(), rule);
    }
    rules.into()
}

fn create(definition: &'static ResourceType, schemas: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in definition.client_fields() {
        properties.insert(field.name.into(), common(field.name, created(field), schemas));
        let derived = definition.placement.iter().any(|each| each.name == field.name);
        if !field.optional && field.default.is_none() && !derived {
            required.push(field.name);
        }
    }
    let description = format!("Fields of a new {}.", definition.singular.replace('_', " "));
    let mut schema = json!({"type": "object", "description": description, "additionalProperties": false, "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn update(definition: &'static ResourceType, schemas: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for field in definition.client_fields() {
        let mut property = common(field.name, answered(field), schemas);
        if field.fixed {
            property["x-fixed"] = true.into();
        }
        properties.insert(field.name.into(), property);
    }
    let description =
        format!("A merge patch (RFC 7396) on a {}: only what is to change; null empties a field that may be empty.", definition.singular.replace('_', " "));
    json!({"type": "object", "description": description, "additionalProperties": false, "properties": properties})
}

fn transition(name: &str) -> Value {
    json!({"type": "object", "description": "A transition to another state.", "required": ["to"], "additionalProperties": false, "properties": {
        "to": with(reference("schemas", &format!("{name}State")), "State to move to."),
        "reason": {"type": ["string", "null"], "description": "Reason for the transition, stored in the history.", "maxLength": 1000},
    }})
}
