//! Thousands of calls at random by people who may do little: whatever they do, in whatever order, nobody comes to hold what the caller did
//! not hold, and no answer shows what none of them may see.

use crate::harness::dice::Dice;
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use diesel::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use steward::access::{Pattern, Permissions};
use steward::database::Connection;
use steward::resource::Id;
use steward_schema::identity::{grants, roles};
use steward_schema::teams::units;

/// A run is told by this number alone, or by another that `STEWARD_TEST_SEED` says.
const SEED: u64 = 0x5afe_2026_1126;
const CALLS: usize = 2_500;
/// The callers that the run begins with; they come first.
const FIRST: usize = 4;
const JSON: (&str, &str) = ("Content-Type", "application/json");
const LINES: (&str, &str) = ("Content-Type", "application/x-ndjson");

/// What no caller of the run may see: in a record of another unit, in a restricted field, in what is private, in secrets.
const CANARIES: &[&str] = &["canary-unit", "canary-private", "7310.25", "canary-secret"];

/// What roles and tokens are made of: some of it held by the callers, some not.
const POOL: &[&str] = &[
    "governance.controls:read",
    "governance.controls:*",
    "governance.*:read",
    "security.risks:read",
    "security.risks:update",
    "security.*:*",
    "finance.labor_rates:read",
    "finance.labor_rates:read_restricted",
    "teams.units:read",
    "teams.units:update",
    "teams.people:read",
    "teams.one_on_ones:*",
    "identity.users:read",
    "identity.users:*",
    "identity.roles:*",
    "identity.grants:create",
    "identity.*:*",
    "platform.operations:read",
    "*.*:read",
    "*.*:*",
];

fn permissions(dice: &mut Dice) -> Vec<&'static str> {
    (0..=dice.below(3)).map(|_| *dice.one_of(POOL)).collect()
}

/// Where somebody holds what: each unit apart, and everything as no unit.
type Held = BTreeMap<Id, BTreeSet<(Pattern, Option<Id>)>>;

/// What everybody holds, spread over the tree of units.
async fn held(app: &TestApp) -> Held {
    let read = |connection: &mut Connection| {
        let tree: Vec<(Id, Option<Id>)> = units::table.select((units::id, units::parent_id)).load(connection)?;
        let query = grants::table.inner_join(roles::table).select((grants::principal_id, grants::unit_id, roles::permissions));
        let held: Vec<(Id, Option<Id>, Permissions)> = query.load(connection)?;
        Ok((tree, held))
    };
    let (tree, grants) = app.served.store.unauthenticated(read).await.unwrap();
    let parents: HashMap<Id, Option<Id>> = tree.into_iter().collect();
    let above = |unit: Id| std::iter::successors(Some(unit), |unit| parents.get(unit).copied().flatten());
    let mut all = Held::new();
    for (principal, unit, permissions) in grants {
        let mine = all.entry(principal).or_default();
        for permission in permissions.0 {
            match unit {
                None => drop(mine.insert((permission, None))),
                Some(unit) => mine.extend(parents.keys().filter(|each| above(**each).any(|above| above == unit)).map(|each| (permission.clone(), Some(*each)))),
            }
        }
    }
    all
}

fn covers(held: Option<&BTreeSet<(Pattern, Option<Id>)>>, wanted: &Pattern, unit: Option<Id>) -> bool {
    held.into_iter().flatten().any(|(pattern, at)| (at.is_none() || *at == unit) && pattern.covers(wanted))
}

/// Fails if somebody holds more than before that the caller did not hold.
fn judge(before: &Held, after: &Held, caller: Id, told: &str) {
    for (principal, holds) in after {
        for (permission, unit) in holds {
            let new = !covers(before.get(principal), permission, *unit);
            // A unit that was just made holds nothing yet; what somebody holds on it comes from the one above, and stays as it was.
            let known_unit = unit.is_none_or(|unit| before.values().flatten().any(|(_, at)| *at == Some(unit)));
            assert!(!(new && known_unit) || covers(before.get(&caller), permission, *unit), "{principal} gained {permission} on {unit:?}: {told}");
        }
    }
}

