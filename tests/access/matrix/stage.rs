//! The records that the table of who may do what asks for: of which collections, and where each stands.

use super::policy::SPOTS;
use crate::harness::document;
use crate::harness::{TestApp, is_full, target_of};
use crate::harness::{sample, special};
use serde_json::{Map, Value};
use std::collections::HashMap;
use steward::database::Statement;
use steward::resource::{ResourceType, Scope};

/// Of so many collections one is asked over HTTP. `STEWARD_MATRIX=full` asks all of them.
const SAMPLE: usize = 20;

/// Collections whose cells follow from more than a permission and a unit: those that hang on records of any kind, say who takes part, or are made
/// by an operation that is asked.
const BY_HTTP: &[&str] = &[
    "finance/fiscal-periods",
    "teams/action-items",
    "teams/pulse-answers",
    "platform/comments",
    "platform/conflicts",
    "platform/tags",
    "platform/links",
    "platform/attachments",
];

/// Whether a collection is asked over HTTP.
pub fn is_sampled(definition: &ResourceType) -> bool {
    let number = definition.path.bytes().fold(0usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let chosen = std::env::var("STEWARD_TEST_COLLECTION").is_ok_and(|chosen| chosen == definition.path);
    // What people do for themselves needs a person behind the account.
    if definition.fields.iter().any(|field| field.caller) {
        return false;
    }
    let plain = matches!(definition.scope, Scope::Unit | Scope::Shared | Scope::Within(_)) && definition.private_to.is_empty();
    chosen || !plain || number % SAMPLE == 0 || BY_HTTP.contains(&definition.path) || is_full()
}

/// The records that are asked for, by collection and spot.
pub struct Stage<'a> {
    pub app: &'a TestApp,
    units: [String; 3],
    records: HashMap<(&'static str, usize), Value>,
}

impl<'a> Stage<'a> {
    /// An empty stage on three units.
    pub fn new(app: &'a TestApp, units: [String; 3]) -> Self {
        Stage { app, units, records: HashMap::new() }
    }

    /// Whether all share a collection.
    pub fn is_shared(&self, definition: &'static ResourceType) -> bool {
        self.app.served.store.definitions.root_of(definition).scope == Scope::Shared
    }

    /// A record of a collection at a spot, with all that it needs.
    pub async fn record(&mut self, definition: &'static ResourceType, spot: usize) -> Value {
        // What must differ from the record at a spot stands in the same unit, and has a number of its own.
        let (spot, stand) = if self.is_shared(definition) { (spot - spot % SPOTS.len(), 0) } else { (spot, spot % SPOTS.len()) };
        if let Some(known) = self.records.get(&(definition.path, spot)) {
            return known.clone();
        }
        let path = format!("/api/v1/{}", definition.path);
        let record = if definition.scope == Scope::Tree {
            self.app.get(&self.app.admin, &format!("{path}/{}", self.units[stand])).await.body
        } else if definition.path == "platform/files" {
            self.app.upload("text/plain", "Hello.").await
        } else if definition.path == "platform/operations" {
            let headers = [("Content-Type", "text/csv"), ("Prefer", "respond-async")];
            let path = "/api/v1/platform/imports?collection=teams/units";
            self.app.call(&self.app.admin, "POST", path, &headers, Some("code,name\r\n".into())).await.body
        } else if matches!(definition.path, "platform/settings" | "platform/operations") {
            self.app.get(&self.app.admin, &path).await.body["data"][0].clone()
        } else {
            let mut body = document::example_of(definition);
            for field in definition.written_fields() {
                if definition.private_to.first() == Some(&field.name) {
                    body.insert(field.name.into(), self.app.person_of_admin().await.into());
                } else if let Some(target) = target_of(field).filter(|_| !field.optional && body.get(field.name).is_some_and(Value::is_string)) {
                    let target = self.app.served.store.definitions.get(target).unwrap();
                    let spot = if field.differs_from.is_some() { spot + SPOTS.len() } else { spot };
                    let id = Box::pin(self.record(target, spot)).await["id"].clone();
                    body.insert(field.name.into(), id);
                }
            }
            sample::vary(definition, &mut body, SPOTS[stand], self.app.next_numbers(definition));
            if definition.scope == Scope::Unit {
                body.insert("unit_id".into(), self.units[stand].clone().into());
            }
            if definition.fields.iter().any(|field| field.caller) {
                self.app.person_of_admin().await;
            }
            special::parents(self.app, definition, &mut body).await;
            self.app.make_of(definition, body).await
        };
        self.records.insert((definition.path, spot), record.clone());
        record
    }

    /// The body that would make a record's twin.
    pub async fn twin(&mut self, definition: &'static ResourceType, spot: usize) -> Value {
        let record = self.record(definition, spot).await;
        let sent = definition.written_fields().filter(|field| !field.read_only && field.once.is_none());
        let written = sent.filter(|field| record.get(field.name).is_some_and(|value| field.nullable || !value.is_null()));
        let mut body: Map<String, Value> = written.map(|field| (field.name.into(), record[field.name].clone())).collect();
        let needless = |name: &String, value: &Value| definition.field(name).is_some_and(|field| field.optional && (value.is_null() || field.restricted));
        body.retain(|name, value| !needless(name, value));
        if definition.scope == Scope::Own {
            // What belongs to who makes it is made for oneself.
            body.remove("principal_id");
        }
        if definition.scope == Scope::Tree {
            body.insert("parent_id".into(), self.units[spot].clone().into());
        }
        body.into()
    }

    /// Puts the records of a collection into a state, whatever its guards ask for.
    pub async fn put_into(&self, definition: &'static ResourceType, state: &'static str) {
        for spot in 0..SPOTS.len() {
            let Some(record) = self.records.get(&(definition.path, spot)) else { continue };
            let id = steward::resource::Id::parse(record["id"].as_str().unwrap()).unwrap();
            let table = definition.table.clone();
            let put = move |connection: &mut steward::database::Connection| {
                Statement::new(format!("UPDATE {table} SET state = ")).with(state, " WHERE id = ").with(id, "").execute(connection)?;
                Ok(())
            };
            self.app.served.store.database.write(put).await.unwrap();
        }
    }
}
