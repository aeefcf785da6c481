//! Every operation × every built-in role × where the record stands, as a table: the policy says each cell, and a running service
//! is asked for those of a sample of the collections, and of all that the policy alone does not decide.

mod policy;
mod stage;

use crate::harness::document::{self, DOCUMENT};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use policy::{Ask, SPOTS, by_own, by_policy};
use serde_json::{Value, json};
use stage::{Stage, is_sampled};
use std::collections::BTreeSet;
use std::path::PathBuf;
use steward::access::Session;
use steward::access::role::{BUILT_IN, EMPLOYEE_CODE};
use steward::resource::{Lifecycle, ResourceType};

const LEGEND: &str = "\
Who may do what.

Each line is an operation, each column a role. A cell has four signs, for what somebody with that role gets:
  1. the role was given on a unit, and the record belongs to that unit
  2. the same, and the record belongs to a unit below
  3. the same, and the record belongs to another unit
  4. the role was given on everything
A record of a catalogue that all share belongs to no unit: its first three signs are the same.

  y  it is done
  x  it is refused: the record can be seen, but this may not be done (403)
  .  there is nothing: the record does not exist for this caller (404, or left out of the list)
  !  a valid token is asked for (401)

The column `empl` is of somebody who holds nothing but the role that everybody has on what is their own, and works in the unit: its first
three signs are for what is somebody else's, the fourth for what is their own (`x-own`; of figures, as for what is somebody else's).

The last three columns: somebody without any role, somebody whose account is disabled, and a call without a token.
These files are written by `STEWARD_UPDATE_SNAPSHOTS=1 cargo test matrix`; a test fails when the service does otherwise.
";

/// No revision of any record: who may change it is told that it has moved on, and nothing happens.
const STALE: &str = "\"999999\"";

/// Who asks.
struct Cast {
    /// For each role: somebody who has it on the own unit, and somebody who has it on everything.
    roles: Vec<(Actor, Actor)>,
    /// Their sessions.
    sessions: Vec<(Session, Session)>,
    stranger: Actor,
    disabled: Actor,
}

async fn cast(app: &TestApp, own: &str) -> Cast {
    let mut roles = Vec::new();
    for role in BUILT_IN {
        if role.code == EMPLOYEE_CODE {
            let employee = app.stranger().await;
            let person = app.person_of(employee.id.unwrap()).await;
            app.patch(&app.admin, &format!("/api/v1/teams/people/{person}"), "*", &json!({"unit_id": own})).await;
            roles.push((employee.clone(), employee));
            continue;
        }
        roles.push((app.actor(role.code, Some(own)).await, app.actor(role.code, None).await));
    }
    let session = async |actor: &Actor| {
        let principal = actor.id.unwrap();
        app.served.store.unauthenticated(move |connection| Session::load(connection, principal)).await.unwrap().unwrap()
    };
    let mut sessions = Vec::new();
    for (own, everything) in &roles {
        sessions.push((session(own).await, session(everything).await));
    }
    let disabled = app.actor("administrator", None).await;
    app.transition(&app.admin, &format!("/api/v1/identity/users/{}", disabled.id.unwrap()), "disabled").await;
    Cast { roles, sessions, stranger: app.stranger().await, disabled }
}

/// The sign of an answer; anything unforeseen shows its status.
fn sign(ask: &Ask, answer: &Answer) -> String {
    let out_of_sight = || !answer.broken().is_empty() && answer.broken().iter().all(|broken| broken.ends_with(" reference"));
    match (ask.method, answer.status) {
        ("GET", 200) | ("POST", 200 | 201) => "y".into(),
        // The permission has been judged before these.
        ("PATCH" | "DELETE" | "POST", 412) | ("POST", 409) => "y".into(),
        ("POST", 422) if out_of_sight() => ".".into(),
        // A parameter names what is not there for the caller.
        ("GET", 400) if answer.text.contains("that you may see") => ".".into(),
        (_, 403) => "x".into(),
        (_, 404) => ".".into(),
        (_, 401) => "!".into(),
        (_, status) => format!("<{status}>"),
    }
}

