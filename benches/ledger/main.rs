//! Cost of the position of a budget over a long ledger: `cargo bench --bench ledger`, on both databases, as ratios within one run.
//!
//! A budget with few entries is asked for before and after another one gets a million: the rate is to stay the same, because the rows of other
//! budgets are not read. The budget with the million answers at a rate of its own, which is printed with the rows a second that this means.
//!
//! `-- --rows 100000` for another number of rows, `--only sqlite` or `--only postgres`. It fails if the rate of the small budget falls by more than
//! a third.
#![allow(missing_docs, reason = "a program")]

#[path = "../load/client.rs"]
#[allow(dead_code, reason = "the bench of HTTP uses more of it")]
mod client;
#[path = "../load/measure.rs"]
#[allow(dead_code, reason = "the bench of HTTP uses more of it")]
mod measure;
#[path = "../../tests/harness/postgres.rs"]
mod postgres;
#[path = "../load/server.rs"]
#[allow(dead_code, reason = "the bench of HTTP uses more of it")]
mod server;

use client::Client;
use diesel::connection::SimpleConnection;
use measure::Rate;
use serde_json::{Value, json};
use server::Server;
use std::time::Instant;
use steward::database::Database;

/// Turns of each budget.
const ROUNDS: usize = 3;
/// Rows of the long ledger without `--rows`.
const ROWS: usize = 1_000_000;
/// Lines of each budget.
const LINES: usize = 12;
/// Entries of the small budget on each line.
const FEW: usize = 20;
/// Least share of its rate that the small budget keeps.
const KEPT: f64 = 0.67;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let after = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1)).cloned();
    let rows = after("--rows").map_or(ROWS, |rows| rows.parse().expect("--rows takes a number"));
    let only = after("--only");
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let mut flat = true;
    if wanted("sqlite") {
        let folder = tempfile::tempdir().expect("a folder");
        flat &= on("SQLite", &format!("sqlite://{}", folder.path().join("ledger.db").display()), rows);
    }
    if wanted("postgres")
        && let Some(url) = postgres::fresh_database(None)
    {
        flat &= on("PostgreSQL", &url, rows);
        postgres::drop_database(&url);
    }
    std::process::exit(i32::from(!flat));
}

/// Measures on one database; true if the small budget keeps its rate.
fn on(name: &str, url: &str, rows: usize) -> bool {
    let server = Server::start(url);
    let books = Books::make(&server);
    let (small, large) = (books.budget(&server, "SMALL"), books.budget(&server, "LARGE"));
    fill(url, &small, FEW);
    let before = rate(&server, &small.id);
    drop(server);
    let began = Instant::now();
    fill(url, &large, rows / LINES);
    let seconds = began.elapsed().as_secs_f64();
    let server = Server::start(url);
    let after = rate(&server, &small.id);
    let of_large = rate(&server, &large.id);
    let kept = after.per_second() / before.per_second();
    println!(
        "{name}: {rows} rows filled in {seconds:.0} s
  a budget of {} entries alone: {:.0} positions/s; beside {rows} rows of another: {:.0} positions/s, {:.2} of that
  a budget of {rows} entries: {:.2} positions/s, {:.1} million rows/s, {:.4} of the small one",
        FEW * LINES,
        before.per_second(),
        after.per_second(),
        kept,
        of_large.per_second(),
        of_large.per_second() * rows as f64 / 1e6,
        of_large.per_second() / after.per_second(),
    );
    if kept < KEPT {
        eprintln!("{name}: the rows of other budgets are read: {kept:.2} of the rate is left");
    }
    kept >= KEPT
}

/// Positions of a budget answered in a second.
fn rate(server: &Server, budget: &str) -> Rate {
    let path = format!("/api/v1/finance/budgets/{budget}/position");
    let mut rate = Rate::default();
    server.client().call("GET", &path, "", "", 200);
    for _ in 0..ROUNDS {
        rate.turn(2, || server.cpu_seconds(), || server.client(), &|client: &mut Client| drop(client.call("GET", &path, "", "", 200)));
    }
    rate
}

/// A fiscal year of twelve months and a category of costs.
struct Books {
    year: String,
    category: String,
}

/// A budget, and one entry of each of its lines.
struct Filled {
    id: String,
    documents: Vec<String>,
}