/// Fails unless the caller holds all that somebody holds whose secrets it has just set.
fn judge_takeover(before: &Held, caller: Id, victim: Id, told: &str) {
    for (permission, unit) in before.get(&victim).into_iter().flatten() {
        assert!(covers(before.get(&caller), permission, *unit), "{caller} took {victim} over, who holds {permission}: {told}");
    }
}

/// Who and what there is to play with.
struct Stage {
    callers: Vec<Actor>,
    units: Vec<String>,
    people: Vec<String>,
    users: Vec<String>,
    accounts: Vec<String>,
    roles: Vec<String>,
    grants: Vec<String>,
    tokens: Vec<String>,
    /// Records whose references are turned to wherever: collection, id, and the names of the references.
    records: Vec<(&'static str, String, Vec<&'static str>)>,
    gone: Vec<String>,
    count: usize,
    /// What the first callers began with: roles, and who holds them where.
    basics: Vec<(Value, Value)>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Puts the canaries where they belong and people beside them who may do some things.
async fn set(app: &TestApp) -> Stage {
    let root = app.root_unit().await;
    let (own, other) = (app.unit("OWN", &root).await, app.unit("OTHER", &root).await);
    let (sub, side) = (app.unit("SUB", &own).await, app.unit("SIDE", &root).await);
    let mut people = Vec::new();
    for name in ["ann", "bob", "cid"] {
        people.push(text(&app.make("teams/people", &json!({"name": name, "email": format!("{name}@example.org"), "unit_id": own})).await["id"]));
    }
    let mut records = Vec::new();
    let mut put = async |collection: &'static str, unit: &str, change: Value| {
        let mut body: Value = app.sample(collection, "stage").await.into();
        body["unit_id"] = unit.into();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let id = text(&app.make(collection, &body).await["id"]);
        let definition = app.served.store.definitions.get(collection).unwrap();
        records.push((collection, id, definition.references().map(|field| field.name).collect()));
    };
    put("security/risks", &other, json!({"title": "canary-unit one"})).await;
    put("security/risks", &own, json!({"title": "A risk of our own"})).await;
    put("governance/controls", &own, json!({})).await;
    put("governance/controls", &other, json!({})).await;
    put("finance/labor-rates", &own, json!({"hourly_rate": {"amount": "7310.25", "currency": "EUR"}})).await;
    for unit in [&own, &other, &sub, &side] {
        records.push(("teams/units", unit.clone(), vec!["parent_id"]));
    }
    let ann = app
        .make("identity/users", &json!({"email": "ann@work.example.org", "name": "Ann", "person_id": people[0], "password": "canary-secret password"}))
        .await;
    let lead = text(&app.get(&app.admin, "/api/v1/identity/roles?code=team_lead").await.body["data"][0]["id"]);
    app.make("identity/grants", &json!({"principal_id": ann["id"], "role_id": lead, "unit_id": null})).await;
    let talk = json!({"person_id": people[0], "lead_id": people[1], "held_on": "2026-06-01", "notes": "canary-private notes", "unit_id": own});
    let talk = app.post(&app.log_in_as(&text(&ann["id"])), "/api/v1/teams/one-on-ones", &talk).await;
    assert_eq!(talk.status, 201, "{}", talk.text);
    records.push(("teams/one-on-ones", talk.id(), vec!["person_id", "lead_id", "unit_id"]));
    let mut stage = Stage {
        callers: Vec::new(),
        units: vec![root, own.clone(), other, sub, side],
        people,
        users: vec![text(&ann["id"]), app.admin.id.unwrap().to_string()],
        accounts: Vec::new(),
        roles: vec![lead],
        grants: Vec::new(),
        tokens: Vec::new(),
        records,
        gone: Vec::new(),
        count: 0,
        basics: Vec::new(),
    };
    let basics = [
        "governance.controls:read",
        "governance.controls:update",
        "teams.units:read",
        "teams.people:read",
        "teams.one_on_ones:*",
        "finance.labor_rates:read",
        "finance.labor_rates:update",
        "identity.api_tokens:create",
    ];
    let clerk: Vec<&str> = basics.iter().copied().chain(["identity.*:*"]).collect();
    let mover: Vec<&str> = basics.iter().copied().chain(["teams.units:*", "identity.roles:read", "identity.users:read"]).collect();
    let keeper: Vec<&str> =
        basics.iter().copied().chain(["identity.service_accounts:*", "identity.users:*", "security.risks:*", "teams.units:update"]).collect();
    for (code, permissions, unit) in [
        ("clerk", &clerk, None),
        ("local-clerk", &clerk, Some(&own)),
        ("mover", &mover, None),
        ("keeper", &keeper, None),
        ("risks", &vec!["security.risks:*", "teams.units:*"], Some(&own)),
    ] {
        let role = app.make("identity/roles", &json!({"code": code, "name": code, "permissions": permissions})).await;
        // Whoever keeps the risks of the own unit keeps those of no other: the last role is given to the mover.
        let actor = if code == "risks" { stage.callers[2].clone() } else { app.stranger().await };
        let unit = if code == "keeper" { Some(&own) } else { unit };
        let grant = json!({"principal_id": actor.id.unwrap().to_string(), "role_id": role["id"], "unit_id": unit});
        stage.grants.push(text(&app.make("identity/grants", &grant).await["id"]));
        stage.roles.push(text(&role["id"]));
        stage.basics.push((json!({"permissions": permissions}), grant));
        if code != "risks" {
            stage.users.push(actor.id.unwrap().to_string());
            stage.callers.push(actor);
        }
    }
    stage.roles.push(text(&app.get(&app.admin, "/api/v1/identity/roles?code=administrator").await.body["data"][0]["id"]));
    stage.roles.push(text(&app.get(&app.admin, "/api/v1/identity/roles?code=auditor").await.body["data"][0]["id"]));
    for role in &stage.roles[stage.roles.len() - 2..] {
        let body = json!({"name": "A robot", "owner_id": stage.people[2]});
        let robot = text(&app.make("identity/service-accounts", &body).await["id"]);
        stage.grants.push(text(&app.make("identity/grants", &json!({"principal_id": robot, "role_id": role, "unit_id": null})).await["id"]));
        stage.accounts.push(robot);
    }
    stage
}