async fn one(app: &TestApp, actor: &Actor, ask: &Ask, spot: usize) -> Answer {
    let (path, body) = &ask.calls[spot.min(ask.calls.len() - 1)];
    let body = match body {
        // What has no unique key would be made: each time another one, so that nothing depends on what came before.
        Some(body) if body.get("catalog").is_some() => Some(renamed(body)),
        body => body.clone(),
    };
    let mut headers = vec![("Content-Type", "application/json")];
    if matches!(ask.method, "PATCH" | "DELETE") || path.ends_with("/transitions") {
        headers.push(("If-Match", STALE));
    }
    if ask.method == "GET" {
        headers.clear();
    }
    if path.starts_with("/api/v1/auth/") {
        // These speak in forms.
        let form =
            body.map(|body| body.as_object().unwrap().iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect::<Vec<_>>().join("&"));
        return app.call(actor, ask.method, path, &[("Content-Type", "application/x-www-form-urlencoded")], form).await;
    }
    app.call(actor, ask.method, path, &headers, body.map(|body| body.to_string())).await
}

/// The example of an import under a version that was never seen.
fn renamed(body: &Value) -> Value {
    let mut body = body.clone();
    body["catalog"]["metadata"]["version"] = steward::resource::Id::new().to_string().into();
    body
}

/// The signs of somebody with a grant on the own unit, for each spot.
async fn narrow(app: &TestApp, actor: &Actor, ask: &Ask) -> String {
    if !ask.look_for.is_empty() {
        let answer = one(app, actor, ask, 0).await;
        return SPOTS.iter().enumerate().map(|(spot, _)| listed(ask, &answer, spot)).collect();
    }
    let mut signs = Vec::new();
    for spot in 0..if ask.shared { 1 } else { SPOTS.len() } {
        signs.push(sign(ask, &one(app, actor, ask, spot).await));
    }
    if ask.shared { signs[0].repeat(SPOTS.len()) } else { signs.concat() }
}

/// The sign of somebody whose grants know no unit.
async fn wide(app: &TestApp, actor: &Actor, ask: &Ask) -> String {
    let answer = one(app, actor, ask, 2).await;
    if ask.look_for.is_empty() { sign(ask, &answer) } else { listed(ask, &answer, 2) }
}

fn listed(ask: &Ask, answer: &Answer, spot: usize) -> String {
    if answer.status != 200 {
        return sign(ask, answer);
    }
    let id = &ask.look_for[spot];
    let there = answer.body["data"].as_array().unwrap().iter().any(|record| record["id"] == json!(id));
    if there { "y".into() } else { ".".into() }
}

/// The operations of a collection but its moves.
async fn usual(stage: &mut Stage<'_>, definition: &'static ResourceType) -> Vec<Ask> {
    let shared = stage.is_shared(definition);
    let collection = format!("/api/v1/{}", definition.path);
    let sampled = is_sampled(definition);
    let policy = |verb: &str| (!sampled).then(|| vec![definition.permission(verb)]);
    let (mut ids, mut twins) = (Vec::new(), Vec::new());
    for spot in 0..if sampled { SPOTS.len() } else { 0 } {
        ids.push(stage.record(definition, spot).await["id"].as_str().unwrap().to_owned());
        twins.push(stage.twin(definition, spot).await);
    }
    let one = &definition.singular;
    let ask = |name: String, method, suffix: &str, body: Option<Value>, verb: &str| Ask {
        name,
        method,
        calls: ids.iter().map(|id| (format!("{collection}/{id}{suffix}"), body.clone())).collect(),
        look_for: Vec::new(),
        shared,
        policy: policy(verb),
        of: Some((definition, verb.to_owned(), None)),
        is_figure: false,
    };
    let list = Ask {
        name: format!("list_{}", definition.table),
        method: "GET",
        calls: vec![(format!("{collection}?limit=200&sort=id"), None)],
        look_for: ids.clone(),
        shared,
        policy: policy("read"),
        of: Some((definition, "read".into(), None)),
        is_figure: false,
    };
    let mut asks = vec![list, ask(format!("get_{one}"), "GET", "", None, "read")];
    if definition.operations.create {
        let calls = twins.into_iter().map(|twin| (collection.clone(), Some(twin))).collect();
        let of = Some((definition, "create".to_owned(), None));
        asks.push(Ask { name: format!("create_{one}"), method: "POST", calls, look_for: Vec::new(), shared, policy: policy("create"), of, is_figure: false });
    }
    if definition.operations.update {
        asks.push(ask(format!("update_{one}"), "PATCH", "", Some(json!({})), "update"));
    }
    if definition.operations.delete {
        asks.push(ask(format!("delete_{one}"), "DELETE", "", None, "delete"));
    }
    if definition.lifecycle.is_some() {
        asks.push(ask(format!("list_{one}_transitions"), "GET", "/transitions", None, "read"));
    }
    asks
}

