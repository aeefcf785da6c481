//! Large graphs, on both databases: `cargo bench --bench graph` asks what falls with a node among 100,000 nodes and 500,000 edges, with a group
//! of 20,000 members, and for the schedule of 10,000 work items with 30,000 links, whole requests from the call to the last byte.
#![allow(missing_docs, reason = "a program")]

#[path = "../tests/harness/postgres.rs"]
mod postgres;

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use steward::clock::Clock;
use steward::database::{Connection, SqlType, SqlValue, Statement};
use steward::http::AppState;
use steward::resource::Id;
use steward::{app, catalogue};
use steward_schema::Described;
use steward_schema::{infrastructure, projects, service};

const NODES: usize = 100_000;
const EDGES: usize = 500_000;
/// Members of one group of alternatives.
const MEMBERS: usize = 20_000;
const ITEMS: usize = 10_000;
/// Reach of each of the three links of a work item.
const REACH: [usize; 3] = [1, 7, 31];
/// Rows of one statement.
const CHUNK: usize = 5_000;
const ROUNDS: usize = 3;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    actix_web::rt::System::new().block_on(async {
        on("SQLite", &format!("sqlite://{}", folder.path().join("graph.db").display())).await;
        if let Some(url) = postgres::fresh_database(None) {
            on("PostgreSQL (private, without fsync)", &url).await;
            postgres::drop_database(&url);
        }
    });
}

async fn on(name: &str, url: &str) {
    let api = Arc::new(catalogue::api());
    let first = (Some("admin@example.org".into()), Some("correct horse battery staple".into()));
    let outgoing = steward::outgoing::Outgoing::new(&[], None, Clock::system()).expect("a client");
    let opened = app::open(&api, url, app::Settings::new("http://bench".into(), Clock::system(), first, outgoing));
    let state = opened.await.expect("a service").state;
    let service = init_service(app::service(state.clone())).await;
    let form = "grant_type=password&username=admin%40example.org&password=correct+horse+battery+staple";
    let request = TestRequest::post().uri("/api/v1/auth/token").insert_header(("content-type", "application/x-www-form-urlencoded")).set_payload(form);
    let token = read_body(call_service(&service, request.to_request()).await).await;
    let token = serde_json::from_slice::<Value>(&token).expect("a token")["access_token"].as_str().expect("a token").to_owned();
    let call = async |request: TestRequest| -> Value {
        let answer = call_service(&service, request.insert_header(("authorization", format!("Bearer {token}"))).to_request()).await;
        let (status, body) = (answer.status(), read_body(answer).await);
        // A read that takes longer than its limit is stopped, and says so.
        assert!(status.is_success() || status.as_u16() == 503, "{status}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).expect("JSON")
    };
    let make = async |collection: &str, body: Value| {
        let made = call(TestRequest::post().uri(&format!("/api/v1/{collection}")).set_json(body)).await;
        Id::parse(made["id"].as_str().expect("an id")).expect("an id")
    };
    let [one, other] = [make("infrastructure/services", one_service("A")).await, make("infrastructure/services", one_service("B")).await];
    let edge = make("infrastructure/dependencies", json!({"from_id": one.to_string(), "to_id": other.to_string(), "kind": "uses"})).await;
    let nodes = graph(&state, one, edge).await;
    println!("{name}: {NODES} nodes, {EDGES} edges");
    // A node of each level of the tree, the member of a group, and a leaf.
    for (what, at) in [("a leaf", NODES - 1), ("level 7", 5_461), ("level 5", 341), ("level 3", 21), ("level 1", 1)] {
        let path = format!("/api/v1/infrastructure/impact/{}", nodes[at]);
        let (took, body) = timed(async || call(TestRequest::get().uri(&path)).await).await;
        if body["status"] == 503 {
            println!("  impact of {what}: stopped after {:.1} s", took.as_secs_f64());
            continue;
        }
        let (down, degraded) = (rows(&body, "down"), rows(&body, "degraded"));
        let each = took.as_secs_f64() * 1e6 / (down + degraded).max(1) as f64;
        println!("  impact of {what}: {down} down, {degraded} degraded in {:.3} s, {each:.0} µs each", took.as_secs_f64());
    }
    let [task, next] = work(&make).await;
    let link = make("projects/work-dependencies", json!({"predecessor_id": task.1.to_string(), "successor_id": next.1.to_string(), "kind": "fs"})).await;
    plan(&state, task.1, link).await;
    let path = format!("/api/v1/projects/projects/{}/schedule", task.0);
    let (took, body) = timed(async || call(TestRequest::get().uri(&path)).await).await;
    println!("  schedule of {} items, {} links in {:.3} s", rows(&body, "data"), ITEMS * REACH.len(), took.as_secs_f64());
}

fn one_service(code: &str) -> Value {
    json!({"code": code, "name": "Node", "kind": "technical"})
}

fn rows(body: &Value, name: &str) -> usize {
    body[name].as_array().map_or(0, Vec::len)
}

/// The least of some rounds, with the last answer.
async fn timed(ask: impl AsyncFn() -> Value) -> (Duration, Value) {
    let (mut least, mut body) = (Duration::MAX, Value::Null);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        body = ask().await;
        least = least.min(began.elapsed());
    }
    (least, body)
}

