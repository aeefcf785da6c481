//! What is one's own: whoever is linked to a person reaches the records that name them, and those alone, through every door.

use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use steward::access::Session;
use steward::access::{EMPLOYEE, Pattern, Reach};
use steward::database::{Connection, Statement};
use steward::resource::{Field, Id, Own, ResourceType, Scope, Whose};

const JSON: (&str, &str) = ("Content-Type", "application/json");
/// No revision of any record: who may change it is told that it has moved on, and nothing happens.
const STALE: &str = "\"999999\"";

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// A person of a unit with an account, and nothing granted.
async fn employee(app: &TestApp, name: &str, unit: &str) -> (String, Actor) {
    let person = app.make("teams/people", &json!({"name": name, "email": format!("{name}@people.example.org"), "unit_id": unit})).await;
    app.transition(&app.admin, &format!("/api/v1/teams/people/{}", text(&person["id"])), "active").await;
    let user = app.make("identity/users", &json!({"email": format!("{name}@example.org"), "name": name, "person_id": person["id"]})).await;
    (text(&person["id"]), app.log_in_as(&text(&user["id"])))
}

/// Two people of units beside each other.
async fn ann_and_bob(app: &TestApp) -> [(String, Actor); 2] {
    let root = app.root_unit().await;
    let (one, other) = (app.unit("ONE", &root).await, app.unit("OTHER", &root).await);
    [employee(app, "ann", &one).await, employee(app, "bob", &other).await]
}

async fn rows(app: &TestApp, actor: &Actor, path: &str) -> Vec<Value> {
    let answer = app.get(actor, &format!("/api/v1/{path}")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.body["data"].as_array().unwrap().clone()
}

async fn ids(app: &TestApp, actor: &Actor, path: &str) -> Vec<String> {
    rows(app, actor, path).await.iter().map(|row| text(&row["id"])).collect()
}

/// Whether an employee holds a verb on what is their own.
fn is_granted(definition: &ResourceType, verb: &str) -> bool {
    Pattern::parse(&definition.permission(verb)).is_some_and(|wanted| EMPLOYEE.iter().any(|held| held.covers(&wanted)))
}

/// The fields that name whose a record is, and those of them that do in a state as far as a verb goes.
fn naming(definition: &ResourceType) -> Vec<&'static Field> {
    let names = definition.owns().into_iter().filter_map(|own| if let Whose::Named(name) = own.whose { definition.field(name) } else { None });
    let mut fields: Vec<&'static Field> = names.collect();
    fields.dedup_by_key(|field| field.name);
    fields
}

fn reaches(own: &Own, field: &str, state: Option<&str>, verb: &str) -> bool {
    let there = own.states.is_empty() || state.is_some_and(|state| own.states.contains(&state));
    matches!(own.whose, Whose::Named(name) if name == field) && there && own.allows(verb)
}

/// Puts a record into a state, whatever its guards ask for.
async fn put_into(app: &TestApp, definition: &'static ResourceType, id: &str, state: &'static str) {
    let (id, table) = (Id::parse(id).unwrap(), definition.table.clone());
    let put = move |connection: &mut Connection| {
        Statement::new(format!("UPDATE {table} SET state = ")).with(state, " WHERE id = ").with(id, "").execute(connection)?;
        Ok(())
    };
    app.served.store.database.write(put).await.unwrap();
}

/// A record of a kind that names somebody in one field, and nobody else who is asked for.
async fn naming_in(app: &TestApp, definition: &'static ResourceType, field: &Field, person: &str) -> Value {
    let mut body = app.sample(definition.path, &format!("own{}", app.next_number())).await;
    let mut strangers = [app.person_of_second().await, app.person_of_admin().await].into_iter();
    for other in naming(definition).into_iter().filter(|other| other.name != field.name) {
        body.insert(other.name.into(), if other.optional { Value::Null } else { strangers.next().into() });
    }
    if (definition.path, field.name) == ("teams/feedback", "manager_id") {
        body.insert("visibility".into(), "manager".into());
    }
    body.insert(field.name.into(), person.into());
    app.make_as_house(definition, body).await
}

/// What somebody gets who asks for a record by every door of a verb: 200 or 412 where it is permitted, 403 where it is only seen, 404 where not.
async fn answers(app: &TestApp, actor: &Actor, definition: &'static ResourceType, id: &str) -> Vec<(String, u16)> {
    let path = format!("/api/v1/{}/{id}", definition.path);
    let mut answers = vec![("read".to_owned(), app.get(actor, &path).await.status)];
    let write = async |method: &str, path: &str, body: Value| {
        let headers = [JSON, ("If-Match", STALE)];
        app.call(actor, method, path, &headers, Some(body.to_string())).await.status
    };
    if definition.operations.update {
        answers.push(("update".into(), write("PATCH", &path, json!({})).await));
    }
    if definition.operations.delete {
        answers.push(("delete".into(), write("DELETE", &path, json!({})).await));
    }
    answers
}

