//! What the guards that a resource writes by hand ask for before its moves: the one place where a test knows a collection by name.

use super::TestApp;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use steward::access::Session;
use steward::database::{SqlValue, Statement};
use steward::resource::value::Date;
use steward::resource::{Id, ResourceType};
use steward::store::{Origin, Writer};

/// The fields that moves need and that another person than the author of the record writes.
pub const WRITTEN_LATER: &[(&str, &str)] = &[
    ("teams/performance-reviews", "self_review"),
    ("teams/performance-reviews", "manager_review"),
    ("teams/performance-reviews", "rating"),
    ("teams/performance-reviews", "calibrated_rating"),
    ("teams/performance-reviews", "shared_text"),
];

/// Fields that a record needs beside its sample.
pub async fn fields(app: &TestApp, definition: &'static ResourceType, body: &mut Map<String, Value>) {
    match definition.path {
        "teams/development-plans" => drop(body.insert("person_id".into(), app.person_of_admin().await.into())),
        // A role that may approve, and that none of those who put it into force has.
        "governance/delegations" => {
            let roles = app.get(&app.admin, "/api/v1/identity/roles?code=compliance_officer").await.body;
            body.insert("holder_id".into(), roles["data"][0]["id"].clone());
        }
        // Each line names who pays for it.
        "vendors/invoice-lines" if ["budget_line_id", "cost_center_id"].iter().all(|payer| body.get(*payer).is_none_or(Value::is_null)) => {
            let there = app.get(&app.admin, "/api/v1/finance/cost-centers?code=CC-BILLS").await.body["data"][0]["id"].clone();
            let center = json!({"code": "CC-BILLS", "name": "Bills"});
            let id = if there.is_null() { app.make("finance/cost-centers", &center).await["id"].clone() } else { there };
            body.insert("cost_center_id".into(), id);
        }
        // Who has a part in it writes it, when its turn has come: at first the person, who is the administrator.
        "teams/performance-reviews" => {
            body.insert("reviewer_id".into(), app.person_of_second().await.into());
            body.insert("self_review".into(), "The move went well.".into());
        }
        // Only a verified account of its vendor is paid.
        "vendors/invoices" => {
            let mut account = app.sample("vendors/bank-accounts", "paid").await;
            account.insert("vendor_id".into(), body["vendor_id"].clone());
            body.insert("bank_account_id".into(), app.make("vendors/bank-accounts", &account.into()).await["id"].clone());
        }
        "vendors/payments" => {
            let invoice = app.get(&app.admin, &format!("/api/v1/vendors/invoices/{}", body["invoice_id"].as_str().unwrap())).await.body;
            let mut account = app.sample("vendors/bank-accounts", "paid").await;
            account.insert("vendor_id".into(), invoice["vendor_id"].clone());
            body.insert("bank_account_id".into(), app.make("vendors/bank-accounts", &account.into()).await["id"].clone());
        }
        "finance/budget-transfers" => {
            let from = app.get(&app.admin, &format!("/api/v1/finance/budget-lines/{}", body["from_line_id"].as_str().unwrap())).await.body;
            let mut line = app.sample("finance/budget-lines", "other").await;
            line.insert("budget_id".into(), from["budget_id"].clone());
            body.insert("to_line_id".into(), app.make("finance/budget-lines", &line.into()).await["id"].clone());
        }
        // What is left goes on to a later year: the first one made is the later one.
        "finance/carry-forwards" => {
            let (from, to) = (body["from_line_id"].clone(), body["to_line_id"].clone());
            body.insert("from_line_id".into(), to);
            body.insert("to_line_id".into(), from);
        }
        _ => {}
    }
}