impl Books {
    fn make(server: &Server) -> Books {
        let year = made(server, "fiscal-years", json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}));
        server.client().call("POST", &format!("/api/v1/finance/fiscal-years/{year}/make-periods"), FORM, r#"{"length":"month"}"#, 201);
        let category = made(server, "cost-categories", json!({"code": "OPEX", "name": "Hosting", "kind": "opex"}));
        Books { year, category }
    }

    /// An active budget whose lines have an entry each. It is made active by hand, as nobody else is there to approve it.
    fn budget(&self, server: &Server, code: &str) -> Filled {
        let center = made(server, "cost-centers", json!({"code": code, "name": code}));
        let budget = json!({"name": code, "scope_id": center, "fiscal_year_id": self.year, "currency": "EUR"});
        let id = made(server, "budgets", budget);
        let periods = json(&server.client().call("GET", "/api/v1/finance/fiscal-periods?number=1", "", "", 200));
        let euros = json!({"amount": "1.00", "currency": "EUR"});
        let line_of = |at: usize| {
            let line = json!({"budget_id": id, "name": format!("Line {at}"), "cost_category_id": self.category, "amount": {"amount": "100000000.00", "currency": "EUR"}});
            made(server, "budget-lines", line)
        };
        let lines: Vec<String> = (0..LINES).map(line_of).collect();
        run(&server.url, &format!("UPDATE budgets SET state = 'active' WHERE name = '{code}';"));
        let mut documents = Vec::new();
        for (at, line) in lines.into_iter().enumerate() {
            let document = format!("{code}-{at}");
            let entry = json!({"posted_on": "2026-01-20", "fiscal_period_id": periods["data"][0]["id"], "budget_line_id": line, "net": euros, "gross": euros,
                "base_amount": euros, "source": "manual", "document": document});
            made(server, "cost-entries", entry);
            documents.push(document);
        }
        Filled { id, documents }
    }
}

const FORM: &str = "Content-Type: application/json\r\n";

fn made(server: &Server, collection: &str, body: Value) -> String {
    let answer = server.client().call("POST", &format!("/api/v1/finance/{collection}"), FORM, &body.to_string(), 201);
    json(&answer)["id"].as_str().expect("an id").to_owned()
}

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Copies the entry of each line so often, by statements of the database's own, month by month in turn.
fn fill(url: &str, budget: &Filled, times: usize) {
    let others = COLUMNS.join(", ");
    for document in &budget.documents {
        let of_line = format!("FROM cost_entries, numbers, months WHERE cost_entries.document = '{document}' AND months.number = numbers.n % 12 + 1");
        let statement = |id: &str, numbers: &str| {
            format!(
                "WITH RECURSIVE {numbers}, months AS (SELECT id AS period, number FROM fiscal_periods)
                 INSERT INTO cost_entries (id, fiscal_period_id, document, document_key, {others})
                 SELECT {id}, months.period, cost_entries.document || '-' || numbers.n, cost_entries.document_key || '-' || numbers.n, {of} {of_line};",
                of = COLUMNS.map(|column| format!("cost_entries.{column}")).join(", ")
            )
        };
        let counted = format!("numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {})", times.saturating_sub(1).max(1));
        let id = if url.starts_with("sqlite://") { "randomblob(16)" } else { "gen_random_uuid()" };
        run(url, &statement(id, &counted));
    }
    if !url.starts_with("sqlite://") {
        run(url, "VACUUM ANALYZE cost_entries");
    }
}

/// Runs statements on a connection of their own.
fn run(url: &str, statements: &str) {
    let mut connection = Database::connect(url).expect("a connection");
    if !connection.is_postgres() {
        connection.batch_execute("PRAGMA busy_timeout = 60000; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -200000;").expect("settings");
    }
    connection.batch_execute(statements).expect("rows");
}

/// The columns of an entry that are the same in each copy.
const COLUMNS: [&str; 15] = [
    "created_at",
    "created_by",
    "unit_id",
    "posted_on",
    "budget_line_id",
    "net_amount",
    "net_currency",
    "recoverable_percent",
    "gross_amount",
    "gross_currency",
    "base_amount_amount",
    "base_amount_currency",
    "source",
    "document_line",
    "description",
];
