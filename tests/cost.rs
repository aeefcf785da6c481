//! What a list may cost: pages in a usual order come from an index however many records there are, and what no index finds is stopped.

use crate::harness::TestApp;
use crate::on_both;
use serde_json::json;
use steward::database::{SqlType, SqlValue, Statement};
use steward::resource::{Id, ResourceType};
use steward::store::{Query, SortKey, plan, schema};

/// How the database goes about a page in the order of a column, after some row.
async fn steps(app: &TestApp, definition: &'static ResourceType, column: &str, descending: bool, after: bool) -> String {
    let field = definition.listed_field(column).or_else(|| definition.listed_field(definition.title)).unwrap();
    let kind = field.columns[0].kind;
    let value = match kind {
        SqlType::Instant => SqlValue::Instant(app.clock.now()),
        SqlType::Date => SqlValue::Date(app.clock.now().date()),
        SqlType::Integer => SqlValue::Integer(5),
        SqlType::Id => SqlValue::Id(Id::new()),
        _ => SqlValue::Text("M".into()),
    };
    let after = after.then(|| vec![value, SqlValue::Id(Id::new())]);
    let query = Query {
        limit: 50,
        sort: vec![SortKey { column: column.to_owned(), kind, descending, nullable: false, collated: true, custom: None }],
        after,
        ..Query::default()
    };
    let explain = move |connection: &mut steward::database::Connection| {
        if connection.is_postgres() {
            // Of a table without rows any plan is cheap: these leave the one that a large table has.
            for setting in ["enable_seqscan", "enable_sort", "enable_bitmapscan"] {
                Statement::new(format!("SET LOCAL {setting} = off")).execute(connection)?;
            }
        }
        // A connection learns of new indexes when it runs something; explaining is not running.
        Statement::new("SELECT 1 FROM registry LIMIT 1").finds(connection)?;
        plan(connection, definition, &query)
    };
    app.served.store.database.read(explain).await.unwrap().join("\n")
}

on_both! {
    a_page_in_a_usual_order_is_read_from_an_index_in_every_collection(app) {
        assert!(app.served.store.make_indexes().await.unwrap() > 500);
        assert_eq!(app.served.store.make_indexes().await.unwrap(), 0, "they are made once");
        let mut off = Vec::new();
        for definition in app.served.store.definitions.all().iter().copied() {
            for column in schema::lookup::sorted(definition).filter(|column| column != "id") {
                for (descending, after) in [(false, false), (true, false), (true, true)] {
                    let steps = steps(app, definition, &column, descending, after).await;
                    if !steps.to_lowercase().contains("index") || steps.contains("TEMP B-TREE") || steps.contains("Sort") {
                        off.push(format!("{} by {column}: {steps}", definition.path));
                    }
                }
            }
        }
        assert!(off.is_empty(), "{} plans: {:#?}", off.len(), &off[..off.len().min(5)]);
    }

    a_list_that_reads_too_much_is_stopped(app) {
        let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT CAST(COUNT(*) AS bigint) FROM n";
        let count = move |connection: &mut steward::database::Connection| Ok(Statement::new(endless).first(connection, &[SqlType::Integer])?);
        let stopped = app.served.store.database.read(move |connection| connection.within_a_list(count)).await.unwrap();
        assert_eq!(stopped, None);
        // What is short goes on as ever, in the same thread or connection.
        let short = app.served.store.database.read(|connection| connection.within_a_list(|connection| Ok(Statement::new("SELECT 1").finds(connection)?))).await;
        assert_eq!(short.unwrap(), Some(true));
    }

    many_records_are_counted_up_to_a_bound_and_estimated_beyond(app) {
        let body = app.sample("strategy/trends", "first").await;
        app.make("strategy/trends", &body.into()).await;
        let list = "/api/v1/strategy/trends?limit=1&include_total=";
        let counted = app.get(&app.admin, &format!("{list}true")).await;
        assert_eq!((&counted.body["total_count"], counted.body.get("total_is_estimate")), (&json!(1), None));
        let copies = |connection: &mut steward::database::Connection| {
            let fresh = if connection.is_postgres() { "gen_random_uuid()" } else { "randomblob(16)" };
            let columns = app_columns(connection)?;
            let others = columns.iter().filter(|name| *name != "id").cloned().collect::<Vec<_>>().join(", ");
            let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)";
            Statement::new(format!("INSERT INTO trends (id, {others}) {numbers} SELECT {fresh}, {others} FROM trends, n")).execute(connection)?;
            Ok(())
        };
        app.served.store.by_itself(copies).await.unwrap();
        if app.database_url.starts_with("postgres") {
            app.served.store.by_itself(|connection| Ok(Statement::new("ANALYZE trends").execute(connection)?)).await.unwrap();
        }
        let estimated = app.get(&app.admin, &format!("{list}true")).await;
        assert_eq!(estimated.body["total_is_estimate"], json!(true), "{}", estimated.text);
        let estimate = estimated.body["total_count"].as_i64().unwrap();
        assert!((25_000..36_000).contains(&estimate), "{estimate}");
        let exact = app.get(&app.admin, &format!("{list}exact")).await;
        assert_eq!((&exact.body["total_count"], exact.body.get("total_is_estimate")), (&json!(30_001), None));
        assert_eq!(app.get(&app.admin, &format!("{list}some")).await.status, 400);
    }
}

/// The columns of the trends.
fn app_columns(connection: &mut steward::database::Connection) -> steward::error::Result<Vec<String>> {
    let query = match connection.is_postgres() {
        true => Statement::new("SELECT CAST(column_name AS text) FROM information_schema.columns WHERE table_name = 'trends'"),
        false => Statement::new("SELECT name FROM pragma_table_info('trends')"),
    };
    let rows = query.rows(connection, &[SqlType::Text])?;
    Ok(rows.iter().filter_map(|row| row[0].as_text().map(str::to_owned)).collect())
}