/// What a domain adds to a collection.
async fn views(stage: &mut Stage<'_>, domain: &str) -> Vec<Ask> {
    let mut asks = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, name) in [("get", "GET"), ("post", "POST")] {
            let operation = &item[method];
            let segments: Vec<&str> = path.trim_start_matches("/api/v1/").split('/').collect();
            let its_own = operation["operationId"].as_str().is_some_and(|id| !id.starts_with("list_") && !id.starts_with("create_"));
            let usual = (segments.len() == 2 && !its_own) || matches!(segments.as_slice(), [_, _, "{id}"] | [_, _, "{id}", "transitions"]);
            if !operation.is_object() || segments[0] != domain || usual || !path.starts_with("/api/v1/") {
                continue;
            }
            let Some(definition) = stage.app.served.store.definitions.get(&segments[..2].join("/")) else {
                let needs_permission = operation["x-permission"].as_array().is_some_and(|all| !all.is_empty());
                if !path.contains('{') && (method == "get" || needs_permission) {
                    let query = required(stage, operation, 2).await;
                    let mut body = operation["requestBody"]["content"]["application/json"]["example"].clone();
                    for (name, value) in body.as_object_mut().into_iter().flatten() {
                        let of = name.strip_suffix("_id").and_then(|one| stage.app.served.store.definitions.all().iter().find(|known| known.singular == one));
                        if let Some(of) = of {
                            *value = stage.record(of, 2).await["id"].clone();
                        }
                    }
                    let calls = vec![(format!("{path}{query}"), Some(body).filter(|body| !body.is_null()))];
                    asks.push(Ask {
                        name: operation["operationId"].as_str().unwrap().to_owned(),
                        method: name,
                        calls,
                        look_for: Vec::new(),
                        shared: true,
                        policy: None,
                        of: None,
                        is_figure: false,
                    });
                }
                continue;
            };
            if operation["requestBody"].is_object() && ["application/json", "*/*"].iter().all(|form| operation["requestBody"]["content"][form].is_null()) {
                // A file, which is judged before it is read.
                asks.push(of_file(operation, path, name));
                continue;
            }
            if let Some(ask) = of_figure(stage, definition, operation, path).filter(|_| name == "GET") {
                asks.push(ask);
                continue;
            }
            let body = operation["requestBody"]["content"]["application/json"]["example"].clone();
            let mut calls = Vec::new();
            for spot in 0..SPOTS.len() {
                let id = stage.record(definition, spot).await["id"].as_str().unwrap().to_owned();
                let query = required(stage, operation, spot).await;
                calls.push((format!("{}{query}", path.replace("{id}", &id)), Some(body.clone()).filter(|body| !body.is_null())));
            }
            asks.push(Ask {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                method: name,
                calls,
                look_for: Vec::new(),
                shared: stage.is_shared(definition),
                policy: None,
                of: None,
                is_figure: false,
            });
        }
    }
    asks
}