/// Brings the records that a new one refers to where they must be: the rules of a fact ask at once.
pub async fn parents(app: &TestApp, definition: &'static ResourceType, body: &mut Map<String, Value>) {
    let of = async |collection: &str, id: &Value| app.get(&app.admin, &format!("/api/v1/{collection}/{}", id.as_str().unwrap())).await.body;
    match definition.path {
        "security/attestations" => {
            let version = body["policy_version_id"].as_str().unwrap();
            app.bring(app.served.store.definitions.get("security/policy-versions").unwrap(), version, &["published"]).await;
        }
        // One that is owed: what was sent is evidence, and stays.
        "security/incident-notifications" => drop(body.remove("sent_at")),
        // One that lasts: what has ended is evidence, and stays.
        "infrastructure/outages" | "infrastructure/component-outages" => drop(body.remove("ended_at")),
        // Days of the year that it is part of.
        "finance/fiscal-periods" => {
            let year = of("finance/fiscal-years", &body["fiscal_year_id"]).await;
            body.insert("starts_on".into(), year["starts_on"].clone());
            body.insert("ends_on".into(), later(&year["starts_on"], 30));
        }
        "finance/cost-entries" => {
            let period = of("finance/fiscal-periods", &body["fiscal_period_id"]).await;
            body.insert("posted_on".into(), later(&period["starts_on"], 19));
        }
        "finance/accruals" => {
            let period = of("finance/fiscal-periods", &body["fiscal_period_id"]).await;
            body.insert("posted_on".into(), later(&period["starts_on"], 29));
            body.insert("reverses_on".into(), period["ends_on"].clone());
        }
        // An active budget, and a period of its year.
        "finance/commitments" => {
            let budget = of("finance/budget-lines", &body["budget_line_id"]).await["budget_id"].clone();
            app.bring(app.served.store.definitions.get("finance/budgets").unwrap(), budget.as_str().unwrap(), &["active"]).await;
            let mut period = app.sample("finance/fiscal-periods", "own").await;
            let year = of("finance/budgets", &budget).await["fiscal_year_id"].clone();
            let starts_on = of("finance/fiscal-years", &year).await["starts_on"].clone();
            period.insert("ends_on".into(), later(&starts_on, 30));
            period.insert("starts_on".into(), starts_on);
            period.insert("fiscal_year_id".into(), year);
            body.insert("fiscal_period_id".into(), app.make("finance/fiscal-periods", &period.into()).await["id"].clone());
        }
        // A rule without targets is not run.
        "finance/allocation-rules" if body["targets"] == json!([]) => {
            let mut targets = Vec::new();
            for (code, share) in [("CC-SALES", 62.5), ("CC-FACTORY", 37.5)] {
                let there = app.get(&app.admin, &format!("/api/v1/finance/cost-centers?code={code}")).await;
                let mut id = there.body["data"][0]["id"].clone();
                if id.is_null() {
                    let mut center = app.sample("finance/cost-centers", code).await;
                    center.insert("code".into(), code.into());
                    center.insert("starts_on".into(), Value::Null);
                    id = app.make("finance/cost-centers", &center.into()).await["id"].clone();
                }
                let others = json!({"cost_center": null, "service_id": null, "unit_id": null, "weight": null});
                let mut target = json!({"cost_center_id": id, "share_percent": share});
                target.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
                targets.push(target);
            }
            body.insert("targets".into(), targets.into());
        }
        // A time of the planning cycle.
        "strategy/check-ins" => {
            let objective = of("strategy/key-results", &body["key_result_id"]).await["objective_id"].clone();
            let cycle = of("strategy/objectives", &objective).await["planning_cycle_id"].clone();
            let starts_on = of("strategy/planning-cycles", &cycle).await["starts_on"].clone();
            body.insert("checked_in_at".into(), format!("{}T09:00:00.000000Z", later(&starts_on, 14).as_str().unwrap()).into());
        }
        _ => {}
    }
}

/// A day so many days later.
fn later(day: &Value, days: u32) -> Value {
    Date::parse(day.as_str().unwrap()).unwrap().plus_days(days).to_string().into()
}

/// Who makes a move, where it matters: true for the second administrator.
pub fn mover(path: &str, to: &str) -> Option<bool> {
    match (path, to) {
        ("teams/performance-reviews", "calibration" | "shared") => Some(true),
        ("teams/performance-reviews", "acknowledged") => Some(false),
        // Who writes a requisition submits it, since they may not approve it either.
        ("vendors/requisitions", "submitted") => Some(false),
        // Who enters an invoice matches it, so that somebody is left to post its payment.
        ("vendors/invoices", "matched") => Some(false),
        // A digest tells what its maker sees, and is theirs alone.
        ("platform/mail-digests", _) => Some(false),
        _ => None,
    }
}

