//! A project goes from demand to closed with four roles: who sponsors it, who runs it, who keeps the money, and who does the work. Each does
//! their own part and cannot do that of the others. Today is Monday, 15 June 2026.

use super::{euros, picked};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// Somebody with a role, and the person that they are.
struct Player {
    actor: Actor,
    person: String,
}

impl Player {
    async fn of(app: &TestApp, role: &str) -> Player {
        let actor = app.actor(role, None).await;
        let person = app.person_of(actor.id.unwrap()).await;
        Player { actor, person }
    }

    /// Makes a record and returns its id.
    async fn makes(&self, app: &TestApp, collection: &str, body: Value) -> String {
        let answer = self.tries(app, collection, body).await;
        assert_eq!(answer.status, 201, "{collection}: {}", answer.text);
        answer.id()
    }

    async fn tries(&self, app: &TestApp, collection: &str, body: Value) -> Answer {
        app.post(&self.actor, &format!("/api/v1/{collection}"), &body).await
    }

    async fn changes(&self, app: &TestApp, record: &str, body: Value) {
        let answer = app.patch(&self.actor, &format!("/api/v1/{record}"), "*", &body).await;
        assert_eq!(answer.status, 200, "{record}: {}", answer.text);
    }

    async fn moves(&self, app: &TestApp, record: &str, states: &[&str]) {
        for state in states {
            let answer = self.tries_to_move(app, record, state).await;
            assert_eq!((answer.status, &answer.body["state"]), (200, &json!(state)), "{record}: {}", answer.text);
        }
    }

    async fn tries_to_move(&self, app: &TestApp, record: &str, state: &str) -> Answer {
        app.transition(&self.actor, &format!("/api/v1/{record}"), state).await
    }

    async fn asks(&self, app: &TestApp, address: &str) -> Value {
        let answer = app.get(&self.actor, &format!("/api/v1/{address}")).await;
        assert_eq!(answer.status, 200, "{address}: {}", answer.text);
        answer.body
    }
}

/// The four, and what they work on.
struct Cast {
    sponsor: Player,
    manager: Player,
    controller: Player,
    member: Player,
}

impl Cast {
    async fn of(app: &TestApp) -> Cast {
        Cast {
            sponsor: Player::of(app, "it_manager").await,
            manager: Player::of(app, "project_manager").await,
            controller: Player::of(app, "finance_manager").await,
            member: Player::of(app, "employee").await,
        }
    }

    /// The demand is judged by the manager and approved by the sponsor; it becomes a project with a charter.
    async fn charter(&self, app: &TestApp) -> String {
        let Cast { sponsor, manager, controller, member } = self;
        let wanted = json!({"code": "DEM-1", "name": "A second data centre", "kind": "improvement", "requester_id": manager.person,
            "business_value": 8, "time_criticality": 5, "risk_reduction": 3, "size": 4});
        for other in [controller, member] {
            assert_ne!(other.tries(app, "projects/demands", wanted.clone()).await.status, 201);
        }
        let demand = format!("projects/demands/{}", manager.makes(app, "projects/demands", wanted).await);
        manager.moves(app, &demand, &["screened", "qualified"]).await;
        assert_eq!(manager.tries_to_move(app, &demand, "approved").await.broken(), [" four_eyes"]);
        sponsor.moves(app, &demand, &["approved"]).await;
        assert_eq!(manager.tries_to_move(app, &demand, "converted").await.broken(), ["/project_id required"]);
        let project = json!({"code": "DC-2", "name": "A second data centre", "sponsor_id": sponsor.person, "manager_id": manager.person, "starts_on": "2026-06-08",
            "charter": "All production runs in two places.", "budget": euros("2000.00")});
        let project = manager.makes(app, "projects/projects", project).await;
        manager.changes(app, &demand, json!({"project_id": project})).await;
        manager.moves(app, &demand, &["converted"]).await;
        let at = format!("projects/projects/{project}");
        manager.moves(app, &at, &["initiating", "planning"]).await;
        let charter = format!("{at}/charter-approval");
        assert_eq!(manager.tries(app, &charter, json!({})).await.broken(), ["/charter_approver_id manager"]);
        assert_eq!(sponsor.tries(app, &charter, json!({})).await.status, 200);
        project
    }