/// One call: method, path, headers, body, and whose secrets it sets if it succeeds.
struct Play {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, &'static str)>,
    body: Option<Value>,
    takes: Option<String>,
}

impl Stage {
    fn principal(&self, dice: &mut Dice) -> String {
        if dice.in_ten(7) { dice.one_of(&self.users).clone() } else { dice.one_of(&self.accounts).clone() }
    }

    fn unit(&self, dice: &mut Dice) -> Value {
        if dice.in_ten(4) { Value::Null } else { dice.one_of(&self.units).as_str().into() }
    }

    /// The body that would make a record, and the collection.
    fn new_one(&mut self, dice: &mut Dice) -> (&'static str, Value) {
        self.count += 1;
        let count = self.count;
        match dice.below(10) {
            0..=2 => {
                let unit = self.unit(dice);
                // What is granted on somebody's own counts as everything: it may lie anywhere.
                let own = unit.is_null() && dice.in_ten(5);
                let body = json!({"principal_id": self.principal(dice), "role_id": dice.one_of(&self.roles), "unit_id": unit, "own": own});
                ("identity/grants", body)
            }
            3..=4 => ("identity/roles", json!({"code": format!("r-{count}"), "name": "A role", "permissions": permissions(dice)})),
            5 => {
                let mut body = json!({"email": format!("u-{count}@example.org"), "name": "A user"});
                if dice.in_ten(3) {
                    body["person_id"] = dice.one_of(&self.people).as_str().into();
                }
                ("identity/users", body)
            }
            6 => ("identity/service-accounts", json!({"name": "A robot", "owner_id": dice.one_of(&self.people)})),
            _ => {
                let mut body = json!({"name": "A token", "scopes": permissions(dice)});
                if dice.in_ten(4) {
                    body["principal_id"] = self.principal(dice).into();
                }
                ("identity/api-tokens", body)
            }
        }
    }

