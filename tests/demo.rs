//! `steward demo`: every collection has something, every headline view says something, twice is the same.

use crate::harness::TestApp;
use crate::on_both;
use diesel::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use steward::database::{SqlType, SqlValue, Statement};
use steward::demo;
use steward::resource::Id;
use steward::resource::value::Instant;
use steward_schema::service::{edges, registry, revisions};

/// The number of records of each collection, and their states.
type Counts = BTreeMap<&'static str, (i64, Vec<String>)>;

/// How many records each collection has, and in which states.
async fn counted(app: &TestApp) -> Counts {
    let definitions = app.served.store.definitions.clone();
    let count = move |connection: &mut steward::database::Connection| {
        let mut counts = BTreeMap::new();
        for definition in definitions.all() {
            let rows = Statement::new(format!("SELECT COUNT(*) FROM {}", definition.table)).first(connection, &[SqlType::Integer])?;
            let mut states = Vec::new();
            if definition.lifecycle.is_some() {
                let known = Statement::new(format!("SELECT DISTINCT state FROM {} ORDER BY state", definition.table)).rows(connection, &[SqlType::Text])?;
                states.extend(known.iter().filter_map(|row| row[0].as_text().map(str::to_owned)));
            }
            states.sort();
            counts.insert(definition.path, (rows.and_then(|row| row.first().and_then(SqlValue::as_integer)).unwrap_or_default(), states));
        }
        Ok(counts)
    };
    app.served.store.unauthenticated(count).await.unwrap()
}

/// The id of the record that a filter finds.
async fn one(app: &TestApp, path: &str) -> String {
    let answer = app.get(&app.admin, &format!("/api/v1/{path}")).await;
    answer.body["data"][0]["id"].as_str().unwrap_or_else(|| panic!("{path}: {}", answer.text)).to_owned()
}

/// What a view answers; it must say something.
async fn says(app: &TestApp, path: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/{path}")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    let said = answer.body.as_object().unwrap_or_else(|| panic!("{path}: {}", answer.text));
    let lists: Vec<&Value> = said.values().filter(|value| value.is_array()).collect();
    assert!(lists.is_empty() || lists.iter().any(|list| **list != json!([])), "{path} says nothing: {}", answer.text);
    answer.body
}

/// A view as a picture; it must be one.
async fn shows(app: &TestApp, path: &str) {
    let answer = app.call(&app.admin, "GET", &format!("/api/v1/{path}"), &[("Accept", "image/svg+xml")], None).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/svg+xml")), "{path}: {}", answer.text);
    let drawn = answer.text.starts_with("<svg ") && answer.text.contains("<desc ") && answer.text.trim_end().ends_with("</svg>");
    assert!(drawn && answer.header("content-security-policy").is_some_and(|policy| policy.starts_with("sandbox")), "{path}: {}", answer.text);
}

/// The ids in a value, however deep.
fn ids_in(value: &Value, found: &mut Vec<Id>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| ids_in(item, found)),
        Value::Object(members) => members.values().for_each(|member| ids_in(member, found)),
        Value::String(text) => found.extend(Id::parse(text)),
        _ => {}
    }
}

/// What stands in a document of a record and names another one without an edge: collection, field, id.
async fn without_edge(app: &TestApp) -> (usize, Vec<String>) {
    let definitions = app.served.store.definitions.clone();
    let look = move |connection: &mut steward::database::Connection| {
        let there: HashSet<Id> = registry::table.select(registry::id).load(connection)?.into_iter().collect();
        let named: Vec<(Id, String, Id)> = edges::table.select((edges::from_id, edges::field, edges::to_id)).load(connection)?;
        let named: HashSet<(Id, String, Id)> = named.into_iter().collect();
        let rows: Vec<(Id, String, Option<String>)> = revisions::table
            .order((revisions::resource_id, revisions::revision))
            .select((revisions::resource_id, revisions::collection, revisions::document))
            .load(connection)?;
        let latest: BTreeMap<Id, (String, Option<String>)> = rows.into_iter().map(|(id, collection, document)| (id, (collection, document))).collect();
        let (mut seen, mut loose) = (0, Vec::new());
        for (id, (collection, document)) in latest {
            let (Some(definition), Some(document)) = (definitions.get(&collection).filter(|definition| !definition.fact), document) else { continue };
            let document: Value = serde_json::from_str(&document).unwrap();
            for (name, value) in document.as_object().unwrap().iter().filter(|(name, value)| *name != "custom" && (value.is_array() || value.is_object())) {
                let recalls = definition.field(name).is_some_and(|field| (field.inside)().iter().any(|inner| inner.recalls()));
                let mut ids = Vec::new();
                ids_in(value, &mut ids);
                for other in ids.into_iter().filter(|other| !recalls && there.contains(other)) {
                    seen += 1;
                    if !named.contains(&(id, name.clone(), other)) {
                        loose.push(format!("{collection}.{name}: {other}"));
                    }
                }
            }
        }
        Ok((seen, loose))
    };
    app.served.store.unauthenticated(look).await.unwrap()
}