    /// The controller gives the project a budget, which the sponsor approves; the budget's line.
    async fn money(&self, app: &TestApp, project: &str) -> (String, String) {
        let Cast { sponsor, manager, controller, member } = self;
        let year = json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"});
        let year = controller.makes(app, "finance/fiscal-years", year).await;
        let period = json!({"fiscal_year_id": year, "number": 1, "name": "All", "starts_on": "2026-01-01", "ends_on": "2026-12-31"});
        let period = controller.makes(app, "finance/fiscal-periods", period).await;
        let center = controller.makes(app, "finance/cost-centers", json!({"code": "CC", "name": "Projects"})).await;
        let category = controller.makes(app, "finance/cost-categories", json!({"code": "CAPEX", "name": "Labour", "kind": "opex"})).await;
        let wanted = json!({"name": "DC-2", "scope_id": center, "fiscal_year_id": year, "currency": "EUR", "version": 1});
        for other in [manager, member] {
            assert_ne!(other.tries(app, "finance/budgets", wanted.clone()).await.status, 201);
        }
        let budget = controller.makes(app, "finance/budgets", wanted).await;
        let line = json!({"budget_id": budget, "name": "Labour", "cost_category_id": category, "amount": euros("2000.00"), "project_id": project});
        let line = controller.makes(app, "finance/budget-lines", line).await;
        let at = format!("finance/budgets/{budget}");
        controller.moves(app, &at, &["submitted"]).await;
        assert_eq!(controller.tries_to_move(app, &at, "approved").await.broken(), [" four_eyes"]);
        sponsor.moves(app, &at, &["approved"]).await;
        controller.moves(app, &at, &["active"]).await;
        let rate = json!({"subject_id": member.person, "starts_on": "2026-01-01", "hourly_rate": {"amount": "80.00", "currency": "EUR"}});
        controller.makes(app, "finance/labor-rates", rate).await;
        manager.changes(app, &format!("projects/projects/{project}"), json!({"budget_id": budget})).await;
        (line, period)
    }

    /// The manager plans, and the sponsor agrees to the baseline; the work.
    async fn plan(&self, app: &TestApp, project: &str, line: &str) -> [String; 2] {
        let Cast { sponsor, manager, member, .. } = self;
        let item = |code: &str, starts: &str, ends: &str| {
            json!({"project_id": project, "wbs_code": code, "name": format!("Work {code}"), "duration_hours": 16, "effort_hours": 16, "starts_on": starts,
            "ends_on": ends, "budget_at_completion": euros("800.00"), "budget_line_id": line})
        };
        let first = manager.makes(app, "projects/work-items", item("1", "2026-06-08", "2026-06-09")).await;
        let second = manager.makes(app, "projects/work-items", item("2", "2026-06-10", "2026-06-11")).await;
        manager.makes(app, "projects/work-dependencies", json!({"predecessor_id": first, "successor_id": second})).await;
        for item in [&first, &second] {
            manager.makes(app, "projects/assignments", json!({"work_item_id": item, "person_id": member.person, "starts_on": "2026-06-08"})).await;
        }
        assert_ne!(member.tries(app, "projects/work-items", item("3", "2026-06-08", "2026-06-09")).await.status, 201);
        self.baseline(app, project, "As agreed").await;
        let at = format!("projects/projects/{project}");
        manager.moves(app, &at, &["executing"]).await;
        assert_eq!(sponsor.asks(app, &at).await["charter_approver_id"], json!(sponsor.person));
        [first, second]
    }