/// A project with two work items: the project, and each item.
async fn work(make: &impl AsyncFn(&str, Value) -> Id) -> [(Id, Id); 2] {
    let project = make("projects/projects", json!({"code": "P", "name": "P", "starts_on": "2026-01-05"})).await;
    let mut items = [(project, project); 2];
    for (number, item) in items.iter_mut().enumerate() {
        let body = json!({"project_id": project.to_string(), "wbs_code": format!("A{number}"), "name": "Work", "duration_hours": 8});
        item.1 = make("projects/work-items", body).await;
    }
    items
}

/// A tree in which each node requires the one above it and four lie below each; a group of one node; and edges of mere use between others.
async fn graph(state: &AppState, template: Id, edge: Id) -> Vec<Id> {
    let nodes: Vec<Id> = (0..NODES).map(|_| Id::new()).collect();
    let all = nodes.clone();
    let fill = move |connection: &mut Connection| {
        let codes = |at: usize| SqlValue::from(format!("n-{at}"));
        let entries = nodes.iter().map(|id| vec![SqlValue::Id(*id), SqlValue::Id(*id)]);
        copy::<service::registry::table>(connection, template, &["id", "root_id"], entries)?;
        let services = nodes.iter().enumerate().map(|(at, id)| vec![SqlValue::Id(*id), codes(at), codes(at)]);
        copy::<infrastructure::services::table>(connection, template, &["id", "code", "code_key"], services)?;
        let edge_of = |from: usize, to: usize, kind: &str, group: bool| {
            let least = if group { SqlValue::Integer(MEMBERS as i64 / 2) } else { SqlValue::Null(SqlType::Integer) };
            let name = if group { SqlValue::from("members") } else { SqlValue::Null(SqlType::Text) };
            vec![SqlValue::Id(Id::new()), SqlValue::Id(nodes[from]), SqlValue::Id(nodes[to]), SqlValue::from(kind), name, least]
        };
        let tree = (1..NODES).map(|at| edge_of(at, (at - 1) / 4, "requires", false));
        let group = (0..MEMBERS).map(|at| edge_of(0, NODES - 1 - at, "requires", true));
        let rest = EDGES - (NODES - 1) - MEMBERS;
        // Steps that share no factor with the number of nodes meet no pair twice.
        let used = (0..rest).map(|at| edge_of(at % NODES, (at % NODES + 7_919 * (at / NODES + 1)) % NODES, "uses", false));
        let columns = ["id", "from_id", "to_id", "kind", "redundancy_group", "min_up"];
        copy::<infrastructure::dependencies::table>(connection, edge, &columns, tree.chain(group).chain(used))
    };
    state.store.by_itself(fill).await.expect("a graph");
    all
}

/// Work in a line, each with links to three before it.
async fn plan(state: &AppState, template: Id, link: Id) {
    let fill = move |connection: &mut Connection| {
        let items: Vec<Id> = (0..ITEMS).map(|_| Id::new()).collect();
        copy::<service::registry::table>(connection, template, &["id"], items.iter().map(|id| vec![SqlValue::Id(*id)]))?;
        let code = |at: usize| SqlValue::from(format!("{:05}", at + 1));
        let rows = items.iter().enumerate().map(|(at, id)| vec![SqlValue::Id(*id), code(at), code(at), code(at)]);
        copy::<projects::work_items::table>(connection, template, &["id", "wbs_code", "wbs_code_key", "wbs_code_order"], rows)?;
        let pairs = (0..ITEMS).flat_map(|at| REACH.map(|back| (at, (at + back) % ITEMS))).filter(|(from, to)| from < to);
        let links = pairs.map(|(from, to)| vec![SqlValue::Id(Id::new()), SqlValue::Id(items[from]), SqlValue::Id(items[to])]);
        copy::<projects::work_dependencies::table>(connection, link, &["id", "predecessor_id", "successor_id"], links)
    };
    state.store.by_itself(fill).await.expect("a plan");
}

/// Copies a row as often as there are rows of what is different in the copies.
fn copy<T: Described>(connection: &mut Connection, template: Id, different: &[&str], rows: impl Iterator<Item = Vec<SqlValue>>) -> steward::error::Result<()> {
    let columns: Vec<&str> = T::COLUMNS.iter().map(|column| column.name).collect();
    let taken: Vec<String> = columns.iter().map(|name| format!("{}.{name}", if different.contains(name) { "n" } else { "t" })).collect();
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let mut query = Statement::new(format!("WITH n ({}) AS (VALUES (", different.join(", "))).once();
        for (at, row) in rows.by_ref().take(CHUNK).enumerate() {
            query.push(if at > 0 { "), (" } else { "" }).bind_all(row);
        }
        query.push(format!(")) INSERT INTO {} ({}) SELECT {} FROM {} t, n WHERE t.id = ", T::NAME, columns.join(", "), taken.join(", "), T::NAME));
        query.bind(template);
        query.execute(connection)?;
    }
    Ok(())
}