/// Records that must stand beside one.
pub async fn surroundings(app: &TestApp, definition: &'static ResourceType, made: &Value) {
    match definition.path {
        "governance/controls" => {
            app.make("governance/control-tests", &json!({"control_id": made["id"], "kind": "operating", "tested_on": "2026-06-14", "result": "passed"})).await;
        }
        "security/risks" => {
            let body = json!({"risk_id": made["id"], "stage": "current", "likelihood": 1, "impact": 1, "assessed_on": "2026-06-14", "override_reason": "It is known."});
            let assessment = app.make("security/risk-assessments", &body).await;
            app.bring(app.served.store.definitions.get("security/risk-assessments").unwrap(), assessment["id"].as_str().unwrap(), &["confirmed"]).await;
        }
        _ => {}
    }
}

/// What must be done before a move.
pub async fn before(app: &TestApp, definition: &'static ResourceType, record: &Value, to: &str) {
    // What is agreed is work of the project.
    if (definition.path, to) == ("projects/baselines", "approved") && record["items"] == json!([]) {
        let item = json!({"project_id": record["project_id"], "wbs_code": format!("9.{}", app.next_number()), "name": "Agreed"});
        let item = app.make("projects/work-items", &item).await["id"].as_str().unwrap().to_owned();
        // What is open would keep its project from closing.
        Box::pin(app.bring(app.served.store.definitions.get("projects/work-items").unwrap(), &item, &["cancelled"])).await;
        let items = json!({"items": [{"work_item_id": item, "name": "Agreed"}]});
        assert_eq!(app.patch(&app.admin, &format!("/api/v1/projects/baselines/{}", record["id"].as_str().unwrap()), "*", &items).await.status, 200);
    }
    if (definition.path, to) == ("security/vulnerabilities", "accepted") {
        let body = json!({"title": "For now", "kind": "overdue_vulnerability", "subject_id": record["id"], "level": "critical", "justification": "It goes.",
            "starts_on": "2026-06-01", "expires_on": "2026-06-30"});
        let exception = app.make("governance/exceptions", &body).await;
        app.bring(app.served.store.definitions.get("governance/exceptions").unwrap(), exception["id"].as_str().unwrap(), &["approved"]).await;
    }
    if (definition.path, to) == ("teams/development-plans", "agreed") {
        app.person_of_second().await;
        for (side, field) in [(&app.admin, "person_agreed_on"), (&app.second_admin().await, "lead_agreed_on")] {
            if record[field].is_null() {
                let path = format!("/api/v1/teams/development-plans/{}/agreement", record["id"].as_str().unwrap());
                let agreed = app.post(side, &path, &json!({})).await;
                assert_eq!(agreed.status, 200, "{}", agreed.text);
            }
        }
    }
    let words = match (definition.path, to) {
        ("strategy/objectives", "achieved") => Some(json!({"score": 1})),
        ("strategy/objectives", "missed") => Some(json!({"score": 0.4})),
        ("teams/performance-reviews", "calibration") => Some(json!({"manager_review": "More than was agreed.", "rating": 4})),
        ("teams/performance-reviews", "shared") => Some(json!({"calibrated_rating": 4, "shared_text": "You did more than was agreed."})),
        _ => None,
    };
    if let Some(words) = words {
        let path = format!("/api/v1/{}/{}", definition.path, record["id"].as_str().unwrap());
        let written = app.patch(&app.second_admin().await, &path, "*", &words).await;
        assert_eq!(written.status, 200, "{}", written.text);
    }
    if let ("infrastructure/outages" | "infrastructure/component-outages", "ended") = (definition.path, to) {
        let path = format!("/api/v1/{}/{}", definition.path, record["id"].as_str().unwrap());
        let ended = app.patch(&app.admin, &path, "*", &json!({"ended_at": "2026-05-11T10:02:00Z"})).await;
        assert_eq!(ended.status, 200, "{}", ended.text);
    }
    if (definition.path, to) == ("infrastructure/asset-impairments", "recognized") {
        let asset = record["asset_id"].as_str().unwrap();
        app.bring(app.served.store.definitions.get("infrastructure/assets").unwrap(), asset, &["received", "in_stock", "deployed"]).await;
        // What was recognised before has left less of it.
        let path = format!("/api/v1/infrastructure/assets/{asset}/book-value?as_of={}", record["impaired_on"].as_str().unwrap());
        let amount = |money: &Value| money["amount"].as_str().unwrap().parse::<f64>().unwrap();
        let book_value = amount(&app.get(&app.admin, &path).await.body["book_value"]);
        if book_value <= amount(&record["recoverable_amount"]) {
            let half = json!({"recoverable_amount": {"amount": format!("{:.2}", book_value / 2.0), "currency": record["recoverable_amount"]["currency"]}});
            let own = format!("/api/v1/infrastructure/asset-impairments/{}", record["id"].as_str().unwrap());
            assert_eq!(app.patch(&app.admin, &own, "*", &half).await.status, 200);
        }
    }
    if (definition.path, to) == ("security/security-incidents", "closed") {
        // The notices that the classification wants are sent or waived.
        let path = "/api/v1/security/incident-notifications";
        let notices = app.get(&app.admin, &format!("{path}?security_incident_id={}", record["id"].as_str().unwrap())).await.body["data"].clone();
        for notice in notices.as_array().unwrap().iter().filter(|notice| notice["sent_at"].is_null()) {
            let waived = app.patch(&app.admin, &format!("{path}/{}", notice["id"].as_str().unwrap()), "*", &json!({"waiver_reason": "It is known."})).await;
            assert_eq!(waived.status, 200, "{}", waived.text);
        }
    }
    if (definition.path, to) == ("vendors/invoices", "approved") && !record["bank_account_id"].is_null() {
        let accounts = app.served.store.definitions.get("vendors/bank-accounts").unwrap();
        app.bring(accounts, record["bank_account_id"].as_str().unwrap(), &["verified"]).await;
    }
    if (definition.path, to) == ("vendors/service-credits", "accepted") {
        let measured = json!({"sla_target_id": record["sla_target_id"], "starts_on": record["starts_on"], "ends_on": record["ends_on"],
            "value": record["measured_value"], "source": "own"});
        app.make("vendors/sla-measurements", &measured).await;
    }
    if (definition.path, to) == ("vendors/payments", "posted") {
        approve_invoice(app, record["invoice_id"].as_str().unwrap()).await;
    }
    if (definition.path, to) == ("vendors/offers", "evaluated") {
        let (offer, event) = (record["id"].as_str().unwrap(), record["sourcing_event_id"].as_str().unwrap());
        let scored = app.get(&app.admin, &format!("/api/v1/vendors/offer-scores?offer_id={offer}")).await.body["data"].clone();
        let criteria = app.get(&app.admin, &format!("/api/v1/vendors/criteria?sourcing_event_id={event}&kind=scored")).await.body["data"].clone();
        app.person_of_admin().await;
        for criterion in criteria.as_array().unwrap() {
            if !scored.as_array().unwrap().iter().any(|score| score["criterion_id"] == criterion["id"]) {
                let body =
                    json!({"offer_id": offer, "criterion_id": criterion["id"], "interests_declared_on": "2026-06-01", "points": criterion["max_points"]});
                app.make("vendors/offer-scores", &body).await;
            }
        }
    }
    if (definition.path, to) == ("strategy/strategic-plans", "active") {
        // One plan of a unit is active.
        let others = app.get(&app.admin, "/api/v1/strategy/strategic-plans?state=active").await.body["data"].clone();
        for other in others.as_array().unwrap().iter().filter(|other| other["id"] != record["id"]) {
            let path = format!("/api/v1/strategy/strategic-plans/{}", other["id"].as_str().unwrap());
            assert_eq!(app.transition(&app.admin, &path, "superseded").await.status, 200);
        }
    }
    if (definition.path, to) == ("governance/exceptions", "expired") {
        // The days that it was given for pass.
        let id = Id::parse(record["id"].as_str().unwrap()).unwrap();
        let write = move |writer: &mut Writer<'_>| {
            let passed = SqlValue::Date(Date::parse("2026-06-14").unwrap());
            Statement::new("UPDATE exceptions SET expires_on = ").with(passed, " WHERE id = ").with(id, "").execute(writer.connection)?;
            Ok(())
        };
        app.served.store.write(&Arc::new(Session::system()), &Origin::system(), write).await.unwrap();
    }
    let own = format!("/api/v1/{}/{}", definition.path, record["id"].as_str().unwrap_or_default());
    if (definition.path, to) == ("projects/status-reports", "published") {
        assert_eq!(app.post(&app.admin, &format!("{own}/facts"), &json!({})).await.status, 200);
    }
    if (definition.path, to) == ("infrastructure/changes", "scheduled") && record["kind"] == "emergency" {
        let due = app.patch(&app.admin, &own, "*", &json!({"approval_due_at": "2026-06-28T00:00:00Z"})).await;
        assert_eq!(due.status, 200, "{}", due.text);
    }
    if (definition.path, to) == ("infrastructure/changes", "closed") && record["kind"] == "emergency" {
        approve_afterwards(app, &own).await;
    }
    let line = match (definition.path, to) {
        ("finance/budget-transfers", "submitted") => Some("from_line_id"),
        ("finance/carry-forwards", "posted") => Some("to_line_id"),
        _ => None,
    };
    if let Some(line) = line {
        let line = app.get(&app.admin, &format!("/api/v1/finance/budget-lines/{}", record[line].as_str().unwrap())).await.body;
        app.bring(app.served.store.definitions.get("finance/budgets").unwrap(), line["budget_id"].as_str().unwrap(), &["active"]).await;
    }
    if (definition.path, to) == ("finance/allocation-runs", "computed") {
        let rule = app.get(&app.admin, &format!("/api/v1/finance/allocation-rules/{}", record["allocation_rule_id"].as_str().unwrap())).await.body;
        let pool = format!("/api/v1/finance/cost-centers/{}", rule["pool_id"].as_str().unwrap());
        assert_eq!(app.patch(&app.admin, &pool, "*", &json!({"starts_on": null})).await.status, 200);
        let mut entry = app.sample("finance/cost-entries", "pool").await;
        let period = app.get(&app.admin, &format!("/api/v1/finance/fiscal-periods/{}", record["fiscal_period_id"].as_str().unwrap())).await.body;
        for name in ["net", "gross", "base_amount"] {
            entry.insert(name.into(), record["amount"].clone());
        }
        for name in ["tax", "tax_rate_percent", "exchange_rate"] {
            entry.insert(name.into(), Value::Null);
        }
        entry.insert("cost_center_id".into(), rule["pool_id"].clone());
        entry.insert("fiscal_period_id".into(), record["fiscal_period_id"].clone());
        entry.insert("posted_on".into(), period["starts_on"].clone());
        app.make("finance/cost-entries", &entry.into()).await;
    }
    if (definition.path, to) == ("projects/projects", "executing") {
        let own = format!("/api/v1/projects/projects/{}", record["id"].as_str().unwrap());
        if app.get(&app.admin, &own).await.body["charter_approved_on"].is_null() {
            app.person_of_second().await;
            let approved = app.post(&app.second_admin().await, &format!("{own}/charter-approval"), &json!({})).await;
            assert_eq!(approved.status, 200, "{}", approved.text);
        }
        let there = app.get(&app.admin, &format!("/api/v1/projects/baselines?project_id={}", record["id"].as_str().unwrap())).await;
        if there.body["data"] == json!([]) {
            let mut body = app.sample("projects/baselines", "current").await;
            body.insert("project_id".into(), record["id"].clone());
            let baseline = app.make("projects/baselines", &body.into()).await;
            let definition = app.served.store.definitions.get("projects/baselines").unwrap();
            app.bring(definition, baseline["id"].as_str().unwrap(), &["current"]).await;
        }
    }
}

/// Approval of an invoice by a person who does nothing else: the approver posts no payment of it.
async fn approve_invoice(app: &TestApp, id: &str) {
    let invoices = app.served.store.definitions.get("vendors/invoices").unwrap();
    let path = format!("/api/v1/vendors/invoices/{id}");
    let state = app.get(&app.admin, &path).await.body["state"].clone();
    if state != json!("approved") {
        app.bring(invoices, id, &["matched"]).await;
        app.prepare(invoices, id, "approved").await;
        let approved = app.transition(&app.actor("administrator", None).await, &path, "approved").await;
        assert_eq!(approved.status, 200, "{}", approved.text);
    }
}

/// Approves an emergency afterwards, as somebody who had no hand in it.
async fn approve_afterwards(app: &TestApp, own: &str) {
    let approver = app.actor("administrator", None).await;
    app.person_of(approver.id.unwrap()).await;
    let approved = app.post(&approver, &format!("{own}/emergency-approval"), &json!({})).await;
    assert_eq!(approved.status, 200, "{}", approved.text);
}