/// What the demo made on the other database, where that was done already.
static OTHER: Mutex<Option<Counts>> = Mutex::new(None);

/// Its dates are the same on both databases.
#[actix_web::test]
async fn the_demo_can_be_made_in_years_to_come() {
    let app = TestApp::on_sqlite().await;
    app.clock.set(Instant::parse("2029-12-31T09:00:00Z").unwrap());
    let made = demo::fill(&app.served.store, true).await;
    assert!(made.is_ok(), "{made:?}");
}

on_both! {
    the_demo_fills_every_collection_and_every_view_and_does_so_once_and_always_alike(app) {
        let count = demo::fill(&app.served.store, true).await.unwrap();
        assert!(count > 1_500, "{count}");
        let (named, loose) = without_edge(app).await;
        assert!(loose.is_empty(), "ids in values that nothing declares: {loose:#?}");
        assert!(named > 0, "no value names a record");
        let counts = counted(app).await;
        for definition in app.served.store.definitions.all() {
            let (count, states) = &counts[definition.path];
            assert!(*count >= 1, "{} is empty", definition.path);
            assert!(definition.lifecycle.is_none() || states.len() >= 2, "{} has only {states:?}", definition.path);
        }
        for (path, least) in [("infrastructure/devices", 300), ("security/risks", 40), ("projects/projects", 12), ("vendors/vendors", 30), ("teams/people", 40)] {
            assert!(counts[path].0 >= least, "{path}: {:?}", counts[path]);
        }

        let switch = one(app, "infrastructure/devices?name=ham-sw-001").await;
        let impact = says(app, &format!("infrastructure/impact/{switch}")).await;
        assert!(impact.to_string().contains("Order management"), "{impact}");
        let contract = one(app, "vendors/contracts?code=C-001").await;
        let vendor = says(app, &format!("vendors/contracts/{contract}")).await["vendor_id"].as_str().unwrap().to_owned();
        let lost = says(app, &format!("infrastructure/impact/{vendor}")).await;
        assert!(lost["down"].to_string().contains("Customer records"), "{lost}");
        let monitoring = one(app, "infrastructure/services?code=MONITOR").await;
        assert_ne!(says(app, &format!("infrastructure/impact/{monitoring}")).await["controls_lost"], json!([]));
        for method in ["straight_line", "double_declining", "sum_of_years_digits", "units_of_use", "none"] {
            one(app, &format!("infrastructure/assets?depreciation_method={method}&state=deployed")).await;
        }
        one(app, "infrastructure/asset-impairments?state=recognized").await;
        let agents = one(app, "infrastructure/licenses?metric=device").await;
        assert_eq!(says(app, &format!("infrastructure/licenses/{agents}/position")).await["out_of_scope"], json!(1));
        let failed = app.get(&app.admin, "/api/v1/infrastructure/component-outages?state=ended&planned=false").await.body["data"][0]["target_id"].clone();
        assert_eq!(says(app, &format!("infrastructure/component-reliability/{}", failed.as_str().unwrap())).await["failures"], json!(2));
        says(app, &format!("vendors/contracts/{contract}/deadlines")).await;
        says(app, "vendors/renewals-due?before=2027-12-31").await;
        says(app, "vendors/payment-days").await;
        let position = app.get(&app.admin, "/api/v1/teams/positions?state=filled&limit=1").await.body["data"][0].clone();
        let (holder, role) = (position["holder_id"].as_str().unwrap(), position["role_profile_id"].as_str().unwrap());
        says(app, &format!("teams/people/{holder}/skill-gap?role_profile_id={role}")).await;
        let budget = one(app, "finance/budgets?state=active&name=Operations%202026").await;
        says(app, &format!("finance/budgets/{budget}/position")).await;
        let project = one(app, "projects/projects?code=EDI").await;
        says(app, &format!("projects/projects/{project}/status")).await;
        assert!(says(app, &format!("projects/projects/{project}/quality")).await["defect_density_per_100_hours"].is_number());
        assert!(says(app, &format!("projects/projects/{project}/benefit-realization")).await["totals"][0]["realization_percent"].is_number());
        says(app, "security/heat-map?stage=current").await;
        shows(app, "security/heat-map?stage=current").await;
        let rack = one(app, "infrastructure/racks").await;
        let year = one(app, "finance/fiscal-years").await;
        let this_year = one(app, "finance/fiscal-years?code=FY2026").await;
        let proposal = says(app, &format!("finance/next-year-budget?fiscal_year_id={this_year}")).await.to_string();
        for kind in ["outlook", "contract", "depreciation", "project"] {
            assert!(proposal.contains(&format!(r#""kind":"{kind}""#)), "nothing is proposed from a {kind}: {proposal}");
        }
        says(app, &format!("finance/project-feasibility?fiscal_year_id={this_year}")).await;
        let mut pictures = vec![
            format!("infrastructure/impact/{switch}"), format!("infrastructure/racks/{rack}/elevation"), format!("finance/budgets/{budget}/position"),
            format!("finance/spend-profile?fiscal_year_id={year}"), format!("finance/spend-series?fiscal_year_id={year}&group_by=it_tower"), format!("projects/projects/{project}/earned-value/series?interval=month"),
            "security/portfolio-loss?trials=1000".to_owned(),
        ];
        for (collection, figure) in [("security/risk-quantifications", "result"), ("projects/sprints", "burn-down")] {
            let first = app.get(&app.admin, &format!("/api/v1/{collection}?limit=1")).await.body["data"][0]["id"].clone();
            pictures.extend(first.as_str().map(|id| format!("{collection}/{id}/{figure}")));
        }
        for path in &pictures {
            shows(app, path).await;
        }
        assert_ne!(says(app, "security/vulnerabilities/remediation").await["total"]["fixed"], 0);
        assert_ne!(says(app, "security/vulnerabilities/ageing").await["overdue"], 0);
        says(app, "security/access-status").await;
        assert_eq!(says(app, "security/key-risk-indicators").await["data"][0]["status"], "critical");
        let risk = one(app, "security/risks?code=R-001").await;
        says(app, &format!("security/risks/{risk}/position")).await;
        let framework = one(app, "governance/frameworks?name=House%20rules%20for%20information%20security&state=published").await;
        let compliance = says(app, &format!("governance/frameworks/{framework}/compliance?method=weighted")).await;
        assert!(compliance["compliance"].is_number(), "{compliance}");
        let coverage = app.get(&app.admin, &format!("/api/v1/governance/frameworks/{framework}/coverage")).await;
        assert!(coverage.body["met"].as_i64() > Some(0), "{}", coverage.text);
        let objective = one(app, "strategy/objectives?state=committed").await;
        says(app, &format!("strategy/objectives/{objective}/progress")).await;
        let plan = one(app, "strategy/strategic-plans?state=active").await;
        says(app, &format!("strategy/strategic-plans/{plan}/alignment")).await;

        let theme = one(app, "strategy/themes?name=Simpler%20platforms").await;
        let below = app.get(&app.admin, &format!("/api/v1/platform/resources/{theme}/trace?direction=both&depth=8")).await;
        for domain in ["teams", "strategy", "finance", "infrastructure", "projects", "security", "vendors", "governance"] {
            assert!(below.text.contains(&format!("\"kind\":\"{domain}/")), "nothing of {domain} hangs together with a theme");
        }
        assert!(below.text.contains("infrastructure/devices"), "a theme leads to no device");

        let refused = demo::fill(&app.served.store, true).await.unwrap_err();
        assert!(refused.contains("other data"), "{refused}");
        assert_eq!(counted(app).await, counts, "a refusal changes nothing");

        let other = OTHER.lock().unwrap().replace(counts.clone());
        if let Some(other) = other {
            assert_eq!(other, counts, "two runs on one day make the same");
        }
    }
}