    /// A change of something that is there: collection, id, patch, and whose secrets that sets.
    fn change(&mut self, dice: &mut Dice) -> (&'static str, String, Value, Option<String>) {
        self.count += 1;
        let count = self.count;
        match dice.below(10) {
            0..=2 => ("identity/roles", dice.one_of(&self.roles).clone(), json!({"permissions": permissions(dice)}), None),
            3..=5 => {
                let id = dice.one_of(&self.users).clone();
                let patch = match dice.below(4) {
                    0 => json!({"password": format!("a password of number {count}")}),
                    1 => json!({"email": format!("e-{count}@example.org")}),
                    2 => json!({"person_id": dice.one_of(&self.people)}),
                    _ => json!({"name": format!("Name {count}")}),
                };
                let takes = (patch.get("name").is_none()).then(|| id.clone());
                ("identity/users", id, patch, takes)
            }
            6 => ("identity/service-accounts", dice.one_of(&self.accounts).clone(), json!({"owner_id": dice.one_of(&self.people)}), None),
            _ => {
                let (collection, id, names) = dice.one_of(&self.records).clone();
                let name = *dice.one_of(&names);
                let targets: Vec<String> = match name {
                    "parent_id" | "unit_id" => self.units.clone(),
                    "owner_id" | "person_id" | "lead_id" => self.people.clone(),
                    _ => self.units.iter().chain(&self.people).chain(&self.users).chain(&self.roles).cloned().collect(),
                };
                let target = if dice.in_ten(1) { Value::Null } else { dice.one_of(&targets).as_str().into() };
                (collection, id, json!({name: target}), None)
            }
        }
    }

    fn any_record(&self, dice: &mut Dice) -> (&'static str, String) {
        let lists = [
            ("identity/users", &self.users),
            ("identity/roles", &self.roles),
            ("identity/grants", &self.grants),
            ("identity/service-accounts", &self.accounts),
            ("identity/api-tokens", &self.tokens),
        ];
        let (collection, ids) = lists[dice.below(lists.len())];
        if ids.is_empty() || dice.in_ten(2) {
            let (collection, id, _) = dice.one_of(&self.records);
            return (collection, id.clone());
        }
        (collection, dice.one_of(ids).clone())
    }

    fn look(&self, dice: &mut Dice) -> Play {
        let (collection, id) = self.any_record(dice);
        let with_canary =
            *dice.one_of(&["security/risks", "finance/labor-rates", "teams/one-on-ones", "identity/users", "identity/api-tokens", "teams/people"]);
        let path = match dice.below(14) {
            0 => format!("{with_canary}?limit=200&include_total=true"),
            1 => format!("{with_canary}?as_of=2026-06-15"),
            2 => "platform/search?q=canary".into(),
            3 => format!("{collection}/{id}"),
            4 => format!("platform/resources/{id}/history"),
            5 => format!("platform/resources/{id}/trace?direction=both&depth=3"),
            6 => format!("{with_canary}?expand=unit_id"),
            7 => "security/risks?filter=title%20%3A%20%22canary%22".into(),
            8 => "finance/labor-rates?filter=hourly_rate.amount%20%3E%207000".into(),
            9 => "teams/one-on-ones?q=canary".into(),
            10 => "security/risks?sort=-title&fields=title,unit_id".into(),
            11 => format!("{collection}/{id}?as_of=2026-06-15"),
            12 => "auth/me".into(),
            _ => format!("platform/resources/{id}"),
        };
        let file = path.starts_with(with_canary) && !path.contains('&') && !path.contains("as_of") && !path.contains("expand") && dice.in_ten(5);
        let headers = if file { vec![("Accept", *dice.one_of(&["text/csv", "application/x-ndjson"]))] } else { Vec::new() };
        Play { method: "GET", path: format!("/api/v1/{path}"), headers, body: None, takes: None }
    }

