//! Finance: budgets and how they stand, the ledger and its periods, and people's hours.

mod budget;
mod capacity;
mod closing;
mod feasibility;
mod focus;
mod forecast;
mod funds;
mod funds_check;
mod guard;
mod hours;
mod investment;
mod ledger;
mod limits;
mod load;
mod next_year;
mod outlook;
mod past;
mod period;
mod position;
mod prepayment;
mod spend;
mod spread;
mod taken_back;
mod transfer;
mod version;

use crate::harness::{Actor, Answer, TestApp};
use serde_json::{Value, json};
use std::sync::Arc;
use steward::access::Session;
use steward::store::{IfMatch, Origin, Writer};

/// Makes a record as the administrator and returns its id.
async fn made(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(&format!("finance/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

/// Tries to make a record as the administrator.
async fn try_to_make(app: &TestApp, collection: &str, body: Value) -> Answer {
    app.post(&app.admin, &format!("/api/v1/finance/{collection}"), &body).await
}

/// The path of a record.
fn at(collection: &str, id: &str) -> String {
    format!("/api/v1/finance/{collection}/{id}")
}

/// Tries to move a record as the administrator.
async fn go(app: &TestApp, collection: &str, id: &str, to: &str) -> Answer {
    app.transition(&app.admin, &at(collection, id), to).await
}

/// Moves a record through states; the second administrator approves.
async fn walk(app: &TestApp, collection: &str, id: &str, states: &[&str]) {
    for state in states {
        let moved = match *state {
            "approved" => app.transition(&app.second_admin().await, &at(collection, id), state).await,
            _ => go(app, collection, id, state).await,
        };
        assert_eq!((moved.status, &moved.body["state"]), (200, &json!(state)), "{}", moved.text);
    }
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// How many answers have a status.
fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// Somebody with just these permissions everywhere.
async fn holder(app: &TestApp, code: &str, permissions: &[&str]) -> Actor {
    app.make("identity/roles", &json!({"code": code, "name": code, "permissions": permissions})).await;
    app.actor(code, None).await
}

/// The books of 2026: its quarters, a cost center and a kind of cost.
struct Books {
    year: String,
    quarters: Vec<String>,
    center: String,
    opex: String,
}

const QUARTERS: [(&str, &str); 4] = [("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30"), ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-12-31")];

impl Books {
    async fn open(app: &TestApp) -> Books {
        let year = made(app, "fiscal-years", json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        let mut quarters = Vec::new();
        for (at, (starts, ends)) in QUARTERS.iter().enumerate() {
            let body = json!({"fiscal_year_id": year, "number": at + 1, "name": format!("Q{}", at + 1), "starts_on": starts, "ends_on": ends});
            quarters.push(made(app, "fiscal-periods", body).await);
        }
        let center = made(app, "cost-centers", json!({"code": "CC-1", "name": "Operations"})).await;
        let opex = made(app, "cost-categories", json!({"code": "OPEX", "name": "Hosting", "kind": "opex"})).await;
        Books { year, quarters, center, opex }
    }

    /// The year after it, of one period.
    async fn next_year(&self, app: &TestApp) -> (String, Vec<String>) {
        let year = made(app, "fiscal-years", json!({"code": "FY27", "name": "2027", "starts_on": "2027-01-01", "ends_on": "2027-12-31"})).await;
        let period = json!({"fiscal_year_id": year, "number": 1, "name": "All", "starts_on": "2027-01-01", "ends_on": "2027-12-31"});
        let period = made(app, "fiscal-periods", period).await;
        (year, vec![period])
    }

    /// A draft of a budget in euros.
    async fn budget(&self, app: &TestApp, version: u32, control: Value) -> String {
        let body = json!({"name": format!("Budget {version}"), "scope_id": self.center, "fiscal_year_id": self.year, "currency": "EUR", "version": version, "control": control});
        made(app, "budgets", body).await
    }

    /// A budget in euros of one line of each amount, active, and the lines.
    async fn active(&self, app: &TestApp, version: u32, control: Value, amounts: &[&str]) -> (String, Vec<String>) {
        let budget = self.budget(app, version, control).await;
        let mut lines = Vec::new();
        for (at, amount) in amounts.iter().enumerate() {
            lines.push(self.line(app, &budget, &format!("Line {at} of {version}"), amount).await);
        }
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        (budget, lines)
    }

    async fn line(&self, app: &TestApp, budget: &str, name: &str, amount: &str) -> String {
        made(app, "budget-lines", self.line_body(budget, name, amount)).await
    }

    fn line_body(&self, budget: &str, name: &str, amount: &str) -> Value {
        json!({"budget_id": budget, "name": name, "cost_category_id": self.opex, "amount": euros(amount)})
    }

    /// An entry of the ledger in the first quarter, without tax.
    fn entry(&self, line: Option<&str>, document: &str, amount: &str) -> Value {
        json!({
            "posted_on": "2026-02-10", "fiscal_period_id": self.quarters[0], "budget_line_id": line, "net": euros(amount), "gross": euros(amount),
            "base_amount": euros(amount), "source": "manual", "document": document, "cost_center_id": self.center
        })
    }
}

/// A transfer between two lines.
async fn transfer(app: &TestApp, from: &str, to: &str, amount: &str) -> String {
    made(app, "budget-transfers", json!({"from_line_id": from, "to_line_id": to, "amount": euros(amount), "reason": "Needed there."})).await
}

/// The position of a budget.
async fn position(app: &TestApp, budget: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/finance/budgets/{budget}/position")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

/// A commitment, as only the app makes one.
async fn commit(app: &TestApp, line: &str, period: &str, source: &str, amount: Value, relieved: Value) -> String {
    let body = json!({"budget_line_id": line, "fiscal_period_id": period, "source_id": source, "amount": amount, "relieved": relieved});
    let definition = app.served.store.definitions.get("finance/commitments").unwrap();
    app.make_as_house(definition, body.as_object().unwrap().clone()).await["id"].as_str().unwrap().to_owned()
}

/// Releases a commitment, as only what it comes from does.
async fn release(app: &TestApp, commitment: &str) {
    let definition = app.served.store.definitions.get("finance/commitments").unwrap();
    let id = steward::resource::Id::parse(commitment).unwrap();
    let make = move |writer: &mut Writer<'_>| writer.transition(definition, id, &IfMatch::Any, "released").map(drop);
    app.served.store.write(&Arc::new(Session::system()), &Origin::system(), make).await.unwrap();
}

/// Something that commitments come from.
async fn source(app: &TestApp) -> String {
    let person = app.make("teams/people", &json!({"name": "Ann", "email": format!("{}@people.example.org", steward::resource::Id::new())})).await["id"].clone();
    made(app, "allocations", json!({"person_id": person, "starts_on": "2026-01-01", "ends_on": "2026-12-31", "percent": 10})).await
}