on_both! {
    everybody_reaches_the_rows_that_name_them_and_no_others_in_every_collection_and_state(app) {
        let [(ann, actor), (bob, _)] = ann_and_bob(app).await;
        let mut asked = 0;
        for definition in app.served.store.definitions.all().iter().copied().filter(|definition| app.asks_for(definition) && is_granted(definition, "read")) {
            for field in naming(definition) {
                let mine = text(&naming_in(app, definition, field, &ann).await["id"]);
                let theirs = text(&naming_in(app, definition, field, &bob).await["id"]);
                let states: Vec<Option<&'static str>> = match &definition.lifecycle {
                    Some(lifecycle) => lifecycle.states.iter().map(|state| Some(*state)).collect(),
                    None => vec![None],
                };
                for state in states {
                    for id in [&mine, &theirs] {
                        if let Some(state) = state {
                            put_into(app, definition, id, state).await;
                        }
                    }
                    let about = format!("{} by {} while {state:?}", definition.path, field.name);
                    let own = |verb: &str| is_granted(definition, verb) && definition.own.iter().any(|own| reaches(own, field.name, state, verb));
                    // What is everybody's or of a unit above both is read by both.
                    let shared = |own: &&Own| matches!(own.whose, Whose::Everybody | Whose::Unit) && (own.states.is_empty() || state.is_some_and(|state| own.states.contains(&state)));
                    let everybodys = definition.own.iter().any(|own| shared(&own));
                    let reads = own("read") || everybodys;
                    let listed = ids(app, &actor, &format!("{}?limit=200", definition.path)).await;
                    assert_eq!(listed.contains(&mine), reads, "{about}: listed");
                    assert_eq!(listed.contains(&theirs), everybodys, "{about}: the other's is listed");
                    let counted = app.get(&actor, &format!("/api/v1/{}?include_total=true", definition.path)).await.body["total_count"].clone();
                    assert_eq!(counted, json!(listed.len()), "{about}: counted");
                    for (verb, status) in answers(app, &actor, definition, &mine).await {
                        let expected = match (reads, own(&verb), verb.as_str()) {
                            (false, ..) => 404,
                            (true, _, "read") => 200,
                            (true, true, _) => 412,
                            (true, false, _) => 403,
                        };
                        assert_eq!(status, expected, "{about}: {verb}");
                    }
                    for (verb, status) in answers(app, &actor, definition, &theirs).await {
                        let expected = if !everybodys { 404 } else if verb == "read" { 200 } else { 403 };
                        assert_eq!(status, expected, "{about}: {verb} of the other's");
                    }
                    asked += 1;
                }
                if !definition.fact && definition.own.iter().all(|own| !matches!(own.whose, Whose::Everybody | Whose::Unit)) {
                    let history = async |id: &str| app.get(&actor, &format!("/api/v1/platform/resources/{id}/history")).await.status;
                    assert_eq!(history(&theirs).await, 404, "{}: the other's history", definition.path);
                    let traced = app.get(&actor, &format!("/api/v1/platform/resources/{theirs}/trace?direction=both")).await.status;
                    assert_eq!(traced, 404, "{}: the other's trace", definition.path);
                }
            }
        }
        assert!(asked > 60 || !app.asks_for_all(), "only {asked} were asked");
    }

    a_person_reports_ill_and_cancels_their_holiday_and_nobody_elses(app) {
        let [(ann, actor), (bob, other)] = ann_and_bob(app).await;
        let holiday = json!({"kind": "holiday", "starts_on": "2026-08-03", "ends_on": "2026-08-14"});
        let made = app.post(&actor, "/api/v1/teams/absences", &holiday).await;
        assert_eq!((made.status, &made.body["person_id"]), (201, &json!(ann)), "whose it is is filled in: {}", made.text);
        let theirs = app.post(&other, "/api/v1/teams/absences", &holiday).await;
        assert_eq!((theirs.status, &theirs.body["person_id"]), (201, &json!(bob)));
        let for_another = app.post(&actor, "/api/v1/teams/absences", &json!({"person_id": bob, "kind": "holiday", "starts_on": "2026-09-01", "ends_on": "2026-09-02"})).await;
        assert_eq!(for_another.status, 403, "a colleague is known, and asks for themselves: {}", for_another.text);
        assert_eq!(ids(app, &actor, "teams/absences").await, [made.id()]);
        let path = |id: &str| format!("/api/v1/teams/absences/{id}");
        assert_eq!(app.transition(&actor, &path(&theirs.id()), "cancelled").await.status, 404);
        assert_eq!(app.transition(&actor, &path(&made.id()), "approved").await.status, 403, "nobody approves what is their own");
        assert_eq!(app.transition(&actor, &path(&made.id()), "cancelled").await.status, 200);
        let ill = app.post(&actor, "/api/v1/teams/absences", &json!({"kind": "sickness", "reported": true, "starts_on": "2026-06-15", "ends_on": "2026-06-16"})).await;
        assert_eq!(app.transition(&actor, &path(&ill.id()), "taken").await.status, 200, "{}", ill.text);
        let file = app.call(&actor, "GET", "/api/v1/teams/absences", &[("Accept", "text/csv")], None).await.text;
        assert!(file.contains(&made.id()) && file.contains(&ill.id()) && !file.contains(&theirs.id()), "{file}");
        let then = ids(app, &actor, "teams/absences?as_of=2026-06-15T09:00:00Z").await;
        assert!(then.contains(&ill.id()) && !then.contains(&theirs.id()), "{then:?}");
        let bulk = json!({"atomic": false, "operations": [
            {"op": "update", "collection": "teams/absences", "id": theirs.id(), "if_match": "*", "body": {"notes": "Mine"}},
            {"op": "update", "collection": "teams/absences", "id": ill.id(), "if_match": "*", "body": {"ends_on": "2026-06-17"}},
        ]});
        let done = app.post(&actor, "/api/v1/platform/bulk", &bulk).await.body;
        assert_eq!((&done["results"][0]["status"], &done["results"][1]["status"]), (&json!(404), &json!(200)), "{done}");
    }

    who_moves_what_is_their_own_to_another_person_or_unit_is_refused(app) {
        let [(ann, actor), _] = ann_and_bob(app).await;
        let lines = json!({"code": "REQ-1", "name": "A chair"});
        let made = app.post(&actor, "/api/v1/vendors/requisitions", &lines).await;
        let home = app.get(&app.admin, &format!("/api/v1/teams/people/{ann}")).await.body["unit_id"].clone();
        assert_eq!((made.status, &made.body["requester_id"], &made.body["unit_id"]), (201, &json!(ann), &home), "{}", made.text);
        let path = format!("/api/v1/vendors/requisitions/{}", made.id());
        for patch in [json!({"requester_id": null}), json!({"unit_id": app.root_unit().await})] {
            assert_eq!(app.patch(&actor, &path, "*", &patch).await.status, 403, "{patch}");
        }
        let elsewhere = json!({"code": "REQ-2", "name": "A desk", "unit_id": app.root_unit().await});
        assert_eq!(app.post(&actor, "/api/v1/vendors/requisitions", &elsewhere).await.status, 403, "what is one's own stands where one works");
        let line = json!({"requisition_id": made.id(), "line_number": 1, "description": "A chair", "kind": "hardware", "quantity": "1", "unit_of_measure": "piece"});
        assert_eq!(app.post(&actor, "/api/v1/vendors/requisition-lines", &line).await.status, 201, "the parts of what is one's own are one's own");
        assert_eq!(app.transition(&actor, &path, "submitted").await.status, 200);
        assert_eq!(app.transition(&actor, &path, "approved").await.status, 403);
    }

    who_works_in_two_roles_sees_their_unit_and_what_is_their_own_elsewhere(app) {
        let [(ann, actor), (bob, _)] = ann_and_bob(app).await;
        let unit = text(&app.get(&app.admin, &format!("/api/v1/teams/people/{bob}")).await.body["unit_id"]);
        let role = app.make("identity/roles", &json!({"code": "absences", "name": "Absences", "permissions": ["teams.absences:read"]})).await;
        let grant = json!({"principal_id": actor.id.unwrap().to_string(), "role_id": role["id"], "unit_id": unit});
        app.make("identity/grants", &grant).await;
        for person in [&ann, &bob] {
            app.make("teams/absences", &json!({"person_id": person, "starts_on": "2026-08-03", "ends_on": "2026-08-14"})).await;
        }
        assert_eq!(rows(app, &actor, "teams/absences").await.len(), 2);
    }

    a_grant_on_ones_own_reaches_what_names_the_grantee_and_needs_all_of_it(app) {
        let [(ann, actor), _] = ann_and_bob(app).await;
        let role = app.make("identity/roles", &json!({"code": "labor", "name": "Rates", "permissions": ["teams.positions:read", "finance.cost_centers:read"]})).await;
        let grant = |own: bool, unit: Value| json!({"principal_id": actor.id.unwrap().to_string(), "role_id": role["id"], "unit_id": unit, "own": own});
        let with_unit = app.post(&app.admin, "/api/v1/identity/grants", &grant(true, app.root_unit().await.into())).await;
        assert_eq!((with_unit.status, with_unit.broken()), (422, vec!["/unit_id own".to_owned()]));
        assert_eq!(app.post(&app.admin, "/api/v1/identity/grants", &grant(true, Value::Null)).await.status, 201);
        assert_eq!(app.post(&app.admin, "/api/v1/identity/grants", &grant(true, Value::Null)).await.status, 409, "once");
        app.make("finance/cost-centers", &json!({"code": "CC-1", "name": "Ann's", "manager_id": ann})).await;
        assert!(ids(app, &actor, "finance/cost-centers").await.is_empty(), "what nothing says to be one's own is not");
        let me = app.get(&actor, "/api/v1/auth/me").await.body;
        let held = json!({"permission": "teams.positions:read", "unit_id": null, "own": true});
        assert!(me["permissions"].as_array().unwrap().contains(&held), "{me}");
        assert!(me["permissions"].as_array().unwrap().iter().all(|held| held["own"] == json!(true)));
        // Who holds something on a unit cannot give it on what is somebody's own: that may lie anywhere.
        let lead = app.actor("team_lead", Some(&app.root_unit().await)).await;
        let admin_of_grants = app.make("identity/roles", &json!({"code": "g", "name": "G", "permissions": ["identity.*:*", "teams.*:read", "teams.units:read"]})).await;
        app.make("identity/grants", &json!({"principal_id": lead.id.unwrap().to_string(), "role_id": admin_of_grants["id"], "unit_id": null})).await;
        let gives = json!({"principal_id": lead.id.unwrap().to_string(), "role_id": role["id"], "unit_id": null, "own": true});
        assert_eq!(app.post(&lead, "/api/v1/identity/grants", &gives).await.status, 403, "cost centers are not theirs to give");
    }

    the_role_employee_is_given_on_ones_own_alone_and_is_everybodys_who_is_a_person(app) {
        let role = app.get(&app.admin, "/api/v1/identity/roles?code=employee").await.body["data"][0]["id"].clone();
        let stranger = app.stranger().await;
        let grant = |own: bool| json!({"principal_id": stranger.id.unwrap().to_string(), "role_id": role, "unit_id": null, "own": own});
        let wide = app.post(&app.admin, "/api/v1/identity/grants", &grant(false)).await;
        assert_eq!((wide.status, wide.broken()), (409, vec!["/role_id own_role".to_owned()]), "{}", wide.text);
        assert_eq!(app.post(&app.admin, "/api/v1/identity/grants", &grant(true)).await.status, 201);
        assert!(ids(app, &stranger, "teams/people").await.is_empty(), "an account of nobody has nothing of its own");
        let person = app.person_of(stranger.id.unwrap()).await;
        assert_eq!(ids(app, &stranger, "teams/people").await, [person]);
        let session = app.served.store.unauthenticated(move |connection| Session::load(connection, stranger.id.unwrap())).await.unwrap().unwrap();
        assert_eq!(session.reach("teams.absences:read"), Reach::Part { units: Vec::new(), own: true });
        assert_eq!(session.reach("teams.absences:approve"), Reach::Nothing);
    }

    whoever_works_here_finds_whom_to_name_and_no_more_of_them(app) {
        let [(ann, actor), (bob, _)] = ann_and_bob(app).await;
        assert_eq!(app.patch(&app.admin, &format!("/api/v1/teams/people/{bob}"), "*", &json!({"leaving_reason": "Zanzibar"})).await.status, 200);
        let invited = text(&app.make("teams/people", &json!({"name": "cy", "email": "cy@people.example.org"})).await["id"]);
        let found = app.get(&actor, "/api/v1/teams/people?filter=name%20%3A%20%22bob%22").await;
        assert_eq!((&found.body["data"][0]["id"], found.text.contains("Zanzibar")), (&json!(bob), false), "{}", found.text);
        assert_eq!(app.get(&actor, &format!("/api/v1/teams/people/{invited}")).await.status, 404, "who does not work here yet is not named");
        assert_eq!(app.patch(&actor, &format!("/api/v1/teams/people/{bob}"), "*", &json!({"name": "Rob"})).await.status, 403);
        let absence = json!({"starts_on": "2026-08-03", "ends_on": "2026-08-14", "deputy_id": bob});
        let asked = app.post(&actor, "/api/v1/teams/absences", &absence).await;
        assert_eq!((asked.status, &asked.body["person_id"], &asked.body["deputy_id"]), (201, &json!(ann), &json!(bob)), "{}", asked.text);
        assert!(!ids(app, &actor, "teams/absences").await.is_empty());
        assert_eq!(app.transition(&app.admin, &format!("/api/v1/teams/people/{bob}"), "left").await.status, 200);
        assert_eq!(app.get(&actor, &format!("/api/v1/teams/people/{bob}")).await.status, 404, "who has left is named no more");
    }

    an_api_token_reaches_of_what_is_ones_own_what_its_scopes_name(app) {
        let [(_, actor), _] = ann_and_bob(app).await;
        app.post(&actor, "/api/v1/teams/absences", &json!({"starts_on": "2026-08-03", "ends_on": "2026-08-14"})).await;
        let made = app.post(&actor, "/api/v1/identity/api-tokens", &json!({"name": "Calendar", "scopes": ["teams.absences:read"]})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let token = Actor { id: actor.id, token: Some(text(&made.body["token"])) };
        assert_eq!(rows(app, &token, "teams/absences").await.len(), 1);
        assert!(ids(app, &token, "teams/people").await.is_empty());
    }

    what_is_said_of_ones_own_is_seen_by_who_owns_it_and_written_there(app) {
        let [(ann, actor), (bob, other)] = ann_and_bob(app).await;
        let mine = app.make("teams/absences", &json!({"person_id": ann, "starts_on": "2026-08-03", "ends_on": "2026-08-14"})).await;
        let theirs = app.make("teams/absences", &json!({"person_id": bob, "starts_on": "2026-08-03", "ends_on": "2026-08-14"})).await;
        for of in [&mine, &theirs] {
            app.make("platform/comments", &json!({"subject_id": of["id"], "text": "Zanzibar is far away."})).await;
        }
        assert_eq!(rows(app, &actor, "platform/comments").await.len(), 1);
        let said = app.post(&actor, "/api/v1/platform/comments", &json!({"subject_id": mine["id"], "text": "Half past six."})).await;
        assert_eq!(said.status, 201, "{}", said.text);
        let elsewhere = app.post(&actor, "/api/v1/platform/comments", &json!({"subject_id": theirs["id"], "text": "Half past six."})).await;
        assert_eq!((elsewhere.status, elsewhere.broken()), (422, vec!["/subject_id reference".to_owned()]));
        let found = async |actor: &Actor| app.get(actor, "/api/v1/platform/search?q=Zanzibar").await.body["data"].as_array().unwrap().len();
        assert_eq!((found(&actor).await, found(&other).await), (1, 1));
        assert_eq!(app.get(&actor, &format!("/api/v1/platform/resources/{}/comments", text(&theirs["id"]))).await.status, 404);
    }

    what_was_deleted_of_ones_own_is_still_ones_own_past(app) {
        let [(_, actor), (_, other)] = ann_and_bob(app).await;
        let skill = app.make("teams/skills", &json!({"code": "NTAS", "name": "Routing"})).await;
        let body = json!({"skill_id": skill["id"], "level": 3, "source": "self", "assessed_on": "2026-06-15"});
        let made = app.post(&actor, "/api/v1/teams/skill-assessments", &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("/api/v1/teams/skill-assessments/{}", made.id());
        assert_eq!(app.transition(&actor, &path, "confirmed").await.status, 403);
        let as_lead = json!({"skill_id": skill["id"], "level": 3, "source": "manager", "assessed_on": "2026-06-15"});
        let refused = app.post(&actor, "/api/v1/teams/skill-assessments", &as_lead).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/source own".to_owned()]), "who judges oneself says so");
        assert_eq!(app.delete(&actor, &path, "*").await.status, 204);
        let of = format!("/api/v1/platform/resources/{}", made.id());
        assert_eq!((app.get(&actor, &format!("{of}/history")).await.status, app.get(&other, &format!("{of}/history")).await.status), (200, 404));
        assert_eq!(app.post(&other, &format!("{of}/restore"), &json!({})).await.status, 404);
        assert_eq!(app.post(&actor, &format!("{of}/restore"), &json!({})).await.status, 200);
    }

    everybody_reads_what_is_published_and_attests_it_for_themselves(app) {
        let [(ann, actor), _] = ann_and_bob(app).await;
        let definition = app.served.store.definitions.get("security/policy-versions").unwrap();
        let draft = app.make_ready(definition, "draft").await;
        let version = app.make_ready(definition, "published").await;
        app.bring(definition, version["id"].as_str().unwrap(), &["published"]).await;
        assert_eq!(ids(app, &actor, "security/policy-versions").await, [text(&version["id"])]);
        assert_eq!(ids(app, &actor, "security/policies").await, [text(&version["policy_id"])]);
        assert_eq!(app.get(&actor, &format!("/api/v1/security/policy-versions/{}", text(&draft["id"]))).await.status, 404);
        let attested = app.post(&actor, "/api/v1/security/attestations", &json!({"policy_version_id": version["id"], "sha256": version["sha256"]})).await;
        assert_eq!((attested.status, &attested.body["person_id"]), (201, &json!(ann)), "{}", attested.text);
        assert_eq!(ids(app, &actor, "security/attestations").await, [attested.id()]);
    }

    who_is_assigned_reads_the_work_and_records_their_hours_on_it(app) {
        let [(ann, actor), (bob, other)] = ann_and_bob(app).await;
        let work = app.make("projects/work-items", &app.sample("projects/work-items", "w").await.into()).await;
        app.make("projects/assignments", &json!({"work_item_id": work["id"], "person_id": ann, "starts_on": "2026-06-01"})).await;
        assert_eq!(ids(app, &actor, "projects/work-items").await, [text(&work["id"])]);
        let project = format!("/api/v1/projects/projects/{}", text(&work["project_id"]));
        assert_eq!((app.get(&actor, &project).await.status, app.get(&other, &project).await.status), (200, 404), "the work opens its project");
        assert_eq!(ids(app, &actor, "projects/projects").await, [text(&work["project_id"])]);
        assert_eq!(app.patch(&actor, &project, "*", &json!({"name": "Mine"})).await.status, 403);
        let hours = json!({"work_item_id": work["id"], "worked_on": "2026-06-12", "hours": 6});
        let entry = app.post(&actor, "/api/v1/projects/time-entries", &hours).await;
        assert_eq!((entry.status, &entry.body["person_id"]), (201, &json!(ann)), "{}", entry.text);
        assert_eq!(app.post(&other, "/api/v1/projects/time-entries", &hours).await.broken(), ["/work_item_id reference"], "{bob} is not assigned");
        assert!(ids(app, &other, "projects/time-entries").await.is_empty());
    }

    an_expert_on_the_panel_reads_and_scores_the_offers_and_nobody_beside_it_does(app) {
        let [(ann, actor), (_, other)] = ann_and_bob(app).await;
        let offer = app.make("vendors/offers", &app.sample("vendors/offers", "o").await.into()).await;
        let (event, id) = (text(&offer["sourcing_event_id"]), text(&offer["id"]));
        app.make("vendors/evaluators", &json!({"sourcing_event_id": event, "person_id": ann})).await;
        let definition = app.served.store.definitions.get("vendors/offers").unwrap();
        assert!(ids(app, &actor, "vendors/offers").await.is_empty(), "a draft is the vendor's");
        put_into(app, definition, &id, "opened").await;
        assert_eq!((ids(app, &actor, "vendors/offers").await, ids(app, &actor, "vendors/sourcing-events").await), (vec![id.clone()], vec![event]));
        let read = app.get(&actor, &format!("/api/v1/vendors/offers/{id}")).await.body;
        assert!(read.get("price").is_none(), "who scores the quality is not told the price: {read}");
        let score = json!({"offer_id": id, "interests_declared_on": "2026-06-15", "points": 7});
        let scored = app.post(&actor, "/api/v1/vendors/offer-scores", &score).await;
        assert_eq!((scored.status, &scored.body["evaluator_id"]), (201, &json!(ann)), "{}", scored.text);
        assert_eq!(app.post(&other, "/api/v1/vendors/offer-scores", &score).await.status, 422);
        app.person_of_admin().await;
        let by_admin = app.post(&app.admin, "/api/v1/vendors/offer-scores", &score).await;
        assert_eq!((by_admin.status, by_admin.broken()), (409, vec!["/evaluator_id panel".to_owned()]), "{}", by_admin.text);
    }

    who_is_named_in_a_review_reads_it_and_the_roles_in_it_are_said_by_others(app) {
        let [(ann, actor), (bob, lead)] = ann_and_bob(app).await;
        let unit = app.get(&app.admin, &format!("/api/v1/teams/people/{ann}")).await.body["unit_id"].clone();
        let partner = app.actor("hr_partner", Some(unit.as_str().unwrap())).await;
        let hr = app.person_of(partner.id.unwrap()).await;
        let mut body = app.sample("teams/performance-reviews", "r").await;
        body.extend(json!({"person_id": ann, "reviewer_id": bob, "hr_partner_id": hr, "unit_id": unit}).as_object().unwrap().clone());
        for field in ["self_review", "peer_review", "second_peer_review", "manager_review", "rating", "calibrated_rating", "shared_text"] {
            body.insert(field.into(), Value::Null);
        }
        body.insert("goals".into(), json!([]));
        let definition = app.served.store.definitions.get("teams/performance-reviews").unwrap();
        let review = text(&app.make_as_house(definition, body).await["id"]);
        let path = format!("/api/v1/teams/performance-reviews/{review}");
        assert_eq!([app.get(&actor, &path).await.status, app.get(&lead, &path).await.status, app.get(&partner, &path).await.status], [200; 3]);
        let to_a_friend = app.patch(&lead, &path, "*", &json!({"reviewer_id": ann})).await;
        assert_eq!(to_a_friend.status, 422, "nobody reviews their own work: {}", to_a_friend.text);
        let away = app.patch(&lead, &path, "*", &json!({"reviewer_id": null})).await;
        assert_eq!(away.status, 403, "who gives it away has it no more: {}", away.text);
        let panel = app.patch(&lead, &path, "*", &json!({"calibrator_id": bob})).await;
        assert_eq!((panel.status, panel.broken()), (409, vec!["/reviewer_id roles".to_owned()]), "{}", panel.text);
        assert_eq!(app.patch(&partner, &path, "*", &json!({"calibrator_id": hr})).await.status, 200);
        assert_eq!(app.patch(&actor, &path, "*", &json!({"self_review": "It went well."})).await.status, 200);
        assert_eq!(app.transition(&actor, &path, "peer").await.status, 200);
        put_into(app, definition, &review, "manager").await;
        assert_eq!(app.patch(&lead, &path, "*", &json!({"manager_review": "More than agreed.", "rating": 4})).await.status, 200);
        let read = app.get(&actor, &path).await.body;
        assert!(read.get("rating").is_none() && read.get("manager_review").is_none(), "a draft rating is the reviewer's: {read}");
    }

    who_is_named_as_assessor_reads_the_risk_and_writes_the_judgement(app) {
        let [(ann, actor), (_, other)] = ann_and_bob(app).await;
        let risk = app.make("security/risks", &app.sample("security/risks", "r").await.into()).await;
        let judgement = json!({"risk_id": risk["id"], "stage": "inherent", "likelihood": 1, "impact": 1, "assessed_on": "2026-06-15", "assessor_id": ann});
        let judgement = app.make("security/risk-assessments", &judgement).await;
        assert_eq!((ids(app, &actor, "security/risks").await, ids(app, &other, "security/risks").await), (vec![text(&risk["id"])], vec![]));
        let path = format!("/api/v1/security/risk-assessments/{}", text(&judgement["id"]));
        let judged = app.patch(&actor, &path, "*", &json!({"impact": 2, "rationale": "It happened next door."})).await;
        assert_eq!(judged.status, 200, "{}", judged.text);
        assert_eq!(app.transition(&actor, &path, "confirmed").await.status, 403);
        assert_eq!(app.patch(&other, &path, "*", &json!({"impact": 1})).await.status, 404);
    }

    everybody_asks_for_an_exception_and_reports_what_is_broken(app) {
        let [(ann, actor), (_, other)] = ann_and_bob(app).await;
        let incident = app.post(&actor, "/api/v1/infrastructure/incidents", &json!({"title": "Mail is slow", "impact": "low", "urgency": "low"})).await;
        assert_eq!((incident.status, &incident.body["reporter_id"]), (201, &json!(ann)), "{}", incident.text);
        assert_eq!(ids(app, &actor, "infrastructure/incidents").await, [incident.id()]);
        assert!(ids(app, &other, "infrastructure/incidents").await.is_empty());
        let definition = app.served.store.definitions.get("security/policy-versions").unwrap();
        let version = app.make_ready(definition, "published").await;
        app.bring(definition, version["id"].as_str().unwrap(), &["published"]).await;
        let asked = json!({"title": "The old gateway", "kind": "policy_waiver", "subject_id": version["policy_id"], "level": "low", "justification": "No patches.", "starts_on": "2026-06-15", "expires_on": "2026-09-15"});
        let asked = app.post(&actor, "/api/v1/governance/exceptions", &asked).await;
        assert_eq!((asked.status, &asked.body["requester_id"]), (201, &json!(ann)), "{}", asked.text);
        let path = format!("/api/v1/governance/exceptions/{}", asked.id());
        assert_eq!(app.transition(&actor, &path, "submitted").await.status, 200);
        assert_eq!(app.transition(&actor, &path, "approved").await.status, 403);
    }

    an_open_survey_of_ones_unit_is_answered_once_without_a_name(app) {
        let [(_, actor), (_, other)] = ann_and_bob(app).await;
        let unit = text(&app.get(&actor, "/api/v1/teams/people?fields=id,unit_id").await.body["data"][0]["unit_id"]);
        let mut body = app.sample("teams/pulse-surveys", "s").await;
        body.extend(json!({"unit_id": unit, "starts_on": "2026-06-01", "ends_on": "2026-06-30"}).as_object().unwrap().clone());
        let survey = app.make("teams/pulse-surveys", &body.into()).await;
        assert!(ids(app, &actor, "teams/pulse-surveys").await.is_empty(), "a draft is not asked yet");
        let moved = app.transition(&app.admin, &format!("/api/v1/teams/pulse-surveys/{}", text(&survey["id"])), "open").await;
        assert_eq!(moved.status, 200, "{}", moved.text);
        assert_eq!((ids(app, &actor, "teams/pulse-surveys").await.len(), ids(app, &other, "teams/pulse-surveys").await.len()), (1, 0));
        let answers = json!({"pulse_survey_id": survey["id"], "answers": [{"code": "enps", "score": 9, "text": null}]});
        let mut answer = app.sample("teams/pulse-answers", "a").await;
        answer.extend(answers.as_object().unwrap().clone());
        let given = app.post(&actor, "/api/v1/teams/pulse-answers", &Value::from(answer.clone())).await;
        assert_eq!(given.status, 201, "{}", given.text);
        assert_eq!(rows(app, &actor, "teams/pulse-participations").await.len(), 1);
        assert_eq!(app.post(&other, "/api/v1/teams/pulse-answers", &answer.into()).await.status, 422);
    }

    who_leaves_is_logged_out_with_their_tokens_and_comes_back_as_a_decision(app) {
        let [(ann, actor), _] = ann_and_bob(app).await;
        let made = app.post(&actor, "/api/v1/identity/api-tokens", &json!({"name": "Calendar", "scopes": ["teams.people:read"]})).await;
        let token = Actor { id: actor.id, token: Some(text(&made.body["token"])) };
        assert_eq!((app.get(&actor, "/api/v1/teams/people").await.status, app.get(&token, "/api/v1/teams/people").await.status), (200, 200));
        let path = format!("/api/v1/teams/people/{ann}");
        let left = app.transition(&app.admin, &path, "left").await;
        assert_eq!(left.status, 200, "{}", left.text);
        assert_eq!((app.get(&actor, "/api/v1/teams/people").await.status, app.get(&token, "/api/v1/teams/people").await.status), (401, 401));
        let account = format!("/api/v1/identity/users/{}", actor.id.unwrap());
        assert_eq!(app.get(&app.admin, &account).await.body["state"], "disabled");
        let enabled = app.transition(&app.admin, &account, "active").await;
        assert_eq!((enabled.status, enabled.broken()), (409, vec!["/person_id left".to_owned()]), "{}", enabled.text);
        assert_eq!(app.transition(&app.admin, &path, "active").await.status, 200);
        assert_eq!(app.transition(&app.admin, &account, "active").await.status, 200);
        assert_eq!(app.get(&actor, "/api/v1/teams/people").await.status, 401, "who comes back logs in anew");
    }

    the_last_administrator_does_not_leave(app) {
        let person = app.person_of_admin().await;
        let role = app.get(&app.admin, "/api/v1/teams/people").await;
        assert_eq!(role.status, 200);
        let path = format!("/api/v1/teams/people/{person}");
        app.transition(&app.admin, &path, "active").await;
        let left = app.transition(&app.admin, &path, "left").await;
        assert_eq!(left.status, 409, "{}", left.text);
        assert!(left.broken().contains(&" last_administrator".to_owned()), "{:?}", left.broken());
    }

    the_audit_lead_writes_audits_procedures_and_findings_and_the_auditor_nothing(app) {
        let (lead, auditor) = (app.actor("audit_lead", None).await, app.actor("auditor", None).await);
        let audit = app.sample("governance/audits", "a").await;
        assert_eq!(app.post(&auditor, "/api/v1/governance/audits", &audit.clone().into()).await.status, 403);
        let made = app.post(&lead, "/api/v1/governance/audits", &audit.into()).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let mut procedure = app.sample("governance/audit-procedures", "p").await;
        procedure.insert("audit_id".into(), made.id().into());
        assert_eq!(app.post(&lead, "/api/v1/governance/audit-procedures", &procedure.into()).await.status, 201);
        assert_eq!(app.post(&lead, "/api/v1/governance/findings", &app.sample("governance/findings", "f").await.into()).await.status, 201);
        assert_eq!(app.post(&lead, "/api/v1/governance/controls", &app.sample("governance/controls", "c").await.into()).await.status, 403);
    }
}

/// Whatever is declared, nobody creates, changes or removes by what is only shown to all.
#[test]
fn what_is_everybodys_or_the_units_is_only_read() {
    for definition in crate::harness::definitions().all() {
        for own in definition.own.iter().filter(|own| matches!(own.whose, Whose::Everybody | Whose::Unit | Whose::Behind(..) | Whose::Beyond(..))) {
            assert_eq!(own.verbs, ["read"], "{}: {own:?}", definition.path);
        }
        assert!(definition.own.is_empty() || definition.scope != Scope::Own, "{}: it is their own who made it already", definition.path);
    }
}

/// A right that is of no use on what is one's own is a mistake.
#[test]
fn whatever_an_employee_may_do_can_be_somebodys_own() {
    let definitions = crate::harness::definitions();
    for held in EMPLOYEE.iter().map(ToString::to_string) {
        let (place, verb) = held.split_once(':').unwrap();
        let definition =
            definitions.all().iter().find(|definition| definition.permission("read") == format!("{place}:read")).unwrap_or_else(|| panic!("{held}"));
        let can = definitions.hangs_on_any(definition) || definition.scope == Scope::Own || definition.owns().iter().any(|own| verb == "*" || own.allows(verb));
        let part = definition.part_of.is_some_and(|part| !part.loose);
        assert!(can || part, "{held}: nothing there is anybody's own");
    }
}
