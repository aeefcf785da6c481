//! What a request costs in statements: a budget for each operation, which should only ever shrink.

use crate::on_both;
use serde_json::{Map, json};
use std::sync::Arc;
use steward::access::Session;
use steward::database::statements_run;
use steward::store::{IfMatch, Origin, Query, Writer};

/// What each operation on a control takes on SQLite and on PostgreSQL, which also locks. Two more come with a request over
/// HTTP that changes a record: its session, and the look whether the record is in sight. Those of a change look for the risks and
/// quantifications that follow the control, and for auditors who come to own it.
const BUDGET: &[(&str, u64, u64)] =
    &[("list", 1, 1), ("list with its total", 2, 2), ("get", 1, 1), ("create", 7, 5), ("update", 7, 6), ("transition", 9, 9), ("delete", 16, 17)];

on_both! {
    no_operation_takes_more_statements_than_its_budget(app) {
        // What is read once for all is read before.
        app.root_unit().await;
        let definition = app.served.store.definitions.get("governance/controls").unwrap();
        let body = app.sample("governance/controls", "budget").await;
        let other = app.sample("governance/controls", "other").await;
        let patch = Map::from_iter([("name".to_owned(), json!("Another name"))]);
        let work = move |writer: &mut Writer<'_>| {
            let mut spent = Vec::new();
            let mut before = statements_run();
            let mut count = |what| {
                spent.push((what, statements_run() - before));
                before = statements_run();
            };
            writer.reader().list(definition, &Query { limit: 50, ..Query::default() })?;
            count("list");
            writer.reader().list(definition, &Query { limit: 50, total: steward::store::Total::Yes, ..Query::default() })?;
            count("list with its total");
            let id = writer.create(definition, body.clone())?.meta.id;
            count("create");
            writer.reader().get(definition, id)?;
            count("get");
            writer.update(definition, id, &IfMatch::Any, &patch)?;
            count("update");
            writer.transition(definition, id, &IfMatch::Any, "implemented")?;
            count("transition");
            let draft = writer.create(definition, other.clone())?.meta.id;
            count("create");
            writer.delete(definition, draft, &IfMatch::Any)?;
            count("delete");
            Ok(spent)
        };
        let spent = app.served.store.rehearse(&Arc::new(Session::system()), &Origin::system(), work).await.unwrap();
        let on_postgres = app.database_url.starts_with("postgres");
        let budget = |what: &str| BUDGET.iter().find(|(name, ..)| *name == what).map(|(_, sqlite, postgres)| if on_postgres { *postgres } else { *sqlite });
        let off: Vec<_> = spent.iter().filter(|(what, count)| Some(*count) != budget(what)).collect();
        assert!(off.is_empty(), "{off:?} are not what the budget says: find out why, or take what was saved off it");
    }
}