    fn play(&mut self, dice: &mut Dice) -> Play {
        let post = |path: String, body: Value, takes: Option<String>| Play { method: "POST", path, headers: vec![JSON], body: Some(body), takes };
        match dice.below(20) {
            0..=4 => {
                let (collection, body) = self.new_one(dice);
                let takes = body["principal_id"].as_str().filter(|_| collection == "identity/api-tokens").map(str::to_owned);
                post(format!("/api/v1/{collection}"), body, takes)
            }
            5..=8 => {
                let (collection, id, patch, takes) = self.change(dice);
                Play { method: "PATCH", path: format!("/api/v1/{collection}/{id}"), headers: vec![JSON, ("If-Match", "*")], body: Some(patch), takes }
            }
            9 => {
                let (collection, id) = self.any_record(dice);
                let collection =
                    if matches!(collection, "identity/users" | "identity/service-accounts" | "identity/api-tokens") { collection } else { "identity/users" };
                let to = if collection == "identity/api-tokens" { "revoked" } else { *dice.one_of(&["active", "disabled"]) };
                Play {
                    method: "POST",
                    path: format!("/api/v1/{collection}/{id}/transitions"),
                    headers: vec![JSON, ("If-Match", "*")],
                    body: Some(json!({"to": to})),
                    takes: None,
                }
            }
            10 => {
                let (collection, id) = self.any_record(dice);
                self.gone.push(id.clone());
                Play { method: "DELETE", path: format!("/api/v1/{collection}/{id}"), headers: vec![("If-Match", "*")], body: None, takes: None }
            }
            11 => post(
                format!("/api/v1/platform/resources/{}/restore", if self.gone.is_empty() { self.users[0].clone() } else { dice.one_of(&self.gone).clone() }),
                json!({}),
                None,
            ),
            12 => {
                let id = dice.one_of(&self.accounts).clone();
                post(format!("/api/v1/identity/service-accounts/{id}/renew-secret"), json!({}), Some(id))
            }
            13..=14 => {
                let (first, body) = self.new_one(dice);
                let (second, id, patch, _) = self.change(dice);
                let mut operations = vec![
                    json!({"op": "create", "collection": first, "body": body}),
                    json!({"op": "update", "collection": second, "id": id, "if_match": "*", "body": patch}),
                ];
                if first == "identity/roles" {
                    // A role just made, given to somebody in the same request.
                    operations.push(json!({"op": "create", "collection": "identity/grants", "body": {"principal_id": self.principal(dice), "role_id": "$0", "unit_id": self.unit(dice)}}));
                }
                post("/api/v1/platform/bulk".into(), json!({"atomic": dice.in_ten(3), "operations": operations}), None)
            }
            15 => {
                let (collection, row) = match dice.in_ten(5) {
                    true => self.new_one(dice),
                    false => {
                        let (collection, id, mut patch, _) = self.change(dice);
                        patch["id"] = id.into();
                        (collection, patch)
                    }
                };
                Play { method: "POST", path: format!("/api/v1/platform/imports?collection={collection}"), headers: vec![LINES], body: Some(row), takes: None }
            }
            _ => self.look(dice),
        }
    }

    /// Learns what a call has made.
    fn learn(&mut self, app: &TestApp, caller: &Actor, collection: &str, made: &Value) {
        let Some(id) = made["id"].as_str().map(str::to_owned) else { return };
        match collection {
            "identity/users" => {
                if self.callers.len() < 12 {
                    self.callers.push(app.log_in_as(&id));
                }
                self.users.push(id);
            }
            "identity/service-accounts" => {
                if self.callers.len() < 16 {
                    self.callers.push(app.log_in_as(&id));
                }
                self.accounts.push(id);
            }
            "identity/roles" => self.roles.push(id),
            "identity/grants" => self.grants.push(id),
            "identity/api-tokens" => {
                let token = made["token"].as_str().unwrap().to_owned();
                let principal = made["principal_id"].as_str().and_then(Id::parse).or(caller.id);
                if self.callers.len() < 24 {
                    self.callers.push(Actor { id: principal, token: Some(token) });
                }
                self.tokens.push(id);
            }
            _ => {}
        }
    }
}

/// What a call has made, with its collection.
fn made<'a>(play: &Play, answer: &'a Answer) -> Vec<(String, &'a Value)> {
    let body = play.body.as_ref();
    if let Some(results) = answer.body["results"].as_array().filter(|_| answer.status == 200) {
        let operations = body.and_then(|body| body["operations"].as_array()).unwrap();
        let done = operations.iter().zip(results).filter(|(_, result)| result["status"] == json!(201));
        return done.map(|(operation, result)| (operation["collection"].as_str().unwrap().to_owned(), &result["resource"])).collect();
    }
    if play.method == "POST" && answer.status == 201 { vec![(play.path.trim_start_matches("/api/v1/").to_owned(), &answer.body)] } else { Vec::new() }
}