    async fn baseline(&self, app: &TestApp, project: &str, name: &str) -> String {
        let Cast { sponsor, manager, .. } = self;
        let id = manager.makes(app, "projects/baselines", json!({"project_id": project, "name": name, "scope_statement": "Two places."})).await;
        let at = format!("projects/baselines/{id}");
        assert_eq!(manager.tries(app, &format!("{at}/snapshot"), json!({"baselined_on": "2026-06-05"})).await.status, 200);
        self.agree(app, &at).await;
        assert_ne!(sponsor.person, manager.person);
        id
    }

    /// Who made a baseline does not approve it.
    async fn agree(&self, app: &TestApp, baseline: &str) {
        assert_eq!(self.manager.tries_to_move(app, baseline, "approved").await.broken(), [" four_eyes"]);
        self.sponsor.moves(app, baseline, &["approved"]).await;
        self.manager.moves(app, baseline, &["current"]).await;
    }

    /// The member logs hours; the manager approves and posts them.
    async fn hours(&self, app: &TestApp, item: &str, period: &str) {
        let Cast { manager, member, .. } = self;
        let seen = member.asks(app, "projects/work-items").await;
        assert_eq!(seen["data"].as_array().unwrap().len(), 2, "the work that they are assigned to");
        let entry = json!({"work_item_id": item, "person_id": member.person, "worked_on": "2026-06-12", "hours": 8});
        let entry = format!("projects/time-entries/{}", member.makes(app, "projects/time-entries", entry).await);
        let of_another = json!({"work_item_id": item, "person_id": manager.person, "worked_on": "2026-06-12", "hours": 8});
        assert_ne!(member.tries(app, "projects/time-entries", of_another).await.status, 201);
        member.moves(app, &entry, &["submitted"]).await;
        assert_eq!(member.tries_to_move(app, &entry, "approved").await.status, 403);
        manager.moves(app, &entry, &["approved"]).await;
        manager.changes(app, &entry, json!({"fiscal_period_id": period})).await;
        manager.moves(app, &entry, &["posted"]).await;
    }

    /// The manager asks for a change, the sponsor approves it, and the next baseline has the plan as it is then.
    async fn change(&self, app: &TestApp, project: &str, second: &str) {
        let Cast { sponsor, manager, member, .. } = self;
        let change = json!({"project_id": project, "title": "The warehouse moves too", "impact": "Two days and 400 euros.", "cost_delta": euros("400.00"), "requester_id": manager.person});
        assert_ne!(member.tries(app, "projects/project-changes", change.clone()).await.status, 201);
        let change = format!("projects/project-changes/{}", manager.makes(app, "projects/project-changes", change).await);
        manager.moves(app, &change, &["assessed"]).await;
        assert_eq!(manager.tries_to_move(app, &change, "approved").await.broken(), [" four_eyes"]);
        sponsor.moves(app, &change, &["approved"]).await;
        manager.changes(app, &format!("projects/work-items/{second}"), json!({"ends_on": "2026-06-15", "budget_at_completion": euros("1200.00")})).await;
        manager.moves(app, &change, &["applied"]).await;
        let drafts = manager.asks(app, &format!("projects/baselines?project_id={project}&state=draft")).await;
        let next = &drafts["data"][0];
        let costs: Vec<&Value> = next["items"].as_array().unwrap().iter().map(|item| &item["cost"]).collect();
        assert_eq!((costs, &next["scope_statement"]), (vec![&euros("800.00"), &euros("1200.00")], &json!("Two places.")));
        self.agree(app, &format!("projects/baselines/{}", next["id"].as_str().unwrap())).await;
    }

