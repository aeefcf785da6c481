//! Hours that were posted are taken back the way they came. Today is Monday, 15 June 2026.

use super::{alter, euros, made, project, walk, work};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::Id;

const QUARTERS: [(&str, &str); 4] = [("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30"), ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-12-31")];

/// A project whose hours a budget line pays, and a person who is allocated to it on that line for June.
struct Paid {
    project: String,
    item: String,
    person: String,
    year: String,
    quarters: Vec<String>,
    budget: String,
    allocation: String,
}

async fn of_finance(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(&format!("finance/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

async fn moved(app: &TestApp, collection: &str, id: &str, states: &[&str]) {
    for state in states {
        let actor = if *state == "approved" { app.second_admin().await } else { app.admin.clone() };
        let answer = app.transition(&actor, &format!("/api/v1/finance/{collection}/{id}"), state).await;
        assert_eq!(answer.status, 200, "{collection} {state}: {}", answer.text);
    }
}

async fn read(app: &TestApp, address: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/{address}")).await;
    assert_eq!(answer.status, 200, "{address}: {}", answer.text);
    answer.body
}

/// Tries to bring an entry to a state as the administrator.
async fn go(app: &TestApp, entry: &str, to: &str) -> Answer {
    app.transition(&app.admin, &format!("/api/v1/projects/time-entries/{entry}"), to).await
}

/// Somebody with just these permissions everywhere.
async fn holder(app: &TestApp, code: &str, permissions: &[&str]) -> Actor {
    app.make("identity/roles", &json!({"code": code, "name": code, "permissions": permissions})).await;
    app.actor(code, None).await
}

/// How many answers have a status.
fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

impl Paid {
    async fn of(app: &TestApp) -> Paid {
        let year = of_finance(app, "fiscal-years", json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        let mut quarters = Vec::new();
        for (at, (starts, ends)) in QUARTERS.iter().enumerate() {
            let period = json!({"fiscal_year_id": year, "number": at + 1, "name": format!("Q{}", at + 1), "starts_on": starts, "ends_on": ends});
            quarters.push(of_finance(app, "fiscal-periods", period).await);
        }
        let center = of_finance(app, "cost-centers", json!({"code": "CC", "name": "Projects"})).await;
        let category = of_finance(app, "cost-categories", json!({"code": "OPEX", "name": "Labour", "kind": "opex"})).await;
        let budget = json!({"name": "Projects", "scope_id": center, "fiscal_year_id": year, "currency": "EUR", "version": 1});
        let budget = of_finance(app, "budgets", budget).await;
        let project = project(app, "P").await;
        let line = json!({"budget_id": budget, "name": "Labour", "cost_category_id": category, "amount": euros("9000.00"), "project_id": project});
        let line = of_finance(app, "budget-lines", line).await;
        moved(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let person = json!({"name": "Ann", "email": format!("{}@people.example.org", Id::new()), "weekly_hours": 40});
        let person = app.make("teams/people", &person).await["id"].as_str().unwrap().to_owned();
        let rate = json!({"subject_id": person, "hourly_rate": {"amount": "87.55", "currency": "EUR"}, "starts_on": "2026-01-01"});
        of_finance(app, "labor-rates", rate).await;
        let allocation =
            json!({"person_id": person, "budget_line_id": line, "starts_on": "2026-06-01", "ends_on": "2026-06-30", "weekly_hours": 20, "kind": "hard"});
        let allocation = of_finance(app, "allocations", allocation).await;
        moved(app, "allocations", &allocation, &["confirmed"]).await;
        let planned =
            json!({"effort_hours": 16, "starts_on": "2026-06-08", "ends_on": "2026-06-19", "budget_at_completion": euros("2000.00"), "budget_line_id": line});
        let item = work(app, &project, "1", None, planned).await;
        Paid { project, item, person, year, quarters, budget, allocation }
    }

    /// An entry of 6.5 hours that is approved, to be booked in a quarter: 6.5 · 87.55 = 569.075.
    async fn approved(&self, app: &TestApp, worked_on: &str, quarter: usize) -> String {
        let body =
            json!({"work_item_id": self.item, "person_id": self.person, "worked_on": worked_on, "hours": 6.5, "fiscal_period_id": self.quarters[quarter]});
        let entry = made(app, "time-entries", body).await;
        walk(app, "time-entries", &entry, &["submitted", "approved"]).await;
        entry
    }

    async fn posted(&self, app: &TestApp, worked_on: &str, quarter: usize) -> String {
        let entry = self.approved(app, worked_on, quarter).await;
        assert_eq!(go(app, &entry, "posted").await.status, 200);
        entry
    }

    async fn position(&self, app: &TestApp, query: &str) -> Value {
        read(app, &format!("finance/budgets/{}/position{query}", self.budget)).await
    }

    /// All that is told of the money of the project: the position of its budget, earned value, the spend of the year, and what is promised.
    async fn figures(&self, app: &TestApp) -> [Value; 4] {
        let earned = read(app, &format!("projects/projects/{}/earned-value", self.project)).await;
        let spend = read(app, &format!("finance/spend-profile?fiscal_year_id={}", self.year)).await;
        [self.position(app, "").await, earned, spend, self.promised(app).await]
    }

    /// The state and the relieved amount of each commitment of the allocation.
    async fn promised(&self, app: &TestApp) -> Value {
        let page = read(app, &format!("finance/commitments?source_id={}&sort=created_at", self.allocation)).await;
        let told = |each: &Value| json!([each["state"], each["amount"]["amount"], each["relieved"]["amount"].as_str().unwrap_or("0.00")]);
        page["data"].as_array().unwrap().iter().map(told).collect()
    }
}

/// The bookings of an entry: line of the document, day and amount.
async fn booked(app: &TestApp, entry: &str) -> Vec<(i64, String, String)> {
    let page = read(app, &format!("finance/cost-entries?source=time&source_id={entry}&sort=document_line")).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = |each: &Value| (each["document_line"].as_i64().unwrap(), text(&each["posted_on"]), text(&each["net"]["amount"]));
    page["data"].as_array().unwrap().iter().map(told).collect()
}

fn line(number: i64, day: &str, amount: &str) -> (i64, String, String) {
    (number, day.to_owned(), amount.to_owned())
}

on_both! {
    hours_that_are_unposted_leave_budget_promise_earned_value_and_spend_as_they_were(app) {
        let paid = Paid::of(app).await;
        let entry = paid.approved(app, "2026-06-10", 1).await;
        let before = paid.figures(app).await;
        assert_eq!((&before[0]["total"]["actual"], &before[1]["ac"]), (&euros("0.00"), &euros("0.00")), "{before:?}");
        assert_ne!(before[0]["total"]["open_commitments"], euros("0.00"), "the allocation promises hours");
        for round in 0..2 {
            assert_eq!(go(app, &entry, "posted").await.status, 200, "{round}");
            let after = paid.figures(app).await;
            assert_eq!((&after[0]["total"]["actual"], &after[1]["ac"]), (&euros("569.08"), &euros("569.08")), "{round}");
            assert_eq!(after[3][0][0], json!("partially_relieved"), "{round}");
            let unposted = go(app, &entry, "approved").await;
            assert_eq!((unposted.status, &unposted.body["fiscal_period_id"], &unposted.body["hourly_rate"]["amount"]), (200, &Value::Null, &json!("87.55")));
            assert_eq!(paid.figures(app).await, before, "{round}");
            assert_eq!(go(app, &entry, "posted").await.broken(), ["/fiscal_period_id required"], "where it is booked is asked again");
            alter(app, "time-entries", &entry, json!({"fiscal_period_id": paid.quarters[1]})).await;
        }
        let day = "2026-06-10";
        assert_eq!(booked(app, &entry).await, [line(1, day, "569.08"), line(2, day, "-569.08"), line(3, day, "569.08"), line(4, day, "-569.08")]);
        // The hours are corrected on the way that there was before, and posted with another cost: 4 · 87.55.
        walk(app, "time-entries", &entry, &["rejected", "draft"]).await;
        alter(app, "time-entries", &entry, json!({"hours": 4})).await;
        walk(app, "time-entries", &entry, &["submitted", "approved", "posted"]).await;
        assert_eq!(paid.position(app, "").await["total"]["actual"], euros("350.20"));
    }

    unposted_hours_are_posted_in_another_period(app) {
        let paid = Paid::of(app).await;
        let entry = paid.posted(app, "2026-06-10", 1).await;
        assert_eq!(go(app, &entry, "approved").await.status, 200);
        let before = paid.figures(app).await;
        alter(app, "time-entries", &entry, json!({"fiscal_period_id": paid.quarters[0]})).await;
        assert_eq!(go(app, &entry, "posted").await.status, 200);
        assert_eq!(booked(app, &entry).await[2..], [line(3, "2026-03-31", "569.08")]);
        assert_eq!(go(app, &entry, "approved").await.status, 200);
        assert_eq!(booked(app, &entry).await[3..], [line(4, "2026-03-31", "-569.08")], "in the period of the booking");
        assert_eq!(paid.figures(app).await, before);
    }

    hours_of_a_closed_period_are_taken_back_in_the_next_open_one(app) {
        let paid = Paid::of(app).await;
        let before = paid.position(app, "").await["total"].clone();
        let entry = paid.posted(app, "2026-03-10", 0).await;
        moved(app, "fiscal-periods", &paid.quarters[0], &["soft_closed", "closed"]).await;
        assert_eq!(go(app, &entry, "approved").await.status, 200);
        assert_eq!(booked(app, &entry).await, [line(1, "2026-03-10", "569.08"), line(2, "2026-04-01", "-569.08")]);
        let now = paid.position(app, "").await["total"].clone();
        for figure in ["actual", "open_commitments", "available"] {
            assert_eq!(now[figure], before[figure], "{figure}");
        }
        assert_eq!(paid.position(app, "?as_of=2026-03-31").await["total"]["actual"], euros("569.08"), "a closed quarter stays as it was");
        alter(app, "time-entries", &entry, json!({"fiscal_period_id": paid.quarters[0]})).await;
        assert_eq!(go(app, &entry, "posted").await.broken(), ["/fiscal_period_id state"]);
        alter(app, "time-entries", &entry, json!({"fiscal_period_id": paid.quarters[1]})).await;
        assert_eq!(go(app, &entry, "posted").await.status, 200);
        for quarter in &paid.quarters[1..] {
            moved(app, "fiscal-periods", quarter, &["soft_closed", "closed"]).await;
        }
        let refused = go(app, &entry, "approved").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/fiscal_period_id closed".to_owned()]), "{}", refused.text);
        assert_eq!(read(app, &format!("projects/time-entries/{entry}")).await["state"], json!("posted"));
    }

    hours_are_taken_back_once_however_many_try_at_once(app) {
        let paid = Paid::of(app).await;
        let before = paid.figures(app).await;
        let entries = [paid.posted(app, "2026-06-09", 1).await, paid.posted(app, "2026-06-10", 1).await, paid.posted(app, "2026-06-11", 1).await];
        let tries = entries.iter().flat_map(|entry| (0..4).map(move |_| go(app, entry, "approved")));
        let answers = futures_util::future::join_all(tries).await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (3, 9), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        assert_eq!(paid.figures(app).await, before);
        for entry in &entries {
            assert_eq!(booked(app, entry).await.len(), 2);
            alter(app, "time-entries", entry, json!({"fiscal_period_id": paid.quarters[1]})).await;
        }
        // All at once relieve the same promise, and none is lost: 3 · 569.08.
        let answers = futures_util::future::join_all(entries.iter().map(|entry| go(app, entry, "posted"))).await;
        assert_eq!(count(&answers, 200), 3);
        let now = paid.figures(app).await;
        assert_eq!((&now[0]["total"]["actual"], &now[3][0][2]), (&euros("1707.24"), &json!("1707.24")));
    }

    hours_of_an_allocation_that_is_over_bind_nothing_again(app) {
        let paid = Paid::of(app).await;
        let entry = paid.posted(app, "2026-06-10", 1).await;
        moved(app, "allocations", &paid.allocation, &["released"]).await;
        assert_eq!(go(app, &entry, "approved").await.status, 200);
        let total = paid.position(app, "").await["total"].clone();
        assert_eq!((&total["actual"], &total["open_commitments"], &total["available"]), (&euros("0.00"), &euros("0.00"), &euros("9000.00")));
    }

    hours_that_are_unposted_on_a_line_that_is_promised_away_raise_no_conflict(app) {
        let paid = Paid::of(app).await;
        let body = json!({"work_item_id": paid.item, "person_id": paid.person, "worked_on": "2026-06-10", "hours": 24, "fiscal_period_id": paid.quarters[1]});
        let entry = made(app, "time-entries", body).await;
        walk(app, "time-entries", &entry, &["submitted", "approved", "posted"]).await;
        let total = paid.position(app, "").await["total"].clone();
        let minor = |figure: &str| total[figure]["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        assert!(minor("available") < minor("actual"), "the line does not bear the hours beside their promise: {total}");
        let conflicts = async || read(app, "platform/conflicts?limit=200").await["data"].clone();
        let before = conflicts().await;
        assert_eq!(go(app, &entry, "approved").await.status, 200);
        assert_eq!(conflicts().await, before);
    }

    unposting_has_its_own_permission_and_works_in_bulk_but_not_by_import(app) {
        let paid = Paid::of(app).await;
        let entry = paid.approved(app, "2026-06-10", 1).await;
        let path = format!("/api/v1/projects/time-entries/{entry}");
        let poster = holder(app, "poster", &["projects.time_entries:read", "projects.time_entries:post"]).await;
        let both = holder(app, "both", &["projects.time_entries:read", "projects.time_entries:post", "projects.time_entries:unpost"]).await;
        assert_eq!(app.transition(&both, &path, "posted").await.status, 200);
        assert_eq!(app.transition(&poster, &path, "approved").await.status, 403);
        // It gives money back, and needs no second person: who posted may unpost.
        assert_eq!(app.transition(&both, &path, "approved").await.status, 200);
        alter(app, "time-entries", &entry, json!({"fiscal_period_id": paid.quarters[1]})).await;
        assert_eq!(app.transition(&poster, &path, "posted").await.status, 200);

        let row = json!({"id": entry, "state": "approved"}).to_string();
        let import = app.call(&app.admin, "POST", "/api/v1/platform/imports?collection=projects/time-entries", &[("Content-Type", "application/x-ndjson")], Some(row)).await;
        assert_eq!(import.status, 422, "{}", import.text);
        let operation = json!({"op": "transition", "collection": "projects/time-entries", "id": entry, "if_match": "*", "body": {"to": "approved"}});
        let bulk = json!({"atomic": false, "operations": [operation, operation]});
        let results = app.post(&app.admin, "/api/v1/platform/bulk", &bulk).await.body["results"].clone();
        assert_eq!((&results[0]["status"], &results[1]["status"]), (&json!(200), &json!(409)), "{results}");
        assert_eq!(paid.position(app, "").await["total"]["actual"], euros("0.00"));
    }

    hours_are_accounted_for_after_their_project_is_over(app) {
        let paid = Paid::of(app).await;
        let entry = paid.approved(app, "2026-06-10", 1).await;
        moved(app, "allocations", &paid.allocation, &["released"]).await;
        walk(app, "projects", &paid.project, &["cancelled"]).await;
        walk(app, "time-entries", &entry, &["posted"]).await;
        assert_eq!(go(app, &entry, "approved").await.status, 200);
        assert_eq!(go(app, &entry, "rejected").await.status, 200);
        let refused = go(app, &entry, "draft").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/work_item_id ended".to_owned()]), "{}", refused.text);
        assert_eq!(paid.position(app, "").await["total"]["actual"], euros("0.00"));
    }
}