/// Gives the first callers what they began with, so that they do not end by having taken everything from each other.
async fn begin_anew(app: &TestApp, stage: &Stage) {
    for (role, grant) in &stage.basics {
        let id = text(&grant["role_id"]);
        app.post(&app.admin, &format!("/api/v1/platform/resources/{id}/restore"), &json!({})).await;
        app.patch(&app.admin, &format!("/api/v1/identity/roles/{id}"), "*", role).await;
        app.post(&app.admin, "/api/v1/identity/grants", grant).await;
    }
}

/// Somebody whose logins were ended, as with an account that was disabled, logs in again.
async fn comes_back(app: &TestApp, caller: &Actor) -> Actor {
    let id = caller.id.unwrap().to_string();
    app.transition(&app.admin, &format!("/api/v1/identity/users/{id}"), "active").await;
    app.log_in_as(&id)
}

on_both! {
    no_sequence_of_calls_gives_anybody_more_than_the_caller_had_or_shows_what_is_hidden(app) {
        let seed = std::env::var("STEWARD_TEST_SEED").map_or(SEED, |text| text.parse().expect("STEWARD_TEST_SEED is a number"));
        println!("seed {seed:#x}");
        let mut stage = set(app).await;
        let mut dice = Dice(seed);
        let (mut done, mut refused) = (BTreeMap::<String, usize>::new(), 0);
        let mut before = Held::new();
        for number in 0..CALLS {
            if number % 40 == 0 {
                begin_anew(app, &stage).await;
                before = held(app).await;
            }
            let at = if dice.in_ten(6) { dice.below(FIRST) } else { dice.below(stage.callers.len()) };
            let caller = stage.callers[at].clone();
            let play = stage.play(&mut dice);
            let answer = app.call(&caller, play.method, &play.path, &play.headers, play.body.as_ref().map(Value::to_string)).await;
            let told = format!("call {number} of seed {seed:#x} by {at}: {} {} {:?} → {} {}", play.method, play.path, play.body.as_ref().map(Value::to_string), answer.status, answer.text);
            let canary = CANARIES.iter().find(|canary| answer.text.contains(**canary));
            // What the caller itself has sent comes back in no answer of these kinds.
            assert!(canary.is_none(), "{canary:?} is shown: {told}");
            if play.method == "GET" {
                continue;
            }
            if answer.status == 401 && at < FIRST {
                stage.callers[at] = comes_back(app, &caller).await;
            }
            if answer.status >= 300 {
                refused += 1;
                continue;
            }
            *done.entry(play.path.split('?').next().unwrap().split('/').take(5).collect::<Vec<_>>().join("/") + " " + play.method).or_default() += 1;
            let after = held(app).await;
            let (Some(caller_id), victim) = (caller.id, play.takes.as_deref().and_then(Id::parse)) else { panic!("nobody called") };
            judge(&before, &after, caller_id, &told);
            // Who sends what is there already changes nothing.
            let changed = answer.body["updated_by"].as_str().is_none_or(|by| by == caller_id.to_string());
            victim.filter(|_| changed).inspect(|victim| judge_takeover(&before, caller_id, *victim, &told));
            before = after;
            for (collection, record) in made(&play, &answer) {
                stage.learn(app, &caller, &collection, record);
            }
        }
        println!("{refused} refused; done: {done:#?}");
        let changes: usize = done.values().sum();
        assert!(changes > CALLS / 20 && refused > CALLS / 10, "too little was done ({changes}) or refused ({refused}) to tell");
        assert!(done.len() > 12, "too few kinds of calls succeeded: {done:#?}");
        // Whatever was tried, the administrator is there and the canaries are where they were put.
        let risks = app.get(&app.admin, "/api/v1/security/risks?q=canary").await;
        assert_eq!(risks.body["data"].as_array().map(Vec::len), Some(1), "{}", risks.text);
    }
}