    /// A report takes its facts from the data, and stays once it is published.
    async fn report(&self, app: &TestApp, project: &str) {
        let report =
            self.manager.makes(app, "projects/status-reports", json!({"project_id": project, "reported_on": "2026-06-15", "comment": "As planned."})).await;
        let at = format!("projects/status-reports/{report}");
        assert_eq!(self.manager.tries_to_move(app, &at, "published").await.broken(), ["/facts required"]);
        assert_eq!(self.manager.tries(app, &format!("{at}/facts"), json!({})).await.status, 200);
        self.manager.moves(app, &at, &["published"]).await;
        assert_eq!(app.delete(&self.manager.actor, &format!("/api/v1/{at}"), "*").await.status, 409);
    }

    /// What was made is accepted by the sponsor, the gate is passed, and the project is closed.
    async fn close(&self, app: &TestApp, project: &str) {
        let Cast { sponsor, manager, .. } = self;
        let at = format!("projects/projects/{project}");
        let deliverable = json!({"project_id": project, "name": "The second place", "acceptance_criteria": "A service runs there."});
        let deliverable = format!("projects/deliverables/{}", manager.makes(app, "projects/deliverables", deliverable).await);
        manager.moves(app, &deliverable, &["in_progress", "submitted"]).await;
        manager.moves(app, &at, &["closing"]).await;
        assert_eq!(manager.tries_to_move(app, &deliverable, "accepted").await.broken(), [" four_eyes"]);
        assert_eq!(manager.tries_to_move(app, &at, "closed").await.broken(), [" deliverables"]);
        sponsor.moves(app, &deliverable, &["accepted"]).await;
        manager.moves(app, &at, &["closed"]).await;
    }
}

on_both! {
    a_project_goes_from_demand_to_closed_with_four_roles(app) {
        let cast = Cast::of(app).await;
        let project = cast.charter(app).await;
        let at = format!("projects/projects/{project}");
        let early = cast.manager.tries_to_move(app, &at, "executing").await.broken();
        assert!(early.contains(&"/budget_id required".to_owned()) && early.contains(&" baseline".to_owned()), "{early:?}");
        let (line, period) = cast.money(app, &project).await;
        let [first, second] = cast.plan(app, &project, &line).await;

        cast.hours(app, &first, &period).await;
        let work = |id: &str| format!("projects/work-items/{id}");
        cast.manager.moves(app, &work(&second), &["ready", "in_progress"]).await;
        assert_eq!(cast.manager.tries_to_move(app, &work(&second), "done").await.broken(), [" predecessor"], "what comes first is not done");
        cast.manager.moves(app, &work(&first), &["ready", "in_progress", "done"]).await;
        // Eight hours at 80 euros; the first of two pieces of work of 800 euros is earned.
        let earned = cast.controller.asks(app, &format!("{at}/earned-value")).await;
        assert_eq!(picked(&earned, &["bac", "ev", "ac"]), ["1600.00", "800.00", "640.00"].map(euros), "{earned}");

        cast.change(app, &project, &second).await;
        cast.report(app, &project).await;
        let benefit = json!({"subject_id": project, "name": "No outage", "kind": "risk", "periods": [{"starts_on": "2026-01-01", "ends_on": "2026-05-31", "planned": euros("1000.00")}]});
        let benefit = format!("projects/benefits/{}", cast.manager.makes(app, "projects/benefits", benefit).await);
        cast.manager.moves(app, &work(&second), &["done"]).await;
        cast.close(app, &project).await;

        // Nothing runs in a closed project, and what it brought is still told.
        let late = json!({"project_id": project, "wbs_code": "9", "name": "Late"});
        assert_eq!(cast.manager.tries(app, "projects/work-items", late).await.status, 409);
        cast.sponsor.changes(app, &benefit, json!({"periods": [{"starts_on": "2026-01-01", "ends_on": "2026-05-31", "planned": euros("1000.00"), "realised": euros("750.00")}]})).await;
        let realized = cast.sponsor.asks(app, &format!("{at}/benefit-realization")).await;
        assert_eq!((&realized["totals"][0]["realised"], &realized["totals"][0]["realization_percent"]), (&euros("750.00"), &json!(75)), "{realized}");
    }
}