/// A figure of a record of a collection that is not in the sample: the policy says who may read it.
fn of_figure(stage: &Stage<'_>, definition: &'static ResourceType, operation: &'static Value, path: &str) -> Option<Ask> {
    let permissions: Vec<String> = operation["x-permission"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    (path.contains("{id}") && !permissions.is_empty() && !is_sampled(definition)).then(|| Ask {
        name: operation["operationId"].as_str().unwrap().to_owned(),
        method: "GET",
        calls: Vec::new(),
        look_for: Vec::new(),
        shared: stage.is_shared(definition),
        policy: Some(permissions),
        of: Some((definition, "read".to_owned(), None)),
        is_figure: true,
    })
}

/// An operation that reads a file: the policy says who may make it.
fn of_file(operation: &'static Value, path: &str, method: &'static str) -> Ask {
    let permissions = operation["x-permission"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    Ask {
        name: operation["operationId"].as_str().unwrap().to_owned(),
        method,
        calls: vec![(path.to_owned(), None)],
        look_for: Vec::new(),
        shared: true,
        policy: Some(permissions.collect()),
        of: None,
        is_figure: false,
    }
}

/// The query parameters that an operation cannot be without: a record of the spot where an id is asked for, a day where a
/// day is, else the first of their words, else 1.
async fn required(stage: &mut Stage<'_>, operation: &'static Value, spot: usize) -> String {
    let needed = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|each| each["in"] == json!("query") && (each["required"] == json!(true) || each["name"] == json!("subject_id")));
    let mut pairs = Vec::new();
    for each in needed {
        let name = each["name"].as_str().unwrap();
        // What may be of several kinds is a service here.
        let name_of_kind = if matches!(name, "target_id" | "subject_id") { "service_id" } else { name };
        let target =
            name_of_kind.strip_suffix("_id").and_then(|singular| stage.app.served.store.definitions.all().iter().find(|known| known.singular == singular));
        let value = match target {
            Some(target) => stage.record(target, spot).await["id"].as_str().unwrap().to_owned(),
            None if name == "before" => "2027-01-01".to_owned(),
            None if each["schema"]["format"] == json!("date") || each["description"].as_str().is_some_and(|told| told.contains("YYYY-MM-DD")) => {
                if name == "to" { "2026-07-15" } else { "2026-06-15" }.to_owned()
            }
            None if name == "collection" => "teams/units".to_owned(),
            None if name == "from_currency" => "USD".to_owned(),
            None if name == "to_currency" => "EUR".to_owned(),
            None => document::resolve(&each["schema"])["enum"][0].as_str().unwrap_or("1").to_owned(),
        };
        pairs.push(format!("{name}={value}"));
    }
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// What is asked of any kind of record by its id: asked here of the first kind that has a unit, an owner and a
/// lifecycle.
async fn of_any_kind(stage: &mut Stage<'_>, asked: &BTreeSet<String>) -> Vec<Ask> {
    let mut asks = Vec::new();
    let by_unit = |definition: &&&'static ResourceType| definition.placement.len() == 2 && definition.lifecycle.is_some() && !definition.fact;
    let definition = *stage.app.served.store.definitions.all().iter().find(by_unit).unwrap();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap().iter().filter(|(path, _)| path.contains("{id}")) {
        for (method, name) in [("get", "GET"), ("post", "POST")] {
            let Some(id) = item[method]["operationId"].as_str().filter(|id| !asked.contains(*id)) else { continue };
            let body = item[method]["requestBody"]["content"]["application/json"]["example"].clone();
            let mut calls = Vec::new();
            for spot in 0..SPOTS.len() {
                let record = stage.record(definition, spot).await["id"].as_str().unwrap().to_owned();
                let query = required(stage, &item[method], spot).await;
                calls.push((format!("{}{query}", path.replace("{id}", &record)), Some(body.clone()).filter(|body| !body.is_null())));
            }
            asks.push(Ask { name: id.to_owned(), method: name, calls, look_for: Vec::new(), shared: false, policy: None, of: None, is_figure: false });
        }
    }
    asks
}

async fn row(app: &TestApp, cast: &Cast, ask: &Ask) -> String {
    let mut cells = Vec::new();
    let own = |at: usize, session: &Session| {
        let of = ask.of.as_ref().filter(|_| BUILT_IN[at].code == EMPLOYEE_CODE);
        let cell = |(definition, verb, state): &(&'static ResourceType, String, _)| by_own(app, session, (definition, verb, *state));
        // The sign of another unit stands for what is one's own as well.
        of.map(cell).map(|cell| if ask.is_figure { format!("{}{}", &cell[..SPOTS.len()], &cell[SPOTS.len() - 1..SPOTS.len()]) } else { cell })
    };
    if let Some(permissions) = &ask.policy {
        let cell = |(at, (unit, everything)): (usize, &(Session, Session))| own(at, unit).unwrap_or_else(|| by_policy((unit, everything), ask, permissions));
        cells.extend(cast.sessions.iter().enumerate().map(cell));
        cells.extend([" .  ", " !  ", " !  "].map(str::to_owned));
        return format!("{:<42}{}", ask.name, cells.join("  ")).trim_end().to_owned();
    }
    for (at, (unit, everything)) in cast.roles.iter().enumerate() {
        match own(at, &cast.sessions[at].0) {
            Some(cell) => cells.push(cell),
            None => cells.push(narrow(app, unit, ask).await + &wide(app, everything, ask).await),
        }
    }
    for actor in [&cast.stranger, &cast.disabled, &Actor::nobody()] {
        cells.push(format!("{:^4}", wide(app, actor, ask).await));
    }
    format!("{:<42}{}", ask.name, cells.join("  ")).trim_end().to_owned()
}

/// The table as the app makes it now.
async fn table(app: &TestApp) -> String {
    let root = app.root_unit().await;
    let own = app.unit("OWN-UNIT", &root).await;
    let units = [own.clone(), app.unit("SUB-UNIT", &own).await, app.unit("OTHER-UNIT", &root).await];
    let cast = cast(app, &units[0]).await;
    let mut stage = Stage::new(app, units);
    let letters = |code: &str| code.chars().filter(|letter| *letter != '_').take(4).collect::<String>();
    let short = |code: &str| {
        let first = BUILT_IN.iter().find(|role| letters(role.code) == letters(code)).is_some_and(|role| role.code == code);
        // A second one with the same letters: the first letter, and those of its last word.
        if first { letters(code) } else { letters(&(code[..1].to_owned() + code.rsplit('_').next().unwrap_or_default())) }
    };
    let heads: Vec<String> = BUILT_IN.iter().map(|role| short(role.code)).chain(["none", "off ", "anon"].map(str::to_owned)).collect();
    let mut lines = vec![LEGEND.to_owned()];
    for role in BUILT_IN {
        lines.push(format!("  {}  {}: {}", short(role.code), role.name, role.description));
    }
    let mut asked: BTreeSet<String> = BTreeSet::new();
    let domains: Vec<(&str, Vec<&'static ResourceType>)> = steward::catalogue::api()
        .domains
        .iter()
        .map(|domain| (domain.name, domain.collections.iter().map(|each| app.served.store.definitions.get(each.path).unwrap()).collect()))
        .collect();
    for (domain, definitions) in domains {
        lines.push(format!("\n{:<42}{}", domain, heads.join("  ")));
        for definition in definitions {
            for ask in usual(&mut stage, definition).await {
                lines.push(row(app, &cast, &ask).await);
                asked.insert(ask.name);
            }
            let Some(lifecycle) = &definition.lifecycle else { continue };
            asked.insert(format!("transition_{}", definition.singular));
            lines.extend(rows_of_moves(app, &cast, &mut stage, definition, lifecycle).await);
        }
        for ask in views(&mut stage, domain).await {
            lines.push(row(app, &cast, &ask).await);
            asked.insert(ask.name);
        }
    }
    lines.push(format!("\n{:<42}{}", "service", heads.join("  ")));
    let me = Ask {
        name: "get_me".into(),
        method: "GET",
        calls: vec![("/api/v1/auth/me".into(), None)],
        look_for: Vec::new(),
        shared: true,
        policy: None,
        of: None,
        is_figure: false,
    };
    let calls = vec![("/api/v1/auth/introspect".into(), Some(json!({"token": "unknown"})))];
    let introspect =
        Ask { name: "introspect_token".into(), method: "POST", calls, look_for: Vec::new(), shared: true, policy: None, of: None, is_figure: false };
    for ask in [me, introspect] {
        lines.push(row(app, &cast, &ask).await);
        asked.insert(ask.name);
    }
    for ask in of_any_kind(&mut stage, &asked).await {
        lines.push(row(app, &cast, &ask).await);
        asked.insert(ask.name);
    }
    lines.extend(rows_that_need_no_permission(&asked));
    lines.push(String::new());
    lines.join("\n")
}

/// A row for each move of a collection, asked of records in the state from which it goes.
async fn rows_of_moves(app: &TestApp, cast: &Cast, stage: &mut Stage<'_>, definition: &'static ResourceType, lifecycle: &Lifecycle) -> Vec<String> {
    let mut rows = Vec::new();
    for name in lifecycle.move_names() {
        let step = lifecycle.moves.iter().find(|step| step.name == name).unwrap();
        let sampled = is_sampled(definition);
        if sampled {
            stage.put_into(definition, step.from).await;
        }
        let mut calls = Vec::new();
        for spot in 0..if sampled { SPOTS.len() } else { 0 } {
            let id = stage.record(definition, spot).await["id"].as_str().unwrap().to_owned();
            calls.push((format!("/api/v1/{}/{id}/transitions", definition.path), Some(json!({"to": step.to}))));
        }
        let ask = Ask {
            name: format!("transition_{}: {name}", definition.singular),
            method: "POST",
            calls,
            look_for: Vec::new(),
            shared: stage.is_shared(definition),
            policy: (!sampled).then(|| vec![definition.permission(name)]),
            of: Some((definition, name.to_owned(), Some(step.from))),
            is_figure: false,
        };
        rows.push(row(app, cast, &ask).await);
    }
    stage.put_into(definition, lifecycle.first()).await;
    rows
}

/// What is left of the document when everything that needs a permission has been asked.
fn rows_that_need_no_permission(asked: &BTreeSet<String>) -> Vec<String> {
    let mut rows = Vec::new();
    for (id, operation) in operations() {
        let of_no_record = operation["x-permission"].as_array().is_some_and(Vec::is_empty) && !asked.contains(id);
        if of_no_record {
            rows.push(format!("{id:<42}any valid token; what it does is judged step by step"));
        } else if operation["security"].as_array().is_some_and(Vec::is_empty) {
            rows.push(format!("{id:<42}open to everybody"));
        } else {
            assert!(asked.contains(id), "{id} has no line in the table of who may do what: let tests/access/matrix.rs ask it");
        }
    }
    rows
}

fn operations() -> Vec<(&'static str, &'static Value)> {
    let items = DOCUMENT["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    items.filter_map(|operation| Some((operation.get("operationId")?.as_str()?, operation))).collect()
}

fn differences(kept: &str, now: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), now.lines().collect());
    let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("- {line}"));
    let come = new.iter().filter(|line| !old.contains(line)).map(|line| format!("+ {line}"));
    gone.chain(come).collect::<Vec<_>>().join("\n")
}

/// The table in parts: the legend, each domain, and the service itself.
fn by_domain(table: &str) -> Vec<(String, String)> {
    let mut parts = vec![("legend".to_owned(), String::new())];
    for line in table.lines() {
        // A part begins with its name above the heads of the columns.
        if line.ends_with("none  off   anon") {
            let name = line.split_whitespace().next().unwrap_or_default();
            parts.push((name.to_owned(), String::new()));
        }
        let text = &mut parts.last_mut().unwrap().1;
        text.push_str(line);
        text.push('\n');
    }
    parts.into_iter().map(|(name, text)| (name, text.trim_end().to_owned() + "\n")).collect()
}

on_both! {
    the_table_of_who_may_do_what_is_the_one_that_was_agreed(app) {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/access/matrix");
        let now = table(app).await;
        assert!(!now.contains('<'), "an answer that the table has no sign for:\n{}", now.lines().filter(|line| line.contains('<')).collect::<Vec<_>>().join("\n"));
        let updates = std::env::var_os("STEWARD_UPDATE_SNAPSHOTS").is_some();
        let mut changed = String::new();
        for (part, text) in by_domain(&now) {
            let path = folder.join(format!("{part}.txt"));
            if updates && app.database_url.starts_with("sqlite") {
                std::fs::write(&path, &text).unwrap();
            }
            let stored = std::fs::read_to_string(&path).unwrap_or_default();
            if stored != text {
                changed += &format!("{part}\n{}\n", differences(&stored, &text));
            }
        }
        assert!(
            changed.is_empty() || updates,
            "\n{changed}\nWho may do what has changed. If that is meant, accept it: STEWARD_UPDATE_SNAPSHOTS=1 cargo test matrix\n"
        );
    }
}
